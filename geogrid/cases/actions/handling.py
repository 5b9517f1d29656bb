"""What the person a case is with does about it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.cases.actions.steps import (
    end_assignment,
    locked,
    reason,
    require_handler,
    take_step,
)
from geogrid.cases.errors import TextMissing
from geogrid.cases.models import Case, CasePhoto
from geogrid.cases.rules import Step
from layers.media.models import Attachment


@transaction.atomic
def accept(*, case: Case, by: User | None, at: datetime) -> Case:
    """The worker takes the case on."""
    row = locked(case)
    require_handler(row, by)
    take_step(row, Step.ACCEPT, by=by, at=at)
    return row


@transaction.atomic
def add_step(
    *, case: Case, note: str, by: User | None, at: datetime, photos: Sequence[Attachment] = ()
) -> Case:
    """Write down what was done or arranged ("electrician comes at three")."""
    row = locked(case)
    require_handler(row, by)
    if not note.strip() and not photos:
        raise TextMissing
    take_step(row, Step.NOTE, by=by, at=at, note=note.strip(), photos=photos)
    return row


@transaction.atomic
def return_to_office(*, case: Case, why: str, by: User | None, at: datetime) -> Case:
    """The worker gives the case back: not their grid, not their trade. The clock runs on."""
    row = locked(case)
    require_handler(row, by)
    take_step(row, Step.RETURN, by=by, at=at, note=reason(why), worker=None)
    end_assignment(row, at=at)
    return row


@transaction.atomic
def finish(
    *, case: Case, note: str, by: User | None, at: datetime, photos: Sequence[Attachment] = ()
) -> Case:
    """The worker says it is done; somebody else checks before it is closed."""
    row = locked(case)
    require_handler(row, by)
    take_step(
        row, Step.FINISH, by=by, at=at, note=reason(note), photos=photos,
        photo_kind=CasePhoto.Kind.AFTER,
    )  # fmt: skip
    return row
