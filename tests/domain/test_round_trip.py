"""A plan that leaves as a file comes back as itself: rings, lineages, codes, parents, names."""

from pathlib import Path

import pytest
import shapely
from django.utils import timezone

from geogrid.territory import actions
from geogrid.territory.models import Grid, Plan, Scheme
from geogrid.territory.plan_files.digest import Digested, digest_of, plan_digest
from geogrid.territory.plan_files.drafts import write_draft
from geogrid.territory.plan_files.export import export_plan
from geogrid.territory.plan_files.proposal import propose_import
from tests.factories import FOUNDED, SchemeFactory, draft_plan, plan_in_force
from tests.pictures import picture
from tests.tilings import tiling

pytestmark = pytest.mark.django_db

# A hole that another grid fills, an enclave (a in two pieces), and land apart (d).
TOWN = """
    aaaab.
    acab..
    aaabb.
    bbbbb.
    abbb.d
    bbbb.d
    """
COMMUNITIES = {"a": "N", "b": "N", "c": "S", "d": "S"}
LONG = "古城社区沿河第一网格（含桥头、码头及“老街”东段）" * 4


@pytest.fixture
def plan() -> Plan:
    scheme = SchemeFactory()
    drawn = draft_plan(scheme, shapes=picture(TOWN), communities=COMMUNITIES)
    Grid.objects.filter(plan=drawn, code__endswith="001", level=2).update(
        name=LONG, pieces_reason="河中沙洲"
    )
    Grid.objects.filter(plan=drawn, code__endswith="002", level=2).update(
        name="D & <E> \"'", kind="dedicated"
    )
    return drawn


def back(path: Path, scheme: Scheme) -> Plan:
    proposal = propose_import(path, scheme=scheme, at=timezone.now())
    assert proposal.exact
    assert proposal.doubts == []
    return write_draft(proposal=proposal, by=None, at=FOUNDED)


@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("plan.geojson", "EPSG:4326"),
        ("plan.gpkg", "EPSG:4326"),
        ("plan.gpkg", "EPSG:4490"),
        ("plan.gpkg", "EPSG:4547"),
        ("plan.gpkg", "EPSG:4525"),
        ("方案.zip", "EPSG:4326"),
        ("plan.shp", "EPSG:4546"),
        ("plan.kml", "EPSG:4326"),
    ],
)
def test_a_plan_comes_back_as_itself(tmp_path: Path, plan: Plan, name: str, crs: str) -> None:
    assert export_plan(plan, tmp_path / name, crs=crs) == plan.grids.count()
    again = back(tmp_path / name, plan.scheme)
    assert again.pk != plan.pk
    assert digest_of(again) == digest_of(plan)
    facts = ("level", "code", "label", "kind", "pieces_reason", "parent__lineage")
    assert list(again.grids.order_by("code").values_list(*facts)) == list(
        plan.grids.order_by("code").values_list(*facts)
    )
    assert again.outline.equals_exact(plan.outline) or again.outline.equals(plan.outline)


def test_why_a_grid_is_out_of_range_goes_along_with_it(tmp_path: Path) -> None:
    scheme = SchemeFactory()
    plan = draft_plan(scheme, shapes=picture("aabb\naabb\nccdd\nccdd"), communities=COMMUNITIES)
    leaf = plan.grids.filter(level=2).order_by("code")[0]
    Grid.objects.filter(pk=leaf.pk).update(range_reason="学校，不可再分")
    actions.propose(plan=plan, by=None, at=FOUNDED)
    actions.approve(plan=plan, by=None, at=FOUNDED)
    actions.enter_force(plan=plan, by=None, at=FOUNDED, backdated=True)
    export_plan(plan, tmp_path / "a.gpkg")
    again = back(tmp_path / "a.gpkg", scheme)
    assert again.grids.get(lineage=leaf.lineage).range_reason == "学校，不可再分"


def test_leaves_alone_find_their_parents_in_the_plan_in_force(tmp_path: Path) -> None:
    plan = plan_in_force(SchemeFactory()).plan
    export_plan(plan, tmp_path / "a.gpkg", level=2)
    assert digest_of(back(tmp_path / "a.gpkg", plan.scheme)) == digest_of(plan)


def test_a_real_town_comes_back_through_a_zone(tmp_path: Path) -> None:
    faces = tiling(120, corner=(113.0, 30.0)).faces
    shapes = dict(zip((f"g{n:03d}" for n in range(len(faces))), faces, strict=True))
    plan = draft_plan(SchemeFactory(), shapes=shapes, communities=dict.fromkeys(shapes, "N"))
    for name, crs in (("a.gpkg", "EPSG:4547"), ("a.geojson", "EPSG:4547"), ("a.kml", "EPSG:4326")):
        export_plan(plan, tmp_path / name, crs=crs)
        assert digest_of(back(tmp_path / name, plan.scheme)) == digest_of(plan)


def digested(plan: Plan) -> list[Digested]:
    from geogrid.territory.geometry import to_shapely

    return [
        Digested(
            grid.code, grid.parent.code if grid.parent else "", grid.name, grid.lineage,
            to_shapely(grid.boundary),
        )
        for grid in plan.grids.select_related("parent")
    ]  # fmt: skip


def test_the_digest_sees_rings_not_how_they_are_written(plan: Plan) -> None:
    rows = digested(plan)
    turned = [
        Digested(row.code, row.parent, row.name, row.lineage, shapely.reverse(row.shape))
        for row in reversed(rows)
    ]
    assert plan_digest(turned) == plan_digest(rows) == digest_of(plan)


@pytest.mark.parametrize("changed", ["code", "parent", "name", "shape"])
def test_the_digest_sees_every_change(plan: Plan, changed: str) -> None:
    first, *rest = digested(plan)
    fields = {name: getattr(first, name) for name in ("code", "parent", "name", "lineage", "shape")}
    fields[changed] = (
        shapely.transform(first.shape, lambda xy: xy + 1e-7)
        if changed == "shape"
        else f"{fields[changed]}x"
    )
    assert plan_digest([Digested(**fields), *rest]) != digest_of(plan)


@pytest.mark.parametrize(("name", "crs"), [("a.gpkg", None), ("a.zip", "EPSG:4326")])
def test_the_demo_towns_come_back(tmp_path: Path, demo_towns: None, name: str, crs: str) -> None:
    zones = {"neubrandenburg": "EPSG:25833", "jinghu": "EPSG:4547"}
    plans = [plan for plan in Plan.objects.in_force(timezone.now()) if plan.scheme.general]
    assert len(plans) == 2
    for plan in plans:
        target = crs or zones.get(plan.scheme.area.slug, "EPSG:4490")
        export_plan(plan, tmp_path / name, crs=target)
        assert digest_of(back(tmp_path / name, plan.scheme)) == digest_of(plan)
