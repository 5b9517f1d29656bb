"""`export_plan`: which plan, which format, and tables that people can read."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.gis.geos import LineString
from django.core.management import call_command
from openpyxl import load_workbook

from geogrid.coverage.files import read_polygons
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Plan
from geogrid.territory.plan_files.digest import digest_of
from layers.basemap.models import Street
from tests.factories import FOUNDED, SchemeFactory, SourceFactory, draft_plan, plan_in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    plan = plan_in_force(SchemeFactory(area__slug="lake")).plan
    rebuild_loads(plan=plan, at=FOUNDED)
    return plan


def export(*args: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("export_plan", *map(str, args), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(*args: object) -> str:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("export_plan", *map(str, args), stdout=out, stderr=err)
    assert end.value.code == 2
    return err.getvalue()


def test_the_plan_in_force_is_meant_unless_told_otherwise(tmp_path: Path, plan: Plan) -> None:
    draft_plan(plan.scheme)
    out, _ = export("--area", "lake", "-o", tmp_path / "a.gpkg", "--format", "json")
    told = json.loads(out)
    assert (told["plan"], told["grids"], told["digest"]) == (plan.number, 6, digest_of(plan))
    out, _ = export("--area", "lake", "--plan", 2, "-o", tmp_path / "a.gpkg", "--format", "json")
    assert json.loads(out)["plan"] == 2


def test_one_level_alone(tmp_path: Path, plan: Plan) -> None:
    export("--area", "lake", "-o", tmp_path / "a.geojson", "--level", 1)
    assert read_polygons(tmp_path / "a.geojson").columns["level"] == [1, 1]
    assert "there are 1, 2" in refused("--area", "lake", "-o", tmp_path / "a.kml", "--level", 7)


def test_a_zone_is_written_as_asked(tmp_path: Path, plan: Plan) -> None:
    export("--area", "lake", "-o", tmp_path / "a.zip", "--crs", "4547")
    assert "CGCS2000" in read_polygons(tmp_path / "a.zip").projected


def test_a_csv_for_excel_in_the_areas_language(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "a.csv"
    export("--area", "lake", "-o", path)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(data.decode("utf-8-sig").splitlines())
    assert len(rows) == 6
    assert len(header) == len(set(header)) == 23
    assert rows[0][:2] == ["110101001001", "N社区"]
    area = 18  # its column
    assert sum(float(row[area]) for row in rows[:2]) == pytest.approx(
        sum(float(row[area]) for row in rows[2:]), rel=1e-4
    )


def test_the_four_limits_name_streets_neighbours_and_the_edge(tmp_path: Path, plan: Plan) -> None:
    Street.objects.create(
        source=SourceFactory(), ref="w1", name="钟楼街", kind="residential", rank=3,
        path=LineString((112.999, 30.0004), (113.002, 30.0004), srid=4326),
    )  # fmt: skip
    path = tmp_path / "a.csv"
    export("--area", "lake", "-o", path, "--level", 2)
    _, first, *_ = csv.reader(path.read_text("utf-8-sig").splitlines())
    north, east, south, west = first[7:11]
    assert "镜湖街道" in north
    assert north == west
    assert (east, south) == ("N社区第2网格", "钟楼街")


def test_an_xlsx_keeps_long_codes_as_text(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "a.xlsx"
    export("--area", "lake", "-o", path)
    sheet = load_workbook(path).active
    assert sheet.max_row == 7
    assert sheet["A2"].value == "110101001001"
    assert sheet["A2"].data_type == "s"


def test_upper_levels_sum_what_lies_below(tmp_path: Path, plan: Plan) -> None:
    export("--area", "lake", "-o", tmp_path / "a.geojson")
    columns = read_polygons(tmp_path / "a.geojson").columns
    areas = dict(zip(columns["code"], columns["area_m2"], strict=True))
    below = [area for code, area in areas.items() if code.startswith("110101001001") and
             code != "110101001001"]  # fmt: skip
    assert len(below) == 2
    assert areas["110101001001"] == pytest.approx(sum(below))


def test_what_cannot_be_exported_says_why(tmp_path: Path, plan: Plan) -> None:
    assert "there are: lake" in refused("--area", "pond", "-o", tmp_path / "a.gpkg")
    assert "no such plan" in refused("--area", "lake", "--plan", 9, "-o", tmp_path / "a.gpkg")
    assert "unknown ending" in refused("--area", "lake", "-o", tmp_path / "a.dwg")
    assert "or all" in refused("--area", "lake", "-o", tmp_path / "a.kml", "--level", "top")
    assert not list(tmp_path.iterdir())
