"""Carry out a command on a draft: one transaction, one edit, one answer.

A command lands unless the grids it meets were changed since its author loaded them; then nothing
happens and both shapes are told. Whatever lands leaves the plan an exact tiling on every level.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import shapely
from django.db import transaction

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.coverage.change import Refused
from geogrid.coverage.refinement import departures
from geogrid.territory.actions import conflicts, describing, drawing, landing, undoing
from geogrid.territory.actions.deriving import derive
from geogrid.territory.actions.outcome import Outcome
from geogrid.territory.answers import EditAnswer, answer
from geogrid.territory.commands import (
    Describe,
    EditCommand,
    MoveToParent,
    Renumber,
    ReturnTo,
    Undo,
)
from geogrid.territory.errors import (
    CommandReused,
    CommandUnreadable,
    EditRefused,
    NotADraft,
    NothingChanges,
)
from geogrid.territory.geometry import to_shapely
from geogrid.territory.locks import refuse_locked
from geogrid.territory.models import BoundaryEdit, Grid, Level, Plan, PlanEvent
from geogrid.territory.refusals import guards_told
from geogrid.territory.scope import require_scope
from geogrid.territory.window import Window

__all__ = ["edit", "redo_latest", "undo_latest"]


@guards_told()
@transaction.atomic
def edit(*, plan: Plan, command: EditCommand, by: User | None, at: datetime) -> EditAnswer:
    """Carry out `command` on a draft and answer everything that changed since its base revision.

    A command that was carried out before is answered as then, also when the plan has moved on.

    Raises
    ------
    NotADraft, NotAllowed, NeedsNeighbour
    Conflict
        When the grids it meets were changed since `command.base_revision`.
    EditRefused
        When it would break a rule; the subclass says which, the data where.
    CannotUndo, NothingToUndo, NothingChanges, NoSuchGrid, WrongParent, CodesExhausted
    CommandReused
        When its id was used for something else.
    """
    locked = _locked(plan)
    require(by, Permission.DRAW, scheme=locked.scheme, where=ANYWHERE)
    earlier = BoundaryEdit.objects.filter(command_id=command.command_id).first()
    if earlier is not None:
        return _answered(locked, earlier, command)
    if locked.state != Plan.State.DRAFT:
        raise NotADraft(number=locked.number)
    if not 0 <= command.base_revision <= locked.revision:
        raise CommandUnreadable(part="base_revision", value=command.base_revision)
    if command.unlock:
        require(by, Permission.APPROVE, scheme=locked.scheme, where=ANYWHERE)
    levels = {level.depth: level for level in Level.objects.filter(scheme=locked.scheme_id)}
    window = Window(locked, levels)
    try:
        outcome = _planned(window, command)
    except shapely.errors.GEOSException as problem:  # a drawing that GEOS can do nothing with
        raise EditRefused(names="-", grids=[], where=None) from problem
    if not outcome.before:
        raise NothingChanges()
    _refuse_strangers(window, outcome, by)
    refuse_locked(outcome, refined=lambda: _only_refined(locked, outcome))
    met = set(outcome.before)
    derived = derive(window, outcome, unlocked=bool(command.unlock))
    _refuse_strangers_to_ended(window, outcome, met, by)
    if derived.unlocked:
        _require_unlocking(window, derived.unlocked, by)
    done = landing.land(window, outcome, derived, command, by=by, at=at)
    if derived.unlocked:
        _note_unlocked(done, derived.unlocked)
    plan.revision = locked.revision
    return answer(locked, done)


def undo_latest(
    *,
    plan: Plan,
    by: User | None,
    at: datetime,
    base_revision: int | None = None,
    command_id: UUID | None = None,
) -> EditAnswer:
    """Take back the latest edit of `by` that still counts (Ctrl+Z).

    The answer holds what changed since `base_revision`, by default since now. Raises NothingToUndo,
    and what `edit` raises.
    """
    return _back(undoing.latest_to_undo, plan, by, at, base_revision, command_id)


def redo_latest(
    *,
    plan: Plan,
    by: User | None,
    at: datetime,
    base_revision: int | None = None,
    command_id: UUID | None = None,
) -> EditAnswer:
    """Take back the latest undo of `by`, unless something new was drawn since (Ctrl+Y)."""
    return _back(undoing.latest_to_redo, plan, by, at, base_revision, command_id)


@transaction.atomic
def _back(
    latest: Callable[[Plan, User | None], int],
    plan: Plan,
    by: User | None,
    at: datetime,
    base_revision: int | None,
    command_id: UUID | None,
) -> EditAnswer:
    now = Plan.objects.select_for_update().values_list("revision", flat=True).get(pk=plan.pk)
    number = command_id or uuid4()
    sent = BoundaryEdit.objects.filter(command_id=number, plan=plan).first()
    command = Undo(
        sent.arguments.get("revision", 0) if sent else latest(plan, by),
        base_revision=now if base_revision is None else base_revision,
        command_id=number,
    )
    return edit(plan=plan, command=command, by=by, at=at)


def _locked(plan: Plan) -> Plan:
    """The plan's row, held until the edit has landed; its outline is read only when needed."""
    rows = Plan.objects.select_for_update(of=("self",)).select_related("scheme__area")
    return rows.defer("outline").get(pk=plan.pk)


def _answered(plan: Plan, earlier: BoundaryEdit, command: EditCommand) -> EditAnswer:
    same = (earlier.plan_id, earlier.verb, earlier.arguments) == (
        plan.pk,
        command.verb,
        command.sent(),
    )
    if not same:
        raise CommandReused(command=str(command.command_id))
    return answer(plan, earlier)


def _planned(window: Window, command: EditCommand) -> Outcome:
    """What the command makes of the draft, once nobody else's change speaks against it."""
    if isinstance(command, Undo):
        outcome = undoing.undo(window, command)  # its own rule: each grid is still what it made
    else:
        conflicts.refuse_conflicts(window, command, command.lineages(), _carry_out)
        try:
            outcome = _carry_out(window, command)
        except Refused as refused:
            met = window.lineages(key for key in refused.keys if key in window.states)
            met |= conflicts.met_when_seen(window, command, _carry_out)
            conflicts.refuse_conflicts(window, command, met, _carry_out)
            raise drawing.refusal(window, refused, command) from refused
        conflicts.refuse_conflicts(window, command, outcome.patch, _carry_out)
    if not outcome.restores:
        return outcome
    try:
        return drawing.restore(window, outcome)
    except Refused as refused:
        raise drawing.refusal(window, refused, command) from refused


def _carry_out(window: Window, command: EditCommand) -> Outcome:
    if isinstance(command, Describe):
        return _settled(describing.describe(window, command))
    if isinstance(command, MoveToParent):
        return _settled(describing.move_to_parent(window, command))
    if isinstance(command, Renumber):
        return _settled(describing.renumber(window, command))
    if isinstance(command, ReturnTo):
        return undoing.return_to(window, command)
    return drawing.draw(window, command)


def _settled(outcome: Outcome) -> Outcome:
    outcome.settle()
    return outcome


def _refuse_strangers(window: Window, outcome: Outcome, by: User | None) -> None:
    """Who edits must answer for every grid that changes, as the plan is now.

    A neighbour whose border only gains vertices keeps its land: nobody has to agree to that, else
    no grid beside somebody else's part could ever be divided. What hangs elsewhere from now on is
    for both parents; so is what an undo brings back below one that none of these grids is below.
    """
    there = {lineage for lineage, old in outcome.before.items() if old is not None}
    there -= _only_refined(window.plan, outcome)
    for lineage, old in outcome.before.items():
        new = outcome.after[lineage]
        if old is not None and new is not None and old.parent != new.parent:
            there |= {one for one in (old.parent, new.parent) if one and window.state(one)}
    giving = {old.parent for old in outcome.before.values() if old is not None}
    made = {s.parent for one, s in outcome.after.items() if s and outcome.before[one] is None}
    there |= {one for one in made - giving if one and window.state(one)}
    require_scope(by, Permission.DRAW, plan=window.plan, lineages=there)


def _refuse_strangers_to_ended(
    window: Window, outcome: Outcome, met: set[UUID], by: User | None
) -> None:
    """A grid above the leaves that ends because its last child goes is changed like any other."""
    ended = {one for one, new in outcome.after.items() if new is None} - met
    if ended:
        require_scope(by, Permission.DRAW, plan=window.plan, lineages=ended)


def _only_refined(plan: Plan, outcome: Outcome) -> set[UUID]:
    """Grids whose border gains vertices and does nothing else.

    Where it still refines the border of the base plan, that one counts, else the one of now: who
    answers for the grid has moved it since.
    """
    found = {
        lineage: (old.shape, new.shape)
        for lineage, old in outcome.before.items()
        if old is not None
        and (new := outcome.after[lineage]) is not None
        and old.shape is not None
        and new.shape is not None
        and old.as_json() == new.as_json()
    }
    drawn = {lineage: old for lineage, (old, _) in found.items()}
    based = Grid.objects.filter(plan=plan.based_on_id, lineage__in=found) if found else ()
    for grid in based:
        base = to_shapely(grid.boundary)
        if not len(departures(base, drawn[grid.lineage])):
            drawn[grid.lineage] = base
    return {
        lineage for lineage, (_, new) in found.items() if not len(departures(drawn[lineage], new))
    }


def _require_unlocking(window: Window, lineages: set[UUID], by: User | None) -> None:
    """Moving administrative outlines is for whoever approves all of them, also when undoing."""
    there = [one for one in lineages if window.state(one) is not None]
    require_scope(by, Permission.APPROVE, plan=window.plan, lineages=there, together=True)


def _note_unlocked(done: BoundaryEdit, lineages: set[UUID]) -> None:
    PlanEvent.objects.create(
        plan=done.plan,
        kind=PlanEvent.Kind.UNLOCKED,
        by=done.by,
        at=done.at,
        note=done.reason,
        data={"revision": done.revision, "grids": sorted(str(one) for one in lineages)},
    )
