"""Writes of duty: who works here, and who answers for which grid."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.duty.models import Contact, Post, PostRole, Worker
from geogrid.territory.models import Area, Scheme


@transaction.atomic
def engage(
    *,
    area: Area,
    name: str,
    by: User | None,
    duty_phone: str = "",
    duties: str = "",
    hours: str = "",
    face: int = 0,
    user: User | None = None,
) -> Worker:
    """Register somebody who can hold posts in `area`; nothing of it is public yet."""
    require(by, Permission.PUBLISH, scheme=Scheme.objects.get(area=area, general=True))
    worker = Worker.objects.create(
        area=area, name=name, duties=duties, hours=hours, face=face, user=user
    )
    if duty_phone:
        Contact.objects.create(worker=worker, kind=Contact.Kind.DUTY_PHONE, value=duty_phone)
    return worker


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
    return Post.objects.create(
        scheme=scheme,
        lineage=lineage,
        role=role,
        worker=worker,
        tier=tier,
        acting=acting,
        subjects=list(subjects),
        during=DateTimeTZRange(at, None),
    )


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
    return Post.objects.bulk_create(
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
