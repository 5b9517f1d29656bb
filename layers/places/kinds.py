"""Every kind of place under one anatomy: the ones with a table of their own, and an office's own.

Maps, lists, imports and the API ask here, so a kind that an office adds appears in all of them.

    for kind in every():            built-in first, then the office's own in their order
        kind.key, kind.name, kind.icon
        kind.rows()                 all of them, `kind.public_rows()` what everybody may see
    find("shops"), find("charging-stations")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from layers.feeds.registry import PointLayer
from layers.places.models import (
    Building,
    HazardPoint,
    Hospital,
    OtherPlace,
    Place,
    PlaceKind,
    PublicFacility,
    School,
    Shop,
)

__all__ = [
    "BUILT_IN",
    "COLUMNS",
    "Field",
    "Kind",
    "badge",
    "every",
    "find",
    "own",
    "published",
    "searched",
]

TEXT, NUMBER, DATE, YES_NO, CHOICE = "text", "number", "date", "yes_no", "choice"
# What every kind can be told of, in the order of a page; an import maps its columns on these.
COLUMNS = ("name", "address", "kind", "part_of", "floor", "as_of")


@dataclass(frozen=True, slots=True)
class Field:
    """A fact that only some kinds have.

    `column` says that it is one of the table; else it is a member of `attributes`. `choices` are
    the values of a "choice" with their words.
    """

    key: str
    name_zh: str | Promise
    name_en: str | Promise
    type: str = TEXT
    column: bool = False

    @property
    def name(self) -> str:
        return in_language(self)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of place. `row` is the office's own row, None for those with a table of their own."""

    key: str
    model: type[Place]
    name_zh: str | Promise
    name_en: str | Promise
    icon: str
    publish: bool = True
    fields: tuple[Field, ...] = ()
    row: PlaceKind | None = None
    layer: str = ""
    """Whose version grows with every write, where it is not `key`."""
    public: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    """What of the rows in use everybody may see, where that is less than all."""
    badge: Combinable | None = None
    """The icon of a row, where rows of one kind look different."""
    active: bool = True

    @property
    def name(self) -> str:
        return in_language(self)

    @property
    def version_of(self) -> str:
        return self.layer or self.key

    def everything(self) -> QuerySet[Any]:
        """All places of this kind, also those out of use."""
        rows: QuerySet[Any] = self.model._default_manager.all()
        if self.model is Building:
            # Drawn by hand on a page of its own, see geogrid's compounds and households.
            return rows.exclude(kind=Building.COMPOUND)
        return rows if self.row is None else rows.filter(place_kind=self.row)

    def rows(self) -> QuerySet[Any]:
        """Those in use."""
        return self.everything().filter(active=True)

    def public_rows(self) -> QuerySet[Any]:
        """Those that everybody may see."""
        if not self.publish:
            return self.rows().none()
        return self.public(self.rows()) if self.public else self.rows()

    def columns(self) -> Mapping[str, str | Combinable]:
        """Properties of a feature on a map."""
        kind = "hazard_class__code" if self.model is HazardPoint else "kind"
        return {"id": "pk", "kind": kind, "name": "name", "badge": self.badge or badge(self.icon)}

    def point_layer(self) -> PointLayer:
        """What `/feed/<key>.geojson` shows of it."""
        return PointLayer(self.key, self.public_rows, self.columns())


def badge(name: str) -> Value:
    return Value(name, output_field=CharField())


def in_language(named: Any) -> str:
    chinese = (get_language() or "").startswith("zh")
    first, second = (named.name_zh, named.name_en) if chinese else (named.name_en, named.name_zh)
    return str(first or second)


def _built_in(key: str, model: type[Place], name: str | Promise, icon: str, **more: Any) -> Kind:
    return Kind(key, model, name, name, icon, **more)


def _column(key: str, name: str | Promise, kind: str) -> Field:
    return Field(key, name, name, kind, column=True)


BUILT_IN: tuple[Kind, ...] = (
    _built_in(
        "buildings", Building, _("Buildings"), "home", layer="basemap",
        fields=(
            _column("levels", _("storeys"), NUMBER),
            _column("dwellings", _("dwellings"), NUMBER),
            _column("dwellings_origin", _("origin of the figure"), CHOICE),
        ),
        # On maps they are footprints of the base map, one by one they are for the offices.
        publish=False,
    ),
    _built_in("schools", School, _("Schools"), "school"),
    _built_in("hospitals", Hospital, _("Hospitals and clinics"), "health"),
    _built_in("shops", Shop, _("Shops"), "shop"),
    _built_in(
        "facilities", PublicFacility, _("Public facilities"), "public",
        badge=Case(When(kind__icontains="hydrant", then=badge("hydrant")), default=badge("public")),
    ),
    _built_in(
        "hazards", HazardPoint, _("Hazard points"), "hazard",
        fields=(
            _column("hazard_class", _("hazard class"), CHOICE),
            _column("level", _("risk level"), CHOICE),
        ),
        public=lambda rows: rows.filter(hazard_class__public=True),
    ),
)  # fmt: skip


def own(row: PlaceKind) -> Kind:
    """The kind behind an office's own row."""
    return Kind(
        key=row.code,
        model=OtherPlace,
        name_zh=row.name_zh,
        name_en=row.name_en,
        icon=row.icon,
        publish=row.publish and row.active,
        fields=tuple(
            Field(one["key"], one["name_zh"], one["name_en"], one["type"]) for one in row.fields
        ),
        row=row,
        active=row.active,
    )


def every(*, retired: bool = False) -> list[Kind]:
    """All kinds; one query. `retired` adds the office's own that are out of use."""
    rows = PlaceKind.objects.all()
    return [*BUILT_IN, *(own(row) for row in rows if row.active or retired)]


def published() -> list[Kind]:
    """Those that everybody's maps can show one by one."""
    return [kind for kind in every() if kind.publish]


def searched() -> list[Kind]:
    """Those whose places are found by name: everything published but dangers."""
    return [kind for kind in published() if kind.model is not HazardPoint]


def find(key: str) -> Kind | None:
    """The kind of this key, also one out of use."""
    built_in = next((kind for kind in BUILT_IN if kind.key == key), None)
    if built_in is not None:
        return built_in
    row = PlaceKind.objects.filter(code=key).first()
    return own(row) if row is not None else None


def point_layer(key: str) -> PointLayer | None:
    """The layer of an office's own kind, for the registry of layers; None unless published."""
    row = PlaceKind.objects.filter(code=key, publish=True, active=True).first()
    return own(row).point_layer() if row is not None else None
