"""Reads of the queue. Time is an argument."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class JobQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(done_at=None, failed_at=None)

    def runnable(self, at: datetime) -> Self:
        """Jobs that nobody is at, whose time has come."""
        free = Q(leased_until=None) | Q(leased_until__lte=at)
        return self.open().filter(free, run_after__lte=at)

    def failed(self) -> Self:
        return self.filter(failed_at__isnull=False)
