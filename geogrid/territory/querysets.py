"""Reads of the territory. Time is an argument."""

from datetime import datetime
from math import cos, radians
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.gis.db.models import MultiPolygonField, PointField
from django.contrib.gis.geos import GEOSGeometry, Point, Polygon
from django.db import models
from django.db.models import FloatField, Func, Max, OuterRef, Subquery, Value
from django.db.models.functions import Cast

from geogrid.accounts.rules import Permission, roles_with

if TYPE_CHECKING:
    from geogrid.accounts.models import User
    from geogrid.territory.models import Area, Plan, Scheme


class AreaQuerySet(models.QuerySet["Area"]):
    def for_language(self, language: str) -> "Area | None":
        """Return the area whose names are in `language` ("zh-hans", "en"), else the first one."""
        stem = language.split("-")[0]
        return self.filter(language__startswith=stem).order_by("pk").first() or (
            self.order_by("pk").first()
        )


class PlanQuerySet(models.QuerySet):
    def in_force(self, at: datetime) -> Self:
        return self.filter(terms__during__contains=at)


class TermQuerySet(models.QuerySet):
    def at(self, moment: datetime) -> Self:
        return self.filter(during__contains=moment)

    def ahead(self, moment: datetime) -> Self:
        """Terms that have not begun at `moment`, the next one first."""
        return self.filter(during__startswith__gt=moment).order_by("during")

    def until(self, moment: datetime) -> Self:
        """Terms that had begun by `moment`, the oldest first."""
        return self.filter(during__startswith__lte=moment).order_by("during")


class AuthorityQuerySet(models.QuerySet):
    def over(self, scheme: "Scheme", *roles: str) -> Self:
        return self.filter(scheme=scheme, role__in=roles)

    def reaching(self, scheme: "Scheme", user: "User", permission: Permission) -> list[UUID]:
        """Lineages over which `user` has a role with this permission; not those over the whole."""
        rows = self.over(scheme, *roles_with(permission)).filter(user=user)
        return list(rows.exclude(lineage=None).values_list("lineage", flat=True))


class BoundaryEditQuerySet(models.QuerySet):
    def between(self, plan: "Plan", after: int, upto: int) -> Self:
        """Edits of a plan whose revisions lie above `after` and not above `upto`."""
        return self.filter(plan=plan, revision__gt=after, revision__lte=upto)

    def touching(self, lineage: UUID) -> Self:
        """Edits that changed a grid, whatever it was called then."""
        return self.filter(changes__lineage=lineage)


class GridChangeQuerySet(models.QuerySet):
    def since(self, plan: "Plan", revision: int) -> Self:
        """What was changed in a plan after `revision`."""
        return self.filter(edit__plan=plan, edit__revision__gt=revision)

    def first_of_each(self) -> Self:
        """The earliest change of each lineage: its `before` is what the grid was at first."""
        return self.order_by("lineage", "edit__revision").distinct("lineage")

    def last_of_each(self) -> Self:
        """The latest change of each lineage: its `after` is what the grid is in the end."""
        return self.order_by("lineage", "-edit__revision").distinct("lineage")


class GridQuerySet(models.QuerySet):
    def in_force(self, scheme: "Scheme", at: datetime) -> Self:
        """Grids of all levels of the plan that was in force at `at`."""
        return self.filter(plan__terms__scheme=scheme, plan__terms__during__contains=at)

    def leaves(self) -> Self:
        """Grids at the lowest level of their scheme: the ones that are drawn and worked in."""
        from geogrid.territory.models import Level

        lowest = (
            Level.objects.filter(scheme=OuterRef("plan__scheme"))
            .order_by()
            .values("scheme")
            .annotate(depth=Max("depth"))
            .values("depth")
        )
        return self.filter(level=Subquery(lowest))

    def covering(self, where: Point) -> Self:
        """Grids whose boundary covers `where` (EPSG:4326), lowest code first.

        `covers`, not `contains`: a point on a shared border belongs to both, and the rule "lowest
        code wins" then decides; with `contains` it would belong to nobody.
        """
        return self.filter(boundary__covers=where).order_by("code")

    def meeting(self, shape: GEOSGeometry) -> Self:
        return self.filter(boundary__intersects=shape)

    def nearest(self, where: Point, metres: float) -> Self:
        """Grids closer than `metres` to `where`, nearest first, each with its `metres`.

        Distances are geodesic; 0 for a grid that covers the point.
        """
        reach = metres / 110_000
        lon, lat = where.x, where.y
        wide = reach / max(cos(radians(lat)), 0.01)
        net = Polygon.from_bbox((lon - wide, lat - reach, lon + wide, lat + reach))
        net.srid = 4326
        here = Cast(Value(where, output_field=PointField(srid=4326)), PointField(geography=True))
        there = Cast("boundary", MultiPolygonField(geography=True))
        return (
            self.filter(boundary__bboverlaps=net)
            .annotate(metres=GroundMetres(there, here))
            .filter(metres__lte=metres)
            .order_by("metres", "code")
        )


class GroundMetres(Func):
    """`ST_Distance` on geography: metres on the ellipsoid."""

    function = "ST_Distance"
    output_field = FloatField()
