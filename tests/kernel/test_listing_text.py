"""Lists as people paste them: lines, cells with and without titles."""

import pytest

from geogrid.territory.listing import UnreadableTable, cells_of, read_listing
from geogrid.territory.listing_text import guessed_columns, rows_of_text


def read(text: str) -> list[tuple[str, str, str, list[str]]]:
    rows = rows_of_text(text)
    listing = read_listing(rows, columns=guessed_columns(cells_of(rows)))
    return [
        (grid.code, grid.name, grid.community, [item.text for item in grid.items])
        for grid in listing.grids
    ]


@pytest.mark.parametrize(
    ("text", "grids"),
    [
        (
            "Grid 7: Rose Garden buildings 1-12; Main Street 1-99 odd\nGrid 8: First School",
            [
                ("", "Grid 7", "", ["Rose Garden buildings 1-12", "Main Street 1-99 odd"]),
                ("", "Grid 8", "", ["First School"]),
            ],
        ),
        (
            "南苑社区\n1. 第7网格：镜湖花园1-12号楼\n\n西岭村：\n第9网格\n人民路2-48号双号\n学校",
            [
                ("", "第7网格", "南苑社区", ["镜湖花园1-12号楼"]),
                ("", "第9网格", "西岭村", ["人民路2-48号双号", "学校"]),
            ],
        ),
        (
            '第1网格\t镜湖花园\t1-6号楼\n\t人民路\t1-99号\n第2网格\t"春晖小区"\t\n',
            [
                ("", "第1网格", "", ["镜湖花园 1-6号楼", "人民路 1-99号"]),
                ("", "第2网格", "", ["春晖小区"]),
            ],
        ),
        (
            "南苑社区\t990101001001\t第1网格\t镜湖花园1-3号楼、人民路",
            [("990101001001", "第1网格", "南苑社区", ["镜湖花园1-3号楼", "人民路"])],
        ),
        ("网格,范围\n第1网格,镜湖花园1-3号楼", [("", "第1网格", "", ["镜湖花园1-3号楼"])]),
    ],
)
def test_is_read(text: str, grids: list[tuple[str, str, str, list[str]]]) -> None:
    assert read(text) == grids


@pytest.mark.parametrize("text", ["", "\t\n\t", "镜湖花园\t\n人民路\t"])
def test_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableTable):
        read(text)
