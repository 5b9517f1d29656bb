"""Writes of patrols: a visit."""

from datetime import datetime, timedelta
from typing import IO
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import transaction

from geogrid.accounts.models import User
from geogrid.duty.models import Worker
from geogrid.patrols.beats import beat_of
from geogrid.patrols.errors import (
    NotAWorker,
    NotYet,
    NotYourGrid,
    NumberTaken,
    OutOfUse,
    ProblemWithoutNote,
)
from geogrid.patrols.models import Visit
from layers.datum.metric import distance_m
from layers.media.actions import keep_picture
from layers.places.models import HazardPoint

CLOCK_ERROR = timedelta(minutes=5)


@transaction.atomic
def record_visit(
    *,
    hazard: HazardPoint,
    worker: Worker,
    outcome: str,
    client_id: UUID,
    by: User | None,
    at: datetime,
    now: datetime | None = None,
    note: str = "",
    photo: IO[bytes] | None = None,
    where: Point | None = None,
    accuracy_m: float | None = None,
) -> Visit:
    """Record that `worker` was at `hazard` at `at`, and return the visit.

    `client_id` comes from the phone: sent again, it returns the visit that is there already. `at`
    is the time of the visit; `now` (default `at`) that of the server, for visits sent late. `where`
    (EPSG:4326) becomes a distance and is forgotten. A photo is drawn anew; one that cannot be drawn
    raises `layers.media.errors.PictureRefused`.
    """
    if by is not None and worker.user_id != by.pk:
        raise NotAWorker()
    # The row of the hazard point is the queue in which two copies of one form stand.
    HazardPoint.objects.select_for_update(of=("self",)).get(pk=hazard.pk)
    known = Visit.objects.filter(client_id=client_id).first()
    if known is not None:
        if known.hazard_id != hazard.pk or known.worker_id != worker.pk:
            raise NumberTaken()
        return known
    _check(hazard=hazard, worker=worker, outcome=outcome, note=note, at=at, now=now or at)
    return Visit.objects.create(
        client_id=client_id,
        hazard=hazard,
        worker=worker,
        at=at,
        outcome=outcome,
        note=note.strip(),
        photo=keep_picture(upload=photo, at=at) if photo is not None else None,
        distance_m=_metres(where, hazard.anchor),
        accuracy_m=accuracy_m if where is not None else None,
    )


def _check(
    *, hazard: HazardPoint, worker: Worker, outcome: str, note: str, at: datetime, now: datetime
) -> None:
    if at > now + CLOCK_ERROR:
        raise NotYet()
    if not hazard.active:
        raise OutOfUse(hazard=str(hazard))
    if outcome == Visit.Outcome.PROBLEM and not note.strip():
        raise ProblemWithoutNote()
    beat = beat_of(worker, at)
    if beat is None or not beat.hazards().filter(pk=hazard.pk).exists():
        raise NotYourGrid(hazard=str(hazard))


def _metres(where: Point | None, anchor: Point) -> float | None:
    if where is None:
        return None
    return round(float(distance_m([where.coords], [anchor.coords])[0]), 1)
