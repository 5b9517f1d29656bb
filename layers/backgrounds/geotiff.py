"""GeoTIFF as tiles: each pixel of a tile is looked up in the file, whatever its system and turn.

A tile's pixels are taken to the file's coordinate system (exactly on a coarse net, between its
knots by interpolation), then to columns and rows. The window is read at twice the tile's resolution
and halved, so that thin lines of a scan stay lines further out.
"""

import io
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.contrib.gis.gdal import GDALRaster
from numpy.typing import NDArray
from PIL import Image
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from layers.backgrounds import mercator
from layers.backgrounds.errors import FileGone, NoPlaceOnEarth, NotColours, NotTiles, RasterTooLarge
from layers.backgrounds.rasters import (
    GDALException,
    block_pixels,
    opened,
    overview_factor,
    palette,
    read,
)
from layers.backgrounds.tile import Tile

__all__ = ["GeotiffFacts", "look_at", "tile"]

FINE = 2 * mercator.TILE
NET = 33  # knots along each side of a tile
MOST_PIXELS, MOST_BLOCK = 6_000_000_000, 16_000_000
MOST_READ = 16_000_000  # pixels unpacked for one tile
MOST_ZOOM = 22
BYTE = 1
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GeotiffFacts:
    """What zooms a file is good for, and where it lies (degrees)."""

    min_zoom: int
    max_zoom: int
    bounds: list[float]


def look_at(path: Path) -> GeotiffFacts:
    """What a file holds.

    Raises FileGone, NotTiles, NoPlaceOnEarth, NotColours, RasterTooLarge.
    """
    if not path.is_file():
        raise FileGone(name=path.name)
    try:
        with opened(path) as raster:
            if raster is None:
                raise NotTiles
            return _facts(raster)
    except (GDALException, CRSError, MemoryError):
        raise NotTiles from None


def _facts(raster: GDALRaster) -> GeotiffFacts:
    bands = [raster.bands[n] for n in range(len(raster.bands))]
    if raster.srs is None or list(raster.geotransform) == [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]:
        raise NoPlaceOnEarth
    _net_of(raster.srs.wkt)
    if len(bands) > 4 or any(band.datatype() != BYTE for band in bands):
        kinds = sorted({band.datatype(as_string=True)[4:] for band in bands})
        raise NotColours(found=f"{len(bands)} × {', '.join(kinds)}")
    width, height = raster.width, raster.height
    if width * height > MOST_PIXELS or block_pixels(bands[0]) > MOST_BLOCK:
        raise RasterTooLarge
    edge = np.linspace(0, 1, 9)
    around = np.concatenate(
        [np.column_stack(side) for side in (
            (edge * width, 0 * edge), (edge * width, 0 * edge + height),
            (0 * edge, edge * height), (0 * edge + width, edge * height),
        )]
    )  # fmt: skip
    there = Transformer.from_crs(CRS.from_wkt(raster.srs.wkt), 3857, always_xy=True)
    matrix = _matrix(raster)
    metres = np.column_stack(there.transform(*(around @ matrix[:, :2].T + matrix[:, 2]).T))
    if not np.isfinite(metres).all() or np.abs(metres).max() > 1.01 * mercator.HALF_WORLD:
        raise NoPlaceOnEarth
    low, high = metres.min(axis=0), metres.max(axis=0)
    pixel = math.sqrt(float(np.prod(high - low)) / (width * height))
    finest = math.log2(2 * mercator.HALF_WORLD / mercator.TILE / pixel)
    most = max(0, min(MOST_ZOOM, math.ceil(finest - 0.2)))
    return GeotiffFacts(
        min_zoom=_first_zoom(most, width * height, overview_factor(bands[0])),
        max_zoom=most,
        bounds=[float(round(one, 7)) for one in mercator.to_degrees([low, high]).reshape(-1)],
    )


def _first_zoom(most: int, pixels: int, factor: float) -> int:
    """Below it one tile would unpack too much of the file."""
    if pixels / factor**2 <= MOST_READ:
        return 0
    steps = math.log2(math.sqrt(MOST_READ) / mercator.TILE * factor)
    return max(0, math.ceil(most - steps))


def tile(path: Path, zoom: int, x: int, y: int) -> Tile | None:
    """The picture of a tile, or None beside the file's ground. Raises FileGone, NotTiles."""
    if not path.is_file():
        raise FileGone(name=path.name)
    try:
        with opened(path) as raster:
            if raster is None:
                raise NotTiles
            drawn = _drawn(raster, mercator.tile_box(zoom, x, y))
    except (GDALException, CRSError, MemoryError):
        raise NotTiles from None
    if drawn is None:
        return None
    target = io.BytesIO()
    if drawn.getchannel("A").getextrema()[0] == 255:
        drawn.convert("RGB").save(target, "JPEG", quality=88)
        return Tile(target.getvalue(), "image/jpeg")
    drawn.save(target, "PNG", compress_level=3)
    return Tile(target.getvalue(), "image/png")


def _drawn(raster: GDALRaster, box: tuple[float, float, float, float]) -> Image.Image | None:
    columns, rows = _places(raster, box)
    width, height = raster.width, raster.height
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    if not inside.any():
        return None
    left, right = int(columns[inside].min()), int(columns[inside].max()) + 1
    top, bottom = int(rows[inside].min()), int(rows[inside].max()) + 1
    size = (right - left, bottom - top)
    # As many pixels as the tile shows of it, so that overviews serve.
    shown = math.sqrt(inside.mean()) * FINE
    step = max(1.0, math.sqrt(size[0] * size[1]) / max(shown, 1))
    shape = (max(1, math.ceil(size[0] / step)), max(1, math.ceil(size[1] / step)))
    colours = _colours(raster, (left, top), size, shape)
    across = ((columns - left) * shape[0] / size[0]).astype(np.int32)
    down = ((rows - top) * shape[1] / size[1]).astype(np.int32)
    fine = colours[np.clip(down, 0, shape[1] - 1), np.clip(across, 0, shape[0] - 1)]
    fine[~inside, 3] = 0
    return Image.fromarray(fine).resize((mercator.TILE, mercator.TILE), Image.Resampling.BOX)


def _places(raster: GDALRaster, box: tuple[float, float, float, float]) -> tuple[Points, Points]:
    """Columns and rows of the file for each pixel of a fine tile, shape (512, 512) each."""
    west, south, east, north = box
    knots = (np.linspace(0, FINE, NET)) / FINE
    grid_x, grid_y = np.meshgrid(west + (east - west) * knots, north + (south - north) * knots)
    there = _net_of(raster.srs.wkt) if raster.srs else None
    xs, ys = there.transform(grid_x.ravel(), grid_y.ravel()) if there else (grid_x, grid_y)
    matrix = _matrix(raster)
    places = np.linalg.solve(
        matrix[:, :2], np.stack([np.ravel(xs), np.ravel(ys)]) - matrix[:, 2:]
    ).reshape(2, NET, NET)
    places[~np.isfinite(places)] = -1e9
    at = (np.arange(FINE) + 0.5) / FINE * (NET - 1)
    knot = np.minimum(at.astype(int), NET - 2)
    share = at - knot
    along = places[:, :, knot] * (1 - share) + places[:, :, knot + 1] * share
    whole = along[:, knot] * (1 - share)[:, None] + along[:, knot + 1] * share[:, None]
    return whole[0], whole[1]


def _colours(
    raster: GDALRaster, offset: tuple[int, int], size: tuple[int, int], shape: tuple[int, int]
) -> NDArray[np.uint8]:
    """Red, green, blue and alpha of a window, shape (rows, columns, 4)."""
    bands = [raster.bands[n] for n in range(len(raster.bands))]
    read_in = [read(band, offset, size, shape) for band in bands]
    colours = np.empty((shape[1], shape[0], 4), dtype=np.uint8)
    table = palette(bands[0]) if len(bands) == 1 else None
    if table is not None:
        colours = table[read_in[0]]
    else:
        grey = len(bands) < 3
        for channel in range(3):
            colours[..., channel] = read_in[0 if grey else channel]
        colours[..., 3] = read_in[-1] if len(bands) in (2, 4) else 255
    empty = bands[0].nodata_value
    if empty is not None:
        blank = np.all([values == empty for values in read_in[:3]], axis=0)
        colours[blank, 3] = 0
    return colours


def _matrix(raster: GDALRaster) -> Points:
    """Column and row to the file's coordinates, shape (2, 3)."""
    x, per_column_x, per_row_x, y, per_column_y, per_row_y = raster.geotransform
    return np.array([[per_column_x, per_row_x, x], [per_column_y, per_row_y, y]])


@lru_cache(maxsize=32)
def _net_of(wkt: str) -> Transformer | None:
    """From Web Mercator to the file's system; None where it is the same. Raises NoPlaceOnEarth."""
    try:
        system = CRS.from_wkt(wkt)
    except CRSError:
        raise NoPlaceOnEarth from None
    if not (system.is_projected or system.is_geographic or system.is_compound):
        raise NoPlaceOnEarth
    if system.to_epsg() == 3857:
        return None
    return Transformer.from_crs(3857, system, always_xy=True)
