"""Land nobody has goes to the neighbour with the longest common border."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.adjacency import adjacency
from layers.datum.shapes import ShapesLike

__all__ = ["spread"]


def spread(
    faces: ShapesLike, owner: ArrayLike, free: ArrayLike, *, within: ArrayLike | None = None
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give free faces to the owner they share the longest border with, nearest first.

    Parameters
    ----------
    faces : Polygon or MultiPolygon, n of them
        An exact tiling.
    owner : array_like of int, shape (n,)
        Any whole numbers; those of free faces are not looked at.
    free : array_like of bool, shape (n,)
    within : array_like of int, shape (n,), optional
        Units: a face is only given to the owner of a face of the same unit.

    Returns
    -------
    owner : ndarray of int64, shape (n,)
    left : ndarray of bool, shape (n,)
        Free faces that no owner could take; their owner is as it was.
    """
    owned, left = np.array(owner, dtype=np.int64), np.array(free, dtype=bool)
    if not left.any():
        return owned, left
    borders = adjacency(faces)
    face = np.concatenate([borders.first, borders.second])
    other = np.concatenate([borders.second, borders.first])
    metres = np.concatenate([borders.metres, borders.metres])
    if within is not None:
        unit = np.asarray(within)
        same = unit[face] == unit[other]
        face, other, metres = face[same], other[same], metres[same]
    while True:
        rows = left[face] & ~left[other]
        if not rows.any():
            return owned, left
        offers = np.stack([face[rows], owned[other[rows]]])
        (taken, taker), index = np.unique(offers, axis=1, return_inverse=True)
        total = np.bincount(index.ravel(), weights=metres[rows])
        best = np.lexsort((total, taken))
        best = best[np.append(taken[best][1:] != taken[best][:-1], True)]
        owned[taken[best]] = taker[best]
        left[taken[best]] = False
