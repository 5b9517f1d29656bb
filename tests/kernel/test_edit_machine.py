"""Thousands of random edits in a row: after each one the tiling is exact, settled and whole.

Half of them are meant badly: lines through existing vertices, one to three steps beside a border,
along it, ending on the outline. A refusal is an answer; an exception of another kind, or a
tiling that breaks, is a failure. A failing run is repeated by its seed.
"""

import os
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import shapely

from geogrid.coverage.arrange import arrange
from geogrid.coverage.borders import common_border
from geogrid.coverage.closeness import unsettled
from geogrid.coverage.edits import (
    Change,
    Refined,
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
    snap_to_street,
    split,
    straighten,
)
from geogrid.coverage.nesting import union
from geogrid.coverage.proof import residue, tiles
from geogrid.coverage.refinement import departures
from geogrid.coverage.segments import pack
from layers.datum.lattice import STEP, on_lattice, to_steps
from tests.edited import edges
from tests.tilings import PITCH, tiling

METRE = 1e-5  # degrees, nearly
GRIDS = 80
PARTS = 4  # the ordinary run is divided, so that several workers share it


class Machine:
    """A town under random edits."""

    def __init__(self, seed: int, *, fixed: bool, lakes: bool) -> None:
        self.random = np.random.default_rng(seed)
        faces = tiling(GRIDS, seed=seed).faces
        if lakes:
            faces = faces[self.random.random(len(faces)) > 0.15]
        groups = None
        if fixed:
            places = shapely.get_coordinates(shapely.centroid(faces)) // (3 * PITCH)
            groups = {number: tuple(row) for number, row in enumerate(places.astype(int))}
        self.tiling = Tiling(faces, groups=groups)
        self.base = self.tiling.outline
        self.units = self._unit_shapes()
        self.last: tuple[dict[int, shapely.Geometry], Change, dict[int, int]] | None = None
        self.told: Counter[str] = Counter()

    # --- one step

    def step(self) -> None:
        name, operation = self._choice(OPERATIONS)
        try:
            change = operation(self)
        except Refused as refused:
            assert refused.where is not None
            self.told[f"{name}: {refused.code}"] += 1
            return
        if change is None:
            return
        before = {key: self.tiling.shapes[key] for key in change.patch}
        made = self.tiling.apply(change)
        self.told[name] += 1
        self.last = (before, change, made)
        self._check_step(before, change, made)

    def _check_step(
        self, before: dict[int, shapely.Geometry], change: Change, made: dict[int, int]
    ) -> None:
        after = [self.tiling.shapes[made.get(key, key)] for key in change.shapes]
        assert {shapely.get_num_geometries(shape) for shape in after} <= {1}
        assert shapely.is_valid(after).all()
        assert on_lattice(after).all()
        old = [before[key] for key in before if key in change.shapes or key in change.gone]
        left = residue(after, old)
        told = Counter(segment for each in change.refined for segment in _segments(each))
        assert Counter(zip(left.low.tolist(), left.high.tolist(), strict=True)) == told
        around = self.tiling.near(shapely.union_all(shapely.box(*shapely.bounds(after).T)), 2)
        made_of = shapely.multipoints(shapely.get_coordinates(after))
        close = [shape for shape in around.values() if shape.distance(made_of) < 2 * STEP]
        assert unsettled(close) == []

    def check_all(self) -> None:
        shapes = list(self.tiling.shapes.values())
        assert tiles(shapes, self.tiling.outline)
        assert not len(departures(self.base, self.tiling.outline))
        assert unsettled(shapes) == []
        assert edges(arrange(shapely.boundary(shapes))) == edges(shapes)
        for unit, shape in self._unit_shapes().items():
            assert not len(departures(self.units[unit], shape)), unit

    def _unit_shapes(self) -> dict[object, shapely.Geometry]:
        members: dict[object, list[shapely.Geometry]] = {}
        for key, unit in self.tiling.groups.items():
            members.setdefault(unit, []).append(self.tiling.shapes[key])
        return {unit: union(shapes) for unit, shapes in members.items()}

    # --- what a planner draws

    def _choice(self, things: list) -> object:
        return things[int(self.random.integers(len(things)))]

    def _grid(self) -> int:
        return self._choice(list(self.tiling.shapes))

    def _neighbour(self, key: int) -> int:
        return self._choice([*self.tiling.near(self.tiling.shapes[key])])

    def _vertex(self, key: int) -> np.ndarray:
        return self._choice(list(shapely.get_coordinates(self.tiling.shapes[key])))

    def _wiggle(self, start: np.ndarray, end: np.ndarray) -> shapely.LineString:
        count = int(self.random.integers(2, 10))
        share = np.linspace(0, 1, count)[:, None]
        across = np.array([-(end - start)[1], (end - start)[0]])
        size = self._choice([0, 0.02, 0.1])
        wave = self.random.normal(0, size, (count, 1)) * np.sin(np.pi * share)
        return shapely.LineString(start + share * (end - start) + wave * across)

    def _through(self, key: int) -> shapely.LineString:
        centre = np.array(self.tiling.shapes[key].centroid.coords[0])
        angle = self.random.uniform(0, np.pi)
        reach = 2 * PITCH * np.array([np.cos(angle), np.sin(angle)])
        return self._wiggle(centre - reach, centre + reach)

    def _along(self, key: int) -> shapely.LineString:
        """Beside the grid's own border, by less than a step to three."""
        ring = np.array(self.tiling.shapes[key].exterior.coords[:-1])
        ring = np.roll(ring, int(self.random.integers(len(ring))), axis=0)
        part = ring[: int(self.random.integers(2, len(ring)))]
        return shapely.LineString(part + self._nudge() if self.random.random() < 0.5 else part)

    def _nudge(self) -> np.ndarray:
        return self.random.normal(0, self._choice([0.4, 1, 3]), 2) * STEP

    def _chord(self, key: int) -> shapely.LineString:
        """From vertex to vertex, from the outline to a vertex, or a step beside."""
        start, end = self._vertex(key), self._vertex(key)
        if self.random.random() < 0.3:
            rim = shapely.boundary(self.tiling.outline)
            start = np.array(shapely.shortest_line(rim, shapely.Point(start)).coords[0])
        if self.random.random() < 0.3:
            start = start + self._nudge()
        if (start == end).all():
            end = end + PITCH
        return shapely.LineString([start, end])

    def _line(self, key: int) -> shapely.LineString:
        return self._choice([self._through, self._through, self._along, self._chord])(key)

    # --- the operations

    def split(self) -> Change:
        key = self._grid()
        return split(self.tiling, key, self._line(key))

    def merge(self) -> Change | None:
        key = self._grid()
        if len(self.tiling.shapes) < GRIDS and self.tiling.shapes[key].area > PITCH**2:
            return None
        return merge(self.tiling, key, [self._neighbour(key)])

    def claim(self) -> Change:
        key = self._grid()
        radius = self._choice([0.05, 1, 8, 40]) * METRE
        corner = shapely.Point(self._vertex(key))
        lasso = corner.buffer(radius, quad_segs=int(self.random.integers(1, 9)))
        target = key if self.random.random() < 0.8 else -1
        return claim(self.tiling, target, lasso)

    def claim_along_borders(self) -> Change | None:
        """A lasso that follows the common border, and leaves vertices of it out."""
        key = self._grid()
        other = self._neighbour(key)
        borders = common_border(self.tiling.shapes[key], self.tiling.shapes[other])
        if key == other or not len(borders):
            return None
        border = np.array(self._choice(list(borders)).coords)
        start = int(self.random.integers(len(border) - 1))
        inner = self.tiling.shapes[other].representative_point().coords[0]
        step = 1 if self.random.random() < 0.5 else 2  # leaves vertices of the border out
        lasso = shapely.Polygon([*border[start : start + 7 : step], border[-1], inner])
        return claim(self.tiling, key, lasso, sources=[other])

    def redraw(self) -> Change | None:
        key = self._grid()
        margin = self._choice([-8, -2, -0.02, 0.02, 0.5, 8]) * METRE
        shape = self.tiling.shapes[key].buffer(margin, quad_segs=2)
        if shape.geom_type != "Polygon" or shape.is_empty:
            return None
        return redraw(self.tiling, key, shapely.Polygon(shape.exterior))

    def move_border(self) -> Change:
        key = self._grid()
        other = self._neighbour(key)
        line = self._through(key) if self.random.random() < 0.7 else self._line(other)
        return move_border(self.tiling, key, other, line)

    def straighten(self) -> Change:
        key = self._grid()
        return straighten(self.tiling, key, self._neighbour(key))

    def snap_to_street(self) -> Change:
        key = self._grid()
        other = self._neighbour(key)
        streets = [self._through(key), self._through(other), self._line(key)]
        return snap_to_street(self.tiling, key, other, streets, within_m=20)

    def move_vertex(self) -> Change:
        vertex = self._vertex(self._grid())
        far = self._choice([0.02, 2, 10]) * METRE
        to = vertex + self.random.normal(0, far, 2)
        return move_vertex(self.tiling, shapely.Point(vertex), shapely.Point(to))

    def insert_vertex(self) -> Change:
        ring = np.array(self.tiling.shapes[self._grid()].exterior.coords)
        at = int(self.random.integers(len(ring) - 1))
        segment, middle = ring[at : at + 2], ring[at : at + 2].mean(axis=0)
        to = middle + self.random.normal(0, self._choice([0, 0, 2]) * METRE, 2)
        return insert_vertex(self.tiling, shapely.LineString(segment), shapely.Point(to))

    def delete_vertex(self) -> Change:
        return delete_vertex(self.tiling, shapely.Point(self._vertex(self._grid())))

    def undo(self) -> Change | None:
        if self.last is None:
            return None
        before, change, made = self.last
        self.last = None
        mine = {key: before[key] for key in change.shapes if key in before}
        back = {-n: before[key] for n, key in enumerate(sorted(change.gone), start=1)}
        return replace(self.tiling, {**mine, **back}, made.values())


OPERATIONS: list[tuple[str, Callable[[Machine], Change | None]]] = [
    ("split", Machine.split),
    ("split", Machine.split),
    ("merge", Machine.merge),
    ("merge", Machine.merge),
    ("claim", Machine.claim),
    ("claim", Machine.claim),
    ("claim along borders", Machine.claim_along_borders),
    ("redraw", Machine.redraw),
    ("move border", Machine.move_border),
    ("straighten", Machine.straighten),
    ("snap to street", Machine.snap_to_street),
    ("move vertex", Machine.move_vertex),
    ("insert vertex", Machine.insert_vertex),
    ("delete vertex", Machine.delete_vertex),
    ("undo", Machine.undo),
]


def _segments(refined: Refined) -> list[tuple[int, int]]:
    now = pack(to_steps([refined.start, *refined.inserted, refined.finish])).tolist()
    then = pack(to_steps([refined.start, *refined.removed, refined.finish])).tolist()
    pairs = [*pairwise(now), *pairwise(then)]
    return [(min(pair), max(pair)) for pair in pairs]


def run(seed: int, steps: int, *, fixed: bool = False, lakes: bool = False) -> Machine:
    machine = Machine(seed, fixed=fixed, lakes=lakes)
    for number in range(1, steps + 1):
        try:
            machine.step()
            if number % 100 == 0:
                machine.check_all()
        except Exception as error:
            error.add_note(f"seed {seed}, step {number}, fixed {fixed}, lakes {lakes}")
            raise
    return machine


@pytest.mark.parametrize("part", range(PARTS))
def test_two_thousand_random_edits(part: int) -> None:
    machine = run(part + 1, 2000 // PARTS, fixed=part % 2 == 1, lakes=part >= 2)
    done = {name for name in machine.told if ":" not in name}
    assert len(done) >= 8, machine.told  # the machine does edit, it is not only refused


@pytest.mark.long
@pytest.mark.parametrize("part", range(10))
def test_fifty_thousand_random_edits(part: int) -> None:
    seed = int(os.environ.get("GEOGRID_SEED", "1000"))
    run(seed + part, 5000, fixed=part % 2 == 1, lakes=part % 4 >= 2)
