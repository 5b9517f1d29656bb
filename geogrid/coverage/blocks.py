"""Blocks: what streets, railways and waters cut a territory into.

Blocks are the atoms grids are made of. They tile the territory exactly, so any assignment of
blocks to grids tiles it too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.coverage.arrange import arrange
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Blocks", "blocks"]


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
    """

    faces: Shapes
    outline: Shape


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

    Raises
    ------
    ValueError
        When the outline is invalid or empty.
    """
    if outline.is_empty or not outline.is_valid:
        raise ValueError("the outline is empty or not a valid polygon")
    cuts = listed(lines)
    near = cuts[shapely.STRtree(cuts).query(outline, predicate="intersects")]
    faces = arrange([*near, shapely.boundary(outline)])
    inner = shapely.point_on_surface(faces)
    shapely.prepare(outline)
    inside = shapely.contains_properly(outline, inner)
    faces, places = faces[inside], shapely.get_coordinates(inner[inside])
    faces = faces[np.lexsort((-places[:, 1], places[:, 0]))]
    return Blocks(faces=faces, outline=shapely.coverage_union_all(faces))
