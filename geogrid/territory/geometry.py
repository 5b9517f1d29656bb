"""The only place where Django's geometries become shapely's, and back: as WKB bytes.

Bytes keep every coordinate bit for bit; text or a projection would not.
"""

from typing import Any, Literal, overload

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point

from layers.datum.shapes import Shape

SRID = 4326


def to_shapely(geometry: GEOSGeometry) -> Shape:
    """The same geometry for the kernels; EPSG:4326, the only CRS stored."""
    return shapely.from_wkb(bytes(geometry.wkb))


@overload
def from_shapely(geometry: shapely.Point) -> Point: ...
@overload
def from_shapely(geometry: Shape, *, multi: Literal[True]) -> MultiPolygon: ...
@overload
def from_shapely(geometry: Shape) -> GEOSGeometry: ...
def from_shapely(geometry: Shape, *, multi: bool = False) -> Any:
    """The same geometry for a model field; `multi` turns a Polygon into a MultiPolygon."""
    if multi and isinstance(geometry, shapely.Polygon):
        geometry = shapely.MultiPolygon([geometry])
    return GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=SRID)


def single(shape: Shape) -> Shape:
    """A MultiPolygon of one piece as that piece: the same land in the same form everywhere."""
    parts = shapely.get_parts(shape)
    only: Shape = parts[0] if len(parts) == 1 else shape
    return only
