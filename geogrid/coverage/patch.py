"""One step for every edit that draws lines: arrange, own, dissolve, prove, settle.

A small patch of grids is noded together with the planner's line, each elementary face goes to
one grid, the faces of each grid are united, and `coverage.proving` proves that nothing outside the
patch would notice. Where it would, the proof says whose border was divided: that grid joins the
patch, and the step is done again. The cost depends on the patch alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.arrange import arrange, dissolve
from geogrid.coverage.change import Change, Code, Key, Refused, Rights
from geogrid.coverage.nesting import union
from geogrid.coverage.proving import Outcome, Strayed, conclude, outline_of
from geogrid.coverage.rings import moved_vertex, replaced
from geogrid.coverage.segments import pack
from geogrid.coverage.spreading import spread
from geogrid.coverage.tiling import Ground
from layers.datum.lattice import STEP, from_steps, to_steps
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["Faces", "Give", "lines_within", "rearranged", "thin"]

TRIES = 8  # rounds: the patch may grow, a line end move onto the base, a border be noded again
BESIDE = 0.75 * STEP  # how far noding moves a border at most, in degrees


@dataclass(frozen=True, slots=True)
class Faces:
    """The elementary faces of a patch.

    Attributes
    ----------
    shapes, inner : ndarray of Polygon and of Point, shape (n,)
    owner : ndarray of int64, shape (n,)
        The grid each face belongs to before the edit.
    unit : ndarray of int64, shape (n,)
        Number of the fixed unit it lies in; land must not leave it. All 0 when unlocked.
    cuts : ndarray of LineString
        The lines that were drawn.
    """

    shapes: Shapes
    inner: Shapes
    owner: NDArray[np.int64]
    unit: NDArray[np.int64]
    cuts: Shapes


Give = Callable[[Faces], NDArray[np.int64]]
"""An operation's rule: the new owner of each face."""


def lines_within(lines: Shape, shapes: Sequence[Shape]) -> Shapes:
    """The pieces of lines that run inside or along any of the shapes.

    Raises `Refused` (no_cut) for lines whose coordinates are no finite numbers.
    """
    flat = shapely.force_2d(lines)
    if not np.isfinite(shapely.get_coordinates(flat)).all():
        raise Refused(Code.NO_CUT, flat)
    pieces = shapely.get_parts(shapely.intersection(flat, listed(shapes)))
    pieces = shapely.get_parts(pieces)  # of the collections that mix lines with points
    return pieces[shapely.get_dimensions(pieces) == 1]


def thin(shapes: Shapes) -> NDArray[np.bool_]:
    """Which shapes are slivers: on average not one step wide."""
    return 2 * shapely.area(shapes) < STEP * shapely.length(shapes)


def rearranged(
    ground: Ground,
    patch: Mapping[Key, Shape],
    cuts: Shapes,
    give: Give,
    rights: Rights,
    *,
    joined: Sequence[Key] = (),
) -> Change:
    """Arrange a patch with new lines, give its faces to grids, prove and settle.

    Parameters
    ----------
    ground : Ground
    patch : mapping of Key to shape
        The grids to begin with: those whose land is given, and those near the lines.
    cuts : ndarray of LineString
        EPSG:4326, inside the patch.
    give : callable
        The operation's rule; may refuse.
    rights : Rights
    joined : sequence of Key
        Grids whose common border is not drawn: the cuts replace it.

    Raises
    ------
    Refused
    """
    shapes, drawn = dict(patch), dict(patch)
    reason = Refused(Code.TOO_CLOSE, shapely.union_all(cuts), tuple(patch))
    for _ in range(TRIES):
        faces = _faces(ground, shapes, drawn, cuts, joined, rights)
        owner, after = _dissolved(faces, give(faces))
        parts_of = {key: _origin(faces, owner == key) for key in after if key not in shapes}
        outcome = Outcome.of(shapes, after, parts_of)
        outline = outline_of(ground, outcome, rights)
        if outline.neighbours:
            shapes |= outline.neighbours
            drawn |= outline.neighbours
        elif outline.strayed and not outline.moved:
            cuts, drawn = _onto_base(cuts, drawn, outline.strayed)
        else:
            try:
                return conclude(ground, outcome, outline, rights)
            except Refused as refused:
                if refused.code is not Code.TOO_CLOSE:
                    raise
                reason = refused
            # Noding bent a border into the cell of the next vertex: it has to bend there too.
            shapes |= ground.near(reason.where, 1)
            drawn = _bent({**shapes, **after}, reason.where)
            cuts, joined = cuts[:0], ()
    raise reason


def _faces(
    ground: Ground,
    shapes: Mapping[Key, Shape],
    drawn: Mapping[Key, Shape],
    cuts: Shapes,
    joined: Sequence[Key],
    rights: Rights,
) -> Faces:
    kept = [shape for key, shape in drawn.items() if key not in joined]
    if joined:
        kept.append(union([drawn[key] for key in joined]))
    faces = arrange([*shapely.boundary(listed(kept)), *cuts])
    inner = shapely.point_on_surface(faces)
    keys = np.fromiter(shapes, np.int64, len(shapes))
    tree = shapely.STRtree(listed(shapes.values()))
    home = np.full(len(faces), -1)
    face, at = tree.query(inner, predicate="intersects")  # on a joined border: either will do
    home[face] = at
    # What lies in no grid of the patch is foreign land inside it, or a sliver made by noding.
    lost = np.flatnonzero((home < 0) & thin(faces))
    face, at = tree.query_nearest(inner[lost], max_distance=BESIDE, all_matches=False)
    home[lost[face]] = at
    mine = home >= 0
    number: dict[Hashable, int] = {}
    units = [0 if rights.unlocked else ground.group(key) for key in keys.tolist()]
    unit = np.array([number.setdefault(each, len(number)) for each in units], dtype=np.int64)
    home = home[mine]
    return Faces(faces[mine], inner[mine], keys[home], unit[home], cuts)


def _dissolved(
    faces: Faces, owner: NDArray[np.int64]
) -> tuple[NDArray[np.int64], dict[Key, Shape]]:
    """Each grid as the union of its faces, and the owner of each face.

    Slivers cut off from their grid go to the neighbour with the longest common border.
    """
    owners, united = dissolve(faces.shapes, owner)
    broken = np.flatnonzero(shapely.get_num_geometries(united) > 1)
    parts, of = shapely.get_parts(united[broken], return_index=True)
    scraps = thin(parts)
    if scraps.any():
        face, scrap = shapely.STRtree(parts[scraps]).query(faces.inner, predicate="intersects")
        free = np.zeros(len(owner), dtype=bool)
        free[face] = owner[face] == owners[broken[of[scraps][scrap]]]
        owner, _ = spread(faces.shapes, owner, free, within=faces.unit)
        owners, united = dissolve(faces.shapes, owner)
    return owner, dict(zip(owners.tolist(), united, strict=True))


def _origin(faces: Faces, rows: NDArray[np.bool_]) -> Key:
    """The grid that most of the faces' land belonged to."""
    keys, index = np.unique(faces.owner[rows], return_inverse=True)
    return int(keys[np.argmax(np.bincount(index, weights=shapely.area(faces.shapes[rows])))])


def _bent(shapes: Mapping[Key, Shape], places: Shape) -> dict[Key, Shape]:
    """Shapes with each border bent into the vertex whose cell it crosses; see `closeness`."""
    bent = dict(shapes)
    for place in shapely.get_parts(places):
        vertex, *ends = to_steps(shapely.get_coordinates(place))
        border, path = np.array(ends), np.array([ends[0], vertex, ends[1]])
        bent = {key: replaced(shape, border, path) for key, shape in bent.items()}
    return bent


def _onto_base(
    cuts: Shapes, drawn: Mapping[Key, Shape], strayed: Sequence[Strayed]
) -> tuple[Shapes, dict[Key, Shape]]:
    """Move ends of lines to where the base segment passes.

    A line that meets a border which an earlier edit already bent by half a step may round to a
    lattice point too far from the base. The lattice point nearest to the base takes its place.
    """
    shapes = dict(drawn)
    xy = shapely.get_coordinates(cuts)
    points = pack(to_steps(xy))
    for each in strayed:
        vertex, target = pack(each.vertex[None])[0], pack(each.target[None])[0]
        xy[points == vertex] = from_steps(each.target)
        shapes = {key: moved_vertex(shape, vertex, target) for key, shape in shapes.items()}
        if not (each.target == each.border).all(axis=1).any():
            path = np.insert(each.border, 1, each.target, axis=0)
            shapes = {key: replaced(shape, each.border, path) for key, shape in shapes.items()}
    moved = shapely.set_coordinates(cuts.copy(), xy)
    return moved, shapes
