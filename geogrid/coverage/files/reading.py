"""Polygons out of a file, ready for the proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from layers.datum.lattice import on_lattice
from layers.datum.shapes import Shape, Shapes
from layers.intake.suspicions import Suspicion
from layers.intake.vector_files import Told, read_vector

__all__ = ["PolygonFile", "read_polygons"]


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
    columns : dict of str to list
        The values of each field, n each, in the order of the file; for `write_polygons`.
    suspicions : tuple of Suspicion
        Judged against the reference; none without one.
    notes : tuple of str
        What was left out or decided on the way.
    """

    shapes: Shapes
    names: list[str]
    rounded: int
    projected: str
    columns: dict[str, list[Any]] = field(default_factory=dict)
    suspicions: tuple[Suspicion, ...] = ()
    notes: tuple[str, ...] = ()


def read_polygons(
    path: Path,
    *,
    layer: str | None = None,
    naming: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    reference: Shape | None = None,
) -> PolygonFile:
    """Read one layer of polygons.

    Parameters
    ----------
    path : Path
        A GeoJSON, GeoPackage, Shapefile, KML, File Geodatabase or DXF; also as a zip.
    layer : str, optional
        Needed when the file has several.
    naming : str, optional
        Field that names the features; by default the first of code, name, id.
    crs : str, optional
        Such as "EPSG:4490": for files that do not say theirs, or say a wrong one.
    encoding : str, optional
        Of a Shapefile's or drawing's texts; by default what it says, else on evidence.
    reference : Polygon or MultiPolygon, optional
        EPSG:4326: where the shapes should lie, for `suspicions`.

    Raises
    ------
    Unusable
        When the file is missing, unreadable, empty, of another format, without CRS, or holds
        anything but polygons with finite coordinates.
    """
    told = Told(layer=layer, crs=crs, encoding=encoding)
    file = read_vector(path, told, reference=reference, naming=naming or "")
    doubt = (file.encoding.doubt,) if file.encoding and file.encoding.doubt else ()
    return PolygonFile(
        shapes=file.shapes,
        names=file.names,
        rounded=int((~on_lattice(file.shapes)).sum()),
        projected=file.projected,
        columns=file.columns,
        suspicions=file.suspicions,
        notes=(*file.notes, *doubt),
    )
