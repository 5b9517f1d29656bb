"""The four limits 四至 of a grid: what bounds it in the north, east, south and west.

The way boundaries have been put into words since land was first described: "north to the canal,
east to Renmin Road". Every stretch of the outer border faces one of the four quarters of the
heavens and is named after the street it follows, else after the neighbouring grid, else it is
the edge of the territory.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.segments import Segments, directed_segments
from layers.datum.lattice import from_steps
from layers.datum.metric import distance_m, metres_per_degree
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["FourLimits", "Kind", "Limit", "Streets", "four_limits", "limits"]

K = TypeVar("K", bound=Hashable)

PIECE_M = 30.0  # longer stretches are looked at in parts: a street may end on the way
ALONG = 0.85  # cosine of about 30 degrees: a street that crosses the border does not bound it
AHEAD = 0.7  # cosine: a street that ended before this stretch lies ahead of it, not beside it
MATTERS = 0.15  # of a side: less is a kink in a border that faces elsewhere
SIDES = ("east", "north", "west", "south")


class Kind(StrEnum):
    """What a limit is."""

    STREET = "street"
    GRID = "grid"
    OUTLINE = "outline"


@dataclass(frozen=True, slots=True)
class Limit(Generic[K]):
    """One limit of a side.

    Attributes
    ----------
    kind : Kind
    name : str, key or None
        The street's name, the neighbour's key, or None for the edge of the territory.
    metres : float
        How much of the border it makes.
    """

    kind: Kind
    name: str | K | None
    metres: float


@dataclass(frozen=True, slots=True)
class FourLimits(Generic[K]):
    """What bounds a grid on each side, the longest stretch first; never empty by itself, but a
    side may be: a triangle has none in one direction."""

    north: tuple[Limit[K], ...]
    east: tuple[Limit[K], ...]
    south: tuple[Limit[K], ...]
    west: tuple[Limit[K], ...]


@dataclass(frozen=True, slots=True)
class Streets:
    """Streets, or anything else with a name that borders follow: canals, railways.

    Attributes
    ----------
    lines : LineString or MultiLineString, m of them
        EPSG:4326.
    names : sequence of str, length m
        Those without name ("") bound nothing.
    """

    lines: ShapesLike = ()
    names: Sequence[str] = ()


def limits(
    shape: Shape,
    neighbours: Mapping[K, Shape],
    streets: Streets = Streets(),
    *,
    within_m: float = 15,
) -> FourLimits[K]:
    """The four limits of one grid; see `four_limits`."""
    found = _Borders.of(listed([shape, *neighbours.values()]), np.array([0]))
    return found.told([None, *neighbours], streets, within_m)[0]


def four_limits(
    shapes: Mapping[K, Shape],
    streets: Streets = Streets(),
    *,
    of: Iterable[K] | None = None,
    within_m: float = 15,
) -> dict[K, FourLimits[K]]:
    """The four limits of grids.

    Parameters
    ----------
    shapes : mapping of key to Polygon or MultiPolygon
        EPSG:4326, on the lattice, matched along common borders.
    streets : Streets
    of : iterable of key, optional
        Whose limits; by default those of all.
    within_m : float
        How far a street's line may lie beside the border that follows it: half its width.

    Returns
    -------
    dict of key to FourLimits

    Raises
    ------
    ValueError
        When streets and names differ in number.

    Known Issues
    ------------
    A border runs along the nearest street only. Enclaves inside a grid are no limits.
    """
    keys = list(shapes)
    place = {key: number for number, key in enumerate(keys)}
    wanted = keys if of is None else list(of)
    rows = np.array([place[key] for key in wanted], dtype=np.int64)
    found = _Borders.of(listed(shapes.values()), rows).told(keys, streets, within_m)
    return dict(zip(wanted, found, strict=True))


@dataclass(frozen=True, slots=True)
class _Borders:
    """Pieces of the outer borders of the wanted grids.

    Attributes
    ----------
    owner : position among the wanted grids.
    neighbour : index of the grid on the other side; -1 for none.
    start, end : degrees; walking from start to end, the grid lies on the left.
    """

    count: int
    owner: NDArray[np.int64]
    neighbour: NDArray[np.int64]
    start: NDArray[np.float64]
    end: NDArray[np.float64]

    @classmethod
    def of(cls, shapes: Shapes, wanted: NDArray[np.int64]) -> _Borders:
        outer = directed_segments([_without_holes(shape) for shape in shapes[wanted]])
        neighbour = _across(outer, wanted[outer.owner], directed_segments(shapes))
        ends = from_steps(outer.ends())
        forward = (outer.sign > 0)[:, None]
        start = np.where(forward, ends[:, 0], ends[:, 1])
        end = np.where(forward, ends[:, 1], ends[:, 0])
        parts = np.maximum(np.ceil(distance_m(start, end) / PIECE_M), 1).astype(np.int64)
        row = np.repeat(np.arange(len(parts)), parts)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts)
        step = ((end - start) / parts[:, None])[row]
        first = start[row] + nth[:, None] * step
        return cls(len(wanted), outer.owner[row], neighbour[row], first, first + step)

    def told(
        self, keys: Sequence[K | None], streets: Streets, within_m: float
    ) -> list[FourLimits[K]]:
        names, street = self._streets(streets, within_m)
        label = np.where(street >= 0, len(keys) + street, self.neighbour)
        scale = np.array(metres_per_degree(float(self.start[:1, 1].sum())))
        run = (self.end - self.start) * scale
        facing = np.arctan2(-run[:, 0], run[:, 1])  # of the normal to the right: outwards
        side = np.rint(facing / (np.pi / 2)).astype(np.int64) % 4
        columns = np.stack([self.owner * 4 + side, label], axis=1)
        groups, index = np.unique(columns, axis=0, return_inverse=True)
        metres = np.bincount(index.ravel(), weights=distance_m(self.start, self.end))
        sides: list[list[Limit[K]]] = [[] for _ in range(4 * self.count)]
        for (place, what), length in zip(groups.tolist(), metres.tolist(), strict=True):
            if what >= len(keys):
                limit: Limit[K] = Limit(Kind.STREET, names[what - len(keys)], length)
            elif what >= 0:
                limit = Limit(Kind.GRID, keys[what], length)
            else:
                limit = Limit(Kind.OUTLINE, None, length)
            sides[place].append(limit)
        ordered = [_mattering(side) for side in sides]
        return [
            FourLimits(**dict(zip(SIDES, ordered[4 * number : 4 * number + 4], strict=True)))
            for number in range(self.count)
        ]

    def _streets(self, streets: Streets, within_m: float) -> tuple[list[str], NDArray[np.int64]]:
        """The different names, and for each piece the nearest one that runs along it, or -1."""
        lines = listed(streets.lines)
        if len(lines) != len(streets.names):
            raise ValueError("one name per street is needed")
        result = np.full(len(self.owner), -1, dtype=np.int64)
        names = sorted({name for name in streets.names if name})
        number = {name: index for index, name in enumerate(names)}
        named = np.array([number.get(name, -1) for name in streets.names], dtype=np.int64)
        parts, line = shapely.get_parts(lines, return_index=True)
        xy, part = shapely.get_coordinates(parts, return_index=True)
        rows = np.flatnonzero((part[1:] == part[:-1]) & (named[line[part[1:]]] >= 0))
        if not len(rows) or not len(result):
            return names, result
        name_of = named[line[part[rows]]]
        scale = np.array(metres_per_degree(float(self.start[0, 1])))
        edges = np.stack([xy[rows], xy[rows + 1]], axis=1) * scale
        middles = listed(shapely.points((self.start + self.end) / 2 * scale))
        drawn = listed(shapely.linestrings(edges))
        piece, near = shapely.STRtree(drawn).query(middles, predicate="dwithin", distance=within_m)
        run = (self.end - self.start)[piece] * scale
        way = edges[near, 1] - edges[near, 0]
        size = np.hypot(*run.T) * np.hypot(*way.T)
        along = np.abs((run * way).sum(axis=1)) > ALONG * size
        piece, near, run = piece[along], near[along], run[along]
        there = shapely.get_coordinates(shapely.shortest_line(middles[piece], drawn[near]))
        gap = there[1::2] - there[::2]
        away = np.hypot(*gap.T)
        beside = np.abs((run * gap).sum(axis=1)) <= AHEAD * np.hypot(*run.T) * away
        piece, near, away = piece[beside], near[beside], away[beside]
        order = np.lexsort((name_of[near], away, piece))
        pieces, first = np.unique(piece[order], return_index=True)
        result[pieces] = name_of[near[order][first]]
        return names, result


def _without_holes(shape: Shape) -> Shape:
    parts = [shapely.Polygon(part.exterior) for part in shapely.get_parts(shape)]
    return shapely.MultiPolygon(parts)


def _across(outer: Segments, owner: NDArray[np.int64], every: Segments) -> NDArray[np.int64]:
    """For each segment the other shape that has it too, or -1."""
    both = Segments(
        low=np.concatenate([outer.low, every.low]),
        high=np.concatenate([outer.high, every.high]),
        sign=np.concatenate([outer.sign, every.sign]),
        owner=np.concatenate([owner, every.owner]),
    )
    order, starts = both.grouped()
    if not len(order):
        return owner
    run = np.zeros(len(order), dtype=np.int64)
    run[starts[1:]] = 1
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.cumsum(run)
    lowest = np.minimum.reduceat(both.owner[order], starts)[group[: len(owner)]]
    highest = np.maximum.reduceat(both.owner[order], starts)[group[: len(owner)]]
    return np.where(lowest != owner, lowest, np.where(highest != owner, highest, -1))


def _mattering(side: list[Limit[K]]) -> tuple[Limit[K], ...]:
    """The longest first (to a decimetre, then by name), without mere kinks."""
    least = MATTERS * sum(limit.metres for limit in side)
    ordered = sorted(side, key=lambda limit: (-round(limit.metres, 1), str(limit.name)))
    return tuple(limit for limit in ordered if limit.metres >= least)
