"""What a worker should look at next: hazard points and open cases, nearest first or most urgent.

The two orders hold the same stops. Without a position nothing is lost but the distance.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point
from django.db.models import Q
from pyproj import Geod

from geogrid.cases.models import Case
from geogrid.cases.placing import calendar_of
from geogrid.cases.rules import CLOCK_RUNS, State
from geogrid.patrols.beats import Beat
from geogrid.patrols.querysets import with_inspection
from geogrid.patrols.rules import Due, due_on, urgency
from geogrid.timing.calendar import Calendar
from layers.places.models import HazardPoint

__all__ = [
    "CaseStop",
    "HazardStop",
    "Stop",
    "case_stops",
    "hazard_stop",
    "hazard_stops",
    "in_order",
]

ELLIPSOID = Geod(ellps="WGS84")
NO_RULE = date.max


@dataclass(frozen=True, slots=True)
class Way:
    """How to get there: metres along the ellipsoid, degrees clockwise from north."""

    metres: float
    azimuth: float


@dataclass(frozen=True, slots=True)
class HazardStop:
    """A hazard point with what its last visit and its rule say.

    `due` is None when no rule asks for a visit, `way` when there is no position.
    """

    hazard: HazardPoint
    due: date | None
    urgency: Due
    last_visit: date | None
    last_outcome: str | None
    grid_id: int
    check_zh: str
    check_en: str
    interval: tuple[int, str] | None
    way: Way | None


@dataclass(frozen=True, slots=True)
class CaseStop:
    """An open case in one of the worker's grids."""

    case: Case
    due: date | None
    urgency: Due
    way: Way | None


Stop = HazardStop | CaseStop


def hazard_stops(beat: Beat, where: Point | None = None) -> list[HazardStop]:
    """All hazard points of the beat; nearest first by the database when `where` is given."""
    rows = with_inspection(beat.hazards(), beat.area, beat.at)
    if where is not None:
        rows = rows.nearest(where)
    calendar = calendar_of(beat.area)
    return [_hazard_stop(row, beat, calendar, where) for row in rows]


def hazard_stop(beat: Beat, number: int) -> HazardStop | None:
    """One hazard point of the beat, or None when it is not in it."""
    row = with_inspection(beat.hazards(), beat.area, beat.at).filter(pk=number).first()
    return _hazard_stop(row, beat, calendar_of(beat.area), None) if row else None


def case_stops(beat: Beat, where: Point | None = None) -> list[CaseStop]:
    """Cases in the beat's grids, or with this worker, that somebody has to do something about."""
    mine = Q(worker=beat.worker) | Q(scheme=beat.scheme, grid__lineage__in=beat.lineages)
    rows = Case.objects.filter(mine, state__in=CLOCK_RUNS | {State.PAUSED}).order_by("pk")
    zone = ZoneInfo(beat.area.timezone)
    stops = []
    for case in rows:
        due = case.due_at.astimezone(zone).date() if case.due_at else None
        late = case.due_at is not None and case.due_at < beat.at and case.state in CLOCK_RUNS
        state = Due.OVERDUE if late else urgency(due, beat.today)
        stops.append(CaseStop(case, due, state, _way(where, case.where)))
    return stops


def in_order(stops: Iterable[Stop], *, located: bool) -> list[Stop]:
    """Nearest first with a position, else the most urgent first; ties by name and number."""
    if located:
        return sorted(stops, key=lambda stop: stop.way.metres if stop.way else float("inf"))
    return sorted(stops, key=lambda stop: (stop.due or NO_RULE, _level(stop), str(_row(stop))))


def _hazard_stop(row: Any, beat: Beat, calendar: Calendar, where: Point | None) -> HazardStop:
    """A HazardPoint with the annotations of `with_inspection`, which its type does not know."""
    zone = ZoneInfo(beat.area.timezone)
    last = row.last_visit_at.astimezone(zone).date() if row.last_visit_at else None
    due = due_on(
        last,
        row.rule_every,
        row.rule_unit,
        today=beat.today,
        add_working_days=calendar.add_working_days,
    )
    return HazardStop(
        hazard=row,
        due=due,
        urgency=urgency(due, beat.today),
        last_visit=last,
        last_outcome=row.last_outcome,
        grid_id=row.grid_id,
        check_zh=row.rule_name_zh or "",
        check_en=row.rule_name_en or "",
        interval=(row.rule_every, row.rule_unit) if row.rule_every else None,
        way=_way(where, row.anchor),
    )


def _way(start: Point | None, end: Point | None) -> Way | None:
    if start is None or end is None:
        return None
    azimuth, _, metres = ELLIPSOID.inv(start.x, start.y, end.x, end.y)
    return Way(metres=metres, azimuth=azimuth % 360)


def _level(stop: Stop) -> int:
    return stop.hazard.level if isinstance(stop, HazardStop) else 0


def _row(stop: Stop) -> HazardPoint | Case:
    return stop.hazard if isinstance(stop, HazardStop) else stop.case
