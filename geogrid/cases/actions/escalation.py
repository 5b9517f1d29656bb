"""Late cases go up, level by level, once each."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.cases.actions.reporting import told
from geogrid.cases.actions.steps import (
    Actor,
    end_assignment,
    hand_over,
    locked,
    reason,
    require_handler,
    take_step,
)
from geogrid.cases.errors import NobodyAbove
from geogrid.cases.models import Case
from geogrid.cases.placing import due, handler_at, parents_of
from geogrid.cases.rules import CLOCK_RUNS, Step
from geogrid.timing.ladder import Ladder

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Escalated:
    """A case that went up, and the rung it is on now."""

    case: Case
    rung: int


@transaction.atomic
def send_up(*, case: Case, why: str, by: User | None, at: datetime) -> Case:
    """Send a case to the level above by hand, with the time of that level."""
    row = locked(case)
    require_handler(row, by)
    rung = Ladder.next_rung(row.rung, len(parents_of(row.grid)))
    if rung is None:
        raise NobodyAbove(number=row.number)
    _climb(row, rung, by=by, at=at, note=reason(why))
    return row


def escalate_overdue(*, at: datetime, limit: int | None = None) -> list[Escalated]:
    """Send every case whose time ran out before `at` one level up, exactly once per level.

    Each case has a transaction of its own: killed in between, the next run goes on with the rest.
    Two runs at once do not meet (SKIP LOCKED), and the constraint
    `case_escalated_once_per_rung` would refuse the second event if they did.
    """
    late = Case.objects.overdue(at).order_by("due_at", "pk").values_list("pk", flat=True)
    return list(_escalated(list(late[:limit]), at=at))


def _escalated(late: list[int], *, at: datetime) -> Iterator[Escalated]:
    failed: list[Exception] = []
    for number in late:
        try:
            gone_up = _sent_up(number, at=at)
        except Exception as problem:  # one case that cannot go up must not hold back the others
            logger.exception("case %s could not be sent up", number)
            failed.append(problem)
            continue
        if gone_up is not None:
            yield gone_up
    if failed:
        raise ExceptionGroup("cases that could not be sent up", failed)


@transaction.atomic
def _sent_up(number: int, *, at: datetime) -> Escalated | None:
    row = _lock_if_free(number)
    # Meanwhile somebody may have finished it, or the other run have sent it up.
    if row is None or row.state not in CLOCK_RUNS or not row.due_at or row.due_at >= at:
        return None
    rung = Ladder.next_rung(row.rung, len(parents_of(row.grid)))
    if rung is None:
        return None
    _climb(row, rung, by=None, at=at, note="")
    return Escalated(row, rung)


def _lock_if_free(number: int) -> Case | None:
    rows = Case.objects.select_for_update(of=("self",), skip_locked=True)
    related = ("area", "scheme", "category", "worker", "grid")
    found: Case | None = rows.select_related(*related).filter(pk=number).first()
    return found


def _climb(row: Case, rung: int, *, by: User | None, at: datetime, note: str) -> None:
    row.rung = rung
    handler = handler_at(scheme=row.scheme, grid=row.grid, category=row.category, rung=rung, at=at)
    limit = due(row, rung=rung, start=at)
    event = take_step(
        row, Step.ESCALATE, by=by, at=at, note=note, actor=Actor.SYSTEM if by is None else None,
        rung=rung, worker=handler.worker, due_at=limit.at, due_provisional=limit.provisional,
        data=told(handler),
    )  # fmt: skip
    if handler.worker is not None:
        hand_over(row, event, handler, at=at, note=note)
    else:
        end_assignment(row, at=at)
