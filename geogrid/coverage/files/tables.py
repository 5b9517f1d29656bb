"""Attributes for spreadsheets: CSV that Excel opens in Chinese, and XLSX.

Texts that begin like a formula are written as texts: a name typed by a stranger must not run on the
machine of whoever opens the list.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from geogrid.coverage.files.worksheets import FORMULA, finish, sheet_title
from layers.intake.errors import Unusable

__all__ = ["write_table"]


def write_table(
    path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "Sheet1"
) -> None:
    """Write a .csv (UTF-8 with a byte order mark) or .xlsx file with one row of headers.

    Parameters
    ----------
    path : Path
        Its ending chooses the format.
    headers : sequence of str
    rows : iterable of sequence
        str, int, float, bool or None.
    title : str
        Name of the sheet; at most 31 letters count.

    Raises
    ------
    Unusable
        When the ending is another one or the file cannot be written.

    Known Issues
    ------------
    Excel shows codes of more than 15 digits in a .csv as rounded numbers; .xlsx keeps them.
    """
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise Unusable(f"{path}: unknown ending; choose .csv or .xlsx.", path=str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(path, headers, rows, title)
    except OSError as problem:
        raise Unusable(f"{path} cannot be written: {problem}", path=str(path)) from problem


def _write_csv(
    path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]], title: str
) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows([_harmless(value) for value in row] for row in rows)


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _write_xlsx(
    path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]], title: str
) -> None:
    from openpyxl import Workbook  # only who writes one loads it

    book = Workbook()
    sheet = book.active
    sheet.title = sheet_title(title) or "Sheet1"
    sheet.append(list(headers))
    for row in rows:
        sheet.append(list(row))
    finish(sheet)
    book.save(path)
