"""The outline of the area an extract is clipped to: from a GeoJSON file or the extract itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import shapely

from layers.datum.lattice import snap
from layers.intake.errors import BoundaryMissing, FileUnreadable, WrongCoordinates
from layers.intake.osm import Extract

WORLD_CRS = ("CRS84", "EPSG::4326", "EPSG:4326")


def read_outline(path: Path) -> shapely.MultiPolygon:
    """Read all polygons of a GeoJSON file as one valid outline on the lattice.

    Raises FileUnreadable for a missing or broken file, WrongCoordinates when its numbers are not
    longitude and latitude, BoundaryMissing when it holds no usable polygon.
    """
    if not path.is_file():
        raise FileUnreadable(f"There is no file {path}.", path=str(path))
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        shapes = [shapely.from_geojson(json.dumps(shape)) for shape in _geometries(document)]
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
        raise FileUnreadable(
            f"{path} is not a GeoJSON file with polygons: {error}", path=str(path)
        ) from error
    _refuse_other_crs(document, path)
    polygons = [part for part in shapely.get_parts(shapes) if part.geom_type == "Polygon"]
    if not polygons:
        raise BoundaryMissing(f"{path} holds no polygon.", path=str(path))
    _refuse_impossible_numbers(polygons, path)
    merged = shapely.union_all([snap(polygon) for polygon in polygons], grid_size=1e-7)
    return _as_outline(merged, str(path))


def outline_in_extract(extract: Extract, name: str) -> shapely.MultiPolygon:
    """Find the administrative boundary called `name` in the extract itself.

    Raises BoundaryMissing, naming `--boundary`, when it is absent or does not close.
    """
    found = [
        record
        for record in extract.boundaries
        if record.name == name and record.tags.get("boundary") == "administrative"
    ]
    if found:
        widest = max(found, key=lambda record: shapely.area(record.geometry))
        return _as_outline(snap(widest.geometry), name)
    broken = extract.broken_boundaries.get(name)
    reason = (
        f"The boundary of {name} in this file (relation {', '.join(broken)}) does not close:"
        " a way of it is missing."
        if broken
        else f"This file holds no administrative boundary called {name}."
    )
    raise BoundaryMissing(
        f"{reason} Give the outline as a GeoJSON file with --boundary FILE.",
        area=name,
        relations=broken or [],
    )


def _geometries(document: dict) -> list[dict]:
    kind = document["type"]
    if kind == "FeatureCollection":
        return [feature["geometry"] for feature in document["features"] if feature["geometry"]]
    return [document["geometry"]] if kind == "Feature" else [document]


def _refuse_other_crs(document: dict, path: Path) -> None:
    named = str((document.get("crs") or {}).get("properties", {}).get("name", ""))
    if named and not named.endswith(WORLD_CRS):
        raise WrongCoordinates(
            f"{path} says that it is in {named}. An outline has to be in WGS 84 longitude and"
            " latitude (EPSG:4326), which is what GeoJSON prescribes.",
            path=str(path),
            crs=named,
        )


def _refuse_impossible_numbers(polygons: list[shapely.Polygon], path: Path) -> None:
    xy = shapely.get_coordinates(polygons)
    if not np.isfinite(xy).all():
        raise WrongCoordinates(f"{path} holds coordinates that are not numbers.", path=str(path))
    if (np.abs(xy) > (180, 90)).any():
        x, y = xy[int(np.argmax((np.abs(xy) > (180, 90)).any(axis=1)))]
        raise WrongCoordinates(
            f"{path} holds the coordinate {x:g}, {y:g}, which is not longitude and latitude in"
            " degrees. It looks like metres: convert it to EPSG:4326 first.",
            path=str(path),
        )


def _as_outline(shape: shapely.Geometry, what: str) -> shapely.MultiPolygon:
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    outline = shapely.MultiPolygon(polygons)
    if outline.is_empty or not outline.is_valid:
        raise BoundaryMissing(
            f"The outline of {what} crosses itself: {shapely.is_valid_reason(outline)}.", area=what
        )
    return outline
