"""Levels above the leaves: only leaves are drawn, everything above is a union of them.

Two levels that were drawn apart do not nest: `adopt` gives every inner grid to the outer one that
holds most of it, and tells what land the outer ones thereby exchange.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.arrange import dissolve
from geogrid.coverage.proof import residue
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Adoption", "adopt", "levels_tile", "parents_of", "union"]

TRACE = 1e-9  # of an inner grid: less is the rounding of an intersection


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


@dataclass(frozen=True, slots=True)
class Adoption:
    """Inner grids given to outer ones although the two levels disagree.

    Attributes
    ----------
    parent : ndarray of int64, shape (n,)
        Index of the outer grid that holds most of each inner one; -1 where none holds any.
    share : ndarray of float, shape (n,)
        How much of the inner grid lies in its parent, 0 to 1.
    shares : tuple of dict of int to float, length n
        All outer grids an inner one has land in, the largest share first.
    moved_m2 : ndarray of float, shape (n,)
        Land of the inner grid that lies in other outer grids than its parent: by the adoption
        it changes hands. Land outside of all outer grids is not counted.
    exchanged : dict of (int, int) to float
        For pairs of outer grids (from, to) the square metres that change hands between them.
    childless : tuple of int
        Outer grids that got no child: every parent needs one.
    """

    parent: NDArray[np.int64]
    share: NDArray[np.float64]
    shares: tuple[dict[int, float], ...]
    moved_m2: NDArray[np.float64]
    exchanged: dict[tuple[int, int], float]
    childless: tuple[int, ...]


def adopt(inner: ShapesLike, outer: ShapesLike) -> Adoption:
    """Give each inner grid to the outer grid with the largest share of it.

    Parameters
    ----------
    inner : Polygon or MultiPolygon, n of them
        EPSG:4326, valid.
    outer : Polygon or MultiPolygon, m of them
        EPSG:4326, valid, not overlapping one another. Of equal shares the first wins.

    Returns
    -------
    Adoption
        `parents_of(inner, adoption.parent)` derives the outer level anew.
    """
    children, parents = listed(inner), listed(outer)
    pairs = shapely.STRtree(parents).query(children, predicate="intersects")
    common = shapely.area(shapely.intersection(children[pairs[0]], parents[pairs[1]]))
    part = common / shapely.area(children)[pairs[0]]
    shares: list[dict[int, float]] = [{} for _ in children]
    for row in np.lexsort((pairs[1], -part)).tolist():
        if part[row] > TRACE:
            shares[pairs[0][row]][int(pairs[1][row])] = min(float(part[row]), 1.0)
    moved = np.zeros(len(children))
    exchanged: dict[tuple[int, int], float] = {}
    for index, held in enumerate(shares):
        for other in list(held)[1:]:
            pair = other, next(iter(held))
            metres = held[other] * area_m2(children[index])
            moved[index] += metres
            exchanged[pair] = exchanged.get(pair, 0.0) + metres
    parent = np.array([next(iter(held), -1) for held in shares], dtype=np.int64)
    return Adoption(
        parent=parent,
        share=np.array([max(held.values(), default=0.0) for held in shares]),
        shares=tuple(shares),
        moved_m2=moved,
        exchanged=exchanged,
        childless=tuple(np.setdiff1d(np.arange(len(parents)), parent).tolist()),
    )
