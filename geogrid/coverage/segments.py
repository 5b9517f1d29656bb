"""Boundaries as directed segments between lattice points: the raw material of the proof.

A lattice point is packed into one unsigned 64-bit number (longitude steps in the high half,
latitude steps in the low half). The packing is one to one, so grouping compares whole numbers
and cannot collide, and packed order is the order of (longitude, latitude).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.datum.lattice import from_steps, to_steps
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Segments", "directed_segments", "pack", "unpack"]

HALF = 2**31  # steps fit in 31 bits: 180 degrees are 1.8e9 steps


def pack(steps: NDArray[np.int64]) -> NDArray[np.uint64]:
    """One number per lattice point; `steps` has shape (n, 2), each below 2**31 in size."""
    shifted = (steps + HALF).astype(np.uint64)
    packed: NDArray[np.uint64] = (shifted[:, 0] << np.uint64(32)) | shifted[:, 1]
    return packed


def unpack(packed: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The lattice steps, shape (n, 2), of packed points."""
    x = (packed >> np.uint64(32)).astype(np.int64)
    y = (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return np.stack([x, y], axis=1) - HALF


@dataclass(frozen=True, slots=True)
class Segments:
    """Directed boundary segments, one row each.

    Attributes
    ----------
    low, high : ndarray of uint64, shape (n,)
        The two packed end points, low < high, so that a segment walked both ways has one key.
    sign : ndarray of int64, shape (n,)
        +1 when the boundary walks from low to high, -1 when it walks back; negated for
        segments that are to be subtracted.
    owner : ndarray of int64, shape (n,)
        Index of the geometry the segment came from; -1 - index for subtracted ones.
    """

    low: NDArray[np.uint64]
    high: NDArray[np.uint64]
    sign: NDArray[np.int64]
    owner: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.low)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """The chosen rows."""
        return type(self)(self.low[rows], self.high[rows], self.sign[rows], self.owner[rows])

    def minus(self, other: Segments) -> Self:
        """These segments with the other ones subtracted (not yet cancelled)."""
        return type(self)(
            np.concatenate([self.low, other.low]),
            np.concatenate([self.high, other.high]),
            np.concatenate([self.sign, -other.sign]),
            np.concatenate([self.owner, -1 - other.owner]),
        )

    def ends(self) -> NDArray[np.int64]:
        """Both end points in lattice steps, shape (n, 2 ends, 2 coordinates), undirected."""
        return np.stack([unpack(self.low), unpack(self.high)], axis=1)

    def line(self) -> Shape:
        """All rows as one MultiLineString in degrees, EPSG:4326; empty without rows."""
        if not len(self):
            return shapely.MultiLineString()
        whole: Shape = shapely.multilinestrings(list(self.lines()))
        return whole

    def lines(self) -> Shapes:
        """One LineString per row in degrees, EPSG:4326."""
        return listed(shapely.linestrings(from_steps(self.ends())))

    def grouped(self, group: NDArray[np.int64] | None = None) -> tuple[NDArray[np.intp], ...]:
        """Rows in an order in which equal segments (of the same group) lie together.

        Returns
        -------
        order : ndarray of int, shape (n,)
            Row numbers, equal segments next to each other.
        starts : ndarray of int, shape (number of different segments,)
            Where each run of equal segments begins in `order`.
        """
        keys = (self.low, self.high) if group is None else (self.low, self.high, group)
        mark = _mixed(keys)
        order = np.argsort(mark)
        new = _new(keys, order)
        if (
            new & ~_new((mark,), order)
        ).any():  # different segments have one mark: as good as never
            order = np.lexsort(keys)
            new = _new(keys, order)
        return order, np.flatnonzero(new)

    def unbalanced(self, group: NDArray[np.int64] | None = None) -> Self:
        """All copies of the segments that do not cancel (within their group)."""
        if not len(self):
            return self
        order, starts = self.grouped(group)
        balance = np.add.reduceat(self.sign[order], starts)
        run_length = np.diff(np.append(starts, len(order)))
        return self.take(order[np.repeat(balance != 0, run_length)])


def _new(keys: tuple[NDArray[Any], ...], order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which rows, in this order, differ from the row before."""
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for key in keys:
        ordered = key[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    return new


def _mixed(keys: tuple[NDArray[Any], ...]) -> NDArray[np.uint64]:
    """One number per row that equal rows share and different ones as good as never.

    Sorting one number takes a third of the time of sorting by two. Source: the multipliers and
    shifts of splitmix64 (Steele, Lea, Flood 2014).
    """
    mixed = np.zeros(len(keys[0]), dtype=np.uint64)
    for key in keys:
        mixed ^= key.astype(np.uint64)
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(32)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def directed_segments(geometries: ShapesLike) -> Segments:
    """All boundary segments, shells walked counter-clockwise and holes clockwise.

    Parameters
    ----------
    geometries : Polygon or MultiPolygon, n of them
        EPSG:4326; vertices are read at their nearest lattice point.

    Returns
    -------
    Segments
        Without the zero-length segments of repeated vertices: they bound nothing.

    Raises
    ------
    ValueError
        When a coordinate is not finite or outside the world.
    """
    shapes = shapely.orient_polygons(listed(geometries))
    parts, shape_of_part = shapely.get_parts(shapes, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
    points = pack(to_steps(xy))
    start, end = points[:-1], points[1:]
    rows = np.flatnonzero((ring_of_vertex[1:] == ring_of_vertex[:-1]) & (start != end))
    start, end = start[rows], end[rows]
    shape_of_ring = shape_of_part[part_of_ring].astype(np.int64)
    return Segments(
        low=np.minimum(start, end),
        high=np.maximum(start, end),
        sign=np.where(start < end, 1, -1),
        owner=shape_of_ring[ring_of_vertex[rows]],
    )
