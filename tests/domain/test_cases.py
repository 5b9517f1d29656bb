"""From a report to its end: where it goes, who gets it, by when, and what is written down."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from geogrid.cases import actions, keys
from geogrid.cases.errors import (
    TooManyTries,
)
from geogrid.cases.limits import LIMITS, count_try
from geogrid.cases.models import Attempt, Case, CaseDesk, DeadlinePreset, Reporter
from geogrid.cases.placing import choices_at
from geogrid.cases.rules import OPEN, TABLE, Stage, State, Step, leads_to, stage_of
from geogrid.duty.models import Post
from geogrid.territory.models import Area, Grid
from tests.case_factories import (
    MORNING,
    category,
    holder,
    inside,
    leaf,
    reported,
)
from tests.factories import FOUNDED, UserFactory, WorkerFactory, authorise, post, town

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


# ---------------------------------------------------------------- the table of states


def test_the_table_names_every_state_and_ends() -> None:
    assert set(TABLE) == set(State)
    reached = {State.RECEIVED}
    for _ in State:
        reached |= {leads_to(s, step) for s in set(reached) for step in TABLE[s]} - {None}
    assert reached == set(State), "no state is out of reach"
    assert not TABLE[State.ARCHIVED], "nothing happens to an archived case"
    assert all(leads_to(state, Step.CLOSE) for state in OPEN - {State.RECEIVED})


@pytest.mark.parametrize(
    ("state", "stage"),
    [("received", Stage.RECEIVED), ("filed", Stage.RECEIVED), ("dispatched", Stage.IN_PROGRESS),
     ("paused", Stage.IN_PROGRESS), ("verifying", Stage.IN_PROGRESS), ("closed", Stage.DONE),
     ("rejected", Stage.DONE), ("merged", Stage.DONE), ("archived", Stage.DONE)],
)  # fmt: skip
def test_what_residents_read(state: str, stage: Stage) -> None:
    assert stage_of(state) == stage


# ---------------------------------------------------------------- placing and assigning


def test_contained_goes_to_the_grids_worker(area: Area) -> None:
    case = reported(area, accuracy_m=8).case
    grid = leaf(area)
    assert (case.grid, case.placement, case.plan) == (grid, "contained", grid.plan)
    assert case.accuracy_m == 8 and case.runner_up is not None and case.runner_up_m > 0
    assert case.state == State.DISPATCHED and case.worker == holder(grid)
    assert steps(case) == ["receive", "file", "dispatch"]
    event = case.events.get(step="dispatch")
    assert event.assignment.why == "holder" and event.assignment.post.lineage == grid.lineage
    assert case.title == "台阶旁那盏灯坏了三天，晚上看不清"
    assert case.number == "2026-1123-001"


def test_on_a_border_the_lowest_code_counts(area: Area) -> None:
    one, two = leaf(area, "01"), leaf(area, "02")
    shared = one.boundary.intersection(two.boundary)
    vertex = Point(*shared.coords[0] if shared.geom_type == "LineString" else shared[0].coords[0],
                   srid=4326)  # fmt: skip
    case = reported(area, where=vertex).case
    assert case.placement == "border"
    assert case.grid == Grid.objects.filter(plan=one.plan, level=2).covering(vertex).first()
    assert case.runner_up_m == 0


def test_a_vague_position_is_a_question_and_its_answer_counts(area: Area) -> None:
    one, two = leaf(area, "01"), leaf(area, "02")
    scheme = area.schemes.get()
    where = inside(one)
    far = two.boundary.distance(where) * 111_000 * 1.3
    near = choices_at(scheme=scheme, where=where, at=MORNING, accuracy_m=far)
    assert near[0] == one and two in near
    assert choices_at(scheme=scheme, where=where, at=MORNING, accuracy_m=1) == []
    case = reported(area, where=where, accuracy_m=far, chosen=two.code).case
    assert (case.placement, case.grid, case.runner_up) == ("chosen", two, one)
    assert case.worker == holder(two)
    ignored = reported(area, where=where, chosen="nonsense").case
    assert (ignored.placement, ignored.grid) == ("contained", one)


def test_just_outside_is_the_nearest_far_outside_the_offices(area: Area) -> None:
    grid = leaf(area)
    west, south, _, _ = grid.plan.outline.extent
    just = reported(area, where=Point(west - 0.0002, south + 0.0005, srid=4326)).case
    assert just.placement == "nearest" and 0 < just.grid_m < 50 and just.worker is not None
    far = reported(area, where=Point(west - 0.01, south + 0.0005, srid=4326)).case
    assert (far.placement, far.grid, far.worker) == ("office", None, None)
    assert far.state == State.FILED and far.due_at is not None, "the clock runs in the office too"


def vacate(grid: Grid, at: datetime = FOUNDED) -> None:
    Post.objects.filter(lineage=grid.lineage).update(worker=None, vacancy_reason="调任")


def test_acting_covers_a_vacancy_then_the_chief_then_the_office(area: Area) -> None:
    grid = leaf(area)
    vacate(grid)
    chief = holder(grid.parent, role="chief")
    case = reported(area).case
    assert case.worker == chief and case.assignments.get().why == "parent"
    acting = WorkerFactory(area=area)
    post(grid, worker=acting, acting=True)
    case = reported(area).case
    assert case.worker == acting and case.assignments.get().why == "acting"
    Post.objects.all().update(worker=None, vacancy_reason="暂缺")
    case = reported(area).case
    assert case.worker is None and case.state == State.FILED
    assert not case.assignments.exists()


def test_a_post_for_this_subject_goes_first_and_others_are_passed_over(area: Area) -> None:
    grid = leaf(area)
    electrician, cook = WorkerFactory(area=area), WorkerFactory(area=area)
    post(grid, worker=electrician, subjects=["lighting"])
    post(grid, worker=cook, subjects=["food"])
    assert reported(area).case.worker == electrician
    assert reported(area, category=category("food")).case.worker == cook
    assert reported(area, category=category("noise")).case.worker == holder_without_subject(grid)


def holder_without_subject(grid: Grid):
    return Post.objects.get(lineage=grid.lineage, subjects=[]).worker


def test_posts_of_another_time_do_not_count(area: Area) -> None:
    grid = leaf(area)
    Post.objects.filter(lineage=grid.lineage).update(
        during=DateTimeTZRange(FOUNDED, MORNING - timedelta(days=1))
    )
    assert reported(area).case.worker == holder(grid.parent, role="chief")


# ---------------------------------------------------------------- deadlines


@pytest.mark.parametrize(
    ("preset", "start", "due", "provisional"),
    [
        ("3-5-1", "2026-11-23T09:12", "2026-11-26T18:00", False),
        ("5-3", "2026-11-23T09:12", "2026-11-30T18:00", False),
        ("3-5-1", "2026-02-13T10:00", "2026-02-25T18:00", False),
        ("3-5-1", "2026-12-30T10:00", "2027-01-05T18:00", True),
        ("3-5-1", "2027-01-04T00:30", "2027-01-07T18:00", True),
    ],
)
def test_deadline(area: Area, preset: str, start: str, due: str, provisional: bool) -> None:
    CaseDesk.objects.create(area=area, preset=DeadlinePreset.objects.get(code=preset))

    def beijing(text: str) -> datetime:
        return datetime.fromisoformat(text + "+08:00")

    case = reported(area, at=beijing(start)).case
    assert (case.due_at, case.due_provisional) == (beijing(due), provisional)
    filed = case.events.get(step="file")
    assert (filed.due_before, filed.due_after) == (None, case.due_at)


def test_an_emergency_is_due_at_once(area: Area) -> None:
    case = reported(area, category=category("danger")).case
    assert case.emergency and case.due_at == MORNING + timedelta(minutes=30)


def test_deadlines_move_when_the_year_is_announced(area: Area) -> None:
    case = reported(area, at=datetime(2026, 12, 30, 2, tzinfo=UTC)).case
    moved = actions.load_year(
        country="CN", year=2027, rest=[date(2027, 1, 1), date(2027, 1, 4)],
        work=[date(2027, 1, 9)], source="notice", by=None, at=MORNING,
    )  # fmt: skip
    case.refresh_from_db()
    assert moved == 1 and not case.due_provisional
    assert case.due_at == datetime(2027, 1, 6, 10, tzinfo=UTC)
    assert steps(case)[-1] == "reschedule"


# ---------------------------------------------------------------- one form, one case, one number


def test_a_form_sent_twice_is_one_case_and_one_key(area: Area) -> None:
    form = uuid4()
    first, second = (reported(area, form_key=form) for _ in range(2))
    assert first.created and not second.created
    assert (first.case.pk, first.key) == (second.case.pk, second.key)
    assert Case.objects.count() == 1
    assert reported(area).case.number == "2026-1123-002", "the second try used up no number"


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_or_twins_and_forms_no_doubles() -> None:
    area = town().scheme.area
    forms = [uuid4() for _ in range(6)]
    failures: list[Exception] = []

    def send(order: list) -> None:
        try:
            for form in order:
                reported(area, form_key=form)
                with transaction.atomic():
                    reported(area)
                    transaction.set_rollback(True)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=send, args=(order,)) for order in (forms, forms[::-1], forms)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    numbers = sorted(Case.objects.values_list("number", flat=True))
    assert numbers == [f"2026-1123-{n:03d}" for n in range(1, 7)]


def test_the_key_opens_and_nothing_stored_does(area: Area) -> None:
    made = reported(area, reporter=actions.ReporterDetails(phone="000 0000 4321"))
    stored = made.case.key_digest
    assert keys.opens(made.key.lower().replace("-", ""), stored)
    assert not keys.opens("", stored) and not keys.opens(stored, stored)
    phone = Reporter.objects.get(case=made.case).phone
    assert keys.phone_opens("4321", phone) and not keys.phone_opens("321", phone)
    assert not keys.phone_opens("0000", "")


def test_thirty_tries_an_hour_pass() -> None:
    for _ in range(LIMITS["report"]):
        count_try("report", "192.0.2.1", at=MORNING)
    with pytest.raises(TooManyTries):
        count_try("report", "192.0.2.1", at=MORNING)
    count_try("report", "192.0.2.2", at=MORNING)
    count_try("report", "192.0.2.1", at=MORNING + timedelta(hours=1))
    assert not Attempt.objects.filter(digest__contains="192").exists()
