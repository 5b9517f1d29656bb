"""Settled edges: a drawing on the lattice that arranging it again leaves as it is.

Snap rounding moves an edge onto every lattice point whose cell it crosses, and the moved edge may
come too close to the next vertex. So rounding is repeated where something changed until nothing
changes. Only then no vertex lies within half a step of a foreign edge, and edits work.

Source: Hobby, "Practical segment intersection with finite precision output" (1999); iterated as
by Halperin and Packer, "Iterated snap rounding" (2002).
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.chains import chains
from geogrid.coverage.closeness import unsettled
from geogrid.coverage.segments import directed_segments, pack, unpack
from layers.datum.lattice import STEP, to_steps
from layers.datum.shapes import Shapes, ShapesLike, listed

__all__ = [
    "Edges",
    "among",
    "at_rest",
    "beside",
    "distinct",
    "edges_of",
    "faces_between",
    "in_steps",
    "settle",
]

Edges = NDArray[np.uint64]
"""Shape (n, 2): packed end points, low before high, every edge once, in ascending order."""

ROUNDS = 50
TILE = 8192  # steps: about 80 m
MANY_TILES = 1_000_000
NEAR = 1.0  # steps: rounding moves nothing farther than 0.71


def edges_of(shapes: ShapesLike) -> Edges:
    """The edges of polygons in EPSG:4326, vertices read at their nearest lattice point."""
    segments = directed_segments(shapes)
    return distinct(np.stack([segments.low, segments.high], axis=1))


def distinct(edges: Edges) -> Edges:
    """Edges in any order and direction, repeated or without length, as `Edges` promises."""
    ordered = np.sort(edges, axis=1)
    ordered = ordered[ordered[:, 0] != ordered[:, 1]]
    ordered = ordered[np.lexsort((ordered[:, 1], ordered[:, 0]))]
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[new]


def among(edges: Edges, others: Edges) -> NDArray[np.bool_]:
    """Which rows of edges (repeated or not) are also in the others."""
    both = np.concatenate([edges, others])
    order = np.lexsort((both[:, 1], both[:, 0]))
    ordered = both[order]
    run = np.zeros(len(both), dtype=np.int64)
    run[1:] = np.cumsum((ordered[1:] != ordered[:-1]).any(axis=1))
    known = np.bincount(run[order >= len(edges)], minlength=len(both)) > 0
    found = np.empty(len(both), dtype=bool)
    found[order] = known[run]
    return found[: len(edges)]


def in_steps(edges: Edges) -> Shapes:
    """One LineString per edge, in whole lattice steps."""
    ends = np.stack([unpack(edges[:, 0]), unpack(edges[:, 1])], axis=1)
    return listed(shapely.linestrings(ends.astype(np.float64)))


def settle(edges: Edges, changed: Edges | None = None) -> Edges:
    """Node edges on the lattice, again and again, until nothing changes.

    Parameters
    ----------
    edges : Edges
        They may cross, overlap and end anywhere.
    changed : Edges, optional
        Those of the edges that are new in an otherwise settled drawing; by default all.

    Returns
    -------
    Edges
        They meet in end points only, and no end point lies in the lattice cell of a point that
        a foreign edge crosses.

    Raises
    ------
    ValueError
        When the drawing does not come to rest (not seen in practice).
    """
    moving = edges if changed is None else changed
    for _ in range(ROUNDS):
        if not len(moving):
            return edges
        patch = edges if moving is edges else _near(edges, moving)
        noded = _noded(patch)
        came, went = noded[~among(noded, patch)], patch[~among(patch, noded)]
        moving = np.concatenate([came, went])
        edges = distinct(np.concatenate([edges[~among(edges, patch)], noded]))
    raise ValueError("the borders do not come to rest on the lattice")


def at_rest(shapes: ShapesLike) -> bool:
    """Whether arranging an exact tiling (EPSG:4326, on the lattice) again changes nothing.

    `closeness.unsettled` is a breath stricter than GEOS; what it finds is arranged here.
    """
    close = unsettled(shapes)
    if not close:
        return True
    edges = edges_of(shapes)
    parts = shapely.get_parts(listed(close))
    borders = parts[shapely.get_dimensions(parts) == 1]
    points = pack(to_steps(shapely.get_coordinates(borders))).reshape(-1, 2)
    return np.array_equal(settle(edges, distinct(points)), edges)


def faces_between(edges: Edges) -> Shapes:
    """The polygons that settled edges bound, EPSG:4326."""
    faces: Shapes = shapely.get_parts(shapely.polygonize(chains(edges)))
    return faces


def beside(edges: Edges, others: Edges) -> Edges:
    """Those of the edges that may come within a step of the others, and some more.

    Both are laid over square tiles; whatever shares no tile is far away. Cheap: no geometry.
    """
    west_south, east_north = _tiles(others)
    width, height = (east_north - west_south + 1).T
    size = width * height
    if size.sum() > MANY_TILES:
        return edges
    row = np.repeat(np.arange(len(size)), size)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
    x = west_south[row, 0] + nth % width[row]
    y = west_south[row, 1] + nth // width[row]
    taken = np.unique(x * 2**32 + y)
    low, high = _tiles(edges)
    found = (high - low > 1).any(axis=1)  # longer than a tile: not only in those of its corners
    for across in (low[:, 0], high[:, 0]):
        for along in (low[:, 1], high[:, 1]):
            found |= np.isin(across * 2**32 + along, taken)
    near: Edges = edges[found]
    return near


def _tiles(edges: Edges) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The tiles of the lower left and upper right corners of the edges, a step more around."""
    one, other = unpack(edges[:, 0]), unpack(edges[:, 1])
    return (np.minimum(one, other) - 1) // TILE, (np.maximum(one, other) + 1) // TILE


def _near(edges: Edges, moving: Edges) -> Edges:
    edges = beside(edges, moving)
    tree = shapely.STRtree(in_steps(moving))
    rows = np.unique(tree.query(in_steps(edges), predicate="dwithin", distance=NEAR)[0])
    near: Edges = edges[rows]
    return near


def _noded(edges: Edges) -> Edges:
    lines = chains(edges)
    # Sorted lines make a list of the tree in which GEOS looks up points: three times slower.
    mixed = lines[np.random.default_rng(0).permutation(len(lines))]
    noded = shapely.get_parts(shapely.union_all(mixed, grid_size=STEP))
    xy, line = shapely.get_coordinates(noded, return_index=True)
    points = pack(to_steps(xy))
    inside = line[1:] == line[:-1]
    return distinct(np.stack([points[:-1][inside], points[1:][inside]], axis=1))
