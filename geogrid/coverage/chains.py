"""Edges joined end to end: long lines are noded and polygonised several times faster than edges.

A chain runs through points where exactly two edges meet and ends at all others; a closed one runs
around. Every edge is in exactly one chain.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.segments import unpack
from layers.datum.lattice import from_steps
from layers.datum.shapes import Shapes, listed

__all__ = ["chains"]

Index = NDArray[np.int64]
NONE = -1


def chains(edges: NDArray[np.uint64]) -> Shapes:
    """The chains of edges.

    Parameters
    ----------
    edges : ndarray of uint64, shape (n, 2)
        Packed end points; every edge once.

    Returns
    -------
    ndarray of LineString
        EPSG:4326.
    """
    if not len(edges):
        return listed([])
    points, ends = np.unique(edges, return_inverse=True)
    first, place = _ranked(_edge_before(ends.reshape(-1, 2), len(points)))
    walked = _one_way(first, place)
    chain = np.cumsum(place[walked] == 0) - 1
    closes = np.flatnonzero(np.append(place[walked][1:] == 0, True))
    tail = np.concatenate([edges[:, 0], edges[:, 1]])
    xy = np.insert(tail[walked], closes + 1, tail[_back(walked[closes], len(tail))])
    line = np.insert(chain, closes + 1, chain[closes])
    return listed(shapely.linestrings(from_steps(unpack(xy)), indices=line))


def _back(rows: Index, count: int) -> Index:
    """The same edges walked the other way, of `count` directed ones."""
    turned: Index = (rows + count // 2) % count
    return turned


def _edge_before(ends: Index, points: int) -> Index:
    """For each directed edge (row i, or n + i for row i walked back) the one before it.

    NONE where it starts at a point that does not have exactly two edges.
    """
    count = len(ends)
    tail = np.concatenate([ends[:, 0], ends[:, 1]])
    leaving = np.argsort(tail, kind="stable")
    degree = np.bincount(tail, minlength=points)
    start = np.cumsum(degree) - degree
    through = np.flatnonzero(degree == 2)
    one, other = leaving[start[through]], leaving[start[through] + 1]
    before = np.full(2 * count, NONE)
    before[one] = (other + count) % (2 * count)
    before[other] = (one + count) % (2 * count)
    return before


def _ranked(before: Index) -> tuple[Index, Index]:
    """The first directed edge of the chain of each one, and how many come before it.

    Pointer jumping (Wyllie 1979): each round doubles the way looked back. What never ends is a
    ring; it is cut and ranked again.
    """
    rows = np.arange(len(before))
    first = np.where(before == NONE, rows, before)
    place = (before != NONE).astype(np.int64)
    running = place > 0
    while running.any():
        place = place + place[first]
        first = first[first]
        left = place[first] > 0
        if (left == running).all():
            return _ranked(_cut(before, running))
        running = left
    return first, place


def _cut(before: Index, rings: NDArray[np.bool_]) -> Index:
    """Rings cut before their lowest edge, in both directions at the same point."""
    rows = np.arange(len(before))
    first = np.where(rings, before, rows)
    lowest, wider = rows, np.minimum(rows, first)
    while (wider != lowest).any():
        lowest, first = wider, first[first]
        wider = np.minimum(lowest, lowest[first])
    head = np.flatnonzero(rings & (lowest == rows) & (rows < lowest[_back(rows, len(rows))]))
    result = before.copy()
    result[_back(before[head], len(rows))] = NONE
    result[head] = NONE
    return result


def _one_way(first: Index, place: Index) -> Index:
    """The directed edges of each chain in order, in the direction that starts lower."""
    count = len(first)
    longest = np.bincount(first, minlength=count) - 1
    last = np.flatnonzero(place == longest[first])
    kept = np.zeros(count, dtype=bool)
    kept[first[last]] = first[last] < _back(last, count)
    walked = np.flatnonzero(kept[first])
    ordered: Index = walked[np.lexsort((place[walked], first[walked]))]
    return ordered
