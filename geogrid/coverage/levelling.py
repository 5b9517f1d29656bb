"""Even out grids: move single blocks between neighbouring grids until their loads are alike."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.adjacency import adjacency

__all__ = ["level"]

ROUNDS = 60
INNER_MARGIN = 0.15  # of the range's width: grids are pulled this far inside it
PULL_TO_MEAN = 0.1  # of the penalty outside the range; lets homes travel across several grids
METRE = 1.0  # squared dwellings that one metre less of border is worth


def level(
    faces: ArrayLike, weights: ArrayLike, grid: ArrayLike, *, at_least: float, at_most: float
) -> NDArray[np.int64]:
    """Grid of each block after evening out; every grid stays in one piece.

    Parameters
    ----------
    faces : array_like of Polygon, shape (n,)
        Blocks that tile one connected territory exactly, EPSG:4326.
    weights : array_like of float, shape (n,)
        Households per block.
    grid : array_like of int, shape (n,)
        A grouping into grids of one piece each.
    at_least, at_most : float
        The wanted range. Where the sum asks for fewer grids, the lightest ones are given up.

    Returns
    -------
    ndarray of int64, shape (n,)
        0, 1, 2 ... A local optimum: a single block above `at_most` stays too heavy.
    """
    labels = np.unique(np.asarray(grid, dtype=np.int64), return_inverse=True)[1]
    loads = np.asarray(weights, dtype=np.float64)
    shapes = np.asarray(faces, dtype=object)
    inner = INNER_MARGIN * (at_most - at_least)
    state = _State(labels.tolist(), loads.tolist(), adjacency(shapes).neighbours(len(shapes)))
    wanted = _wanted_number(state.total, at_least, at_most)
    while len(state.members) > wanted and state.give_up_lightest():
        pass
    aim = _Aim(at_least + inner, at_most - inner, state.total / len(state.members))
    for _ in range(ROUNDS):
        if not sum(state.improve(block, aim) for block in range(len(loads))):
            break
    return np.unique(np.array(state.label), return_inverse=True)[1].astype(np.int64)


def _wanted_number(total: float, at_least: float, at_most: float) -> int:
    """How many grids: their mean is in the range, and near its middle, where that is possible."""
    number = max(1, round(total / ((at_least + at_most) / 2)))
    if total / number < at_least and number > 1:
        return number - 1
    if total / number > at_most and total / (number + 1) >= at_least:
        return number + 1
    return number


@dataclass(frozen=True, slots=True)
class _Aim:
    low: float
    high: float
    mean: float

    def penalty(self, load: float) -> float:
        """Squared dwellings: out of range weighs fully, off the mean a little."""
        outside = max(0.0, self.low - load, load - self.high)
        return outside**2 + PULL_TO_MEAN * (load - self.mean) ** 2


@dataclass(slots=True)
class _State:
    """`members[g]` and `sums[g]` follow `label`, which says the grid of every block."""

    label: list[int]
    load: list[float]
    borders: list[dict[int, float]]
    members: dict[int, set[int]] = field(init=False)
    sums: dict[int, float] = field(init=False)

    def __post_init__(self) -> None:
        self.members, self.sums = {}, {}
        for block, grid in enumerate(self.label):
            self.members.setdefault(grid, set()).add(block)
            self.sums[grid] = self.sums.get(grid, 0.0) + self.load[block]

    @property
    def total(self) -> float:
        return sum(self.load)

    def give_up_lightest(self) -> bool:
        """Join the lightest grid that has a neighbour with its lightest neighbour."""
        for grid in sorted(self.sums, key=lambda g: (self.sums[g], g)):
            around = {
                self.label[other] for block in self.members[grid] for other in self.borders[block]
            } - {grid}
            if around:
                into = min(around, key=lambda g: (self.sums[g], g))
                for block in list(self.members[grid]):
                    self.move(block, into)
                return True
        return False

    def move(self, block: int, into: int) -> None:
        old = self.label[block]
        self.members[old].discard(block)
        self.sums[old] -= self.load[block]
        self.label[block] = into
        self.members[into].add(block)
        self.sums[into] += self.load[block]
        if not self.members[old]:
            del self.members[old], self.sums[old]

    def improve(self, block: int, aim: _Aim) -> bool:
        """Move `block` to the neighbouring grid that gains most by it, if any does."""
        old = self.label[block]
        metres: dict[int, float] = {}
        for other, shared in self.borders[block].items():
            metres[self.label[other]] = metres.get(self.label[other], 0.0) + shared
        here = metres.pop(old, 0.0)
        if not metres or len(self.members[old]) == 1:
            return False
        gains = {
            grid: self._gain(block, old, grid, aim) + METRE * (shared - here)
            for grid, shared in metres.items()
        }
        best = max(gains, key=lambda grid: (gains[grid], -grid))
        if gains[best] <= 1e-6 or not self._stays_whole(block, old):
            return False
        self.move(block, best)
        return True

    def _gain(self, block: int, old: int, new: int, aim: _Aim) -> float:
        load, left, right = self.load[block], self.sums[old], self.sums[new]
        before = aim.penalty(left) + aim.penalty(right)
        return before - aim.penalty(left - load) - aim.penalty(right + load)

    def _stays_whole(self, block: int, grid: int) -> bool:
        """Whether the grid is still one piece without the block."""
        rest = self.members[grid] - {block}
        start = next((other for other in self.borders[block] if other in rest), None)
        if start is None:
            return False
        reached, edge = {start}, [start]
        while edge:
            for other in self.borders[edge.pop()]:
                if other in rest and other not in reached:
                    reached.add(other)
                    edge.append(other)
        return len(reached) == len(rest)
