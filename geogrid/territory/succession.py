"""Who follows a grid that ended, and whom a new grid comes from.

A lineage outlives redraws; where a plan ends one or begins one, `Succession` says where its
households and its land went. Rows are written when a plan is proposed and compare it with the plan
it starts from; what later plans did, and what a roll-back undid, is read along the terms.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from geogrid.territory.handovers import BUILDINGS, flows
from geogrid.territory.models import Grid, GridCode, Plan, Scheme, Succession, Term

__all__ = ["Follow", "Successor", "compare_plans", "holders_of_code", "successors"]

# Where borders were only refined, slivers remain: less than this share of a grid is no succession.
SLIVER = 5e-4


@dataclass(frozen=True, slots=True)
class Follow:
    """`to` takes over from `of`: shares of households and of area, 0 to 1."""

    of: UUID
    to: UUID
    households: float
    area: float


@dataclass(frozen=True, slots=True)
class Successor:
    """A grid in force that follows a lineage, and how much of it that grid has."""

    lineage: UUID
    share_of_households: float
    share_of_area: float


SHARES = """
WITH a AS MATERIALIZED (
    SELECT g.id, g.lineage, g.boundary FROM territory_grid g
    WHERE g.plan_id = %(before)s AND g.level = %(level)s
), b AS MATERIALIZED (
    SELECT g.id, g.lineage, g.boundary FROM territory_grid g
    WHERE g.plan_id = %(after)s AND g.level = %(level)s
), met AS (
    SELECT a.id AS old, b.id AS new FROM a JOIN b ON a.boundary && b.boundary
    WHERE a.lineage = ANY(%(ended)s::uuid[])
    UNION
    SELECT a.id, b.id FROM a JOIN b ON a.boundary && b.boundary
    WHERE b.lineage = ANY(%(begun)s::uuid[])
)
SELECT a.lineage, b.lineage,
       ST_Area(ST_Intersection(a.boundary, b.boundary)) / ST_Area(a.boundary) AS share
FROM met JOIN a ON a.id = met.old JOIN b ON b.id = met.new
WHERE a.lineage <> b.lineage
"""


def compare_plans(before: Plan, after: Plan, *, only: Iterable[UUID] | None = None) -> list[Follow]:
    """Follow every lineage that `after` ends or begins, on every level.

    Shares say how much of the grid in `before` lies in the grid in `after`: households by the
    anchors of buildings, or like the area where nobody lives. `only` asks for these ended lineages
    and nothing else.
    """
    old, new = _lineages(before), _lineages(after)
    asked = None if only is None else set(only)
    changed: dict[int, tuple[set[UUID], set[UUID]]] = {}
    for level in set(old) | set(new):
        ended = set(old.get(level, ())) - set(new.get(level, ()))
        begun = set(new.get(level, ())) - set(old.get(level, ()))
        if asked is not None:
            ended, begun = ended & asked, set()
        if ended or begun:
            changed[level] = (ended, begun)
    if not changed:
        return []
    homes = _homes(before, after)
    return [
        follow
        for level, (ended, begun) in sorted(changed.items())
        for follow in _follows(before, after, level, ended, begun, homes.get(level, {}))
    ]


def record(plan: Plan, befores: Iterable[Plan]) -> int:
    """Write the successions of a plan that is proposed and return how many there are.

    Of several plans before, the first one that knew a grid says where it went.
    """
    rows: dict[tuple[UUID, UUID], Follow] = {}
    told: set[UUID] = set()
    for before in befores:
        found = [follow for follow in compare_plans(before, plan) if follow.of not in told]
        rows |= {(follow.of, follow.to): follow for follow in found}
        told |= {lineage for level in _lineages(before).values() for lineage in level}
    Succession.objects.filter(plan=plan).delete()
    Succession.objects.bulk_create(
        Succession(
            plan=plan,
            from_lineage=follow.of,
            to_lineage=follow.to,
            share_of_households=follow.households,
            share_of_area=follow.area,
        )
        for follow in rows.values()
    )
    return len(rows)


def successors(*, lineage: UUID, scheme: Scheme, at: datetime) -> list[Successor]:
    """Grids in force at `at` that follow `lineage`, the one with most households first.

    A lineage in force follows itself. Follows it from term to term since it was last in force, so
    a roll-back that brought it back, or ended what a later plan had begun, counts. Empty when it
    was never in force, or nothing is now.
    """
    terms = list(Term.objects.filter(scheme=scheme).until(at).defer("receipt"))
    if not terms or at not in terms[-1].during:
        return []
    number = next((n for n in reversed(range(len(terms))) if _holds(terms[n], lineage)), None)
    if number is None:
        return []
    shares: dict[UUID, tuple[float, float]] = {lineage: (1.0, 1.0)}
    for before, after in zip(terms[number:], terms[number + 1 :], strict=False):
        if before.plan_id != after.plan_id:
            shares = _step(before, after, shares)
    found = [Successor(to, homes, area) for to, (homes, area) in shares.items()]
    return sorted(found, key=lambda one: (-one.share_of_households, -one.share_of_area))


def holders_of_code(*, scheme: Scheme, code: str, at: datetime) -> list[Grid]:
    """Grids in force at `at` that answer for what was once known by `code`; for old addresses."""
    known = GridCode.objects.filter(scheme=scheme, code=code).first()
    if known is None:
        return []
    found = successors(lineage=known.lineage, scheme=scheme, at=at)
    grids = {
        grid.lineage: grid
        for grid in Grid.objects.in_force(scheme, at)
        .filter(lineage__in=[one.lineage for one in found])
        .defer("boundary", "fixed_boundary")
    }
    return [grids[one.lineage] for one in found]


def _holds(term: Term, lineage: UUID) -> bool:
    return Grid.objects.filter(plan=term.plan_id, lineage=lineage).exists()


def _step(
    before: Term, after: Term, shares: Mapping[UUID, tuple[float, float]]
) -> dict[UUID, tuple[float, float]]:
    here = set(
        Grid.objects.filter(plan=after.plan_id, lineage__in=list(shares)).values_list(
            "lineage", flat=True
        )
    )
    gone = set(shares) - here
    followed: dict[UUID, list[Follow]] = defaultdict(list)
    rows = Succession.objects.filter(plan=after.plan_id, from_lineage__in=gone)
    for row in rows:
        followed[row.from_lineage].append(
            Follow(row.from_lineage, row.to_lineage, row.share_of_households, row.share_of_area)
        )
    # A plan that returns, or that was compared with another one than it followed.
    untold = gone - set(followed)
    if untold:
        for follow in compare_plans(before.plan, after.plan, only=untold):
            followed[follow.of].append(follow)
    result: dict[UUID, tuple[float, float]] = {to: shares[to] for to in here}
    for lineage in gone:
        homes, area = shares[lineage]
        for follow in followed[lineage]:
            had = result.get(follow.to, (0.0, 0.0))
            result[follow.to] = (
                had[0] + homes * follow.households,
                had[1] + area * follow.area,
            )
    return result


def _lineages(plan: Plan) -> dict[int, list[UUID]]:
    levels: dict[int, list[UUID]] = defaultdict(list)
    for level, lineage in Grid.objects.filter(plan=plan).values_list("level", "lineage"):
        levels[level].append(lineage)
    return levels


def _follows(
    before: Plan,
    after: Plan,
    level: int,
    ended: set[UUID],
    begun: set[UUID],
    homes: Mapping[UUID | None, Mapping[UUID | None, int]],
) -> list[Follow]:
    values: dict[str, Any] = {
        "before": before.pk,
        "after": after.pk,
        "level": level,
        "ended": [str(lineage) for lineage in ended],
        "begun": [str(lineage) for lineage in begun],
    }
    with connection.cursor() as cursor:
        cursor.execute(SHARES, values)
        rows = cursor.fetchall()
    found = []
    for of, to, share in rows:
        area = min(float(share), 1.0)
        going = homes.get(of, {})
        living = sum(going.values())
        households = going.get(to, 0) / living if living else area
        if area > SLIVER or (living and households > 0):
            found.append(Follow(of, to, households, area))
    return found


def _homes(before: Plan, after: Plan) -> dict[int, dict[UUID | None, dict[UUID | None, int]]]:
    """Households by level, lineage before and lineage after."""
    chains = {**_chains(before), **_chains(after)}
    homes: dict[int, dict[UUID | None, dict[UUID | None, int]]] = {}
    for flow in flows(before, after, BUILDINGS):
        was = chains.get(flow.was or 0, {})
        becomes = chains.get(flow.becomes or 0, {})
        for level in set(was) | set(becomes):
            going = homes.setdefault(level, {}).setdefault(was.get(level), {})
            to = becomes.get(level)
            going[to] = going.get(to, 0) + flow.weight
    return homes


def _chains(plan: Plan) -> dict[int, dict[int, UUID]]:
    """For every grid (id) the lineages of its chain of parents and its own, by level."""
    chains: dict[int, dict[int, UUID]] = {}
    rows = Grid.objects.filter(plan=plan).order_by("level")
    for pk, parent, level, lineage in rows.values_list("pk", "parent", "level", "lineage"):
        chains[pk] = {**chains.get(parent or 0, {}), level: lineage}
    return chains
