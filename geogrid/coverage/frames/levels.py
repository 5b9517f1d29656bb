"""Levels above the grids: derived from them, or taken over from a file that disagrees."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from geogrid.coverage.frames.placing import Label, placed, rows_of
from geogrid.coverage.nesting import adopt as adopted
from geogrid.coverage.nesting import parents_of

__all__ = ["Adopted", "adopt", "nest"]


def nest(grids: gpd.GeoDataFrame, by: str, *, sums: Collection[str] = ()) -> gpd.GeoDataFrame:
    """The level above: grids with the same value in a column united, every vertex kept.

    Returns
    -------
    GeoDataFrame
        Indexed by the values of `by`, in order; `children` counts them, columns named in `sums`
        are added up.
    """
    there = placed(grids)
    if pd.isna(there.column(by)).any():
        raise ValueError(f"some grids have no value in {by!r}")
    number = there.frame.groupby(by, sort=True).ngroup().to_numpy()
    _, shapes = parents_of(there.shapes, number)
    groups = there.frame.drop(columns=there.frame.geometry.name).groupby(by, sort=True)
    columns = {"children": groups.size().to_numpy()}
    for name in sums:
        there.column(name)
        columns[name] = groups[name].sum().to_numpy()
    index = groups.size().index
    return rows_of(columns, list(shapes), index=index)


class Adopted(NamedTuple):
    """Grids given to parents although the two levels disagree.

    Attributes
    ----------
    grids : GeoDataFrame
        The grids with `parent` (code of the parent that holds most of it, empty where none does),
        `share` (how much of the grid lies in it, 0 to 1) and `moved_m2` (its land elsewhere).
    exchanged : DataFrame
        What changes hands between parents: `source`, `target`, `area_m2`.
    childless : list
        Codes of parents without a grid: every parent needs one.
    """

    grids: gpd.GeoDataFrame
    exchanged: pd.DataFrame
    childless: list[Label]


def adopt(grids: gpd.GeoDataFrame, parents: gpd.GeoDataFrame) -> Adopted:
    """Give each grid to the parent that holds most of it; `nest(..., "parent")` then derives them.

    Parameters
    ----------
    grids, parents : GeoDataFrame of polygons
        Two levels that need not fit; the parents may not overlap one another.
    """
    inner, outer = placed(grids), placed(parents)
    result = adopted(inner.shapes, outer.shapes)
    frame = inner.frame
    frame["parent"] = [None if at < 0 else outer.labels[at] for at in result.parent.tolist()]
    frame["share"] = result.share
    frame["moved_m2"] = result.moved_m2
    exchanged = pd.DataFrame(
        [
            (outer.labels[source], outer.labels[target], area)
            for (source, target), area in result.exchanged.items()
        ],
        columns=["source", "target", "area_m2"],
    )
    return Adopted(frame, exchanged, list(outer.named(result.childless)))
