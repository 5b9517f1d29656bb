"""The lattice all boundaries live on: whole multiples of 1e-7 degree in EPSG:4326.

A lattice number is *the double nearest to k / 10**7* for a whole number k (about 1.1 cm of
latitude). ``rint(x * 1e7) / 1e7`` produces it in numpy, SQL and JavaScript; GEOS with
``grid_size=1e-7`` and text with 7 decimals produce the same bits. ``k * 1e-7`` does not,
nor do ST_SnapToGrid, ST_ReducePrecision or TWKB: they miss the nearest double for half of
the numbers.

Two doubles on the lattice are equal exactly when their k are equal, so topology can be
decided on whole numbers, without a tolerance.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from layers.datum.shapes import Shape, ShapesLike, listed

__all__ = ["DECIMALS", "STEP", "STEPS_PER_DEGREE", "from_steps", "on_lattice", "snap", "to_steps"]

STEPS_PER_DEGREE = 10_000_000
STEP = 1e-7  # degrees; for GEOS' grid_size, never as a factor
DECIMALS = 7

AnyShape = TypeVar("AnyShape", bound=Shape)


def to_steps(degrees: ArrayLike) -> NDArray[np.int64]:
    """Whole lattice steps nearest to coordinates in degrees.

    Parameters
    ----------
    degrees : array_like of float, any shape
        Longitudes or latitudes (EPSG:4326).

    Returns
    -------
    ndarray of int64, same shape

    Raises
    ------
    ValueError
        When a coordinate is not finite or lies beyond 180 degrees.
    """
    values = np.asarray(degrees, dtype=np.float64)
    if values.size and not (np.abs(values) <= 180).all():  # NaN fails the comparison too
        raise ValueError("a coordinate is not a finite number between -180 and 180 degrees")
    return np.rint(values * STEPS_PER_DEGREE).astype(np.int64)


def from_steps(steps: ArrayLike) -> NDArray[np.float64]:
    """Coordinates in degrees of whole lattice steps: the doubles nearest to k / 10**7."""
    degrees: NDArray[np.float64] = np.asarray(steps, dtype=np.float64) / STEPS_PER_DEGREE
    return degrees


def snap(geometry: AnyShape) -> AnyShape:
    """Move every vertex to its nearest lattice point (at most 0.71 step, 8 mm).

    A function of the vertex alone: borders that matched before match afterwards.

    Known Issues
    ------------
    A polygon with a neck narrower than a step may become invalid. `coverage.arrange`
    nodes on the lattice instead and keeps a tiling a tiling.
    """
    moved: AnyShape = shapely.transform(geometry, lambda xy: from_steps(to_steps(xy)))
    return moved


def on_lattice(geometries: ShapesLike) -> NDArray[np.bool_]:
    """Whether every vertex of each geometry is a lattice point, bit for bit.

    Parameters
    ----------
    geometries : one shape, or n of them

    Returns
    -------
    ndarray of bool, shape (n,); a geometry without coordinates counts as on the lattice.
    """
    shapes = listed(geometries)
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    result = np.ones(len(shapes), dtype=bool)
    result[index[(np.rint(xy * STEPS_PER_DEGREE) / STEPS_PER_DEGREE != xy).any(axis=1)]] = False
    return result
