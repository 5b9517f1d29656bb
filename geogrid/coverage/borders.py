"""Edits of the common border of two grids: drawn anew, straightened, laid along a street."""

from __future__ import annotations

from collections.abc import Container

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.change import Change, Code, Key, Refused, Rights
from geogrid.coverage.nesting import union
from geogrid.coverage.patch import Faces, lines_within, rearranged
from geogrid.coverage.segments import directed_segments
from geogrid.coverage.street_paths import street_path
from geogrid.coverage.tiling import Ground
from layers.datum.shapes import Shape, Shapes, ShapesLike

__all__ = ["common_border", "move_border", "snap_to_street", "straighten"]


def common_border(one: Shape, other: Shape) -> Shapes:
    """The pieces of border two grids of a tiling share, each as long as it goes.

    Returns
    -------
    ndarray of LineString, shape (n,)
        EPSG:4326, in no particular direction; closed where one grid encloses the other. Empty
        when they share no segment.
    """
    segments = directed_segments([one, other])
    order, starts = segments.grouped()
    twice = order[starts[np.diff(np.append(starts, len(order))) == 2]]
    if not len(twice):
        return np.empty(0, dtype=object)
    merged = shapely.line_merge(shapely.multilinestrings(list(segments.take(twice).lines())))
    pieces: Shapes = shapely.get_parts(merged)
    return pieces


def move_border(
    ground: Ground,
    one: Key,
    other: Key,
    line: Shape,
    *,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Draw the common border of two grids anew.

    Parameters
    ----------
    ground : Ground
    one, other : Key
        Neighbours. Their land together stays the same.
    line : LineString or MultiLineString
        EPSG:4326; has to divide their common land. Each side goes to the grid that it holds the
        larger share of. What lies outside is ignored.
    unlocked, pieces_allowed
        See `coverage.edits`.

    Raises
    ------
    Refused
        not_neighbours when they share no border, no_cut when the line does not tell them
        apart, and see `coverage.edits`.
    """
    shapes = {one: ground.shape(one), other: ground.shape(other)}
    if one == other or not len(common_border(shapes[one], shapes[other])):
        raise Refused(Code.NOT_NEIGHBOURS, shapely.union_all(list(shapes.values())), (one, other))
    whole = union([shapes[one], shapes[other]])
    cuts = lines_within(line, [whole])
    if not len(cuts):
        raise Refused(Code.NO_CUT, line, (one, other))

    def give(faces: Faces) -> NDArray[np.int64]:
        owner = faces.owner.copy()
        rows = np.flatnonzero(np.isin(owner, (one, other)))
        owner[rows] = np.where(
            _share(faces.shapes[rows], shapes[one]) > _share(faces.shapes[rows], shapes[other]),
            one,
            other,
        )
        if len(np.unique(owner[rows])) < 2:
            raise Refused(Code.NO_CUT, line, (one, other))
        return owner

    patch = {**ground.near(shapely.union_all(cuts), 1), **shapes}
    rights = Rights(unlocked, pieces_allowed)
    return rearranged(ground, patch, cuts, give, rights, joined=(one, other))


def straighten(
    ground: Ground,
    one: Key,
    other: Key,
    *,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Make the common border of two grids straight between the places where others join it.

    Raises
    ------
    Refused
        not_neighbours when they share no border, no_cut when it is straight or one grid
        encloses the other, in_pieces when a third grid lies in the way; and see `coverage.edits`.
    """
    pieces = _border_of(ground, one, other)
    chords = [
        piece if piece.is_closed else shapely.LineString([piece.coords[0], piece.coords[-1]])
        for piece in pieces
    ]
    line = shapely.MultiLineString(chords)
    if all(piece.is_closed or len(piece.coords) == 2 for piece in pieces):
        raise Refused(Code.NO_CUT, line, (one, other))
    return move_border(ground, one, other, line, unlocked=unlocked, pieces_allowed=pieces_allowed)


def snap_to_street(
    ground: Ground,
    one: Key,
    other: Key,
    streets: ShapesLike,
    *,
    within_m: float,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Lay the common border of two grids along the streets beside it.

    Parameters
    ----------
    ground : Ground
    one, other : Key
        Neighbours.
    streets : LineString or MultiLineString, n of them
        EPSG:4326; those near the border suffice.
    within_m : float
        How far from the border a street may lie, in metres.
    unlocked, pieces_allowed
        See `coverage.edits`.

    Raises
    ------
    Refused
        not_neighbours when they share no border, no_cut when no streets lead from one end of
        the border to the other within that distance; and see `coverage.edits`.

    Known Issues
    ------------
    The ends of the border stay, where third grids join it: short pieces lead from there to the
    street. A border that closes upon itself stays as it is.
    """
    pieces = _border_of(ground, one, other)
    paths = [street_path(piece, streets, within_m) for piece in pieces]
    line = shapely.union_all(
        [piece if path is None else path for piece, path in zip(pieces, paths, strict=True)]
    )
    if not any(paths):
        raise Refused(Code.NO_CUT, line, (one, other))
    return move_border(ground, one, other, line, unlocked=unlocked, pieces_allowed=pieces_allowed)


def _border_of(ground: Ground, one: Key, other: Key) -> Shapes:
    shapes = [ground.shape(one), ground.shape(other)]
    pieces = common_border(*shapes) if one != other else np.empty(0, dtype=object)
    if not len(pieces):
        raise Refused(Code.NOT_NEIGHBOURS, shapely.union_all(shapes), (one, other))
    return pieces


def _share(faces: Shapes, grid: Shape) -> NDArray[np.float64]:
    """What part of a grid lies in each face."""
    share: NDArray[np.float64] = shapely.area(shapely.intersection(faces, grid)) / grid.area
    return share
