"""What changes hands between two plans: places counted in the database by anchor.

A place belongs to the leaf that covers its anchor, on a border to the one with the lowest code; it
changes hands when that leaf has another lineage in the other plan.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from geogrid.territory.models import Plan

__all__ = ["BUILDINGS", "Counted", "Flow", "altered", "areas", "around", "flows"]

# Grids that are not the same in both plans. Above the leaves the shape follows from the children,
# so only what is written there counts.
ALTERED = """
    SELECT x.lineage
    FROM territory_grid x
    LEFT JOIN territory_grid up ON up.id = x.parent_id
    WHERE x.plan_id = ANY(%(plans)s) AND NOT EXISTS (
        SELECT FROM territory_grid y
        LEFT JOIN territory_grid above ON above.id = y.parent_id
        WHERE y.plan_id = ANY(%(plans)s) AND y.plan_id <> x.plan_id AND y.lineage = x.lineage
          AND (y.level, y.code, y.label, y.name, y.kind, y.pieces_reason, above.lineage)
              IS NOT DISTINCT FROM
              (x.level, x.code, x.label, x.name, x.kind, x.pieces_reason, up.lineage)
          AND (x.level < %(depth)s OR y.boundary::bytea = x.boundary::bytea))
"""

# Leaves that differ, and those whose boxes meet them: they may own what lies on a common border.
# The same lineage in the other plan is looked up one by one in the unique index: a join would need
# statistics that a plan written a minute ago does not have yet, and took five seconds without.
AROUND = """
    WITH differing AS MATERIALIZED (
        SELECT x.boundary FROM territory_grid x
        WHERE x.plan_id = ANY(%(plans)s) AND x.level = %(depth)s AND NOT coalesce((
            SELECT y.level = x.level AND y.code = x.code AND y.boundary::bytea = x.boundary::bytea
            FROM territory_grid y
            WHERE y.plan_id = %(before)s + %(after)s - x.plan_id AND y.lineage = x.lineage), false)
    )
    SELECT DISTINCT g.id FROM differing JOIN territory_grid g
        ON g.plan_id = ANY(%(plans)s) AND g.level = %(depth)s AND g.boundary && differing.boundary
"""

# Leaf by leaf, because few large polygons against an index of many points is the fast way round.
FLOWS = """
WITH owned AS MATERIALIZED (
    SELECT DISTINCT ON (leaf.plan_id, found.place)
        leaf.plan_id, found.place, found.weight, leaf.id
    FROM territory_grid leaf CROSS JOIN LATERAL (
        SELECT p.id AS place, {weight} AS weight FROM {table} p
        WHERE p.{column} && leaf.boundary AND ST_Covers(leaf.boundary, p.{column}) {condition}
        OFFSET 0
    ) AS found
    WHERE leaf.plan_id = ANY(%(plans)s) AND leaf.level = %(depth)s {near}
    ORDER BY leaf.plan_id, found.place, leaf.code
)
SELECT was.id, becomes.id, count(*), coalesce(sum(coalesce(was.weight, becomes.weight)), 0)
FROM (SELECT * FROM owned WHERE plan_id = %(before)s) AS was
FULL JOIN (SELECT * FROM owned WHERE plan_id = %(after)s) AS becomes USING (place)
GROUP BY was.id, becomes.id
"""

AREAS = """
WITH differing AS MATERIALIZED (
    SELECT x.plan_id, x.lineage, x.boundary FROM territory_grid x
    WHERE x.plan_id = ANY(%(plans)s) AND x.level = %(depth)s AND NOT coalesce((
        SELECT y.level = x.level AND y.boundary::bytea = x.boundary::bytea FROM territory_grid y
        WHERE y.plan_id = %(before)s + %(after)s - x.plan_id AND y.lineage = x.lineage), false)
)
SELECT was.lineage, becomes.lineage, area.m2
FROM differing was
JOIN differing becomes ON becomes.plan_id = %(after)s AND becomes.lineage <> was.lineage
    AND becomes.boundary && was.boundary,
LATERAL (SELECT ST_Area(ST_Intersection(was.boundary, becomes.boundary)::geography) AS m2) AS area
WHERE was.plan_id = %(before)s AND area.m2 > 1
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """A table of places: where their point is, what each weighs, which of them count.

    All are names and SQL of our own, the place's row is called `p`.
    """

    table: str
    column: str = "anchor"
    weight: str = "1"
    condition: str = ""


BUILDINGS = Counted("places_building", weight="p.dwellings", condition="AND p.active")


@dataclass(frozen=True, slots=True)
class Flow:
    """Places that lie in leaf `was` (id) of the one plan and in `becomes` of the other.

    None: outside of that plan. `weight` is the sum of what the places weigh.
    """

    was: int | None
    becomes: int | None
    number: int
    weight: int


def altered(before: Plan | None, after: Plan) -> set[UUID]:
    """Lineages of grids that were made, ended, redrawn, renamed or moved between the plans.

    With no plan before, all of them.
    """
    plans = [plan.pk for plan in (before, after) if plan is not None]
    with connection.cursor() as cursor:
        cursor.execute(ALTERED, {"plans": plans, "depth": _depth(after)})
        return {lineage for (lineage,) in cursor.fetchall()}


def around(before: Plan, after: Plan) -> list[int]:
    """Leaves (ids, of both plans) that differ, and their neighbours: where `flows` has to look."""
    with connection.cursor() as cursor:
        cursor.execute(AROUND, _values(before, after))
        return [leaf for (leaf,) in cursor.fetchall()]


def flows(
    before: Plan, after: Plan, counted: Counted, *, leaves: list[int] | None = None
) -> list[Flow]:
    """Count places by the leaf they lie in before and after; in some leaves or in all."""
    statement = FLOWS.format(
        table=counted.table,
        column=counted.column,
        weight=counted.weight,
        condition=counted.condition,
        near="" if leaves is None else "AND leaf.id = ANY(%(leaves)s)",
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**_values(before, after), "leaves": leaves})
        return [Flow(was, becomes, n, int(weight)) for was, becomes, n, weight in cursor.fetchall()]


def areas(before: Plan, after: Plan) -> dict[tuple[UUID, UUID], float]:
    """Square metres that go from one leaf (lineage) to another.

    Below 1 m2 nothing is told: there a border only got another vertex.
    """
    with connection.cursor() as cursor:
        cursor.execute(AREAS, _values(before, after))
        return {(was, becomes): m2 for was, becomes, m2 in cursor.fetchall()}


def _values(before: Plan, after: Plan) -> dict[str, Any]:
    return {
        "plans": [before.pk, after.pk],
        "before": before.pk,
        "after": after.pk,
        "depth": _depth(after),
    }


def _depth(plan: Plan) -> int:
    """The leaves' level, as a number: the query planner cannot look into a function."""
    return max(plan.scheme.levels.values_list("depth", flat=True), default=0)
