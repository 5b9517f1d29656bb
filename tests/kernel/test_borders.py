"""The border of two grids: drawn anew, straightened, laid along a street."""

import pytest
import shapely

from geogrid.coverage.borders import common_border
from geogrid.coverage.edits import Code, Refused, move_border, snap_to_street, straighten
from layers.datum.metric import distance_m
from tests.edited import Town, degrees, line, places, point

BENT = """
    aab
    abb
    abb
"""


def test_a_new_line_replaces_the_border() -> None:
    town = Town("""
        aabb
        ccdd
    """)
    town.carry_out(move_border(town, 0, 1, line((1.5, 0), (1, 3))))
    assert town.cells()[0] == 1.25
    assert (2.0, 2.0) not in places(town.shape(3))


def test_a_far_line_still_knows_the_sides() -> None:
    town = Town("abbb")
    town.carry_out(move_border(town, 0, 1, line((3, -1), (3, 2))))
    assert town.cells() == {0: 3.0, 1: 1.0}


def test_others_keep_their_land() -> None:
    town = Town("""
        ab
        cd
    """)
    change = move_border(town, 0, 1, line((0.5, 5), (0.5, -5)))
    assert change.shapes.keys() == {0, 1, 2}
    town.carry_out(change)
    assert town.cells() == {0: 0.5, 1: 1.5, 2: 1.0, 3: 1.0}


@pytest.mark.parametrize(
    "useless", [line((0.5, 0.2), (0.5, 0.8)), line((5, 5), (6, 6)), line((0, 0), (0, 1))]
)
def test_a_line_that_divides_nothing_is_refused(useless: shapely.LineString) -> None:
    with pytest.raises(Refused) as refused:
        move_border(Town("ab"), 0, 1, useless)
    assert refused.value.code is Code.NO_CUT


def test_only_neighbours_have_a_border() -> None:
    for operation in [
        lambda town: move_border(town, 0, 2, line((1.5, -1), (1.5, 2))),
        lambda town: straighten(town, 0, 2),
        lambda town: snap_to_street(town, 0, 2, [line((0, 0), (1, 1))], within_m=50),
    ]:
        with pytest.raises(Refused) as refused:
            operation(Town("abc"))
        assert refused.value.code is Code.NOT_NEIGHBOURS
        assert refused.value.keys == (0, 2)


def test_a_zigzag_line_leaves_pieces_and_is_refused() -> None:
    zigzag = line((1, -1), (1, 3), (2, 3), (2, -1))
    with pytest.raises(Refused) as refused:
        move_border(Town("aba\naaa"), 0, 1, zigzag)
    assert refused.value.code is Code.IN_PIECES


def test_straightening_leaves_the_ends() -> None:
    town = Town(BENT)
    town.carry_out(straighten(town, 0, 1))
    (border,) = common_border(town.shape(0), town.shape(1))
    assert {border.coords[0], border.coords[-1]} == {degrees((1, 0)), degrees((2, 3))}
    assert len(border.coords) == 2


def test_a_straight_border_and_an_enclosed_grid_cannot_be_straightened() -> None:
    for town in [Town("ab"), Town("aaa\naba\naaa")]:
        with pytest.raises(Refused, match="no_cut"):
            straighten(town, 0, 1)


def test_a_third_grid_in_the_way_keeps_its_land() -> None:
    town = Town("""
        acb
        aab
        abb
    """)
    before = town.cells()[2]
    try:
        town.carry_out(straighten(town, 0, 1))
    except Refused as refused:
        assert refused.code in (Code.IN_PIECES, Code.NO_CUT)
    assert town.cells()[2] == before


def test_a_border_follows_the_street_beside_it() -> None:
    town = Town("""
        ab
        ab
        ab
    """)
    street = line((1.2, -1), (1.2, 1), (1.3, 1.5), (1.2, 2), (1.2, 4))
    side_street = line((1.25, 1.25), (3, 1.25))
    change = snap_to_street(town, 0, 1, [street, side_street], within_m=10)
    town.carry_out(change)
    assert (1.3, 1.5) in places(town.shape(0))
    assert (1.0, 1.5) not in places(town.shape(0))
    assert town.cells()[0] > 3.3


def test_a_way_round_a_block_stays_in_the_strip() -> None:
    town = Town("ab\nab\nab")
    straight, detour = line((1.3, -1), (1.3, 4)), line((1.3, 1), (1.6, 1), (1.6, 2), (1.3, 2))
    town.carry_out(snap_to_street(town, 0, 1, [detour, straight], within_m=15))
    assert (1.6, 1.0) not in places(town.shape(0))


def test_a_dead_end_nearer_to_the_border_does_not_hide_the_street_behind_it() -> None:
    dead_end, street = line((1.1, -1), (1.1, 0.3)), line((1.2, -1), (1.2, 4))
    town = Town("ab\nab\nab")
    town.carry_out(snap_to_street(town, 0, 1, [dead_end, street], within_m=10))
    assert town.cells()[0] == 3.6


def test_streets_too_far_or_without_connection_are_refused() -> None:
    far, gap = [line((1.9, -1), (1.9, 2))], [line((1.1, 0), (1.1, 0.4)), line((1.1, 0.6), (1.1, 1))]
    assert distance_m([degrees((1, 0))], [degrees((1.9, 0))])[0] > 15
    for streets, within_m in ((far, 15), (gap, 5)):
        with pytest.raises(Refused) as refused:
            snap_to_street(Town("ab"), 0, 1, streets, within_m=within_m)
        assert refused.value.code is Code.NO_CUT


def test_a_border_between_units_moves_only_unlocked() -> None:
    town = Town("ab", groups={"a": 1, "b": 2})
    with pytest.raises(Refused) as refused:
        move_border(town, 0, 1, line((1.25, -1), (1.25, 2)))
    assert refused.value.code is Code.FIXED_OUTLINE
    assert refused.value.keys == (0, 1)
    assert refused.value.where.intersects(point(1, 0.5))
    town.carry_out(move_border(town, 0, 1, line((1.25, -1), (1.25, 2)), unlocked=True))
