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
from geogrid.territory.models import Plan


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


class Dossier(models.Model):
    """A plan's dossier (划分方案) as PDF and XLSX, of one revision in one stage and one language.

    The files are made by a job. `stage` is part of what it is: the one that was signed as a draft
    is another document than the one of the approved plan. It names no worker: those are read live.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("being made")
        DONE = "done", _("ready")
        FAILED = "failed", _("could not be made")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="dossiers")
    revision = models.PositiveBigIntegerField(_("revision"))
    stage = models.CharField(_("stage"), max_length=12)
    language = models.CharField(_("language"), max_length=10)
    # Numbers of the plans put beside this one, itself among them; empty: none.
    alternatives = models.JSONField(_("alternatives"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    problem = models.TextField(_("what went wrong"), blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    pdf = models.FileField("PDF", upload_to="dossiers/%Y/%m/", blank=True)
    xlsx = models.FileField("XLSX", upload_to="dossiers/%Y/%m/", blank=True)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("asked for at"))
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "revision", "stage", "language"], name="dossier_once"
            ),
        ]
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")

    def __str__(self) -> str:
        return f"{self.plan_id} r{self.revision} {self.language}"
