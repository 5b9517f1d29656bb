"""The proof that children tile their parents exactly: boundaries cancel, or they do not.

Orient every child counter-clockwise and add up the boundaries as directed segments. Inside the
territory every shared border is walked once each way and cancels; what remains must be exactly
the parent's outline. If every polygon is valid and nothing remains after subtracting the
outline, then at every point off the borders as many children as parents lie above it (their
indicator functions differ by a function without boundary and of bounded support: zero). So
there is no gap, no overlap, nothing outside, and every shared vertex is matched. No tolerance,
no geometric predicate, one sort.

Source: the boundary operator of simplicial chains; measured against other validators in
`docs/decisions/0001-a-tiling-is-proved-by-cancelling-borders.md`.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.segments import Segments, directed_segments
from layers.datum.shapes import Shape, ShapesLike, listed

__all__ = ["crowded", "invalid", "residue", "tiles"]


POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def residue(
    children: ShapesLike, parents: ShapesLike, *, group: ArrayLike | None = None
) -> Segments:
    """Segments that do not cancel when the parents are subtracted from the children.

    Parameters
    ----------
    children : Polygon or MultiPolygon, n of them
        EPSG:4326; vertices are read at their nearest lattice point.
    parents : Polygon or MultiPolygon, m of them
        What the children should tile.
    group : array_like of int, shape (n,), optional
        Index of the parent each child belongs to. With it, every parent must be tiled by its
        own children; without it, all parents together by all children.

    Returns
    -------
    Segments
        All copies of every unbalanced segment, owners >= 0 for children and -1 - index for
        parents. Empty if and only if the borders cancel.

    Raises
    ------
    ValueError
        When a coordinate is not finite or outside the world.
    """
    inner, outer = directed_segments(children), directed_segments(parents)
    both = inner.minus(outer)
    key = None
    if group is not None:
        owned = np.asarray(group, dtype=np.int64)[inner.owner]
        key = np.concatenate([owned, outer.owner])
    return both.unbalanced(key)


def invalid(shapes: ShapesLike) -> NDArray[np.intp]:
    """Indices of shapes the proof cannot rest on: missing, empty, not polygons, or invalid."""
    asked = listed(shapes)
    good = np.isin(shapely.get_type_id(asked), POLYGONAL)
    good &= ~shapely.is_empty(asked) & shapely.is_valid(asked)
    return np.flatnonzero(~good)


def crowded(children: ShapesLike, parent: Shape) -> NDArray[np.intp]:
    """Indices of children in several pieces although the territory is not cut between them.

    Parameters
    ----------
    children : Polygon or MultiPolygon, n of them
        An exact tiling of the parent.
    parent : Polygon or MultiPolygon
        A child may have one piece in each piece of it.
    """
    shapes = listed(children)
    several = np.flatnonzero(shapely.get_num_geometries(shapes) > 1)
    if not len(several):
        return several
    pieces, index = shapely.get_parts(shapes[several], return_index=True)
    tree = shapely.STRtree(shapely.get_parts(parent))
    piece, home = tree.query(shapely.point_on_surface(pieces), predicate="within")
    seen, counts = np.unique(np.stack([index[piece], home]), axis=1, return_counts=True)
    scattered: NDArray[np.intp] = several[np.unique(seen[0][counts > 1])]
    return scattered


def tiles(children: ShapesLike, parent: Shape) -> bool:
    """Whether the children tile the parent exactly.

    Parameters
    ----------
    children : Polygon or MultiPolygon, n of them
    parent : Polygon or MultiPolygon
        EPSG:4326, on the lattice.

    See Also
    --------
    geogrid.coverage.findings.inspect : the same question, answered with places and reasons.
    """
    return not (
        len(invalid(children))
        or len(invalid([parent]))
        or len(residue(children, [parent]))
        or len(crowded(children, parent))
    )
