"""The land of buildings in a plan: what goes along when they are handed to another grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.joined_land import joined
from geogrid.coverage.own_land import own_land
from geogrid.territory.errors import TooManyBuildings
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.models import Grid, Plan
from layers.datum.lattice import STEP
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, listed
from layers.places.models import Building

__all__ = ["LandOfBuildings", "land_of_buildings"]

MOST_CHOSEN, MOST_AROUND = 300, 3_000
WALLS_M = 4.0  # half the width of a house of which only the door is known


@dataclass(frozen=True, slots=True)
class LandOfBuildings:
    """The land, on the lattice, and from which grids it is taken.

    `between` are buildings that keep it apart from the grid that gets it (or its parts from each
    other), `cut_off` those that would be cut off from their grid: with them it can change hands.
    """

    land: Shape
    sources: tuple[UUID, ...]
    buildings: int
    dwellings: int
    between: tuple[int, ...] = ()
    cut_off: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Inside:
    """The buildings of a grid: the first `own` count there, the others only reach in."""

    walls: Shapes
    doors: Shapes
    numbers: NDArray[np.int64]
    own: int


def land_of_buildings(
    plan: Plan, buildings: Sequence[int], *, without: UUID | None = None
) -> LandOfBuildings | None:
    """What lies nearer to these buildings than to others of their grids, cut half-way between.

    Land without buildings that this would cut off goes along, and a way to the grid that gets it
    where one fits. `without` is that grid: of its own nothing is taken. None when none of the
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
    leaves = plan.grids.leaves()
    goal = _shape_of(plan, without)
    parts: list[tuple[Grid, Shape, Shape, Inside]] = []
    taken: set[int] = set()
    givers = leaves.filter(boundary__intersects=points).order_by("code")
    for leaf in givers.exclude(lineage=without) if without else givers:
        grid = to_shapely(leaf.boundary)
        inside = {pk for pk, (point, _) in homes.items() if pk not in taken and grid.covers(point)}
        there = _inside(grid) if inside else None
        land = (
            own_land(grid, there.walls, np.isin(there.numbers, list(inside)), sites=there.own)
            if there
            else None
        )
        if there is not None and land is not None:
            taken |= inside
            parts.append((leaf, grid, land, there))
    if not parts:
        return None
    if goal is not None:  # the nearest first: what lies behind can be joined to its land
        parts.sort(key=lambda one: float(shapely.distance(one[2], goal)))
    whole: list[Shape] = []
    between: list[int] = []
    cut_off: list[int] = []
    for _leaf, grid, land, there in parts:
        others = ~np.isin(there.numbers, list(taken))
        own = int(others[: there.own].sum())
        numbers = there.numbers[others]
        made = joined(grid, land, there.walls[others], there.doors[others][:own], goal)
        between += numbers[made.between].tolist()
        cut_off += numbers[made.cut_off].tolist()
        whole.append(made.land)
        goal = made.land if goal is None else shapely.union_all([goal, made.land], grid_size=STEP)
    return LandOfBuildings(
        # Borders of two grids' parts need not have the same vertices here.
        land=shapely.union_all(whole, grid_size=STEP),
        sources=tuple(leaf.lineage for leaf, *_rest in parts),
        buildings=len(taken),
        dwellings=sum(homes[pk][1] for pk in taken),
        between=tuple(between),
        cut_off=tuple(cut_off),
    )


def _shape_of(plan: Plan, lineage: UUID | None) -> Shape | None:
    found = plan.grids.leaves().filter(lineage=lineage).first() if lineage else None
    return to_shapely(found.boundary) if found else None


def _inside(grid: Shape) -> Inside:
    around = from_shapely(grid, multi=True)
    rows = list(
        Building.objects.filter(footprint__intersects=around)
        .union(Building.objects.filter(footprint=None, anchor__coveredby=around))
        .values_list("pk", "anchor", "footprint")[: MOST_AROUND + 1]
    )
    if len(rows) > MOST_AROUND:
        raise TooManyBuildings(count=len(rows), most=MOST_AROUND)
    doors = listed(to_shapely(anchor) for _, anchor, _ in rows)
    walls = listed(
        to_shapely(footprint) if footprint else _walls(door)
        for (_, _, footprint), door in zip(rows, doors, strict=True)
    )
    shapely.prepare(grid)
    own = shapely.covers(grid, doors)
    numbers = np.array([pk for pk, _, _ in rows], dtype=np.int64)
    # Houses that belong elsewhere and only reach in get no ground here.
    order = np.lexsort((numbers, ~own))
    return Inside(walls[order], doors[order], numbers[order], int(own.sum()))


def _walls(door: Shape) -> Shape:
    x, y, _, _ = door.bounds
    across, along = metres_per_degree(y)
    return shapely.box(
        x - WALLS_M / across, y - WALLS_M / along, x + WALLS_M / across, y + WALLS_M / along
    )
