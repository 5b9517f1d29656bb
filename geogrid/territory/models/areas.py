"""Whose territory is divided: areas and the dated versions of their outlines."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geogrid.territory.querysets import AreaQuerySet
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
