"""The shifted datums of Chinese web maps: GCJ-02 (高德, 腾讯) and BD-09 (百度), and back.

GeoGrid stores EPSG:4326 only. CGCS2000 differs from it by less than a decimetre and needs no
conversion; positions read off a web map in mainland China are 100 to 700 m away without one.

All functions take and return degrees, longitude first, arrays of shape (n, 2) or one pair (2,).
Outside of the box around mainland China the datums agree and points come back unchanged.

Known Issues
------------
The box is the customary one: it includes Hong Kong, Macao, Taiwan and parts of neighbouring
countries, where map providers do not shift. The formulas are the published reconstruction;
providers agree with it to about a metre.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "bd09_to_gcj02",
    "bd09_to_wgs84",
    "gcj02_to_bd09",
    "gcj02_to_wgs84",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]

Points = NDArray[np.float64]

BOX = (72.004, 0.8293, 137.8347, 55.8271)
SEMI_MAJOR = 6378245.0  # Krasovsky 1940, metres
ECCENTRICITY_2 = 0.00669342162296594323
BD_WAVE = pi * 3000 / 180
EXACT = 1e-10  # degrees: a thousandth of a lattice step
ROUNDS = 20


def wgs84_to_gcj02(points: ArrayLike) -> Points:
    """EPSG:4326 to GCJ-02."""
    xy = np.asarray(points, dtype=np.float64)
    inside = _in_box(xy)
    return np.where(inside[..., None], xy + _offset(xy), xy)


def gcj02_to_wgs84(points: ArrayLike) -> Points:
    """GCJ-02 to EPSG:4326, exact to 1e-10 degree (the usual one-step inverse is 1 m off)."""
    return _inverse(wgs84_to_gcj02, np.asarray(points, dtype=np.float64))


def gcj02_to_bd09(points: ArrayLike) -> Points:
    """GCJ-02 to BD-09; only meant for points inside the box."""
    xy = np.asarray(points, dtype=np.float64)
    x, y = xy[..., 0], xy[..., 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BD_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BD_WAVE)
    return np.stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006], axis=-1)


def bd09_to_gcj02(points: ArrayLike) -> Points:
    """BD-09 to GCJ-02, exact to 1e-10 degree."""
    return _inverse(gcj02_to_bd09, np.asarray(points, dtype=np.float64))


def wgs84_to_bd09(points: ArrayLike) -> Points:
    """EPSG:4326 to BD-09."""
    return gcj02_to_bd09(wgs84_to_gcj02(points))


def bd09_to_wgs84(points: ArrayLike) -> Points:
    """BD-09 to EPSG:4326."""
    return gcj02_to_wgs84(bd09_to_gcj02(points))


def _in_box(xy: Points) -> NDArray[np.bool_]:
    west, south, east, north = BOX
    x, y = xy[..., 0], xy[..., 1]
    inside: NDArray[np.bool_] = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return inside


def _offset(xy: Points) -> Points:
    """How far GCJ-02 lies from EPSG:4326, in degrees."""
    x, y = xy[..., 0] - 105.0, xy[..., 1] - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    latitude = np.radians(xy[..., 1])
    flat = 1 - ECCENTRICITY_2 * np.sin(latitude) ** 2
    along = SEMI_MAJOR * (1 - ECCENTRICITY_2) / (flat * np.sqrt(flat)) * pi / 180.0
    across = SEMI_MAJOR / np.sqrt(flat) * np.cos(latitude) * pi / 180.0
    return np.stack([east / across, north / along], axis=-1)


def _inverse(forward: Callable[[ArrayLike], Points], wanted: Points) -> Points:
    """Fixed-point iteration; the offset changes slowly, so each round gains three digits."""
    guess = wanted.copy()
    for _ in range(ROUNDS):
        miss = wanted - forward(guess)
        guess = guess + miss
        if not (np.abs(miss) > EXACT).any():
            break
    return guess
