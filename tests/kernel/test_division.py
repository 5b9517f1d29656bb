"""Both demo towns divided from the ground alone, and proved; evening out keeps grids whole."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.arrange import dissolve
from geogrid.coverage.blocks import blocks
from geogrid.coverage.grouping import group_contiguous
from geogrid.coverage.levelling import level
from geogrid.coverage.proof import tiles
from geogrid.territory.division import Division, Ground, as_array, divide
from layers.intake.households import estimate_dwellings
from layers.intake.kinds import street_rank
from layers.intake.osm import read_extract
from layers.intake.outline import read_outline

FIXTURES = Path(__file__).parents[2] / "fixtures"


def ground_of(extract_file: str, outline_file: str) -> Ground:
    extract = read_extract(FIXTURES / extract_file)
    outline = read_outline(FIXTURES / outline_file)
    shapely.prepare(outline)
    buildings = [record for record in extract.buildings if outline.covers(record.anchor)]
    estimates = estimate_dwellings(buildings, extract.addresses, extract.points, extract.land_use)
    homes = [(b, e.dwellings) for b, e in zip(buildings, estimates, strict=True) if e.dwellings]
    streets = [(street_rank(r.tags) or 9, r) for r in extract.streets]
    wide = [r.geometry for rank, r in streets if rank <= 3 or r.tags["highway"] == "pedestrian"]
    quarters = [
        r.anchor
        for r in extract.place_names
        if r.tags["place"] not in ("town", "city") and outline.covers(r.anchor)
    ]
    return Ground(
        outline=outline,
        limits=as_array([*wide, *(r.geometry for r in extract.railways)]),
        paths=as_array(r.geometry for rank, r in streets if 4 <= rank <= 6),
        homes=np.array([b.geometry for b, _ in homes], dtype=object),
        anchors=np.array([b.anchor for b, _ in homes], dtype=object),
        dwellings=np.array([n for _, n in homes]),
        seeds=np.array([(point.x, point.y) for point in quarters]),
    )


def in_range(division: Division) -> float:
    homes = division.dwellings[division.dwellings > 0]
    return float(((homes >= 200) & (homes <= 300)).mean())


@pytest.fixture(scope="module")
def real_town() -> Division:
    ground = ground_of("neubrandenburg/extract.osm.pbf", "neubrandenburg/city_boundary.geojson")
    return divide(ground, at_least=200, at_most=300)


@pytest.fixture(scope="module")
def fictional_town() -> Division:
    ground = ground_of("jinghu/town.osm.pbf", "jinghu/boundary.geojson")
    return divide(ground, at_least=200, at_most=300)


def test_the_real_towns_streets_and_railways_make_584_blocks(real_town: Division) -> None:
    assert real_town.blocks == 584


@pytest.mark.parametrize("town", ["real_town", "fictional_town"])
def test_grids_tile_the_outline_exactly(town: str, request: pytest.FixtureRequest) -> None:
    division: Division = request.getfixturevalue(town)
    assert tiles(division.shapes, division.outline)
    assert (shapely.get_num_geometries(division.shapes) == 1).all()


@pytest.mark.parametrize("town", ["real_town", "fictional_town"])
def test_most_grids_have_200_to_300_dwellings(town: str, request: pytest.FixtureRequest) -> None:
    assert in_range(request.getfixturevalue(town)) > 0.85


def test_sizes_of_the_towns(real_town: Division, fictional_town: Division) -> None:
    assert 110 <= len(real_town.shapes) <= 150
    assert len(np.unique(real_town.quarter)) == 25
    assert 38 <= len(fictional_town.shapes) <= 48
    assert 6 <= len(np.unique(fictional_town.quarter)) <= 8


def test_dividing_twice_gives_the_same_grids() -> None:
    ground = ground_of("jinghu/town.osm.pbf", "jinghu/boundary.geojson")
    first, second = (divide(ground, at_least=200, at_most=300) for _ in range(2))
    assert shapely.to_wkb(first.shapes).tolist() == shapely.to_wkb(second.shapes).tolist()


def chessboard(size: int) -> np.ndarray:
    lines = [shapely.LineString([(n / 1000, -1), (n / 1000, 1)]) for n in range(1, size)]
    lines += [shapely.LineString([(-1, n / 1000), (1, n / 1000)]) for n in range(1, size)]
    square = shapely.box(0, 0, size / 1000, size / 1000)
    return blocks(lines, shapely.MultiPolygon([square])).faces


def test_evening_out_brings_loads_into_range_and_keeps_grids_whole() -> None:
    faces = chessboard(12)
    weights = np.random.default_rng(4).integers(0, 40, len(faces)).astype(float)
    start = group_contiguous(faces, weights, [[0.006, 0.006]], at_least=200, at_most=300).grid
    even = level(faces, weights, start, at_least=200, at_most=300)
    loads = np.bincount(even, weights=weights)
    assert ((loads >= 200) & (loads <= 300)).all()
    _, grids = dissolve(faces, even)
    assert (shapely.get_type_id(grids) == 3).all()


def test_evening_out_leaves_a_single_grid_alone() -> None:
    faces = chessboard(3)
    even = level(faces, np.ones(9), np.zeros(9, int), at_least=200, at_most=300)
    assert set(even) == {0}
    assert len(adjacency(faces).first) == 12
