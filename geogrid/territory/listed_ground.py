"""Find listed things on the ground by what they are called: doors, places, outlines.

Names are compared folded (full width, 号 or 栋, Straße or str. make no difference). A name that is
known under nearly the same wording (with or without 小区, with the community's name before it) is
found; anything further off is not guessed, but the nearest name is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

import numpy as np
import shapely
from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from geogrid.territory.listed_words import NOTHING, Remark
from geogrid.territory.listing import Item, Side, Span
from layers.datum.metric import distance_m
from layers.datum.shapes import Shape
from layers.geocoding.normalise import normalise, number_key
from layers.intake.doors import Door

__all__ = ["Exactness", "Found", "ListedGround", "NamedShape"]

SUFFIXES = ("小区", "社区", "村委会", "片区")
SIMILAR = 60  # of 100: below that a name is no help to somebody who looks for a slip
REMEMBERED = 50_000  # foldings of words: streets and numbers come again and again
APART_M = 200  # two doors of one address farther apart than this are two places


_folded = lru_cache(REMEMBERED)(normalise)
_number_folded = lru_cache(REMEMBERED)(number_key)


class Exactness(IntEnum):
    """How exactly an item names a door; where two items name it, the more exact one gets it."""

    WHOLE = 0  # the street or compound
    RANGE = 1
    NUMBER = 2  # 12号, for 12-1号 or for an entrance of building 12
    PLATE = 3  # exactly this


@dataclass(frozen=True, slots=True)
class NamedShape:
    """A place (point) or an outline (polygon) with its name, EPSG:4326."""

    name: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Found:
    """What an item means on the ground.

    Attributes
    ----------
    doors : dict
        Index of the door -> how exactly it was named.
    places, areas : tuple of int
        Indices of named places and named outlines.
    doubtful : tuple of int
        Doors that exist twice, far from each other: nobody knows which one is meant.
    known : bool
        Whether the ground knows the name.
    spots : tuple of Point
        Where a person said it stands; then nothing else is looked for.
    note : Remark
        What would be needed; empty when all is well.
    """

    doors: dict[int, Exactness] = field(default_factory=dict)
    places: tuple[int, ...] = ()
    areas: tuple[int, ...] = ()
    doubtful: tuple[int, ...] = ()
    spots: tuple[Shape, ...] = ()
    known: bool = True
    note: Remark = NOTHING

    def __bool__(self) -> bool:
        return bool(self.doors or self.places or self.areas or self.spots)


@dataclass(slots=True)
class _Name:
    """Everything on the ground that carries one name."""

    shown: str
    doors: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    areas: list[int] = field(default_factory=list)
    by_base: dict[int, list[int]] = field(default_factory=dict)
    plates: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Number:
    """A door's number, taken apart once: 12-1号 is `base` 12, `plate` "12-1"."""

    base: int
    plate: str
    unit: int | None


class ListedGround:
    """Doors, places and outlines of a territory, to be asked for items.

    Parameters
    ----------
    doors : sequence of Door
        Street doors, buildings of compounds and their entrances.
    places, areas : sequence of NamedShape
        Villages, schools and the like as points; compounds and communities as outlines.
    """

    def __init__(
        self,
        doors: Sequence[Door],
        places: Sequence[NamedShape] = (),
        areas: Sequence[NamedShape] = (),
    ) -> None:
        self.doors, self.places, self.areas = doors, places, areas
        self._numbers = [_number(door) for door in doors]
        self._names: dict[str, _Name] = {}
        for at, door in enumerate(doors):
            name, number = self._named(door.street), self._numbers[at]
            name.doors.append(at)
            name.by_base.setdefault(number.base, []).append(at)
            name.plates.add(number.plate)
        for at, place in enumerate(places):
            self._named(place.name).places.append(at)
        for at, area in enumerate(areas):
            self._named(area.name).areas.append(at)
        self._doubtful = set(_doubtful(doors))

    def find(self, item: Item, community: str = "") -> Found:
        """What an item means; `community` is the one its grid belongs to, if said."""
        if item.problem:
            return Found(known=False, note=item.problem)
        keys = self._known_as(item, community)
        if not keys:
            return Found(known=False, note=self._nearest_name(item.name))
        if len(keys) > 1:
            shown = ", ".join(self._names[key].shown for key in keys)
            return Found(note=Remark("several_names", {"names": shown}))
        name = self._names[keys[0]]
        if not (item.spans or item.side):
            places = [] if name.doors or name.areas else name.places
            if len(places) > 1 and _apart([self.places[at].shape for at in places]):
                count = len(places)
                return Found(note=Remark("several_places", {"count": count}))
            return self._sorted(dict.fromkeys(name.doors, Exactness.WHOLE), places, name.areas)
        doors = dict(self._chosen(name, item))
        if not doors:
            return Found(note=Remark("no_number", {"name": name.shown}))
        return self._sorted(doors, [], [])

    def names_like(self, name: str, most: int) -> list[str]:
        """Names on the ground that read alike, the likest first."""
        known = list(self._names)
        found = process.extract(_folded(name), known, scorer=ratio, limit=most)
        return [self._names[key].shown for key, like, _ in found if like >= SIMILAR]

    def candidates(self, item: Item, community: str = "", most: int = 5) -> list[str]:
        """Names an item that was not found may mean: those it could be, else the likest."""
        keys = self._known_as(item, community) if item.name else []
        if len(keys) > 1:
            return [self._names[key].shown for key in keys[:most]]
        return self.names_like(item.name, most) if item.name and not keys else []

    def places_named(self, item: Item, community: str = "") -> list[Shape]:
        """The places that carry an item's name: of several, a person chooses."""
        keys = self._known_as(item, community) if item.name else []
        return [self.places[at].shape for key in keys for at in self._names[key].places]

    def doors_named(self, name: str) -> list[int]:
        """Every door of a street or compound of exactly this name."""
        known = self._names.get(_folded(name))
        return list(known.doors) if known else []

    def _named(self, name: str) -> _Name:
        return self._names.setdefault(_folded(name), _Name(name))

    def _known_as(self, item: Item, community: str) -> list[str]:
        """Keys of the names an item's name may stand for: itself, or else near wordings of it."""
        key = _folded(item.name)
        if key in self._names:
            return [key]
        whole = _folded(item.text)  # a name with a number in it: 第3中学, 2 Ring
        if whole in self._names and len(item.spans) == 1:
            return [whole]
        near = {key.removesuffix(suffix) for suffix in SUFFIXES} | {key + end for end in SUFFIXES}
        before = _folded(community)
        for start in {before, *(before.removesuffix(suffix) for suffix in SUFFIXES)} - {""}:
            near |= {key.removeprefix(start), key.removeprefix(start).removesuffix("小区")}
        return sorted(word for word in near - {key, ""} if word in self._names)

    def _nearest_name(self, name: str) -> Remark:
        best = self.names_like(name, 1)
        return Remark("nearest", {"name": best[0]}) if best else Remark("nothing_like")

    def _chosen(self, name: _Name, item: Item) -> Iterator[tuple[int, Exactness]]:
        bases, plates = name.by_base.keys(), name.plates
        single = bool(item.spans) and all(span.last == span.first for span in item.spans)
        numbers = {span.first for span in item.spans}
        doors = (
            sorted(at for base in numbers for at in name.by_base.get(base, ()))
            if single
            else name.doors
        )
        for at in doors:
            number = self._numbers[at]
            if item.side is not None and number.base % 2 != (item.side is Side.ODD):
                continue
            if item.units:
                entrance = number.unit is not None and _within(number.unit, item.units)
                if entrance and _within(number.base, item.spans):
                    yield at, Exactness.PLATE
                continue
            exactness = [
                found
                for span in item.spans
                if (found := _exactness(number, span, bases, plates, item.side)) is not None
            ]
            if exactness or not item.spans:
                yield at, max(exactness, default=Exactness.RANGE)

    def _sorted(
        self, doors: dict[int, Exactness], places: Sequence[int], areas: Sequence[int]
    ) -> Found:
        """Leave out the doors nobody could choose between."""
        sure = {at: how for at, how in doors.items() if at not in self._doubtful}
        doubtful = tuple(at for at in doors if at in self._doubtful)
        note = Remark()
        if doubtful:
            note = Remark("there_twice", {"address": self.doors[doubtful[0]].text})
        return Found(sure, tuple(places), tuple(areas), doubtful, note=note)


def _number(door: Door) -> _Number:
    plate = _number_folded(door.house)
    digits = re.match(r"\d+", plate)
    unit = re.match(r"\d+", _number_folded(door.unit))
    return _Number(int(digits[0]) if digits else -1, plate, int(unit[0]) if unit else None)


def _within(number: int, spans: Sequence[Span]) -> bool:
    return any(
        span.first <= number and (span.last is None or number <= span.last) for span in spans
    )


def _exactness(
    number: _Number, span: Span, bases: Set[int], plates: Set[str], side: Side | None
) -> Exactness | None:
    """How exactly a span names a number; None when it does not."""
    single = span.last == span.first
    range_too = not single and (side is not None or {span.first, span.last} <= bases)
    if span.plate and not range_too and (single or span.plate in plates):
        hit = number.plate == span.plate
        return (Exactness.PLATE if number.unit is None else Exactness.NUMBER) if hit else None
    if not _within(number.base, [span]):
        return None
    if not single:
        return Exactness.RANGE
    exact = number.plate == str(span.first) and number.unit is None
    return Exactness.PLATE if exact else Exactness.NUMBER


def _doubtful(doors: Sequence[Door]) -> Iterator[int]:
    """Doors whose address exists twice, far from each other."""
    same: dict[tuple[str, str, str], list[int]] = {}
    for at, door in enumerate(doors):
        key = (_folded(door.street), _number_folded(door.house), _number_folded(door.unit))
        same.setdefault(key, []).append(at)
    for group in same.values():
        if len(group) > 1 and _apart([doors[at].anchor for at in group]):
            yield from group


def _apart(points: Sequence[Shape]) -> bool:
    xy = shapely.get_coordinates(points)
    return bool(distance_m(np.broadcast_to(xy[0], xy.shape), xy).max() > APART_M)
