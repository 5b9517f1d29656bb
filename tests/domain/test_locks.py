"""A locked grid keeps its border until it is unlocked; reasons stay with a grid over plans."""

import pytest
import shapely

from geogrid.territory.actions import approve, propose, start_draft
from geogrid.territory.commands import Claim, Describe, Merge, ReturnTo, Split, Undo
from geogrid.territory.errors import GridLocked, OnlyLeaves
from geogrid.territory.locks import locked_lineages
from geogrid.territory.models import Plan
from tests.domain.editing import do, draft, grid, lineage, shape
from tests.factories import FOUNDED

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return draft()


def lock(plan: Plan, number: int, reason: str = "", locked: bool = True) -> None:
    said = {"lock_reason": reason} if reason else {}
    do(
        plan,
        Describe(lineage(plan, number), locked=locked, **said, base_revision=plan.revision),
    )


def takes(plan: Plan, number: int) -> Claim:
    """Grid `number` takes the part of the other northern grid next to it."""
    west, south, east, north = shape(plan, number).bounds
    wide = (east - west) * 1.2
    land = {1: (west, south, west + wide, north), 2: (east - wide, south, east, north)}[number]

    return Claim(lineage(plan, number), shapely.box(*land), base_revision=plan.revision)


def test_an_edit_that_moves_a_locked_border_is_refused_and_says_where(plan: Plan) -> None:
    lock(plan, 2, "与居委会商定")
    before = shape(plan, 2).wkb
    for command in (
        takes(plan, 1),
        takes(plan, 2),
        Merge(lineage(plan, 1), (lineage(plan, 2),), base_revision=plan.revision),
        Merge(lineage(plan, 2), (lineage(plan, 1),), base_revision=plan.revision),
        Split(lineage(plan, 2), _across(plan, 2), base_revision=plan.revision),
    ):
        with pytest.raises(GridLocked) as refusal:
            do(plan, command)
        told = refusal.value.as_dict()
        assert told["code"] == "territory.grid_locked"
        assert [one["code"] for one in told["data"]["grids"]] == [grid(plan, 2).code]
        assert told["data"]["where"]["coordinates"]
        assert grid(plan, 2).name in told["message"]
    assert shape(plan, 2).wkb == before


def _across(plan: Plan, number: int):
    west, south, east, north = shape(plan, number).bounds

    middle = (west + east) / 2
    return shapely.LineString([(middle, south - 1e-3), (middle, north + 1e-3)])


def test_a_neighbour_may_be_divided_beside_it(plan: Plan) -> None:
    lock(plan, 2)
    west, south, east, north = shape(plan, 1).bounds

    middle = south + (north - south) * 0.31
    line_ = shapely.LineString([(west - 1e-3, middle), (east + 1e-5, middle)])
    answer = do(plan, Split(lineage(plan, 1), line_, base_revision=plan.revision))
    assert lineage(plan, 2) in {state.lineage for state in answer.changed_grids}
    assert locked_lineages(plan) == {lineage(plan, 2)}


def test_its_name_and_place_in_the_tree_may_change_and_unlocking_frees_it(plan: Plan) -> None:
    lock(plan, 2, "商定")
    do(plan, Describe(lineage(plan, 2), name="锁住的", base_revision=plan.revision))
    assert grid(plan, 2).lock_reason == "商定"
    lock(plan, 2, locked=False)
    assert (grid(plan, 2).locked, grid(plan, 2).lock_reason) == (False, "")
    do(plan, takes(plan, 1))


def test_taking_back_does_not_move_a_locked_border_either(plan: Plan) -> None:
    drawn = do(plan, takes(plan, 1))
    lock(plan, 2)
    with pytest.raises(GridLocked):
        do(plan, ReturnTo(0, base_revision=plan.revision))
    locking = plan.revision
    do(plan, Undo(locking, base_revision=plan.revision))
    assert locked_lineages(plan) == set()
    do(plan, Undo(drawn.revision, base_revision=plan.revision))


def test_only_lowest_grids_have_locks_and_reasons(plan: Plan) -> None:
    above = plan.grids.filter(level=1).first()
    for said in ({"locked": True}, {"range_reason": "企业多"}):
        with pytest.raises(OnlyLeaves):
            do(plan, Describe(above.lineage, **said, base_revision=plan.revision))


def test_the_answer_tells_lock_and_reason(plan: Plan) -> None:
    command = Describe(
        lineage(plan, 1), locked=True, range_reason="厂区", base_revision=plan.revision
    )
    (told,) = do(plan, command).as_dict()["changed_grids"]
    assert (told["locked"], told["lock_reason"], told["range_reason"]) == (True, "", "厂区")


def test_reasons_stay_over_plans_and_locks_with_the_draft(plan: Plan) -> None:
    lock(plan, 1, "商定")
    do(plan, Describe(lineage(plan, 1), range_reason="厂区", base_revision=plan.revision))
    other = start_draft(scheme=plan.scheme, from_plan=plan, by=None, at=FOUNDED)
    assert (grid(other, 1).locked, grid(other, 1).lock_reason) == (True, "商定")
    propose(plan=plan, by=None, at=FOUNDED)
    approve(plan=plan, by=None, at=FOUNDED)
    later = start_draft(scheme=plan.scheme, from_plan=plan, by=None, at=FOUNDED)
    assert grid(later, 1).range_reason == "厂区"
    assert locked_lineages(later) == set()
