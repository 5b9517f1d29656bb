"""Posts follow the grids: those on a grid that ends, end; those of one that returns, return.

What happened to them stands in the receipt of the term, so that a term that is taken back, or a
plan that comes back, can put them in place again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from geogrid.duty.models import Post
from geogrid.territory.models import Grid, Plan, Term

__all__ = ["end_posts", "put_back", "return_posts", "returning"]

Told = list[dict[str, Any]]


def end_posts(*, before: Plan | None, after: Plan, at: datetime) -> Told:
    """End posts on grids that `after` no longer has at `at`; says which, and until when they ran.

    Posts that would begin later stay: without their grid nobody asks for them.
    """
    if before is None:
        return []
    ended = set(_lineages(before)) - set(_lineages(after))
    posts = Post.objects.select_for_update(of=("self",)).filter(
        scheme=after.scheme_id, lineage__in=ended, during__startswith__lt=at
    )
    told: Told = []
    for post in posts.filter(Q(during__endswith=None) | Q(during__endswith__gt=at)):
        until = post.during.upper
        told.append({"post": post.pk, "until": until.isoformat() if until else None})
        post.during = DateTimeTZRange(post.during.lower, at)
        post.save(update_fields=["during"])
    return told


def returning(plan: Plan, *, at: datetime) -> dict[int, datetime | None]:
    """Posts (id -> until) that ended because `plan` was followed by another, for it to come back.

    Only on grids that nobody has a post on by now, and of people who still work here.
    """
    last = Term.objects.filter(plan=plan).until(at).last()
    if last is None or last.during.upper is None:
        return {}
    later = Term.objects.filter(scheme=plan.scheme_id, during__startswith__gte=last.during.upper)
    told = {row["post"]: row["until"] for row in _told(later)}
    lineages = set(_lineages(plan))
    manned = set(
        Post.objects.at(at)
        .filter(scheme=plan.scheme_id, lineage__in=lineages)
        .values_list("lineage", flat=True)
    )
    posts = Post.objects.filter(pk__in=list(told), lineage__in=lineages - manned).filter(
        Q(worker=None) | Q(worker__active=True)
    )
    ends = {post.pk: _moment(told[post.pk]) for post in posts}
    return {pk: until for pk, until in ends.items() if until is None or until > at}


def return_posts(plan: Plan, *, at: datetime) -> list[int]:
    """Begin the posts of `returning` anew at `at`; the old rows stay, they are history."""
    back = []
    for pk, until in returning(plan, at=at).items():
        post = Post.objects.get(pk=pk)
        post.pk = None
        post._state.adding = True
        post.during = DateTimeTZRange(at, until)
        post.save()
        back.append(post.pk)
    return back


def put_back(receipt: Mapping[str, Any]) -> int:
    """Undo what a term that never began did to posts; see `end_posts` and `return_posts`."""
    for row in receipt.get("posts_ended", []):
        post = Post.objects.select_for_update(of=("self",)).filter(pk=row["post"]).first()
        if post is not None:
            post.during = DateTimeTZRange(post.during.lower, _moment(row["until"]))
            post.save(update_fields=["during"])
    Post.objects.filter(pk__in=receipt.get("posts_returned", [])).delete()
    return len(receipt.get("posts_ended", []))


def _told(terms: Iterable[Term]) -> Told:
    return [row for term in terms for row in term.receipt.get("posts_ended", [])]


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _lineages(plan: Plan) -> Iterable[UUID]:
    return Grid.objects.filter(plan=plan).values_list("lineage", flat=True)
