"""Names for moments of a draft, so that one finds the way back to them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.territory.errors import (
    CommandUnreadable,
    NoSuchMoment,
    NotADraft,
    TextMissing,
    TextTooLong,
)
from geogrid.territory.models import Moment, Plan

__all__ = ["forget_moment", "name_moment"]


@transaction.atomic
def name_moment(*, plan: Plan, revision: int, name: str, by: User | None, at: datetime) -> Moment:
    """Call what the draft was at `revision` by a name; a moment that has one is renamed.

    Raises NotADraft, CommandUnreadable for a revision that never was, TextMissing, TextTooLong.
    """
    locked = _draft(plan, by)
    if not 0 <= revision <= locked.revision:
        raise CommandUnreadable(part="revision", value=str(revision))
    field = Moment._meta.get_field("name")
    kept = name.strip()
    if not kept:
        raise TextMissing(part=str(field.verbose_name))
    if len(kept) > (field.max_length or 0):
        raise TextTooLong(text=kept[:40], most=field.max_length)
    moment, _ = Moment.objects.update_or_create(
        plan=locked, revision=revision, defaults={"name": kept, "by": by, "at": at}
    )
    return moment


@transaction.atomic
def forget_moment(*, plan: Plan, revision: int, by: User | None) -> None:
    """Take a name away; what the draft was stays in its history. Raises NoSuchMoment, NotADraft."""
    gone, _ = Moment.objects.filter(plan=_draft(plan, by), revision=revision).delete()
    if not gone:
        raise NoSuchMoment(number=plan.number)


def _draft(plan: Plan, by: User | None) -> Plan:
    """The plan's row, held against edits: the revision named is there."""
    rows = Plan.objects.select_for_update(of=("self",)).select_related("scheme__area")
    locked = rows.defer("outline").get(pk=plan.pk)
    require(by, Permission.DRAW, scheme=locked.scheme, where=ANYWHERE)
    if locked.state != Plan.State.DRAFT:
        raise NotADraft(number=locked.number)
    return locked
