"""Neighbours that were drawn apart get each other's vertices on their common border. Pure."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.proof import residue
from layers.datum.lattice import STEP, STEPS_PER_DEGREE, from_steps, to_steps
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["matched", "pulled"]

REACH = 0.75 * STEP  # a vertex nearer to a border refines it
ONE = 1.5 * STEP  # two sides rounded the same place to vertices this near to each other
ROUNDS = 4
CLOSE = 0.7 * STEP
AROUND = np.array([(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)])
Spot = tuple[float, float]


def matched(shapes: Shapes, points: NDArray[np.float64], have: set[Spot]) -> Shapes:
    """Shapes with the vertices that their neighbours, or `points`, put into their borders.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        EPSG:4326, on the lattice. Where two of them meet, both refine the same line.
    points : ndarray of float, shape (m, 2)
        Vertices that some border has to have, whoever it belongs to.
    have : set of (float, float)
        Vertices that must not move.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        Matched unless something lies within a step of a border that is not its own: the proof
        tells.
    """
    found = shapes
    for _ in range(ROUNDS):
        loose = residue(found, [])
        # The edge of the whole is loose as well; nothing new lies on it.
        owners = np.unique(loose.owner[loose.owner >= 0])
        ends = np.unique(loose.ends().reshape(-1, 2), axis=0) / STEPS_PER_DEGREE
        one = _merged(ends, have)
        after = listed([_moved(shape, one) for shape in found]) if one else found
        after = _with(after, np.array([at for at in ends.tolist() if tuple(at) not in one]), owners)
        if all(a is b for a, b in zip(after, found, strict=True)):
            break
        found = after
    return _with_required(found, points)


def pulled(shapes: Shapes, line: Shape, places: NDArray[np.float64]) -> Shapes:
    """Shapes with the vertices at `places` moved to lattice points that refine `line`."""
    onto: dict[Spot, Spot] = {}
    for x, y in places.tolist():
        around = [(float(a), float(b)) for a, b in from_steps(to_steps([[x, y]]) + AROUND).tolist()]
        off = shapely.distance(line, listed(shapely.points(np.array(around))))
        fitting = [at for at, metres in zip(around, off.tolist(), strict=True) if metres <= CLOSE]
        if fitting:
            onto[x, y] = min(fitting, key=lambda at: ((at[0] - x) ** 2 + (at[1] - y) ** 2, at))
    return listed([_moved(shape, onto) for shape in shapes]) if onto else shapes


def _with_required(shapes: Shapes, points: NDArray[np.float64]) -> Shapes:
    """Put each point into the one segment it is nearest to, on both of its sides."""
    known = {(x, y) for x, y in shapely.get_coordinates(shapes).tolist()}
    missing = [(x, y) for x, y in points.tolist() if (x, y) not in known]
    if not missing:
        return shapes
    xy, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(shapes)), return_index=True
    )
    rows = np.flatnonzero(ring[1:] == ring[:-1])
    ends = np.unique(np.sort(_complex(xy[rows], xy[rows + 1]), axis=1), axis=0)
    pairs = np.stack([ends.real, ends.imag], axis=2)
    tree = shapely.STRtree(listed(shapely.linestrings(pairs)))
    inserted: dict[tuple[Spot, Spot], list[Spot]] = {}
    nearest = tree.nearest(listed(shapely.points(np.array(missing))))
    for spot, at in zip(missing, nearest.tolist(), strict=True):
        one, other = (tuple(end) for end in pairs[at].tolist())
        inserted.setdefault((one, other), []).append(spot)
    return listed([_divided(shape, inserted) for shape in shapes])


def _complex(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Ends of segments as numbers that sort."""
    return np.stack([one[:, 0] + 1j * one[:, 1], other[:, 0] + 1j * other[:, 1]], axis=1)


def _divided(shape: Shape, inserted: dict[tuple[Spot, Spot], list[Spot]]) -> Shape:
    changed = False
    polygons = []
    for polygon in shapely.get_parts(shape):
        rings = []
        for ring in shapely.get_rings(polygon):
            spots = [tuple(at) for at in shapely.get_coordinates(ring).tolist()]
            made = spots[:1]
            for one, other in pairwise(spots):
                fresh = inserted.get((one, other)) or inserted.get((other, one)) or []
                made += sorted(fresh, key=lambda at: (at[0] - one[0]) ** 2 + (at[1] - one[1]) ** 2)
                made.append(other)
                changed = changed or bool(fresh)
            rings.append(made)
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    if not changed:
        return shape
    return polygons[0] if shape.geom_type == "Polygon" else shapely.MultiPolygon(polygons)


def _merged(ends: NDArray[np.float64], have: set[Spot]) -> dict[Spot, Spot]:
    """Vertices a step from each other, where each side rounded by itself: one for all of them."""
    first, second = shapely.STRtree(listed(shapely.points(ends))).query(
        listed(shapely.points(ends)), predicate="dwithin", distance=ONE
    )
    moved: dict[Spot, Spot] = {}
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        one, other = tuple(ends[a].tolist()), tuple(ends[b].tolist())
        if a >= b or one in moved or other in moved or {one, other} <= have:
            continue
        if other in have:
            one, other = other, one
        moved[other] = one
    return moved


def _moved(shape: Shape, onto: dict[Spot, Spot]) -> Shape:
    xy = shapely.get_coordinates(shape).tolist()
    if not any(tuple(at) in onto for at in xy):
        return shape
    polygons = []
    for polygon in shapely.get_parts(shape):
        rings = []
        for ring in shapely.get_rings(polygon):
            spots = [tuple(at) for at in shapely.get_coordinates(ring).tolist()]
            spots = [onto.get(at, at) for at in spots]
            rings.append([at for n, at in enumerate(spots) if n == 0 or at != spots[n - 1]])
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return polygons[0] if shape.geom_type == "Polygon" else shapely.MultiPolygon(polygons)


def _with(shapes: Shapes, points: NDArray[np.float64], owners: NDArray[np.int64]) -> Shapes:
    if not len(points):
        return shapes
    tree = shapely.STRtree(listed(shapely.points(points)))
    result = shapes.copy()
    for at in owners.tolist():
        near = tree.query(shapely.boundary(shapes[at]), predicate="dwithin", distance=REACH)
        if len(near):
            result[at] = _refined(shapes[at], points[near])
    return result


def _refined(shape: Shape, points: NDArray[np.float64]) -> Shape:
    known = {tuple(at) for at in shapely.get_coordinates(shape).tolist()}
    fresh = np.array([at for at in points.tolist() if tuple(at) not in known])
    if not len(fresh):
        return shape
    polygons = []
    for polygon in shapely.get_parts(shape):
        rings = [_ring(shapely.get_coordinates(ring), fresh) for ring in shapely.get_rings(polygon)]
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return polygons[0] if shape.geom_type == "Polygon" else shapely.MultiPolygon(polygons)


def _ring(ring: NDArray[np.float64], fresh: NDArray[np.float64]) -> NDArray[np.float64]:
    start, end = ring[:-1], ring[1:]
    run = end - start
    reach = fresh[:, None, :] - start[None, :, :]
    share = (reach * run).sum(axis=2) / (run * run).sum(axis=1)
    off = np.hypot(*np.moveaxis(reach - np.clip(share, 0, 1)[..., None] * run, 2, 0))
    off[(share <= 0) | (share >= 1)] = np.inf
    nearest = off.argmin(axis=1)
    rows = np.arange(len(fresh))
    good = off[rows, nearest] <= REACH
    if not good.any():
        return ring
    edge, along = nearest[good], share[rows, nearest][good]
    order = np.lexsort((along, edge))
    return np.insert(ring, edge[order] + 1, fresh[good][order], axis=0)
