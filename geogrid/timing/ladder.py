"""Who a late case goes to next.

Rung 0 is the grid, then one rung for each grid above it, and the office on top. Each rung has an
allowance of its own, so the clock starts anew with the person who can act on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from geogrid.timing.deadlines import Allowance

__all__ = ["Ladder"]


@dataclass(frozen=True, slots=True)
class Ladder:
    """`allowances` by rung; a rung without one borrows that of the nearest rung below."""

    allowances: Mapping[int, Allowance]

    def __post_init__(self) -> None:
        if 0 not in self.allowances:
            raise ValueError("a ladder needs an allowance on rung 0")

    def allowance(self, rung: int) -> Allowance:
        return self.allowances[max(n for n in self.allowances if n <= rung)]

    @staticmethod
    def top(parents: int) -> int:
        """The office's rung above a grid that has `parents` grids above it."""
        return parents + 1

    @staticmethod
    def next_rung(rung: int, parents: int) -> int | None:
        """The rung above, or None on top: nobody is left to send it to."""
        return rung + 1 if rung < Ladder.top(parents) else None
