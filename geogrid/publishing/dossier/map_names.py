"""Where names go on a paper map: along streets, inside communities, never over one another."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from layers.datum.shapes import Shape

__all__ = ["Names", "Text", "width_of"]

STRAIGHT = 0.97  # of a name's length: what its ends may come closer along a bent street
AGAIN = 3200  # units between two writings of one street: 8 cm
STEEP = 55  # degrees: from here on Chinese names stand, letter below letter
TRIES = 9


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text: its middle in units, degrees clockwise, size of its letters in units."""

    words: str
    x: float
    y: float
    turn: float = 0.0
    size: int = 90

    @property
    def base(self) -> float:
        """Where the letters stand, so that their middle is at `y`."""
        return round(self.y + self.size * 0.36, 1)


def width_of(words: str, size: int) -> float:
    """About how wide a text is: Chinese letters are square, others half as wide."""
    return size * sum(1.0 if ord(letter) > 0x2E7F else 0.56 for letter in words)


@dataclass(slots=True)
class Names:
    """What is written on a map of `wide` x `high` units, in order of importance."""

    wide: int
    high: int
    taken: list[Shape] = field(default_factory=list)

    def keep_clear(self, x: float, y: float, wide: float, high: float) -> None:
        """Nothing else is written over this box, whose middle is given."""
        self.taken.append(_box(x, y, wide, high))

    def at(self, words: str, x: float, y: float, size: int) -> Text | None:
        """A level text with its middle there, if nothing else is."""
        box = _box(x, y, width_of(words, size) + 30, size * 1.25)
        return Text(words, round(x), round(y), 0, size) if self._take(box) else None

    def inside(self, words: str, shape: Shape, size: int) -> Text | None:
        """A level text in the roomiest place of a polygon; None when there is no room."""
        if shapely.is_empty(shape) or shapely.area(shape) < size * size * 4:
            return None
        circle: Any = shapely.maximum_inscribed_circle(
            np.array([shape], dtype=object), tolerance=20.0
        )[0]
        (x, y), _edge = shapely.get_coordinates(circle)
        if shapely.length(circle) * 2 < size * 1.6:
            return None
        half = width_of(words, size) / 2 + 60
        x = min(max(x, half), self.wide - half)
        return self.at(words, x, y, size)

    def along(self, lines: Iterable[tuple[str, int, Shape]], size: int) -> list[Text]:
        """Names of streets, (name, rank, line) each: main streets first, then long ones."""
        by_name: dict[str, list[Shape]] = defaultdict(list)
        ranks: dict[str, int] = {}
        frame = shapely.box(0, 0, self.wide, self.high)
        for name, rank, line in lines:
            by_name[name].append(line)
            ranks[name] = min(rank, ranks.get(name, rank))
        merged = {
            name: shapely.intersection(shapely.line_merge(shapely.union_all(own)), frame)
            for name, own in by_name.items()
        }
        order = sorted(merged, key=lambda name: (ranks[name], -shapely.length(merged[name]), name))
        return [
            text for name in order for text in self._street(name, merged[name], ranks[name], size)
        ]

    def _street(self, name: str, line: Shape, rank: int, size: int) -> list[Text]:
        letters = round(size * (1.1 if rank <= 2 else 1.0 if rank <= 4 else 0.88))
        written: list[Text] = []
        where: list[tuple[float, float]] = []
        parts = sorted(shapely.get_parts(line), key=lambda part: -shapely.length(part))
        for part in parts[:6]:
            if part.geom_type != "LineString":
                continue
            for text, middle in self._stretches(name, part, letters):
                if all(math.dist(middle, known) > AGAIN for known in where):
                    box_taken = self._take(_turned(text, width_of(name, letters)))
                    if box_taken:
                        where.append(middle)
                        written += _standing(text, part) if _stands(text) else [text]
                        break
            if len(where) == 2:
                break
        return written

    def _stretches(
        self, name: str, line: Shape, size: int
    ) -> list[tuple[Text, tuple[float, float]]]:
        """Straight stretches of a line that are long enough for a name, the middle ones first."""
        need, length = width_of(name, size) * 1.08, float(shapely.length(line))
        if length < need:
            return []
        starts = np.linspace(0, length - need, TRIES)
        starts = starts[np.argsort(np.abs(starts - (length - need) / 2), kind="stable")]
        found = []
        for start in starts.tolist():
            along = np.array([start, start + need / 2, start + need])
            ends = shapely.line_interpolate_point(np.array(line, dtype=object), along)
            first, middle, last = shapely.get_coordinates(ends)
            chord = last - first
            if math.hypot(*chord) < need * STRAIGHT:
                continue
            bow = abs(chord[0] * (middle - first)[1] - chord[1] * (middle - first)[0])
            if bow / math.hypot(*chord) > size * 0.3:
                continue
            turn = math.degrees(math.atan2(chord[1], chord[0]))
            turn = turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn
            x, y = (first + last) / 2
            found.append((Text(name, round(x), round(y), round(turn, 1), size), (x, y)))
        return found

    def _take(self, box: Shape) -> bool:
        west, north, east, south = shapely.bounds(box)
        if west < 20 or north < 20 or east > self.wide - 20 or south > self.high - 20:
            return False
        if self.taken and shapely.intersects(np.array(self.taken, dtype=object), box).any():
            return False
        self.taken.append(box)
        return True


def _stands(text: Text) -> bool:
    return abs(text.turn) > STEEP and all(ord(letter) > 0x2E7F for letter in text.words)


def _standing(text: Text, line: Shape) -> list[Text]:
    """A Chinese name of a street that runs north: upright letters, one below the other."""
    down = math.radians(text.turn if text.turn > 0 else text.turn + 180)
    count = len(text.words)
    return [
        Text(
            letter,
            round(text.x + math.cos(down) * (place - (count - 1) / 2) * text.size * 1.04),
            round(text.y + math.sin(down) * (place - (count - 1) / 2) * text.size * 1.04),
            0,
            text.size,
        )
        for place, letter in enumerate(text.words)
    ]


def _box(x: float, y: float, wide: float, high: float) -> Shape:
    box: Shape = shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    return box


def _turned(text: Text, wide: float) -> Shape:
    radians = math.radians(text.turn)
    along = np.array([math.cos(radians), math.sin(radians)]) * (wide / 2 + 15)
    across = np.array([-math.sin(radians), math.cos(radians)]) * text.size * 0.6
    middle = np.array([text.x, text.y])
    box: Shape = shapely.Polygon(
        np.array(
            [
                middle + along + across,
                middle + along - across,
                middle - along - across,
                middle - along + across,
            ]
        )
    )
    return box
