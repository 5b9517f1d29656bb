"""Proposals: exact, inside fixed outlines, around locks, in steps that can be carried out."""

from uuid import UUID, uuid4

import pytest
import shapely

from geogrid.territory import proposing
from geogrid.territory.actions import edit, plan_residual
from geogrid.territory.commands import parse
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import BoundaryEdit, Grid, Plan, PlanLoad
from geogrid.territory.proposing import (
    Alternative,
    NothingToBalance,
    TooManyGrids,
    Unit,
    compose,
    propose_balance,
    units_of,
)
from tests.domain.editing import check, draft, house
from tests.factories import FOUNDED
from tests.pictures import picture

pytestmark = pytest.mark.django_db

ROW = """
    aaaabbbbcccc
    aaaabbbbcccc
    aaaabbbbcccc
    ddddddeeeeee
    ddddddeeeeee
"""
ABOVE = {"a": "N", "b": "N", "c": "N", "d": "S", "e": "S"}


@pytest.fixture
def plan() -> Plan:
    """Three grids in the north: 400 homes in the west, 60 in the middle, 140 in the east."""
    for along in (0.5, 1.5, 2.5, 3.5):
        for up in (2.5, 4.5):
            house(along, up, 50)
    for along, homes in ((5, 30), (7, 30), (9, 70), (11, 70)):
        house(along, 3.5, homes)
    house(3, 1, 500)
    house(9, 1, 20)
    return draft(shapes=picture(ROW), communities=ABOVE)


def lineage(plan: Plan, number: int) -> UUID:
    return plan.grids.leaves().get(code__endswith=f"001{number:03d}").lineage


def shape(plan: Plan, number: int) -> shapely.Geometry:
    return to_shapely(plan.grids.leaves().get(code__endswith=f"002{number:03d}").boundary)


def north(plan: Plan) -> Unit:
    return units_of(plan)[0]


def ways(plan: Plan, **options: object) -> list[Alternative]:
    wanted = {"at_least": 150, "at_most": 250} | options
    return propose_balance(plan, north(plan), **wanted).alternatives  # type: ignore[arg-type]


def commands(way: Alternative) -> list:
    return [
        parse(one.verb, one.arguments, command_id=uuid4(), base_revision=0) for one in way.steps
    ]


def test_units_are_the_fixed_communities(plan: Plan) -> None:
    assert [len(unit.leaves) for unit in units_of(plan)] == [3, 2]


def test_a_way_brings_grids_into_the_range_and_writes_nothing(plan: Plan) -> None:
    made = propose_balance(plan, north(plan), at_least=150, at_most=250)
    assert made.now.within == 0
    assert made.alternatives
    best = made.alternatives[0]
    assert best.then.within == best.then.grids == 3
    assert sum(one.then or 0 for one in best.grids) == 600
    assert plan.revision == 0
    assert not BoundaryEdit.objects.exists()


def test_every_way_in_one_command_is_exact_and_has_the_loads_it_promised(plan: Plan) -> None:
    south = [shape(plan, number) for number in (4, 5)]
    for way in ways(plan):
        whole = compose(plan, commands(way), base_revision=plan.revision)
        edit(plan=plan, command=whole, by=None, at=FOUNDED)
        plan.refresh_from_db()
        check(plan)
        loads = dict(
            PlanLoad.objects.filter(grid__plan=plan).values_list("grid__lineage", "dwellings")
        )
        for one in way.grids:
            if one.lineage is not None and one.then is not None:
                assert loads[one.lineage] == one.then
        # Land of the other community has not moved, vertices may have come.
        for before, number in zip(south, (4, 5), strict=True):
            assert shapely.equals(before, shape(plan, number))
        undo = parse(
            "undo", {"revision": plan.revision}, command_id=uuid4(), base_revision=plan.revision
        )
        edit(plan=plan, command=undo, by=None, at=FOUNDED)
        plan.refresh_from_db()


def test_steps_land_one_after_another(plan: Plan) -> None:
    way = ways(plan)[-1]
    for step, command in zip(way.steps, commands(way), strict=True):
        again = parse(
            step.verb, command.arguments(), command_id=uuid4(), base_revision=plan.revision
        )
        edit(plan=plan, command=again, by=None, at=FOUNDED)
        plan.refresh_from_db()
        assert plan_residual(plan) == 0
        loads = dict(
            PlanLoad.objects.filter(grid__plan=plan).values_list("grid__lineage", "dwellings")
        )
        for one, load in step.loads.items():
            assert loads.get(one) == load


def test_a_locked_grid_and_a_dedicated_one_stay(plan: Plan) -> None:
    middle = lineage(plan, 2)
    for way in ways(plan, locked=[middle]):
        assert all(middle not in step.loads for step in way.steps)
    Grid.objects.filter(pk=plan.grids.get(lineage=middle).pk).update(kind=Grid.Kind.DEDICATED)
    made = propose_balance(plan, north(plan), at_least=150, at_most=250)
    assert middle in made.kept
    assert made.now.grids == 2


def test_a_lock_in_the_draft_counts_without_being_told(plan: Plan) -> None:
    middle = lineage(plan, 2)
    Grid.objects.filter(plan=plan, lineage=middle).update(locked=True)
    assert middle in propose_balance(plan, north(plan), at_least=150, at_most=250).kept


def test_one_grid_too_large_is_divided(plan: Plan) -> None:
    made = propose_balance(plan, north(plan), at_least=150, at_most=250, only=[lineage(plan, 1)])
    assert [one.then.grids for one in made.alternatives][:1] == [2]
    assert made.alternatives[0].steps[0].verb == "cut_out"
    assert 150 <= (made.alternatives[0].steps[0].made or 0) <= 250


def test_grids_too_small_are_joined(plan: Plan) -> None:
    made = propose_balance(
        plan, north(plan), at_least=180, at_most=250,
        only=[lineage(plan, 2), lineage(plan, 3)],
    )  # fmt: skip
    (way, *_) = made.alternatives
    assert (way.then.grids, way.then.within) == (1, 1)
    assert way.steps[-1].verb == "merge"
    whole = compose(plan, commands(way), base_revision=0)
    assert len(whole.gone) == 1
    edit(plan=plan, command=whole, by=None, at=FOUNDED)
    check(plan)


def test_the_same_seed_gives_the_same_proposal(plan: Plan) -> None:
    one, other = ways(plan), ways(plan)
    assert [[dict(s.loads) for s in way.steps] for way in one] == [
        [dict(s.loads) for s in way.steps] for way in other
    ]


def test_nothing_to_balance_and_too_much(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingToBalance):
        propose_balance(plan, north(plan), at_least=1, at_most=900, only=[lineage(plan, 1)])
    monkeypatch.setattr(proposing, "MOST_GRIDS", 2)
    with pytest.raises(TooManyGrids):
        ways(plan)
