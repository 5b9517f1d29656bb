"""What lies under the grids on paper: read once for a plan, looked up map by map."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from django.db import connection

from geogrid.territory.models import Plan
from layers.basemap.models import LandUse, Railway, Street, Waterway
from layers.datum.shapes import Shapes
from layers.places.models import Building

__all__ = ["Ground", "Layer", "ground_of"]

Box = tuple[float, float, float, float]
GREEN = (LandUse.Kind.FOREST, LandUse.Kind.GRASS)


@dataclass(slots=True)
class Layer:
    """Shapes of EPSG:4326 with a name and a rank each."""

    shapes: Shapes
    names: list[str]
    ranks: list[int]
    _tree: Any = field(default=None)

    def within(self, box: Box) -> list[int]:
        """Places in the list of what meets a box."""
        if not len(self.shapes):
            return []
        if self._tree is None:
            self._tree = shapely.STRtree(self.shapes)
        return sorted(self._tree.query(shapely.box(*box)).tolist())


@dataclass(slots=True)
class Ground:
    streets: Layer
    railways: Layer
    waterways: Layer
    water: Layer
    green: Layer
    buildings: Layer


def ground_of(plan: Plan) -> Ground:
    """One query per layer, for the surroundings of a plan's outline."""
    west, south, east, north = plan.outline.extent
    wide, high = (east - west) * 0.25, (north - south) * 0.25
    box = (west - wide, south - high, east + wide, north + high)
    return Ground(
        streets=_layer(Street, "path", box, rank="rank"),
        railways=_layer(Railway, "path", box),
        waterways=_layer(Waterway, "path", box),
        water=_layer(LandUse, "shape", box, kinds=[LandUse.Kind.WATER.value]),
        green=_layer(LandUse, "shape", box, kinds=[kind.value for kind in GREEN]),
        buildings=_layer(Building, "footprint", box),
    )


def _layer(
    model: Any, column: str, box: Box, *, rank: str = "0", kinds: list[str] | None = None
) -> Layer:
    # As bytes from the database: a hundred thousand footprints in seconds.
    chosen = "" if kinds is None else "AND kind = ANY(%s)"
    statement = f"""
        SELECT name, {rank}, ST_AsBinary({column}) FROM {model._meta.db_table}
        WHERE {column} && ST_MakeEnvelope(%s, %s, %s, %s, 4326) {chosen} ORDER BY id
        """  # noqa: S608  (names of our own tables and columns only)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*box, *([] if kinds is None else [kinds])])
        rows = cursor.fetchall()
    shapes: Shapes = shapely.from_wkb([bytes(row[2]) for row in rows])
    return Layer(
        np.asarray(shapes, dtype=object), [row[0] for row in rows], [row[1] for row in rows]
    )
