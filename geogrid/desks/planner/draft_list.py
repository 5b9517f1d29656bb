"""The plans a planner works on, with their figures beside those of the plan in force."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from geogrid.territory.models import BoundaryEdit, Level, Plan, PlanEvent, Scheme, Term

__all__ = ["Desk", "Figures", "Listed", "desk_of"]

# A grid that is in both plans is the same one when its land is: names may differ, and so may the
# vertices, since a cut that ends on a border gives the neighbour across it one. Most borders are
# the same bytes, and much more or less land is seen without overlaying anything; what is left is
# overlaid. A vertex on a slanted border lies on the nearest step, at most half a step of 1 cm
# beside the line: land that changed hands is on average wider than that.
FIGURES = """
    SELECT g.plan_id, count(*),
        count(*) FILTER (WHERE g.kind = 'unassigned'),
        count(*) FILTER (WHERE g.kind = 'basic'),
        count(*) FILTER (WHERE g.kind = 'basic' AND l.dwellings BETWEEN %(least)s AND %(most)s),
        coalesce(sum(l.dwellings), 0), min(l.dwellings), max(l.dwellings),
        count(*) FILTER (WHERE old.id IS NULL),
        count(*) FILTER (WHERE CASE
            WHEN old.id IS NULL OR old.boundary::bytea = g.boundary::bytea THEN false
            WHEN abs(ST_Area(old.boundary) / ST_Area(g.boundary) - 1) > 0.01 THEN true
            ELSE EXISTS (
                SELECT FROM ST_Dump(ST_SymDifference(old.boundary, g.boundary)) AS part
                WHERE 2 * ST_Area(part.geom::geography)
                    > %(thin)s * ST_Perimeter(part.geom::geography)
            ) END),
        count(old.id)
    FROM territory_grid g
    LEFT JOIN territory_planload l ON l.grid_id = g.id
    LEFT JOIN territory_grid old ON old.plan_id = %(running)s AND old.lineage = g.lineage
    WHERE g.plan_id = ANY(%(plans)s) AND g.level = %(depth)s
    GROUP BY g.plan_id
"""
THIN_M = 0.01


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of leaves; the last three against the plan in force, None without one."""

    grids: int
    unassigned: int
    basic: int
    in_range: int
    dwellings: int
    least: int | None
    most: int | None
    made: int | None
    redrawn: int | None
    ended: int | None

    @property
    def differs(self) -> bool:
        return bool(self.made or self.redrawn or self.ended)


@dataclass(frozen=True, slots=True)
class Listed:
    """A plan in the list: who touched it last and when."""

    plan: Plan
    figures: Figures | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """Open plans (drafts, in review, approved ones that never counted), the one in force, others.

    `scheduled` tells when an approved plan comes into force, by primary key.
    """

    running: Listed | None
    term: Term | None
    opened: list[Listed]
    scheduled: dict[int, datetime]
    others: list[Plan]

    @property
    def startable(self) -> list[Plan]:
        """Plans a draft may start from, the one in force first."""
        first = [self.running.plan] if self.running else []
        return [*first, *(one.plan for one in self.opened), *self.others]


def desk_of(scheme: Scheme, at: datetime) -> Desk:
    """Everything the list shows, in a number of queries that does not grow with the plans."""
    plans = list(
        Plan.objects.filter(scheme=scheme)
        .defer("outline", "based_on__outline")
        .select_related("based_on", "created_by")
        .order_by("-number")
    )
    terms = Term.objects.filter(scheme=scheme)
    term = terms.at(at).first()
    counted = set(terms.values_list("plan", flat=True))
    ahead: Any = terms.ahead(at).values_list("plan", "during__startswith")
    scheduled: dict[int, datetime] = dict(ahead)
    opened = [
        plan
        for plan in plans
        if plan.state != Plan.State.WITHDRAWN
        and (plan.pk not in counted or plan.pk in scheduled)
        and (term is None or plan.pk != term.plan_id)
    ]
    running = next((plan for plan in plans if term and plan.pk == term.plan_id), None)
    shown = [*opened, *([running] if running else [])]
    figures = _figures(scheme, [plan.pk for plan in shown], running)
    last = _last(shown)
    listed = {plan.pk: Listed(plan, figures.get(plan.pk), *last[plan.pk]) for plan in shown}
    return Desk(
        running=listed[running.pk] if running else None,
        term=term,
        opened=[listed[plan.pk] for plan in opened],
        scheduled=scheduled,
        others=[plan for plan in plans if plan.pk not in listed],
    )


def _figures(scheme: Scheme, plans: Collection[int], running: Plan | None) -> dict[int, Figures]:
    depth = max(Level.objects.filter(scheme=scheme).values_list("depth", flat=True), default=0)
    values = {
        "least": scheme.households_min,
        "most": scheme.households_max,
        "running": running.pk if running else None,
        "plans": list(plans),
        "depth": depth,
        "thin": THIN_M,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, values)
        rows = cursor.fetchall()
    before = next((row[1] for row in rows if running and row[0] == running.pk), None)
    found: dict[int, Figures] = {}
    for plan, *counts, made, redrawn, kept in rows:
        against = (None, None, None) if before is None else (made, redrawn, before - kept)
        found[plan] = Figures(*[*counts, *against])
    return found


def _last(plans: Collection[Plan]) -> dict[int, tuple[str, datetime]]:
    """Who did the latest thing with each plan: an edit, a step, or its start."""
    told = {plan.pk: (str(plan.created_by or ""), plan.created_at) for plan in plans}
    rows: list[tuple[int, Any, datetime]] = []
    edits: Any = BoundaryEdit.objects.filter(plan__in=plans).order_by("plan_id", "-revision")
    steps: Any = PlanEvent.objects.filter(plan__in=plans).order_by("plan_id", "-pk")
    for latest in (edits, steps):
        rows += [
            (row.plan_id, row.by, row.at)
            for row in latest.distinct("plan_id").select_related("by").only("plan_id", "by", "at")
        ]
    for pk, by, at in rows:
        if at >= told[pk][1]:
            told[pk] = (str(by or ""), at)
    return told
