"""Draw grids out of blocks."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geogrid.coverage.balance import balance as balanced
from geogrid.coverage.barriers import borders
from geogrid.coverage.blocks import Blocks, refine
from geogrid.coverage.blocks import blocks as cut
from geogrid.coverage.frames.placing import Outline, Placed, placed, rows_of, shape_of, shapes_of
from geogrid.coverage.moves import Move
from geogrid.coverage.moves import moves as ranked
from geogrid.coverage.nesting import parents_of
from layers.datum.lattice import snap

__all__ = ["Balanced", "balance", "blocks", "moves"]


def blocks(
    lines: Any,
    outline: Outline,
    *,
    buildings: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
    heavier_than: float | None = None,
    lighter_than: float = 0.0,
    paths: Any = (),
) -> gpd.GeoDataFrame:
    """Cut a territory into blocks along lines; heavy blocks further, between their buildings.

    Parameters
    ----------
    lines : LineStrings (EPSG:4326), GeoSeries or GeoDataFrame
        Streets, railways, waters.
    outline : shape (EPSG:4326), GeoSeries or GeoDataFrame
    buildings : GeoDataFrame of polygons, optional
        With it blocks get a column `weight`: the sum of the buildings' column of that name.
    weight : str, optional
        Column of `buildings`: households, dwellings ...; by default every building counts 1.
    heavier_than : float, optional
        Cut blocks that weigh more: by `paths`, then between buildings.
    lighter_than : float
        Parts of a block lighter than this are joined again.
    paths : LineStrings (EPSG:4326), GeoSeries or GeoDataFrame

    Returns
    -------
    GeoDataFrame
        `block` (which street block a part belongs to) and, with buildings, the column `weight` (of
        the name given there); the blocks tile the union of themselves, which is the outline with
        the vertices that lines need on it.
    """
    faces: Blocks = cut(shapes_of(lines), snap(shape_of(outline)))
    if buildings is None:
        return rows_of({"block": range(len(faces.faces))}, list(faces.faces))
    houses = shapes_of(buildings)
    load = np.ones(len(houses)) if weight is None else buildings[weight].to_numpy(dtype=float)
    limit = np.inf if heavier_than is None else heavier_than
    parts = refine(
        faces,
        footprints=houses,
        weights=load,
        heavier_than=limit,
        paths=shapes_of(paths),
        lighter_than=lighter_than if heavier_than is not None else 0.0,
    )
    name = weight or "buildings"
    return rows_of({"block": parts.block, name: parts.weight}, list(parts.faces))


class Balanced(NamedTuple):
    """Grids made of blocks.

    Attributes
    ----------
    grids : GeoDataFrame
        One row a grid: the weight column summed, `blocks` (how many), `reason` (why it is out of
        range; empty where it is not).
    blocks : GeoDataFrame
        The given ones with the column `grid`: the index of their grid.
    """

    grids: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame


def balance(
    blocks: gpd.GeoDataFrame,
    weight: str,
    *,
    at_least: float,
    at_most: float | None,
    start: str | None = None,
    keep: float = 1.0,
    groups: str | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    price: str = "price",
    seed: int = 1,
) -> Balanced:
    """Group blocks into contiguous, compact grids whose weights lie in a range.

    Parameters
    ----------
    blocks : GeoDataFrame
        An exact tiling.
    weight : str
        Column that is summed.
    at_least, at_most : float
        The range; `at_most=None` for "700 or more".
    start : str, optional
        Column with the grid each block is in now; `keep` says how much that is worth.
    groups : str, optional
        Column with the quarter of each block; no grid crosses a border between two.
    barriers : GeoDataFrame of lines, optional
        Where borders are welcome: `price` names the column with what a metre of border along them
        costs (a metre elsewhere costs 1).
    seed : int

    Returns
    -------
    Balanced

    See Also
    --------
    geogrid.coverage.balance.balance
    """
    there = placed(blocks)
    load = there.column(weight).astype(float)
    price_list = None
    if barriers is not None:
        factors = barriers[price].to_numpy(dtype=float)
        price_list = borders(there.shapes, shapes_of(barriers), factors)
    result = balanced(
        there.shapes,
        load,
        at_least=at_least,
        at_most=at_most,
        start=None if start is None else _numbered(there, start),
        keep=keep,
        groups=None if groups is None else _numbered(there, groups),
        borders=price_list,
        seed=seed,
    )
    there.frame["grid"] = result.grid
    numbers, shapes = parents_of(there.shapes, result.grid)
    reasons = [result.reasons.get(int(number)) for number in numbers]
    grids = rows_of(
        {
            weight: result.load[numbers],
            "blocks": np.bincount(result.grid)[numbers],
            "reason": ["" if reason is None else reason.value for reason in reasons],
        },
        list(shapes),
        index=numbers,
    )
    return Balanced(grids, there.frame)


def moves(
    blocks: gpd.GeoDataFrame,
    weight: str,
    grid: str,
    *,
    at_least: float,
    at_most: float | None,
    groups: str | None = None,
    limit: int = 20,
) -> pd.DataFrame:
    """Single blocks that could change hands, the most helpful first.

    Parameters
    ----------
    blocks : GeoDataFrame
        An exact tiling.
    weight, grid : str
        Columns: what is summed, and the grid each block is in.
    at_least, at_most : float
        The wanted range; `at_most=None` for no upper end.
    groups : str, optional
        Column that no grid crosses, such as the quarter.
    limit : int
        How many to tell; 0 for all.

    Returns
    -------
    DataFrame
        `block` (its code or index), `source` and `target` (values of `grid`), their loads after
        the move, and its effects: see `geogrid.coverage.moves.Move`.
    """
    there = placed(blocks)
    load, (number, grids) = there.column(weight).astype(float), pd.factorize(there.column(grid))
    if (number < 0).any():
        raise ValueError(f"some blocks are in no grid: the column {grid!r} is empty there")
    found = ranked(
        there.shapes,
        load,
        number,
        at_least=at_least,
        at_most=at_most,
        groups=None if groups is None else _numbered(there, groups),
        limit=limit,
    )
    names = [field.name for field in fields(Move)]
    rows = pd.DataFrame([asdict(move) for move in found], columns=names)
    rows["block"] = [there.labels[block] for block in rows["block"]]
    for side in ("source", "target"):
        rows[side] = [grids[one] for one in rows[side]]
    return rows


def _numbered(there: Placed, column: str) -> NDArray[np.int64]:
    """Values of a column as whole numbers; -1 where it is empty."""
    there.column(column)
    number, _ = pd.factorize(there.frame[column])
    return np.asarray(number, dtype=np.int64)
