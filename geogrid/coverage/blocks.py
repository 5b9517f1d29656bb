"""Blocks: what streets, railways and waters cut a territory into.

Blocks are the atoms grids are made of. They tile the territory exactly, so any assignment of
blocks to grids tiles it too. A block with too many homes for a well balanced grid is refined: by
the paths inside it, then by lines between its buildings.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.arrange import arrange, dissolve
from geogrid.coverage.half_way import between
from geogrid.coverage.rim import settle_within
from geogrid.coverage.settling import at_rest, edges_of, faces_between
from layers.datum.metric import length_m
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Blocks", "Refined", "between", "block_of", "blocks", "refine"]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks that tile `outline` exactly.

    Attributes
    ----------
    faces : ndarray of Polygon, shape (n,)
        On the lattice; west to east, then north to south by their inner points.
    outline : Polygon or MultiPolygon
        The given outline with the lattice vertices added where lines meet it: the parent
        the faces tile, and the outline a plan made of them has to carry.
    lines : ndarray of LineString or MultiLineString
        What was cut along, as given.
    base : Polygon or MultiPolygon
        The given outline.
    """

    faces: Shapes
    outline: Shape
    lines: Shapes
    base: Shape

    def cut_by(self, more: ShapesLike) -> Blocks:
        """The blocks that the same lines and more ones make.

        Made from the given lines again: cutting faces that were rounded to the lattice before
        would let the outline drift away from its base.
        """
        return blocks([*self.lines, *listed(more)], self.base)


@dataclass(frozen=True, slots=True)
class Refined(Blocks):
    """Blocks of which the heavy ones were cut further.

    Attributes
    ----------
    block : ndarray of int64, shape (n,)
        The block each face is a part of.
    weight : ndarray of float, shape (n,)
        Sum of the weights of the buildings anchored in each face.
    added : ndarray of LineString
        The lines between buildings that were drawn, EPSG:4326. None crosses a footprint shrunk
        by 0.3 m. Some of them bound no face any more where light parts were joined again.
    """

    block: NDArray[np.int64]
    weight: NDArray[np.float64]
    added: Shapes


def blocks(lines: ShapesLike, outline: Shape) -> Blocks:
    """Cut a territory along lines.

    Parameters
    ----------
    lines : LineString or MultiLineString, n of them
        EPSG:4326; may leave the territory, cross, overlap or end inside (dead ends do not cut).
    outline : Polygon or MultiPolygon
        EPSG:4326, valid, on the lattice.

    Returns
    -------
    Blocks
        Settled, see `settling`.

    Raises
    ------
    ValueError
        When the outline is invalid or empty, or dense lines cannot settle because it comes within
        a centimetre of itself.
    """
    if outline.is_empty or not outline.is_valid:
        raise ValueError("the outline is empty or not a valid polygon")
    cuts = listed(lines)
    near = cuts[shapely.STRtree(cuts).query(outline, predicate="intersects")]
    faces = arrange([*near, shapely.boundary(outline)])
    rim = outline
    if not at_rest(faces):
        edges, rim = settle_within(edges_of(faces), outline)
        faces = faces_between(edges)
    inner = shapely.point_on_surface(faces)
    shapely.prepare(rim)
    inside = shapely.contains_properly(rim, inner)
    faces = _in_order(faces[inside], inner[inside])
    return Blocks(faces, shapely.coverage_union_all(faces), cuts, outline)


def refine(
    coarse: Blocks,
    *,
    footprints: ShapesLike,
    weights: ArrayLike,
    heavier_than: float,
    paths: ShapesLike = (),
    lighter_than: float = 0.0,
    anchors: ShapesLike | None = None,
) -> Refined:
    """Cut the blocks that hold more than a given weight: by paths, then between buildings.

    Parameters
    ----------
    coarse : Blocks
    footprints : Polygon or MultiPolygon, m of them
        Buildings, EPSG:4326. Those without weight get no ground of their own, and no line is
        drawn through them either.
    weights : array_like of float, shape (m,)
        Households per building, or whatever is to be balanced.
    heavier_than : float
        Blocks with more weight than this are cut.
    paths : LineString or MultiLineString
        Service roads, footways: they cut heavy blocks only.
    lighter_than : float
        Neighbouring parts of one block that are lighter than this are joined again, up to
        `heavier_than`: fewer, rounder parts. 0 keeps every building apart.
    anchors : Point, m of them, optional
        Where each building counts; by default a point inside its footprint.

    Returns
    -------
    Refined

    Raises
    ------
    ValueError
        When the lengths differ.

    Known Issues
    ------------
    A single building heavier than `heavier_than` stays whole: no polygon divides a house.
    """
    houses = listed(footprints)
    load = np.asarray(weights, dtype=np.float64).reshape(-1)
    places = shapely.point_on_surface(houses) if anchors is None else listed(anchors)
    if not len(houses) == len(load) == len(places):
        raise ValueError("one weight, and one anchor if any, per footprint is needed")
    town = _Town(houses, load, places, heavier_than)
    inside = town.paths_inside(coarse.faces, listed(paths))
    fine = coarse.cut_by(inside) if inside else coarse
    added = town.between_houses(fine.faces)
    fine = fine.cut_by(added) if added else fine
    faces = fine.faces
    block = block_of(coarse.faces, shapely.point_on_surface(faces))
    if lighter_than:
        member = _without_light_parts(faces, town.weigh(faces), block, lighter_than, heavier_than)
        joined = dissolve(faces, member)[1]
        faces = _in_order(joined, shapely.point_on_surface(joined))
        block = block_of(coarse.faces, shapely.point_on_surface(faces))
    return Refined(
        faces=faces,
        outline=fine.outline,
        lines=fine.lines,
        base=coarse.base,
        block=block,
        weight=town.weigh(faces),
        added=listed(added),
    )


def block_of(faces: Shapes, points: Shapes) -> NDArray[np.int64]:
    """Index of the block each point lies in, shape (len(points),).

    A point on a border belongs to the first of its blocks; -1 for a point in none.
    """
    result = np.full(len(points), -1, dtype=np.int64)
    point, face = shapely.STRtree(faces).query(points, predicate="intersects")
    order = np.lexsort((face, point))
    rows, first = np.unique(point[order], return_index=True)
    result[rows] = face[order][first]
    return result


@dataclass(frozen=True, slots=True)
class _Town:
    houses: Shapes
    load: NDArray[np.float64]
    places: Shapes
    limit: float

    def weigh(self, faces: Shapes) -> NDArray[np.float64]:
        """Weight in each face, by anchor."""
        inside = block_of(faces, self.places)
        found = inside >= 0
        sums = np.bincount(inside[found], weights=self.load[found], minlength=len(faces))
        return sums.astype(np.float64)

    def paths_inside(self, faces: Shapes, paths: Shapes) -> list[Shape]:
        """The stretches of paths that lie in heavy faces."""
        heavy = faces[self.weigh(faces) > self.limit]
        if not len(paths) or not len(heavy):
            return []
        face, path = shapely.STRtree(paths).query(heavy, predicate="intersects")
        parts = shapely.get_parts(shapely.intersection(paths[path], heavy[face]))
        return [part for part in parts if part.geom_type in ("LineString", "MultiLineString")]

    def between_houses(self, faces: Shapes) -> list[Shape]:
        """The lines between the houses of each heavy face."""
        home = block_of(faces, self.places)
        tree = shapely.STRtree(self.houses)
        lines: list[Shape] = []
        for face in np.flatnonzero(self.weigh(faces) > self.limit):
            near = tree.query(faces[face], predicate="intersects")
            mine = np.sort(near[(home[near] == face) & (self.load[near] > 0)])
            if len(mine) > 1:
                others = np.setdiff1d(near, mine)
                shapes = self.houses[np.concatenate([mine, others])]
                lines += between(shapes, faces[face], sites=len(mine))
        return lines


def _in_order(faces: Shapes, inner: Shapes) -> Shapes:
    places = shapely.get_coordinates(inner)
    ordered: Shapes = faces[np.lexsort((-places[:, 1], places[:, 0]))]
    return ordered


def _without_light_parts(
    faces: Shapes,
    load: NDArray[np.float64],
    block: NDArray[np.int64],
    lighter_than: float,
    at_most: float,
) -> NDArray[np.int64]:
    """Part of each face: the lightest part joins the one in its block that makes a round pair."""
    borders: list[dict[int, float]] = [
        {other: metres for other, metres in around.items() if block[other] == block[face]}
        for face, around in enumerate(adjacency(faces).neighbours(len(faces)))
    ]
    weight = dict(enumerate(load.tolist()))
    outline = dict(enumerate(length_m(face) for face in faces))
    members = {face: [face] for face in range(len(faces))}
    queue = [(light, face) for face, light in weight.items() if light < lighter_than]
    heapq.heapify(queue)
    while queue:
        light, part = heapq.heappop(queue)
        if weight.get(part) != light:
            continue
        fitting = [near for near in borders[part] if light + weight[near] <= at_most]
        if not fitting:
            continue
        partner = max(
            fitting,
            key=lambda near: (borders[part][near] / min(outline[part], outline[near]), -near),
        )
        shared = borders[part].pop(partner)
        del borders[partner][part]
        for near, metres in borders[part].items():
            del borders[near][part]
            borders[near][partner] = borders[near].get(partner, 0.0) + metres
            borders[partner][near] = borders[partner].get(near, 0.0) + metres
        borders[part] = {}
        outline[partner] += outline.pop(part) - 2 * shared
        weight[partner] += weight.pop(part)
        members[partner] += members.pop(part)
        if weight[partner] < lighter_than:
            heapq.heappush(queue, (weight[partner], partner))
    member = np.empty(len(faces), dtype=np.int64)
    for part, inside in members.items():
        member[inside] = part
    return member
