"""What a map draws under everything else, and what streets are called.

Rows are replaced import by import (`Source`); nobody edits them by hand and nothing refers to one.
"""

from typing import ClassVar

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """Where ground data came from, under which licence, and how old it is."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    attribution = models.CharField(_("attribution"), max_length=200)
    licence = models.CharField(_("licence"), max_length=100)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    imported_at = models.DateTimeField(_("imported at"))
    report = models.JSONField(_("quality report"), default=dict)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class Feature(models.Model):
    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    ref = models.CharField(_("number in the source"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)

    class Meta:
        abstract = True


class Street(Feature):
    """A way for wheels or feet. `rank` orders drawing: 1 primary ... 6 path."""

    kind = models.CharField(_("kind"), max_length=30)
    rank = models.PositiveSmallIntegerField(_("rank"))
    path = models.LineStringField(srid=4326)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "name"], name="street_by_name")]
        verbose_name = _("street")
        verbose_name_plural = _("streets")


class Railway(Feature):
    kind = models.CharField(_("kind"), max_length=30)
    path = models.LineStringField(srid=4326)

    class Meta:
        verbose_name = _("railway")
        verbose_name_plural = _("railways")


class Waterway(Feature):
    """A river or ditch as a line; its surface, where mapped, is a `LandUse` of kind water."""

    kind = models.CharField(_("kind"), max_length=30)
    path = models.LineStringField(srid=4326)

    class Meta:
        verbose_name = _("waterway")
        verbose_name_plural = _("waterways")


class LandUse(Feature):
    """Ground cover. `kind` is one of the eight the map style draws, see `LandUse.Kind`."""

    class Kind(models.TextChoices):
        WATER = "water", _("water")
        FOREST = "forest", _("forest")
        GRASS = "grass", _("grass")
        FARM = "farm", _("farmland")
        INDUSTRY = "industry", _("industry")
        RESIDENTIAL = "residential", _("residential")
        COMMERCE = "commerce", _("shops and offices")
        OTHER = "other", _("other")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    shape = models.MultiPolygonField(srid=4326)

    class Meta:
        verbose_name = _("land use")
        verbose_name_plural = _("land use")


class PlaceName(Feature):
    """The name of a town, quarter or village, as a point."""

    kind = models.CharField(_("kind"), max_length=20)
    point = models.PointField(srid=4326)

    class Meta:
        verbose_name = _("place name")
        verbose_name_plural = _("place names")
