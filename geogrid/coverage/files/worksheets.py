"""What every worksheet that goes out has in common: harmless cells, legible columns, a head row.

Texts that begin like a formula are written as texts: a name typed by a stranger must not run on the
machine of whoever opens the list.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

__all__ = ["FORMULA", "finish", "sheet_title"]

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def finish(
    sheet: Any,
    *,
    heads: Collection[int] = (1,),
    frozen: str = "A2",
    narrowest: int = 8,
    widest: int = 48,
) -> None:
    """Make a filled openpyxl worksheet safe and legible.

    `heads` are rows in bold, `frozen` the first cell that scrolls ("": all do); columns become as
    wide as what stands in them, between `narrowest` and `widest` letters.
    """
    from openpyxl.styles import Font  # only who writes one loads it
    from openpyxl.utils import get_column_letter

    widths: dict[int, int] = {}
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith(FORMULA):
                cell.data_type = "s"  # never a formula
            if cell.row in heads:
                cell.font = Font(bold=True)
            widths[cell.column] = max(widths.get(cell.column, 0), _width(cell.value) + 2)
    for column, width in widths.items():
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = min(max(width, narrowest), widest)
    if frozen:
        sheet.freeze_panes = frozen


def sheet_title(words: str) -> str:
    """What of `words` may name a sheet."""
    return "".join(letter for letter in words if letter not in "[]:*?/\\")[:31]


def _width(value: Any) -> int:
    """Chinese letters are twice as wide."""
    text = "" if value is None else str(value)
    return len(text) + sum(ord(letter) > 0x2E7F for letter in text)
