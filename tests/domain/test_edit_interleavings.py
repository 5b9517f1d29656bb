"""Two planners draw at once, each with a connection and a picture of the draft of their own.

What meets somebody else's change is refused with both shapes, the rest lands, and whatever the
order was the plan is exact. 20 interleavings here, 200 with --long.
"""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from django.db import connections

from geogrid.accounts.errors import CodedError
from geogrid.accounts.models import User
from geogrid.territory.actions import edit
from geogrid.territory.answers import EditAnswer
from geogrid.territory.commands import EditCommand
from geogrid.territory.errors import Conflict
from geogrid.territory.models import BoundaryEdit, GridChange, Plan
from tests.domain.editing import check, check_parents
from tests.domain.random_edits import Planner, town
from tests.domain.test_edit_machine import leaves_of, stored
from tests.factories import FOUNDED, UserFactory, authorise

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 4  # commands of each planner in one interleaving


class Editor(threading.Thread):
    """A planner at a desk: sends commands and learns from answers, not from the other's screen."""

    def __init__(self, plan: Plan, user: User, seed: int, start: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.plan = plan
        self.user = user
        self.random = np.random.default_rng(seed)
        self.start_line = start
        self.landed: list[tuple[EditCommand, EditAnswer]] = []
        self.conflicts: list[tuple[EditCommand, Conflict]] = []
        self.refused: list[CodedError] = []
        self.broken: list[BaseException] = []
        self.planner = Planner(stored(plan), plan.revision, self.random)

    def run(self) -> None:
        try:
            self.start_line.wait(30)
            for _ in range(EACH):
                time.sleep(float(self.random.uniform(0, 0.05)))
                self.send(self.planner.command(words=False))
        except BaseException as problem:  # shown by the test's own thread
            self.broken.append(problem)
        finally:
            connections.close_all()

    def send(self, command: EditCommand | None) -> None:
        if command is None:
            return
        try:
            answer = edit(plan=self.plan, command=command, by=self.user, at=FOUNDED)
        except Conflict as conflict:
            self.conflicts.append((command, conflict))
        except CodedError as refusal:
            self.refused.append(refusal)
        else:
            self.landed.append((command, answer))
            for one in answer.ended:
                self.planner.grids.pop(one.lineage, None)
            for state in answer.changed_grids:
                self.planner.grids[state.lineage] = state
            self.planner.revision = answer.revision


def interleave(plan: Plan, users: list[User], seed: int) -> list[Editor]:
    """Both planners load the draft, then draw at the same time."""
    plan.refresh_from_db()
    barrier = threading.Barrier(2)
    editors = [
        Editor(Plan.objects.get(pk=plan.pk), user, seed * 2 + n, barrier)
        for n, user in enumerate(users)
    ]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join(60)
        assert not editor.is_alive()
        assert not editor.broken, editor.broken
    return editors


def landed_beside_each_other(plan: Plan) -> None:
    """No edit touched a grid that changed between what its author saw and its landing."""
    touched: dict[int, set] = {}
    for change in GridChange.objects.filter(edit__plan=plan).select_related("edit"):
        touched.setdefault(change.edit.revision, set()).add(change.lineage)
    for done in BoundaryEdit.objects.filter(plan=plan):
        between = range(done.base_revision + 1, done.revision)
        others = set().union(*(touched[revision] for revision in between))
        assert not touched[done.revision] & others


def tells_both_shapes(conflict: Conflict, others: set[str]) -> None:
    grids = conflict.data["grids"]
    assert grids
    for told in grids:
        assert told["by"] in others
        assert told["revision"] <= conflict.data["revision"]
        assert told["seen"] or told["now"]  # it was there for its author, or it is there now
    assert any(told["yours"] != told["now"] for told in grids)


def run(times: int, seed: int) -> None:
    plan = town(30, seed=seed)
    users = [UserFactory(username=name) for name in ("west", "east")]
    for user in users:
        authorise(user, plan.scheme, "planner")
    landed = conflicts = 0
    for number in range(times):
        editors = interleave(plan, users, seed * 1000 + number)
        check(plan)
        landed += sum(len(editor.landed) for editor in editors)
        for editor in editors:
            for _, conflict in editor.conflicts:
                tells_both_shapes(conflict, {"West", "East"})
            conflicts += len(editor.conflicts)
            if editor.planner.revision == plan.revision:  # the last one was told everything
                assert leaves_of(editor.planner.grids) == leaves_of(stored(plan))
    check_parents(plan)
    landed_beside_each_other(plan)
    assert plan.revision == landed
    assert landed > times
    assert conflicts > times / 10, f"{conflicts} conflicts"
    assert plan.edits.values("by").distinct().count() == 2


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    connections.close_all()


def test_20_interleavings() -> None:
    run(20, seed=5)


@pytest.mark.long
def test_200_interleavings() -> None:
    run(200, seed=6)


def test_the_same_command_sent_twice_at_once_lands_once() -> None:
    plan = town(16, seed=7)
    planner = Planner(stored(plan), 0, np.random.default_rng(1))
    command = None
    while command is None or command.verb != "split":
        command = planner.command(words=False)
    answers: list[object] = []

    def send() -> None:
        try:
            mine = Plan.objects.get(pk=plan.pk)
            answers.append(edit(plan=mine, command=command, by=None, at=FOUNDED))
        except CodedError as refusal:
            answers.append(refusal)
        finally:
            connections.close_all()

    twice = [threading.Thread(target=send) for _ in range(2)]
    for one in twice:
        one.start()
    for one in twice:
        one.join(30)
    first, second = answers
    assert first == second
    assert isinstance(first, EditAnswer)
    assert plan.edits.count() == 1
