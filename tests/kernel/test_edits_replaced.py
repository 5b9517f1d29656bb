"""Replacing shapes: whatever is sent from outside, the grids never come to lie upon each other."""

import numpy as np
import pytest
import shapely

from geogrid.coverage.edits import Code, Refused, Tiling, insert_vertex, merge, replace
from geogrid.coverage.nesting import union
from layers.datum.lattice import from_steps
from tests.edited import Town, check, line, point, rectangle
from tests.pictures import ORIGIN


def steps(*corners: tuple[int, int]) -> shapely.Polygon:
    """A polygon of corners in lattice steps."""
    return shapely.Polygon(from_steps(np.add(corners, ORIGIN)))


def test_two_grids_on_one_island_are_refused() -> None:
    """The rim of the island is walked once before and twice now: the same way, so no detour."""
    town = Town("a.bc")
    island, mainland = town.shape(0), union([town.shape(1), town.shape(2)])
    with pytest.raises(Refused) as refused:
        replace(town, {0: mainland, 1: island, 2: island})
    assert refused.value.code is Code.OFF_OUTLINE
    assert refused.value.where.intersects(island)


def test_shapes_may_change_places() -> None:
    town = Town("a.bc")
    one, other, third = (town.shape(key) for key in range(3))
    town.carry_out(replace(town, {0: other, 1: third, 2: one}))
    assert town.shape(2).equals(one)


@pytest.mark.parametrize("copies", [2, 3])
def test_one_shape_for_several_grids_is_refused(copies: int) -> None:
    town = Town("abc")
    whole = town.outline
    shapes = dict.fromkeys(range(copies), whole)
    with pytest.raises(Refused, match="off_outline"):
        replace(town, shapes, {0, 1, 2} - shapes.keys())


def test_a_border_drawn_anew_on_one_side_only_is_refused_although_it_lies_on_a_fixed_one() -> None:
    """A vertex within the reach of refining, told to one of both: a gap of a sliver."""
    for groups in (None, {"a": "north", "b": "south"}):
        town = Town("a\nb", groups=groups)
        moved = insert_vertex(town, line((0, 1), (1, 1)), point(0.5, 1)).shapes
        assert moved.keys() == {0, 1}
        for one, other in ((0, 1), (1, 0)):
            for shapes in ({one: moved[one]}, {one: moved[one], other: town.shape(other)}):
                with pytest.raises(Refused, match="off_outline"):
                    replace(town, shapes)


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ("LINESTRING (0 0, 1 1)", "folds"),
        ("POINT (0 0)", "folds"),
        ("POLYGON EMPTY", "vanishes"),
        ("POLYGON ((0 0, 1 0, 0 400, 0 0))", "folds"),
        ("POLYGON ((0 0, 1e-8 0, 0 1e-8, 0 0))", "folds"),
    ],
)
def test_what_is_no_polygon_is_refused(shape: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        replace(Town("ab"), {0: shapely.from_wkt(shape)})


def test_a_shape_that_crosses_itself_is_refused_whatever_it_was_made_of() -> None:
    bow = steps((0, 0), (2000, 1000), (2000, 0), (0, 1000))
    for shapes in ({0: bow}, {-1: bow}, {0: bow, -1: bow}):
        with pytest.raises(Refused, match="folds"):
            replace(Town("ab"), shapes, {1})


def test_a_new_grid_takes_nobodys_place() -> None:
    town = Town("ab")
    for shapes in ({-1: town.shape(0)}, {-1: rectangle(5, 5, 6, 6)}):
        with pytest.raises(Refused, match="off_outline"):
            replace(town, shapes)
    with pytest.raises(Refused, match="no_cut"):
        replace(town, {})


def test_a_grid_that_was_left_out_is_named() -> None:
    town = Town("ab\ncd")
    wider = rectangle(0, 1, 1.5, 2)
    with pytest.raises(Refused) as refused:
        replace(town, {0: wider})
    assert refused.value.code is Code.OFF_OUTLINE
    assert refused.value.left_out == (1, 2)
    with pytest.raises(Refused) as refused:
        replace(town, {0: rectangle(0, 1, 1, 2.5)})
    assert refused.value.left_out == (1,)


# --- islands that touch in a point

TOUCHING = """
    aa..
    aa..
    ..bb
    ..bb
"""


def test_both_strands_change_where_an_outline_touches_itself() -> None:
    town = Town(TOUCHING)
    for start, end, middle in (
        ((0, 2), (1, 2), (0.5, 2)),
        ((1, 2), (2, 2), (1.5, 2)),
        ((2, 2), (3, 2), (2.5, 2)),
        ((2, 2), (2, 3), (2, 2.5)),
        ((2, 1), (2, 2), (2, 1.5)),
    ):
        town.carry_out(insert_vertex(town, line(start, end), point(*middle)))
    plain = Town(TOUCHING)
    before = dict(plain.shapes)
    change = replace(plain, dict(town.shapes))
    assert len(change.refined) == 5
    plain.carry_out(change)
    plain.carry_out(replace(plain, {0: before[1], 1: before[0]}))
    assert plain.outline.normalize().equals_exact(plain.first_outline.normalize())


def test_no_grid_is_stretched_over_the_point_where_islands_touch() -> None:
    town = Town(TOUCHING)
    for shapes, gone in (({0: town.outline}, {1}), ({0: town.shape(1), 1: town.shape(1)}, ())):
        with pytest.raises(Refused):
            replace(town, shapes, gone)


# --- merge


def in_pieces() -> Town:
    """Grid 0 has two pieces although the land between them is no foreign one."""
    town = Town("abcd\naecd")
    town.apply(merge(town, 0, [2], pieces_allowed={0}))
    return town


def test_a_merge_does_not_leave_the_target_in_pieces_because_the_other_lay_in_them() -> None:
    town = in_pieces()
    with pytest.raises(Refused) as refused:
        merge(town, 3, [0])
    assert refused.value.code is Code.IN_PIECES
    change = merge(town, 3, [0], pieces_allowed={3})
    assert shapely.get_num_geometries(change.shapes[3]) == 2


def test_a_target_that_lay_in_pieces_takes_more() -> None:
    town = in_pieces()
    town.apply(merge(town, 0, [3]))
    assert shapely.get_num_geometries(town.shape(0)) == 2


# --- borders that run beside each other


def test_a_corner_stays_where_the_border_runs_back_within_reach_of_it() -> None:
    """Two sides of a spike: its tip may be taken for a vertex that refines the other side."""
    tip, back = (900, 1), (450, 0)
    spike = steps((0, 1000), (0, 0), tip, (451, 1000))
    bent = steps((0, 1000), (0, 0), back, tip, (451, 1000))
    town = Tiling([spike])
    town.apply(replace(town, {0: bent}))
    with pytest.raises(Refused, match="off_outline"):
        replace(town, {0: steps((0, 1000), (0, 0), back, (451, 1000))})
    town.apply(replace(town, {0: spike}))
    check(town, spike)


def test_borders_do_not_cross_far_from_their_vertices() -> None:
    """Foreign land between two grids, narrower than what refining may move a border."""
    low = steps((0, 0), (0, -500), (13_000, -500), (13_000, 120))
    high = steps((0, 0), (13_000, 130), (13_000, 900), (0, 900))
    town = Tiling([low, high])
    start, end, beyond = (
        shapely.Point(from_steps(np.add(place, ORIGIN)))
        for place in ((0, 0), (13_000, 130), (65, 0))
    )
    with pytest.raises(Refused, match="folds") as refused:
        insert_vertex(town, shapely.LineString([start, end]), beyond)
    assert refused.value.keys == (0, 1)


# --- outlines with two bases


def test_a_unit_fixed_after_it_was_refined_does_not_let_the_outline_drift() -> None:
    base = steps((0, 0), (1000, 500), (1000, 1500), (0, 1500))
    west = steps((0, 0), (101, 50), (101, 1500), (0, 1500))
    middle = steps((101, 50), (103, 51), (103, 1500), (101, 1500))
    east = steps((103, 51), (1000, 500), (1000, 1500), (103, 1500))
    town = Tiling(
        [west, middle, east],
        union([west, middle, east]),
        base,
        groups=dict(enumerate("abc")),
    )
    segment = shapely.LineString(from_steps(np.add([(101, 50), (103, 51)], ORIGIN)))
    below = shapely.Point(from_steps(np.add((102, 50), ORIGIN)))
    with pytest.raises(Refused, match="off_outline"):
        insert_vertex(town, segment, below)
    check(town, base)
