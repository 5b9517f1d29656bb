"""`import_plan`: shown first, written when told; what looks wrong stops it."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import override

from geogrid.accounts.errors import NotAllowed
from geogrid.coverage.settling import at_rest
from geogrid.territory import actions
from geogrid.territory.actions import plan_residual
from geogrid.territory.errors import FixedOutline
from geogrid.territory.models import Grid, Level, Plan, PlanEvent, Scheme
from geogrid.territory.plan_files.drafts import write_draft
from geogrid.territory.plan_files.proposal import propose_import
from layers.datum.lattice import from_steps
from layers.datum.shapes import listed
from layers.datum.shifted import wgs84_to_gcj02
from tests.factories import (
    FOUNDED,
    GRIDS,
    SchemeFactory,
    UserFactory,
    authorise,
    draft_plan,
    plan_in_force,
)
from tests.pictures import picture

pytestmark = pytest.mark.django_db

GRIDS_IN = {"N": "ab", "S": "cd"}
NAMES = {"a": "古城第一网格", "b": "古城第二网格", "c": "柳岸第一网格", "d": "柳岸第二网格"}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def scheme() -> Scheme:
    """A scheme whose plan in force is the picture GRIDS."""
    return plan_in_force(SchemeFactory(area__slug="lake")).plan.scheme


def run(*args: object) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("import_plan", *map(str, args), stdout=out, stderr=err)
    code = end.value.code
    assert isinstance(code, int)
    return code, out.getvalue(), err.getvalue()


def told(*args: object) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(*args, "--format", "json")
    return code, json.loads(out)


def written(
    path: Path, shapes: Mapping[str, shapely.Geometry], crs: int | None = 4326, **columns: Any
) -> Path:
    frame = geopandas.GeoDataFrame(columns, geometry=list(shapes.values()), crs=4326)
    frame = frame.to_crs(crs) if crs else frame.set_crs(None, allow_override=True)
    frame.to_file(path, **({"COORDINATE_PRECISION": 7} if path.suffix == ".geojson" else {}))
    return path


def ours(path: Path, text: str = GRIDS, **options: Any) -> Path:
    """The grids of the plan in force as an office would send them."""
    shapes = picture(text)
    codes = {"a": "001001", "b": "001002", "c": "002003", "d": "002004"}
    columns: dict[str, Any] = {
        "网格编码": [f"110101001{codes[letter]}" for letter in shapes],
        "网格名称": [NAMES[letter] for letter in shapes],
    }
    return written(path, shapes, **(columns | options))


def test_a_dry_run_writes_nothing(tmp_path: Path, scheme: Scheme) -> None:
    code, report = told(ours(tmp_path / "a.gpkg"), "--area", "lake")
    assert (code, report["exact"], report["doubts"]) == (0, True, [])
    assert report["fields"] == {"code": "网格编码", "name": "网格名称"}
    assert report["levels"]["grids"] == {"1": 2, "2": 4}
    assert report["changes"]["unchanged"] == 4
    assert Plan.objects.count() == 1


def test_a_commit_writes_a_draft_that_keeps_lineages(tmp_path: Path, scheme: Scheme) -> None:
    before = dict(Grid.objects.values_list("code", "lineage"))
    code, report = told(ours(tmp_path / "a.gpkg"), "--area", "lake", "--commit", "--name", "2027")
    assert code == 0
    plan = Plan.objects.get(number=report["draft"]["plan"])
    assert (plan.state, plan.name) == ("draft", "2027")
    assert dict(plan.grids.values_list("code", "lineage")) == before
    assert set(plan.grids.leaves().values_list("name", flat=True)) == set(NAMES.values())
    assert plan_residual(plan) == 0
    assert plan.grids.leaves().filter(load__isnull=True).count() == 0
    event = PlanEvent.objects.get(plan=plan, kind="imported")
    assert event.data["file"] == "a.gpkg"
    assert len(event.data["sha256"]) == 64


MOVED = """
    aabb
    abbb
    ccdd
    ccdd
"""


def test_what_changes_hands_is_told(tmp_path: Path, scheme: Scheme) -> None:
    code, report = told(ours(tmp_path / "a.gpkg", MOVED), "--area", "lake")
    assert code == 0
    changes = report["changes"]
    assert changes["unchanged"] == 0
    assert {(one["from"][:15], one["to"][:15]) for one in changes["hand_overs"]} == {
        ("110101001001001", "110101001001002"),
        ("110101001002003", "110101001002004"),
    }
    text = run(tmp_path / "a.gpkg", "--area", "lake")[1]
    assert "Compared with plan 1: 0 grids unchanged" in text
    assert "Nothing was written" in text


MESS = """
    aabb
    aabb
    cc.d
    cc.d
"""


def test_a_large_gap_becomes_unassigned_land(tmp_path: Path, scheme: Scheme) -> None:
    path = ours(tmp_path / "a.gpkg", MESS)
    code, report = told(path, "--area", "lake")
    assert (code, report["exact"], report["repair"]["unassigned"]) == (1, False, 1)
    code, report = told(path, "--area", "lake", "--commit")
    assert code == 0
    plan = Plan.objects.get(number=report["draft"]["plan"])
    (land,) = plan.grids.filter(kind="unassigned")
    assert (land.name, land.parent.code) == ("待划分1", "110101001002")
    assert land.code not in dict(Grid.objects.filter(plan__number=1).values_list("code", "pk"))
    assert plan_residual(plan) == 0


def test_a_small_mess_is_repaired_and_told_by_grid(tmp_path: Path, scheme: Scheme) -> None:
    shapes = picture(GRIDS)
    shapes["a"] = shapes["a"].buffer(2e-6, join_style="mitre")
    codes = ["110101001001001", "110101001001002", "110101001002003", "110101001002004"]
    path = written(tmp_path / "a.gpkg", shapes, code=codes)
    code, report = told(path, "--area", "lake")
    assert code == 1
    assert 0 < report["repair"]["moved_m2"] < 100
    assert any(row["grid"].startswith(codes[0]) for row in report["repair"]["by_grid"])
    text = run(path, "--area", "lake")[1]
    assert "Repaired" in text
    # The strip across the community's border is 20 cm wide, and it is the community's border.
    assert told(path, "--area", "lake", "--commit")[1]["draft"]["reason"] == "doubts"
    assert told(path, "--area", "lake", "--commit", "--unlock", "resurveyed")[0] == 0


def test_a_large_gap_may_be_filled_when_told(tmp_path: Path, scheme: Scheme) -> None:
    path = ours(tmp_path / "a.gpkg", MESS)
    _, report = told(path, "--area", "lake", "--gaps-up-to", 100_000)
    assert report["repair"]["unassigned"] == 0
    assert [move["why"] for move in report["repair"]["moves"]] == ["gap"]


# ----- parents and levels


def test_parents_by_the_communitys_name(tmp_path: Path, scheme: Scheme) -> None:
    path = written(
        tmp_path / "a.gpkg", picture(GRIDS), 编号=["1", "2", "3", "4"],
        名称=list(NAMES.values()), 所属社区=["N社区", "N社区", "S社区", "S社区"],
    )  # fmt: skip
    code, report = told(path, "--area", "lake", "--commit")
    assert code == 0
    assert report["fields"]["parent"] == "所属社区"
    plan = Plan.objects.get(number=2)
    assert plan.grids.get(code="3").parent.code == "110101001002"
    kept = Grid.objects.get(plan__number=1, code="110101001002").lineage
    assert plan.grids.get(code="110101001002").lineage == kept


def test_parents_by_lying_inside_them(tmp_path: Path, scheme: Scheme) -> None:
    path = written(tmp_path / "a.gpkg", picture(MOVED), x=list("1234"))
    assert told(path, "--area", "lake", "--commit")[0] == 0
    plan = Plan.objects.get(number=2)
    assert sorted(plan.grids.leaves().values_list("code", flat=True)) == [
        "110101001001001", "110101001001002", "110101001002001", "110101001002002",
    ]  # fmt: skip


def test_communities_from_a_second_file_in_an_empty_area(tmp_path: Path) -> None:
    fresh = SchemeFactory(area__slug="pond")
    draft = draft_plan(fresh)  # brings the outline; nothing is in force
    grids = written(tmp_path / "g.gpkg", picture(GRIDS), name=list(NAMES.values()))
    communities = {
        top: shapely.coverage_union_all([picture(GRIDS)[k] for k in GRIDS_IN[top]]) for top in "NS"
    }
    upper = written(tmp_path / "u.gpkg", communities, 社区名称=["北社区", "南社区"])
    code, _, err = run(grids, "--area", "pond")
    assert code == 2
    assert "which Community 4 grids belong to" in err
    assert "--upper" in err
    code, report = told(grids, "--area", "pond", "--upper", upper, "--commit")
    assert code == 0
    plan = Plan.objects.exclude(pk=draft.pk).get()
    names = dict(plan.grids.leaves().values_list("name", "parent__name"))
    assert names == {NAMES["a"]: "北社区", NAMES["b"]: "北社区",
                     NAMES["c"]: "南社区", NAMES["d"]: "南社区"}  # fmt: skip
    assert report["changes"] is None


def test_levels_by_their_names(tmp_path: Path, scheme: Scheme) -> None:
    shapes = picture(GRIDS)
    shapes["N"] = shapely.coverage_union_all([shapes["a"], shapes["b"]])
    shapes["S"] = shapely.coverage_union_all([shapes["c"], shapes["d"]])
    path = written(
        tmp_path / "a.gpkg", shapes, code=["1", "2", "3", "4", "N", "S"],
        level=["网格"] * 4 + ["社区"] * 2, parent=["N", "N", "S", "S", None, None],
    )  # fmt: skip
    code, report = told(path, "--area", "lake")
    assert (code, report["levels"]["grids"]) == (0, {"1": 2, "2": 4})
    assert report["levels"]["how"] == "by the file's levels"
    broken = written(tmp_path / "b.gpkg", shapes, code=list("123456"), level=["网格"] * 5 + ["街"])
    code, _, err = run(broken, "--area", "lake")
    assert code == 2
    assert "row 6" in err and "社区" in err


def test_three_levels_by_the_digits_of_codes(tmp_path: Path) -> None:
    scheme = SchemeFactory(area__slug="pond")
    Level.objects.filter(scheme=scheme, depth=2).update(name_zh="片区", name_en="Quarter")
    Level.objects.create(scheme=scheme, depth=3, name_zh="网格", name_en="Grid")
    shapes = picture(GRIDS)
    outline = {"town": shapely.coverage_union_all(list(shapes.values()))}
    codes = ["001", "002", "001001", "001002", "002001"]
    upper = [
        shapely.coverage_union_all([shapes["a"], shapes["b"]]),
        shapely.coverage_union_all([shapes["c"], shapes["d"]]),
        shapes["a"], shapes["b"], shapely.coverage_union_all([shapes["c"], shapes["d"]]),
    ]  # fmt: skip
    rows = dict(zip(codes, upper, strict=True)) | {
        "001001001": shapes["a"], "001002001": shapes["b"],
        "002001001": shapes["c"], "002001002": shapes["d"],
    }  # fmt: skip
    path = written(tmp_path / "a.gpkg", rows, code=[f"110101001{code}" for code in rows])
    parent = written(tmp_path / "p.geojson", outline)
    code, report = told(path, "--area", "pond", "--parent-boundary", parent, "--commit")
    assert (code, report["levels"]["how"]) == (0, "by the length of codes")
    assert report["levels"]["grids"] == {"1": 2, "2": 3, "3": 4}
    plan = Plan.objects.get(scheme=scheme)
    assert plan.boundary.basis == "a.gpkg"
    assert plan_residual(plan) == 0


# ----- what stops it


def test_a_shift_stops_a_commit_until_it_is_read_rightly(tmp_path: Path) -> None:
    shapes = picture(GRIDS, cell=40_000)
    scheme = plan_in_force(SchemeFactory(area__slug="wide"), shapes=shapes).plan.scheme
    moved = {key: shapely.transform(shape, wgs84_to_gcj02) for key, shape in shapes.items()}
    codes = list(scheme.plans.get().grids.leaves().order_by("code").values_list("code", flat=True))
    path = written(tmp_path / "a.gpkg", moved, code=codes)
    code, report = told(path, "--area", "wide", "--commit")
    assert (code, report["draft"]) == (1, {"written": False, "reason": "doubts"})
    assert "GCJ-02" in report["doubts"][0]
    code, report = told(path, "--area", "wide", "--unshift", "GCJ-02", "--commit")
    assert (code, report["exact"], report["draft"]["written"]) == (0, True, True)


def test_nothing_left_of_a_grid_stops_a_commit(tmp_path: Path, scheme: Scheme) -> None:
    shapes = picture(GRIDS)
    shapes["z"] = shapely.transform(shapes["a"], lambda xy: np.add(xy, (0.01, 0)))
    codes = [f"11010100100100{n}" for n in range(5)]
    path = written(tmp_path / "a.gpkg", shapes, 编码=codes)
    code, report = told(path, "--area", "lake", "--commit")
    assert (code, report["draft"]["written"]) == (1, False)
    assert "Nothing is left of 110101001001004" in report["doubts"][0]
    codes[2:] = ["110101001002003", "110101001002004", codes[4]]
    path = written(tmp_path / "b.gpkg", shapes, 编码=codes)
    code, report = told(path, "--area", "lake", "--commit", "--anyway")
    assert (code, report["draft"]["grids"]) == (0, 4)


@pytest.mark.parametrize(
    ("columns", "options", "sentence"),
    [
        ({"code": ["1", "1", "2", "3"]}, [], "1 in rows 1, 2"),
        ({"code": ["1" * 30, "1", "2", "3"]}, [], "30 letters, more than 24"),
        ({"code": list("1234")}, ["--field", "code=编号"], "but: code"),
        ({"code": list("1234")}, ["--field", "colour=code"], "choose one of code"),
        ({"code": list("1234")}, ["--field", "code"], "MEANING=COLUMN"),
        ({"code": list("1234")}, ["--crs", "Beijing"], "EPSG:4549"),
        ({"code": list("1234")}, ["--layer", "roads"], "no layer roads"),
    ],
)
def test_what_cannot_be_used_says_why(
    tmp_path: Path, scheme: Scheme, columns: dict[str, Any], options: list[str], sentence: str
) -> None:
    path = written(tmp_path / "a.gpkg", picture(GRIDS), **columns)
    code, out, err = run(path, "--area", "lake", *options)
    assert (code, out) == (2, "")
    assert sentence in err


def test_an_unknown_area_or_scheme_lists_what_there_is(tmp_path: Path, scheme: Scheme) -> None:
    path = ours(tmp_path / "a.gpkg")
    assert "there are: lake" in run(path, "--area", "sea")[2]
    assert "it has: general" in run(path, "--area", "lake", "--scheme", "fire")[2]


def test_pieces_get_their_reason(tmp_path: Path) -> None:
    shapes = picture("aba")
    plan_in_force(SchemeFactory(area__slug="isle"), shapes=picture("abc"))
    path = written(tmp_path / "a.gpkg", shapes, code=["110101001001001", "110101001001002"])
    reasons = ("--pieces-reason", "河中沙洲", "--unlock", "区划调整")
    code, report = told(path, "--area", "isle", "--commit", *reasons)
    assert (code, report["exact"]) == (0, True)
    plan = Plan.objects.get(number=2)
    reasons = dict(plan.grids.leaves().values_list("code", "pieces_reason"))
    assert reasons == {"110101001001001": "河中沙洲", "110101001001002": ""}


def test_a_local_system_is_placed_by_control_points(tmp_path: Path, scheme: Scheme) -> None:
    from pyproj import Transformer

    there = Transformer.from_crs(4326, 4547, always_xy=True)

    def local(xy: np.ndarray) -> np.ndarray:
        metres = np.column_stack(there.transform(xy[:, 0], xy[:, 1])) - (400_000, 3_300_000)
        return metres @ np.array([[0.8, 0.6], [-0.6, 0.8]])

    shapes = {key: shapely.transform(shape, local) for key, shape in picture(GRIDS).items()}
    path = written(tmp_path / "a.gpkg", shapes, crs=None, code=[
        "110101001001001", "110101001001002", "110101001002003", "110101001002004",
    ])  # fmt: skip
    places = np.array([[113.0, 30.0], [113.0008, 30.0], [113.0008, 30.0008], [113.0, 30.0008]])
    with (tmp_path / "points.csv").open("w") as file:
        writer = csv.writer(file)
        writer.writerow(["local_x", "local_y", "lon", "lat"])
        writer.writerows(np.column_stack([local(places), places]).tolist())
    code, out, err = run(path, "--area", "lake")
    assert code == 2
    assert "--crs" in err
    code, out, err = run(path, "--area", "lake", "--control-points", tmp_path / "points.csv",
                         "--crs", "EPSG:4547")  # fmt: skip
    assert code == 0
    assert "Exact" in out
    assert err.count("m off") == 4
    _, report = told(path, "--area", "lake", "--control-points", tmp_path / "points.csv",
                     "--crs", "EPSG:4547")  # fmt: skip
    assert len(report["control_points"]["off_m"]) == 4
    assert max(report["control_points"]["off_m"].values()) < 0.001


def test_the_sample_names_show_the_encoding(tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / "a.shp"
    frame = geopandas.GeoDataFrame(
        {"网格编码": [f"11010100100100{n}" for n in range(4)], "网格名称": list(NAMES.values())},
        geometry=list(picture(GRIDS).values()), crs=4326,
    )  # fmt: skip
    frame.to_file(path, encoding="GB18030")
    path.with_suffix(".cpg").unlink()
    _, out, _ = run(path, "--area", "lake")
    assert "gb18030" in out
    assert NAMES["a"] in out


def test_importing_twice_is_repeatable(tmp_path: Path, scheme: Scheme) -> None:
    path = ours(tmp_path / "a.gpkg")
    for number in (2, 3):
        code, report = told(path, "--area", "lake", "--commit")
        assert (code, report["draft"]["plan"]) == (0, number)
    assert timezone.now() > Plan.objects.get(number=2).created_at


COMMUNITY_MOVED = """
    aabb
    ccbb
    ccdd
    ccdd
"""


def test_an_administrative_outline_moves_only_for_a_reason(tmp_path: Path, scheme: Scheme) -> None:
    path = ours(tmp_path / "a.gpkg", COMMUNITY_MOVED)
    code, report = told(path, "--area", "lake")
    assert (code, report["exact"]) == (1, True)
    border = report["doubts"][0]
    assert "110101001001" in border
    assert "110101001002" in border
    assert told(path, "--area", "lake", "--commit")[1]["draft"]["reason"] == "doubts"
    refused = told(path, "--area", "lake", "--commit", "--anyway")[1]["draft"]
    assert refused["reason"] == "territory.fixed_outline"
    assert Plan.objects.count() == 1
    code, report = told(path, "--area", "lake", "--commit", "--unlock", "区划调整 2027-1")
    assert code == 0
    plan = Plan.objects.get(number=report["draft"]["plan"])
    event = PlanEvent.objects.get(plan=plan, kind="unlocked")
    uppers = plan.grids.filter(level=1).values_list("lineage", flat=True)
    assert (event.note, event.data["grids"]) == ("区划调整 2027-1", sorted(map(str, uppers)))
    actions.propose(plan=plan, by=None, at=timezone.now())


def test_unlocking_by_import_is_for_approvers(tmp_path: Path, scheme: Scheme) -> None:
    now, planner, approver = timezone.now(), UserFactory(), UserFactory()
    authorise(planner, scheme, "planner")
    for role in ("planner", "approver"):
        authorise(approver, scheme, role)
    path = ours(tmp_path / "a.gpkg", COMMUNITY_MOVED)
    proposal = propose_import(path, scheme=scheme, at=now)
    with pytest.raises(NotAllowed):
        write_draft(proposal=proposal, by=planner, at=now, unlocked="区划调整")
    assert Plan.objects.count() == 1
    plan = write_draft(proposal=proposal, by=approver, at=now, unlocked="区划调整")
    assert plan.events.get(kind="unlocked").by == approver


def test_an_outline_that_moved_off_the_record_is_not_proposed(
    tmp_path: Path, scheme: Scheme
) -> None:
    now = timezone.now()
    path = ours(tmp_path / "a.gpkg", COMMUNITY_MOVED)
    proposal = propose_import(path, scheme=scheme, at=now)
    plan = write_draft(proposal=replace(proposal, moved=frozenset()), by=None, at=now)
    assert actions.plan_defects(plan) == []
    with pytest.raises(FixedOutline) as refusal:
        actions.propose(plan=plan, by=None, at=now)
    assert {grid["code"] for grid in refusal.value.data["grids"]} == {
        "110101001001", "110101001002",
    }  # fmt: skip


def test_outlines_follow_a_new_territory_without_asking(tmp_path: Path, scheme: Scheme) -> None:
    smaller = "\n".join(row[:3] for row in GRIDS.split())
    territory = shapely.coverage_union_all(list(picture(smaller).values()))
    outline = tmp_path / "outline.geojson"
    outline.write_text(shapely.to_geojson(territory))
    path = ours(tmp_path / "a.gpkg", smaller)
    code, report = told(path, "--area", "lake", "--parent-boundary", outline)
    assert (code, report["doubts"]) == (0, [])


def test_an_exact_file_that_is_not_settled_is_repaired(tmp_path: Path) -> None:
    ring = {
        "high": [(0, 0), (1500, 301), (0, 400)],
        "right": [(0, 0), (500, 100), (1500, 300), (1500, 301)],
        "low": [(0, 0), (0, -100), (1500, -100), (1500, 300), (500, 100)],
    }
    corner = np.array([1_130_000_000, 300_000_000])
    shapes = {n: shapely.Polygon(from_steps(corner + np.array(xy))) for n, xy in ring.items()}
    territory = shapely.coverage_union_all(list(shapes.values()))
    scheme = SchemeFactory(area__slug="thin")
    actions.set_boundary(
        area=scheme.area, outline=territory, valid_from=FOUNDED.date(), basis="", by=None
    )
    codes = ["110101001001001", "110101001001002", "110101001001003"]
    path = written(tmp_path / "a.gpkg", shapes, code=codes)
    proposal = propose_import(path, scheme=scheme, at=timezone.now())
    assert not proposal.exact
    assert at_rest(listed([grid.shape for grid in proposal.leaves]))
