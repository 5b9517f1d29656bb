"""What lies in each leaf of a plan: counted by anchor in the database, kept in `PlanLoad`."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from geogrid.territory.geometry import to_shapely
from geogrid.territory.map_layers import LAYER
from geogrid.territory.models import Plan, PlanLoad
from layers.datum.metric import area_m2
from layers.feeds import versions
from layers.places.models import (
    Building,
    HazardPoint,
    Hospital,
    PublicFacility,
    School,
    Shop,
)

COUNTED = {
    "shops": Shop,
    "schools": School,
    "hospitals": Hospital,
    "facilities": PublicFacility,
    "hazards": HazardPoint,
}


@transaction.atomic
def rebuild_loads(*, plan: Plan, at: datetime) -> int:
    """Count everything anew for the leaves of `plan` and return how many leaves there are.

    A place on a border counts where it belongs: in the leaf with the lowest code.
    """
    leaves = list(plan.grids.leaves().order_by("code"))
    sums: dict[int, dict[str, Any]] = {leaf.pk: {} for leaf in leaves}
    homes = "count(*), coalesce(sum(dwellings), 0), bool_and(dwellings_origin = 'counted')"
    for grid, buildings, dwellings, counted in _sums(Building, plan, homes):
        origin = PlanLoad.Origin.COUNTED if counted else PlanLoad.Origin.ESTIMATED
        sums[grid] = {"buildings": buildings, "dwellings": dwellings, "dwellings_origin": origin}
    for column, model in COUNTED.items():
        active = "WHERE active" if model is HazardPoint else ""
        for grid, number in _sums(model, plan, "count(*)", active):
            sums[grid][column] = number
    PlanLoad.objects.filter(grid__plan=plan).delete()
    PlanLoad.objects.bulk_create(
        PlanLoad(grid=leaf, area_m2=area_m2(to_shapely(leaf.boundary)), as_of=at, **sums[leaf.pk])
        for leaf in leaves
    )
    versions.bump(LAYER)
    return len(leaves)


def _sums(model: type[Model], plan: Plan, columns: str, condition: str = "") -> list[tuple]:
    table = model._meta.db_table
    # Leaf by leaf, because few large polygons against an index of many points is the fast way
    # round; then each place is counted once, in the leaf with the lowest code.
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH owned AS (
                SELECT DISTINCT ON (found.id) found.*, leaf.id AS leaf
                FROM territory_grid leaf
                CROSS JOIN LATERAL (
                    SELECT p.* FROM {table} p
                    WHERE p.anchor && leaf.boundary AND ST_Covers(leaf.boundary, p.anchor) OFFSET 0
                ) AS found
                WHERE leaf.plan_id = %s AND leaf.level = plan_depth(%s)
                ORDER BY found.id, leaf.code
            )
            SELECT leaf, {columns} FROM owned {condition} GROUP BY leaf
            """,  # noqa: S608  (names of our own tables and columns only)
            [plan.pk, plan.pk],
        )
        return cursor.fetchall()
