"""What would change hands if a proposed plan followed the one in force."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import shapely

from geogrid.coverage.compare import Comparison, compare
from geogrid.territory.actions import NewGrid
from geogrid.territory.geometry import single, to_shapely
from geogrid.territory.models import Plan
from layers.datum.shapes import Shape, listed
from layers.places.models import Building

__all__ = ["compared"]


def compared(
    before: Plan, grids: Sequence[NewGrid], territory: Shape
) -> tuple[Comparison[UUID], dict[UUID, str]]:
    """The leaves of both plans compared by lineage, and what to call each of them.

    Weights are dwellings, counted by the anchors of buildings.
    """
    rows = before.grids.leaves().order_by("code").values_list("lineage", "code", "name", "boundary")
    old = {
        lineage: (f"{code} {name}", single(to_shapely(shape)))
        for lineage, code, name, shape in rows
    }
    leaves = sorted((grid for grid in grids if grid.shape is not None), key=lambda g: g.code)
    homes = list(Building.objects.filter(dwellings__gt=0).values_list("anchor", "dwellings"))
    anchors = listed([to_shapely(anchor) for anchor, _ in homes])
    weights = np.array([dwellings for _, dwellings in homes], dtype=np.float64)
    if len(anchors):
        west, south, east, north = territory.bounds
        xy = shapely.get_coordinates(anchors)
        near = ((xy >= (west, south)) & (xy <= (east, north))).all(axis=1)
        anchors, weights = anchors[near], weights[near]
    comparison = compare(
        {lineage: shape for lineage, (_, shape) in old.items()},
        {grid.lineage: single(grid.shape) for grid in leaves if grid.shape is not None},
        points=anchors,
        weights=weights,
    )
    names = {lineage: called for lineage, (called, _) in old.items()}
    names |= {grid.lineage: f"{grid.code} {grid.name}" for grid in leaves}
    return comparison, names
