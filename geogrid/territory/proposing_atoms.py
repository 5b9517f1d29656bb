"""The blocks that a proposal is made of: what streets and present borders cut some grids into.

Every grid is a union of them, heavy ones are cut between houses, slivers between a border and the
street beside it are no blocks of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q
from numpy.typing import NDArray

from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.arrange import dissolve
from geogrid.coverage.barriers import Borders, borders
from geogrid.coverage.blocks import block_of, blocks, refine
from geogrid.territory.division import (
    BETWEEN_HOUSES,
    HEAVY_SHARE,
    PATH_PRICE,
    RAILWAY_PRICE,
    STREET_PRICES,
    WATER_PRICE,
)
from geogrid.territory.geometry import from_shapely, to_shapely
from layers.basemap.models import Railway, Street, Waterway
from layers.datum.lattice import STEP
from layers.datum.metric import area_m2, length_m
from layers.datum.shapes import Shape, Shapes, listed
from layers.intake.kinds import LIMITING_STREET_RANK, LIMITING_WATERS, PEDESTRIAN
from layers.places.models import Building

__all__ = ["Atoms", "atoms_of"]

LIGHT_SHARE = 0.05  # parts of a heavy block below this share of a full grid are joined again
SLIVER_M2, SLIVER_M = 300.0, 6.0  # below either, without homes: a strip beside a street
HOUSE_STEPS = 200  # half the side of a house whose footprint nobody knows, about two metres
BESIDE = 3 * STEP
NAMED = 2


@dataclass(frozen=True, slots=True)
class Atoms:
    """Blocks of some grids.

    `grid` is the index of the grid each lies in, `weight` the homes anchored in it; `points` and
    `addresses` are the buildings, by the block `inside` says.
    """

    faces: Shapes
    weight: NDArray[np.float64]
    grid: NDArray[np.int64]
    borders: Borders
    inside: NDArray[np.int64]
    addresses: list[str]
    streets: Shapes
    street_names: list[str]

    def near(self) -> list[list[tuple[int, float]]]:
        """The neighbours of each block."""
        found: list[list[tuple[int, float]]] = [[] for _ in self.faces]
        pairs = zip(self.borders.first.tolist(), self.borders.second.tolist(), strict=True)
        for one, other in pairs:
            found[one].append((other, 1.0))
            found[other].append((one, 1.0))
        return found

    def buildings_in(self, members: Sequence[int]) -> tuple[int, list[str]]:
        """How many buildings, and the first addresses in order."""
        rows = np.flatnonzero(np.isin(self.inside, members)).tolist()
        named = sorted({self.addresses[row] for row in rows} - {""})
        return len(rows), named[:NAMED]

    def streets_beside(self, area: Shape) -> list[str]:
        """The names of the streets along an area, those with the longest stretch first."""
        rim = shapely.buffer(shapely.boundary(area), BESIDE)
        lengths: dict[str, float] = {}
        for row in shapely.STRtree(self.streets).query(rim, predicate="intersects").tolist():
            name = self.street_names[row]
            along = float(shapely.length(shapely.intersection(self.streets[row], rim)))
            lengths[name] = lengths.get(name, 0.0) + along
        return sorted(lengths, key=lambda name: (-lengths[name], name))[:NAMED]


def atoms_of(leaves: Sequence[Shape], *, most: int) -> Atoms:
    """Cut leaves (EPSG:4326, parts of one exact tiling) into blocks; `most` is a full grid."""
    whole = shapely.coverage_union_all(listed(leaves))
    around = from_shapely(whole)
    limits, prices, named = _limits(around)
    paths = _paths(around)
    houses = list(
        Building.objects.within(around)
        .order_by("pk")
        .values_list("anchor", "footprint", "dwellings", "address")
    )
    anchors = listed(to_shapely(anchor) for anchor, *_ in houses)
    homes = [dwellings for _, _, dwellings, _ in houses]
    rims = [shapely.boundary(leaf) for leaf in leaves]
    fine = refine(
        blocks([*limits, *rims], whole),
        footprints=[
            to_shapely(shape) if shape else shapely.buffer(anchor, HOUSE_STEPS * STEP, quad_segs=2)
            for (_, shape, _, _), anchor in zip(houses, anchors, strict=True)
        ],
        weights=homes,
        heavier_than=most * HEAVY_SHARE,
        lighter_than=most * LIGHT_SHARE,
        paths=paths,
        anchors=anchors,
    )
    owner = _owner(listed(leaves), shapely.point_on_surface(fine.faces))
    faces, grid = _without_slivers(fine.faces, owner, fine.weight)
    inside = block_of(faces, anchors)
    found = inside >= 0
    weight = np.bincount(
        inside[found], weights=np.array(homes, dtype=np.float64)[found], minlength=len(faces)
    ).astype(np.float64)
    priced = np.concatenate([prices, np.full(len(paths), PATH_PRICE)])
    return Atoms(
        faces=faces,
        weight=weight,
        grid=grid,
        borders=borders(faces, [*limits, *paths], priced, elsewhere=BETWEEN_HOUSES),
        inside=inside,
        addresses=[address for *_, address in houses],
        streets=listed(line for _, line in named),
        street_names=[name for name, _ in named],
    )


def _limits(
    around: GEOSGeometry,
) -> tuple[list[Shape], NDArray[np.float64], list[tuple[str, Shape]]]:
    """What cuts everywhere, the price of a border along it, and the streets that have a name."""
    wide = Q(rank__lte=LIMITING_STREET_RANK) | Q(kind=PEDESTRIAN)
    rows = Street.objects.filter(wide, path__intersects=around).order_by("pk")
    streets = [
        (name, rank, to_shapely(path))
        for name, rank, path in rows.values_list("name", "rank", "path")
    ]
    lines = [line for *_, line in streets]
    prices = [STREET_PRICES[rank] for _, rank, _ in streets]
    railways = Railway.objects.filter(path__intersects=around)
    waters = Waterway.objects.filter(path__intersects=around, kind__in=LIMITING_WATERS)
    for found, price in ((railways, RAILWAY_PRICE), (waters, WATER_PRICE)):
        for path in found.order_by("pk").values_list("path", flat=True):
            lines.append(to_shapely(path))
            prices.append(price)
    return lines, np.array(prices), [(name, line) for name, _, line in streets if name]


def _paths(around: GEOSGeometry) -> list[Shape]:
    rows = Street.objects.filter(rank__gt=LIMITING_STREET_RANK, path__intersects=around)
    rows = rows.exclude(kind=PEDESTRIAN).order_by("pk")
    return [to_shapely(path) for path in rows.values_list("path", flat=True)]


def _owner(leaves: Shapes, inner: Shapes) -> NDArray[np.int64]:
    """The grid each block lies in; the nearest one for what rounding moved a step outside."""
    owner = block_of(leaves, inner)
    strays = np.flatnonzero(owner < 0)
    if len(strays):
        owner[strays] = shapely.STRtree(leaves).nearest(inner[strays])
    return owner


def _without_slivers(
    faces: Shapes, grid: NDArray[np.int64], weight: NDArray[np.float64]
) -> tuple[Shapes, NDArray[np.int64]]:
    """Join strips without homes to the block of the same grid with the longest common border."""
    area = np.array([area_m2(face) for face in faces])
    width = 2 * area / np.maximum([length_m(face) for face in faces], 1e-9)
    near = adjacency(faces).neighbours(len(faces))
    member = np.arange(len(faces))
    for face in np.argsort(area).tolist():
        if weight[face] or (area[face] >= SLIVER_M2 and width[face] >= SLIVER_M):
            continue
        own = {
            other: metres
            for other, metres in near[face].items()
            if grid[other] == grid[face] and member[other] != member[face]
        }
        if own:
            into = max(own, key=lambda other: (own[other], -other))
            member[member == member[face]] = member[into]
    _, first = np.unique(member, return_index=True)
    return dissolve(faces, member)[1], grid[first]
