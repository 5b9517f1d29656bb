"""GDAL rasters, opened so that a file can only be what it says: the TIFF driver and no other.

GDAL guesses the kind of a file from its content, and some kinds name other files or addresses to
read. `GDALOpenEx` takes the list of drivers that may try; Django's wrapper has no way to say it.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from django.contrib.gis.gdal import Driver, GDALException, GDALRaster
from django.contrib.gis.gdal.libgdal import lgdal
from django.contrib.gis.gdal.raster.band import GDALBand
from numpy.typing import NDArray

__all__ = ["GDALException", "block_pixels", "opened", "overview_factor", "palette", "read"]

RASTER, READ_ONLY = 0x02, 0x00
Names = ctypes.c_char_p * 2

# By index: a function object of our own, because Django has declared its own of the same name.
_open = lgdal["GDALOpenEx"]
_open.restype = ctypes.c_void_p
_open.argtypes = [ctypes.c_char_p, ctypes.c_uint, Names, ctypes.c_void_p, ctypes.c_void_p]
_overviews = lgdal["GDALGetOverviewCount"]
_overviews.restype, _overviews.argtypes = ctypes.c_int, [ctypes.c_void_p]
_overview = lgdal["GDALGetOverview"]
_overview.restype, _overview.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]
_width = lgdal["GDALGetRasterBandXSize"]
_width.restype, _width.argtypes = ctypes.c_int, [ctypes.c_void_p]
_block = lgdal["GDALGetBlockSize"]
_block.restype = None
_block.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int)]
_table = lgdal["GDALGetRasterColorTable"]
_table.restype, _table.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
_entries = lgdal["GDALGetColorEntryCount"]
_entries.restype, _entries.argtypes = ctypes.c_int, [ctypes.c_void_p]
_entry = lgdal["GDALGetColorEntry"]
_entry.restype = ctypes.POINTER(ctypes.c_short * 4)
_entry.argtypes = [ctypes.c_void_p, ctypes.c_int]
_option = lgdal["CPLSetConfigOption"]
_option.restype, _option.argtypes = None, [ctypes.c_char_p, ctypes.c_char_p]


@contextmanager
def opened(path: Path) -> Iterator[GDALRaster | None]:
    """A GeoTIFF for reading, or None where GDAL's TIFF driver cannot read it."""
    Driver.ensure_registered()
    _option(b"GDAL_PAM_ENABLED", b"NO")  # nothing is read from, or written to, a file beside it
    pointer = _open(str(path).encode(), RASTER | READ_ONLY, Names(b"GTiff", None), None, None)
    if not pointer:
        yield None
        return
    raster = GDALRaster(ctypes.c_void_p(pointer))
    yield raster


def read(
    band: GDALBand, offset: tuple[int, int], size: tuple[int, int], shape: tuple[int, int]
) -> NDArray[np.uint8]:
    """A window of a band of 8 bits in `shape` (columns, rows) pixels; overviews are used."""
    memory = band.data(offset=offset, size=size, shape=shape, as_memoryview=True)
    return np.frombuffer(memory, dtype=np.uint8).reshape(shape[1], shape[0])


def block_pixels(band: GDALBand) -> int:
    """How many pixels have to be unpacked to read one."""
    across, down = ctypes.c_int(), ctypes.c_int()
    _block(_pointer(band), ctypes.byref(across), ctypes.byref(down))
    return across.value * down.value


def overview_factor(band: GDALBand) -> float:
    """How many times narrower than the band its smallest overview is; 1 without any."""
    whole = _pointer(band)
    widths = [_width(_overview(whole, n)) for n in range(_overviews(whole))]
    return float(band.width / min([*widths, band.width]))


def palette(band: GDALBand) -> NDArray[np.uint8] | None:
    """Red, green, blue and alpha of each number, shape (256, 4), where numbers mean colours."""
    table = _table(_pointer(band))
    if not table:
        return None
    colours = np.zeros((256, 4), dtype=np.uint8)
    for number in range(min(_entries(table), 256)):
        colours[number] = _entry(table, number).contents[:]
    return colours


def _pointer(band: GDALBand) -> ctypes.c_void_p:
    pointer: ctypes.c_void_p = band._ptr  # type: ignore[attr-defined]
    return pointer
