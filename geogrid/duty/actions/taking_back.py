"""Take back what has not begun: a change of posts, or what was planned with somebody who left."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.dateparse import parse_datetime

from geogrid.accounts.models import User
from geogrid.duty.errors import BegunAlready, CannotTakeBack
from geogrid.duty.models import DutyEvent, Post, Worker
from geogrid.duty.reach import plan_looked_at, require_over_grids
from geogrid.territory.models import Plan, Scheme

__all__ = ["cancel", "leave_plans"]

Kind = DutyEvent.Kind


@transaction.atomic
def cancel(*, event: DutyEvent, by: User | None, at: datetime) -> DutyEvent:
    """Take a change back that has not begun: what it would have ended goes on.

    Raises BegunAlready, and CannotTakeBack when a later change built upon it.
    """
    if event.since is None or event.since <= at or event.scheme is None or event.lineage is None:
        raise BegunAlready
    Scheme.objects.select_for_update(no_key=True).get(pk=event.scheme.pk)
    if _taken_back([event.pk]):
        raise BegunAlready
    plan = plan_looked_at(event.scheme, at)
    keys = event.data.get("begun", [])
    begun = list(Post.objects.select_for_update().filter(pk__in=keys))
    gone = set(keys) - {post.pk for post in begun}
    if plan is None or any(_left(key) is None for key in gone):
        raise CannotTakeBack
    require_over_grids(by, _plan_with(event.lineage, plan), [event.lineage])
    if any(post.during.lower != event.since or _ended_later(post, event) for post in begun):
        raise CannotTakeBack
    Post.objects.filter(pk__in=[post.pk for post in begun]).delete()
    for told in event.data.get("ended", []):
        ended = _those(told)
        if ended is None:
            raise CannotTakeBack
        for post, until in ended:
            if post.during.upper != event.since:
                raise CannotTakeBack
            _last(post, until)
    return _tell(event, by, at)


def leave_plans(worker: Worker, by: User | None, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """Take a worker who leaves out of what is planned, and let those go on who would have ended.

    Where the worker was to be followed by somebody, they go on until then. Returns which posts
    stand for each one that is gone, as `{"post", "until"}`: a later change named that as what it
    ends, and can be taken back all the same. The schemes of the area have to be locked.
    """
    instead: dict[str, list[dict[str, Any]]] = {}
    rows = Post.objects.ahead(at).filter(worker=worker).order_by("-during")
    for key in list(rows.values_list("pk", flat=True)):
        post = Post.objects.select_for_update(of=("self",)).get(pk=key)
        told = DutyEvent.objects.filter(scheme=post.scheme_id, lineage=post.lineage)
        event = told.filter(data__begun__contains=[key]).order_by("-pk").first()
        until = post.during.upper
        post.delete()
        kept = instead[str(key)] = []
        # What else the change brought (a vacancy, the other of a pair) begins without the worker.
        if event is None or Post.objects.filter(pk__in=event.data["begun"]).exists():
            continue
        for row in event.data["ended"]:
            for before, back in _those(row) or []:
                if before.during.upper == event.since:
                    _last(before, min(filter(None, (back, until)), default=None))
                    kept.append({"post": before.pk, "until": back.isoformat() if back else None})
        _tell(event, by, at)
    return instead


def _those(told: dict[str, Any]) -> list[tuple[Post, datetime | None]] | None:
    """The post that an event ended and until when it had run, or those that stand for it by now.

    None: it is gone, and nobody said what stands for it.
    """
    post = Post.objects.select_for_update(of=("self",)).filter(pk=told["post"]).first()
    if post is not None:
        return [(post, parse_datetime(told["until"]) if told["until"] else None)]
    left = _left(told["post"])
    return None if left is None else [one for row in left for one in _those(row) or []]


def _left(post: int) -> list[dict[str, Any]] | None:
    """What stands for a post of somebody who was erased."""
    rows = DutyEvent.objects.filter(kind=Kind.ERASED, data__instead__has_key=str(post))
    told = rows.values_list("data", flat=True).first()
    return None if told is None else told["instead"][str(post)]


def _last(post: Post, until: datetime | None) -> None:
    post.during = DateTimeTZRange(post.during.lower, until)
    post.save(update_fields=["during"])


def _ended_later(post: Post, event: DutyEvent) -> bool:
    place = DutyEvent.objects.filter(scheme=event.scheme, lineage=event.lineage, pk__gt=event.pk)
    later = place.filter(data__ended__contains=[{"post": post.pk}])
    keys = list(later.values_list("pk", flat=True))
    return len(_taken_back(keys)) < len(keys)


def _taken_back(events: list[int]) -> set[int]:
    rows = DutyEvent.objects.filter(kind=Kind.CANCELLED, data__of__in=events)
    return set(rows.values_list("data__of", flat=True))


def _plan_with(lineage: UUID, plan: Plan) -> Plan:
    """A plan that has the grid: the one looked at, or the newest that will bring it."""
    if plan.grids.filter(lineage=lineage).exists():
        return plan
    rows = Plan.objects.filter(scheme=plan.scheme_id, grids__lineage=lineage).defer("outline")
    return rows.order_by("-number").first() or plan


def _tell(event: DutyEvent, by: User | None, at: datetime) -> DutyEvent:
    return DutyEvent.objects.create(
        area=event.area, kind=Kind.CANCELLED, scheme=event.scheme, lineage=event.lineage,
        worker=event.worker, by=by, at=at, since=event.since, data={"of": event.pk},
    )  # fmt: skip
