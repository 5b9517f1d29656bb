"""Kernel edits at 1,000 and 10,000 grids, next to what one would write without a kernel.

Each edit is worked out, timed (processor time: the machine is shared) and carried out, so the
tiling lives through all of them. The naive column does the same to polygons alone with shapely's
split, difference and union: it is fast, and the last column says how many of its results still
matched their neighbours.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from geogrid.coverage.edits import (
    Change,
    Refused,
    Tiling,
    claim,
    merge,
    move_border,
    move_vertex,
    redraw,
    split,
    straighten,
)
from geogrid.coverage.proof import residue
from layers.datum.shapes import Shape
from tests.tilings import PITCH, tiling

SIZES = (1_000, 10_000)
EDITS = 150  # of each kind
METRE = 1e-5  # degrees, nearly


class Planner:
    """Draws the same kinds of lines in a town of any size."""

    def __init__(self, size: int) -> None:
        town = tiling(size)
        self.random = np.random.default_rng(7)
        self.tiling = Tiling(town.faces)

    def grid(self) -> int:
        keys = list(self.tiling.shapes)
        return keys[int(self.random.integers(len(keys)))]

    def neighbour(self, key: int) -> int:
        found = [other for other in self.tiling.near(self.tiling.shape(key)) if other != key]
        return found[int(self.random.integers(len(found)))]

    def line(self, key: int) -> Shape:
        """Through the middle of a grid, with seven bends."""
        centre = np.array(self.tiling.shape(key).centroid.coords[0])
        angle, share = self.random.uniform(0, np.pi), np.linspace(-1, 1, 8)[:, None]
        along = 1.5 * PITCH * np.array([np.cos(angle), np.sin(angle)])
        bends = self.random.normal(0, 3 * METRE, (8, 1)) * along[::-1] / PITCH
        return shapely.LineString(centre + share * along + bends)

    def vertex(self, key: int) -> NDArray[np.float64]:
        xy = shapely.get_coordinates(self.tiling.shape(key))
        corner: NDArray[np.float64] = xy[int(self.random.integers(len(xy)))]
        return corner


Drawn = tuple[Callable[[], Change], Callable[[], list[Shape]] | None]


def _split(planner: Planner) -> Drawn:
    key = planner.grid()
    line, shape = planner.line(key), planner.tiling.shape(key)
    return (
        lambda: split(planner.tiling, key, line),
        lambda: list(shapely.ops.split(shape, line).geoms),
    )


def _claim(planner: Planner) -> Drawn:
    key = planner.grid()
    lasso = shapely.Point(planner.vertex(key)).buffer(15 * METRE)
    around = planner.tiling.near(lasso)

    def naive() -> list[Shape]:
        others = [shape.difference(lasso) for other, shape in around.items() if other != key]
        land = shapely.union_all([shape.intersection(lasso) for shape in around.values()])
        return [*others, planner.tiling.shape(key).union(land)]

    return lambda: claim(planner.tiling, key, lasso), naive


def _redraw(planner: Planner) -> Drawn:
    key = planner.grid()
    old = planner.tiling.shape(key)
    shape = shapely.Polygon(old.buffer(3 * METRE, quad_segs=2).exterior)
    around = planner.tiling.near(shape)

    def naive() -> list[Shape]:
        others = [one.difference(shape) for other, one in around.items() if other != key]
        return [*others, shapely.union_all(list(around.values())).intersection(shape)]

    return lambda: redraw(planner.tiling, key, shape), naive


def _merge(planner: Planner) -> Drawn:
    key = planner.grid()
    other = planner.neighbour(key)
    shapes = [planner.tiling.shape(key), planner.tiling.shape(other)]
    return lambda: merge(planner.tiling, key, [other]), lambda: [shapely.union_all(shapes)]


def _move_border(planner: Planner) -> Drawn:
    key = planner.grid()
    other = planner.neighbour(key)
    line = planner.line(key)
    both = shapely.union_all([planner.tiling.shape(key), planner.tiling.shape(other)])
    return (
        lambda: move_border(planner.tiling, key, other, line),
        lambda: list(shapely.ops.split(both, line).geoms),
    )


def _straighten(planner: Planner) -> Drawn:
    key = planner.grid()
    other = planner.neighbour(key)
    return lambda: straighten(planner.tiling, key, other), None


def _move_vertex(planner: Planner) -> Drawn:
    corner = planner.vertex(planner.grid())
    to = shapely.Point(corner + planner.random.normal(0, METRE, 2))
    return lambda: move_vertex(planner.tiling, shapely.Point(corner), to), None


KINDS: dict[str, Callable[[Planner], Drawn]] = {
    "split": _split,
    "claim": _claim,
    "redraw": _redraw,
    "merge": _merge,
    "move border": _move_border,
    "straighten": _straighten,
    "move vertex": _move_vertex,
}


def main() -> None:
    print(f"{EDITS} edits of each kind; milliseconds, median and 95th percentile")
    print(f"{'':<13}{'1,000 grids':>18}{'10,000 grids':>18}  p95 ratio", end="")
    print(f"{'naive, 10,000':>22}  naive exact")
    planners = [Planner(size) for size in SIZES]
    everything: list[list[float]] = [[], []]
    for name, draw in KINDS.items():
        rows = [_measured(planner, draw) for planner in planners]
        for every, row in zip(everything, rows, strict=True):
            every.extend(row.kernel)
        _line(name, rows[0].kernel, rows[1].kernel, rows[1])
    _line("all", everything[0], everything[1], None)


class Row:
    def __init__(self) -> None:
        self.kernel: list[float] = []
        self.naive: list[float] = []
        self.exact = 0


def _measured(planner: Planner, draw: Callable[[Planner], Drawn]) -> Row:
    """Kernel edits are timed whether they land or are refused."""
    row = Row()
    for kernel, naive in _edits(planner, draw):
        started = time.process_time()
        try:
            change = kernel()
        except Refused:
            change = None
        row.kernel.append(time.process_time() - started)
        if change is None:
            continue
        if naive is not None:
            started = time.process_time()
            result = naive()
            row.naive.append(time.process_time() - started)
            row.exact += _matches(planner.tiling, result)
        planner.tiling.apply(change)
    return row


def _edits(planner: Planner, draw: Callable[[Planner], Drawn]) -> Iterator[Drawn]:
    for _ in range(EDITS):
        yield draw(planner)


def _matches(tiling: Tiling, result: list[Shape]) -> bool:
    """Whether shapes cancel against the neighbours that nobody touched."""
    if not all(shape.geom_type in ("Polygon", "MultiPolygon") for shape in result):
        return False
    whole = shapely.union_all(result)
    inner = whole.buffer(-METRE / 100)
    replaced = [shape for shape in tiling.near(whole).values() if shape.intersects(inner)]
    return not len(residue(result, replaced))


def _line(name: str, small: list[float], large: list[float], row: Row | None) -> None:
    one, two = _figures(small), _figures(large)
    print(f"{name:<13}{_pair(one)}{_pair(two)}  {two[1] / one[1]:9.2f}", end="")
    if row is not None and row.naive:
        share = f"{row.exact} of {len(row.naive)}"
        print(f"{_pair(_figures(row.naive)):>22}  {share:>11}", end="")
    print()


def _figures(seconds: list[float]) -> tuple[float, float]:
    return float(np.median(seconds)) * 1000, float(np.percentile(seconds, 95)) * 1000


def _pair(figures: tuple[float, float]) -> str:
    return f"{figures[0]:9.2f}{figures[1]:9.2f}"
