"""The fictional street's 40 grids from its list; and the same with the slips that lists have."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from fixtures.jinghu import grids_list
from geogrid.coverage.proof import tiles
from geogrid.coverage.refinement import departures
from geogrid.territory.listed_ground import NamedShape
from geogrid.territory.listed_plan import (
    ListedPlan,
    ListFinding,
    ListFindingKind,
    Town,
    draw_listing,
)
from geogrid.territory.listing import read_listing
from geogrid.territory.town_files import read_outline, town_from_extract
from layers.intake.households import estimate_dwellings
from layers.intake.osm import Extract, read_extract

HERE = Path(grids_list.__file__).parent
Rows = list[list[str]]


@pytest.fixture(scope="module")
def extract() -> Extract:
    return read_extract(HERE / "town.osm.pbf")


@pytest.fixture(scope="module")
def town(extract: Extract) -> Town:
    return town_from_extract(extract, read_outline(HERE / "boundary.geojson"))


@pytest.fixture(scope="module")
def drawing() -> list[dict]:
    """What the office had in mind: never seen by what draws the list."""
    return json.loads((HERE / "grids_drawn.geojson").read_text("utf-8"))["features"]


def rows() -> Rows:
    with (HERE / "grids_list.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def drawn(table: Rows, town: Town) -> ListedPlan:
    plan = draw_listing(read_listing(table), town)
    assert tiles(plan.drawn.shapes, plan.drawn.outline)
    assert len(departures(town.terrain.outline, plan.drawn.outline)) == 0
    return plan


@pytest.fixture(scope="module")
def plan(town: Town) -> ListedPlan:
    return drawn(rows(), town)


def test_the_committed_list_is_what_the_drawing_says(drawing: list[dict], extract: Extract) -> None:
    assert [list(grids_list.HEADER), *grids_list.office_rows(drawing, extract)] == rows()


def test_forty_grids_and_nearly_every_item_in_its_own(plan: ListedPlan) -> None:
    assert plan.drawn.grid.tolist() == list(range(40))
    assert plan.items > 350
    assert plan.share_of_items >= 0.98
    assert plan.share_of_places >= 0.99
    kinds = {finding.kind for finding in plan.findings}
    assert kinds <= {ListFindingKind.ONE_BUILDING}


def test_the_words_bring_back_what_the_office_had_in_mind(
    plan: ListedPlan, drawing: list[dict], extract: Extract
) -> None:
    """Also homes without an address of their own, which no list can name."""
    meant = np.array([shapely.from_geojson(json.dumps(f["geometry"])) for f in drawing])
    dwellings = np.array(
        [
            estimate.dwellings
            for estimate in estimate_dwellings(
                extract.buildings, extract.addresses, extract.points, extract.land_use
            )
        ]
    )
    anchors = np.array([building.anchor for building in extract.buildings])
    there = [set(map(tuple, shapely.STRtree(s).query(anchors, predicate="intersects").T.tolist()))
             for s in (meant, plan.drawn.shapes)]  # fmt: skip
    agreed = {building for building, _ in there[0] & there[1]}
    assert dwellings[list(agreed)].sum() / dwellings.sum() > 0.98


def test_communities_are_not_crossed(town: Town, drawing: list[dict]) -> None:
    parts: dict[str, list[shapely.Geometry]] = {}
    for feature in drawing:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        parts.setdefault(feature["properties"]["community"], []).append(shape)
    communities = [NamedShape(n, shapely.coverage_union_all(s)) for n, s in parts.items()]
    extract_like = Town(
        terrain=type(town.terrain)(
            town.terrain.outline,
            town.terrain.limits,
            town.terrain.paths,
            town.terrain.footprints,
            [one.shape for one in communities],
        ),
        doors=town.doors,
        places=town.places,
        communities=communities,
    )
    plan = drawn(rows(), extract_like)
    assert plan.share_of_items >= 0.98
    for number, name in enumerate(plan.communities):
        assert plan.grids[int(plan.drawn.grid[number])].community == name
    for one in communities:
        inside = [s for s, name in zip(plan.drawn.shapes, plan.communities, strict=True)
                  if name == one.name]  # fmt: skip
        off = shapely.symmetric_difference(shapely.union_all(inside), one.shape)
        assert off.area < 1e-9  # 10 m2: corners of the outline that only the drawing has


# Row of the grid -> (what it says, what it says by mistake).
SLIPS = {
    "南苑社区第6网格": ("、润园苑", "、润园苑、春晖小区"),  # of 西岭村第1网格, far away
    "上河社区第1网格": ("、望湖花园", "、望湖花园、安居小区2号楼"),  # 安居小区 is its neighbour's
    "书院社区第1网格": ("、翠庭家园", "、翠亭家园"),
    "柳岸村第1网格": ("锦绣家园", "锦绣家园1-3号楼、99号楼"),
    "书院社区第3网格": ("、福满花园9-10号楼", ""),
    "桂园社区第2网格": ("、10号楼", "、10号楼、福满花园9-10号楼"),  # at the other end of the town
    "书院社区第2网格": ("、伯瀚路7-9号", ""),
    "百鸟社区第6网格": ("丰乐家园、和美花园", "无名苑"),
}


@pytest.fixture(scope="module")
def slipped(town: Town) -> ListedPlan:
    table = rows()
    for row in table[1:]:
        for cell in (3, 4):
            said, slip = SLIPS.get(row[2], ("\0", ""))
            row[cell] = row[cell].replace(said, slip)
    changed = [row[2] for row, before in zip(table, rows(), strict=True) if row != before]
    assert sorted(changed) == sorted(SLIPS)
    return drawn(table, town)


def told(plan: ListedPlan, kind: ListFindingKind, start: str) -> tuple[list[str], ListFinding]:
    """Names of the grids of the one finding whose first item begins so, and the finding."""
    (finding,) = [
        finding
        for finding in plan.findings
        if finding.kind is kind and (not start or finding.items[0].startswith(start))
    ]
    return [plan.grids[at].name for at in finding.grids], finding


def test_a_compound_listed_twice(slipped: ListedPlan) -> None:
    grids, finding = told(slipped, ListFindingKind.LISTED_TWICE, "春晖小区")
    assert grids == ["西岭村第1网格", "南苑社区第6网格"]
    assert finding.items == ("春晖小区", "春晖小区")
    first = slipped.drawn.shapes[0]
    assert first.covers(finding.where)


def test_a_building_named_apart_from_its_compound_goes_where_it_is_named(
    slipped: ListedPlan,
) -> None:
    grids, finding = told(slipped, ListFindingKind.LISTED_TWICE, "安居小区")
    assert grids == ["上河社区第1网格", "上河社区第2网格"]
    assert finding.items == ("安居小区2号楼", "安居小区")


def test_a_name_with_a_slip(slipped: ListedPlan) -> None:
    grids, finding = told(slipped, ListFindingKind.NOT_FOUND, "翠亭家园")
    assert grids == ["书院社区第1网格"]
    assert str(finding.note) == "the nearest name on the ground is 翠庭家园"
    grids, _ = told(slipped, ListFindingKind.UNLISTED, "翠庭家园")
    assert grids == ["书院社区第1网格"]  # the ground around it brings it home


def test_a_number_that_does_not_exist(slipped: ListedPlan) -> None:
    grids, finding = told(slipped, ListFindingKind.NOT_FOUND, "锦绣家园99号楼")
    assert grids == ["柳岸村第1网格"]
    assert str(finding.note) == "锦绣家园 is there, but not this number"


def test_buildings_at_the_other_end_of_the_town(slipped: ListedPlan) -> None:
    apart = [f for f in slipped.findings if f.kind is ListFindingKind.TWO_PARTS]
    named = [f for f in apart if f.items[0].startswith("福满花园")]
    assert named
    assert {slipped.grids[at].name for f in named for at in f.grids} == {"桂园社区第2网格"}


def test_a_street_nobody_lists(slipped: ListedPlan) -> None:
    grids, _ = told(slipped, ListFindingKind.UNLISTED, "伯瀚路")
    assert grids in (["书院社区第2网格"], ["书院社区第3网格"])


def test_a_grid_of_which_nothing_is_found(slipped: ListedPlan) -> None:
    grids, _ = told(slipped, ListFindingKind.NO_GROUND, "")
    assert grids == ["百鸟社区第6网格"]
    assert len(slipped.drawn.shapes) == 39


def test_slips_spoil_no_more_than_themselves(slipped: ListedPlan) -> None:
    kinds = {finding.kind for finding in slipped.findings}
    assert kinds >= set(ListFindingKind) - {
        ListFindingKind.AMBIGUOUS,
        ListFindingKind.OTHER_COMMUNITY,
        ListFindingKind.OUTSIDE,
        ListFindingKind.UNASSIGNED,
    }
    assert slipped.share_of_places > 0.97
