"""Chinese map datums: published values forward, exact inverses back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.datum import shifted

TIANANMEN = (116.404, 39.915)
inside_china = st.tuples(st.floats(73.0, 135.0), st.floats(18.0, 53.0))


@pytest.mark.parametrize(
    ("convert", "published"),
    [
        (shifted.wgs84_to_gcj02, (116.41024449916938, 39.91640428150164)),
        (shifted.gcj02_to_bd09, (116.41036949371029, 39.92133699351021)),
    ],
)
def test_published_values(convert, published) -> None:  # type: ignore[no-untyped-def]
    assert convert(TIANANMEN) == pytest.approx(published, abs=1e-12)


def test_published_one_step_inverses_are_met_within_their_own_error() -> None:
    """The values in circulation come from a one-step inverse, about 6e-7 degree off."""
    assert shifted.gcj02_to_wgs84(TIANANMEN) == pytest.approx(
        (116.39775550083061, 39.91359571849836), abs=1e-6
    )
    assert shifted.bd09_to_gcj02(TIANANMEN) == pytest.approx(
        (116.39762729119315, 39.90865673957631), abs=1e-6
    )


@given(inside_china)
def test_there_and_back_stays_on_the_same_lattice_point(point: tuple[float, float]) -> None:
    there = shifted.wgs84_to_bd09(point)
    assert np.abs(shifted.bd09_to_wgs84(there) - point).max() < 1e-9
    assert np.abs(shifted.gcj02_to_wgs84(shifted.wgs84_to_gcj02(point)) - point).max() < 1e-9


def test_points_outside_china_stay() -> None:
    town = [[13.26, 53.55], [0.0, 0.0]]
    assert (shifted.wgs84_to_gcj02(town) == np.array(town)).all()
    assert (shifted.gcj02_to_wgs84(town) == np.array(town)).all()
