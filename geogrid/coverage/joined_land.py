"""Land that can change hands: in one piece with who gets it, and nothing of the giver cut off.

What lies half-way around some houses need not touch the grid they go to, and what is left of theirs
can fall apart. Land without houses is of no use to its grid then, so it goes along; and a way is
taken to the other grid where one fits between the houses. Where neither helps, the houses in the
way are told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.datum.lattice import STEP
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Joined", "joined"]

# Metres.
WAY = 4.0  # the width of a way, as of a lane between two gardens
CLEAR = 0.5  # between a way and a wall
LONGEST = 40.0  # metres; a longer one would be a grid of its own
STEPS = 3.0  # between the points a way can begin at
TRIED = 300
COMMON = 1.0  # a shorter border joins nothing
OVERLAP = 0.1  # a way reaches so far into what it joins


@dataclass(frozen=True, slots=True)
class Joined:
    """The land with what goes along, on the lattice.

    Attributes
    ----------
    between : ndarray of int64
        Houses that stand between the land and who gets it; empty when they are one piece.
    cut_off : ndarray of int64
        Houses that would be cut off from the rest of their grid.
    """

    land: Shape
    between: NDArray[np.int64]
    cut_off: NDArray[np.int64]


def joined(
    grid: Shape, land: Shape, houses: ShapesLike, doors: ShapesLike, goal: Shape | None = None
) -> Joined:
    """Join land of some houses to `goal`.

    Parameters
    ----------
    grid : Polygon or MultiPolygon
        EPSG:4326, on the lattice: whose land it is.
    land : Polygon or MultiPolygon
        Part of it, see `own_land`.
    houses : Polygon or MultiPolygon, n of them
        EPSG:4326: the other buildings that reach into the grid.
    doors : Point, at most n of them
        Where the first houses count; the others belong elsewhere and only reach in.
    goal : Polygon or MultiPolygon, optional
        What the land goes to; by default its own largest part.
    """
    scale = np.array(metres_per_degree(grid.centroid.y))
    origin = np.array(grid.bounds[:2])

    def flat(shapes: Shapes) -> Shapes:
        metric: Shapes = shapely.transform(shapes, lambda xy: (xy - origin) * scale)
        return metric

    walls, homes = flat(listed(houses)), listed(doors)
    parts = shapely.get_parts(land)
    whole = listed([grid, max(parts, key=shapely.area) if goal is None else goal])
    inside, target = flat(whole)
    ways, between = _ways(inside, list(flat(parts)), target, walls, len(homes))
    if ways:
        back = shapely.transform(listed(ways), lambda xy: xy / scale + origin)
        way = shapely.intersection(shapely.union_all(back), grid, grid_size=STEP)
        land = _areas(shapely.union(land, way, grid_size=STEP))
    land, cut_off = _without_scraps(grid, land, homes)
    return Joined(land, between, cut_off)


def _ways(
    grid: Shape, parts: list[Shape], goal: Shape, walls: Shapes, own: int
) -> tuple[list[Shape], NDArray[np.int64]]:
    """Ways from each part to the goal or to a part that has one, metres; houses where none fits."""
    ways: list[Shape] = []
    between: set[int] = set()
    tree = shapely.STRtree(walls)
    pending = sorted(parts, key=lambda part: float(shapely.distance(part, goal)))
    reached = [goal]
    for rounds in range(2):  # what found no way may touch a part that came later
        left: list[Shape] = []
        for part in pending:
            there = shapely.union_all(reached)
            if _touch(part, there):
                reached.append(part)
                continue
            way = _way(grid, part, there, tree) if rounds else None
            if way is None:
                left.append(part)
            else:
                ways.append(way)
                reached += [part, way]
        pending = left
    for part in pending:
        line = shapely.shortest_line(part, shapely.union_all(reached))
        near = tree.query(line, predicate="dwithin", distance=WAY / 2 + CLEAR)
        found = near[near < own]
        if not len(found) and own:
            found = np.array([int(np.argmin(shapely.distance(walls[:own], line)))])
        between |= set(found.tolist())
    return ways, np.array(sorted(between), dtype=np.int64)


def _touch(part: Shape, there: Shape) -> bool:
    common = shapely.intersection(part, shapely.buffer(there, OVERLAP))
    return bool(shapely.area(common) > COMMON * OVERLAP / 2)


def _way(grid: Shape, part: Shape, there: Shape, tree: shapely.STRtree) -> Shape | None:
    """The shortest straight way inside the grid that keeps clear of all walls."""
    outline = shapely.segmentize(shapely.boundary(part), STEPS)
    starts = shapely.points(np.unique(shapely.get_coordinates(outline), axis=0))
    lines = listed(shapely.shortest_line(starts, there))
    length: NDArray[np.float64] = np.asarray(shapely.length(lines))
    order = np.argsort(length)[:TRIED]
    lines = lines[order[length[order] < LONGEST]]
    if not len(lines):
        return None
    blocked = tree.query(lines, predicate="dwithin", distance=WAY / 2 + CLEAR)[0]
    free = np.ones(len(lines), dtype=bool)
    free[blocked] = False
    around = shapely.buffer(grid, OVERLAP)
    shapely.prepare(around)
    free &= shapely.covers(around, lines)
    for line in lines[free]:
        way: Shape = shapely.buffer(line, WAY / 2, cap_style="square")
        if _touch(shapely.intersection(way, grid), there):
            return way
    return None


def _without_scraps(grid: Shape, land: Shape, doors: Shapes) -> tuple[Shape, NDArray[np.int64]]:
    """The land with the pieces it would leave without a house, and houses of the other pieces."""
    cut_off: set[int] = set()
    scraps: list[Shape] = []
    tree = shapely.STRtree(doors)
    for part in shapely.get_parts(grid):
        rest = _areas(shapely.difference(part, land, grid_size=STEP))
        pieces = listed(shapely.get_parts(rest))
        if len(pieces) < 2 or not shapely.intersects(part, land):
            continue
        inside = [set(tree.query(piece, predicate="intersects").tolist()) for piece in pieces]
        areas = shapely.area(pieces).tolist()
        stays = max(range(len(pieces)), key=lambda at: (len(inside[at]), areas[at]))
        for at, piece in enumerate(pieces):
            if at != stays:
                cut_off |= inside[at] - inside[stays]
                if not inside[at]:
                    scraps.append(piece)
    if scraps:
        land = _areas(shapely.union_all([land, *scraps], grid_size=STEP))
    return land, np.array(sorted(cut_off), dtype=np.int64)


def _areas(shape: Shape) -> Shape:
    """Without the points and lines that an overlay can leave."""
    parts = shapely.get_parts(shape)
    kept = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    areas: Shape = kept[0] if len(kept) == 1 else shapely.MultiPolygon(list(kept))
    return areas
