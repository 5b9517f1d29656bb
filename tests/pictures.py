"""Tilings drawn as text, so that a test shows what it is about.

    aab
    acc

is three polygons of unit cells, a at the top left. A dot is nothing. Cells are squares of whole
lattice steps, and every cell corner on a border is a vertex, so a picture is always exact.
"""

import textwrap

import numpy as np
import shapely

from layers.datum.lattice import from_steps

CELL = 2000  # steps: about 20 m
ORIGIN = (1_130_000_000, 300_000_000)  # 113 E 30 N, where the fictional town could be


def picture(
    text: str, *, cell: int = CELL, origin: tuple[int, int] = ORIGIN
) -> dict[str, shapely.Geometry]:
    """The polygons of a picture by letter, in order of letters; `origin` is its lower left."""
    rows = [row.strip() for row in textwrap.dedent(text).split() if row.strip()]
    cells: dict[str, list[shapely.Polygon]] = {}
    for up, row in enumerate(reversed(rows)):
        for along, letter in enumerate(row):
            if letter != ".":
                cells.setdefault(letter, []).append(square(along, up, cell=cell, origin=origin))
    return {letter: shapely.coverage_union_all(cells[letter]) for letter in sorted(cells)}


def square(
    along: int, up: int, *, cell: int = CELL, origin: tuple[int, int] = ORIGIN
) -> shapely.Polygon:
    """One cell of a picture."""
    corners = np.add([(0, 0), (1, 0), (1, 1), (0, 1)], (along, up))
    return shapely.Polygon(from_steps(corners * cell + origin))


def whole(text: str, **place: object) -> shapely.Geometry:
    """Everything that is drawn, as one shape: the territory of the picture."""
    return shapely.coverage_union_all(list(picture(text, **place).values()))
