"""Blocks to grids of 200 to 300 households: GeoGrid's balance against METIS, the graph partitioner.

Both divide the same random towns, and the ground of the real demo town. METIS minimises the border
and keeps sums near equal, but knows no range and no compactness; parts are asked to be contiguous.
"""

import time
from collections.abc import Callable

import numpy as np
import pymetis
import shapely
from numpy.typing import NDArray

from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.arrange import dissolve
from geogrid.coverage.balance import balance
from geogrid.coverage.blocks import blocks, refine
from geogrid.coverage.measure import measure
from layers.datum.shapes import Shapes
from tests.kernel.grounds import real_town
from tests.tilings import tiling

SIZES = (500, 5_000)
LEAST, MOST = 200, 300
# What is promised for random towns: share in range, all contiguous, roundness, seconds.
PROMISED = (0.995, 1.0, 0.60, 20.0)

Numbers = NDArray[np.int64]


def main() -> None:
    for size in SIZES:
        town = tiling(size)
        chance = np.random.default_rng(0)
        weights = np.clip(chance.gamma(2, 30, len(town.faces)), 0, 190).astype(np.int64)
        _compare("random town", town.faces, weights, PROMISED)
    faces, weights = _real_town()
    _compare("Neubrandenburg without quarters", faces, weights, None)


def _real_town() -> tuple[Shapes, Numbers]:
    town = real_town()
    started = time.perf_counter()
    coarse = blocks(town.limits, town.outline)
    fine = refine(
        coarse,
        footprints=[*town.homes, *town.others],
        weights=[*town.dwellings, *np.zeros(len(town.others))],
        anchors=[*town.anchors, *shapely.point_on_surface(town.others)],
        heavier_than=60,
        paths=town.paths,
    )
    seconds = time.perf_counter() - started
    print(f"{len(coarse.faces)} street blocks refined to {len(fine.faces):,}: {seconds:.1f} s")
    return fine.faces, fine.weight.astype(np.int64)


def _compare(
    what: str, faces: Shapes, weights: Numbers, promised: tuple[float, ...] | None
) -> None:
    print(f"{what}, {len(faces):,} blocks, {weights.sum():,} households")
    ours = _line("balance", lambda: _balance(faces, weights), faces, weights, 1.0)
    metis = _line("METIS", lambda: _metis(faces, weights), faces, weights, ours[3])
    _line(
        "METIS, then balance",
        lambda: _balance(faces, weights, start=_metis(faces, weights)),
        faces,
        weights,
        ours[3],
    )
    print(f"  out of range: {1 - ours[0]:.1%}; METIS {1 - metis[0]:.1%}")
    if promised:
        kept = all(had >= wanted for had, wanted in zip(ours[:3], promised[:3], strict=True))
        print(f"  promise {'kept' if kept and ours[3] <= promised[3] else 'BROKEN'}: {promised}")


def _line(
    what: str,
    work: Callable[[], Numbers],
    faces: Shapes,
    weights: Numbers,
    yardstick: float,
) -> tuple[float, float, float, float]:
    started = time.perf_counter()
    grid = work()
    seconds = time.perf_counter() - started
    load = np.bincount(grid, weights=weights)
    shapes = dissolve(faces, grid)[1]
    in_range = float(((load >= LEAST) & (load <= MOST)).mean())
    whole = float((shapely.get_num_geometries(shapes) == 1).mean())
    roundness = float(np.mean([one.compactness for one in measure(shapes)]))
    print(
        f"  {what:<22} {seconds:7.2f} s {seconds / yardstick if yardstick != 1 else 1:6.2f} x"
        f"  {len(load):5,} grids, {in_range:6.1%} in range, {whole:6.1%} in one piece,"
        f" mean Polsby-Popper {roundness:.3f}"
    )
    return in_range, whole, roundness, seconds


def _balance(faces: Shapes, weights: Numbers, start: Numbers | None = None) -> Numbers:
    return balance(faces, weights, at_least=LEAST, at_most=MOST, start=start, keep=0.0).grid


def _metis(faces: Shapes, weights: Numbers) -> Numbers:
    near = adjacency(faces).neighbours(len(faces))
    starts = np.concatenate([[0], np.cumsum([len(around) for around in near])])
    _, part = pymetis.part_graph(
        round(weights.sum() / ((LEAST + MOST) / 2)),
        xadj=starts.tolist(),
        adjncy=[other for around in near for other in around],
        vweights=weights.tolist(),
        eweights=[max(1, round(metres)) for around in near for metres in around.values()],
        options=pymetis.Options(contig=True, ufactor=100),
        recursive=False,
    )
    return np.unique(part, return_inverse=True)[1].astype(np.int64)
