"""How often a hazard point is looked at, and the visits that were made.

A visit says that somebody was there and what was found. Where exactly the phone was is not kept:
the distance to the hazard point proves a visit as well, and a table of positions would be a track
of the worker.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geogrid.duty.models import Worker
from geogrid.patrols.querysets import InspectionRuleQuerySet, VisitQuerySet
from geogrid.territory.models import Area
from layers.media.models import Attachment
from layers.places.models import HazardClass, HazardPoint


class InspectionRule(models.Model):
    """Hazard points of this class and level are looked at every so many days.

    A rule of an area goes before the rule that holds everywhere (`area` empty). A hazard point
    without a rule is on the map and never due.
    """

    class Unit(models.TextChoices):
        WORKING = "working", _("working days")
        CALENDAR = "calendar", _("calendar days")

    area = models.ForeignKey(
        Area, models.CASCADE, null=True, blank=True, related_name="inspection_rules"
    )
    hazard_class = models.ForeignKey(HazardClass, models.CASCADE, related_name="inspection_rules")
    level = models.PositiveSmallIntegerField(_("risk level"), choices=HazardPoint.Level)
    every = models.PositiveSmallIntegerField(_("every"))
    unit = models.CharField(_("unit"), max_length=8, choices=Unit, default=Unit.CALENDAR)
    name_zh = models.CharField(_("name in Chinese"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=60)

    objects = InspectionRuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["hazard_class", "level"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["area", "hazard_class", "level"],
                name="inspection_rule_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(every__range=(1, 1000)), name="inspection_rule_every_1_to_1000"
            ),
        ]
        verbose_name = _("inspection rule")
        verbose_name_plural = _("inspection rules")

    def __str__(self) -> str:
        return f"{self.name_en}: {self.every} {self.unit}"


class Visit(models.Model):
    """Somebody was at a hazard point and found it in order, or not. Never changed afterwards."""

    class Outcome(models.TextChoices):
        OK = "ok", _("in order")
        PROBLEM = "problem", _("problem found")

    client_id = models.UUIDField(
        _("number given by the phone"),
        default=uuid.uuid4,
        unique=True,
        help_text=_("A visit sent twice is kept once."),
    )
    hazard = models.ForeignKey(HazardPoint, models.PROTECT, related_name="visits")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="visits")
    at = models.DateTimeField(_("at"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    note = models.CharField(_("note"), max_length=500, blank=True)
    # A named relation: pictures that nothing visible refers to are removed after a day.
    photo = models.ForeignKey(
        Attachment, models.SET_NULL, null=True, blank=True, related_name="visits"
    )
    distance_m = models.FloatField(
        _("distance from the hazard point"),
        null=True,
        blank=True,
        help_text=_("In metres; empty when the phone gave no position."),
    )
    accuracy_m = models.FloatField(_("accuracy of that position"), null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=["ok", "problem"]), name="visit_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(distance_m=None) | Q(distance_m__gte=0), name="visit_distance_positive"
            ),
            models.CheckConstraint(
                condition=Q(outcome="ok") | ~Q(note=""), name="visit_problem_has_a_note"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["hazard", "-at"], name="visit_last_of_hazard"),
            models.Index(fields=["worker", "-at"], name="visit_by_worker"),
        ]
        verbose_name = _("visit")
        verbose_name_plural = _("visits")

    def __str__(self) -> str:
        return f"{self.hazard} {self.at:%Y-%m-%d}"
