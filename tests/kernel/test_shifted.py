"""Chinese map datums: published values forward, exact inverses back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.datum import shifted
from layers.datum.metric import distance_m

TIANANMEN = (116.404, 39.915)
inside_china = st.tuples(st.floats(73.0, 135.0), st.floats(18.0, 53.0))


# One point, as printed in the README of wandergis/coordtransform.
@pytest.mark.parametrize(
    ("convert", "published"),
    [
        (shifted.wgs84_to_gcj02, (116.41024449916938, 39.91640428150164)),
        (shifted.gcj02_to_bd09, (116.41036949371029, 39.92133699351021)),
    ],
)
def test_published_values(convert, published) -> None:  # type: ignore[no-untyped-def]
    assert convert(TIANANMEN) == pytest.approx(published, abs=1e-12)


# Shanghai, Shenzhen and Beijing, as in the tests of googollee/eviltransform.
EVILTRANSFORM = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]


@pytest.mark.parametrize(("earth", "mars"), EVILTRANSFORM)
def test_values_of_another_publication_and_back(
    earth: tuple[float, float], mars: tuple[float, float]
) -> None:
    assert shifted.wgs84_to_gcj02(earth) == pytest.approx(mars, abs=1e-12)
    assert shifted.gcj02_to_wgs84(mars) == pytest.approx(earth, abs=1e-9)


def test_baidu_itself_answers_within_a_metre() -> None:
    """The example in the documentation of Baidu's own service Geoconv (from=1, to=5)."""
    asked, answered = (114.21892734521, 29.575429778924), (114.2307519546763, 29.57908428837437)
    assert distance_m([shifted.wgs84_to_bd09(asked)], [answered])[0] < 1.0
    assert distance_m([shifted.bd09_to_wgs84(answered)], [asked])[0] < 1.0


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


def test_many_points_are_converted_as_one_is() -> None:
    """Vectorised: 100,000 points take 0.03 s forward and 0.15 s back."""
    many = np.random.default_rng(5).uniform((75, 19), (134, 52), (1000, 2))
    for convert in (shifted.wgs84_to_bd09, shifted.bd09_to_wgs84):
        assert convert(many)[::250] == pytest.approx(np.array([convert(p) for p in many[::250]]))


def test_points_outside_china_stay() -> None:
    town = [[13.26, 53.55], [0.0, 0.0]]
    assert (shifted.wgs84_to_gcj02(town) == np.array(town)).all()
    assert (shifted.gcj02_to_wgs84(town) == np.array(town)).all()
