"""What is asked of a generated division."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from geogrid.territory.generated import Wish
from geogrid.territory.models import Grid

__all__ = ["GenerateForm"]

KEEP = [
    ("near", _("Change only what the range needs")),
    ("rounder", _("Also make grids rounder where few homes change")),
    ("anew", _("Draw all of them anew")),
]
BARRIERS = [
    ("strong", _("Nearly always along main streets, railways and waters")),
    ("usual", _("Along them where it costs little")),
    ("none", _("Round grids count, streets do not")),
]


class GenerateForm(forms.Form):
    """The plan it begins with is chosen before; `uppers` are its grids above the leaves."""

    least = forms.IntegerField(label=_("Households of a grid from"), min_value=1)
    most = forms.IntegerField(label=_("Households of a grid to"), min_value=1)
    keep = forms.ChoiceField(
        label=_("What are the present grids worth?"),
        choices=KEEP,
        initial="near",
        widget=forms.RadioSelect,
    )
    dedicated = forms.BooleanField(
        label=_("Dedicated grids stay as they are"), required=False, initial=True
    )
    barriers = forms.ChoiceField(
        label=_("Where should borders run?"), choices=BARRIERS, initial="usual"
    )
    inside = forms.MultipleChoiceField(
        label=_("Only inside these"),
        help_text=_("None chosen: everywhere."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    untouched = forms.MultipleChoiceField(
        label=_("These stay as they are"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        base: int,
        quarters: bool,
        uppers: Sequence[Grid],
        leaves: Sequence[Grid],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.base, self.quarters = base, quarters
        if not base:
            for name in ("keep", "dedicated", "untouched"):
                del self.fields[name]
        if len(uppers) < 2:
            del self.fields["inside"]
        else:
            self.fields["inside"].choices = [(str(one.lineage), one.name) for one in uppers]  # type: ignore[attr-defined]
        if base:
            rows = [(str(one.lineage), f"{one.code} {one.name}") for one in leaves]
            self.fields["untouched"].choices = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        least, most = told.get("least"), told.get("most")
        if least and most and least > most:
            self.add_error("most", gettext("The range ends before it begins."))
        return told

    def wish(self) -> Wish:
        told = self.cleaned_data
        return Wish(
            least=told["least"],
            most=told["most"],
            base=self.base,
            quarters=self.quarters,
            keep=told.get("keep", "near"),
            inside=tuple(told.get("inside", ())),
            untouched=tuple(told.get("untouched", ())),
            dedicated=told.get("dedicated", True),
            barriers=told["barriers"],
        )
