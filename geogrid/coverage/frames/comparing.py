"""What lies in grids, and what changes hands between two plans."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.coverage.blocks import block_of
from geogrid.coverage.compare import Comparison
from geogrid.coverage.compare import compare as compared
from geogrid.coverage.frames.placing import Label, Placed, placed, rows_of, shapes_of
from layers.datum.shapes import Shape, Shapes

__all__ = ["Compared", "compare", "count"]


def count(
    grids: gpd.GeoDataFrame, places: gpd.GeoDataFrame, sums: Collection[str] = ()
) -> gpd.GeoDataFrame:
    """Count places by the grid they lie in, and add up their columns.

    Parameters
    ----------
    grids : GeoDataFrame of polygons
    places : GeoDataFrame
        Points; of polygons (buildings) a point inside decides, as everywhere in GeoGrid.
    sums : collection of str
        Columns of `places` to add up.

    Returns
    -------
    GeoDataFrame
        The grids with `places` and the columns of `sums`, new or replaced. A place on a border
        counts in the grid with the lowest code.
    """
    there = placed(grids)
    order = sorted(range(len(there.labels)), key=lambda key: str(there.labels[key]))
    found = block_of(there.shapes[order], _points(places))
    row = np.where(found >= 0, np.array([*order, 0])[found], -1)
    inside = row >= 0
    there.frame["places"] = np.bincount(row[inside], minlength=len(order))
    for name in sums:
        values = places[name].to_numpy(dtype=float)[inside]
        there.frame[name] = np.bincount(row[inside], weights=values, minlength=len(order))
    return there.frame


class Compared(NamedTuple):
    """What distinguishes two plans.

    Attributes
    ----------
    hand_overs : GeoDataFrame
        Land that belongs to another grid afterwards, the heaviest first: `source`, `target`,
        `area_m2`, `weight`.
    shares : DataFrame
        How much of each grid that changed went where: `source`, `target`, `of_area`, `of_weight`.
    unchanged, added, removed : list
        Codes.
    """

    hand_overs: gpd.GeoDataFrame
    shares: pd.DataFrame
    unchanged: list[Label]
    added: list[Label]
    removed: list[Label]


def compare(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    *,
    places: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
) -> Compared:
    """What changes hands between two plans whose grids are known by the same codes.

    Parameters
    ----------
    before, after : GeoDataFrame
        Exact tilings, of the same territory or of two.
    places : GeoDataFrame, optional
        Points or polygons of what is counted, such as buildings.
    weight : str, optional
        Column of `places`; by default every place counts one.
    """
    points: Shapes = np.empty(0, dtype=object) if places is None else _points(places)
    weights = None
    if places is not None and weight is not None:
        weights = places[weight].to_numpy(dtype=float)
    found: Comparison[Label] = compared(
        _by_label(placed(before)), _by_label(placed(after)), points=points, weights=weights
    )
    hand_overs = rows_of(
        {
            "source": [one.source for one in found.hand_overs],
            "target": [one.target for one in found.hand_overs],
            "area_m2": [one.area_m2 for one in found.hand_overs],
            "weight": [one.weight for one in found.hand_overs],
        },
        [one.shape for one in found.hand_overs],
    )
    shares = pd.DataFrame(
        [(one.source, one.target, one.of_area, one.of_weight) for one in found.shares],
        columns=["source", "target", "of_area", "of_weight"],
    )
    return Compared(
        hand_overs, shares, list(found.unchanged), list(found.added), list(found.removed)
    )


def _by_label(there: Placed) -> dict[Label, Shape]:
    """Shapes by label, the lowest first: it gets what lies on a border."""
    rows = dict(zip(there.labels, there.shapes, strict=True))
    return {label: rows[label] for label in sorted(rows, key=str)}


def _points(places: gpd.GeoDataFrame) -> Shapes:
    points: Shapes = shapely.point_on_surface(shapes_of(places))
    return points
