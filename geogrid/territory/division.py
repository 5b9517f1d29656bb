"""A first division of a territory from the ground alone: blocks, quarters, grids. Pure.

Streets, railways and rivers cut blocks. Quarters grow around named places, along those borders
only. A block with too many homes for a well balanced grid is cut further: by the paths inside it,
then half-way between its buildings. Then blocks are balanced into grids, each inside one quarter,
whose borders prefer large streets. Nobody lives in shops and garages, and no line runs through
them either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.arrange import dissolve
from geogrid.coverage.balance import Reason, balance
from geogrid.coverage.barriers import Borders, borders
from geogrid.coverage.blocks import blocks, refine
from geogrid.coverage.quarters import grow_quarters
from layers.datum.metric import metres_per_degree

__all__ = [
    "BETWEEN_HOUSES",
    "PATH_PRICE",
    "RAILWAY_PRICE",
    "STREET_PRICES",
    "WATER_PRICE",
    "Division",
    "Ground",
    "as_array",
    "divide",
    "priced",
    "reading_order",
]

Shapes = NDArray[np.object_]
HEAVY_SHARE = 0.2  # a block with more than this share of a full grid is worth cutting
# What a metre of grid border costs, by rank of the street; metres through a yard count most.
STREET_PRICES = {1: 0.15, 2: 0.25, 3: 0.5, 4: 1.0, 5: 0.7, 6: 1.0}
RAILWAY_PRICE = WATER_PRICE = 0.15
PATH_PRICE = 1.0
BETWEEN_HOUSES = 2.0
# Reading order: west to east in strips, else a metre of longitude would decide.
GRID_STRIP_M, QUARTER_STRIP_M = 250, 500


@dataclass(frozen=True, slots=True)
class Ground:
    """What a division is made from; everything in EPSG:4326, on the lattice.

    `limits` cut everywhere, and a metre of border along each costs its `prices`; `paths` cut only
    blocks with many homes. `homes` are footprints with their `anchors` and estimated `dwellings`,
    `others` are footprints without any; `seeds` (longitude, latitude) name the quarters: without
    any the whole is one.
    """

    outline: shapely.Polygon | shapely.MultiPolygon
    limits: Shapes
    prices: NDArray[np.float64]
    paths: Shapes
    homes: Shapes
    anchors: Shapes
    dwellings: NDArray[np.int64]
    seeds: NDArray[np.float64]
    others: Shapes = field(default_factory=lambda: np.empty(0, dtype=np.object_))


@dataclass(frozen=True, slots=True)
class Division:
    """Grids that tile `outline`: `shapes[n]` lies in quarter `quarter[n]`, an index into the seeds.

    In reading order: quarters from west to east, then from north to south, and so the grids inside
    each. `reasons` says of each grid out of range why; `blocks` is the number of blocks that
    streets, railways and rivers made, `atoms` the number after cutting the heavy ones.
    """

    outline: shapely.Polygon | shapely.MultiPolygon
    shapes: Shapes
    quarter: NDArray[np.int64]
    dwellings: NDArray[np.int64]
    reasons: Mapping[int, Reason]
    blocks: int
    atoms: int

    def in_range(self) -> float:
        """Share of all grids, also of those where nobody lives, whose dwellings are in range."""
        return 1 - len(self.reasons) / len(self.shapes)


def divide(ground: Ground, *, at_least: int, at_most: int, barriers: float = 1.0) -> Division:
    """Divide `ground` into contiguous grids of `at_least` to `at_most` dwellings where it allows.

    `barriers` says how much borders prefer streets, railways and waters: 0 not at all, 1 as usual.
    Raises ValueError when the outline is not a valid polygon.
    """
    coarse = blocks(ground.limits, ground.outline)
    quarter_of_block = (
        grow_quarters(coarse.faces, ground.seeds)
        if len(ground.seeds)
        else np.zeros(len(coarse.faces), dtype=np.int64)
    )
    atoms = refine(
        coarse,
        footprints=[*ground.homes, *ground.others],
        weights=[*ground.dwellings, *np.zeros(len(ground.others))],
        anchors=[*ground.anchors, *shapely.point_on_surface(ground.others)],
        heavier_than=at_most * HEAVY_SHARE,
        paths=ground.paths,
    )
    quarter = quarter_of_block[atoms.block]
    result = balance(
        atoms.faces,
        atoms.weight,
        at_least=at_least,
        at_most=at_most,
        groups=quarter,
        borders=priced(atoms.faces, ground, barriers),
    )
    _, shapes = dissolve(atoms.faces, result.grid)
    _, first = np.unique(result.grid, return_index=True)
    order = reading_order(shapes, quarter[first])
    place = np.argsort(order)
    return Division(
        outline=atoms.outline,  # type: ignore[arg-type]  # the union of polygons
        shapes=shapes[order],
        quarter=quarter[first][order],
        dwellings=result.load[order].astype(np.int64),
        reasons={int(place[grid]): reason for grid, reason in sorted(result.reasons.items())},
        blocks=len(coarse.faces),
        atoms=len(atoms.faces),
    )


def as_array(geometries: Iterable[shapely.Geometry]) -> Shapes:
    """One array element per geometry, also where numpy would look inside them."""
    listed = list(geometries)
    shapes = np.empty(len(listed), dtype=np.object_)
    shapes[:] = listed
    return shapes


def priced(faces: Shapes, ground: Ground, barriers: float = 1.0) -> Borders:
    """Neighbours among `faces` with what a border between them costs; see `divide`."""
    paths = np.full(len(ground.paths), PATH_PRICE)
    lines = np.concatenate([ground.limits, ground.paths])
    prices = np.concatenate([ground.prices, paths]) ** barriers
    return borders(faces, lines, prices, elsewhere=BETWEEN_HOUSES**barriers)


def reading_order(shapes: Shapes, quarter: NDArray[np.int64]) -> NDArray[np.int64]:
    """Quarters and the grids inside them: from west to east, then from north to south."""
    centres = shapely.get_coordinates(shapely.point_on_surface(shapes))
    east, _ = metres_per_degree(float(centres[:, 1].mean()))
    quarters, index = np.unique(quarter, return_inverse=True)
    middle = np.stack([centres[quarter == number].mean(axis=0) for number in quarters])
    strips = np.round(middle[:, 0] * east / QUARTER_STRIP_M)
    rank = np.empty(len(quarters), dtype=np.int64)
    rank[np.lexsort((-middle[:, 1], strips))] = np.arange(len(quarters))
    strip = np.round(centres[:, 0] * east / GRID_STRIP_M)
    return np.lexsort((-centres[:, 1], strip, rank[index])).astype(np.int64)
