"""Single blocks that could change hands, best first: what a balance panel proposes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.adjacency import Adjacency, adjacency
from geogrid.coverage.aim import Aim
from geogrid.coverage.barriers import Borders
from geogrid.coverage.cutting import connected
from layers.datum.metric import area_m2, length_m
from layers.datum.shapes import ShapesLike, listed

__all__ = ["Move", "moves"]

HALF_AROUND = 2.25  # see `balance`


@dataclass(frozen=True, slots=True)
class Move:
    """One block given from one grid to a neighbour; all effects are "after minus before".

    Attributes
    ----------
    block : int
    source, target : int
        Grids, numbered as in `grid`.
    source_load, target_load : float
        Loads after the move.
    outside : float
        Change of the sum of weights by which the two grids are out of the range; negative is
        better.
    compactness : float
        Change of the mean Polsby-Popper of the two grids; positive is better.
    border_m : float
        Change of the price of the border, in metres times the factors of the streets; negative
        is better.
    gain : float
        All of it in one number, by the measure `balance` uses; positive is better.
    """

    block: int
    source: int
    target: int
    source_load: float
    target_load: float
    outside: float
    compactness: float
    border_m: float
    gain: float


def moves(
    faces: ShapesLike,
    weights: ArrayLike,
    grid: ArrayLike,
    *,
    at_least: float,
    at_most: float | None,
    groups: ArrayLike | None = None,
    borders: Adjacency | None = None,
    only: int | None = None,
    limit: int = 20,
) -> list[Move]:
    """The moves of one block to a neighbouring grid that help most.

    Parameters
    ----------
    faces : Polygon, n of them
        Blocks that tile a territory exactly, EPSG:4326.
    weights : array_like of float, shape (n,)
    grid : array_like of int, shape (n,)
        Grid of each block: 0 ... k - 1.
    at_least, at_most : float
        The wanted range; `at_most=None` for no upper end.
    groups : array_like of int, shape (n,), optional
        No block leaves its group.
    borders : Adjacency or Borders, optional
        As for `balance`.
    only : int, optional
        Moves into or out of this grid.
    limit : int
        At most so many; 0 for all.

    Returns
    -------
    list of Move
        Best `gain` first, also the ones that make things worse (a planner may have reasons).
        Every move leaves both grids in one piece, and no grid empty.

    Raises
    ------
    ValueError
        When the lengths differ.
    """
    state = _State.of(faces, weights, grid, groups, borders, at_least, at_most)
    found = sorted(state.moves(only), key=lambda move: (-move.gain, move.block, move.target))
    return found[:limit] if limit else found


@dataclass(frozen=True, slots=True)
class _State:
    load: list[float]
    area: list[float]
    around: list[float]
    grid: list[int]
    group: list[int]
    near: list[list[tuple[int, float]]]
    metres: list[dict[int, float]]
    members: list[set[int]]
    at_least: float
    at_most: float

    @classmethod
    def of(
        cls,
        faces: ShapesLike,
        weights: ArrayLike,
        grid: ArrayLike,
        groups: ArrayLike | None,
        borders: Adjacency | None,
        at_least: float,
        at_most: float | None,
    ) -> _State:
        shapes = listed(faces)
        load = np.asarray(weights, dtype=np.float64).reshape(-1)
        label = np.asarray(grid, dtype=np.int64).reshape(-1)
        group = np.zeros(len(shapes), np.int64) if groups is None else np.asarray(groups)
        if not len(shapes) == len(load) == len(label) == len(group):
            raise ValueError("one weight, one grid and one group if any per block is needed")
        pairs = adjacency(shapes) if borders is None else borders
        price = pairs.cost if isinstance(pairs, Borders) else pairs.metres
        near: list[list[tuple[int, float]]] = [[] for _ in shapes]
        rows = zip(pairs.first.tolist(), pairs.second.tolist(), price.tolist(), strict=True)
        for one, other, cost in rows:
            near[one].append((other, cost))
            near[other].append((one, cost))
        members: list[set[int]] = [set() for _ in range(int(label.max(initial=-1)) + 1)]
        for block, number in enumerate(label.tolist()):
            members[number].add(block)
        return cls(
            load.tolist(),
            [area_m2(shape) for shape in shapes],
            [length_m(shape) for shape in shapes],
            label.tolist(),
            group.tolist(),
            near,
            pairs.neighbours(len(shapes)),
            members,
            float(at_least),
            math.inf if at_most is None else float(at_most),
        )

    def moves(self, only: int | None) -> Iterator[Move]:
        sums = _sums(self.load, self.grid)
        areas, rims = _sums(self.area, self.grid), self._rims()
        for block, source in enumerate(self.grid):
            rest = self.members[source] - {block}
            targets = {
                self.grid[other]
                for other, _ in self.near[block]
                if self.grid[other] != source and self.group[other] == self.group[block]
            }
            if only is not None and source != only:
                targets &= {only}
            if rest and targets and connected(rest, self.near):
                for target in sorted(targets):
                    yield self._move(block, source, target, sums, areas, rims)

    def _move(
        self,
        block: int,
        source: int,
        target: int,
        sums: NDArray[np.float64],
        areas: NDArray[np.float64],
        rims: NDArray[np.float64],
    ) -> Move:
        load = self.load[block]
        before = (float(sums[source]), float(sums[target]))
        after = (before[0] - load, before[1] + load)
        aim = Aim.over(sum(before), self.at_least, self.at_most)
        cost = {source: 0.0, target: 0.0}
        metres = {source: 0.0, target: 0.0}
        for other, price in self.near[block]:
            if self.grid[other] in cost:
                cost[self.grid[other]] += price
                metres[self.grid[other]] += self.metres[block][other]
        border = cost[source] - cost[target]
        rim = self.around[block]
        shapes_before = [(areas[source], rims[source]), (areas[target], rims[target])]
        shapes_after = [
            (areas[source] - self.area[block], rims[source] - rim + 2 * metres[source]),
            (areas[target] + self.area[block], rims[target] + rim - 2 * metres[target]),
        ]
        rounder = sum(map(_roundness, shapes_after)) - sum(map(_roundness, shapes_before))
        unit = HALF_AROUND * math.sqrt((areas[source] + areas[target]) / 2)
        penalty = aim.penalty
        better = penalty(before[0]) + penalty(before[1]) - penalty(after[0]) - penalty(after[1])
        return Move(
            block=block,
            source=source,
            target=target,
            source_load=after[0],
            target_load=after[1],
            outside=sum(map(self._outside, after)) - sum(map(self._outside, before)),
            compactness=rounder / 2,
            border_m=border,
            gain=better - border / unit,
        )

    def _outside(self, load: float) -> float:
        return max(0.0, self.at_least - load, load - self.at_most)

    def _rims(self) -> NDArray[np.float64]:
        """Length of all rings of each grid."""
        rims = _sums(self.around, self.grid)
        for block, around in enumerate(self.metres):
            for other, metres in around.items():
                if self.grid[other] == self.grid[block]:
                    rims[self.grid[block]] -= metres
        return rims


def _sums(values: list[float], grid: list[int]) -> NDArray[np.float64]:
    return np.bincount(grid, weights=values).astype(np.float64)


def _roundness(area_and_rim: tuple[float, float]) -> float:
    """Polsby-Popper."""
    area, rim = area_and_rim
    return 4 * math.pi * area / rim**2 if rim > 0 else 0.0
