"""What an area's grids are drawn from: streets, waters, homes and named places of the database."""

from __future__ import annotations

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q

from geogrid.territory.division import (
    RAILWAY_PRICE,
    STREET_PRICES,
    WATER_PRICE,
    Ground,
    as_array,
)
from geogrid.territory.geometry import to_shapely
from layers.basemap.models import PlaceName, Railway, Street, Waterway
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape
from layers.intake.kinds import LIMITING_STREET_RANK, LIMITING_WATERS, PEDESTRIAN
from layers.places.models import Building

__all__ = ["ground_of", "homes_in", "quarter_names"]

TOWN_NAMES = ("city", "town")  # the name of the whole, not of a quarter
POINT_SIDE_M = 2.0  # a home known as a point gets ground around it as a house of this size would


def ground_of(shape: GEOSGeometry, *, quarters: bool = True) -> tuple[list[str], Ground]:
    """Names of the quarters, and the ground inside `shape` (EPSG:4326).

    Nothing has to be there: without streets the ground is cut half-way between homes, without named
    places (or without `quarters`) there are no seeds.
    """
    streets = Street.objects.filter(path__intersects=shape)
    wide = streets.filter(Q(rank__lte=LIMITING_STREET_RANK) | Q(kind=PEDESTRIAN))
    limits = [(path, STREET_PRICES[rank]) for path, rank in wide.values_list("path", "rank")]
    railways = Railway.objects.filter(path__intersects=shape).values_list("path", flat=True)
    limits += [(path, RAILWAY_PRICE) for path in railways]
    waters = Waterway.objects.filter(path__intersects=shape, kind__in=LIMITING_WATERS)
    limits += [(path, WATER_PRICE) for path in waters.values_list("path", flat=True)]
    paths = streets.filter(rank__gt=LIMITING_STREET_RANK).exclude(kind=PEDESTRIAN)
    named = quarter_names(shape) if quarters else []
    buildings = Building.objects.within(shape).order_by("pk")
    homes = list(buildings.filter(dwellings__gt=0).values_list("footprint", "anchor", "dwellings"))
    others = buildings.filter(dwellings=0, footprint__isnull=False)
    outline = shapely.MultiPolygon(list(shapely.get_parts(to_shapely(shape))))
    return [name for name, _, _ in named], Ground(
        outline=outline,
        limits=as_array(to_shapely(path) for path, _ in limits),
        prices=np.array([price for _, price in limits], dtype=np.float64),
        paths=as_array(map(to_shapely, paths.values_list("path", flat=True))),
        homes=as_array(
            to_shapely(footprint) if footprint else _around(to_shapely(anchor))
            for footprint, anchor, _ in homes
        ),
        anchors=as_array(to_shapely(anchor) for _, anchor, _ in homes),
        dwellings=np.array([dwellings for _, _, dwellings in homes], dtype=np.int64),
        seeds=np.array([(x, y) for _, x, y in named], dtype=np.float64).reshape(-1, 2),
        others=as_array(
            to_shapely(footprint) for footprint in others.values_list("footprint", flat=True)
        ),
    )


def quarter_names(shape: GEOSGeometry) -> list[tuple[str, float, float]]:
    """Named quarters and villages inside `shape`: name, longitude, latitude."""
    rows = (
        PlaceName.objects.filter(point__coveredby=shape)
        .exclude(kind__in=TOWN_NAMES)
        .order_by("pk")
        .values_list("name", "point")
    )
    return [(name, point.x, point.y) for name, point in rows]


def homes_in(shape: GEOSGeometry) -> int:
    """How many buildings and compounds with households lie inside `shape`."""
    return Building.objects.within(shape).filter(dwellings__gt=0).count()


def _around(point: Shape) -> Shape:
    """A square around a home that is known as a point only."""
    across, along = metres_per_degree(float(shapely.get_y(point)))
    x, y = float(shapely.get_x(point)), float(shapely.get_y(point))
    wide, high = POINT_SIDE_M / across / 2, POINT_SIDE_M / along / 2
    return shapely.box(x - wide, y - high, x + wide, y + high)
