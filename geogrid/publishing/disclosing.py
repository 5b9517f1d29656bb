"""Show and hide facts about workers, each with the basis it is shown on; forget who left.

Nothing is public unless it was said here. What is public is read live, so hiding works at once.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.duty import actions as duty
from geogrid.duty.models import DutyEvent, Worker
from geogrid.duty.reach import require_over_worker, require_over_workers
from geogrid.publishing.errors import BasisMissing
from geogrid.publishing.models import Disclosure

__all__ = ["disclose", "disclose_of_all", "erase", "withdraw", "withdraw_of_all"]

Kind = DutyEvent.Kind


@transaction.atomic
def disclose(
    *, worker: Worker, field: str, basis: str, by: User | None, at: datetime
) -> Disclosure:
    """Let residents see one fact about a worker from `at` on.

    What is shown on the same basis stays as it is; on another basis it is recorded anew.
    """
    require_over_worker(by, worker, at)
    basis = basis.strip()
    if not basis:
        raise BasisMissing
    Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    rows = Disclosure.objects.filter(worker=worker, field=field, withdrawn_at=None)
    running = rows.first()
    if running is not None and running.basis == basis:
        return running
    rows.update(withdrawn_at=at)
    made = Disclosure.objects.create(
        worker=worker, field=field, basis=basis, recorded_by=by, recorded_at=at
    )
    _tell(worker, Kind.DISCLOSED, by, at, [field])
    return made


@transaction.atomic
def disclose_of_all(
    *, workers: Iterable[Worker], field: str, basis: str, by: User | None, at: datetime
) -> int:
    """Show one fact of many workers on one basis; what is shown already keeps its own.

    Returns how many facts are new.
    """
    basis = basis.strip()
    if not basis:
        raise BasisMissing
    workers = list(workers)
    require_over_workers(by, workers, at)
    keys = [worker.pk for worker in workers]
    # One after the other: two who press the button at once would record everything twice.
    list(Worker.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    shown = Disclosure.objects.facts(keys, at)
    new = [worker for worker in workers if field not in shown[worker.pk]]
    Disclosure.objects.bulk_create(
        [
            Disclosure(worker=one, field=field, basis=basis, recorded_by=by, recorded_at=at)
            for one in new
        ]
    )
    _tell_all(new, Kind.DISCLOSED, by, at, field)
    return len(new)


@transaction.atomic
def withdraw_of_all(*, workers: Iterable[Worker], field: str, by: User | None, at: datetime) -> int:
    """Stop showing one fact of many workers, at once; returns of how many it was shown."""
    workers = list(workers)
    require_over_workers(by, workers, at)
    shown = Disclosure.objects.filter(worker__in=workers, field=field, withdrawn_at=None)
    hidden = set(shown.values_list("worker", flat=True))
    shown.update(withdrawn_at=at)
    _tell_all([one for one in workers if one.pk in hidden], Kind.WITHDRAWN, by, at, field)
    return len(hidden)


@transaction.atomic
def withdraw(*, worker: Worker, by: User | None, at: datetime, field: str | None = None) -> int:
    """Stop showing one fact, or all of them, and return how many there were.

    The worker may do that without anybody's leave; consent that cannot be taken back is none.
    """
    if by is None or worker.user_id != by.pk:
        require_over_worker(by, worker, at)
    shown = Disclosure.objects.filter(worker=worker, withdrawn_at=None)
    if field is not None:
        shown = shown.filter(field=field)
    fields = sorted(shown.values_list("field", flat=True))
    shown.update(withdrawn_at=at)
    if fields:
        _tell(worker, Kind.WITHDRAWN, by, at, fields)
    return len(fields)


@transaction.atomic
def erase(*, worker: Worker, by: User | None, at: datetime) -> int:
    """Forget a worker who left: nothing is shown any more, and nothing personal is kept.

    Bases that were recorded go with it: they may hold words about the person. Returns how many
    posts ended.
    """
    withdraw(worker=worker, by=by, at=at)
    ended = duty.erase(worker=worker, by=by, at=at)
    Disclosure.objects.filter(worker=worker).delete()
    return ended


def _tell_all(
    workers: Iterable[Worker], kind: str, by: User | None, at: datetime, field: str
) -> None:
    DutyEvent.objects.bulk_create(
        DutyEvent(area_id=one.area_id, kind=kind, worker=one, by=by, at=at,
                  data={"fields": [field]})
        for one in workers
    )  # fmt: skip


def _tell(worker: Worker, kind: str, by: User | None, at: datetime, fields: list[str]) -> None:
    DutyEvent.objects.create(
        area_id=worker.area_id, kind=kind, worker=worker, by=by, at=at, data={"fields": fields}
    )
