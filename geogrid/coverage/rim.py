"""The rim: an outline followed through a settled drawing, so that it is refined and not moved.

Noding puts vertices into the outline wherever a border meets it. They may lie up to 0.71 step
beside the *given* outline and no farther. A border that runs along the rim at a distance of one
or two steps can drag it farther when the drawing settles; such border vertices are pulled onto
the rim instead, a centimetre or two, and the drawing settles again.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.refinement import REACH
from geogrid.coverage.segments import pack, unpack
from geogrid.coverage.settling import Edges, among, beside, distinct, edges_of, in_steps, settle
from layers.datum.lattice import from_steps, to_steps
from layers.datum.shapes import Shape, listed

__all__ = ["settle_within"]

Points = NDArray[np.uint64]

PULL = 2.5  # steps: border vertices nearer to a dragged stretch of the outline are pulled onto it
ROUNDS = 6
PINCHED = "the outline comes within a centimetre of itself at {:.7f} {:.7f}"


class Pinched(ValueError):
    """An outline that comes within a centimetre of itself at `place` (longitude, latitude)."""

    def __init__(self, place: tuple[float, float]) -> None:
        super().__init__(PINCHED.format(*place))
        self.place = place


def settle_within(
    edges: Edges, outline: Shape, *, changed: Edges | None = None
) -> tuple[Edges, Shape]:
    """Settle a drawing together with an outline that must not move.

    Parameters
    ----------
    edges : Edges
        Borders inside, across and outside of the outline.
    outline : Polygon or MultiPolygon
        EPSG:4326, valid, on the lattice.
    changed : Edges, optional
        New edges, to be drawn into `edges` that were settled within this outline before.

    Returns
    -------
    settled : Edges
        The drawing with the outline in it.
    refined : Polygon or MultiPolygon
        The outline with the vertices it has in the drawing:
        `refinement.departures(outline, refined)` is empty. The outline itself when it has none.

    Raises
    ------
    Pinched
        When the outline is so narrow somewhere that it does not settle by itself.
    """
    base = edges_of([outline])
    alone = settle(base)
    if len(alone) != len(base) or not among(alone, base).all():
        raise Pinched(_place(base[~among(base, alone)]))
    added = base if changed is None else changed
    drawing = settle(distinct(np.concatenate([edges, added])), changed)
    for _ in range(ROUNDS):
        inserted, dragged = _followed(base, drawing)
        if not len(dragged):
            return drawing, _with_vertices(outline, inserted)
        drawing = _pulled(drawing, base, dragged)
    raise Pinched(_place(dragged))


def _place(edges: Edges) -> tuple[float, float]:
    x, y = from_steps(unpack(edges[0, :1]))[0].tolist()
    return x, y


def _followed(base: Edges, drawing: Edges) -> tuple[dict[tuple[int, int], list[int]], Edges]:
    """For each edge of the outline that was divided: its new vertices; and edges lost."""
    divided = base[~among(base, drawing)]
    inserted: dict[tuple[int, int], list[int]] = {}
    lost = []
    if len(divided):
        nearby = beside(drawing, divided)
        points = np.unique(nearby)
        tree = shapely.STRtree(listed(shapely.points(unpack(points).astype(np.float64))))
        row, near = tree.query(in_steps(divided), predicate="dwithin", distance=REACH)
        met = points[np.unique(near)]
        known = {(one, other) for one, other in nearby[np.isin(nearby, met).all(axis=1)].tolist()}
        for number, edge in enumerate(divided):
            path = _path(edge, points[near[row == number]], known)
            if path is None:
                lost.append(edge)
            else:
                inserted[int(edge[0]), int(edge[1])] = path
    return inserted, np.array(lost, dtype=np.uint64).reshape(-1, 2)


def _path(edge: Points, met: Points, known: set[tuple[int, int]]) -> list[int] | None:
    """Vertices between the ends of an edge, along edges of the drawing, always forwards."""
    start, end = unpack(edge)
    along = ((unpack(met) - start) * (end - start)).sum(axis=1)
    stops = met[np.argsort(along, kind="stable")].tolist()
    first, last = edge.tolist()
    stops = [first, *(stop for stop in stops if stop not in (first, last)), last]
    came_from: dict[int, int] = {first: first}
    for number, stop in enumerate(stops):
        if stop in came_from:
            for further in stops[number + 1 :]:
                if (min(stop, further), max(stop, further)) in known:
                    came_from.setdefault(further, stop)
    if last not in came_from:
        return None
    path = [came_from[last]]
    while path[-1] != first:
        path.append(came_from[path[-1]])
    return path[-2::-1]


def _with_vertices(outline: Shape, inserted: dict[tuple[int, int], list[int]]) -> Shape:
    if not inserted:
        return outline
    polygons = [
        shapely.Polygon(
            _ring(polygon.exterior, inserted),
            [_ring(hole, inserted) for hole in polygon.interiors],
        )
        for polygon in shapely.get_parts(outline)
    ]
    return polygons[0] if outline.geom_type == "Polygon" else shapely.MultiPolygon(polygons)


def _ring(ring: Shape, inserted: dict[tuple[int, int], list[int]]) -> NDArray[np.float64]:
    corners = pack(to_steps(shapely.get_coordinates(ring))).tolist()
    points = corners[:1]
    for one, other in pairwise(corners):
        if one < other:
            points += inserted.get((one, other), [])
        else:
            points += inserted.get((other, one), [])[::-1]
        points.append(other)
    return from_steps(unpack(np.array(points, dtype=np.uint64)))


def _pulled(drawing: Edges, base: Edges, dragged: Edges) -> Edges:
    """The drawing with border vertices near the dragged edges moved onto them, settled."""
    points = np.unique(drawing)
    free = points[~np.isin(points, np.unique(base))]
    places = unpack(free).astype(np.float64)
    tree = shapely.STRtree(in_steps(dragged))
    rows, which = tree.query_nearest(shapely.points(places), max_distance=PULL, all_matches=False)
    start = unpack(dragged[which, 0]).astype(np.float64)
    run = unpack(dragged[which, 1]) - start
    share = ((places[rows] - start) * run).sum(axis=1) / (run * run).sum(axis=1)
    target = start + np.clip(share, 0, 1)[:, None] * run
    for end in (start, start + run):  # a corner nearby is better than a new vertex beside it
        beside = np.hypot(*(places[rows] - end).T) <= PULL
        target = np.where(beside[:, None], end, target)
    targets = pack(np.rint(target).astype(np.int64))
    onto = dict(zip(free[rows].tolist(), targets.tolist(), strict=True))
    moved = np.array([onto.get(point, point) for point in drawing.ravel().tolist()], np.uint64)
    pulled = distinct(np.concatenate([moved.reshape(-1, 2), dragged]))
    return settle(pulled, pulled[~among(pulled, drawing)])
