"""Settled: arranging a tiling again changes nothing.

Snap rounding pulls a border into every vertex whose lattice cell (the square of one step around
it) the border crosses. So a tiling is settled when no border crosses the cell of a vertex that
is not its own. An exact tiling may be unsettled; the next edit nearby would then move borders
that nobody touched.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.segments import Segments, directed_segments, unpack
from layers.datum.lattice import STEP, from_steps
from layers.datum.shapes import Shape, ShapesLike

__all__ = ["too_close", "unsettled"]

HALF_CELL = 0.5 + 1e-3  # steps; a breath more than GEOS asks, which rounds in degrees


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
    ends, near = changed.ends().reshape(-1, 2), around.ends()
    beside = (near.max(axis=1) >= ends.min(axis=0) - 1) & (near.min(axis=1) <= ends.max(axis=0) + 1)
    close = around.take(beside.all(axis=1))
    return _crossings(changed, _vertices(close)) + _crossings(close, _vertices(changed))


def _vertices(segments: Segments) -> NDArray[np.uint64]:
    return np.unique(np.concatenate([segments.low, segments.high]))


def _crossings(segments: Segments, vertices: NDArray[np.uint64]) -> list[Shape]:
    order, starts = segments.grouped()
    borders = segments.take(order[starts])
    places = unpack(vertices)
    tree = shapely.STRtree(borders.lines())
    vertex, border = tree.query(
        shapely.points(from_steps(places)), predicate="dwithin", distance=STEP
    )
    foreign = (borders.low[border] != vertices[vertex]) & (borders.high[border] != vertices[vertex])
    vertex, border = vertex[foreign], border[foreign]
    ends = borders.take(border).ends() - places[vertex][:, None, :]
    crossing = _through_cell(ends[:, 0].astype(np.float64), ends[:, 1].astype(np.float64))
    return [
        shapely.GeometryCollection(
            [
                shapely.Point(from_steps(places[vertex[row]])),
                shapely.LineString(from_steps(borders.take(border[[row]]).ends()[0])),
            ]
        )
        for row in np.flatnonzero(crossing)
    ]


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
