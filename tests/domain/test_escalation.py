"""Late cases go up exactly once per level, whatever happens to whoever sends them."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from geogrid.cases import actions
from geogrid.cases.actions import escalation
from geogrid.cases.errors import NobodyAbove
from geogrid.cases.models import Case, CaseEvent
from geogrid.cases.rules import State
from geogrid.territory.models import Area
from tests.case_factories import MORNING, category, holder, leaf, log_in_of, reported
from tests.factories import town

DUE = datetime(2026, 11, 26, 10, tzinfo=UTC)


@pytest.fixture
def area(db: None) -> Area:
    return town().scheme.area


def climbs(case: Case) -> list[int]:
    return list(case.events.filter(step="escalate").order_by("pk").values_list("rung", flat=True))


def test_up_the_ladder_once_per_level(area: Area) -> None:
    case = reported(area).case
    assert actions.escalate_overdue(at=DUE) == [], "at the minute itself it is in time"
    late = DUE + timedelta(minutes=1)
    assert [one.rung for one in actions.escalate_overdue(at=late)] == [1]
    assert actions.escalate_overdue(at=late) == []
    case.refresh_from_db()
    assert (case.state, case.rung) == (State.ESCALATED, 1)
    assert case.worker == holder(leaf(area).parent, role="chief")
    assert case.due_at == datetime(2026, 11, 27, 10, tzinfo=UTC), "one working day to send it up"
    event = case.events.get(step="escalate")
    assert (event.due_before, event.due_after, event.actor) == (DUE, case.due_at, "system")
    assert event.assignment.why == "escalated"
    actions.escalate_overdue(at=case.due_at + timedelta(minutes=1))
    case.refresh_from_db()
    assert (case.rung, case.worker) == (2, None), "the office has it now"
    actions.escalate_overdue(at=case.due_at + timedelta(days=60))
    case.refresh_from_db()
    assert climbs(case) == [1, 2] and case.rung == 2


def test_over_midnight_holidays_and_a_swapped_workday(area: Area) -> None:
    # Friday before Spring Festival: Saturday the 14th is worked on, then nine days are off.
    case = reported(area, at=datetime(2026, 2, 13, 2, tzinfo=UTC)).case
    assert case.due_at == datetime(2026, 2, 25, 10, tzinfo=UTC)
    for day in range(13, 25):
        assert actions.escalate_overdue(at=datetime(2026, 2, day, 16, tzinfo=UTC)) == []
    assert len(actions.escalate_overdue(at=datetime(2026, 2, 25, 16, tzinfo=UTC))) == 1


def test_what_is_done_paused_or_closed_stays(area: Area) -> None:
    cases = [reported(area).case for _ in range(3)]
    actions.finish(case=cases[0], note="好了", by=None, at=MORNING)
    actions.pause(case=cases[1], why="等配件", by=None, at=MORNING)
    actions.close(case=cases[2], result="好了", by=None, at=MORNING)
    assert actions.escalate_overdue(at=DUE + timedelta(days=30)) == []


def test_emergencies_climb_within_the_hour(area: Area) -> None:
    case = reported(area, category=category("danger")).case
    actions.escalate_overdue(at=MORNING + timedelta(minutes=31))
    actions.escalate_overdue(at=MORNING + timedelta(minutes=62))
    assert climbs(case) == [1, 2]


def test_by_hand_counts_as_the_one_climb(area: Area) -> None:
    case = reported(area).case
    worker = log_in_of(case.worker)
    actions.send_up(case=case, why="要更换整根灯杆", by=worker, at=MORNING)
    case.refresh_from_db()
    assert case.rung == 1 and climbs(case) == [1]
    actions.send_up(case=case, why="社区办不了", by=None, at=MORNING)
    with pytest.raises(NobodyAbove):
        actions.send_up(case=case, why="再往上", by=None, at=MORNING)


def test_the_database_refuses_a_second_climb(area: Area) -> None:
    case = reported(area).case
    actions.escalate_overdue(at=DUE + timedelta(minutes=1))
    event = case.events.get(step="escalate")
    event.pk = None
    with pytest.raises(IntegrityError, match="case_escalated_once_per_rung"), transaction.atomic():
        event.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_at_once() -> None:
    area = town().scheme.area
    cases = [reported(area).case for _ in range(12)]
    start, failures = Barrier(3), []

    def run() -> None:
        try:
            start.wait()
            actions.escalate_overdue(at=DUE + timedelta(minutes=1))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert [climbs(case) for case in cases] == [[1]] * 12


class Killed(BaseException):
    pass


@pytest.mark.django_db(transaction=True)
def test_killed_between_two_cases_and_inside_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    area = town().scheme.area
    cases = [reported(area).case for _ in range(4)]
    real, calls = escalation.hand_over, []

    def dies_at_the_third(*args: object, **kwargs: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise Killed  # after the event was written, before the assignment
        real(*args, **kwargs)

    monkeypatch.setattr(escalation, "hand_over", dies_at_the_third)
    late = DUE + timedelta(minutes=1)
    with pytest.raises(Killed):
        actions.escalate_overdue(at=late)
    assert CaseEvent.objects.filter(step="escalate").count() == 2, "half a step is no step"
    monkeypatch.setattr(escalation, "hand_over", real)
    actions.escalate_overdue(at=late)
    assert [climbs(case) for case in cases] == [[1]] * 4
    for case in cases:
        assert case.assignments.running().count() == 1


def test_the_command(area: Area) -> None:
    case = reported(area).case
    out = StringIO()
    call_command("escalate_overdue", now="2026-11-26T18:01+08:00", stdout=out)
    assert case.number in out.getvalue() and "1 cases sent up" in out.getvalue()
    out = StringIO()
    call_command("escalate_overdue", now="2026-11-26T18:01+08:00", stdout=out)
    assert "0 cases sent up" in out.getvalue()
    with pytest.raises(CommandError, match="no time with a zone"):
        call_command("escalate_overdue", now="tomorrow")
