"""`GET /api/where`: which grid a point lies in."""

from datetime import datetime
from typing import Any

from django.contrib.gis.db.models import MultiPolygonField, PointField
from django.contrib.gis.geos import Point
from django.db.models import F, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from geogrid.desks.api import reading
from geogrid.desks.api.errors import Swapped, UnknownArea, UnknownScheme
from geogrid.territory.models import Area, Grid, Scheme
from geogrid.territory.placement import Placement, place
from geogrid.territory.querysets import GroundMetres

router = Router(tags=["where"])
FAR_AWAY_M = 100_000


class GridOut(Schema):
    code: str = Field(examples=["130101003"])
    name: str
    level: int = Field(description="1 is the highest level; the greatest number is drawn on maps.")
    url: str = Field(description="The grid's page for people.")


class PossibleOut(GridOut):
    metres: float = Field(description="From the point to this grid; 0 when it contains the point.")


class PlanOut(Schema):
    number: int
    in_force_from: datetime


class WhereOut(Schema):
    grid: GridOut | None = Field(description="null outside of the area.")
    parents: list[GridOut] = Field(description="From the top level down.")
    on_border_with: list[GridOut] = Field(
        description="Other grids that also cover a point exactly on a border; the lowest code won."
    )
    possible: list[PossibleOut] = Field(
        description="With accuracy: every grid that the circle meets, nearest first."
    )
    plan: PlanOut | None = Field(description="The plan in force at that time; null if none was.")


class ErrorOut(Schema):
    code: str
    message: str
    data: dict[str, Any]


class WhereIn(Schema):
    """Text, because every value is read strictly by `reading`, with a sentence for each mistake."""

    lon: str | None = Field(None, description="Longitude, WGS 84 degrees.", examples=["13.2611"])
    lat: str | None = Field(None, description="Latitude, WGS 84 degrees.", examples=["53.5569"])
    at: str | None = Field(None, description="A time or date, default now.")
    accuracy: str | None = Field(None, description="Radius in metres that the position may be off.")
    scheme: str | None = Field(None, description="Code of a scheme, default the general one.")
    area: str | None = Field(None, description="Short name of an area, default the one it lies in.")


@router.get(
    "/where",
    response={200: WhereOut, 400: ErrorOut, 404: ErrorOut},
    summary="The grid that contains a point",
    operation_id="where",
)
def where(request: HttpRequest, asked: Query[WhereIn]) -> dict[str, Any]:
    """Boundaries count as inside; on a shared border the grid with the lowest code answers.

    Coordinates are WGS 84. Positions from Chinese map apps (GCJ-02, BD-09) have to be converted
    first: they are up to 700 m off.
    """
    point = reading.position(asked.lon, asked.lat)
    accuracy = None
    if asked.accuracy is not None:
        accuracy = reading.number(asked.accuracy, name="accuracy", least=0, most=10_000_000)
    slug = reading.text(asked.area, name="area")
    code = reading.text(asked.scheme, name="scheme")
    when = reading.text(asked.at, name="at")
    scheme = scheme_for(point, slug=slug, code=code)
    if scheme is None:
        return answer(request, None, Placement())
    now = timezone.now()
    at = reading.moment(when, name="at", zone=scheme.area.timezone) if when else now
    placement = place(scheme=scheme, where=point, at=at, accuracy_m=accuracy)
    return answer(request, scheme, placement)


def scheme_for(point: Point, *, slug: str | None, code: str | None) -> Scheme | None:
    """Return the scheme that answers for a point: of the named area, else of the one it lies in."""
    schemes = Scheme.objects.select_related("area").order_by("pk")
    if slug:
        if not Area.objects.filter(slug=slug).exists():
            raise UnknownArea(area=slug)
        schemes = schemes.filter(area__slug=slug)
    general = schemes.filter(code=code) if code else schemes.filter(general=True)
    if slug:
        found = general.first()
        if found is None:
            raise UnknownScheme(scheme=code or "general")
        return found
    inside = general.filter(area__boundaries__boundary__covers=point).first()
    return inside or _nearest(general, point)


def _nearest(schemes: Any, point: Point) -> Scheme | None:
    here = Cast(Value(point, output_field=PointField(srid=4326)), PointField(geography=True))
    there = Cast("area__boundaries__boundary", MultiPolygonField(geography=True))
    near: Any = (
        schemes.annotate(metres=GroundMetres(there, here))
        .order_by(F("metres").asc(nulls_last=True))
        .first()
    )
    if near is not None and (near.metres or 0) > FAR_AWAY_M and abs(point.x) <= 90:
        turned = Point(point.y, point.x, srid=4326)
        if schemes.filter(area__boundaries__boundary__covers=turned).exists():
            raise Swapped
    return near


def answer(request: HttpRequest, scheme: Scheme | None, placement: Placement) -> dict[str, Any]:
    def told(grid: Grid) -> dict[str, Any]:
        path = reverse("resident:grid", args=[scheme.area.slug, grid.code]) if scheme else ""
        return {
            "code": grid.code,
            "name": grid.name,
            "level": grid.level,
            "url": request.build_absolute_uri(path),
        }

    plan = placement.plan
    return {
        "grid": told(placement.grid) if placement.grid else None,
        "parents": [told(grid) for grid in placement.parents],
        "on_border_with": [told(grid) for grid in placement.on_border_with],
        "possible": [
            {**told(grid), "metres": round(getattr(grid, "metres", 0), 2)}
            for grid in placement.possible
        ],
        "plan": {"number": plan.number, "in_force_from": placement.since} if plan else None,
    }
