"""The land of some buildings inside a grid: half-way to every other building."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.arrange import arrange, dissolve
from geogrid.coverage.half_way import between, units
from layers.datum.lattice import snap
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["own_land"]


def own_land(
    grid: Shape, footprints: ShapesLike, chosen: ArrayLike, *, sites: int | None = None
) -> Shape | None:
    """The part of a grid that belongs to the chosen buildings.

    Parameters
    ----------
    grid : Polygon or MultiPolygon
        EPSG:4326, on the lattice.
    footprints : Polygon or MultiPolygon, n of them
        EPSG:4326: the buildings that reach into the grid.
    chosen : array_like of bool, shape (n,)
        Those whose land is asked for; among the sites.
    sites : int, optional
        Only the first so many get land of their own, see `half_way.between`. By default all.

    Returns
    -------
    Polygon, MultiPolygon or None
        On the lattice, inside the grid; None when no chosen building stands in it. All of the grid
        where nobody else has a building there.
    """
    shapes = listed(footprints)
    wanted: NDArray[np.bool_] = np.asarray(chosen, dtype=bool)
    land: list[Shape] = []
    for part in shapely.get_parts(grid):
        land += _in_part(part, shapes, wanted, len(shapes) if sites is None else sites)
    if not land:
        return None
    merged: Shape = dissolve(land, np.zeros(len(land), dtype=np.int64))[1][0]
    return merged


def _in_part(part: Shape, shapes: Shapes, wanted: NDArray[np.bool_], sites: int) -> list[Shape]:
    here = shapely.intersects(part, shapes)
    if not (here & wanted).any():
        return []
    inside = shapes[here]
    own = np.arange(len(shapes))[here] < sites
    scale = np.array(metres_per_degree(part.centroid.y))
    houses = units(shapely.transform(inside, lambda xy: (xy - part.bounds[:2]) * scale))
    asked = np.isin(houses, houses[wanted[here]])  # what overlaps deeply is one house
    others = own & ~asked
    if not others.any():
        return [part]
    # Two sides only: how the chosen ones part the land among themselves is of no interest.
    sides = [shapely.union_all(inside[asked]), shapely.union_all(inside[others])]
    lines = between([*sides, *inside[~own & ~asked]], part, sites=2)
    faces = arrange([shapely.boundary(part), *map(snap, lines)])
    faces = faces[shapely.contains_properly(part, shapely.point_on_surface(faces))]
    # Of each building what lies inside: its middle says which face is its own.
    hearts = shapely.point_on_surface(shapely.intersection(inside[asked & own], part))
    face, _ = shapely.STRtree(hearts).query(faces, predicate="intersects")
    return list(faces[np.unique(face)])
