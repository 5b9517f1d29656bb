"""Ways to read pairs of numbers: which system, axes, unit, sign, zone number, and what shift.

A reading is what a person decides about an import; nothing here decides by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer

from layers.datum.shifted import (
    BOX,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from layers.intake.coordinates import FOOT, named_crs, systems_near
from layers.intake.sentences import gettext as _

__all__ = ["AS_DEGREES", "Reading", "readings_near", "said_reading"]

Points = NDArray[np.float64]
Bounds = tuple[float, float, float, float]
UNDO = {
    "GCJ-02": gcj02_to_wgs84,
    "BD-09": bd09_to_wgs84,
    "GCJ-02 undone": wgs84_to_gcj02,
    "BD-09 undone": wgs84_to_bd09,
}
SIGNS = ((1, 1), (-1, 1), (1, -1), (-1, -1))
PER_ZONE = 1_000_000.0  # metres: eastings with a zone number
AROUND = 1.0  # of the place's extent: how far beside it a reading may fall and still be tried


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read pairs of numbers.

    Attributes
    ----------
    crs : str
        "EPSG:4326", "EPSG:4547" ...: the system, once the numbers are put right.
    swap : bool
        The first number points north.
    scale : float
        The numbers are multiplied by this first; 0.3048 for feet.
    signs : pair of 1 or -1
        For each axis, after swapping: -1 where a minus was lost.
    drop_number : bool
        The zone number in front of the easting is wrong and left out.
    shift : str
        "GCJ-02" or "BD-09": taken off a Chinese web map. "GCJ-02 undone": that shift was undone
        although there was none.
    """

    crs: str = "EPSG:4326"
    swap: bool = False
    scale: float = 1.0
    signs: tuple[int, int] = (1, 1)
    drop_number: bool = False
    shift: str = ""

    def to_degrees(self, numbers: ArrayLike) -> Points:
        """Numbers of shape (n, 2) as longitude and latitude in EPSG:4326.

        What lies nowhere on earth becomes NaN.
        """
        xy = np.asarray(numbers, dtype=np.float64).reshape(-1, 2)
        xy = (xy[:, ::-1] if self.swap else xy) * (np.array(self.signs) * self.scale)
        if self.drop_number:
            xy = np.column_stack([xy[:, 0] % PER_ZONE, xy[:, 1]])
        if self.crs != "EPSG:4326":
            xy = np.column_stack(_back(self.crs).transform(xy[:, 0], xy[:, 1]))
        off = ~((np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90))
        xy = np.where(off[:, None], np.nan, xy)
        return UNDO[self.shift](xy) if self.shift else xy

    @property
    def key(self) -> str:
        """For forms and commands: "EPSG:4547|swap|0.3048|+-|number|GCJ-02"."""
        signs = "".join("+" if sign > 0 else "-" for sign in self.signs)
        number = "number" if self.drop_number else ""
        swap = "swap" if self.swap else ""
        return f"{self.crs}|{swap}|{self.scale}|{signs}|{number}|{self.shift}"

    @classmethod
    def parse(cls, key: str) -> Reading:
        """The reading of a key. Raises ValueError, or CrsUnknown."""
        crs, swap, scale, signs, number, shift = key.split("|")
        named_crs(crs)
        if len(signs) != 2 or not set(signs) <= {"+", "-"} or (shift and shift not in UNDO):
            raise ValueError(key)
        one, other = (1 if sign == "+" else -1 for sign in signs)
        return cls(crs, swap == "swap", float(scale), (one, other), number == "number", shift)

    @property
    def name(self) -> str:
        """What to call it in a sentence: "GCJ-02", "EPSG:4547 (...) with exchanged axes"."""
        crs = _system(self.crs)
        parts = []
        if self.crs != "EPSG:4326":
            parts.append(f"{self.crs} ({crs.name})")
        if self.shift.endswith(" undone"):
            system = self.shift.removesuffix(" undone")
            parts.append(_("%(system)s undone once too often") % {"system": system})
        elif self.shift:
            parts.append(self.shift)
        if not parts:
            parts.append(_("longitude and latitude (WGS 84)"))
        if self.swap:
            parts.append(_("exchanged axes"))
        if self.scale != 1.0:
            parts.append(_("feet") if self.scale == FOOT else f"× {self.scale:g}")
        if self.signs != (1, 1):
            parts.append(_("a lost minus"))
        if self.drop_number:
            parts.append(_("a wrong zone number"))
        return ", ".join(parts)


AS_DEGREES = Reading()


def said_reading(given: str, *, swap: bool = False, scale: float = 1.0) -> Reading:
    """The reading that a file or a person named: "EPSG:4547", "GCJ-02" ... Raises CrsUnknown."""
    named = named_crs(given)
    if isinstance(named, str):
        return Reading(swap=swap, scale=scale, shift=named)
    code = named.to_epsg()
    return Reading(f"EPSG:{code}" if code else named.to_wkt(), swap, scale)


def readings_near(
    numbers: ArrayLike, place: Bounds, said: Reading = AS_DEGREES, also: Iterable[str] = ()
) -> list[Reading]:
    """What is said, then other readings that put the numbers near a place (degrees).

    `also` are systems to try beside the usual ones there, such as "EPSG:31468".
    """
    xy = np.asarray(numbers, dtype=np.float64).reshape(-1, 2)
    found = [said]
    if not len(xy):
        return found
    middle = np.median(xy, axis=0).reshape(1, 2)
    centre = ((place[0] + place[2]) / 2, (place[1] + place[3]) / 2)
    systems = [said.crs, *(f"EPSG:{crs.to_epsg()}" for crs in systems_near(*centre)), *also]
    plain = replace(said, shift="")
    for one in [plain, *(other for crs in systems for other in _variants(crs, middle))]:
        here = one.to_degrees(middle)[0]
        if _falls(here, place):
            found.append(one)
            if BOX[0] <= here[0] <= BOX[2] and BOX[1] <= here[1] <= BOX[3]:
                found += [replace(one, shift=shift) for shift in UNDO]
    return list(dict.fromkeys(found))


def _variants(crs: str, middle: Points) -> Iterable[Reading]:
    system = _system(crs)
    for swap in (False, True):
        yield Reading(crs, swap)
        if not system.is_projected:
            yield from (Reading(crs, swap, signs=signs) for signs in SIGNS[1:])
            continue
        yield Reading(crs, swap, FOOT)
        if middle[0, 1 if swap else 0] >= PER_ZONE:
            yield Reading(crs, swap, drop_number=True)


def _falls(point: Points, place: Bounds) -> bool:
    west, south, east, north = place
    wide, high = AROUND * (east - west), AROUND * (north - south)
    return bool(west - wide <= point[0] <= east + wide and south - high <= point[1] <= north + high)


@cache
def _system(crs: str) -> CRS:
    return CRS.from_user_input(crs)


@cache
def _back(crs: str) -> Transformer:
    return Transformer.from_crs(_system(crs), 4326, always_xy=True)
