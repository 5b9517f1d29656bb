"""What a command would make of a draft, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from geogrid.territory.states import GridState

__all__ = ["Outcome"]


@dataclass
class Outcome:
    """Grids before and after a command; None on the side where a grid is not there.

    Attributes
    ----------
    before, after : dict of lineage to GridState or None
        The same lineages in both: leaves, and grids above them whose own attributes or fixed
        outline change. Boundaries above the leaves are not here: they follow.
    patch : set of UUID
        Every grid the command met: who must agree, and what may not have changed meanwhile.
    refined : list
        What to change in the plan's outline, see `geogrid.coverage.change.Refined`.
    undoes : int or None
        Primary key of the edit it takes back.
    restores : bool
        It brings earlier states back; shapes of fixed outlines come with them.
    """

    before: dict[UUID, GridState | None] = field(default_factory=dict)
    after: dict[UUID, GridState | None] = field(default_factory=dict)
    patch: set[UUID] = field(default_factory=set)
    refined: list[Any] = field(default_factory=list)
    undoes: int | None = None
    restores: bool = False

    def put(self, old: GridState | None, new: GridState | None) -> None:
        """Note one grid's change; the first `before` of a lineage stays."""
        state = old or new
        assert state is not None  # noqa: S101
        self.before.setdefault(state.lineage, old)
        self.after[state.lineage] = new
        self.patch.add(state.lineage)

    def settle(self) -> None:
        """Forget grids that stay what they are."""
        for lineage in [one for one, old in self.before.items() if old == self.after[one]]:
            del self.before[lineage], self.after[lineage]
