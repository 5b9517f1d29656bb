"""Tables of grids as offices write them, in Chinese and English, read into items."""

import pytest

from geogrid.territory.listing import Side, Span, UnreadableTable, items_of, read_listing

ODD, EVEN = Side.ODD, Side.EVEN


def read(text: str) -> list[tuple[str, list[tuple[int, int | None]], Side | None]]:
    return [
        (item.name, [(span.first, span.last) for span in item.spans], item.side)
        for item in items_of(text)
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("镜湖花园1-6号楼", [("镜湖花园", [(1, 6)], None)]),
        ("镜湖花园１－６号楼", [("镜湖花园", [(1, 6)], None)]),
        ("镜湖花园（1-6栋）", [("镜湖花园", [(1, 6)], None)]),
        ("镜湖花园1#、3#楼", [("镜湖花园", [(1, 1)], None), ("镜湖花园", [(3, 3)], None)]),
        ("镜湖花园十二栋", [("镜湖花园", [(12, 12)], None)]),
        ("镜湖花园全部", [("镜湖花园", [], None)]),
        ("镜湖花园（整个小区）", [("镜湖花园 小区", [], None)]),
        ("人民路1-99号单号", [("人民路", [(1, 99)], ODD)]),
        ("人民路（双号）2-48号", [("人民路", [(2, 48)], EVEN)]),
        ("人民路1号至99号单号", [("人民路", [(1, 99)], ODD)]),
        ("人民路 2–48 even", [("人民路", [(2, 48)], EVEN)]),
        ("人民路单号", [("人民路", [], ODD)]),
        ("人民路50号以上双号", [("人民路", [(50, None)], EVEN)]),
        ("人民路20号以下", [("人民路", [(0, 20)], None)]),
        ("和顺路1-5号 桂园路2号", [("和顺路", [(1, 5)], None), ("桂园路", [(2, 2)], None)]),
        ("312国道12-30号", [("312国道", [(12, 30)], None)]),
        ("三环巷、第一小学", [("三环巷", [], None), ("第一小学", [], None)]),
        ("西岭村1-3组、5组", [(f"西岭村{n}组", [], None) for n in (1, 2, 3, 5)]),
        ("西岭村一组", [("西岭村1组", [], None)]),
        ("Main Street 2–48 even", [("main street", [(2, 48)], EVEN)]),
        ("Main Street 1-99 (odd numbers)", [("main street", [(1, 99)], ODD)]),
        ("Rose Garden buildings 1-6, 8",
         [("rose garden", [(1, 6)], None), ("rose garden", [(8, 8)], None)]),
        ("12 Turmstraße", [("turmstrasse", [(12, 12)], None)]),
        ("whole of Rose Garden", [("rose garden", [], None)]),
    ],
)  # fmt: skip
def test_items(text: str, wanted: list) -> None:
    assert read(text) == wanted


def test_every_separator_parts_items() -> None:
    assert [name for name, _, _ in read("甲苑、乙苑，丙苑；丁苑;戊苑,己苑\n庚苑|辛苑")] == [
        f"{letter}苑" for letter in "甲乙丙丁戊己庚辛"
    ]


def test_a_side_said_last_holds_for_the_numbers_before_it_that_fit() -> None:
    sides = [item.side for item in items_of("人民路1-9号、13-21号单号")]
    assert sides == [ODD, ODD]
    sides = [item.side for item in items_of("人民路2-8号、13-21号单号")]
    assert sides == [None, ODD]


def test_plates_and_ranges_are_told_apart() -> None:
    plates = [item.spans[0] for item in items_of("书院路3号附4、12-1号、3-4号、12a")]
    assert plates == [
        Span(3, 3, "3-4"),  # 附 is never a range
        Span(12, 12, "12-1"),  # nor is one that falls
        Span(3, 4, "3-4"),  # the ground decides
        Span(12, 12, "12a"),
    ]


def test_entrances() -> None:
    (item,) = items_of("镜湖花园3栋1-2单元")
    assert (item.name, item.spans[0].first, item.units) == ("镜湖花园", 3, (Span(1, 2, "1-2"),))


def test_a_number_alone_is_given_its_name_back_in_the_text() -> None:
    assert [item.text for item in items_of("镜湖花园1-6号楼、8号楼")] == [
        "镜湖花园1-6号楼",
        "镜湖花园8号楼",
    ]


@pytest.mark.parametrize("text", ["1-6号楼", "人民路以北", "north of Main Street", "东至人民路"])
def test_what_cannot_be_looked_for_says_why(text: str) -> None:
    assert items_of(text)[0].problem


def test_one_row_per_grid_under_a_title() -> None:
    listing = read_listing(
        [
            ["镜湖街道网格划分一览表", None, None, None],
            [None, None, None, None],
            ["序号", "网格编码", "网格名称", "网格范围"],
            [1, 990101001001.0, "第1网格", "春晖小区；喜鹊街"],
            [2, 990101001002.0, "第2网格", "人民路1-99号单号"],
            ["合计", None, 2, None],
        ]
    )
    assert [(grid.code, grid.name, grid.line) for grid in listing.grids] == [
        ("990101001001", "第1网格", 4),
        ("990101001002", "第2网格", 5),
    ]
    assert [item.name for item in listing.grids[0].items] == ["春晖小区", "喜鹊街"]
    assert listing.columns["items"] == ("网格范围",)


def test_one_row_per_item_with_merged_cells() -> None:
    listing = read_listing(
        [
            ["所属社区", "网格", "小区", "楼栋", "单双号"],
            ["南苑社区", "第1网格", "镜湖花园", "1-6号楼、8号楼", None],
            ["", "", "人民路", "1-99号", "单号"],
            ["", "第2网格", "春晖小区", "", ""],
        ]
    )
    first, second = listing.grids
    assert (first.name, first.community, second.community) == ("第1网格", "南苑社区", "南苑社区")
    assert [(item.name, len(item.spans), item.side) for item in first.items] == [
        ("镜湖花园", 1, None),
        ("镜湖花园", 1, None),
        ("人民路", 1, ODD),
    ]
    assert second.items[0].spans == ()


def test_english_headers_and_headers_of_ones_own() -> None:
    listing = read_listing([["Grid no.", "Street", "Numbers"], ["7", "Main Street", "1-9"]])
    assert listing.grids[0].items[0].name == "main street"
    told = read_listing([["Beat", "What"], ["B1", "Oak Road 1-9"]],
                        fields={"grid": ["Beat"], "items": ["What"]})  # fmt: skip
    assert told.grids[0].title == "B1"


def test_numbers_beside_several_names_are_not_guessed() -> None:
    listing = read_listing([["网格", "小区", "楼栋"], ["1", "甲苑、乙苑", "1-3号楼"]])
    assert "is not said" in str(listing.grids[0].items[0].problem)


@pytest.mark.parametrize(
    ("rows", "fields", "sentence"),
    [
        ([["a", "b"], ["1", "2"]], {}, "names its columns"),
        ([], {}, "names its columns"),
        ([["网格", "范围"], ["1", ""]], {}, "lists no"),
        ([["网格", "范围"], ["1", "甲苑"]], {"community": ["片区"]}, "no column 片区"),
    ],
)
def test_what_is_no_list_is_refused(rows: list, fields: dict, sentence: str) -> None:
    with pytest.raises(UnreadableTable, match=sentence):
        read_listing(rows, fields=fields)
