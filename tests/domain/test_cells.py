"""Cells by address: a partition of the homes, in drafts, through edits, copies and imports."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from geogrid.accounts.errors import NotAllowed
from geogrid.coverage.nesting import union
from geogrid.territory import actions
from geogrid.territory.actions.cells import require_partition
from geogrid.territory.cells import CellFindingKind, cell_at, cell_findings, cell_of, cell_sizes
from geogrid.territory.errors import (
    CellElsewhere,
    CellsNotAPartition,
    CellsThere,
    NoHomesRegistered,
    NoSuchHome,
    NotADraft,
)
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.models import Cell, CellUnit, Grid, Plan, PlanEvent, Scheme
from layers.places.models import Building, Unit
from tests.factories import FOUNDED, SchemeFactory, SourceFactory, UserFactory, draft_plan

pytestmark = pytest.mark.django_db

LATER = FOUNDED + timedelta(days=30)
WEST, EAST = (113.0001, 30.0007), (113.0006, 30.0007)  # in the grids a and b of the picture
BORDER = (113.0004, 30.0007)
ALL = actions.HomeFloors


@pytest.fixture
def plan() -> Plan:
    return draft_plan(SchemeFactory())


def house(
    number: int,
    place: tuple[float, float] = WEST,
    *,
    units: int = 2,
    households: int = 12,
    floors: int | None = 6,
    ref: str | None = None,
) -> list[Unit]:
    building = Building.objects.create(
        source=SourceFactory(),
        ref=f"w{number}" if ref is None else ref,
        address=f"春晖小区{number}栋",
        anchor=Point(*place, srid=4326),
        dwellings=units * households,
    )
    return [
        Unit.objects.create(
            building=building, number=f"{n}单元", floors=floors, dwellings=households
        )
        for n in range(1, units + 1)
    ]


def make(plan: Plan, **options: object) -> list[Cell]:
    return actions.make_cells(plan=plan, by=None, at=LATER, **options)  # type: ignore[arg-type]


def move(plan: Plan, to: Cell | None, *homes: actions.HomeFloors) -> Cell:
    return actions.move_homes(
        plan=plan, homes=homes, to=to.lineage if to else None, by=None, at=LATER
    )


def leaf(plan: Plan, label: str) -> Grid:
    return plan.grids.leaves().get(label=label)


def addresses(cell: Cell) -> list[str]:
    return [f"{home.address}{home.entrance}" for home in cell.homes.order_by("pk")]


def kinds(plan: Plan) -> list[str]:
    return [found.kind.value for found in cell_findings(plan)]


def sizes(plan: Plan) -> list[int]:
    return [size.households for size in cell_sizes(plan)]


def swap(plan: Plan, one: str, other: str) -> None:
    """Let two leaves change places on the ground, as the largest edit would."""
    first, second = leaf(plan, one), leaf(plan, other)
    first.boundary, second.boundary = second.boundary, first.boundary
    first.save()
    second.save()


@contextmanager
def refused(rule: str) -> Iterator[None]:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
    assert refusal.value.__cause__.diag.constraint_name == rule  # type: ignore[union-attr]


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


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


# --- edits of grids -----------------------------------------------------------------------------


def test_cells_follow_their_homes_into_another_leaf(plan: Plan) -> None:
    house(1)
    house(2, EAST)
    west, east = make(plan)
    a, b = leaf(plan, "01"), leaf(plan, "02")
    swap(plan, "01", "02")
    followed = actions.cells_after_edit(plan, {a.lineage, b.lineage})
    assert set(followed.moved) == {west.lineage, east.lineage}
    assert followed.torn == ()
    west.refresh_from_db()
    assert (west.grid_id, west.code) == (b.pk, f"{b.code}01")
    assert cell_findings(plan) == []


def test_cells_of_an_ended_leaf_go_where_its_homes_are(plan: Plan) -> None:
    house(1, EAST)
    (cell,) = make(plan)
    a, b = leaf(plan, "01"), leaf(plan, "02")
    a.boundary = from_shapely(union([to_shapely(a.boundary), to_shapely(b.boundary)]), multi=True)
    b.delete()
    a.save()
    assert kinds(plan)[0] == "without_leaf"
    followed = actions.cells_after_edit(plan, {a.lineage, b.lineage})
    assert followed.moved == (cell.lineage,)
    cell.refresh_from_db()
    assert cell.grid_id == a.pk
    assert cell_findings(plan) == []


def test_a_cell_with_homes_on_both_sides_is_torn_and_made_anew(plan: Plan) -> None:
    house(1, units=1)
    (unit,) = house(2, units=1)
    (cell,) = make(plan)
    Building.objects.filter(pk=unit.building_id).update(anchor=Point(*EAST))  # as if a line moved
    a = leaf(plan, "01")
    followed = actions.cells_after_edit(plan, {a.lineage})
    assert (followed.moved, followed.torn) == ((), (cell.lineage,))
    assert kinds(plan) == ["torn"]
    with pytest.raises(CellsNotAPartition):
        require_partition(plan)
    make(plan, lineages=[leaf(plan, "02").lineage])
    assert cell_findings(plan) == []


def test_codes_follow_a_renumbered_leaf(plan: Plan) -> None:
    house(1)
    make(plan)
    a = leaf(plan, "01")
    Grid.objects.filter(pk=a.pk).update(code="990009009")
    actions.cells_after_edit(plan, {a.lineage})
    assert Cell.objects.get().code == "99000900901"


def test_edits_where_no_cells_are_cost_one_query(
    plan: Plan, django_assert_num_queries: Callable
) -> None:
    changed = {leaf(plan, "01").lineage}
    with django_assert_num_queries(1):
        actions.cells_after_edit(plan, changed)


# --- the next plan, the plan in force, the ground -----------------------------------------------


def test_the_next_draft_has_the_same_cells(plan: Plan) -> None:
    house(1)
    house(2, EAST)
    make(plan)
    following = draft_plan(plan.scheme)
    for one, other in zip(
        plan.grids.order_by("code"), following.grids.order_by("code"), strict=True
    ):
        Grid.objects.filter(pk=other.pk).update(lineage=one.lineage)
    followed = actions.copy_cells(plan, following)
    assert followed == actions.cells.CellsFollowed()
    before, after = ([(c.lineage, c.code, addresses(c)) for c in p.cells.order_by("code")]
                     for p in (plan, following))  # fmt: skip
    assert before == after
    assert cell_findings(following) == []


def approved(plan: Plan) -> Plan:
    actions.propose(plan=plan, by=None, at=LATER)
    actions.approve(plan=plan, by=None, at=LATER)
    plan.refresh_from_db()
    return plan


def test_a_resident_s_cell_is_found_by_entrance_and_by_address(plan: Plan) -> None:
    (unit,) = house(3, units=1, households=40, floors=10)
    low, high = make(plan)
    scheme = plan.scheme
    assert cell_of(scheme=scheme, unit=unit, at=LATER) is None
    actions.enter_force(plan=approved(plan), by=None, at=LATER)
    assert cell_of(scheme=scheme, unit=unit, floor=2, at=LATER) == low
    assert cell_of(scheme=scheme, unit=unit, floor=10, at=LATER) == high
    assert cell_of(scheme=scheme, unit=unit, at=FOUNDED) is None
    for typed in ("春晖小区3栋1单元", "春晖小区 三栋 １单元", "春晖小区3 1"):
        assert cell_at(scheme=scheme, address=typed, floor=10, at=LATER) == high


def test_cells_of_a_plan_that_is_no_draft_do_not_change(plan: Plan) -> None:
    house(1)
    (cell,) = make(plan)
    approved(plan)
    with pytest.raises(NotADraft):
        actions.delete_cells(plan=plan, lineages=[], by=None, at=LATER)
    for statement in (
        "UPDATE territory_cell SET name = 'x' WHERE id = %s",
        "DELETE FROM territory_cellunit WHERE cell_id = %s",
        "UPDATE territory_cellunit SET unit_id = NULL, entrance = 'x' WHERE cell_id = %s",
        "INSERT INTO territory_cell (plan_id, code, name, lineage)"
        " SELECT plan_id, 'x', '', gen_random_uuid() FROM territory_cell WHERE id = %s",
    ):
        with refused("cell_plan_is_draft"):
            run(statement, cell.pk)


def test_no_floor_is_in_two_cells_whoever_writes(plan: Plan) -> None:
    house(1, units=1)
    (cell,) = make(plan)
    home = cell.homes.get()
    again = (
        "INSERT INTO territory_cellunit (cell_id, plan_id, unit_id, building, address, entrance,"
        " floors, search) SELECT cell_id, plan_id, {}, '', {}, '[3,4)', ''"
        " FROM territory_cellunit WHERE id = %s"
    )
    with refused("cell_unit_once_per_plan"):
        run(again.format("unit_id, 'other'", "entrance"), home.pk)
    with refused("cell_home_once_per_plan"):
        run(again.format("NULL, building", "entrance"), home.pk)


def test_a_cell_stays_in_its_plan_and_in_a_leaf(plan: Plan) -> None:
    house(1)
    (cell,) = make(plan)
    other = draft_plan(plan.scheme)
    to = "UPDATE territory_cell SET grid_id = %s WHERE id = %s"
    with refused("cell_in_a_leaf_of_its_plan"):
        run(to, leaf(other, "01").pk, cell.pk)
    with refused("cell_in_a_leaf_of_its_plan"):
        run(to, leaf(plan, "01").parent_id, cell.pk)
    with refused("cell_unit_of_its_plan"):
        run("UPDATE territory_cellunit SET plan_id = %s WHERE cell_id = %s", other.pk, cell.pk)


def test_a_plan_with_a_cell_of_no_grid_is_not_proposed(plan: Plan) -> None:
    house(1)
    (cell,) = make(plan)
    run("UPDATE territory_cell SET grid_id = NULL WHERE id = %s", cell.pk)
    with refused("cell_has_a_leaf"):
        run("UPDATE territory_plan SET state = 'in_review' WHERE id = %s", plan.pk)


def test_cells_in_force_find_their_entrances_after_an_import(plan: Plan) -> None:
    house(1)
    house(2)
    make(plan)
    actions.enter_force(plan=approved(plan), by=None, at=LATER)
    Building.objects.all().delete()
    assert set(kinds(plan)) == {"lost"}
    house(1)  # the same number
    fresh = house(2, ref="drawn anew")  # the same address
    assert actions.relink_homes() == (4, 0)
    assert cell_findings(plan) == []
    found = cell_of(scheme=plan.scheme, unit=fresh[0], at=LATER)
    assert found is not None
    assert found.code.endswith("02")


def test_homes_that_stay_away_are_told_as_lost(plan: Plan) -> None:
    house(1, units=1)
    house(2)
    make(plan)
    Building.objects.filter(ref="w1").delete()
    assert actions.relink_homes() == (0, 1)
    assert kinds(plan) == ["lost"]
    assert [size.lost for size in cell_sizes(plan)] == [1, 0]


def test_two_houses_of_one_address_are_not_guessed_between(plan: Plan) -> None:
    house(1, units=1)
    make(plan)
    Building.objects.all().delete()
    house(1, units=1, ref="x")
    house(1, units=1, ref="y")
    assert actions.relink_homes() == (0, 1)


# --- the command --------------------------------------------------------------------------------


def command(plan: Plan, *options: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as end:
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
