"""The only place where Django's geometries become shapely's, and back: as WKB bytes.

Bytes keep every coordinate bit for bit; text or a projection would not.
"""

import shapely
from django.contrib.gis.geos import GEOSGeometry

SRID = 4326


def to_shapely(geometry: GEOSGeometry) -> shapely.Geometry:
    """The same geometry for the kernels; EPSG:4326, the only CRS stored."""
    return shapely.from_wkb(bytes(geometry.wkb))


def from_shapely(geometry: shapely.Geometry, *, multi: bool = False) -> GEOSGeometry:
    """The same geometry for a model field; `multi` turns a Polygon into a MultiPolygon."""
    if multi and geometry.geom_type == "Polygon":
        geometry = shapely.MultiPolygon([geometry])
    return GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=SRID)
