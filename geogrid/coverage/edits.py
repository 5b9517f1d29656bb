"""Edits: what a planner does to the grids of a tiling, each proved and settled.

Every edit takes the ground it sees and answers a `Change`, or raises `Refused` with a code and
a place. Nothing is written: `Tiling.apply` or the database carries a change out. The cost of an
edit depends on the grids near it, not on how many there are.

This module holds what gives land from grid to grid; `borders` holds what redraws the border of
two grids, `vertices` what touches single vertices. All are to be had from here.

All take `unlocked` (land may pass between units with fixed outlines) and `pieces_allowed` (keys of
grids that may lie in several pieces). All refuse: `vanishes`, `in_pieces`, `too_close`, `folds`,
`fixed_outline`, `off_outline`; see `change.Code`.

Known Issues
------------
A grid is judged by its pieces, not by its width: a line a few steps beside a border cuts out a
grid as narrow as that. Slivers below one step of width go to the neighbour with the longest
common border, within their fixed unit. Each grid of a patch is noded whole: an edit that meets
an undivided territory of 20,000 vertices takes about 0.1 s.

Source: hot pixel snap rounding (Hobby 1999; Guibas and Marimont 1998) by GEOS for arranging;
boundary cancellation for the proof, see `coverage.proof`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.arrange import dissolve
from geogrid.coverage.borders import move_border, snap_to_street, straighten
from geogrid.coverage.change import Change, Code, Key, Refined, Refused, Rights
from geogrid.coverage.nesting import union
from geogrid.coverage.patch import Faces, lines_within, rearranged, thin
from geogrid.coverage.proof import invalid
from geogrid.coverage.proving import Outcome, proved
from geogrid.coverage.spreading import spread
from geogrid.coverage.tiling import Ground, Tiling
from geogrid.coverage.vertices import delete_vertex, insert_vertex, move_vertex
from layers.datum.lattice import STEP, snap
from layers.datum.shapes import Shape, listed

__all__ = [
    "Change",
    "Code",
    "Ground",
    "Key",
    "Refined",
    "Refused",
    "Tiling",
    "claim",
    "delete_vertex",
    "insert_vertex",
    "largest",
    "merge",
    "move_border",
    "move_vertex",
    "redraw",
    "replace",
    "snap_to_street",
    "split",
    "straighten",
]


def largest(pieces: Sequence[Shape]) -> int:
    """The index of the piece with the largest area (in degrees: good enough to choose)."""
    return int(np.argmax(shapely.area(listed(pieces))))


def split(
    ground: Ground,
    key: Key,
    line: Shape,
    *,
    keeper: Callable[[Sequence[Shape]], int] = largest,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Divide a grid along a line.

    Parameters
    ----------
    ground : Ground
    key : Key
    line : LineString or MultiLineString
        EPSG:4326. May cross the grid several times, run through vertices and holes, and leave
        it; what lies outside does nothing, and neither do dead ends.
    keeper : callable
        Gets the pieces (Polygons), answers the index of the one that stays `key`; by default
        the largest. Parts of a grid in several parts that the line does not divide stay too.
    unlocked, pieces_allowed
        See the module.

    Returns
    -------
    Change
        The other pieces are new grids -1, -2 ... from west to east.

    Raises
    ------
    Refused
        no_cut when the line does not divide the grid, and see the module.
    """
    whole = ground.shape(key)
    cuts = lines_within(line, [whole])
    if not len(cuts):
        raise Refused(Code.NO_CUT, line, (key,))

    def give(faces: Faces) -> NDArray[np.int64]:
        owner = faces.owner.copy()
        rows = np.flatnonzero(owner == key)
        if shapely.get_num_geometries(whole) > 1:
            rows = rows[shapely.dwithin(faces.shapes[rows], shapely.union_all(cuts), STEP)]
        label, _ = spread(faces.shapes[rows], np.arange(len(rows)), thin(faces.shapes[rows]))
        labels, pieces = dissolve(faces.shapes[rows], label)
        if len(pieces) < 2:
            raise Refused(Code.NO_CUT, line, (key,))
        stays = keeper(list(pieces))
        others = [at for at in np.argsort(shapely.bounds(pieces)[:, 0]) if at != stays]
        for new, at in enumerate(others, start=1):
            owner[rows[label == labels[at]]] = -new
        return owner

    patch = {**ground.near(shapely.union_all(cuts), 1), key: whole}
    return rearranged(ground, patch, cuts, give, Rights(unlocked, pieces_allowed))


def merge(
    ground: Ground,
    target: Key,
    others: Collection[Key],
    *,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Unite grids; the target survives, the others end.

    Raises
    ------
    Refused
        not_neighbours when they do not form one piece, no_cut when there is nothing to unite,
        in_pieces when another grid lay in pieces where the target does not, and see the module.
    """
    gone = frozenset(others) - {target}
    if not gone:
        raise Refused(Code.NO_CUT, ground.shape(target), (target,))
    before = {key: ground.shape(key) for key in sorted({target, *gone})}
    outcome = Outcome.of(before, {target: union(list(before.values()))}, {}, gone)
    apart = shapely.get_num_geometries(listed(before.values())).max()
    try:
        return proved(ground, outcome, Rights(unlocked, pieces_allowed))
    except Refused as refusal:
        if refusal.code is Code.IN_PIECES and len(shapely.get_parts(outcome.after[target])) > apart:
            raise Refused(Code.NOT_NEIGHBOURS, refusal.where, tuple(before)) from refusal
        raise


def claim(
    ground: Ground,
    target: Key,
    area: Shape,
    *,
    sources: Collection[Key] | None = None,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Hand over everything inside an area to one grid.

    Parameters
    ----------
    ground : Ground
    target : Key
        The grid that gets the land; -1 cuts out a new one.
    area : Polygon or MultiPolygon
        EPSG:4326: a lasso, blocks, footprints ... What lies outside the territory is ignored.
    sources : collection of Key, optional
        From whom; by default from everyone.
    unlocked, pieces_allowed
        See the module.

    Raises
    ------
    Refused
        folds when the area is no valid polygon, no_cut when no land changes hands, and see the
        module: `in_pieces` also names a target that the area does not touch.
    """
    _check_area(area, (target,))
    near = dict(ground.near(area, 1))
    if target >= 0:
        near[target] = ground.shape(target)
    givers = [key for key in near if key != target and (sources is None or key in sources)]
    cuts = lines_within(shapely.boundary(area), [near[key] for key in givers])

    def give(faces: Faces) -> NDArray[np.int64]:
        inside = _inside(area, faces) & np.isin(faces.owner, givers)
        if not inside.any():
            raise Refused(Code.NO_CUT, area, (target,))
        return np.where(inside, target, faces.owner)

    return rearranged(ground, near, cuts, give, Rights(unlocked, pieces_allowed))


def redraw(
    ground: Ground,
    key: Key,
    shape: Shape,
    *,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Give a grid a new shape: it gets what was added, neighbours get what was released.

    Parameters
    ----------
    ground : Ground
    key : Key
    shape : Polygon or MultiPolygon
        EPSG:4326. What lies outside the territory is ignored. Each released face goes to the
        neighbour with the longest common border, of the same fixed unit unless unlocked.
    unlocked, pieces_allowed
        See the module.

    Raises
    ------
    Refused
        folds when the shape is no valid polygon, off_outline when nobody could take released
        land, and see the module.
    """
    _check_area(shape, (key,))
    old = ground.shape(key)
    difference = shapely.symmetric_difference(old, shape)
    patch = {**ground.near(difference, 1), key: old}
    cuts = lines_within(shapely.boundary(shape), list(patch.values()))

    def give(faces: Faces) -> NDArray[np.int64]:
        inside = _inside(shape, faces)
        released = (faces.owner == key) & ~inside
        owner = np.where(inside, key, faces.owner)
        takers = released | (owner != key)
        rows = np.flatnonzero(takers)
        owner[rows], left = spread(
            faces.shapes[rows], owner[rows], released[rows], within=faces.unit[rows]
        )
        if left.any():
            raise Refused(Code.OFF_OUTLINE, shapely.union_all(faces.shapes[rows[left]]), (key,))
        return owner

    return rearranged(ground, patch, cuts, give, Rights(unlocked, pieces_allowed))


def replace(
    ground: Ground,
    shapes: Mapping[Key, Shape],
    gone: Collection[Key] = (),
    *,
    unlocked: bool = False,
    pieces_allowed: Container[Key] = (),
) -> Change:
    """Set exactly these shapes, proved: to undo, to rebalance, to take over from outside.

    Parameters
    ----------
    ground : Ground
    shapes : mapping of Key to Polygon or MultiPolygon
        EPSG:4326, on the lattice; negative keys for grids to be made. Every grid whose border
        changes has to be among them, if only for a vertex.
    gone : collection of Key
        Grids that end.
    unlocked, pieces_allowed
        See the module.

    Raises
    ------
    Refused
        off_outline when the shapes together do not cover exactly the land of the grids they
        replace (`left_out` names neighbours that would have to change with them), folds for
        shapes that are no valid polygons, and see the module.
    """
    after = {key: _usable(key, shape) for key, shape in shapes.items()}
    before = {key: ground.shape(key) for key in sorted({*shapes, *gone}) if key >= 0}
    if not before:
        code = Code.OFF_OUTLINE if after else Code.NO_CUT
        raise Refused(code, shapely.GeometryCollection(list(after.values())), tuple(after))
    parts_of = {key: _largest_share(after[key], before) for key in after if key < 0}
    outcome = Outcome.of(before, after, parts_of, frozenset(gone))
    return proved(ground, outcome, Rights(unlocked, pieces_allowed))


def _usable(key: Key, shape: Shape) -> Shape:
    """A shape from outside on the lattice, before anything is asked of it."""
    flat = shapely.force_2d(shape)
    if flat.is_empty:
        raise Refused(Code.VANISHES, flat, (key,))
    in_the_world = (np.abs(shapely.get_coordinates(flat)) <= 180).all()  # and no NaN
    if not in_the_world or len(invalid([flat])):
        raise Refused(Code.FOLDS, flat, (key,))
    snapped = snap(flat)
    if len(invalid([snapped])):
        raise Refused(Code.FOLDS, flat, (key,))
    return snapped


def _largest_share(shape: Shape, before: Mapping[Key, Shape]) -> Key:
    areas = shapely.area(shapely.intersection(shape, listed(before.values())))
    return list(before)[int(np.argmax(areas))]


def _inside(area: Shape, faces: Faces) -> NDArray[np.bool_]:
    shapely.prepare(area)
    inside: NDArray[np.bool_] = shapely.contains_properly(area, faces.inner)
    return inside


def _check_area(area: Shape, keys: tuple[Key, ...]) -> None:
    if not isinstance(area, shapely.Polygon | shapely.MultiPolygon) or area.is_empty:
        raise Refused(Code.NO_CUT, area, keys)
    if not area.is_valid:
        raise Refused(Code.FOLDS, area, keys)
