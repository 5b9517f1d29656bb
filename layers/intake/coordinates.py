"""From the numbers in a file to longitude and latitude; and which systems the numbers would fit.

What a file or a person says counts. Numbers without a system are never guessed at: the candidates
that would put them where they are expected are named, and a person chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from layers.datum.gauss_krueger import zones_near
from layers.datum.shapes import Shapes
from layers.datum.shifted import bd09_to_wgs84, gcj02_to_wgs84
from layers.intake.errors import CrsUnknown
from layers.intake.sentences import gettext as _

__all__ = [
    "SHIFTED",
    "STORED",
    "Candidate",
    "candidates",
    "named_crs",
    "systems_near",
    "to_degrees",
]

STORED = CRS.from_epsg(4326)
SHIFTED = {"GCJ-02": gcj02_to_wgs84, "BD-09": bd09_to_wgs84}
FOOT = 0.3048
LIKELY = 0.2  # share of the two extents that must be common

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading that puts numbers where they are expected.

    `share` is the common part of both extents, from 0 to 1; `swap` and `scale` say whether the axes
    are exchanged and in what the numbers are multiplied first.
    """

    crs: str
    name: str
    share: float
    swap: bool = False
    scale: float = 1.0

    @property
    def options(self) -> str:
        """What to type, such as "--crs EPSG:4547"."""
        swap = " --swap-axes" if self.swap else ""
        return f"--crs {self.crs}{swap}{f' --scale {self.scale}' if self.scale != 1.0 else ''}"


def named_crs(given: str) -> CRS | str:
    """What a person or a file calls a system: "EPSG:4547", "4547", WKT; or "GCJ-02", "BD-09".

    Raises
    ------
    CrsUnknown
        When nobody knows it.
    """
    plain = given.strip().upper().replace("_", "-").replace(" ", "")
    shifted = {"GCJ02": "GCJ-02", "GCJ-02": "GCJ-02", "BD09": "BD-09", "BD-09": "BD-09"}
    if plain in shifted:
        return shifted[plain]
    try:
        # Names alone are not enough: "Beijing" would be found too, whichever of them is meant.
        if not (plain.isdigit() or ":" in plain or "[" in plain or plain.startswith("+")):
            raise CRSError(given)
        return CRS.from_user_input(int(plain) if plain.isdigit() else given)
    except CRSError as problem:
        raise CrsUnknown(
            _(
                "%(given)s is no known coordinate system. Write it like EPSG:4549 "
                "(CGCS2000), or GCJ-02 or BD-09 for coordinates of Chinese web "
                "maps."
            )
            % {"given": given},
            crs=given,
        ) from problem


def to_degrees(shapes: Shapes, source: CRS | str) -> Shapes:
    """Shapes in EPSG:4326, longitude first, moved vertex by vertex.

    Matched borders stay matched; straight edges bend by centimetres in a projection.
    """
    if isinstance(source, str):
        moved: Shapes = shapely.transform(shapes, SHIFTED[source])
        return moved
    if source == STORED or source.to_epsg() == STORED.to_epsg():
        return shapes
    transformer = Transformer.from_crs(source, STORED, always_xy=True)
    moved = shapely.transform(
        shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    return moved


def candidates(numbers: Bounds, place: Bounds) -> list[Candidate]:
    """Systems in which `numbers` (minimum x, y, maximum x, y) lie at `place` (degrees).

    Best first. Also tries exchanged axes and feet. Xian 1980 and Beijing 1954 lie within 200 m of
    CGCS2000, too near to be told apart by an extent, and are not tried.
    """
    found = []
    for crs in systems_near((place[0] + place[2]) / 2, (place[1] + place[3]) / 2):
        for swap, scale, bounds in _readings(numbers, crs):
            share = _common(_placed(bounds, crs), place)
            if share >= LIKELY:
                name = f"EPSG:{crs.to_epsg()}"
                found.append(Candidate(name, crs.name, share, swap, scale))
    found.sort(key=lambda candidate: (-candidate.share, len(candidate.options)))
    return found


def _readings(numbers: Bounds, crs: CRS) -> Iterator[tuple[bool, float, Bounds]]:
    """Whether exchanged, by what factor, and the extent read so: as it is, exchanged, in feet."""
    west, south, east, north = numbers
    swapped = (south, west, north, east)
    yield False, 1.0, numbers
    yield True, 1.0, swapped
    if crs.is_projected:
        yield False, FOOT, _scaled(numbers, FOOT)
        yield True, FOOT, _scaled(swapped, FOOT)


def _scaled(bounds: Bounds, factor: float) -> Bounds:
    west, south, east, north = bounds
    return west * factor, south * factor, east * factor, north * factor


def systems_near(longitude: float, latitude: float) -> Iterator[CRS]:
    """Systems in use around a place: degrees, CGCS2000 zones and neighbours, UTM, web maps."""
    codes = [4326]
    codes += [zone.epsg for zone in zones_near(longitude)]
    zone6 = int(longitude // 6) + 31
    south = 100 if latitude < 0 else 0
    codes += [32600 + south + zone for zone in (zone6, zone6 - 1, zone6 + 1) if 1 <= zone <= 60]
    codes.append(3857)
    return (_system(code) for code in codes)


def _placed(bounds: Bounds, crs: CRS) -> Bounds | None:
    xy: NDArray[np.float64] = np.array(
        [(bounds[x], bounds[y]) for x in (0, 2) for y in (1, 3)], dtype=np.float64
    )
    if crs == STORED:
        placed = xy
    else:
        back = _back(crs.to_epsg())
        placed = np.column_stack(back.transform(xy[:, 0], xy[:, 1]))
    if not np.isfinite(placed).all():
        return None
    west, south = placed.min(axis=0)
    east, north = placed.max(axis=0)
    return float(west), float(south), float(east), float(north)


@cache
def _back(epsg: int) -> Transformer:
    """Looking up how to transform takes longer than transforming."""
    return Transformer.from_crs(epsg, STORED, always_xy=True)


@cache
def _system(epsg: int) -> CRS:
    return CRS.from_epsg(epsg)


def _common(one: Bounds | None, other: Bounds) -> float:
    """The common part of two extents, as a share of the smaller one."""
    if one is None:
        return 0.0
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)]
    if max(areas) > 25 * min(areas):  # a whole country also "contains" a town
        return 0.0
    return wide * high / max(areas) ** 0.5 / min(areas) ** 0.5
