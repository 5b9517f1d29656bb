"""Locked grids of a draft: a planner has settled their borders, and no edit moves those.

A lock is a column of the grid, set by `Describe` like its name: it is in the history, can be undone
and waits for the network like everything else. It binds whoever draws, not what is approved: a
draft started from a plan in force begins without locks.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import TYPE_CHECKING
from uuid import UUID

import shapely

from geogrid.territory.errors import GridLocked
from geogrid.territory.geojson import as_geojson
from geogrid.territory.models import Plan
from geogrid.territory.states import GridState, same_shape

if TYPE_CHECKING:
    from geogrid.territory.actions.outcome import Outcome

__all__ = ["locked_lineages", "refuse_locked"]


def locked_lineages(plan: Plan) -> set[UUID]:
    """The grids of a draft whose borders may not move."""
    return set(plan.grids.filter(locked=True).values_list("lineage", flat=True))


def refuse_locked(outcome: Outcome, *, refined: Callable[[], Set[UUID]]) -> None:
    """Raise GridLocked where an edit would end a locked grid or move its border.

    `refined` tells the grids whose border only gains vertices: a neighbour may be divided beside a
    locked grid. What the grid is called and where it hangs may change.
    """
    moved = [
        (old, new)
        for lineage, old in outcome.before.items()
        if old is not None and old.locked and _moves(old, new := outcome.after[lineage])
    ]
    if moved:
        beside = refined()
        moved = [(old, new) for old, new in moved if old.lineage not in beside]
    if not moved:
        return
    where = shapely.union_all([_where(old, new) for old, new in moved])
    raise GridLocked(
        names=", ".join(f"{old.name} ({old.code})" for old, _ in moved),
        grids=[
            {"lineage": str(old.lineage), "code": old.code, "name": old.name} for old, _ in moved
        ],
        where=as_geojson(where),
    )


def _moves(old: GridState, new: GridState | None) -> bool:
    return new is None or not same_shape(old.shape, new.shape)


def _where(old: GridState, new: GridState | None) -> shapely.Geometry:
    """The land that would change hands; a border that only bends by a vertex as that border."""
    assert old.shape is not None  # noqa: S101  (only leaves are locked)
    if new is None or new.shape is None:
        return old.shape
    land = shapely.symmetric_difference(old.shape, new.shape)
    return old.shape.boundary if land.is_empty else land
