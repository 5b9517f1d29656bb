"""What is told of a place and of a kind."""

from itertools import count
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.db.models import CharField, Func
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from layers.places import kinds
from layers.places.kinds import Kind, in_language
from layers.places.models import Building, HazardClass, HazardPoint, Place, PlaceKind

OWN_FIELDS = 6
TYPES = [
    (kinds.TEXT, _("text")),
    (kinds.NUMBER, _("number")),
    (kinds.DATE, _("date")),
    (kinds.YES_NO, _("yes or no")),
]


class HazardClassChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return in_language(obj)


def field_of(field: kinds.Field) -> forms.Field:
    """The form field of a fact that only some kinds have."""
    name: Any = field.name
    if field.key == "hazard_class":
        return HazardClassChoice(HazardClass.objects.all(), label=name)
    if field.key == "level":
        return forms.TypedChoiceField(
            choices=HazardPoint.Level.choices, coerce=int, label=name,
            initial=HazardPoint.Level.MEDIUM,
        )  # fmt: skip
    if field.key == "dwellings_origin":
        return forms.ChoiceField(choices=Building.Origin.choices, label=name)
    if field.key == "dwellings":
        return forms.IntegerField(min_value=0, max_value=100_000, label=name, initial=0)
    if field.type == kinds.NUMBER:
        return forms.FloatField(label=name, required=False)
    if field.type == kinds.DATE:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=name, required=False, widget=widget)
    if field.type == kinds.YES_NO:
        return forms.NullBooleanField(label=name, required=False)
    return forms.CharField(label=name, required=False, max_length=300)


class PlaceForm(forms.Form):
    """The facts of a place of one kind, and its spot. Prefixes keep an office's own names apart."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    kind = forms.CharField(
        label=_("What kind exactly"), max_length=60, required=False,
        help_text=_("For example: supermarket, clinic."),
    )  # fmt: skip
    floor = forms.CharField(label=_("Floor"), max_length=20, required=False)
    as_of = forms.DateField(
        label=_("As of"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), min_value=-85, max_value=85)
    accuracy = forms.ChoiceField(
        label=_("Accuracy"), choices=Place.Accuracy.choices, initial=Place.Accuracy.B
    )

    def __init__(self, *args: Any, kind: Kind, place: Any = None, **kwargs: Any) -> None:
        self.of = kind
        if place is not None:
            kwargs["initial"] = self._told(kind, place)
        super().__init__(*args, **kwargs)
        for field in kind.fields:
            self.fields[f"own_{field.key}"] = field_of(field)
        for name in ("lon", "lat"):
            self.fields[name].widget = forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off"}
            )

    @staticmethod
    def _told(kind: Kind, place: Any) -> dict[str, Any]:
        told = {name: getattr(place, name) for name in
                ("name", "address", "kind", "floor", "as_of", "accuracy")}  # fmt: skip
        for field in kind.fields:
            column = getattr(place, field.key, None)
            told[f"own_{field.key}"] = column if field.column else place.attributes.get(field.key)
        return told | {"lon": f"{place.anchor.x:.7f}", "lat": f"{place.anchor.y:.7f}"}

    def values(self) -> dict[str, Any]:
        """Facts by name, as the actions take them."""
        told = {name: self.cleaned_data[name] for name in
                ("name", "address", "kind", "floor", "as_of")}  # fmt: skip
        return told | {one.key: self.cleaned_data[f"own_{one.key}"] for one in self.of.fields}

    def spot(self) -> Point:
        return Point(
            round(self.cleaned_data["lon"], 7), round(self.cleaned_data["lat"], 7), srid=4326
        )


class KindForm(forms.Form):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60)
    code = forms.SlugField(
        label=_("Short name"), max_length=40,
        help_text=_("Latin letters, digits and hyphens; in addresses and files. It stays."),
    )  # fmt: skip
    icon = forms.ChoiceField(label=_("Icon"), choices=PlaceKind.Icon.choices)
    publish = forms.BooleanField(label=_("Residents see it on the public map"), required=False)

    def __init__(self, *args: Any, row: PlaceKind | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {
                name: getattr(row, name) for name in ("name_zh", "name_en", "icon", "publish")
            }
            for number, one in enumerate(row.fields[:OWN_FIELDS], start=1):
                kwargs["initial"] |= {
                    f"key_{number}": one["key"],
                    f"zh_{number}": one["name_zh"],
                    f"en_{number}": one["name_en"],
                    f"type_{number}": one["type"],
                }
        self.row = row
        super().__init__(*args, **kwargs)
        if row is not None:
            del self.fields["code"]
        for number in range(1, OWN_FIELDS + 1):
            for side in ("zh", "en"):
                self.fields[f"{side}_{number}"] = forms.CharField(required=False, max_length=40)
            self.fields[f"type_{number}"] = forms.ChoiceField(choices=TYPES, required=False)
            self.fields[f"key_{number}"] = forms.CharField(
                required=False, max_length=40, widget=forms.HiddenInput
            )

    def main(self) -> list[Any]:
        return [self[name] for name in self.fields if "_" not in name or name.startswith("name_")]

    def facts(self) -> list[tuple[int, Any, Any, Any, Any]]:
        """The rows of the table of further facts: number and four bound fields, the key hidden."""
        return [
            (number, *(self[f"{part}_{number}"] for part in ("zh", "en", "type", "key")))
            for number in range(1, OWN_FIELDS + 1)
        ]

    def told_fields(self) -> list[dict[str, str]]:
        """Further facts as `PlaceKind.fields` keeps them.

        The key of a row travels with it: places keep their values by key, so neither a row that
        is cleared nor one added beside it may change whose values are whose.
        """
        free = {one["key"] for one in (self.row.fields if self.row else [])}
        taken = free | self._used()
        told = []
        for number in range(1, OWN_FIELDS + 1):
            zh, en = self.cleaned_data[f"zh_{number}"], self.cleaned_data[f"en_{number}"]
            if not (zh or en):
                continue
            key = self.cleaned_data[f"key_{number}"]
            if key in free:
                free.remove(key)
            else:
                key = next(name for name in map("fact{}".format, count(1)) if name not in taken)
                taken.add(key)
            told.append({
                "key": key, "name_zh": zh or en, "name_en": en or zh,
                "type": self.cleaned_data[f"type_{number}"] or kinds.TEXT,
            })  # fmt: skip
        return told

    def _used(self) -> set[str]:
        """Keys under which places still hold values, also of facts nobody asks for any more."""
        if self.row is None:
            return set()
        fact = Func("attributes", function="jsonb_object_keys", output_field=CharField())
        keys = self.row.places.annotate(fact=fact)
        return set(keys.order_by().values_list("fact", flat=True).distinct())


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=pgettext_lazy("of a place", "Photo"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
