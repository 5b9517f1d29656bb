"""Cells by address: a partition of the homes of a draft, made and changed."""

import io
import json

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.utils import translation

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User
from geogrid.territory import actions
from geogrid.territory.actions.cells import require_partition
from geogrid.territory.cells import CellFindingKind, cell_findings
from geogrid.territory.errors import (
    CellElsewhere,
    CellsNotAPartition,
    CellsThere,
    NeedsNeighbour,
    NoHomesRegistered,
    NoSuchHome,
)
from geogrid.territory.models import Authority, Cell, CellUnit, Plan, PlanEvent, Scheme
from layers.places.models import Building, Unit
from tests.domain.homes import (
    ALL,
    BORDER,
    EAST,
    LATER,
    SOUTH,
    WEST,
    addresses,
    approved,
    house,
    kinds,
    leaf,
    make,
    move,
    sizes,
)
from tests.factories import SchemeFactory, SourceFactory, UserFactory, draft_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return draft_plan(SchemeFactory())


# --- making -------------------------------------------------------------------------------------


def test_homes_are_shared_out_leaf_by_leaf(plan: Plan) -> None:
    house(1)
    house(2)
    house(3, EAST)
    cells = make(plan)
    a, b = leaf(plan, "01"), leaf(plan, "02")
    assert [(cell.grid_id, cell.code) for cell in cells] == [
        (a.pk, f"{a.code}01"), (a.pk, f"{a.code}02"), (b.pk, f"{b.code}01")
    ]  # fmt: skip
    assert addresses(cells[0]) == ["春晖小区1栋1单元", "春晖小区1栋2单元"]
    assert sizes(plan) == [24, 24, 24]
    assert cell_findings(plan) == []
    assert PlanEvent.objects.get(plan=plan, kind="cells").data["cells"] == 3


def test_a_house_on_a_border_is_in_the_lowest_code_alone(plan: Plan) -> None:
    house(1, BORDER)
    (cell,) = make(plan)
    assert cell.grid == leaf(plan, "01")
    assert cell_findings(plan) == []


def test_a_tower_is_divided_by_floors(plan: Plan) -> None:
    house(1, units=1, households=66, floors=11)
    make(plan)
    assert sizes(plan) == [18, 24, 24]
    assert cell_findings(plan) == []


def test_the_limit_is_the_scheme_s(plan: Plan) -> None:
    Scheme.objects.update(cell_households_max=12)
    plan.scheme.refresh_from_db()
    house(1)
    make(plan)
    assert sizes(plan) == [12, 12]


def test_cells_that_are_there_are_not_made_twice_unless_asked(plan: Plan) -> None:
    house(1)
    make(plan)
    a = leaf(plan, "01").lineage
    with pytest.raises(CellsThere):
        make(plan, lineages=[a])
    with pytest.raises(NoHomesRegistered):
        make(plan)
    make(plan, lineages=[a], most=12, anew=True)
    assert sizes(plan) == [12, 12]


def test_nothing_to_share_out_is_said(plan: Plan) -> None:
    with pytest.raises(NoHomesRegistered):
        make(plan)


def test_a_stranger_makes_no_cells(plan: Plan) -> None:
    with pytest.raises(NotAllowed):
        actions.make_cells(plan=plan, by=UserFactory(), at=LATER)


def test_a_planner_of_one_community_makes_cells_there_only(plan: Plan) -> None:
    house(1)
    (unit,) = house(2, SOUTH, units=1)
    north = plan.grids.get(level=1, name="N社区")
    planner = UserFactory()
    Authority.objects.create(
        user=planner, scheme=plan.scheme, role="planner", lineage=north.lineage
    )
    with pytest.raises(NeedsNeighbour):
        actions.make_cells(plan=plan, by=planner, at=LATER)
    mine = [leaf(plan, "01").lineage]
    (cell,) = actions.make_cells(plan=plan, lineages=mine, by=planner, at=LATER)
    actions.rename_cell(plan=plan, cell=cell.lineage, name="南院", by=planner, at=LATER)
    with pytest.raises(NeedsNeighbour):
        actions.move_homes(plan=plan, homes=[ALL(unit.pk)], to=None, by=planner, at=LATER)
    (other,) = make(plan)
    with pytest.raises(NeedsNeighbour):
        actions.delete_cells(plan=plan, cells=[other.lineage], by=planner, at=LATER)
    assert actions.delete_cells(plan=plan, cells=[cell.lineage], by=planner, at=LATER) == 1


def planner_over(plan: Plan, community: str) -> User:
    planner = UserFactory()
    top = plan.grids.get(level=1, name=f"{community}社区")
    Authority.objects.create(user=planner, scheme=plan.scheme, role="planner", lineage=top.lineage)
    return planner


def test_homes_leave_no_cell_without_who_answers_for_it(plan: Plan) -> None:
    """The ground came anew: an entrance of a cell in the south lies in the north now."""
    (unit,) = house(1, SOUTH, units=1)
    (cell,) = make(plan)
    Building.objects.update(anchor=Point(*WEST, srid=4326))
    planner = planner_over(plan, "N")
    mine = [leaf(plan, "01").lineage]
    for refused in (
        lambda: actions.make_cells(plan=plan, lineages=mine, by=planner, at=LATER),
        lambda: actions.move_homes(plan=plan, homes=[ALL(unit.pk)], to=None, by=planner, at=LATER),
    ):
        with pytest.raises(NeedsNeighbour) as refusal:
            refused()
        assert refusal.value.data["grids"] == [cell.grid.code]
    assert addresses(cell) == ["春晖小区1栋1单元"]


def test_a_cell_without_its_grid_is_for_who_has_its_homes_now(plan: Plan) -> None:
    house(1, SOUTH, units=1)
    (cell,) = make(plan)
    Cell.objects.update(grid=None)
    north, south = planner_over(plan, "N"), planner_over(plan, "S")
    with pytest.raises(NeedsNeighbour):
        actions.rename_cell(plan=plan, cell=cell.lineage, name="x", by=north, at=LATER)
    with pytest.raises(NeedsNeighbour):
        actions.delete_cells(plan=plan, cells=[cell.lineage], by=north, at=LATER)
    actions.rename_cell(plan=plan, cell=cell.lineage, name="南院", by=south, at=LATER)
    Building.objects.all().delete()
    with pytest.raises(NotAllowed):  # nobody's part
        actions.delete_cells(plan=plan, cells=[cell.lineage], by=south, at=LATER)
    assert actions.delete_cells(plan=plan, cells=[cell.lineage], by=None, at=LATER) == 1


# --- moving, naming, deleting -------------------------------------------------------------------


def test_an_entrance_moves_and_nobody_is_left_behind(plan: Plan) -> None:
    one, two = house(1)
    house(2)
    first, second = make(plan)
    move(plan, second, ALL(two.pk))
    assert addresses(first) == ["春晖小区1栋1单元"]
    assert "春晖小区1栋2单元" in addresses(second)
    move(plan, second, ALL(one.pk))
    assert not Cell.objects.filter(pk=first.pk).exists()
    assert kinds(plan) == ["above_limit"]


def test_floors_move_and_come_back_as_one_range(plan: Plan) -> None:
    (unit,) = house(1, units=1)
    (cell,) = make(plan)
    fresh = move(plan, None, ALL(unit.pk, (2, 4)))
    rows = CellUnit.objects.filter(unit=unit).order_by("floors")
    assert [(row.cell_id, row.floors.lower, row.floors.upper) for row in rows] == [
        (cell.pk, None, 2), (fresh.pk, 2, 4), (cell.pk, 4, None)
    ]  # fmt: skip
    assert sizes(plan) == [8, 4]
    assert cell_findings(plan) == []
    move(plan, cell, ALL(unit.pk, (2, 4)))
    assert [(row.floors.lower, row.floors.upper) for row in rows.all()] == [(None, None)]


def test_a_home_does_not_move_into_another_grid_s_cell(plan: Plan) -> None:
    (unit,) = house(1, units=1)
    house(2, EAST)
    _, east = make(plan)
    with pytest.raises(CellElsewhere):
        move(plan, east, ALL(unit.pk))


def test_an_entrance_nobody_knows_does_not_move(plan: Plan) -> None:
    house(1)
    (cell,) = make(plan)
    with pytest.raises(NoSuchHome):
        move(plan, cell, ALL(0))


def test_a_cell_gets_a_name_and_goes(plan: Plan) -> None:
    house(1)
    (cell,) = make(plan)
    actions.rename_cell(plan=plan, cell=cell.lineage, name="南院", by=None, at=LATER)
    assert str(Cell.objects.get()) == "南院"
    gone = actions.delete_cells(plan=plan, lineages=[leaf(plan, "01").lineage], by=None, at=LATER)
    assert gone == 1
    assert not CellUnit.objects.exists()


# --- findings -----------------------------------------------------------------------------------


def test_a_new_entrance_is_found_in_no_cell(plan: Plan) -> None:
    (unit,) = house(1, units=1)
    make(plan)
    Unit.objects.create(building=unit.building, number="9单元", floors=6, dwellings=5)
    (found,) = cell_findings(plan)
    assert (found.kind, found.entrance, found.households) == ("in_no_cell", "9单元", 5)
    assert found.floors == ((None, None),)
    with pytest.raises(CellsNotAPartition) as refusal:
        require_partition(plan)
    assert refusal.value.data == {"count": 1, "first": "春晖小区1栋 9单元"}


def test_missing_floors_are_found_and_counted(plan: Plan) -> None:
    (unit,) = house(1, units=1)
    make(plan)
    move(plan, None, ALL(unit.pk, (3, 5)))
    CellUnit.objects.filter(floors__contains=3).delete()
    found = next(f for f in cell_findings(plan) if f.kind == CellFindingKind.IN_NO_CELL)
    assert (found.floors, found.households) == (((3, 5),), 4)


def test_houses_without_entrances_are_listed_where_cells_are(plan: Plan) -> None:
    house(1, units=1)
    Building.objects.create(
        source=SourceFactory(), ref="w7", address="古塔街7号", dwellings=3, anchor=Point(*WEST)
    )
    assert kinds(plan) == []
    make(plan)
    (found,) = cell_findings(plan)
    assert (found.kind, found.address, found.households) == ("without_entrances", "古塔街7号", 3)
    require_partition(plan)


def test_an_undivided_tower_is_above_the_limit(plan: Plan) -> None:
    house(1, units=1, households=66, floors=None)
    make(plan)
    (found,) = cell_findings(plan)
    assert (found.kind, found.households) == ("above_limit", 66)


# --- the command --------------------------------------------------------------------------------


def command(plan: Plan, *options: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as end, translation.override("en"):
        call_command("make_cells", *options, area=plan.scheme.area.slug, stdout=out, stderr=err)
    return int(end.value.code or 0), out.getvalue(), err.getvalue()


def test_the_command_makes_cells_and_says_how_they_came_out(plan: Plan) -> None:
    house(1)
    house(2, EAST)
    code, out, _ = command(plan)
    assert code == 0
    assert "2 cells in 2 grids, 2 of them new" in out
    assert "48 estimated households, 24 to 24 in a cell" in out


def test_the_command_makes_cells_of_named_grids_only(plan: Plan) -> None:
    house(1)
    house(2, EAST)
    code, out, _ = command(plan, "--grid", leaf(plan, "02").code, "--most", "12", "--format=json")
    report = json.loads(out)
    assert (code, report["made"]) == (0, 2)
    assert {cell["code"][:-2] for cell in report["cells"]} == {leaf(plan, "02").code}


def test_the_command_ends_with_1_for_findings_and_refusals(plan: Plan) -> None:
    house(1, units=1, households=66, floors=None)
    code, out, _ = command(plan)
    assert code == 1
    assert "1 x more households than a cell should have" in out
    assert "66 households" in out
    code, _, err = command(plan)
    assert code == 1
    assert "nothing to share out" in err


def test_the_command_only_looks_when_asked_to(plan: Plan) -> None:
    house(1)
    make(plan)
    approved(plan)
    code, out, _ = command(plan, "--check")
    assert (code, Cell.objects.count()) == (0, 1)
    assert "1 cells in 1 grids\n" in out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--plan=7"], "has no plan 7"),
        (["--grid", "123"], "no lowest grid 123"),
        (["--most=0"], "at least 1"),
        (["--scheme=school"], "no such scheme. Schemes: general"),
    ],
)
def test_the_command_ends_with_2_for_what_is_not_there(
    plan: Plan, options: list[str], sentence: str
) -> None:
    code, _, err = command(plan, *options)
    assert code == 2
    assert sentence in err


def test_the_command_asks_for_a_draft(plan: Plan) -> None:
    approved(plan)
    code, _, err = command(plan)
    assert code == 2
    assert "start a draft first" in err


def test_the_command_starts_a_draft_when_told_to(plan: Plan) -> None:
    house(1)
    code, _, err = command(plan, "--new-draft")
    assert code == 2
    assert "is in force" in err
    actions.enter_force(plan=approved(plan), by=None, at=LATER, backdated=True)
    code, out, _ = command(plan, "--new-draft")
    assert code == 0
    draft = Plan.objects.get(state=Plan.State.DRAFT)
    assert f"Plan {draft.number} of" in out
    assert draft.cells.count() == 1
    assert not plan.cells.exists()


def test_a_refusal_leaves_no_draft_behind(plan: Plan) -> None:
    actions.enter_force(plan=approved(plan), by=None, at=LATER, backdated=True)
    code, _, err = command(plan, "--new-draft")
    assert code == 1
    assert "nothing to share out" in err
    assert not Plan.objects.filter(state=Plan.State.DRAFT).exists()
