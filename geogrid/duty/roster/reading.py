"""A table out of bytes: an Excel sheet, or text with commas, tabs or semicolons.

Works in memory: what stands in a roster is written nowhere. Formulas are not computed and merged
cells are filled, both marked, because what a person sees on paper is not what a program reads.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from geogrid.duty.roster.errors import EmptyTable, NotATable, OldExcel, TableTooLarge, TooManyRows
from layers.intake.encodings import decide

__all__ = ["MOST_BYTES", "MOST_ROWS", "Cell", "Table", "letters", "read_tables"]

MOST_BYTES = 2 * 1024 * 1024  # below what Django keeps in memory: no copy of it reaches a disk
MOST_UNPACKED = 24 * 1024 * 1024
MOST_ROWS = 3000
MOST_COLUMNS = 60
DELIMITERS = ",\t;"


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is stripped; `formula`: it was not computed; `merged`: copied from the cell above."""

    text: str = ""
    formula: bool = False
    merged: bool = False


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

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # The sizes may lie, but zipfile reads no more of a member than it says.
            if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
                raise TableTooLarge(megabytes=MOST_UNPACKED // 1024**2)
        book = load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as problem:
        raise NotATable from problem
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    return [_sheet(sheet) for sheet in shown or book.worksheets]


def _sheet(sheet: Any) -> Table:
    if sheet.max_row > MOST_ROWS + 40:
        filled = [
            row for row in sheet.iter_rows(values_only=True) if any(v is not None for v in row)
        ]
        if len(filled) > MOST_ROWS:
            raise TooManyRows(most=MOST_ROWS)
    copied: dict[tuple[int, int], Cell] = {}
    for merged in sheet.merged_cells.ranges:
        top = _cell(sheet.cell(merged.min_row, merged.min_col))
        if (merged.max_row - merged.min_row) > MOST_ROWS:
            continue
        for row in range(merged.min_row, merged.max_row + 1):
            # Across columns it is a title; down the rows it is the same value for each.
            copied[row, merged.min_col] = Cell(top.text, top.formula, row > merged.min_row)
    table = Table(str(sheet.title))
    for row in sheet.iter_rows(max_row=MOST_ROWS + 40, max_col=min(sheet.max_column, MOST_COLUMNS)):
        table.rows.append([copied.get((cell.row, cell.column)) or _cell(cell) for cell in row])
    while table.rows and not any(cell.text or cell.formula for cell in table.rows[-1]):
        table.rows.pop()
    return table


def _cell(cell: Any) -> Cell:
    if cell.data_type == "f":
        return Cell(formula=True)
    return Cell(_written(cell.value))


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
