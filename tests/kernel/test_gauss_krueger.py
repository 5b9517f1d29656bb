"""Zones of CGCS2000 in metres: their numbers, published lengths, and the way back."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from layers.datum.gauss_krueger import FIRST, LAST, Zone, zone_at, zones_near
from layers.intake.coordinates import named_crs

ZONES = [
    Zone(width, number, numbered)
    for width in (3, 6)
    for number in range(FIRST[width], LAST[width] + 1)
    for numbered in (False, True)
]


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: f"EPSG:{zone.epsg}")
def test_codes_are_those_of_the_registry(zone: Zone) -> None:
    crs = CRS.from_epsg(zone.epsg)
    assert crs.coordinate_operation is not None
    told: dict[str, Any] = {one.name: one.value for one in crs.coordinate_operation.params}
    assert told["Longitude of natural origin"] == zone.meridian
    assert told["False easting"] == zone.false_easting
    assert told["Scale factor at natural origin"] == 1.0
    assert "CGCS2000" in crs.name


def test_the_quarter_meridian_is_the_published_one() -> None:
    """GRS 80: 10,001,965.7293 m (H. Moritz, Geodetic Reference System 1980, J. Geodesy 74, 2000).

    CGCS2000 has the same axis and, to eight digits, the same flattening.
    """
    easting, northing = Zone(3, 38).from_degrees([[114.0, 90.0]])[0]
    assert northing == pytest.approx(10_001_965.7293, abs=1e-3)
    assert easting == pytest.approx(500_000, abs=1e-6)


def krueger(longitude: float, latitude: float, meridian: float) -> tuple[float, float]:
    """L. Krüger's series of 1912 in the third flattening n, written down independently of PROJ."""
    a, f = 6_378_137.0, 1 / 298.257222101  # CGCS2000, as defined
    n = f / (2 - f)
    e = math.sqrt(f * (2 - f))
    radius = a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    series = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16,
        13 * n**2 / 48 - 3 * n**3 / 5,
        61 * n**3 / 240,
    )
    phi, beside = math.radians(latitude), math.radians(longitude - meridian)
    sine = math.sin(phi)
    t = math.sinh(math.atanh(sine) - e * math.atanh(e * sine))
    xi = math.atan2(t, math.cos(beside))
    eta = math.atanh(math.sin(beside) / math.sqrt(1 + t * t))
    north = xi + sum(
        c * math.sin(2 * k * xi) * math.cosh(2 * k * eta) for k, c in enumerate(series, 1)
    )
    east = eta + sum(
        c * math.cos(2 * k * xi) * math.sinh(2 * k * eta) for k, c in enumerate(series, 1)
    )
    return 500_000 + radius * east, radius * north


@given(st.floats(74, 134.9), st.floats(3, 54), st.sampled_from([3, 6]))
def test_an_independent_series_agrees_to_a_millimetre(
    longitude: float, latitude: float, width: int
) -> None:
    zone = zone_at(longitude, width)  # type: ignore[arg-type]
    there = zone.from_degrees([[longitude, latitude]])
    assert there[0] == pytest.approx(krueger(longitude, latitude, zone.meridian), abs=1e-3)
    assert zone.to_degrees(there)[0] == pytest.approx((longitude, latitude), abs=1e-9)


@given(st.floats(74, 134.9), st.floats(3, 54), st.sampled_from([3, 6]))
def test_a_number_is_a_million_metres(longitude: float, latitude: float, width: int) -> None:
    plain = zone_at(longitude, width)  # type: ignore[arg-type]
    numbered = zone_at(longitude, width, numbered=True)  # type: ignore[arg-type]
    here = [[longitude, latitude]]
    away = numbered.from_degrees(here) - plain.from_degrees(here)
    assert away[0] == pytest.approx((1e6 * plain.number, 0), abs=1e-6)
    assert abs(longitude - plain.meridian) <= width / 2 + 1e-9


def test_zones_around_a_place_and_none_abroad() -> None:
    assert {zone.epsg for zone in zones_near(104.35)} >= {4544, 4523, 4507, 4496}
    assert list(zones_near(13.3)) == []
    with pytest.raises(ValueError, match="no zone 4 of 3 degrees"):
        zone_at(13.3)


def test_any_other_system_is_known_by_its_number() -> None:
    """The example of IOGP Publication 373-7-2, Transverse Mercator: OSGB 1936."""
    grid = named_crs("27700")
    assert isinstance(grid, CRS)
    there = Transformer.from_crs(grid.geodetic_crs, grid, always_xy=True)
    assert there.transform(0.5, 50.5) == pytest.approx((577_274.99, 69_740.50), abs=0.02)
    back = np.array(there.transform(577_274.99, 69_740.50, direction="INVERSE"))
    assert back == pytest.approx((0.5, 50.5), abs=1e-6)
