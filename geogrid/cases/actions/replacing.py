"""Open cases follow the plan."""

from datetime import datetime

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.cases.actions.reporting import told
from geogrid.cases.actions.steps import Actor, hand_over, locked, take_step
from geogrid.cases.models import Case
from geogrid.cases.placing import handler_at, place_case
from geogrid.cases.rules import OPEN, Reason, State, Step
from geogrid.territory.models import Grid, Scheme, Term


@transaction.atomic
def re_place(*, scheme: Scheme, by: User | None, at: datetime) -> int:
    """Place open cases anew in the plan in force at `at`; return how many changed their grid.

    A case whose grid lives on under the same lineage stays with its worker. Another grid means
    another worker, unless somebody has accepted the case or it has climbed already; its deadline is
    kept either way.
    """
    term = Term.objects.at(at).filter(scheme=scheme).first()
    if term is None:
        return 0
    moved = 0
    for case in Case.objects.filter(scheme=scheme).open().exclude(plan=term.plan_id).order_by("pk"):
        moved += _move(locked(case), by=by, at=at)
    return moved


def _move(row: Case, *, by: User | None, at: datetime) -> bool:
    if row.state not in OPEN:  # closed before it was locked
        return False
    placed = place_case(scheme=row.scheme, where=row.where, at=at, chosen=_chosen(row, at))
    before: Grid | None = row.grid
    same = (before.lineage if before else None) == (placed.grid.lineage if placed.grid else None)
    if same:
        for name, value in placed.as_fields().items():
            setattr(row, name, value)
        row.save(update_fields=list(placed.as_fields()))
        return False
    changes = placed.as_fields()
    handler = handler_at(
        scheme=row.scheme, grid=placed.grid, category=row.category, rung=row.rung, at=at
    )
    # Who has begun finishes: only a case that nobody accepted yet changes hands.
    waits = row.rung == 0 and row.state in {State.FILED, State.DISPATCHED}
    hands = waits and handler.worker is not None and row.worker_id != handler.worker.pk
    if hands and row.worker_id is not None:
        changes["worker"] = handler.worker
    names = {"from": before.name if before else "", "to": placed.grid.name if placed.grid else ""}
    event = take_step(
        row, Step.RE_PLACE, by=by, at=at, actor=Actor.SYSTEM, data={**told(handler), **names},
        **changes,
    )  # fmt: skip
    if "worker" in changes:
        hand_over(row, event, handler, at=at)
    return True


def _chosen(row: Case, at: datetime) -> str | None:
    """The code, in the new plan, of the grid that the reporter chose; an answer outlives a plan."""
    if row.placement != Reason.CHOSEN or row.grid is None:
        return None
    found = Grid.objects.in_force(row.scheme, at).filter(lineage=row.grid.lineage).first()
    return found.code if found else None
