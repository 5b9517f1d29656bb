"""An outline out of what somebody typed, pasted, drew or brought: one shape fit to be a territory.

Text is one point a line, longitude first; an empty line begins another piece. Or it is GeoJSON.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import shapely
from django.conf import settings

from geogrid.coverage.rim import Pinched, settle_within
from geogrid.coverage.settling import edges_of
from geogrid.territory.geojson import as_geojson
from geogrid.territory.starting_errors import (
    OutlineCrosses,
    OutlineNotJson,
    OutlineOutside,
    OutlineSwapped,
    OutlineTooShort,
    OutlineTooSmall,
    OutlineUnreadable,
)
from layers.basemap.window import window_from
from layers.datum.lattice import STEP, snap
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape, listed

__all__ = ["one_piece", "outline_of", "polygons_in_text", "usable_outline"]

LEAST_M2 = 1_000.0
NUMBERS = re.compile(
    r"^\s*\(?\s*(-?\d+(?:\.\d+)?)\s*°?\s*[,;\s，；]\s*(-?\d+(?:\.\d+)?)\s*°?\s*\)?\s*,?\s*$"
)


def outline_of(text: str) -> shapely.MultiPolygon:
    """The territory that a text describes, on the lattice.

    Raises what `polygons_in_text` and `usable_outline` raise.
    """
    return usable_outline(polygons_in_text(text))


def one_piece(text: str) -> Shape:
    """A point, or the outline of one piece, on the lattice: how a compound is written.

    Raises what `polygons_in_text` raises, and OutlineCrosses.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and lines[0].lstrip()[:1] not in ("{", "["):
        found = NUMBERS.match(lines[0])
        if found is None:
            raise OutlineUnreadable(line=1, text=lines[0].strip()[:40])
        x, y = float(found[1]), float(found[2])
        if abs(x) > 180 or abs(y) > 90:
            raise OutlineSwapped(line=1, x=found[1], y=found[2])
        return snap(shapely.Point(x, y))
    shape = snap(polygons_in_text(text)[0])
    if not shape.is_valid:
        raise _crosses(_fault(shape))
    return shape


def polygons_in_text(text: str) -> list[Shape]:
    """The polygons of a text, EPSG:4326, as they are written.

    Raises
    ------
    OutlineUnreadable, OutlineNotJson, OutlineSwapped, OutlineTooShort
    """
    if text.lstrip()[:1] in ("{", "["):
        return _polygons_of_json(text)
    pieces: list[list[tuple[float, float]]] = [[]]
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            if pieces[-1]:
                pieces.append([])
            continue
        found = NUMBERS.match(line)
        if found is None:
            raise OutlineUnreadable(line=number, text=line.strip()[:40])
        x, y = float(found[1]), float(found[2])
        if abs(x) > 180 or abs(y) > 90:
            raise OutlineSwapped(line=number, x=found[1], y=found[2])
        pieces[-1].append((x, y))
    kept = [piece for piece in pieces if piece]
    if not kept:
        raise OutlineTooShort(piece=1, count=0)
    for number, piece in enumerate(kept, start=1):
        if len(set(piece)) < 3:
            raise OutlineTooShort(piece=number, count=len(set(piece)))
    return [shapely.Polygon(piece) for piece in kept]


def usable_outline(shapes: list[Shape]) -> shapely.MultiPolygon:
    """Polygons as one territory: valid, on the lattice, inside the installation's window.

    Raises
    ------
    OutlineCrosses
        Where a polygon crosses itself, or comes within a centimetre of itself.
    OutlineTooSmall, OutlineOutside
    """
    snapped = [snap(shape) for shape in shapes]
    for shape in snapped:
        if not shape.is_valid:
            raise _crosses(_fault(shape))
    merged = shapely.union_all(listed(snapped), grid_size=STEP) if len(snapped) > 1 else snapped[0]
    parts = [part for part in shapely.get_parts(merged) if part.geom_type == "Polygon"]
    outline = shapely.MultiPolygon(parts)
    if not outline.is_valid:
        raise _crosses(_fault(outline))
    size = 0.0 if outline.is_empty else area_m2(outline)
    if size < LEAST_M2:
        raise OutlineTooSmall(area=f"{size:,.0f}")
    west, south, east, north = window_from(settings.GEOGRID_WINDOW)
    x0, y0, x1, y1 = outline.bounds
    if x0 < west or y0 < south or x1 > east or y1 > north:
        raise OutlineOutside(west=west, south=south, east=east, north=north)
    try:
        settle_within(edges_of([outline]), outline)
    except Pinched as problem:
        raise _crosses(problem.place) from problem
    return outline


def _polygons_of_json(text: str) -> list[Shape]:
    try:
        document = json.loads(text)
        shapes = [shapely.from_geojson(json.dumps(one)) for one in _geometries(document)]
    except (ValueError, KeyError, TypeError, RecursionError, shapely.errors.ShapelyError):
        raise OutlineNotJson from None
    parts = [p for p in shapely.get_parts(shapely.force_2d(shapes)) if p.geom_type == "Polygon"]
    xy = shapely.get_coordinates(parts)
    if not len(xy) or not np.isfinite(xy).all():
        raise OutlineNotJson
    off = np.flatnonzero((np.abs(xy) > (180, 90)).any(axis=1))
    if len(off):
        x, y = xy[off[0]]
        raise OutlineSwapped(line=1, x=f"{x:g}", y=f"{y:g}")
    return parts


def _geometries(document: Any) -> list[Any]:
    if isinstance(document, list):  # bare rings, as some tools copy them
        return [{"type": "Polygon", "coordinates": document}]
    kind = document["type"]
    if kind == "FeatureCollection":
        return [one["geometry"] for one in document["features"] if one["geometry"]]
    return [document["geometry"]] if kind == "Feature" else [document]


def _fault(shape: Shape) -> tuple[float, float]:
    """Where a shape is invalid, as GEOS says it: `Self-intersection[113.25 30.55]`."""
    found = re.search(r"\[(\S+) (\S+?)\]", shapely.is_valid_reason(shape))
    if found:
        return float(found[1]), float(found[2])
    x, y = shapely.get_coordinates(shape)[0]
    return float(x), float(y)


def _crosses(place: tuple[float, float]) -> OutlineCrosses:
    x, y = place
    return OutlineCrosses(place=f"{y:.6f}, {x:.6f}", where=as_geojson(shapely.Point(x, y)))
