"""Polygons out of any file an office may send: where they lie, what is written beside them.

GeoJSON, GeoPackage, Shapefile (also zipped), KML and KMZ, File Geodatabase (also zipped) and DXF.
What a file declares counts; what it leaves open is asked for or decided on evidence that the report
shows; what looks wrong is named. Nothing is mended silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from layers.datum.control_points import ControlFit
from layers.datum.shapes import Shape, Shapes, listed
from layers.intake.coordinates import STORED, Bounds, Candidate, named_crs, to_degrees
from layers.intake.encodings import Encoding
from layers.intake.errors import CrsUnknown, NotDegrees, Unusable
from layers.intake.sentences import gettext as _
from layers.intake.suspicions import Suspicion, misplaced, suspicions
from layers.intake.vector_formats import FORMATS, Raw, opened, read_raw

__all__ = ["FORMATS", "Told", "VectorFile", "read_vector"]

NAMING = ("code", "name", "id")
POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, slots=True)
class Told:
    """What the person who gives a file says about it.

    Attributes
    ----------
    layer : str, optional
        Which layer of several (of a drawing: the drawing's layer; of a zip: the file).
    crs : str, optional
        "EPSG:4547", "GCJ-02" ...; counts more than what the file says.
    encoding : str, optional
        Of Shapefiles and drawings.
    swap_axes : bool
        x in the file points north.
    scale : float
        The numbers are multiplied by this first: 0.3048 for feet.
    unshift : str, optional
        "GCJ-02" or "BD-09": traced over a Chinese web map, whatever system it was saved in since.
    control : ControlFit, optional
        The coordinates are local ones, and this places them.
    """

    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    swap_axes: bool = False
    scale: float = 1.0
    unshift: str | None = None
    control: ControlFit | None = None


@dataclass(frozen=True, slots=True)
class VectorFile:
    """One layer of polygons as read.

    Attributes
    ----------
    path : Path
    kind : str
        "GeoJSON", "Shapefile" ...
    layer : str
    shapes : ndarray of Polygon or MultiPolygon (or None), shape (n,)
        EPSG:4326, longitude first, as written: not yet on the lattice.
    columns : dict of str to list
        Values by field, n each: str, int, float, bool or None.
    names : list of str, length n
        What to call each feature in sentences: its code, name or id, else "#1" ...
    coordinates : str
        The system the numbers were in and who said so.
    projected : str
        Its name when the numbers were not longitude and latitude in EPSG:4326; else "".
    encoding : Encoding or None
        None where the format prescribes it.
    suspicions : tuple of Suspicion
    notes : tuple of str
        What was left out or done on the way.
    """

    path: Path
    kind: str
    layer: str
    shapes: Shapes
    columns: dict[str, list[Any]]
    names: list[str]
    coordinates: str
    projected: str
    encoding: Encoding | None
    suspicions: tuple[Suspicion, ...]
    notes: tuple[str, ...]


def read_vector(
    path: Path, told: Told | None = None, *, reference: Shape | None = None, naming: str = ""
) -> VectorFile:
    """Read one layer of polygons out of a file.

    Parameters
    ----------
    path : Path
        A file, a zip of one, or a .gdb folder.
    told : Told, optional
        What the giver says about it.
    reference : Polygon or MultiPolygon, optional
        EPSG:4326: where the shapes should lie; suspicions are judged against it.
    naming : str
        Field that names features in sentences; by default code, name or id.

    Raises
    ------
    Unusable
        A sentence that says what is wrong, where, and what to do.

    Known Issues
    ------------
    Curves are read as GDAL strokes them. Encodings of personal geodatabases (.mdb) and of binary
    DXF are not read at all.
    """
    told = told or Told()
    with opened(path, told.layer) as inner:
        raw = read_raw(path, inner, layer=told.layer, encoding=told.encoding)
    if not len(raw.shapes):
        raise Unusable(
            _("%(path)s holds no features.") % {"path": path}, path=str(path), empty=True
        )
    names = _names(path, raw, naming)
    raw.shapes = _polygons(path, raw, names)
    numbers = _numbers(path, raw.shapes, names, told)
    west, south, east, north = (float(x) for x in shapely.total_bounds(numbers))
    bounds = (west, south, east, north)
    source, system, because = _source(path, raw, told, bounds, reference)
    coordinates = f"{system} ({because})"
    if isinstance(source, ControlFit):
        shapes: Shapes = shapely.transform(numbers, source.to_degrees)
    else:
        if isinstance(source, str) or source.is_geographic:
            _only_degrees(path, numbers, names, bounds, reference)
        shapes = to_degrees(numbers, source)
    if told.unshift:
        shapes = to_degrees(shapes, told.unshift)
        raw.notes.append(
            _("The shift of %(unshift)s was undone, as told.") % {"unshift": told.unshift}
        )
    _on_earth(path, shapes, names, coordinates, bounds, reference)
    same = isinstance(source, CRS) and (source == STORED or source.to_epsg() == 4326)
    found = suspicions(shapes, bounds, reference) if reference is not None else []
    return VectorFile(
        path=path,
        kind=raw.kind,
        layer=raw.layer,
        shapes=shapes,
        columns=raw.columns,
        names=names,
        coordinates=coordinates,
        projected="" if same else system,
        encoding=raw.encoding,
        suspicions=tuple(found),
        notes=tuple(raw.notes),
    )


def _names(path: Path, raw: Raw, naming: str) -> list[str]:
    if naming and naming not in raw.columns:
        raise Unusable(
            _("%(path)s has no field %(naming)s, but: %(columns)s.")
            % {"path": path, "naming": naming, "columns": ", ".join(raw.columns)},
            path=str(path),
        )
    chosen = naming or next((name for name in NAMING if name in raw.columns), "")
    values = raw.columns.get(chosen, [None] * len(raw.shapes))
    return [f"#{number}" if value is None else str(value) for number, value in enumerate(values, 1)]


def _polygons(path: Path, raw: Raw, names: list[str]) -> Shapes:
    """The shapes, all of them polygons; collections with polygons lose their other members."""
    shapes = raw.shapes.copy()
    for number in np.flatnonzero(~np.isin(shapely.get_type_id(shapes), (-1, *POLYGONAL))):
        shape = shapes[number]
        parts = [p for p in shapely.get_parts(shape) if p.geom_type in ("Polygon", "MultiPolygon")]
        if shape.geom_type != "GeometryCollection" or not parts:
            raise Unusable(
                _("%(path)s: %(name)s is a %(geom_type)s, not a polygon.")
                % {"path": path, "name": names[number], "geom_type": shape.geom_type},
                path=str(path),
                geom_type=shape.geom_type,
                row=int(number) + 1,
            )
        shapes[number] = shapely.MultiPolygon(list(shapely.get_parts(parts)))
        raw.notes.append(
            _("%(name)s holds more than polygons; only those were read.") % {"name": names[number]}
        )
    return shapes


def _numbers(path: Path, shapes: Shapes, names: list[str], told: Told) -> Shapes:
    """The coordinates with what was told about axes and unit applied; all finite."""
    if told.swap_axes or told.scale != 1.0:
        turn = slice(None, None, -1 if told.swap_axes else 1)
        shapes = listed(shapely.transform(shapes, lambda xy: xy[:, turn] * told.scale))
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    strange = ~np.isfinite(xy).all(axis=1)
    if strange.any():
        raise Unusable(
            _("%(path)s: %(name)s has a coordinate that is not a number.")
            % {"path": path, "name": names[int(index[strange][0])]},
            path=str(path),
        )
    if not len(xy):
        raise Unusable(
            _("%(path)s holds no shape with coordinates.") % {"path": path}, path=str(path)
        )
    return shapes


def _source(
    path: Path, raw: Raw, told: Told, bounds: Bounds, reference: Shape | None
) -> tuple[CRS | str | ControlFit, str, str]:
    """The system the numbers are in, its name, and who says so."""
    if told.control is not None:
        return told.control, _("local system"), _("placed by control points")
    declared = None
    if raw.crs:
        declared = named_crs(raw.crs)
        if isinstance(declared, CRS) and not (declared.is_geographic or declared.is_projected):
            declared = None  # "a plane", as drawings say
    if told.crs:
        given = named_crs(told.crs)
        name = given if isinstance(given, str) else given.name
        if declared is None or declared == given or raw.kind in ("GeoJSON", "KML"):
            return given, name, _("told")
        said = declared if isinstance(declared, str) else declared.name
        raw.notes.append(
            _("The file says %(said)s; it was read as %(name)s as told.")
            % {"said": said, "name": name}
        )
        return given, name, _("told")
    if declared is None:
        x, y = bounds[0], bounds[1]
        where, readings = misplaced(bounds, reference)
        name_it = _("Name it with --crs, such as --crs EPSG:4549.")
        raise CrsUnknown(
            _("%(path)s does not say its coordinate system. Its numbers begin at %(x)s %(y)s.")
            % {"path": path, "x": f"{x:.10g}", "y": f"{y:.10g}"},
            f"{name_it} {where}".strip(),
            path=str(path),
            readings=readings,
        )
    said = declared if isinstance(declared, str) else declared.name
    prescribed = raw.kind == "KML" or (raw.kind == "GeoJSON" and declared == STORED)
    return declared, said, _("prescribed by the format") if prescribed else _("the file says so")


def _only_degrees(
    path: Path, shapes: Shapes, names: list[str], bounds: Bounds, reference: Shape | None
) -> None:
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    off = (np.abs(xy) > (180, 90)).any(axis=1)
    if not off.any():
        return
    first = xy[off][0]
    name = names[int(index[off][0])]
    seen = _(
        "%(path)s: %(name)s has the coordinate %(x)s %(y)s, which is not a longitude of at most "
        "180 and a latitude of at most 90 degrees, in this order."
    ) % {"path": path, "name": name, "x": f"{first[0]:.10g}", "y": f"{first[1]:.10g}"}
    swapped = bool((np.abs(xy) <= (90, 180)).all())
    if swapped:
        look, remedy = _("They look exchanged."), _("Read it again with --swap-axes.")
        readings: list[Candidate] = []
    else:
        look = _("They look like metres or feet.")
        remedy, readings = misplaced(bounds, reference)
    raise NotDegrees(f"{seen} {look}", remedy, path=str(path), readings=readings, swapped=swapped)


def _on_earth(
    path: Path,
    shapes: Shapes,
    names: list[str],
    coordinates: str,
    bounds: Bounds,
    reference: Shape | None,
) -> None:
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    off = ~((np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90))
    if off.any():
        remedy, readings = misplaced(bounds, reference)
        raise NotDegrees(
            _("%(path)s: %(name)s lies nowhere on earth when read as %(coordinates)s.")
            % {
                "path": path,
                "name": names[int(index[off][0])],
                "coordinates": coordinates,
            },
            remedy,
            path=str(path),
            readings=readings,
        )
