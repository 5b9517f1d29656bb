"""Edits of single vertices: every grid that holds the vertex follows."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.change import Change, Code, Key, Refused, Rights
from geogrid.coverage.proving import Outcome, proved
from geogrid.coverage.rings import moved_vertex, replaced, rewritten
from geogrid.coverage.segments import directed_segments, pack
from geogrid.coverage.tiling import Ground
from layers.datum.lattice import from_steps, to_steps
from layers.datum.shapes import Shape

__all__ = ["delete_vertex", "insert_vertex", "move_vertex"]


def move_vertex(
    ground: Ground,
    vertex: Shape,
    to: Shape,
    *,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Drag a vertex; moved onto the next vertex of its border, the two become one.

    Parameters
    ----------
    ground : Ground
    vertex, to : Point
        EPSG:4326. `to` is moved to its nearest lattice point.
    unlocked, pieces_allowed
        See `coverage.edits`.

    Raises
    ------
    Refused
        no_cut where no vertex is or it would stay, folds where a border would cross another,
        off_outline for vertices of the outline (one that an edit inserted may slide along its base
        segment), and see `coverage.edits`.
    """
    old, new = pack(_point(vertex))[0], pack(_point(to))[0]

    before = _holders(ground, vertex)
    if not before or old == new:
        raise Refused(Code.NO_CUT, vertex, tuple(before))
    return _changed(
        ground, before, lambda shape: moved_vertex(shape, old, new), unlocked, pieces_allowed
    )


def insert_vertex(
    ground: Ground,
    segment: Shape,
    point: Shape,
    *,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Put a vertex between two neighbouring vertices, on the border or beside it.

    Parameters
    ----------
    ground : Ground
    segment : LineString
        Two neighbouring vertices of a border, EPSG:4326, in any direction.
    point : Point
        Where the vertex goes; is moved to its nearest lattice point.
    unlocked, pieces_allowed
        See `coverage.edits`.

    Raises
    ------
    Refused
        no_cut where there is no such segment or the vertex is there already, off_outline when the
        segment lies on the outline and the vertex beside its base; and see `coverage.edits`.
    """
    ends, middle = to_steps(shapely.get_coordinates(segment)), _point(point)
    before = dict(ground.near(segment))
    if len(ends) != 2 or (ends == middle).all(axis=1).any():
        raise Refused(Code.NO_CUT, segment, tuple(before))
    path = np.concatenate([ends[:1], middle, ends[1:]])
    held = {key: shape for key, shape in before.items() if replaced(shape, ends, path) is not shape}
    if not held:
        raise Refused(Code.NO_CUT, segment, tuple(before))
    return _changed(
        ground, held, lambda shape: replaced(shape, ends, path), unlocked, pieces_allowed
    )


def delete_vertex(
    ground: Ground,
    vertex: Shape,
    *,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Take a vertex out of a border: its two neighbours are joined straight.

    Raises
    ------
    Refused
        no_cut where no vertex is, folds where more than two borders meet or one would cross
        another, vanishes for a triangle, off_outline for a vertex of the outline's base; and
        see `coverage.edits`.
    """
    old = pack(_point(vertex))[0]

    def change(ring: NDArray[np.uint64]) -> NDArray[np.uint64]:
        return ring[ring != old] if old in ring else ring

    before = _holders(ground, vertex)
    if not before:
        raise Refused(Code.NO_CUT, vertex)
    segments = directed_segments(before.values())
    meeting = np.concatenate(
        [segments.high[segments.low == old], segments.low[segments.high == old]]
    )
    if len(np.unique(meeting)) > 2:
        raise Refused(Code.FOLDS, vertex, tuple(before))
    return _changed(
        ground, before, lambda shape: rewritten(shape, change), unlocked, pieces_allowed
    )


def _point(point: Shape) -> NDArray[np.int64]:
    """The nearest lattice point in steps, shape (1, 2)."""
    return to_steps(shapely.get_coordinates(point))[:1]


def _holders(ground: Ground, vertex: Shape) -> dict[Key, Shape]:
    """The grids that have this vertex."""
    point = _point(vertex)
    near = ground.near(shapely.Point(from_steps(point)[0]))
    return {
        key: shape
        for key, shape in near.items()
        if (to_steps(shapely.get_coordinates(shape)) == point).all(axis=1).any()
    }


def _changed(
    ground: Ground,
    before: Mapping[Key, Shape],
    change: Callable[[Shape], Shape],
    unlocked: bool,
    pieces_allowed: Container[Key],
) -> Change:
    after = {key: change(shape) for key, shape in before.items()}
    left = {key: shape for key, shape in after.items() if not shape.is_empty}
    return proved(ground, Outcome.of(before, left, {}), Rights(unlocked, pieces_allowed))
