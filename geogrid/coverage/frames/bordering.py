"""Borders and vertices of frames, moved so that both sides follow; see `editing` for the rules."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import geopandas as gpd

from geogrid.coverage import borders, vertices
from geogrid.coverage.change import Change
from geogrid.coverage.frames.editing import carried_out, rights_of, tiling_of
from geogrid.coverage.frames.placing import Label, Outline, Placed, placed, shape_of, shapes_of

__all__ = [
    "delete_vertex",
    "insert_vertex",
    "move_border",
    "move_vertex",
    "snap_to_street",
    "straighten",
]


def move_border(
    grids: gpd.GeoDataFrame,
    one: Label,
    other: Label,
    line: Outline,
    *,
    sums: Collection[str] = (),
    **rules: Any,
) -> gpd.GeoDataFrame:
    """Draw the common border of two grids anew along a line that divides their land.

    See `split` for the other arguments.
    """
    drawn = shape_of(line)
    return _between(grids, one, other, sums, rules, borders.move_border, drawn)


def straighten(
    grids: gpd.GeoDataFrame,
    one: Label,
    other: Label,
    *,
    sums: Collection[str] = (),
    **rules: Any,
) -> gpd.GeoDataFrame:
    """Make the common border of two grids straight. See `split` for the other arguments."""
    return _between(grids, one, other, sums, rules, borders.straighten)


def snap_to_street(
    grids: gpd.GeoDataFrame,
    one: Label,
    other: Label,
    streets: Any,
    *,
    within_m: float,
    sums: Collection[str] = (),
    **rules: Any,
) -> gpd.GeoDataFrame:
    """Lay the common border of two grids along streets at most `within_m` metres away.

    `streets` are LineStrings (EPSG:4326), a GeoSeries or a GeoDataFrame. See `split` for the other
    arguments.
    """
    lines = shapes_of(streets)
    return _between(
        grids, one, other, sums, rules, borders.snap_to_street, lines, within_m=within_m
    )


def move_vertex(
    grids: gpd.GeoDataFrame,
    vertex: Outline,
    to: Outline,
    *,
    sums: Collection[str] = (),
    **rules: Any,
) -> gpd.GeoDataFrame:
    """Drag a vertex of a border: all grids that meet there follow. Both are points.

    See `split` for the other arguments.
    """
    there = placed(grids)
    return _carried(there, sums, rules, vertices.move_vertex, shape_of(vertex), shape_of(to))


def insert_vertex(
    grids: gpd.GeoDataFrame,
    segment: Outline,
    point: Outline,
    *,
    sums: Collection[str] = (),
    **rules: Any,
) -> gpd.GeoDataFrame:
    """Bend a segment of a border, given by its two vertices, through a point.

    See `split` for the other arguments.
    """
    there = placed(grids)
    return _carried(there, sums, rules, vertices.insert_vertex, shape_of(segment), shape_of(point))


def delete_vertex(
    grids: gpd.GeoDataFrame, vertex: Outline, *, sums: Collection[str] = (), **rules: Any
) -> gpd.GeoDataFrame:
    """Take a vertex out of a border. See `split` for the other arguments."""
    return _carried(placed(grids), sums, rules, vertices.delete_vertex, shape_of(vertex))


def _between(
    grids: gpd.GeoDataFrame,
    one: Label,
    other: Label,
    sums: Collection[str],
    rules: dict[str, Any],
    act: Callable[..., Change],
    *values: Any,
    **named: Any,
) -> gpd.GeoDataFrame:
    there = placed(grids)
    return _carried(there, sums, rules, act, there.key(one), there.key(other), *values, **named)


def _carried(
    there: Placed,
    sums: Collection[str],
    rules: dict[str, Any],
    act: Callable[..., Change],
    *values: Any,
    **named: Any,
) -> gpd.GeoDataFrame:
    with there.translated():
        change = act(tiling_of(there, rules), *values, **named, **rights_of(there, rules))
    return carried_out(there, change, (), sums)
