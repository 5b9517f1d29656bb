"""Names of new grids look like their neighbours'."""

import pytest

from geogrid.territory.naming import grid_name, name_like, quarter_name, renamed


@pytest.mark.parametrize(
    ("neighbours", "name"),
    [
        (["Innenstadt 03", "Innenstadt 04"], "Innenstadt 05"),
        (["古城社区第3网格", "古城社区第4网格"], "古城社区第5网格"),
        (["河东3片", "河东第一网格", "河东4片"], "河东5片"),
        (["Grid 9", "Grid 10"], "Grid 5"),
        (["Grid 7"], "Grid 5"),
        (["学校", "医院"], None),  # nothing is numbered
        (["A 1", "B 2"], None),  # no two agree
        (["12", "13"], None),  # a number alone is no name
        ([], None),
    ],
)
def test_a_name_like_the_neighbours(neighbours: list[str], name: str | None) -> None:
    assert name_like(neighbours, 5) == name


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("Innenstadt 03", "Innenstadt 12"),
        ("古城社区第3网格", "古城社区第12网格"),
        ("Grid 4", "Grid 4"),  # not named after its number
        ("医院", "医院"),
    ],
)
def test_a_numbered_name_follows_its_number(name: str, after: str) -> None:
    assert renamed(name, 3, 12) == after


def test_names_of_first_plans() -> None:
    assert grid_name("古城社区", 3, "zh-hans") == "古城社区第3网格"
    assert grid_name("Innenstadt", 3, "en") == "Innenstadt 03"
    assert [quarter_name(place, "zh-hans") for place in ("古城", "柳岸村")] == [
        "古城社区", "柳岸村",
    ]  # fmt: skip
    assert quarter_name("Innenstadt", "en") == "Innenstadt"
