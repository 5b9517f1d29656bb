"""What a plan's planners and approvers say on its way into force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geogrid.territory.models import Plan

__all__ = [
    "ApproveForm", "ConfirmForm", "ProposeForm", "ScheduleForm", "SendBackForm", "VacancyForm",
]  # fmt: skip

LONGEST = 1000
MOST_ROWS = 30
Choices = list[tuple[str, list[tuple[str, str]]] | tuple[str, str]]


def _note(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ConfirmForm(forms.Form):
    """Nothing but yes; its errors say why not."""


class ProposeForm(forms.Form):
    note = _note(
        gettext_lazy("What should the reviewer know?"),
        gettext_lazy("For example: why the border moved, who was asked."),
    )


class ApproveForm(forms.Form):
    note = _note(gettext_lazy("Note"))
    document_number = forms.CharField(
        label=gettext_lazy("Document number"), required=False, max_length=80
    )
    document_date = forms.DateField(
        label=gettext_lazy("Date of the document"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    scan = forms.FileField(
        label=gettext_lazy("Scan or photo of the document"),
        help_text=gettext_lazy("JPEG, PNG or WebP, one picture, at most 12 MB."),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class ScheduleForm(forms.Form):
    """Read and shown in the current time zone: the caller sets the area's."""

    at = forms.DateTimeField(
        label=gettext_lazy("From when?"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise forms.ValidationError(_("That moment has passed. Choose a later one."))
        return at


def next_midnight(now: datetime) -> datetime:
    """What the form suggests: a day's beginning that leaves a day to say so."""
    local = timezone.localtime(now) + timedelta(days=2)
    return timezone.make_aware(datetime.combine(local.date(), time()))


class VacancyForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is nobody there yet?"),
        help_text=gettext_lazy("Residents read it on the grid's card."),
        max_length=200,
    )

    def __init__(self, data: QueryDict | None = None, *, codes: Iterable[str] = ()) -> None:
        super().__init__(data)
        self.asked = set(data.getlist("grid")) if data is not None else set(codes)
        self.everywhere = data is not None and data.get("everywhere") == "1"


class SendBackForm(forms.Form):
    """A note and remarks, each pinned to a grid or to the whole plan.

    Rows are numbered; "another" asks for one more, and works without a script.
    """

    note = _note(gettext_lazy("Note on the whole"))

    def __init__(
        self, data: QueryDict | None, *, plan: Plan, choices: Choices, first: str = ""
    ) -> None:
        super().__init__(data)
        asked = data.get("rows", "") if data is not None else ""
        number = int(asked) if asked.isdecimal() else 2
        self.number = min(max(number + self.another, 1), MOST_ROWS)
        for row in range(1, self.number + 1):
            self.fields[f"grid_{row}"] = forms.ChoiceField(
                label=_("About"), choices=choices, required=False,
                initial=first if row == 1 else "",
            )  # fmt: skip
            self.fields[f"text_{row}"] = forms.CharField(
                label=_("Remark"), required=False, max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    @property
    def another(self) -> bool:
        return bool(self.is_bound and self.data.get("another"))

    @property
    def pairs(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        rows = range(1, self.number + 1)
        return [(row, self[f"grid_{row}"], self[f"text_{row}"]) for row in rows]

    @property
    def remarks(self) -> list[tuple[UUID | None, str]]:
        said = self.cleaned_data
        told = []
        for row in range(1, self.number + 1):
            text = said.get(f"text_{row}", "").strip()
            grid = said.get(f"grid_{row}", "")
            if text:
                told.append((UUID(grid) if grid else None, text))
        return told

    def clean(self) -> None:
        if not self.another and not self.remarks and not self.cleaned_data.get("note", "").strip():
            raise forms.ValidationError(
                _("Say what has to change: a note on the whole, or a remark on a grid.")
            )
