"""Where somebody's role reaches: over a whole scheme, or over a grid and everything below it.

Asked for a plan, a role over a lineage covers every grid whose chain of parents *in that plan*
contains the lineage or one of its successors. Successors are those recorded by the plan and the
plans it is based on, so that a roll-back or an abandoned plan gives nobody anything; in a draft,
which records nothing yet, a new grid follows the one its label lies in, and an ended one is
followed by the grid its label now lies in.
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

COVERED = """
WITH RECURSIVE ancestry AS (
    SELECT p.id, p.based_on_id FROM territory_plan p WHERE p.id = %(plan)s
    UNION
    SELECT p.id, p.based_on_id FROM territory_plan p JOIN ancestry a ON p.id = a.based_on_id
), step AS MATERIALIZED (
    SELECT s.from_lineage, s.to_lineage
    FROM territory_succession s WHERE s.plan_id IN (SELECT id FROM ancestry)
    UNION ALL
    SELECT CASE WHEN lone.plan_id = p.id THEN other.lineage ELSE lone.lineage END,
           CASE WHEN lone.plan_id = p.id THEN lone.lineage ELSE other.lineage END
    FROM territory_plan p
    JOIN territory_grid lone ON lone.plan_id IN (p.id, p.based_on_id)
    JOIN territory_grid other ON other.plan_id IN (p.id, p.based_on_id)
        AND other.plan_id <> lone.plan_id AND other.level = lone.level
        AND ST_Covers(other.boundary, lone.label_point)
    WHERE p.id = %(plan)s AND p.state = 'draft' AND NOT EXISTS (
        SELECT FROM territory_grid same
        WHERE same.plan_id IN (p.id, p.based_on_id) AND same.plan_id <> lone.plan_id
          AND same.lineage = lone.lineage)
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
    with connection.cursor() as cursor:
        cursor.execute(COVERED, {"plan": plan.pk, "held": [str(lineage) for lineage in held]})
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
