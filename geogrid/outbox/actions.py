"""Queue a job, take the next one, say what became of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from geogrid.outbox.models import Job
from geogrid.outbox.registry import Periodic, periodics

RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
LEASE = timedelta(minutes=10)
KEPT = timedelta(days=14)
LONGEST_ERROR = 4000


def enqueue(
    *,
    kind: str,
    key: str,
    at: datetime,
    payload: dict[str, Any] | None = None,
    run_after: datetime | None = None,
) -> bool:
    """Queue a job in the caller's transaction; False when its key is known already."""
    _, created = Job.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "payload": payload or {},
            "created_at": at,
            "run_after": run_after or at,
        },
    )
    return created


def enqueue_due_periodics(*, at: datetime) -> int:
    """Queue each periodic job once for the present slot, however many workers ask."""
    rows = [_slot_of(task, at) for task in periodics()]
    before = Job.objects.filter(key__in=[row.key for row in rows]).count()
    if before < len(rows):
        Job.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows) - before


def _slot_of(task: Periodic, at: datetime) -> Job:
    step = int(task.every.total_seconds())
    slot = datetime.fromtimestamp(int(at.timestamp()) // step * step, tz=UTC)
    return Job(
        kind=task.kind, key=f"{task.kind}@{slot:%Y-%m-%dT%H:%M:%S}", created_at=at, run_after=slot
    )


@transaction.atomic
def take(*, at: datetime, lease: timedelta = LEASE) -> Job | None:
    """Lease the next job to the caller. Two callers never get the same one (SKIP LOCKED)."""
    job: Job | None = (
        Job.objects.runnable(at).order_by("run_after", "pk")
        .select_for_update(skip_locked=True).first()
    )  # fmt: skip
    if job is None:
        return None
    # The attempt counts from here: a job that kills its worker must not be tried for ever.
    job.attempts += 1
    job.leased_until = at + lease
    if job.attempts > len(RETRIES) + 1:
        job.failed_at = at
        job.last_error = job.last_error or "the worker died each time"
        job.save(update_fields=["attempts", "leased_until", "failed_at", "last_error"])
        return None
    job.save(update_fields=["attempts", "leased_until"])
    return job


def hold(*, kind: str, payload: dict[str, Any], until: datetime) -> None:
    """Keep a job that is being done longer than a lease, so that nobody else begins it too."""
    Job.objects.filter(
        kind=kind, payload=payload, done_at=None, failed_at=None, leased_until__lt=until
    ).update(leased_until=until)


def finish(*, job: Job, at: datetime) -> None:
    Job.objects.filter(pk=job.pk).update(done_at=at, leased_until=None, last_error="")


def give_back(*, job: Job, error: str, at: datetime) -> None:
    """Try again after 1, 5 and 30 minutes, then give up visibly."""
    changes: dict[str, Any] = {"last_error": error[-LONGEST_ERROR:], "leased_until": None}
    if job.attempts > len(RETRIES):
        changes["failed_at"] = at
    else:
        changes["run_after"] = at + RETRIES[job.attempts - 1]
    Job.objects.filter(pk=job.pk).update(**changes)


def retry(*, job: Job, at: datetime) -> None:
    """Start a job that was given up anew."""
    Job.objects.filter(pk=job.pk).update(
        failed_at=None, attempts=0, run_after=at, leased_until=None
    )


def forget_done(*, at: datetime) -> int:
    """Delete jobs done long ago; a key may then be used again."""
    deleted, _ = Job.objects.filter(done_at__lt=at - KEPT).delete()
    return deleted
