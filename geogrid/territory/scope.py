"""Where somebody's role reaches: over a whole scheme, or over a grid and everything below it.

Asked for a plan, a role over a lineage covers every grid whose chain of parents *in that plan*
contains the lineage or what followed it. A new grid follows the one it got most of its land from,
a lowest grid that ended is followed by the one that got most of it: a sliver along a border gives
nobody a neighbour. A grid above them that ended is followed by the grids it had, never by the whole
of the one they went to. What followed is read from the plan and those it is based on, so that a
roll-back or an abandoned plan gives nobody anything; a draft records nothing yet, so there labels
tell it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, may, require
from geogrid.territory.errors import NeedsNeighbour
from geogrid.territory.models import Authority, Plan

__all__ = ["Part", "covered", "require_scope", "roles_over"]

NAMED_IN_MESSAGE = 5

# By label in the spatial index alone (OFFSET 0): without statistics of a draft written a minute ago
# the planner would rather look at every grid of it for each label.
COVERED = """
WITH RECURSIVE ancestry AS (
    SELECT p.id, p.based_on_id FROM territory_plan p WHERE p.id = %(plan)s
    UNION
    SELECT p.id, p.based_on_id FROM territory_plan p JOIN ancestry a ON p.id = a.based_on_id
), recorded AS MATERIALIZED (
    SELECT s.plan_id, s.from_lineage, s.to_lineage, s.share_of_area,
           s.share_of_area * given.size AS got, given.level,
           NOT EXISTS (SELECT FROM territory_grid g
                       WHERE g.plan_id = s.plan_id AND g.lineage = s.from_lineage) AS ended,
           NOT EXISTS (SELECT FROM territory_grid g
                       WHERE g.plan_id = a.based_on_id AND g.lineage = s.to_lineage) AS begun
    FROM territory_succession s JOIN ancestry a ON a.id = s.plan_id
    CROSS JOIN LATERAL (
        SELECT ST_Area(g.boundary) AS size, g.level FROM territory_grid g
        WHERE g.lineage = s.from_lineage AND g.plan_id <> s.plan_id
        ORDER BY g.plan_id = a.based_on_id DESC NULLS LAST, g.plan_id DESC LIMIT 1
    ) AS given
), begun AS MATERIALIZED (
    SELECT g.lineage, g.level, g.label_point, p.based_on_id AS other
    FROM territory_plan p JOIN territory_grid g ON g.plan_id = p.id
    WHERE p.id = %(plan)s AND p.state = 'draft' AND NOT EXISTS (
        SELECT FROM territory_grid same
        WHERE same.plan_id = p.based_on_id AND same.lineage = g.lineage)
), ended AS MATERIALIZED (
    SELECT g.lineage, g.level, g.label_point, p.id AS other
    FROM territory_plan p JOIN territory_grid g ON g.plan_id = p.based_on_id
    WHERE p.id = %(plan)s AND p.state = 'draft' AND g.level = %(depth)s AND NOT EXISTS (
        SELECT FROM territory_grid same WHERE same.plan_id = p.id AND same.lineage = g.lineage)
), step AS MATERIALIZED (
    (SELECT DISTINCT ON (plan_id, from_lineage) from_lineage, to_lineage
     FROM recorded WHERE ended AND level = %(depth)s
     ORDER BY plan_id, from_lineage, share_of_area DESC, to_lineage)
    UNION ALL
    (SELECT DISTINCT ON (plan_id, to_lineage) from_lineage, to_lineage
     FROM recorded WHERE begun
     ORDER BY plan_id, to_lineage, got DESC, from_lineage)
    UNION ALL
    SELECT up.lineage, child.lineage
    FROM ancestry a
    JOIN territory_grid up ON up.plan_id = a.based_on_id AND up.level < %(depth)s
    JOIN territory_grid child ON child.parent_id = up.id
    WHERE NOT EXISTS (SELECT FROM territory_grid same
                      WHERE same.plan_id = a.id AND same.lineage = up.lineage)
    UNION ALL
    SELECT old.lineage, begun.lineage
    FROM begun CROSS JOIN LATERAL (
        SELECT g.plan_id, g.level, g.lineage FROM territory_grid g
        WHERE ST_Covers(g.boundary, begun.label_point) OFFSET 0
    ) AS old WHERE old.plan_id = begun.other AND old.level = begun.level
    UNION ALL
    SELECT ended.lineage, new.lineage
    FROM ended CROSS JOIN LATERAL (
        SELECT g.plan_id, g.level, g.lineage FROM territory_grid g
        WHERE ST_Covers(g.boundary, ended.label_point) OFFSET 0
    ) AS new WHERE new.plan_id = ended.other AND new.level = ended.level
), followed AS (
    SELECT unnest(%(held)s::uuid[]) AS lineage
    UNION
    SELECT step.to_lineage FROM followed JOIN step ON step.from_lineage = followed.lineage
), inside AS (
    SELECT g.id, g.lineage FROM territory_grid g JOIN followed ON followed.lineage = g.lineage
    WHERE g.plan_id = %(plan)s
    UNION
    SELECT child.id, child.lineage
    FROM territory_grid child JOIN inside ON child.parent_id = inside.id
)
SELECT lineage FROM inside
"""


@dataclass(frozen=True, slots=True)
class Part:
    """Grids of a plan that something is asked for.

    `together`: one authority has to cover them all, as an approver's does; otherwise several of the
    same role may share them.
    """

    plan: Plan
    lineages: frozenset[UUID]
    together: bool = False


def roles_over(user: User, scheme: Any, where: Any) -> set[str]:
    """Names of the roles that `user` has for all of `where`; see `geogrid.accounts.rules.may`."""
    rows = list(
        Authority.objects.filter(user=user, scheme=scheme).values_list("role", "lineage").distinct()
    )
    if where == ANYWHERE:
        return {role for role, _ in rows}
    whole = {role for role, lineage in rows if lineage is None}
    if not isinstance(where, Part) or where.plan.scheme_id != scheme.pk:
        return whole
    held: dict[tuple[str, UUID | None], set[UUID]] = {}
    for role, lineage in rows:
        if lineage is not None and role not in whole:
            held.setdefault((role, lineage if where.together else None), set()).add(lineage)
    return whole | {
        role
        for (role, _), lineages in held.items()
        if where.lineages <= covered(where.plan, lineages)
    }


def covered(plan: Plan, held: Collection[UUID]) -> set[UUID]:
    """Lineages of the grids of `plan`, on every level, that roles over `held` reach."""
    if not held:
        return set()
    values: dict[str, Any] = {
        "plan": plan.pk,
        "depth": max(plan.scheme.levels.values_list("depth", flat=True), default=0),
        "held": [str(lineage) for lineage in held],
    }
    with connection.cursor() as cursor:
        cursor.execute(COVERED, values)
        return {lineage for (lineage,) in cursor.fetchall()}


def require_scope(
    by: User | None,
    permission: Permission,
    *,
    plan: Plan,
    lineages: Iterable[UUID],
    together: bool = False,
) -> None:
    """Raise unless `by` has the permission for all these grids of `plan`.

    Raises
    ------
    NotAllowed
        When `by` has it nowhere in the scheme.
    NeedsNeighbour
        When some of the grids lie in somebody else's part; names them.
    """
    wanted = frozenset(lineages)
    where = Part(plan, wanted, together)
    if may(by, permission, scheme=plan.scheme, where=where) or by is None:
        return
    require(by, permission, scheme=plan.scheme, where=ANYWHERE)
    reach = (
        set()
        if together
        else covered(plan, Authority.objects.reaching(plan.scheme, by, permission))
    )
    missing = list(
        plan.grids.filter(lineage__in=wanted - reach)
        .order_by("level", "code")
        .values_list("code", "lineage")
    )
    raise NeedsNeighbour(
        count=len(missing),
        first=", ".join(code for code, _ in missing[:NAMED_IN_MESSAGE]),
        grids=[code for code, _ in missing],
        lineages=[str(lineage) for _, lineage in missing],
    )
