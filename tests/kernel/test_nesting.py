"""Two levels that disagree: each inner grid goes to the outer one that holds most of it."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from geogrid.coverage.nesting import adopt, levels_tile, parents_of
from layers.datum.metric import area_m2
from tests.pictures import picture, square

REAL = Path(__file__).resolve().parents[3] / "shared/data/taipei_zhongshan"


def test_levels_that_nest_are_adopted_without_exchange() -> None:
    inner = picture("aab\nccd")
    outer = picture("xxy\nxxy")
    found = adopt(list(inner.values()), list(outer.values()))
    assert found.parent.tolist() == [0, 1, 0, 1]
    assert found.share.tolist() == [1, 1, 1, 1]
    assert found.moved_m2.sum() == 0
    assert (found.exchanged, found.childless) == ({}, ())


def test_the_largest_share_decides_and_what_changes_hands_is_told() -> None:
    inner = list(picture("aaab").values())
    outer = list(picture("xyyy").values())
    found = adopt(inner, outer)
    assert found.parent.tolist() == [1, 1]
    assert found.shares[0] == {1: pytest.approx(2 / 3), 0: pytest.approx(1 / 3)}
    assert found.exchanged == {(0, 1): pytest.approx(area_m2(square(0, 0)))}
    assert found.moved_m2.tolist() == [pytest.approx(area_m2(square(0, 0))), 0]
    assert found.childless == (0,)


def test_of_equal_shares_the_first_outer_grid_wins() -> None:
    found = adopt(list(picture("aa").values()), list(picture("xy").values()))
    assert found.parent.tolist() == [0]


def test_land_in_no_outer_grid_is_nobodys_loss() -> None:
    found = adopt([square(0, 0), square(5, 5)], [square(0, 0)])
    assert found.parent.tolist() == [0, -1]
    assert found.share.tolist() == [1, 0]
    assert found.moved_m2.sum() == 0
    assert adopt([], [square(0, 0)]).childless == (0,)


def shapes_in(name: str) -> np.ndarray:
    features = json.loads((REAL / name).read_text(encoding="utf-8"))["features"]
    return np.array([shapely.geometry.shape(one["geometry"]) for one in features], dtype=object)


@pytest.mark.skipif(not REAL.exists(), reason="the real district is not beside this checkout")
def test_statistical_areas_and_villages_of_a_real_district() -> None:
    """1,196 areas, 42 villages, drawn by two offices: nobody stays alone."""
    areas, villages = shapes_in("statistical_areas.geojson"), shapes_in("villages.geojson")
    found = adopt(areas, villages)
    assert (found.parent >= 0).all()
    assert found.childless == ()
    assert 0.8 < (found.share > 0.95).mean() < 1
    derived = parents_of(areas, found.parent)[1]
    united = [shapely.coverage_union_all(areas)]
    levels = [(derived, np.zeros(len(derived))), (areas, found.parent)]
    assert levels_tile(united[0], levels) == [0, 0]
