"""What the proof left over, told as places: gaps, overlaps, land outside, unmatched borders.

The residue outlines every defect. It is noded and polygonised in whole lattice steps, where
collinear points are collinear exactly, and each face is asked how many grids lie above it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.proof import crowded, invalid, residue
from geogrid.coverage.refinement import departures
from geogrid.coverage.segments import Segments
from layers.datum.lattice import STEPS_PER_DEGREE, snap
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Finding", "Kind", "inspect", "refined_by"]

SPECK = 1e-6  # of a face: less is the rounding of a crossing point, not a shared surface
NEAR = 1e-3  # steps: how close the middle of a piece of border lies to the segment it came from


class Kind(StrEnum):
    """What can be wrong with a tiling."""

    INVALID = "invalid"
    """A shape that is empty, not a polygon, or crosses itself."""
    GAP = "gap"
    """Land of the parent that no grid covers."""
    OVERLAP = "overlap"
    """Land that several grids cover."""
    OUTSIDE = "outside"
    """Land beyond the parent that a grid covers."""
    UNMATCHED = "unmatched"
    """A border whose two sides have different vertices: no area yet, the next edit opens one."""
    PIECES = "pieces"
    """A grid in several pieces where the territory is not cut."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect.

    Attributes
    ----------
    kind : Kind
    where : shapely geometry
        EPSG:4326: the faulty area, the unmatched line, or the point where a shape is invalid.
    area_m2 : float
        Square metres on the ellipsoid; 0.0 for lines and points.
    grids : tuple of int
        Indices of the children involved; for a gap, those around it. Empty when none is.
    note : str
        What GEOS says about an invalid shape; empty otherwise.
    """

    kind: Kind
    where: Shape
    area_m2: float
    grids: tuple[int, ...]
    note: str = ""


def inspect(
    children: ShapesLike, parents: ShapesLike, *, pieces_allowed: Container[int] = ()
) -> list[Finding]:
    """Everything that keeps the children from tiling the parents exactly.

    Parameters
    ----------
    children : shapes, n of them
        EPSG:4326; vertices are read at their nearest lattice point.
    parents : Polygon or MultiPolygon, m of them
        Valid, not overlapping each other; together they are the territory.
    pieces_allowed : container of int
        Indices of children that may lie in several pieces.

    Returns
    -------
    list of Finding
        Empty if and only if the tiling is exact; by kind, then the largest first.

    Raises
    ------
    ValueError
        When a parent is invalid, or a coordinate is not finite or outside the world.

    Known Issues
    ------------
    Around a shape that crosses itself, overlaps and gaps are told for its repaired form.
    """
    shapes = _read(children)
    outlines = _read(parents)
    if len(invalid(outlines)):
        raise ValueError("a parent is empty, not a polygon, or crosses itself")
    broken = invalid(shapes)
    found = [_broken(shapes[index], int(index)) for index in broken]
    polygonal = np.array([shape is not None and shape.area > 0 for shape in shapes], dtype=bool)
    index = np.flatnonzero(polygonal)
    left = residue(shapes[index], outlines)
    if len(left):
        found += _located(left, shapes[index], outlines, index)
    land = shapely.union_all(outlines)
    sound = np.setdiff1d(index, broken)
    found += [
        Finding(Kind.PIECES, shapes[grid], area_m2(shapes[grid]), (int(grid),))
        for grid in sound[crowded(shapes[sound], land)]
        if int(grid) not in pieces_allowed
    ]
    order = list(Kind)
    return sorted(found, key=lambda one: (order.index(one.kind), -one.area_m2, one.grids))


def refined_by(children: ShapesLike, parents: ShapesLike) -> Shape | None:
    """The outline the children tile, when it differs from the parents' by refining vertices only.

    Where a border meets the edge of the territory, the edge needs a lattice vertex, up to a
    centimetre beside it. A plan carries that outline; a file of its grids says it by itself.

    Parameters
    ----------
    children, parents : Polygon or MultiPolygon
        EPSG:4326; vertices are read at their nearest lattice point.

    Returns
    -------
    Polygon or MultiPolygon, or None
        To be given to `inspect` as the parent; None when the children tile no refinement.
    """
    shapes, outlines = _read(children), _read(parents)
    if not len(shapes) or len(invalid(shapes)) or len(invalid(outlines)):
        return None
    if not shapely.coverage_is_valid(shapes) or not shapely.coverage_is_valid(outlines):
        return None
    base, outline = shapely.coverage_union_all(outlines), shapely.coverage_union_all(shapes)
    if len(invalid([base, outline])) or len(departures(base, outline)):
        return None
    return outline


def _read(shapes: ShapesLike) -> Shapes:
    """The shapes with each vertex at its nearest lattice point."""
    return listed([None if shape is None else snap(shape) for shape in listed(shapes)])


def _broken(shape: Shape | None, index: int) -> Finding:
    if shape is None or shape.is_empty:
        return Finding(Kind.INVALID, shapely.Point(), 0.0, (index,), "empty")
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return Finding(Kind.INVALID, shape, 0.0, (index,), f"a {shape.geom_type}, not a polygon")
    reason = shapely.is_valid_reason(shape)
    place = re.search(r"\[(\S+) (\S+)\]", reason)
    where = shapely.Point(*map(float, place.groups())) if place else shapely.centroid(shape)
    return Finding(Kind.INVALID, where, 0.0, (index,), reason.split("[")[0])


@dataclass(frozen=True, slots=True)
class _Frame:
    """Whole lattice steps counted from a corner near the residue: small, exact numbers."""

    corner: NDArray[np.int64]

    def into(self, shapes: Shapes) -> Shapes:
        moved: Shapes = shapely.transform(
            shapes, lambda xy: np.rint(xy * STEPS_PER_DEGREE) - self.corner
        )
        return moved

    def back(self, shape: Shape) -> Shape:
        return shapely.transform(shape, lambda xy: (xy + self.corner) / STEPS_PER_DEGREE)


def _located(
    left: Segments, shapes: Shapes, outlines: Shapes, index: NDArray[np.intp]
) -> Iterator[Finding]:
    """Findings of the residue `left`; `index` numbers the shapes as the caller does."""
    ends = left.ends()
    frame = _Frame(ends.reshape(-1, 2).min(axis=0))
    lines = listed(shapely.linestrings((ends - frame.corner).astype(np.float64)))
    grids = frame.into(shapes)
    faulty = ~shapely.is_valid(grids)
    grids[faulty] = shapely.make_valid(grids[faulty], method="structure")
    land = shapely.union_all(frame.into(outlines))
    noded = shapely.union_all([*lines, shapely.boundary(land)])  # so no face lies across the edge
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    tree = shapely.STRtree(grids)
    defects = _defective(faces, tree, land)
    for kind, face, above in _joined(defects):
        owners = above or tree.query(face, predicate="intersects").tolist()
        where = frame.back(face)
        yield Finding(kind, where, area_m2(where), _numbers(index[list(owners)]))
    for line, owners in _unmatched(noded, [face for _, face, _ in defects], lines, left.owner):
        yield Finding(Kind.UNMATCHED, frame.back(line), 0.0, _numbers(index[list(owners)]))


def _numbers(index: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(sorted({int(number) for number in index}))


Defect = tuple[Kind, shapely.Polygon, tuple[int, ...]]


def _defective(faces: Shapes, tree: shapely.STRtree, land: Shape) -> list[Defect]:
    """Shapes that are not covered exactly once inside the land, or covered outside of it."""
    points = shapely.point_on_surface(faces)
    above = _times_covered(points, tree)
    shapely.prepare(land)
    inside = shapely.contains(land, points)
    defects: list[Defect] = []
    for face, within, count in zip(faces, inside.tolist(), above.tolist(), strict=True):
        if within and not count:
            defects.append((Kind.GAP, face, ()))
        elif count > within:
            owners = _covering(face, tree)
            if count > 1:
                defects.append((Kind.OVERLAP, face, owners))
            if not within:
                defects.append((Kind.OUTSIDE, face, owners))
    return defects


def _times_covered(points: Shapes, tree: shapely.STRtree) -> NDArray[np.int64]:
    """How many grids lie above each point.

    A point on a border that cancelled lies in the interior of neither side: there the half-open
    rule decides, by which it belongs to exactly one of the two.
    """
    count = np.bincount(tree.query(points, predicate="within")[0], minlength=len(points))
    touching = tree.query(points, predicate="intersects")
    on_border = np.flatnonzero(np.bincount(touching[0], minlength=len(points)) != count)
    for number in on_border.tolist():
        around = tree.geometries[touching[1][touching[0] == number]]
        x, y = shapely.get_coordinates(points[number])[0]
        count[number] = sum(_half_open(grid, x, y) for grid in around)
    return count


def _half_open(grid: Shape, x: float, y: float) -> bool:
    """Whether a ray to the east crosses the boundary an odd number of times."""
    edges = _edges(shapely.get_rings(shapely.get_parts(grid)))
    below = np.where((edges[:, 1] <= edges[:, 3])[:, None], edges, np.roll(edges, 2, axis=1))
    below = below[(below[:, 1] <= y) & (below[:, 3] > y)]
    rise = (y - below[:, 1]) / (below[:, 3] - below[:, 1])
    return bool(((below[:, 0] + rise * (below[:, 2] - below[:, 0])) > x).sum() % 2)


def _covering(face: shapely.Polygon, tree: shapely.STRtree) -> tuple[int, ...]:
    """Grids above a face: not always all of it, since borders that cancel do not divide it."""
    near = tree.query(face, predicate="intersects")
    shared = shapely.area(shapely.intersection(tree.geometries[near], face))
    return tuple(sorted(near[shared > SPECK * face.area].tolist()))


def _joined(defects: list[Defect]) -> Iterator[Defect]:
    """Neighbouring faces with the same defect and the same grids, as one."""
    alike: dict[tuple[Kind, tuple[int, ...]], list[shapely.Polygon]] = {}
    for kind, face, owners in defects:
        alike.setdefault((kind, owners), []).append(face)
    for (kind, owners), members in alike.items():
        for face in shapely.get_parts(shapely.union_all(members)):
            yield kind, face, owners


def _unmatched(
    noded: Shape,
    faces: list[shapely.Polygon],
    lines: Shapes,
    owner: NDArray[np.int64],
) -> Iterator[tuple[Shape, set[int]]]:
    """Pieces of residue that bound no faulty face, and the shapes they belong to."""
    pieces, around = (
        _edges(shapely.get_parts(noded)),
        _edges(shapely.boundary(listed(faces))),
    )
    both = np.unique(np.concatenate([pieces, around]), axis=0, return_inverse=True)[1].ravel()
    lone = pieces[~np.isin(both[: len(pieces)], both[len(pieces) :])]
    sources = shapely.STRtree(lines)
    # Stretches of the outline itself were only noded along; they are in no fault.
    lone = lone[np.unique(sources.query(_middles(lone), predicate="dwithin", distance=NEAR)[0])]
    if not len(lone):
        return
    merged = shapely.line_merge(shapely.multilinestrings(lone.reshape(-1, 2, 2)))
    for line in shapely.get_parts(merged):
        rows = sources.query(_middles(_edges([line])), predicate="dwithin", distance=NEAR)[1]
        yield line, {int(number) for number in owner[rows] if number >= 0}


def _middles(edges: NDArray[np.float64]) -> Shapes:
    return listed(shapely.points((edges[:, :2] + edges[:, 2:]) / 2))


def _edges(lines: ShapesLike) -> NDArray[np.float64]:
    """Undirected two-point edges of lines, shape (n, 4)."""
    xy, index = shapely.get_coordinates(listed(lines), return_index=True)
    within = index[1:] == index[:-1]
    start, end = xy[:-1][within], xy[1:][within]
    back = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    ordered = np.where(back[:, None], np.hstack([end, start]), np.hstack([start, end]))
    return np.asarray(ordered + 0.0, dtype=np.float64)  # -0.0 and 0.0 are one number
