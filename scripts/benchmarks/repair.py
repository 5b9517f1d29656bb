"""Repair against maup.smart_repair and GEOS' coverage_clean, on the same planted mess.

A thousand blocks with 122 defects: gaps, overlaps and slivers inside, bites out of the rim and
bulges over it, holes, centimetre noise, all with seven decimals as a file has them. Each tool
gets the same polygons, in metres as it wants them; only ours knows an outline, so coverage_clean is
also run with a frame around it as one more polygon. Asked of each result: square metres that
nobody covers, that lie outside or are covered twice; square metres moved, per block what it gained
and lost, once all and once without strips narrower than a centimetre; and whether it tiles the
outline exactly.
"""

import os
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TypeVar

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks._peers import peer
from geogrid.coverage.proof import tiles
from geogrid.coverage.refinement import departures
from geogrid.coverage.repair import repair
from layers.datum.lattice import snap
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shapes, listed
from tests.tilings import Tiling, tiling

BLOCKS, DEFECTS, LARGE = 1_000, 122, 20_000
Result = TypeVar("Result")
METRE = 1 / 100_000  # degrees, roughly
GAP_M = 15.0
HAIR_M = 0.005  # half a centimetre


def main() -> None:
    town = tiling(BLOCKS)
    mess = planted(town, DEFECTS)
    scale = np.array(metres_per_degree(town.outline.bounds[1]))
    flat, outline = _scaled(mess, scale), _scaled([town.outline], scale)[0]
    print(f"{len(mess):,} polygons, {DEFECTS} defects")
    heads = ("gap m2", "twice m2", "moved m2", "> 1 cm")
    print(f"  {'':<30} {'s':>8} " + " ".join(f"{head:>10}" for head in heads) + "  exact")

    seconds, ours = _timed(lambda: repair(mess, town.outline, gaps_up_to_m2=1e9))
    exact = tiles(ours.shapes, ours.outline) and not len(departures(town.outline, ours.outline))
    _line("repair", seconds, _scaled(ours.shapes, scale), flat, outline, exact)
    with_frame = shapely.box(*shapely.buffer(outline, 100).bounds) - outline
    for name, shapes in (("coverage_clean", flat), ("... with a frame", [*flat, with_frame])):
        seconds, cleaned = _timed(lambda: shapely.coverage_clean(list(shapes), gap_width=GAP_M))
        back = cleaned[: len(flat)]
        _line(name, seconds, back, flat, outline, _covers(back, outline))
    maup = peer("maup")
    if maup:
        frame = geopandas.GeoDataFrame(geometry=shapely.make_valid(flat), crs="EPSG:32649")
        with (
            Path(os.devnull).open("w") as nowhere,
            redirect_stdout(nowhere),
            redirect_stderr(nowhere),
        ):
            seconds, smart = _timed(lambda: maup.smart_repair(frame), rounds=1)
        back = smart.geometry.to_numpy()
        _line("maup.smart_repair", seconds, back, flat, outline, _covers(back, outline))
    _large()


def _large() -> None:
    """Every seventh block swollen or shrunk by up to two metres."""
    town = tiling(LARGE)
    chance = np.random.default_rng(3)
    mess = town.faces.copy()
    mess[::7] = shapely.buffer(mess[::7], chance.uniform(-2, 2, len(mess[::7])) * METRE)
    for name, shapes in (("as it was", town.faces), ("every seventh block wrong", mess)):
        seconds, _ = _timed(lambda: repair(shapes, town.outline), rounds=1)
        print(f"{len(shapes):,} polygons, {name}: {seconds:.1f} s")


def planted(town: Tiling, count: int) -> Shapes:
    """The blocks of a town with defects of eight kinds in turn, each in another block."""
    chance = np.random.default_rng(11)
    result = list(town.faces)
    for number, block in enumerate(chance.permutation(len(town.faces))[:count].tolist()):
        face = town.faces[block]
        corner = shapely.Point(shapely.get_coordinates(face)[int(chance.integers(4))])
        disc = shapely.buffer(corner, chance.uniform(1, 4) * METRE)
        kind = number % 8
        if kind == 0:
            result[block] = _largest(face - disc)
        elif kind == 1:
            result[block] = face | disc
        elif kind == 2:
            result[block] = shapely.buffer(face, -0.05 * METRE)
        elif kind == 3:
            result[block] = shapely.buffer(face, 0.05 * METRE)
        elif kind == 4:
            result[block] = shapely.affinity.translate(face, 0.02 * METRE, 0.02 * METRE)
        elif kind == 5:
            result[block] = face.simplify(0.5 * METRE)
        elif kind == 6:
            hole = shapely.buffer(shapely.point_on_surface(face), 1.5 * METRE)
            result[block] = face - hole
        else:
            result[block] = _noisy(face, chance)
    return listed([snap(shape) for shape in result])


def _noisy(face: shapely.Polygon, chance: np.random.Generator) -> shapely.Geometry:
    xy = shapely.get_coordinates(face)
    xy = xy + chance.normal(0, 0.02 * METRE, xy.shape)
    xy[-1] = xy[0]
    return shapely.make_valid(shapely.Polygon(xy))


def _largest(shape: shapely.Geometry) -> shapely.Geometry:
    return max(shapely.get_parts(shape), key=shapely.area)


def _scaled(shapes: object, scale: NDArray[np.float64]) -> Shapes:
    """Degrees to metres; straight lines stay straight."""
    scaled: Shapes = shapely.transform(np.array(shapes, dtype=object), lambda xy: xy * scale)
    return scaled


def _timed(work: Callable[[], Result], *, rounds: int = 2) -> tuple[float, Result]:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - started)
    return min(times), result


def _covers(shapes: Shapes, outline: shapely.Geometry) -> bool:
    return bool(
        shapely.is_valid(shapes).all()
        and shapely.coverage_is_valid(shapes)
        and shapely.union_all(shapes).equals(outline)
    )


def _line(
    name: str, seconds: float, after: Shapes, before: Shapes, outline: shapely.Geometry, exact: bool
) -> None:
    united = shapely.union_all(after)
    gap = shapely.area(outline - united)
    spill = shapely.area(united - outline) + shapely.area(after).sum() - shapely.area(united)
    sound = shapely.make_valid(before, method="structure", keep_collapsed=False)
    moved = shapely.symmetric_difference(after, sound)
    wide = shapely.buffer(shapely.buffer(moved, -HAIR_M, quad_segs=2), HAIR_M, quad_segs=2)
    areas = f"{shapely.area(moved).sum():10.1f} {shapely.area(wide).sum():10.1f}"
    print(f"  {name:<30} {seconds:8.2f} {gap:10.3f} {spill:10.3f} {areas}  {exact}")
