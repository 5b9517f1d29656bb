"""Edits of frames: every one proved and settled, or refused with nothing changed.

A frame stands for an exact tiling; each edit returns a new frame. Grids are named by their `code`,
or by their index where there is no such column. Columns stay with their grids; a grid that is made
has the values of the one most of its land came from. Only columns named in `sums` are shared out:
by area when land changes hands, added up when grids are merged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.coverage import edits
from geogrid.coverage.change import Change
from geogrid.coverage.frames.placing import CODE, Label, Outline, Placed, placed, shape_of
from geogrid.coverage.tiling import Tiling
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape

__all__ = [
    "carried_out",
    "claim",
    "cut_out",
    "merge",
    "redraw",
    "rights_of",
    "split",
    "tiling_of",
]


def split(
    grids: gpd.GeoDataFrame,
    grid: Label,
    line: Outline,
    *,
    new: Sequence[Label] = (),
    sums: Collection[str] = (),
    **rules: Any,
) -> gpd.GeoDataFrame:
    """Divide a grid along a line; the largest piece keeps its code.

    Parameters
    ----------
    grids : GeoDataFrame
        An exact tiling.
    grid : label
    line : LineString (EPSG:4326), GeoSeries or GeoDataFrame
    new : sequence of labels
        Codes of the other pieces, from west to east; by default "<code>-2", "<code>-3" ...
    sums : collection of str
        Columns to share out by area.
    rules
        `fixed` (a column: land does not pass between its values), `unlocked`, `pieces_allowed`
        (codes), `outline` (what the territory's edge refines; by default it is as it is).

    Raises
    ------
    Refused
        With a code (no_cut, in_pieces, too_close ...), a place and the grids concerned.
    KeyError
        When there is no such grid or column.
    """
    there = placed(grids)
    key = there.key(grid)
    with there.translated():
        change = edits.split(
            tiling_of(there, rules), key, shape_of(line), **rights_of(there, rules)
        )
    return carried_out(there, change, new, sums)


def merge(
    grids: gpd.GeoDataFrame,
    grid: Label,
    others: Collection[Label],
    *,
    sums: Collection[str] = (),
    **rules: Any,
) -> gpd.GeoDataFrame:
    """Unite grids; `grid` survives with its columns, those in `sums` added up. See `split`."""
    there = placed(grids)
    target, ending = there.key(grid), there.keys(others)
    with there.translated():
        change = edits.merge(tiling_of(there, rules), target, ending, **rights_of(there, rules))
    return carried_out(there, change, (), sums)


def claim(
    grids: gpd.GeoDataFrame,
    grid: Label,
    area: Outline,
    *,
    sources: Collection[Label] | None = None,
    sums: Collection[str] = (),
    **rules: Any,
) -> gpd.GeoDataFrame:
    """Hand over everything inside an area to one grid, from `sources` or from everyone.

    See `split` for the other arguments.
    """
    there = placed(grids)
    target = there.key(grid)
    return _claimed(there, target, area, sources, (), sums, rules)


def cut_out(
    grids: gpd.GeoDataFrame,
    area: Outline,
    new: Label,
    *,
    sources: Collection[Label] | None = None,
    sums: Collection[str] = (),
    **rules: Any,
) -> gpd.GeoDataFrame:
    """Make everything inside an area a grid of its own with the code `new`. See `split`."""
    return _claimed(placed(grids), -1, area, sources, (new,), sums, rules)


def redraw(
    grids: gpd.GeoDataFrame,
    grid: Label,
    shape: Outline,
    *,
    sums: Collection[str] = (),
    **rules: Any,
) -> gpd.GeoDataFrame:
    """Give a grid a new shape; its neighbours take what it leaves and give what it gets."""
    there = placed(grids)
    key = there.key(grid)
    with there.translated():
        change = edits.redraw(
            tiling_of(there, rules), key, shape_of(shape), **rights_of(there, rules)
        )
    return carried_out(there, change, (), sums)


def _claimed(
    there: Placed,
    target: int,
    area: Outline,
    sources: Collection[Label] | None,
    new: Sequence[Label],
    sums: Collection[str],
    rules: Mapping[str, Any],
) -> gpd.GeoDataFrame:
    givers = None if sources is None else there.keys(sources)
    with there.translated():
        change = edits.claim(
            tiling_of(there, rules),
            target,
            shape_of(area),
            sources=givers,
            **rights_of(there, rules),
        )
    return carried_out(there, change, new, sums)


def tiling_of(there: Placed, rules: Mapping[str, Any]) -> Tiling:
    """The tiling an edit works on; raises TypeError for a rule that does not exist."""
    unknown = set(rules) - {"fixed", "outline", "pieces_allowed", "unlocked"}
    if unknown:
        raise TypeError(f"unexpected arguments: {', '.join(sorted(unknown))}")
    base = rules.get("outline")
    fixed = rules.get("fixed")
    groups = None if fixed is None else dict(enumerate(there.column(fixed).tolist()))
    shapes = dict(enumerate(there.shapes))
    return Tiling(shapes, base=None if base is None else shape_of(base), groups=groups)


def rights_of(there: Placed, rules: Mapping[str, Any]) -> dict[str, Any]:
    """What the rules allow, as the kernel's edits take it."""
    allowed = set(there.keys(rules.get("pieces_allowed", ())))
    return {"unlocked": bool(rules.get("unlocked", False)), "pieces_allowed": allowed}


def carried_out(
    there: Placed, change: Change, new: Sequence[Label], sums: Collection[str]
) -> gpd.GeoDataFrame:
    """The frame after a proved change: rows changed, ended and made."""
    frame = there.frame
    for name in sums:
        there.column(name)
    made = sorted((key for key in change.shapes if key < 0), reverse=True)
    origins = [change.parts_of[key] for key in made]
    extra = frame.iloc[origins].copy()
    labels = _labels(there, [there.labels[key] for key in origins], new)
    if there.coded:
        extra[CODE] = labels
    extra.index = pd.Index(_index(frame, labels, there.coded))
    column = frame.columns.get_loc(frame.geometry.name)
    before = dict(enumerate(there.shapes))
    for key, shape in change.shapes.items():
        if key >= 0:
            frame.iloc[key, column] = shape
    extra[frame.geometry.name] = [change.shapes[key] for key in made]
    shares = _shares(before, change) if sums else {}
    whole = pd.concat([frame, extra]) if len(extra) else frame
    row = {**{key: key for key in before}, **{key: len(before) + n for n, key in enumerate(made)}}
    for name in sums:
        amount = frame[name].to_numpy(dtype=float)
        total = [float(value) for value in whole[name]]
        for key, given in shares.items():
            total[row[key]] = sum(amount[giver] * share for giver, share in given.items())
        whole[name] = total
    left = [number for number in range(len(whole)) if number not in change.gone]
    return gpd.GeoDataFrame(whole.iloc[left], geometry=frame.geometry.name, crs=frame.crs)


def _shares(before: Mapping[int, Shape], change: Change) -> dict[int, dict[int, float]]:
    """For each changed grid: from whom it has which share of their area."""
    givers = [key for key in {*change.shapes, *change.gone} if key >= 0]
    size = {key: area_m2(before[key]) for key in givers}
    shares: dict[int, dict[int, float]] = {}
    for key, shape in change.shapes.items():
        shares[key] = {
            giver: area_m2(shape.intersection(before[giver])) / size[giver]
            for giver in givers
            if shape.intersects(before[giver])
        }
    return shares


def _labels(there: Placed, origins: Sequence[Label], new: Sequence[Label]) -> list[Label]:
    if len(new) > len(origins):
        raise ValueError(f"{len(new)} new codes for {len(origins)} new grids")
    taken = set(there.labels) | set(new)
    labels = list(new)
    for origin in origins[len(new) :]:
        number = 2
        while (label := f"{origin}-{number}") in taken:
            number += 1
        taken.add(label)
        labels.append(label)
    if len(set(labels) | set(there.labels)) < len(labels) + len(there.labels):
        raise ValueError("a new code is already another grid's")
    return labels


def _index(frame: gpd.GeoDataFrame, labels: Sequence[Label], coded: bool) -> list[Label]:
    """Index labels of new rows: their codes, or the next numbers of a numbered frame."""
    if coded and pd.api.types.is_integer_dtype(frame.index):
        start = int(frame.index.max()) + 1
        return list(range(start, start + len(labels)))
    return list(labels)
