"""Take over a roster, judged and written in one transaction: people, posts, portraits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.duty.actions import change, engage, give, set_portrait, vacate
from geogrid.duty.errors import HoldsAlready
from geogrid.duty.models import DutyEvent, Worker
from geogrid.duty.reach import general_scheme
from geogrid.duty.roster.errors import NothingToAccept
from geogrid.duty.roster.judging import Move, judge
from geogrid.duty.roster.people import Person
from geogrid.duty.roster.portraits import match
from geogrid.duty.roster.rows import Row
from geogrid.territory.models import Area, Plan, Scheme
from layers.media.models import Attachment

__all__ = ["Outcome", "accept"]

FACES = 12


@dataclass(slots=True)
class Outcome:
    """How many rows were taken over, and what they made; `again`: that was done before."""

    rows: int = 0
    workers_new: int = 0
    workers_changed: int = 0
    posts: int = 0
    vacancies: int = 0
    portraits: int = 0
    left_out: int = 0
    again: bool = False


@transaction.atomic
def accept(
    *,
    rows: Sequence[Row],
    area: Area,
    plan: Plan | None,
    by: User | None,
    at: datetime,
    answers: Mapping[str, str] | None = None,
    reach: Collection[UUID] | None = None,
    portraits: Sequence[tuple[str, Attachment]] = (),
    key: str = "",
) -> Outcome:
    """Judge the rows against the roster as it is now, and do what those say that are in order.

    One list at a time: a button pressed twice waits, and then finds everything done.

    Parameters
    ----------
    answers, reach
        As `judge` takes them.
    portraits : sequence of (str, Attachment)
        Pictures with the names of their files; one that somebody has already is passed over.
    key : str
        Of a list that is brought once: with the same key again nothing is judged nor written, and
        what was done the first time is returned.

    Nothing becomes public by it. Raises NothingToAccept, NotAllowed, NeedsNeighbour, and what posts
    refuse; then nothing of it was written.
    """
    scheme = general_scheme(area.pk)
    require(by, Permission.PUBLISH, scheme=scheme, where=ANYWHERE)
    Scheme.objects.select_for_update(no_key=True).get(pk=scheme.pk)
    before = _before(area, key) if key else None
    if before is not None:
        return before
    report = judge(rows, area=area, plan=plan, at=at, answers=answers, reach=reach)
    free = set(
        Attachment.objects.filter(pk__in=[picture.pk for _name, picture in portraits], workers=None)
        .values_list("pk", flat=True)
    )  # fmt: skip
    pictures = [(name, picture) for name, picture in portraits if picture.pk in free]
    found = match([name for name, _picture in pictures], report.people).found
    taken = report.taken
    if not taken:
        raise NothingToAccept
    outcome = Outcome(rows=len(taken), left_out=len(report.rows) - len(taken))
    wanted = {id(judged.person) for judged in taken if judged.person}
    workers: dict[int, Worker] = {}
    for number, person in enumerate(report.people):
        if id(person) in wanted:
            workers[id(person)] = _worker(person, area, by, at, outcome)
            if number in found:
                picture = pictures[found[number]][1]
                set_portrait(worker=workers[id(person)], picture=picture, by=by, at=at)
                outcome.portraits += 1
    moves = [move for judged in taken for move in judged.moves if not move.same]
    if plan is not None:
        # Vacancies first: who acts for one comes after it, and after whoever holds the post.
        for move in sorted(moves, key=lambda m: (m.person is not None, m.acting, m.row)):
            _do(move, plan, workers, by, at, outcome)
    told = {name: value for name, value in asdict(outcome).items() if name != "again"}
    if key:
        told["list"] = key
    DutyEvent.objects.create(area=area, kind=DutyEvent.Kind.IMPORTED, by=by, at=at, data=told)
    return outcome


def _before(area: Area, key: str) -> Outcome | None:
    rows = DutyEvent.objects.filter(area=area, kind=DutyEvent.Kind.IMPORTED, data__list=key)
    told = rows.values_list("data", flat=True).first()
    if told is None:
        return None
    return Outcome(**{name: value for name, value in told.items() if name != "list"}, again=True)


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
