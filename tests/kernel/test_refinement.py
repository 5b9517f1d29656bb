"""An outline may add lattice vertices close to its base, and change nothing else."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.coverage.blocks import blocks
from geogrid.coverage.refinement import departures
from layers.datum.lattice import from_steps, snap, to_steps
from tests.pictures import square, whole
from tests.tilings import tiling

BASE = square(0, 0, cell=1000)


def with_vertex(base: shapely.Polygon, after: int, offset: tuple[int, int]) -> shapely.Polygon:
    """A vertex inserted in the middle of an edge, moved by whole steps."""
    steps = to_steps(shapely.get_coordinates(base)[:-1])
    added = (steps[after] + steps[(after + 1) % len(steps)]) // 2 + offset
    return shapely.Polygon(from_steps(np.insert(steps, after + 1, added, axis=0)))


def test_an_outline_refines_itself_however_its_rings_begin_and_turn() -> None:
    ring = shapely.get_coordinates(BASE)[:-1]
    for turn in range(len(ring)):
        assert not len(departures(BASE, shapely.Polygon(np.roll(ring, turn, axis=0))))
    assert not len(departures(BASE, BASE.reverse()))


@pytest.mark.parametrize("after", range(4))
def test_vertices_on_the_segment_are_welcome(after: int) -> None:
    assert not len(departures(BASE, with_vertex(BASE, after, (0, 0))))


def test_a_vertex_one_step_aside_is_too_far() -> None:
    (where,) = departures(BASE, with_vertex(BASE, 0, (0, 1)))
    assert (
        to_steps(where).tolist()
        == (to_steps(shapely.get_coordinates(BASE)[:2]).sum(0) // 2 + (0, 1)).tolist()
    )


def test_an_oblique_segment_allows_the_nearest_lattice_points() -> None:
    triangle = shapely.Polygon(from_steps([(0, 0), (1000, 333), (0, 900)]))
    near = shapely.Polygon(from_steps([(0, 0), (500, 167), (1000, 333), (0, 900)]))
    far = shapely.Polygon(from_steps([(0, 0), (500, 168), (1000, 333), (0, 900)]))
    assert not len(departures(triangle, near))
    assert len(departures(triangle, far)) == 1


def test_base_vertices_out_of_order_are_told() -> None:
    steps = to_steps(shapely.get_coordinates(BASE)[:-1])
    assert len(departures(BASE, shapely.Polygon(from_steps(steps[[0, 2, 1, 3]]))))


def test_a_missing_vertex_is_told() -> None:
    base = with_vertex(BASE, 0, (0, 0))
    assert len(departures(base, BASE)) == 1


def test_rings_that_come_or_go_are_told() -> None:
    holed = BASE - shapely.transform(BASE, lambda xy: (xy - xy.mean(0)) / 2 + xy.mean(0))
    holed = snap(holed)
    assert len(departures(BASE, holed)) == 4
    assert len(departures(holed, BASE)) == 4
    two = whole("a.b")
    assert len(departures(two, shapely.get_parts(two)[0])) == 4
    assert not len(departures(two, two))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 1))
def test_cutting_a_town_refines_its_outline(seed: int, share: float) -> None:
    """What the demo does: streets that meet the edge anywhere."""
    town = tiling(16, seed=seed).outline
    west, south, east, north = town.bounds
    middle = south + (north - south) * share
    cut = blocks(
        [shapely.LineString([(west - 1, middle), (east + 1, north - middle + south)])], town
    )
    assert not len(departures(town, cut.outline))
