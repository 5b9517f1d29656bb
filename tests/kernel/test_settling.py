"""Edges, chains and rest: what repair, comparison and simplification stand on."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.coverage.arrange import arrange
from geogrid.coverage.chains import chains
from geogrid.coverage.segments import pack
from geogrid.coverage.settling import among, distinct, edges_of, faces_between, settle
from layers.datum.lattice import from_steps, to_steps
from tests.tilings import tiling

points = st.tuples(st.integers(0, 12), st.integers(0, 12))
drawings = st.lists(st.tuples(points, points), max_size=40)


def edges(pairs: list) -> np.ndarray:
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return distinct(pack(ends).reshape(-1, 2))


def walked(lines: np.ndarray) -> list[tuple[int, int]]:
    """Every step of the lines, as packed pairs, low first."""
    steps = []
    for line in lines:
        packed = pack(to_steps(shapely.get_coordinates(line))).tolist()
        steps += [tuple(sorted(pair)) for pair in pairwise(packed)]
    return steps


@given(drawings)
@settings(max_examples=150, deadline=None)
def test_every_edge_is_in_one_chain_and_chains_are_as_long_as_can_be(pairs: list) -> None:
    drawn = edges(pairs)
    lines = chains(drawn)
    steps = walked(lines)
    assert len(steps) == len(set(steps)) == len(drawn)
    assert set(steps) == set(map(tuple, drawn.tolist()))
    degree = {point: int((drawn == point).sum()) for point in np.unique(drawn).tolist()}
    for line in lines:
        packed = pack(to_steps(shapely.get_coordinates(line))).tolist()
        assert all(degree[point] == 2 for point in packed[1:-1])
        if packed[0] != packed[-1]:
            assert degree[packed[0]] != 2
            assert degree[packed[-1]] != 2


def test_a_ring_is_one_chain() -> None:
    ring = [((0, 0), (5, 0)), ((5, 0), (5, 5)), ((5, 5), (0, 5)), ((0, 5), (0, 0))]
    (line,) = chains(edges(ring))
    assert line.is_ring
    assert len(chains(edges([]))) == 0


@given(drawings)
@settings(max_examples=100, deadline=None)
def test_a_settled_drawing_stays_as_it_is_and_bounds_what_an_arrangement_does(pairs: list) -> None:
    settled = settle(edges(pairs))
    assert np.array_equal(settle(settled), settled)
    lines = [shapely.LineString(from_steps([one, two])) for one, two in pairs if one != two]
    if lines:
        rough, fine = arrange(lines), faces_between(settled)
        assert shapely.area(fine).sum() <= shapely.area(rough).sum() + 40 * 1e-14


@given(drawings, drawings)
@settings(max_examples=100, deadline=None)
def test_drawing_into_a_settled_drawing_settles_it_all(old: list, new: list) -> None:
    before, added = settle(edges(old)), edges(new)
    after = settle(distinct(np.concatenate([before, added])), added)
    assert np.array_equal(settle(after), after)


@given(drawings, drawings)
def test_membership(some: list, others: list) -> None:
    one, other = edges(some), edges(others)
    twice = np.concatenate([one, one])
    known = set(map(tuple, other.tolist()))
    assert among(twice, other).tolist() == [tuple(edge) in known for edge in twice.tolist()]


def test_a_town_is_settled_and_its_faces_are_its_blocks() -> None:
    town = tiling(50)
    drawn = edges_of(town.faces)
    assert np.array_equal(settle(drawn), drawn)
    assert {shape.wkb for shape in shapely.normalize(faces_between(drawn))} == {
        shape.wkb for shape in shapely.normalize(town.faces)
    }


def test_nothing_settles() -> None:
    with pytest.raises(ValueError, match="180"):
        edges_of([shapely.box(0, 0, 190, 1)])
    assert len(settle(edges([]))) == 0
