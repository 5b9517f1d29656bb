"""Lines that end on an outline which may be refined but must not move.

A street runs along a community's outline a centimetre beside it, or meets it at a place that is no
lattice point. Drawn together as they are, the outline would bend by a step here and there. So what
of a line runs that close is left out, and its ends are put on lattice points that every outline
concerned can take as a vertex.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.refinement import REACH
from layers.datum.lattice import from_steps, to_steps
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Outlines"]

BESIDE = 20.0  # steps: what of a line is closer to an outline than this is the outline
ROUND = np.stack(np.meshgrid(np.arange(-2, 3), np.arange(-2, 3)), axis=-1).reshape(-1, 2)
POINT = shapely.GeometryType.POINT
AT_A_VERTEX = 3.0  # steps: so close to a vertex of the outline the line ends in it


class Outlines:
    """Outlines that lines are to end on.

    Parameters
    ----------
    borders : LineString or MultiLineString
        As they are drawn, on the lattice.
    bases : LineString or MultiLineString
        The outlines these refine: a new vertex lies within `REACH` of them too.
    """

    def __init__(self, borders: ShapesLike, bases: ShapesLike) -> None:
        self.edges, self.bases = _edges(borders), _edges(bases)
        self.tree, self.base_tree = shapely.STRtree(self.edges), shapely.STRtree(self.bases)

    def attached(self, lines: ShapesLike) -> Shapes:
        """Lines (EPSG:4326) without what runs along a border, ending on lattice points of it."""
        cuts = listed(lines)
        if not len(cuts):
            return cuts
        flat = shapely.transform(cuts, _steps)
        line, edge = self.tree.query(flat, predicate="dwithin", distance=BESIDE)
        if not len(line):
            return cuts
        kept = list(np.delete(cuts, line))
        order = np.argsort(line, kind="stable")
        line, edge = line[order], edge[order]
        numbers, starts = np.unique(line, return_index=True)
        for number, near in zip(numbers.tolist(), np.split(edge, starts[1:]), strict=True):
            met = shapely.intersection(flat[number], self.edges[near])
            met = shapely.get_coordinates(met[shapely.get_type_id(met) == POINT])
            zone = shapely.union_all(shapely.buffer(self.edges[near], BESIDE, quad_segs=2))
            for part in shapely.get_parts(shapely.difference(flat[number], zone)):
                if part.geom_type == "LineString" and not part.is_empty:
                    kept.append(shapely.transform(self._reached(part, met), from_steps))
        return listed(kept)

    def _reached(self, part: Shape, met: NDArray[np.float64]) -> Shape:
        """The line, its ends drawn to the outline where they were cut off beside it."""
        xy = shapely.get_coordinates(part)
        first, last = self._end(xy[0], met), self._end(xy[-1], met)
        pieces = [xy]
        if first is not None:
            pieces.insert(0, first[None])
        if last is not None:
            pieces.append(last[None])
        return shapely.LineString(np.concatenate(pieces))

    def _end(self, at: NDArray[np.float64], met: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Where a line goes on that stops at `at`; None where no outline is near.

        `met` are the places where it crosses outlines: the one close by, where there is one, so
        that it comes out on the other side at the same place.
        """
        point = shapely.points(at)
        near = self.tree.query(point, predicate="dwithin", distance=BESIDE * 1.1)
        if not len(near):
            return None
        crossed = met[np.hypot(*(met - at).T) < BESIDE * 3] if len(met) else met
        if len(crossed):
            point = shapely.points(crossed[np.hypot(*(crossed - at).T).argmin()])
        closest = self.edges[near[np.argmin(shapely.distance(self.edges[near], point))]]
        ends = shapely.get_coordinates(closest)
        foot = shapely.get_coordinates(shapely.shortest_line(closest, point))[0]
        gaps = np.hypot(*(ends - foot).T)
        if gaps.min() < AT_A_VERTEX:
            best: NDArray[np.float64] = ends[gaps.argmin()]
            return best
        candidates = np.rint(foot) + ROUND
        spots = shapely.points(candidates)
        cost = shapely.distance(closest, spots)
        around = self.base_tree.query(shapely.points(foot), predicate="dwithin", distance=REACH * 2)
        for base in self.bases[around]:
            cost = np.maximum(cost, shapely.distance(base, spots))
        chosen: NDArray[np.float64] = candidates[cost.argmin()]
        return chosen


def _steps(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return xy * 1e7


def _edges(lines: ShapesLike) -> Shapes:
    """Every edge of some lines, in steps."""
    edges: list[Shape] = []
    for part in shapely.get_parts(listed(lines)):
        for ring in shapely.get_parts(part):
            xy = to_steps(shapely.get_coordinates(ring)).astype(np.float64)
            edges += list(listed(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))))
    return listed(edges)
