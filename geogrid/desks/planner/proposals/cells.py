"""The cells of one grid as JSON: who is in which, what is wrong, and the four things to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.coverage.partition import Floors, households_on
from geogrid.desks.planner.asking import body_of, json_of_plan, user_of
from geogrid.desks.planner.errors import NotAsked
from geogrid.territory.actions import HomeFloors, delete_cells, make_cells, move_homes, rename_cell
from geogrid.territory.cells import (
    CellFinding,
    CellFindingKind,
    Home,
    cell_findings,
    cell_in,
    free_floors,
    homes_in,
    limits,
)
from geogrid.territory.models import Cell, CellUnit, Grid, Plan

__all__ = ["cell_at_address", "cells"]

LONGEST_NAME = 120
MOST_FLOOR = 10_000
MOST_KEY = 2**63 - 1  # of a row in the database
FLOOR = re.compile(r"-?[0-9]{1,5}")
SENTENCES = {
    CellFindingKind.IN_NO_CELL: gettext_lazy("%(where)s is in no cell."),
    CellFindingKind.TORN: gettext_lazy("%(where)s lies in another grid than its cell."),
    CellFindingKind.WITHOUT_LEAF: gettext_lazy("The grid of the cell %(where)s is gone."),
    CellFindingKind.LOST: gettext_lazy("%(where)s is not on today's ground any more."),
    CellFindingKind.ABOVE_LIMIT: gettext_lazy(
        "The cell %(where)s has %(households)s households, more than the limit."
    ),
    CellFindingKind.WITHOUT_ENTRANCES: gettext_lazy(
        "%(where)s has %(households)s homes and no registered entrance."
    ),
}


def cells(request: HttpRequest, area: str, number: int) -> HttpResponse:
    """GET `?grid=` the cells of a grid; POST does something and answers with them anew."""
    view = _written if request.method == "POST" else _read
    return view(request, area=area, number=number)


@json_of_plan("GET")
def _read(request: HttpRequest, plan: Plan) -> HttpResponse:
    return JsonResponse(_told(plan, _leaf(plan, request.GET.get("grid"))))


@json_of_plan("POST")
def _written(request: HttpRequest, plan: Plan) -> HttpResponse:
    """`grid`, and `do`: make {most, anew}, move {homes, to}, rename {cell, name}, delete {cells}.

    Homes are {unit, floors: [from, to]} with half-open ranges, null for no limit; `to` null makes a
    new cell; `cells` null deletes all of the grid.
    """
    user = user_of(request)
    require(user, Permission.DRAW, scheme=plan.scheme, where=ANYWHERE)
    sent = body_of(request)
    leaf = _leaf(plan, sent.get("grid"))
    now = timezone.now()
    does = sent.get("do")
    if does == "make":
        most = _whole(sent, "most")
        anew = sent.get("anew") is True
        make_cells(plan=plan, lineages=[leaf.lineage], most=most, anew=anew, by=user, at=now)
    elif does == "move":
        to = None if sent.get("to") is None else _lineage(sent.get("to"), "to")
        move_homes(plan=plan, homes=_homes(sent), to=to, by=user, at=now)
    elif does == "rename":
        name = sent.get("name")
        if not isinstance(name, str) or len(name.strip()) > LONGEST_NAME or "\0" in name:
            raise NotAsked(name="name")
        cell = _lineage(sent.get("cell"), "cell")
        rename_cell(plan=plan, cell=cell, name=name.strip(), by=user, at=now)
    elif does == "delete":
        chosen = sent.get("cells")
        if chosen is None:
            delete_cells(plan=plan, lineages=[leaf.lineage], by=user, at=now)
        elif isinstance(chosen, list) and chosen:
            named = [_lineage(one, "cells") for one in chosen]
            delete_cells(plan=plan, cells=named, by=user, at=now)
        else:
            raise NotAsked(name="cells")
    else:
        raise NotAsked(name="do")
    return JsonResponse(_told(plan, leaf))


@json_of_plan("GET")
def cell_at_address(request: HttpRequest, plan: Plan) -> HttpResponse:
    """`?address=` with its entrance, `&floor=`: the cell of this draft, or null."""
    address = request.GET.get("address", "").strip()
    floor = request.GET.get("floor", "1").strip() or "1"
    if not address:
        raise NotAsked(name="address")
    if not FLOOR.fullmatch(floor) or abs(int(floor)) > MOST_FLOOR:
        raise NotAsked(name="floor")
    cell = cell_in(plan, address=address, floor=int(floor))
    if cell is None:
        return JsonResponse({"cell": None})
    told = {"lineage": str(cell.lineage), "code": cell.code, "name": cell.name}
    grid = (
        None if cell.grid is None else {"lineage": str(cell.grid.lineage), "name": cell.grid.name}
    )
    return JsonResponse({"cell": told | {"grid": grid}})


def _leaf(plan: Plan, lineage: Any) -> Grid:
    leaves = plan.grids.leaves().defer("boundary", "fixed_boundary")
    leaf = leaves.filter(lineage=_lineage(lineage, "grid")).first()
    if leaf is None:
        raise NotAsked(name="grid")
    return leaf


def _lineage(value: Any, name: str) -> UUID:
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError):
        raise NotAsked(name=name) from None


def _whole(sent: Mapping[str, Any], name: str) -> int | None:
    value = sent.get(name)
    if value is not None and (type(value) is not int or not 0 < value < MOST_FLOOR):
        raise NotAsked(name=name)
    return value


def _homes(sent: Mapping[str, Any]) -> list[HomeFloors]:
    told = sent.get("homes")
    if not isinstance(told, list) or not told:
        raise NotAsked(name="homes")
    homes = []
    for one in told:
        floors = one.get("floors", [None, None]) if isinstance(one, dict) else None
        if not isinstance(floors, list) or len(floors) != 2:
            raise NotAsked(name="homes")
        if type(one.get("unit")) is not int or not 0 <= one["unit"] <= MOST_KEY:
            raise NotAsked(name="homes")
        if any(
            limit is not None and (type(limit) is not int or abs(limit) > MOST_FLOOR)
            for limit in floors
        ):
            raise NotAsked(name="floors")
        lower, upper = floors
        if lower is not None and upper is not None and lower >= upper:
            raise NotAsked(name="floors")
        homes.append(HomeFloors(one["unit"], (lower, upper)))
    return homes


def _told(plan: Plan, leaf: Grid) -> dict[str, Any]:
    homes = {home.unit: home for home in homes_in(plan, [leaf.pk])}
    rows = list(Cell.objects.filter(plan=plan, grid=leaf).order_by("code"))
    members: dict[int, list[CellUnit]] = {cell.pk: [] for cell in rows}
    units = CellUnit.objects.filter(cell__in=rows).select_related("unit")
    for row in units.order_by("address", "entrance", "floors"):
        members[row.cell_id].append(row)
    told = [_cell(cell, members[cell.pk]) for cell in rows]
    free = free_floors(plan, homes)
    return {
        "grid": str(leaf.lineage),
        "limit": plan.scheme.cell_households_max,
        "homes": len(homes),
        "households": sum(home.households for home in homes.values()),
        "cells": told,
        "free": [_free(homes[unit], floors) for unit, floors in free.items()],
        "findings": [_finding(one) for one in cell_findings(plan, only=[leaf.pk])],
    }


def _cell(cell: Cell, members: list[CellUnit]) -> dict[str, Any]:
    homes = [_member(row) for row in members]
    return {
        "lineage": str(cell.lineage),
        "code": cell.code,
        "name": cell.name,
        "households": sum(home["households"] or 0 for home in homes),
        "homes": homes,
    }


def _member(row: CellUnit) -> dict[str, Any]:
    """A home of a cell; `unit` is null where today's ground has no such entrance."""
    unit = row.unit
    floors = limits(row.floors)
    return {
        "unit": None if unit is None else unit.pk,
        "address": row.address,
        "entrance": row.entrance,
        "floors": list(floors),
        "storeys": None if unit is None else unit.floors,
        "households": None if unit is None else households_on(floors, unit.dwellings, unit.floors),
    }


def _free(home: Home, floors: list[Floors]) -> dict[str, Any]:
    return {
        "unit": home.unit,
        "address": home.address,
        "entrance": home.entrance,
        "floors": [list(one) for one in floors],
        "storeys": home.floors,
        "households": sum(households_on(one, home.households, home.floors) for one in floors),
    }


def _finding(found: CellFinding) -> dict[str, Any]:
    where = f"{found.address} {found.entrance}".strip() or _("a building without an address")
    said = {"where": where, "households": found.households}
    return {
        "kind": found.kind.value,
        "message": str(SENTENCES[found.kind]) % said,
        "cell": None if found.cell is None else str(found.cell),
    }
