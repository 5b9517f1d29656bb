"""What stands on the ground and is registered: buildings, shops, schools, hazard points.

A place has no grid: which grid it lies in depends on the plan one asks about. It has an `anchor`, a
point on the 1e-7 degree lattice, and belongs to the grid that covers it. There is no register of
persons here or anywhere: a building knows how many dwellings it has, not who lives in them.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models import Q
from django.db.models.functions import Cast, Upper
from django.utils.translation import gettext_lazy as _

from layers.basemap.models import Source
from layers.media.models import Attachment
from layers.places.querysets import PlaceQuerySet

ADDRESSES = "addresses"  # the layer whose version a trigger raises with every write


class Place(models.Model):
    """What every kind of place shares.

    Files of places are written by COPY, so whatever came later has a default in the database too.
    One that is gone is not deleted but no longer `active`: what was said of it keeps its place.
    """

    class Accuracy(models.TextChoices):
        A = "A", _("A: surveyed, 0.5 m")
        B = "B", _("B: from a map, 1 m")
        C = "C", _("C: by address, 10 m")

    class LocatedBy(models.TextChoices):
        SURVEY = "survey", _("surveyed")
        MAP = "map", _("set on a map")
        ADDRESS = "address", _("found by its address")
        IMPORT = "import", _("from a file")
        PHONE = "phone", _("position of a phone")

    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    ref = models.CharField(_("number in the source"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    anchor = models.PointField(srid=4326)
    accuracy = models.CharField(_("accuracy"), max_length=1, choices=Accuracy, default=Accuracy.B)
    located_by = models.CharField(
        _("how it was located"),
        max_length=8,
        choices=LocatedBy,
        default=LocatedBy.IMPORT,
        db_default=LocatedBy.IMPORT.value,
    )
    # How sure the address search was of this spot, 0 to 1; null where nobody had to guess.
    confidence = models.FloatField(_("confidence"), null=True, blank=True)
    part_of = models.ForeignKey(
        "places.Building",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("part of the building"),
    )
    floor = models.CharField(_("floor"), max_length=20, blank=True, db_default="")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    active = models.BooleanField(_("in use"), default=True, db_default=True)
    # What its kind asks for beyond this, see `PlaceKind.fields`.
    attributes = models.JSONField(_("further facts"), default=dict, blank=True, db_default={})

    objects = PlaceQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=1),
                name="%(class)s_confidence_is_a_share",
            ),
        ]

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

    class Meta(Place.Meta):
        abstract = False
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
    class Meta(Place.Meta):
        abstract = False
        verbose_name = _("shop")
        verbose_name_plural = _("shops")


class School(Place):
    class Meta(Place.Meta):
        abstract = False
        verbose_name = _("school")
        verbose_name_plural = _("schools")


class Hospital(Place):
    class Meta(Place.Meta):
        abstract = False
        verbose_name = _("hospital or clinic")
        verbose_name_plural = _("hospitals and clinics")


class PublicFacility(Place):
    class Meta(Place.Meta):
        abstract = False
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

    class Meta(Place.Meta):
        abstract = False
        indexes: ClassVar = on_the_ground("hazard")
        verbose_name = _("hazard point")
        verbose_name_plural = _("hazard points")


class PlaceKind(models.Model):
    """A kind of place that an office added itself: a table of its own, a layer, a list, no code.

    `fields` are what is asked of such a place beyond a name and an address, in order:
    `{"key", "name_zh", "name_en", "type": "text" | "number" | "date" | "yes_no"}`.
    """

    class Icon(models.TextChoices):
        STAR = "star", _("star")
        PUBLIC = "public", _("public building")
        WATER = "water", _("water drop")
        HOME = "home", _("house")
        PEOPLE = "people", _("people")
        POWER = "power", _("electricity")
        TREE = "tree", _("tree")
        PARKING = "parking", _("parking")
        HYDRANT = "hydrant", _("hydrant")
        SHOP = "shop", _("shop")
        SCHOOL = "school", _("school")
        HEALTH = "health", _("health")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    icon = models.CharField(_("icon"), max_length=12, choices=Icon, default=Icon.STAR)
    publish = models.BooleanField(_("shown to residents"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    fields = models.JSONField(_("further facts"), default=list, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("kind of place")
        verbose_name_plural = _("kinds of places")

    def __str__(self) -> str:
        return self.name_en


class OtherPlace(Place):
    """A place of a kind that an office added."""

    place_kind = models.ForeignKey(
        PlaceKind, models.PROTECT, related_name="places", verbose_name=_("kind of place")
    )

    class Meta(Place.Meta):
        abstract = False
        indexes: ClassVar = on_the_ground("otherplace")
        verbose_name = _("other place")
        verbose_name_plural = _("other places")


class PlaceChange(models.Model):
    """What was done to a place, by whom; `before` and `after` hold only what changed."""

    class Deed(models.TextChoices):
        REGISTERED = "registered", _("registered")
        CHANGED = "changed", _("changed")
        MOVED = "moved", _("moved")
        CONFIRMED = "confirmed", _("confirmed")
        RETIRED = "retired", _("taken out of use")
        RESTORED = "restored", _("taken into use again")

    kind = models.SlugField(_("kind"), max_length=40)
    place = models.PositiveBigIntegerField(_("place"))
    deed = models.CharField(_("what was done"), max_length=12, choices=Deed)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["kind", "place", "-at"], name="place_history")]
        verbose_name = _("change of a place")
        verbose_name_plural = _("changes of places")

    def __str__(self) -> str:
        return f"{self.kind} {self.place} {self.deed}"


class PlacePhoto(models.Model):
    """A picture of a place. The desk asks who may see it."""

    kind = models.SlugField(_("kind"), max_length=40)
    place = models.PositiveBigIntegerField(_("place"))
    picture = models.ForeignKey(Attachment, models.PROTECT, related_name="place_photos")
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["kind", "place"], name="place_photos")]
        verbose_name = _("photo of a place")
        verbose_name_plural = _("photos of places")

    def __str__(self) -> str:
        return f"{self.kind} {self.place}"
