"""Django and pyogrio share one GDAL, whichever of them a thread uses first."""

import os
import subprocess
import sys

DJANGO_FIRST = """
import ctypes, django
django.setup()
from django.contrib.gis.gdal.libgdal import lgdal
lgdal.CPLFindFile.restype = ctypes.c_char_p
found = lgdal.CPLFindFile(b"gdal", b"header.dxf")
import pyogrio
assert found, "GDAL's own data files are not found"
"""


def test_pyogrio_comes_after_a_raster_was_drawn() -> None:
    command = [sys.executable, "-c", DJANGO_FIRST]
    fresh = {name: value for name, value in os.environ.items() if name != "GDAL_DATA"}
    done = subprocess.run(command, env=fresh, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-600:]
