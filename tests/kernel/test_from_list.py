"""Grids drawn around listed points: exact whatever the list says, and its mistakes are told."""

import textwrap

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.coverage.arrange import arrange
from geogrid.coverage.from_list import Drawn, Terrain, TroubleKind, draw_from_list
from geogrid.coverage.proof import tiles
from geogrid.coverage.refinement import departures
from layers.datum.lattice import from_steps, to_steps
from tests.pictures import CELL, ORIGIN, picture, square, whole

LETTERS = "abcdefgh"


def at(along: float, up: float) -> shapely.Point:
    """A place in cells from the lower left."""
    return shapely.Point(from_steps(np.rint(np.array([along, up]) * CELL).astype(int) + ORIGIN))


def town(text: str) -> tuple[Terrain, list[shapely.Point], list[int]]:
    """Streets around every cell; a letter lists what stands in its cell, a star nobody lists."""
    rows = textwrap.dedent(text).split()
    spots, grid, streets = [], [], []
    for up, row in enumerate(reversed(rows)):
        for along, letter in enumerate(row):
            if letter == ".":
                continue
            streets.append(shapely.boundary(square(along, up)))
            if letter != "*":
                spots.append(at(along + 0.4, up + 0.4))
                grid.append(LETTERS.index(letter))
    return Terrain(outline=whole(text), limits=streets), spots, grid


def drawn_as(drawn: Drawn, text: str) -> None:
    """The drawn grids are those of the picture."""
    wanted = picture(text)
    assert [LETTERS[n] for n in drawn.grid] == list(wanted)
    for shape, letter in zip(drawn.shapes, wanted, strict=True):
        assert shape.equals(wanted[letter]), letter


def exact(drawn: Drawn, outline: shapely.Geometry) -> None:
    assert tiles(drawn.shapes, drawn.outline)
    assert len(departures(outline, drawn.outline)) == 0
    again = arrange(shapely.boundary(drawn.shapes))  # settled: the next edit finds nothing to move
    parts = shapely.get_parts(drawn.shapes)
    assert {shapely.normalize(s).wkb for s in again} >= {shapely.normalize(s).wkb for s in parts}


def kinds(drawn: Drawn) -> list[str]:
    return [trouble.kind.value for trouble in drawn.troubles]


def test_blocks_go_to_the_grid_that_lists_them() -> None:
    text = """
        aabb
        accb
        """
    terrain, spots, grid = town(text)
    drawn = draw_from_list(terrain, spots, grid)
    drawn_as(drawn, text)
    exact(drawn, terrain.outline)
    assert drawn.placed.all()
    assert drawn.troubles == ()
    assert drawn.grown.tolist() == [0, 0, 0]


def test_what_nobody_lists_joins_the_longest_border() -> None:
    terrain, spots, grid = town("""
        aab
        a*b
        aac
        """)
    drawn = draw_from_list(terrain, spots, grid)
    drawn_as(
        drawn,
        """
        aab
        aab
        aac
        """,
    )
    assert drawn.grown[0] == pytest.approx(1 / 6, rel=1e-6)


def test_parts_of_a_grid_are_joined_over_free_ground_first() -> None:
    # By borders alone a would take the gap, and b would lie in two parts.
    terrain, spots, grid = town("""
        aaaa
        b**b
        """)
    drawn = draw_from_list(terrain, spots, grid)
    drawn_as(
        drawn,
        """
        aaaa
        bbbb
        """,
    )
    assert drawn.troubles == ()


def test_a_passage_is_taken_from_a_grid_that_only_grew_there() -> None:
    # b's way leads through the left or the right star, each of which a encloses more.
    terrain, spots, grid = town("""
        aa*b
        a***
        a*bb
        """)
    drawn = draw_from_list(terrain, spots, grid)
    exact(drawn, terrain.outline)
    assert drawn.placed.all()
    assert drawn.troubles == ()


def test_a_part_that_cannot_be_joined_is_told_and_given_away() -> None:
    terrain, spots, grid = town("""
        aaba
        aaba
        """)
    drawn = draw_from_list(terrain, spots, grid)
    drawn_as(
        drawn,
        """
        aabb
        aabb
        """,
    )
    exact(drawn, terrain.outline)
    (trouble,) = drawn.troubles
    assert (trouble.kind, trouble.grids) == (TroubleKind.TWO_PARTS, (0,))
    assert sorted(trouble.points) == np.flatnonzero(~drawn.placed).tolist()
    assert trouble.where.equals(whole("...a ...a"))
    assert trouble.area_m2 > 100


def test_a_part_that_may_stay_stays() -> None:
    terrain, spots, grid = town("""
        aaba
        aaba
        """)
    drawn = draw_from_list(terrain, spots, grid, pieces_allowed=[0])
    assert drawn.troubles == ()
    assert drawn.placed.all()
    assert shapely.get_num_geometries(drawn.shapes).tolist() == [2, 1]


def test_a_territory_in_two_pieces_may_part_a_grid() -> None:
    text = """
        ab.a
        ab.a
        """
    terrain, spots, grid = town(text)
    drawn = draw_from_list(terrain, spots, grid)
    drawn_as(drawn, text)
    exact(drawn, terrain.outline)
    assert drawn.troubles == ()


def houses(rows: list[tuple[float, float]]) -> list[shapely.Polygon]:
    """Houses of a third of a cell, at their lower left corners."""
    return [shapely.box(*at(x, y).coords[0], *at(x + 0.3, y + 0.3).coords[0]) for x, y in rows]


def test_a_block_of_two_grids_is_cut_between_its_buildings() -> None:
    block = whole("aa aa")
    built = houses([(0.2, 0.2), (0.2, 0.9), (1.4, 0.2), (1.4, 0.9), (0.8, 1.5)])
    spots = [shapely.point_on_surface(house) for house in built[:4]]
    terrain = Terrain(block, [shapely.boundary(block)], footprints=built)
    drawn = draw_from_list(terrain, spots, [0, 0, 1, 1])
    exact(drawn, block)
    assert drawn.placed.all()
    assert len(drawn.shapes) == 2
    border = shapely.intersection(*shapely.boundary(drawn.shapes))
    for house in built:
        core = shapely.buffer(house, -3e-6)
        assert not border.intersects(core)


def test_a_path_is_the_border_before_the_yards_are() -> None:
    block = whole("aa aa")
    path = shapely.LineString([at(1.1, -0.1), at(1.1, 2.1)])
    built = houses([(0.2, 0.2), (0.2, 0.9), (1.4, 0.2), (1.4, 0.9)])
    spots = [shapely.point_on_surface(house) for house in built]
    terrain = Terrain(block, [shapely.boundary(block)], paths=[path], footprints=built)
    drawn = draw_from_list(terrain, spots, [0, 0, 1, 1])
    exact(drawn, block)
    border = shapely.intersection(*shapely.boundary(drawn.shapes))
    assert np.ptp(to_steps(shapely.get_coordinates(border)[:, 0])) <= 1
    unshared = draw_from_list(terrain, spots, [0, 0, 0, 0])
    assert len(unshared.shapes) == 1


def test_a_building_of_two_grids_is_not_cut() -> None:
    block = whole("aa")
    house = shapely.box(*at(0.2, 0.2).coords[0], *at(0.8, 0.8).coords[0])
    other = shapely.box(*at(1.2, 0.2).coords[0], *at(1.8, 0.8).coords[0])
    terrain = Terrain(block, [shapely.boundary(block)], footprints=[house, other])
    spots = [at(0.3, 0.5), at(0.5, 0.5), at(0.7, 0.5), at(1.5, 0.5)]
    drawn = draw_from_list(terrain, spots, [0, 0, 1, 1])
    exact(drawn, block)
    (trouble,) = drawn.troubles
    assert (trouble.kind, trouble.grids, trouble.points) == (TroubleKind.ONE_BUILDING, (0, 1), (2,))
    assert drawn.placed.tolist() == [True, True, False, True]


def test_points_off_every_wall_are_parted_too() -> None:
    """Two stalls in a yard without a building."""
    block = whole("aa")
    terrain = Terrain(block, [shapely.boundary(block)])
    drawn = draw_from_list(terrain, [at(0.3, 0.5), at(1.5, 0.5)], [0, 1])
    exact(drawn, block)
    assert drawn.placed.all()
    assert kinds(drawn) == []


def test_points_outside_and_grids_without_any_are_told() -> None:
    terrain, spots, grid = town("ab")
    drawn = draw_from_list(terrain, [*spots, at(9, 9)], [*grid, 1], grids=3)
    assert kinds(drawn) == ["outside", "no_ground"]
    assert drawn.troubles[0].points == (2,)
    assert drawn.troubles[1].grids == (2,)
    assert drawn.placed.tolist() == [True, True, False]


WARDS = """
    ppqq
    ppqq
    """


def test_no_grid_crosses_a_community() -> None:
    terrain, spots, grid = town("""
        a**b
        a**b
        """)
    wards = picture(WARDS)
    terrain = Terrain(terrain.outline, terrain.limits, communities=list(wards.values()))
    drawn = draw_from_list(terrain, spots, grid)
    drawn_as(
        drawn,
        """
        aabb
        aabb
        """,
    )
    assert drawn.community.tolist() == [0, 1]


def test_what_is_listed_in_a_foreign_community_stays_there() -> None:
    terrain, spots, grid = town("""
        aaab
        aabb
        """)
    terrain = Terrain(terrain.outline, terrain.limits, communities=list(picture(WARDS).values()))
    drawn = draw_from_list(terrain, spots, grid)
    drawn_as(
        drawn,
        """
        aabb
        aabb
        """,
    )
    assert kinds(drawn) == ["other_community"]
    assert (~drawn.placed).sum() == 1


def test_a_community_without_grids_stays_unassigned() -> None:
    terrain, spots, grid = town("""
        ab**
        ab**
        """)
    terrain = Terrain(terrain.outline, terrain.limits, communities=list(picture(WARDS).values()))
    drawn = draw_from_list(terrain, spots, grid, community=[0, 0])
    assert drawn.grid.tolist() == [0, 1, -1]
    assert drawn.shapes[2].equals(picture(WARDS)["q"])
    assert kinds(drawn) == ["unassigned"]
    exact(drawn, terrain.outline)


def test_an_outline_listed_as_a_whole_is_cut_out() -> None:
    terrain, spots, grid = town("""
        ****
        a**a
        """)
    wall = shapely.box(*at(1.2, 0.3).coords[0], *at(2.6, 1.6).coords[0])
    drawn = draw_from_list(terrain, spots, grid, areas=[wall], area_grid=[1])
    exact(drawn, terrain.outline)
    assert drawn.shapes[1].symmetric_difference(wall).area < 1e-6 * wall.area
    assert drawn.placed.all()


def test_an_outline_that_cannot_be_joined_is_told() -> None:
    terrain, spots, grid = town("b*aa*b")
    west, east = (shapely.box(*at(x, 0).coords[0], *at(x + 1, 1).coords[0]) for x in (1, 4))
    drawn = draw_from_list(terrain, spots, grid, areas=[west, east], area_grid=[2, 2])
    exact(drawn, terrain.outline)
    assert [trouble.kind.value for trouble in drawn.troubles] == ["two_parts"] * 2
    # c keeps one outline and b one side: of two parts as good as each other the first stays
    assert {trouble.grids for trouble in drawn.troubles} == {(1,), (2,)}


def test_lengths_have_to_agree() -> None:
    terrain, spots, grid = town("ab")
    with pytest.raises(ValueError, match="one grid per point"):
        draw_from_list(terrain, spots, grid[:1])
    with pytest.raises(ValueError, match="one community per grid"):
        draw_from_list(terrain, spots, grid, community=[0])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcd****.", min_size=5, max_size=5), min_size=2, max_size=5))
def test_any_list_gives_an_exact_tiling_and_every_failure_is_told(rows: list[str]) -> None:
    text = "\n".join(rows)
    if not any(letter in text for letter in "abcd"):
        return
    terrain, spots, grid = town(text)
    drawn = draw_from_list(terrain, spots, grid)
    exact(drawn, terrain.outline)
    told = {point for trouble in drawn.troubles for point in trouble.points}
    assert set(np.flatnonzero(~drawn.placed).tolist()) <= told
    assert set(grid) >= {number for number in drawn.grid.tolist() if number >= 0}
