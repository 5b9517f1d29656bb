"""Who divides what into which grids, and which division counted when.

A plan is a version: it is edited as a draft and never again afterwards. Instead of changing a grid
that people rely on, the next plan holds the changed one, and `lineage` says that both are "the same
grid". So a post, a subscription or a URL survives a redraw, and "who answered for this place on
3 May?" has an answer. The idea breaks where a grid is split or merged: then the lineage of one part
goes on and `Succession` (with the editor) records the rest.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geogrid.territory.models.areas import AreaBoundary
from geogrid.territory.models.schemes import Scheme
from geogrid.territory.querysets import GridQuerySet, PlanQuerySet, TermQuerySet


class Plan(models.Model):
    """A version of a scheme's division (划分方案).

    Whether it is in force is not a state but a question about a moment: see `Term`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        APPROVED = "approved", _("approved")
        WITHDRAWN = "withdrawn", _("withdrawn")

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="plans")
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    boundary = models.ForeignKey(AreaBoundary, models.PROTECT, related_name="plans")
    based_on = models.ForeignKey("self", models.SET_NULL, null=True, blank=True)
    outline = models.MultiPolygonField(srid=4326)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    revision = models.PositiveBigIntegerField(_("revision"), default=0)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["scheme", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "number"], name="plan_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review", "approved", "withdrawn"]),
                name="plan_state_known",
            ),
        ]
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return f"{self.scheme} #{self.number}"


class Grid(models.Model):
    """One grid of one plan (网格).

    Only the lowest level is drawn; grids above it are unions of their children, written in the
    same transaction.
    """

    class Kind(models.TextChoices):
        BASIC = "basic", _("basic grid")
        DEDICATED = "dedicated", _("dedicated grid")
        UNASSIGNED = "unassigned", _("unassigned land")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="grids")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    level = models.PositiveSmallIntegerField(_("level"))
    code = models.CharField(_("code"), max_length=24)
    label = models.CharField(_("number on maps"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.BASIC)
    lineage = models.UUIDField(_("lineage"), default=uuid.uuid4)
    boundary = models.MultiPolygonField(srid=4326)
    # At fixed levels: the administrative outline as it was drawn. The boundary may refine it by
    # lattice vertices and is measured against this one each time, so it cannot drift.
    fixed_boundary = models.MultiPolygonField(srid=4326, null=True, blank=True)
    pieces_reason = models.CharField(_("why in several pieces"), max_length=200, blank=True)
    # Why it may have more or fewer households than the scheme says; kept from plan to plan.
    range_reason = models.CharField(
        _("why out of range"), max_length=200, blank=True, default="", db_default=""
    )
    # While a draft is drawn: this grid's border is settled, and no edit may move it.
    locked = models.BooleanField(_("locked"), default=False, db_default=False)
    lock_reason = models.CharField(
        _("why locked"), max_length=200, blank=True, default="", db_default=""
    )
    # The centre of the largest inscribed circle, and its radius: derived, kept because every map
    # asks for it and no other point of a bent grid is a good place for a number.
    label_point = models.PointField(srid=4326)
    label_radius_m = models.FloatField()

    objects = GridQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["plan", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "code"], name="grid_code_once_per_plan"),
            models.UniqueConstraint(fields=["plan", "lineage"], name="grid_lineage_once_per_plan"),
            models.CheckConstraint(
                condition=Q(kind__in=["basic", "dedicated", "unassigned"]), name="grid_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(level=1, parent=None) | Q(level__gt=1, parent__isnull=False),
                name="grid_parent_above_level_1",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["lineage"], name="grid_lineage"),
            models.Index(fields=["plan", "level"], name="grid_plan_level"),
        ]
        verbose_name = _("grid")
        verbose_name_plural = _("grids")

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """A time in which a plan is in force.

    A plan can have several: a roll-back gives the earlier plan a new term.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="terms")
    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="terms")
    during = DateTimeRangeField(_("time in force"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    receipt = models.JSONField(_("receipt"), default=dict)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["scheme", "during"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="term_one_plan_in_force",
                expressions=[
                    ("scheme", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        verbose_name = _("term")
        verbose_name_plural = _("terms")

    def __str__(self) -> str:
        return f"{self.plan} {self.during}"


class PlanLoad(models.Model):
    """What lies in a leaf grid, counted by anchor; shown with `as_of`."""

    class Origin(models.TextChoices):
        ESTIMATED = "estimated", _("estimated")
        COUNTED = "counted", _("counted")

    grid = models.OneToOneField(Grid, models.CASCADE, related_name="load")
    dwellings = models.PositiveIntegerField(_("dwellings"), default=0)
    dwellings_origin = models.CharField(
        _("origin of the figure"), max_length=12, choices=Origin, default=Origin.ESTIMATED
    )
    buildings = models.PositiveIntegerField(_("buildings"), default=0)
    shops = models.PositiveIntegerField(_("shops"), default=0)
    schools = models.PositiveIntegerField(_("schools"), default=0)
    hospitals = models.PositiveIntegerField(_("hospitals and clinics"), default=0)
    facilities = models.PositiveIntegerField(_("public facilities"), default=0)
    hazards = models.PositiveIntegerField(_("hazard points"), default=0)
    area_m2 = models.FloatField(_("area"), default=0)
    as_of = models.DateTimeField(_("as of"))

    class Meta:
        verbose_name = _("load of a grid")
        verbose_name_plural = _("loads of grids")

    def __str__(self) -> str:
        return f"{self.grid_id}: {self.dwellings}"
