"""Streets, railways and waters out of files: what cuts, what cuts only where homes are many.

A file of streets with a field `highway` (or `class`, `fclass`) is sorted by it as OpenStreetMap's
streets are; without one every line in it cuts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.territory.division import PATH_PRICE, RAILWAY_PRICE, STREET_PRICES
from layers.datum.shapes import Shape, Shapes, listed
from layers.intake.features import LINES, POLYGONS, Features, read_features
from layers.intake.kinds import LIMITING_STREET_RANK, limits_grids, street_rank

__all__ = ["StreetFiles", "read_streets"]

CLASS_FIELDS = ("highway", "class", "fclass")
UNSORTED_RANK = LIMITING_STREET_RANK


@dataclass(frozen=True, slots=True)
class StreetFiles:
    """Lines in EPSG:4326: `limits` cut everywhere, `paths` only heavy blocks.

    `prices` says what a metre of grid border costs along each limit.
    """

    limits: Shapes
    prices: NDArray[np.float64]
    paths: Shapes

    def all_prices(self) -> tuple[Shapes, NDArray[np.float64]]:
        """Limits and paths with their prices, for `borders`."""
        prices = [*self.prices, *[PATH_PRICE] * len(self.paths)]
        return np.concatenate([self.limits, self.paths]), np.array(prices, dtype=np.float64)


def read_streets(
    streets: Iterable[Path],
    *,
    paths: Iterable[Path] = (),
    barriers: Iterable[Path] = (),
    crs: str | None = None,
) -> StreetFiles:
    """Read files of lines; `barriers` (railways, waters, walls) may be polygons as well.

    Raises
    ------
    Unusable
        When a file cannot be read or holds another kind of shape.
    """
    limits: list[tuple[Shape, float]] = []
    inside: list[Shape] = []
    for path in streets:
        layer = read_features(path, LINES, crs=crs)
        for line, rank in zip(layer.shapes, _ranks(layer), strict=True):
            if limits_grids(rank):
                limits.append((line, STREET_PRICES[rank]))
            else:
                inside.append(line)
    for path in paths:
        inside += list(read_features(path, LINES, crs=crs).shapes)
    for path in barriers:
        for shape in read_features(path, (*LINES, *POLYGONS), crs=crs).shapes:
            line = shapely.boundary(shape) if shape.geom_type in POLYGONS else shape
            limits.append((line, RAILWAY_PRICE))
    return StreetFiles(
        listed(line for line, _ in limits),
        np.array([price for _, price in limits], dtype=np.float64),
        listed(inside),
    )


def _ranks(layer: Features) -> list[int]:
    kinds = next((layer.columns[name] for name in CLASS_FIELDS if name in layer.columns), None)
    if kinds is None:
        return [UNSORTED_RANK] * len(layer.shapes)
    return [street_rank({"highway": str(kind)}) or 9 for kind in kinds]
