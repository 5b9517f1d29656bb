"""Quarters around named places: blocks join the nearest place, and a quarter stays in one piece."""

from __future__ import annotations

import heapq

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.adjacency import adjacency
from layers.datum.metric import distance_m
from layers.datum.shapes import Shapes, ShapesLike, listed

__all__ = ["grow_quarters"]


def grow_quarters(faces: ShapesLike, seeds: ArrayLike) -> NDArray[np.int64]:
    """Quarter of each block: grown from the seeds' blocks, nearest to its seed first.

    Parameters
    ----------
    faces : Polygon, n of them
        Blocks that tile a territory exactly, EPSG:4326.
    seeds : array_like of float, shape (m, 2)
        Longitude and latitude of the points that name the quarters; m >= 1.

    Returns
    -------
    ndarray of int64, shape (n,)
        Index into the seeds. A block joins a quarter only across a shared border, so quarters of
        a connected territory are in one piece. What no seed reaches goes to the nearest seed.

    Raises
    ------
    ValueError
        When there are no seeds.

    Known Issues
    ------------
    Where there are more seeds than blocks, some seeds get no quarter.
    """
    points = np.asarray(seeds, dtype=np.float64)
    if points.ndim != 2 or len(points) == 0:
        raise ValueError("at least one seed point is needed")
    shapes = listed(faces)
    neighbours = adjacency(shapes).neighbours(len(shapes))
    centres = shapely.get_coordinates(shapely.point_on_surface(shapes))
    away = np.stack([distance_m(centres, np.broadcast_to(seed, centres.shape)) for seed in points])
    quarter = np.full(len(shapes), -1, dtype=np.int64)
    queue: list[tuple[float, int, int]] = []
    for seed, block in enumerate(_starting_blocks(shapes, points, away)):
        if block >= 0:
            heapq.heappush(queue, (-1.0, block, seed))
    while True:
        while queue:
            _, block, seed = heapq.heappop(queue)
            if quarter[block] >= 0:
                continue
            quarter[block] = seed
            for other in neighbours[block]:
                if quarter[other] < 0:
                    heapq.heappush(queue, (float(away[seed, other]), other, seed))
        left = np.flatnonzero(quarter < 0)
        if not len(left):
            return quarter
        nearest, column = np.unravel_index(np.argmin(away[:, left]), (len(points), len(left)))
        heapq.heappush(queue, (0.0, int(left[column]), int(nearest)))


def _starting_blocks(
    faces: Shapes, seeds: NDArray[np.float64], away: NDArray[np.float64]
) -> list[int]:
    """A block of its own for each seed: the one it lies in, else the nearest free one."""
    points = listed(shapely.points(seeds))
    taken: set[int] = set()
    chosen = []
    for seed, point in enumerate(points):
        order = np.lexsort((away[seed], shapely.distance(faces, point)))
        free = next((int(block) for block in order if int(block) not in taken), -1)
        taken.add(free)
        chosen.append(free)
    return chosen
