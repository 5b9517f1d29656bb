"""What happens by the clock."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from geogrid.outbox.registry import handler, periodic
from geogrid.publishing.dossier import making
from geogrid.publishing.posting import follow
from geogrid.territory.models import Term


@periodic("publishing.follow_plan", every=timedelta(minutes=1))
def follow_plan(payload: dict[str, Any]) -> None:
    """A plan that was scheduled begins without anybody there: posts given meanwhile end with it."""
    now = timezone.now()
    for pk in Term.objects.at(now).values_list("pk", flat=True):
        with transaction.atomic():
            follow(Term.objects.select_for_update(of=("self",)).get(pk=pk))


@periodic("publishing.forget_dossiers", every=timedelta(days=1))
def forget_dossiers(payload: dict[str, Any]) -> None:
    making.forget_discarded(at=timezone.now())


@handler(making.KIND)
def make_dossier(payload: dict[str, Any]) -> None:
    making.make(dossier=payload["dossier"], at=timezone.now())
