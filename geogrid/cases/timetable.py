"""What can be reported, and how long each kind may take: the office's own tables."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geogrid.territory.models import Area


class Category(models.Model):
    """Vocabulary: street lighting, rubbish, noise ... `code` is also the subject of posts."""

    code = models.SlugField(_("code"), unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=60)
    example_zh = models.CharField(_("example in Chinese"), max_length=120, blank=True)
    example_en = models.CharField(_("example in English"), max_length=160, blank=True)
    icon = models.SlugField(_("icon"), default="note")
    emergency = models.BooleanField(
        _("emergency"), default=False, help_text=_("The page shows whom to call first.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        app_label = "cases"
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name_en


class DeadlinePreset(models.Model):
    """A named table of deadlines that an office can choose."""

    code = models.SlugField(_("code"), unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)

    class Meta:
        app_label = "cases"
        ordering: ClassVar = ["code"]
        verbose_name = _("deadline table")
        verbose_name_plural = _("deadline tables")

    def __str__(self) -> str:
        return self.name_en


class DeadlineRule(models.Model):
    """How long a case may stay on a rung. A rule for a category goes before the one for all."""

    preset = models.ForeignKey(DeadlinePreset, models.CASCADE, related_name="rules")
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="deadline_rules"
    )
    emergency = models.BooleanField(_("for emergencies"), default=False)
    rung = models.PositiveSmallIntegerField(
        _("level"), help_text=_("0 is the grid, 1 the grid above it, then the office.")
    )
    working_days = models.PositiveSmallIntegerField(_("working days"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)

    class Meta:
        app_label = "cases"
        ordering: ClassVar = ["preset", "rung"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["preset", "category", "emergency", "rung"],
                name="deadline_rule_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(working_days=None, minutes__gte=1)
                | Q(minutes=None, working_days__range=(0, 250)),
                name="deadline_rule_days_or_minutes",
            ),
        ]
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")

    def __str__(self) -> str:
        return f"{self.preset}: {self.rung}"


class CaseDesk(models.Model):
    """How the cases of an area are run: its deadline table and when its day ends."""

    area = models.OneToOneField(Area, models.CASCADE, related_name="case_desk")
    preset = models.ForeignKey(DeadlinePreset, models.PROTECT, related_name="+")
    day_ends = models.TimeField(_("working day ends at"), default="18:00")

    class Meta:
        app_label = "cases"
        verbose_name = _("case desk")
        verbose_name_plural = _("case desks")

    def __str__(self) -> str:
        return str(self.area)


class CalendarYear(models.Model):
    """A year's days off and swapped workdays as announced; goes before what GeoGrid ships."""

    country = models.CharField(_("country"), max_length=8)
    year = models.PositiveSmallIntegerField(_("year"))
    official = models.BooleanField(_("official"), default=True)
    rest = ArrayField(models.DateField(), default=list, blank=True, verbose_name=_("days off"))
    work = ArrayField(
        models.DateField(), default=list, blank=True, verbose_name=_("weekend days worked on")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        app_label = "cases"
        ordering: ClassVar = ["country", "year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "year"], name="calendar_year_once"),
        ]
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")

    def __str__(self) -> str:
        return f"{self.country} {self.year}"
