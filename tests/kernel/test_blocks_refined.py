"""Heavy blocks are cut by paths, then between buildings; no added line runs through a house."""

import numpy as np
import pytest
import shapely

from geogrid.coverage.blocks import Blocks, Refined, between, block_of, blocks, refine
from geogrid.coverage.half_way import CLEARANCE_M
from geogrid.coverage.proof import tiles
from geogrid.coverage.refinement import departures
from layers.datum.lattice import on_lattice
from layers.datum.metric import metres_per_degree
from tests.kernel.grounds import real_town

AT = np.array([113.0, 30.0])
SCALE = np.array(metres_per_degree(30.0))


def metres(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(geometry, lambda xy: (xy - AT) * SCALE)


def degrees(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(geometry, lambda xy: xy / SCALE + AT)


def houses(*boxes: tuple[float, float, float, float]) -> list[shapely.Geometry]:
    return [degrees(shapely.box(*box)) for box in boxes]


def lines_in_metres(*boxes: tuple[float, float, float, float], **options: int) -> shapely.Geometry:
    lines = between(houses(*boxes), degrees(shapely.box(0, 0, 60, 40)), **options)
    return metres(shapely.MultiLineString(lines))


def cores(footprints: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return shapely.buffer(shapely.transform(footprints, lambda xy: xy * scale), -CLEARANCE_M)


def test_the_line_runs_half_way_between_two_houses() -> None:
    line = lines_in_metres((10, 10, 20, 30), (40, 10, 50, 30))
    assert line.distance(shapely.Point(30, 20)) < 0.1
    assert abs(line.bounds[0] - 30) < 1 and abs(line.bounds[2] - 30) < 1


def test_lines_reach_the_edge_of_the_block_and_hardly_beyond() -> None:
    line = lines_in_metres((10, 10, 20, 30), (40, 10, 50, 30))
    south, north = line.bounds[1], line.bounds[3]
    assert -0.05 < south < 0 and 40 < north < 40.05


def test_touching_houses_are_parted_along_their_wall_and_half_way_beyond() -> None:
    line = lines_in_metres((10, 10, 28, 30), (28, 10, 50, 30))
    wall = shapely.LineString([(28, 10), (28, 30)])
    assert line.buffer(0.05).contains(wall)
    assert line.hausdorff_distance(shapely.LineString([(28, 0), (28, 40)])) < 1


def test_a_wall_in_steps_is_followed() -> None:
    """
    aabb     the wall bends around the corner that b puts into a
    abbb
    """
    left = shapely.Polygon([(10, 10), (20, 10), (20, 20), (30, 20), (30, 30), (10, 30)])
    right = shapely.Polygon([(20, 10), (50, 10), (50, 30), (30, 30), (30, 20), (20, 20)])
    lines = between([degrees(left), degrees(right)], degrees(shapely.box(0, 0, 60, 40)))
    line = metres(shapely.MultiLineString(lines))
    wall = shapely.LineString([(20, 10), (20, 20), (30, 20), (30, 30)])
    assert line.buffer(0.3).contains(wall)


def test_houses_that_overlap_deeply_are_one_and_one_house_has_no_line() -> None:
    assert lines_in_metres((10, 10, 30, 30), (25, 10, 50, 30)).is_empty
    assert lines_in_metres((10, 10, 30, 30)).is_empty
    assert not lines_in_metres((10, 10, 30, 30), (29.9, 10, 50, 30)).is_empty


def test_a_garage_falls_to_a_neighbour_whole() -> None:
    garage = (27, 15, 33, 25)
    three = [(10, 10, 20, 30), (40, 10, 50, 30), garage]
    line = lines_in_metres(*three, sites=2)
    assert not line.intersects(shapely.box(*garage).buffer(-CLEARANCE_M))
    face = shapely.box(0, 0, 60, 40)
    assert len(shapely.get_parts(shapely.polygonize([line, face.boundary]))) <= 3
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(line.union(face.boundary))))
    assert len(pieces) == 2
    assert len(metres(shapely.MultiLineString(lines_of(three))).geoms) >= 2


def test_a_footprint_that_crosses_itself_does_no_harm() -> None:
    bow_tie = degrees(shapely.Polygon([(40, 10), (50, 30), (50, 10), (40, 30)]))
    lines = between([*houses((10, 10, 20, 30)), bow_tie], degrees(shapely.box(0, 0, 60, 40)))
    assert len(lines) == 1


def lines_of(boxes: list[tuple[float, float, float, float]]) -> list[shapely.Geometry]:
    return between(houses(*boxes), degrees(shapely.box(0, 0, 60, 40)))


def row_of_houses(count: int = 6) -> tuple[Blocks, list[shapely.Geometry]]:
    """One block with a row of terraced houses and a path across its middle."""
    footprints = houses(*[(10 * n, 10, 10 * n + 10, 30) for n in range(count)])
    return blocks([], degrees(shapely.box(-5, 0, 10 * count + 5, 40))), footprints


def test_a_light_block_stays_and_a_heavy_one_gives_each_house_its_ground() -> None:
    coarse, footprints = row_of_houses()
    light = refine(coarse, footprints=footprints, weights=[20] * 6, heavier_than=120)
    assert len(light.faces) == 1 and not len(light.added)
    heavy = refine(coarse, footprints=footprints, weights=[20] * 6, heavier_than=119)
    assert len(heavy.faces) == 6
    assert heavy.weight.tolist() == [20] * 6
    assert tiles(heavy.faces, heavy.outline)
    assert on_lattice(heavy.faces).all()


def test_light_parts_join_again_up_to_the_limit() -> None:
    coarse, footprints = row_of_houses()
    joined = refine(
        coarse, footprints=footprints, weights=[20] * 6, heavier_than=60, lighter_than=40
    )
    assert sorted(joined.weight.tolist()) in ([40, 40, 40], [60, 60], [20, 40, 60])
    assert tiles(joined.faces, joined.outline)


def test_a_path_cuts_before_lines_between_houses_are_drawn() -> None:
    coarse, footprints = row_of_houses()
    path = degrees(shapely.LineString([(30, -10), (30, 50)]))
    cut = refine(coarse, footprints=footprints, weights=[20] * 6, heavier_than=60, paths=[path])
    assert cut.weight.tolist() == [60, 60]
    assert not len(cut.added)


def test_one_weight_per_footprint() -> None:
    coarse, footprints = row_of_houses()
    with pytest.raises(ValueError, match="one weight"):
        refine(coarse, footprints=footprints, weights=[1], heavier_than=1)


def test_a_point_on_a_border_lies_in_the_first_block() -> None:
    faces = blocks(
        [degrees(shapely.LineString([(30, -1), (30, 41)]))], degrees(shapely.box(0, 0, 60, 40))
    ).faces
    border = shapely.Point(shapely.get_coordinates(shapely.intersection(*faces))[0])
    outside = degrees(shapely.Point(99, 99))
    assert block_of(faces, np.array([border, outside])).tolist() == [0, -1]


@pytest.fixture(scope="module")
def refined() -> Refined:
    town = real_town()
    return refine(
        blocks(town.limits, town.outline),
        footprints=[*town.homes, *town.others],
        weights=[*town.dwellings, *np.zeros(len(town.others))],
        anchors=[*town.anchors, *shapely.point_on_surface(town.others)],
        heavier_than=150,
        paths=town.paths,
    )


def test_no_added_line_crosses_a_house_of_the_real_town(refined: Refined) -> None:
    town = real_town()
    footprints = np.array([*town.homes, *town.others], dtype=object)
    scale = np.array(metres_per_degree(town.outline.centroid.y))
    tree = shapely.STRtree(cores(footprints, scale))
    added = shapely.transform(refined.added, lambda xy: xy * scale)
    assert len(added) > 1_000
    assert len(tree.query(added, predicate="intersects")[0]) == 0


def test_the_real_towns_parts_tile_it_and_lose_no_dwelling(refined: Refined) -> None:
    town = real_town()
    assert tiles(refined.faces, refined.outline)
    assert not len(departures(town.outline, refined.outline))
    assert refined.weight.sum() == town.dwellings.sum()
    assert (refined.weight <= 150).all()
    assert len(np.unique(refined.block)) == 584
