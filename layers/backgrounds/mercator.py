"""Tiles and Web Mercator (EPSG:3857): metres and numbers of tiles, both from the top left."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["HALF_WORLD", "TILE", "pixel_size", "tile_box", "to_degrees", "to_metres", "within"]

TILE = 256
RADIUS = 6378137.0
HALF_WORLD = math.pi * RADIUS


def within(zoom: int, x: int, y: int) -> bool:
    """Whether there is such a tile."""
    return 0 <= zoom <= 30 and 0 <= x < 2**zoom and 0 <= y < 2**zoom


def tile_box(zoom: int, x: int, y: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile in metres."""
    size = 2 * HALF_WORLD / 2**zoom
    west, north = x * size - HALF_WORLD, HALF_WORLD - y * size
    return west, north - size, west + size, north


def pixel_size(zoom: int) -> float:
    """Metres (of the projection) that a pixel of a tile spans."""
    return 2 * HALF_WORLD / TILE / 2**zoom


def to_metres(degrees: ArrayLike) -> NDArray[np.float64]:
    """Longitude and latitude, shape (n, 2), in metres of EPSG:3857."""
    xy = np.asarray(degrees, dtype=np.float64).reshape(-1, 2)
    north = np.arctanh(np.sin(np.radians(xy[:, 1])))
    return np.column_stack([np.radians(xy[:, 0]), north]) * RADIUS


def to_degrees(metres: ArrayLike) -> NDArray[np.float64]:
    """Back from EPSG:3857, shape (n, 2)."""
    xy = np.asarray(metres, dtype=np.float64).reshape(-1, 2) / RADIUS
    return np.degrees(np.column_stack([xy[:, 0], np.arctan(np.sinh(xy[:, 1]))]))
