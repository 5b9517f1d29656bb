"""The zones of CGCS2000 in metres: Gauss-Krüger, 3 or 6 degrees wide, with and without number.

In every zone the central meridian lies at an easting of 500 km. An easting "with its number" has
the zone's number in front: 39,500,000 is the middle of zone 39. Who loses or guesses the number
reads a file several hundred kilometres away, or nowhere.

Source: the EPSG registry, codes 4491 to 4554.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer

__all__ = ["Zone", "zone_at", "zones_near"]

Width = Literal[3, 6]
Points = NDArray[np.float64]
FIRST: dict[Width, int] = {3: 25, 6: 13}
LAST: dict[Width, int] = {3: 45, 6: 23}
CODES: dict[tuple[Width, bool], int] = {
    (6, True): 4491,
    (6, False): 4502,
    (3, True): 4513,
    (3, False): 4534,
}
WIDTHS: tuple[Width, Width] = (3, 6)
MIDDLE = 500_000.0  # metres
PER_NUMBER = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of CGCS2000. `numbered` says whether eastings begin with the zone's number."""

    width: Width
    number: int
    numbered: bool = False

    def __post_init__(self) -> None:
        if not FIRST[self.width] <= self.number <= LAST[self.width]:
            raise ValueError(f"China has no zone {self.number} of {self.width} degrees")

    @property
    def meridian(self) -> int:
        """Longitude of the middle, degrees."""
        return 3 * self.number if self.width == 3 else 6 * self.number - 3

    @property
    def epsg(self) -> int:
        return CODES[self.width, self.numbered] + self.number - FIRST[self.width]

    @property
    def false_easting(self) -> float:
        return MIDDLE + (PER_NUMBER * self.number if self.numbered else 0.0)

    def from_degrees(self, degrees: ArrayLike) -> Points:
        """Longitude and latitude, shape (n, 2), as easting and northing in metres."""
        return _moved(4490, self.epsg, degrees)

    def to_degrees(self, metres: ArrayLike) -> Points:
        """Easting and northing in metres, shape (n, 2), as longitude and latitude."""
        return _moved(self.epsg, 4490, metres)


def zone_at(longitude: float, width: Width = 3, *, numbered: bool = False) -> Zone:
    """The zone that a longitude lies in. Raises ValueError outside of China's zones."""
    return Zone(width, _own(longitude, width), numbered)


def zones_near(longitude: float) -> Iterator[Zone]:
    """Zones in use around a longitude: its own, then the neighbours; 3 degrees first."""
    for width in WIDTHS:
        own = _own(longitude, width)
        for number in (own, own - 1, own + 1):
            if FIRST[width] <= number <= LAST[width]:
                yield Zone(width, number)
                yield Zone(width, number, numbered=True)


def _own(longitude: float, width: Width) -> int:
    return round(longitude / 3) if width == 3 else int(longitude // 6) + 1


def _moved(source: int, target: int, points: ArrayLike) -> Points:
    xy = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    return np.column_stack(_transformer(source, target).transform(xy[:, 0], xy[:, 1]))


@cache
def _transformer(source: int, target: int) -> Transformer:
    """Looking up how to transform takes longer than transforming."""
    return Transformer.from_crs(CRS.from_epsg(source), CRS.from_epsg(target), always_xy=True)
