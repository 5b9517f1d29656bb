"""Metres on the WGS-84 ellipsoid: measuring only, never topology.

Straight lines of EPSG:4326 bend in every projection (2 cm in the middle of a 1.2 km edge),
so shapes are compared on the lattice and only *measured* here.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Geod

from layers.datum.shapes import Shape

__all__ = ["area_m2", "areas_m2", "distance_m", "length_m", "local_crs", "metres_per_degree"]

ELLIPSOID = Geod(ellps="WGS84")
HECTARE = 10_000.0


def metres_per_degree(latitude: float) -> tuple[float, float]:
    """Metres that one degree of longitude and one of latitude span at a latitude (degrees).

    Exact on the ellipsoid at that latitude; over a town (20 km) the error of using one pair
    for all of it stays below 0.3 %.
    """
    phi = math.radians(latitude)
    flat = 1 - ELLIPSOID.es * math.sin(phi) ** 2
    across = math.radians(1) * ELLIPSOID.a * math.cos(phi) / math.sqrt(flat)
    along = math.radians(1) * ELLIPSOID.a * (1 - ELLIPSOID.es) / flat**1.5
    return across, along


def local_crs(longitude: float, latitude: float) -> CRS:
    """A metric CRS (azimuthal equidistant, metres) centred on a point in EPSG:4326."""
    return CRS.from_dict(
        {
            "proj": "aeqd",
            "lon_0": longitude,
            "lat_0": latitude,
            "datum": "WGS84",
            "units": "m",
            "type": "crs",
        }
    )


def distance_m(start: ArrayLike, end: ArrayLike) -> NDArray[np.float64]:
    """Geodesic distance in metres between points.

    Parameters
    ----------
    start, end : array_like of float, shape (n, 2)
        Longitude and latitude in degrees, EPSG:4326.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    a = np.asarray(start, dtype=np.float64).reshape(-1, 2)
    b = np.asarray(end, dtype=np.float64).reshape(-1, 2)
    _, _, metres = ELLIPSOID.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    return np.asarray(metres, dtype=np.float64)


def area_m2(geometry: Shape) -> float:
    """Geodesic area in square metres of a geometry in EPSG:4326; 0.0 for points and lines.

    Ring direction does not matter; holes are subtracted.
    """
    total = 0.0
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon" and not part.is_empty:
            outer, *holes = (
                abs(ELLIPSOID.geometry_area_perimeter(shapely.Polygon(ring))[0])
                for ring in shapely.get_rings(part)
            )
            total += outer - sum(holes)
    return total


def areas_m2(shapes: ArrayLike) -> NDArray[np.float64]:
    """As `area_m2`, for many shapes at once: those of a hectare and less by the scale in their
    middle, which differs by less than a millionth.

    Parameters
    ----------
    shapes : array_like of shapely geometry, shape (n,)
        EPSG:4326.
    """
    them = np.asarray(shapes, dtype=object)
    _, south, _, north = shapely.bounds(them).T
    middle = np.radians((south + north) / 2)
    flat = 1 - ELLIPSOID.es * np.sin(middle) ** 2
    square = math.radians(1) ** 2 * ELLIPSOID.a**2 * (1 - ELLIPSOID.es) * np.cos(middle) / flat**2
    areas: NDArray[np.float64] = np.nan_to_num(shapely.area(them) * square)
    large = np.flatnonzero((areas > HECTARE) | ((north - south) > 0.01))
    areas[large] = [area_m2(shape) for shape in them[large]]
    return areas


def length_m(geometry: Shape) -> float:
    """Geodesic length in metres of lines, or of all rings of polygons, in EPSG:4326."""
    lines = shapely.get_parts(geometry)
    total = 0.0
    for part in lines:
        for line in shapely.get_rings(part) if part.geom_type == "Polygon" else [part]:
            xy = shapely.get_coordinates(line)
            total += float(distance_m(xy[:-1], xy[1:]).sum())
    return total
