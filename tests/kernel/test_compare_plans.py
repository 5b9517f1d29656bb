"""`compare_plans` tells what changes hands: 0 nothing, 1 something, 2 unusable."""

import json
from pathlib import Path

import geopandas
import pytest
import shapely

from geogrid.coverage.files import read_polygons
from layers.datum.metric import area_m2
from tests.kernel.test_repair_tiling import run, written
from tests.pictures import picture, square

BEFORE, AFTER = "aabbc", "aaabc"


@pytest.fixture
def plans(tmp_path: Path) -> tuple[Path, Path]:
    return (
        written(tmp_path / "before.gpkg", picture(BEFORE)),
        written(tmp_path / "after.geojson", picture(AFTER)),
    )


def test_a_moved_border(plans: tuple[Path, Path]) -> None:
    code, text, err = run("compare_plans", *plans)
    assert (code, err) == (1, "")
    assert text.startswith("b -> a: 42")
    assert "1 grids unchanged" in text


def test_the_same_file_hands_nothing_over(plans: tuple[Path, Path]) -> None:
    code, text, _ = run("compare_plans", plans[0], plans[0])
    assert code == 0
    assert text.startswith("3 grids unchanged; 0.0 m2 change hands in 0 hand-overs.")


def test_json_has_shapes_and_shares(plans: tuple[Path, Path]) -> None:
    told = json.loads(run("compare_plans", *plans, "--format", "json")[1])
    (moved,) = told["hand_overs"]
    assert (moved["from"], moved["to"]) == ("b", "a")
    assert shapely.from_geojson(json.dumps(moved["geometry"])).equals(square(2, 0))
    shares = {(one["from"], one["to"]): one["of_area"] for one in told["shares"]}
    assert shares["b", "a"] == pytest.approx(0.5)


def test_hand_overs_as_a_file(plans: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "handovers.gpkg"
    run("compare_plans", *plans, "-o", out)
    back = read_polygons(out)
    assert (back.columns["from"], back.columns["to"]) == (["b"], ["a"])
    assert back.columns["area_m2"] == [pytest.approx(area_m2(square(2, 0)), abs=0.01)]
    assert back.shapes[0].equals(square(2, 0))


def test_homes_are_counted(plans: tuple[Path, Path], tmp_path: Path) -> None:
    homes = tmp_path / "homes.geojson"
    spots = [square(2, 0), square(2, 0).centroid, square(4, 0)]
    geopandas.GeoDataFrame({"homes": [7, 5, 3]}, geometry=spots, crs=4326).to_file(homes)
    _, text, _ = run("compare_plans", *plans, "--points", homes, "--weight", "homes")
    assert ", 12 at" in text
    _, text, _ = run("compare_plans", *plans, "--points", homes)
    assert ", 2 at" in text
    code, _, err = run("compare_plans", *plans, "--points", homes, "--weight", "people")
    assert code == 2
    assert "but: homes" in err


def test_grids_need_different_names(tmp_path: Path, plans: tuple[Path, Path]) -> None:
    path = tmp_path / "twice.gpkg"
    frame = geopandas.GeoDataFrame(
        {"code": ["a", "a"], "number": [1, 2]}, geometry=[square(0, 0), square(1, 0)], crs=4326
    )
    frame.to_file(path)
    code, _, err = run("compare_plans", path, plans[1])
    assert code == 2
    assert "a is there more than once" in err
    assert run("compare_plans", path, path, "--by", "number")[0] == 0


def test_shapes_that_cross_themselves_are_refused(tmp_path: Path, plans: tuple[Path, Path]) -> None:
    bowtie = shapely.Polygon([(113, 30), (113.001, 30.001), (113.001, 30), (113, 30.001)])
    path = written(tmp_path / "bowtie.gpkg", {"a": bowtie})
    code, _, err = run("compare_plans", path, plans[1])
    assert code == 2
    assert "repair_tiling mends it" in err
