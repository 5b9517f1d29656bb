"""What a division comes to in figures: of a community, or of a whole plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Protocol

__all__ = ["Figures", "Measured", "figures_of"]


class Measured(Protocol):
    """What figures need of a grid."""

    @property
    def dwellings(self) -> int: ...
    @property
    def area_m2(self) -> float: ...
    @property
    def compactness(self) -> float: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Figures:
    """Over leaf grids. `deviation` is how far the worst grid lies out of the range, in dwellings.

    `unexplained` counts the grids out of range for which no reason is written down; compactness is
    the mean of Polsby-Popper, 1 for circles.
    """

    grids: int
    dwellings: int
    least: int
    middle: float
    most: int
    in_range: int
    unexplained: int
    deviation: int
    compactness: float
    area_m2: float

    @property
    def out_of_range(self) -> int:
        return self.grids - self.in_range

    @property
    def share_in_range(self) -> float:
        return self.in_range / self.grids if self.grids else 0.0


def figures_of(grids: Sequence[Measured], low: int, high: int) -> Figures:
    """Figures of grids against a range of dwellings, both ends allowed; zeros without grids."""
    homes = [grid.dwellings for grid in grids]
    off = [max(low - number, number - high, 0) for number in homes]
    return Figures(
        grids=len(homes),
        dwellings=sum(homes),
        least=min(homes, default=0),
        middle=median(homes) if homes else 0,
        most=max(homes, default=0),
        in_range=sum(not one for one in off),
        unexplained=sum(bool(one) and not g.reason for one, g in zip(off, grids, strict=True)),
        deviation=max(off, default=0),
        compactness=fmean(grid.compactness for grid in grids) if grids else 0.0,
        area_m2=sum(grid.area_m2 for grid in grids),
    )
