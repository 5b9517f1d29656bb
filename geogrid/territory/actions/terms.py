"""Put an approved plan in force: the part that concerns geometry and time only.

Desks and commands call `geogrid.publishing.actions`, which adds readiness and what follows.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from geogrid.accounts.models import User
from geogrid.territory.errors import LandUnassigned, NotApproved, NotExact, StartsInThePast
from geogrid.territory.models import Grid, Plan, Term
from geogrid.territory.refusals import guards_told


@guards_told()
@transaction.atomic
def enter_force(*, plan: Plan, by: User | None, at: datetime) -> Term:
    """Give an approved plan its term from `at` on and end the running one at that instant.

    The proof runs here for a sentence a person understands, and once more in the database, which
    believes nobody.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != Plan.State.APPROVED:
        raise NotApproved(number=plan.number)
    unassigned = plan.grids.filter(kind=Grid.Kind.UNASSIGNED).count()
    if unassigned:
        raise LandUnassigned(number=plan.number, count=unassigned)
    residual = plan_residual(plan)
    if residual:
        raise NotExact(number=plan.number, residual=residual)
    terms = Term.objects.select_for_update().filter(scheme=plan.scheme)
    if terms.filter(during__startswith__gte=at).exists():
        raise StartsInThePast()
    for running in terms.at(at):
        running.during = DateTimeTZRange(running.during.lower, at)
        running.save(update_fields=["during"])
    return Term.objects.create(
        plan=plan, scheme=plan.scheme, during=DateTimeTZRange(at, None), by=by
    )


def plan_residual(plan: Plan) -> int:
    """Return how many border segments of `plan` do not cancel; 0 means an exact tiling."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT plan_residual(%s)", [plan.pk])
        row = cursor.fetchone()
    return int(row[0])
