"""The rows of a table file: CSV in UTF-8 or GB18030, or an Excel sheet."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from zipfile import BadZipFile

from django.utils.translation import gettext as _

from geogrid.territory.listing_text import rows_of_text
from layers.intake.encodings import decide
from layers.intake.errors import Unusable

__all__ = ["read_rows"]

DELIMITERS = ",\t;"


def read_rows(path: Path, *, sheet: str = "", name: str = "") -> list[list[object]]:
    """Read all rows of a .csv, .txt, .tsv or .xlsx file, titles and empty rows among them.

    Parameters
    ----------
    path : Path
        Text is read as UTF-8 where it is valid UTF-8, else as GB18030.
    sheet : str
        Of a workbook; by default its first visible one.
    name : str
        What the file is called in refusals, where it is kept under another name.

    Raises
    ------
    Unusable
        When there is no such file or sheet, or it is no table.

    Known Issues
    ------------
    Formulas count with the value that Excel stored last. The old .xls is not read.
    """
    if not path.is_file():
        raise Unusable(_("%(file)s does not exist.") % {"file": path}, path=str(path))
    called = name or str(path)
    ending = path.suffix.lower()
    if ending in (".xlsx", ".xlsm"):
        return _sheet(path, sheet, called)
    if ending == ".xls":
        raise Unusable(
            _("%(file)s is an old Excel file; save it as .xlsx or .csv.") % {"file": called},
            path=str(path),
        )
    data = path.read_bytes()
    if not data.strip():
        raise Unusable(_("%(file)s is empty.") % {"file": called}, path=str(path))
    if b"\x00" in data:
        raise Unusable(
            _("%(file)s is no table of text; save it as .xlsx or .csv.") % {"file": called},
            path=str(path),
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode(decide(data.splitlines()).name, errors="replace")
    if ending == ".txt":
        return [list(row) for row in rows_of_text(text)]
    first = next((line for line in text.splitlines() if any(d in line for d in DELIMITERS)), "")
    delimiter = max(DELIMITERS, key=first.count)
    return [list(row) for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter)]


def _sheet(path: Path, wanted: str, called: str) -> list[list[object]]:
    # Imported here: only those who give a workbook wait for it.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as problem:
        raise Unusable(
            _("%(file)s is no Excel workbook.") % {"file": called}, path=str(path)
        ) from problem
    try:
        sheets = {page.title: page for page in book.worksheets}
        if wanted and wanted not in sheets:
            raise Unusable(
                _("%(file)s has no sheet %(sheet)s, but: %(sheets)s.")
                % {"file": called, "sheet": wanted, "sheets": ", ".join(sheets)}
            )
        shown = [page for page in sheets.values() if page.sheet_state == "visible"]
        page = sheets[wanted] if wanted else (shown or list(sheets.values()))[0]
        return [list(row) for row in page.iter_rows(values_only=True)]
    finally:
        book.close()
