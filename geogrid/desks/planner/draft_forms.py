"""What a planner says when a draft begins or ends."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geogrid.territory.models import Plan

__all__ = ["StartForm", "WithdrawForm"]

FROM_NOTHING = ""


class StartForm(forms.Form):
    """`from` is the number of a plan, or "" for a territory that nobody has divided yet."""

    name = forms.CharField(
        label=gettext_lazy("What is the draft called?"),
        help_text=gettext_lazy("For example: autumn 2026, new estate on the river."),
        required=False,
        max_length=120,
    )

    def __init__(self, data: Any, *, plans: Iterable[Plan], running: Plan | None) -> None:
        super().__init__(data)
        self.by_number = {str(plan.number): plan for plan in plans}
        choices = [
            *((number, _titled(plan, running)) for number, plan in self.by_number.items()),
            (FROM_NOTHING, _("From nothing: the whole territory as one unassigned grid")),
        ]
        self.fields["from"] = forms.ChoiceField(
            label=_("Which grids does it begin with?"),
            choices=choices,
            initial=choices[0][0],
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        """A form without the question is no answer to it."""
        if "from" not in self.data:
            self.add_error("from", _("Choose what the draft begins with."))
        return super().clean() or self.cleaned_data

    @property
    def plan(self) -> Plan | None:
        """The chosen plan; None: from nothing."""
        return self.by_number.get(self.cleaned_data["from"])


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
