"""Cells through edits of grids, copies of plans and imports; what the database refuses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction

from geogrid.coverage.nesting import union
from geogrid.territory import actions
from geogrid.territory.actions.cells import require_partition
from geogrid.territory.cells import cell_at, cell_findings, cell_of, cell_sizes
from geogrid.territory.errors import (
    CellsNotAPartition,
    NotADraft,
)
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.models import Cell, Grid, Plan
from layers.places.models import Building
from tests.domain.homes import EAST, LATER, addresses, approved, house, kinds, leaf, make
from tests.factories import FOUNDED, SchemeFactory, draft_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return draft_plan(SchemeFactory())


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


def test_a_resident_s_cell_is_found_by_entrance_and_by_address(plan: Plan) -> None:
    (unit,) = house(3, units=1, households=40, floors=10)
    low, high = make(plan)
    scheme = plan.scheme
    assert cell_of(scheme=scheme, unit=unit, at=LATER) is None
    actions.enter_force(plan=approved(plan), by=None, at=LATER, backdated=True)
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
    actions.enter_force(plan=approved(plan), by=None, at=LATER, backdated=True)
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
