"""Put an approved plan in force: the part that concerns geometry and time only.

Desks and commands call `geogrid.publishing.actions`, which adds readiness and what follows.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.territory.errors import (
    LandUnassigned,
    NotApproved,
    NotExact,
    NothingScheduled,
    PlanDefective,
    StartsInThePast,
)
from geogrid.territory.models import Plan, PlanEvent, Scheme, Term
from geogrid.territory.refusals import RULES, guards_told

NAMED_IN_MESSAGE = 5


@dataclass(frozen=True, slots=True)
class Defect:
    """Something that keeps a plan out of force; `name` as in the database's plan_defects.

    levels, assigned, pieces, outline, fixed or exact; `grids` are codes, empty for the outline.
    """

    name: str
    amount: int
    grids: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return str(RULES[f"term_plan_{self.name}"])


@guards_told()
@transaction.atomic
def enter_force(*, plan: Plan, by: User | None, at: datetime, backdated: bool = False) -> Term:
    """Give an approved plan its term from `at` on and end the running one at that instant.

    The proof runs here for a sentence a person understands, and once more in the database, which
    believes nobody. The database also refuses an `at` that has passed, unless the system loads a
    history that exists elsewhere and says so with `backdated`.
    """
    require(by, Permission.PUBLISH, scheme=plan.scheme)
    if backdated and by is not None:
        raise NotAllowed(permission=str(Permission.PUBLISH))
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != Plan.State.APPROVED:
        raise NotApproved(number=plan.number)
    refuse_defects(plan, plan_defects(plan))
    terms = Term.objects.select_for_update().filter(scheme=plan.scheme)
    if terms.filter(during__startswith__gte=at).exists():
        raise StartsInThePast()
    with _past_open(backdated):
        for running in terms.at(at):
            running.during = DateTimeTZRange(running.during.lower, at)
            running.save(update_fields=["during"])
        return Term.objects.create(
            plan=plan, scheme=plan.scheme, during=DateTimeTZRange(at, None), by=by
        )


@contextmanager
def _past_open(backdated: bool) -> Iterator[None]:
    """Let terms begin and end in the past for these few statements; see migration 0008."""
    if backdated:
        _set_backdated("on")
    yield
    # Not in a `finally`: after an error the setting goes with the transaction.
    if backdated:
        _set_backdated("")


def _set_backdated(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('geogrid.backdated', %s, true)", [value])


@guards_told()
@transaction.atomic
def take_back(*, scheme: Scheme, by: User | None, at: datetime) -> Term:
    """Take back the term that lies ahead; the one before it goes on. Returns the taken-back term.

    The database lets nothing else happen to terms than what lies after its own clock.
    """
    require(by, Permission.PUBLISH, scheme=scheme)
    terms = Term.objects.select_for_update().filter(scheme=scheme)
    ahead = terms.ahead(at).first()
    if ahead is None:
        raise NothingScheduled
    begins: datetime = ahead.during.lower  # type: ignore[assignment]  # a term has a beginning
    taken = Term(
        plan=ahead.plan,
        scheme=scheme,
        during=ahead.during,
        by_id=ahead.by_id,
        receipt=ahead.receipt,
    )
    ahead.delete()
    for before in terms.filter(during__endswith=begins):
        before.during = DateTimeTZRange(before.during.lower, None)
        before.save(update_fields=["during"])
    PlanEvent.objects.create(
        plan=taken.plan,
        kind=PlanEvent.Kind.UNSCHEDULED,
        by=by,
        at=at,
        data={"from": begins.isoformat(), "receipt": taken.receipt},
    )
    return taken


def plan_defects(plan: Plan) -> list[Defect]:
    """Why `plan` may not be in force, as the database sees it; empty when it may."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.defect, d.amount, ARRAY(SELECT g.code::text FROM territory_grid g"
            " WHERE g.id = ANY(d.grids) ORDER BY g.code) FROM plan_defects(%s) AS d",
            [plan.pk],
        )
        return [
            Defect(name, int(amount), tuple(codes)) for name, amount, codes in cursor.fetchall()
        ]


def refuse_defects(plan: Plan, defects: Sequence[Defect]) -> None:
    """Raise the error of the first defect; nothing when there is none."""
    order = ["assigned", "exact", "levels", "outline", "fixed", "pieces"]
    for defect in sorted(defects, key=lambda one: order.index(one.name)):
        if defect.name == "assigned":
            raise LandUnassigned(
                number=plan.number,
                count=defect.amount,
                first=", ".join(defect.grids[:NAMED_IN_MESSAGE]),
                grids=list(defect.grids),
            )
        if defect.name == "exact":
            refuse_inexact(plan)
        raise PlanDefective(
            number=plan.number,
            defect=defect.name,
            reason=f"{defect.sentence} {', '.join(defect.grids[:NAMED_IN_MESSAGE])}".strip(),
            grids=list(defect.grids),
        )


RESIDUE = """
    SELECT count(*) OVER (), ST_X(start), ST_Y(start), ST_AsGeoJSON(ST_MakeLine(start, finish), 7)
    FROM plan_residue(%s) ORDER BY start, finish LIMIT 1
"""
BESIDE = """
    SELECT g.code FROM territory_grid g
    WHERE g.plan_id = %(plan)s AND g.level = (SELECT plan_depth(%(plan)s))
      AND ST_DWithin(g.boundary, ST_GeomFromGeoJSON(%(where)s), 1e-7)
    ORDER BY g.code
"""


def refuse_inexact(plan: Plan, *, number: int | None = None) -> None:
    """Raise NotExact unless `plan` tiles exactly; says where first, and which grids meet there.

    `number` is of the plan to be named, where it is a copy that is looked at.
    """
    with connection.cursor() as cursor:
        cursor.execute(RESIDUE, [plan.pk])
        row = cursor.fetchone()
        if row is None:
            return
        residual, x, y, where = row
        cursor.execute(BESIDE, {"plan": plan.pk, "where": where})
        codes = [code for (code,) in cursor.fetchall()]
    raise NotExact(
        number=number or plan.number,
        residual=residual,
        place=f"{y:.7f}, {x:.7f}",
        names=", ".join(codes[:NAMED_IN_MESSAGE]) or "-",
        grids=codes,
        where=json.loads(where),
    )


def plan_residual(plan: Plan) -> int:
    """Return how many border segments of `plan` do not cancel; 0 means an exact tiling."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT plan_residual(%s)", [plan.pk])
        row = cursor.fetchone()
    return int(row[0])
