"""Refining is not moving: an outline may add lattice vertices to its base, and nothing else.

Where a grid border meets the edge of the territory, the edge needs a vertex there, and the lattice
point nearest to the meeting lies up to 0.71 step beside the edge. Measured against the *base*
segment every time, such vertices cannot drift however often the plan is edited.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.segments import pack, unpack
from layers.datum.lattice import from_steps, to_steps
from layers.datum.shapes import Shape

__all__ = ["REACH", "departures"]

REACH = 0.71  # steps: half the diagonal of a lattice cell, and a breath of rounding


def departures(base: Shape, outline: Shape) -> NDArray[np.float64]:
    """Where `outline` fails to refine `base`.

    Parameters
    ----------
    base, outline : Polygon or MultiPolygon
        EPSG:4326, valid, on the lattice.

    Returns
    -------
    ndarray of float, shape (n, 2)
        Longitude and latitude of base vertices that are missing or out of order and of inserted
        vertices farther than `REACH` from the base segment they divide. Empty when the outline
        refines its base.
    """
    base_rings, rings = _rings(base), _rings(outline)
    found: list[NDArray[np.uint64]] = []
    taken: set[int] = set()
    for base_ring in base_rings:
        homes = [
            number
            for number, ring in enumerate(rings)
            if number not in taken and np.isin(base_ring, ring).all()
        ]
        if homes:
            taken.add(homes[0])
            found.append(_strayed(base_ring, rings[homes[0]]))
        else:
            missing = base_ring[~np.isin(base_ring, np.concatenate(rings))]
            found.append(missing if len(missing) else base_ring)
    known = np.concatenate(base_rings)
    for number, ring in enumerate(rings):
        if number not in taken:
            added = ring[~np.isin(ring, known)]
            found.append(added if len(added) or any(map(len, found)) else ring)
    return from_steps(unpack(np.unique(np.concatenate(found))))


def _rings(shape: Shape) -> list[NDArray[np.uint64]]:
    """Packed vertices of each ring, shells counter-clockwise, holes clockwise, not closed."""
    oriented = shapely.orient_polygons(shape)
    result = []
    for ring in shapely.get_rings(shapely.get_parts(oriented)):
        points = pack(to_steps(shapely.get_coordinates(ring)))
        result.append(points[:-1][points[1:] != points[:-1]])
    return result


def _strayed(base_ring: NDArray[np.uint64], ring: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Vertices of `ring` that break the order of the base or lie too far from it."""
    order = np.argsort(base_ring)
    at = np.minimum(np.searchsorted(base_ring[order], ring), len(base_ring) - 1)
    place = np.where(base_ring[order][at] == ring, order[at], -1)
    turn = int(np.argmax(place >= 0))  # a ring has no beginning: start both at a base vertex
    ring, place = np.roll(ring, -turn), np.roll(place, -turn)
    stops = np.flatnonzero(place >= 0)
    visited = place[stops]
    ordered = np.roll(visited, -1) == (visited + 1) % len(base_ring)
    if not ordered.all():
        disordered: NDArray[np.uint64] = ring[stops[~ordered]]
        return disordered
    start = place[stops[np.searchsorted(stops, np.arange(len(ring)), side="right") - 1]]
    first = unpack(base_ring[start])
    second = unpack(base_ring[(start + 1) % len(base_ring)])
    along = (second - first).astype(np.float64)
    reach = (unpack(ring) - first).astype(np.float64)
    share = np.clip((along * reach).sum(axis=1) / (along * along).sum(axis=1), 0, 1)
    away = np.hypot(*(reach - share[:, None] * along).T)
    strayed: NDArray[np.uint64] = ring[away > REACH]
    return strayed
