"""Both demo towns divided from the ground alone, and proved."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geogrid.coverage.balance import Reason
from geogrid.coverage.proof import tiles
from geogrid.coverage.refinement import departures
from geogrid.territory.division import BETWEEN_HOUSES, Division, divide
from tests.kernel.grounds import fictional_town, real_town


@pytest.fixture(scope="module")
def real() -> Division:
    return divide(real_town(), at_least=200, at_most=300)


@pytest.fixture(scope="module")
def fictional() -> Division:
    return divide(fictional_town(), at_least=200, at_most=300)


@pytest.fixture(params=["real", "fictional"])
def division(request: pytest.FixtureRequest) -> Division:
    return request.getfixturevalue(request.param)


def test_the_real_towns_streets_and_railways_make_584_blocks(real: Division) -> None:
    assert real.blocks == 584


@pytest.mark.parametrize("name", ["real", "fictional"])
def test_grids_tile_the_outline_exactly_and_are_one_piece(
    name: str, request: pytest.FixtureRequest
) -> None:
    division: Division = request.getfixturevalue(name)
    town = real_town() if name == "real" else fictional_town()
    assert tiles(division.shapes, division.outline)
    assert not len(departures(town.outline, division.outline))
    assert (shapely.get_num_geometries(division.shapes) == 1).all()


def test_nine_of_ten_grids_have_200_to_300_dwellings(division: Division) -> None:
    in_range = (division.dwellings >= 200) & (division.dwellings <= 300)
    assert in_range.mean() >= 0.9
    assert division.in_range() == pytest.approx(in_range.mean())


def test_every_other_grid_says_why_and_it_is_true(division: Division) -> None:
    outside = np.flatnonzero((division.dwellings < 200) | (division.dwellings > 300))
    assert set(division.reasons) == set(outside.tolist())
    for grid, reason in division.reasons.items():
        of_quarter = division.dwellings[division.quarter == division.quarter[grid]].sum()
        if reason == Reason.LIGHT_GROUP:
            assert of_quarter < 200
        elif reason == Reason.NO_NUMBER:
            assert 300 < of_quarter < 400
        else:
            assert reason in (Reason.HEAVY_BLOCK, Reason.NOT_FOUND)


def test_nobody_is_lost(real: Division, fictional: Division) -> None:
    assert real.dwellings.sum() == real_town().dwellings.sum()
    assert fictional.dwellings.sum() == fictional_town().dwellings.sum()


def test_sizes_of_the_towns(real: Division, fictional: Division) -> None:
    assert 115 <= len(real.shapes) <= 135
    assert len(np.unique(real.quarter)) == 25
    assert 40 <= len(fictional.shapes) <= 46
    assert len(np.unique(fictional.quarter)) == 8


def test_grids_come_quarter_by_quarter_from_west_to_east(division: Division) -> None:
    changes = np.count_nonzero(np.diff(division.quarter)) + 1
    assert changes == len(np.unique(division.quarter))
    centres = shapely.get_coordinates(shapely.point_on_surface(division.shapes))[:, 0]
    quarters = list(dict.fromkeys(division.quarter.tolist()))
    middles = [centres[division.quarter == quarter].mean() for quarter in quarters]
    assert middles[0] < middles[-1]
    largest = max(quarters, key=lambda quarter: (division.quarter == quarter).sum())
    inside = centres[division.quarter == largest]
    assert inside[0] < inside[-1]


def test_borders_prefer_streets_to_yards(fictional: Division) -> None:
    """Where a metre costs the same everywhere, fewer borders run along streets."""
    town = fictional_town()
    limits = shapely.buffer(shapely.union_all(town.limits), 1e-6)
    same = replace(town, prices=np.full(len(town.prices), BETWEEN_HOUSES))
    indifferent = divide(same, at_least=200, at_most=300)
    assert along(limits, fictional) > 1.1 * along(limits, indifferent)


def along(limits: shapely.Geometry, division: Division) -> float:
    return float(
        shapely.length(shapely.intersection(shapely.boundary(division.shapes), limits)).sum()
    )


def test_dividing_twice_gives_the_same_grids(fictional: Division) -> None:
    again = divide(fictional_town(), at_least=200, at_most=300)
    assert shapely.to_wkb(again.shapes).tolist() == shapely.to_wkb(fictional.shapes).tolist()
