"""Work that is promised in one transaction and done after it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geogrid.outbox.querysets import JobQuerySet


class Job(models.Model):
    """One thing to do, with what became of it.

    Waiting, running and done are read off the times: `leased_until` in the future means that a
    worker is at it, in the past that the worker died and the job is anybody's again.
    """

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(
        _("key"), max_length=200, unique=True, help_text=_("Queued twice under one key, done once.")
    )
    payload = models.JSONField(_("payload"), default=dict)
    created_at = models.DateTimeField(_("created at"))
    run_after = models.DateTimeField(_("not before"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["run_after", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(failed_at=None), name="job_done_or_failed"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["run_after"],
                condition=Q(done_at=None, failed_at=None),
                name="job_waiting",
            ),
        ]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return self.key
