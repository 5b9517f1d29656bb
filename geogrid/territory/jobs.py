"""What happens by the clock."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from geogrid.outbox.registry import periodic
from layers.intake.staging import forget_left_behind


@periodic("intake.forget_left_behind", every=timedelta(hours=6))
def forget_uploads(payload: dict[str, Any]) -> None:
    forget_left_behind(at=timezone.now())
