"""A whole draft as one JSON text, written by PostgreSQL: no grid becomes a Python object.

One statement, so that revision and grids are of the same moment. Coordinates have 7 decimals, which
is the lattice: the browser reads the very numbers the database holds.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, may
from geogrid.cases.rules import OPEN
from geogrid.desks.templatetags.words import localname
from geogrid.territory.actions import undoable
from geogrid.territory.models import Authority, Level, Plan, Scheme
from geogrid.territory.scope import covered
from layers.datum.lattice import DECIMALS

__all__ = ["drawn_by", "figures", "grids_json", "may_do"]

# Looked up grid by grid in unique indexes: a join needs statistics, which a plan written a minute
# ago does not have yet.
LOADS = """(SELECT json_build_object(
    'buildings', l.buildings, 'shops', l.shops, 'schools', l.schools, 'hospitals', l.hospitals,
    'facilities', l.facilities, 'hazards', l.hazards, 'origin', l.dwellings_origin,
    'area_m2', round(l.area_m2::numeric, 1))
    FROM territory_planload l WHERE l.grid_id = g.id)"""
LABEL_POINT = "json_build_array(ST_X(g.label_point), ST_Y(g.label_point))"
LABEL_RADIUS = "round(g.label_radius_m::numeric, 1)"
# Open cases by the leaf of this draft that covers the place, on a border the one with the lowest
# code. Case by case in the spatial index, for few of them are open at a time.
CASES = """(SELECT g.id AS leaf, count(*) AS number
    FROM cases_case c CROSS JOIN LATERAL (
        SELECT near.id FROM territory_grid near
        WHERE near.plan_id = %(plan)s AND near.level = %(depth)s
          AND ST_Covers(near.boundary, c.where)
        ORDER BY near.code LIMIT 1
    ) AS g
    WHERE c.scheme_id = %(scheme)s AND c.state = ANY(%(open)s) GROUP BY g.id)"""
# Only leaves are drawn: a parent's boundary is where its children's neighbours have another parent.
WHOLE = f"""
    SELECT p.revision, p.state, p.name, ST_AsGeoJSON(p.outline, {DECIMALS}), (
        SELECT coalesce(json_agg(json_build_object(
            'lineage', g.lineage, 'code', g.code, 'label', g.label, 'name', g.name,
            'kind', g.kind, 'level', g.level, 'parent',
            (SELECT up.lineage FROM territory_grid up WHERE up.id = g.parent_id),
            'pieces_reason', g.pieces_reason, 'range_reason', g.range_reason,
            'locked', g.locked, 'lock_reason', g.lock_reason,
            'boundary', CASE WHEN g.level = %(depth)s
                THEN ST_AsGeoJSON(g.boundary, {DECIMALS})::json END,
            'dwellings', (SELECT l.dwellings FROM territory_planload l WHERE l.grid_id = g.id),
            'dwellings_before', (SELECT l.dwellings FROM territory_planload l WHERE l.grid_id = (
                SELECT old.id FROM territory_grid old
                WHERE old.plan_id = p.based_on_id AND old.lineage = g.lineage)),
            'loads', {LOADS}, 'open_cases', coalesce(cases.number, 0),
            'label_point', {LABEL_POINT}, 'label_radius_m', {LABEL_RADIUS}
        ) ORDER BY g.level, g.code), '[]')::text
        FROM territory_grid g LEFT JOIN {CASES} AS cases ON cases.leaf = g.id
        WHERE g.plan_id = p.id),
        ST_XMin(p.outline), ST_YMin(p.outline), ST_XMax(p.outline), ST_YMax(p.outline)
    FROM territory_plan p WHERE p.id = %(plan)s
"""  # noqa: S608  (constants of this file)
FIGURES = f"""
    SELECT g.lineage, {LOADS}, {LABEL_POINT}, {LABEL_RADIUS}::float8, coalesce(cases.number, 0)
    FROM territory_grid g LEFT JOIN {CASES} AS cases ON cases.leaf = g.id
    WHERE g.plan_id = %(plan)s AND g.lineage = ANY(%(lineages)s::uuid[])
"""  # noqa: S608  (constants of this file)


def grids_json(plan: Plan, user: User) -> bytes:
    """Everything the editor draws, in UTF-8."""
    scheme = plan.scheme
    levels = list(Level.objects.filter(scheme=scheme))
    depth = max(level.depth for level in levels)
    with connection.cursor() as cursor:
        cursor.execute(WHOLE, _asked(plan, depth))
        revision, state, name, outline, grids, *bounds = cursor.fetchone()
    head = {
        "plan": {
            "number": plan.number,
            "name": name,
            "state": state,
            "revision": revision,
            "scheme": scheme.code,
        },
        "levels": [
            {"depth": level.depth, "name": localname(level), "fixed": level.fixed}
            for level in levels
        ],
        "range": {"least": scheme.households_min, "most": scheme.households_max},
        "may": may_do(user, scheme, state),
        "undoable": undoable(plan, user),
        "drawn_by_me": drawn_by(user, plan),
        "bounds": bounds,
    }
    text = json.dumps(head, ensure_ascii=False)
    return f'{text[:-1]}, "outline": {outline}, "grids": {grids}}}'.encode()


def may_do(user: User, scheme: Scheme, state: str) -> dict[str, bool]:
    """What the editor offers; the actions ask again, grid by grid."""
    draft = state == Plan.State.DRAFT
    draws = may(user, Permission.DRAW, scheme=scheme, where=ANYWHERE)
    approves = may(user, Permission.APPROVE, scheme=scheme, where=ANYWHERE)
    return {
        "draw": draft and draws,
        "unlock": draft and draws and approves,
        "approve": approves,
        "publish": may(user, Permission.PUBLISH, scheme=scheme),
    }


def drawn_by(user: User, plan: Plan) -> list[str] | None:
    """Grids in the user's own part; None: all of them."""
    if may(user, Permission.DRAW, scheme=plan.scheme):
        return None
    held = Authority.objects.reaching(plan.scheme, user, Permission.DRAW)
    return sorted(str(lineage) for lineage in covered(plan, held))


def figures(plan: Plan, lineages: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Loads, open cases and room for the label of some grids as they are now."""
    asked = _asked(plan, max(plan.scheme.levels.values_list("depth", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, asked | {"lineages": [str(one) for one in lineages]})
        return {
            lineage: {
                "loads": _read(loads),
                "label_point": _read(point),
                "label_radius_m": radius,
                "open_cases": cases,
            }
            for lineage, loads, point, radius, cases in cursor.fetchall()
        }


def _asked(plan: Plan, depth: int) -> dict[str, Any]:
    return {"plan": plan.pk, "depth": depth, "scheme": plan.scheme_id, "open": sorted(OPEN)}


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
