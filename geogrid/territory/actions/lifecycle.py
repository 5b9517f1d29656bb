"""The way of a plan from draft to approval."""

from datetime import datetime

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.territory.errors import NotADraft
from geogrid.territory.models import Plan
from geogrid.territory.refusals import guards_told


@guards_told()
@transaction.atomic
def propose(*, plan: Plan, by: User | None, at: datetime) -> Plan:
    """Hand a draft over for approval; from here on its grids cannot change."""
    require(by, Permission.DRAW, scheme=plan.scheme)
    return _move(plan, Plan.State.DRAFT, Plan.State.IN_REVIEW)


@guards_told()
@transaction.atomic
def approve(*, plan: Plan, by: User | None, at: datetime) -> Plan:
    require(by, Permission.APPROVE, scheme=plan.scheme)
    return _move(plan, Plan.State.IN_REVIEW, Plan.State.APPROVED)


def _move(plan: Plan, old: Plan.State, new: Plan.State) -> Plan:
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    if locked.state != old:
        raise NotADraft(number=plan.number)
    locked.state = new
    locked.save(update_fields=["state"])
    plan.state = new
    return locked
