"""Share out the homes of a grid into cells: by entrance and floor, where no line could divide.

A cell (单元格, 微网格) is a set of entrances, or of floors of one. Buildings stay together where
they fit into one cell, entrances where a building does not, and only an entrance above the limit is
divided by floors. Floors are half-open ranges of whole numbers, `None` for no limit: the ranges of
one entrance cover every floor there is, cellars and storeys added later among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from layers.datum.metric import metres_per_degree

__all__ = ["Entrance", "Floors", "Part", "households_on", "share_out"]

Floors = tuple[int | None, int | None]
EVERYTHING: Floors = (None, None)


@dataclass(frozen=True, slots=True)
class Entrance:
    """One entrance of a building.

    Attributes
    ----------
    building : int
        Entrances with the same number are in one building.
    address : str
        Of the building. What stands before its first digit is the compound or street.
    number : str
        Of the entrance.
    households : int
    floors : int or None
        None when nobody knows; such an entrance is never divided.
    place : (float, float)
        Longitude and latitude of the building, degrees (EPSG:4326).
    """

    building: int
    address: str
    number: str
    households: int
    floors: int | None
    place: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """The floors of one entrance (its index) that a cell has, and the households on them."""

    entrance: int
    floors: Floors
    households: int


def households_on(floors: Floors, households: int, storeys: int | None) -> int:
    """How many of an entrance's households live on some of its floors.

    Households are spread evenly over the floors 1 to `storeys`; the shares of ranges that cover
    the entrance add up to all of them. Of an entrance without known storeys everybody lives in
    the range that holds its first floor.
    """
    below, above = _below(floors[0], 0), _below(floors[1], None)
    if not storeys:
        return households if below <= 0 and (above is None or above > 0) else 0
    start = min(below, storeys)
    stop = storeys if above is None else min(above, storeys)
    return households * stop // storeys - households * start // storeys


def _below(floor: int | None, unlimited: int | None) -> int:
    """Floors below `floor`: it is the first one not counted."""
    return unlimited if floor is None else max(0, floor - 1)  # type: ignore[return-value]


def share_out(entrances: Sequence[Entrance], *, most: int = 30) -> list[tuple[Part, ...]]:
    """Share out entrances into cells of at most `most` households.

    Parameters
    ----------
    entrances : sequence of Entrance
        All of one grid.
    most : int
        Households of a cell; at least 1.

    Returns
    -------
    list of tuples of Part
        One tuple a cell, along a walk through the compounds; as few cells as this needs, and among
        these the ones whose buildings lie closest together. Every floor of every entrance is in
        exactly one of them.

    Raises
    ------
    ValueError
        When `most` is below 1.

    Known Issues
    ------------
    A cell exceeds `most` where one floor does, or an entrance whose floors nobody knows.
    Buildings are walked by number within a compound or street, so houses on both sides of a
    street may share a cell.
    """
    if most < 1:
        raise ValueError("a cell needs room for at least one household")
    cells: list[tuple[tuple[int, int], tuple[Part, ...]]] = []
    whole: list[tuple[int, list[int]]] = []
    for position, members in enumerate(_walk(entrances)):
        if sum(entrances[n].households for n in members) <= most:
            whole.append((position, members))
        else:
            parts = _divided(entrances, members, most)
            cells += [((position, number), cell) for number, cell in enumerate(parts)]
    for group in _joined(entrances, whole, most):
        everything = [n for _, members in group for n in members]
        cells.append(((group[0][0], 0), tuple(_all_of(entrances, n) for n in everything)))
    return [cell for _, cell in sorted(cells, key=lambda one: one[0])]


def _all_of(entrances: Sequence[Entrance], index: int) -> Part:
    return Part(index, EVERYTHING, entrances[index].households)


def _walk(entrances: Sequence[Entrance]) -> list[list[int]]:
    """Entrances by building; buildings by number within a compound, each compound near the last."""
    buildings: dict[int, list[int]] = {}
    for index, entrance in enumerate(entrances):
        buildings.setdefault(entrance.building, []).append(index)
    compounds: dict[str, list[list[int]]] = {}
    for members in buildings.values():
        members.sort(key=lambda n: (_natural(entrances[n].number), n))
        first = entrances[members[0]]
        compounds.setdefault(re.split(r"\d", first.address, maxsplit=1)[0], []).append(members)
    metres = _metres(entrances)
    for houses in compounds.values():
        houses.sort(key=lambda m: (_natural(entrances[m[0]].address), entrances[m[0]].place))
    left = sorted(compounds.values(), key=lambda houses: entrances[houses[0][0]].place)
    order: list[list[int]] = []
    while left:
        here = entrances[order[-1][0]].place if order else entrances[left[0][0][0]].place
        nearest = min(left, key=lambda houses: metres(here, entrances[houses[0][0]].place))
        left.remove(nearest)
        order += nearest
    return order


def _natural(text: str) -> list[tuple[int, int, str]]:
    """The order of people: 2栋 before 10栋."""
    pieces = re.findall(r"\d+|\D+", text)
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces]


def _divided(
    entrances: Sequence[Entrance], members: list[int], most: int
) -> list[tuple[Part, ...]]:
    """Cells of a building that is too large for one: runs of entrances, or floors of one."""
    cells: list[tuple[Part, ...]] = []
    run: list[int] = []
    for index in [*members, None]:
        if index is not None and entrances[index].households <= most:
            run.append(index)
            continue
        weights = [entrances[n].households for n in run]
        for start, stop in _runs(weights, [0.0] * len(run), most):
            cells.append(tuple(_all_of(entrances, n) for n in run[start:stop]))
        run = []
        if index is not None:
            cells += [(part,) for part in _by_floors(entrances[index], index, most)]
    return cells


def _by_floors(entrance: Entrance, index: int, most: int) -> list[Part]:
    """Ranges of floors, as equal as whole floors can be; the outer ones without limit."""
    storeys = entrance.floors or 1
    at_once = max(1, most * storeys // entrance.households)
    count = -(-storeys // at_once)
    limits = [1 + storeys * n // count for n in range(count + 1)]
    parts = []
    for number in range(count):
        floors = (
            limits[number] if number else None,
            limits[number + 1] if number < count - 1 else None,
        )
        share = households_on(floors, entrance.households, entrance.floors)
        parts.append(Part(index, floors, share))
    return parts


def _joined(
    entrances: Sequence[Entrance], whole: list[tuple[int, list[int]]], most: int
) -> list[list[tuple[int, list[int]]]]:
    """Neighbours on the walk, as many buildings as a cell has room for."""
    metres = _metres(entrances)
    places = [entrances[members[0]].place for _, members in whole]
    gaps = [0.0, *(metres(a, b) for a, b in pairwise(places))]
    weights = [sum(entrances[n].households for n in members) for _, members in whole]
    return [whole[start:stop] for start, stop in _runs(weights, gaps, most)]


def _metres(
    entrances: Sequence[Entrance],
) -> Callable[[tuple[float, float], tuple[float, float]], float]:
    across, along = metres_per_degree(entrances[0].place[1] if entrances else 0.0)

    def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
        return hypot((one[0] - other[0]) * across, (one[1] - other[1]) * along)

    return metres


def _runs(weights: Sequence[int], gaps: Sequence[float], most: int) -> list[tuple[int, int]]:
    """Cut a sequence into runs of at most `most`: fewest, then least way inside, then even.

    `gaps[n]` is the way from the member before to member n. Dynamic programming over the ends.
    """
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    cut_at = [0]
    for stop in range(1, len(weights) + 1):
        options = []
        weight, way = 0, 0.0
        for start in range(stop - 1, -1, -1):
            weight += weights[start]
            if weight > most and start < stop - 1:
                break
            runs, ways, squares = best[start]
            options.append(((runs + 1, ways + way, squares + weight * weight), start))
            way += gaps[start]
        cost, start = min(options)
        best.append(cost)
        cut_at.append(start)
    ends = []
    stop = len(weights)
    while stop:
        ends.append((cut_at[stop], stop))
        stop = cut_at[stop]
    return ends[::-1]
