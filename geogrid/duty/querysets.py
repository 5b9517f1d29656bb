"""Reads of posts. Time is an argument."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from geogrid.territory.models import Scheme


class PostQuerySet(models.QuerySet):
    def at(self, moment: datetime) -> Self:
        return self.filter(during__contains=moment)

    def over(self, scheme: "Scheme", lineages: Iterable[UUID]) -> Self:
        """Posts of these grids, first to call first: role, tier, the holder before the stand-in."""
        return (
            self.filter(scheme=scheme, lineage__in=list(lineages))
            .select_related("role", "worker")
            .order_by("role__rank", "tier", "acting", "pk")
        )

    def held(self) -> Self:
        return self.filter(worker__isnull=False, worker__active=True)
