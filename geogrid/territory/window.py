"""The part of a draft that one edit looks at, read from PostGIS when it is asked for.

The kernel's `Ground`: it asks what lies near a line and gets the leaves there, whether the draft
has twenty grids or twenty thousand. Keys are primary keys; grids an edit makes get negative ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray

from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import AreaBoundary, Level, Plan
from geogrid.territory.states import GridState
from layers.datum.lattice import STEP
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["Window"]

Box = tuple[float, float, float, float]
Segments = NDArray[np.float64]  # shape (n, 2 ends, 2 coordinates), degrees
# Read a little more than asked: the next question is about the neighbours.
MARGIN = 0.5
SPARE_STEPS = 200
BESIDE = 2 * STEP
COLUMNS = """id, lineage, parent_id, level, code, label, name, kind, pieces_reason,
    range_reason, locked, lock_reason"""
UPPERS = f"""
    SELECT {COLUMNS}
    FROM territory_grid WHERE plan_id = %s AND level < %s
"""  # noqa: S608  (our own columns only)
LEAVES = f"""
    SELECT {COLUMNS}, ST_AsBinary(boundary)
    FROM territory_grid WHERE plan_id = %s AND level = %s
"""  # noqa: S608  (our own columns only)


@dataclass(frozen=True, slots=True)
class Upper:
    """A grid above the leaves; its boundary is read when an edit moves it."""

    pk: int
    state: GridState


class Window:
    """A draft's leaves around an edit, and all grids above them without their shapes.

    Parameters
    ----------
    plan : Plan
        Locked by the caller, so that nothing read here changes before the edit lands.
    seen : mapping of lineage to GridState or None, optional
        Leaves as their author saw them, where that was something else than now: the ground on which
        a conflicting command is carried out to show what it meant.
    """

    def __init__(
        self,
        plan: Plan,
        levels: Mapping[int, Level],
        *,
        seen: Mapping[UUID, GridState | None] | None = None,
    ) -> None:
        self.plan = plan
        self.levels = levels
        self.depth = max(levels)
        self.states: dict[int, GridState] = {}
        self.keys: dict[UUID, int] = {}
        self._shapes: dict[int, Shape] = {}
        self._boxes: list[Box] = []
        self._seen = dict(seen or {})
        for number, state in enumerate(self._seen.values(), start=1):
            if state is not None:
                self._take(2**62 + number, state)

    # What the kernel asks

    def near(self, where: Shape, steps: float = 0) -> dict[int, Shape]:
        """Leaves within `steps` lattice steps of `where`, by key."""
        reach = steps * STEP
        west, south, east, north = where.bounds
        self._read_box((west - reach, south - reach, east + reach, north + reach))
        keys = np.fromiter(self._shapes, dtype=np.int64, count=len(self._shapes))
        shapes = np.array(list(self._shapes.values()), dtype=object)
        shapely.prepare(where)
        met: NDArray[np.bool_] = shapely.dwithin(where, shapes, reach)
        return {int(key): self._shapes[int(key)] for key in keys[met]}

    def shape(self, key: int) -> Shape:
        return self._shapes[key]

    @cached_property
    def outline(self) -> Shape:
        """The plan's outline: the base vertices and what edits put between them."""
        return to_shapely(self.plan.outline)

    def base_near(self, where: Shape) -> Shapes:
        """Segments of the area's boundary within two steps of `where`."""
        return _beside(self._base, where)

    def fixed_near(self, where: Shape) -> Shapes:
        """Segments of fixed outlines, as they were drawn, within two steps of `where`."""
        return _beside(self._fixed_near(where), where)

    @cached_property
    def _base(self) -> Segments:
        """The outline as it was drawn, before edits put vertices between its own."""
        boundary = AreaBoundary.objects.values_list("boundary", flat=True)
        return _segments([to_shapely(boundary.get(pk=self.plan.boundary_id))])

    def _fixed_near(self, where: Shape) -> Segments:
        level = self._fixed_level
        if not level:
            return _segments([])
        west, south, east, north = where.bounds
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ST_AsBinary(coalesce(fixed_boundary, boundary)) FROM territory_grid"
                " WHERE plan_id = %s AND level = %s"
                " AND boundary && ST_MakeEnvelope(%s, %s, %s, %s, 4326)",
                [
                    self.plan.pk, level,
                    west - BESIDE, south - BESIDE, east + BESIDE, north + BESIDE,
                ],
            )  # fmt: skip
            return _segments([shapely.from_wkb(bytes(row[0])) for row in cursor.fetchall()])

    def group(self, key: int) -> int | None:
        """The grid at the lowest fixed level that this leaf belongs to; None: nothing is fixed."""
        fixed = self._fixed_level
        if not fixed:
            return None
        state = self.states[key]
        if fixed == self.depth:
            return key
        above = self.above(state, fixed)
        return above.pk if above else None

    @cached_property
    def _fixed_level(self) -> int:
        """The lowest fixed level; what crosses no outline there crosses none above it."""
        return max((depth for depth, level in self.levels.items() if level.fixed), default=0)

    # What the actions ask

    @cached_property
    def uppers(self) -> dict[UUID, Upper]:
        """All grids above the leaves, by lineage."""
        rows = self._rows(UPPERS)
        lineages = {row[0]: row[1] for row in rows}
        return {row[1]: Upper(row[0], _state(row, lineages)) for row in rows}

    @cached_property
    def lineage_of_upper(self) -> dict[int, UUID]:
        return {upper.pk: lineage for lineage, upper in self.uppers.items()}

    def above(self, state: GridState, level: int) -> Upper | None:
        """The grid at `level` that a grid belongs to."""
        parent = state.parent
        while parent is not None and (upper := self.uppers.get(parent)) is not None:
            if upper.state.level == level:
                return upper
            parent = upper.state.parent
        return None

    def read(self, lineages: Iterable[UUID]) -> None:
        """Read the leaves of these lineages, where there are any."""
        wanted = [one for one in lineages if one not in self.keys and one not in self._seen]
        if wanted:
            self._add("lineage = ANY(%s::uuid[])", [wanted])

    def read_all(self) -> None:
        """Read every leaf: for what concerns the whole plan."""
        self._add("true", [])

    def state(self, lineage: UUID) -> GridState | None:
        """A grid of any level as it is now; None where the draft has no such grid."""
        if lineage in self.uppers:
            return self.uppers[lineage].state
        self.read([lineage])
        key = self.keys.get(lineage)
        return None if key is None else self.states[key]

    def full_state(self, lineage: UUID, *, like: GridState | None) -> GridState | None:
        """The same, of a grid above the leaves with its fixed outline where `like` tells one."""
        state = self.state(lineage)
        if state is None or state.level == self.depth or like is None or like.shape is None:
            return state
        fixed = self.plan.grids.values_list("fixed_boundary", flat=True).get(lineage=lineage)
        return replace(state, shape=None if fixed is None else to_shapely(fixed))

    def lineages(self, keys: Iterable[int]) -> set[UUID]:
        return {self.states[key].lineage for key in keys}

    def _read_box(self, box: Box) -> None:
        west, south, east, north = box
        if any(w <= west and s <= south and e >= east and n >= north for w, s, e, n in self._boxes):
            return
        across = (east - west) * MARGIN + SPARE_STEPS * STEP
        along = (north - south) * MARGIN + SPARE_STEPS * STEP
        wider = (west - across, south - along, east + across, north + along)
        self._add("boundary && ST_MakeEnvelope(%s, %s, %s, %s, 4326)", list(wider))
        self._boxes.append(wider)

    def _add(self, condition: str, values: list[Any]) -> None:
        rows = self._rows(
            f"{LEAVES} AND {condition} ORDER BY id",
            values,
        )
        fresh = [row for row in rows if row[0] not in self._shapes and row[1] not in self._seen]
        shapes = shapely.from_wkb([bytes(row[-1]) for row in fresh])
        for row, shape in zip(fresh, shapes, strict=True):
            self._take(row[0], replace(_state(row, self.lineage_of_upper), shape=shape))

    def _take(self, key: int, state: GridState) -> None:
        assert state.shape is not None  # noqa: S101  (leaves are drawn)
        self.states[key] = state
        self.keys[state.lineage] = key
        self._shapes[key] = state.shape

    def _rows(self, statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.plan.pk, self.depth, *values])
            return cursor.fetchall()


def _state(row: tuple[Any, ...], lineages: Mapping[int, UUID]) -> GridState:
    _, lineage, parent, level, code, label, name, kind, reason, range_reason, locked, why = row[:12]
    return GridState(
        lineage=lineage,
        level=level,
        parent=None if parent is None else lineages[parent],
        code=code,
        label=label,
        name=name,
        kind=kind,
        pieces_reason=reason,
        range_reason=range_reason,
        locked=locked,
        lock_reason=why,
    )


def _segments(shapes: list[Shape]) -> Segments:
    xy, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(listed(shapes))), return_index=True
    )
    rows = np.flatnonzero(ring[1:] == ring[:-1])
    return np.stack([xy[rows], xy[rows + 1]], axis=1)


def _beside(segments: Segments, where: Shape) -> Shapes:
    west, south, east, north = where.bounds
    low, high = segments.min(axis=1), segments.max(axis=1)
    met = (low <= (east + BESIDE, north + BESIDE)) & (high >= (west - BESIDE, south - BESIDE))
    lines = listed(shapely.linestrings(segments[met.all(axis=1)]))
    shapely.prepare(where)
    return lines[shapely.dwithin(where, lines, BESIDE)] if len(lines) else lines
