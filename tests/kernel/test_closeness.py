"""What lies too close, found by tiles as by looking at every pair."""

from itertools import pairwise

import numpy as np
import pytest
import shapely

from geogrid.coverage import closeness
from geogrid.coverage.arrange import arrange
from geogrid.coverage.blocks import blocks
from geogrid.coverage.closeness import unsettled
from geogrid.coverage.proof import residue
from geogrid.coverage.refinement import departures
from geogrid.coverage.settling import at_rest
from layers.datum.lattice import from_steps, to_steps
from tests.tilings import tiling


def drawing(size: int, *, lines: int, seed: int) -> np.ndarray:
    """Faces between random lines in a square of this many steps; dense ones are not settled."""
    random = np.random.default_rng(seed)
    frame = shapely.LinearRing(from_steps(np.array([(0, 0), (size, 0), (size, size), (0, size)])))
    drawn = from_steps(random.integers(-5, size + 5, (lines, 2, 2)))
    return arrange([frame, *shapely.linestrings(drawn)])


def close(faces: np.ndarray) -> set[tuple]:
    """The same by comparing everything with everything, in whole steps."""
    rings = [to_steps(shapely.get_coordinates(face)).tolist() for face in faces]
    borders = {tuple(sorted(map(tuple, pair))) for ring in rings for pair in pairwise(ring)}
    found = set()
    for vertex in {tuple(point) for ring in rings for point in ring}:
        x, y = vertex
        cell = shapely.box(x - 0.5, y - 0.5, x + 0.5, y + 0.5)
        for border in borders:
            if vertex not in border and shapely.LineString(border).distance(cell) < 1e-6:
                found.add((vertex, border))
    return found


def told(faces: np.ndarray) -> list[tuple]:
    rows = []
    for place in unsettled(faces):
        vertex, border = sorted(place.geoms, key=shapely.get_num_coordinates)
        ends = sorted(map(tuple, to_steps(shapely.get_coordinates(border)).tolist()))
        rows.append((tuple(to_steps(shapely.get_coordinates(vertex))[0].tolist()), tuple(ends)))
    return rows


@pytest.mark.parametrize(("size", "lines"), [(40, 12), (300, 25), (20_000, 25), (2_000_000, 12)])
@pytest.mark.parametrize("seed", [1, 2])
def test_what_lies_too_close_is_found_once(size: int, lines: int, seed: int) -> None:
    faces = drawing(size, lines=lines, seed=seed)
    rows = told(faces)
    assert set(rows) == close(faces)
    assert len(set(rows)) == len(rows)


def test_pairs_are_looked_at_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = drawing(300, lines=60, seed=1)
    rows = told(faces)
    assert len(rows) > 5
    monkeypatch.setattr(closeness, "AT_ONCE", 50)
    assert told(faces) == rows


def test_a_town_is_settled_and_nothing_is_too() -> None:
    assert unsettled(tiling(100).faces) == []
    assert unsettled([]) == []


@pytest.mark.parametrize("seed", range(6))
def test_blocks_of_dense_lines_are_settled(seed: int) -> None:
    random = np.random.default_rng(seed)
    square = shapely.Polygon(from_steps(np.array([(0, 0), (300, 0), (300, 300), (0, 300)])))
    drawn = shapely.linestrings(from_steps(random.integers(-5, 305, (60, 2, 2))))
    cut = blocks(drawn, square)
    assert not at_rest(arrange([*drawn, square.exterior])), "nothing to settle"
    assert at_rest(cut.faces)
    assert not len(residue(cut.faces, [cut.outline]))
    assert not len(departures(square, cut.outline))


def test_a_tiling_that_arranging_changes_is_not_at_rest() -> None:
    assert not at_rest(drawing(300, lines=60, seed=1))
    assert at_rest(tiling(30).faces)
    touching = [((0, 0), (2, 0), (2, -5)), ((0, 1), (-1, 6), (1, 6))]
    assert at_rest([shapely.Polygon(from_steps(np.array(ring))) for ring in touching])
