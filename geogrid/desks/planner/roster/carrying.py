"""A list between looking and accepting: in the form of the page, signed, and nowhere else.

Decision 0011 says why. Good for an hour, for the account, area and plan that it was made for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from django.core import signing

from geogrid.desks.planner.roster.asking import Asked
from geogrid.duty.roster.columns import Columns
from geogrid.duty.roster.errors import PreviewTooOld
from geogrid.duty.roster.rows import Row

__all__ = ["Carried", "pack", "unpack"]

SALT = "geogrid.roster"
GOOD_FOR = 3600  # seconds


@dataclass(slots=True)
class Carried:
    """`columns` are (letter, header, use, guessed); `pictures` (file, key or "", why not)."""

    file: str
    rows: list[Row]
    columns: list[list[Any]] = field(default_factory=list)
    pictures: list[list[str]] = field(default_factory=list)
    passed: int = 0
    key: str = field(default_factory=lambda: token_hex(8))  # of one look at one file: taken once


def told_columns(columns: Columns) -> list[list[Any]]:
    """What became of each column; `use` is its kind, "id", "private" or ""."""
    uses = {id(c): "id" for c in columns.ids} | {id(c): "private" for c in columns.private}
    return [
        [c.letter, c.header, uses.get(id(c), c.kind if c not in columns.passed else ""), c.guessed]
        for c in columns.all
    ]


def pack(asked: Asked, carried: Carried) -> str:
    told = {
        "for": _for(asked), "file": carried.file, "rows": [row.packed() for row in carried.rows],
        "columns": carried.columns, "pictures": carried.pictures, "passed": carried.passed,
        "key": carried.key,
    }  # fmt: skip
    return signing.dumps(told, salt=SALT, compress=True)


def unpack(asked: Asked, token: str) -> Carried:
    """Raises PreviewTooOld for what is older than an hour, changed, or somebody else's."""
    try:
        told = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature as problem:
        raise PreviewTooOld from problem
    if told["for"] != _for(asked):
        raise PreviewTooOld
    rows = [Row.unpacked(row) for row in told["rows"]]
    return Carried(
        told["file"], rows, told["columns"], told["pictures"], told["passed"], told["key"]
    )


def _for(asked: Asked) -> list[Any]:
    return [asked.user.pk, asked.area.slug, asked.plan.number if asked.plan else 0]
