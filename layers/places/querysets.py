"""Reads of places. A place belongs to the shape that covers its anchor, whatever its footprint."""

from typing import Self

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import models
from django.db.models import FloatField, Func, Value
from django.db.models.functions import Cast


class GroundMetres(Func):
    """`ST_Distance` between two points as geography: true metres."""

    function = "ST_Distance"
    output_field = FloatField()


class KnnMetres(Func):
    """The `<->` operator on geography: ordered by the index, in true metres."""

    template = "(%(expressions)s)"
    arg_joiner = " <-> "
    output_field = FloatField()


class PlaceQuerySet(models.QuerySet):
    def within(self, shape: GEOSGeometry) -> Self:
        """Places whose anchor lies in `shape` or on its border."""
        return self.filter(anchor__coveredby=shape)

    def nearest(self, where: Point) -> Self:
        """All places, nearest first, with `metres` (geography; the point goes in as a parameter,
        through a sub-query the index would not be used)."""
        here = Cast(Value(where, output_field=PointField(srid=4326)), PointField(geography=True))
        there = Cast("anchor", PointField(geography=True))
        return self.annotate(metres=KnnMetres(there, here)).order_by("metres")
