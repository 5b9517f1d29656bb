"""A first division of a territory from the ground alone: blocks, quarters, grids. Pure.

Streets, railways and rivers cut blocks; quarters grow over blocks around named points; blocks with
many homes are cut further by service roads and paths, and a heavy remainder between its houses;
then blocks of one quarter join into contiguous grids of the wanted size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.arrange import dissolve
from geogrid.coverage.blocks import blocks
from geogrid.coverage.grouping import group_contiguous, grow_quarters
from geogrid.coverage.levelling import level
from layers.datum.metric import metres_per_degree

Shapes = NDArray[np.object_]
# Grids start smaller than wanted: giving some up afterwards is easy, cutting one in two is not.
SMALL_AT_FIRST = (0.75, 0.8)
HEAVY_SHARE = 0.2  # a block with more than this share of a full grid is worth cutting


@dataclass(frozen=True, slots=True)
class Ground:
    """What a division is made from; everything in EPSG:4326, on the lattice.

    `limits` cut everywhere, `paths` only inside blocks with many homes. `homes` are footprints with
    their `anchors` and estimated `dwellings`; `seeds` (longitude, latitude) name the quarters.
    """

    outline: shapely.Polygon | shapely.MultiPolygon
    limits: Shapes
    paths: Shapes
    homes: Shapes
    anchors: Shapes
    dwellings: NDArray[np.int64]
    seeds: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Division:
    """Grids that tile `outline`: `shapes[n]` lies in quarter `quarter[n]`, an index into the seeds.

    `blocks` is the number of blocks that streets, railways and rivers made, `atoms` the number
    after cutting the heavy ones.
    """

    outline: shapely.Polygon | shapely.MultiPolygon
    shapes: Shapes
    quarter: NDArray[np.int64]
    dwellings: NDArray[np.int64]
    blocks: int
    atoms: int


def divide(ground: Ground, *, at_least: int, at_most: int) -> Division:
    """Divide `ground` into contiguous grids of `at_least` to `at_most` dwellings where it allows.

    Raises ValueError when there is no seed or the outline is not a valid polygon.
    """
    cut = blocks(ground.limits, ground.outline)
    quarter = grow_quarters(
        cut.faces, ground.seeds, adjacency(cut.faces).neighbours(len(cut.faces))
    )
    limit = at_most * HEAVY_SHARE
    finer = [*ground.limits, *_paths_inside(ground, cut.faces, limit)]
    atoms = blocks(finer, ground.outline)
    finer += _between_homes(ground, atoms.faces, limit)
    atoms = blocks(finer, ground.outline)
    home = _containing(cut.faces, shapely.point_on_surface(atoms.faces))
    shapes: list[shapely.Polygon] = []
    quarters: list[int] = []
    load = _load(ground, atoms.faces)
    for number in range(len(ground.seeds)):
        mine = np.flatnonzero(quarter[home] == number)
        if not len(mine):
            continue
        grouping = group_contiguous(
            atoms.faces[mine],
            load[mine],
            ground.seeds[[number]],
            at_least=at_least * SMALL_AT_FIRST[0],
            at_most=at_most * SMALL_AT_FIRST[1],
        )
        even = level(
            atoms.faces[mine], load[mine], grouping.grid, at_least=at_least, at_most=at_most
        )
        _, grids = dissolve(atoms.faces[mine], even)
        shapes.extend(grids)
        quarters.extend([number] * len(grids))
    divided = as_array(shapes)
    return Division(
        outline=atoms.outline,  # type: ignore[arg-type]  # the union of polygons
        shapes=divided,
        quarter=np.array(quarters),
        dwellings=_load(ground, divided),
        blocks=len(cut.faces),
        atoms=len(atoms.faces),
    )


def as_array(geometries: Iterable[shapely.Geometry]) -> Shapes:
    """One array element per geometry, also where numpy would look inside them."""
    listed = list(geometries)
    shapes = np.empty(len(listed), dtype=np.object_)
    shapes[:] = listed
    return shapes


def _load(ground: Ground, faces: Shapes) -> NDArray[np.int64]:
    """Dwellings per face, by anchor; an anchor on a border counts in the first face only."""
    inside = _containing(faces, ground.anchors)
    found = inside >= 0
    return np.bincount(inside[found], weights=ground.dwellings[found], minlength=len(faces)).astype(
        np.int64
    )


def _containing(faces: Shapes, points: Shapes) -> NDArray[np.int64]:
    """Index of the first face that covers each point; -1 for none."""
    result = np.full(len(points), -1, dtype=np.int64)
    point, face = shapely.STRtree(faces).query(points, predicate="intersects")
    order = np.lexsort((face, point))
    rows, first = np.unique(point[order], return_index=True)
    result[rows] = face[order][first]
    return result


def _paths_inside(ground: Ground, faces: Shapes, limit: float) -> list[shapely.LineString]:
    """The stretches of paths that lie in faces with more than `limit` dwellings."""
    heavy = faces[_load(ground, faces) > limit]
    paths = ground.paths
    if not len(paths) or not len(heavy):
        return []
    face, path = shapely.STRtree(paths).query(heavy, predicate="intersects")
    return _lines(shapely.intersection(paths[path], heavy[face]))


def _between_homes(ground: Ground, faces: Shapes, limit: float) -> list[shapely.LineString]:
    """Lines half-way between the houses of each face that still has more than `limit` dwellings."""
    load = _load(ground, faces)
    home = _containing(faces, ground.anchors)
    lines: list[shapely.LineString] = []
    for face in np.flatnonzero(load > limit):
        inside = np.flatnonzero(home == face)
        if len(inside) > 1:
            lines += _half_way(ground.homes[inside], faces[face])
    return lines


def _half_way(homes: Shapes, face: shapely.Polygon) -> list[shapely.LineString]:
    """Borders of the areas nearest to each footprint, inside `face`, slightly straightened."""
    scale = np.array(metres_per_degree(face.centroid.y))
    flat = shapely.transform(homes, lambda xy: xy * scale)
    inner = shapely.transform(face, lambda xy: xy * scale)
    outlines = shapely.segmentize(shapely.boundary(flat), 6.0)
    points, home = shapely.get_coordinates(outlines, return_index=True)
    points, first = np.unique(points.round(2), axis=0, return_index=True)
    home = home[first]
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=inner, ordered=True)
    )
    _, regions = dissolve(cells, home)
    borders = shapely.line_merge(
        shapely.union_all(shapely.intersection(shapely.boundary(regions), inner.buffer(1.0)))
    )
    straight = shapely.simplify(shapely.get_parts(borders), 2.0)
    return _lines(shapely.transform(straight, lambda xy: xy / scale))


def _lines(geometries: Shapes) -> list[shapely.LineString]:
    parts = shapely.get_parts(geometries)
    return [part for part in parts if part.geom_type in ("LineString", "MultiLineString")]
