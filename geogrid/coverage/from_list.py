"""Draw a plan from a list: what belongs to each grid is known, where its border runs is not.

Offices keep their division as a table: a grid answers for these compounds, those buildings, the
odd numbers of that street. Here every listed thing is a point with the number of its grid. Streets
and walls cut the territory into blocks; a block whose points name one grid goes to it, a block of
several is cut along its paths and then between its buildings; what nobody listed joins the
neighbour with the longest common border. The result tiles the territory exactly, whatever the list
says, and what the list got wrong comes back as troubles.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.arrange import dissolve
from geogrid.coverage.atoms import Atoms, Terrain, cut_where_shared, first_covering
from geogrid.coverage.growth import FREE, Growth, connected
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Drawn", "Terrain", "Trouble", "TroubleKind", "draw_from_list"]

MARGIN_M2 = 10_000.0  # larger ground outside every community is for a person to decide


class TroubleKind(StrEnum):
    """What can be wrong with a list, seen from the ground."""

    OUTSIDE = "outside"  # a listed point beyond the outline
    OTHER_COMMUNITY = "other_community"  # a listed point in a community that is not the grid's
    ONE_BUILDING = "one_building"  # points of several grids on ground that cannot be cut
    TWO_PARTS = "two_parts"  # a part of a grid that cannot be joined to the rest
    NO_GROUND = "no_ground"  # a grid without any point on the ground
    UNASSIGNED = "unassigned"  # ground that no grid reaches


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong.

    Attributes
    ----------
    grids : tuple of int
        The grids concerned; of `ONE_BUILDING` the one that got the ground first.
    points : tuple of int
        The listed points concerned (those that lie in another grid now).
    where : Point, Polygon or MultiPolygon
        EPSG:4326; empty for `NO_GROUND`.
    """

    kind: TroubleKind
    grids: tuple[int, ...]
    points: tuple[int, ...]
    where: Shape
    area_m2: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """Grids that tile `outline` exactly.

    Attributes
    ----------
    outline : Polygon or MultiPolygon
        The given outline with the lattice vertices added where borders meet it.
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
    grid : ndarray of int64, shape (n,)
        Which grid each shape is, ascending; last -1 for each piece of ground that no grid reaches.
    community : ndarray of int64, shape (n,)
        Index of the community each shape lies in, -1 outside of all.
    grown : ndarray of float, shape (n,)
        Share of each shape's ground that nothing was listed on: it came by growth.
    placed : ndarray of bool, one per listed point
        Whether it lies in the grid it was listed for (lowest index on a border).
    troubles : tuple of Trouble
    """

    outline: Shape
    shapes: Shapes
    grid: NDArray[np.int64]
    community: NDArray[np.int64]
    grown: NDArray[np.float64]
    placed: NDArray[np.bool_]
    troubles: tuple[Trouble, ...] = field(repr=False)


def draw_from_list(
    terrain: Terrain,
    points: ShapesLike,
    grid: ArrayLike,
    *,
    areas: ShapesLike = (),
    area_grid: ArrayLike = (),
    community: ArrayLike | None = None,
    grids: int | None = None,
    pieces_allowed: Collection[int] = (),
    spread: bool = True,
) -> Drawn:
    """Draw grids around listed points.

    Parameters
    ----------
    terrain : Terrain
    points : Point, n of them
        Where listed things stand, EPSG:4326: doors, buildings, villages.
    grid : array_like of int, shape (n,)
        The grid each point is listed for: 0, 1, 2 ...
    areas : Polygon or MultiPolygon, m of them
        Outlines listed as a whole (a compound's wall); points of other grids inside weigh more.
    area_grid : array_like of int, shape (m,)
    community : array_like of int, one per grid, optional
        Index into `terrain.communities`; -1 or left out: the one that holds most of its points.
    grids : int, optional
        How many grids there are, where the last ones have neither point nor area.
    pieces_allowed : collection of int
        Grids that may lie in several pieces.
    spread : bool
        Whether blocks on which nothing is listed join the neighbour with the longest border; else
        they stay nobody's.

    Returns
    -------
    Drawn

    Raises
    ------
    ValueError
        When the outline is invalid or empty, or lengths differ.

    Known Issues
    ------------
    A building is never cut: of several grids at its doors the one with most of them gets it. A way
    that joins two parts of a grid may be as narrow as one building's ground.
    """
    spots = listed(points)
    home = np.asarray(grid, dtype=np.int64).reshape(-1)
    zones, zone_grid = listed(areas), np.asarray(area_grid, dtype=np.int64).reshape(-1)
    if len(spots) != len(home) or len(zones) != len(zone_grid):
        raise ValueError("one grid per point and per area is needed")
    count = max(int(home.max(initial=-1)), int(zone_grid.max(initial=-1)), (grids or 0) - 1) + 1
    if community is not None and np.size(community) != count:
        raise ValueError("one community per grid is needed")
    atoms = cut_where_shared(terrain, spots, home, zones)
    ward = _wards(listed(terrain.communities), atoms.faces)
    own = _communities(terrain, spots, home, community, count)
    troubles: list[Trouble] = []
    atom = first_covering(atoms.faces, spots)
    usable = _usable(atom, own, ward, home, spots, troubles)
    owner, places = _held(atoms.faces, atom, home, usable, spots, troubles)
    for number, face in _inside(zones, atoms.faces, owner):
        if own[zone_grid[number]] in (FREE, ward[face]):
            owner[face] = zone_grid[number]
    listed_ground = owner != FREE
    growth = _growth(atoms.faces, ward, owner, places, listed_ground & (places == 0))
    growth.link()
    growth.grow(atoms.block)
    if spread:
        growth.grow()
    for part in growth.make_whole(pieces_allowed):
        there = np.flatnonzero(usable & (home == part.grid) & np.isin(atom, part.atoms))
        where = shapely.coverage_union_all(atoms.faces[list(part.atoms)])
        troubles.append(_trouble(TroubleKind.TWO_PARTS, (part.grid,), there, where))
    return _drawn(terrain, atoms, growth, listed_ground, ward, spots, home, count, troubles)


def _wards(communities: Shapes, faces: Shapes) -> NDArray[np.int64]:
    """Community of each face; small ground between community and outline joins the longest border.

    Community outlines are seldom drawn on the very line of the territory's outline.
    """
    ward = first_covering(communities, shapely.point_on_surface(faces))
    if not len(communities) or not (ward == FREE).any():
        return ward
    borders = adjacency(faces).neighbours(len(faces))
    for part in connected(np.flatnonzero(ward == FREE), borders):
        metres: dict[int, float] = {}
        for face in part:
            for other, length in borders[face].items():
                if ward[other] != FREE:
                    metres[int(ward[other])] = metres.get(int(ward[other]), 0.0) + length
        if metres and sum(area_m2(faces[face]) for face in part) < MARGIN_M2:
            ward[part] = max(metres, key=lambda number: (metres[number], -number))
    return ward


def _communities(
    terrain: Terrain,
    spots: Shapes,
    home: NDArray[np.int64],
    community: ArrayLike | None,
    count: int,
) -> NDArray[np.int64]:
    """Community of each grid: as told, else the one that holds most of its points."""
    own = np.full(count, FREE, dtype=np.int64)
    if community is not None:
        own[:] = np.asarray(community, dtype=np.int64).reshape(-1)
    ward = first_covering(listed(terrain.communities), spots)
    for number in np.flatnonzero(own == FREE):
        held = ward[(home == number) & (ward != FREE)]
        if len(held):
            own[number] = np.bincount(held).argmax()
    return own


def _usable(
    atom: NDArray[np.int64],
    own: NDArray[np.int64],
    ward: NDArray[np.int64],
    home: NDArray[np.int64],
    spots: Shapes,
    troubles: list[Trouble],
) -> NDArray[np.bool_]:
    """Points inside the outline and inside their grid's community; the others are troubles."""
    inside = atom != FREE
    there = np.where(inside, ward[atom], FREE)
    at_home = inside & ((own[home] == FREE) | (own[home] == there))
    for kind, wrong in (
        (TroubleKind.OUTSIDE, ~inside),
        (TroubleKind.OTHER_COMMUNITY, inside & ~at_home),
    ):
        for number in np.unique(home[wrong]):
            rows = np.flatnonzero(wrong & (home == number))
            where = shapely.MultiPoint(list(spots[rows]))
            troubles.append(_trouble(kind, (int(number),), rows, where))
    return at_home


def _held(
    faces: Shapes,
    atom: NDArray[np.int64],
    home: NDArray[np.int64],
    usable: NDArray[np.bool_],
    spots: Shapes,
    troubles: list[Trouble],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Owner of each atom, and how many of its points lie there; most points win."""
    owner = np.full(len(faces), FREE, dtype=np.int64)
    places = np.zeros(len(faces), dtype=np.int64)
    order = np.flatnonzero(usable)[np.argsort(atom[usable], kind="stable")]
    runs = np.split(order, np.flatnonzero(np.diff(atom[order])) + 1) if len(order) else []
    for rows in runs:
        grids, counts = np.unique(home[rows], return_counts=True)
        winner = int(grids[counts.argmax()])
        face = atom[rows[0]]
        owner[face], places[face] = winner, counts.max()
        if len(grids) > 1:
            losing = rows[home[rows] != winner]
            others = tuple(int(g) for g in grids if g != winner)
            where = shapely.MultiPoint(list(spots[losing]))
            troubles.append(_trouble(TroubleKind.ONE_BUILDING, (winner, *others), losing, where))
    return owner, places


def _inside(zones: Shapes, faces: Shapes, owner: NDArray[np.int64]) -> list[tuple[int, int]]:
    """(zone, face) for every free face inside a zone that is listed as a whole."""
    home = first_covering(zones, shapely.point_on_surface(faces))
    free = np.flatnonzero((home != FREE) & (owner == FREE))
    return [(int(home[face]), int(face)) for face in free]


def _growth(
    faces: Shapes,
    ward: NDArray[np.int64],
    owner: NDArray[np.int64],
    places: NDArray[np.int64],
    wanted: NDArray[np.bool_],
) -> Growth:
    neighbours = adjacency(faces).neighbours(len(faces))
    region = [FREE] * len(faces)
    for number, part in enumerate(connected(range(len(faces)), neighbours)):
        for face in part:
            region[face] = number
    same = [
        {other: metres for other, metres in around.items() if ward[other] == ward[face]}
        for face, around in enumerate(neighbours)
    ]
    centres = shapely.get_coordinates(shapely.point_on_surface(faces))
    return Growth(same, centres, owner.tolist(), places.tolist(), wanted.tolist(), region)


def _drawn(
    terrain: Terrain,
    atoms: Atoms,
    growth: Growth,
    listed_ground: NDArray[np.bool_],
    ward: NDArray[np.int64],
    spots: Shapes,
    home: NDArray[np.int64],
    count: int,
    troubles: list[Trouble],
) -> Drawn:
    """Dissolve the atoms; ground that stayed free becomes shapes of its own."""
    label = np.array(growth.owner, dtype=np.int64)
    for number, part in enumerate(connected(np.flatnonzero(label == FREE), growth.borders)):
        label[part] = count + number
    labels, shapes = dissolve(atoms.faces, label)
    numbers = np.where(labels < count, labels, FREE)
    sizes = np.array([area_m2(face) for face in atoms.faces])
    index = np.searchsorted(labels, label)
    size = np.bincount(index, weights=sizes, minlength=len(labels))
    known = np.bincount(index, weights=sizes * listed_ground, minlength=len(labels))
    first = np.unique(label, return_index=True)[1]
    for shape in shapes[numbers == FREE]:
        troubles.append(_trouble(TroubleKind.UNASSIGNED, (), (), shape))
    for number in sorted(set(range(count)) - set(numbers.tolist())):
        rows = np.flatnonzero(home == number)
        troubles.append(_trouble(TroubleKind.NO_GROUND, (number,), rows, shapely.Point()))
    at = first_covering(shapes, spots)
    placed = (at != FREE) & (numbers[at] == home)
    return Drawn(
        outline=atoms.outline,
        shapes=shapes,
        grid=numbers,
        community=ward[first],
        grown=1 - known / size,
        placed=placed,
        troubles=tuple(troubles),
    )


def _trouble(
    kind: TroubleKind, grids: tuple[int, ...], points: Collection[int], where: Shape
) -> Trouble:
    return Trouble(kind, grids, tuple(int(row) for row in points), where, area_m2(where))
