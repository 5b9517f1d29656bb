"""The loop of a worker process."""

import logging
import traceback
from threading import Event

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from geogrid.outbox import actions
from geogrid.outbox.models import Job
from geogrid.outbox.registry import handler_of

__all__ = ["run_one", "work"]

log = logging.getLogger(__name__)
PAUSE_S = 1.0
PAUSE_WITHOUT_DATABASE_S = 5.0


def run_one() -> bool:
    """Do the next job, if there is one. What it raises is written to the job, not passed on."""
    job = actions.take(at=timezone.now())
    if job is None:
        return False
    _do(job)
    return True


def _do(job: Job) -> None:
    function = handler_of(job.kind)
    try:
        if function is None:
            raise LookupError(f"nothing handles jobs of kind {job.kind}")
        function(job.payload)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # whatever it was: it belongs to the job, and the next job must run
        log.exception("job %s failed (attempt %s)", job.key, job.attempts)
        actions.give_back(job=job, error=traceback.format_exc(), at=timezone.now())
    else:
        actions.finish(job=job, at=timezone.now())


def work(stop: Event, *, once: bool = False) -> int:
    """Run jobs until `stop` is set (or, with `once`, until none is left); return how many."""
    done = 0
    while not stop.is_set():
        try:
            actions.enqueue_due_periodics(at=timezone.now())
            busy = run_one()
        except (OperationalError, InterfaceError):
            log.warning("the database does not answer; trying again")
            connection.close()
            stop.wait(PAUSE_WITHOUT_DATABASE_S)
            continue
        done += busy
        if not busy:
            if once:
                break
            stop.wait(PAUSE_S)
    return done
