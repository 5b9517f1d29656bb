"""Grids that grow over atoms: from a few that are known to all of them, each grid in one piece.

Atoms are the smallest faces of a drawing (blocks, or the ground around one building). Some are
*held*: something that was listed stands on them. The others are free and go to whoever borders on
them most. A grid whose held atoms lie apart is joined over ground that holds nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray

from layers.datum.metric import distance_m

__all__ = ["FREE", "Detached", "Growth", "connected"]

FREE = -1
Passable = Callable[[int], bool]
Loose = tuple[int, int, int, list[int]]  # listed places, size, grid, atoms: the smallest go first
REACH_M = 500.0  # a way between two parts of a grid that is longer is no way: somebody erred
ATTEMPTS = 400  # parts are few; this only bounds a quarrel of two grids over one passage


@dataclass(frozen=True, slots=True)
class Detached:
    """A part of `grid` that could not be joined to it: its `atoms`, and the listed places there."""

    grid: int
    atoms: tuple[int, ...]
    places: int


def connected(atoms: Iterable[int], borders: list[dict[int, float]]) -> Iterator[list[int]]:
    """Connected parts of some atoms, each in ascending order."""
    left = {int(atom) for atom in atoms}
    while left:
        edge = [min(left)]
        left -= {edge[0]}
        part = []
        while edge:
            part.append(edge.pop())
            near = [other for other in borders[part[-1]] if other in left]
            left.difference_update(near)
            edge += near
        yield sorted(part)


@dataclass(slots=True)
class Growth:
    """Who owns each of n atoms, while grids grow.

    Attributes
    ----------
    borders : list of dict, length n
        Neighbour -> metres of common border. Ways and growth never leave them, so a border that
        must not be crossed (a community's) is left out.
    centres : ndarray of float, shape (n, 2)
        Longitude and latitude of a point inside each atom.
    owner : list of int, length n
        Index of the grid, or `FREE`.
    places : list of int, length n
        Listed places of the owner on the atom, which make it its own for good; else 0.
    wanted : list of bool, length n
        Whether the owner lists the atom without a place on it, as a part of something larger. It
        may become a passage of another grid; to lose it otherwise is told.
    region : list of int, length n
        Piece of the territory the atom lies in: a grid may have one part in each.
    """

    borders: list[dict[int, float]]
    centres: NDArray[np.float64]
    owner: list[int]
    places: list[int]
    wanted: list[bool]
    region: list[int]
    _members: dict[int, set[int]] = field(init=False, default_factory=dict)
    _changed: set[int] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        for atom, grid in enumerate(self.owner):
            if grid != FREE:
                self._members.setdefault(grid, set()).add(atom)

    def grow(self, zone: Collection[int] | None = None) -> None:
        """Give free atoms, the most enclosed first, to the grid with the longest common border.

        Parameters
        ----------
        zone : sequence of int, length n, optional
            Atoms grow only over borders between atoms of one zone.
        """
        zones = list(zone) if zone is not None else [0] * len(self.owner)
        touching: dict[int, dict[int, float]] = {}
        queue: list[tuple[float, int]] = []

        def met(atom: int, grid: int) -> None:
            for other, metres in self.borders[atom].items():
                if self.owner[other] == FREE and zones[other] == zones[atom]:
                    sums = touching.setdefault(other, {})
                    sums[grid] = sums.get(grid, 0.0) + metres
                    share = max(sums.values()) / sum(self.borders[other].values())
                    heapq.heappush(queue, (-share, other))

        for atom, grid in enumerate(self.owner):
            if grid != FREE:
                met(atom, grid)
        while queue:
            _, atom = heapq.heappop(queue)
            if self.owner[atom] == FREE:
                sums = touching[atom]
                grid = max(sums, key=lambda g: (sums[g], -g))
                self._give(atom, grid)
                met(atom, grid)

    def link(self) -> None:
        """Join parts of one grid over free atoms, the shortest ways of all grids first."""

        def passable(atom: int) -> bool:
            return self.owner[atom] == FREE

        queue: list[tuple[float, int, list[int]]] = []

        def search(grid: int) -> None:
            way = self._shortest(grid, passable)
            if way is not None:
                heapq.heappush(queue, (way[0], grid, way[1]))

        for grid in sorted(self._members):
            search(grid)
        while queue:
            _, grid, way = heapq.heappop(queue)
            if all(map(passable, way)):
                for atom in way:
                    self._give(atom, grid)
            search(grid)  # the next one, or another way where this one has been built on

    def make_whole(self, allowed: Collection[int] = ()) -> list[Detached]:
        """Leave every grid in one piece per region.

        Parts that hold nothing go to a neighbour; parts that hold something are joined over
        ground that holds nothing, or else go to a neighbour too and are returned.

        Parameters
        ----------
        allowed : collection of int
            Grids whose parts stay as they are.
        """
        lost: list[Detached] = []
        known: dict[int, list[Loose]] = {}
        self._changed = set(self._members)
        for attempt in count():
            known |= {grid: list(self._loose(grid)) for grid in self._changed - set(allowed)}
            self._changed = set()
            loose = min((part for parts in known.values() for part in parts), default=None)
            if loose is None:
                return lost
            places, _, grid, part = loose
            told = places > 0 or any(self.wanted[atom] for atom in part)
            if told and attempt < ATTEMPTS and self._join(grid, set(part)):
                continue
            if told:
                lost.append(Detached(grid, tuple(part), places))
            self._give_away(grid, part)  # it melts into a neighbour: there are ever fewer parts
        raise AssertionError("counting does not end")

    def parts(self, grid: int) -> list[list[int]]:
        """Connected parts of a grid, the one with most listed places first."""
        found = connected(self._members.get(grid, ()), self.borders)
        return sorted(found, key=lambda part: (-self._held(part), -len(part), part))

    def _loose(self, grid: int) -> Iterator[Loose]:
        """Parts of a grid beside the main one of their region."""
        seen: set[int] = set()
        for part in self.parts(grid):
            region = self.region[part[0]]
            if region in seen:
                yield self._held(part), len(part), grid, part
            seen.add(region)

    def _held(self, part: Collection[int]) -> int:
        return sum(self.places[atom] for atom in part)

    def _give(self, atom: int, grid: int) -> None:
        old = self.owner[atom]
        self._changed |= {old, grid} - {FREE}
        if old != FREE:
            self._members[old].discard(atom)
        self.owner[atom] = grid
        if grid != FREE:
            self._members.setdefault(grid, set()).add(atom)

    def _give_away(self, grid: int, part: list[int]) -> None:
        """To the neighbour with the longest common border; free when nobody borders on it."""
        sums: dict[int, float] = {}
        for atom in part:
            for other, metres in self.borders[atom].items():
                if self.owner[other] not in (grid, FREE):
                    sums[self.owner[other]] = sums.get(self.owner[other], 0.0) + metres
        into = max(sums, key=lambda g: (sums[g], -g)) if sums else FREE
        for atom in part:
            self._give(atom, into)
            self.places[atom], self.wanted[atom] = 0, False

    def _shortest(self, grid: int, passable: Passable) -> tuple[float, list[int]] | None:
        """The shortest way that joins two parts of a grid, where there is one."""
        ways = [self._way(grid, set(part), passable) for part in self.parts(grid)[1:]]
        return min((way for way in ways if way is not None), default=None)

    def _join(self, grid: int, part: set[int]) -> bool:
        """Join a part over atoms that hold nothing, unless that would tear what others hold."""
        way = self._way(grid, part, lambda atom: not self.places[atom])
        if way is None:
            return False
        before = {atom: self.owner[atom] for atom in way[1]}
        donors = {owner for owner in before.values() if owner != FREE}
        whole = {donor: self._torn(donor) for donor in donors}
        for atom in before:
            self._give(atom, grid)
        if all(self._torn(donor) <= whole[donor] for donor in donors):
            for atom in before:
                self.wanted[atom] = False
            return True
        for atom, owner in before.items():
            self._give(atom, owner)
        return False

    def _torn(self, grid: int) -> int:
        """How many parts of a grid hold listed places; a grid that vanishes is torn worst."""
        parts = self.parts(grid)
        return sum(1 for part in parts if self._held(part)) if parts else len(self.owner)

    def _way(self, grid: int, part: set[int], passable: Passable) -> tuple[float, list[int]] | None:
        """Shortest way, from centre to centre, out of a part to another part of its grid."""
        best = dict.fromkeys(part, 0.0)
        before: dict[int, int] = {}
        queue = [(0.0, atom) for atom in sorted(part)]
        while queue:
            length, atom = heapq.heappop(queue)
            if length > best[atom]:
                continue
            if atom not in part and self.owner[atom] == grid:
                way = []
                while atom not in part:
                    way.append(atom)
                    atom = before[atom]
                return length, way[1:]
            for other in self.borders[atom]:
                if self.owner[other] != grid and not passable(other):
                    continue
                step = float(distance_m(self.centres[atom], self.centres[other])[0])
                further = length + step
                if further < best.get(other, np.inf) and further <= REACH_M:
                    best[other], before[other] = further, atom
                    heapq.heappush(queue, (further, other))
        return None
