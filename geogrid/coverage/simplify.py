"""Simplify borders: fewer vertices, shared borders stay shared, and the result is proved.

A vertex is removed or stays; none moves. So the result lives on the same lattice, and the
outline, if it is kept, is the very same. Straight lines stay straight under the scaling that makes
degrees to metres, so the tolerance means the same in all directions.

Source: Visvalingam and Whyatt, "Line generalisation by repeated elimination of points" (1993), as
coverage simplification in GEOS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.nesting import union
from geogrid.coverage.proof import invalid, residue
from geogrid.coverage.segments import directed_segments
from geogrid.coverage.settling import among, edges_of, settle
from layers.datum.lattice import from_steps, to_steps
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Simplified", "simplify"]


@dataclass(frozen=True, slots=True)
class Simplified:
    """A tiling with fewer vertices.

    Attributes
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        In the order they were given; all are there.
    outline : Polygon or MultiPolygon
        What they tile: the given outline, or a simplified one.
    kept : tuple of int
        Grids whose borders had to stay as they were.
    """

    shapes: Shapes
    outline: Shape
    kept: tuple[int, ...]


def simplify(
    shapes: ShapesLike, outline: Shape, tolerance_m: float, *, keep_outline: bool = True
) -> Simplified:
    """Remove vertices that matter less than a tolerance from the borders of a tiling.

    Parameters
    ----------
    shapes : Polygon or MultiPolygon, n of them
        EPSG:4326, an exact tiling of the outline.
    outline : Polygon or MultiPolygon
    tolerance_m : float
        A vertex goes when the triangle it makes with its neighbours is smaller than the square
        of this many metres. Vertices where three grids meet stay.
    keep_outline : bool
        Whether the edge of the territory stays as it is.

    Returns
    -------
    Simplified
        Exact and settled. Where a simplified border would spoil that or make a grid vanish, the
        grid keeps its original border, and with it the outline.

    Raises
    ------
    ValueError
        When the shapes do not tile the outline exactly.
    """
    given = listed(shapes)
    if len(invalid(given)) or len(residue(given, [outline])):
        raise ValueError("the shapes do not tile the outline")
    scale = np.array(metres_per_degree(shapely.get_coordinates(outline)[:, 1].mean()))
    kept = np.zeros(len(given), dtype=bool)
    while not kept.all():
        result = given.copy()
        flat = shapely.transform(given[~kept], lambda xy: xy * scale)
        free = not keep_outline and not kept.any()
        thinned = shapely.coverage_simplify(flat, tolerance_m, simplify_boundary=free)
        result[~kept] = shapely.transform(thinned, lambda xy: from_steps(to_steps(xy / scale)))
        spoilt = _spoilt(given, result) & ~kept
        if not spoilt.any():
            edge = union(result.tolist()) if free else outline
            if len(residue(result, [edge])):
                break
            return Simplified(result, edge, tuple(np.flatnonzero(kept).tolist()))
        kept |= spoilt
    return Simplified(given, outline, tuple(range(len(given))))


def _spoilt(given: Shapes, result: Shapes) -> NDArray[np.bool_]:
    """Grids that vanished, became invalid, lost a piece or came too close to another border."""
    spoilt: NDArray[np.bool_] = np.zeros(len(given), dtype=bool)
    spoilt[invalid(result)] = True
    spoilt |= shapely.get_num_geometries(result) != shapely.get_num_geometries(given)
    segments = directed_segments(result[~spoilt])
    edges = np.stack([segments.low, segments.high], axis=1)
    restless = ~among(edges, settle(edges_of(result[~spoilt])))
    spoilt[np.flatnonzero(~spoilt)[segments.owner[restless]]] = True
    return spoilt
