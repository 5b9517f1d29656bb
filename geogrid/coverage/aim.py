"""What a good load is: inside a range, and how bad it is to be outside."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Aim"]

OUTSIDE = 3.0  # being outside at all: as bad as three half perimeters of a grid more border
DISTANCE = 4.0  # times the squared distance in half widths of the range
PULL = 0.3  # inside the range: a load twice the target would cost this much
OPEN_WIDTH = 0.4  # of the lower end, where there is no upper one
OPEN_TARGET = 1.15


@dataclass(frozen=True, slots=True)
class Aim:
    """A range of loads and the load to strive for in it.

    Attributes
    ----------
    at_least, at_most : float
        Both ends belong to the range; `at_most` is infinite where no load is too large.
    target : float
    """

    at_least: float
    at_most: float
    target: float

    @classmethod
    def over(cls, total: float, at_least: float, at_most: float) -> Aim:
        """The aim that divides `total` into the best number of grids."""
        number = cls.number(total, at_least, at_most)
        return cls(at_least, at_most, min(max(total / number, at_least), at_most))

    @staticmethod
    def number(total: float, at_least: float, at_most: float) -> int:
        """How many grids: all in the range where that is possible, their mean near its middle.

        Where it is not (350 into 200 to 300), as few as leave nobody below the range.
        """
        middle = OPEN_TARGET * at_least if math.isinf(at_most) else (at_least + at_most) / 2
        most = math.floor(total / at_least) if at_least > 0 else round(total / middle)
        least = 1 if math.isinf(at_most) else math.ceil(total / at_most)
        if least > most:
            return max(1, most)
        return max(1, min(max(round(total / middle), least), most))

    def possible(self, total: float) -> bool:
        """Whether some number of grids could have loads in the range, were they divisible."""
        if math.isinf(self.at_most):
            return total >= self.at_least
        return math.ceil(total / self.at_most) <= math.floor(total / self.at_least)

    @property
    def width(self) -> float:
        if math.isinf(self.at_most):
            return max(OPEN_WIDTH * self.at_least, 1e-9)
        return max(self.at_most - self.at_least, 0.02 * self.at_most, 1e-9)

    def fits(self, load: float) -> bool:
        return self.at_least <= load <= self.at_most

    def penalty(self, load: float) -> float:
        """How bad a load is; 0 at the target, below `PULL` nearly everywhere in the range."""
        pull = PULL * abs(load - self.target) / self.target if self.target else 0.0
        if self.at_least <= load <= self.at_most:
            return pull
        away = max(self.at_least - load, load - self.at_most) / (self.width / 2)
        return pull + OUTSIDE + DISTANCE * away * away

    def penalties(self, loads: NDArray[np.float64]) -> NDArray[np.float64]:
        """`penalty` of many loads."""
        away = np.maximum(np.maximum(self.at_least - loads, loads - self.at_most), 0.0)
        pull = PULL * np.abs(loads - self.target) / self.target if self.target else 0.0
        outside = OUTSIDE + DISTANCE * (away / (self.width / 2)) ** 2
        result: NDArray[np.float64] = pull + np.where(away > 0, outside, 0.0)
        return result
