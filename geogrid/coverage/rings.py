"""Rings rewritten vertex by vertex, on whole lattice steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.segments import pack, unpack
from layers.datum.lattice import from_steps, to_steps
from layers.datum.shapes import Shape

__all__ = ["moved_vertex", "replaced", "rewritten"]

Ring = NDArray[np.uint64]


def replaced(shape: Shape, before: NDArray[np.int64], after: NDArray[np.int64]) -> Shape:
    """The shape with every run of vertices `before`, walked either way, replaced by `after`.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
        EPSG:4326, on the lattice.
    before, after : ndarray of int64, shape (n, 2)
        Lattice steps; `before` has two vertices or more, `after` may be shorter.
    """
    old, new = pack(before), pack(after)

    def change(ring: Ring) -> Ring:
        return _swapped(_swapped(ring, old, new), old[::-1], new[::-1])

    return rewritten(shape, change)


def moved_vertex(shape: Shape, vertex: np.uint64, to: np.uint64) -> Shape:
    """The shape with one packed vertex moved in every ring that has it."""
    return rewritten(
        shape, lambda ring: np.where(ring == vertex, to, ring) if vertex in ring else ring
    )


def rewritten(shape: Shape, change: Callable[[Ring], Ring]) -> Shape:
    """The shape with each ring put through `change`; the same object when none changes.

    `change` gets and gives the packed vertices of one ring, not closed. Rings that keep fewer
    than three vertices disappear; a shape without rings is an empty Polygon.
    """
    parts, touched = [], False
    for part in shapely.get_parts(shape):
        rings = []
        for ring in shapely.get_rings(part):
            vertices = pack(to_steps(shapely.get_coordinates(ring)[:-1]))
            changed = change(vertices)
            if changed is not vertices:
                touched = True
                changed = changed[changed != np.roll(changed, 1)]
                ring = _ring(changed) if len(changed) > 2 else None
            rings.append(ring)
        if rings[0] is not None:
            parts.append(
                shapely.Polygon(rings[0], [hole for hole in rings[1:] if hole is not None])
            )
    if not touched:
        return shape
    if not parts:
        return shapely.Polygon()
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _ring(vertices: Ring) -> Shape:
    return shapely.LinearRing(from_steps(unpack(vertices)))


def _swapped(ring: Ring, old: Ring, new: Ring) -> Ring:
    """The ring with each run `old` replaced by `new`."""
    if len(old) > len(ring):
        return ring
    while True:
        starts = np.flatnonzero(ring == old[0])
        runs = [np.roll(ring, -start) for start in starts]
        matching = [run for run in runs if np.array_equal(run[: len(old)], old)]
        if not matching or np.array_equal(old, new):
            return ring
        ring = np.concatenate([new, matching[0][len(old) :]])
        if len(old) <= len(new):  # the run is gone, or would be found again inside the new one
            return ring
