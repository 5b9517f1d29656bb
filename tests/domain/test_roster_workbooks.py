"""Workbooks that are large where they look small, broken, or wrong about their own size."""

import io
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook

from geogrid.duty.roster import errors
from geogrid.duty.roster.reading import read_tables
from geogrid.duty.roster.rows import read_list
from tests.domain.test_roster_list import HEADERS, sheet, zipped


@pytest.mark.parametrize("merged", ["A1:Z20000", "A1:XFD1048576", "A3:A1048576"])
def test_a_small_file_with_large_merged_ranges_takes_no_memory(merged: str) -> None:
    """Loaded whole, the first of them alone had taken 150 MB, the second all there is."""
    source = zipfile.ZipFile(io.BytesIO(sheet(["王芳", "000 0000 0201", "", "N社区第1网格", "A"])))
    ranges = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>'.encode()
    parts = {name: source.read(name) for name in source.namelist()}
    page = "xl/worksheets/sheet1.xml"
    parts[page] = parts[page].replace(b"</sheetData>", b"</sheetData>" + ranges)
    tracemalloc.start()
    try:
        (table,) = read_tables(zipped(**parts))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert [cell.text for cell in table.rows[0]] == HEADERS
    assert len(table.rows) == 2


@pytest.mark.parametrize(
    "part",
    [
        b"<worksheet",
        b"<worksheet><sheetData><row r='x'/></sheetData></worksheet>",
        b"\x00\x01",
        b"",
    ],
)
def test_a_workbook_with_a_broken_sheet_is_no_table(part: bytes) -> None:
    source = zipfile.ZipFile(io.BytesIO(sheet(["王芳", "", "", "", ""])))
    parts = {name: source.read(name) for name in source.namelist()}
    with pytest.raises(errors.TableRefused):
        read_tables(zipped(**parts | {"xl/worksheets/sheet1.xml": part}))


def test_rows_far_apart_and_a_size_that_lies() -> None:
    book = Workbook()
    for at, text in enumerate(HEADERS, 1):
        book.active.cell(5, at, text)
    book.active.cell(2000, 1, "王芳")
    book.active.cell(2000, 4, "N社区第1网格")
    target = io.BytesIO()
    book.save(target)
    source = zipfile.ZipFile(target)
    parts = {name: source.read(name) for name in source.namelist()}
    page = "xl/worksheets/sheet1.xml"
    parts[page] = parts[page].replace(b'ref="A5:E2000"', b'ref="A1:A1"')
    (row,) = read_list(zipped(**parts)).rows
    assert (row.number, row.name, row.grids) == (2000, "王芳", ["N社区第1网格"])
