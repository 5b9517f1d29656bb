"""The ground a list is drawn on, out of the database: what imports brought, and a plan's units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Max, Q, QuerySet

from geogrid.coverage.from_list import Terrain
from geogrid.territory.geometry import single, to_shapely
from geogrid.territory.listed_ground import NamedShape
from geogrid.territory.listed_plan import Town
from geogrid.territory.models import AreaBoundary, Plan, Scheme
from layers.basemap.models import LandUse, PlaceName, Railway, Source, Street, Waterway
from layers.datum.shapes import Shape, Shapes, listed
from layers.feeds import versions
from layers.intake.doors import Door
from layers.intake.kinds import LIMITING_STREET_RANK, LIMITING_WATERS, PEDESTRIAN
from layers.places.models import Address, Building, Hospital, PublicFacility, School, Shop

__all__ = ["CommunityUnit", "ground_state", "ground_town", "units_above"]

TOWN_NAMES = ("city", "town")  # the name of the whole is no village


@dataclass(frozen=True, slots=True)
class CommunityUnit:
    """A grid right above the leaves of a plan: its outline is kept, listed grids go below it."""

    code: str
    named: NamedShape
    fixed: Shape


def units_above(plan: Plan | None) -> list[CommunityUnit]:
    """The grids above the leaves, by code; none without a plan, or with a single level."""
    if plan is None:
        return []
    lowest = plan.scheme.levels.aggregate(depth=Max("depth"))["depth"]
    rows = plan.grids.filter(level=lowest - 1).order_by("code")
    return [
        CommunityUnit(
            code,
            NamedShape(name, single(to_shapely(boundary))),
            single(to_shapely(fixed or boundary)),
        )
        for code, name, fixed, boundary in rows.values_list(
            "code", "name", "fixed_boundary", "boundary"
        )
    ]


def ground_town(
    boundary: AreaBoundary, units: Sequence[CommunityUnit] = (), *, base: Plan | None = None
) -> Town:
    """Streets, buildings, doors and names inside a version of an area's outline.

    `units` are those of the plan `base`: then its outline is refined, and nothing of both moves.
    """
    shape = boundary.boundary
    streets = Street.objects.filter(path__bboverlaps=shape)
    wide = Q(rank__lte=LIMITING_STREET_RANK) | Q(kind=PEDESTRIAN)
    rivers = Waterway.objects.filter(path__bboverlaps=shape, kind__in=LIMITING_WATERS)
    limits = [
        *_shapes(streets.filter(wide), "path"),
        *_shapes(Railway.objects.filter(path__bboverlaps=shape), "path"),
        *_shapes(rivers, "path"),
    ]
    footprints = Building.objects.filter(footprint__isnull=False, anchor__bboverlaps=shape)
    areas = LandUse.objects.filter(kind=LandUse.Kind.RESIDENTIAL, shape__bboverlaps=shape).exclude(
        name=""
    )
    return Town(
        terrain=Terrain(
            outline=single(to_shapely(base.outline if base and units else shape)),
            limits=listed(limits),
            paths=_shapes(streets.exclude(wide), "path"),
            footprints=_shapes(footprints, "footprint"),
            communities=listed([unit.named.shape for unit in units]),
            bases=listed(
                [unit.fixed for unit in units] + [single(to_shapely(shape))] * bool(units)
            ),
        ),
        doors=_doors(shape),
        places=_places(shape),
        areas=[NamedShape(name, single(area)) for name, area in _named(areas, "shape")],
        communities=[unit.named for unit in units],
    )


def ground_state(scheme: Scheme) -> str:
    """Changes whenever the ground does: a reading of a list holds as long as this stays."""
    outline = scheme.area.boundaries.aggregate(pk=Max("pk"))["pk"]
    told = versions.all_current()
    ground = [told.get(layer, "0") for layer in ("addresses", "basemap", "buildings", "places")]
    newest = Source.objects.aggregate(at=Max("imported_at"))["at"]
    imported = newest.isoformat() if newest else ""
    return " ".join([imported, str(outline), str(Address.objects.count()), *ground])


def _doors(shape: GEOSGeometry) -> list[Door]:
    rows = (
        Address.objects.filter(anchor__coveredby=shape)
        .order_by("pk")
        .annotate(point=AsWKB("anchor"))
        .values_list("pk", "street", "house", "unit", "point")
    )
    found = list(rows)
    points: Any = shapely.from_wkb([bytes(row[-1]) for row in found])
    return [
        Door(str(pk), street, house, unit, point)
        for (pk, street, house, unit, _), point in zip(found, points, strict=True)
    ]


def _places(shape: GEOSGeometry) -> list[NamedShape]:
    names = PlaceName.objects.filter(point__coveredby=shape).exclude(kind__in=TOWN_NAMES)
    found = [NamedShape(name, point) for name, point in _named(names.exclude(name=""), "point")]
    for model in (School, Hospital, PublicFacility, Shop, Building):
        rows = model.objects.filter(anchor__coveredby=shape).exclude(name="")
        found += [NamedShape(name, point) for name, point in _named(rows, "anchor")]
    return found


def _named(rows: QuerySet[Any], column: str) -> Iterable[tuple[str, Any]]:
    found = list(rows.order_by("pk").annotate(wkb=AsWKB(column)).values_list("name", "wkb"))
    shapes: Any = shapely.from_wkb([bytes(wkb) for _, wkb in found])
    return zip([name for name, _ in found], shapes, strict=True)


def _shapes(rows: QuerySet[Any], column: str) -> Shapes:
    found = rows.order_by("pk").annotate(wkb=AsWKB(column)).values_list("wkb", flat=True)
    return listed([single(shape) for shape in shapely.from_wkb([bytes(wkb) for wkb in found])])
