"""The land of buildings in a plan: what goes along when they are handed to another grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely

from geogrid.coverage.own_land import own_land
from geogrid.territory.errors import TooManyBuildings
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.models import Plan
from layers.datum.lattice import STEP
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, listed
from layers.places.models import Building

__all__ = ["LandOfBuildings", "land_of_buildings"]

MOST_CHOSEN, MOST_AROUND = 300, 3_000
WALLS_M = 4.0  # half the width of a house of which only the door is known


@dataclass(frozen=True, slots=True)
class LandOfBuildings:
    """The land, on the lattice, and from which grids it is taken."""

    land: Shape
    sources: tuple[UUID, ...]
    buildings: int
    dwellings: int


def land_of_buildings(
    plan: Plan, buildings: Sequence[int], *, without: UUID | None = None
) -> LandOfBuildings | None:
    """What lies nearer to these buildings than to others of their grids, cut half-way between.

    `without` is the grid that gets the land: of its own nothing is taken. None when none of the
    buildings stands in another grid. Raises TooManyBuildings.
    """
    chosen = set(buildings)
    if len(chosen) > MOST_CHOSEN:
        raise TooManyBuildings(count=len(chosen), most=MOST_CHOSEN)
    rows = Building.objects.filter(pk__in=chosen).only("anchor", "dwellings")
    homes = {row.pk: (to_shapely(row.anchor), row.dwellings) for row in rows}
    if not homes:
        return None
    points = from_shapely(shapely.union_all([point for point, _ in homes.values()]))
    leaves = plan.grids.leaves().filter(boundary__intersects=points).order_by("code")
    land: list[Shape] = []
    sources: list[UUID] = []
    taken: set[int] = set()
    for leaf in leaves.exclude(lineage=without) if without else leaves:
        grid = to_shapely(leaf.boundary)
        inside = {pk for pk, (point, _) in homes.items() if pk not in taken and grid.covers(point)}
        part = _land_in(grid, inside) if inside else None
        if part is not None:
            taken |= inside
            land.append(part)
            sources.append(leaf.lineage)
    if not land:
        return None
    return LandOfBuildings(
        # Borders of two grids' parts need not have the same vertices here.
        land=shapely.union_all(land, grid_size=STEP),
        sources=tuple(sources),
        buildings=len(taken),
        dwellings=sum(homes[pk][1] for pk in taken),
    )


def _land_in(grid: Shape, chosen: set[int]) -> Shape | None:
    around = from_shapely(grid, multi=True)
    rows = list(
        Building.objects.filter(footprint__intersects=around).union(
            Building.objects.filter(footprint=None, anchor__coveredby=around)
        )[: MOST_AROUND + 1]
    )
    if len(rows) > MOST_AROUND:
        raise TooManyBuildings(count=len(rows), most=MOST_AROUND)
    anchors = {row.pk: to_shapely(row.anchor) for row in rows}
    own = {pk for pk, point in anchors.items() if grid.covers(point)}
    # Houses that belong elsewhere and only reach in get no ground here.
    rows.sort(key=lambda row: (row.pk not in own, row.pk))
    walls = listed(
        to_shapely(row.footprint) if row.footprint else _walls(anchors[row.pk]) for row in rows
    )
    marks = np.array([row.pk in chosen for row in rows], dtype=bool)
    return own_land(grid, walls, marks, sites=len(own)) if marks.any() else None


def _walls(door: Shape) -> Shape:
    x, y, _, _ = door.bounds
    across, along = metres_per_degree(y)
    return shapely.box(
        x - WALLS_M / across, y - WALLS_M / along, x + WALLS_M / across, y + WALLS_M / along
    )
