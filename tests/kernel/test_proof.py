"""Children tile their parent if and only if their borders cancel against its outline."""

import time

import numpy as np
import pytest
import shapely

from geogrid.coverage.proof import crowded, residue, tiles
from geogrid.coverage.segments import directed_segments, pack, unpack
from tests.defects import DEFECTS, SOUND, Defects
from tests.pictures import picture, whole
from tests.tilings import tiling


@pytest.fixture(scope="module")
def defects() -> Defects:
    town = tiling(100)
    return Defects(town.faces, town.outline)


def test_packing_is_one_to_one_and_keeps_the_order() -> None:
    corners = np.array(
        [[-1_800_000_000, -900_000_000], [-1, 5], [0, -7], [1_800_000_000, 900_000_000]]
    )
    assert (unpack(pack(corners)) == corners).all()
    assert (np.diff(pack(corners).astype(object)) > 0).all()


def test_a_picture_tiles_its_outline() -> None:
    town = """
        aab
        acc
        """
    assert tiles(list(picture(town).values()), whole(town))


def test_islands_holes_and_enclaves_tile() -> None:
    town = """
        aaaa..dd
        abba..dd
        acba....
        aaaa..ee
        """
    assert tiles(list(picture(town).values()), whole(town))


@pytest.mark.parametrize("plant", SOUND, ids=lambda plant: plant.__name__)
def test_sound_tilings_pass(plant, defects: Defects) -> None:  # type: ignore[no-untyped-def]
    assert tiles(*plant(defects))


@pytest.mark.parametrize("plant", DEFECTS, ids=lambda plant: plant.__name__)
def test_every_planted_defect_is_caught(plant, defects: Defects) -> None:  # type: ignore[no-untyped-def]
    assert not tiles(*plant(defects))


def test_the_residue_of_a_missing_grid_is_its_border() -> None:
    grids = picture("""
        aab
        acc
        """)
    missing = grids.pop("b")
    left = residue(list(grids.values()), [shapely.union_all([*grids.values(), missing])])
    outline = shapely.union_all(left.lines())
    assert shapely.equals(shapely.union_all(left.lines()), outline)
    assert shapely.polygonize([outline]).geoms[0].equals(missing)


def test_grouped_children_must_tile_their_own_parent() -> None:
    grids = picture("""
        ab
        cd
        """)
    a, b, c, d = grids.values()
    parents = [shapely.coverage_union_all([a, b]), shapely.coverage_union_all([c, d])]
    assert not len(residue([a, b, c, d], parents, group=[0, 0, 1, 1]))
    assert len(residue([a, b, c, d], parents, group=[0, 1, 0, 1]))
    assert len(residue([a, b], parents, group=[0, 0]))  # a parent without children


def test_a_repeated_vertex_bounds_nothing() -> None:
    square = picture("a")["a"]
    ring = shapely.get_coordinates(square)
    assert len(directed_segments([shapely.Polygon(np.r_[ring[:1], ring])])) == 4
    assert tiles([shapely.Polygon(np.r_[ring[:1], ring])], square)


def test_a_grid_may_have_one_piece_on_each_island_but_not_two() -> None:
    two_islands = picture("""
        aab.aa
        aab.cc
        """)
    outline = shapely.union_all(list(two_islands.values()))
    assert not len(crowded(list(two_islands.values()), outline))
    scattered = picture("""
        aba
        """)
    assert crowded(list(scattered.values()), whole("aba")).tolist() == [0]


def test_neither_infinite_nor_swapped_coordinates_pass_silently() -> None:
    square = picture("a")["a"]
    far = shapely.transform(square, lambda xy: xy * 10)
    with pytest.raises(ValueError, match="180 degrees"):
        tiles([far], far)


def test_ten_thousand_polygons_in_well_under_half_a_second() -> None:
    """0.2 s measured with 630,000 vertices; the bound leaves room for a busy machine."""
    town = tiling(10_000)
    assert shapely.get_num_coordinates(town.faces).sum() > 500_000
    started = time.perf_counter()
    assert tiles(town.faces, town.outline)
    assert time.perf_counter() - started < 2


def test_nothing_tiles_nothing() -> None:
    assert not len(residue([], []))
