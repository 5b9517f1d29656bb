"""Blocks to quarters and to grids: a simple greedy rule that never breaks contiguity.

Quarters grow around named points; inside each quarter the lightest group of blocks joins a
neighbour until every group reaches the wanted range, where the blocks allow it.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.adjacency import adjacency
from layers.datum.metric import distance_m, length_m
from layers.datum.shapes import Shapes, ShapesLike, listed

__all__ = ["Grouping", "group_contiguous", "grow_quarters"]

Neighbours = list[dict[int, float]]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which quarter and which grid each block belongs to.

    Attributes
    ----------
    quarter : ndarray of int64, shape (n,)
        Index into the seeds.
    grid : ndarray of int64, shape (n,)
        0, 1, 2 ...; a grid lies in one quarter and is one piece.
    """

    quarter: NDArray[np.int64]
    grid: NDArray[np.int64]


def group_contiguous(
    faces: ShapesLike,
    weights: ArrayLike,
    seeds: ArrayLike,
    *,
    at_least: float,
    at_most: float,
) -> Grouping:
    """Group blocks into quarters around seeds, and each quarter into contiguous grids.

    Parameters
    ----------
    faces : Polygon, n of them
        Blocks that tile a territory exactly, EPSG:4326.
    weights : array_like of float, shape (n,)
        Households (or estimated dwellings) per block, zero allowed.
    seeds : array_like of float, shape (m, 2)
        Longitude and latitude of the points that name the quarters; m >= 1.
    at_least, at_most : float
        The wanted range of the sum of weights of one grid.

    Returns
    -------
    Grouping
        Every quarter of a connected territory is one piece; every grid is one piece always.

    Raises
    ------
    ValueError
        When there are no seeds or the lengths differ.

    Known Issues
    ------------
    A single block above `at_most` stays a grid of its own, and a light group whose
    neighbours in the quarter are all full stays below `at_least`.
    """
    shapes = listed(faces)
    loads = np.asarray(weights, dtype=np.float64).reshape(-1)
    if len(shapes) != len(loads):
        raise ValueError("one weight per block is needed")
    neighbours = adjacency(shapes).neighbours(len(shapes))
    quarter = grow_quarters(shapes, np.asarray(seeds, dtype=np.float64), neighbours)
    grid = _merge_light_groups(shapes, loads, quarter, neighbours, at_least, at_most)
    return Grouping(quarter=quarter, grid=grid)


def grow_quarters(
    faces: Shapes, seeds: NDArray[np.float64], neighbours: Neighbours
) -> NDArray[np.int64]:
    """Quarter of each block: grown from the seeds' blocks, nearest to its seed first.

    A block joins a quarter only across a shared border, so quarters stay in one piece.
    Parts of the territory that no seed reaches go to the nearest seed.
    """
    if seeds.ndim != 2 or len(seeds) == 0:
        raise ValueError("at least one seed point is needed")
    centres = shapely.get_coordinates(shapely.point_on_surface(faces))
    away = np.stack([distance_m(centres, np.broadcast_to(seed, centres.shape)) for seed in seeds])
    quarter = np.full(len(faces), -1, dtype=np.int64)
    queue: list[tuple[float, int, int]] = []
    for seed, block in enumerate(_starting_blocks(faces, seeds, away)):
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
        nearest, column = np.unravel_index(np.argmin(away[:, left]), (len(seeds), len(left)))
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


def _merge_light_groups(
    faces: Shapes,
    loads: NDArray[np.float64],
    quarter: NDArray[np.int64],
    neighbours: Neighbours,
    at_least: float,
    at_most: float,
) -> NDArray[np.int64]:
    """Grid of each block: the lightest group joins the neighbour it shares most border with."""
    borders = [
        {other: metres for other, metres in around.items() if quarter[other] == quarter[block]}
        for block, around in enumerate(neighbours)
    ]
    load = dict(enumerate(loads.tolist()))
    around = dict(enumerate(length_m(face) for face in faces))
    member = np.arange(len(faces))
    queue = [(weight, block) for block, weight in load.items()]
    heapq.heapify(queue)
    while queue:
        weight, group = heapq.heappop(queue)
        if load.get(group) != weight or weight >= at_least:
            continue
        partner = _partner(group, borders, load, around, at_least, at_most)
        if partner is None:
            continue
        shared = borders[group].pop(partner)
        del borders[partner][group]
        for other, metres in borders[group].items():
            del borders[other][group]
            borders[other][partner] = borders[other].get(partner, 0.0) + metres
            borders[partner][other] = borders[partner].get(other, 0.0) + metres
        borders[group] = {}
        around[partner] += around[group] - 2 * shared
        load[partner] += load.pop(group)
        member[member == group] = partner
        heapq.heappush(queue, (load[partner], partner))
    return np.unique(member, return_inverse=True)[1].astype(np.int64)


def _partner(
    group: int,
    borders: list[dict[int, float]],
    load: dict[int, float],
    around: dict[int, float],
    at_least: float,
    at_most: float,
) -> int | None:
    """The neighbour to join: within the range, the one that leaves the most compact pair.

    When none fits, a group below half of the range's lower end still joins the lightest
    neighbour: a grid a little too large serves people better than one of a few homes.
    """
    candidates = borders[group]
    fitting = [other for other in candidates if load[group] + load[other] <= at_most]
    if fitting:
        return max(
            fitting,
            key=lambda other: (candidates[other] / min(around[group], around[other]), -other),
        )
    if candidates and load[group] < at_least / 2:
        return min(candidates, key=lambda other: (load[other], other))
    return None
