"""Single vertices: all grids that hold one follow, or nothing happens."""

import pytest
import shapely

from geogrid.coverage.edits import (
    Code,
    Refused,
    claim,
    delete_vertex,
    insert_vertex,
    move_vertex,
    split,
)
from tests.edited import Town, area, degrees, line, places, point

FOUR = """
    ab
    cd
"""


def test_a_shared_corner_moves_in_all_four_grids() -> None:
    town = Town(FOUR)
    change = move_vertex(town, point(1, 1), point(1.25, 1.25))
    assert change.shapes.keys() == {0, 1, 2, 3}
    assert change.patch == {0, 1, 2, 3}
    town.carry_out(change)
    assert town.cells() == {0: 1.0, 1: 0.75, 2: 1.25, 3: 1.0}


def test_a_vertex_of_the_outline_stays() -> None:
    for vertex in [(0, 0), (1, 0)]:
        with pytest.raises(Refused) as refused:
            move_vertex(Town(FOUR), point(*vertex), point(0.5, 0.5))
        assert refused.value.code is Code.OFF_OUTLINE


def test_an_inserted_vertex_of_the_outline_slides_along_its_base() -> None:
    town = Town(FOUR)
    town.carry_out(split(town, 0, line((-1, 1.5), (3, 1.5))))
    change = move_vertex(town, point(0, 1.5), point(0, 1.75))
    (refined,) = change.refined
    assert refined.inserted == (degrees((0, 1.75)),)
    assert refined.removed == (degrees((0, 1.5)),)
    town.carry_out(change)
    with pytest.raises(Refused, match="off_outline"):
        move_vertex(town, point(0, 1.75), point(0.1, 1.6))


def test_a_vertex_dragged_across_another_border_folds() -> None:
    town = Town("""
        aab
        ccb
        ddd
    """)
    with pytest.raises(Refused) as refused:
        move_vertex(town, point(2, 2), point(2.5, 0.5))
    assert refused.value.code is Code.FOLDS


def test_no_vertex_nothing_moves() -> None:
    with pytest.raises(Refused, match="no_cut"):
        move_vertex(Town(FOUR), point(0.5, 0.5), point(0.6, 0.5))
    with pytest.raises(Refused, match="no_cut"):
        move_vertex(Town(FOUR), point(1, 1), point(1, 1))


def test_a_vertex_half_a_step_from_a_foreign_border_is_too_close_and_both_are_told() -> None:
    town = Town(FOUR)
    town.carry_out(insert_vertex(town, line((1, 1), (2, 1)), point(1.5, 1.1)))
    slope = line((1, 1), (1.5, 1.1))
    beside = point(1.25, 1.05)
    town.carry_out(insert_vertex(town, line((1, 1), (1, 2)), point(1.1, 1.5)))
    with pytest.raises(Refused) as refused:
        move_vertex(town, point(1.1, 1.5), beside)
    assert refused.value.code in (Code.TOO_CLOSE, Code.FOLDS)
    near_miss = point(1.25, 1.05, steps=(2, 1))  # 0.6 steps beside the slope, cell crossed
    with pytest.raises(Refused) as refused:
        move_vertex(town, point(1.1, 1.5), near_miss)
    assert refused.value.code is Code.TOO_CLOSE
    vertex, border = refused.value.where.geoms[0].geoms
    assert vertex.equals(near_miss)
    assert border.equals(slope)
    assert {1, 3} <= set(refused.value.keys)


def test_a_vertex_moved_onto_its_neighbour_becomes_one_with_it() -> None:
    town = Town("""
        ab
        ab
    """)
    change = move_vertex(town, point(1, 1), point(1, 2))
    with pytest.raises(Refused, match="no_cut"):
        delete_vertex(Town("a"), point(0.5, 0.5))
    town.carry_out(change)
    assert (1.0, 1.0) not in places(town.shape(0))


def test_a_vertex_is_put_into_a_border_and_beside_it() -> None:
    town = Town(FOUR)
    change = insert_vertex(town, line((1, 1), (1, 2)), point(1.25, 1.5))
    assert change.shapes.keys() == {0, 1}
    town.carry_out(change)
    assert town.cells()[0] == 1.125


def test_a_vertex_in_the_outline_only_on_its_base() -> None:
    town = Town(FOUR)
    change = insert_vertex(town, line((0, 0), (0, 1)), point(0, 0.5))
    assert len(change.refined) == 1
    town.carry_out(change)
    with pytest.raises(Refused, match="off_outline"):
        insert_vertex(town, line((0, 0), (1, 0)), point(0.5, 0.1))


def test_no_segment_nothing_inserted() -> None:
    for wrong in [line((0, 0), (1, 1)), line((0, 1), (2, 1)), line((5, 5), (6, 6))]:
        with pytest.raises(Refused, match="no_cut"):
            insert_vertex(Town(FOUR), wrong, point(0.5, 0.7))


def test_a_vertex_of_two_borders_goes_and_a_junction_stays() -> None:
    town = Town(FOUR)
    town.carry_out(insert_vertex(town, line((1, 1), (1, 2)), point(1.25, 1.5)))
    town.carry_out(delete_vertex(town, point(1.25, 1.5)))
    assert town.cells()[0] == 1.0
    with pytest.raises(Refused) as refused:
        delete_vertex(town, point(1, 1))
    assert refused.value.code is Code.FOLDS
    assert refused.value.keys == (0, 1, 2, 3)


def test_the_outline_gives_back_only_what_was_inserted() -> None:
    town = Town(FOUR)
    town.carry_out(insert_vertex(town, line((0, 0), (0, 1)), point(0, 0.5)))
    change = delete_vertex(town, point(0, 0.5))
    assert change.refined[0].removed == (degrees((0, 0.5)),)
    town.carry_out(change)
    with pytest.raises(Refused, match="off_outline"):
        delete_vertex(town, point(0, 0))


def test_a_triangle_keeps_its_corners() -> None:
    town = Town("aaa\naaa\naaa")
    town.carry_out(claim(town, -1, area((1, 1), (2, 1), (1.5, 2))))
    with pytest.raises(Refused) as refused:
        delete_vertex(town, point(1.5, 2))
    assert refused.value.code in (Code.VANISHES, Code.FOLDS)


def test_the_corner_of_a_fixed_unit_moves_only_unlocked() -> None:
    town = Town(FOUR, groups={"a": 1, "b": 1, "c": 2, "d": 2})
    with pytest.raises(Refused) as refused:
        move_vertex(town, point(1, 1), point(1, 1.25))
    assert refused.value.code is Code.FIXED_OUTLINE
    assert set(refused.value.keys) <= {0, 1, 2, 3}
    assert shapely.distance(refused.value.where, point(1, 1)) == 0
    town.carry_out(move_vertex(town, point(1, 1), point(1, 1.25), unlocked=True))
