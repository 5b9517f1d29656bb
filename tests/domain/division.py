"""One-level plans of any shapes, right or wrong, written past the actions that would check them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import shapely
from django.contrib.gis.geos import Point

from geogrid.territory.geometry import from_shapely
from geogrid.territory.models import Area, AreaBoundary, Grid, Level, Plan, Scheme
from tests.factories import AreaFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)


def scheme_of(levels: int = 1, area: Area | None = None) -> Scheme:
    scheme = Scheme.objects.create(area=area or AreaFactory(), code="general", name="general")
    for depth in range(1, levels + 1):
        Level.objects.create(scheme=scheme, depth=depth, name_zh="层", name_en=f"level {depth}")
    return scheme


def plan_of(
    shapes: Iterable[shapely.Geometry],
    outline: shapely.Geometry,
    *,
    base: shapely.Geometry | None = None,
    scheme: Scheme | None = None,
    number: int = 1,
) -> Plan:
    """A draft whose grids are `shapes`, in order, on level 1."""
    scheme = scheme or scheme_of()
    boundary, _ = AreaBoundary.objects.get_or_create(
        area=scheme.area,
        valid_from=date(2026, 3, 1),
        defaults={"boundary": from_shapely(base or outline, multi=True)},
    )
    plan = Plan.objects.create(
        scheme=scheme,
        number=number,
        boundary=boundary,
        outline=from_shapely(outline, multi=True),
        created_at=AT,
    )
    Grid.objects.bulk_create([grid_row(plan, n, shape) for n, shape in enumerate(shapes)])
    return plan


def grid_row(plan: Plan, number: int, shape: shapely.Geometry, **fields: object) -> Grid:
    return Grid(
        plan=plan,
        level=fields.pop("level", 1),
        code=f"{number:05}",
        label=f"{number}",
        name=f"grid {number}",
        boundary=from_shapely(shape, multi=True),
        label_point=Point(113.0, 30.0, srid=4326),
        label_radius_m=1.0,
        **fields,
    )
