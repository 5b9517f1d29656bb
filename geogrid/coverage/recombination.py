"""Grids made better step by step: join a few neighbours, cut them anew, keep what is better.

Everything here works on one connected set of blocks and on numbers; shapes are left behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from geogrid.coverage.aim import Aim
from geogrid.coverage.cutting import TREES, Cutter, connected

__all__ = ["Recombination"]

ROUNDS = 40
PATIENCE = 2  # times a pair of unchanged grids in range is cut anew: trees are drawn by chance
LONGER_PATIENCE = 6  # ... of which one is out of range
MANY_TREES = 4 * TREES  # where a grid is out of range
BETTER = 1e-9


@dataclass(slots=True)
class Recombination:
    """Grids over blocks `0 ... n - 1`, all connected.

    Attributes
    ----------
    cutter : Cutter
        Holds the graph, the loads and the chance.
    aim : Aim
    label : list of int
        Grid of each block.
    home : sequence of int
        Grid each block should stay in; -1 for none.
    stay : sequence of float
        What it costs to take each block out of its home.
    """

    cutter: Cutter
    aim: Aim
    label: list[int]
    home: Sequence[int]
    stay: Sequence[float]
    members: dict[int, set[int]] = field(init=False)
    load: dict[int, float] = field(init=False)
    changed: dict[int, int] = field(init=False)
    tried: dict[tuple[int, int], tuple[int, int, int]] = field(init=False)
    clock: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.members, self.load, self.tried = {}, {}, {}
        for block, grid in enumerate(self.label):
            self.members.setdefault(grid, set()).add(block)
        for grid, blocks in self.members.items():
            self.load[grid] = sum(self.cutter.load[block] for block in blocks)
        self.changed = dict.fromkeys(self.members, 0)

    def improve(self, rounds: int = ROUNDS) -> None:
        """Repeat until nothing changes any more, or `rounds` times."""
        for _ in range(rounds):
            better = self._shift_blocks()
            for grid in sorted(self.members, key=lambda g: (-self.aim.penalty(self.load[g]), g)):
                if grid in self.members:
                    better += self._with_neighbours(grid)
                if grid in self.members and not self.aim.fits(self.load[grid]):
                    better += self._with_more(grid)
            if not better:
                return

    def outside(self) -> float:
        """Share of the grids that are out of range."""
        return sum(not self.aim.fits(load) for load in self.load.values()) / len(self.load)

    def energy(self) -> float:
        """What is minimised: loads off target or out of range, border, blocks away from home."""
        every = list(range(len(self.label)))
        loads = sum(self.aim.penalty(load) for load in self.load.values())
        return loads + self._border_inside(every) + self._away(every)

    # --- joining and cutting ---------------------------------------------------------------

    def _with_neighbours(self, grid: int) -> int:
        """Cut the grid anew with each of its neighbours; how often that was better."""
        better = 0
        middle = 2 * self.aim.target
        near = self._around(grid)
        for other in sorted(near, key=lambda g: (abs(self.load[grid] + self.load[g] - middle), g)):
            if grid in self.members and other in self.members and self._worth_a_try(grid, other):
                numbers = self._numbers(self.load[grid] + self.load[other], 2)
                better += self._cut_anew((grid, other), numbers)
        return better

    def _worth_a_try(self, one: int, other: int) -> bool:
        """Whether a pair changed since it was last cut, or has not been tried often enough."""
        pair = (min(one, other), max(one, other))
        state = (self.changed[pair[0]], self.changed[pair[1]])
        *before, times = self.tried.get(pair, (-1, -1, 0))
        times = times + 1 if tuple(before) == state else 1
        self.tried[pair] = (*state, times)
        in_range = self.aim.fits(self.load[one]) and self.aim.fits(self.load[other])
        return times <= (PATIENCE if in_range else LONGER_PATIENCE)

    def _with_more(self, grid: int) -> int:
        """A grid out of range that no pair helps: alone into more, or with two or three others."""
        if self.load[grid] > self.aim.at_most:
            numbers = self._numbers(self.load[grid], 1)
            if self._cut_anew((grid,), tuple(n for n in numbers if n > 1)):
                return 1
        near = self._around(grid)
        chains = [(grid, *pair) for pair in combinations(sorted(near), 2)]
        for other in sorted(near):
            chains += [(grid, other, far) for far in sorted(self._around(other) - near - {grid})]
        chains.sort(key=lambda chain: abs(sum(self.load[g] for g in chain) - 3 * self.aim.target))
        for chain in chains[:12]:
            numbers = self._numbers(sum(self.load[g] for g in chain), 3)
            if self._cut_anew(chain, numbers):
                return 1
        return 0

    def _numbers(self, load: float, now: int) -> tuple[int, ...]:
        """Into how many grids a joined load may be cut: as many as now, and what the load asks."""
        wanted = self.aim.number(load, self.aim.at_least, self.aim.at_most)
        return (now,) if wanted == now else (wanted, now)

    def _cut_anew(self, grids: tuple[int, ...], numbers: Iterable[int]) -> bool:
        """Replace the grids by a better cut of their union, if one is found."""
        together = set().union(*(self.members[grid] for grid in grids))
        if not connected(together, self.cutter.near):
            return False  # neighbours when the round began, parted by a cut since
        blocks = sorted(together)
        now = sum(self.aim.penalty(self.load[grid]) for grid in grids)
        now += self._border_inside(blocks) + self._away(blocks)
        best: tuple[float, list[tuple[int, tuple[int, ...]]]] | None = None
        trees = TREES if all(self.aim.fits(self.load[grid]) for grid in grids) else MANY_TREES
        for number in numbers:
            cut = self.cutter.cut(blocks, number, self.aim, trees=trees)
            if cut is None:
                continue
            named = self._named(cut.parts, grids)
            energy = cut.cost + sum(
                self.aim.penalty(sum(self.cutter.load[block] for block in part))
                + sum(self.stay[block] for block in part if self.home[block] not in (-1, grid))
                for grid, part in named
            )
            if energy < now - BETTER and (best is None or energy < best[0]):
                best = (energy, named)
        if best is None:
            return False
        self._replace(grids, best[1])
        return True

    def _named(
        self, parts: tuple[tuple[int, ...], ...], grids: tuple[int, ...]
    ) -> list[tuple[int, tuple[int, ...]]]:
        """Which part goes on as which grid: most of what would cost to leave, then most blocks."""
        common = []
        for index, part in enumerate(parts):
            for grid in grids:
                kept = sum(self.stay[block] for block in part if self.home[block] == grid)
                same = sum(self.label[block] == grid for block in part)
                common.append((-kept, -same, index, grid))
        named: dict[int, int] = {}
        for *_, index, grid in sorted(common):
            if index not in named and grid not in named.values():
                named[index] = grid
        free = max(self.members) + 1
        for index in range(len(parts)):
            if index not in named:
                named[index] = free
                free += 1
        return [(named[index], part) for index, part in enumerate(parts)]

    def _replace(self, gone: tuple[int, ...], named: list[tuple[int, tuple[int, ...]]]) -> None:
        self.clock += 1
        for grid in gone:
            del self.members[grid], self.load[grid]
        for grid, part in named:
            self.members[grid] = set(part)
            self.load[grid] = sum(self.cutter.load[block] for block in part)
            self.changed[grid] = self.clock
            for block in part:
                self.label[block] = grid

    # --- single blocks ---------------------------------------------------------------------

    def _shift_blocks(self) -> int:
        """Move single blocks to a neighbouring grid where that is better; how many moved."""
        moved = 0
        for block, grid in enumerate(self.label):
            beside: dict[int, float] = {}
            for other, cost in self.cutter.near[block]:
                near = self.label[other]
                beside[near] = beside.get(near, 0.0) + cost
            here = beside.pop(grid, 0.0)
            if not beside or len(self.members[grid]) == 1:
                continue
            gains = [(self._gain(block, into) + cost - here, into) for into, cost in beside.items()]
            gain, into = max(gains)
            if gain > BETTER and connected(self.members[grid] - {block}, self.cutter.near):
                self._shift(block, into)
                moved += 1
        return moved

    def _gain(self, block: int, into: int) -> float:
        """How much better the loads and the homes of blocks are after a move."""
        grid, load = self.label[block], self.cutter.load[block]
        old, new, penalty = self.load[grid], self.load[into], self.aim.penalty
        gain = penalty(old) + penalty(new) - penalty(old - load) - penalty(new + load)
        if self.home[block] == grid:
            gain -= self.stay[block]
        elif self.home[block] == into:
            gain += self.stay[block]
        return gain

    def _shift(self, block: int, into: int) -> None:
        grid, load = self.label[block], self.cutter.load[block]
        self.clock += 1
        self.members[grid].discard(block)
        self.members[into].add(block)
        self.load[grid] -= load
        self.load[into] += load
        self.label[block] = into
        self.changed[grid] = self.changed[into] = self.clock

    # --- looking around --------------------------------------------------------------------

    def _around(self, grid: int) -> set[int]:
        near = {
            self.label[other]
            for block in self.members[grid]
            for other, _ in self.cutter.near[block]
        }
        return near - {grid}

    def _border_inside(self, blocks: list[int]) -> float:
        """Cost of the grid borders between these blocks."""
        inside = set(blocks)
        label = self.label
        twice = sum(
            cost
            for block in blocks
            for other, cost in self.cutter.near[block]
            if other in inside and label[other] != label[block]
        )
        return twice / 2

    def _away(self, blocks: list[int]) -> float:
        """What it costs that some of these blocks are not at home."""
        return sum(
            self.stay[block] for block in blocks if self.home[block] not in (-1, self.label[block])
        )
