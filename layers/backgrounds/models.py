"""What planners draw against: tiles of files and map services, and pictures placed by points.

`place` is the slug of the territory something was brought for; whoever brings it knows what it
means. Nothing refers to these rows, and removing one changes no plan.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from layers.backgrounds.querysets import BackgroundQuerySet, UnderlayQuerySet

MOST_ZOOM = 22


class Background(models.Model):
    """Tiles in Web Mercator: a file of ours, or a service that our server asks for them."""

    class Kind(models.TextChoices):
        XYZ = "xyz", _("tiles by number (XYZ)")
        WMTS = "wmts", "WMTS"
        WMS = "wms", "WMS"
        MBTILES = "mbtiles", "MBTiles"
        GEOTIFF = "geotiff", "GeoTIFF"

    class Datum(models.TextChoices):
        WGS84 = "wgs84", _("WGS-84 or CGCS2000")
        GCJ02 = "gcj02", _("GCJ-02 (as Chinese web maps are shifted)")

    place = models.SlugField(_("territory"), max_length=80)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    address = models.CharField(_("address"), max_length=1000, blank=True)
    layer = models.CharField(_("layer of the service"), max_length=200, blank=True)
    matrix_set = models.CharField(_("tile matrix set"), max_length=80, blank=True)
    # Brought by a browser; or on the server, where the operator put it.
    file = models.FileField(_("file"), upload_to="backgrounds/", blank=True)
    path = models.CharField(_("path on the server"), max_length=500, blank=True)
    datum = models.CharField(_("datum"), max_length=8, choices=Datum, default=Datum.WGS84)
    attribution = models.CharField(_("attribution"), max_length=200, blank=True)
    min_zoom = models.PositiveSmallIntegerField(_("from zoom"), default=0)
    max_zoom = models.PositiveSmallIntegerField(_("to zoom"), default=18)
    bounds = models.JSONField(_("west, south, east, north in degrees"), null=True, blank=True)
    enabled = models.BooleanField(_("switched on"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("changed at"))

    objects = BackgroundQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(min_zoom__lte=F("max_zoom")) & Q(max_zoom__lte=MOST_ZOOM),
                name="background_zooms",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["xyz", "wmts", "wms"], path="", file="") & ~Q(address="")
                | Q(kind__in=["mbtiles", "geotiff"], address="") & (~Q(path="") ^ ~Q(file="")),
                name="background_has_one_source",
            ),
        ]
        verbose_name = _("background")
        verbose_name_plural = _("backgrounds")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the reader's language where it has one."""
        chinese = (get_language() or "zh").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en

    @property
    def outside(self) -> bool:
        """Whether its tiles come from another server."""
        return self.kind in {self.Kind.XYZ, self.Kind.WMTS, self.Kind.WMS}


class Underlay(models.Model):
    """A picture of old: a grid map, a campus plan; upright, without anything but its pixels.

    `points` are [x, y, longitude, latitude]: px of the picture from its top left, degrees in
    EPSG:4326. `matrix` takes (x, y, 1) to metres in EPSG:3857, row by row, divided by its third
    row; null until the picture is placed.
    """

    class Fit(models.TextChoices):
        AFFINE = "affine", _("flat: moved, turned, stretched")
        PROJECTIVE = "projective", _("photographed: also tilted")

    place = models.SlugField(_("territory"), max_length=80)
    name = models.CharField(_("name"), max_length=80)
    picture = models.FileField(_("picture"), upload_to="underlays/")
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    points = models.JSONField(_("points"), default=list, blank=True)
    fit = models.CharField(_("fit"), max_length=10, choices=Fit, default=Fit.AFFINE)
    matrix = models.JSONField(_("placing"), null=True, blank=True)
    residual_m = models.FloatField(_("residual in metres"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("changed at"))

    objects = UnderlayQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(width__gte=1) & Q(height__gte=1), name="underlay_has_pixels"
            ),
            models.CheckConstraint(
                condition=Q(matrix=None, residual_m=None)
                | Q(matrix__isnull=False, residual_m__gte=0),
                name="underlay_placed_with_residual",
            ),
        ]
        verbose_name = _("picture to draw over")
        verbose_name_plural = _("pictures to draw over")

    def __str__(self) -> str:
        return self.name
