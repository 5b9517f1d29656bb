"""What is asked of a generated division, and the proposal that came of it; both kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

import shapely

from layers.datum.shapes import Shape

__all__ = ["BARRIERS", "KEEPING", "Generated", "Piece", "Wish"]

# What "as they are", "rounder" and "from nothing" are to the balance, see `coverage.balance`.
KEEPING: Mapping[str, float | None] = {"near": 10.0, "rounder": 1.0, "anew": None}
BARRIERS: Mapping[str, float] = {"strong": 1.6, "usual": 1.0, "none": 0.0}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a division.

    Attributes
    ----------
    least, most : int
        Dwellings of a grid.
    base : int
        Number of the plan whose communities stay; 0: from nothing.
    quarters : bool
        From nothing: quarters around named places; else the whole is one.
    keep : str
        A key of `KEEPING`: what the present grids are worth.
    inside : tuple of str
        Lineages of the grids above the leaves in which to divide anew; empty: in all.
    untouched : tuple of str
        Lineages of leaves that stay as they are.
    dedicated : bool
        Whether dedicated grids stay as they are.
    barriers : str
        strong, usual or none: how much borders prefer streets, railways and waters.
    """

    least: int
    most: int
    base: int = 0
    quarters: bool = True
    keep: str = "near"
    inside: tuple[str, ...] = ()
    untouched: tuple[str, ...] = ()
    dedicated: bool = True
    barriers: str = "usual"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Wish:
        lists = {name: tuple(kept.get(name, ())) for name in ("inside", "untouched")}
        return cls(**{**kept, **lists})


@dataclass(frozen=True, slots=True)
class Piece:
    """A leaf of a proposal: below which grid of the base, or in which named quarter; after whom.

    `kept` says that it is the very land it was; `reason` why it is out of range, else "".
    """

    shape: Shape
    parent: UUID | None
    quarter: str
    origin: UUID | None
    dwellings: int
    reason: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Generated:
    """A proposal: leaves in reading order that tile `outline` exactly.

    `revision` is that of the plan it goes out from: edited since, it does not fit any more.
    """

    wish: Wish
    boundary: int
    outline: Shape
    pieces: list[Piece]
    moved: int = 0
    blocks: int = 0
    atoms: int = 0
    seconds: float = 0.0
    names: list[str] = field(default_factory=list)
    revision: int = 0

    def as_dict(self) -> dict[str, Any]:
        """JSON; shapes as WKB, so that every coordinate stays bit for bit."""
        kept = {name: getattr(self, name) for name in ("boundary", "moved", "blocks", "atoms",
                                                       "seconds", "names", "revision")}  # fmt: skip
        return kept | {
            "wish": self.wish.as_dict(),
            "outline": shapely.to_wkb(self.outline, hex=True),
            "pieces": [
                [
                    shapely.to_wkb(one.shape, hex=True), one.parent and str(one.parent),
                    one.quarter, one.origin and str(one.origin), one.dwellings, one.reason,
                    one.kept,
                ]
                for one in self.pieces
            ],
        }  # fmt: skip

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Generated:
        pieces = [
            Piece(
                shapely.from_wkb(shape), UUID(parent) if parent else None, quarter,
                UUID(origin) if origin else None, dwellings, reason, kept,
            )
            for shape, parent, quarter, origin, dwellings, reason, kept in told["pieces"]
        ]  # fmt: skip
        own = {"wish": Wish.of(told["wish"]), "outline": shapely.from_wkb(told["outline"])}
        return cls(**{**told, **own, "pieces": pieces})
