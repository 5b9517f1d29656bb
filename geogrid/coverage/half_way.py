"""Lines between buildings: half-way where there is room, along the party wall where they touch.

Where a block holds too many homes for one grid and no street or path divides it, the border has to
run between houses. People accept a line in the middle of the yard or along the wall between two
houses; they do not accept one through somebody's kitchen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.arrange import dissolve
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["CLEARANCE_M", "between", "units"]

CLEARANCE_M = 0.3  # what a line may cut off a footprint: mapped outlines are no better
# Everything below is in metres.
SHRUNK = 0.25  # inside CLEARANCE_M, so that the lattice's rounding (0.01) changes no promise
SAMPLING = 2.5  # between the points of an outline; nearer houses are corrected by their outlines
STRAIGHTENING = (1.5, 0.6, 0.2)  # tried from the left, as far as no footprint is in the way
OVERSHOOT = 0.03  # lines reach this far beyond the block, else rounding could end them before it
FINEST = 0.001  # grid of the noding in metres, a tenth of the lattice's step


def between(footprints: ShapesLike, face: Shape, *, sites: int | None = None) -> list[Shape]:
    """Lines that divide a block so that every footprint gets ground of its own.

    Parameters
    ----------
    footprints : Polygon or MultiPolygon, n of them
        EPSG:4326. Those that reach into the face: parts outside it are ignored. Footprints that
        overlap by more than 0.25 m are one building; touching ones are parted along their wall.
    face : Polygon
        The block, EPSG:4326.
    sites : int, optional
        Only the first `sites` footprints need ground of their own; the others (garages, sheds,
        houses that belong elsewhere) fall to a neighbour whole. By default all are sites.

    Returns
    -------
    list of LineString
        EPSG:4326, not yet on the lattice. They end 3 cm beyond the face, so that arranging them
        with its boundary joins them to it. None crosses a footprint shrunk by 0.3 m. Empty when
        there are fewer than two sites.

    Known Issues
    ------------
    "Half-way" is measured to points 2.5 m apart on the outlines and then straightened by up to
    1.5 m, so a line may run that much nearer to one house than to the other.
    Which of two overlapping footprints the overlap (0.25 m at most) goes to is decided by order.

    Notes
    -----
    Voronoi cells of points on the outlines, dissolved by building, corrected by the footprints
    themselves: what a footprint covers is its own. Along a party wall the footprints' outlines are
    the border, therefore.
    """
    scale = np.array(metres_per_degree(face.centroid.y))
    origin = np.array(face.bounds[:2])
    inner = shapely.transform(face, lambda xy: (xy - origin) * scale)
    shapes = _sound(listed(footprints))
    flat = shapely.transform(shapes, lambda xy: (xy - origin) * scale)
    lines = _lines_between(flat, inner, len(shapes) if sites is None else sites)
    placed = shapely.transform(lines, lambda xy: xy / scale + origin)
    return [line for line in placed if len(line.coords) > 1]


def _lines_between(footprints: Shapes, face: Shape, sites: int) -> Shapes:
    """The same in metres."""
    ground = shapely.buffer(face, OVERSHOOT, join_style="mitre")
    inside = shapely.intersection(footprints, ground)
    kept = np.flatnonzero(shapely.area(inside) > 0.01)
    if (kept < sites).sum() < 2:
        return listed([])
    inside, whole = inside[kept], footprints[kept]
    unit = units(inside)
    has_site = np.bincount(unit, weights=kept < sites) > 0
    if has_site.sum() < 2:
        return listed([])
    faces, owner, in_house = _faces(inside, unit, ground)
    edges = _Edges.between(faces)
    member = edges.joined(owner, in_house, has_site[owner])
    lines = shapely.get_parts(shapely.line_merge(edges.borders(member)))
    return _straightened(lines, shapely.buffer(whole, -SHRUNK))


def _sound(footprints: Shapes) -> Shapes:
    """Footprints that cross themselves, mended; mapped buildings sometimes do."""
    broken = ~shapely.is_valid(footprints)
    if not broken.any():
        return footprints
    mended = footprints.copy()
    mended[broken] = shapely.buffer(footprints[broken], 0)
    return mended


def units(footprints: Shapes) -> NDArray[np.int64]:
    """Number of the building each footprint belongs to: those that overlap deeply are one."""
    one, other = shapely.STRtree(footprints).query(footprints, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    core = shapely.buffer(footprints, -SHRUNK)
    deep = shapely.intersects(core[one], footprints[other])
    deep |= shapely.intersects(footprints[one], core[other])
    unit = np.arange(len(footprints))
    for a, b in zip(one[deep].tolist(), other[deep].tolist(), strict=True):
        unit[unit == unit[b]] = unit[a]
    return np.unique(unit, return_inverse=True)[1].astype(np.int64)


def _faces(
    footprints: Shapes, unit: NDArray[np.int64], ground: Shape
) -> tuple[Shapes, NDArray[np.int64], NDArray[np.bool_]]:
    """Small faces that cover the ground; the building each belongs to; whether it is built over.

    What a footprint covers is its own, everything else goes to the nearest building.
    """
    points, unit_of_point = _samples(footprints, unit)
    cells = _cell_lines(points, unit_of_point, ground)
    lines = [*cells, *shapely.boundary(footprints), shapely.boundary(ground)]
    noded = shapely.union_all(lines, grid_size=FINEST)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.point_on_surface(faces)
    within = shapely.contains_properly(ground, inner)
    faces, inner = faces[within], inner[within]
    nearest = unit_of_point[shapely.STRtree(listed(shapely.points(points))).nearest(inner)]
    house = _first_containing(footprints, inner)
    return faces, np.where(house >= 0, unit[house], nearest), house >= 0


def _cells(points: NDArray[np.float64], owner: NDArray[np.int64], ground: Shape) -> Shapes:
    """What lies nearest to the points of each owner: Voronoi cells, dissolved."""
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=ground, ordered=True)
    )
    if (shapely.get_type_id(cells) == shapely.GeometryType.POLYGON).all():
        return dissolve(cells, owner)[1]
    # Four points on one circle, as the corners of houses in a row, can give broken cells.
    return listed(
        shapely.union_all(cells[owner == number], grid_size=FINEST) for number in np.unique(owner)
    )


def _cell_lines(points: NDArray[np.float64], owner: NDArray[np.int64], ground: Shape) -> Shapes:
    """The borders of these cells inside the ground.

    Cells can be too broken to be dissolved. All lines between single points divide the ground as
    well: faces of one owner are joined afterwards.
    """
    try:
        rough = shapely.intersection(_cells(points, owner, ground), ground)
    except shapely.errors.GEOSException:
        edges: Shape = shapely.voronoi_polygons(
            shapely.MultiPoint(points), extend_to=ground, only_edges=True
        )
        return shapely.intersection(listed([edges]), ground)
    return listed(shapely.boundary(rough))


def _samples(
    footprints: Shapes, unit: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points along the slightly shrunk outlines, and the building of each.

    Shrunk, so that both sides of a party wall have corners of their own at the same distance: the
    half-way line then goes on where the wall ends.
    """
    shrunk = shapely.buffer(footprints, -SHRUNK, join_style="mitre")
    shrunk = np.where(shapely.is_empty(shrunk), footprints, shrunk)
    outlines = shapely.segmentize(shapely.boundary(shrunk), SAMPLING)
    points, index = shapely.get_coordinates(outlines, return_index=True)
    points, first = np.unique(points.round(3), axis=0, return_index=True)
    return points, unit[index[first]]


def _first_containing(shapes: Shapes, points: Shapes) -> NDArray[np.int64]:
    result = np.full(len(points), -1, dtype=np.int64)
    point, shape = shapely.STRtree(shapes).query(points, predicate="intersects")
    order = np.lexsort((shape, point))
    rows, first = np.unique(point[order], return_index=True)
    result[rows] = shape[order][first]
    return result


@dataclass(frozen=True, slots=True)
class _Edges:
    """Segments that two faces share: the faces, both ends in metres, and the length."""

    count: int
    one: NDArray[np.int64]
    other: NDArray[np.int64]
    ends: NDArray[np.float64]
    metres: NDArray[np.float64]

    @classmethod
    def between(cls, faces: Shapes) -> _Edges:
        xy, face = shapely.get_coordinates(shapely.boundary(faces), return_index=True)
        steps = np.rint(xy / FINEST).astype(np.int64)
        rows = np.flatnonzero((face[1:] == face[:-1]) & (steps[1:] != steps[:-1]).any(axis=1))
        start, end = steps[rows], steps[rows + 1]
        swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
        key = np.where(swap[:, None], np.hstack([end, start]), np.hstack([start, end]))
        order = np.lexsort(key.T)
        key, owner = key[order], face[rows][order]
        same = np.flatnonzero((key[1:] == key[:-1]).all(axis=1) & (owner[1:] != owner[:-1]))
        ends = key[same].reshape(-1, 2, 2) * FINEST
        metres = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
        return cls(len(faces), owner[same], owner[same + 1], ends, metres)

    def borders(self, member: NDArray[np.int64]) -> Shape:
        """The segments between different regions, as one MultiLineString."""
        return shapely.multilinestrings(
            shapely.linestrings(self.ends[member[self.one] != member[self.other]])
        )

    def joined(
        self, owner: NDArray[np.int64], in_house: NDArray[np.bool_], has_site: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Region of each face: what hangs on no site joins its neighbour with the longest border.

        That is the ground of a garage, and a strip that lies behind another house than its own.
        """
        member = self._pieces(owner)
        rooted = np.zeros(member.max() + 1, dtype=bool)
        rooted[member[in_house & has_site]] = True
        while not rooted[member].all():
            metres: dict[tuple[int, int], float] = {}
            rows = zip(self.one, self.other, self.metres, strict=True)
            for one, other, length in rows:
                a, b = int(member[one]), int(member[other])
                for loose, fast in ((a, b), (b, a)):
                    if not rooted[loose] and rooted[fast]:
                        metres[loose, fast] = metres.get((loose, fast), 0.0) + float(length)
            if not metres:
                break
            renamed = np.arange(len(rooted))
            for loose, fast in sorted(metres, key=lambda pair: (metres[pair], pair)):
                renamed[loose] = fast
            member = renamed[member]
        return member

    def _pieces(self, owner: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number of the connected piece of one owner that each face lies in."""
        above = list(range(self.count))

        def top(face: int) -> int:
            while above[face] != face:
                above[face] = above[above[face]]
                face = above[face]
            return face

        same = owner[self.one] == owner[self.other]
        for one, other in zip(self.one[same].tolist(), self.other[same].tolist(), strict=True):
            above[top(one)] = top(other)
        pieces = np.array([top(face) for face in range(self.count)])
        return np.unique(pieces, return_inverse=True)[1].astype(np.int64)


def _straightened(lines: Shapes, cores: Shapes) -> Shapes:
    """Each line as straight as it can be without touching a footprint's core or another line."""
    tree = shapely.STRtree(cores[~shapely.is_empty(cores)])
    result = lines.copy()
    pending = np.arange(len(lines))
    for tolerance in STRAIGHTENING:
        result[pending] = shapely.simplify(lines[pending], tolerance)
        bad = set(tree.query(result[pending], predicate="intersects")[0].tolist())
        wrong = set(pending[list(bad)].tolist())
        one, _ = shapely.STRtree(result).query(result, predicate="crosses")
        wrong |= set(one.tolist())
        pending = np.array(sorted(wrong), dtype=np.int64)
        result[pending] = lines[pending]
        if not len(pending):
            break
    return result
