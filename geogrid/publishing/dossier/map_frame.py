"""From degrees to paper: a frame with a round scale, and paths for SVG.

A unit is 0.025 mm, so whole numbers are finer than any printer and half as long as decimals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes

__all__ = ["UNITS_PER_MM", "Frame", "ScaleBar", "fitting", "path"]

UNITS_PER_MM = 40
# Denominators a surveyor would choose.
SCALES = (
    500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 7500, 10_000, 12_500, 15_000, 20_000,
    25_000, 30_000, 40_000, 50_000, 75_000, 100_000, 150_000, 200_000, 250_000, 500_000,
    1_000_000, 2_000_000, 5_000_000,
)  # fmt: skip
BARS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000)
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class ScaleBar:
    units: int
    metres: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A window of the ground on paper: `wide` x `high` units, `scale` is the denominator."""

    wide: int
    high: int
    scale: int
    centre: tuple[float, float]

    @property
    def metres_per_unit(self) -> float:
        return self.scale / 1000 / UNITS_PER_MM

    @property
    def bar(self) -> ScaleBar:
        most = self.wide * 0.2 * self.metres_per_unit
        metres = max((one for one in BARS if one <= most), default=BARS[0])
        return ScaleBar(round(metres / self.metres_per_unit), metres)

    @property
    def window(self) -> Box:
        """West, south, east, north of what the frame shows, EPSG:4326."""
        across, along = metres_per_degree(self.centre[1])
        lon, lat = self.centre
        half_wide = self.wide / 2 * self.metres_per_unit / across
        half_high = self.high / 2 * self.metres_per_unit / along
        return lon - half_wide, lat - half_high, lon + half_wide, lat + half_high

    def units(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        across, along = metres_per_degree(self.centre[1])
        factor = np.array([across, -along]) / self.metres_per_unit
        middle = np.array([self.wide / 2, self.high / 2])
        placed: NDArray[np.float64] = (degrees - np.array(self.centre)) * factor + middle
        return placed

    def drawn(self, shapes: Shapes | Shape) -> Shapes:
        """Shapes of EPSG:4326 in units, y down."""
        listed = np.atleast_1d(np.asarray(shapes, dtype=object))
        drawn: Shapes = shapely.transform(listed, self.units)
        return drawn


def fitting(bounds: Box, wide_mm: float, high_mm: float, *, margin_mm: float = 6) -> Frame:
    """The frame of that size with the largest round scale that holds `bounds` (EPSG:4326)."""
    west, south, east, north = bounds
    middle = (south + north) / 2
    across, along = metres_per_degree(middle)
    needed = max(
        (east - west) * across / (wide_mm - 2 * margin_mm),
        (north - south) * along / (high_mm - 2 * margin_mm),
    )
    scale = next((one for one in SCALES if one / 1000 >= needed), SCALES[-1])
    return Frame(
        wide=round(wide_mm * UNITS_PER_MM),
        high=round(high_mm * UNITS_PER_MM),
        scale=scale,
        centre=((west + east) / 2, middle),
    )


def path(shapes: Shapes | Shape) -> str:
    """SVG path data of polygons and lines in units, with whole relative steps."""
    written: list[str] = []
    for shape in np.atleast_1d(np.asarray(shapes, dtype=object)):
        for piece in shapely.get_parts(shape):
            area = piece.geom_type == "Polygon"
            for line in shapely.get_rings(piece) if area else [piece]:
                if line.geom_type not in {"LineString", "LinearRing"}:
                    continue
                points = np.rint(shapely.get_coordinates(line)).astype(int)
                steps = np.diff(points, axis=0)
                steps = steps[(steps != 0).any(axis=1)]
                if len(steps):
                    moves = " ".join(f"{x} {y}" for x, y in steps.tolist())
                    end = "z" if area else ""
                    written.append(f"M{points[0][0]} {points[0][1]}l{moves}{end}")
    return "".join(written)
