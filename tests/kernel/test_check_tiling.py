"""`check_tiling` answers for files, without a database: 0 exact, 1 findings, 2 unusable."""

import json
from io import StringIO
from pathlib import Path

import geopandas
import pytest
import shapely
from django.core.management import call_command

from tests.pictures import picture, square, whole

TOWN = """
    aab
    acb
    """


def written(path: Path, shapes: dict[str, shapely.Geometry], crs: int = 4326) -> Path:
    frame = geopandas.GeoDataFrame(
        {"code": list(shapes)}, geometry=list(shapes.values()), crs=4326
    ).to_crs(crs)
    options = {"COORDINATE_PRECISION": 7} if path.suffix == ".geojson" else {}
    frame.to_file(path, **options)
    return path


def check(*args: object) -> tuple[int, str, str]:
    """Exit status, output and error output."""
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("check_tiling", *map(str, args), stdout=out, stderr=err)
    code = end.value.code
    assert isinstance(code, int)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    return written(tmp_path / "parent.geojson", {"town": whole(TOWN)})


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp"])
def test_an_exact_tiling_in_each_format(tmp_path: Path, parent: Path, ending: str) -> None:
    children = written(tmp_path / f"grids.{ending}", picture(TOWN))
    code, out, err = check(children, "--parent", parent)
    assert (code, out, err) == (0, "Exact: 3 polygons tile the outline.\n", "")


def test_a_projected_file_is_transformed_and_says_so(tmp_path: Path, parent: Path) -> None:
    children = written(tmp_path / "grids.gpkg", picture(TOWN), crs=4547)
    code, out, _ = check(children, "--parent", parent)
    assert code == 0
    assert "CGCS2000" in out
    assert "lattice" in out


def test_a_gap_in_json(tmp_path: Path, parent: Path) -> None:
    grids = picture(TOWN)
    lost = grids.pop("c")
    children = written(tmp_path / "grids.geojson", grids)
    code, out, _ = check(children, "--parent", parent, "--format", "json")
    report = json.loads(out)
    assert (code, report["exact"], report["polygons"]) == (1, False, 2)
    (gap,) = report["findings"]
    assert (gap["kind"], gap["grids"]) == ("gap", ["a", "b"])
    assert gap["area_m2"] > 100
    assert shapely.from_geojson(json.dumps(gap["geometry"])).equals(lost)


def test_findings_in_words(tmp_path: Path, parent: Path) -> None:
    grids = picture(TOWN)
    grids["d"] = grids["c"]
    code, out, _ = check(written(tmp_path / "grids.geojson", grids), "--parent", parent)
    assert code == 1
    assert "overlap" in out
    assert "c, d" in out
    assert out.endswith("1 findings in 4 polygons.\n")


def test_pieces_are_a_finding_unless_allowed(tmp_path: Path) -> None:
    parent = written(tmp_path / "parent.geojson", {"town": whole("aba")})
    children = written(tmp_path / "grids.geojson", picture("aba"))
    assert check(children, "--parent", parent)[0] == 1
    assert check(children, "--parent", parent, "--pieces-allowed", "a")[0] == 0


def unusable(*args: object) -> str:
    code, out, err = check(*args)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    return err


def test_a_missing_file(tmp_path: Path, parent: Path) -> None:
    assert "does not exist" in unusable(tmp_path / "none.gpkg", "--parent", parent)


def test_a_file_of_another_kind(tmp_path: Path, parent: Path) -> None:
    text = tmp_path / "grids.geojson"
    text.write_text("not a map")
    assert "is not a GeoJSON" in unusable(text, "--parent", parent)


def test_lines_are_not_polygons(tmp_path: Path, parent: Path) -> None:
    line = {"l": shapely.LineString([(113, 30), (113.1, 30)])}
    err = unusable(written(tmp_path / "lines.geojson", line), "--parent", parent)
    assert "is a LineString" in err


def test_a_shapefile_without_its_coordinate_system(tmp_path: Path, parent: Path) -> None:
    children = written(tmp_path / "grids.shp", picture(TOWN))
    children.with_suffix(".prj").unlink()
    assert "--crs" in unusable(children, "--parent", parent)
    assert check(children, "--parent", parent, "--crs", "EPSG:4326")[0] == 0


def test_latitude_first_is_refused(tmp_path: Path, parent: Path) -> None:
    swapped = {k: shapely.transform(s, lambda c: c[:, ::-1]) for k, s in picture(TOWN).items()}
    err = unusable(written(tmp_path / "grids.geojson", swapped), "--parent", parent)
    assert "longitude" in err


def test_an_outline_that_crosses_itself(tmp_path: Path, parent: Path) -> None:
    bowtie = shapely.Polygon([(113, 30), (113.001, 30.001), (113.001, 30), (113, 30.001)])
    outline = written(tmp_path / "bowtie.geojson", {"town": bowtie})
    assert "Self-intersection" in unusable(parent, "--parent", outline)


def test_an_unknown_layer_or_field_lists_what_there_is(tmp_path: Path, parent: Path) -> None:
    children = written(tmp_path / "grids.gpkg", picture(TOWN))
    assert "but: grids" in unusable(children, "--parent", parent, "--layer", "blocks")
    assert "but: code" in unusable(children, "--parent", parent, "--naming", "title")


def test_several_layers_need_a_choice(tmp_path: Path, parent: Path) -> None:
    path = tmp_path / "town.gpkg"
    frame = geopandas.GeoDataFrame(geometry=list(picture(TOWN).values()), crs=4326)
    frame.to_file(path, layer="grids")
    frame.to_file(path, layer="older")
    assert "several layers: grids, older" in unusable(path, "--parent", parent)
    assert check(path, "--parent", parent, "--layer", "grids")[0] == 0


def test_polygons_without_names_are_numbered(tmp_path: Path, parent: Path) -> None:
    path = tmp_path / "grids.geojson"
    shapes = [*picture(TOWN).values(), picture(TOWN)["c"]]
    geopandas.GeoDataFrame(geometry=shapes, crs=4326).to_file(path, COORDINATE_PRECISION=7)
    code, out, _ = check(path, "--parent", parent)
    assert code == 1
    assert "#3, #4" in out


def test_a_named_field_names_them(tmp_path: Path, parent: Path) -> None:
    path = tmp_path / "grids.gpkg"
    frame = geopandas.GeoDataFrame(
        {"title": ["甲", None]}, geometry=[square(0, 0), square(0, 0)], crs=4326
    )
    frame.to_file(path)
    _, out, _ = check(path, "--parent", parent, "--naming", "title")
    assert "overlap" in out
    assert "甲, #2" in out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"type": "FeatureCollection", "features": []}', "holds no features"),
        ("code,WKT\n1,POINT(1 1)\n", "is not a GeoJSON"),
    ],
)
def test_files_without_polygons(tmp_path: Path, parent: Path, text: str, sentence: str) -> None:
    path = tmp_path / "grids.geojson"
    path.write_text(text)
    assert sentence in unusable(path, "--parent", parent)


def test_other_formats_and_unknown_systems(tmp_path: Path, parent: Path) -> None:
    table = tmp_path / "grids.csv"
    table.write_text("code,WKT\n1,POINT(1 1)\n")
    assert "is not a GeoJSON" in unusable(table, "--parent", parent)
    assert "no known coordinate system" in unusable(parent, "--parent", parent, "--crs", "EPSG:0")


def test_a_ring_of_two_points_is_an_invalid_polygon(tmp_path: Path, parent: Path) -> None:
    path = tmp_path / "grids.geojson"
    ring = "[[[113, 30], [113.1, 30], [113, 30]]]"
    path.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},'
        f' "geometry": {{"type": "Polygon", "coordinates": {ring}}}}}]}}'
    )
    code, out, _ = check(path, "--parent", parent)
    assert code == 1
    assert out.startswith("invalid")
    assert "cannot be the outline" in unusable(parent, "--parent", path)


def test_overlapping_outlines_are_refused(tmp_path: Path, parent: Path) -> None:
    twice = written(tmp_path / "outlines.geojson", {"a": square(0, 0), "b": square(0, 0)})
    assert "give one outline" in unusable(parent, "--parent", twice)


def test_long_lists_are_cut(tmp_path: Path, parent: Path) -> None:
    far = {f"far{n}": square(n * 2, 20) for n in range(30)}
    children = written(tmp_path / "grids.geojson", picture(TOWN) | far)
    code, out, _ = check(children, "--parent", parent)
    assert code == 1
    assert "... and 10 more" in out
    assert out.endswith("30 findings in 33 polygons.\n")
