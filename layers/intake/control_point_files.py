"""Control points out of a table: local coordinates and the places they stand for."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from layers.datum.control_points import ControlFit, Degenerate, Kind, fit
from layers.datum.shapes import listed
from layers.intake.coordinates import named_crs, to_degrees
from layers.intake.encodings import as_text, decide
from layers.intake.errors import Unusable
from layers.intake.sentences import gettext as _

__all__ = ["read_control_points"]

HEADERS = {
    "local_x": ("local_x", "source_x", "本地x", "地方x", "图上x", "local_e"),
    "local_y": ("local_y", "source_y", "本地y", "地方y", "图上y", "local_n"),
    "x": ("lon", "lng", "longitude", "经度", "x", "e", "east", "easting", "东"),
    "y": ("lat", "latitude", "纬度", "y", "n", "north", "northing", "北"),
    "name": ("name", "point", "点名", "点号", "名称"),
}
DEGREES = ("lon", "lng", "longitude", "经度")


def read_control_points(
    path: Path, *, crs: str | None = None, kind: Kind = "similarity"
) -> tuple[ControlFit, list[str]]:
    """Fit the control points of a CSV file; returns the fit and the points' names.

    Parameters
    ----------
    path : Path
        Columns local_x, local_y and lon, lat (degrees) or x, y (in `crs`, easting first); name is
        optional. Headers in Chinese are known too. Comma, semicolon or tab; UTF-8 or GB18030.
    crs : str, optional
        Of x and y, and the system to fit in when it is a projected one.

    Raises
    ------
    Unusable
        Names the row that cannot be read, or why the points fix nothing.
    """
    if not path.is_file():
        raise Unusable(_("%(path)s does not exist.") % {"path": path}, path=str(path))
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    rows = _rows(as_text(data, decide(data.splitlines()).name))
    columns = _columns(path, list(rows[0]) if rows else [])
    numbers = np.array(
        [[_number(path, row, n, columns[c]) for c in ("local_x", "local_y", "x", "y")]
         for n, row in enumerate(rows, start=2)]
    )  # fmt: skip
    names = [
        (row.get(columns.get("name", "")) or "").strip() or f"#{number}"
        for number, row in enumerate(rows, start=1)
    ]
    local, places = numbers[:, :2], numbers[:, 2:]
    system = named_crs(crs) if crs else None
    if columns["x"].strip().lower() not in DEGREES and system is None:
        raise Unusable(
            _(
                "%(path)s: x and y need --crs, such as --crs EPSG:4549; or give lon"
                " and lat in degrees."
            )
            % {"path": path},
            path=str(path),
        )
    if columns["x"].strip().lower() not in DEGREES and system is not None:
        points = to_degrees(listed(shapely.points(places)), system)
        places = shapely.get_coordinates(points)
    if (np.abs(places) > (180, 90)).any():
        row = int(np.argmax((np.abs(places) > (180, 90)).any(axis=1)))
        raise Unusable(
            _(
                "%(path)s: %(name)s is at %(x)s %(y)s, which is no longitude and "
                "latitude in degrees."
            )
            % {
                "path": path,
                "name": names[row],
                "x": f"{places[row, 0]:g}",
                "y": f"{places[row, 1]:g}",
            },
            path=str(path),
        )
    metric = system if isinstance(system, CRS) and system.is_projected else None
    try:
        return fit(local, places, kind=kind, crs=metric), names
    except Degenerate as problem:
        named = " and ".join(names[point] for point in problem.points)
        raise Unusable(
            _("%(path)s: %(problem)s. Choose points far apart, around the whole area.")
            % {"path": path, "problem": f"{problem} ({named})" if named else problem},
            path=str(path),
        ) from problem


def _rows(text: str) -> list[dict[str, str]]:
    first = text.split("\n", 1)[0]
    comma = max(",;\t", key=first.count)
    return [row for row in csv.DictReader(text.splitlines(), delimiter=comma) if any(row.values())]


def _columns(path: Path, headers: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for meaning, known in HEADERS.items():
        for header in headers:
            if (header or "").strip().lower() in known:
                found.setdefault(meaning, header)
    missing = [meaning for meaning in ("local_x", "local_y", "x", "y") if meaning not in found]
    if missing:
        raise Unusable(
            _(
                "%(path)s needs the columns local_x, local_y, lon, lat (or x, y); "
                "it has: %(columns)s."
            )
            % {"path": path, "columns": ", ".join(map(str, headers)) or "none"},
            path=str(path),
        )
    return found


def _number(path: Path, row: dict[str, str], line: int, column: str) -> float:
    text = (row.get(column) or "").strip()
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Unusable(
            _("%(path)s: line %(line)s: %(column)s is %(text)s, not a number.")
            % {"path": path, "line": line, "column": column, "text": f"{text!r}"},
            path=str(path),
            line=line,
        )
    return number
