"""Commands that move no border: what a grid is called, where it hangs, how grids are numbered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from django.db import connection

from geogrid.territory.actions.codes import burnt, next_codes, west_to_east
from geogrid.territory.actions.outcome import Outcome
from geogrid.territory.commands import Describe, MoveToParent, Renumber
from geogrid.territory.errors import (
    CodesExhausted,
    CommandUnreadable,
    NoSuchGrid,
    OnlyLeaves,
    WrongParent,
)
from geogrid.territory.models import Grid
from geogrid.territory.naming import renamed
from geogrid.territory.numbering import code_of, label_of
from geogrid.territory.states import GridState
from geogrid.territory.window import Window

__all__ = ["describe", "move_to_parent", "renumber"]

OF_LEAVES = ("pieces_reason", "range_reason", "locked", "lock_reason")
PLACES = """
    SELECT lineage, ST_X(label_point), ST_Y(label_point) FROM territory_grid WHERE plan_id = %s
"""


def describe(window: Window, command: Describe) -> Outcome:
    """Another name, label, kind, reason or lock; what is not said stays.

    A grid that is unlocked forgets why it was locked.
    """
    old = _known(window, command.lineage)
    if command.kind is not None and command.kind not in Grid.Kind.values:
        raise CommandUnreadable(part="kind", value=command.kind)
    said = {
        name: value
        for name in ("name", "label", "kind", *OF_LEAVES)
        if (value := getattr(command, name)) is not None
    }
    if old.level < window.depth and said.keys() & {"kind", *OF_LEAVES}:
        raise OnlyLeaves(name=old.name)
    new = replace(old, **said)
    outcome = Outcome()
    outcome.put(old, new if new.locked else replace(new, lock_reason=""))
    return outcome


def move_to_parent(window: Window, command: MoveToParent) -> Outcome:
    """Hang grids of one level below another grid, or below a new one beside their parent.

    Their codes stay: posts, signs and letters carry them.
    """
    grids = [_known(window, lineage) for lineage in command.grids]
    levels = {grid.level for grid in grids}
    if len(levels) != 1 or levels == {1}:
        raise WrongParent(names=", ".join(grid.name for grid in grids))
    (level,) = levels
    outcome = Outcome()
    if command.parent is None:
        parent = _new_parent(window, grids, command.name)
        outcome.put(None, parent)
    else:
        parent = _known(window, command.parent)
    if parent.level != level - 1:
        raise WrongParent(names=", ".join(grid.name for grid in grids))
    for grid in grids:
        outcome.put(grid, replace(grid, parent=parent.lineage))
        # Who loses it and who gains it: both outlines change.
        outcome.patch |= {one for one in (grid.parent, command.parent) if one}
    return outcome


def renumber(window: Window, command: Renumber) -> Outcome:
    """Codes, labels and numbered names by position, level by level.

    A code that an earlier plan gave to another grid is skipped: it means that grid for good.
    """
    depth = window.depth
    window.read_all()
    uppers = [upper.state for upper in window.uppers.values()]
    grids = {state.lineage: state for state in [*uppers, *window.states.values()]}
    places = _places(window)
    taken = burnt(window)
    numbered = _numbered(grids, command.below, depth)
    # Grids that stay as they are keep their codes.
    taken |= {state.code: str(one) for one, state in grids.items() if one not in numbered}
    codes: dict[UUID | None, str] = {None: window.plan.scheme.area.code_prefix}
    first = 1
    if command.below is not None:
        top = _known(window, command.below)
        if top.level == depth:
            raise WrongParent(names=top.name)
        codes = {top.lineage: top.code}
        first = top.level + 1
    outcome = Outcome()
    for level in range(first, depth + 1):
        families: dict[UUID | None, list[GridState]] = {}
        for state in grids.values():
            if state.level == level and state.parent in codes:
                families.setdefault(state.parent, []).append(state)
        for parent, members in families.items():
            members.sort(key=lambda state: state.code)
            order = west_to_east([places[state.lineage] for state in members])
            ordered = [members[place] for place in order]
            width = window.levels[level].code_width
            above = grids[parent].name if parent else window.plan.scheme.area.name
            for state, number in _numbers(ordered, codes[parent], width, taken, above):
                codes[state.lineage] = code = code_of(codes[parent], number, width)
                label = label_of(number)
                old = int(state.label) if state.label.isdecimal() else 0
                outcome.put(
                    state,
                    replace(state, code=code, label=label, name=renamed(state.name, old, number)),
                )
    outcome.settle()
    return outcome


def _numbered(grids: Mapping[UUID, GridState], below: UUID | None, depth: int) -> set[UUID]:
    """The grids that get a number: all, or those below one."""
    if below is None:
        return set(grids)
    families = {below}
    for level in range(1, depth + 1):
        families |= {
            one for one, state in grids.items() if state.level == level and state.parent in families
        }
    return families - {below}


def _numbers(
    members: Sequence[GridState], prefix: str, width: int, taken: Mapping[str, str], parent: str
) -> Iterable[tuple[GridState, int]]:
    """Numbers in this order, passing over codes of others. Raises CodesExhausted."""
    number = 0
    for state in members:
        own = str(state.lineage)
        number += 1
        while taken.get(code_of(prefix, number, width), own) != own:
            number += 1
        if number >= 10**width:
            raise CodesExhausted(width=width, parent=parent)
        yield state, number


def _new_parent(window: Window, grids: list[GridState], name: str) -> GridState:
    beside = next((p for g in grids if g.parent and (p := window.state(g.parent))), None)
    if beside is None:
        raise WrongParent(names=grids[0].name)
    above = window.state(beside.parent) if beside.parent else None
    (code,) = next_codes(window, above, 1, level=beside.level)
    return GridState(
        lineage=uuid4(),
        level=beside.level,
        parent=beside.parent,
        code=code.code,
        label=code.label,
        name=name or code.name,
    )


def _known(window: Window, lineage: UUID) -> GridState:
    state = window.state(lineage)
    if state is None:
        raise NoSuchGrid(number=window.plan.number, lineage=str(lineage))
    return state


def _places(window: Window) -> dict[UUID, tuple[float, float]]:
    with connection.cursor() as cursor:
        cursor.execute(PLACES, [window.plan.pk])
        return {lineage: (x, y) for lineage, x, y in cursor.fetchall()}
