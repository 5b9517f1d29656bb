"""Levels above the leaves: only leaves are drawn, everything above is a union of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.arrange import dissolve
from geogrid.coverage.proof import residue
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["levels_tile", "parents_of", "union"]


def union(shapes: Sequence[Shape]) -> Shape:
    """The union of members of an exact tiling, every vertex of its boundary kept.

    Parameters
    ----------
    shapes : sequence of Polygon or MultiPolygon
        At least one; matched along their common borders, as an exact tiling is.
    """
    united: Shape = shapes[0] if len(shapes) == 1 else shapely.coverage_union_all(listed(shapes))
    return united


def parents_of(leaves: ShapesLike, parent: ArrayLike) -> tuple[NDArray[np.int64], Shapes]:
    """Derive one level: the different parents, ascending, and the union of each one's children."""
    return dissolve(leaves, parent)


def levels_tile(
    outline: Shape,
    levels: Sequence[tuple[ShapesLike, ArrayLike]],
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
    above = listed(outline)
    left = []
    for depth, (shapes, parent) in enumerate(levels):
        children = listed(shapes)
        group = np.asarray(parent, dtype=np.int64) if depth else np.zeros(len(children), np.int64)
        left.append(len(residue(children, above, group=group)))
        above = children
    return left
