"""Cells of a draft: make, rename, move homes between them, delete.

How they follow edits of grids, new drafts and imports is in `following`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Q, QuerySet

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.coverage.partition import Entrance, Floors, share_out
from geogrid.territory.actions.following import (
    CellsFollowed,
    cells_after_edit,
    copy_cells,
    next_code,
    relink_homes,
)
from geogrid.territory.cells import (
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
from geogrid.territory.scope import require_scope

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
    plan = _open(plan)
    leaves = {leaf.pk: leaf for leaf in _leaves(plan, lineages)}
    there = Cell.objects.filter(plan=plan, grid__in=list(leaves))
    if anew:
        _may_draw(plan, by, set(there.values_list("grid__lineage", flat=True)))
        there.delete()
    elif lineages is None:
        for pk in set(there.values_list("grid", flat=True)):
            del leaves[pk]
    elif there.exists():
        raise CellsThere(count=there.order_by().values("grid").distinct().count())
    homes: dict[int, list[Home]] = {}
    for home in homes_in(plan, leaves):
        homes.setdefault(home.leaf or 0, []).append(home)
    # Homes that an edit left in a cell of another leaf come back: for who answers there, too.
    units = [home.unit for members in homes.values() for home in members]
    asked = {leaves[pk].lineage for pk in homes} or {*(lineages or ())}
    _may_draw(plan, by, asked | _answering(plan, Q(homes__unit__in=units)))
    if not homes:
        raise NoHomesRegistered()
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
    plan = _open(plan)
    places = homes_of(plan, {one.unit for one in homes})
    found = [places.get(one.unit) for one in homes]
    here = [home for home in found if home is not None and home.leaf is not None]
    if not here or len(here) < len(found):
        raise NoSuchHome()
    leaves = Grid.objects.filter(pk__in={home.leaf for home in here if home.leaf})
    losing = _answering(plan, Q(homes__unit__in=places))
    _may_draw(plan, by, {*leaves.values_list("lineage", flat=True)} | losing)
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
    plan = _open(plan)
    row = _cell(plan, cell)
    _may_draw(plan, by, _answering(plan, Q(pk=row.pk)))
    row.name = name
    row.save(update_fields=["name"])
    _note(plan, by, at, {"did": "rename", "cell": str(cell)})
    return row


@guards_told()
@transaction.atomic
def delete_cells(
    *,
    plan: Plan,
    lineages: Collection[UUID] = (),
    cells: Collection[UUID] = (),
    by: User | None,
    at: datetime,
) -> int:
    """Take away the cells of leaves, and single cells, by lineage; returns how many there were.

    Raises NotADraft.
    """
    plan = _open(plan)
    chosen = Q(grid__lineage__in=lineages) | Q(lineage__in=cells)
    gone = Cell.objects.filter(plan=plan).filter(chosen)
    _may_draw(plan, by, _answering(plan, chosen))
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


def _open(plan: Plan) -> Plan:
    """The plan, locked; a draft."""
    locked = Plan.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=plan.pk)
    if locked.state != Plan.State.DRAFT:
        raise NotADraft(number=locked.number)
    return locked


def _may_draw(plan: Plan, by: User | None, lineages: Collection[UUID | None]) -> None:
    """Raise NotAllowed, or NeedsNeighbour, unless `by` may draw all these leaves.

    None among them stands for the whole plan.
    """
    named = {lineage for lineage in lineages if lineage is not None}
    whole = len(named) < len(set(lineages))
    require(by, Permission.DRAW, scheme=plan.scheme, where=None if whole else ANYWHERE)
    require_scope(by, Permission.DRAW, plan=plan, lineages=named)


def _answering(plan: Plan, chosen: Q) -> set[UUID | None]:
    """Lineages of the leaves that cells are for, and of those their homes lie in if there is none.

    None where a cell has neither: then it is nobody's part.
    """
    cells = Cell.objects.filter(chosen, plan=plan)
    found: set[UUID | None] = set(
        cells.filter(grid__isnull=False).values_list("grid__lineage", flat=True)
    )
    for cell in cells.filter(grid=None).distinct():
        units = cell.homes.filter(unit__isnull=False).values_list("unit", flat=True)
        leaves = {home.leaf for home in homes_of(plan, set(units)).values() if home.leaf}
        inside = Grid.objects.filter(pk__in=leaves).values_list("lineage", flat=True)
        found |= set(inside) or {None}
    return found


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
    return Cell.objects.create(plan=plan, grid=leaf, code=next_code(plan, leaf.code))


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
