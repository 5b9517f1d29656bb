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
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from geogrid.territory.querysets import (
    AreaQuerySet,
    AuthorityQuerySet,
    GridQuerySet,
    PlanQuerySet,
    TermQuerySet,
)
from geogrid.territory.rules import known_zone


class Area(models.Model):
    """A territory that one office divides: a town, a street, a county, a school (管辖区)."""

    class Kind(models.TextChoices):
        TOWN = "town", _("town")
        STREET = "street", _("street office")
        COUNTY = "county", _("county")
        SCHOOL = "school", _("school")
        OTHER = "other", _("other")

    slug = models.SlugField(_("short name in addresses"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.TOWN)
    code_prefix = models.CharField(_("code prefix"), max_length=12)
    language = models.CharField(
        _("language of names"),
        max_length=10,
        help_text=_("Decides which area a visitor sees first."),
    )
    timezone = models.CharField(_("time zone"), max_length=40, validators=[known_zone])
    calendar = models.CharField(
        _("working calendar"), max_length=8, help_text=_("Country code of its public holidays.")
    )
    office_phone = models.CharField(_("office phone"), max_length=40, blank=True)
    supervision_phone = models.CharField(_("supervision phone"), max_length=40, blank=True)
    fictional = models.BooleanField(_("names and people are invented"), default=False)
    data_as_of = models.DateField(_("ground data as of"), null=True, blank=True)
    attribution = models.CharField(_("attribution"), max_length=200, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("area")
        verbose_name_plural = _("areas")

    def __str__(self) -> str:
        return self.name


class AreaBoundary(models.Model):
    """One dated version of an area's outline; never changed, only followed by the next."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="boundaries")
    boundary = models.MultiPolygonField(srid=4326)
    valid_from = models.DateField(_("valid from"))
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "valid_from"], name="area_boundary_once_a_day"),
        ]
        verbose_name = _("area boundary")
        verbose_name_plural = _("area boundaries")

    def __str__(self) -> str:
        return f"{self.area} {self.valid_from:%Y-%m-%d}"


class Scheme(models.Model):
    """One way of dividing an area (划分体系): general, safety, school ..."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="schemes")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    general = models.BooleanField(
        _("general"),
        default=True,
        help_text=_("Placement and look-ups use this scheme unless told otherwise."),
    )
    households_min = models.PositiveIntegerField(_("households from"), default=200)
    households_max = models.PositiveIntegerField(_("households to"), default=300)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "code"], name="scheme_code_once_per_area"),
            models.UniqueConstraint(
                fields=["area"], condition=Q(general=True), name="scheme_one_general_per_area"
            ),
            models.CheckConstraint(
                condition=Q(households_min__lte=F("households_max")), name="scheme_range_ordered"
            ),
        ]
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """A level of a scheme; depth 1 lies directly below the area, the greatest depth is drawn."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="levels")
    depth = models.PositiveSmallIntegerField(_("depth"))
    name_zh = models.CharField(_("name in Chinese"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=40)
    code_width = models.PositiveSmallIntegerField(_("digits in the code"), default=3)
    fixed = models.BooleanField(
        _("fixed"), default=False, help_text=_("Outlines at this level are administrative.")
    )

    class Meta:
        ordering: ClassVar = ["scheme", "depth"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "depth"], name="level_depth_once"),
            models.CheckConstraint(condition=Q(depth__range=(1, 4)), name="level_depth_1_to_4"),
        ]
        verbose_name = _("level")
        verbose_name_plural = _("levels")

    def __str__(self) -> str:
        return self.name_en


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
    pieces_reason = models.CharField(_("why in several pieces"), max_length=200, blank=True)
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


class Authority(models.Model):
    """A role over a part of a scheme: all of it, or a lineage and everything below."""

    class Role(models.TextChoices):
        PLANNER = "planner", _("planner")
        APPROVER = "approver", _("approver")
        DISPATCHER = "dispatcher", _("dispatcher")
        CHIEF = "chief", _("grid chief")
        SUPERVISOR = "supervisor", _("supervisor")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authorities")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="authorities")
    lineage = models.UUIDField(_("over this grid and below"), null=True, blank=True)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "scheme", "lineage"],
                name="authority_once",
                nulls_distinct=False,
            ),
        ]
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"
