"""What a planner says when a draft begins or ends."""

from collections.abc import Iterable, Mapping

from django import forms
from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geogrid.territory.models import AreaBoundary, Plan

__all__ = ["StartForm", "WithdrawForm"]

FROM_NOTHING = "nothing"


class StartForm(forms.Form):
    """`from` is the number of a plan, or "" for a territory that nobody has divided yet."""

    name = forms.CharField(
        label=gettext_lazy("What is the draft called?"),
        help_text=gettext_lazy("For example: autumn 2026, new estate on the river."),
        required=False,
        max_length=120,
    )
    newest_outline = forms.BooleanField(required=False)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        plans: Iterable[Plan],
        running: Plan | None,
        newest: AreaBoundary | None,
        first: str = "",
    ) -> None:
        super().__init__(_read(data))
        self.by_number = {str(plan.number): plan for plan in plans}
        choices = [
            *((number, _titled(plan, running)) for number, plan in self.by_number.items()),
            (FROM_NOTHING, _("From nothing: the whole territory as one unassigned grid")),
        ]
        self.fields["from"] = forms.ChoiceField(
            label=_("Which grids does it begin with?"),
            choices=choices,
            initial=first if first in self.by_number else choices[0][0],
        )
        if newest is None or running is None or running.boundary_id == newest.pk:
            del self.fields["newest_outline"]
        else:
            day = formats.date_format(newest.valid_from, "DATE_FORMAT")
            words = _("Fit the grids to the outline of %(day)s") % {"day": day}
            self.fields["newest_outline"].label = words
        self.newest = newest

    @property
    def plan(self) -> Plan | None:
        """The chosen plan; None: from nothing."""
        return self.by_number.get(self.cleaned_data["from"])

    @property
    def boundary(self) -> AreaBoundary | None:
        """The outline to fit the grids to; None: the plan's own."""
        return self.newest if self.cleaned_data.get("newest_outline") else None


def _read(data: QueryDict | None) -> Mapping[str, str] | None:
    """What was sent; an empty `from` is an answer, none is not."""
    if data is None:
        return None
    sent: dict[str, str] = data.dict()  # type: ignore[assignment]  # one value each
    return sent | {"from": sent["from"] or FROM_NOTHING} if "from" in sent else sent


class WithdrawForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why is it discarded?"), required=False, max_length=500
    )


def _titled(plan: Plan, running: Plan | None) -> str:
    said = {"number": plan.number, "name": plan.name, "state": plan.get_state_display()}
    if running is not None and plan.pk == running.pk:
        said["state"] = _("in force now")
    if plan.name:
        return _("Plan %(number)s, %(name)s (%(state)s)") % said
    return _("Plan %(number)s (%(state)s)") % said
