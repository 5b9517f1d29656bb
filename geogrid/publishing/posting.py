"""Posts follow the grids: those on a grid that ends, end; those of one that returns, return.

What happened to them stands in the receipt of the term, so that a term that is taken back, or a
plan that comes back, can put them in place again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from geogrid.duty.models import Post
from geogrid.territory.models import Grid, Plan, Term

__all__ = ["end_posts", "follow", "put_back", "return_posts", "returning"]

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


def put_back(taken: Term) -> Told:
    """Undo what a term that never began did to posts; see `end_posts` and `return_posts`.

    Only what still is as the term left it: where the office ended a post meanwhile, or somebody
    else has it from then on, its word counts. Says which posts were left as they are.
    """
    began = taken.during.lower
    left: Told = []
    for row in taken.receipt.get("posts_ended", []):
        post = Post.objects.select_for_update(of=("self",)).filter(pk=row["post"]).first()
        until = _moment(row["until"])
        if post is None or post.during.upper != began or _taken(post, began, until):
            left.append(row)
            continue
        post.during = DateTimeTZRange(post.during.lower, until)
        post.save(update_fields=["during"])
    Post.objects.filter(
        pk__in=taken.receipt.get("posts_returned", []), during__startswith=began
    ).delete()
    return left


def follow(term: Term) -> int:
    """End posts that were given on grids which end after their end was scheduled.

    Returns how many; the receipt of the term keeps them, as it does those it ended itself.
    """
    began: datetime = term.during.lower  # type: ignore[assignment]  # a term has a beginning
    last = Term.objects.filter(scheme=term.scheme_id, during__endswith=began).first()
    ended = end_posts(before=last.plan, after=term.plan, at=began) if last else []
    if ended:
        told = [*term.receipt.get("posts_ended", []), *ended]
        term.receipt = {**term.receipt, "posts_ended": told}
        term.save(update_fields=["receipt"])
    return len(ended)


def _taken(post: Post, since: datetime | None, until: datetime | None) -> bool:
    """Whether there is another post in the same place in that time."""
    return (
        Post.objects.filter(
            scheme=post.scheme_id,
            lineage=post.lineage,
            role=post.role_id,
            tier=post.tier,
            during__overlap=DateTimeTZRange(since, until),
        )
        .exclude(pk=post.pk)
        .exists()
    )


def _told(terms: Iterable[Term]) -> Told:
    return [row for term in terms for row in term.receipt.get("posts_ended", [])]


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _lineages(plan: Plan) -> Iterable[UUID]:
    return Grid.objects.filter(plan=plan).values_list("lineage", flat=True)
