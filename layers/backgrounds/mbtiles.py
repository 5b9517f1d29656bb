"""MBTiles: tiles in one SQLite file, counted from the south. Read only, and never trusted.

The file is somebody's database: nothing in it is run but the two queries below, no extension is
loaded, and a query that takes long (a view may hide a loop) is broken off.
"""

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from layers.backgrounds.errors import FileGone, NoTilesInside, VectorTiles
from layers.backgrounds.tile import Tile, kind_of

__all__ = ["MbtilesFacts", "look_at", "tile"]

MOST_BYTES = 4 * 1024 * 1024  # of one tile
STEPS, MOST_STEPS = 10_000, 2_000
MOST_ZOOM = 22
SIGNATURE = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class MbtilesFacts:
    """What a file says of itself; `bounds` in degrees, None where it says nothing."""

    min_zoom: int
    max_zoom: int
    bounds: list[float] | None
    attribution: str
    name: str


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise FileGone(name=path.name)
    # immutable: no lock and no journal is ever looked for beside it
    address = f"file:{quote(str(path))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
            left = iter(range(MOST_STEPS))
            connection.set_progress_handler(lambda: next(left, None) is None, STEPS)
            yield connection
    except sqlite3.Error:
        raise NoTilesInside from None


def tile(path: Path, zoom: int, x: int, y: int) -> Tile | None:
    """The picture of a tile, or None where the file has none. Raises FileGone, NoTilesInside."""
    with _opened(path) as connection:
        row = connection.execute(
            "SELECT tile_data FROM tiles"
            " WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1",
            (zoom, x, 2**zoom - 1 - y),
        ).fetchone()
    if row is None or not isinstance(row[0], bytes) or len(row[0]) > MOST_BYTES:
        return None
    media_type = kind_of(row[0])
    return Tile(row[0], media_type) if media_type else None


def look_at(path: Path) -> MbtilesFacts:
    """What the file holds. Raises FileGone, NoTilesInside, VectorTiles."""
    with _opened(path) as connection:
        told = {
            str(key): str(value)
            for key, value in connection.execute("SELECT name, value FROM metadata LIMIT 100")
        }
        zooms = connection.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        sample = connection.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
    if sample is None or not all(isinstance(zoom, int) for zoom in zooms):
        raise NoTilesInside
    content = sample[0] if isinstance(sample[0], bytes) else b""  # a column holds what it likes
    if told.get("format") == "pbf" or content[:2] == b"\x1f\x8b":
        raise VectorTiles
    if kind_of(content) is None:
        raise NoTilesInside
    return MbtilesFacts(
        min_zoom=max(0, min(zooms[0], MOST_ZOOM)),
        max_zoom=max(0, min(zooms[1], MOST_ZOOM)),
        bounds=_bounds(told.get("bounds", "")),
        attribution=_plain(told.get("attribution", "")),
        name=told.get("name", "")[:80],
    )


def _plain(words: str) -> str:
    """Often a piece of HTML; then whoever brings the file types it."""
    return "" if "<" in words else words[:200]


def _bounds(words: str) -> list[float] | None:
    try:
        west, south, east, north = (float(part) for part in words.split(","))
    except ValueError:
        return None
    good = all(map(math.isfinite, (west, south, east, north))) and west < east and south < north
    return [west, south, east, north] if good else None
