"""A draft as it would be after some edits: carried out in memory, by the kernel that edits it.

What is tried here can be carried out on the draft itself, step by step or at once, as long as
nobody changed it meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from copy import copy
from dataclasses import replace
from typing import Any, Self
from uuid import UUID, uuid4

import numpy as np
import shapely

from geogrid.coverage.change import Change
from geogrid.coverage.rings import replaced
from geogrid.territory.models import Level, Plan
from geogrid.territory.states import as_multi
from geogrid.territory.window import Segments, Window
from layers.datum.lattice import to_steps
from layers.datum.shapes import Shape

__all__ = ["Sketch"]

FIRST_NEW = 2**61  # keys of grids that only the sketch has


class Sketch(Window):
    """A window whose leaves can be changed; the database is only read."""

    def __init__(self, plan: Plan, levels: Mapping[int, Level] | None = None) -> None:
        known = levels or {one.depth: one for one in Level.objects.filter(scheme=plan.scheme_id)}
        super().__init__(plan, known)
        self.changed: set[int] = set()
        self.gone: set[UUID] = set()
        self._fixed: tuple[Shape | None, Segments] = (None, np.empty((0, 2, 2)))

    def twin(self) -> Self:
        """Another sketch of the same draft, to try something else on."""
        other = copy(self)
        other.states, other.keys = dict(self.states), dict(self.keys)
        other._shapes, other._boxes = dict(self._shapes), list(self._boxes)
        other._seen = dict(self._seen)
        other.changed, other.gone = set(self.changed), set(self.gone)
        return other

    def read_below(self, unit: UUID | None) -> list[int]:
        """Keys of the leaves below a grid, or of all leaves; by code."""
        if unit is None:
            self.read_all()
            keys = list(self._shapes)
        else:
            above = {self.uppers[unit].pk, *self._below(unit)}
            self._add("parent_id = ANY(%s)", [sorted(above)])
            lineages = {self.lineage_of_upper[pk] for pk in above}
            keys = [key for key in self._shapes if self.states[key].parent in lineages]
        self._read_around(keys)
        return sorted(keys, key=lambda key: self.states[key].code)

    def _read_around(self, keys: list[int]) -> None:
        """What any step among these leaves could ask for, at once."""
        if keys:
            around = shapely.box(*shapely.total_bounds([self._shapes[key] for key in keys]))
            self._read_box(around.bounds)
            self._fixed = around, super()._fixed_near(around)

    def _fixed_near(self, where: Shape) -> Segments:
        """From what was read around, where that reaches."""
        around, known = self._fixed
        return known if around is not None and around.covers(where) else super()._fixed_near(where)

    def _below(self, unit: UUID) -> Iterator[int]:
        for lineage, upper in self.uppers.items():
            if upper.state.parent == unit:
                yield upper.pk
                yield from self._below(lineage)

    def apply(self, change: Change) -> dict[int, int]:
        """Carry out a change; returns the key that each new grid got."""
        made: dict[int, int] = {}
        for key in change.gone:
            state = self.states.pop(key)
            del self.keys[state.lineage], self._shapes[key]
            self._seen[state.lineage] = None  # not to be read again
            self.changed.discard(key)
            if key < FIRST_NEW:
                self.gone.add(state.lineage)
        for key, shape in change.shapes.items():
            whole = as_multi(shape)
            if key < 0:
                made[key] = max([FIRST_NEW - 1, *self.states]) + 1
                origin = self.states[change.parts_of[key]]
                self._put(made[key], replace(origin, lineage=uuid4(), shape=whole), whole)
            else:
                self._put(key, replace(self.states[key], shape=whole), whole)
        for one in change.refined:
            self.__dict__["outline"] = replaced(
                self.outline,
                to_steps([one.start, *one.removed, one.finish]),
                to_steps([one.start, *one.inserted, one.finish]),
            )
        return made

    def _put(self, key: int, state: Any, shape: Shape) -> None:
        self.states[key] = state
        self.keys[state.lineage] = key
        self._shapes[key] = shape
        self.changed.add(key)

    def shapes(self) -> dict[UUID, Shape]:
        """The leaves of the draft whose border is another one now, if only by a vertex."""
        return {self.states[key].lineage: self._shapes[key] for key in self._of_draft()}

    def _of_draft(self) -> list[int]:
        return [key for key in sorted(self.changed) if key < FIRST_NEW]

    def made(self) -> list[Shape]:
        """The grids that the draft does not have."""
        return [self._shapes[key] for key in sorted(self.changed) if key >= FIRST_NEW]

    def pieces_allowed(self) -> Collection[int]:
        """Keys of the grids that may lie in several pieces."""
        return {key for key, state in self.states.items() if state.pieces_reason}
