"""A table out of bytes: an Excel sheet, or text with commas, tabs or semicolons.

Works in memory: what stands in a roster is written nowhere. Formulas are not computed and merged
cells are filled, both marked, because what a person sees on paper is not what a program reads.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from geogrid.duty.roster.errors import EmptyTable, NotATable, OldExcel, TableTooLarge, TooManyRows
from layers.intake.encodings import decide

__all__ = ["MOST_BYTES", "MOST_ROWS", "Cell", "Table", "letters", "read_tables"]

MOST_BYTES = 2 * 1024 * 1024  # below what Django keeps in memory: no copy of it reaches a disk
MOST_UNPACKED = 24 * 1024 * 1024
MOST_ROWS = 3000
MOST_COLUMNS = 60
DEEPEST = 20_000  # a row further down is none that somebody wrote
MOST_MERGED = 5000
MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\s+(?:[^>]*?\s)?ref=["']([A-Z]{1,3})([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})["']"""
)
DELIMITERS = ",\t;"


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is stripped; `formula`: it was not computed; `merged`: copied from the cell above."""

    text: str = ""
    formula: bool = False
    merged: bool = False


EMPTY = Cell()


@dataclass(slots=True)
class Table:
    """`rows[0]` is row `first` of the file, counted from 1 as a spreadsheet does."""

    title: str
    rows: list[list[Cell]] = field(default_factory=list)


def read_tables(content: bytes) -> list[Table]:
    """Read the visible sheets of a workbook, or the one table of a text.

    Raises TableTooLarge, TooManyRows, OldExcel, NotATable, EmptyTable.
    """
    if len(content) > MOST_BYTES:
        raise TableTooLarge(megabytes=MOST_BYTES // 1024**2)
    if not content.strip():
        raise EmptyTable
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise OldExcel
    tables = _workbook(content) if content.startswith(b"PK") else [_text(content)]
    tables = [table for table in tables if any(c.text for row in table.rows for c in row)]
    if not tables:
        raise EmptyTable
    return tables


def letters(column: int) -> str:
    """A, B ... Z, AA as spreadsheets call columns; 0 is A."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _index(column: bytes) -> int:
    index = 0
    for letter in column:
        index = index * 26 + letter - 64
    return index - 1


def _text(content: bytes) -> Table:
    if b"\x00" in content:
        raise NotATable
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode(decide(content.splitlines()).name, errors="replace")
    first = next((line for line in text.splitlines() if any(d in line for d in DELIMITERS)), "")
    delimiter = max(DELIMITERS, key=first.count)
    table = Table("")
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            # What a spreadsheet would compute when it opens the text is a formula here, too.
            cells = [Cell(formula=True) if c.startswith("=") else Cell(c.strip()) for c in row]
            table.rows.append(cells[:MOST_COLUMNS])
            if len(table.rows) > MOST_ROWS:
                raise TooManyRows(most=MOST_ROWS)
    except csv.Error as problem:
        raise NotATable from problem
    return table


def _workbook(content: bytes) -> list[Table]:
    # Imported here: only those who give a workbook wait for it.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    # openpyxl checks little of what it unpacks: a part that is missing or holds other things than
    # it should ends as KeyError, IndexError, AttributeError or TypeError, XML that breaks off as
    # SyntaxError. zipfile says NotImplementedError for a compression that it does not know, and
    # RuntimeError for an archive with a password.
    broken = (
        InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError,
        OSError, EOFError, SyntaxError, AttributeError, IndexError, NotImplementedError,
        RuntimeError,
    )  # fmt: skip
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # The sizes may lie, but zipfile reads no more of a member than it says.
            if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
                raise TableTooLarge(megabytes=MOST_UNPACKED // 1024**2)
            # Row by row: a sheet that is loaded whole has a cell for all that is merged in it.
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            return [
                _sheet(sheet, archive.read(sheet._worksheet_path))
                for sheet in shown or book.worksheets
            ]
    except broken as problem:
        raise NotATable from problem


def _sheet(sheet: Any, written: bytes) -> Table:
    table, filled, width = Table(str(sheet.title)), 0, 0
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    for number, row in enumerate(sheet.iter_rows(max_row=DEEPEST, max_col=MOST_COLUMNS)):
        cells = [_cell(cell) for cell in row] if any(c.value is not None for c in row) else []
        told = [at for at, cell in enumerate(cells) if cell.text or cell.formula]
        if not told:
            cells = []
        filled += bool(told)
        if filled > MOST_ROWS:
            raise TooManyRows(most=MOST_ROWS)
        width = max(width, told[-1] + 1 if told else 0)
        if number < MOST_ROWS + 40:
            table.rows.append(cells)
    _copy_merged(table, written)
    while table.rows and not any(cell.text or cell.formula for cell in table.rows[-1]):
        table.rows.pop()
    table.rows = [(row + [EMPTY] * width)[:width] for row in table.rows]
    return table


def _copy_merged(table: Table, written: bytes) -> None:
    """Give each row what stands merged beside it. Across columns it is a title, and stays one."""
    rows = table.rows
    for found in islice(MERGED.finditer(written), MOST_MERGED):
        column, first, last = found[1], int(found[2]) - 1, int(found[3]) - 1
        at = _index(column)
        if not (0 <= first < last < first + MOST_ROWS and at < MOST_COLUMNS and first < len(rows)):
            continue
        top = rows[first][at] if at < len(rows[first]) else EMPTY
        for row in rows[first + 1 : last + 1]:
            row += [EMPTY] * (at + 1 - len(row))
            row[at] = Cell(top.text, top.formula, True)


def _cell(cell: Any) -> Cell:
    if cell.data_type == "f":
        return Cell(formula=True)
    return Cell(_written(cell.value)) if cell.value is not None else EMPTY


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()
