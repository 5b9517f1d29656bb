"""make_blocks and balance_grids from the shell: files in, files out, answers in words and JSON."""

import json
from io import StringIO
from pathlib import Path

import pyogrio
import pytest
import shapely
from django.core.management import call_command
from django.utils import translation

from geogrid.coverage.files import write_polygons
from geogrid.coverage.proof import tiles
from layers.datum.lattice import on_lattice
from tests.kernel.test_blocks_refined import degrees, houses
from tests.pictures import square

TOWN = shapely.box(0, 0, 120, 40)


def run(command: str, *args: object, **options: object) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(command, *args, stdout=out, stderr=err, **options)
    return ended.value.code, out.getvalue(), err.getvalue()


def collection(path: Path, shapes: list[shapely.Geometry], **columns: list[object]) -> Path:
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {name: values[row] for name, values in columns.items()},
        }
        for row, shape in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def town(tmp_path: Path) -> dict[str, Path]:
    """A street upright in the middle, a path through the left block, three houses in each."""
    street = degrees(shapely.LineString([(60, -9), (60, 49)]))
    path = degrees(shapely.LineString([(21, -9), (21, 49)]))
    footprints = houses(*[(20 * n + 4, 10, 20 * n + 16, 30) for n in range(6)])
    return {
        "outline": collection(tmp_path / "outline.geojson", [degrees(TOWN)]),
        "streets": collection(
            tmp_path / "streets.geojson", [street, path], highway=["residential", "footway"]
        ),
        "buildings": collection(
            tmp_path / "buildings.geojson", footprints, homes=[40, 40, 40, 5, 5, None]
        ),
    }


def polygons(path: Path) -> tuple[dict[str, list[object]], list[shapely.Geometry]]:
    meta, _, wkb, values = pyogrio.raw.read(path)
    columns = {name: column.tolist() for name, column in zip(meta["fields"], values, strict=True)}
    return columns, shapely.from_wkb(wkb)


def test_streets_cut_and_paths_do_not(town: dict[str, Path], tmp_path: Path) -> None:
    out, edge = tmp_path / "blocks.geojson", tmp_path / "edge.geojson"
    code, said, _ = run(
        "make_blocks",
        streets=[town["streets"]],
        outline=town["outline"],
        output=out,
        outline_output=edge,
    )
    assert code == 0 and "2 blocks tile the outline" in said
    columns, shapes = polygons(out)
    assert columns["id"] == [1, 2]
    assert on_lattice(shapes).all()
    assert tiles(shapes, polygons(edge)[1][0])


def test_heavy_blocks_are_cut_further(town: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "blocks.gpkg"
    code, said, err = run(
        "make_blocks",
        streets=[town["streets"]],
        outline=town["outline"],
        buildings=town["buildings"],
        weight="homes",
        heavier_than=50,
        output=out,
        format="json",
    )
    report = json.loads(said)
    assert code == 0 and report["before_refining"] == 2 and report["blocks"] == 4
    assert "cutting the heavy ones" in err
    columns, _ = polygons(out)
    assert sorted(columns["homes"]) == [10, 40, 40, 40]
    assert sorted(columns["block"]) == [1, 1, 1, 2]


def test_a_block_that_stays_too_heavy_is_listed(town: dict[str, Path], tmp_path: Path) -> None:
    code, said, _ = run(
        "make_blocks",
        streets=[town["streets"]],
        outline=town["outline"],
        buildings=town["buildings"],
        weight="homes",
        heavier_than=30,
        output=tmp_path / "blocks.geojson",
    )
    assert code == 1
    assert said.count("Still 40: block") == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weight": None}, "belong together"),
        ({"weight": "people"}, "no field people; fields: homes"),
        ({"streets": ["missing.geojson"]}, "missing.geojson"),
        ({"output": "blocks.txt"}, "ending"),
    ],
)
def test_unusable_input_is_one_sentence(
    town: dict[str, Path], tmp_path: Path, options: dict[str, object], words: str
) -> None:
    paths = {
        name: [tmp_path / value[0]] if isinstance(value, list) else value
        for name, value in options.items()
    }
    if "output" in paths:
        paths["output"] = tmp_path / str(paths["output"])
    asked = {
        "streets": [town["streets"]],
        "outline": town["outline"],
        "buildings": town["buildings"],
        "weight": "homes",
        "heavier_than": 50,
        "output": tmp_path / "blocks.geojson",
    }
    code, said, err = run("make_blocks", **(asked | paths))
    assert code == 2 and words in err and said == ""


@pytest.fixture
def blocks(tmp_path: Path) -> Path:
    """Six by two blocks of 60 homes; the left two columns are one quarter."""
    path = tmp_path / "blocks.geojson"
    cells = [square(along, up) for up in range(2) for along in range(6)]
    quarter = ["west" if along < 2 else "east" for _ in range(2) for along in range(6)]
    old = ["A", "A", "B", "B", None, None] * 2
    write_polygons(path, cells, {"homes": [60] * 12, "quarter": quarter, "old": old})
    return path


def test_blocks_become_grids_in_range(blocks: Path, tmp_path: Path) -> None:
    out, back = tmp_path / "grids.gpkg", tmp_path / "assigned.geojson"
    code, said, _ = run(
        "balance_grids",
        blocks,
        weight="homes",
        at_least=200,
        at_most=300,
        group="quarter",
        output=out,
        blocks_output=back,
    )
    assert code == 0 and "3 grids, 3 of them with 200 to 300 (100.0%)" in said
    columns, shapes = polygons(out)
    assert columns["homes"] == [240, 240, 240]
    assert sorted(columns["group"]) == ["east", "east", "west"]
    assert columns["code"] == ["001", "002", "003"]
    assert tiles(shapes, shapely.coverage_union_all(polygons(blocks)[1]))
    assigned, _ = polygons(back)
    assert sorted(set(assigned["grid"])) == columns["code"]
    assert assigned["homes"] == [60] * 12


def test_existing_grids_keep_their_names(blocks: Path, tmp_path: Path) -> None:
    out = tmp_path / "grids.geojson"
    code, said, _ = run(
        "balance_grids",
        blocks,
        weight="homes",
        at_least=200,
        at_most=300,
        keep="old",
        output=out,
        format="json",
    )
    assert code == 0 and json.loads(said)["in_range"] == 3
    assert sorted(polygons(out)[0]["code"]) == ["001", "A", "B"]


def test_grids_out_of_range_are_listed_with_the_reason(blocks: Path, tmp_path: Path) -> None:
    asked = {"weight": "homes", "at_least": 500, "at_most": 600, "group": "quarter"}
    out = tmp_path / "grids.geojson"
    with translation.override("en"):
        code, said, _ = run("balance_grids", blocks, **asked, output=out)
    assert code == 1
    assert "with 240 at" in said and "its whole quarter has too few" in said
    code, said, _ = run("balance_grids", blocks, **asked, output=out, format="json")
    report = json.loads(said)
    assert code == 1
    assert {row["reason"] for row in report["out_of_range"]} == {"light_group"}


def test_seven_hundred_or_more(blocks: Path, tmp_path: Path) -> None:
    out = tmp_path / "grids.geojson"
    code, said, _ = run("balance_grids", blocks, weight="homes", at_least=700, output=out)
    assert code == 0 and "1 grids, 1 of them with 700 or more" in said


def test_borders_follow_the_street(blocks: Path, tmp_path: Path) -> None:
    """A main street lies across: both grids of 360 lie beside it, not left and right."""
    west, south, east, north = shapely.total_bounds(polygons(blocks)[1])
    middle = (south + north) / 2
    street = shapely.LineString([(west, middle), (east, middle)])
    streets = collection(tmp_path / "streets.geojson", [street], highway=["primary"])
    out = tmp_path / "grids.geojson"
    asked = {"weight": "homes", "at_least": 350, "at_most": 370, "output": out}
    run("balance_grids", blocks, **asked)
    assert shapely.bounds(polygons(out)[1][0])[3] == pytest.approx(north)
    run("balance_grids", blocks, **asked, streets=[streets])
    assert {shapely.bounds(shape)[2] for shape in polygons(out)[1]} == {east}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weight": "persons"}, "no field persons"),
        ({"weight": "quarter"}, "not a number"),
        ({"group": "ward"}, "no field ward"),
        ({"group": "old"}, "some blocks have no old"),
        ({"at_least": 300, "at_most": 200}, "range"),
    ],
)
def test_what_balance_grids_cannot_use(
    blocks: Path, tmp_path: Path, options: dict[str, object], words: str
) -> None:
    asked = {"weight": "homes", "at_least": 200, "at_most": 300, "output": tmp_path / "g.geojson"}
    code, said, err = run("balance_grids", blocks, **(asked | options))
    assert code == 2 and words in err and said == ""


def test_blocks_that_overlap_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "blocks.geojson"
    write_polygons(path, [square(0, 0), square(0, 0)], {"homes": [1, 1]})
    asked = {"weight": "homes", "at_least": 1, "at_most": 2, "output": tmp_path / "g.geojson"}
    code, _, err = run("balance_grids", path, **asked)
    assert code == 2 and "repair_tiling" in err
