"""Find the GDAL and GEOS that came inside the pyogrio and shapely wheels.

Debian 12's GDAL 3.6 cannot be told to keep away from files and the network (Django's gis.W001),
the one in pyogrio's wheel can. File names in wheels carry a hash, so they are searched for.
"""

import ctypes
import os
from importlib.util import find_spec
from pathlib import Path


def bundled_library(package: str, pattern: str) -> str | None:
    """Path of the library matching `pattern` in PACKAGE.libs, or None where there is none."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    for libraries in (folder.with_name(f"{package}.libs"), folder / ".dylibs"):
        for path in sorted(libraries.glob(pattern)):
            return str(path)
    return None


def gdal_library() -> str | None:
    """pyogrio's GDAL with its own projection database, or None: Django then looks for Debian's."""
    path = bundled_library("pyogrio", "libgdal[-.]*")
    if path is None:
        return None
    package = Path(path).parent.with_name("pyogrio")
    # GDAL remembers in each thread where it looked first: a thread that drew a GeoTIFF before it
    # read a file would find pyogrio refusing to be imported.
    os.environ.setdefault("GDAL_DATA", str(package / "gdal_data"))
    proj_data = package / "proj_data"
    if proj_data.is_dir():
        _search_projections_in(path, proj_data)
    return path


def geos_library() -> str | None:
    """shapely's GEOS, or None: Django then looks for Debian's."""
    return bundled_library("shapely", "libgeos_c[-.]*")


def _search_projections_in(gdal: str, folder: Path) -> None:
    # Without this GDAL looks for proj.db where its builder had it, and every CRS is unknown.
    paths = (ctypes.c_char_p * 2)(str(folder).encode(), None)
    ctypes.CDLL(gdal).OSRSetPROJSearchPaths(paths)
