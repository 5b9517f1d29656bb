"""The outline of the area an extract is clipped to: from a GeoJSON file or the extract itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import shapely

from layers.datum.lattice import snap
from layers.intake.errors import BoundaryMissing, FileUnreadable, WrongCoordinates
from layers.intake.osm import Extract
from layers.intake.sentences import gettext as _

WORLD_CRS = ("CRS84", "EPSG::4326", "EPSG:4326")


def read_outline(path: Path) -> shapely.MultiPolygon:
    """Read all polygons of a GeoJSON file as one valid outline on the lattice.

    Raises FileUnreadable for a missing or broken file, WrongCoordinates when its numbers are not
    longitude and latitude, BoundaryMissing when it holds no usable polygon.
    """
    if not path.is_file():
        raise FileUnreadable(_("There is no file %(path)s.") % {"path": path}, path=str(path))
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        shapes = [shapely.from_geojson(json.dumps(shape)) for shape in _geometries(document)]
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
        raise FileUnreadable(
            _("%(path)s is not a GeoJSON file with polygons: %(error)s")
            % {"path": path, "error": error},
            path=str(path),
        ) from error
    _refuse_other_crs(document, path)
    polygons = [part for part in shapely.get_parts(shapes) if part.geom_type == "Polygon"]
    if not polygons:
        raise BoundaryMissing(_("%(path)s holds no polygon.") % {"path": path}, path=str(path))
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
    if broken:
        reason = _(
            "The boundary of %(name)s in this file (relation %(relations)s) does not close: a way "
            "of it is missing."
        )
    else:
        reason = _("This file holds no administrative boundary called %(name)s.")
    reason %= {"name": name, "relations": ", ".join(broken or [])}
    raise BoundaryMissing(
        reason,
        _("Give the outline as a GeoJSON file with --boundary FILE."),
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
            _(
                "%(path)s says that it is in %(named)s. An outline has to be in WGS"
                " 84 longitude and latitude (EPSG:4326), which is what GeoJSON "
                "prescribes."
            )
            % {"path": path, "named": named},
            path=str(path),
            crs=named,
        )


def _refuse_impossible_numbers(polygons: list[shapely.Polygon], path: Path) -> None:
    xy = shapely.get_coordinates(polygons)
    if not np.isfinite(xy).all():
        raise WrongCoordinates(
            _("%(path)s holds coordinates that are not numbers.") % {"path": path}, path=str(path)
        )
    if (np.abs(xy) > (180, 90)).any():
        x, y = xy[int(np.argmax((np.abs(xy) > (180, 90)).any(axis=1)))]
        raise WrongCoordinates(
            _(
                "%(path)s holds the coordinate %(x)s, %(y)s, which is not longitude"
                " and latitude in degrees. It looks like metres: convert it to "
                "EPSG:4326 first."
            )
            % {"path": path, "x": f"{x:g}", "y": f"{y:g}"},
            path=str(path),
        )


def _as_outline(shape: shapely.Geometry, what: str) -> shapely.MultiPolygon:
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    outline = shapely.MultiPolygon(polygons)
    if outline.is_empty or not outline.is_valid:
        raise BoundaryMissing(
            _("The outline of %(what)s crosses itself: %(reason)s.")
            % {"what": what, "reason": shapely.is_valid_reason(outline)},
            area=what,
        )
    return outline
