from datetime import timedelta
from typing import Any

from django.utils import timezone

from geogrid.outbox.actions import forget_done
from geogrid.outbox.registry import periodic


@periodic("outbox.forget_done", every=timedelta(days=1))
def forget_done_jobs(payload: dict[str, Any]) -> None:
    forget_done(at=timezone.now())
