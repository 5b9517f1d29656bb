"""Fewer vertices, the same tiling: shared borders stay shared, nobody vanishes."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.coverage.proof import tiles
from geogrid.coverage.settling import among, edges_of, settle
from geogrid.coverage.simplify import simplify
from layers.datum.lattice import from_steps
from tests.pictures import CELL, ORIGIN, picture, whole
from tests.tilings import tiling


def vertices(shapes: object) -> set[tuple[float, float]]:
    return set(map(tuple, shapely.get_coordinates(shapes).tolist()))


def test_corners_a_border_does_not_need_go_in_both_grids() -> None:
    """Cell corners along a straight border are not needed; where grids meet they stay."""
    grids = list(picture("aabb\naabb").values())
    result = simplify(grids, whole("aabb\naabb"), 1.0)
    assert tiles(result.shapes, result.outline)
    middle = from_steps(np.add(ORIGIN, (2 * CELL, CELL))).tolist()
    assert tuple(middle) in vertices(grids)
    assert tuple(middle) not in vertices(result.shapes)


def test_the_outline_stays_unless_it_may_go() -> None:
    town = tiling(30)
    held = simplify(town.faces, town.outline, 20)
    assert held.outline is town.outline
    assert tiles(held.shapes, town.outline)
    free = simplify(town.faces, town.outline, 20, keep_outline=False)
    assert len(vertices(free.outline)) < len(vertices(town.outline))
    assert tiles(free.shapes, free.outline)


def test_no_vertex_moves() -> None:
    town = tiling(30)
    result = simplify(town.faces, town.outline, 10, keep_outline=False)
    assert vertices(result.shapes) < vertices(town.faces)


def test_an_enclave_far_below_the_tolerance_stays() -> None:
    grids = list(picture("aaaa\naaba\naaaa").values())
    result = simplify(grids, whole("aaaa\naaba\naaaa"), 1000, keep_outline=False)
    assert tiles(result.shapes, result.outline)
    assert not shapely.is_empty(result.shapes).any()


def test_borders_that_come_too_close_are_kept() -> None:
    """Without its bulge the border would pass less than half a step beside the hut's ridge."""
    corners = {
        "a": [(0, 0), (3000, 0), (3000, 101), (1500, 900), (0, 100)],
        "b": [(0, 100), (1500, 900), (3000, 101), (3000, 3000), (0, 3000)],
    }
    shapes = {
        name: shapely.Polygon(from_steps(np.add(ORIGIN, ring))) for name, ring in corners.items()
    }
    hut = shapely.Polygon(from_steps(np.add(ORIGIN, [(1200, 10), (1400, 10), (1300, 100)])))
    grids = [shapes["a"] - hut, shapes["b"], hut]
    land = shapely.union(shapes["a"], shapes["b"])
    result = simplify(grids, land, 5000)
    assert result.kept
    assert tiles(result.shapes, land)
    edges = edges_of(result.shapes)
    assert among(settle(edges), edges).all()


def test_what_does_not_tile_is_refused() -> None:
    with pytest.raises(ValueError, match="do not tile"):
        simplify(list(picture("aab").values()), whole("aabb"), 1)


@settings(max_examples=40, deadline=None)
@given(st.integers(4, 40), st.integers(0, 10**6), st.floats(0, 500), st.booleans())
def test_any_town_at_any_tolerance(count: int, seed: int, metres: float, keep: bool) -> None:
    town = tiling(count, seed=seed)
    result = simplify(town.faces, town.outline, metres, keep_outline=keep)
    assert tiles(result.shapes, result.outline)
    assert len(result.shapes) == len(town.faces)
    edges = edges_of(result.shapes)
    assert among(settle(edges), edges).all()
