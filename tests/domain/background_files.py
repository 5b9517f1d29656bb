"""Small MBTiles, GeoTIFF and PDF files, made for a test."""

import io
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from django.contrib.gis.gdal import GDALRaster
from PIL import Image

from layers.backgrounds import mercator

Number = tuple[int, int, int]


def picture(colour: tuple[int, ...] = (200, 30, 30), size: tuple[int, int] = (256, 256)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "PNG")
    return target.getvalue()


def pixel(content: bytes, x: int, y: int) -> tuple[int, ...]:
    found = Image.open(io.BytesIO(content)).convert("RGBA").getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def tile_at(longitude: float, latitude: float, zoom: int) -> Number:
    """z, x, y of the tile over a place."""
    [[x, y]] = mercator.to_metres([longitude, latitude])
    size = 2 * mercator.HALF_WORLD / 2**zoom
    return zoom, int((x + mercator.HALF_WORLD) / size), int((mercator.HALF_WORLD - y) / size)


def mbtiles(path: Path, tiles: Mapping[Number, bytes], **metadata: str) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE metadata (name text, value text)")
        connection.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer,"
            " tile_row integer, tile_data blob)"
        )
        connection.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        for (zoom, x, y), content in tiles.items():
            row = (zoom, x, 2**zoom - 1 - y, content)
            connection.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", row)
    return path


def geotiff(
    path: Path, pixels: np.ndarray, *, srid: int, geotransform: list[float], **more: Any
) -> Path:
    """Write `pixels` of shape (rows, columns, bands)."""
    rows, columns, bands = pixels.shape
    raster = GDALRaster(
        {
            "driver": "GTiff",
            "name": str(path),
            "width": columns,
            "height": rows,
            "srid": srid,
            "datatype": 1 if pixels.dtype == np.uint8 else 2,
            "bands": [{"data": np.ascontiguousarray(pixels[..., n])} | more for n in range(bands)],
            "papsz_options": {"tiled": "yes", "compress": "deflate"},
        }
    )
    raster.geotransform = geotransform
    del raster
    return path


def pdf(pages: int = 1) -> bytes:
    """A PDF of white pages of 100 by 50 mm, each with a black square in its upper left corner."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        page = document.new_page(283, 142)
        square = raw.FPDFPageObj_CreateNewRect(0, 112, 30, 30)
        raw.FPDFPageObj_SetFillColor(square, 0, 0, 0, 255)
        raw.FPDFPath_SetDrawMode(square, raw.FPDF_FILLMODE_ALTERNATE, False)
        raw.FPDFPage_InsertObject(page, square)
        page.gen_content()
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
