"""Arrange and dissolve: lines become elementary faces, faces become grids.

`arrange` is the only place where topology is made. It nodes all lines together by snap
rounding on the lattice, so the faces it returns tile what they cover exactly. Arranging them again
may still change them where lines are dense: a border moved by rounding may come too close to the
next vertex. `settling` repeats the rounding until nothing changes.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from layers.datum.lattice import STEP
from layers.datum.shapes import Shapes, ShapesLike, listed

__all__ = ["arrange", "dissolve"]


def arrange(lines: ShapesLike) -> Shapes:
    """Elementary faces between lines.

    Parameters
    ----------
    lines : LineString, MultiLineString or LinearRing, n of them
        EPSG:4326. Lines may cross, overlap and end anywhere.

    Returns
    -------
    ndarray of Polygon, shape (m,)
        Faces bounded by the lines, vertices on the lattice, each line moved by at most 0.71
        step. Dead ends bound nothing and disappear.

    Known Issues
    ------------
    Rounded once, not settled: see the module.
    """
    noded = shapely.union_all(listed(lines), grid_size=STEP)
    faces: Shapes = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return faces


def dissolve(faces: ShapesLike, owner: ArrayLike) -> tuple[NDArray[np.int64], Shapes]:
    """One geometry per owner: the union of its faces.

    Parameters
    ----------
    faces : Polygon or MultiPolygon, n of them
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
    shapes = listed(faces)
    owners, index = np.unique(np.asarray(owner, dtype=np.int64), return_inverse=True)
    order = np.argsort(index, kind="stable")
    starts = np.flatnonzero(np.diff(index[order])) + 1
    pieces = np.split(shapes[order], starts) if len(shapes) else []
    united = [
        members[0] if len(members) == 1 else shapely.coverage_union_all(members)
        for members in pieces
    ]
    return owners, listed(united)
