"""Change who answers for a grid, from a moment on. What was before stays as it was told.

Every change ends what runs in its place at that moment and begins what follows, in one transaction.
A change from a later moment can be taken back until then (`taking_back`); the event keeps what it
did. Two changes never begin in one place at one later moment: the first is taken back before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.formats import date_format

from geogrid.accounts.models import User
from geogrid.duty.errors import (
    ChangeAhead,
    HoldsAlready,
    NobodyThere,
    NotAWorkerHere,
    ReasonMissing,
    SinceInThePast,
)
from geogrid.duty.models import DutyEvent, Post, PostRole, Worker
from geogrid.duty.reach import require_over_grids
from geogrid.territory.models import Plan, Scheme

__all__ = ["TOLERANCE", "end", "give", "give_all", "set_subjects", "swap_order", "vacate"]

# Between a click and its transaction; more than that would tell the past differently.
TOLERANCE = timedelta(minutes=1)
Kind = DutyEvent.Kind
Tier = Post.Tier


@dataclass(frozen=True, slots=True)
class Place:
    """What is changed, for whom it is done, when it is decided and from when it holds."""

    plan: Plan
    lineage: UUID
    role: PostRole
    by: User | None
    at: datetime
    since: datetime

    @property
    def posts(self) -> Any:
        return Post.objects.select_for_update(of=("self",)).filter(
            scheme=self.plan.scheme_id, lineage=self.lineage, role=self.role
        )

    def running(self, *tiers: str) -> list[Post]:
        rows = self.posts.at(self.since).select_related("worker")
        return list(rows.filter(tier__in=tiers).order_by("pk"))


@transaction.atomic
def give(
    *,
    plan: Plan,
    lineage: UUID,
    role: PostRole,
    worker: Worker,
    by: User | None,
    at: datetime,
    since: datetime | None = None,
    tier: str = Tier.A,
    acting: bool = False,
    subjects: Sequence[str] = (),
    beside: bool = False,
) -> DutyEvent:
    """Let `worker` answer for a grid from `since` on; whoever had that post until then ends.

    A holder of A also ends the vacancy and who acted for it; who acts replaces only who acted.
    `beside` ends nobody but a vacancy: two people share the tier, each with own subjects. A worker
    who was the stand-in and takes over is not the stand-in any more.

    Raises SinceInThePast, ChangeAhead, HoldsAlready, NotAWorkerHere, NoSuchGrid, NeedsNeighbour.
    """
    place = _place(plan, lineage, role, by, at, since)
    worker = _working(worker, plan)
    running = place.running(tier)
    if any(p.worker_id == worker.pk and p.acting == acting for p in running):
        raise HoldsAlready(name=worker.name)
    ends = [post for post in running if _gives_way(post, acting=acting, beside=beside)]
    ends += [post for post in running if post.worker_id == worker.pk and post not in ends]
    ends += [p for p in place.running(Tier.A, Tier.B)
             if p.worker_id == worker.pk and p.tier != tier]  # fmt: skip
    if not beside:
        _require_nothing_ahead(place, tier, acting=acting)
    ended = _end(place, ends)
    begun = _begin(place, worker=worker, tier=tier, acting=acting, subjects=list(subjects))
    return _tell(place, Kind.APPOINTED, ended, [begun], worker, tier=tier, acting=acting)


@transaction.atomic
def give_all(
    *,
    plan: Plan,
    lineages: Iterable[UUID],
    role: PostRole,
    worker: Worker,
    by: User | None,
    at: datetime,
    since: datetime | None = None,
    tier: str = Tier.A,
    acting: bool = False,
) -> list[DutyEvent]:
    """Let `worker` cover several grids at once, as `give` does; those held already stay so."""
    told = []
    for lineage in lineages:
        try:
            with transaction.atomic():
                told.append(
                    give(plan=plan, lineage=lineage, role=role, worker=worker, by=by, at=at,
                         since=since, tier=tier, acting=acting)
                )  # fmt: skip
        except HoldsAlready:
            continue
    return told


@transaction.atomic
def vacate(
    *,
    plan: Plan,
    lineage: UUID,
    role: PostRole,
    reason: str,
    by: User | None,
    at: datetime,
    since: datetime | None = None,
    acting: Worker | None = None,
    keep_acting: bool = False,
) -> DutyEvent:
    """Say that nobody holds A from `since` on, and why; `acting` answers meanwhile.

    The stand-in stays. A vacancy that runs already gets the new reason, and another acting person
    (or none) unless `keep_acting`.
    """
    if not reason.strip():
        raise ReasonMissing
    place = _place(plan, lineage, role, by, at, since)
    if acting is not None:
        acting = _working(acting, plan)
    _require_nothing_ahead(place, Tier.A, acting=None)
    ends = [p for p in place.running(Tier.A) if not (keep_acting and p.acting)]
    if acting is not None:
        ends += [p for p in place.running(Tier.B) if p.worker_id == acting.pk]
    ended = _end(place, ends)
    begun = [_begin(place, tier=Tier.A, vacancy_reason=reason.strip()[:200])]
    if acting is not None:
        begun.append(_begin(place, worker=acting, tier=Tier.A, acting=True))
    return _tell(place, Kind.VACANT, ended, begun, acting, tier=Tier.A, acting=acting is not None)


@transaction.atomic
def end(
    *, post: Post, plan: Plan, by: User | None, at: datetime, since: datetime | None = None
) -> DutyEvent:
    """End a post without anybody after it; the grid may then have nobody."""
    place = _place(plan, post.lineage, post.role, by, at, since)
    row = place.posts.at(place.since).filter(pk=post.pk).select_related("worker").first()
    if row is None:
        raise NobodyThere
    ended = _end(place, [row])
    return _tell(place, Kind.ENDED, ended, [], row.worker, tier=row.tier, acting=row.acting)


@transaction.atomic
def swap_order(
    *,
    plan: Plan,
    lineage: UUID,
    role: PostRole,
    by: User | None,
    at: datetime,
    since: datetime | None = None,
) -> DutyEvent:
    """The stand-in becomes the holder, and the holder the stand-in."""
    place = _place(plan, lineage, role, by, at, since)
    for tier in Tier.values:
        _require_nothing_ahead(place, tier, acting=None)
    running = [p for p in place.running(*Tier.values) if p.worker_id and not p.acting]
    if not any(post.tier == Tier.B for post in running):
        raise NobodyThere
    ends = running + [p for p in place.running(Tier.A) if p.acting or p.worker_id is None]
    ended = _end(place, ends)
    begun = [
        _begin(place, worker=post.worker, tier=Tier.B if post.tier == Tier.A else Tier.A,
               subjects=post.subjects)
        for post in running
    ]  # fmt: skip
    return _tell(place, Kind.ORDER, ended, begun, None)


@transaction.atomic
def set_subjects(
    *, post: Post, plan: Plan, subjects: Sequence[str], by: User | None, at: datetime
) -> DutyEvent | None:
    """Answer for these case categories only, from now on; none named: for all of them."""
    place = _place(plan, post.lineage, post.role, by, at, None)
    row = place.posts.at(at).filter(pk=post.pk).select_related("worker").first()
    if row is None or row.worker is None:
        raise NobodyThere
    if sorted(row.subjects) == sorted(subjects):
        return None
    until = row.during.upper
    ended = _end(place, [row])
    begun = _begin(place, until=until, worker=row.worker, tier=row.tier, acting=row.acting,
                   subjects=list(subjects))  # fmt: skip
    return _tell(place, Kind.SUBJECTS, ended, [begun], row.worker, tier=row.tier)


def _place(
    plan: Plan, lineage: UUID, role: PostRole, by: User | None, at: datetime,
    since: datetime | None,
) -> Place:  # fmt: skip
    start = since or at
    if start < at - TOLERANCE:
        raise SinceInThePast
    # One after the other: the database lets two people hold A, since some offices share it.
    Scheme.objects.select_for_update(no_key=True).get(pk=plan.scheme_id)
    require_over_grids(by, plan, [lineage])
    return Place(plan, lineage, role, by, at, max(start, at))


def _working(worker: Worker, plan: Plan) -> Worker:
    """The row as it is by now: whoever waited for the lock may have waited for an erasure."""
    area = plan.scheme.area_id
    rows = Worker.objects.working(area).select_for_update(of=("self",), no_key=True)
    row: Worker | None = rows.filter(pk=worker.pk).first()
    if row is None:
        raise NotAWorkerHere
    return row


def _require_nothing_ahead(place: Place, tier: str, *, acting: bool | None) -> None:
    """A change that waits would meet the new post; it has to be taken back first."""
    rows = place.posts.waiting(place.at, place.since).filter(tier=tier)
    if acting is not None:
        rows = rows.filter(acting=acting)
    first = rows.order_by("during").first()
    if first is not None:
        _refuse(first)


def _refuse(first: Post) -> NoReturn:
    since = first.during.lower
    event = DutyEvent.objects.filter(data__begun__contains=[first.pk]).order_by("-pk").first()
    raise ChangeAhead(
        since=date_format(timezone.localtime(since), "DATE_FORMAT"),
        event=event.pk if event else 0,
    )


def _gives_way(post: Post, *, acting: bool, beside: bool) -> bool:
    if post.worker_id is None:
        return not acting  # a vacancy ends with its holder, not with who acts for it
    if beside:
        return False
    return post.acting if acting else True


def _end(place: Place, posts: Iterable[Post]) -> list[dict[str, Any]]:
    told, since = [], place.since
    for post in posts:
        start: datetime = post.during.lower  # type: ignore[assignment]  # a post has a beginning
        until = post.during.upper
        if start >= since:
            if start > place.at:
                _refuse(post)  # deleted, it could not come back when this is taken back
            post.delete()  # two changes of one moment: it would not have lasted
            continue
        told.append({"post": post.pk, "until": until.isoformat() if until else None})
        post.during = DateTimeTZRange(start, since)
        post.save(update_fields=["during"])
    return told


def _begin(place: Place, *, until: datetime | None = None, **fields: Any) -> Post:
    return Post.objects.create(
        scheme=place.plan.scheme, lineage=place.lineage, role=place.role,
        during=DateTimeTZRange(place.since, until), **fields,
    )  # fmt: skip


def _tell(
    place: Place, kind: str, ended: list[dict[str, Any]], begun: list[Post], worker: Worker | None,
    **data: Any,
) -> DutyEvent:  # fmt: skip
    return DutyEvent.objects.create(
        area=place.plan.scheme.area, kind=kind, scheme=place.plan.scheme, lineage=place.lineage,
        worker=worker, by=place.by, at=place.at, since=place.since,
        data={"role": place.role.code, "begun": [post.pk for post in begun], "ended": ended} | data,
    )  # fmt: skip
