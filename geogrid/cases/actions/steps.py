"""How a step is taken: lock, check, change, and one event. All other actions go through here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, may, require
from geogrid.cases.errors import NotYours, ReasonMissing, StepNotPossible
from geogrid.cases.models import Assignment, Case, CaseEvent, CasePhoto
from geogrid.cases.placing import Handler
from geogrid.cases.rules import State, Step, leads_to
from geogrid.duty.models import Worker
from layers.media.models import Attachment

Actor = CaseEvent.Actor
CLOSING = frozenset({State.CLOSED, State.REJECTED, State.MERGED})


def locked(case: Case) -> Case:
    """Return the case as it is now, kept from everybody else until the transaction ends."""
    related = ("area", "scheme", "category", "worker", "grid")
    rows = Case.objects.select_for_update(of=("self",)).select_related(*related)
    fresh: Case = rows.defer("grid__boundary").get(pk=case.pk)
    return fresh


def take_step(
    case: Case,
    step: Step,
    *,
    by: User | None,
    at: datetime,
    actor: str | None = None,
    note: str = "",
    data: dict[str, Any] | None = None,
    photos: Iterable[Attachment] = (),
    photo_kind: str = CasePhoto.Kind.STEP,
    **changes: Any,
) -> CaseEvent:
    """Take `step` with a locked case: set `changes` and the next state, write the event.

    Raises `StepNotPossible` when the table of states has no such step from here.
    """
    after = leads_to(case.state, step)
    if after is None:
        raise StepNotPossible(number=case.number, state=State(case.state).label)
    before, due_before = case.state, case.due_at
    case.state = after
    case.changed_at = at
    if after in CLOSING and after != before:
        changes.setdefault("closed_at", at)
    for name, value in changes.items():
        setattr(case, name, value)
    case.save(update_fields=["state", "changed_at", *changes])
    event = CaseEvent.objects.create(
        case=case, step=step, state_before=before, state_after=after, by=by, at=at, note=note,
        actor=actor or actor_of(case, by), worker=case.worker, due_before=due_before,
        due_after=case.due_at, rung=case.rung, data=data or {},
    )  # fmt: skip
    add_photos(event, photos, photo_kind)
    return event


def add_photos(event: CaseEvent, photos: Iterable[Attachment], kind: str) -> None:
    CasePhoto.objects.bulk_create(
        CasePhoto(case_id=event.case_id, event=event, picture=picture, kind=kind)
        for picture in photos
    )


def hand_over(
    case: Case, event: CaseEvent, handler: Handler, *, at: datetime, note: str = ""
) -> None:
    """End the running assignment and write the next one, belonging to `event`."""
    case.assignments.running().update(ended_at=at)
    Assignment.objects.create(
        case=case, event=event, post=handler.post, worker=handler.worker, grid=handler.grid,
        rung=case.rung, why=handler.why, note=note[:300], at=at,
    )  # fmt: skip


def end_assignment(case: Case, *, at: datetime) -> None:
    case.assignments.running().update(ended_at=at)


def actor_of(case: Case, by: User | None) -> str:
    if by is None:
        return Actor.SYSTEM
    return Actor.WORKER if worker_of(by) is not None else Actor.OFFICE


def worker_of(user: User) -> Worker | None:
    found: Worker | None = Worker.objects.filter(user=user, active=True).first()
    return found


def require_office(case: Case, by: User | None) -> None:
    require(by, Permission.DISPATCH, scheme=case.scheme)


def require_handler(case: Case, by: User | None) -> None:
    """The worker the case is with; the office may always step in."""
    if by is None or may(by, Permission.DISPATCH, scheme=case.scheme):
        return
    worker = worker_of(by)
    if worker is None or case.worker_id != worker.pk:
        raise NotYours(number=case.number)


def reason(words: str) -> str:
    said = words.strip()
    if not said:
        raise ReasonMissing
    return said
