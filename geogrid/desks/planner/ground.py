"""What lies below a draft: streets to cut along, buildings to count, blocks to hand over.

Blocks are the faces between streets, railways and waters. They are made once for a territory and a
state of the ground, from the outline as it was given, so that their borders are the very ones a
generated plan has.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.contrib.gis.geos import Polygon
from django.db.models import JSONField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from numpy.typing import NDArray

from geogrid.coverage.blocks import block_of, blocks
from geogrid.desks.planner.errors import NotAsked
from geogrid.territory.geojson import as_geojson
from geogrid.territory.geometry import to_shapely
from geogrid.territory.map_layers import Member
from geogrid.territory.models import AreaBoundary, Grid, Plan
from layers.basemap.models import Railway, Street, Waterway
from layers.datum.lattice import DECIMALS, STEP
from layers.datum.shapes import Shapes, listed
from layers.feeds import versions
from layers.feeds.geojson import feature_collection
from layers.intake.kinds import LIMITING_STREET_RANK, LIMITING_WATERS, PEDESTRIAN
from layers.places.models import Address, Building

__all__ = ["GROUND", "ground_json"]

MOST_STREETS, MOST_BUILDINGS, MOST_BLOCKS = 4_000, 6_000, 2_000
MOST_DOORS, MOST_NEIGHBOURS = 3_000, 300
MOST_LINES = 30_000  # that blocks are made of: below a second or two
KEPT_TOWNS = 4
NAMES_OF_BLOCK = 3
BESIDE = 3 * STEP  # a border cut along a street lies this near to it
LAYERS = ("streets", "buildings", "blocks", "addresses", "neighbours")
GROUND = ("basemap", "buildings")


def ground_json(plan: Plan, layer: str, box: Polygon) -> bytes:
    """One layer inside `box` and the plan's territory as a FeatureCollection; neighbours' grids
    inside `box`.

    `truncated` says that there is more than a browser should draw: look closer. Raises NotAsked.
    """
    if layer not in LAYERS:
        raise NotAsked(name="layer")
    boundary = AreaBoundary.objects.get(pk=plan.boundary_id)
    if layer == "neighbours":
        return _neighbours(plan, box)
    inside = boundary.boundary.intersection(box)
    if inside.empty:
        return json.dumps(_collection([], truncated=False)).encode()
    if layer == "streets":
        return _streets(Street.objects.filter(path__intersects=inside))
    if layer == "buildings":
        return _buildings(Building.objects.within(inside))
    if layer == "addresses":
        return _addresses(Address.objects.within(inside))
    return json.dumps(_blocks(boundary, box), ensure_ascii=False).encode()


def _streets(rows: QuerySet[Street]) -> bytes:
    """The important ones first, so that what is left out are paths."""
    rows = rows.order_by("rank", "pk")
    return feature_collection(
        rows[:MOST_STREETS],
        geometry="path",
        columns={"name": "name", "rank": "rank", "kind": "kind"},
        also={"truncated": rows[MOST_STREETS:].exists()},
    )


def _buildings(rows: QuerySet[Building]) -> bytes:
    """Footprints, points where none is known, with the anchor that decides who owns the homes."""
    shape = Coalesce("footprint", "anchor", output_field=GeometryField(srid=4326))
    rows = rows.annotate(shape=shape).order_by("-dwellings", "pk")
    anchor = Cast(AsGeoJSON("anchor", precision=DECIMALS), JSONField())
    return feature_collection(
        rows[:MOST_BUILDINGS],
        geometry="shape",
        columns={
            "name": "name",
            "address": "address",
            "dwellings": "dwellings",
            "dwellings_origin": "dwellings_origin",
            "anchor": Member(anchor, Value("coordinates")),
        },
        also={"truncated": rows[MOST_BUILDINGS:].exists()},
    )


def _addresses(rows: QuerySet[Address]) -> bytes:
    """Doors with the number that stands on them; entrances of one house are one door."""
    rows = rows.filter(unit="").exclude(house="").order_by("pk")
    return feature_collection(
        rows[:MOST_DOORS],
        geometry="anchor",
        columns={"house": "house", "text": "text"},
        also={"truncated": rows[MOST_DOORS:].exists()},
    )


def _neighbours(plan: Plan, box: Polygon) -> bytes:
    """Lowest grids in force of other areas: what one's own border is somebody else's as well."""
    there = Plan.objects.in_force(timezone.now()).filter(scheme__general=True)
    others = there.exclude(scheme__area=plan.scheme.area_id)
    rows = (
        Grid.objects.leaves()
        .filter(plan__in=others, boundary__bboverlaps=box)
        .order_by("plan", "code")
        .select_related("plan__scheme__area")
    )
    return feature_collection(
        rows[:MOST_NEIGHBOURS],
        geometry="boundary",
        columns={"name": "name", "code": "code", "area": "plan__scheme__area__name"},
        also={"truncated": rows[MOST_NEIGHBOURS:].exists()},
    )


def _collection(features: list[Any], *, truncated: bool) -> dict[str, Any]:
    return {"type": "FeatureCollection", "truncated": truncated, "features": features}


@dataclass(frozen=True, slots=True)
class TownBlocks:
    """The blocks of a territory, west to east; what is in them, and the streets around them."""

    faces: Shapes
    points: Shapes
    buildings: NDArray[np.int64]
    dwellings: NDArray[np.int64]
    streets: list[list[str]]


_kept: OrderedDict[tuple[Any, ...], TownBlocks] = OrderedDict()
_making = Lock()


def _blocks(boundary: AreaBoundary, box: Polygon) -> dict[str, Any]:
    town = _town_blocks(boundary)
    if town is None:
        return _collection([], truncated=True)
    seen = shapely.intersects(town.faces, to_shapely(box))
    numbers = np.flatnonzero(seen)
    order = numbers[np.argsort(-town.dwellings[numbers], kind="stable")][:MOST_BLOCKS]
    features = [
        {
            "type": "Feature",
            "id": int(number) + 1,
            "geometry": as_geojson(town.faces[number]),
            "properties": {
                "buildings": int(town.buildings[number]),
                "dwellings": int(town.dwellings[number]),
                "streets": town.streets[number],
                "point": shapely.get_coordinates(town.points[number])[0].tolist(),
            },
        }
        for number in np.sort(order)
    ]
    return _collection(features, truncated=len(numbers) > MOST_BLOCKS)


def _town_blocks(boundary: AreaBoundary) -> TownBlocks | None:
    """Kept for the latest few territories; None where the ground is too large for one request."""
    numbers = versions.all_current()
    key = (boundary.pk, *(numbers.get(layer, "0") for layer in GROUND))
    with _making:  # two planners who open the same town wait for one computation
        if key not in _kept:
            made = _make(boundary)
            if made is None:
                return None
            _kept[key] = made
            while len(_kept) > KEPT_TOWNS:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]


def _make(boundary: AreaBoundary) -> TownBlocks | None:
    shape = boundary.boundary
    wide = Q(rank__lte=LIMITING_STREET_RANK) | Q(kind=PEDESTRIAN)
    streets = Street.objects.filter(wide, path__intersects=shape).order_by("pk")
    named = [(name, to_shapely(path)) for name, path in streets.values_list("name", "path")]
    lines = [line for _, line in named]
    for rows in (
        Railway.objects.filter(path__intersects=shape),
        Waterway.objects.filter(path__intersects=shape, kind__in=LIMITING_WATERS),
    ):
        lines += [to_shapely(path) for path in rows.order_by("pk").values_list("path", flat=True)]
    if len(lines) > MOST_LINES:
        return None
    faces = blocks(lines, to_shapely(shape)).faces
    homes = list(Building.objects.within(shape).values_list("anchor", "dwellings"))
    inside = block_of(faces, listed(to_shapely(anchor) for anchor, _ in homes))
    found = inside >= 0
    weights = np.array([dwellings for _, dwellings in homes], dtype=np.float64)
    counts = np.bincount(inside[found], minlength=len(faces))
    sums = np.bincount(inside[found], weights=weights[found], minlength=len(faces))
    return TownBlocks(
        faces=faces,
        points=shapely.point_on_surface(faces),
        buildings=counts.astype(np.int64),
        dwellings=sums.astype(np.int64),
        streets=_streets_around(faces, [one for one in named if one[0]]),
    )


def _streets_around(faces: Shapes, named: list[tuple[str, Any]]) -> list[list[str]]:
    """The names along each block's border, those with the longest stretch first."""
    around: list[dict[str, float]] = [{} for _ in faces]
    if named:
        tree = shapely.STRtree(listed(line for _, line in named))
        xy, ring = shapely.get_coordinates(shapely.get_exterior_ring(faces), return_index=True)
        edges = np.flatnonzero(ring[1:] == ring[:-1])
        middles = listed(shapely.points((xy[edges] + xy[edges + 1]) / 2))
        length = np.hypot(*(xy[edges + 1] - xy[edges]).T)
        at, street = tree.query(middles, predicate="dwithin", distance=BESIDE)
        for edge, line in zip(at.tolist(), street.tolist(), strict=True):
            names = around[int(ring[edges[edge]])]
            name = named[line][0]
            names[name] = names.get(name, 0.0) + float(length[edge])
    return [_longest(names) for names in around]


def _longest(names: Mapping[str, float]) -> list[str]:
    order: Iterable[tuple[str, float]] = sorted(names.items(), key=lambda one: (-one[1], one[0]))
    return [name for name, _ in order][:NAMES_OF_BLOCK]
