"""Estimate how many dwellings a building holds, from its footprint and what stands in it. Pure.

This is a model, not a count: single grids are uncertain by 30 % or more, and every screen that
shows the figure says "estimated". The rules, in order:

1. A home is a building of a dwelling kind; or of unknown kind with an address; or of unknown kind,
   70 m2 and more, inside residential land. Under 45 m2 nothing is a home.
2. What is or holds a shop, an office, sport, industry or a public place has none, and neither has
   a building of 2,000 m2 and more outside residential land (a mall, a wholesaler, a hall).
3. Storeys: the tag, else by kind and by the shape of the footprint.
4. One dwelling for a single house, else footprint x storeys x 0.80 / 80 m2, at least one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from layers.datum.metric import metres_per_degree
from layers.intake.osm import Record

DWELLING_KINDS = frozenset(
    {"house", "residential", "apartments", "terrace", "detached", "semidetached_house",
     "bungalow", "dormitory", "farm", "prefabricated"}
)  # fmt: skip
SINGLE_HOUSES = frozenset({"house", "detached", "bungalow", "farm"})
SMALLEST_HOME_M2 = 45
UNTAGGED_HOME_M2 = 70
HALL_M2 = 2_000
USABLE_SHARE = 0.80
DWELLING_M2 = 80
WORKING_LAND = frozenset({"industrial", "commercial", "retail", "garages", "military", "railway"})
HOME_AMENITIES = frozenset(
    # Furniture of the street that happens to stand at or in a house, and so empties no house.
    {"parking", "parking_space", "parking_entrance", "bicycle_parking", "bench", "recycling",
     "post_box", "telephone", "vending_machine", "waste_basket", "shelter", "atm", "toilets",
     "fountain", "clock", "charging_station", "grave_yard", "taxi",
     "waste_disposal", "compressed_air", "bbq"}
)  # fmt: skip
QUIET_LEISURE = frozenset({"playground", "garden", "park", "nature_reserve"})


@dataclass(frozen=True, slots=True)
class Estimate:
    """`dwellings` of one building, and the storeys that were used (None where none is a home)."""

    dwellings: int
    levels: float | None


@dataclass(frozen=True, slots=True)
class _Facts:
    kind: str
    area_m2: float
    depth_m: float
    addresses: int
    levels: float | None
    on_residential: bool
    on_working_land: bool
    occupied: bool


def estimate_dwellings(
    buildings: Sequence[Record],
    addresses: Sequence[Record],
    points: Sequence[Record],
    land_use: Sequence[Record],
) -> list[Estimate]:
    """Return one estimate per building, in order. Geometries in degrees, areas in true m2."""
    return [_estimate(facts) for facts in _facts(buildings, addresses, points, land_use)]


def _estimate(facts: _Facts) -> Estimate:
    if not _is_home(facts):
        return Estimate(0, None)
    levels = facts.levels if facts.levels is not None else _likely_levels(facts)
    if facts.kind in SINGLE_HOUSES or (facts.area_m2 < 170 and levels < 2):
        return Estimate(1, levels)
    dwellings = round(facts.area_m2 * levels * USABLE_SHARE / DWELLING_M2)
    return Estimate(max(1, dwellings), levels)


def _is_home(facts: _Facts) -> bool:
    if facts.area_m2 < SMALLEST_HOME_M2 or facts.occupied or facts.on_working_land:
        return False
    if facts.area_m2 >= HALL_M2 and not facts.on_residential:
        return False
    if facts.kind in DWELLING_KINDS:
        return True
    if facts.kind != "yes":
        return False
    return facts.addresses > 0 or (facts.on_residential and facts.area_m2 >= UNTAGGED_HOME_M2)


def _likely_levels(facts: _Facts) -> float:
    if facts.kind in ("apartments", "dormitory", "prefabricated"):
        return 5
    if facts.kind in SINGLE_HOUSES:
        return 1.5
    if facts.kind == "terrace":
        return 2
    if 9 <= facts.depth_m <= 16 and facts.addresses >= 2 and facts.area_m2 >= 300:
        return 5  # the long slab with several entrances
    return 1.5 if facts.area_m2 < 170 else 3


def _facts(
    buildings: Sequence[Record],
    addresses: Sequence[Record],
    points: Sequence[Record],
    land_use: Sequence[Record],
) -> list[_Facts]:
    shapes = np.array([record.geometry for record in buildings], dtype=object)
    if not len(shapes):
        return []
    metric = _in_metres(shapes)
    area = shapely.area(metric)
    depth = _depth(metric)
    anchors = [record.anchor for record in buildings]
    doors = _hits_per_shape(shapes, [record.anchor for record in addresses])
    busy = _hits_per_shape(shapes, [p.anchor for p in points if _occupies(p.tags)])
    residential = _covered(anchors, land_use, frozenset({"residential"}))
    working = _covered(anchors, land_use, WORKING_LAND)
    return [
        _Facts(
            kind=record.tags.get("building", "yes"),
            area_m2=float(area[n]),
            depth_m=float(depth[n]),
            addresses=int(doors[n]),
            levels=_number(record.tags.get("building:levels")),
            on_residential=bool(residential[n]),
            on_working_land=bool(working[n] and not residential[n]),
            occupied=bool(busy[n]) or _occupies(record.tags),
        )
        for n, record in enumerate(buildings)
    ]


def _occupies(tags: Mapping[str, str]) -> bool:
    """Whether a thing that stands in a building makes it a place of work or of the public."""
    if tags.get("shop", "no") not in ("no", "vacant"):
        return True
    if tags.get("amenity") and tags["amenity"] not in HOME_AMENITIES:
        return True
    if tags.get("leisure") and tags["leisure"] not in QUIET_LEISURE:
        return True
    if tags.get("tourism") in ("hotel", "hostel", "museum", "motel", "zoo", "gallery"):
        return True
    return any(key in tags for key in ("office", "craft", "healthcare", "power", "man_made"))


def _in_metres(shapes: np.ndarray) -> np.ndarray:
    """The shapes in metres around their middle: good to 0.3 % within 20 km."""
    west, south, east, north = shapely.total_bounds(shapes)
    scale = np.array(metres_per_degree((south + north) / 2))
    origin = np.array([(west + east) / 2, (south + north) / 2])
    return shapely.transform(shapes, lambda xy: (xy - origin) * scale)


def _depth(metric: np.ndarray) -> np.ndarray:
    """The shorter side of the smallest rectangle around each footprint, metres."""
    boxes = shapely.minimum_rotated_rectangle(metric)
    corners = [shapely.get_coordinates(box)[:3] for box in boxes]
    sides = [np.hypot(*np.diff(c, axis=0).T) if len(c) == 3 else np.zeros(2) for c in corners]
    return np.array([side.min() for side in sides])


def _hits_per_shape(shapes: np.ndarray, anchors: Sequence[shapely.Point]) -> np.ndarray:
    if not anchors:
        return np.zeros(len(shapes), int)
    _, hit = shapely.STRtree(shapes).query(np.array(anchors), predicate="intersects")
    return np.bincount(hit, minlength=len(shapes))


def _covered(
    anchors: Sequence[shapely.Point], land_use: Sequence[Record], kinds: frozenset[str]
) -> np.ndarray:
    land = [r.geometry for r in land_use if r.tags.get("landuse") in kinds]
    covered = np.zeros(len(anchors), bool)
    if land:
        hit, _ = shapely.STRtree(land).query(np.array(anchors), predicate="intersects")
        covered[hit] = True
    return covered


def _number(text: str | None) -> float | None:
    try:
        return float((text or "").replace(",", ".")) or None
    except ValueError:
        return None
