"""A plan as rows: for a vector file that comes back as the same plan, or for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from geogrid.coverage.files import write_polygons
from geogrid.coverage.files.tables import write_table
from geogrid.coverage.measure import measure
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Grid, Plan
from geogrid.territory.plan_files.four_limits import SIDES, Sides, limits_in_words
from layers.datum.shapes import Shape
from layers.intake.errors import Unusable

__all__ = ["TABLES", "export_plan"]

TABLES = (".csv", ".xlsx")
LAYER = "grids"
# Column in the file: where it comes from. A name is at most ten bytes in a Shapefile, see
# `geogrid.coverage.files.writing.SHAPEFILE_NAMES`.
COLUMNS = {
    "code": "code",
    "name": "name",
    "label": "label",
    "level": "level",
    "parent": "parent__code",
    "parent_name": "parent__name",
    "kind": "kind",
    "lineage": "lineage",
    "pieces_reason": "pieces_reason",
    "dwellings": "load__dwellings",
    "dwellings_origin": "load__dwellings_origin",
    "buildings": "load__buildings",
    "shops": "load__shops",
    "schools": "load__schools",
    "hospitals": "load__hospitals",
    "facilities": "load__facilities",
    "hazards": "load__hazards",
    "area_m2": "load__area_m2",
}
SUMMED = (
    "dwellings", "buildings", "shops", "schools", "hospitals", "facilities", "hazards", "area_m2",
)  # fmt: skip


def export_plan(plan: Plan, path: Path, *, crs: str = "EPSG:4326", level: int | None = None) -> int:
    """Write the grids of a plan into a file and return how many.

    Parameters
    ----------
    plan : Plan
    path : Path
        .geojson, .gpkg (with a style), .shp, .zip, .kml; or .csv, .xlsx: attributes with the four
        limits.
    crs : str
        Of a vector file.
    level : int, optional
        Only the grids of one level; by default all, so that the file holds the whole plan.

    Raises
    ------
    Unusable
        When the level does not exist, or the file cannot be written.
    """
    rows, shapes = _rows(plan)
    asked = [n for n, row in enumerate(rows) if level is None or row["level"] == level]
    if not asked:
        levels = ", ".join(map(str, sorted(set(plan.grids.values_list("level", flat=True)))))
        raise Unusable(f"Plan {plan.number} has no grids of level {level}; there are {levels}.")
    if path.suffix.lower() in TABLES:
        headers, table = _table(plan, rows, shapes, asked)
        write_table(path, headers, table, title=f"{plan.scheme.area.name} {plan.number}")
    else:
        columns = {name: [rows[n][name] for n in asked] for name in rows[0]}
        drawn = [shapes[n] for n in asked]
        write_polygons(path, drawn, columns, crs=crs, layer=LAYER, styled=True)
    return len(asked)


def _rows(plan: Plan) -> tuple[list[dict[str, Any]], list[Shape]]:
    """Values by column of each grid, top down, and its shape; sums for the levels above."""
    grids = plan.grids.order_by("level", "code")
    # Annotations may not have the name of a field of the model, so all get a prefix.
    values = {f"as_{column}": F(source) for column, source in COLUMNS.items()}
    found = list(grids.values("boundary", **values))
    shapes = [to_shapely(row["boundary"]) for row in found]
    rows: list[dict[str, Any]] = [
        {column: row[f"as_{column}"] for column in COLUMNS}  # type: ignore[literal-required]
        for row in found
    ]
    lowest = max((row["level"] for row in rows), default=0)
    _add_up(rows)
    for row in rows:
        row["lineage"] = str(row["lineage"])
        row["leaf"] = int(row["level"] == lowest)
    return rows, shapes


def _add_up(rows: Sequence[dict[str, Any]]) -> None:
    """What lies in a grid above the leaves is what lies in its children."""
    by_code = {row["code"]: row for row in rows}
    for row in reversed(rows):  # top down, so children come after their parents
        parent = by_code.get(row["parent"])
        if parent is None:
            continue
        for name in SUMMED:
            if row[name] is not None:
                parent[name] = (parent[name] or 0) + row[name]


def _table(
    plan: Plan, rows: Sequence[dict[str, Any]], shapes: Sequence[Shape], asked: Sequence[int]
) -> tuple[list[str], list[list[Any]]]:
    """Headers and rows for people: with measures and the four limits."""
    headers = _headers()
    kinds = {str(kind.value): str(kind.label) for kind in Grid.Kind}
    levels = {
        one.depth: one.name_zh if plan.scheme.area.language.startswith("zh") else one.name_en
        for one in plan.scheme.levels.all()
    }
    sides = _sides(plan, rows, shapes, {rows[n]["level"] for n in asked})
    table = []
    for row, measured in zip(
        (rows[n] for n in asked), measure(shapes[n] for n in asked), strict=True
    ):
        words = {"kind": kinds[row["kind"]], "level": levels.get(row["level"], row["level"])}
        own = {
            "area_m2": round(measured.area_m2, 1),
            "perimeter_m": round(measured.perimeter_m, 1),
            "compactness": round(measured.compactness, 3),
        }
        told = row | words | own | dict(zip(SIDES, sides[row["code"]], strict=True))
        table.append([told[name] for name in headers])
    return list(headers.values()), table


def _sides(
    plan: Plan, rows: Sequence[dict[str, Any]], shapes: Sequence[Shape], levels: set[int]
) -> dict[str, Sides]:
    """Limits by code; neighbours are those of the same level."""
    told: dict[str, Sides] = {}
    for level in levels:
        mine = [n for n, row in enumerate(rows) if row["level"] == level]
        told |= limits_in_words(
            plan,
            {rows[n]["code"]: shapes[n] for n in mine},
            {rows[n]["code"]: rows[n]["name"] for n in mine},
        )
    return told


def _headers() -> dict[str, str]:
    return {
        "code": _("code"),
        "name": _("name"),
        "label": _("number on maps"),
        "level": _("level"),
        "parent": _("code of the grid above"),
        "parent_name": _("grid above"),
        "kind": _("kind"),
        "north": _("northern limit"),
        "east": _("eastern limit"),
        "south": _("southern limit"),
        "west": _("western limit"),
        "dwellings": _("dwellings"),
        "buildings": _("buildings"),
        "shops": _("shops"),
        "schools": _("schools"),
        "hospitals": _("hospitals and clinics"),
        "facilities": _("public facilities"),
        "hazards": _("hazard points"),
        "area_m2": _("area in m2"),
        "perimeter_m": _("length of the border in m"),
        "compactness": _("compactness"),
        "pieces_reason": _("why in several pieces"),
        "lineage": _("lineage"),
    }
