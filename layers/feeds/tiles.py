"""One vector tile of several layers, put together by PostgreSQL in one query.

Tiles are drawn in Web Mercator because every map library expects it; what is stored stays in
EPSG:4326, and nothing measured ever comes out of a tile.
"""

import math
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import GeoFunc, Transform
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import BinaryField, F, Func, QuerySet, Value

from layers.feeds.registry import TileLayer, TilePart

__all__ = ["MAX_ZOOM", "tile", "tile_bounds"]

MAX_ZOOM = 18
EXTENT = 4096
BUFFER = 96  # of 4096: streets are up to 32 px wide and must not be cut at the tile's edge
WEB_MERCATOR = 3857
# Half a pixel of a 256 px tile, in units of the tile.
CRUMB = EXTENT / 512


class TileGeometry(Func):
    """`ST_AsMVTGeom`: clipped to the tile and in its whole units.

    Said to be no geometry, or Django would ask for its bytes, and ST_AsMVT wants the shape.
    """

    function = "ST_AsMVTGeom"
    output_field = BinaryField()


class Simplify(GeoFunc):
    """`ST_Simplify` that keeps a shape rather than losing it."""

    function = "ST_Simplify"
    output_field = GeometryField(srid=4326)


class TileEnvelope(Func):
    function = "ST_TileEnvelope"
    output_field = GeometryField(srid=WEB_MERCATOR)


def tile(layers: list[TileLayer], zoom: int, column: int, row: int) -> bytes:
    """Return the tile with every layer that is drawn at `zoom`; b"" where there is nothing.

    Raises
    ------
    ValueError
        When there is no such tile.
    """
    if not (0 <= zoom <= MAX_ZOOM and 0 <= column < 2**zoom and 0 <= row < 2**zoom):
        raise ValueError(f"there is no tile {zoom}/{column}/{row}")
    pieces: list[str] = []
    params: list[Any] = []
    for layer in layers:
        if zoom < layer.zoom_from:
            continue
        inner, inner_params = _rows_sql(layer, zoom, column, row)
        names = "".join(f", {name}" for name in layer.names)
        # Layer and column names come from the registry, never from a request.
        pieces.append(
            f"coalesce((SELECT ST_AsMVT(t, '{layer.key}', {EXTENT}, 'shape') "  # noqa: S608
            f"FROM ({inner}) AS t(shape{names}) WHERE shape IS NOT NULL), '')"
        )
        params += inner_params
    if not pieces:
        return b""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " || ".join(pieces), params)
        return bytes(cursor.fetchone()[0])


def _rows_sql(layer: TileLayer, zoom: int, column: int, row: int) -> tuple[str, list[Any]]:
    statements: list[str] = []
    params: list[Any] = []
    for part in layer.parts:
        sql, part_params = _part(part, zoom, column, row).query.sql_with_params()
        statements.append(f"({sql})")
        params += part_params
    return " UNION ALL ".join(statements), params


def _part(part: TilePart, zoom: int, column: int, row: int) -> QuerySet[Any]:
    window = Polygon.from_bbox(tile_bounds(zoom, column, row, margin=BUFFER / EXTENT))
    window.srid = 4326
    shape: Any = F(part.geometry)
    if zoom < 15:
        # Before the projection, which costs more than anything else here, vertex by vertex.
        shape = Simplify(shape, Value(_degrees_per_unit(window) * CRUMB), Value(True))
    flat = Transform(shape, WEB_MERCATOR)
    drawn = TileGeometry(
        flat, TileEnvelope(Value(zoom), Value(column), Value(row)), EXTENT, BUFFER, Value(True)
    )
    names = [f"feed_{name}" for name in part.columns]
    columns = {
        f"feed_{name}": F(source) if isinstance(source, str) else source
        for name, source in part.columns.items()
    }
    return (
        part.rows(zoom)
        .filter(**{f"{part.geometry}__bboverlaps": window})
        .annotate(feed_shape=drawn, **columns)
        .values_list("feed_shape", *names)
    )


def tile_bounds(
    zoom: int, column: int, row: int, margin: float = 0.0
) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a tile in degrees; `margin` in tile widths."""
    size = 2**zoom

    def longitude(x: float) -> float:
        return max(min(x / size * 360 - 180, 180), -180)

    def latitude(y: float) -> float:
        inside = max(min(y, size), 0)
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * inside / size))))

    return (
        longitude(column - margin),
        latitude(row + 1 + margin),
        longitude(column + 1 + margin),
        latitude(row - margin),
    )


def _degrees_per_unit(window: Polygon) -> float:
    """Degrees that one unit of the tile spans north to south, the narrower way off the equator."""
    _, south, _, north = window.extent
    return (north - south) / (1 + 2 * BUFFER / EXTENT) / EXTENT
