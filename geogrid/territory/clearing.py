"""Lines freed from the borders they run along, so that both do not lie a hair's breadth apart.

Most borders were cut along streets. Noding moved some of their vertices by a centimetre, so the
street itself and the border that was cut along it differ by slivers. Where a line runs along a
border the border stands for it; where it leaves or meets one it is joined to it.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["cleared"]

BESIDE_M = 1.0  # nearer than this a line is the border
CROSSING_M = 6.0  # a stretch that near and no longer than this only crosses the border
LEAST_M = 0.5


def cleared(lines: Shapes, borders: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """Parts of lines that do not run along borders, each joined to the border it was parted from.

    Parameters
    ----------
    lines : LineString or MultiLineString, n of them
        EPSG:4326.
    borders : LineString or MultiLineString
        EPSG:4326.

    Returns
    -------
    parts : ndarray of LineString, shape (k,)
    origin : ndarray of int, shape (k,)
        The line each is a part of.
    """
    if not len(lines) or not len(borders):
        return lines, np.arange(len(lines))
    scale = np.array(metres_per_degree(float(shapely.total_bounds(borders)[1])))
    start = shapely.total_bounds(borders)[:2]
    edges = _metric(_segments(borders), start, scale)
    flat = _metric(lines, start, scale)
    tree = shapely.STRtree(edges)
    rows, near = tree.query(flat, predicate="dwithin", distance=BESIDE_M)
    beside: dict[int, list[int]] = {}
    for row, edge in zip(rows.tolist(), near.tolist(), strict=True):
        beside.setdefault(row, []).append(edge)
    parts: list[Shape] = []
    origin: list[int] = []
    for row, line in enumerate(flat):
        kept = _freed(line, edges[beside[row]]) if row in beside else [line]
        parts += kept
        origin += [row] * len(kept)
    placed = shapely.transform(listed(parts), lambda xy: xy / scale + start)
    return placed, np.array(origin, dtype=np.int64)


def _freed(line: Shape, edges: Shapes) -> list[Shape]:
    """The parts of a line, in metres, that do not run along the edges."""
    band = shapely.union_all(shapely.buffer(edges, BESIDE_M, quad_segs=2))
    along = [
        part
        for part in _lines(shapely.intersection(line, band))
        if shapely.length(part) > CROSSING_M
    ]
    if not along:
        return [line]
    border: Shape = shapely.multilinestrings(edges)  # type: ignore[assignment]  # one of them
    rest = shapely.difference(line, shapely.buffer(shapely.union_all(along), 0.01))
    ends = {point for part in _lines(line) for point in _ends(part)}
    parts: list[Shape] = []
    for part in _lines(rest):
        if shapely.length(part) < LEAST_M:
            continue
        first, last = _ends(part)
        xy = shapely.get_coordinates(part)
        if first not in ends:
            xy = np.vstack([_foot(border, first), xy])
        if last not in ends:
            xy = np.vstack([xy, _foot(border, last)])
        parts.append(shapely.LineString(xy))
    return parts


def _foot(border: Shape, end: tuple[float, float]) -> NDArray[np.float64]:
    """The nearest point of the border."""
    foot: NDArray[np.float64] = shapely.get_coordinates(
        shapely.shortest_line(border, shapely.Point(end))
    )[:1]
    return foot


def _ends(part: Shape) -> tuple[tuple[float, float], tuple[float, float]]:
    xy = shapely.get_coordinates(part)
    return (float(xy[0, 0]), float(xy[0, 1])), (float(xy[-1, 0]), float(xy[-1, 1]))


def _lines(shape: Shape) -> list[Shape]:
    merged = shapely.line_merge(shape) if shape.geom_type == "MultiLineString" else shape
    parts = shapely.get_parts(merged)
    return [part for part in parts if part.geom_type == "LineString"]


def _segments(borders: Shapes) -> Shapes:
    """Each segment once."""
    found = []
    for border in shapely.get_parts(borders):
        xy = shapely.get_coordinates(border)
        found.append(np.stack([xy[:-1], xy[1:]], axis=1))
    ends = np.concatenate(found)
    backwards = (ends[:, 0, 0] > ends[:, 1, 0]) | (
        (ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1])
    )
    ends[backwards] = ends[backwards][:, ::-1]
    return listed(shapely.linestrings(np.unique(ends, axis=0)))


def _metric(shapes: Shapes, start: NDArray[np.float64], scale: NDArray[np.float64]) -> Shapes:
    moved: Shapes = shapely.transform(shapes, lambda xy: (xy - start) * scale)
    return moved
