"""Random edits where territories are made of islands, have holes, and touch themselves in points.

Small grounds on few lattice steps, so that most things drawn are too close to something: units
with fixed outlines, now and then unlocked, grids allowed in pieces, shapes that change places.
"""

import os
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
import shapely

from geogrid.coverage.closeness import unsettled
from geogrid.coverage.edits import (
    Change,
    Refused,
    Tiling,
    claim,
    delete_vertex,
    insert_vertex,
    merge,
    move_border,
    move_vertex,
    redraw,
    replace,
    split,
    straighten,
)
from geogrid.coverage.nesting import union
from geogrid.coverage.proof import invalid, residue
from geogrid.coverage.refinement import departures
from layers.datum.lattice import STEP, from_steps, to_steps
from layers.datum.shapes import Shape

EDITS = 40  # on one ground
Corner = tuple[int, int]


def polygon(*corners: Corner) -> Shape:
    return shapely.Polygon(from_steps(np.array(corners)))


class Islands:
    """A ground of two or three pieces of land, or one with a lake, under random edits."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.size = int(self.random.choice([60, 300, 2000]))
        parts = self._land()
        groups = {n: n % 2 for n in range(len(parts))} if self._happens(0.4) else {}
        self.base = shapely.multipolygons(parts) if len(parts) > 1 else parts[0]
        self.tiling = Tiling(parts, self.base, groups=groups)
        self.told: Counter[str] = Counter()

    def step(self) -> None:
        name, operation = OPERATIONS[int(self.random.integers(len(OPERATIONS)))]
        keys = list(self.tiling.shapes)
        unlocked = self._happens(0.2)
        allowed = keys if self._happens(0.2) else ()
        units = self._units()
        try:
            change = operation(self, {"unlocked": unlocked, "pieces_allowed": allowed})
        except Refused as refused:
            assert refused.where is not None
            self.told[f"{name}: {refused.code}"] += 1
            return
        assert {key for key in change.shapes if key >= 0} <= change.patch
        self.tiling.apply(change)
        self.told[name] += 1
        self._check()
        if not unlocked:
            self._check_units(units)

    def _check(self) -> None:
        shapes, outline = list(self.tiling.shapes.values()), self.tiling.outline
        assert not len(invalid([*shapes, outline]))
        assert not len(residue(shapes, [outline]))
        assert not len(departures(self.base, outline))
        assert unsettled(shapes) == []

    def _units(self) -> dict[object, Shape]:
        members: dict[object, list[Shape]] = {}
        for key, unit in self.tiling.groups.items():
            members.setdefault(unit, []).append(self.tiling.shapes[key])
        return {unit: union(shapes) for unit, shapes in members.items()}

    def _check_units(self, before: dict[object, Shape]) -> None:
        for unit, now in self._units().items():
            moved = shapely.symmetric_difference(before[unit], now).area
            assert moved <= 1.5 * STEP * now.length, unit

    # --- what is drawn

    def _land(self) -> list[Shape]:
        n = self.size
        half, third = n // 2, n // 3
        down, up = (int(self.random.integers(third)) for _ in range(2))
        lake = polygon((third, third), (third, 2 * third), (2 * third, 2 * third + 1))
        whole = polygon((0, 0), (n, 3), (n, n), (0, n))
        grounds = [
            [polygon((0, 0), (n, down), (n, n), (up, n))],
            [shapely.Polygon(whole.exterior, [lake.exterior])],
            [  # touching in a point
                polygon((0, 0), (half, 0), (half, half), (0, half - 2)),
                polygon((half, half), (n, half + 1), (n, n), (half, n)),
            ],
            [
                polygon((0, 0), (third, 0), (third, n), (0, n)),
                polygon((2 * third, 0), (n, 0), (n, third), (2 * third, third)),
                polygon((2 * third, 2 * third), (n, 2 * third), (n, n), (2 * third, n)),
            ],
        ]
        return grounds[int(self.random.integers(len(grounds)))]

    def _happens(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def _key(self) -> int:
        return int(self.random.choice(list(self.tiling.shapes)))

    def _place(self) -> np.ndarray:
        if self._happens(0.5):
            corners = to_steps(shapely.get_coordinates(self.tiling.shapes[self._key()]))
            nudge = self.random.choice([0, 0, 0, 1, -1], 2)
            return from_steps(corners[int(self.random.integers(len(corners)))] + nudge)
        return from_steps(self.random.integers(-3, self.size + 4, 2))

    def _point(self) -> Shape:
        return shapely.Point(self._place())

    def _line(self) -> Shape:
        return shapely.LineString([self._place() for _ in range(self.random.integers(2, 6))])

    def _area(self) -> Shape:
        return shapely.Polygon([self._place() for _ in range(self.random.integers(3, 6))])

    # --- the operations

    def split(self, rights: dict) -> Change:
        return split(self.tiling, self._key(), self._line(), **rights)

    def claim(self, rights: dict) -> Change:
        return claim(self.tiling, self._key(), self._area(), **rights)

    def cut_out(self, rights: dict) -> Change:
        return claim(self.tiling, -1, self._area(), **rights)

    def merge(self, rights: dict) -> Change:
        return merge(self.tiling, self._key(), [self._key()], **rights)

    def redraw(self, rights: dict) -> Change:
        return redraw(self.tiling, self._key(), self._area(), **rights)

    def move_border(self, rights: dict) -> Change:
        return move_border(self.tiling, self._key(), self._key(), self._line(), **rights)

    def straighten(self, rights: dict) -> Change:
        return straighten(self.tiling, self._key(), self._key(), **rights)

    def move_vertex(self, rights: dict) -> Change:
        return move_vertex(self.tiling, self._point(), self._point(), **rights)

    def insert_vertex(self, rights: dict) -> Change:
        border = shapely.get_coordinates(self.tiling.shapes[self._key()])
        at = int(self.random.integers(len(border) - 1))
        segment = shapely.LineString(border[at : at + 2])
        return insert_vertex(self.tiling, segment, self._point(), **rights)

    def delete_vertex(self, rights: dict) -> Change:
        return delete_vertex(self.tiling, self._point(), **rights)

    def change_places(self, rights: dict) -> Change:
        """Shapes of a few grids dealt to each other: anew, united, twice, or one left out."""
        keys = list(self.tiling.shapes)
        some = self.random.permutation(keys)[: self.random.integers(1, 5)].tolist()
        shapes = [self.tiling.shapes[key] for key in self.random.permutation(some).tolist()]
        gone: set[int] = set()
        if len(shapes) > 1 and self._happens(0.3):
            shapes[:2] = [union(shapes[:2])]
            gone = {some.pop()} if self._happens(0.5) else set()
        if self._happens(0.3):
            shapes.append(shapes[int(self.random.integers(len(shapes)))])
            some += [-1] if self._happens(0.5) else []
        sent = dict(zip(some, shapes, strict=False))
        return replace(self.tiling, sent, gone - sent.keys(), **rights)


OPERATIONS: list[tuple[str, Callable[[Islands, dict], Change]]] = [
    ("split", Islands.split),
    ("split", Islands.split),
    ("claim", Islands.claim),
    ("cut out", Islands.cut_out),
    ("merge", Islands.merge),
    ("redraw", Islands.redraw),
    ("move border", Islands.move_border),
    ("straighten", Islands.straighten),
    ("move vertex", Islands.move_vertex),
    ("insert vertex", Islands.insert_vertex),
    ("insert vertex", Islands.insert_vertex),
    ("delete vertex", Islands.delete_vertex),
    ("change places", Islands.change_places),
    ("change places", Islands.change_places),
]


def run(seed: int, grounds: int) -> Counter[str]:
    told: Counter[str] = Counter()
    for number in range(seed, seed + grounds):
        islands = Islands(number)
        for step in range(EDITS):
            try:
                islands.step()
            except Exception as error:
                error.add_note(f"seed {number}, step {step}")
                raise
        told += islands.told
    return told


def test_two_thousand_random_edits_of_islands() -> None:
    told = run(1, 50)
    done = {name for name in told if ":" not in name}
    assert len(done) >= 9, told  # the islands are edited, and not only refused


@pytest.mark.long
@pytest.mark.parametrize("part", range(10))
def test_fifty_thousand_random_edits_of_islands(part: int) -> None:
    seed = int(os.environ.get("GEOGRID_SEED", "1000"))
    run(seed + 1000 * part, 125)
