"""Cells follow what happens to grids and ground: edits, new drafts, imports.

An edit of grids calls `cells_after_edit`, a new draft `copy_cells`, an import `relink_homes`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from geogrid.coverage.partition import households_on
from geogrid.territory.cells import BUILDING_KEY, homes_of, limits
from geogrid.territory.models import Cell, CellUnit, Grid, Plan

__all__ = ["CellsFollowed", "cells_after_edit", "copy_cells", "next_code", "relink_homes"]


@dataclass(frozen=True, slots=True)
class CellsFollowed:
    """Lineages of cells that went to another leaf whole, and of those whose homes now lie apart."""

    moved: tuple[UUID, ...] = ()
    torn: tuple[UUID, ...] = ()


def cells_after_edit(plan: Plan, changed_lineages: Collection[UUID]) -> CellsFollowed:
    """Let cells follow their homes after grids of a draft changed, in the edit's transaction.

    A cell whose homes now all lie in another leaf goes there, and so does one whose grid is gone.
    One whose homes lie in several leaves stays where it is (without its grid: goes where most of
    its households live) and is told as torn. Codes follow the leaf's.

    Parameters
    ----------
    plan : Plan
        A draft; its grids are written.
    changed_lineages : collection of UUID
        Of the grids the edit changed, made or ended.
    """
    cells = list(
        Cell.objects.filter(plan=plan)
        .filter(Q(grid=None) | Q(grid__lineage__in=list(changed_lineages)))
        .order_by("code")
    )
    if not cells:
        return CellsFollowed()
    weights = _where_homes_are(plan, cells)
    moved, torn = [], []
    for cell in cells:
        lived_in = weights.get(cell.pk, Counter())
        if len(lived_in) != 1 or 0 in lived_in:
            torn.append(cell.lineage)
        inside = {leaf: count for leaf, count in lived_in.items() if leaf}
        if not inside or (cell.grid_id in inside):
            continue
        cell.grid_id = max(inside, key=lambda leaf: (inside[leaf], -leaf))
        moved.append(cell.lineage)
    _write_codes(plan, cells, moved)
    return CellsFollowed(tuple(moved), tuple(torn))


def _where_homes_are(plan: Plan, cells: Iterable[Cell]) -> dict[int, Counter[int]]:
    """Households by leaf (0: outside of the plan) of each cell, one more a home; no lost ones."""
    rows = list(CellUnit.objects.filter(cell__in=list(cells), unit__isnull=False))
    homes = homes_of(plan, {row.unit_id for row in rows if row.unit_id})
    weights: dict[int, Counter[int]] = {}
    for row in rows:
        home = homes[row.unit_id or 0]
        living = households_on(limits(row.floors), home.households, home.floors)
        weights.setdefault(row.cell_id, Counter())[home.leaf or 0] += living + 1
    return weights


def _write_codes(plan: Plan, cells: Sequence[Cell], moved: Collection[UUID]) -> None:
    """Save cells that moved; one whose code is not of its leaf gets the next one there."""
    codes: Mapping[int, str] = dict(
        Grid.objects.filter(pk__in={cell.grid_id for cell in cells}).values_list("pk", "code")
    )
    strangers = [
        cell for cell in cells if cell.grid_id and not cell.code.startswith(codes[cell.grid_id])
    ]
    # Two cells may swap codes, and codes are unique at every moment.
    for cell in strangers:
        cell.code = f"~{cell.pk}"
    changed = [cell for cell in cells if cell in strangers or cell.lineage in moved]
    Cell.objects.bulk_update(changed, ["grid", "code"])
    for cell in strangers:
        cell.code = next_code(plan, codes[cell.grid_id or 0])
        cell.save(update_fields=["code"])


def next_code(plan: Plan, leaf: str) -> str:
    taken = Cell.objects.filter(plan=plan, code__startswith=leaf).values_list("code", flat=True)
    numbers = [code.removeprefix(leaf) for code in taken]
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return f"{leaf}{last + 1:02d}"


COPY_CELLS = """
    INSERT INTO territory_cell (plan_id, grid_id, code, name, lineage)
    SELECT %(new)s, now_there.id, c.code, c.name, c.lineage
    FROM territory_cell c
    LEFT JOIN territory_grid before ON before.id = c.grid_id
    LEFT JOIN territory_grid now_there
      ON now_there.plan_id = %(new)s AND now_there.lineage = before.lineage
     AND now_there.level = plan_depth(%(new)s)
    WHERE c.plan_id = %(old)s
"""
COPY_HOMES = """
    INSERT INTO territory_cellunit
        (cell_id, plan_id, unit_id, building, address, entrance, floors, search)
    SELECT fresh.id, %(new)s, h.unit_id, h.building, h.address, h.entrance, h.floors, h.search
    FROM territory_cellunit h
    JOIN territory_cell c ON c.id = h.cell_id
    JOIN territory_cell fresh ON fresh.plan_id = %(new)s AND fresh.lineage = c.lineage
    WHERE h.plan_id = %(old)s
"""


def copy_cells(from_plan: Plan, to_plan: Plan) -> CellsFollowed:
    """Give a new draft the cells of the plan it starts from; call it once its grids are written.

    Lineages, codes and names stay. Cells whose grid the draft does not have follow their homes, as
    after an edit.
    """
    values = {"old": from_plan.pk, "new": to_plan.pk}
    with connection.cursor() as cursor:
        cursor.execute(COPY_CELLS, values)
        if not cursor.rowcount:
            return CellsFollowed()
        cursor.execute(COPY_HOMES, values)
    with_cells = to_plan.grids.filter(cells__isnull=False).values_list("lineage", flat=True)
    return cells_after_edit(to_plan, set(with_cells))


RELINK_BY_NUMBER = f"""
    UPDATE territory_cellunit h SET unit_id = u.id
    FROM places_building b
    JOIN basemap_source source ON source.id = b.source_id
    JOIN places_unit u ON u.building_id = b.id
    WHERE h.unit_id IS NULL AND h.entrance = u.number AND h.building = {BUILDING_KEY}
"""  # noqa: S608  (our own expression only)
# A building that was drawn anew has another number, but its address; where this is unique.
RELINK_BY_ADDRESS = """
    WITH same AS (
        SELECT h.id, min(u.id) AS unit, h.plan_id
        FROM territory_cellunit h
        JOIN territory_plan p ON p.id = h.plan_id
        JOIN places_building b ON b.address = h.address AND ST_Covers(p.outline, b.anchor)
        JOIN places_unit u ON u.building_id = b.id AND u.number = h.entrance
        WHERE h.unit_id IS NULL AND h.address <> ''
        GROUP BY h.id HAVING count(*) = 1
    )
    UPDATE territory_cellunit h SET unit_id = same.unit
    FROM same
    WHERE same.id = h.id AND NOT EXISTS (
        SELECT FROM territory_cellunit other
        WHERE other.plan_id = same.plan_id AND other.unit_id = same.unit
          AND other.building <> h.building)
"""


@transaction.atomic
def relink_homes() -> tuple[int, int]:
    """Find the rows of the ground again after an import, in plans of any state.

    Returns how many homes were found and how many stay lost. By the building's number in its
    source, else by its address where one building in the plan's outline has it.
    """
    if not CellUnit.objects.filter(unit=None).exists():
        return 0, 0
    found = 0
    with connection.cursor() as cursor:
        for statement in (RELINK_BY_NUMBER, RELINK_BY_ADDRESS):
            cursor.execute(statement)
            found += cursor.rowcount
    return found, CellUnit.objects.filter(unit=None).count()
