"""Polygons out of GeoJSON, GeoPackage and Shapefile, ready for the proof."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from layers.datum.lattice import on_lattice
from layers.datum.shapes import Shapes

__all__ = ["PolygonFile", "Unusable", "read_polygons"]

DRIVERS = ("GeoJSON", "GPKG", "ESRI Shapefile")
NAMING = ("code", "name", "id")  # fields that name a feature, first match wins
STORED = CRS.from_epsg(4326)


class Unusable(ValueError):
    """A file that cannot be checked; the message is one sentence for the person who gave it."""


@dataclass(frozen=True, slots=True)
class PolygonFile:
    """The polygons of one layer.

    Attributes
    ----------
    shapes : ndarray of Polygon or MultiPolygon (or None), shape (n,)
        EPSG:4326, longitude first, as written: not yet on the lattice.
    names : list of str, length n
        What to call each feature: the naming field's value, else "#1", "#2" ...
    rounded : int
        How many shapes have vertices off the lattice; the proof reads those at their nearest
        lattice point, at most 8 mm away.
    projected : str
        Name of the CRS the file was in, when it was not EPSG:4326; else "".
    """

    shapes: Shapes
    names: list[str]
    rounded: int
    projected: str


def read_polygons(
    path: Path, *, layer: str | None = None, naming: str | None = None, crs: str | None = None
) -> PolygonFile:
    """Read one layer of polygons.

    Parameters
    ----------
    path : Path
        A GeoJSON, GeoPackage or Shapefile.
    layer : str, optional
        Needed when the file has several.
    naming : str, optional
        Field that names the features; by default the first of code, name, id.
    crs : str, optional
        For files that do not say theirs, such as "EPSG:4490".

    Raises
    ------
    Unusable
        When the file is missing, unreadable, empty, of another format, without CRS, or holds
        anything but polygons with finite coordinates.
    """
    chosen = _layer(path, layer)
    try:
        meta, _, wkb, values = pyogrio.raw.read(path, layer=chosen, force_2d=True)
    except (DataSourceError, DataLayerError, ValueError) as problem:
        raise Unusable(f"{path} cannot be read: {problem}") from problem
    if wkb is None or not len(wkb):
        raise Unusable(f"{path} holds no features.")
    fields = [str(field) for field in meta["fields"]]
    names = _names(path, fields, values, naming, len(wkb))
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")  # a ring of two points becomes None
    _only_polygons(path, shapes, names)
    source = _crs(path, crs or meta["crs"])
    projected = ""
    if source != STORED and source.to_epsg() != STORED.to_epsg():
        projected = source.name
        shapes = _unprojected(shapes, source)
    _on_earth(path, shapes, names)
    return PolygonFile(shapes, names, int((~on_lattice(shapes)).sum()), projected)


def _layer(path: Path, layer: str | None) -> str:
    if not path.exists():
        raise Unusable(f"{path} does not exist.")
    try:
        layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        if not layers:
            raise Unusable(f"{path} has no layer with shapes.")
        if layer is not None and layer not in layers:
            raise Unusable(f"{path} has no layer {layer}, but: {', '.join(layers)}.")
        if layer is None and len(layers) > 1:
            raise Unusable(f"{path} has several layers, choose one: {', '.join(layers)}.")
        driver = pyogrio.read_info(path, layer=layer or layers[0])["driver"]
    except DataSourceError as problem:
        raise Unusable(f"{path} is not a GeoJSON, GeoPackage or Shapefile.") from problem
    if driver not in DRIVERS:
        raise Unusable(f"{path} is a {driver} file, not GeoJSON, GeoPackage or Shapefile.")
    return layer or layers[0]


def _names(
    path: Path, fields: list[str], values: list[NDArray[np.object_]], naming: str | None, count: int
) -> list[str]:
    if naming is not None and naming not in fields:
        raise Unusable(f"{path} has no field {naming}, but: {', '.join(fields)}.")
    field = naming or next((name for name in NAMING if name in fields), None)
    if field is None:
        return [f"#{number}" for number in range(1, count + 1)]
    return [
        f"#{number}" if value is None else str(value)
        for number, value in enumerate(values[fields.index(field)], start=1)
    ]


def _only_polygons(path: Path, shapes: Shapes, names: list[str]) -> None:
    for shape, name in zip(shapes, names, strict=True):
        if shape is not None and shape.geom_type not in ("Polygon", "MultiPolygon"):
            raise Unusable(f"{path}: {name} is a {shape.geom_type}, not a polygon.")


def _crs(path: Path, given: str | None) -> CRS:
    if not given:
        raise Unusable(f"{path} does not say its coordinate system; name it with --crs.")
    try:
        return CRS.from_user_input(given)
    except CRSError as problem:
        raise Unusable(f"{path}: {given} is no known coordinate system.") from problem


def _unprojected(shapes: Shapes, source: CRS) -> Shapes:
    """Vertex by vertex, so matched borders stay matched; straight edges bend by centimetres."""
    transformer = Transformer.from_crs(source, STORED, always_xy=True)
    moved: Shapes = shapely.transform(
        shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    return moved


def _on_earth(path: Path, shapes: Shapes, names: list[str]) -> None:
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    off = ~((np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90))
    if off.any():
        raise Unusable(
            f"{path}: {names[int(index[off][0])]} has a coordinate that is not a longitude of"
            " at most 180 and a latitude of at most 90 degrees, in this order."
        )
