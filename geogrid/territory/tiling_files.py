"""What the commands that work on files of polygons have in common: the outline, and the notes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.files import PolygonFile, Unusable, read_polygons
from geogrid.coverage.proof import invalid
from layers.datum.lattice import DECIMALS, snap
from layers.datum.shapes import Shape, Shapes, listed
from layers.intake.coordinates import named_crs, to_degrees
from layers.intake.vector_formats import opened, read_raw

__all__ = ["geojson", "notes", "place", "read_territory", "read_weights"]


def read_territory(
    path: Path, *, layer: str | None = None, crs: str | None = None
) -> tuple[PolygonFile, Shapes]:
    """The file with the outline, and its polygons on the lattice.

    Raises
    ------
    Unusable
        Also when they cannot be a parent: they would answer for defects that are not the
        children's.
    """
    file = read_polygons(path, layer=layer, crs=crs)
    outlines = listed([None if s is None else snap(s) for s in file.shapes])
    broken = invalid(outlines)
    if len(broken):
        name = file.names[int(broken[0])]
        reason = shapely.is_valid_reason(outlines[broken[0]]) or "it is empty"
        raise Unusable(f"{path}: {name} cannot be the outline: {reason}.", path=str(path))
    if not shapely.coverage_is_valid(outlines):
        raise Unusable(
            f"{path}: its polygons overlap or do not match; give one outline.", path=str(path)
        )
    return file, outlines


def read_weights(
    path: Path, field: str | None, *, crs: str | None = None
) -> tuple[Shapes, NDArray[np.float64] | None]:
    """Points of a file, one inside each feature that is none, and what a field says they weigh.

    Raises
    ------
    Unusable
        When the file cannot be read, has no such field, or that holds something but numbers.
    """
    with opened(path, None) as inner:
        raw = read_raw(path, inner, layer=None, encoding=None)
    there = raw.shapes.astype(bool)  # neither missing nor empty
    said = crs or raw.crs
    if said is None:
        raise Unusable(f"{path} does not say its coordinate system; name it with --crs.")
    points = shapely.point_on_surface(to_degrees(raw.shapes[there], named_crs(said)))
    if field is None:
        return points, None
    if field not in raw.columns:
        raise Unusable(f"{path} has no field {field}, but: {', '.join(raw.columns)}.")
    try:
        weights = np.array([float(value or 0) for value in raw.columns[field]])
    except ValueError as problem:
        raise Unusable(f"{path}: {field} holds something that is not a number.") from problem
    return points, weights[there]


def notes(*files: PolygonFile) -> Iterator[str]:
    """What was done to the numbers of files when they were read."""
    for file in files:
        if file.projected:
            yield f"Note: {file.projected} was transformed to EPSG:4326."
        if file.rounded:
            yield (
                f"Note: {file.rounded} polygons have vertices between the points of the"
                " 1e-7 degree lattice and were read at the nearest point, 8 mm away at most."
            )
        yield from (f"Note: {note}" for note in file.notes)
        yield from (f"Suspicion: {suspicion}" for suspicion in file.suspicions)


def place(where: Shape) -> str:
    """A point in a shape, as text; empty for an empty shape."""
    if where.is_empty:
        return ""
    x, y = shapely.get_coordinates(shapely.point_on_surface(where))[0]
    return f" at {x:.6f} {y:.6f}"


def geojson(where: Shape) -> dict[str, Any] | None:
    """Two decimals finer than the lattice: crossings of borders lie between its points."""
    if where.is_empty:
        return None
    fine = shapely.transform(where, lambda xy: xy.round(DECIMALS + 2))
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(fine))
    return geometry
