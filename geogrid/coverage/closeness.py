"""Settled: arranging a tiling again changes nothing.

Snap rounding pulls a border into every vertex whose lattice cell (the square of one step around
it) the border crosses. So a tiling is settled when no border crosses the cell of a vertex that
is not its own. An exact tiling may be unsettled; the next edit nearby would then move borders
that nobody touched.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.segments import Segments, directed_segments, unpack
from layers.datum.lattice import from_steps
from layers.datum.shapes import Shape, ShapesLike

__all__ = ["beside", "too_close", "unsettled"]

HALF_CELL = 0.5 + 1e-3  # steps; a breath more than GEOS asks, which rounds in degrees
TILE_SIDES = (64, 2**24)  # steps
AT_ONCE = 2_000_000  # pairs looked at together: about 100 MB


def unsettled(shapes: ShapesLike) -> list[Shape]:
    """Where a whole tiling is not settled: collections of a vertex and the border it meets."""
    segments = directed_segments(shapes)
    return _crossings(segments, _vertices(segments))


def too_close(changed: Segments, around: Segments) -> list[Shape]:
    """Where changed borders would not stay settled.

    Parameters
    ----------
    changed : Segments
        The borders an edit made.
    around : Segments
        All borders within a step of them, themselves included.

    Returns
    -------
    list of GeometryCollection
        A vertex and the border crossing its cell, EPSG:4326. Looks at the cells of all
        vertices on changed borders, and at the changed borders in the cells of all others.
    """
    if not len(changed):
        return []
    close = beside(changed, around)
    return _crossings(changed, _vertices(close)) + _crossings(close, _vertices(changed))


def beside(changed: Segments, around: Segments) -> Segments:
    """Those around that come within a step of the box of the changed ones."""
    ends, near = changed.ends().reshape(-1, 2), around.ends()
    close = (near.max(axis=1) >= ends.min(axis=0) - 1) & (near.min(axis=1) <= ends.max(axis=0) + 1)
    return around.take(close.all(axis=1))


def _vertices(segments: Segments) -> NDArray[np.uint64]:
    ends = np.sort(np.concatenate([segments.low, segments.high]))  # np.unique hashes: slower
    new = np.ones(len(ends), dtype=bool)
    new[1:] = ends[1:] != ends[:-1]
    return ends[new]


def _crossings(segments: Segments, vertices: NDArray[np.uint64]) -> list[Shape]:
    order, starts = segments.grouped()
    borders = segments.take(np.sort(order[starts]))  # neighbours together, for the cache
    if not len(borders) or not len(vertices):
        return []
    places = unpack(vertices)
    ends = borders.ends()
    pairs = np.concatenate(
        [
            _meeting(borders, ends, vertices, places, vertex, border)
            for vertex, border in _candidates(ends, places)
        ]
    )
    return [
        shapely.GeometryCollection(
            [
                shapely.Point(from_steps(places[vertex])),
                shapely.LineString(from_steps(ends[border])),
            ]
        )
        for vertex, border in np.unique(pairs, axis=0)
    ]


def _candidates(
    ends: NDArray[np.int64], places: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Pairs of a vertex and a border that share a square tile, each pair once or a few times.

    Borders are cut into parts shorter than a tile, so that each lies in four tiles at most; the
    vertices of a tile are found by its number. A tree over the borders takes longer.
    """
    reach = np.abs(ends[:, 1] - ends[:, 0]).max(axis=1)
    side = int(np.clip(max(2 * np.median(reach), reach.mean() / 4), *TILE_SIDES))
    border, tile = _tiles_of(ends, reach, side)
    numbers = _numbered(places // side)
    order = np.argsort(numbers, kind="stable")
    begins = np.flatnonzero(np.diff(numbers[order], prepend=-(2**63)))
    inhabited, counts = numbers[order[begins]], np.diff(begins, append=len(order))
    run = np.minimum(np.searchsorted(inhabited, tile), len(inhabited) - 1)
    held = np.flatnonzero(inhabited[run] == tile)
    border, first, count = border[held], begins[run[held]], counts[run[held]]
    upto = np.cumsum(count)
    cuts = np.searchsorted(upto, np.arange(AT_ONCE, upto[-1] if len(upto) else 0, AT_ONCE))
    for rows in np.split(np.arange(len(border)), cuts):
        row = np.repeat(rows, count[rows])
        nth = np.arange(len(row)) - np.repeat(np.cumsum(count[rows]) - count[rows], count[rows])
        yield order[first[row] + nth], border[row]


def _tiles_of(
    ends: NDArray[np.int64], reach: NDArray[np.int64], side: int
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """The tiles within a step of each border: rows of borders, numbers of tiles."""
    parts = reach // (side - 4) + 1
    border = np.repeat(np.arange(len(ends)), parts)
    nth = np.arange(len(border)) - np.repeat(np.cumsum(parts) - parts, parts)
    start, along = ends[border, 0], (ends[:, 1] - ends[:, 0])[border]
    begin = start + along * (nth / parts[border])[:, None]
    finish = start + along * ((nth + 1) / parts[border])[:, None]
    low = np.floor((np.minimum(begin, finish) - 1) / side).astype(np.int64)
    high = np.floor((np.maximum(begin, finish) + 1) / side).astype(np.int64)
    wide, tall = (high > low).T
    both = wide & tall
    corners = [
        (border, low),
        (border[wide], np.stack([high[wide, 0], low[wide, 1]], axis=1)),
        (border[tall], np.stack([low[tall, 0], high[tall, 1]], axis=1)),
        (border[both], high[both]),
    ]
    return (
        np.concatenate([rows for rows, _ in corners]),
        _numbered(np.concatenate([tiles for _, tiles in corners])),
    )


def _numbered(tiles: NDArray[np.int64]) -> NDArray[np.int64]:
    number: NDArray[np.int64] = tiles[:, 0] * 2**32 + tiles[:, 1]
    return number


def _meeting(
    borders: Segments,
    ends: NDArray[np.int64],
    vertices: NDArray[np.uint64],
    places: NDArray[np.int64],
    vertex: NDArray[np.intp],
    border: NDArray[np.intp],
) -> NDArray[np.intp]:
    """Those of the pairs that are a vertex and a foreign border through its cell, shape (n, 2)."""
    at = places[vertex]
    around = np.ones(len(vertex), dtype=bool)
    for axis in (0, 1):
        one, other = ends[border, 0, axis], ends[border, 1, axis]
        around &= np.minimum(one, other) - 1 <= at[:, axis]
        around &= at[:, axis] <= np.maximum(one, other) + 1
    vertex, border, at = vertex[around], border[around], at[around]
    foreign = (borders.low[border] != vertices[vertex]) & (borders.high[border] != vertices[vertex])
    vertex, border, at = vertex[foreign], border[foreign], at[foreign]
    beside = (ends[border] - at[:, None, :]).astype(np.float64)
    meets = _through_cell(beside[:, 0], beside[:, 1])
    return np.stack([vertex[meets], border[meets]], axis=1)


def _through_cell(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether segments, given relative to a vertex in steps, meet its closed cell.

    Clips each segment by the two slabs of the square (Liang and Barsky, 1984).
    """
    along = second - first
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (-HALF_CELL - first) / along, (HALF_CELL - first) / along
    still = along == 0
    inside = np.abs(first) <= HALF_CELL
    enter = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(one, two)).max(axis=1)
    leave = np.where(still, np.where(inside, np.inf, -np.inf), np.maximum(one, two)).min(axis=1)
    meets: NDArray[np.bool_] = np.maximum(enter, 0) <= np.minimum(leave, 1)
    return meets
