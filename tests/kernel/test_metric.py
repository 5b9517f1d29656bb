"""Metres are geodesic; figures to compare with come from the ellipsoid's own definition."""

import numpy as np
import pytest
import shapely

from layers.datum.metric import (
    area_m2,
    areas_m2,
    distance_m,
    length_m,
    local_crs,
    metres_per_degree,
)
from tests.tilings import tiling


def test_a_minute_of_latitude_is_about_a_nautical_mile() -> None:
    assert distance_m([0, 45], [0, 45 + 1 / 60])[0] == pytest.approx(1852, abs=1)


def test_a_degree_at_the_equator_is_its_share_of_the_circumference() -> None:
    across, _ = metres_per_degree(0)
    assert across == pytest.approx(2 * np.pi * 6378137 / 360, rel=1e-12)


def test_local_degrees_agree_with_the_geodesic() -> None:
    across, along = metres_per_degree(30)
    assert distance_m([113, 30], [113.001, 30])[0] == pytest.approx(across / 1000, rel=1e-6)
    assert distance_m([113, 29.9995], [113, 30.0005])[0] == pytest.approx(along / 1000, rel=1e-6)


def test_holes_are_subtracted_and_ring_direction_does_not_matter() -> None:
    shell, hole = shapely.box(113, 30, 113.01, 30.01), shapely.box(113.004, 30.004, 113.005, 30.005)
    ring = shell - hole
    assert area_m2(ring) == pytest.approx(area_m2(shell) - area_m2(hole))
    assert area_m2(ring.reverse()) == pytest.approx(area_m2(ring))
    assert length_m(ring) == pytest.approx(length_m(shell) + length_m(hole))


def test_parts_add_up_and_lines_have_no_area() -> None:
    one, two = shapely.box(113, 30, 113.01, 30.01), shapely.box(113.1, 30, 113.11, 30.01)
    assert area_m2(shapely.union(one, two)) == pytest.approx(area_m2(one) + area_m2(two))
    assert area_m2(shapely.LineString([(0, 0), (1, 1)])) == 0
    assert length_m(shapely.LineString([(0, 0), (0, 1)])) == pytest.approx(110574, abs=5)


def test_the_local_crs_measures_in_metres_around_its_centre() -> None:
    crs = local_crs(113.2, 30.4)
    assert crs.is_projected
    assert {axis.unit_name for axis in crs.axis_info} == {"metre"}


def test_many_areas_are_those_of_each() -> None:
    shapes = [*tiling(40).faces, shapely.box(114, 30, 115, 31), shapely.Point(1, 2)]
    assert areas_m2(shapes) == pytest.approx([area_m2(shape) for shape in shapes], rel=1e-6)
    assert areas_m2([]).tolist() == []
