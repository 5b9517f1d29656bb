"""The ground in pieces small enough that each of them can belong to one grid of a list.

Streets cut blocks. Only a block on which points of several grids lie is cut further: along its
paths, and what is still shared, between its buildings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.attaching import Outlines
from geogrid.coverage.blocks import between, block_of, blocks
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Atoms", "Terrain", "cut_where_shared", "first_covering"]

OFF_WALL_M = 1.0  # a point farther from every footprint gets ground of its own between them


@dataclass(frozen=True, slots=True)
class Terrain:
    """The ground a list is drawn on; everything in EPSG:4326, the outline on the lattice.

    Attributes
    ----------
    outline : Polygon or MultiPolygon
    limits : LineString or MultiLineString, n of them
        Streets, railways, rivers, walls: they cut everywhere.
    paths : LineString or MultiLineString, m of them
        Service roads and footpaths: they cut only blocks that several grids share.
    footprints : Polygon or MultiPolygon, k of them
        Buildings; a border runs between them, not through them.
    communities : Polygon or MultiPolygon
        Outlines that no grid crosses; they need not cover the territory.
    bases : Polygon or MultiPolygon
        The outlines that outline and communities refine. Where there are any, communities tile the
        outline, and neither moves: see `attaching`.
    """

    outline: Shape
    limits: ShapesLike
    paths: ShapesLike = ()
    footprints: ShapesLike = ()
    communities: ShapesLike = ()
    bases: ShapesLike = ()


@dataclass(frozen=True, slots=True)
class Atoms:
    """Faces, the block of streets each lies in, and the outline they tile."""

    faces: Shapes
    block: list[int]
    outline: Shape


def cut_where_shared(
    terrain: Terrain, spots: Shapes, home: NDArray[np.int64], zones: Shapes
) -> Atoms:
    """Blocks; those of several grids cut along paths, and what is left of those by buildings."""
    held = list(shapely.boundary(listed(terrain.communities)))
    bases = shapely.boundary(listed(terrain.bases))
    outlines = Outlines(held, bases) if len(bases) else None

    def off(lines: list[Shape]) -> list[Shape]:
        return lines if outlines is None else list(outlines.attached(lines))

    cuts = [*held, *off([*listed(terrain.limits), *shapely.boundary(zones)])]
    whole = blocks(cuts, terrain.outline)
    shared = whole.faces[_shared(whole.faces, spots, home)]
    cuts += off(_lines_inside(listed(terrain.paths), shared))
    finer = blocks(cuts, terrain.outline)
    footprints = listed(terrain.footprints)
    tree = shapely.STRtree(footprints)
    middle = first_covering(finer.faces, shapely.point_on_surface(footprints))
    spot_face = first_covering(finer.faces, spots)
    for face in _shared(finer.faces, spots, home):
        near = np.sort(tree.query(finer.faces[face], predicate="intersects"))
        mine, others = near[middle[near] == face], near[middle[near] != face]
        alone = _off_walls(footprints[near], spots[spot_face == face])
        sites = [*footprints[mine], *alone]
        cuts += off(between([*sites, *footprints[others]], finer.faces[face], sites=len(sites)))
    atoms = blocks(cuts, terrain.outline)
    block = first_covering(whole.faces, shapely.point_on_surface(atoms.faces))
    return Atoms(atoms.faces, block.tolist(), atoms.outline)


def _shared(faces: Shapes, spots: Shapes, home: NDArray[np.int64]) -> NDArray[np.int64]:
    """Faces on which points of more than one grid lie."""
    face = first_covering(faces, spots)
    pairs = np.unique(np.stack([face, home])[:, face >= 0], axis=1)
    number, grids = np.unique(pairs[0], return_counts=True)
    return number[grids > 1]


def _lines_inside(lines: Shapes, faces: Shapes) -> list[Shape]:
    if not len(lines) or not len(faces):
        return []
    face, line = shapely.STRtree(lines).query(faces, predicate="intersects")
    parts = shapely.get_parts(shapely.intersection(lines[line], faces[face]))
    return [part for part in parts if part.geom_type in ("LineString", "MultiLineString")]


def _off_walls(footprints: Shapes, spots: Shapes) -> list[Shape]:
    """A square of a metre for each point that stands away from every footprint."""
    if not len(spots):
        return []
    across, along = metres_per_degree(float(shapely.get_y(spots[0])))
    side = np.array([1 / across, 1 / along])
    metric = shapely.transform(footprints, lambda xy: xy / side)
    points = shapely.transform(spots, lambda xy: xy / side)
    away = np.ones(len(spots), dtype=bool)
    if len(footprints):
        near, _ = shapely.STRtree(metric).query(points, predicate="dwithin", distance=OFF_WALL_M)
        away[near] = False
    xy = np.unique(shapely.get_coordinates(spots[away]), axis=0)
    return [shapely.box(*(at - side / 2), *(at + side / 2)) for at in xy]


def first_covering(faces: Shapes, points: Shapes) -> NDArray[np.int64]:
    """Index of the first face that covers each point; -1 for none, and where there are none."""
    if not len(faces) or not len(points):
        return np.full(len(points), -1, dtype=np.int64)
    return block_of(faces, points)
