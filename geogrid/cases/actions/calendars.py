"""The working calendar of the next year, once it is announced."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User
from geogrid.cases.actions.steps import Actor, locked, take_step
from geogrid.cases.errors import YearUnusable
from geogrid.cases.models import CalendarYear, Case
from geogrid.cases.placing import due
from geogrid.cases.rules import CLOCK_RUNS, Step


@transaction.atomic
def load_year(
    *, country: str, year: int, rest: Iterable[date], work: Iterable[date], source: str,
    by: User | None, at: datetime, official: bool = True,
) -> int:  # fmt: skip
    """Keep the days off and swapped workdays of a year; return how many deadlines moved.

    Raises `YearUnusable` when a day lies in another year or is both off and worked on.
    """
    if by is not None and not by.is_superuser:
        raise NotAllowed(permission="calendar")
    off, worked = sorted(set(rest)), sorted(set(work))
    for day in (*off, *worked):
        if day.year != year or (day in off and day in worked):
            raise YearUnusable(day=day.isoformat(), year=year)
    CalendarYear.objects.update_or_create(
        country=country, year=year,
        defaults={"rest": off, "work": worked, "official": official, "source": source},
    )  # fmt: skip
    provisional = Case.objects.filter(
        area__calendar__iexact=country, due_provisional=True, state__in=CLOCK_RUNS
    )
    return sum(_reckon(locked(case), by=by, at=at) for case in provisional.order_by("pk"))


def _reckon(row: Case, *, by: User | None, at: datetime) -> bool:
    """Count the deadline anew from when the present level began."""
    if row.state not in CLOCK_RUNS or not row.due_provisional:  # changed before it was locked
        return False
    climbed = row.events.filter(step__in=[Step.ESCALATE, Step.RESUME, Step.REWORK]).last()
    limit = due(row, rung=row.rung, start=climbed.at if climbed else row.received_at)
    if limit.at == row.due_at:
        row.due_provisional = limit.provisional
        row.save(update_fields=["due_provisional"])
        return False
    take_step(
        row, Step.RESCHEDULE, by=by, at=at, actor=Actor.SYSTEM, due_at=limit.at,
        due_provisional=limit.provisional,
    )  # fmt: skip
    return True
