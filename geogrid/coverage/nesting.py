"""Levels above the leaves: only leaves are drawn, everything above is a union of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.arrange import dissolve
from geogrid.coverage.proof import residue

__all__ = ["levels_tile", "parents_of", "union"]


def union(shapes: Sequence[shapely.Geometry]) -> shapely.Polygon | shapely.MultiPolygon:
    """The union of members of an exact tiling, every vertex of its boundary kept.

    Parameters
    ----------
    shapes : sequence of Polygon or MultiPolygon
        At least one; matched along their common borders, as an exact tiling is.
    """
    return shapes[0] if len(shapes) == 1 else shapely.coverage_union_all(list(shapes))


def parents_of(
    leaves: ArrayLike, parent: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Derive one level: the different parents, ascending, and the union of each one's children."""
    return dissolve(leaves, parent)


def levels_tile(
    outline: shapely.Geometry,
    levels: Sequence[tuple[ArrayLike, ArrayLike]],
) -> list[int]:
    """How many segments do not cancel on each level; all zero when every level tiles the next.

    Parameters
    ----------
    outline : Polygon or MultiPolygon
        The parent of level 1.
    levels : sequence of (shapes, parent)
        From the top down. `shapes` holds n polygons, `parent` n indices into the level above
        (ignored on the first level, whose parent is the outline).

    Returns
    -------
    list of int, one per level
        A parent without children leaves its whole boundary.
    """
    above: NDArray[np.object_] = np.array([outline], dtype=object)
    left = []
    for depth, (shapes, parent) in enumerate(levels):
        children = np.asarray(shapes, dtype=object)
        group = np.asarray(parent, dtype=np.int64) if depth else np.zeros(len(children), np.int64)
        left.append(len(residue(children, above, group=group)))
        above = children
    return left
