"""Write what a command made of a draft: its grids, its outline, its loads and its history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from django.db import connection

from geogrid.accounts.models import User
from geogrid.coverage.labels import label_circle
from geogrid.coverage.rings import replaced
from geogrid.territory.actions import undoing
from geogrid.territory.actions.cells import cells_after_edit
from geogrid.territory.actions.deriving import Derived
from geogrid.territory.actions.outcome import Outcome
from geogrid.territory.commands import EditCommand
from geogrid.territory.geometry import from_shapely
from geogrid.territory.loads import load_grids
from geogrid.territory.models import BoundaryEdit, Cell, Grid, GridChange, Plan, PlanLoad
from geogrid.territory.states import GridState, as_multi
from geogrid.territory.window import Window
from layers.datum.lattice import to_steps
from layers.datum.shapes import Shape

__all__ = ["land"]

# One statement for all changed rows; NULL leaves a shape as it is.
UPDATE = """
    UPDATE territory_grid AS g SET
        parent_id = v.parent, code = v.code, label = v.label, name = v.name, kind = v.kind,
        pieces_reason = v.reason, range_reason = v.range_reason,
        locked = v.locked, lock_reason = v.lock_reason,
        boundary = coalesce(v.boundary, g.boundary),
        fixed_boundary = coalesce(v.fixed, g.fixed_boundary),
        label_point = coalesce(v.point, g.label_point),
        label_radius_m = coalesce(v.radius, g.label_radius_m)
    FROM (VALUES {rows}) AS v(id, parent, code, label, name, kind, reason, range_reason, locked,
                              lock_reason, boundary, fixed, point, radius)
    WHERE g.id = v.id
"""
ROW = """(%s::bigint, %s::bigint, %s::text, %s::text, %s::text, %s::text, %s::text,
    %s::text, %s::boolean, %s::text,
    ST_GeomFromWKB(%s::bytea, 4326), ST_GeomFromWKB(%s::bytea, 4326),
    ST_GeomFromWKB(%s::bytea, 4326), %s::float8)"""
# Codes are unique at every moment, and two grids may swap theirs.
LET_GO = "UPDATE territory_grid SET code = '~' || id WHERE id = ANY(%s)"


def land(
    window: Window,
    outcome: Outcome,
    derived: Derived,
    command: EditCommand,
    *,
    by: User | None,
    at: datetime,
) -> BoundaryEdit:
    """Write an outcome that nothing speaks against; the plan's row is locked by the caller."""
    pks = _Rows(window, outcome, derived).write()
    _write_plan(window, outcome)
    dwellings = _recount(window, outcome, pks, at)
    cells_after_edit(window.plan, set(outcome.before))
    edit = BoundaryEdit.objects.create(
        plan=window.plan,
        revision=window.plan.revision,
        base_revision=command.base_revision,
        command_id=command.command_id,
        verb=command.verb,
        arguments=command.sent(),
        outline_refined=[
            {
                "start": list(one.start),
                "finish": list(one.finish),
                "inserted": [list(point) for point in one.inserted],
                "removed": [list(point) for point in one.removed],
            }
            for one in outcome.refined
        ],
        reason=command.unlock if derived.unlocked else "",
        undoes_id=outcome.undoes,
        by=by,
        at=at,
    )
    GridChange.objects.bulk_create(_changes(edit, outcome, dwellings))
    return edit


class _Rows:
    """The grids' rows: those that end, come and change."""

    def __init__(self, window: Window, outcome: Outcome, derived: Derived) -> None:
        self.window = window
        self.outcome = outcome
        self.derived = derived
        self.pks: dict[UUID, int] = {one: u.pk for one, u in window.uppers.items()}
        self.pks |= {one: key for one, key in window.keys.items() if key < 2**62}

    def write(self) -> dict[UUID, int]:
        """Returns the primary keys of the changed grids that are there afterwards."""
        before, after = self.outcome.before, self.outcome.after
        ended = [self.pks.pop(one) for one, state in after.items() if state is None]
        changed = {one: s for one, s in after.items() if s is not None and before[one] is not None}
        made = [s for one, s in after.items() if s is not None and before[one] is None]
        recoded = [
            self.pks[one]
            for one, state in changed.items()
            if (old := before[one]) is not None and old.code != state.code
        ]
        follow = {
            one: self.window.uppers[one].state
            for one in self.derived.boundaries
            if one not in after
        }
        with connection.cursor() as cursor:
            if recoded:
                cursor.execute(LET_GO, [recoded])
            self._end(cursor, ended)
            for level in sorted({state.level for state in made}):
                self._make([state for state in made if state.level == level])
            self._change(cursor, [*changed.values(), *follow.values()])
        return {one: self.pks[one] for one, state in after.items() if state is not None}

    def _end(self, cursor: Any, pks: list[int]) -> None:
        if pks:
            Cell.objects.filter(grid__in=pks).update(grid=None)
            cursor.execute("DELETE FROM territory_planload WHERE grid_id = ANY(%s)", [pks])
            cursor.execute("DELETE FROM territory_grid WHERE id = ANY(%s)", [pks])

    def _make(self, states: list[GridState]) -> None:
        rows = []
        for state in states:
            shape, fixed = self._shapes(state)
            assert shape is not None  # noqa: S101  (a new grid has land)
            point, radius = label_circle(shape)
            rows.append(
                Grid(
                    plan_id=self.window.plan.pk,
                    parent_id=self._parent(state),
                    level=state.level,
                    code=state.code,
                    label=state.label,
                    name=state.name,
                    kind=state.kind,
                    lineage=state.lineage,
                    pieces_reason=state.pieces_reason,
                    range_reason=state.range_reason,
                    locked=state.locked,
                    lock_reason=state.lock_reason,
                    boundary=from_shapely(shape, multi=True),
                    fixed_boundary=None if fixed is None else from_shapely(fixed, multi=True),
                    label_point=from_shapely(point),
                    label_radius_m=radius,
                )
            )
        for row in Grid.objects.bulk_create(rows):
            self.pks[row.lineage] = row.pk

    def _change(self, cursor: Any, states: list[GridState]) -> None:
        values: list[Any] = []
        for state in states:
            shape, fixed = self._shapes(state)
            point, radius = label_circle(shape) if shape is not None else (None, None)
            values += [
                self.pks[state.lineage], self._parent(state), state.code, state.label, state.name,
                state.kind, state.pieces_reason, state.range_reason, state.locked,
                state.lock_reason, _wkb(shape), _wkb(fixed), _wkb(point), radius,
            ]  # fmt: skip
        if states:
            cursor.execute(UPDATE.format(rows=", ".join([ROW] * len(states))), values)

    def _shapes(self, state: GridState) -> tuple[Shape | None, Shape | None]:
        """The boundary and the fixed outline to write; None leaves what is there."""
        fixed = self.derived.fixed.get(state.lineage)
        if state.level < self.window.depth:
            shape = self.derived.boundaries.get(state.lineage)
            fixed = state.shape if fixed is None else fixed
        else:
            old = self.outcome.before[state.lineage]
            same = old is not None and old.shape is state.shape
            shape = None if same else state.shape
        new = self.outcome.before.get(state.lineage, state) is None
        if new and fixed is None and self.window.levels[state.level].fixed:
            fixed = state.shape if state.shape is not None else shape
        return shape, fixed

    def _parent(self, state: GridState) -> int | None:
        if state.parent is None:
            return None
        if state.parent not in self.pks:  # it ended since
            gone = undoing.ended(self.window.plan, {state.parent})
            raise undoing.cannot(self.window, 0, gone or {state.lineage: state})
        return self.pks[state.parent]


def _write_plan(window: Window, outcome: Outcome) -> None:
    """Count the revision up, and put into the outline what edits inserted."""
    plan = window.plan
    plan.revision += 1
    fields: dict[str, Any] = {"revision": plan.revision}
    if outcome.refined:
        outline = window.outline
        for one in outcome.refined:
            outline = replaced(
                outline,
                to_steps([one.start, *one.removed, one.finish]),
                to_steps([one.start, *one.inserted, one.finish]),
            )
        fields["outline"] = from_shapely(outline, multi=True)
    Plan.objects.filter(pk=plan.pk).update(**fields)


def _recount(
    window: Window, outcome: Outcome, pks: dict[UUID, int], at: datetime
) -> dict[UUID, int]:
    """Count anew what lies in the leaves whose land or code changed.

    Returns the dwellings of all changed leaves that were ever counted.
    """
    redrawn: dict[int, Shape] = {}
    others: dict[int, UUID] = {}
    for lineage, state in outcome.after.items():
        old = outcome.before[lineage]
        if state is None or state.level < window.depth or state.shape is None:
            continue
        # A place on a border belongs to the lowest code, so a new code counts too.
        if old is None or old.shape is not state.shape or old.code != state.code:
            redrawn[pks[lineage]] = state.shape
        else:
            others[pks[lineage]] = lineage
    loads = load_grids(window.plan, redrawn, at=at, depth=window.depth)
    known = {pk: load.dwellings for pk, load in loads.items()}
    if others:
        rows = PlanLoad.objects.filter(grid__in=list(others))
        known |= dict(rows.values_list("grid", "dwellings"))
    return {lineage: known[pk] for lineage, pk in pks.items() if pk in known}


def _changes(
    edit: BoundaryEdit, outcome: Outcome, dwellings: dict[UUID, int]
) -> Iterable[GridChange]:
    for lineage, old in outcome.before.items():
        new = outcome.after[lineage]
        after = None if new is None else new.as_json()
        if after is not None and lineage in dwellings:
            after["dwellings"] = dwellings[lineage]  # so that the answer can be told again
        yield GridChange(
            edit=edit,
            lineage=lineage,
            before=None if old is None else old.as_json(),
            after=after,
            before_boundary=_boundary(old),
            after_boundary=_boundary(new),
        )


def _boundary(state: GridState | None) -> Any:
    if state is None or state.shape is None:
        return None
    return from_shapely(state.shape, multi=True)


def _wkb(shape: Shape | None) -> bytes | None:
    return None if shape is None else shapely.to_wkb(as_multi(shape))
