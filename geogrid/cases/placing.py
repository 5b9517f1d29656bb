"""Which grid a case lies in, who handles it and until when: reads only, time is an argument."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point

from geogrid.cases.models import Case, CaseDesk, Category, DeadlinePreset, DeadlineRule
from geogrid.cases.rules import (
    NEAREST_WITHIN_M,
    RUNNER_UP_WITHIN_M,
    Reason,
    Why,
)
from geogrid.cases.timetable import CalendarYear
from geogrid.duty.models import Post, Worker
from geogrid.territory.models import Area, Grid, Plan, Scheme
from geogrid.territory.placement import place
from geogrid.timing.calendar import Calendar, Year
from geogrid.timing.deadlines import END_OF_DAY, Allowance, Deadline, deadline
from geogrid.timing.ladder import Ladder

__all__ = [
    "Handler", "Placed", "calendar_of", "choices_at", "due", "handler_at", "ladder_of",
    "parents_of", "place_case",
]  # fmt: skip

USUAL_PRESET = {"CN": "3-5-1"}
OTHER_PRESET = "5-3"
WORKS = "worker"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a point lies, why, and which other grid was nearest (within 500 m)."""

    plan: Plan | None
    grid: Grid | None
    reason: Reason
    grid_m: float = 0.0
    runner_up: Grid | None = None
    runner_up_m: float | None = None

    def as_fields(self) -> dict[str, Any]:
        return {
            "plan": self.plan,
            "grid": self.grid,
            "placement": self.reason,
            "grid_m": self.grid_m,
            "runner_up": self.runner_up,
            "runner_up_m": self.runner_up_m,
        }


def place_case(*, scheme: Scheme, where: Point, at: datetime, chosen: str | None = None) -> Placed:
    """Place `where` (EPSG:4326) in the plan in force at `at`.

    `chosen` is the code of the grid that a reporter named when the position was too vague; one that
    is not near is ignored.
    """
    spot = place(scheme=scheme, where=where, at=at, accuracy_m=RUNNER_UP_WITHIN_M)
    if spot.plan is None:
        return Placed(None, None, Reason.OFFICE)
    around = spot.possible
    named = next((grid for grid in around if grid.code == chosen), None)
    if named is not None and (spot.grid is None or named.pk != spot.grid.pk):
        return _placed(spot.plan, named, Reason.CHOSEN, around, _metres(named))
    if spot.grid is not None:
        on_border = Reason.BORDER if spot.on_border_with else Reason.CONTAINED
        return _placed(spot.plan, spot.grid, on_border, around, 0.0)
    nearest = around[0] if around else None
    if nearest is not None and _metres(nearest) <= NEAREST_WITHIN_M:
        return _placed(spot.plan, nearest, Reason.NEAREST, around, _metres(nearest))
    return Placed(
        spot.plan, None, Reason.OFFICE, runner_up=nearest,
        runner_up_m=_metres(nearest) if nearest else None,
    )  # fmt: skip


def _placed(plan: Plan, grid: Grid, why: Reason, around: list[Grid], metres: float) -> Placed:
    other = next((near for near in around if near.pk != grid.pk), None)
    return Placed(plan, grid, why, metres, other, _metres(other) if other else None)


def _metres(grid: Grid) -> float:
    return float(grid.metres)  # type: ignore[attr-defined]  # annotated by `nearest`


def choices_at(
    *, scheme: Scheme, where: Point, at: datetime, accuracy_m: float | None
) -> list[Grid]:
    """Return the grids the accuracy circle meets, nearest first, when there is more than one."""
    if not accuracy_m:
        return []
    spot = place(scheme=scheme, where=where, at=at, accuracy_m=accuracy_m)
    return spot.possible if len(spot.possible) > 1 else []


def parents_of(grid: Grid | None) -> list[Grid]:
    """The grids above, nearest first."""
    chain: list[Grid] = []
    above = grid.parent if grid is not None else None
    while above is not None:
        chain.append(above)
        above = above.parent
    return chain


@dataclass(frozen=True, slots=True)
class Handler:
    """Who a case goes to and why; without a worker it waits in the office."""

    why: Why
    post: Post | None = None
    worker: Worker | None = None
    grid: Grid | None = None


def handler_at(
    *, scheme: Scheme, grid: Grid | None, category: Category, rung: int, at: datetime
) -> Handler:
    """Return who handles a case of `category` in `grid` on `rung` at `at`.

    On rung 0 that is who holds the grid's post, else who acts in it, else the stand-in, else who
    answers for the nearest grid above. Higher rungs begin further up; on top is the office.
    """
    if grid is None:
        return Handler(Why.OFFICE)
    chain = [grid, *parents_of(grid)][rung:]
    posts = Post.objects.at(at).over(scheme, [step.lineage for step in chain]).held()
    fitting = [post for post in posts if not post.subjects or category.code in post.subjects]
    for step in chain:
        here = [post for post in fitting if post.lineage == step.lineage]
        if here:
            best = min(here, key=lambda post: _call_order(post, leaf=step.pk == grid.pk))
            why = _why(best, step=step, grid=grid, rung=rung)
            return Handler(why, best, best.worker, step)
    return Handler(Why.OFFICE)


def _call_order(post: Post, *, leaf: bool) -> tuple[Any, ...]:
    # A post for this very subject goes first. In a grid its worker works; above, the chief decides.
    off_role = leaf and post.role.code != WORKS
    return (not post.subjects, off_role, post.tier, post.acting, post.role.rank, post.pk)


def _why(post: Post, *, step: Grid, grid: Grid, rung: int) -> Why:
    if rung > 0:
        return Why.ESCALATED
    if step.pk != grid.pk:
        return Why.PARENT
    if post.acting:
        return Why.ACTING
    return Why.HOLDER if post.tier == Post.Tier.A else Why.STAND_IN


def calendar_of(area: Area) -> Calendar:
    """The area's working days: rows that an office loaded, then what GeoGrid ships."""
    rows = CalendarYear.objects.filter(country__iexact=area.calendar)
    years = {
        row.year: Year(row.year, row.official, frozenset(row.rest), frozenset(row.work))
        for row in rows
    }
    return Calendar(area.calendar, years)


def ladder_of(area: Area, category: Category, *, emergency: bool) -> Ladder:
    """The allowances of each rung from the area's deadline table."""
    desk = CaseDesk.objects.filter(area=area).select_related("preset").first()
    preset = desk.preset if desk is not None else _usual_preset(area)
    allowed: dict[int, tuple[int, Allowance]] = {}
    for rule in DeadlineRule.objects.filter(preset=preset):
        if rule.category_id not in (None, category.pk) or rule.emergency > emergency:
            continue
        # A rule for the category beats one for emergencies, which beats the one for all.
        weight = 2 * (rule.category_id is not None) + rule.emergency
        if weight >= allowed.get(rule.rung, (0, None))[0]:
            allowed[rule.rung] = (weight, Allowance(rule.working_days, rule.minutes))
    return Ladder({rung: allowance for rung, (_, allowance) in allowed.items()})


def _usual_preset(area: Area) -> DeadlinePreset:
    code = USUAL_PRESET.get(area.calendar.split("-")[0].upper(), OTHER_PRESET)
    return DeadlinePreset.objects.get(code=code)


def due(case: Case, *, rung: int, start: datetime) -> Deadline:
    """When a case that came to `rung` at `start` has to be settled there."""
    ladder = ladder_of(case.area, case.category, emergency=case.emergency)
    desk = CaseDesk.objects.filter(area=case.area_id).first()
    return deadline(
        start,
        ladder.allowance(rung),
        calendar_of(case.area),
        ZoneInfo(case.area.timezone),
        desk.day_ends if desk is not None else END_OF_DAY,
    )
