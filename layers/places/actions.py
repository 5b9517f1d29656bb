"""Write places: register, change, move, confirm, retire. Who may, the caller has asked.

Each leaves a `PlaceChange` behind and gives the layer a new version; what follows from it above
the ground (counts per grid) is the caller's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import ForeignKey, Model

from layers.basemap.models import Source
from layers.feeds import registry, versions
from layers.media.actions import keep_picture
from layers.places import kinds
from layers.places.errors import (
    CodeTaken,
    KindInUse,
    Nameless,
    NotAFact,
    UnknownField,
    ValueOfOtherType,
)
from layers.places.kinds import Kind
from layers.places.models import OtherPlace, Place, PlaceChange, PlaceKind, PlacePhoto

__all__ = [
    "add_kind", "add_photo", "change_kind", "change_place", "confirm_place", "move_place",
    "register_place", "remove_kind", "restore_place", "retire_place",
]  # fmt: skip

OFFICE = "office"  # the source of what offices register one by one
FACTS = ("name", "address", "kind", "ref", "part_of", "floor", "as_of")
# A fact about persons has no place here, in whatever language it is asked for.
OF_PERSONS = re.compile(
    r"身份证|证件号|姓名|手机|电话号|户主|亲属|出生|民族|宗教|籍贯"
    r"|\b(id (card|number)|passport|birth|surname|first name|religion|ethnic|kinship|householder)",
    re.IGNORECASE,
)
Deed = PlaceChange.Deed


@transaction.atomic
def register_place(
    *,
    kind: Kind,
    anchor: Point,
    values: Mapping[str, Any],
    located_by: str = Place.LocatedBy.MAP,
    accuracy: str = Place.Accuracy.B,
    confidence: float | None = None,
    source: Source | None = None,
    by: Any,
    at: datetime,
) -> Any:
    """Write a new place of `kind` and return it.

    `values` are facts by name: those every place has, and those of `kind.fields`. Without a
    `source` it counts as registered by the office itself. Raises Nameless, UnknownField,
    ValueOfOtherType.
    """
    place = kind.model(
        anchor=_on_lattice(anchor), located_by=located_by, accuracy=accuracy,
        confidence=confidence, source=source or _office(at),
    )  # fmt: skip
    if isinstance(place, OtherPlace) and kind.row is not None:
        place.place_kind = kind.row
    _take(place, kind, values)
    if not (place.name or place.address):
        raise Nameless
    place.save()
    _note(kind, place, Deed.REGISTERED, {}, _facts(place, kind, values), by, at)
    return place


@transaction.atomic
def change_place(*, kind: Kind, pk: int, values: Mapping[str, Any], by: Any, at: datetime) -> Any:
    """Write other facts; nothing is noted when nothing differs. Raises as `register_place`."""
    place = _locked(kind, pk)
    before = _facts(place, kind, values)
    _take(place, kind, values)
    if not (place.name or place.address):
        raise Nameless
    after = _facts(place, kind, values)
    differ = [name for name in before if before[name] != after[name]]
    if differ:
        place.save()
        _note(
            kind, place, Deed.CHANGED,
            {name: before[name] for name in differ}, {name: after[name] for name in differ},
            by, at,
        )  # fmt: skip
    return place


@transaction.atomic
def move_place(
    *,
    kind: Kind,
    pk: int,
    anchor: Point,
    located_by: str = Place.LocatedBy.MAP,
    accuracy: str = Place.Accuracy.B,
    by: Any,
    at: datetime,
) -> Any:
    """Put a place elsewhere; whoever confirmed the old spot did not confirm the new one."""
    place = _locked(kind, pk)
    before, place.anchor = _spot(place), _on_lattice(anchor)
    if before == _spot(place):
        return place
    place.located_by, place.accuracy, place.confidence = located_by, accuracy, None
    place.confirmed_by = place.confirmed_at = None
    place.save()
    _note(kind, place, Deed.MOVED, before, _spot(place), by, at)
    return place


@transaction.atomic
def confirm_place(*, kind: Kind, pk: int, by: Any, at: datetime) -> Any:
    """Somebody vouches for a place being where it is said to be."""
    place = _locked(kind, pk)
    place.confirmed_by, place.confirmed_at = by, at
    place.save(update_fields=["confirmed_by", "confirmed_at"])
    _note(kind, place, Deed.CONFIRMED, {}, {}, by, at)
    return place


def retire_place(*, kind: Kind, pk: int, by: Any, at: datetime) -> Any:
    """Take a place out of use: it leaves maps and counts, its history stays."""
    return _use(kind, pk, False, Deed.RETIRED, by, at)


def restore_place(*, kind: Kind, pk: int, by: Any, at: datetime) -> Any:
    return _use(kind, pk, True, Deed.RESTORED, by, at)


def add_photo(*, kind: Kind, pk: int, upload: IO[bytes], by: Any, at: datetime) -> PlacePhoto:
    """Keep a picture of a place. Raises layers.media.errors.PictureRefused."""
    picture = keep_picture(upload=upload, at=at)
    return PlacePhoto.objects.create(kind=kind.key, place=pk, picture=picture, at=at, by=by)


@transaction.atomic
def add_kind(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    icon: str,
    publish: bool,
    fields: Sequence[Mapping[str, str]] = (),
) -> PlaceKind:
    """Add a kind of an office's own. Raises CodeTaken, NotAFact."""
    taken = code in {kind.key for kind in kinds.BUILT_IN} or registry.in_code(code)
    if taken or code in versions.all_current() or PlaceKind.objects.filter(code=code).exists():
        raise CodeTaken(kind=code)
    _check_fields(fields)
    row = PlaceKind.objects.create(
        code=code, name_zh=name_zh, name_en=name_en, icon=icon, publish=publish,
        fields=[dict(one) for one in fields], order=PlaceKind.objects.count() + 1,
    )  # fmt: skip
    versions.bump(code)
    return row


@transaction.atomic
def change_kind(*, row: PlaceKind, **values: Any) -> PlaceKind:
    """Write names, icon, publish, active or fields of an office's own kind; its code stays."""
    _check_fields(values.get("fields", ()))
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*values])
    versions.bump(row.code)
    return row


@transaction.atomic
def remove_kind(*, row: PlaceKind) -> None:
    """Remove a kind that no place is of. Raises KindInUse."""
    PlaceKind.objects.select_for_update().get(pk=row.pk)
    count = row.places.count()
    if count:
        raise KindInUse(count=count)
    row.delete()


def _check_fields(fields: Sequence[Mapping[str, str]]) -> None:
    for one in fields:
        for name in (one["name_zh"], one["name_en"]):
            if OF_PERSONS.search(name):
                raise NotAFact(field=name)


def _take(place: Any, kind: Kind, values: Mapping[str, Any]) -> None:
    known = {field.key: field for field in kind.fields}
    attributes = dict(place.attributes)
    for name, value in values.items():
        field = known.get(name)
        if field is None and name not in FACTS:
            raise UnknownField(field=name)
        if field is None or field.column:
            setattr(place, name, value)
        elif value in (None, ""):
            attributes.pop(name, None)
        else:
            attributes[name] = _typed(value, field)
    place.attributes = attributes


def _typed(value: Any, field: kinds.Field) -> Any:
    """The value as JSON keeps it."""
    fits = {
        kinds.NUMBER: isinstance(value, int | float) and not isinstance(value, bool),
        kinds.YES_NO: isinstance(value, bool),
        kinds.DATE: isinstance(value, date),
    }.get(field.type, isinstance(value, str))
    if not fits:
        raise ValueOfOtherType(field=field.name, value=value)
    return value.isoformat() if isinstance(value, date) else value


def _facts(place: Any, kind: Kind, names: Mapping[str, Any]) -> dict[str, Any]:
    """What a change keeps of a place: plain values of JSON, related rows as their words."""
    own = {field.key for field in kind.fields if not field.column}
    return {
        name: place.attributes.get(name) if name in own else _plain(getattr(place, name))
        for name in names
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _spot(place: Any) -> dict[str, float]:
    return {"lon": place.anchor.x, "lat": place.anchor.y}


def _on_lattice(anchor: Point) -> Point:
    return Point(round(anchor.x, 7), round(anchor.y, 7), srid=4326)


def _locked(kind: Kind, pk: int) -> Any:
    related = [f.name for f in kind.model._meta.fields if isinstance(f, ForeignKey)]
    rows = kind.everything().select_for_update(of=("self",))
    return rows.select_related(*related).get(pk=pk)


@transaction.atomic
def _use(kind: Kind, pk: int, active: bool, deed: str, by: Any, at: datetime) -> Any:
    place = _locked(kind, pk)
    if place.active != active:
        place.active = active
        place.save(update_fields=["active"])
        _note(kind, place, deed, {}, {}, by, at)
    return place


def _note(
    kind: Kind, place: Any, deed: str, before: Mapping[str, Any], after: Mapping[str, Any],
    by: Any, at: datetime,
) -> None:  # fmt: skip
    PlaceChange.objects.create(
        kind=kind.key, place=place.pk, deed=deed, at=at, by=by, before=before, after=after
    )
    versions.bump(kind.version_of)


def _office(at: datetime) -> Source:
    source, _ = Source.objects.get_or_create(
        code=OFFICE,
        defaults={"name": "Office", "attribution": "", "licence": "own", "imported_at": at},
    )
    return source
