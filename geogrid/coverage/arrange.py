"""Arrange and dissolve: lines become elementary faces, faces become grids.

`arrange` is the only place where topology is made. It nodes all lines together by snap
rounding on the lattice, so the faces it returns tile what they cover exactly, and arranging
them again changes nothing.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from layers.datum.lattice import STEP

__all__ = ["arrange", "dissolve"]


def arrange(lines: ArrayLike) -> NDArray[np.object_]:
    """Elementary faces between lines.

    Parameters
    ----------
    lines : array_like of LineString, MultiLineString or LinearRing, shape (n,)
        EPSG:4326. Lines may cross, overlap and end anywhere.

    Returns
    -------
    ndarray of Polygon, shape (m,)
        Faces bounded by the lines, vertices on the lattice, each line moved by at most 0.71
        step. Dead ends bound nothing and disappear.
    """
    noded = shapely.union_all(np.asarray(lines, dtype=object), grid_size=STEP)
    faces: NDArray[np.object_] = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return faces


def dissolve(faces: ArrayLike, owner: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """One geometry per owner: the union of its faces.

    Parameters
    ----------
    faces : array_like of Polygon or MultiPolygon, shape (n,)
        An exact tiling.
    owner : array_like of int, shape (n,)
        Any whole numbers.

    Returns
    -------
    owners : ndarray of int64, shape (m,)
        The different owners in ascending order.
    shapes : ndarray of Polygon or MultiPolygon, shape (m,)
        MultiPolygon where the faces of an owner do not form one piece. Every vertex of a
        remaining border stays, so the result tiles what the faces tiled.
    """
    shapes = np.asarray(faces, dtype=object)
    owners, index = np.unique(np.asarray(owner, dtype=np.int64), return_inverse=True)
    order = np.argsort(index, kind="stable")
    pieces = np.split(shapes[order], np.flatnonzero(np.diff(index[order])) + 1)
    united = [
        members[0] if len(members) == 1 else shapely.coverage_union_all(members)
        for members in pieces
    ]
    result = np.empty(len(owners), dtype=object)
    result[:] = united
    return owners, result
