"""One grid above the leaves divided by itself; its outline is only refined. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.adjacency import shared_segments
from geogrid.coverage.arrange import dissolve
from geogrid.coverage.balance import Reason, balance
from geogrid.coverage.blocks import block_of, blocks, refine
from geogrid.territory.clearing import cleared
from geogrid.territory.division import HEAVY_SHARE, Ground, priced
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["FREE", "Part", "PartDivision", "divide_part"]

FREE = -1
HALF = 0.5  # of an old grid's homes: a new grid with more of them goes on as that one


@dataclass(frozen=True, slots=True)
class Part:
    """What is divided: `outline`, and its leaves; `present` is -1 for land of nobody."""

    outline: Shape
    leaves: Shapes
    kept: NDArray[np.bool_]
    present: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PartDivision:
    """Leaves that tile the outline; `origin` is an index into the part's leaves, -1 for a new one.

    `counted`: homes whose grid is another one than before, blocks, atoms.
    """

    shapes: Shapes
    origin: NDArray[np.int64]
    reasons: Mapping[int, Reason]
    counted: tuple[int, int, int]


def divide_part(
    ground: Ground, part: Part, at_least: int, at_most: int, keep: float | None, barriers: float
) -> PartDivision:
    """Divide the land of the leaves that are not kept; see `redivision.redivide`.

    Raises ValueError when the outline comes within a centimetre of itself.
    """
    count = len(part.leaves)
    lines = _borders(part, everyone=keep is not None)
    near = _those_in(ground, part.leaves[~part.kept])
    inside = _clear(near, listed([*lines, shapely.boundary(part.outline)]))
    coarse = blocks([*inside.limits, *lines], part.outline)
    atoms = refine(
        coarse,
        footprints=[*inside.homes, *inside.others],
        weights=[*inside.dwellings, *np.zeros(len(inside.others))],
        anchors=[*inside.anchors, *shapely.point_on_surface(inside.others)],
        heavier_than=at_most * HEAVY_SHARE,
        paths=inside.paths,
    )
    leaf = _leaf_of(part.leaves, atoms.faces)
    loose = np.flatnonzero(~part.kept[leaf])
    own = np.where(part.present >= 0, np.arange(count), FREE)
    result = balance(
        atoms.faces[loose],
        atoms.weight[loose],
        at_least=at_least,
        at_most=at_most,
        start=None if keep is None else own[leaf[loose]],
        keep=keep or 0.0,
        borders=priced(atoms.faces[loose], near, barriers),
    )
    label = leaf.copy()
    label[loose] = count + result.grid
    labels, shapes = dissolve(atoms.faces, label)
    index = np.searchsorted(labels, label)
    origin = np.where(labels < count, labels, FREE)
    weight = atoms.weight.astype(np.int64)
    if keep is None:
        origin = _heirs(origin, index, own[leaf], weight)
    else:
        new = labels >= count
        origin[new] = result.origin[labels[new] - count]
    moved = weight[(origin[index] != leaf) & (own[leaf] >= 0)].sum()
    return PartDivision(
        shapes=shapes,
        origin=origin,
        reasons={
            int(np.searchsorted(labels, count + grid)): reason
            for grid, reason in sorted(result.reasons.items())
        },
        counted=(int(moved), len(coarse.faces), len(atoms.faces)),
    )


def _borders(part: Part, *, everyone: bool) -> Shapes:
    """Borders inside the outline that stay: of kept leaves, or of `everyone`."""
    shared = shared_segments(part.leaves)
    wanted = part.kept[shared.first] | part.kept[shared.second] | everyone
    return listed(shapely.linestrings(shared.ends[wanted]))


def _leaf_of(leaves: Shapes, faces: Shapes) -> NDArray[np.int64]:
    """The leaf each face lies in; a hair beside the outline the nearest one."""
    inner = shapely.point_on_surface(faces)
    leaf = block_of(leaves, inner)
    lost = np.flatnonzero(leaf < 0)
    if len(lost):
        leaf[lost] = shapely.STRtree(leaves).nearest(inner[lost])
    return leaf


def _clear(ground: Ground, borders: Shapes) -> Ground:
    """The same ground; where streets run along borders the borders stand for them."""
    limits, origin = cleared(ground.limits, borders)
    return replace(
        ground,
        limits=limits,
        prices=ground.prices[origin],
        paths=cleared(ground.paths, borders)[0],
    )


def _those_in(ground: Ground, free: Shapes) -> Ground:
    """The ground as far as it touches the land that is divided."""
    tree = shapely.STRtree(free)

    def met(shapes: Shapes) -> NDArray[np.bool_]:
        hit = np.zeros(len(shapes), dtype=bool)
        if len(shapes):
            hit[np.unique(tree.query(shapes, predicate="intersects")[0])] = True
        return hit

    limits, paths = met(ground.limits), met(ground.paths)
    homes, anchored, others = met(ground.homes), met(ground.anchors), met(ground.others)
    beside = ground.homes[homes & ~anchored]
    return Ground(
        outline=ground.outline,
        limits=ground.limits[limits],
        prices=ground.prices[limits],
        paths=ground.paths[paths],
        homes=ground.homes[anchored],
        anchors=ground.anchors[anchored],
        dwellings=ground.dwellings[anchored],
        seeds=ground.seeds,
        others=listed([*ground.others[others], *beside]),
    )


def _heirs(
    origin: NDArray[np.int64],
    index: NDArray[np.int64],
    present: NDArray[np.int64],
    weight: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Grids drawn from nothing go on as the old one of which they hold more than half."""
    result = origin.copy()
    taken = set(origin[origin >= 0].tolist())
    whole: dict[int, int] = {}
    common: dict[tuple[int, int], int] = {}
    for new, old, homes in zip(index.tolist(), present.tolist(), weight.tolist(), strict=True):
        if old < 0 or old in taken or origin[new] >= 0:
            continue
        whole[old] = whole.get(old, 0) + homes
        common[new, old] = common.get((new, old), 0) + homes
    for (new, old), homes in sorted(common.items(), key=lambda one: (-one[1], one[0])):
        if result[new] < 0 and old not in taken and homes > HALF * whole[old]:
            result[new] = old
            taken.add(old)
    return result
