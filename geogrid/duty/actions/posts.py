"""Posts as they are written down: beginning at a moment, with nobody's place looked at.

For a change of what is there already see `geogrid.duty.actions.changes`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.duty.models import DutyEvent, Post, PostRole, Worker
from geogrid.territory.models import Scheme


@transaction.atomic
def appoint(
    *,
    scheme: Scheme,
    lineage: UUID,
    role: PostRole,
    worker: Worker,
    by: User | None,
    at: datetime,
    tier: str = Post.Tier.A,
    acting: bool = False,
    subjects: Sequence[str] = (),
) -> Post:
    """Let `worker` answer for a grid from `at` on; `acting` while the post is vacant."""
    require(by, Permission.PUBLISH, scheme=scheme)
    post = Post.objects.create(
        scheme=scheme,
        lineage=lineage,
        role=role,
        worker=worker,
        tier=tier,
        acting=acting,
        subjects=list(subjects),
        during=DateTimeTZRange(at, None),
    )
    DutyEvent.objects.create(
        area=scheme.area,
        kind=DutyEvent.Kind.APPOINTED,
        scheme=scheme,
        lineage=lineage,
        worker=worker,
        by=by,
        at=at,
        since=at,
        data={"role": role.code, "tier": tier, "acting": acting, "begun": [post.pk], "ended": []},
    )
    return post


@transaction.atomic
def declare_vacant(
    *, scheme: Scheme, lineage: UUID, role: PostRole, reason: str, by: User | None, at: datetime
) -> Post:
    """Say in public that nobody holds this post yet, and why."""
    (post,) = declare_all_vacant(
        scheme=scheme, lineages=[lineage], role=role, reason=reason, by=by, at=at
    )
    return post


@transaction.atomic
def declare_all_vacant(
    *,
    scheme: Scheme,
    lineages: Iterable[UUID],
    role: PostRole,
    reason: str,
    by: User | None,
    at: datetime,
) -> list[Post]:
    """Say it of many grids at once, for the same reason."""
    require(by, Permission.PUBLISH, scheme=scheme)
    posts = Post.objects.bulk_create(
        [
            Post(
                scheme=scheme,
                lineage=lineage,
                role=role,
                vacancy_reason=reason,
                during=DateTimeTZRange(at, None),
            )
            for lineage in lineages
        ],
        batch_size=1000,
    )
    DutyEvent.objects.bulk_create(
        [
            DutyEvent(
                area_id=scheme.area_id,
                kind=DutyEvent.Kind.VACANT,
                scheme=scheme,
                lineage=post.lineage,
                by=by,
                at=at,
                since=at,
                data={"role": role.code, "tier": "A", "begun": [post.pk], "ended": []},
            )
            for post in posts
        ],
        batch_size=1000,
    )
    return posts
