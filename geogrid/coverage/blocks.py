"""Blocks: what streets, railways and waters cut a territory into.

Blocks are the atoms grids are made of. They tile the territory exactly, so any assignment of
blocks to grids tiles it too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.arrange import arrange

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

    faces: NDArray[np.object_]
    outline: shapely.Polygon | shapely.MultiPolygon


def blocks(lines: ArrayLike, outline: shapely.Polygon | shapely.MultiPolygon) -> Blocks:
    """Cut a territory along lines.

    Parameters
    ----------
    lines : array_like of LineString or MultiLineString, shape (n,)
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
    cuts = np.asarray(lines, dtype=object).reshape(-1)
    near = cuts[shapely.STRtree(cuts).query(outline, predicate="intersects")]
    faces = arrange([*near, shapely.boundary(outline)])
    inner = shapely.point_on_surface(faces)
    shapely.prepare(outline)
    inside = shapely.contains_properly(outline, inner)
    faces, inner = faces[inside], shapely.get_coordinates(inner[inside])
    faces = faces[np.lexsort((-inner[:, 1], inner[:, 0]))]
    return Blocks(faces=faces, outline=shapely.coverage_union_all(faces))
