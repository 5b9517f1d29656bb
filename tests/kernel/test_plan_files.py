"""Columns find their meaning, grids their level, their code and their parent. No database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import shapely
from django.utils.translation import override

from geogrid.territory.plan_files.features import Feature, Ladder, Rung, features_of
from geogrid.territory.plan_files.fields import guess_fields, joined
from geogrid.territory.plan_files.levels import Levelled, Upper, levelled
from layers.datum.shapes import listed
from layers.intake.errors import Unusable
from layers.intake.vector_files import VectorFile
from tests.pictures import picture

LADDER = Ladder("990101", (Rung(1, ("社区", "Community"), 3), Rung(2, ("网格", "Grid"), 3)))
SHAPES = picture("""
    aabb
    ccdd
    """)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        (["code", "name", "level", "parent", "parent_name", "kind", "lineage"],
         {"code": "code", "name": "name", "level": "level", "parent": "parent", "kind": "kind",
          "lineage": "lineage"}),
        (["网格编码", "网格名称", "所属社区", "面积"],
         {"code": "网格编码", "name": "网格名称", "parent": "所属社区"}),
        (["OBJECTID", "编号", "名称", "所属村居"],
         {"code": "编号", "name": "名称", "parent": "所属村居"}),
        (["GRID_CODE", "Grid Name", "COMMUNITY"],
         {"code": "GRID_CODE", "name": "Grid Name", "parent": "COMMUNITY"}),
        (["网格编", "网格名", "所属社"], {"code": "网格编", "name": "网格名", "parent": "所属社"}),
        (["WGBM", "WGMC"], {"code": "WGBM", "name": "WGMC"}),
        (["Name", "description"], {"name": "Name"}),
        (["perimeter"], {}),
    ],
)  # fmt: skip
def test_headers_are_recognised(columns: list[str], fields: dict[str, str]) -> None:
    assert guess_fields(columns) == fields


def test_what_is_told_counts_and_is_not_used_twice() -> None:
    assert guess_fields(["code", "id", "name"], {"code": "id"}) == {"code": "id", "name": "name"}
    assert guess_fields(["code", "name"], {"code": ""}) == {"name": "name"}
    with pytest.raises(Unusable, match="but: code, name"):
        guess_fields(["code", "name"], {"code": "编号"})
    with pytest.raises(Unusable, match="choose one of"):
        guess_fields(["code"], {"colour": "code"})


def test_long_texts_of_a_shapefile_are_joined() -> None:
    long = "长" * 84
    columns = {"name": [long, "短"], "name_2": ["尾", "x"]}
    assert joined(columns, "name") == [f"{long}尾", "短"]


def file_of(columns: dict[str, list[Any]]) -> VectorFile:
    shapes = listed(list(SHAPES.values()))
    return VectorFile(
        path=Path("a.gpkg"), kind="GeoPackage", layer="a", shapes=shapes, columns=columns,
        names=list(SHAPES), coordinates="", projected="", encoding=None, suspicions=(), notes=(),
    )  # fmt: skip


def test_rows_are_read_as_people_meant_them() -> None:
    lineage = uuid4()
    file = file_of({
        "code": [990101001001.0, " 002 ", None, "4"],
        "kind": ["专属网格", "基础网格", "", "lake"],
        "lineage": [f"{{{lineage}}}", "not one", None, None],
    })  # fmt: skip
    features, problems = features_of(file, {name: name for name in file.columns})
    assert [feature.code for feature in features] == ["990101001001", "002", "", "4"]
    assert [feature.kind for feature in features] == ["dedicated", "basic", "basic", "basic"]
    assert [feature.lineage for feature in features] == [lineage, None, None, None]
    assert len(problems) == 2
    assert problems[0].startswith("#2: not one")
    assert problems[1].startswith("#4: lake")


def feature(letter: str, number: int = 1, **told: Any) -> Feature:
    fields: dict[str, Any] = {
        "number": number, "code": "", "name": "", "label": "", "parent": "", "level": "",
        "kind": "basic", "lineage": None, "pieces_reason": "", "shape": SHAPES[letter],
    }  # fmt: skip
    return Feature(**(fields | told))


def upper(code: str, name: str, letters: str) -> Upper:
    shape = shapely.coverage_union_all([SHAPES[letter] for letter in letters])
    return Upper(1, code, name, code[-2:], UUID(int=int(code[-3:])), None, shape)


KNOWN = [upper("990101001", "古城社区", "ab"), upper("990101002", "柳岸村", "cd")]


def parents(result: Levelled) -> dict[str, str | None]:
    return {grid.code: grid.parent for grid in result.grids if grid.level == 2}


def test_codes_tell_the_parent_and_lineages_go_on() -> None:
    codes = {"a": "990101001001", "c": "990101002001"}
    result = levelled([feature(k, code=v) for k, v in codes.items()], LADDER, KNOWN)
    assert parents(result) == {"990101001001": "990101001", "990101002001": "990101002"}
    tops = {grid.code: grid.lineage for grid in result.grids if grid.level == 1}
    assert tops == {known.code: known.lineage for known in KNOWN}
    assert [grid.label for grid in result.grids if grid.level == 2] == ["01", "01"]


def test_ground_tells_the_parent_where_nothing_else_does() -> None:
    result = levelled([feature(letter) for letter in "dcba"], LADDER, KNOWN)
    assert parents(result) == {
        "990101001001": "990101001", "990101001002": "990101001",
        "990101002001": "990101002", "990101002002": "990101002",
    }  # fmt: skip
    west = next(grid for grid in result.grids if grid.code == "990101002001")
    assert west.shape is SHAPES["c"]


def test_a_named_parent_counts_more_than_a_code_or_the_ground() -> None:
    result = levelled([feature("a", code="990101001001", parent="柳岸村")], LADDER, KNOWN)
    assert parents(result) == {"990101001001": "990101002"}


def test_parents_that_nobody_knows_are_made_up_and_told() -> None:
    rows = [feature("a", parent="北社区"), feature("b", parent="北社区"), feature("c", parent="南")]
    result = levelled(rows, LADDER)
    assert [(g.code, g.name) for g in result.grids if g.level == 1] == [
        ("990101001", "北社区"), ("990101002", "南"),
    ]  # fmt: skip
    assert sorted(parents(result)) == ["990101001001", "990101001002", "990101002001"]
    assert any("made up" in note for note in result.notes)


def test_nothing_tells_the_parent() -> None:
    with pytest.raises(Unusable, match="which Community 1 grids belong to"):
        levelled([feature("a", name="甲")], LADDER)


def test_levels_by_parents_in_the_file() -> None:
    rows = [
        feature("a", 1, code="N", name="北"),
        feature("a", 2, code="1", parent="N"),
        feature("b", 3, code="2", parent="N"),
    ]
    result = levelled(rows, LADDER)
    assert result.how == "by their parents"
    assert [(grid.code, grid.level) for grid in result.grids] == [("N", 1), ("1", 2), ("2", 2)]


def test_a_parent_without_children_is_left_out_and_told() -> None:
    rows = [
        feature("a", 1, code="990101001", name="空"),
        feature("b", 2, code="990101002"),
        feature("b", 3, code="990101002001"),
    ]
    result = levelled(rows, LADDER)
    assert [grid.code for grid in result.grids] == ["990101002", "990101002001"]
    assert any("空" in note for note in result.notes)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"code": "1", "number": 3}, {"code": "1", "number": 7}], "1 in rows 3, 7"),
        ([{"code": "1" * 25}], "25 letters, more than 24"),
        ([{"name": "长" * 121}], "121 letters, more than 120"),
        ([{"level": "镇"}], "known are 1 .社区/Community., 2"),
        ([{"level": "1"}], "no grid of the lowest level"),
        ([{"lineage": UUID(int=9), "code": "1"}, {"lineage": UUID(int=9)}], "Two grids have the"),
    ],
)
def test_what_makes_no_plan_is_refused(rows: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        levelled([feature("a", **row) for row in rows], LADDER, KNOWN)
