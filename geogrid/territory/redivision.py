"""A division drawn anew inside what exists: communities stay, chosen grids stay. Pure.

Each grid above is divided by itself: cut along what stays in it, then as for a first plan; blocks
are balanced into grids. At the end neighbours get the vertices that the other side put into their
common border.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.balance import Reason
from geogrid.coverage.blocks import block_of
from geogrid.coverage.nesting import union
from geogrid.coverage.proof import invalid, residue
from geogrid.coverage.refinement import departures
from geogrid.coverage.settling import at_rest
from geogrid.territory.division import Ground
from geogrid.territory.matching import matched, pulled
from geogrid.territory.part_division import FREE, Part, divide_part
from layers.datum.lattice import STEP, STEPS_PER_DEGREE
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["Before", "Redivision", "redivide"]

ROUNDS = 4
FEW = 40
RIM = 3 * STEP  # a vertex nearer to the edge of the territory lies on it


@dataclass(frozen=True, slots=True)
class Before:
    """What exists, EPSG:4326, on the lattice.

    Attributes
    ----------
    leaves : ndarray of Polygon or MultiPolygon, shape (n,)
        The grids; they tile `base` but for refinement.
    parent : ndarray of int, shape (n,)
        Index into `fixed` of the grid above each; -1 without one.
    kept : ndarray of bool, shape (n,)
        Grids that stay as they are.
    unassigned : ndarray of bool, shape (n,)
        Land of nobody: nothing to keep.
    fixed : ndarray of Polygon or MultiPolygon, shape (m,)
        Outlines of the grids above, as they were fixed.
    base : Polygon or MultiPolygon
        The territory as it was given.
    """

    leaves: Shapes
    parent: NDArray[np.int64]
    kept: NDArray[np.bool_]
    unassigned: NDArray[np.bool_]
    fixed: Shapes
    base: Shape


@dataclass(frozen=True, slots=True)
class Redivision:
    """Grids that tile `outline`, those that were kept first.

    Attributes
    ----------
    outline : Polygon or MultiPolygon
    shapes : ndarray of Polygon or MultiPolygon, shape (k,)
    parent : ndarray of int, shape (k,)
        As in `Before`.
    origin : ndarray of int, shape (k,)
        The grid that goes on as this one; -1 for a new one.
    kept : ndarray of bool, shape (k,)
        The same land as before.
    dwellings : ndarray of int, shape (k,)
    reasons : mapping of int to Reason
        Of the new grids out of range, and of no others.
    moved : int
        Dwellings whose grid is another one than before.
    blocks, atoms : int
        As in `division.Division`.
    """

    outline: Shape
    shapes: Shapes
    parent: NDArray[np.int64]
    origin: NDArray[np.int64]
    kept: NDArray[np.bool_]
    dwellings: NDArray[np.int64]
    reasons: Mapping[int, Reason]
    moved: int
    blocks: int
    atoms: int


def redivide(
    ground: Ground,
    before: Before,
    *,
    at_least: int,
    at_most: int,
    keep: float | None,
    barriers: float = 1.0,
) -> Redivision:
    """Divide the land of the grids that are not kept.

    Parameters
    ----------
    ground : Ground
        Its outline and seeds are not looked at.
    before : Before
    at_least, at_most : int
        Dwellings of a grid.
    keep : float, optional
        How much the present grids are worth, see `coverage.balance`; None: draw them from nothing.
    barriers : float
        See `division.divide`.

    Raises
    ------
    ValueError
        When no grid may change, or nothing can be drawn without moving what stays.

    Known Issues
    ------------
    A grid above whose outline would be moved by the drawing (borders within a centimetre of it) is
    left as it is altogether.
    """
    kept = before.kept.copy()
    for _ in range(ROUNDS):
        if kept.all():
            break
        drawn, unable = _drawn(
            ground, replace(before, kept=kept), at_least, at_most, keep, barriers
        )
        if drawn is not None:
            return drawn
        kept |= np.isin(before.parent, sorted(unable))
    raise ValueError("nothing can be divided without moving what stays")


def _drawn(
    ground: Ground,
    before: Before,
    at_least: int,
    at_most: int,
    keep: float | None,
    barriers: float,
) -> tuple[Redivision | None, set[int]]:
    """The division; or None and the grids above in which nothing can be drawn.

    Each grid above is divided by itself, so that its outline can only be refined, then neighbours
    get each other's new vertices.
    """
    present = np.where(before.unassigned, FREE, np.arange(len(before.leaves)))
    outlines, removed = _outlines(before)
    shapes: list[Shape] = []
    parent: list[int] = []
    origin: list[int] = []
    reasons: dict[int, Reason] = {}
    counted = [0, 0, 0]
    unable: set[int] = set()
    for number, outline in enumerate(outlines):
        mine = np.flatnonzero(before.parent == number)
        if before.kept[mine].all():
            shapes += list(before.leaves[mine])
            origin += mine.tolist()
        else:
            part = Part(outline, before.leaves[mine], before.kept[mine], present[mine])
            try:
                found = divide_part(ground, part, at_least, at_most, keep, barriers)
            except ValueError:
                unable.add(number)
                continue
            reasons |= {len(shapes) + at: reason for at, reason in found.reasons.items()}
            shapes += list(found.shapes)
            origin += [int(mine[at]) if at >= 0 else FREE for at in found.origin]
            counted = [a + b for a, b in zip(counted, found.counted, strict=True)]
        parent += [number] * (len(shapes) - len(parent))
    if unable:
        return None, unable
    parents = np.array(parent, dtype=np.int64)
    stays = [*before.fixed, before.base, *before.leaves[before.kept]]
    have = {(x, y) for x, y in shapely.get_coordinates(stays).tolist()}
    joined = matched(listed(shapes), removed, have)
    joined = _close(before, joined, parents)
    unable = _strayed(before, joined, parents)
    if unable:
        return None, unable
    heirs = np.array(origin, dtype=np.int64)
    same = np.array(
        [
            at >= 0 and _same(shape, before.leaves[at])
            for shape, at in zip(joined, origin, strict=True)
        ]
    )
    home = block_of(joined, ground.anchors)
    there = home >= 0
    loads = np.bincount(home[there], weights=ground.dwellings[there], minlength=len(joined))
    return Redivision(
        outline=union(list(joined)),
        shapes=joined,
        parent=parents,
        origin=heirs,
        kept=same,
        dwellings=loads.astype(np.int64),
        reasons=reasons,
        moved=counted[0],
        blocks=counted[1],
        atoms=counted[2],
    ), set()


def _outlines(before: Before) -> tuple[list[Shape], NDArray[np.float64]]:
    """What each grid above is divided in, and vertices left out of them.

    Left out is what refined the edge of the territory: else it would be refined twice, and drift.
    """
    xy, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(before.fixed)), return_index=True
    )
    last = np.append(ring[1:] != ring[:-1], True)
    points, times = np.unique(xy[~last], axis=0, return_counts=True)
    edge = shapely.boundary(before.base)
    shapely.prepare(edge)
    alone = points[times == 1]
    alone = alone[shapely.dwithin(edge, shapely.points(alone), RIM)]
    base = {(x, y) for x, y in shapely.get_coordinates(before.base).tolist()}
    removed = np.array(
        [(x, y) for x, y in alone.tolist() if (x, y) not in base], dtype=np.float64
    ).reshape(-1, 2)
    gone = {(x, y) for x, y in removed.tolist()}
    outlines = [_without(shape, gone) for shape in before.fixed]
    sound = [
        plain if plain.is_valid else shape
        for plain, shape in zip(outlines, before.fixed, strict=True)
    ]
    return sound, removed


def _without(shape: Shape, gone: set[tuple[float, float]]) -> Shape:
    polygons = []
    for polygon in shapely.get_parts(shape):
        rings = [
            [at for at in shapely.get_coordinates(ring).tolist()[:-1] if tuple(at) not in gone]
            for ring in shapely.get_rings(polygon)
        ]
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _close(before: Before, shapes: Shapes, parent: NDArray[np.int64]) -> Shapes:
    """Vertices that refine a refined border lie a step beside it at most: pulled back onto it."""
    found = shapes
    for number, fixed in enumerate(before.fixed):
        mine = found[parent == number]
        if not len(invalid(mine)) and _tile(mine):
            places = departures(fixed, union(list(mine)))
            if 0 < len(places) <= FEW:
                found = pulled(found, shapely.boundary(fixed), places)
    if not len(invalid(found)) and _tile(found):
        places = departures(before.base, union(list(found)))
        if 0 < len(places) <= FEW:
            found = pulled(found, shapely.boundary(before.base), places)
    return found


def _tile(shapes: Shapes) -> bool:
    try:
        union(list(shapes))
    except shapely.errors.GEOSException:
        return False
    return True


def _strayed(before: Before, shapes: Shapes, parent: NDArray[np.int64]) -> set[int]:
    """Grids above that are not what they have to be: moved, gaping, or unsettled."""
    broken = {int(parent[at]) for at in invalid(shapes)}
    if broken:
        return broken
    loose = residue(shapes, [])
    edge = shapely.boundary(before.base)
    shapely.prepare(edge)
    middles = listed(shapely.points(loose.ends().mean(axis=1) / STEPS_PER_DEGREE))
    inner = ~shapely.dwithin(edge, middles, RIM)
    if inner.any():
        return {int(parent[at]) for at in loose.owner[inner]}
    if len(departures(before.base, union(list(shapes)))) or not at_rest(shapes):
        free = {int(one) for one in before.parent[~before.kept]}
        return {max(free)}
    return {
        number
        for number, fixed in enumerate(before.fixed)
        if len(departures(fixed, union(list(shapes[parent == number]))))
    }


def _same(shape: Shape, other: Shape) -> bool:
    """The same land, whatever vertices are on its straight stretches."""
    if not np.allclose(shape.bounds, other.bounds, rtol=0, atol=2e-7):
        return False
    return not len(departures(other, shape))
