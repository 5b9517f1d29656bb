"""Two planners at one draft: whoever comes second learns what the other did, in both shapes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

import shapely

from geogrid.accounts.errors import CodedError
from geogrid.coverage.change import Refused
from geogrid.territory.actions.outcome import Outcome
from geogrid.territory.actions.undoing import Changed, changed_after, who_of
from geogrid.territory.commands import EditCommand
from geogrid.territory.errors import Conflict
from geogrid.territory.geojson import as_geojson
from geogrid.territory.models import GridChange, Plan
from geogrid.territory.states import GridState
from geogrid.territory.window import Window

__all__ = ["met_when_seen", "refuse_conflicts"]

Carry = Callable[[Window, EditCommand], Outcome]


def refuse_conflicts(
    window: Window, command: EditCommand, lineages: Collection[UUID], carry_out: Carry
) -> None:
    """Raise Conflict when one of `lineages` was changed since the command's base revision.

    `carry_out` is run on the draft as the author saw it, so that the refusal shows what the command
    meant.
    """
    if command.base_revision >= window.plan.revision or not lineages:
        return
    changed = changed_after(window.plan, command.base_revision, lineages)
    if changed:
        raise _conflict(window, command, changed, carry_out)


def met_when_seen(window: Window, command: EditCommand, carry_out: Carry) -> set[UUID]:
    """Grids the command met on the draft as its author saw it, where it could be carried out."""
    if command.base_revision >= window.plan.revision:
        return set()
    outcome = _meant(window, command, _seen(window.plan, command.base_revision), carry_out)
    return outcome.patch if outcome else set()


def _conflict(
    window: Window, command: EditCommand, changed: Mapping[UUID, Changed], carry_out: Carry
) -> Conflict:
    seen = _seen(window.plan, command.base_revision)
    outcome = _meant(window, command, seen, carry_out)
    meant = outcome.after if outcome else {}
    window.read(changed)
    grids = []
    for lineage, change in sorted(changed.items(), key=lambda item: item[1].revision):
        now, then = window.state(lineage), seen.get(lineage)
        told = now or then or meant.get(lineage)
        grids.append(
            {
                "lineage": str(lineage),
                "code": told.code if told else "",
                "name": told.name if told else "",
                "seen": _drawn(then),
                "yours": _drawn(meant.get(lineage, then)),
                "now": _drawn(now),
                "by": change.who,
                "at": change.at.isoformat(),
                "revision": change.revision,
            }
        )
    return Conflict(
        names=", ".join(grid["name"] for grid in grids if grid["name"]),
        who=who_of(changed.values()),
        revision=window.plan.revision,
        grids=grids,
    )


def _seen(plan: Plan, revision: int) -> dict[UUID, GridState | None]:
    """What each grid that was changed since `revision` was then."""
    changes = GridChange.objects.since(plan, revision).first_of_each()
    return {change.lineage: GridState.before(change) for change in changes}


def _meant(
    window: Window,
    command: EditCommand,
    seen: Mapping[UUID, GridState | None],
    carry_out: Carry,
) -> Outcome | None:
    """What the command makes of the draft its author saw; None where it was refused there."""
    leaves = {
        lineage: state
        for lineage, state in seen.items()
        if state is None or state.level == window.depth
    }
    try:
        return carry_out(Window(window.plan, window.levels, seen=leaves), command)
    except (Refused, CodedError, KeyError, ValueError, shapely.errors.ShapelyError):
        return None


def _drawn(state: GridState | None) -> Any:
    return None if state is None or state.shape is None else as_geojson(state.shape)
