"""`repair_tiling` makes files exact: 0 repaired, 1 with findings, 2 unusable; all is reported."""

import json
from io import StringIO
from pathlib import Path

import geopandas
import pytest
import shapely
from django.core.management import call_command

from geogrid.coverage.files import read_polygons
from tests.pictures import picture, square, whole
from tests.tilings import tiling

TOWN = """
    aabb
    aacc
    """


def written(path: Path, shapes: dict[str, object], **columns: list) -> Path:
    frame = geopandas.GeoDataFrame(
        {"code": list(shapes), **columns}, geometry=list(shapes.values()), crs=4326
    )
    frame.to_file(path, **({"COORDINATE_PRECISION": 9} if path.suffix == ".geojson" else {}))
    return path


def run(command: str, *args: object) -> tuple[int, str, str]:
    """Exit status, output and error output."""
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command(command, *map(str, args), stdout=out, stderr=err)
    code = end.value.code
    assert isinstance(code, int)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    return written(tmp_path / "parent.geojson", {"town": whole(TOWN)})


@pytest.fixture
def mess(tmp_path: Path) -> Path:
    """b reaches into c, and into nowhere."""
    grids = picture(TOWN)
    grids["b"] = shapely.union(grids["b"], square(3, 0)) | square(4, 1)
    return written(tmp_path / "mess.gpkg", grids, name=["甲", "乙", "丙"], homes=[200, 250, 300])


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp", "zip", "kml"])
def test_the_result_is_exact_and_keeps_all_properties(
    tmp_path: Path, parent: Path, mess: Path, ending: str
) -> None:
    out = tmp_path / f"out.{ending}"
    code, text, err = run("repair_tiling", mess, "--parent", parent, "-o", out)
    assert (code, err) == (0, "")
    assert "overlap" in text
    assert "outside" in text
    assert run("check_tiling", out, "--parent", parent)[0] == 0
    back = read_polygons(out)
    assert back.columns["code"] == ["a", "b", "c"]
    names = back.columns["Name" if ending == "kml" else "name"]  # KML's own field
    assert names == ["甲", "乙", "丙"]
    assert [int(homes) for homes in back.columns["homes"]] == [200, 250, 300]


def test_everything_that_moved_is_reported(tmp_path: Path, parent: Path, mess: Path) -> None:
    report = tmp_path / "report.json"
    out = tmp_path / "out.geojson"
    code, text, _ = run(
        "repair_tiling", mess, "--parent", parent, "-o", out, "--report", report, "--format", "json"
    )
    told = json.loads(report.read_text(encoding="utf-8"))
    assert json.loads(text) == told
    assert (code, told["polygons"], told["written"], told["findings"]) == (0, 3, 3, [])
    moves = {(move["reason"], *move["from"], move["to"]) for move in told["moves"]}
    assert moves == {("overlap", "b", "c"), ("outside", "b", None)}
    assert sum(move["area_m2"] for move in told["moves"]) == pytest.approx(told["moved_m2"])
    assert [(one["name"], one["gained_m2"]) for one in told["grids"]] == [("b", 0)]
    assert shapely.from_geojson(json.dumps(told["moves"][0]["geometry"])).area > 0


def test_a_large_gap_is_written_as_unassigned_and_is_a_finding(
    tmp_path: Path, parent: Path
) -> None:
    grids = picture(TOWN)
    del grids["c"]
    out = tmp_path / "out.gpkg"
    mess = written(tmp_path / "mess.gpkg", grids)
    code, text, _ = run("repair_tiling", mess, "--parent", parent, "-o", out)
    assert code == 1
    assert "next to a, b: land nobody claims" in text
    assert read_polygons(out).columns["kind"] == [None, None, "unassigned"]
    assert run("check_tiling", out, "--parent", parent)[0] == 0
    code, _, _ = run("repair_tiling", mess, "--parent", parent, "-o", out, "--gaps-up-to", 1e6)
    assert code == 0
    assert "kind" not in read_polygons(out).columns


def test_the_outline_that_the_result_tiles_is_written_too(tmp_path: Path) -> None:
    """Slanting borders meet the edge beside its line; the outline gets vertices there."""
    town = tiling(30, seed=4)
    outline = shapely.Polygon(town.outline.exterior.simplify(1e-6))
    parent = written(tmp_path / "parent.geojson", {"town": outline})
    mess = written(tmp_path / "mess.gpkg", dict(zip(range(99), town.faces, strict=False)))
    out, edge = tmp_path / "out.gpkg", tmp_path / "edge.geojson"
    run("repair_tiling", mess, "--parent", parent, "-o", out, "--outline-output", edge)
    assert shapely.get_num_coordinates(read_polygons(edge).shapes)[0] > len(outline.exterior.coords)
    assert run("check_tiling", out, "--parent", edge)[0] == 0
    code, text, _ = run("check_tiling", out, "--parent", parent, "--format", "json")
    assert code == 0
    assert json.loads(text)["vertices_added_to_the_outline"] > 0


def test_rules_are_options(tmp_path: Path, parent: Path, mess: Path) -> None:
    out = tmp_path / "out.geojson"
    _, text, _ = run("repair_tiling", mess, "--parent", parent, "-o", out, "--overlaps", "first")
    assert "c -> b" in text
    _, text, _ = run("repair_tiling", mess, "--parent", parent, "-o", out, "--overlaps", "smallest")
    assert "b -> c" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.gpkg", "--parent", "parent.geojson", "-o", "out.gpkg"], "does not exist"),
        (
            ["parent.geojson", "--parent", "bowtie.geojson", "-o", "out.gpkg"],
            "cannot be the outline",
        ),
        (["parent.geojson", "--parent", "parent.geojson", "-o", "out.doc"], "unknown ending"),
    ],
)
def test_unusable_input_is_one_sentence(
    tmp_path: Path,
    parent: Path,
    arguments: list[str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    bowtie = shapely.Polygon([(113, 30), (113.001, 30.001), (113.001, 30), (113, 30.001)])
    written(tmp_path / "bowtie.geojson", {"town": bowtie})
    code, out, err = run("repair_tiling", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


def test_an_outline_with_a_pinch_is_named(tmp_path: Path) -> None:
    corners = [(0, 0), (2001, 0), (2002, 2500), (0, 2500), (0, 1500), (2001, 1000), (0, 500)]
    neck = shapely.Polygon([(113 + x / 1e7, 30 + y / 1e7) for x, y in corners])
    parent = written(tmp_path / "parent.gpkg", {"town": neck})
    code, _, err = run("repair_tiling", parent, "--parent", parent, "-o", tmp_path / "out.gpkg")
    assert code == 2
    assert "within a centimetre of itself" in err
