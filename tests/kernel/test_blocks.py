"""Lines become blocks that tile; blocks become quarters in one piece; levels, measures, labels."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.arrange import arrange
from geogrid.coverage.blocks import blocks
from geogrid.coverage.labels import label_circle
from geogrid.coverage.measure import measure
from geogrid.coverage.nesting import levels_tile, parents_of, union
from geogrid.coverage.proof import tiles
from geogrid.coverage.quarters import grow_quarters
from layers.datum.lattice import on_lattice
from layers.datum.metric import area_m2, distance_m
from tests.pictures import picture, square, whole
from tests.tilings import tiling

BOUNDARY = Path(__file__).parents[2] / "fixtures/neubrandenburg/city_boundary.geojson"


def test_lines_cut_and_dead_ends_do_not() -> None:
    town = square(0, 0)
    west, south, east, north = town.bounds
    across = shapely.LineString([(west - 1e-3, south + 1e-4), (east + 1e-3, north - 1e-4)])
    dead_end = shapely.LineString([(west - 1e-3, north - 5e-5), (west + 5e-5, north - 5e-5)])
    cut = blocks([across, dead_end], town)
    assert len(cut.faces) == 2
    assert on_lattice(cut.faces).all()
    assert tiles(cut.faces, cut.outline)


def test_blocks_respect_islands_and_holes() -> None:
    town = whole("""
        aaa.bb
        a.a.bb
        aaa.bb
        """)
    west, south, east, north = town.bounds
    middle = (south + north) / 2
    cut = blocks([shapely.LineString([(west, middle), (east, middle)])], town)
    assert len(cut.faces) == 4
    assert tiles(cut.faces, cut.outline)


def test_arranging_a_town_again_changes_nothing() -> None:
    town = tiling(60)
    again = arrange(shapely.boundary(town.faces))
    assert len(again) == len(town.faces)
    assert {shapely.normalize(face).wkb for face in again} == {
        shapely.normalize(face).wkb for face in town.faces
    }


def test_an_empty_or_crossing_outline_is_refused() -> None:
    with pytest.raises(ValueError, match="outline"):
        blocks([], shapely.Polygon())


def test_neighbours_share_a_border_and_know_its_length() -> None:
    grids = picture("""
        ab
        ac
        """)
    pairs = adjacency(list(grids.values()))
    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == [
        (0, 1),
        (0, 2),
        (1, 2),
    ]
    edge = shapely.get_coordinates(square(0, 0))
    height = distance_m([edge[:, 0].min(), edge[:, 1].min()], [edge[:, 0].min(), edge[:, 1].max()])
    assert pairs.metres[0] == pytest.approx(float(height[0]), rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(9, 120), st.integers(0, 10**6), st.integers(1, 6))
def test_every_quarter_is_one_piece(count: int, seed: int, quarters: int) -> None:
    town = tiling(count, seed=seed)
    west, south, east, north = town.outline.bounds
    random = np.random.default_rng(seed)
    seeds = random.uniform((west, south), (east, north), (quarters, 2))
    numbers, shapes = parents_of(town.faces, grow_quarters(town.faces, seeds))
    assert (shapely.get_num_geometries(shapes) == 1).all()
    assert len(numbers) == min(quarters, len(town.faces))
    assert tiles(shapes, town.outline)


def test_two_seeds_in_one_block_still_make_two_quarters() -> None:
    town = tiling(25)
    point = shapely.get_coordinates(shapely.point_on_surface(town.faces[3]))[0]
    assert set(grow_quarters(town.faces, [point, point]).tolist()) == {0, 1}


def test_an_island_without_a_seed_joins_the_nearest_quarter() -> None:
    faces = list(picture("ab..c").values())
    seeds = shapely.get_coordinates([faces[0].centroid, faces[1].centroid])
    assert grow_quarters(faces, seeds).tolist() == [0, 1, 1]


def test_quarters_need_a_seed() -> None:
    with pytest.raises(ValueError, match="seed"):
        grow_quarters([square(0, 0)], np.empty((0, 2)))


def test_levels_are_proved_one_by_one() -> None:
    town = tiling(30)
    parent = np.arange(len(town.faces)) % 3
    _, upper = parents_of(town.faces, parent)
    outline = union(list(upper))
    assert levels_tile(outline, [(upper, []), (town.faces, parent)]) == [0, 0]
    parent[0] = (parent[0] + 1) % 3
    top, leaves = levels_tile(outline, [(upper, []), (town.faces, parent)])
    assert top == 0
    assert leaves > 0


def test_measures_are_metres() -> None:
    (one,) = measure([square(0, 0)])
    assert one.area_m2 == pytest.approx(area_m2(square(0, 0)))
    assert one.pieces == 1
    assert one.compactness == pytest.approx(np.pi / 4, rel=0.02)


def test_the_label_sits_in_the_widest_part() -> None:
    ring = """
        aaaaa
        a...a
        aaaaa
        aaaaa
        aaaaa
        """
    centre, radius = label_circle(picture(ring)["a"])
    widest = shapely.union_all([square(along, up) for along in range(5) for up in range(3)])
    assert widest.contains(centre)
    assert on_lattice(centre).all()
    assert radius == pytest.approx(1.5 * 20 * 1.1, rel=0.1)
    with pytest.raises(ValueError, match="no room"):
        label_circle(shapely.Polygon())


def test_the_demo_towns_outline_is_valid_and_on_the_lattice() -> None:
    feature = json.loads(BOUNDARY.read_text())["features"][0]
    outline = shapely.from_geojson(json.dumps(feature["geometry"]))
    assert outline.is_valid
    assert on_lattice(outline).all()
