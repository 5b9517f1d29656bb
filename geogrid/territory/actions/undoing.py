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

from geogrid.accounts.models import User
from geogrid.territory.actions.outcome import Outcome
from geogrid.territory.commands import ReturnTo, Undo
from geogrid.territory.errors import CannotUndo, NothingChanges, NothingToUndo
from geogrid.territory.models import BoundaryEdit, GridChange, Plan
from geogrid.territory.states import GridState
from geogrid.territory.window import Window

__all__ = ["latest_to_redo", "latest_to_undo", "return_to", "undo"]


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
        before, after = GridState.before(change), GridState.after(change)
        now = window.full_state(change.lineage, like=after)
        if now != after:
            changed_since[change.lineage] = now or after or before
        else:
            outcome.put(now, before)
    changed_since |= _parents_gone(window, edit.revision, outcome)
    if changed_since:
        raise _cannot(window, edit.revision, changed_since)
    return outcome


def _parents_gone(window: Window, revision: int, outcome: Outcome) -> dict[UUID, GridState | None]:
    """Grids that something would hang below again, but that ended since `revision`."""
    parents = {state.parent for state in outcome.after.values() if state and state.parent}
    gone = {one for one in parents if one not in window.uppers and not outcome.after.get(one)}
    if not gone:
        return {}
    since = GridChange.objects.since(window.plan, revision).filter(lineage__in=gone)
    return {change.lineage: GridState.before(change) for change in since.last_of_each()}


def return_to(window: Window, command: ReturnTo) -> Outcome:
    """The states at that revision, exactly."""
    outcome = Outcome(restores=True)
    for change in GridChange.objects.since(window.plan, command.revision).first_of_each():
        was = GridState.before(change)
        now = window.full_state(change.lineage, like=was)
        if now is not None or was is not None:
            outcome.put(now, was)
    outcome.settle()
    if not outcome.before:
        raise NothingChanges()
    return outcome


def changed_after(plan: Plan, revision: int, lineages: Iterable[UUID]) -> dict[UUID, Changed]:
    """Which of these grids were changed after `revision`, and by whom last."""
    later = GridChange.objects.since(plan, revision).filter(lineage__in=list(lineages))
    rows = later.last_of_each().defer("before_boundary", "after_boundary")
    return {
        change.lineage: Changed(change.edit.revision, change.edit.at, str(change.edit.by or ""))
        for change in rows.select_related("edit__by")
    }


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
