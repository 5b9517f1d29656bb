"""One case as the office sees it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.db.models import GeometryField, PointField
from django.db.models import F, Func, Value

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, may
from geogrid.cases.events import due_words, event_line, why_this_grid
from geogrid.cases.models import Case, Reporter
from geogrid.cases.placing import calendar_of, parents_of
from geogrid.cases.rules import TO_VERIFY, Step, steps_from
from geogrid.duty.models import Post
from geogrid.territory.models import Area, Grid, Term
from geogrid.timing.ladder import Ladder

__all__ = ["case_of", "detail", "handlers"]


class ShortestLine(Func):
    function = "ST_ShortestLine"
    output_field = GeometryField(srid=4326)


def case_of(area: Area, number: int) -> Case | None:
    related = ("area", "scheme", "category", "grid", "runner_up", "worker", "plan", "merged_into")
    rows = Case.objects.of(area).select_related(*related)
    found: Case | None = rows.defer(
        "grid__boundary", "runner_up__boundary", "plan__outline"
    ).filter(pk=number).first()  # fmt: skip
    return found


def detail(case: Case, *, user: User, now: datetime) -> dict[str, Any]:
    """What the panel shows; `can` holds what this user may do with the case now."""
    zone = ZoneInfo(case.area.timezone)
    dispatch = may(user, Permission.DISPATCH, scheme=case.scheme)
    possible = steps_from(case.state) if dispatch else frozenset()
    top = Ladder.next_rung(case.rung, len(parents_of(case.grid))) is None
    return {
        "case": case,
        "due": due_words(case, now=now, zone=zone, calendar=calendar_of(case.area)),
        "why": why_this_grid(case, zone=zone, since=_since(case)),
        "steps": [{"event": event, "line": event_line(event)} for event in case.events.told()],
        "photos": case.photos.all(),
        "handlers": handlers(case, now) if Step.REASSIGN in possible else [],
        "has_reporter": Reporter.objects.filter(case=case).exists(),
        "can": {
            "reassign": Step.REASSIGN in possible,
            "urge": Step.URGE in possible and case.state not in TO_VERIFY,
            "send_up": Step.ESCALATE in possible and not top,
            "close": Step.CLOSE in possible,
            "verify": Step.VERIFY in possible,
            "send_back": Step.REWORK in possible,
            "pause": Step.PAUSE in possible,
            "resume": Step.RESUME in possible,
            "reject": Step.REJECT in possible,
            "merge": Step.MERGE in possible,
            "reveal": may(user, Permission.SEE_REPORTER, scheme=case.scheme),
        },
        "to_verify": case.state in TO_VERIFY,
        "spot": _spot(case),
    }


def handlers(case: Case, now: datetime) -> list[dict[str, Any]]:
    """Everybody who holds a post, those of the case's own community first."""
    names = {
        grid.lineage: grid for grid in Grid.objects.in_force(case.scheme, now).defer("boundary")
    }
    above = case.grid.parent_id if case.grid else None
    posts = Post.objects.at(now).over(case.scheme, names).held()
    seen: dict[int, dict[str, Any]] = {}
    for post in posts:
        grid = names[post.lineage]
        near = case.grid is not None and above in (grid.pk, grid.parent_id)
        told = {"worker": post.worker, "role": post.role, "grid": grid, "near": near}
        if post.worker_id not in seen or (near and not seen[post.worker_id]["near"]):
            seen[post.worker_id] = told
    return sorted(seen.values(), key=lambda told: (not told["near"], told["grid"].code))


def _since(case: Case) -> datetime | None:
    if case.plan_id is None:
        return None
    term = Term.objects.filter(plan=case.plan_id).order_by("during").last()
    return term.during.lower if term else None


def _spot(case: Case) -> dict[str, Any]:
    """What the small map draws: the point, its accuracy, the way to the nearest other grid."""
    spot: dict[str, Any] = {
        "point": [case.where.y, case.where.x],
        "accuracy": case.accuracy_m,
        "grid": case.grid.code if case.grid else None,
    }
    if case.runner_up_id is not None and case.runner_up_m:
        here = Value(case.where, output_field=PointField(srid=4326))
        line = (
            Grid.objects.filter(pk=case.runner_up_id)
            .values_list(ShortestLine(here, F("boundary")), flat=True).first()
        )  # fmt: skip
        if line is not None and line.num_points > 1:
            spot["way"] = [[y, x] for x, y in line.coords]
            spot["metres"] = round(case.runner_up_m)
    return spot
