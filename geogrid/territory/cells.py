"""Reads of cells by address: which homes a plan has, who is in which cell, what is wrong.

A home lies in the leaf that covers its building's anchor, on a border in the one with the lowest
code, like every place.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from geogrid.coverage.partition import Floors, households_on
from geogrid.territory.models import Cell, CellUnit, Plan, Scheme
from layers.geocoding.normalise import normalise
from layers.intake.doors import address_text
from layers.places.models import Unit

__all__ = [
    "CellFinding", "CellFindingKind", "CellSize", "Home", "cell_at", "cell_findings", "cell_in",
    "cell_of", "cell_sizes", "free_floors", "homes_in", "homes_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """An entrance on today's ground, and the leaf of a plan it lies in.

    `building_key` is what a cell remembers the building by; `place` its anchor, longitude and
    latitude in degrees.
    """

    unit: int
    building: int
    building_key: str
    address: str
    entrance: str
    floors: int | None
    households: int
    place: tuple[float, float]
    leaf: int | None

    @property
    def search(self) -> str:
        return normalise(address_text(self.address, "", self.entrance))[:240]


# A building is known by its number in its source; without one by its place.
BUILDING_KEY = """coalesce(source.code || ':' || nullif(b.ref, ''),
    ST_X(b.anchor) || ' ' || ST_Y(b.anchor))"""
HOMES = f"""
    SELECT u.id, b.id, {BUILDING_KEY}, b.address, u.number, u.floors, u.dwellings,
           ST_X(b.anchor), ST_Y(b.anchor), above.id
    FROM places_building b
    JOIN basemap_source source ON source.id = b.source_id
    JOIN places_unit u ON u.building_id = b.id
    LEFT JOIN LATERAL (
        SELECT leaf.id FROM territory_grid leaf
        WHERE leaf.plan_id = %(plan)s AND leaf.level = (SELECT plan_depth(%(plan)s))
          AND ST_Covers(leaf.boundary, b.anchor)
        ORDER BY leaf.code LIMIT 1
    ) AS above ON true
"""  # noqa: S608  (our own expression only)
IN_LEAVES = """
    WHERE b.id IN (
        SELECT near.id FROM territory_grid wanted CROSS JOIN LATERAL (
            SELECT p.id FROM places_building p
            WHERE p.anchor && wanted.boundary AND ST_Covers(wanted.boundary, p.anchor) OFFSET 0
        ) AS near WHERE wanted.id = ANY(%(leaves)s)
    ) AND above.id = ANY(%(leaves)s)
    ORDER BY b.id, u.number
"""
OF_UNITS = "WHERE u.id = ANY(%(units)s) ORDER BY b.id, u.number"


def homes_in(plan: Plan, leaves: Collection[int]) -> list[Home]:
    """The registered entrances whose building is anchored in one of the leaves (ids)."""
    if not leaves:
        return []
    return _homes(IN_LEAVES, {"plan": plan.pk, "leaves": sorted(leaves)})


def homes_of(plan: Plan, units: Collection[int]) -> dict[int, Home]:
    """Where entrances (ids) lie in a plan; `leaf` is None outside of it."""
    if not units:
        return {}
    return {home.unit: home for home in _homes(OF_UNITS, {"plan": plan.pk, "units": sorted(units)})}


def _homes(which: str, values: dict[str, Any]) -> list[Home]:
    with connection.cursor() as cursor:
        cursor.execute(HOMES + which, values)
        return [
            Home(unit, building, key[:200], address, number, floors, households, (x, y), leaf)
            for unit, building, key, address, number, floors, households, x, y, leaf in cursor
        ]


def cell_of(*, scheme: Scheme, unit: Unit, floor: int = 1, at: datetime) -> Cell | None:
    """The cell that a floor of an entrance belongs to in the plan in force at `at`."""
    return _running(scheme, at).filter(homes__unit=unit, homes__floors__contains=floor).first()


def cell_at(*, scheme: Scheme, address: str, floor: int = 1, at: datetime) -> Cell | None:
    """The same by an address with its entrance, typed as people do: 春晖小区3栋2单元."""
    search = normalise(address[:240])
    return _running(scheme, at).filter(homes__search=search, homes__floors__contains=floor).first()


def cell_in(plan: Plan, *, address: str, floor: int = 1) -> Cell | None:
    """The same in one plan, whatever its state."""
    search = normalise(address[:240])
    cells = Cell.objects.filter(plan=plan, homes__search=search, homes__floors__contains=floor)
    return cells.select_related("grid").first()


def _running(scheme: Scheme, at: datetime) -> Any:
    return Cell.objects.filter(plan__in=Plan.objects.filter(scheme=scheme).in_force(at))


@dataclass(frozen=True, slots=True)
class CellSize:
    """How many entrances (or parts of one) and estimated households a cell has.

    `lost` homes are not on today's ground, so nobody knows how many live there.
    """

    cell: Cell
    homes: int
    households: int
    lost: int


def cell_sizes(plan: Plan, leaves: Collection[int] | None = None) -> list[CellSize]:
    """One row a cell, by code; of all leaves or of those with the given ids."""
    cells = Cell.objects.filter(plan=plan).order_by("code")
    if leaves is not None:
        cells = cells.filter(grid__in=leaves)
    sizes: dict[int, list[int]] = {cell.pk: [0, 0, 0] for cell in cells}
    for row in CellUnit.objects.filter(cell__in=list(sizes)).select_related("unit"):
        size = sizes[row.cell_id]
        size[0] += 1
        if row.unit is None:
            size[2] += 1
        else:
            size[1] += households_on(limits(row.floors), row.unit.dwellings, row.unit.floors)
    return [CellSize(cell, *sizes[cell.pk]) for cell in cells]


def limits(floors: Any) -> Floors:
    """The half-open range of a row as the kernel has it."""
    return floors.lower, floors.upper


class CellFindingKind(StrEnum):
    """What can be wrong with the cells of a plan. Two cells for one floor: the database refuses."""

    IN_NO_CELL = "in_no_cell"
    """A floor of an entrance is in no cell, though its leaf has cells."""
    TORN = "torn"
    """A home lies in another leaf than its cell."""
    WITHOUT_LEAF = "without_leaf"
    """The cell's grid is gone."""
    LOST = "lost"
    """The ground has no such entrance any more."""
    ABOVE_LIMIT = "above_limit"
    """More households than a cell should have."""
    WITHOUT_ENTRANCES = "without_entrances"
    """A building with dwellings has no registered entrances."""


PARTITION = frozenset(
    {CellFindingKind.IN_NO_CELL, CellFindingKind.TORN, CellFindingKind.WITHOUT_LEAF}
)
"""What keeps the cells from being a partition; the others are facts about the ground."""


@dataclass(frozen=True, slots=True)
class CellFinding:
    """One thing wrong. `households` counts those concerned; `cell` and `leaf` are lineages."""

    kind: CellFindingKind
    leaf: UUID | None
    cell: UUID | None = None
    address: str = ""
    entrance: str = ""
    floors: tuple[Floors, ...] = field(default=())
    households: int = 0


def cell_findings(
    plan: Plan, *, most: int | None = None, only: Collection[int] | None = None
) -> list[CellFinding]:
    """Everything wrong with the cells of a plan, in the order of the kinds.

    Leaves without any cell are not looked at: cells are made where an office wants them. `most`
    defaults to the scheme's limit. `only`: the cells of these leaves (ids), by default all, those
    whose leaf is gone among them.
    """
    grids = plan.grids.filter(cells__isnull=False)
    grids = grids if only is None else grids.filter(pk__in=only)
    leaves = dict(grids.values_list("pk", "lineage").distinct())
    if not leaves and (only is not None or not Cell.objects.filter(plan=plan).exists()):
        return []
    homes = {home.unit: home for home in homes_in(plan, leaves)}
    found = [
        *_in_no_cell(plan, homes, leaves),
        *_astray(plan, homes, leaves, everywhere=only is None),
        *_above(plan, most or plan.scheme.cell_households_max, leaves, everywhere=only is None),
        *_without_entrances(plan, leaves),
    ]
    order = list(CellFindingKind)
    return sorted(found, key=lambda one: (order.index(one.kind), one.address, one.entrance))


FREE_FLOORS = """
    SELECT u.id, lower(free), upper(free)
    FROM (
        SELECT u.id, int4multirange(int4range(NULL, NULL))
               - coalesce(range_agg(h.floors), int4multirange()) AS left_over
        FROM places_unit u
        LEFT JOIN territory_cellunit h ON h.unit_id = u.id AND h.plan_id = %(plan)s
        WHERE u.id = ANY(%(units)s) GROUP BY u.id
    ) AS u, unnest(u.left_over) AS free
"""


def _in_no_cell(plan: Plan, homes: dict[int, Home], leaves: dict[int, UUID]) -> list[CellFinding]:
    return [
        CellFinding(
            CellFindingKind.IN_NO_CELL,
            leaves[home.leaf] if home.leaf else None,
            address=home.address,
            entrance=home.entrance,
            floors=tuple(floors),
            households=sum(households_on(f, home.households, home.floors) for f in floors),
        )
        for unit, floors in free_floors(plan, homes).items()
        for home in [homes[unit]]
    ]


def free_floors(plan: Plan, units: Collection[int]) -> dict[int, list[Floors]]:
    """The floors of these entrances (ids) that are in no cell of the plan."""
    free: dict[int, list[Floors]] = {}
    with connection.cursor() as cursor:
        cursor.execute(FREE_FLOORS, {"plan": plan.pk, "units": sorted(units)})
        for unit, lower, upper in cursor.fetchall():
            free.setdefault(unit, []).append((lower, upper))
    return free


def _astray(
    plan: Plan, homes: dict[int, Home], leaves: dict[int, UUID], *, everywhere: bool
) -> list[CellFinding]:
    """Homes that lie elsewhere or nowhere, and cells whose grid is gone."""
    loose = Cell.objects.filter(plan=plan, grid=None) if everywhere else Cell.objects.none()
    found = [
        CellFinding(CellFindingKind.WITHOUT_LEAF, None, cell.lineage, cell.name or cell.code)
        for cell in loose
    ]
    members = CellUnit.objects.filter(plan=plan)
    if everywhere:
        members = members.filter(Q(unit=None) | Q(cell__grid__isnull=False))
    else:
        members = members.filter(cell__grid__in=list(leaves))
    rows = list(members.select_related("cell", "unit"))
    for row in rows:
        home = homes.get(row.unit_id) if row.unit_id else None
        if row.unit is not None and home is not None and home.leaf == row.cell.grid_id:
            continue
        kind = CellFindingKind.LOST if row.unit is None else CellFindingKind.TORN
        floors = limits(row.floors)
        living = row.unit and households_on(floors, row.unit.dwellings, row.unit.floors)
        leaf = leaves.get(row.cell.grid_id) if row.cell.grid_id else None
        found.append(
            CellFinding(
                kind, leaf, row.cell.lineage, row.address, row.entrance, (floors,), living or 0
            )
        )
    return found


def _above(
    plan: Plan, most: int, leaves: dict[int, UUID], *, everywhere: bool
) -> list[CellFinding]:
    return [
        CellFinding(
            CellFindingKind.ABOVE_LIMIT,
            leaves.get(size.cell.grid_id) if size.cell.grid_id else None,
            size.cell.lineage,
            size.cell.name or size.cell.code,
            households=size.households,
        )
        for size in cell_sizes(plan, None if everywhere else list(leaves))
        if size.households > most
    ]


WITHOUT_ENTRANCES = f"""
    SELECT above.lineage, {BUILDING_KEY}, b.address, b.dwellings
    FROM territory_grid wanted
    CROSS JOIN LATERAL (
        SELECT p.* FROM places_building p
        WHERE p.anchor && wanted.boundary AND ST_Covers(wanted.boundary, p.anchor) OFFSET 0
    ) AS b
    JOIN basemap_source source ON source.id = b.source_id
    CROSS JOIN LATERAL (
        SELECT leaf.id, leaf.lineage FROM territory_grid leaf
        WHERE leaf.plan_id = %(plan)s AND leaf.level = (SELECT plan_depth(%(plan)s))
          AND ST_Covers(leaf.boundary, b.anchor)
        ORDER BY leaf.code LIMIT 1
    ) AS above
    WHERE wanted.id = ANY(%(leaves)s) AND above.id = wanted.id AND b.dwellings > 0
      AND NOT EXISTS (SELECT FROM places_unit u WHERE u.building_id = b.id)
    ORDER BY b.id
"""  # noqa: S608  (our own expression only)


def _without_entrances(plan: Plan, leaves: dict[int, UUID]) -> list[CellFinding]:
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_ENTRANCES, {"plan": plan.pk, "leaves": sorted(leaves)})
        return [
            CellFinding(
                CellFindingKind.WITHOUT_ENTRANCES, lineage, address=address or key, households=homes
            )
            for lineage, key, address, homes in cursor.fetchall()
        ]
