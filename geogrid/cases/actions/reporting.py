"""How a case comes into being."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import east_asian_width
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point
from django.db import transaction

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.cases import keys
from geogrid.cases.actions.steps import (
    Actor,
    actor_of,
    add_photos,
    end_assignment,
    hand_over,
    locked,
    take_step,
    worker_of,
)
from geogrid.cases.errors import NotYours, PhotoMissing, TextMissing
from geogrid.cases.models import Case, CaseEvent, CasePhoto, Category, Feedback, Reporter
from geogrid.cases.numbers import next_number
from geogrid.cases.placing import Handler, due, handler_at, place_case
from geogrid.cases.rules import Step, Why
from geogrid.duty.models import Post, Worker
from geogrid.territory.models import Area, Scheme
from layers.media.models import Attachment

LONGEST_TITLE = 60  # columns; a Chinese character takes two


@dataclass(frozen=True, slots=True)
class ReporterDetails:
    """How the reporter may be reached; both may be empty."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """The case, the key that opens it for its reporter, and whether this call made it."""

    case: Case
    key: str
    created: bool


@transaction.atomic
def report(
    *,
    area: Area,
    category: Category,
    text: str,
    where: Point,
    by: User | None,
    at: datetime,
    title: str = "",
    address: str = "",
    accuracy_m: float | None = None,
    located_by: str = Case.LocatedBy.MAP,
    channel: str = Case.Channel.RESIDENT,
    reporter: ReporterDetails | None = None,
    photos: Sequence[Attachment] = (),
    form_key: UUID | None = None,
    chosen: str | None = None,
) -> Reported:
    """Take a report: number it, place it, assign it to whoever is on duty, set its deadline.

    `where` in EPSG:4326; `chosen` is the code of the grid named by a reporter whose position was
    vague. `form_key` is made with the form: sent again it returns the first answer, unchanged.
    """
    if not text.strip() and not title.strip():
        raise TextMissing
    _may_report(channel, area=area, by=by, at=at)
    form = form_key or uuid4()
    earlier = Case.objects.filter(form_digest=keys.form_digest(form)).first()
    if earlier is None:
        case, fresh = _receive(
            area=area, category=category, text=text.strip(), title=title.strip(), where=where,
            by=by, at=at, address=address.strip(), accuracy_m=accuracy_m, located_by=located_by,
            channel=channel, form=form, chosen=chosen, photos=photos,
        )  # fmt: skip
        if not fresh:
            return Reported(case, keys.reporter_key(form), created=False)
    else:
        return Reported(earlier, keys.reporter_key(form), created=False)
    if reporter is not None and (reporter.name.strip() or reporter.phone.strip()):
        Reporter.objects.create(
            case=case, name=reporter.name.strip()[:60], phone=reporter.phone.strip()[:40]
        )
    file_and_dispatch(case, by=None, at=at)
    return Reported(case, keys.reporter_key(form), created=True)


def _may_report(channel: str, *, area: Area, by: User | None, at: datetime) -> None:
    """Anybody reports as a resident; the other ways in belong to the office and to workers."""
    if channel == Case.Channel.RESIDENT or by is None:
        return
    worker = worker_of(by) if channel != Case.Channel.PHONE else None
    if worker is None:
        require(by, Permission.DISPATCH, scheme=_general(area))
    elif not Post.objects.at(at).filter(scheme__area=area, worker=worker).exists():
        raise NotAllowed(permission="report")


def _receive(
    *, area: Area, category: Category, text: str, title: str, where: Point, by: User | None,
    at: datetime, address: str, accuracy_m: float | None, located_by: str, channel: str, form: UUID,
    chosen: str | None, photos: Sequence[Attachment],
) -> tuple[Case, bool]:  # fmt: skip
    scheme = _general(area)
    # The counter's row lock also makes a form sent twice at the same moment wait for the first.
    day = at.astimezone(ZoneInfo(area.timezone)).date()
    with transaction.atomic():
        number = next_number(area=area, day=day)
        twin = Case.objects.filter(form_digest=keys.form_digest(form)).first()
        if twin is not None:
            transaction.set_rollback(True)
    if twin is not None:
        return twin, False
    placed = place_case(scheme=scheme, where=where, at=at, chosen=chosen)
    case = Case.objects.create(
        area=area, scheme=scheme, number=number, category=category, channel=channel,
        title=(title or headline(text))[:80], text=text[:2000], emergency=category.emergency,
        form_digest=keys.form_digest(form), key_digest=keys.digest(keys.reporter_key(form)),
        where=where, address=address[:200], located_by=located_by, accuracy_m=accuracy_m,
        received_at=at, changed_at=at, **placed.as_fields(),
    )  # fmt: skip
    event = CaseEvent.objects.create(
        case=case, step=Step.RECEIVE, state_after=case.state, by=by, at=at,
        actor=Actor.RESIDENT if channel == Case.Channel.RESIDENT else actor_of(case, by),
        data={"channel": channel, "placement": case.placement},
    )  # fmt: skip
    add_photos(event, photos, CasePhoto.Kind.REPORT)
    return case, True


def headline(text: str) -> str:
    """The first sentence, cut to what fits a row of a list."""
    first = text.strip().splitlines()[0]
    for stop in ("。", "！", "？", "!", "?", "；", ";", ". "):
        first = first.split(stop)[0]
    columns = 0
    for place, sign in enumerate(first):
        columns += 2 if east_asian_width(sign) in "WF" else 1
        if columns > LONGEST_TITLE:
            return first[: place - 1].rstrip() + "…"
    return first


def file_and_dispatch(case: Case, *, by: User | None, at: datetime) -> None:
    """File a received case with its deadline and send it to whoever is on duty."""
    limit = due(case, rung=0, start=at)
    take_step(case, Step.FILE, by=by, at=at, due_at=limit.at, due_provisional=limit.provisional)
    handler = handler_at(scheme=case.scheme, grid=case.grid, category=case.category, rung=0, at=at)
    if handler.worker is None:
        return
    event = take_step(case, Step.DISPATCH, by=by, at=at, worker=handler.worker, data=told(handler))
    hand_over(case, event, handler, at=at)


def told(handler: Handler) -> dict[str, object]:
    """What an event keeps about an assignment: names as they were on that day."""
    return {
        "why": str(handler.why),
        "role": handler.post.role.code if handler.post else "",
        "grid": handler.grid.name if handler.grid else "",
    }


@transaction.atomic
def handle_on_the_spot(
    *,
    area: Area,
    category: Category,
    text: str,
    where: Point,
    before: Sequence[Attachment],
    after: Sequence[Attachment],
    by: User,
    at: datetime,
    title: str = "",
    address: str = "",
    accuracy_m: float | None = None,
    result: str = "",
    form_key: UUID | None = None,
) -> Reported:
    """Record what a worker found and put right at once (自办件): received, handled, closed."""
    worker = worker_of(by)
    on_duty = (
        worker is not None and Post.objects.at(at).filter(worker=worker, scheme__area=area).exists()
    )
    if worker is None or not on_duty:
        raise NotYours(number="")
    if not before or not after:
        raise PhotoMissing
    if not text.strip() and not title.strip():
        raise TextMissing
    form = form_key or uuid4()
    case, fresh = _receive(
        area=area, category=category, text=text.strip(), title=title.strip(), where=where, by=by,
        at=at, address=address.strip(), accuracy_m=accuracy_m, chosen=None, photos=before,
        located_by=Case.LocatedBy.DEVICE, channel=Case.Channel.ON_THE_SPOT, form=form,
    )  # fmt: skip
    if fresh:
        case.photos.update(kind=CasePhoto.Kind.BEFORE)
        _close_at_once(case, worker, result=result.strip(), after=after, by=by, at=at)
    return Reported(case, keys.reporter_key(form), created=fresh)


def _close_at_once(
    case: Case, worker: Worker, *, result: str, after: Sequence[Attachment], by: User, at: datetime
) -> None:
    take_step(case, Step.FILE, by=by, at=at)
    handler = Handler(Why.ON_THE_SPOT, worker=worker, grid=case.grid)
    event = take_step(
        case, Step.FINISH, by=by, at=at, worker=worker, photos=after, note=result,
        photo_kind=CasePhoto.Kind.AFTER, data=told(handler),
    )  # fmt: skip
    hand_over(case, event, handler, at=at)
    take_step(case, Step.CLOSE, by=by, at=at, actor=Actor.WORKER, result=result)
    end_assignment(case, at=at)


@transaction.atomic
@transaction.atomic
def give_feedback(*, case: Case, satisfied: bool, text: str, at: datetime) -> Feedback:
    """Keep what the reporter thinks of the result; a second opinion replaces the first.

    The words stay with the feedback: events are never changed, and words can name somebody.
    """
    row = locked(case)
    take_step(
        row, Step.FEEDBACK, by=None, at=at, actor=Actor.RESIDENT, data={"satisfied": satisfied}
    )
    opinion, _ = Feedback.objects.update_or_create(
        case=row, defaults={"satisfied": satisfied, "text": text.strip()[:500], "at": at}
    )
    return opinion


def _general(area: Area) -> Scheme:
    return Scheme.objects.get(area=area, general=True)
