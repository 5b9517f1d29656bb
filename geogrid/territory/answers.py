"""What an edit answers: everything that changed since the revision its author saw.

Read from the history, so that a command sent twice gets the same answer twice, also when the plan
has moved on in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import shapely
from django.db import connection
from django.utils.translation import gettext_lazy as _

from geogrid.coverage.proof import crowded
from geogrid.territory.geojson import as_geojson
from geogrid.territory.models import BoundaryEdit, Grid, GridChange, Plan
from geogrid.territory.states import GridState

__all__ = ["Balance", "EditAnswer", "Ended", "Finding", "FindingKind", "answer", "since"]


class FindingKind(StrEnum):
    OUT_OF_RANGE = "out_of_range"
    UNASSIGNED = "unassigned"
    IN_PIECES = "in_pieces"
    CELLS_TORN = "cells_torn"


SENTENCES = {
    FindingKind.OUT_OF_RANGE: _(
        "%(name)s has %(dwellings)s households, not %(least)s to %(most)s."
    ),
    FindingKind.UNASSIGNED: _("%(name)s is unassigned land; the plan cannot come into force."),
    FindingKind.IN_PIECES: _("%(name)s lies in several pieces, and no reason is given."),
    FindingKind.CELLS_TORN: _("Cells of %(name)s have homes in other grids: %(cells)s."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a changed grid that the planner should know; nothing is refused for it."""

    kind: FindingKind
    lineage: UUID
    data: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": str(self.kind),
            "lineage": str(self.lineage),
            "message": str(SENTENCES[self.kind]) % self.data,
            "data": self.data,
        }


@dataclass(frozen=True, slots=True)
class Ended:
    """A grid that is not there any more."""

    lineage: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Balance:
    """Households of the changed leaves against the scheme's range; None: not counted."""

    least: int
    most: int
    dwellings: dict[UUID, int | None]


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """`revision` is the one the edit made; everything here is as it was then.

    `changed_grids` are leaves with their boundaries, and grids above them whose own attributes
    changed: boundaries above the leaves follow from the leaves.
    """

    revision: int
    base_revision: int
    changed_grids: tuple[GridState, ...]
    ended: tuple[Ended, ...]
    findings: tuple[Finding, ...]
    balance: Balance

    def as_dict(self) -> dict[str, Any]:
        """As JSON, boundaries as GeoJSON."""
        dwellings = self.balance.dwellings
        return {
            "revision": self.revision,
            "base_revision": self.base_revision,
            "changed_grids": [
                {
                    "lineage": str(state.lineage),
                    **state.as_json(),
                    "boundary": None if state.shape is None else as_geojson(state.shape),
                    "dwellings": dwellings.get(state.lineage),
                }
                for state in self.changed_grids
            ],
            "ended": [asdict(one) | {"lineage": str(one.lineage)} for one in self.ended],
            "findings": [finding.as_dict() for finding in self.findings],
            "balance": {
                "least": self.balance.least,
                "most": self.balance.most,
                "dwellings": {str(one): number for one, number in dwellings.items()},
            },
        }


TORN = """
    SELECT leaf.lineage, array_agg(DISTINCT cell.code ORDER BY cell.code)
    FROM territory_cell cell
    JOIN territory_grid leaf ON leaf.id = cell.grid_id
    JOIN territory_cellunit home ON home.cell_id = cell.id
    JOIN places_unit u ON u.id = home.unit_id
    JOIN places_building b ON b.id = u.building_id
    WHERE cell.plan_id = %s AND leaf.lineage = ANY(%s::uuid[])
      AND NOT ST_Covers(leaf.boundary, b.anchor)
    GROUP BY leaf.lineage
"""


def answer(plan: Plan, edit: BoundaryEdit) -> EditAnswer:
    """The answer to the command that made `edit`, the first time and every time."""
    return since(plan, edit.base_revision, upto=edit.revision)


def since(plan: Plan, revision: int, *, upto: int | None = None) -> EditAnswer:
    """Everything that anybody changed after `revision`, up to `upto` or until now."""
    until = plan.revision if upto is None else upto
    told = GridChange.objects.since(plan, revision).filter(edit__revision__lte=until)
    changed: list[GridState] = []
    ended: list[Ended] = []
    dwellings: dict[UUID, int | None] = {}
    for change in told.last_of_each():
        before, after = GridState.before(change), GridState.after(change)
        if after is not None:
            changed.append(after)
            number = (change.after or {}).get("dwellings")
            if number is not None:
                dwellings[change.lineage] = number
        elif before is not None:
            ended.append(Ended(change.lineage, before.code, before.name))
    changed.sort(key=lambda state: (state.level, state.code))
    ended.sort(key=lambda one: one.code)
    scheme = plan.scheme
    balance = Balance(scheme.households_min, scheme.households_max, dwellings)
    return EditAnswer(
        revision=until,
        base_revision=revision,
        changed_grids=tuple(changed),
        ended=tuple(ended),
        findings=tuple(_findings(plan, changed, balance)),
        balance=balance,
    )


def _findings(plan: Plan, changed: list[GridState], balance: Balance) -> Iterable[Finding]:
    torn = dict(_rows(TORN, [plan.pk, [state.lineage for state in changed]]))
    for state in changed:
        known = {"name": state.name, "code": state.code}
        number = balance.dwellings.get(state.lineage)
        outside = number is not None and not balance.least <= number <= balance.most
        if outside and state.kind == Grid.Kind.BASIC:
            limits = {"dwellings": number, "least": balance.least, "most": balance.most}
            yield Finding(FindingKind.OUT_OF_RANGE, state.lineage, known | limits)
        if state.kind == Grid.Kind.UNASSIGNED:
            yield Finding(FindingKind.UNASSIGNED, state.lineage, known)
        if _scattered(plan, state):
            yield Finding(FindingKind.IN_PIECES, state.lineage, known)
        if state.lineage in torn:
            cells = {"cells": ", ".join(torn[state.lineage])}
            yield Finding(FindingKind.CELLS_TORN, state.lineage, known | cells)


def _scattered(plan: Plan, state: GridState) -> bool:
    """Whether a leaf lies in pieces where the territory does not, without a reason."""
    if state.shape is None or state.pieces_reason or shapely.get_num_geometries(state.shape) < 2:
        return False
    return bool(len(crowded([state.shape], shapely.from_wkb(bytes(plan.outline.wkb)))))


def _rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
