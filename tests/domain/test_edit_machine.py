"""Hundreds of random edits of one draft: after every one of them everything still holds.

A mirror of the draft is kept from the answers alone, so it also proves that an answer tells all
that changed. 500 steps here, 5,000 with --long.
"""

from collections import Counter
from uuid import UUID

import numpy as np
import pytest
import shapely
from django.db import connection
from django.db.models import Sum

from geogrid.accounts.errors import CodedError
from geogrid.coverage.nesting import levels_tile
from geogrid.coverage.settling import edges_of, settle
from geogrid.territory.actions import edit, plan_residual
from geogrid.territory.answers import EditAnswer
from geogrid.territory.commands import EditCommand, Renumber, ReturnTo, Undo
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan, PlanLoad
from geogrid.territory.states import GridState, same_shape
from layers.places.models import Building
from tests.domain.editing import check_loads, check_parents
from tests.domain.random_edits import Planner, town
from tests.factories import FOUNDED

pytestmark = pytest.mark.django_db
GRIDS = 64
EVERY = 25


class Machine:
    """A draft, a planner who knows it from answers, and every code that was ever given."""

    def __init__(self, seed: int) -> None:
        self.plan = town(GRIDS, seed=seed)
        self.planner = Planner(stored(self.plan), 0, np.random.default_rng(seed))
        self.codes = {state.code: one for one, state in self.planner.grids.items()}
        self.homes = Building.objects.aggregate(n=Sum("dwellings"))["n"]
        self.past: dict[int, dict[UUID, GridState]] = {0: dict(self.planner.grids)}
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def step(self) -> None:
        command = self.planner.command()
        if command is None:
            return
        try:
            answer = edit(plan=self.plan, command=command, by=None, at=FOUNDED)
        except CodedError as refusal:
            assert refusal.code.startswith("territory.")
            self.refused[refusal.code] += 1
            return
        self.done[str(command.verb)] += 1
        self.learn(answer)
        self.hold(command)

    def learn(self, answer: EditAnswer) -> None:
        mirror = self.planner.grids
        for one in answer.ended:
            mirror.pop(one.lineage, None)
        for state in answer.changed_grids:
            mirror[state.lineage] = state
        self.planner.revision = answer.revision
        self.past[answer.revision] = dict(mirror)

    def hold(self, command: EditCommand) -> None:
        """What has to hold after every step."""
        self.mirrored()
        for state in self.planner.leaves:
            assert shapely.get_num_geometries(state.shape) == 1
        self.never_given_twice(command)
        counted = PlanLoad.objects.aggregate(n=Sum("dwellings"))["n"]  # there is no other plan
        assert counted == self.homes  # no home is lost
        if isinstance(command, ReturnTo):
            now, then = self.planner.grids, self.past[command.revision]
            assert leaves_of(now) == leaves_of(then)
        if isinstance(command, Undo) and command.revision == self.planner.revision - 1:
            assert leaves_of(self.planner.grids) == leaves_of(self.past[command.revision - 1])

    def mirrored(self) -> None:
        """The answers told everything: the mirror is what the database holds."""
        mirror, rows = self.planner.grids, stored(self.plan)
        self.exact(rows)
        assert mirror.keys() == rows.keys()
        for one, row in rows.items():
            assert mirror[one].as_json() == row.as_json()
            assert row.level < self.planner.depth or same_shape(mirror[one].shape, row.shape)

    def exact(self, rows: dict[UUID, GridState]) -> None:
        """Leaves tile quarters, quarters communities, communities the outline."""
        outline = Plan.objects.values_list("outline", flat=True).get(pk=self.plan.pk)
        levels: list[tuple[list[shapely.Geometry], list[int]]] = []
        above: dict[UUID, int] = {}
        for depth in (1, 2, 3):
            states = [state for state in rows.values() if state.level == depth]
            parents = [above[state.parent] if state.parent else 0 for state in states]
            levels.append(([state.shape for state in states], parents))
            above = {state.lineage: number for number, state in enumerate(states)}
        assert levels_tile(to_shapely(outline), levels) == [0, 0, 0]

    def never_given_twice(self, command: EditCommand) -> None:
        for one, state in self.planner.grids.items():
            if not isinstance(command, Renumber | Undo | ReturnTo):
                assert self.codes.get(state.code, one) == one
            self.codes[state.code] = one

    def hold_all(self) -> None:
        """What takes longer to look at."""
        assert plan_residual(self.plan) == 0
        check_parents(self.plan)
        check_loads(self.plan)
        with connection.cursor() as cursor:
            cursor.execute("SELECT defect FROM plan_defects(%s)", [self.plan.pk])
            assert {defect for (defect,) in cursor.fetchall()} <= {"assigned"}  # fixed, pieces ...
        drawing = edges_of([state.shape for state in self.planner.leaves])
        assert np.array_equal(settle(drawing), drawing)


def stored(plan: Plan) -> dict[UUID, GridState]:
    rows = plan.grids.select_related("parent").defer("parent__boundary")
    return {
        row.lineage: GridState(
            lineage=row.lineage,
            level=row.level,
            parent=row.parent.lineage if row.parent else None,
            code=row.code,
            label=row.label,
            name=row.name,
            kind=row.kind,
            pieces_reason=row.pieces_reason,
            shape=to_shapely(row.boundary),
        )
        for row in rows
    }


def leaves_of(grids: dict[UUID, GridState]) -> dict[UUID, tuple[object, bytes]]:
    return {
        one: (state.as_json(), shapely.to_wkb(state.shape))
        for one, state in grids.items()
        if state.level == 3
    }


def run(steps: int, seed: int) -> None:
    machine = Machine(seed)
    for number in range(1, steps + 1):
        machine.step()
        if number % EVERY == 0:
            machine.hold_all()
    told = f"{dict(machine.done)}, refused {dict(machine.refused)}"
    assert machine.done.total() > steps / 4, told
    assert len(machine.done) >= 12, told


def test_500_random_edits() -> None:
    run(500, seed=3)


@pytest.mark.long
def test_5000_random_edits() -> None:
    """One draft, so that its history and its codes grow long."""
    run(5000, seed=10)
