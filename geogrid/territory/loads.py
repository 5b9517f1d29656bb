"""What lies in each leaf of a plan: counted by anchor in the database, kept in `PlanLoad`.

An edit counts its own grids anew, an import of places all of them; `as_of` says when.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import shapely
from django.db import connection, transaction
from django.db.models import Model

from geogrid.territory.geometry import to_shapely
from geogrid.territory.map_layers import LAYER
from geogrid.territory.models import Plan, PlanLoad
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape
from layers.feeds import versions
from layers.places.models import (
    Building,
    HazardPoint,
    Hospital,
    PublicFacility,
    School,
    Shop,
)

__all__ = ["dwellings_in", "load_grids", "rebuild_loads"]

COUNTED = {
    "shops": Shop,
    "schools": School,
    "hospitals": Hospital,
    "facilities": PublicFacility,
    "hazards": HazardPoint,
}
HOMES = "count(*), coalesce(sum(dwellings), 0), bool_and(dwellings_origin = 'counted')"
ONE = "count(*), 0, true"
ALL = "true"
IN_USE = "active"
EVERY_LEAF = """
    SELECT id, code, boundary FROM territory_grid WHERE plan_id = %(plan)s AND level = %(depth)s
"""
# Leaves whose boxes meet the changed ones: a place on a border counts in the lowest code of all
# that cover it, so the neighbours have to be asked too. Step by step, because a table that was just
# filled has no statistics, and then the planner asks for the neighbours once a grid.
LEAVES_AROUND = """
    SELECT id, code, boundary FROM territory_grid WHERE id = ANY(ARRAY(
        WITH changed AS MATERIALIZED (
            SELECT boundary FROM territory_grid WHERE id = ANY(%(grids)s)
        )
        SELECT beside.id FROM changed JOIN territory_grid beside
          ON beside.boundary && changed.boundary
        WHERE beside.plan_id = %(plan)s AND beside.level = %(depth)s
    ))
"""


@transaction.atomic
def rebuild_loads(*, plan: Plan, at: datetime) -> int:
    """Count everything anew for the leaves of `plan` and return how many leaves there are.

    A place on a border counts where it belongs: in the leaf with the lowest code.
    """
    rows = plan.grids.leaves().values_list("pk", "boundary")
    leaves = {pk: to_shapely(boundary) for pk, boundary in rows}
    depth = max(plan.scheme.levels.values_list("depth", flat=True))
    load_grids(plan, leaves, at=at, depth=depth, everything=True)
    versions.bump(LAYER)
    return len(leaves)


def load_grids(
    plan: Plan,
    shapes: dict[int, Shape],
    *,
    at: datetime,
    depth: int,
    everything: bool = False,
) -> dict[int, PlanLoad]:
    """Count anew what lies in some leaves of `plan`, given by primary key with their shapes.

    `depth` is the level of the leaves; `everything` says that these are all of them. Returns what
    was written, by primary key.
    """
    loads = {pk: PlanLoad(grid_id=pk, area_m2=area_m2(s), as_of=at) for pk, s in shapes.items()}
    if not loads:
        return loads
    for kind, grid, number, dwellings, counted in _counts(plan, list(loads), depth, everything):
        load = loads[grid]
        if kind == "buildings":
            load.buildings, load.dwellings = number, dwellings
            load.dwellings_origin = (
                PlanLoad.Origin.COUNTED if counted else PlanLoad.Origin.ESTIMATED
            )
        else:
            setattr(load, kind, number)
    PlanLoad.objects.bulk_create(
        loads.values(),
        update_conflicts=True,
        unique_fields=["grid"],
        update_fields=[
            "dwellings", "dwellings_origin", "buildings", *COUNTED, "area_m2", "as_of",
        ],
        batch_size=1000,
    )  # fmt: skip
    return loads


def dwellings_in(shapes: Sequence[Shape]) -> list[int]:
    """Dwellings of the buildings whose anchors lie in each shape (EPSG:4326), in order."""
    found = [0] * len(shapes)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT asked.place, coalesce(sum(b.dwellings), 0)
            FROM unnest(%s::bytea[]) WITH ORDINALITY AS asked(shape, place)
            CROSS JOIN LATERAL (SELECT ST_GeomFromWKB(asked.shape, 4326) AS ground) AS its
            JOIN {Building._meta.db_table} b
              ON b.active AND b.anchor && its.ground AND ST_Covers(its.ground, b.anchor)
            GROUP BY asked.place
            """,  # noqa: S608  (the name of our own table)
            [[shapely.to_wkb(shape) for shape in shapes]],
        )
        for place, dwellings in cursor.fetchall():
            found[place - 1] = dwellings
    return found


def _counts(
    plan: Plan, grids: Collection[int], depth: int, everything: bool
) -> list[tuple[str, int, int, int, bool]]:
    kinds: list[tuple[str, type[Model], str, str]] = [("buildings", Building, HOMES, IN_USE)]
    for column, model in COUNTED.items():
        kinds.append((column, model, ONE, IN_USE))
    leaves = EVERY_LEAF if everything else LEAVES_AROUND
    wanted = ALL if everything else "leaf = ANY(%(grids)s)"
    counting = " UNION ALL ".join(_counting(*kind, wanted) for kind in kinds)
    # The depth as a number: the planner cannot look into a function.
    values: dict[str, Any] = {"plan": plan.pk, "depth": depth, "grids": list(grids)}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH leaf AS MATERIALIZED ({leaves}) {counting}", values)
        return cursor.fetchall()


def _counting(column: str, model: type[Model], columns: str, condition: str, wanted: str) -> str:
    own = "p.dwellings, p.dwellings_origin," if model is Building else ""
    # Leaf by leaf, because few large polygons against an index of many points is the fast way
    # round; then each place is counted once, in the leaf with the lowest code.
    return f"""
        (WITH owned AS (
            SELECT DISTINCT ON (found.id) found.*, leaf.id AS leaf
            FROM leaf CROSS JOIN LATERAL (
                SELECT {own} p.id FROM {model._meta.db_table} p
                WHERE p.anchor && leaf.boundary AND ST_Covers(leaf.boundary, p.anchor)
                  AND {condition} OFFSET 0
            ) AS found
            ORDER BY found.id, leaf.code
        )
        SELECT '{column}', leaf, {columns} FROM owned WHERE {wanted} GROUP BY leaf)
        """  # noqa: S608  (names of our own tables and columns only)
