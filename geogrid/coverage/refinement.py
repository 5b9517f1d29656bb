"""Refining is not moving: an outline may add lattice vertices to its base, and nothing else.

Where a grid border meets the edge of the territory, the edge needs a vertex there, and the lattice
point nearest to the meeting lies up to 0.71 step beside the edge. Measured against the *base*
segment every time, such vertices cannot drift however often the plan is edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.segments import Segments, pack, unpack
from layers.datum.lattice import from_steps, to_steps
from layers.datum.shapes import Shape, Shapes

__all__ = ["REACH", "Detour", "away", "departures", "detours", "divided"]

REACH = 0.71  # steps: half the diagonal of a lattice cell, and a breath of rounding


def departures(base: Shape, outline: Shape) -> NDArray[np.float64]:
    """Where `outline` fails to refine `base`.

    Parameters
    ----------
    base, outline : Polygon or MultiPolygon
        EPSG:4326, valid, on the lattice.

    Returns
    -------
    ndarray of float, shape (n, 2)
        Longitude and latitude of base vertices that are missing or out of order and of inserted
        vertices farther than `REACH` from the base segment they divide. Empty when the outline
        refines its base.
    """
    base_rings, rings = _rings(base), _rings(outline)
    found: list[NDArray[np.uint64]] = []
    taken: set[int] = set()
    for base_ring in base_rings:
        homes = [
            number
            for number, ring in enumerate(rings)
            if number not in taken and np.isin(base_ring, ring).all()
        ]
        if homes:
            taken.add(homes[0])
            found.append(_strayed(base_ring, rings[homes[0]]))
        else:
            missing = base_ring[~np.isin(base_ring, np.concatenate(rings))]
            found.append(missing if len(missing) else base_ring)
    known = np.concatenate(base_rings)
    for number, ring in enumerate(rings):
        if number not in taken:
            added = ring[~np.isin(ring, known)]
            found.append(added if len(added) or any(map(len, found)) else ring)
    return from_steps(unpack(np.unique(np.concatenate(found))))


def _rings(shape: Shape) -> list[NDArray[np.uint64]]:
    """Packed vertices of each ring, shells counter-clockwise, holes clockwise, not closed."""
    oriented = shapely.orient_polygons(shape)
    result = []
    for ring in shapely.get_rings(shapely.get_parts(oriented)):
        points = pack(to_steps(shapely.get_coordinates(ring)))
        result.append(points[:-1][points[1:] != points[:-1]])
    return result


def _strayed(base_ring: NDArray[np.uint64], ring: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Vertices of `ring` that break the order of the base or lie too far from it."""
    order = np.argsort(base_ring)
    at = np.minimum(np.searchsorted(base_ring[order], ring), len(base_ring) - 1)
    place = np.where(base_ring[order][at] == ring, order[at], -1)
    turn = int(np.argmax(place >= 0))  # a ring has no beginning: start both at a base vertex
    ring, place = np.roll(ring, -turn), np.roll(place, -turn)
    stops = np.flatnonzero(place >= 0)
    visited = place[stops]
    ordered = np.roll(visited, -1) == (visited + 1) % len(base_ring)
    if not ordered.all():
        disordered: NDArray[np.uint64] = ring[stops[~ordered]]
        return disordered
    start = place[stops[np.searchsorted(stops, np.arange(len(ring)), side="right") - 1]]
    first = unpack(base_ring[start])
    second = unpack(base_ring[(start + 1) % len(base_ring)])
    strayed: NDArray[np.uint64] = ring[away(unpack(ring), first, second) > REACH]
    return strayed


def away(
    points: NDArray[np.int64], first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Distance in steps of points to segments; arrays of shape (..., 2), row by row."""
    along = (second - first).astype(np.float64)
    reach = (points - first).astype(np.float64)
    share = np.clip((along * reach).sum(axis=-1) / (along * along).sum(axis=-1), 0, 1)
    distance: NDArray[np.float64] = np.hypot(*np.moveaxis(reach - share[..., None] * along, -1, 0))
    return distance


def divided(points: NDArray[np.int64], bases: Shapes) -> NDArray[np.int64] | None:
    """The base segment that all the points divide, or None.

    Parameters
    ----------
    points : ndarray of int64, shape (n, 2)
        Lattice steps.
    bases : ndarray of LineString, shape (m,)
        Two points each, on the lattice.

    Returns
    -------
    ndarray of int64, shape (2, 2), or None
        Of the segments that pass within `REACH` of every point, the closest one.

    Known Issues
    ------------
    The points may hold vertices of the base itself, in the tip of a spike.
    """
    if not len(bases):
        return None
    ends = to_steps(shapely.get_coordinates(bases)).reshape(-1, 2, 2)
    worst = away(points[None, :], ends[:, None, 0], ends[:, None, 1]).max(axis=1)
    closest: NDArray[np.int64] = ends[np.argmin(worst)]
    return closest if worst.min() <= REACH else None


@dataclass(frozen=True, slots=True)
class Detour:
    """A piece of border that runs another way after an edit.

    Attributes
    ----------
    before, after : ndarray of int64, shape (n, 2)
        The two ways in lattice steps, with the same first and last vertex.
    """

    before: NDArray[np.int64]
    after: NDArray[np.int64]

    def line(self) -> Shape:
        """Both ways in degrees, EPSG:4326."""
        return shapely.MultiLineString([from_steps(self.before), from_steps(self.after)])


def detours(loose: Segments) -> tuple[list[Detour], list[tuple[int, int]]]:
    """Read what is left over (new minus old) as borders that run another way.

    Parameters
    ----------
    loose : Segments
        Owners >= 0 walked now, negative ones walked before.

    Returns
    -------
    list of Detour
        No segment belongs to two of them.
    list of (int, int)
        Packed ends of the segments that belong to none: borders that came or went, and all that
        are there more than once, for land that is counted twice leaves its border twice.

    Known Issues
    ------------
    Where two strands of an outline lead from one vertex to another and both change in one edit,
    the strands cannot be told apart; their segments are returned as rest.
    """
    order, starts = loose.grouped()
    once = loose.take(order[starts[np.diff(np.append(starts, len(order))) == 1]])
    now, then = _walked(once, now=True), _walked(once, now=False)
    stops = (now.keys() | _ends(now)) & (then.keys() | _ends(then))
    found: list[Detour] = []
    used: set[tuple[int, int]] = set()
    for stop in stops & now.keys() & then.keys():
        after, before = _strands(now, stop, stops), _strands(then, stop, stops)
        for end in after.keys() & before.keys():
            found.append(Detour(_points(before[end]), _points(after[end])))
            used.update(pairwise(after[end]), pairwise(before[end]))
    every = zip(loose.low.tolist(), loose.high.tolist(), strict=True)
    rest = {ends for ends in every if ends not in used and ends[::-1] not in used}
    return found, sorted(rest)


Steps = dict[int, list[int]]
"""Where segments lead to from each packed vertex."""


def _walked(once: Segments, *, now: bool) -> Steps:
    """The segments walked now (or before)."""
    side = once.take((once.owner >= 0) == now)
    forward = (side.sign > 0) == now  # subtracted segments carry the opposite sign
    starts = np.where(forward, side.low, side.high).tolist()
    ends = np.where(forward, side.high, side.low).tolist()
    steps: Steps = {}
    for start, end in zip(starts, ends, strict=True):
        steps.setdefault(start, []).append(end)
    return steps


def _ends(steps: Steps) -> set[int]:
    return {end for ends in steps.values() for end in ends}


def _strands(steps: Steps, start: int, stops: set[int]) -> dict[int, list[int]]:
    """The ways from a stop to the next ones, by their last vertex; only unmistakable ones."""
    found: dict[int, list[int]] = {}
    mistakable: set[int] = set()
    for first in steps[start]:
        path = [start, first]
        while path[-1] not in stops and len(path) <= len(steps) + 1:
            ends = steps.get(path[-1], [])
            if len(ends) != 1:
                break
            path.append(ends[0])
        if path[-1] in found:
            mistakable.add(path[-1])
        if path[-1] in stops:
            found[path[-1]] = path
    return {end: path for end, path in found.items() if end not in mistakable}


def _points(packed: list[int]) -> NDArray[np.int64]:
    return unpack(np.array(packed, dtype=np.uint64))
