"""Split, merge, hand over, redraw, replace: what they do, and what they refuse."""

import numpy as np
import pytest
import shapely

from geogrid.coverage.edits import (
    Code,
    Refused,
    claim,
    insert_vertex,
    merge,
    redraw,
    replace,
    split,
)
from geogrid.coverage.measure import measure
from geogrid.coverage.tiling import Tiling
from layers.datum.lattice import from_steps
from tests.edited import Town, area, check, degrees, line, places, point, rectangle
from tests.pictures import ORIGIN

# --- split


def test_a_line_through_a_grid_makes_two_and_neighbours_get_its_ends_as_vertices() -> None:
    town = Town("ab")
    change = split(town, 0, line((-1, 0.25), (2, 0.25)))
    assert change.parts_of == {-1: 0}
    assert change.patch == {0, 1}
    assert change.gone == frozenset()
    assert change.shapes.keys() == {0, -1, 1}
    assert (1.0, 0.25) in places(change.shapes[1])
    (refined,) = change.refined
    assert refined.inserted == (degrees((0, 0.25)),)
    assert {refined.start, refined.finish} == {degrees((0, 0)), degrees((0, 1))}
    made = town.carry_out(change)
    assert town.cells() == {0: 0.75, 1: 1.0, made[-1]: 0.25}


def test_the_keeper_chooses_which_piece_keeps_the_name() -> None:
    town = Town("aa")
    change = split(town, 0, line((0.5, -1), (0.5, 2)), keeper=lambda pieces: smallest(pieces))
    town.carry_out(change)
    assert town.cells() == {0: 0.5, 1: 1.5}


def smallest(pieces: list[shapely.Polygon]) -> int:
    return min(range(len(pieces)), key=lambda at: pieces[at].area)


def test_several_crossings_make_several_pieces_named_from_west_to_east() -> None:
    town = Town("aaaa")
    comb = line((0.5, -1), (0.5, 2), (1.5, 2), (1.5, -1), (3.75, -1), (3.75, 2))
    change = split(town, 0, comb)
    made = town.carry_out(change)
    assert town.cells() == {0: 2.25, made[-1]: 0.5, made[-2]: 1.0, made[-3]: 0.25}


def test_a_line_through_existing_vertices_adds_none() -> None:
    town = Town("ab\ncd")
    change = split(town, 0, line((0, 1), (1, 2)))
    assert change.refined == ()
    assert change.shapes.keys() == {0, -1}
    town.carry_out(change)


def test_a_line_that_ends_on_the_outline_cuts_and_one_that_ends_before_does_not() -> None:
    town = Town("a")
    with pytest.raises(Refused) as refused:
        split(town, 0, line((0, 0.5), (0.9, 0.5)))
    assert refused.value.code is Code.NO_CUT
    town.carry_out(split(town, 0, line((0, 0.5), (1, 0.5))))


def test_a_grid_with_a_hole_is_split_beside_it_and_through_it() -> None:
    text = """
        aaa
        aba
        aaa
    """
    beside, through = Town(text), Town(text)
    with pytest.raises(Refused, match="no_cut"):
        split(beside, 0, line((-1, 1.5), (2, 1.5)))  # as far as the hole: the ring stays whole
    beside.carry_out(split(beside, 0, line((-1, 0.5), (4, 0.5))))
    assert beside.cells() == {0: 6.5, 1: 1.0, 2: 1.5}
    change = split(through, 0, line((-1, 1.5), (4, 1.5)))
    through.carry_out(change)
    assert through.cells() == {0: 4.0, 1: 1.0, 2: 4.0}
    assert {(1.0, 1.5), (2.0, 1.5)} <= places(change.shapes[1])


def test_parts_that_the_line_does_not_divide_stay_with_the_grid() -> None:
    town = Town("aa.a")
    made = town.carry_out(split(town, 0, line((0.5, -1), (0.5, 2))))
    assert town.cells() == {0: 2.5, made[-1]: 0.5}
    assert shapely.get_num_geometries(town.shape(0)) == 2


def test_a_line_outside_or_along_the_border_cuts_nothing() -> None:
    town = Town("ab")
    for nothing in [line((5, 5), (6, 6)), line((1, 0), (1, 1)), line((0, 0), (0, 1))]:
        with pytest.raises(Refused, match="no_cut"):
            split(town, 0, nothing)


def test_a_line_one_step_beside_the_border_makes_no_sliver() -> None:
    town = Town("ab")
    beside = shapely.LineString([degrees((1, 0), (-1, 0)), degrees((1, 1), (-1, 0))])
    with pytest.raises(Refused, match="no_cut"):
        split(town, 0, beside)


def test_lines_that_end_on_an_oblique_outline_never_move_it() -> None:
    """Each end rounds to a lattice point; the next line meets a border that is already bent."""
    random = np.random.default_rng(0)
    base = shapely.Polygon(from_steps(np.add([(0, 0), (7919, 2741), (1009, 8123)], ORIGIN)))
    town = Tiling([base])
    for share in random.uniform(0.01, 0.99, 80):
        start = base.exterior.interpolate(share, normalized=True)
        key = min(town.shapes, key=lambda at: town.shapes[at].distance(start))
        middle = town.shapes[key].representative_point()
        ends = np.array([start.coords[0], middle.coords[0]])
        along = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0])) * 0.01
        town.apply(split(town, key, shapely.LineString([ends[0] - along, ends[0] + along])))
        check(town, base)
    assert len(town.shapes) > 80


# --- merge


def test_merging_keeps_the_target_and_changes_no_border() -> None:
    town = Town("abc")
    change = merge(town, 1, [0])
    assert change.gone == {0}
    assert change.shapes.keys() == {1}
    assert change.patch == {0, 1}
    town.carry_out(change)
    assert town.cells() == {1: 2.0, 2: 1.0}


def test_grids_that_touch_in_a_corner_do_not_merge() -> None:
    town = Town("ab\ncd")
    with pytest.raises(Refused) as refused:
        merge(town, 0, [3])
    assert refused.value.code is Code.NOT_NEIGHBOURS
    assert refused.value.keys == (0, 3)
    change = merge(town, 0, [3], pieces_allowed={0})
    assert shapely.get_num_geometries(change.shapes[0]) == 2


def test_merging_with_nobody_is_told() -> None:
    with pytest.raises(Refused, match="no_cut"):
        merge(Town("ab"), 0, [0])


def test_grids_on_both_sides_of_a_river_merge_when_one_lay_there_already() -> None:
    town = Town("aa.a\nbb.c")
    town.carry_out(merge(town, 0, [1]))
    with pytest.raises(Refused, match="not_neighbours"):
        merge(Town("b.c"), 0, [1])


# --- claim


def test_a_lasso_hands_over_what_it_holds() -> None:
    town = Town("ab")
    change = claim(town, 0, rectangle(0.5, 0.25, 1.5, 0.75))
    town.carry_out(change)
    assert town.cells() == {0: 1.25, 1: 0.75}


def test_a_claim_takes_only_from_the_sources() -> None:
    town = Town("ab\ncd")
    change = claim(town, 0, rectangle(0.5, 0.5, 1.5, 1.5), sources=[2])
    town.carry_out(change)
    assert town.cells() == {0: 1.25, 1: 1.0, 2: 0.75, 3: 1.0}


def test_a_claim_without_a_target_cuts_out_a_new_grid() -> None:
    town = Town("aab\nccd")
    assert claim(town, -1, rectangle(0.5, 0.25, 1.75, 1.25)).parts_of == {-1: 2}
    change = claim(town, -1, rectangle(0.5, 0.75, 1.75, 1.75))
    assert change.parts_of == {-1: 0}
    made = town.carry_out(change)
    assert town.cells()[made[-1]] == 1.25


def test_an_island_may_be_cut_out_and_leaves_a_hole() -> None:
    town = Town("aaa\naaa\naaa")
    made = town.carry_out(claim(town, -1, rectangle(1, 1, 2, 2)))
    assert town.cells() == {0: 8.0, made[-1]: 1.0}
    assert len(town.shape(0).interiors) == 1


def test_land_beyond_the_territory_is_ignored() -> None:
    town = Town("ab")
    town.carry_out(claim(town, 0, rectangle(0.5, -3, 1.5, 0.5)))
    assert town.cells() == {0: 1.25, 1: 0.75}


def test_a_lasso_around_a_whole_grid_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        claim(Town("ab"), 0, rectangle(0.5, -1, 3, 3))
    assert refused.value.code is Code.VANISHES
    assert refused.value.keys == (1,)
    assert refused.value.where.area == pytest.approx(rectangle(1, 0, 2, 1).area)


def test_a_lasso_through_a_grid_leaves_it_in_pieces() -> None:
    town = Town("abb")
    with pytest.raises(Refused) as refused:
        claim(town, 0, rectangle(0.5, 0.25, 4, 0.75))
    assert refused.value.code is Code.IN_PIECES
    assert refused.value.keys == (1,)
    change = claim(town, 0, rectangle(0.5, 0.25, 4, 0.75), pieces_allowed={1})
    assert shapely.get_num_geometries(change.shapes[1]) == 2


def test_a_claim_that_does_not_touch_the_target_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        claim(Town("abc"), 0, rectangle(2.25, 0.25, 2.75, 0.75))
    assert refused.value.code is Code.IN_PIECES
    assert refused.value.keys == (0,)


def test_claiming_ones_own_land_changes_nothing() -> None:
    with pytest.raises(Refused, match="no_cut"):
        claim(Town("ab"), 0, rectangle(0.25, 0.25, 0.75, 0.75))


def test_an_area_that_crosses_itself_is_refused() -> None:
    bow = area((0.5, 0.2), (1.5, 0.8), (1.5, 0.2), (0.5, 0.8))
    with pytest.raises(Refused, match="folds"):
        claim(Town("ab"), 0, bow)


def test_an_area_a_step_beside_the_border_leaves_no_sliver() -> None:
    """The lasso ends where the border would be if it were straight: the rest is a sliver."""
    bent = with_bent_border(Town("ab"))
    change = claim(bent, 1, area((0.5, 0), (1, 0), (1, 1), (0.5, 1)))
    bent.carry_out(change)
    assert {measured.pieces for measured in measure(bent.shapes.values())} == {1}
    assert bent.cells() == {0: 0.5, 1: 1.5}


def with_bent_border(town: Town) -> Town:
    """The border of a and b with a vertex one step to the east, which a straight lasso misses."""
    change = insert_vertex(town, line((1, 0), (1, 1)), point(1, 0.5, steps=(1, 0)))
    town.carry_out(change)
    return town


# --- redraw


def test_a_redrawn_grid_takes_and_releases() -> None:
    town = Town("abc")
    change = redraw(town, 1, area((0.5, 0), (2, 0), (1.5, 1), (0.5, 1)))
    town.carry_out(change)
    assert town.cells() == {0: 0.5, 1: 1.25, 2: 1.25}


def test_released_land_goes_to_the_longest_border() -> None:
    town = Town("""
        bbb
        bac
        ccc
    """)
    town.carry_out(redraw(town, 0, rectangle(1, 1, 1.5, 2)))
    assert town.cells() == {0: 0.5, 1: 4.0, 2: 4.5}


def test_land_that_nobody_could_take_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        redraw(Town("a.b"), 0, rectangle(0, 0, 0.5, 1))
    assert refused.value.code is Code.OFF_OUTLINE
    assert refused.value.keys == (0,)


def test_drawing_the_same_shape_changes_nothing() -> None:
    town = Town("ab")
    with pytest.raises(Refused, match="no_cut"):
        redraw(town, 0, town.shape(0))


# --- replace


def test_undo_sets_exactly_the_shapes_there_were() -> None:
    town = Town("ab\ncd")
    before = dict(town.shapes)
    change = split(town, 0, line((-1, 1.25), (2, 1.75)))
    made = town.apply(change)
    assert change.refined
    undo = replace(town, {key: before[key] for key in change.shapes if key >= 0}, made.values())
    town.carry_out(undo)
    assert town.shapes.keys() == before.keys()
    assert all(town.shapes[key].equals(before[key]) for key in before)
    assert places(town.outline) == places(town.first_outline)


def test_a_grid_may_come_back() -> None:
    town = Town("abc")
    before = dict(town.shapes)
    town.carry_out(merge(town, 0, [1]))
    change = replace(town, {0: before[0], -1: before[1]})
    assert change.parts_of == {-1: 0}
    town.carry_out(change)
    assert town.cells() == {0: 1.0, 2: 1.0, 3: 1.0}


@pytest.mark.parametrize(
    "wrong", [rectangle(0, 0, 0.75, 1), rectangle(0, 0, 1.25, 1), rectangle(0, 0, 1, 2)]
)
def test_shapes_that_do_not_fill_the_same_land_are_refused(wrong: shapely.Polygon) -> None:
    with pytest.raises(Refused) as refused:
        replace(Town("ab"), {0: wrong})
    assert refused.value.code is Code.OFF_OUTLINE


def test_an_invalid_shape_is_refused() -> None:
    bow = area((0, 0), (1, 1), (1, 0), (0, 1))
    with pytest.raises(Refused, match="folds"):
        replace(Town("ab"), {0: bow})


# --- fixed units

UNITS = {"a": "north", "b": "north", "c": "south", "d": "south"}


def test_land_stays_in_its_unit_and_both_grids_are_named() -> None:
    town = Town("ab\ncd", groups=UNITS)
    lasso = rectangle(0.25, 0.5, 0.75, 1.5)
    with pytest.raises(Refused) as refused:
        claim(town, 0, lasso)
    assert refused.value.code is Code.FIXED_OUTLINE
    assert refused.value.keys == (0, 2)
    assert refused.value.where.intersects(point(0.5, 1))
    town.carry_out(claim(town, 0, rectangle(0.5, 1.25, 1.5, 1.75)))


def test_unlocked_land_passes_and_the_border_is_fixed_where_it_is_then() -> None:
    town = Town("ab\ncd", groups=UNITS)
    town.carry_out(claim(town, 0, rectangle(0.25, 0.5, 0.75, 1.5), unlocked=True))
    town.carry_out(split(town, 0, line((0.5, 0), (0.5, 3))))
    with pytest.raises(Refused, match="fixed_outline"):
        claim(town, 2, rectangle(0.25, 0.5, 0.4, 0.75))


def test_a_cut_may_refine_the_border_of_a_unit() -> None:
    town = Town("ab\ncd", groups=UNITS)
    change = split(town, 0, line((0.3, 0), (0.4, 3)))
    assert 2 in change.shapes
    town.carry_out(change)


def test_grids_of_two_units_do_not_merge() -> None:
    town = Town("ab\ncd", groups=UNITS)
    with pytest.raises(Refused, match="fixed_outline"):
        merge(town, 0, [2])
    town.carry_out(merge(town, 0, [2], unlocked=True))


def test_released_land_stays_in_its_unit() -> None:
    town = Town(
        """
        ab
        ab
        cc
    """,
        groups={"a": 1, "b": 1, "c": 2},
    )
    town.carry_out(redraw(town, 0, rectangle(0, 1.25, 1, 3)))
    assert town.cells() == {0: 1.75, 1: 2.25, 2: 2.0}
