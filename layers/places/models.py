"""What stands on the ground and is registered: buildings, shops, schools, hazard points.

A place has no grid: which grid it lies in depends on the plan one asks about. It has an `anchor`, a
point on the 1e-7 degree lattice, and belongs to the grid that covers it. There is no register of
persons here or anywhere: a building knows how many dwellings it has, not who lives in them.
"""

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models.functions import Cast, Upper
from django.utils.translation import gettext_lazy as _

from layers.basemap.models import Source
from layers.places.querysets import PlaceQuerySet

ADDRESSES = "addresses"  # the layer whose version a trigger raises with every write


class Place(models.Model):
    """What every kind of place shares."""

    class Accuracy(models.TextChoices):
        A = "A", _("A: surveyed, 0.5 m")
        B = "B", _("B: from a map, 1 m")
        C = "C", _("C: by address, 10 m")

    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    ref = models.CharField(_("number in the source"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    anchor = models.PointField(srid=4326)
    accuracy = models.CharField(_("accuracy"), max_length=1, choices=Accuracy, default=Accuracy.B)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name or self.address or self.ref or str(self.pk)


def on_the_ground(model: str) -> list[GistIndex]:
    """The index behind "nearest first": geography, so that metres are metres at any latitude."""
    geography = Cast("anchor", models.PointField(geography=True))
    return [GistIndex(geography, name=f"{model}_anchor_geography")]


class Building(Place):
    class Origin(models.TextChoices):
        ESTIMATED = "estimated", _("estimated")
        COUNTED = "counted", _("counted")

    # The kind of what an office draws by hand: a compound, or a house it knows the households of.
    COMPOUND = "compound"

    footprint = models.MultiPolygonField(srid=4326, null=True, blank=True)
    levels = models.FloatField(_("storeys"), null=True, blank=True)
    dwellings = models.PositiveIntegerField(_("dwellings"), default=0)
    dwellings_origin = models.CharField(
        _("origin of the figure"), max_length=12, choices=Origin, default=Origin.ESTIMATED
    )

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")


class Unit(models.Model):
    """An entrance (单元) of a building."""

    building = models.ForeignKey(Building, models.CASCADE, related_name="units")
    number = models.CharField(_("number"), max_length=20)
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    dwellings = models.PositiveIntegerField(_("dwellings"), default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["building", "number"], name="unit_once_per_building"),
        ]
        verbose_name = _("entrance")
        verbose_name_plural = _("entrances")

    def __str__(self) -> str:
        return self.number


class Address(models.Model):
    """A door one can look for. `text` is what people type; `street`, `house`, `unit` its parts."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    text = models.CharField(_("address"), max_length=200)
    street = models.CharField(_("street or compound"), max_length=120)
    house = models.CharField(_("house number"), max_length=40, blank=True)
    unit = models.CharField(_("entrance"), max_length=40, blank=True)
    search = models.CharField(max_length=240, editable=False)
    anchor = models.PointField(srid=4326)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            GinIndex(OpClass("search", name="gin_trgm_ops"), name="address_search_trigram"),
            models.Index("source", Upper("street"), "house", name="address_by_door"),
            models.Index(fields=["street"], name="address_by_street"),
            *on_the_ground("address"),
        ]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return self.text


class Shop(Place):
    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")


class School(Place):
    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")


class Hospital(Place):
    class Meta:
        verbose_name = _("hospital or clinic")
        verbose_name_plural = _("hospitals and clinics")


class PublicFacility(Place):
    class Meta:
        verbose_name = _("public facility")
        verbose_name_plural = _("public facilities")


class HazardClass(models.Model):
    """Vocabulary of hazard points: fire, food, structures ... An office may add its own."""

    code = models.SlugField(_("code"), unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    public = models.BooleanField(_("shown to residents"), default=False)

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("hazard class")
        verbose_name_plural = _("hazard classes")

    def __str__(self) -> str:
        return self.name_en


class HazardPoint(Place):
    """A place that can become dangerous (风险点) and is looked at regularly."""

    class Level(models.IntegerChoices):
        MAJOR = 1, _("major")
        HIGH = 2, _("high")
        MEDIUM = 3, _("medium")
        LOW = 4, _("low")

    hazard_class = models.ForeignKey(HazardClass, models.PROTECT, related_name="points")
    level = models.PositiveSmallIntegerField(_("risk level"), choices=Level, default=Level.MEDIUM)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        indexes: ClassVar = on_the_ground("hazard")
        verbose_name = _("hazard point")
        verbose_name_plural = _("hazard points")
