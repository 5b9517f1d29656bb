"""Which facts about a worker may be shown to everybody, and on what basis.

Nothing is public by default. What is public is read live each time and frozen nowhere, so a
withdrawal works at once wherever the fact was shown.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from geogrid.duty.models import Worker
from geogrid.publishing.querysets import DisclosureQuerySet


class Disclosure(models.Model):
    """One fact about one worker that residents may see, from `recorded_at` until withdrawn."""

    class Fact(models.TextChoices):
        NAME = "name", _("name")
        PORTRAIT = "portrait", _("portrait")
        DUTY_PHONE = "duty_phone", _("duty phone")
        DUTIES = "duties", _("duties")

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="disclosures")
    field = models.CharField(_("what"), max_length=12, choices=Fact)
    basis = models.CharField(
        _("basis"),
        max_length=200,
        help_text=_("The rule that demands it, or the date and form of the worker's consent."),
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["worker", "field"],
                condition=Q(withdrawn_at=None),
                name="disclosure_once_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="disclosure_has_a_basis"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
                name="disclosure_ends_after_it_began",
            ),
        ]
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")

    def __str__(self) -> str:
        return f"{self.worker_id} {self.field}"
