"""Whose roster somebody may change: PUBLISH over the grids, in the plan that is looked at."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, may, require
from geogrid.duty.errors import NoSuchGrid
from geogrid.duty.models import Post, Worker
from geogrid.territory.models import Authority, Grid, Plan, Scheme, Term
from geogrid.territory.scope import covered, require_scope

__all__ = [
    "drawn_reach", "general_scheme", "plan_looked_at", "require_over_grids", "require_over_worker",
    "require_over_workers",
]  # fmt: skip


def general_scheme(area: int) -> Scheme:
    scheme: Scheme = Scheme.objects.select_related("area").get(area=area, general=True)
    return scheme


def plan_looked_at(scheme: Scheme, at: datetime) -> Plan | None:
    """The plan in force, else the newest that nobody discarded; without its outline."""
    term = Term.objects.at(at).filter(scheme=scheme).values_list("plan", flat=True).first()
    rows = Plan.objects.filter(scheme=scheme).defer("outline")
    if term is not None:
        return rows.get(pk=term)
    return rows.exclude(state=Plan.State.WITHDRAWN).order_by("-number").first()


def require_over_grids(by: User | None, plan: Plan, lineages: Iterable[UUID]) -> None:
    """Raise unless these are grids of the plan that somebody can answer for, within reach of `by`.

    Raises NoSuchGrid, NotAllowed, NeedsNeighbour.
    """
    wanted = set(lineages)
    there = Grid.objects.filter(plan=plan, lineage__in=wanted).exclude(kind=Grid.Kind.UNASSIGNED)
    if there.count() != len(wanted):
        raise NoSuchGrid(number=plan.number)
    require_scope(by, Permission.PUBLISH, plan=plan, lineages=wanted)


def require_over_worker(by: User | None, worker: Worker, at: datetime) -> None:
    """Raise unless `by` may change what is known of a worker: over every grid of theirs.

    A worker without a post belongs to everybody who may publish anywhere in the area.
    """
    require_over_workers(by, [worker], at)


def require_over_workers(by: User | None, workers: Iterable[Worker], at: datetime) -> None:
    """The same for many of one area, in as few queries as for one."""
    workers = list(workers)
    if not workers:
        return
    scheme = general_scheme(workers[0].area_id)
    if may(by, Permission.PUBLISH, scheme=scheme):
        return
    require(by, Permission.PUBLISH, scheme=scheme, where=ANYWHERE)
    plan = plan_looked_at(scheme, at)
    if plan is None:
        return
    rows = Post.objects.filter(worker__in=workers).not_over(at)
    held = set(rows.values_list("lineage", flat=True))
    there = held & set(Grid.objects.filter(plan=plan).values_list("lineage", flat=True))
    require_scope(by, Permission.PUBLISH, plan=plan, lineages=there)


def drawn_reach(user: User, plan: Plan) -> set[UUID] | None:
    """Lineages whose posts `user` may change in a plan; None: all of them."""
    if may(user, Permission.PUBLISH, scheme=plan.scheme):
        return None
    held = Authority.objects.reaching(plan.scheme, user, Permission.PUBLISH)
    return covered(plan, held)
