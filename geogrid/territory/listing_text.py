"""A list as people paste it: cells out of Excel or Word, or lines such as "Grid 7: Main Street".

    南苑社区
    第7网格：镜湖花园1-12号楼；人民路1-99号单号
    第8网格：镜湖花园13-20号楼

becomes the rows of a table. Pure.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from io import StringIO

from geogrid.territory.listing_columns import UnreadableTable, columns_of

__all__ = ["guessed_columns", "rows_of_text"]

HEADER = ["community", "grid", "items"]
DELIMITERS = (",", ";", "|")
LOOKED_AT = 60  # rows that tell what a column without a header holds
MOST = 0.6  # of the cells of a column

TITLE = (
    r"(?:[^:：，,；;、]{0,20}?网格(?:[\(（]?[\w一-鿿]{0,6}[\)）]?)?|grid\s+[\w\-/]+|第\s*\d+\s*格)"
)
TITLED = re.compile(
    rf"^(?P<title>{TITLE}|[^:：，,；;、]{{1,30}}(?=\s*[:：]))\s*[:：]\s*(?P<rest>.*)$", re.I
)
BLANK_AFTER = re.compile(rf"^(?P<title>{TITLE})(?:\s+(?P<rest>.*))?$", re.I)
COMMUNITY = re.compile(
    r"^(?P<name>.{1,20}(?:社区|村|居委会|居|quarter|community|ward))\s*[:：]?$", re.I
)
BULLET = re.compile(r"^\s*(?:[•·\-*–]\s+|[(（]?\d{1,3}[.)）]\s+|[一二三四五六七八九十]+、)")

CODE = re.compile(r"^\d{6,24}$")
GRID = re.compile(r"网格|^grid\b|^第.{1,4}格$|^\d{1,3}$", re.I)
WARD = re.compile(r"(?:社区|村|居委会|居)$|\b(?:quarter|community|ward)\b", re.I)
SIDE = re.compile(r"^(?:[单双][号数侧]?|奇数|偶数|odd|even|all|全部)$", re.I)
NUMBERS = re.compile(
    r"^[\d\s、,，;；~～—–至到号栋幢座楼单元附a-c\-]*\d[\d\s、,，;；~～—–至到号栋幢座楼单元附a-c\-]*$",
    re.I,
)


def rows_of_text(text: str) -> list[list[str]]:
    """The rows of a pasted text: its cells where it has any, else one row for each grid's line."""
    plain = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    if "\t" in plain:
        return _cells(plain, "\t")
    for delimiter in DELIMITERS:
        rows = _cells(plain, delimiter)
        try:
            columns_of([[cell.strip() for cell in row] for row in rows], {})
        except UnreadableTable:
            continue
        return rows
    return _lines(plain)


def guessed_columns(table: Sequence[Sequence[str]]) -> tuple[int, list[tuple[str, list[int]]]]:
    """As `columns_of`; where no row is a header (then -1), by what the columns hold.

    Raises
    ------
    UnreadableTable
        When there are fewer than two columns with anything in them.
    """
    try:
        return columns_of([list(row) for row in table], {})
    except UnreadableTable:
        found = _by_content(table)
        if found is None:
            raise
        return -1, found


def _cells(text: str, delimiter: str) -> list[list[str]]:
    return [list(row) for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter)]


def _lines(text: str) -> list[list[str]]:
    """Lines that name a grid begin a row, those that do not belong to the one above."""
    lines = [BULLET.sub("", line).strip() for line in text.split("\n")]
    lines = [line for line in lines if line]
    rows: list[list[str]] = []
    community = ""
    for at, line in enumerate(lines):
        ward = COMMUNITY.match(line)
        if ward and at + 1 < len(lines) and _titled(lines[at + 1]) and not _is_grid(line):
            community = ward["name"]
            continue
        found = _titled(line)
        if found is not None:
            rows.append([community, *found])
        elif rows:
            rows[-1][2] = f"{rows[-1][2]}；{line}".strip("；")
        else:
            rows.append([community, "", line])
    return [HEADER, *rows]


def _is_grid(line: str) -> bool:
    return BLANK_AFTER.match(line) is not None


def _titled(line: str) -> tuple[str, str] | None:
    found = TITLED.match(line) or BLANK_AFTER.match(line)
    return (found["title"].strip(), (found["rest"] or "").strip()) if found else None


def _by_content(table: Sequence[Sequence[str]]) -> list[tuple[str, list[int]]] | None:
    width = max((len(row) for row in table), default=0)
    cells = [
        [row[at].strip() for row in table[:LOOKED_AT] if at < len(row) and row[at].strip()]
        for at in range(width)
    ]
    filled = [at for at in range(width) if cells[at]]
    if len(filled) < 2:
        return None
    kinds: dict[str, list[int]] = {}
    for at in filled:
        for kind, pattern in (
            ("code", CODE), ("side", SIDE), ("grid", GRID), ("community", WARD),
            ("numbers", NUMBERS),
        ):  # fmt: skip
            share = sum(1 for cell in cells[at] if pattern.search(cell)) / len(cells[at])
            if share >= MOST and kind not in kinds and (kind != "grid" or _short(cells[at])):
                kinds[kind] = [at]
                break
    rest = [at for at in filled if not any(at in places for places in kinds.values())]
    if not rest and "community" in kinds:
        rest = kinds.pop("community")
    if "grid" not in kinds and "code" not in kinds and len(rest) > 1:
        kinds["grid"] = [rest.pop(0)]
    if not rest or not kinds.keys() & {"grid", "code"}:
        return None
    kinds["place" if "numbers" in kinds else "items"] = rest
    return list(kinds.items())


def _short(cells: Sequence[str]) -> bool:
    """A column that names grids is not the one that tells what lies in them."""
    return sum(map(len, cells)) / len(cells) <= 16
