"""A lattice number is the double nearest to k / 10**7, however it was made."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.datum.lattice import STEP, from_steps, on_lattice, snap, to_steps

STEPS = st.integers(-1_800_000_000, 1_800_000_000)


@given(STEPS)
def test_steps_survive_the_way_there_and_back(k: int) -> None:
    assert to_steps(from_steps(k)) == k


@given(STEPS)
def test_seven_decimals_of_text_are_the_same_double(k: int) -> None:
    assert float(f"{k / 10**7:.7f}") == from_steps(k)


@given(STEPS, st.integers(-900_000_000, 900_000_000))
def test_geos_precision_and_wkt_give_the_same_bits(x: int, y: int) -> None:
    point = shapely.Point(from_steps([x, y]))
    assert shapely.set_precision(point, STEP).equals(point)
    assert shapely.from_wkt(shapely.to_wkt(point, rounding_precision=7)) == point


def test_multiplying_by_the_step_misses_the_nearest_double() -> None:
    """Why STEP is never a factor."""
    k = np.arange(1_130_000_000, 1_130_001_000)
    assert (k * STEP != from_steps(k)).any()


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_snapping_moves_by_half_a_step_at_most(x: float, y: float) -> None:
    moved = snap(shapely.Point(x, y))
    assert on_lattice(moved).all()
    assert abs(moved.x - x) <= STEP * 0.5000001
    assert abs(moved.y - y) <= STEP * 0.5000001


def test_on_lattice_names_the_shape_that_is_off() -> None:
    shapes = [shapely.Point(113, 30), shapely.Point(113.00000005, 30), shapely.Point()]
    assert on_lattice(shapes).tolist() == [True, False, True]


@pytest.mark.parametrize("bad", [np.nan, np.inf, 181.0])
def test_numbers_that_are_no_coordinates_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="180 degrees"):
        to_steps([113.0, bad])
