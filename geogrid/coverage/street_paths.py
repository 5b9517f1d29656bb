"""The way along streets that runs beside a border."""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["street_path"]

NODING = 0.001  # metres: street ends nearer to each other than this are one crossing
OFF_STREET = 3.0  # how much dearer a metre is between an end of the border and a street

Node = tuple[float, float]


def street_path(border: Shape, streets: ShapesLike, within_m: float) -> Shape | None:
    """The way along streets from one end of a border to the other.

    Parameters
    ----------
    border : LineString
        EPSG:4326, not closed.
    streets : LineString or MultiLineString, n of them
        EPSG:4326.
    within_m : float
        Streets count as far as they run within so many metres of the border.

    Returns
    -------
    LineString or None
        EPSG:4326, from the first to the last vertex of the border, with a straight piece of
        `within_m` at most from each end to a street. Short ways that keep near the border are
        preferred (metres count double at the edge of the strip). None when streets do not lead
        through, or the border is closed.
    """
    if border.is_closed:
        return None
    scale = np.array(metres_per_degree(border.centroid.y))
    origin = np.array(border.coords[0])

    def metric(shape: Shape) -> Shape:
        return shapely.transform(shape, lambda xy: (xy - origin) * scale)

    line = metric(border)
    near = _strip(line, listed([metric(street) for street in listed(streets)]), within_m)
    ends = [shapely.Point(line.coords[0]), shapely.Point(line.coords[-1])]
    ways = [way for end in ends for way in shapely.shortest_line(end, near)]
    ways = [way for way in ways if way.length <= within_m]
    network = shapely.get_parts(shapely.union_all([*near, *ways], grid_size=NODING))
    path = _shortest(network, _prices(network, line, near, within_m), _nodes(line))
    if path is None:
        return None
    degrees = np.array(path) / scale + origin
    degrees[0], degrees[-1] = border.coords[0], border.coords[-1]
    return shapely.LineString(degrees)


def _strip(line: Shape, streets: Shapes, within_m: float) -> Shapes:
    """The pieces of streets in the strip along the border; all in metres."""
    strip = line.buffer(within_m)
    parts: Shapes = shapely.get_parts(shapely.get_parts(shapely.intersection(streets, strip)))
    return parts[shapely.length(parts) > 0]


def _prices(pieces: Shapes, border: Shape, streets: Shapes, within_m: float) -> NDArray[np.float64]:
    """What it costs to walk each piece: its metres, more of them far out and off the streets."""
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    far = np.minimum(shapely.distance(middles, border) / within_m, 1)
    off = shapely.distance(middles, shapely.union_all(streets)) > 2 * NODING
    price: NDArray[np.float64] = shapely.length(pieces) * (1 + far) * np.where(off, OFF_STREET, 1)
    return price


def _shortest(
    pieces: Shapes, prices: NDArray[np.float64], ends: tuple[Node, Node]
) -> list[Node] | None:
    """Dijkstra's cheapest way over noded pieces of street."""
    start, finish = ends
    ways: defaultdict[Node, list[tuple[Node, float, list[Node]]]] = defaultdict(list)
    for piece, price in zip(pieces, prices.tolist(), strict=True):
        path = [_node(xy) for xy in piece.coords]
        ways[path[0]].append((path[-1], price, path))
        ways[path[-1]].append((path[0], price, path[::-1]))
    queue: list[tuple[float, Node, list[Node]]] = [(0.0, start, [start])]
    done: set[Node] = set()
    while queue:
        cost, node, path = heapq.heappop(queue)
        if node == finish:
            return path
        if node in done:
            continue
        done.add(node)
        for end, more, piece_path in ways[node]:
            if end not in done:
                heapq.heappush(queue, (cost + more, end, path + piece_path[1:]))
    return None


def _nodes(line: Shape) -> tuple[Node, Node]:
    return _node(line.coords[0]), _node(line.coords[-1])


def _node(xy: tuple[float, ...]) -> Node:
    return round(xy[0], 3), round(xy[1], 3)
