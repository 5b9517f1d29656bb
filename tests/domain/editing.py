"""A small town to edit: four grids in two communities, drawn as text, with buildings and hands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from django.contrib.gis.geos import Point
from django.db import connection

from geogrid.accounts.models import User
from geogrid.coverage.nesting import union
from geogrid.territory.actions import edit, plan_residual
from geogrid.territory.answers import EditAnswer
from geogrid.territory.commands import EditCommand
from geogrid.territory.geometry import to_shapely
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Grid, Plan, PlanLoad
from layers.datum.lattice import from_steps
from layers.places.models import Building
from tests.factories import FOUNDED, SchemeFactory, SourceFactory, draft_plan
from tests.pictures import CELL, ORIGIN

LOADS = (
    "dwellings", "dwellings_origin", "buildings", "shops", "schools", "hospitals", "facilities",
    "hazards",
)  # fmt: skip


def spot(along: float, up: float) -> tuple[float, float]:
    """A lattice point in cells of the picture from its lower left corner."""
    x, y = from_steps([round(ORIGIN[0] + along * CELL), round(ORIGIN[1] + up * CELL)])
    return float(x), float(y)


def line(*places: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([spot(*place) for place in places])


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(*spot(west, south), *spot(east, north))


def house(along: float, up: float, dwellings: int = 10) -> Building:
    return Building.objects.create(
        source=SourceFactory(), anchor=Point(*spot(along, up), srid=4326), dwellings=dwellings
    )


def draft(**drawing: Any) -> Plan:
    """The picture of `tests.factories`, counted: a, b in the north, c, d in the south."""
    plan = draft_plan(drawing.pop("scheme", None) or SchemeFactory(), **drawing)
    rebuild_loads(plan=plan, at=FOUNDED)
    return plan


def grid(plan: Plan, number: int) -> Grid:
    """A leaf of the picture: 1 is a, 2 is b, 3 is c, 4 is d."""
    community = 1 if number < 3 else 2
    return plan.grids.leaves().get(code__endswith=f"{community:03d}{number:03d}")


def lineage(plan: Plan, number: int) -> UUID:
    return grid(plan, number).lineage


def shape(plan: Plan, number: int) -> shapely.Geometry:
    return to_shapely(grid(plan, number).boundary)


def do(
    plan: Plan, command: EditCommand, *, by: User | None = None, at: datetime = FOUNDED
) -> EditAnswer:
    """Edit, and look at everything that has to hold after any edit."""
    answer = edit(plan=plan, command=command, by=by, at=at)
    check(plan)
    return answer


def check(plan: Plan) -> None:
    """The plan is exact on every level, parents are what their children are, loads are right."""
    plan.refresh_from_db()
    assert plan_residual(plan) == 0
    departures = "SELECT defect FROM plan_defects(%s) WHERE defect NOT IN ('assigned', 'pieces')"
    with connection.cursor() as cursor:
        cursor.execute(departures, [plan.pk])
        assert cursor.fetchall() == []
    check_loads(plan)


def check_parents(plan: Plan) -> None:
    for parent in plan.grids.filter(children__isnull=False).distinct():
        children = [to_shapely(child.boundary) for child in parent.children.all()]
        assert to_shapely(parent.boundary).equals(union(children))


def check_loads(plan: Plan) -> None:
    """What edits counted grid by grid is what counting everything anew gives."""
    kept = loads(plan)
    rebuild_loads(plan=plan, at=FOUNDED)
    assert kept == loads(plan)


def loads(plan: Plan) -> Mapping[str, tuple]:
    rows = PlanLoad.objects.filter(grid__plan=plan).order_by("grid__code")
    return {
        row.grid.code: (*(getattr(row, name) for name in LOADS), round(row.area_m2, 3))
        for row in rows.select_related("grid")
    }
