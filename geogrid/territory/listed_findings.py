"""One thing that is wrong with a list of grids, seen from the ground. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geogrid.coverage.from_list import TroubleKind
from geogrid.territory.listed_words import Remark
from layers.datum.shapes import Shape

__all__ = ["ListFinding", "ListFindingKind"]


class ListFindingKind(StrEnum):
    """What can be wrong with a list."""

    LISTED_TWICE = "listed_twice"
    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"
    TWO_PARTS = TroubleKind.TWO_PARTS.value
    ONE_BUILDING = TroubleKind.ONE_BUILDING.value
    OTHER_COMMUNITY = TroubleKind.OTHER_COMMUNITY.value
    OUTSIDE = TroubleKind.OUTSIDE.value
    NO_GROUND = TroubleKind.NO_GROUND.value
    UNASSIGNED = TroubleKind.UNASSIGNED.value
    UNLISTED = "unlisted"  # addresses that no grid lists: they went to the grid around them


@dataclass(frozen=True, slots=True)
class ListFinding:
    """One thing wrong with the list.

    Attributes
    ----------
    grids : tuple of int
        Indices into the listing's grids; of `LISTED_TWICE` the one that keeps it first.
    items : tuple of str
        What was written, for the grids in the same order where there are several.
    note : Remark
        One sentence more; may be empty.
    where : Point, MultiPoint or polygon
        EPSG:4326; empty where there is no place.
    entries : tuple of (grid, position)
        The items concerned, of `LISTED_TWICE` in the order of the grids.
    street : str
        Of `UNLISTED`: the street or compound.
    count : int
        How many addresses or places it is about, where that is known.
    """

    kind: ListFindingKind
    grids: tuple[int, ...]
    items: tuple[str, ...]
    note: Remark
    where: Shape
    area_m2: float = 0.0
    entries: tuple[tuple[int, int], ...] = ()
    street: str = ""
    count: int = 0
