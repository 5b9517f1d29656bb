"""Reads of disclosures. Time is an argument."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class DisclosureQuerySet(models.QuerySet):
    def at(self, moment: datetime) -> Self:
        return self.filter(
            Q(withdrawn_at=None) | Q(withdrawn_at__gt=moment), recorded_at__lte=moment
        )

    def facts(self, workers: Iterable[int], moment: datetime) -> dict[int, set[str]]:
        """Return for each of these workers (keys) which facts may be shown at `moment`."""
        allowed: dict[int, set[str]] = {worker: set() for worker in workers}
        rows = self.at(moment).filter(worker__in=list(allowed))
        for worker, fact in rows.values_list("worker", "field"):
            allowed[worker].add(fact)
        return allowed
