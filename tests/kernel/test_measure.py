"""Areas, lengths and compactness of grids, in metres on the ellipsoid."""

from math import pi

import pytest
import shapely
from pyproj import Geod

from geogrid.coverage.measure import measure
from layers.datum.lattice import from_steps
from layers.datum.metric import metres_per_degree
from tests.pictures import CELL, ORIGIN, picture, square, whole

ACROSS, ALONG = (CELL * 1e-7 * size for size in metres_per_degree(30))


def test_a_cell() -> None:
    (one,) = measure([square(0, 0)])
    assert one.area_m2 == pytest.approx(ACROSS * ALONG, rel=1e-4)
    assert one.perimeter_m == pytest.approx(2 * (ACROSS + ALONG), rel=1e-4)
    assert one.compactness == pytest.approx(pi / 4, rel=0.01)  # nearly a square
    assert one.pieces == 1


def test_a_hole_is_no_land_but_has_a_border() -> None:
    around = picture("aaa\naba\naaa")["a"]
    full = whole("aaa\naba\naaa")
    (ring,), (disc,), (hole,) = measure([around]), measure([full]), measure([square(1, 1)])
    assert ring.area_m2 == pytest.approx(disc.area_m2 - hole.area_m2)
    assert ring.perimeter_m == pytest.approx(disc.perimeter_m + hole.perimeter_m)
    assert ring.compactness < disc.compactness


def test_pieces_are_counted_and_added_up() -> None:
    both, one, other = measure(
        [shapely.union(square(0, 0), square(5, 5)), square(0, 0), square(5, 5)]
    )
    assert both.pieces == 2
    assert both.area_m2 == pytest.approx(one.area_m2 + other.area_m2)
    assert both.perimeter_m == pytest.approx(one.perimeter_m + other.perimeter_m)


def test_the_way_a_ring_is_walked_does_not_matter() -> None:
    assert measure([square(0, 0).reverse()]) == pytest.approx(measure([square(0, 0)]))


def test_a_disc_is_as_compact_as_can_be() -> None:
    geod = Geod(ellps="WGS84")
    x, y = from_steps(ORIGIN)
    rim = [geod.fwd(x, y, azimuth, 500)[:2] for azimuth in range(0, 360, 2)]
    (disc,) = measure([shapely.Polygon(rim)])
    assert disc.compactness == pytest.approx(1, abs=1e-3)
    assert disc.area_m2 == pytest.approx(pi * 500**2, rel=1e-3)


def test_an_empty_shape_measures_nothing() -> None:
    (none,) = measure([shapely.Polygon()])
    assert (none.area_m2, none.perimeter_m, none.compactness) == (0, 0, 0)
    assert measure([]) == []
