"""Check, repair, measure and simplify frames of grids."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from geogrid.coverage.findings import inspect
from geogrid.coverage.frames.placing import (
    Label,
    Outline,
    outline_or_union,
    placed,
    rows_of,
    shape_of,
    shapes_of,
)
from geogrid.coverage.limits import Streets, four_limits
from geogrid.coverage.measure import measure as measured
from geogrid.coverage.repair import Repair, Rule
from geogrid.coverage.repair import repair as repaired
from geogrid.coverage.simplify import simplify as simplified
from layers.datum.lattice import snap
from layers.datum.shapes import Shape

__all__ = ["Repaired", "Simplified", "check", "measure", "repair", "simplify"]


def check(
    grids: gpd.GeoDataFrame, outline: Outline, *, pieces_allowed: Collection[Label] = ()
) -> gpd.GeoDataFrame:
    """Everything that keeps grids from tiling an outline exactly.

    Parameters
    ----------
    grids : GeoDataFrame of polygons
    outline : shape (EPSG:4326), GeoSeries or GeoDataFrame
        None checks only that the grids match each other: whatever they leave free is outside.
    pieces_allowed : collection
        Codes of grids that may lie in several pieces.

    Returns
    -------
    GeoDataFrame
        One row a finding, empty if and only if the tiling is exact: `kind` (gap, overlap, outside,
        unmatched, pieces, invalid), `area_m2`, `grids` (tuple of codes), `note`.

    See Also
    --------
    geogrid.coverage.findings.inspect
    """
    there = placed(grids)
    parent = outline_or_union(outline, there.shapes)
    found = inspect(there.shapes, [parent], pieces_allowed=set(there.keys(pieces_allowed)))
    return rows_of(
        {
            "kind": [one.kind.value for one in found],
            "area_m2": [one.area_m2 for one in found],
            "grids": [there.named(one.grids) for one in found],
            "note": [one.note for one in found],
        },
        [one.where for one in found],
    )


class Repaired(NamedTuple):
    """A proposal; nothing is decided until you take it.

    Attributes
    ----------
    grids : GeoDataFrame
        The given columns, with `gained_m2` and `lost_m2`; rows of which nothing is left are gone.
        Land nobody claims and that is too large to be given away is in rows of its own, index
        "unassigned 1" and so on, `kind` "unassigned".
    outline : Polygon or MultiPolygon
        What the grids tile exactly: the given outline with the vertices borders need on it.
    moves : GeoDataFrame
        Land that changes hands: `reason`, `area_m2`, `losers` (tuple of codes), `winner`.
    doubts : GeoDataFrame
        What a person has to look at: `concern`, `area_m2`, `grids`, `note`.
    """

    grids: gpd.GeoDataFrame
    outline: Shape
    moves: gpd.GeoDataFrame
    doubts: gpd.GeoDataFrame


def repair(
    grids: gpd.GeoDataFrame,
    outline: Outline,
    *,
    overlaps: Rule | str = Rule.SMALLEST,
    gaps_up_to_m2: float = 500.0,
    gaps_up_to_m: float = 2.0,
    slivers_up_to_m2: float = 100.0,
) -> Repaired:
    """Propose the exact tiling of an outline that is closest to the grids.

    Parameters
    ----------
    grids : GeoDataFrame of polygons
        Any mess.
    outline : shape (EPSG:4326), GeoSeries or GeoDataFrame
    overlaps : "smallest", "first" or "longest"
        Who gets land that several grids claim.
    gaps_up_to_m2, gaps_up_to_m, slivers_up_to_m2 : float
        What is given away unasked; see `geogrid.coverage.repair.repair`.

    Returns
    -------
    Repaired
    """
    there = placed(grids, lattice=False)
    result: Repair = repaired(
        there.shapes,
        snap(shape_of(outline)),
        overlaps=overlaps,
        gaps_up_to_m2=gaps_up_to_m2,
        gaps_up_to_m=gaps_up_to_m,
        slivers_up_to_m2=slivers_up_to_m2,
    )
    moves = rows_of(
        {
            "reason": [move.reason.value for move in result.moves],
            "area_m2": [move.area_m2 for move in result.moves],
            "losers": [there.named(move.losers) for move in result.moves],
            "winner": [
                None if move.winner is None else there.labels[move.winner] for move in result.moves
            ],
        },
        [move.shape for move in result.moves],
    )
    doubts = rows_of(
        {
            "concern": [doubt.concern.value for doubt in result.doubts],
            "area_m2": [doubt.area_m2 for doubt in result.doubts],
            "grids": [there.named(doubt.shapes) for doubt in result.doubts],
            "note": [doubt.note for doubt in result.doubts],
        },
        [doubt.where for doubt in result.doubts],
    )
    return Repaired(_repaired_rows(there.frame, result), result.outline, moves, doubts)


def _repaired_rows(frame: gpd.GeoDataFrame, result: Repair) -> gpd.GeoDataFrame:
    rows = frame.set_geometry(list(result.shapes), crs=frame.crs)
    rows["gained_m2"], rows["lost_m2"] = result.gained_m2, result.lost_m2
    rows = rows[[shape is not None for shape in result.shapes]]
    if "kind" not in rows:
        rows = rows.assign(kind="")
    if not len(result.unassigned):
        return rows
    numbers = range(1, len(result.unassigned) + 1)
    names = [f"unassigned {number}" for number in numbers]
    columns = {"kind": ["unassigned"] * len(names), "gained_m2": 0.0, "lost_m2": 0.0}
    extra = rows_of(columns, list(result.unassigned), index=names)
    if "code" in rows:
        extra["code"] = names
    if rows.geometry.name != extra.geometry.name:
        extra = extra.rename_geometry(rows.geometry.name)
    return gpd.GeoDataFrame(pd.concat([rows, extra]), geometry=rows.geometry.name, crs=rows.crs)


def measure(
    grids: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame | None = None,
    *,
    naming: str = "name",
    within_m: float = 15,
    edge: str = "edge",
) -> gpd.GeoDataFrame:
    """The same frame with sizes and the four limits (四至).

    Parameters
    ----------
    grids : GeoDataFrame
        An exact tiling.
    streets : GeoDataFrame of lines, optional
        What borders follow; `naming` is the column with their names.
    within_m : float
        How far a street's line may lie beside the border that follows it.
    edge : str
        What the edge of the territory is called.

    Returns
    -------
    GeoDataFrame
        With `area_m2`, `perimeter_m` (on the ellipsoid, whatever the frame's CRS), `compactness`
        (Polsby and Popper's, 1 for a circle), `pieces`, and `north`, `east`, `south`, `west`: the
        streets, else the codes of the neighbours, the longest first.
    """
    there = placed(grids)
    found = measured(there.shapes)
    frame = there.frame
    frame["area_m2"] = [one.area_m2 for one in found]
    frame["perimeter_m"] = [one.perimeter_m for one in found]
    frame["compactness"] = [one.compactness for one in found]
    frame["pieces"] = [one.pieces for one in found]
    named = Streets()
    if streets is not None:
        named = Streets(shapes_of(streets), streets[naming].fillna("").astype(str).tolist())
    limits = four_limits(
        dict(zip(there.labels, there.shapes, strict=True)), named, within_m=within_m
    )
    for side in ("north", "east", "south", "west"):
        frame[side] = [
            ", ".join(edge if one.name is None else str(one.name) for one in getattr(limit, side))
            for limit in limits.values()
        ]
    return frame


class Simplified(NamedTuple):
    """A tiling with fewer vertices.

    Attributes
    ----------
    grids : GeoDataFrame
    outline : Polygon or MultiPolygon
        What they tile.
    kept : list
        Codes of grids whose borders had to stay as they were.
    """

    grids: gpd.GeoDataFrame
    outline: Shape
    kept: list[Label]


def simplify(
    grids: gpd.GeoDataFrame,
    tolerance_m: float,
    *,
    outline: Outline = None,
    keep_outline: bool = True,
) -> Simplified:
    """Remove vertices that matter less than a tolerance; shared borders stay shared.

    Parameters
    ----------
    grids : GeoDataFrame
        An exact tiling.
    tolerance_m : float
        A vertex goes when the triangle with its neighbours is smaller than this squared.
    outline : shape (EPSG:4326), GeoSeries or GeoDataFrame, optional
        By default the union of the grids.
    keep_outline : bool
        Whether the edge of the territory stays as it is.

    See Also
    --------
    geogrid.coverage.simplify.simplify
    """
    there = placed(grids)
    edge = outline_or_union(outline, there.shapes)
    result = simplified(there.shapes, edge, tolerance_m, keep_outline=keep_outline)
    frame = there.frame.set_geometry(list(result.shapes), crs=there.frame.crs)
    return Simplified(frame, result.outline, list(there.named(result.kept)))
