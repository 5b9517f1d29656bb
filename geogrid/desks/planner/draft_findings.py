"""Everything about a whole draft that a planner should see to or know, each with its place.

`stops` says that the plan cannot come into force like that; the rest is for judgement. Codes of
single grids are the ones an edit answers with.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from geogrid.publishing.readiness import readiness
from geogrid.territory.actions import plan_defects
from geogrid.territory.answers import SENTENCES, FindingKind
from geogrid.territory.models import Grid, Level, Plan
from layers.datum.lattice import DECIMALS

__all__ = ["findings_of"]

# The load is looked up grid by grid: a join would need statistics that a plan written a minute ago
# does not have yet.
GRIDS = """
    SELECT g.lineage, g.code, g.name, g.kind, g.level,
           (SELECT l.dwellings FROM territory_planload l WHERE l.grid_id = g.id),
           g.range_reason,
           ARRAY[ST_XMin(g.boundary), ST_YMin(g.boundary), ST_XMax(g.boundary), ST_YMax(g.boundary)]
    FROM territory_grid g WHERE g.plan_id = %s ORDER BY g.level, g.code
"""
# All pieces but the largest: that is what a planner wants to look at.
PIECES = f"""
    SELECT lineage, ST_AsGeoJSON(ST_Multi(ST_Collect(piece)), {DECIMALS}) FROM (
        SELECT g.lineage, part.geom AS piece,
               row_number() OVER (PARTITION BY g.id ORDER BY ST_Area(part.geom) DESC, part.path)
        FROM territory_grid g CROSS JOIN LATERAL ST_Dump(g.boundary) AS part
        WHERE g.plan_id = %s AND g.code = ANY(%s)
    ) AS dumped WHERE row_number > 1 GROUP BY lineage
"""  # noqa: S608  (constants of this file)
TORN = f"""
    SELECT leaf.lineage, array_agg(DISTINCT cell.code ORDER BY cell.code),
           ST_AsGeoJSON(ST_Multi(ST_Collect(b.anchor)), {DECIMALS})
    FROM territory_cell cell
    JOIN territory_grid leaf ON leaf.id = cell.grid_id
    JOIN territory_cellunit home ON home.cell_id = cell.id
    JOIN places_unit u ON u.id = home.unit_id
    JOIN places_building b ON b.id = u.building_id
    WHERE cell.plan_id = %s AND NOT ST_Covers(leaf.boundary, b.anchor)
    GROUP BY leaf.lineage
"""  # noqa: S608  (constants of this file)
NAMED = 5

Found = dict[str, Any]


class _Known:
    """The grids of the plan as findings name them."""

    def __init__(self, plan: Plan) -> None:
        self.by_lineage: dict[UUID, Found] = {}
        self.by_code: dict[str, UUID] = {}
        for lineage, code, name, kind, level, dwellings, why, box in _rows(GRIDS, [plan.pk]):
            self.by_lineage[lineage] = {
                "code": code, "name": name, "kind": kind, "level": level,
                "dwellings": dwellings, "range_reason": why, "box": box,
            }  # fmt: skip
            self.by_code[code] = lineage

    def finding(
        self, kind: FindingKind, lineage: UUID, where: Any = None, *, stops: bool, **data: Any
    ) -> Found:
        grid = self.by_lineage[lineage]
        said = {"name": grid["name"], "code": grid["code"]} | data
        return _found(str(kind), str(SENTENCES[kind]) % said, said, stops=stops) | {
            "lineage": str(lineage),
            "where": where or _box(grid["box"]),
        }

    def about(self, code: str, message: str, lineage: UUID | None, *, stops: bool) -> Found:
        """A finding with a sentence of its own, about one grid or about the whole plan."""
        told = _found(code, message, {}, stops=stops)
        if lineage in self.by_lineage:
            grid = self.by_lineage[lineage]
            told |= {"lineage": str(lineage), "where": _box(grid["box"])}
            told["data"] = {"name": grid["name"], "code": grid["code"]}
        return told


def findings_of(plan: Plan, *, at: datetime) -> list[Found]:
    """What stops the plan first, then grid by grid."""
    known = _Known(plan)
    told = [
        *_defects(plan, known),
        *_remarks(plan, known),
        *_nobody(plan, known, at),
        *_torn(plan, known),
        *_out_of_range(plan, known),
    ]
    return sorted(told, key=lambda found: not found["stops"])


def _box(edges: list[float]) -> dict[str, Any]:
    west, south, east, north = edges
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _found(code: str, message: str, data: Found, *, stops: bool) -> Found:
    return {
        "code": code,
        "message": message,
        "lineage": None,
        "where": None,
        "stops": stops,
        "data": data,
    }


def _defects(plan: Plan, known: _Known) -> Iterator[Found]:
    for defect in plan_defects(plan):
        lineages = [known.by_code[code] for code in defect.grids if code in known.by_code]
        if defect.name == "assigned":
            yield from (known.finding(FindingKind.UNASSIGNED, one, stops=True) for one in lineages)
        elif defect.name == "pieces":
            scattered = dict(_rows(PIECES, [plan.pk, list(defect.grids)]))
            for one in lineages:
                where = json.loads(scattered[one]) if one in scattered else None
                yield known.finding(FindingKind.IN_PIECES, one, where, stops=True)
        else:  # no edit makes one of these; only the database could tell how they came about
            codes = list(defect.grids)
            first = lineages[0] if lineages else None
            message = f"{defect.sentence} {', '.join(codes[:NAMED])}".strip()
            told = known.about(defect.name, message, first, stops=True)
            yield told | {"data": {"amount": defect.amount, "grids": codes}}


def _remarks(plan: Plan, known: _Known) -> Iterator[Found]:
    for remark in plan.remarks.filter(settled_at=None).select_related("by").order_by("pk"):
        told = known.about("remark", remark.text, remark.lineage, stops=True)
        who = {"remark": remark.pk, "by": str(remark.by or ""), "at": remark.at.isoformat()}
        yield told | {"data": told["data"] | who}


def _nobody(plan: Plan, known: _Known, at: datetime) -> Iterator[Found]:
    for code in readiness(plan, at=at).nobody:
        lineage = known.by_code[code]
        grid = known.by_lineage[lineage]
        if grid["kind"] != Grid.Kind.UNASSIGNED:  # said already, and worse
            message = _("Nobody answers for %(name)s yet.") % grid
            yield known.about("no_post", message, lineage, stops=True)


def _torn(plan: Plan, known: _Known) -> Iterator[Found]:
    for lineage, cells, where in _rows(TORN, [plan.pk]):
        yield known.finding(
            FindingKind.CELLS_TORN, lineage, json.loads(where), stops=True, cells=", ".join(cells)
        )


def _out_of_range(plan: Plan, known: _Known) -> Iterator[Found]:
    least, most = plan.scheme.households_min, plan.scheme.households_max
    depth = max(Level.objects.filter(scheme=plan.scheme_id).values_list("depth", flat=True))
    for lineage, grid in known.by_lineage.items():
        number = grid["dwellings"]
        if grid["level"] < depth or grid["kind"] != Grid.Kind.BASIC or number is None:
            continue
        if not least <= number <= most:
            found = known.finding(
                FindingKind.OUT_OF_RANGE, lineage, stops=False,
                dwellings=number, least=least, most=most, reason=grid["range_reason"],
            )  # fmt: skip
            if grid["range_reason"]:
                said = {"message": found["message"], "reason": grid["range_reason"]}
                found["message"] = _("%(message)s Reason: %(reason)s") % said
            yield found


def _rows(statement: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall())
