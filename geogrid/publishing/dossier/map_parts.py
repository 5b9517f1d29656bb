"""What a map on paper consists of: paths in units of its frame, y down, and texts."""

from __future__ import annotations

from dataclasses import dataclass

from geogrid.publishing.dossier.map_frame import UNITS_PER_MM, Frame
from geogrid.publishing.dossier.map_names import Text, width_of

__all__ = ["COLOURS", "Map", "Piece", "Street"]

COLOURS = ("#f3e3cf", "#dbe9e4", "#ece0ee", "#e3ead0", "#dde4f2", "#f4ddda")


@dataclass(frozen=True, slots=True)
class Street:
    """Streets of about one width, as one path; `wide` in units."""

    wide: int
    path: str

    @property
    def casing(self) -> int:
        return self.wide + 10


@dataclass(frozen=True, slots=True)
class Piece:
    """A coloured part of the overview: a community."""

    tint: int
    path: str

    @property
    def colour(self) -> str:
        return COLOURS[self.tint]


@dataclass(frozen=True, slots=True)
class Map:
    """Everything the template draws; paths in units of the frame, y down."""

    frame: Frame
    landscape: bool
    pieces: list[Piece]
    water: str
    waterways: str
    green: str
    buildings: str
    streets: list[Street]
    railways: str
    outside: str
    borders: str
    other_borders: str
    communities: str
    edge: str
    numbers: list[Text]
    neighbours: list[Text]
    names: list[Text]
    watermark: str = ""

    @property
    def wide_mm(self) -> float:
        return self.frame.wide / UNITS_PER_MM

    @property
    def high_mm(self) -> float:
        return self.frame.high / UNITS_PER_MM

    @property
    def watermark_size(self) -> int:
        """As large as fits across the map, turned, at most 34 mm."""
        fits = self.frame.wide * 0.72 / max(width_of(self.watermark, 100) / 100, 1.0)
        return round(min(fits, 34 * UNITS_PER_MM))

    @property
    def middle(self) -> tuple[int, int]:
        return round(self.frame.wide / 2), round(self.frame.high / 2)

    @property
    def north_x(self) -> int:
        return self.frame.wide - 160

    @property
    def bar_y(self) -> int:
        return self.frame.high - 110

    @property
    def bar_box(self) -> int:
        return self.frame.bar.units + 120

    @property
    def bar_words(self) -> str:
        metres = self.frame.bar.metres
        return f"{metres} m" if metres < 1000 else f"{metres // 1000} km"

    @property
    def scale_words(self) -> str:
        """The denominator in groups of three, parted by thin spaces as on maps."""
        return f"{self.frame.scale:,}".replace(",", "\u2009")
