"""Grids above the leaves follow: their boundaries, their end, and what is fixed about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import shapely
from django.db import connection

from geogrid.coverage.nesting import union
from geogrid.coverage.proof import residue
from geogrid.coverage.refinement import departures
from geogrid.territory.actions.outcome import Outcome
from geogrid.territory.errors import FixedOutline
from geogrid.territory.geojson import as_geojson
from geogrid.territory.states import GridState, as_multi, same_shape
from geogrid.territory.window import Window
from layers.datum.shapes import Shape

__all__ = ["Derived", "derive"]

READ = """
    SELECT lineage, ST_AsBinary(boundary), ST_AsBinary(fixed_boundary)
    FROM territory_grid WHERE plan_id = %s AND lineage = ANY(%s::uuid[])
"""
CHILDREN = """
    SELECT lineage, parent_id, ST_AsBinary(boundary)
    FROM territory_grid WHERE plan_id = %s AND parent_id = ANY(%s) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Move:
    """How one grid's boundary and parent change; None where it is not there."""

    old: Shape | None
    new: Shape | None
    from_parent: UUID | None
    to_parent: UUID | None


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows above the leaves.

    Attributes
    ----------
    boundaries : dict of lineage to shape
        New boundaries.
    fixed : dict of lineage to shape
        Fixed outlines to be kept from now on.
    unlocked : set of lineages
        Grids whose fixed outline moved, came or went.
    """

    boundaries: dict[UUID, Shape] = field(default_factory=dict)
    fixed: dict[UUID, Shape] = field(default_factory=dict)
    unlocked: set[UUID] = field(default_factory=set)


def derive(window: Window, outcome: Outcome, *, unlocked: bool) -> Derived:
    """Derive the boundaries of the grids above the changed ones, level by level.

    A grid that loses its last child ends, and `outcome` gains it. Raises FixedOutline when a fixed
    outline would move, unless the command is `unlocked` or restores an earlier state.
    """
    return _Deriving(window, outcome, unlocked).run()


class _Deriving:
    def __init__(self, window: Window, outcome: Outcome, unlocked: bool) -> None:
        self.window = window
        self.outcome = outcome
        self.free = unlocked
        self.derived = Derived()
        self.fixed: dict[UUID, Shape | None] = {}

    def run(self) -> Derived:
        moves = {
            lineage: Move(_shape(old), _shape(self.outcome.after[lineage]),
                          _parent(old), _parent(self.outcome.after[lineage]))
            for lineage, old in self.outcome.before.items()
            if _level(old, self.outcome.after[lineage]) == self.window.depth
        }  # fmt: skip
        if self.window.levels[self.window.depth].fixed:
            self._leaves_stay(moves)
        for level in range(self.window.depth - 1, 0, -1):
            moves = self._level(level, moves)
        return self.derived

    def _level(self, level: int, moves: dict[UUID, Move]) -> dict[UUID, Move]:
        touched = self._parents_that_move(moves)
        made = {
            lineage
            for lineage, new in self.outcome.after.items()
            if new is not None and new.level == level and self.outcome.before[lineage] is None
        }
        hung = {
            lineage
            for lineage, new in self.outcome.after.items()
            if new is not None and new.level == level and lineage not in made
            and _parent(self.outcome.before[lineage]) != new.parent
        }  # fmt: skip
        old = self._read(level, (touched | hung) - made)
        children = self._children(touched, moves)
        above: dict[UUID, Move] = {}
        for lineage in sorted(touched | made | hung):
            state, before = self._states(lineage)
            if lineage in hung - touched:
                above[lineage] = Move(old[lineage], old[lineage], before.parent, state.parent)
                continue
            members = children.get(lineage, [])
            if not members:
                self._end(lineage)
                above[lineage] = Move(old.get(lineage), None, before.parent, None)
                continue
            self._stays(lineage)
            new = union(members)
            self.derived.boundaries[lineage] = new
            self._check_fixed(lineage, old.get(lineage), new)
            above[lineage] = Move(
                old.get(lineage), new, None if lineage in made else before.parent, state.parent
            )
        return above

    def _states(self, lineage: UUID) -> tuple[GridState, GridState]:
        """How a grid above the leaves will be, and how it was; the same where only one is known."""
        upper = self.window.uppers.get(lineage)
        now = upper.state if upper else None
        new = self.outcome.after.get(lineage) or now
        assert new is not None  # noqa: S101  (`_parents_that_move` names grids that are there)
        return new, now or new

    def _parents_that_move(self, moves: dict[UUID, Move]) -> set[UUID]:
        """Parents whose outline changes: the borders they gain and lose do not cancel."""
        inside: dict[UUID, tuple[list[Shape], list[Shape]]] = {}
        for move in moves.values():
            if move.from_parent and move.old is not None:
                inside.setdefault(move.from_parent, ([], []))[0].append(move.old)
            if move.to_parent and move.new is not None:
                inside.setdefault(move.to_parent, ([], []))[1].append(move.new)
        return {
            parent
            for parent, (old, new) in inside.items()
            if not old or not new or len(residue(new, old))
        }

    def _read(self, level: int, lineages: Iterable[UUID]) -> dict[UUID, Shape]:
        wanted = list(lineages)
        shapes: dict[UUID, Shape] = {}
        for lineage, boundary, fixed in (
            _rows(READ, [self.window.plan.pk, wanted]) if wanted else []
        ):
            shapes[lineage] = shapely.from_wkb(bytes(boundary))
            self.fixed[lineage] = None if fixed is None else shapely.from_wkb(bytes(fixed))
        return shapes

    def _children(self, parents: set[UUID], moves: dict[UUID, Move]) -> dict[UUID, list[Shape]]:
        uppers = self.window.uppers
        pks = {uppers[one].pk: one for one in parents if one in uppers}
        members: dict[UUID, list[Shape]] = {}
        rows = _rows(CHILDREN, [self.window.plan.pk, list(pks)]) if pks else []
        for lineage, parent, boundary in rows:
            if lineage not in moves:
                members.setdefault(pks[parent], []).append(shapely.from_wkb(bytes(boundary)))
        for move in moves.values():
            if move.to_parent in parents and move.new is not None:
                members.setdefault(move.to_parent, []).append(move.new)
        return members

    def _end(self, lineage: UUID) -> None:
        upper = self.window.uppers.get(lineage)
        if upper is None:  # it would have been made, but nothing hangs below it
            del self.outcome.before[lineage], self.outcome.after[lineage]
            return
        before = replace(upper.state, shape=self.fixed.get(lineage))
        self.outcome.put(before, None)
        if self._is_fixed(before.level) and not (self.free or self.outcome.restores):
            raise _fixed(before, self.fixed.get(lineage))
        if self._is_fixed(before.level):
            self.derived.unlocked.add(lineage)

    def _stays(self, lineage: UUID) -> None:
        """A grid that an undo would end stays as long as something hangs below it."""
        if lineage in self.outcome.after and self.outcome.after[lineage] is None:
            del self.outcome.before[lineage], self.outcome.after[lineage]

    def _check_fixed(self, lineage: UUID, old: Shape | None, new: Shape) -> None:
        state, before = self._states(lineage)
        if not self._is_fixed(state.level):
            return
        held = self.fixed.get(lineage)
        base = held if held is not None else old
        noted = self.outcome.after.get(lineage)
        if self.outcome.restores and noted is not None and noted.shape is not None:
            if not same_shape(noted.shape, base):
                self.derived.unlocked.add(lineage)
            base = noted.shape
        if base is not None and not len(departures(base, new)):
            if not same_shape(base, held):
                self.derived.fixed[lineage] = base
            return
        if not self.free:
            raise _fixed(state, base if base is not None else new)
        self.derived.unlocked.add(lineage)
        self.derived.fixed[lineage] = new
        was = None if old is None else replace(before, shape=base)
        self.outcome.put(was, replace(state, shape=as_multi(new)))

    def _leaves_stay(self, moves: dict[UUID, Move]) -> None:
        """Where the drawn level itself is fixed, only refining is free."""
        held = self._fixed_leaves(moves)
        for lineage, move in moves.items():
            base = held.get(lineage, move.old)
            if base is not None and move.new is not None and not len(departures(base, move.new)):
                if lineage not in held:
                    self.derived.fixed[lineage] = base
                continue
            if move.new is not None:
                self.derived.fixed[lineage] = move.new
            state = self.outcome.before[lineage] or self.outcome.after[lineage]
            assert state is not None  # noqa: S101
            if not (self.free or self.outcome.restores):
                raise _fixed(state, base if base is not None else move.new)
            self.derived.unlocked.add(lineage)

    def _fixed_leaves(self, moves: dict[UUID, Move]) -> dict[UUID, Shape]:
        rows = _rows(READ, [self.window.plan.pk, list(moves)])
        return {one: shapely.from_wkb(bytes(fixed)) for one, _, fixed in rows if fixed is not None}

    def _is_fixed(self, level: int) -> bool:
        return self.window.levels[level].fixed


def _fixed(state: GridState, where: Shape | None) -> FixedOutline:
    return FixedOutline(
        names=state.name,
        grids=[{"lineage": str(state.lineage), "code": state.code, "name": state.name}],
        where=None if where is None else as_geojson(where),
    )


def _shape(state: GridState | None) -> Shape | None:
    return state.shape if state else None


def _parent(state: GridState | None) -> UUID | None:
    return state.parent if state else None


def _level(old: GridState | None, new: GridState | None) -> int:
    state = old or new
    return state.level if state else 0


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
