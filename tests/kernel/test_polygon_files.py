"""What is written reads back as the same lattice numbers and the same words, in every format."""

import csv
import sqlite3
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from openpyxl import load_workbook

from geogrid.coverage.files import Unusable, read_polygons, write_polygons
from geogrid.coverage.files.tables import write_table
from layers.datum.lattice import snap
from tests.pictures import picture
from tests.tilings import tiling

HOLES_AND_ISLANDS = """
    aaaa.b
    acca.b
    aaaa..
    ......
    b.dddd
    """
NAMES = ["古城社区第一网格", "柳岸村“桥头”, 东", "龘靐齉爩", "D & <E>"]
LONG = "特别长的网格名称" * 15


def shapes() -> list[shapely.Geometry]:
    return list(picture(HOLES_AND_ISLANDS).values())


def canonical(geometries: Any) -> list[bytes]:
    return [shapely.to_wkb(shapely.normalize(_multi(snap(shape)))) for shape in geometries]


def _multi(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape


COLUMNS: dict[str, list[Any]] = {
    "code": ["001", "002", "110101001003004", "x"],
    "name": NAMES,
    "level": [1, 2, 2, 2],
    "area_m2": [1.5, 2.25, 3.0, 4.0],
    "parent": [None, "001", "001", "001"],
}
FORMATS = [
    ("grids.geojson", "EPSG:4326"),
    ("grids.geojson", "EPSG:4549"),
    ("grids.gpkg", "EPSG:4326"),
    ("grids.gpkg", "EPSG:4490"),
    ("grids.gpkg", "EPSG:4547"),
    ("grids.gpkg", "EPSG:4526"),
    ("网格.zip", "EPSG:4326"),
    ("grids.shp", "EPSG:4547"),
    ("grids.kml", "EPSG:4326"),
    ("grids.kmz", "EPSG:4326"),
]


@pytest.mark.parametrize(("name", "crs"), FORMATS)
def test_shapes_and_words_come_back(tmp_path: Path, name: str, crs: str) -> None:
    path = tmp_path / name
    write_polygons(path, shapes(), COLUMNS, crs=crs)
    file = read_polygons(path)
    assert canonical(file.shapes) == canonical(shapes())
    found = {name.lower(): values for name, values in file.columns.items()}
    assert found["code"] == COLUMNS["code"]
    assert found["name"] == NAMES
    assert [value or None for value in found["parent"]] == COLUMNS["parent"]
    assert list(map(int, found["level"])) == COLUMNS["level"]
    assert list(map(float, found["area_m2"])) == COLUMNS["area_m2"]


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526", "EPSG:4490", "EPSG:32649", "EPSG:3857"])
@pytest.mark.parametrize("name", ["town.gpkg", "town.geojson"])
def test_a_town_survives_a_projection_and_back(tmp_path: Path, name: str, crs: str) -> None:
    town = tiling(400)
    write_polygons(tmp_path / name, town.faces, crs=crs)
    file = read_polygons(tmp_path / name)
    assert canonical(file.shapes) == canonical(town.faces)


def test_a_long_name_goes_on_in_a_second_field_of_a_shapefile(tmp_path: Path) -> None:
    names = [LONG, *NAMES[1:]]
    write_polygons(tmp_path / "a.zip", shapes(), {"name": names})
    columns = read_polygons(tmp_path / "a.zip").columns
    rest = [value or "" for value in columns["name_2"]]
    assert [first + more for first, more in zip(columns["name"], rest, strict=True)] == names


def test_names_of_shapefile_fields_stay_apart(tmp_path: Path) -> None:
    fields = {"所属社区名称": ["a"] * 4, "所属社区编码": ["b"] * 4, "code": ["c"] * 4}
    write_polygons(tmp_path / "a.shp", shapes(), fields)
    assert list(read_polygons(tmp_path / "a.shp").columns) == ["所属社", "所属_2", "code"]


def test_a_shapefile_says_its_system_and_its_encoding(tmp_path: Path) -> None:
    write_polygons(tmp_path / "a.zip", shapes(), COLUMNS, crs="EPSG:4549")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {Path(n).suffix for n in archive.namelist()} == {
            ".shp", ".shx", ".dbf", ".prj", ".cpg",
        }  # fmt: skip
        assert archive.read("a.cpg").decode() == "UTF-8"
        assert b"CGCS2000" in archive.read("a.prj")


def test_a_geopackage_brings_its_style(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_polygons(path, shapes(), COLUMNS, layer="grids", styled=True)
    with sqlite3.connect(path) as connection:
        table, column, style = connection.execute(
            "SELECT f_table_name, f_geometry_column, styleQML FROM layer_styles WHERE useAsDefault"
        ).fetchone()
        known = connection.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", [table]
        ).fetchone()
    assert known == (column,)
    drawn = ElementTree.fromstring(style)  # noqa: S314  (our own text)
    symbols = {symbol.get("name") for symbol in drawn.iter("symbol")}
    rules = [rule for rule in drawn.iter("rule") if rule.get("symbol")]
    assert {rule.get("symbol") for rule in rules} == symbols
    assert len(rules) == 4
    assert len(read_polygons(path).names) == 4  # the table of styles is not a layer to choose from


def test_geojson_numbers_have_seven_decimals(tmp_path: Path) -> None:
    write_polygons(tmp_path / "a.geojson", shapes())
    text = (tmp_path / "a.geojson").read_text()
    assert "113.0002" in text
    assert not any(len(word.split(".")[1]) > 7 for word in text.split() if _decimal(word))


def _decimal(word: str) -> bool:
    return word.strip("[],").replace(".", "", 1).isdigit() and "." in word


@pytest.mark.parametrize(
    ("name", "crs", "told"),
    [
        ("a.dwg", "EPSG:4326", "unknown ending"),
        ("a.kml", "EPSG:4549", "always"),
        ("a.gpkg", "EPSG:999999", "no known coordinate system"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path: Path, name: str, crs: str, told: str) -> None:
    with pytest.raises(Unusable, match=told):
        write_polygons(tmp_path / name, shapes(), crs=crs)
    assert not list(tmp_path.iterdir())


def test_a_wrong_number_of_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="3 values for 4 shapes"):
        write_polygons(tmp_path / "a.gpkg", shapes(), {"code": ["1", "2", "3"]})


ROWS = [["001", "古城", 1.5, None], ["002", "=HYPERLINK(1)", 2, "+1"]]


def test_a_csv_opens_in_excel_and_runs_nothing(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", ["编码", "名称", "面积", "备注"], ROWS)
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    assert rows[1] == ["001", "古城", "1.5", ""]
    assert rows[2] == ["002", "'=HYPERLINK(1)", "2", "'+1"]


def test_an_xlsx_keeps_codes_and_runs_nothing(tmp_path: Path) -> None:
    write_table(tmp_path / "a.xlsx", ["编码", "名称", "面积", "备注"], ROWS, title="网格[1]")
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet.title == "网格1"
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == ROWS
    assert sheet["B3"].data_type == "s"
    assert np.isclose(sheet["C2"].value, 1.5)
