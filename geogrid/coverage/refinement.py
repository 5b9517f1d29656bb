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
    list of (int, int)
        Packed ends of the segments that belong to none: borders that came or went.

    Known Issues
    ------------
    Where an outline touches itself in a point and both strands change there in one edit, the
    strands cannot be told apart; their segments are returned as rest.
    """
    now, then = _walked(loose, now=True), _walked(loose, now=False)
    stops = (now.keys() | set(now.values())) & (then.keys() | set(then.values()))
    found: list[Detour] = []
    used: set[tuple[int, int]] = set()
    for stop in stops & now.keys() & then.keys():
        after, before = _walk(now, stop, stops), _walk(then, stop, stops)
        if after[-1] == before[-1]:
            found.append(Detour(_points(before), _points(after)))
            used.update(pairwise(after), pairwise(before))
    every = zip(loose.low.tolist(), loose.high.tolist(), strict=True)
    rest = {ends for ends in every if ends not in used and ends[::-1] not in used}
    return found, sorted(rest)


def _walked(loose: Segments, *, now: bool) -> dict[int, int]:
    """Start -> end of the segments walked now (or before); not those walked both ways."""
    side = loose.take((loose.owner >= 0) == now)
    forward = (side.sign > 0) == now  # subtracted segments carry the opposite sign
    starts = np.where(forward, side.low, side.high).tolist()
    ends = np.where(forward, side.high, side.low).tolist()
    both = set(zip(starts, ends, strict=True))
    return {start: end for start, end in both if (end, start) not in both}


def _walk(steps: dict[int, int], start: int, stops: set[int]) -> list[int]:
    path = [start]
    while path[-1] in steps and len(path) <= len(steps):
        path.append(steps[path[-1]])
        if path[-1] in stops:
            break
    return path


def _points(packed: list[int]) -> NDArray[np.int64]:
    return unpack(np.array(packed, dtype=np.uint64))
