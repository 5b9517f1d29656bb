"""What a planner can say about a file that was read otherwise than it was meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geogrid.coverage.repair import Rule
from geogrid.desks.planner.from_file.answers import Answers
from geogrid.desks.planner.from_file.reading import Reading
from geogrid.territory.plan_files.fields import HEADERS, guess_fields
from layers.intake.coordinates import SHIFTED, named_crs
from layers.intake.errors import IntakeError

__all__ = ["MEANINGS", "AcceptForm", "ReadingForm"]

MEANINGS = {
    "code": _("Code"),
    "name": _("Name"),
    "parent": _("Belongs to"),
    "kind": _("Kind"),
    "level": _("Level"),
    "label": _("Number on the map"),
    "lineage": _("Permanent identity (UUID)"),
    "pieces_reason": _("Why in several pieces"),
}
ENCODINGS = ("utf-8", "gb18030", "big5hkscs", "cp1252")
RULES = {
    Rule.SMALLEST: _("the smaller grid"),
    Rule.LONGEST: _("the grid with the longest common border"),
    Rule.FIRST: _("the grid that comes first in the file"),
}
SCALES = {"1.0": _("as it is (metres or degrees)"), "0.3048": _("feet, read as 0.3048 m")}


class ReadingForm(forms.Form):
    """Layer, place, words and repair of one file; every field can stay as it was decided."""

    layer = forms.ChoiceField(label=_("Layer"), required=False)
    crs = forms.CharField(
        label=_("Coordinate system"),
        help_text=_("Such as EPSG:4549; GCJ-02 or BD-09 for web maps. Empty: what the file says."),
        required=False,
        max_length=120,
    )
    swap = forms.BooleanField(label=_("The first number points north"), required=False)
    scale = forms.ChoiceField(label=_("Unit"), choices=list(SCALES.items()), required=False)
    unshift = forms.ChoiceField(
        label=_("Traced over a Chinese web map"),
        choices=[("", _("no")), *((name, name) for name in SHIFTED)],
        required=False,
    )
    encoding = forms.ChoiceField(
        label=_("Writing"),
        choices=[("", _("as decided on the bytes")), *((name, name) for name in ENCODINGS)],
        required=False,
    )
    overlaps = forms.ChoiceField(
        label=_("Land that several grids claim is proposed for"),
        choices=[(rule.value, word) for rule, word in RULES.items()],
        required=False,
    )
    gaps_m2 = forms.FloatField(
        label=_("Gaps are filled up to, m²"), min_value=0, max_value=1e7, required=False
    )
    gaps_m = forms.FloatField(
        label=_("Gaps are filled when narrower than, m"), min_value=0, max_value=1e4, required=False
    )
    slivers_m2 = forms.FloatField(
        label=_("Cut-off pieces go to a neighbour up to, m²"),
        min_value=0, max_value=1e7, required=False,
    )  # fmt: skip

    def __init__(self, data: Any, *, reading: Reading) -> None:
        answers = reading.answers
        initial: dict[str, Any] = {
            name: getattr(answers, name) for name in self.base_fields if name != "scale"
        }
        initial["scale"] = str(answers.scale)
        super().__init__(data, initial=initial)
        self.meanings: list[str] = []
        if len(answers.layers) > 1:
            self.fields["layer"].choices = [(one, one) for one in answers.layers]  # type: ignore[attr-defined]
        else:
            del self.fields["layer"]
        if reading.file is not None:
            self._ask_columns(reading)

    def _ask_columns(self, reading: Reading) -> None:
        assert reading.file is not None  # noqa: S101  (whoever calls has looked)
        columns = list(reading.file.columns)
        guessed = reading.proposal.fields if reading.proposal else guessed_fields(reading)
        for meaning in HEADERS:
            name = f"field_{meaning}"
            self.meanings.append(name)
            self.fields[name] = forms.ChoiceField(
                label=MEANINGS[meaning],
                choices=[("", _("not in the file")), *((one, one) for one in columns)],
                initial=guessed.get(meaning, ""),
                required=False,
            )

    def columns_asked(self) -> list[Any]:
        """The bound fields that say which column means what."""
        return [self[name] for name in self.meanings]

    def clean_crs(self) -> str:
        given = str(self.cleaned_data["crs"]).strip()
        if given:
            try:
                named_crs(given)
            except IntakeError as problem:
                raise forms.ValidationError(problem.message) from problem
        return given

    def answered(self, answers: Answers) -> Answers:
        """The answers with what this form says; owners stay."""
        data = self.cleaned_data
        changes: dict[str, Any] = {}
        for name in ("layer", "crs", "swap", "unshift", "encoding"):
            if name in self.fields:
                changes[name] = data[name]
        for name in ("overlaps", "gaps_m2", "gaps_m", "slivers_m2"):
            if data.get(name) not in (None, ""):
                changes[name] = data[name]
        changes["scale"] = float(data.get("scale") or 1.0)
        told = {}
        for name in self.meanings:
            meaning = name.removeprefix("field_")
            if meaning in answers.fields or data[name] != self.fields[name].initial:
                told[meaning] = data[name]
        if self.meanings:
            changes["fields"] = {**answers.fields, **told}
        return replace(answers, **changes)


def guessed_fields(reading: Reading) -> dict[str, str]:
    """Which column means what, as far as it can be told of a file that is no plan yet."""
    columns = list(reading.file.columns) if reading.file is not None else []
    told = {
        meaning: column
        for meaning, column in reading.answers.known_fields().items()
        if not column or column in columns
    }
    return guess_fields(columns, told)


class AcceptForm(forms.Form):
    """The last questions before a file becomes a draft; only those that the file raises."""

    name = forms.CharField(label=_("What is the draft called?"), required=False, max_length=120)
    unlocked = forms.CharField(
        label=_("Why do administrative outlines move?"),
        help_text=_("It is put on record for those who approve."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    pieces_reason = forms.CharField(
        label=_("Why may grids lie in several pieces?"),
        help_text=_("Without a reason the draft can be made, but not put in force."),
        required=False,
        max_length=200,
    )
    looked = forms.BooleanField(label=_("I have looked at what stands first, and it is right."))

    def __init__(self, data: Any, *, doubted: bool, moved: bool, islands: bool) -> None:
        super().__init__(data)
        for name, wanted in (("looked", doubted), ("unlocked", moved), ("pieces_reason", islands)):
            if not wanted:
                del self.fields[name]
