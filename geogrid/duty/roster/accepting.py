"""Take over a judged roster: workers, contacts, posts, portraits, in one transaction."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.duty.actions import change, engage, give, set_portrait, vacate
from geogrid.duty.errors import HoldsAlready
from geogrid.duty.models import DutyEvent, Worker
from geogrid.duty.reach import general_scheme
from geogrid.duty.roster.errors import NothingToAccept
from geogrid.duty.roster.judging import Move, Report
from geogrid.duty.roster.people import Person
from geogrid.territory.models import Area, Plan
from layers.media.models import Attachment

__all__ = ["Outcome", "accept"]

FACES = 12


@dataclass(slots=True)
class Outcome:
    """How many rows were taken over, and what they made."""

    rows: int = 0
    workers_new: int = 0
    workers_changed: int = 0
    posts: int = 0
    vacancies: int = 0
    portraits: int = 0
    left_out: int = 0


@transaction.atomic
def accept(
    *,
    report: Report,
    area: Area,
    plan: Plan | None,
    by: User | None,
    at: datetime,
    portraits: Mapping[int, Attachment] | None = None,
) -> Outcome:
    """Do what the report says of the rows that it takes; the others are left out.

    A list that was taken over before changes nothing. `portraits` are pictures by the index of the
    person in `report.people`. Nothing becomes public by it. Raises NothingToAccept, NotAllowed,
    NeedsNeighbour, and what posts refuse; then nothing of it was written.
    """
    require(by, Permission.PUBLISH, scheme=general_scheme(area.pk), where=ANYWHERE)
    taken = report.taken
    if not taken:
        raise NothingToAccept
    outcome = Outcome(rows=len(taken), left_out=len(report.rows) - len(taken))
    wanted = {id(judged.person) for judged in taken if judged.person}
    workers: dict[int, Worker] = {}
    for number, person in enumerate(report.people):
        if id(person) in wanted:
            workers[id(person)] = _worker(person, area, by, at, outcome)
            picture = (portraits or {}).get(number)
            if picture is not None:
                set_portrait(worker=workers[id(person)], picture=picture, by=by, at=at)
                outcome.portraits += 1
    moves = [move for judged in taken for move in judged.moves if not move.same]
    if plan is not None:
        # Vacancies first: who acts for one comes after it.
        for move in sorted(moves, key=lambda move: (move.person is not None, move.row)):
            _do(move, plan, workers, by, at, outcome)
    DutyEvent.objects.create(
        area=area, kind=DutyEvent.Kind.IMPORTED, by=by, at=at, data=asdict(outcome)
    )
    return outcome


def _worker(person: Person, area: Area, by: User | None, at: datetime, outcome: Outcome) -> Worker:
    told = {"duties": person.duties, "hours": person.hours, "duty_phone": person.phone}
    if person.worker is None:
        outcome.workers_new += 1
        face = sum(map(ord, person.name)) % FACES
        return engage(area=area, name=person.name, by=by, at=at, face=face, **told)
    # An empty cell says nothing: it takes nothing away.
    said = {name: value for name, value in told.items() if value}
    if not person.phone_changes:
        said.pop("duty_phone", None)
    if change(worker=person.worker, by=by, at=at, **said):
        outcome.workers_changed += 1
    return person.worker


def _do(
    move: Move, plan: Plan, workers: Mapping[int, Worker], by: User | None, at: datetime,
    outcome: Outcome,
) -> None:  # fmt: skip
    place = {
        "plan": plan, "lineage": move.grid.lineage, "role": move.role, "by": by, "at": at,
        "since": move.since,
    }  # fmt: skip
    if move.person is None:
        vacate(**place, reason=move.reason, keep_acting=True)
        outcome.vacancies += 1
        return
    try:
        give(**place, worker=workers[id(move.person)], tier=move.tier, acting=move.acting)
    except HoldsAlready:
        return
    outcome.posts += 1
