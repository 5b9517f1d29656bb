"""Tilings drawn as text, for edits: letters are grids, places are counted in cells."""

from collections.abc import Hashable, Mapping

import numpy as np
import shapely

from geogrid.coverage.closeness import unsettled
from geogrid.coverage.edits import Change, Refused, Tiling
from geogrid.coverage.proof import tiles
from geogrid.coverage.refinement import departures
from geogrid.coverage.segments import directed_segments
from layers.datum.lattice import from_steps, to_steps
from layers.datum.shapes import Shape, ShapesLike
from tests.pictures import CELL, ORIGIN, picture

Place = tuple[float, float]


def degrees(place: Place, offset: tuple[int, int] = (0, 0)) -> Place:
    """Longitude and latitude of a place counted in cells from the picture's lower left corner."""
    x, y = from_steps(np.rint(np.multiply(place, CELL)) + ORIGIN + offset)
    return float(x), float(y)


def point(x: float, y: float, *, steps: tuple[int, int] = (0, 0)) -> shapely.Point:
    return shapely.Point(degrees((x, y), steps))


def line(*places: Place) -> shapely.LineString:
    return shapely.LineString([degrees(place) for place in places])


def area(*places: Place) -> shapely.Polygon:
    return shapely.Polygon([degrees(place) for place in places])


def rectangle(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(*degrees((west, south)), *degrees((east, north)))


class Town(Tiling):
    """A picture whose grids go by their letters' order: a is 0, b is 1 ..."""

    def __init__(self, text: str, *, groups: Mapping[str, Hashable] | None = None) -> None:
        drawn = picture(text)
        letters = {letter: number for number, letter in enumerate(drawn)}
        named = {letters[letter]: unit for letter, unit in (groups or {}).items()}
        super().__init__(drawn.values(), groups=named)
        self.first_outline = self.outline

    def carry_out(self, change: Change) -> dict[int, int]:
        """Apply a change and check everything that has to hold after every edit."""
        made = self.apply(change)
        check(self, self.first_outline)
        return made

    def cells(self) -> dict[int, float]:
        """How many cells each grid covers."""
        size = (CELL * 1e-7) ** 2
        return {key: round(shape.area / size, 3) for key, shape in self.shapes.items()}


def check(tiling: Tiling, base: Shape) -> None:
    shapes = list(tiling.shapes.values())
    assert tiles(shapes, tiling.outline)
    assert not len(departures(base, tiling.outline))
    assert unsettled(shapes) == []


def edges(shapes: ShapesLike) -> set[tuple[int, int]]:
    """The packed ends of all border segments, in no direction."""
    segments = directed_segments(shapes)
    return set(zip(segments.low.tolist(), segments.high.tolist(), strict=True))


def places(shape: shapely.Geometry) -> set[Place]:
    """The vertices of a shape, counted in cells."""
    cells = (to_steps(shapely.get_coordinates(shape)) - ORIGIN) / CELL
    return {(float(x), float(y)) for x, y in cells}


def refusal(error: Refused) -> tuple[str, tuple[int, ...]]:
    return str(error.code), error.keys
