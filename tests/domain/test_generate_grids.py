"""generate_grids on the fictional town: what it draws, what it says, which codes it gives."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from geogrid.territory import generating
from geogrid.territory.actions import plan_residual
from geogrid.territory.division import Division, Ground, divide
from geogrid.territory.generating import draw_first_plan
from geogrid.territory.models import Area, GridCode, Plan, PlanLoad
from tests.factories import FOUNDED

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).parents[2] / "fixtures"
DRAWN: dict[tuple, Division] = {}


@pytest.fixture(autouse=True)
def divide_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same ground gives the same division: drawn once for all tests, numbered in each."""

    def divided(ground: Ground, **wanted: int) -> Division:
        key = (len(ground.homes), ground.outline.wkb, *wanted.values())
        if key not in DRAWN:
            DRAWN[key] = divide(ground, **wanted)
        return DRAWN[key]

    monkeypatch.setattr(generating, "divide", divided)


@pytest.fixture
def area() -> Area:
    call_command(
        "import_osm",
        FIXTURES / "jinghu" / "town.osm.pbf",
        area="镜湖街道",
        slug="jinghu",
        boundary=FIXTURES / "jinghu" / "boundary.geojson",
        language="zh-hans",
        code_prefix="990101",
        fictional=True,
        stdout=StringIO(),
    )
    return Area.objects.get(slug="jinghu")


def report() -> dict:
    out = StringIO()
    with translation.override("en"):
        call_command("generate_grids", area="jinghu", format="json", stdout=out)
    return json.loads(out.getvalue())


def test_nine_of_ten_grids_are_in_range_and_the_others_say_why(area: Area) -> None:
    said = report()
    assert said["residual"] == 0
    assert said["in_range"] / said["grids"] >= 0.9
    outside = {row["code"]: row["dwellings"] for row in said["out_of_range"]}
    assert len(outside) == said["grids"] - said["in_range"] > 0
    assert all(row["why"] for row in said["out_of_range"])
    loads = dict(PlanLoad.objects.values_list("grid__code", "dwellings"))
    assert {code: n for code, n in loads.items() if not 200 <= n <= 300} == outside
    names = dict(Plan.objects.get().grids.values_list("code", "name"))
    assert all(names[row["code"]] == row["name"] for row in said["out_of_range"])


def test_a_second_plan_gives_no_code_of_the_first_to_another_grid(area: Area) -> None:
    first, _ = draw_first_plan(area=area, by=None, at=FOUNDED)
    taken = dict(first.grids.values_list("code", "lineage"))
    GridCode.objects.bulk_create(
        GridCode(scheme=first.scheme, code=code, lineage=lineage) for code, lineage in taken.items()
    )
    second, division = draw_first_plan(area=area, by=None, at=FOUNDED)
    assert plan_residual(second) == 0
    assert not set(second.grids.values_list("code", flat=True)) & set(taken)
    top = second.grids.filter(level=1).order_by("code")
    assert top.first().code == "990101009" and top.first().label == "09"
    assert_in_order(second, division)


def assert_in_order(plan: Plan, division: Division) -> None:
    """The leaves by code are the shapes of the division."""
    leaves = plan.grids.leaves().order_by("code").values_list("load__dwellings", flat=True)
    assert list(leaves) == division.dwellings.tolist()


def test_a_burnt_code_in_between_is_left_out(area: Area) -> None:
    first, _ = draw_first_plan(area=area, by=None, at=FOUNDED)
    gone = first.grids.leaves().order_by("code")[1]
    first.delete()
    GridCode.objects.create(scheme=area.schemes.get(), code=gone.code, lineage=gone.lineage)
    second, division = draw_first_plan(area=area, by=None, at=FOUNDED)
    assert not second.grids.filter(code=gone.code).exists()
    assert second.grids.filter(parent__code=gone.code[:9], label="03").exists()
    assert_in_order(second, division)


def test_quarters_are_fixed_as_they_were_drawn(area: Area) -> None:
    plan, _ = draw_first_plan(area=area, by=None, at=FOUNDED)
    for quarter in plan.grids.filter(level=1):
        assert quarter.fixed_boundary is not None
        assert quarter.fixed_boundary.equals_exact(quarter.boundary)
    assert not plan.grids.leaves().filter(fixed_boundary__isnull=False).exists()
