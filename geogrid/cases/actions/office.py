"""What the office does with a case."""

from datetime import datetime

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.cases.actions.reporting import told
from geogrid.cases.actions.steps import (
    end_assignment,
    hand_over,
    locked,
    reason,
    require_office,
    take_step,
)
from geogrid.cases.errors import NotAssignable, SameCase
from geogrid.cases.models import Case, Reporter
from geogrid.cases.placing import Handler, due
from geogrid.cases.rules import OPEN, Step, Why, leads_to
from geogrid.duty.models import Post, Worker


@transaction.atomic
def reassign(*, case: Case, worker: Worker, why: str, by: User | None, at: datetime) -> Case:
    """Give the case to somebody who holds a post in the area. The deadline stays as it is."""
    row = locked(case)
    require_office(row, by)
    words = reason(why)
    post = (
        Post.objects.at(at).filter(scheme=row.scheme, worker=worker)
        .select_related("role").order_by("role__rank", "pk").first()
    )  # fmt: skip
    if post is None or not worker.active:
        raise NotAssignable(worker=worker.name, area=row.area.name)
    handler = Handler(Why.BY_HAND, post, worker, row.grid)
    # A case that waits in the office is sent out for the first time, or again after a return.
    step = Step.DISPATCH if leads_to(row.state, Step.DISPATCH) else Step.REASSIGN
    event = take_step(row, step, by=by, at=at, note=words, worker=worker, data=told(handler))
    hand_over(row, event, handler, at=at, note=words)
    return row


@transaction.atomic
def urge(*, case: Case, note: str, by: User | None, at: datetime) -> Case:
    """Press for it (督办); the handler sees the words."""
    row = locked(case)
    require_office(row, by)
    take_step(row, Step.URGE, by=by, at=at, note=note.strip())
    return row


@transaction.atomic
def pause(*, case: Case, why: str, by: User | None, at: datetime) -> Case:
    """Stop the clock (挂账): it cannot be done now, for a reason that is written down."""
    row = locked(case)
    require_office(row, by)
    take_step(row, Step.PAUSE, by=by, at=at, note=reason(why), due_at=None)
    return row


@transaction.atomic
def resume(*, case: Case, by: User | None, at: datetime, note: str = "") -> Case:
    """Let the clock run again, with the whole time of the present level."""
    row = locked(case)
    require_office(row, by)
    limit = due(row, rung=row.rung, start=at)
    take_step(
        row, Step.RESUME, by=by, at=at, note=note.strip(), due_at=limit.at,
        due_provisional=limit.provisional,
    )  # fmt: skip
    return row


@transaction.atomic
def verify(*, case: Case, by: User | None, at: datetime, note: str = "") -> Case:
    """Somebody starts to check what was done."""
    row = locked(case)
    require_office(row, by)
    take_step(row, Step.VERIFY, by=by, at=at, note=note.strip())
    return row


@transaction.atomic
def send_back(*, case: Case, why: str, by: User | None, at: datetime) -> Case:
    """The check failed: the same worker goes on, with the whole time of the present level.

    The office's checking took some of it; without a new limit the case could go up the minute it
    comes back.
    """
    row = locked(case)
    require_office(row, by)
    limit = due(row, rung=row.rung, start=at)
    take_step(
        row, Step.REWORK, by=by, at=at, note=reason(why), due_at=limit.at,
        due_provisional=limit.provisional,
    )  # fmt: skip
    return row


@transaction.atomic
def close(*, case: Case, result: str, by: User | None, at: datetime) -> Case:
    """Close the case. `result` is the sentence that residents read."""
    row = locked(case)
    require_office(row, by)
    words = reason(result)
    take_step(row, Step.CLOSE, by=by, at=at, note=words, result=words[:1000])
    end_assignment(row, at=at)
    return row


@transaction.atomic
def reject(*, case: Case, why: str, by: User | None, at: datetime) -> Case:
    """Not taken on (不予受理); the reporter reads why."""
    row = locked(case)
    require_office(row, by)
    words = reason(why)
    take_step(row, Step.REJECT, by=by, at=at, note=words, result=words[:1000])
    end_assignment(row, at=at)
    return row


@transaction.atomic
def merge(*, case: Case, into: Case, by: User | None, at: datetime) -> Case:
    """The same matter was reported before; this case follows that one, which must be open."""
    # Both are locked, always in the same order: A into B and B into A would close both otherwise.
    rows = {one.pk: locked(one) for one in sorted((case, into), key=lambda one: one.pk)}
    row, target = rows[case.pk], rows[into.pk]
    require_office(row, by)
    if target.pk == row.pk or target.area_id != row.area_id or target.state not in OPEN:
        raise SameCase
    take_step(row, Step.MERGE, by=by, at=at, merged_into=target, data={"into": target.number})
    end_assignment(row, at=at)
    return row


@transaction.atomic
def archive(*, case: Case, by: User | None, at: datetime) -> Case:
    row = locked(case)
    require_office(row, by)
    take_step(row, Step.ARCHIVE, by=by, at=at)
    return row


@transaction.atomic
def reveal_reporter(*, case: Case, by: User | None, at: datetime) -> Reporter | None:
    """Return how the reporter can be reached, and write down who looked."""
    row = locked(case)
    require(by, Permission.SEE_REPORTER, scheme=row.scheme)
    reporter: Reporter | None = Reporter.objects.filter(case=row).first()
    if reporter is not None:
        take_step(row, Step.REVEAL, by=by, at=at)
    return reporter
