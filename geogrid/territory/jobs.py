"""What happens by the clock."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from geogrid.outbox.registry import handler, periodic
from geogrid.territory.generated_proposals import JOB as GENERATE
from geogrid.territory.generated_proposals import compute
from layers.intake.staging import forget_left_behind


@periodic("intake.forget_left_behind", every=timedelta(hours=6))
def forget_uploads(payload: dict[str, Any]) -> None:
    forget_left_behind(at=timezone.now())


@handler(GENERATE)
def generate_proposal(payload: dict[str, Any]) -> None:
    compute(UUID(payload["upload"]))
