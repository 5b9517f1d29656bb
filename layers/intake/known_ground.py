"""The ground that positions are judged against: buildings, streets, doors and an outline.

Where things stand in a town is no accident: a shop lies in a building, a door a step before one, a
hydrant beside a street. How often positions of each kind fall how far from buildings and streets is
counted on the ground itself, and how often positions do that were displaced by a few hundred
metres. The quotient says of any position how much it looks like one or the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["NEAR_M", "Fall", "Ground"]

Points = NDArray[np.float64]
NEAR_M = 15.0  # metres from a street or a door
SIGHT_M = 50.0  # farther than this from everything is all the same
# Metres from the nearest building, negative inside, and from the nearest street.
FROM_BUILDINGS = np.array([-6.0, -3.0, -1.0, 0.0, 2.0, 5.0, 10.0, 15.0, 25.0, 49.0])
FROM_STREETS = np.array([3.0, 8.0, 15.0, 25.0, 40.0, 49.0])
CELLS = (len(FROM_BUILDINGS) + 1, len(FROM_STREETS) + 1)
DRAWN = 2000  # positions of each kind that are counted
NOISES = (1.0, 4.0, 8.0)  # metres along each axis
AWAY = (150.0, 800.0)  # metres: how far the displaced ones lie
STRAY = 0.05  # share of positions that follow no rule
SEED = 20


@dataclass(frozen=True, slots=True)
class Fall:
    """Where points fall.

    `on_buildings`, `near`, `inside` are shares from 0 to 1: on a footprint, within 15 m of a street
    or door, in the outline. `likeness` is the logarithm of how much better the points fit this
    ground than displaced ones would, all of them together, as the kind that fits best.
    """

    on_buildings: float
    near: float
    inside: float
    likeness: float


@dataclass(frozen=True)
class Ground:
    """What stands where, EPSG:4326; everything may be empty but then says nothing.

    Attributes
    ----------
    buildings : ndarray of Polygon or MultiPolygon
    streets : ndarray of LineString or MultiLineString
    doors : ndarray of float, shape (n, 2)
    outline : Polygon or MultiPolygon, optional
        Points outside of it are not judged by buildings and streets.
    """

    buildings: Shapes
    streets: Shapes
    doors: Points = field(default_factory=lambda: np.empty((0, 2)))
    outline: Shape | None = None

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """Of the outline, else of everything; NaN without either."""
        them = [self.outline] if self.outline is not None else [*self.buildings, *self.streets]
        west, south, east, north = (float(x) for x in shapely.total_bounds(listed(them)))
        return west, south, east, north

    def fall(self, degrees: Points) -> Fall:
        """Where points, shape (n, 2), fall; NaN falls nowhere."""
        if not len(degrees):
            return Fall(0.0, 0.0, 0.0, 0.0)
        xy = self._metres(degrees)
        usable = np.isfinite(xy).all(axis=1)
        inside = np.zeros(len(xy), dtype=bool)
        inside[usable] = self._inside(xy[usable])
        house = np.full(len(xy), SIGHT_M)
        way = np.full(len(xy), SIGHT_M)
        door = np.full(len(xy), SIGHT_M)
        house[usable], way[usable], door[usable] = self._distances(xy[usable])
        cells = _cells(house[inside], way[inside])
        likeness = self._tables[:, cells].sum(axis=1)
        return Fall(
            on_buildings=float((house <= 0).mean()),
            near=float((np.minimum(way, door) <= NEAR_M).mean()),
            inside=float(inside.mean()),
            likeness=float(max(0.0, likeness.max(initial=0.0))),
        )

    # ----- metres: a plane around the middle, good to 0.3 % over a town

    @cached_property
    def _origin(self) -> Points:
        west, south, east, north = self.bounds
        return np.array([(west + east) / 2, (south + north) / 2])

    @cached_property
    def _scale(self) -> Points:
        return np.array(metres_per_degree(float(self._origin[1])))

    def _metres(self, degrees: Points) -> Points:
        moved: Points = (np.asarray(degrees, dtype=np.float64) - self._origin) * self._scale
        return moved

    @cached_property
    def _houses(self) -> Shapes:
        return listed(shapely.transform(listed(self.buildings), self._metres))

    @cached_property
    def _trees(self) -> tuple[shapely.STRtree, shapely.STRtree, shapely.STRtree]:
        ways = listed(shapely.transform(listed(self.streets), self._metres))
        doors = listed(shapely.points(self._metres(self.doors)))
        return shapely.STRtree(self._houses), shapely.STRtree(ways), shapely.STRtree(doors)

    @cached_property
    def _territory(self) -> Shape | None:
        if self.outline is None:
            return None
        shape = shapely.transform(self.outline, self._metres)
        shapely.prepare(shape)
        return shape

    def _inside(self, xy: Points) -> NDArray[np.bool_]:
        if self._territory is not None:
            return np.asarray(shapely.intersects_xy(self._territory, xy[:, 0], xy[:, 1]))
        half = (np.array(self.bounds[2:]) - self._origin) * self._scale
        return np.asarray((np.abs(xy) <= half).all(axis=1))

    def _distances(self, xy: Points) -> tuple[Points, Points, Points]:
        points = listed(shapely.points(xy))
        houses, ways, doors = self._trees
        house, which = _nearest(houses, points)
        within = np.flatnonzero(house == 0)
        rings = shapely.boundary(self._houses[which[within]])
        house[within] = -shapely.distance(points[within], rings)
        return house, _nearest(ways, points)[0], _nearest(doors, points)[0]

    # ----- how positions of each kind fall

    @cached_property
    def _tables(self) -> Points:
        """The gain per kind and cell: log(share where right / share where displaced)."""
        chance = np.random.default_rng(SEED)
        kinds = self._kinds(chance)
        if not kinds:
            return np.zeros((1, CELLS[0] * CELLS[1]))
        every = np.concatenate(kinds)
        turn, far = chance.uniform(0, 2 * np.pi, len(every)), chance.uniform(*AWAY, len(every))
        away = every + np.column_stack([np.cos(turn), np.sin(turn)]) * far[:, None]
        wrong = self._counted(away)
        rows = []
        for xy in kinds:
            for noise in NOISES:
                right = self._counted(xy + chance.normal(0, noise, xy.shape))
                rows.append(np.log((1 - STRAY) * right / wrong + STRAY))
        return np.array(rows)

    def _kinds(self, chance: np.random.Generator) -> list[Points]:
        """Positions in buildings, at their walls, and along streets; metres."""
        kinds = []
        if len(self._houses):
            some = self._houses[chance.integers(0, len(self._houses), DRAWN)]
            middle = shapely.get_coordinates(shapely.point_on_surface(some))
            rings = shapely.get_exterior_ring(shapely.get_geometry(some, 0))
            along = chance.uniform(0, 1, DRAWN)
            wall = shapely.get_coordinates(
                shapely.line_interpolate_point(rings, along, normalized=True)
            )
            kinds += [
                middle + chance.uniform(0, 0.8, (DRAWN, 1)) * (wall - middle),
                wall + chance.normal(0, 2.0, wall.shape),
            ]
        if len(self.streets):
            ways = listed(shapely.transform(listed(self.streets), self._metres))
            length = shapely.length(ways)
            some = ways[chance.choice(len(ways), DRAWN, p=length / length.sum())]
            along = chance.uniform(0, 1, DRAWN)
            kinds.append(
                shapely.get_coordinates(
                    shapely.line_interpolate_point(some, along, normalized=True)
                )
            )
        return kinds

    def _counted(self, xy: Points) -> Points:
        house, way, _door = self._distances(xy[self._inside(xy)])
        counts = np.bincount(_cells(house, way), minlength=CELLS[0] * CELLS[1]) + 1.0
        return np.asarray(counts / counts.sum())


def _cells(house: Points, way: Points) -> NDArray[np.int64]:
    rows = np.searchsorted(FROM_BUILDINGS, house)
    return np.asarray(rows * CELLS[1] + np.searchsorted(FROM_STREETS, way), dtype=np.int64)


def _nearest(tree: shapely.STRtree, points: Shapes) -> tuple[Points, NDArray[np.int64]]:
    """Metres to the nearest shape, and which; the limit of sight where there is none."""
    far: Points = np.full(len(points), SIGHT_M)
    which = np.full(len(points), -1, dtype=np.int64)
    if len(tree) and len(points):
        (asked, found), metres = tree.query_nearest(
            points, max_distance=SIGHT_M, return_distance=True, all_matches=False
        )
        far[asked], which[asked] = metres, found
    return far, which
