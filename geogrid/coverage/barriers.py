"""What a border costs: little along a main street or a railway, most through a row of houses.

People know the large streets, rivers and railways of their quarter. A grid that ends there is
easy to remember and to patrol; one that ends between two houses has to be looked up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.adjacency import Adjacency, shared_segments
from layers.datum.lattice import STEP
from layers.datum.shapes import ShapesLike, listed

__all__ = ["Borders", "borders"]

ON_LINE = 3 * STEP  # a border cut along a line lies this near to it: noding moves it 0.71 step


@dataclass(frozen=True, slots=True)
class Borders(Adjacency):
    """Neighbouring blocks with what a grid border between them would cost.

    Attributes
    ----------
    cost : ndarray of float, shape (n,)
        Metres of common border, each times the factor of the line it runs along.
    """

    cost: NDArray[np.float64]


def borders(
    faces: ShapesLike,
    lines: ShapesLike = (),
    factors: ArrayLike = (),
    *,
    elsewhere: float = 1.0,
) -> Borders:
    """Neighbours in a tiling, their common metres, and the price of a grid border there.

    Parameters
    ----------
    faces : Polygon, n of them
        An exact tiling, EPSG:4326, on the lattice.
    lines : LineString or MultiLineString, m of them
        Streets, railways, waters, EPSG:4326: those the tiling was cut along.
    factors : array_like of float, shape (m,)
        Price of a metre along each line, above zero. Where several lines coincide the cheapest
        counts.
    elsewhere : float
        Price of a metre that runs along none of them.

    Returns
    -------
    Borders

    Raises
    ------
    ValueError
        When the lengths differ or a price is not above zero.
    """
    streets = listed(lines)
    prices = np.asarray(factors, dtype=np.float64).reshape(-1)
    if len(streets) != len(prices):
        raise ValueError("one factor per line is needed")
    if elsewhere <= 0 or (prices <= 0).any():
        raise ValueError("the price of a metre has to be above zero")
    shared = shared_segments(faces)
    price = np.full(len(shared.first), elsewhere)
    if len(streets) and len(price):
        middles = listed(shapely.points(shared.ends.mean(axis=1)))
        segment, line = shapely.STRtree(streets).query(
            middles, predicate="dwithin", distance=ON_LINE
        )
        along = np.full(len(price), np.inf)
        np.minimum.at(along, segment, prices[line])
        price = np.where(np.isfinite(along), along, price)
    pairs, index = shared.pairs()
    metres = shared.metres()
    return Borders(
        first=pairs[:, 0],
        second=pairs[:, 1],
        metres=np.bincount(index, weights=metres, minlength=len(pairs)).astype(np.float64),
        cost=np.bincount(index, weights=metres * price, minlength=len(pairs)).astype(np.float64),
    )
