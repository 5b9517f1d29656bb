"""`plan_from_list` without a database: extract or files in, an exact tiling and findings out."""

import csv
import json
from io import StringIO
from pathlib import Path

import geopandas
import pytest
import shapely
from django.core.management import call_command
from openpyxl import Workbook

from geogrid.coverage.proof import tiles
from tests.pictures import picture, square, whole

HERE = Path(__file__).parents[2] / "fixtures/jinghu"
STREETS = """
    aabb
    aabb
    """
ROWS = [
    ["社区", "网格", "范围"],
    ["", "东网格", "和顺路2-8号双号；镜湖花园"],
    ["", "西网格", "和顺路1-9号单号"],
]


def run(*args: object) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("plan_from_list", *map(str, args), stdout=out, stderr=err)
    assert isinstance(end.value.code, int)
    return end.value.code, out.getvalue(), err.getvalue()


def write(path: Path, shapes: list[shapely.Geometry], **columns: list) -> Path:
    geopandas.GeoDataFrame(columns, geometry=shapes, crs=4326).to_file(path)
    return path


@pytest.fixture
def ground(tmp_path: Path) -> list[object]:
    """Four blocks; odd numbers in the two western ones, even ones and a compound in the east."""
    blocks = [square(x, y) for x in range(4) for y in range(2)]
    streets = write(tmp_path / "streets.gpkg", [shapely.boundary(b) for b in blocks])
    doors = [square(x, y).centroid for x, y in ((0, 0), (0, 1), (1, 0), (2, 0), (2, 1))]
    addresses = write(
        tmp_path / "doors.gpkg", doors, road=["和顺路"] * 5, number=["1", "3", "9", "2", "8"]
    )
    houses = write(
        tmp_path / "houses.gpkg",
        [shapely.buffer(square(3, y).centroid, 3e-5) for y in (0, 1)],
        compound=["镜湖花园"] * 2,
        number=["1栋", "2栋"],
    )
    outline = write(tmp_path / "outline.geojson", [whole(STREETS)])
    return ["--streets", streets, "--addresses", addresses, "--street-field", "road",
            "--buildings", houses, "--outline", outline]  # fmt: skip


def listed(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_files_of_ones_own_in_either_encoding(
    tmp_path: Path, ground: list[object], encoding: str
) -> None:
    table = listed(tmp_path / "list.csv", ROWS, encoding)
    code, out, _ = run(table, *ground, "-o", tmp_path / "grids.geojson")
    assert code == 0, out
    assert "2 grids tile the outline exactly" in out
    assert "3 of 3 listed items (100.0%)" in out
    grids = geopandas.read_file(tmp_path / "grids.geojson").set_index("name").geometry
    wanted = picture(STREETS)
    assert grids["西网格"].equals(wanted["a"].union(square(1, 0)).union(square(1, 1)))
    assert grids["东网格"].equals(wanted["b"])


def test_a_workbook_with_a_title(tmp_path: Path, ground: list[object]) -> None:
    book = Workbook()
    book.active.append(["网格划分表"])
    for row in ROWS:
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    code, out, _ = run(tmp_path / "list.xlsx", *ground, "-o", tmp_path / "grids.gpkg")
    assert code == 0, out


def test_findings_in_json_and_in_a_report(tmp_path: Path, ground: list[object]) -> None:
    table = listed(tmp_path / "list.csv", [*ROWS, ["", "西网格", "和顺路2号、镜胡花园3栋"]])
    report = tmp_path / "report.json"
    code, out, _ = run(
        table, *ground, "-o", tmp_path / "g.geojson", "--report", report, "--format", "json"
    )
    told = json.loads(out)
    assert code == 1
    assert told == json.loads(report.read_text("utf-8"))
    kinds = [finding["kind"] for finding in told["findings"]]
    assert kinds == ["not_found", "listed_twice"]
    missing, twice = told["findings"]
    assert missing["grids"] == ["西网格"]
    assert "镜湖花园" in missing["note"]
    assert twice["items"] == ["和顺路2号", "和顺路2-8号双号"]
    assert twice["geometry"]["type"] == "MultiPoint"
    assert (told["items"], told["items_in_grid"]) == (5, 3)


def test_the_fictional_street_from_its_extract(tmp_path: Path) -> None:
    grids, outline = tmp_path / "grids.geojson", tmp_path / "outline.geojson"
    code, out, err = run(
        HERE / "grids_list.csv",
        "--extract",
        HERE / "town.osm.pbf",
        "--outline",
        HERE / "boundary.geojson",
        "-o",
        grids,
        "--outline-output",
        outline,
    )
    assert code == 1  # three buildings hold doors of two grids
    assert "40 grids tile the outline exactly" in out
    assert "Drawing" in err
    frame = geopandas.read_file(grids)
    assert tiles(frame.geometry.to_numpy(), geopandas.read_file(outline).geometry[0])
    assert frame["parent_name"].nunique() == 8
    assert frame["code"].is_unique


@pytest.mark.parametrize(
    ("rows", "options", "sentence"),
    [
        ([["a", "b"]], [], "names its columns"),
        (ROWS, ["--list-items", "没有"], "没有"),
        (ROWS, ["--number-field", "no_such"], "no_such"),
        (ROWS, ["--pieces-allowed", "南网格"], "南网格"),
        (ROWS, ["--streets", "missing.gpkg"], "missing.gpkg does not exist"),
    ],
)
def test_unusable_input_is_one_sentence(
    tmp_path: Path, ground: list[object], rows: list, options: list[str], sentence: str
) -> None:
    table = listed(tmp_path / "list.csv", rows)
    code, out, err = run(table, *ground, *options, "-o", tmp_path / "g.geojson", "--verbosity", "0")
    assert (code, out) == (2, "")
    assert sentence in err
    assert not (tmp_path / "g.geojson").exists()


def test_no_ground_at_all(tmp_path: Path, ground: list[object]) -> None:
    table = listed(tmp_path / "list.csv", ROWS)
    code, _, err = run(table, *ground[-2:], "-o", tmp_path / "g.geojson", "--verbosity", "0")
    assert code == 2
    assert "no ground to draw on" in err
