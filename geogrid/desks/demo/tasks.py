"""What waits behind each door of the demo, counted now."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model

from geogrid.cases.models import Case
from geogrid.duty.models import Worker
from geogrid.patrols.beats import Beat, beat_of
from geogrid.patrols.rules import Due
from geogrid.patrols.stops import case_stops, hazard_stops
from geogrid.territory.models import Area, Term

__all__ = ["Tasks", "prepared"]

PRESSING = frozenset({Due.OVERDUE, Due.TODAY, Due.SOON})


@dataclass(frozen=True, slots=True)
class Tasks:
    """Figures on the doors; `opens` names the doors that have an account behind them."""

    grids: int
    stops: int
    late_stops: int
    overdue: int
    open_cases: int
    selected: str
    opens: frozenset[str]


def prepared(area: Area, at: datetime) -> Tasks:
    """Count what the four doors lead to; an area without a plan has zeros."""
    term = Term.objects.at(at).filter(scheme__area=area, scheme__general=True).first()
    counts = Case.objects.of(area).counts(at, ZoneInfo(area.timezone))
    beat = _beat(area, at)
    stops, late = _round(beat) if beat else (0, 0)
    users = get_user_model().objects.filter(
        is_demo=True, is_active=True, username__endswith=f".{area.slug}"
    )
    return Tasks(
        grids=term.plan.grids.leaves().count() if term else 0,
        stops=stops,
        late_stops=late,
        overdue=counts["overdue"],
        open_cases=counts["open"],
        selected=beat.grids[0].code if beat and beat.grids else "",
        opens=frozenset(name.split(".")[0] for name in users.values_list("username", flat=True)),
    )


def _beat(area: Area, at: datetime) -> Beat | None:
    worker = Worker.objects.filter(area=area, user__username=f"patrol.{area.slug}").first()
    return beat_of(worker, at) if worker else None


def _round(beat: Beat) -> tuple[int, int]:
    """How many stops wait on the beat, and how many hazard points of them are overdue."""
    hazards = [stop for stop in hazard_stops(beat) if stop.urgency in PRESSING]
    late = sum(stop.urgency == Due.OVERDUE for stop in hazards)
    return len(hazards) + len(case_stops(beat)), late
