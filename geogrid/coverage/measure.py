"""Numbers a table of grids shows: area, length of border, compactness. Metres, EPSG:4326 in."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import shapely

from layers.datum.metric import area_m2, length_m
from layers.datum.shapes import Shape, ShapesLike, listed

__all__ = ["Measure", "measure"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One grid measured on the ellipsoid.

    Attributes
    ----------
    area_m2 : float
    perimeter_m : float
        All rings, holes included.
    compactness : float
        Polsby-Popper: 4 pi area / perimeter squared; 1 for a circle, 0 for an empty shape.
    pieces : int
    """

    area_m2: float
    perimeter_m: float
    compactness: float
    pieces: int


def measure(shapes: ShapesLike) -> list[Measure]:
    """Measure polygons or multipolygons in EPSG:4326, one result each, in order."""
    return [_measured(shape) for shape in listed(shapes)]


def _measured(shape: Shape) -> Measure:
    area, perimeter = area_m2(shape), length_m(shape)
    return Measure(
        area_m2=area,
        perimeter_m=perimeter,
        compactness=4 * pi * area / perimeter**2 if perimeter else 0.0,
        pieces=int(shapely.get_num_geometries(shape)),
    )
