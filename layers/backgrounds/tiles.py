"""The tile of any background, wherever it comes from."""

from pathlib import Path

from layers.backgrounds import asked_outside, geotiff, mbtiles, mercator
from layers.backgrounds.models import Background
from layers.backgrounds.tile import Tile

__all__ = ["file_of", "tile_of"]


def tile_of(background: Background, zoom: int, x: int, y: int) -> Tile | None:
    """One tile, or None where there is nothing. Raises BackgroundRefused."""
    inside = background.min_zoom <= zoom <= background.max_zoom
    if not inside or not mercator.within(zoom, x, y):
        return None
    if background.outside:
        return asked_outside.tile(background, zoom, x, y)
    reader = mbtiles if background.kind == Background.Kind.MBTILES else geotiff
    return reader.tile(file_of(background), zoom, x, y)


def file_of(background: Background) -> Path:
    """Where the file of a background lies."""
    return Path(background.path or background.file.path)
