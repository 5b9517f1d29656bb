"""Reads of cases. Time is an argument."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import models
from django.db.models import Case as When_
from django.db.models import F, Q, Value, When
from django.db.models.functions import Cast

from geogrid.cases.rules import AT_WORK, CLOCK_RUNS, NEW, OPEN, TO_VERIFY
from layers.places.querysets import KnnMetres

if TYPE_CHECKING:
    from geogrid.territory.models import Area

COUNTS = ("open", "new", "overdue", "due_today", "at_work", "to_verify")


def end_of_today(at: datetime, zone: ZoneInfo) -> datetime:
    """The midnight after `at` on the wall clock of `zone`."""
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0), tzinfo=zone)


class CaseQuerySet(models.QuerySet):
    def of(self, area: "Area") -> Self:
        return self.filter(area=area)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def clock_runs(self) -> Self:
        return self.filter(state__in=CLOCK_RUNS)

    def overdue(self, at: datetime) -> Self:
        return self.clock_runs().filter(due_at__lt=at)

    def counted(self, name: str, at: datetime, zone: ZoneInfo) -> Self:
        """The cases behind one of the numbers on the office's desk, see `COUNTS`."""
        return self.filter(_condition(name, at, zone))

    def counts(self, at: datetime, zone: ZoneInfo) -> dict[str, int]:
        return self.aggregate(
            **{name: models.Count("pk", filter=_condition(name, at, zone)) for name in COUNTS}
        )

    def with_worker(self, worker: Any) -> Self:
        """Cases somebody has to do something about: not those the office is checking."""
        return self.filter(worker=worker, state__in=CLOCK_RUNS | {"paused"})

    def within(self, shape: GEOSGeometry) -> Self:
        return self.filter(where__coveredby=shape)

    def nearest(self, where: Point) -> Self:
        here = Cast(Value(where, output_field=PointField(srid=4326)), PointField(geography=True))
        there = Cast("where", PointField(geography=True))
        return self.annotate(metres=KnnMetres(there, here)).order_by("metres")

    def most_urgent_first(self, at: datetime) -> Self:
        """Overdue, then emergencies, then by deadline; those without one go last."""
        late = When_(
            When(Q(state__in=CLOCK_RUNS, due_at__lt=at), then=Value(0)),
            When(emergency=True, then=Value(1)),
            default=Value(2),
        )
        return self.annotate(urgency_order=late).order_by(
            "urgency_order", F("due_at").asc(nulls_last=True), "-received_at", "pk"
        )

    def matching(self, words: str) -> Self:
        """Cases whose number, title, place or text holds each of the words."""
        rows = self
        for word in words.split()[:6]:
            rows = rows.filter(
                Q(number__icontains=word) | Q(title__icontains=word)
                | Q(address__icontains=word) | Q(text__icontains=word)
            )  # fmt: skip
        return rows


def _condition(name: str, at: datetime, zone: ZoneInfo) -> Q:
    if name == "overdue":
        return Q(state__in=CLOCK_RUNS, due_at__lt=at)
    if name == "due_today":
        return Q(state__in=CLOCK_RUNS, due_at__gte=at, due_at__lt=end_of_today(at, zone))
    states = {"open": OPEN, "new": NEW, "at_work": AT_WORK, "to_verify": TO_VERIFY}[name]
    return Q(state__in=states)


class CaseEventQuerySet(models.QuerySet):
    def told(self) -> Self:
        """In the order in which they happened, with everybody they name."""
        return self.select_related("by", "worker").prefetch_related("photos").order_by("at", "pk")


class AssignmentQuerySet(models.QuerySet):
    def running(self) -> Self:
        return self.filter(ended_at=None)
