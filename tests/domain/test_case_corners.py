"""Where cases, people and clocks meet at an awkward moment."""

from datetime import timedelta

import pytest

from geogrid.accounts.errors import NotAllowed
from geogrid.cases import actions
from geogrid.cases.actions import escalation
from geogrid.cases.errors import SameCase
from geogrid.cases.models import Case
from geogrid.cases.rules import State, Step
from geogrid.territory.models import Area, Authority
from tests.case_factories import MORNING, holder, leaf, log_in_of, picture, reported
from tests.factories import UserFactory, town

pytestmark = pytest.mark.django_db

LATER = MORNING + timedelta(hours=2)


@pytest.fixture
def area() -> Area:
    return town().scheme.area


def finished(area: Area) -> Case:
    """A case that its worker has handled."""
    case = reported(area).case
    worker = log_in_of(holder(leaf(area)))
    actions.accept(case=case, by=worker, at=MORNING)
    return actions.finish(case=case, note="灯泡换好了", photos=[picture()], by=worker, at=LATER)


def test_two_cases_do_not_end_in_each_other(area: Area) -> None:
    first, second = reported(area).case, reported(area, grid="02").case
    actions.merge(case=first, into=second, by=None, at=LATER)
    with pytest.raises(SameCase):
        actions.merge(case=second, into=first, by=None, at=LATER)
    second.refresh_from_db()
    assert second.state != State.MERGED


def test_what_is_sent_back_has_its_time_again(area: Area) -> None:
    case = finished(area)
    late = case.due_at + timedelta(days=1)
    case = actions.send_back(case=case, why="台阶下面还暗", by=None, at=late)
    assert case.due_at > late
    assert actions.escalate_overdue(at=late + timedelta(minutes=1)) == []


def test_looking_up_a_reporter_does_not_close_a_case_again(area: Area) -> None:
    case = actions.close(case=finished(area), result="路灯已修好。", by=None, at=LATER)
    actions.give_feedback(case=case, satisfied=True, text="", at=LATER + timedelta(days=2))
    case.refresh_from_db()
    assert case.closed_at == LATER
    last = case.events.order_by("pk").last()
    assert (last.step, last.data) == (Step.FEEDBACK, {"satisfied": True})


def test_one_case_that_cannot_go_up_does_not_hold_back_the_others(
    area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = reported(area).case, reported(area, grid="02").case
    climb = escalation._climb

    def breaks_for_one(row: Case, *args: object, **kwargs: object) -> None:
        if row.pk == stuck.pk:
            raise RuntimeError("the ladder is broken here")
        climb(row, *args, **kwargs)

    monkeypatch.setattr(escalation, "_climb", breaks_for_one)
    with pytest.raises(ExceptionGroup):
        actions.escalate_overdue(at=max(stuck.due_at, other.due_at) + timedelta(days=1))
    stuck.refresh_from_db()
    other.refresh_from_db()
    assert (stuck.rung, other.rung) == (0, 1)


def test_a_worker_of_another_town_reports_only_as_a_resident(area: Area) -> None:
    elsewhere = town("elsewhere").scheme.area
    stranger = log_in_of(holder(leaf(elsewhere)))
    with pytest.raises(NotAllowed):
        reported(area, by=stranger, channel=Case.Channel.ON_BEHALF)
    assert reported(area, by=stranger).created


def test_a_role_over_one_community_opens_nothing_elsewhere(area: Area) -> None:
    scheme = area.schemes.get()
    narrow = UserFactory()
    community = leaf(area).parent
    Authority.objects.create(
        user=narrow, role="dispatcher", scheme=scheme, lineage=community.lineage
    )
    with pytest.raises(NotAllowed):
        actions.close(case=reported(area).case, result="好了", by=narrow, at=LATER)
