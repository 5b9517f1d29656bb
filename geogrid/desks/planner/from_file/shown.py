"""What a review shows: sentences and figures for the page, shapes for its map.

Shapes are simplified for the eye and written as steps of 1e-6 degree from one to the next: the
whole answer stays far below a megabyte, and decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext_lazy

from geogrid.desks.planner.from_file.reading import Reading
from geogrid.territory.plan_files.findings import FileFinding, Sort
from geogrid.territory.plan_files.proposal import Proposal
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["SORTS", "Shown", "encoded", "map_of", "shown"]

LISTED = 150  # findings with a row of their own
OFFERED = 5  # owners one can choose from
VERTICES = 36_000  # of all shapes on the map together
MICRO = 1_000_000
SORTS = {
    Sort.MISSING: gettext_lazy("Missing land"),
    Sort.OVERLAP: gettext_lazy("Overlap"),
    Sort.ISLAND: gettext_lazy("Cut-off piece"),
    Sort.GAP: gettext_lazy("Gap"),
    Sort.SLIVER: gettext_lazy("Small piece"),
    Sort.OUTSIDE: gettext_lazy("Outside the outline"),
    Sort.CROSSING: gettext_lazy("Crosses itself"),
    Sort.EMPTY: gettext_lazy("Without area"),
    Sort.VANISHED: gettext_lazy("Nothing left"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """An owner one can choose; `code` is "" for nobody."""

    code: str
    name: str
    number: int
    proposed: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A finding in the list, under its number on the map."""

    number: int
    finding: FileFinding
    word: str
    options: list[Option]
    decided: bool


@dataclass(slots=True)
class Shown:
    """Findings for a page: the largest one by one, the others as sums."""

    rows: list[Row] = field(default_factory=list)
    sums: list[tuple[str, int, float]] = field(default_factory=list)
    rest: int = 0
    rest_m2: float = 0.0
    open: int = 0
    decided: int = 0
    moved_m2: float = 0.0
    unassigned: int = 0
    islands: bool = False


def shown(reading: Reading) -> Shown:
    """The findings of a proposal; what nobody has decided first, the largest first."""
    proposal = reading.proposal
    if proposal is None or proposal.repair is None:
        return Shown()
    found = sorted(proposal.findings, key=lambda one: (not one.options, -one.area_m2))
    names = _names(proposal)
    listed_ = found[:LISTED]
    rest = found[LISTED:]
    counts: Counter[Sort] = Counter(one.sort for one in found)
    areas: Counter[Sort] = Counter()
    for one in found:
        areas[one.sort] += one.area_m2  # type: ignore[assignment]  # a sum of floats
    settled = reading.answers.settled
    return Shown(
        rows=[_row(number, one, names, settled) for number, one in enumerate(listed_, start=1)],
        sums=[
            (str(SORTS[sort]), counts[sort], float(areas[sort])) for sort in SORTS if counts[sort]
        ],
        rest=len(rest),
        rest_m2=sum(one.area_m2 for one in rest),
        open=0 if settled else sum(one.open for one in found),
        decided=sum(one.chosen for one in found),
        moved_m2=sum(move.area_m2 for move in proposal.repair.moves),
        unassigned=len(proposal.repair.unassigned),
        islands=any(one.sort is Sort.ISLAND for one in found),
    )


def _names(proposal: Proposal) -> dict[str, str]:
    return {grid.code: grid.name or grid.code for grid in proposal.repaired}


def _row(number: int, one: FileFinding, names: dict[str, str], settled: bool) -> Row:
    codes = list(one.options[:OFFERED])
    for code in (one.proposed, one.owner):
        if code is not None and code not in codes:
            codes.append(code)
    options = [
        Option(code, names.get(code, code), place, code == one.proposed, code == one.owner)
        for place, code in enumerate(codes, start=1)
    ]
    if one.options:
        options.append(Option("", "", 0, one.proposed is None, one.owner is None))
    decided = one.chosen or (settled and bool(one.options))
    return Row(number, one, str(SORTS[one.sort]), options, decided)


def map_of(reading: Reading, told: Shown) -> dict[str, Any]:
    """Shapes for the map: the file's own, as read, and the places of the listed findings."""
    file, proposal = reading.file, reading.proposal
    if file is None:
        return {}
    bad = set(reading.data.get("rows", ()))
    where = listed([row.finding.where for row in told.rows])
    rings = encoded([*file.shapes, *where])
    codes = {grid.code: grid.number - 1 for grid in proposal.repaired} if proposal else {}
    return {
        "origin": rings["origin"],
        "shapes": rings["shapes"][: len(file.shapes)],
        "names": list(file.names),
        "bad": sorted(number - 1 for number in bad if 0 < number <= len(file.shapes)),
        "findings": [
            {
                "key": row.finding.key,
                "number": row.number,
                "sort": str(row.finding.sort),
                "shape": shape,
                "at": _middle(row.finding.where),
                "grids": [codes.get(option.code, -1) for option in row.options if option.code],
                "decided": row.decided,
            }
            for row, shape in zip(told.rows, rings["shapes"][len(file.shapes) :], strict=True)
        ],
        "bounds": _bounds(file.shapes),
    }


def _middle(where: Shape) -> list[float] | None:
    if where.is_empty:
        return None
    x, y = where.representative_point().coords[0]
    return [round(x, 6), round(y, 6)]


def _bounds(shapes: Shapes) -> list[float] | None:
    bounds = shapely.total_bounds(shapes)
    return None if np.isnan(bounds).any() else [round(float(one), 6) for one in bounds]


def encoded(shapes: Iterable[Shape | None]) -> dict[str, Any]:
    """`{origin: [lon, lat], shapes: [[ring, ...], ...]}`; a ring is [dx, dy, dx, dy ...] in
    millionths of a degree, the first pair from the origin. What is too fine for a screen is left
    out."""
    them = listed(list(shapes))
    there = [one for one in them if one is not None and not one.is_empty]
    if not there:
        return {"origin": [0, 0], "shapes": [[] for _ in them]}
    west, south = (float(one) for one in shapely.total_bounds(there)[:2])
    tolerance = 1e-6
    fine = them
    while shapely.get_num_coordinates(fine).sum() > VERTICES and tolerance < 1e-3:
        fine = shapely.simplify(them, tolerance, preserve_topology=False)
        fine = listed(
            [
                old if new is None or new.is_empty else new
                for old, new in zip(them, fine, strict=True)
            ]
        )
        tolerance *= 2
    return {"origin": [west, south], "shapes": [_steps(one, west, south) for one in fine]}


def _steps(shape: Shape | None, west: float, south: float) -> list[list[int]]:
    if shape is None or shape.is_empty:
        return []
    lines: Sequence[Shape] = [
        line
        for part in shapely.get_parts(shape)
        for line in (shapely.get_rings(part) if part.geom_type == "Polygon" else [part])
    ]
    told = []
    for line in lines:
        steps = np.rint((shapely.get_coordinates(line) - (west, south)) * MICRO).astype(np.int64)
        told.append(np.diff(steps, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel().tolist())
    return told
