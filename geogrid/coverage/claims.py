"""Faces between borders, and which shapes claim them: what a repair decides about.

Who gets them is decided in `geogrid.coverage.choosing`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.adjacency import Adjacency, adjacency
from geogrid.coverage.arrange import dissolve
from geogrid.coverage.gaps import cuts_across
from geogrid.coverage.ownership import components
from geogrid.coverage.segments import directed_segments
from geogrid.coverage.settling import Edges, edges_of, faces_between
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes

__all__ = ["Ground", "Limits"]

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be given away unasked.

    Attributes
    ----------
    gap_m2, gap_m : float
        Gaps of at most this area, or of at most this mean width.
    sliver_m2 : float
        Detached pieces of at most this area.
    """

    gap_m2: float
    gap_m: float
    sliver_m2: float


@dataclass(frozen=True, slots=True)
class Ground:
    """All faces between the borders.

    Attributes
    ----------
    faces : ndarray of Polygon, shape (m,)
        Those inside of the outline first, then those outside that a shape covers.
    count : int
        How many lie inside.
    claims : list of tuple of int, length m
        For each face the shapes that cover it, ascending.
    sizes : ndarray of float, shape (n,)
        Areas of the shapes, only to compare.
    graph : Adjacency
        Of the faces inside.
    """

    faces: Shapes
    count: int
    claims: list[tuple[int, ...]]
    sizes: NDArray[np.float64]
    graph: Adjacency

    @classmethod
    def between(cls, edges: Edges, outline: Shape, claims: Shapes) -> Ground:
        """Faces between settled edges, the outline's among them, claimed by shapes or None."""
        faces = faces_between(edges)
        points = shapely.point_on_surface(faces)
        shapely.prepare(outline)
        inside = shapely.contains_properly(outline, points)
        shape, face = shapely.STRtree(points).query(claims, predicate="contains")
        covered = np.isin(np.arange(len(faces)), face)
        kept = np.concatenate([np.flatnonzero(inside), np.flatnonzero(~inside & covered)])
        them: list[tuple[int, ...]] = [()] * len(faces)
        order = np.argsort(shape, kind="stable")
        for one, at in zip(shape[order].tolist(), face[order].tolist(), strict=True):
            them[at] = (*them[at], one)
        count = int(inside.sum())
        return cls(
            faces=faces[kept],
            count=count,
            claims=[them[at] for at in kept.tolist()],
            sizes=shapely.area(claims),
            graph=adjacency(faces[kept[:count]]),
        )

    @property
    def inside(self) -> Shapes:
        """The faces inside of the outline."""
        return self.faces[: self.count]

    @property
    def shapes(self) -> int:
        """How many shapes there are."""
        return len(self.sizes)

    def cuts(self, limits: Limits) -> Edges:
        """Edges that divide long gaps among their neighbours."""
        small, gap = self.gaps(limits)
        faces = np.flatnonzero(small)
        if not len(faces):
            return np.empty((0, 2), dtype=np.uint64)
        gaps = dissolve(self.faces[faces], gap[faces])[1]
        first = np.array([them[0] if them else NOBODY for them in self.claims[: self.count]])
        graph = self.graph
        beside = np.unique(
            np.concatenate([graph.second[small[graph.first]], graph.first[small[graph.second]]])
        )
        segments = directed_segments(self.faces[beside])
        pairs = zip(segments.low.tolist(), segments.high.tolist(), strict=True)
        neighbour = dict.fromkeys(map(tuple, edges_of(gaps).tolist()), NOBODY)
        for pair, shape in zip(pairs, first[beside[segments.owner]].tolist(), strict=True):
            if pair in neighbour and shape != NOBODY:
                neighbour[pair] = shape
        return cuts_across(gaps, neighbour)

    def gaps(self, limits: Limits) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Which faces lie in gaps small enough to fill; the gap of every face in one."""
        free = np.array([not them for them in self.claims[: self.count]], dtype=bool)
        both = free[self.graph.first] & free[self.graph.second]
        gap = components(self.count, self.graph.first[both], self.graph.second[both])
        faces = np.flatnonzero(free)
        heads, shapes = dissolve(self.faces[faces], gap[faces])
        flat = shapely.transform(shapes, lambda xy: xy * self.scale())
        areas = shapely.area(flat)
        small = (areas <= limits.gap_m2) | (2 * areas <= limits.gap_m * shapely.length(flat))
        return free & np.isin(gap, heads[small]), gap

    def scale(self) -> NDArray[np.float64]:
        """Metres per degree at the southern edge of the first face: only to compare."""
        return np.array(metres_per_degree(shapely.bounds(self.faces[0])[1]))
