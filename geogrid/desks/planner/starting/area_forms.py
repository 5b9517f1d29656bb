"""What is asked about a new area; everything but the outline can be changed later."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from geogrid.desks.planner.starting.level_presets import Preset
from geogrid.territory.founding import MOST_LEVELS, AreaNote, LevelNote, SchemeNote
from geogrid.territory.models import Area
from geogrid.territory.rules import known_zone

__all__ = ["AreaForm", "LevelForms", "level_forms"]

LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
ZONES = {"zh-hans": ("Asia/Shanghai", "CN"), "en": ("Europe/Berlin", "")}
COMMON_ZONES = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore",
    "Asia/Tokyo", "Asia/Kolkata", "Europe/Berlin", "Europe/London", "Europe/Madrid",
    "America/New_York", "America/Sao_Paulo", "Africa/Nairobi", "Australia/Sydney", "UTC",
)  # fmt: skip


class AreaForm(forms.Form):
    """Name and kind, what its codes begin with, who answers the telephone."""

    name = forms.CharField(label=_("What is the area called?"), max_length=120)
    kind = forms.ChoiceField(label=_("What is it?"), choices=Area.Kind.choices)
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        help_text=_("Letters a–z, digits and hyphens, such as willow-brook. It cannot be changed."),
        max_length=40,
        required=False,
    )
    language = forms.ChoiceField(label=_("Language of its names"), choices=LANGUAGES)
    timezone = forms.CharField(
        label=_("Time zone"), validators=[known_zone], widget=forms.TextInput({"list": "zones"})
    )
    code_prefix = forms.RegexField(
        r"^[0-9A-Za-z]*$",
        label=_("Codes begin with"),
        help_text=_("Usually the official number of the area, such as 990102003."),
        max_length=12,
        required=False,
    )
    households_min = forms.IntegerField(label=_("Households of a grid from"), min_value=1)
    households_max = forms.IntegerField(label=_("Households of a grid to"), min_value=1)
    office_phone = forms.CharField(label=_("Office phone"), max_length=40, required=False)
    supervision_phone = forms.CharField(
        label=_("Supervision phone"),
        help_text=_("Shown to residents who are not content with an answer."),
        max_length=40,
        required=False,
    )
    one_person = forms.BooleanField(
        label=_("I approve plans myself: nobody else works here"), required=False
    )
    outline = forms.CharField(
        label=_("Points of the outline"),
        help_text=_("One a line, longitude first; an empty line begins another piece. Or GeoJSON."),
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(label=_("File with the outline"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
        zone, _calendar = ZONES[language]
        first = {
            "language": language,
            "timezone": zone,
            "kind": Area.Kind.STREET if language == "zh-hans" else Area.Kind.TOWN,
            "households_min": 200,
            "households_max": 300,
        }
        self.initial = {**first, **self.initial}

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        least, most = told.get("households_min"), told.get("households_max")
        if least and most and least > most:
            self.add_error("households_max", gettext("The range ends before it begins."))
        if not told.get("slug") and "slug" not in self.errors:
            told["slug"] = self._slug(told.get("name", ""))
        if not (told.get("outline", "").strip() or self.files.get("file") or self.later):
            self.add_error("outline", gettext("Draw the outline on the map, or bring a file."))
        return told

    later = False
    """Whether the outline comes in another request."""

    def _slug(self, name: str) -> str:
        """Made from the name where that has Latin letters, else numbered; one that is free."""
        stem = slugify(name)[:32].strip("-") or "area"
        taken = set(Area.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
        numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
        first = [] if stem == "area" else [stem]
        return next(slug for slug in (*first, *numbered) if slug not in taken)

    def note(self) -> AreaNote:
        told = self.cleaned_data
        return AreaNote(
            slug=told["slug"],
            name=told["name"].strip(),
            kind=told["kind"],
            code_prefix=told["code_prefix"],
            language=told["language"],
            timezone=told["timezone"],
            calendar=ZONES[told["language"]][1],
            office_phone=told["office_phone"],
            supervision_phone=told["supervision_phone"],
        )

    def scheme(self, levels: list[LevelNote]) -> SchemeNote:
        told = self.cleaned_data
        chinese = told["language"].startswith("zh")
        return SchemeNote(
            name="综合网格" if chinese else "General grids",
            levels=levels,
            households=(told["households_min"], told["households_max"]),
            one_person=told["one_person"],
        )


class LevelForm(forms.Form):
    """A row; one without names does not count."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=40, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=40, required=False)
    code_width = forms.IntegerField(
        label=_("Digits in the code"), min_value=1, max_value=6, initial=3, required=False
    )
    fixed = forms.BooleanField(label=_("Outlines are fixed"), required=False)

    @property
    def used(self) -> bool:
        told = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return bool(told.get("name_zh", "").strip() or told.get("name_en", "").strip())


LevelForms = forms.formset_factory(
    LevelForm, extra=0, max_num=MOST_LEVELS, absolute_max=MOST_LEVELS
)


def level_forms(data: Any, preset: Preset) -> Any:
    """Four rows, the first filled from the preset."""
    if data is not None:
        return LevelForms(data, prefix="level")
    rows: list[dict[str, Any]] = [
        {
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "code_width": one.code_width,
            "fixed": one.fixed,
        }
        for one in preset.levels
    ]
    rows += [{"code_width": 3}] * (MOST_LEVELS - len(rows))
    return LevelForms(initial=rows, prefix="level")
