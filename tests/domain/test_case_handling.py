"""What is done with a case until its end, and what is written down about it."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from geogrid.accounts.errors import NotAllowed
from geogrid.cases import actions
from geogrid.cases.errors import (
    NotAssignable,
    NotYours,
    PhotoMissing,
    ReasonMissing,
    SameCase,
    StepNotPossible,
    TextMissing,
)
from geogrid.cases.models import Case, CaseEvent
from geogrid.cases.rules import State
from geogrid.territory import actions as territory
from geogrid.territory.models import Area
from tests.case_factories import (
    MORNING,
    category,
    holder,
    inside,
    leaf,
    log_in_of,
    picture,
    reported,
)
from tests.factories import FOUNDED, UserFactory, WorkerFactory, authorise, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def area() -> Area:
    return town().scheme.area


@pytest.fixture
def office(area: Area):
    user = UserFactory(username="office")
    authorise(user, area.schemes.get(), "dispatcher")
    return user


def steps(case: Case) -> list[str]:
    return list(case.events.order_by("pk").values_list("step", flat=True))


# ---------------------------------------------------------------- handling


def test_the_whole_way(area: Area, office) -> None:
    case = reported(area).case
    worker = log_in_of(case.worker)
    at = itertools.count(1)

    def later() -> datetime:
        return MORNING + timedelta(minutes=next(at))

    actions.accept(case=case, by=worker, at=later())
    actions.add_step(case=case, note="已到场，约电工 15:00", by=worker, at=later())
    actions.finish(case=case, note="灯已换好", photos=[picture()], by=worker, at=later())
    actions.verify(case=case, by=office, at=later())
    actions.send_back(case=case, why="还有一盏不亮", by=office, at=later())
    actions.finish(case=case, note="两盏都亮了", by=worker, at=later())
    actions.close(case=case, result="路灯已修好。", by=office, at=later())
    actions.give_feedback(case=case_now(case), satisfied=True, text="很快", at=later())
    actions.archive(case=case, by=office, at=later())
    case.refresh_from_db()
    assert case.state == State.ARCHIVED and case.result == "路灯已修好。" and case.closed_at
    assert steps(case)[3:] == [
        "accept", "note", "finish", "verify", "rework", "finish", "close", "feedback", "archive",
    ]  # fmt: skip
    chain = list(case.events.values_list("state_before", "state_after"))
    assert all(a[1] == b[0] for a, b in itertools.pairwise(chain)), "events join without a gap"
    assert not case.assignments.filter(ended_at=None).exists()
    assert {e.actor for e in case.events.filter(step__in=["accept", "finish"])} == {"worker"}


def case_now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_return_with_a_reason_then_assign_by_hand(area: Area, office) -> None:
    case = reported(area).case
    worker = log_in_of(case.worker)
    with pytest.raises(ReasonMissing):
        actions.return_to_office(case=case, why="  ", by=worker, at=MORNING)
    due = case.due_at
    actions.return_to_office(case=case, why="不在我的网格", by=worker, at=MORNING)
    case.refresh_from_db()
    assert (case.state, case.worker) == (State.RETURNED, None)
    other = holder(leaf(area, "03"))
    with pytest.raises(NotAllowed):
        actions.reassign(case=case, worker=other, why="归你", by=worker, at=MORNING)
    with pytest.raises(NotAssignable):
        actions.reassign(
            case=case, worker=WorkerFactory(area=area), why="试", by=office, at=MORNING
        )
    actions.reassign(case=case, worker=other, why="归第三网格", by=office, at=MORNING)
    case.refresh_from_db()
    assert (case.worker, case.due_at) == (other, due)
    assert case.assignments.running().get().note == "归第三网格"
    assert case.assignments.count() == 2


def test_only_who_has_the_case_may_act(area: Area) -> None:
    case = reported(area).case
    stranger = log_in_of(holder(leaf(area, "03")), "stranger")
    with pytest.raises(NotYours):
        actions.accept(case=case, by=stranger, at=MORNING)
    with pytest.raises(NotYours):
        actions.finish(case=case, note="done", by=UserFactory(), at=MORNING)
    with pytest.raises(NotAllowed):
        actions.close(case=case, result="x", by=stranger, at=MORNING)
    assert steps(case) == ["receive", "file", "dispatch"]


def test_steps_are_never_rewritten(area: Area) -> None:
    worker = log_in_of(reported(area).case.worker)
    case = Case.objects.get()
    actions.accept(case=case, by=worker, at=MORNING)
    for change in (
        lambda: case.events.update(note="something else"),
        lambda: case.events.filter(step="accept").update(at=FOUNDED),
        lambda: CaseEvent.objects.first().delete(),
        lambda: case.delete(),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()
    worker.delete()
    assert case.events.get(step="accept").by is None, "an account may go, what it did stays"


def test_a_calendar_is_loaded_by_command(area: Area, tmp_path: Path) -> None:
    reported(area, at=datetime(2026, 12, 30, 2, tzinfo=UTC))
    told = {"country": "CN", "year": 2027, "rest": ["2027-01-01", "2027-01-04"], "work": [],
            "source": "notice"}  # fmt: skip
    file, out = tmp_path / "2027.json", StringIO()
    file.write_text(json.dumps(told))
    call_command("load_calendar_year", file, stdout=out)
    assert "1 deadlines moved" in out.getvalue()
    file.write_text(json.dumps({**told, "rest": ["2026-01-01"]}))
    with pytest.raises(CommandError, match="2026-01-01"):
        call_command("load_calendar_year", file)


def test_a_step_that_came_too_late_changes_nothing(area: Area, office) -> None:
    case = reported(area).case
    actions.close(case=case, result="已解决", by=office, at=MORNING)
    with pytest.raises(StepNotPossible) as refused:
        actions.accept(case=case, by=None, at=MORNING)
    assert refused.value.data["number"] == case.number
    assert steps(case)[-1] == "close"


def test_pause_stops_the_clock_and_resume_starts_it_anew(area: Area, office) -> None:
    case = reported(area).case
    actions.pause(case=case, why="等配件", by=office, at=MORNING)
    case.refresh_from_db()
    assert case.due_at is None and not Case.objects.overdue(MORNING + timedelta(days=99)).exists()
    later = datetime(2026, 11, 30, 1, tzinfo=UTC)
    actions.resume(case=case, by=office, at=later)
    case.refresh_from_db()
    assert case.due_at == datetime(2026, 12, 3, 10, tzinfo=UTC)


def test_merge_reject_urge_and_reveal(area: Area, office) -> None:
    one, two = reported(area).case, reported(area).case
    with pytest.raises(SameCase):
        actions.merge(case=one, into=one, by=office, at=MORNING)
    actions.merge(case=two, into=one, by=office, at=MORNING)
    actions.urge(case=one, note="今天必须到场", by=office, at=MORNING)
    actions.reject(case=one, why="不属于本街道", by=office, at=MORNING)
    assert case_now(two).merged_into == one and case_now(one).result == "不属于本街道"
    three = reported(area, reporter=actions.ReporterDetails("王", "000 0000 4321")).case
    with pytest.raises(NotAllowed):
        actions.reveal_reporter(case=three, by=log_in_of(three.worker), at=MORNING)
    shown = actions.reveal_reporter(case=three, by=office, at=MORNING)
    assert shown is not None and shown.phone == "000 0000 4321"
    assert three.events.get(step="reveal").by == office
    told = [str(e.data) + e.note for e in CaseEvent.objects.all()]
    assert not any("4321" in words for words in told), "the history names no reporter"


def test_handled_on_the_spot(area: Area) -> None:
    grid = leaf(area)
    worker = log_in_of(holder(grid))
    asked = {"area": area, "category": category("rubbish"), "text": "楼道杂物", "by": worker,
             "where": inside(grid), "at": MORNING}  # fmt: skip
    with pytest.raises(PhotoMissing):
        actions.handle_on_the_spot(**asked, before=[picture()], after=[])
    form = uuid4()
    done = [
        actions.handle_on_the_spot(
            **asked, before=[picture()], after=[picture()], result="已清走", form_key=form
        )
        for _ in range(2)
    ]
    case = done[0].case
    assert done[1].case.pk == case.pk and not done[1].created
    assert case.state == State.CLOSED and case.closed_at == MORNING
    assert steps(case) == ["receive", "file", "finish", "close"]
    assert sorted(case.photos.values_list("kind", flat=True)) == ["after", "before"]
    with pytest.raises(NotYours):
        actions.handle_on_the_spot(
            **{**asked, "by": UserFactory()}, before=[picture()], after=[picture()]
        )


def test_nothing_said_is_no_report(area: Area) -> None:
    with pytest.raises(TextMissing):
        reported(area, text="  ")


def test_phone_reports_are_the_offices(area: Area, office) -> None:
    assert reported(area, channel=Case.Channel.PHONE, by=office).created
    with pytest.raises(NotAllowed):
        reported(area, channel=Case.Channel.PHONE, by=UserFactory())


# ---------------------------------------------------------------- a new plan


def test_open_cases_follow_the_plan(area: Area) -> None:
    from tests.factories import approved_plan
    from tests.pictures import picture as drawn

    scheme = area.schemes.get()
    stays, moves, closed = (reported(area, grid=label).case for label in ("04", "01", "01"))
    actions.close(case=closed, result="好了", by=None, at=MORNING)
    # The same picture with grids a and b exchanged.
    shapes = drawn("bbaa\nbbaa\nccdd\ncccd")
    later = MORNING + timedelta(hours=1)
    plan = approved_plan(scheme, shapes=shapes)
    territory.enter_force(plan=plan, by=None, at=later, backdated=True)
    assert actions.re_place(scheme=scheme, by=None, at=later) >= 1
    moves.refresh_from_db()
    assert moves.plan == plan and moves.grid.plan == plan
    assert moves.events.filter(step="re_place").count() == 1
    closed.refresh_from_db()
    assert closed.plan != plan, "what is over keeps the plan it was handled under"
    assert actions.re_place(scheme=scheme, by=None, at=later) == 0
    stays.refresh_from_db()
    assert stays.plan == plan


# ---------------------------------------------------------------- the numbers on the desk


def test_counts(area: Area, office) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(area.timezone)
    cases = [reported(area).case for _ in range(4)]
    actions.accept(case=cases[1], by=None, at=MORNING)
    actions.finish(case=cases[2], note="好了", by=None, at=MORNING)
    actions.close(case=cases[3], result="好了", by=None, at=MORNING)
    rows = Case.objects.of(area)
    assert rows.counts(MORNING, zone) == {
        "open": 3, "new": 1, "overdue": 0, "due_today": 0, "at_work": 1, "to_verify": 1,
    }  # fmt: skip
    day = cases[0].due_at
    assert rows.counts(day - timedelta(hours=3), zone)["due_today"] == 2
    assert rows.counts(day + timedelta(minutes=1), zone)["overdue"] == 2
    assert rows.matching("邮驿 灯").count() == 4 and not rows.matching("没有").exists()
