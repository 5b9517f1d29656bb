"""Reads of workers, posts and what happened to them. Time is an argument."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q

if TYPE_CHECKING:
    from geogrid.territory.models import Area, Scheme


class WorkerQuerySet(models.QuerySet):
    def working(self, area: "Area | int") -> Self:
        """Those who still work in an area."""
        return self.filter(area=area, active=True, erased_at=None)


class PostQuerySet(models.QuerySet):
    def at(self, moment: datetime) -> Self:
        return self.filter(during__contains=moment)

    def within(self, start: datetime, end: datetime) -> Self:
        """Posts that ran at some moment from `start` up to, not including, `end`."""
        return self.filter(during__overlap=DateTimeTZRange(start, end))

    def ahead(self, moment: datetime) -> Self:
        """Posts that have not begun at `moment`."""
        return self.filter(during__startswith__gt=moment)

    def waiting(self, moment: datetime, since: datetime) -> Self:
        """Posts that have not begun at `moment` and begin at `since` or later."""
        return self.filter(during__startswith__gt=moment, during__startswith__gte=since)

    def not_over(self, moment: datetime) -> Self:
        """Posts that run at `moment` or begin later."""
        open_end = Q(during__endswith=None) | Q(during__endswith__gt=moment)
        return self.filter(open_end).exclude(during__isempty=True)

    def over(self, scheme: "Scheme", lineages: Iterable[UUID]) -> Self:
        """Posts of these grids, first to call first: role, tier, the holder before the stand-in."""
        return (
            self.filter(scheme=scheme, lineage__in=list(lineages))
            .select_related("role", "worker")
            .order_by("role__rank", "tier", "acting", "pk")
        )

    def held(self) -> Self:
        return self.filter(worker__isnull=False, worker__active=True)


class DutyEventQuerySet(models.QuerySet):
    def ahead(self, moment: datetime) -> Self:
        """Changes of posts that hold from a moment after `moment`, the next one first.

        Those that were taken back are none.
        """
        rows = self.filter(since__gt=moment)
        taken_back = rows.filter(kind="cancelled").values_list("data__of", flat=True)
        return (
            rows.exclude(kind="cancelled").exclude(pk__in=list(taken_back)).order_by("since", "pk")
        )

    def told(self) -> Self:
        """The newest first, with whoever is named."""
        return self.select_related("worker", "by").order_by(F("at").desc(), "-pk")
