"""Taking back: an undo is a new edit, and so is the return to an earlier moment.

What an edit did can be taken back as long as every grid it touched is still what it made of it, so
an undo never takes away somebody else's change. An undo of an undo is a redo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext

from geogrid.accounts.models import User
from geogrid.territory.actions.codes import next_codes
from geogrid.territory.actions.outcome import Outcome
from geogrid.territory.commands import ReturnTo, Undo
from geogrid.territory.errors import CannotUndo, NothingChanges, NothingToUndo
from geogrid.territory.models import BoundaryEdit, GridChange, Plan
from geogrid.territory.naming import renamed
from geogrid.territory.states import GridState
from geogrid.territory.window import Window

__all__ = ["latest_to_redo", "latest_to_undo", "return_to", "undo", "undoable"]

PAGE = 32  # edits read at a time on the way back


@dataclass(frozen=True, slots=True)
class Changed:
    """Who changed a grid last."""

    revision: int
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Walked:
    """An edit on the way back: whom it undid, and who undid it."""

    pk: int
    revision: int
    undoes: int | None
    undone_by: int | None


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
        raise cannot(window, edit.revision, changed_since)
    _other_codes(window, outcome)
    return outcome


def _other_codes(window: Window, outcome: Outcome) -> None:
    """A grid that comes back to find its code with another one gets the next code."""
    back = {
        state.code: state
        for one, state in outcome.after.items()
        if state is not None and ((old := outcome.before[one]) is None or old.code != state.code)
    }
    held = window.plan.grids.filter(code__in=back).exclude(lineage__in=outcome.after)
    for code in held.order_by("code").values_list("code", flat=True):
        state = back[code]
        above = None if state.parent is None else window.state(state.parent)
        above = above or (outcome.after.get(state.parent) if state.parent else None)
        given = [one.code for one in outcome.after.values() if one is not None]
        new = next_codes(window, above, 1, level=state.level, besides=given)[0]
        number = int(state.label) if state.label.isdecimal() else 0
        name = renamed(state.name, number, int(new.label))
        outcome.put(
            outcome.before[state.lineage],
            replace(state, code=new.code, label=new.label, name=name),
        )


def _parents_gone(window: Window, revision: int, outcome: Outcome) -> dict[UUID, GridState | None]:
    """Grids that something would hang below again, but that ended since `revision`."""
    parents = {state.parent for state in outcome.after.values() if state and state.parent}
    gone = {one for one in parents if one not in window.uppers and not outcome.after.get(one)}
    if not gone:
        return {}
    return ended(window.plan, gone, since=revision)


def ended(plan: Plan, lineages: Iterable[UUID], *, since: int = 0) -> dict[UUID, GridState | None]:
    """What grids were that ended after `since`, by lineage."""
    changes = GridChange.objects.since(plan, since).filter(lineage__in=list(lineages))
    return {change.lineage: GridState.before(change) for change in changes.last_of_each()}


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
    for edit, depth, effective in _walked(plan, by):
        if effective and depth % 2 == 0:
            return edit.revision
    raise NothingToUndo(number=plan.number)


def latest_to_redo(plan: Plan, by: User | None) -> int:
    """The revision of the latest undo of `by`, unless `by` drew something new after it."""
    for edit, depth, effective in _walked(plan, by):
        if not effective:
            continue
        if depth % 2 == 1:
            return edit.revision
        if depth == 0:
            break
    raise NothingToUndo(number=plan.number)


def undoable(plan: Plan, by: User | None) -> dict[str, bool]:
    """Whether `by` has an edit to take back, and one to do again; somebody else's change may still
    stand against it.
    """
    return {"undo": _exists(latest_to_undo, plan, by), "redo": _exists(latest_to_redo, plan, by)}


def _exists(latest: Callable[[Plan, User | None], int], plan: Plan, by: User | None) -> bool:
    try:
        latest(plan, by)
    except NothingToUndo:
        return False
    return True


def _walked(plan: Plan, by: User | None) -> Iterator[tuple[Walked, int, bool]]:
    """Edits of `by`, latest first: with how often undone and redone (0: drawn), and whether they
    count.

    Read page by page: what is looked for mostly lies near the end, and drafts grow long.
    """
    rows = BoundaryEdit.objects.filter(plan=plan, by=by).order_by("-revision")
    chain = _Chain()
    upto: int | None = None
    while page := [Walked(*row) for row in _columns(rows, upto)[:PAGE]]:
        chain.add(page)
        for edit in page:
            yield edit, chain.depth(edit), chain.effective(edit)
        upto = page[-1].revision


def _columns(rows: Any, upto: int | None) -> Any:
    below = rows if upto is None else rows.filter(revision__lt=upto)
    taker = BoundaryEdit.objects.filter(undoes=OuterRef("pk")).order_by().values("pk")
    return below.values_list("pk", "revision", "undoes", Subquery(taker))


class _Chain:
    """Who undid whom: edits read so far, and those they lead to."""

    def __init__(self) -> None:
        self.known: dict[int, Walked] = {}

    def add(self, edits: Iterable[Walked]) -> None:
        """Know these, and at once whatever they took back: a long way back is few queries."""
        self.known |= {edit.pk: edit for edit in edits}
        wanted = {edit.undoes for edit in self.known.values() if edit.undoes} - self.known.keys()
        while wanted:
            rows = _columns(BoundaryEdit.objects.filter(pk__in=wanted), None)
            found = {row[0]: Walked(*row) for row in rows}
            self.known |= found
            wanted = {edit.undoes for edit in found.values() if edit.undoes} - self.known.keys()

    def depth(self, edit: Walked) -> int:
        steps = 0
        while edit.undoes is not None:
            edit = self._edit(edit.undoes)
            steps += 1
        return steps

    def effective(self, edit: Walked) -> bool:
        counts = True
        while edit.undone_by is not None:
            edit = self._edit(edit.undone_by)
            counts = not counts
        return counts

    def _edit(self, pk: int) -> Walked:
        if pk not in self.known:
            (row,) = _columns(BoundaryEdit.objects.filter(pk=pk), None)
            self.known[pk] = Walked(*row)
        return self.known[pk]


def who_of(changes: Iterable[Changed]) -> str:
    """Who made these changes, for a sentence; the system where nobody did."""
    people = sorted({change.who for change in changes if change.who})
    return ", ".join(people) or gettext("the system")


def cannot(window: Window, revision: int, states: dict[UUID, GridState | None]) -> CannotUndo:
    """Why something cannot come back: which of these grids were changed after `revision`."""
    later = changed_after(window.plan, revision, states)
    return CannotUndo(
        names=", ".join(state.name for state in states.values() if state),
        who=who_of(later.values()),
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
