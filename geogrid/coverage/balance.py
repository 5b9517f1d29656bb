"""Blocks and weights to grids: contiguous, compact, with loads in a range.

Borders prefer large streets, railways and waters where the price of each border is given; groups
(quarters, communities) are never crossed; existing grids are kept as far as asked.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.adjacency import Adjacency, adjacency
from geogrid.coverage.aim import Aim
from geogrid.coverage.barriers import Borders
from geogrid.coverage.cutting import Cutter
from geogrid.coverage.moves import Move, moves
from geogrid.coverage.recombination import Recombination
from layers.datum.metric import area_m2
from layers.datum.shapes import Shapes, ShapesLike, listed

__all__ = ["Balance", "Move", "Reason", "balance", "moves"]

HALF_AROUND = 2.25  # times the root of its area: half the border of a grid of usual roundness
ATTEMPTS, ATTEMPTED_BLOCKS = 8, 8_000
HOPELESS = 0.5  # with more grids out of range than this, beginning again will not help
EMPTY_SHARE = 0.1  # keeping a block without weight counts like a tenth of a usual block

Near = list[list[tuple[int, float]]]


class Reason(StrEnum):
    """Why a grid is out of range."""

    HEAVY_BLOCK = "heavy_block"  # one block, usually one building, is above the range
    LIGHT_GROUP = "light_group"  # all of the group is below the range
    NO_NUMBER = "no_number"  # one grid would be too many, two would be too few: 350 in 200-300
    CUT_OFF = "cut_off"  # water, or a heavy block, parts it from the rest of the group
    NOT_FOUND = "not_found"  # blocks too heavy or too few to find a division in range


@dataclass(frozen=True, slots=True)
class Balance:
    """Grids made of blocks.

    Attributes
    ----------
    grid : ndarray of int64, shape (n,)
        Grid of each block, 0 ... k - 1. Every grid is one piece and lies in one group.
    load : ndarray of float, shape (k,)
        Sum of the weights.
    origin : ndarray of int64, shape (k,)
        The grid of `start` that goes on as this one; -1 for a new one.
    reasons : mapping of int to Reason
        For every grid out of range, and for no other.
    """

    grid: NDArray[np.int64]
    load: NDArray[np.float64]
    origin: NDArray[np.int64]
    reasons: Mapping[int, Reason]


def balance(
    faces: ShapesLike,
    weights: ArrayLike,
    *,
    at_least: float,
    at_most: float | None,
    start: ArrayLike | None = None,
    keep: float = 1.0,
    groups: ArrayLike | None = None,
    borders: Adjacency | None = None,
    seed: int = 1,
    attempts: int = ATTEMPTS,
    progress: Callable[[int, int], None] | None = None,
) -> Balance:
    """Group blocks into contiguous, compact grids whose weights lie in a range.

    Parameters
    ----------
    faces : Polygon, n of them
        Blocks that tile a territory exactly, EPSG:4326, on the lattice.
    weights : array_like of float, shape (n,)
        Households, persons ... per block; zero allowed.
    at_least, at_most : float
        The wanted range of the sum of one grid; `at_most=None` for "700 or more".
    start : array_like of int, shape (n,), optional
        Existing grid of each block, -1 for none. Without it grids are drawn from nothing.
    keep : float
        How much `start` is worth keeping. Taking the blocks of a whole grid out of it costs
        `keep` times half the border of such a grid. 0 only begins there; with 1 few blocks
        change for rounder borders; with 10 hardly one except to bring loads into the range.
    groups : array_like of int, shape (n,), optional
        Quarter of each block; no grid crosses a border between two.
    borders : Adjacency or Borders, optional
        Neighbours of `faces`, with the price of a border between them; by default every metre
        costs the same.
    seed : int
        The same input and seed give the same grids.
    attempts : int
        How often to begin again at most while a grid is out of range; 0 for the quickest answer.
    progress : callable (done, of), optional
        Told after each connected part how many blocks are done.

    Returns
    -------
    Balance

    Raises
    ------
    ValueError
        When the lengths differ, a weight is negative or not a number, or the range is empty.

    Known Issues
    ------------
    A good division, not the best one: the problem is NP-hard. Blocks near the size of a grid
    leave little choice; refine them (`blocks.refine`) first.

    Notes
    -----
    A block above the range is a grid of its own; empty land that hangs only on it joins it. Each
    connected part of a group is first cut in near halves by the best edge of random spanning
    trees until it has the right number of grids, then single blocks are shifted and pairs (where
    stuck, triples) of neighbours recombined as long as that is better: fewer grids out of range,
    then less and cheaper border. See `cutting` for the source of the method.
    """
    ground = _Ground.of(faces, weights, groups, borders, at_least, at_most)
    before = _started(start, len(ground.load))
    label = np.full(len(ground.load), -1, dtype=np.int64)
    around = np.zeros(len(ground.load))  # weight of the connected part that each block lies in
    number = done = 0
    for part in ground.parts():
        around[part] = ground.load[part].sum()
        chance = random.Random(seed)  # noqa: S311  (repeatable on purpose)
        inside = _balanced_part(ground, part, before[part], keep, chance, attempts)
        label[part] = number + inside
        number += int(inside.max()) + 1
        done += len(part)
        if progress is not None:
            progress(done, len(label))
    ground.give_empty_land_away(label)
    grid = _in_order_of_first_block(label)
    load = np.bincount(grid, weights=ground.load).astype(np.float64)
    reasons = {
        int(number): ground.reason(np.flatnonzero(grid == number), around)
        for number in np.flatnonzero((load < ground.at_least) | (load > ground.at_most))
    }
    return Balance(grid, load, _origins(grid, before, ground.load), reasons)


def _balanced_part(
    ground: _Ground,
    part: NDArray[np.int64],
    before: NDArray[np.int64],
    keep: float,
    chance: random.Random,
    attempts: int,
) -> NDArray[np.int64]:
    """Grids of one connected part of one group: 0, 1, 2 ... per block of the part."""
    load = ground.load[part].tolist()
    if len(part) == 1:
        return np.zeros(1, dtype=np.int64)
    near = ground.near_inside(part)
    aim = Aim.over(sum(load), ground.at_least, ground.at_most)
    home = _whole_pieces(before, near) if (before >= 0).any() else []

    def search() -> Recombination:
        return _search(ground.area[part], near, load, home, aim, keep, chance)

    best = search()
    for _ in range(min(attempts, _further_attempts(len(part), aim, sum(load)))):
        if not 0 < best.outside() < HOPELESS:
            break
        best = min(best, search(), key=Recombination.energy)
    return np.unique(best.label, return_inverse=True)[1].astype(np.int64)


def _further_attempts(blocks: int, aim: Aim, total: float) -> int:
    """How often to begin again while a grid is out of range: often where that is quick."""
    return min(ATTEMPTS, ATTEMPTED_BLOCKS // blocks) if aim.possible(total) else 0


def _search(
    area: NDArray[np.float64],
    near: Near,
    load: list[float],
    home: list[int],
    aim: Aim,
    keep: float,
    chance: random.Random,
) -> Recombination:
    """Grids of one connected part, drawn from nothing or from `home`, then improved."""
    number = aim.number(sum(load), aim.at_least, aim.at_most)
    label = list(home) if home else [0] * len(load)
    if not home:
        even = np.full(len(load), area.sum() / number)
        cut = Cutter(_scaled(near, even), load, chance).cut(range(len(load)), number, aim)
        for grid, blocks in enumerate(cut.parts if cut else ()):
            for block in blocks:
                label[block] = grid
    sums = np.bincount(label, weights=area).astype(np.float64)
    cutter = Cutter(_scaled(near, sums[label]), load, chance)
    stay = _stay(load, aim.target, keep)
    search = Recombination(cutter, aim, label, home or [-1] * len(load), stay)
    search.improve()
    return search


def _scaled(near: Near, area: NDArray[np.float64]) -> Near:
    """Costs in units of half the border of a grid as large as those around the block.

    So a grid of villas and one of towers weigh the same: otherwise the metres of the large ones
    would decide everything.
    """
    unit = (HALF_AROUND * np.sqrt(area)).tolist()
    return [
        [(other, 2 * cost / (unit[block] + unit[other])) for other, cost in around]
        for block, around in enumerate(near)
    ]


def _stay(load: Sequence[float], target: float, keep: float) -> list[float]:
    """What taking each block out of its grid costs."""
    empty = EMPTY_SHARE * sum(load) / len(load)
    return [keep * (weight + empty) / target if target else keep for weight in load]


def _whole_pieces(before: NDArray[np.int64], near: Near) -> list[int]:
    """The existing grids as connected ones: pieces of one, and blocks of none, get own numbers."""
    label = [-1] * len(before)
    number = 0
    for start in range(len(before)):
        if label[start] >= 0:
            continue
        label[start] = number
        edge = [start]
        while edge:
            for other, _ in near[edge.pop()]:
                if label[other] < 0 and before[other] == before[start]:
                    label[other] = number
                    edge.append(other)
        number += 1
    return label


@dataclass(frozen=True, slots=True)
class _Ground:
    """The blocks of a territory: loads, areas, groups and who is beside whom in a group."""

    load: NDArray[np.float64]
    area: NDArray[np.float64]
    group: NDArray[np.int64]
    near: Near
    at_least: float
    at_most: float

    @classmethod
    def of(
        cls,
        faces: ShapesLike,
        weights: ArrayLike,
        groups: ArrayLike | None,
        borders: Adjacency | None,
        at_least: float,
        at_most: float | None,
    ) -> _Ground:
        shapes = listed(faces)
        load = np.asarray(weights, dtype=np.float64).reshape(-1)
        group = (
            np.zeros(len(shapes), np.int64)
            if groups is None
            else np.unique(np.asarray(groups), return_inverse=True)[1].astype(np.int64)
        )
        most = math.inf if at_most is None else float(at_most)
        if not len(shapes) == len(load) == len(group):
            raise ValueError("one weight, and one group if any, per block is needed")
        if not np.isfinite(load).all() or (load < 0).any():
            raise ValueError("a weight is negative or not a number")
        if not 0 < at_least <= most:
            raise ValueError("the range has to begin above zero and not to end before it begins")
        near = _near(shapes, group, adjacency(shapes) if borders is None else borders)
        area = np.array([area_m2(shape) for shape in shapes])
        return cls(load, area, group, near, float(at_least), most)

    def parts(self) -> list[NDArray[np.int64]]:
        """Connected sets of blocks in one group; a block above the range is one by itself."""
        heavy = self.load > self.at_most
        part = np.full(len(self.load), -1, dtype=np.int64)
        found = []
        for start in range(len(part)):
            if part[start] >= 0:
                continue
            part[start] = start
            inside, edge = [start], [] if heavy[start] else [start]
            while edge:
                for other, _ in self.near[edge.pop()]:
                    if part[other] < 0 and not heavy[other]:
                        part[other] = start
                        inside.append(other)
                        edge.append(other)
            found.append(np.array(sorted(inside), dtype=np.int64))
        return found

    def near_inside(self, part: NDArray[np.int64]) -> Near:
        """Neighbours within a part, renumbered 0, 1, 2 ..."""
        place = {block: index for index, block in enumerate(part.tolist())}
        return [
            [(place[other], cost) for other, cost in self.near[block] if other in place]
            for block in part.tolist()
        ]

    def give_empty_land_away(self, label: NDArray[np.int64]) -> None:
        """Join grids without any weight to a heavy block beside them: nobody lives there."""
        loads = np.bincount(label, weights=self.load)
        for number in np.flatnonzero(loads == 0).tolist():
            inside = set(np.flatnonzero(label == number).tolist())
            beside: dict[int, float] = {}
            for block in inside:
                for other, cost in self.near[block]:
                    if other not in inside:
                        grid = int(label[other])
                        beside[grid] = beside.get(grid, 0.0) + cost
            if beside:
                label[list(inside)] = max(beside, key=lambda grid: (beside[grid], -grid))

    def reason(self, blocks: NDArray[np.int64], around: NDArray[np.float64]) -> Reason:
        """Why the grid made of these blocks is out of range."""
        if (self.load[blocks] > self.at_most).any():
            return Reason.HEAVY_BLOCK
        group = self.group == self.group[blocks[0]]
        total = self.load[group].sum()
        if total < self.at_least:
            return Reason.LIGHT_GROUP
        inside = float(around[blocks[0]])
        if inside < self.at_least:
            return Reason.CUT_OFF
        if not Aim.over(inside, self.at_least, self.at_most).possible(inside):
            return Reason.NO_NUMBER
        return Reason.NOT_FOUND


def _near(shapes: Shapes, group: NDArray[np.int64], pairs: Adjacency) -> Near:
    """Neighbours of each block in its group, with the price of a border."""
    price = pairs.cost if isinstance(pairs, Borders) else pairs.metres
    near: Near = [[] for _ in shapes]
    same = group[pairs.first] == group[pairs.second]
    rows = zip(
        pairs.first[same].tolist(), pairs.second[same].tolist(), price[same].tolist(), strict=True
    )
    for one, other, cost in rows:
        near[one].append((other, cost))
        near[other].append((one, cost))
    return near


def _started(start: ArrayLike | None, count: int) -> NDArray[np.int64]:
    if start is None:
        return np.full(count, -1, dtype=np.int64)
    before = np.asarray(start, dtype=np.int64).reshape(-1)
    if len(before) != count:
        raise ValueError("one existing grid per block is needed, -1 for none")
    return before


def _in_order_of_first_block(label: NDArray[np.int64]) -> NDArray[np.int64]:
    _, first, index = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[index.reshape(-1)]


def _origins(
    grid: NDArray[np.int64], before: NDArray[np.int64], load: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The existing grid that goes on as each new one: the largest common weight first."""
    origin = np.full(int(grid.max()) + 1, -1, dtype=np.int64)
    common: dict[tuple[int, int], tuple[float, int]] = {}
    for new, old, weight in zip(grid.tolist(), before.tolist(), load.tolist(), strict=True):
        if old >= 0:
            shared, blocks = common.get((new, old), (0.0, 0))
            common[new, old] = (shared + weight, blocks + 1)
    taken: set[int] = set()
    for new, old in sorted(common, key=lambda pair: (*(-n for n in common[pair]), pair)):
        if origin[new] < 0 and old not in taken:
            origin[new] = old
            taken.add(old)
    return origin
