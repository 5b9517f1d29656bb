"""What is due, in which order, and that a visit is kept once."""

import uuid
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from geogrid.duty.models import Worker
from geogrid.patrols.actions import record_visit
from geogrid.patrols.beats import beat_of
from geogrid.patrols.errors import (
    NotAWorker,
    NotYet,
    NotYourGrid,
    NumberTaken,
    OutOfUse,
    ProblemWithoutNote,
)
from geogrid.patrols.models import InspectionRule, Visit
from geogrid.patrols.rules import Due, due_on, urgency
from geogrid.patrols.stops import hazard_stop, hazard_stops, in_order
from geogrid.territory.models import Grid, Term
from geogrid.timing.calendar import Calendar
from layers.media.errors import NotAPicture
from layers.places.models import HazardClass, HazardPoint
from tests.factories import SourceFactory, UserFactory, town

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)  # noon in Shanghai
LON, LAT, CELL = 113.0, 30.0, 0.0002  # see tests/pictures.py
pytestmark = pytest.mark.django_db


def at(column: float, row: float) -> Point:
    """The middle of a cell of the picture in tests/factories.py, row 0 at the bottom."""
    return Point(LON + (column + 0.5) * CELL, LAT + (row + 0.5) * CELL, srid=4326)


def hazard(where: Point, name: str = "南门加油点", level: int = 3, code: str = "fire", **fields):
    return HazardPoint.objects.create(
        source=SourceFactory(),
        name=name,
        anchor=where,
        level=level,
        hazard_class=HazardClass.objects.get(code=code),
        **fields,
    )


def visit(point: HazardPoint, worker: Worker, days_ago: int, outcome: str = "ok") -> Visit:
    note = "灭火器过期" if outcome == "problem" else ""
    moment = NOW - timedelta(days=days_ago)
    return Visit.objects.create(hazard=point, worker=worker, at=moment, outcome=outcome, note=note)


@pytest.fixture
def term() -> Term:
    return town()


@pytest.fixture
def worker(term: Term) -> Worker:
    """The worker of grid a, at the top left of the picture."""
    return holder(term, "01")


def holder(term: Term, label: str, level: int = 2) -> Worker:
    grid = term.plan.grids.get(label=label, level=level)
    return Worker.objects.get(posts__lineage=grid.lineage)


def names(stops) -> list[str]:
    return [stop.hazard.name for stop in stops]


class TestDueDay:
    calendar = Calendar("CN")

    def due(self, last: date | None, every: int | None, unit: str = "working") -> date | None:
        return due_on(
            last,
            every,
            unit,
            today=date(2026, 11, 23),
            add_working_days=self.calendar.add_working_days,
        )

    def test_working_days_skip_weekends(self) -> None:
        assert self.due(date(2026, 11, 19), 5) == date(2026, 11, 26)

    def test_working_days_skip_the_national_holiday(self) -> None:
        # 1 to 7 October 2026 are off; 10 October is worked on instead.
        assert self.due(date(2026, 9, 30), 1) == date(2026, 10, 8)

    def test_calendar_days_do_not(self) -> None:
        assert self.due(date(2026, 9, 30), 30, "calendar") == date(2026, 10, 30)

    def test_across_a_year_that_nobody_has_announced(self) -> None:
        assert self.due(date(2026, 12, 31), 5) > date(2027, 1, 6)

    def test_never_visited_is_due_today(self) -> None:
        assert self.due(None, 5) == date(2026, 11, 23)

    def test_without_a_rule_never(self) -> None:
        assert self.due(date(2026, 1, 1), None) is None

    @pytest.mark.parametrize(
        ("days", "expected"),
        [(-1, Due.OVERDUE), (0, Due.TODAY), (3, Due.SOON), (4, Due.LATER)],
    )
    def test_urgency(self, days: int, expected: Due) -> None:
        today = date(2026, 11, 23)
        assert urgency(today + timedelta(days=days), today) == expected
        assert urgency(None, today) == Due.NEVER


class TestBeat:
    def test_a_worker_has_the_own_grid_a_chief_the_community(self, term: Term) -> None:
        assert [g.label for g in beat_of(holder(term, "01"), NOW).grids] == ["01"]
        assert [g.label for g in beat_of(holder(term, "001", 1), NOW).grids] == ["01", "02"]

    def test_nobody_has_a_beat_before_the_plan(self, worker: Worker) -> None:
        before = datetime(2026, 1, 1, tzinfo=UTC)
        assert beat_of(worker, before) is None

    def test_hazards_of_other_grids_are_not_listed(self, worker: Worker) -> None:
        hazard(at(0, 3), "mine")
        hazard(at(3, 3), "next door")
        assert names(hazard_stops(beat_of(worker, NOW))) == ["mine"]

    def test_on_a_border_the_lowest_code_has_it(self, term: Term) -> None:
        border = Point(round(LON + 2 * CELL, 7), LAT + 3.5 * CELL, srid=4326)
        hazard(border, "between")
        assert names(hazard_stops(beat_of(holder(term, "01"), NOW))) == ["between"]
        assert names(hazard_stops(beat_of(holder(term, "02"), NOW))) == []

    def test_out_of_use_is_not_listed(self, worker: Worker) -> None:
        hazard(at(0, 3), active=False)
        assert hazard_stops(beat_of(worker, NOW)) == []


class TestOrder:
    def test_both_orders_hold_the_same_stops(self, worker: Worker) -> None:
        near, far, late = (hazard(at(c, 3), n) for c, n in ((0, "near"), (1, "far"), (1.3, "late")))
        visit(near, worker, 1)
        visit(far, worker, 28)
        visit(late, worker, 31)
        beat = beat_of(worker, NOW)
        by_due = in_order(hazard_stops(beat), located=False)
        by_way = in_order(hazard_stops(beat, at(-1, 3)), located=True)
        assert names(by_due) == ["late", "far", "near"]
        assert names(by_way) == ["near", "far", "late"]
        assert by_due[0].urgency == Due.OVERDUE
        assert by_due[1].urgency == Due.SOON

    def test_metres_and_direction(self, worker: Worker) -> None:
        hazard(at(1, 3))
        (stop,) = hazard_stops(beat_of(worker, NOW), at(0, 2))
        assert stop.way.metres == pytest.approx(29.4, abs=0.3)  # one cell east, one north
        assert stop.way.azimuth == pytest.approx(41, abs=1.5)

    def test_an_areas_own_rule_goes_first(self, term: Term, worker: Worker) -> None:
        point = hazard(at(0, 3))
        visit(point, worker, 20)
        InspectionRule.objects.create(
            area=term.scheme.area,
            hazard_class=point.hazard_class,
            level=point.level,
            every=7,
            unit="calendar",
            name_zh="消防周查",
            name_en="weekly fire check",
        )
        stop = hazard_stop(beat_of(worker, NOW), point.pk)
        assert (stop.due, stop.check_zh) == (date(2026, 11, 10), "消防周查")

    def test_nearest_uses_the_geography_index(self) -> None:
        source, fire = SourceFactory(), HazardClass.objects.get(code="fire")
        HazardPoint.objects.bulk_create(
            HazardPoint(source=source, hazard_class=fire, anchor=at(n % 71, n // 71))
            for n in range(5000)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE places_hazardpoint")
        plan = HazardPoint.objects.nearest(at(30.2, 30.1))[:10].explain()
        assert "hazard_anchor_geography" in plan


class TestVisit:
    def record(self, point: HazardPoint, worker: Worker, **given) -> Visit:
        values = {"outcome": "ok", "client_id": uuid.uuid4(), "by": worker.user, "at": NOW}
        return record_visit(hazard=point, worker=worker, **(values | given))

    def test_keeps_the_distance_and_not_the_position(self, worker: Worker) -> None:
        point = hazard(at(0, 3))
        made = self.record(point, worker, where=at(1, 3), accuracy_m=12)
        assert made.distance_m == pytest.approx(19.3, abs=0.2)
        assert made.accuracy_m == 12
        stored = {field.name for field in Visit._meta.get_fields() if field.concrete}
        assert not stored & {"where", "position", "point", "lon", "lat"}

    def test_sent_twice_is_one(self, worker: Worker) -> None:
        point, number = hazard(at(0, 3)), uuid.uuid4()
        first = self.record(point, worker, client_id=number)
        again = self.record(point, worker, client_id=number, at=NOW + timedelta(minutes=1))
        assert first == again
        assert Visit.objects.count() == 1

    def test_a_number_belongs_to_one_place(self, worker: Worker) -> None:
        number = uuid.uuid4()
        self.record(hazard(at(0, 3)), worker, client_id=number)
        with pytest.raises(NumberTaken):
            self.record(hazard(at(1, 3)), worker, client_id=number)

    def test_makes_the_hazard_point_due_later(self, worker: Worker) -> None:
        point = hazard(at(0, 3))
        assert hazard_stop(beat_of(worker, NOW), point.pk).urgency == Due.TODAY
        self.record(point, worker)
        assert hazard_stop(beat_of(worker, NOW), point.pk).due == date(2026, 12, 23)

    def test_only_in_the_own_grid(self, worker: Worker) -> None:
        with pytest.raises(NotYourGrid):
            self.record(hazard(at(3, 3)), worker)

    def test_only_ones_own(self, worker: Worker) -> None:
        with pytest.raises(NotAWorker):
            self.record(hazard(at(0, 3)), worker, by=UserFactory())

    def test_a_problem_needs_words(self, worker: Worker) -> None:
        with pytest.raises(ProblemWithoutNote):
            self.record(hazard(at(0, 3)), worker, outcome="problem", note="  ")

    def test_not_tomorrow_and_not_out_of_use(self, worker: Worker) -> None:
        with pytest.raises(NotYet):
            self.record(hazard(at(0, 3)), worker, at=NOW + timedelta(days=1), now=NOW)
        with pytest.raises(OutOfUse):
            self.record(hazard(at(0, 3), active=False), worker)

    def test_what_is_no_picture_is_refused_and_nothing_is_kept(self, worker: Worker) -> None:
        with pytest.raises(NotAPicture):
            self.record(hazard(at(0, 3)), worker, photo=SimpleUploadedFile("a.jpg", b"<svg/>"))
        assert not Visit.objects.exists()

    def test_the_chief_may_visit_for_the_community(self, term: Term) -> None:
        assert self.record(hazard(at(3, 3)), holder(term, "001", 1)).pk

    def test_errors_speak(self) -> None:
        refusal = NotYourGrid(hazard="加油点").as_dict()
        assert refusal["code"] == "patrols.not_your_grid"
        assert "加油点" in refusal["message"]


@pytest.mark.django_db(transaction=True)
def test_two_copies_of_one_form_at_the_same_moment_are_one_visit() -> None:
    worker = holder(town(), "01")
    point, number = hazard(at(0, 3)), uuid.uuid4()
    start, made = Barrier(2), []

    def send() -> None:
        start.wait()
        sent = record_visit(
            hazard=point, worker=worker, outcome="ok", client_id=number, by=worker.user, at=NOW
        )
        made.append(sent.pk)
        connections.close_all()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert Visit.objects.count() == 1


def test_presets_cover_every_class_and_level() -> None:
    assert InspectionRule.objects.filter(area=None).count() == 32
    assert Grid.objects.count() == 0
