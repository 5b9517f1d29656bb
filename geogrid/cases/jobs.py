"""What happens by the clock."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from geogrid.cases.actions import escalate_overdue, re_place
from geogrid.cases.limits import forget_tries
from geogrid.cases.models import Case
from geogrid.outbox.registry import periodic
from geogrid.territory.models import Scheme
from layers.media.actions import remove_unused


@periodic("cases.escalate_overdue", every=timedelta(minutes=1))
def escalate(payload: dict[str, Any]) -> None:
    escalate_overdue(at=timezone.now())


@periodic("cases.follow_plan", every=timedelta(minutes=1))
def follow_plan(payload: dict[str, Any]) -> None:
    """A plan that was scheduled begins without anybody there: open cases move with it."""
    now = timezone.now()
    for scheme in Scheme.objects.filter(pk__in=Case.objects.open().values("scheme")):
        re_place(scheme=scheme, by=None, at=now)


@periodic("cases.forget_tries", every=timedelta(hours=6))
def forget(payload: dict[str, Any]) -> None:
    forget_tries(at=timezone.now())


@periodic("media.remove_unused", every=timedelta(hours=6))
def remove_pictures(payload: dict[str, Any]) -> None:
    remove_unused(at=timezone.now())
