"""Cells of a draft: make, rename, move homes, delete; and follow what happens to grids and ground.

An edit of grids calls `cells_after_edit`, a new draft `copy_cells`, an import `relink_homes`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Q, QuerySet

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.coverage.partition import Entrance, Floors, households_on, share_out
from geogrid.territory.cells import (
    BUILDING_KEY,
    PARTITION,
    Home,
    cell_findings,
    homes_in,
    homes_of,
    limits,
)
from geogrid.territory.errors import (
    CellElsewhere,
    CellsNotAPartition,
    CellsThere,
    NoHomesRegistered,
    NoSuchCell,
    NoSuchHome,
    NotADraft,
)
from geogrid.territory.models import Cell, CellUnit, Grid, Plan, PlanEvent
from geogrid.territory.refusals import guards_told

__all__ = [
    "CellsFollowed", "HomeFloors", "cells_after_edit", "copy_cells", "delete_cells", "make_cells",
    "move_homes", "relink_homes", "rename_cell", "require_partition",
]  # fmt: skip

BOTTOM, TOP = -(10**6), 10**6  # floors beyond any building, where a range has no limit


@dataclass(frozen=True, slots=True)
class HomeFloors:
    """Floors of an entrance (id of the Unit) as a half-open range; all of them by default."""

    unit: int
    floors: Floors = (None, None)


@dataclass(frozen=True, slots=True)
class CellsFollowed:
    """Lineages of cells that went to another leaf whole, and of those whose homes now lie apart."""

    moved: tuple[UUID, ...] = ()
    torn: tuple[UUID, ...] = ()


@guards_told()
@transaction.atomic
def make_cells(
    *,
    plan: Plan,
    lineages: Collection[UUID] | None = None,
    most: int | None = None,
    anew: bool = False,
    by: User | None,
    at: datetime,
) -> list[Cell]:
    """Share out the homes of leaves into cells of at most `most` households (the scheme's limit).

    `lineages` names the leaves; without it all leaves that have registered entrances and no cells.
    `anew` replaces cells that are there. Raises NotADraft, CellsThere without `anew`,
    NoHomesRegistered, and ValueError for a limit below one.
    """
    plan = _open(plan, by)
    leaves = {leaf.pk: leaf for leaf in _leaves(plan, lineages)}
    there = Cell.objects.filter(plan=plan, grid__in=list(leaves))
    if anew:
        there.delete()
    elif lineages is None:
        for pk in set(there.values_list("grid", flat=True)):
            del leaves[pk]
    elif there.exists():
        raise CellsThere(count=there.order_by().values("grid").distinct().count())
    homes: dict[int, list[Home]] = {}
    for home in homes_in(plan, leaves):
        homes.setdefault(home.leaf or 0, []).append(home)
    if not homes:
        raise NoHomesRegistered()
    # Homes that an edit left in a cell of another leaf come back.
    units = [home.unit for members in homes.values() for home in members]
    CellUnit.objects.filter(plan=plan, unit__in=units).delete()
    limit = plan.scheme.cell_households_max if most is None else most
    cells: list[Cell] = []
    rows: list[CellUnit] = []
    for pk in sorted(homes, key=lambda pk: leaves[pk].code):
        shares = share_out([_entrance(home) for home in homes[pk]], most=limit)
        width = max(2, len(str(len(shares))))
        for number, parts in enumerate(shares, start=1):
            code = f"{leaves[pk].code}{number:0{width}d}"
            cell = Cell(plan=plan, grid=leaves[pk], code=code)
            cells.append(cell)
            rows += [_row(cell, homes[pk][part.entrance], part.floors) for part in parts]
    Cell.objects.bulk_create(cells, batch_size=1000)
    CellUnit.objects.bulk_create(rows, batch_size=1000)
    _drop_empty(plan)
    _note(plan, by, at, {"did": "make", "grids": len(homes), "cells": len(cells), "most": limit})
    return cells


@guards_told()
@transaction.atomic
def move_homes(
    *, plan: Plan, homes: Sequence[HomeFloors], to: UUID | None, by: User | None, at: datetime
) -> Cell:
    """Put floors of entrances into the cell of lineage `to`, or with None into a new one.

    They leave the cells they were in; a cell nobody is left in goes. Raises NotADraft, NoSuchCell,
    NoSuchHome, and CellElsewhere when a home lies in another leaf than the cell.
    """
    plan = _open(plan, by)
    places = homes_of(plan, {one.unit for one in homes})
    found = [places.get(one.unit) for one in homes]
    here = [home for home in found if home is not None and home.leaf is not None]
    if not here or len(here) < len(found):
        raise NoSuchHome()
    cell = _cell(plan, to) if to else _new_cell(plan, here[0])
    for home in here:
        if home.leaf != cell.grid_id:
            raise CellElsewhere(address=f"{home.address} {home.entrance}".strip())
    for one, home in zip(homes, here, strict=True):
        _give(cell, home, one.floors)
    _drop_empty(plan)
    _note(plan, by, at, {"did": "move", "to": str(cell.lineage), "homes": len(homes)})
    return cell


@guards_told()
@transaction.atomic
def rename_cell(*, plan: Plan, cell: UUID, name: str, by: User | None, at: datetime) -> Cell:
    """Give a cell a name; an empty one shows its code again. Raises NotADraft, NoSuchCell."""
    plan = _open(plan, by)
    row = _cell(plan, cell)
    row.name = name
    row.save(update_fields=["name"])
    _note(plan, by, at, {"did": "rename", "cell": str(cell)})
    return row


@guards_told()
@transaction.atomic
def delete_cells(*, plan: Plan, lineages: Collection[UUID], by: User | None, at: datetime) -> int:
    """Take the cells of these leaves away and return how many there were. Raises NotADraft."""
    plan = _open(plan, by)
    gone = Cell.objects.filter(plan=plan).filter(Q(grid__lineage__in=lineages) | Q(grid=None))
    count = gone.count()
    gone.delete()
    _note(plan, by, at, {"did": "delete", "cells": count})
    return count


def require_partition(plan: Plan) -> None:
    """Raise CellsNotAPartition when a home is in no cell, or in one of another leaf."""
    wrong = [found for found in cell_findings(plan) if found.kind in PARTITION]
    if wrong:
        first = f"{wrong[0].address} {wrong[0].entrance}".strip()
        raise CellsNotAPartition(count=len(wrong), first=first)


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
    _write_codes(plan, cells)
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


def _write_codes(plan: Plan, cells: Sequence[Cell]) -> None:
    """Save the leaves of cells; one whose code is not of its leaf gets the next one there."""
    codes: Mapping[int, str] = dict(
        Grid.objects.filter(pk__in={cell.grid_id for cell in cells}).values_list("pk", "code")
    )
    strangers = [
        cell for cell in cells if cell.grid_id and not cell.code.startswith(codes[cell.grid_id])
    ]
    # Two cells may swap codes, and codes are unique at every moment.
    for cell in strangers:
        cell.code = f"~{cell.pk}"
    Cell.objects.bulk_update(cells, ["grid", "code"])
    for cell in strangers:
        cell.code = _next_code(plan, codes[cell.grid_id or 0])
        cell.save(update_fields=["code"])


def _next_code(plan: Plan, leaf: str) -> str:
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


def _open(plan: Plan, by: User | None) -> Plan:
    """The plan, locked; a draft that `by` may draw in."""
    locked = Plan.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=plan.pk)
    require(by, Permission.DRAW, scheme=locked.scheme)
    if locked.state != Plan.State.DRAFT:
        raise NotADraft(number=locked.number)
    return locked


def _leaves(plan: Plan, lineages: Collection[UUID] | None) -> QuerySet[Grid]:
    leaves = plan.grids.leaves().defer("boundary", "fixed_boundary")
    return leaves if lineages is None else leaves.filter(lineage__in=lineages)


def _cell(plan: Plan, lineage: UUID) -> Cell:
    cell = Cell.objects.filter(plan=plan, lineage=lineage).first()
    if cell is None:
        raise NoSuchCell()
    return cell


def _new_cell(plan: Plan, home: Home) -> Cell:
    leaf = Grid.objects.get(pk=home.leaf or 0)
    return Cell.objects.create(plan=plan, grid=leaf, code=_next_code(plan, leaf.code))


def _entrance(home: Home) -> Entrance:
    return Entrance(
        building=home.building,
        address=home.address,
        number=home.entrance,
        households=home.households,
        floors=home.floors,
        place=home.place,
    )


def _row(cell: Cell, home: Home, floors: Floors) -> CellUnit:
    return CellUnit(
        cell=cell,
        plan_id=cell.plan_id,
        unit_id=home.unit,
        building=home.building_key,
        address=home.address,
        entrance=home.entrance,
        floors=NumericRange(*floors),
        search=home.search,
    )


def _give(cell: Cell, home: Home, floors: Floors) -> None:
    """Write the rows of one entrance anew, with `floors` in `cell`."""
    start, stop = _numbers(floors)
    ranges: dict[int, list[tuple[int, int]]] = {cell.pk: [(start, stop)]}
    cells = {cell.pk: cell}
    old = CellUnit.objects.filter(plan=cell.plan_id, unit=home.unit).select_related("cell")
    for row in old:
        cells[row.cell_id] = row.cell
        low, high = _numbers(limits(row.floors))
        left = [(low, min(high, start)), (max(low, stop), high)]
        ranges.setdefault(row.cell_id, []).extend(part for part in left if part[0] < part[1])
    old.delete()
    CellUnit.objects.bulk_create(
        _row(cells[pk], home, (low if low > BOTTOM else None, high if high < TOP else None))
        for pk, parts in ranges.items()
        for low, high in _merged(parts)
    )


def _numbers(floors: Floors) -> tuple[int, int]:
    lower, upper = floors
    return (BOTTOM if lower is None else lower, TOP if upper is None else upper)


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and joined[-1][1] == low:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


def _drop_empty(plan: Plan) -> None:
    Cell.objects.filter(plan=plan, homes__isnull=True).delete()


def _note(plan: Plan, by: User | None, at: datetime, data: dict[str, object]) -> None:
    PlanEvent.objects.create(plan=plan, kind=PlanEvent.Kind.CELLS, by=by, at=at, data=data)
