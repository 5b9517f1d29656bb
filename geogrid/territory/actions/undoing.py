"""Taking back: an undo is a new edit, and so is the return to an earlier moment.

What an edit did can be taken back as long as every grid it touched is still what it made of it, so
an undo never takes away somebody else's change. An undo of an undo is a redo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from django.db import connection

from geogrid.accounts.models import User
from geogrid.territory.actions.outcome import Outcome
from geogrid.territory.commands import ReturnTo, Undo
from geogrid.territory.errors import CannotUndo, NothingChanges, NothingToUndo
from geogrid.territory.models import BoundaryEdit, GridChange, Plan
from geogrid.territory.states import GridState
from geogrid.territory.window import Window

__all__ = ["latest_to_redo", "latest_to_undo", "return_to", "undo"]

# The first word on each lineage after a moment: what it was then.
WAS = """
    SELECT DISTINCT ON (c.lineage) c.lineage, c.before, ST_AsBinary(c.before_boundary)
    FROM territory_boundaryedit e JOIN territory_gridchange c ON c.edit_id = e.id
    WHERE e.plan_id = %s AND e.revision > %s
    ORDER BY c.lineage, e.revision
"""
LATER = """
    SELECT DISTINCT ON (c.lineage)
        c.lineage, e.revision, e.at, coalesce(nullif(u.display_name, ''), u.username, '')
    FROM territory_boundaryedit e
    JOIN territory_gridchange c ON c.edit_id = e.id
    LEFT JOIN accounts_user u ON u.id = e.by_id
    WHERE e.plan_id = %s AND e.revision > %s AND c.lineage = ANY(%s::uuid[])
    ORDER BY c.lineage, e.revision DESC
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """Who changed a grid last."""

    revision: int
    at: datetime
    who: str


def undo(window: Window, command: Undo) -> Outcome:
    """The states before the edit of that revision. Raises CannotUndo, NothingToUndo."""
    edit = BoundaryEdit.objects.filter(plan=window.plan, revision=command.revision).first()
    if edit is None or BoundaryEdit.objects.filter(undoes=edit).exists():
        raise NothingToUndo(number=window.plan.number)
    outcome = Outcome(undoes=edit.pk, restores=True)
    changed_since: dict[UUID, GridState | None] = {}
    for change in edit.changes.all():
        before = _kept(change, change.before, change.before_boundary)
        after = _kept(change, change.after, change.after_boundary)
        now = window.full_state(change.lineage, like=after)
        if now != after:
            changed_since[change.lineage] = now or after or before
        else:
            outcome.put(now, before)
    if changed_since:
        raise _cannot(window, edit.revision, changed_since)
    return outcome


def return_to(window: Window, command: ReturnTo) -> Outcome:
    """The states at that revision, exactly."""
    outcome = Outcome(restores=True)
    for lineage, kept, shape in _rows(WAS, [window.plan.pk, command.revision]):
        ground = None if shape is None else shapely.from_wkb(bytes(shape))
        was = None if kept is None else GridState.from_json(lineage, kept, ground)
        now = window.full_state(lineage, like=was)
        if now is not None or was is not None:
            outcome.put(now, was)
    outcome.settle()
    if not outcome.before:
        raise NothingChanges()
    return outcome


def changed_after(plan: Plan, revision: int, lineages: Iterable[UUID]) -> dict[UUID, Changed]:
    """Which of these grids were changed after `revision`, and by whom last."""
    rows = _rows(LATER, [plan.pk, revision, list(lineages)])
    return {lineage: Changed(number, at, who) for lineage, number, at, who in rows}


def latest_to_undo(plan: Plan, by: User | None) -> int:
    """The revision of the latest edit of `by` that still has an effect. Raises NothingToUndo."""
    for edit, depth, effective in _walked(plan):
        if edit["by"] == (by.pk if by else None) and effective and depth % 2 == 0:
            return int(edit["revision"])
    raise NothingToUndo(number=plan.number)


def latest_to_redo(plan: Plan, by: User | None) -> int:
    """The revision of the latest undo of `by`, unless `by` drew something new after it."""
    for edit, depth, effective in _walked(plan):
        if edit["by"] != (by.pk if by else None) or not effective:
            continue
        if depth % 2 == 1:
            return int(edit["revision"])
        if depth == 0:
            break
    raise NothingToUndo(number=plan.number)


def _walked(plan: Plan) -> list[tuple[dict[str, Any], int, bool]]:
    """Edits, latest first: with how often undone and redone (0: drawn), and whether they count."""
    rows: Any = BoundaryEdit.objects.filter(plan=plan).order_by("revision")
    edits = list(rows.values("pk", "revision", "by", "undoes"))
    depth: dict[int, int] = {}
    undone_by: dict[int, int] = {}
    for edit in edits:
        depth[edit["pk"]] = depth[edit["undoes"]] + 1 if edit["undoes"] else 0
        if edit["undoes"]:
            undone_by[edit["undoes"]] = edit["pk"]
    effective: dict[int, bool] = {}
    for edit in reversed(edits):  # whoever undoes comes later
        taker = undone_by.get(edit["pk"])
        effective[edit["pk"]] = taker is None or not effective[taker]
    return [(edit, depth[edit["pk"]], effective[edit["pk"]]) for edit in reversed(edits)]


def _kept(change: GridChange, state: Any, boundary: Any) -> GridState | None:
    if state is None:
        return None
    shape = None if boundary is None else shapely.from_wkb(bytes(boundary.wkb))
    return GridState.from_json(change.lineage, state, shape)


def _cannot(window: Window, revision: int, states: dict[UUID, GridState | None]) -> CannotUndo:
    later = changed_after(window.plan, revision, states)
    return CannotUndo(
        names=", ".join(state.name for state in states.values() if state),
        who=", ".join(sorted({change.who for change in later.values() if change.who})) or "-",
        grids=[
            {
                "lineage": str(one),
                "code": state.code,
                "name": state.name,
                "revision": later[one].revision if one in later else None,
                "by": later[one].who if one in later else "",
                "at": later[one].at.isoformat() if one in later else None,
            }
            for one, state in states.items()
            if state
        ],
    )


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
