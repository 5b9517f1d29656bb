"""Cut a connected set of blocks into connected parts of good loads with little border between.

Small sets are searched completely. In larger ones random spanning trees are drawn, in which long
and costly borders tend to be kept; each edge of a tree cuts it into two connected parts, and the
best cut of all trees is taken. The method is that of recombination in the study of electoral
districts, with the best instead of a random cut:

DeFord, Duchin, Solomon (2021): Recombination, a family of Markov chains for redistricting.
Harvard Data Science Review 3(1).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from geogrid.coverage.aim import Aim

__all__ = ["TREES", "Cut", "Cutter", "connected"]

Near = Sequence[Sequence[tuple[int, float]]]
SMALL = 11  # blocks: 2**10 ways to put them on two sides are tried all at once
TREES = 6
TRIED = 128  # cuts of one tree that are measured, best loads first


@dataclass(frozen=True, slots=True)
class Cut:
    """Connected parts of a set of blocks; `cost` is the border between them."""

    parts: tuple[tuple[int, ...], ...]
    cost: float


def connected(blocks: set[int], near: Near) -> bool:
    """Whether the blocks are one piece; an empty set is."""
    if not blocks:
        return True
    start = next(iter(blocks))
    reached, edge = {start}, [start]
    while edge:
        for other, _ in near[edge.pop()]:
            if other in blocks and other not in reached:
                reached.add(other)
                edge.append(other)
    return len(reached) == len(blocks)


@dataclass(slots=True)
class Cutter:
    """Cuts sets of blocks of one graph.

    Attributes
    ----------
    near : sequence of (neighbour, cost), per block
        Cost of a border between the two; comparable with `Aim.penalty`.
    load : sequence of float, per block
    chance : random.Random
    """

    near: Near
    load: Sequence[float]
    chance: random.Random

    def cut(
        self, blocks: Sequence[int], number: int, aim: Aim, *, trees: int = TREES
    ) -> Cut | None:
        """Cut a connected set into `number` parts; None where it cannot be done.

        More `trees` find better cuts, and take longer.
        """
        if number == 1:
            return Cut((tuple(blocks),), 0.0)
        if len(blocks) < number:
            return None
        found = self._in_two(blocks, number, aim, trees)
        if found is None:
            return None
        side, share, cost = found
        inside = [block for block in blocks if block in side]
        rest = [block for block in blocks if block not in side]
        one = self.cut(inside, share, aim, trees=trees)
        other = self.cut(rest, number - share, aim, trees=trees)
        if one is None or other is None:
            return None
        return Cut(one.parts + other.parts, cost + one.cost + other.cost)

    def _in_two(
        self, blocks: Sequence[int], number: int, aim: Aim, trees: int
    ) -> tuple[set[int], int, float] | None:
        """The best side, how many of the `number` parts it gets, and the cost of the border."""
        graph = _Graph.of(blocks, self.near, self.load)
        shares = _shares(number)
        if len(blocks) <= SMALL:
            return graph.best_of_all(shares, number, aim)
        best: tuple[float, set[int], int, float] | None = None
        for _ in range(trees):
            found = graph.best_of_tree(self.chance, shares, number, aim, best[0] if best else None)
            if found is not None:
                best = found
        return best[1:] if best else None


def _shares(number: int) -> tuple[int, ...]:
    """How many parts one side may get: near halves for large numbers, so that few cuts do."""
    least = max(1, number // 3)
    return tuple(range(least, number - least + 1))


@dataclass(frozen=True, slots=True)
class _Graph:
    """A set of blocks renumbered 0, 1, 2 ... with the edges inside it."""

    blocks: Sequence[int]
    load: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    cost: NDArray[np.float64]

    @classmethod
    def of(cls, blocks: Sequence[int], near: Near, load: Sequence[float]) -> _Graph:
        place = {block: index for index, block in enumerate(blocks)}
        rows = [
            (index, place[other], cost)
            for index, block in enumerate(blocks)
            for other, cost in near[block]
            if place.get(other, -1) > index
        ]
        start, end, cost = zip(*rows, strict=True) if rows else ((), (), ())
        return cls(
            blocks,
            np.array([load[block] for block in blocks], dtype=np.float64),
            np.array(start, dtype=np.int64),
            np.array(end, dtype=np.int64),
            np.array(cost, dtype=np.float64),
        )

    def best_of_all(
        self, shares: tuple[int, ...], number: int, aim: Aim
    ) -> tuple[set[int], int, float] | None:
        """Every way to put the blocks on two sides, the best that leaves both connected."""
        sides = _all_sides(len(self.blocks))
        penalty, share = _penalties(sides @ self.load, self.load.sum(), shares, number, aim)
        cost = (sides[:, self.start] != sides[:, self.end]) @ self.cost
        beside = self._beside()
        every = (1 << len(self.blocks)) - 1
        for row in np.argsort(penalty + cost, kind="stable").tolist():
            side = 2 * row + 1  # the row number's bits are the sides of blocks 1, 2 ...
            if _whole(side, beside) and _whole(every & ~side, beside):
                chosen = {block for block, on in zip(self.blocks, sides[row], strict=True) if on}
                return chosen, int(share[row]), float(cost[row])
        return None

    def best_of_tree(
        self,
        chance: random.Random,
        shares: tuple[int, ...],
        number: int,
        aim: Aim,
        to_beat: float | None,
    ) -> tuple[float, set[int], int, float] | None:
        """The best cut of one random spanning tree, where it is better than `to_beat`."""
        order, size = self._tree(chance)
        if len(order) < len(self.blocks):
            return None
        sums = np.concatenate([[0.0], np.cumsum(self.load[order])])
        first = np.arange(1, len(order))
        last = first + size[1:]
        penalty, share = _penalties(sums[last] - sums[first], sums[-1], shares, number, aim)
        tried = np.argsort(penalty, kind="stable")[:TRIED]
        if to_beat is not None:
            tried = tried[penalty[tried] < to_beat]
        if not len(tried):
            return None
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        low, high = first[tried, None], last[tried, None]
        start, end = place[self.start], place[self.end]
        crossing = ((start >= low) & (start < high)) != ((end >= low) & (end < high))
        cost = crossing @ self.cost
        energy = penalty[tried] + cost
        best = int(np.argmin(energy))
        if to_beat is not None and energy[best] >= to_beat:
            return None
        row = tried[best]
        side = {self.blocks[index] for index in order[first[row] : last[row]].tolist()}
        return float(energy[best]), side, int(share[row]), float(cost[best])

    def _tree(self, chance: random.Random) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """A random spanning tree: blocks in the order of a walk, and the size of each branch.

        Costly borders come early, so they tend to lie inside branches.
        """
        count = len(self.blocks)
        keys = np.array([chance.random() for _ in range(len(self.cost))]) / self.cost
        above = list(range(count))
        branches: list[list[int]] = [[] for _ in range(count)]
        start, end, left = self.start.tolist(), self.end.tolist(), count - 1
        for edge in np.argsort(keys).tolist():
            one, other = a, b = start[edge], end[edge]
            while above[a] != a:
                above[a] = above[above[a]]
                a = above[a]
            while above[b] != b:
                above[b] = above[above[b]]
                b = above[b]
            if a != b:
                above[a] = b
                branches[one].append(other)
                branches[other].append(one)
                left -= 1
                if not left:
                    break
        return _walk(branches, chance.randrange(count))

    def _beside(self) -> list[int]:
        """Neighbours of each block as the bits of a number."""
        beside = [0] * len(self.blocks)
        for one, other in zip(self.start.tolist(), self.end.tolist(), strict=True):
            beside[one] |= 1 << other
            beside[other] |= 1 << one
        return beside


def _walk(branches: list[list[int]], root: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Depth first; every branch is a run of the order, as long as its size."""
    order: list[int] = []
    from_where: list[int] = []  # position of the parent in the order
    stack = [(root, -1, -1)]
    while stack:
        block, parent, position = stack.pop()
        here = len(order)
        order.append(block)
        from_where.append(position)
        stack.extend((other, block, here) for other in branches[block] if other != parent)
    size = [1] * len(order)
    for position in range(len(order) - 1, 0, -1):
        size[from_where[position]] += size[position]
    return np.array(order, dtype=np.int64), np.array(size, dtype=np.int64)


def _penalties(
    loads: NDArray[np.float64], total: float, shares: tuple[int, ...], number: int, aim: Aim
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Penalty of giving one side each load and the other the rest, with the best share for it."""
    even = np.rint(loads * number / total) if total else np.zeros(len(loads))
    share = np.clip(even, shares[0], shares[-1])
    rest = number - share
    penalty = share * aim.penalties(loads / share)
    penalty += rest * aim.penalties((total - loads) / rest)
    return penalty, share.astype(np.int64)


@cache
def _all_sides(count: int) -> NDArray[np.float64]:
    """One row per way to put `count` blocks on two sides, the first one always on side 1.

    The way "all on one side" is left out.
    """
    rows = np.arange(2 ** (count - 1) - 1)
    bits = (2 * rows[:, None] + 1) >> np.arange(count) & 1
    return bits.astype(np.float64)


def _whole(side: int, beside: list[int]) -> bool:
    """Whether the blocks whose bits are set are one piece."""
    reached = edge = side & -side
    while edge:
        lowest = edge & -edge
        new = beside[lowest.bit_length() - 1] & side & ~reached
        reached |= new
        edge = (edge & ~lowest) | new
    return reached == side
