"""The table of grids: rows, balance against the scheme's range, and the order a link asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from geogrid.territory.models import Grid, Scheme

__all__ = ["Balance", "Row", "Sort", "balance", "rows_of"]


class Balance(StrEnum):
    """Where a grid stands against the range, in the five steps of the heat scale."""

    LOW2 = "low2"
    LOW1 = "low1"
    IN = "in"
    HIGH1 = "high1"
    HIGH2 = "high2"


def balance(dwellings: int, at_least: int, at_most: int) -> Balance:
    """Place a number of dwellings: `at_least` and `at_most` count as inside."""
    if dwellings < at_least:
        return Balance.LOW2 if dwellings < at_least * 0.9 else Balance.LOW1
    if dwellings > at_most:
        return Balance.HIGH2 if dwellings > at_most * 1.1 else Balance.HIGH1
    return Balance.IN


@dataclass(frozen=True, slots=True)
class Row:
    grid: Grid
    parent: str
    dwellings: int
    buildings: int
    places: int
    hazards: int
    area_m2: float
    balance: Balance
    mark: float
    """Where the dot of the range strip stands, 0 to 100; the range itself is 25 to 75."""

    @property
    def within(self) -> bool:
        return self.balance == Balance.IN


COLUMNS = ("code", "dwellings", "buildings", "places", "hazards", "area")


@dataclass(frozen=True, slots=True)
class Sort:
    column: str = "code"
    descending: bool = False

    @classmethod
    def asked(cls, text: str) -> Self:
        """Read `dwellings` or `-dwellings`; anything else means by code."""
        column = text.removeprefix("-")
        return cls(column, text.startswith("-")) if column in COLUMNS else cls()

    def link(self, column: str) -> str:
        """What the heading of `column` asks for: figures start with the largest."""
        if column == self.column:
            return column if self.descending else f"-{column}"
        return column if column == "code" else f"-{column}"

    def key(self, row: Row) -> tuple[float | str, str]:
        figures: dict[str, float | str] = {
            "code": row.grid.code,
            "dwellings": row.dwellings,
            "buildings": row.buildings,
            "places": row.places,
            "hazards": row.hazards,
            "area": row.area_m2,
        }
        return figures[self.column], row.grid.code


def rows_of(grids: Iterable[Grid], scheme: Scheme, sort: Sort) -> list[Row]:
    """Rows for leaf grids that come with `load` and `parent` selected."""
    rows = [_row(grid, scheme) for grid in grids]
    return sorted(rows, key=sort.key, reverse=sort.descending)


def _row(grid: Grid, scheme: Scheme) -> Row:
    load = getattr(grid, "load", None)
    dwellings = load.dwellings if load else 0
    low, high = scheme.households_min, scheme.households_max
    width = max(high - low, 1)
    return Row(
        grid=grid,
        parent=grid.parent.name if grid.parent else "",
        dwellings=dwellings,
        buildings=load.buildings if load else 0,
        places=load.shops + load.schools + load.hospitals + load.facilities if load else 0,
        hazards=load.hazards if load else 0,
        area_m2=load.area_m2 if load else 0.0,
        balance=balance(dwellings, low, high),
        mark=round(min(max(25 + (dwellings - low) / width * 50, 2), 98), 1),
    )
