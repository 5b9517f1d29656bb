"""Where a grid's label goes: the centre of the largest circle that fits inside the grid."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from layers.datum.lattice import snap
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape

__all__ = ["LabelCircle", "label_circle"]

FINENESS = 100  # the centre is found to within 1/100 of the shape's extent


class LabelCircle(NamedTuple):
    """Room for a label: centre (EPSG:4326, a lattice point) and radius in metres."""

    centre: shapely.Point
    radius_m: float


def label_circle(shape: Shape) -> LabelCircle:
    """The largest circle inside a grid, holes respected; the roomiest piece of several.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
        EPSG:4326, valid, not empty.

    Raises
    ------
    ValueError
        When the shape is empty or has no surface.
    """
    parts = [part for part in shapely.get_parts(shape) if part.area > 0]
    if not parts:
        raise ValueError("a shape without a surface has no room for a label")
    return max((_largest_circle(part) for part in parts), key=lambda circle: circle.radius_m)


def _largest_circle(polygon: shapely.Polygon) -> LabelCircle:
    west, south, _, north = polygon.bounds
    scale = np.array(metres_per_degree((south + north) / 2))
    origin = np.array([west, south])
    flat = shapely.transform(polygon, lambda xy: (xy - origin) * scale)
    extent = max(shapely.bounds(flat)[2:])
    radius = shapely.maximum_inscribed_circle(flat, tolerance=extent / FINENESS)
    centre = shapely.Point(shapely.get_coordinates(radius)[0] / scale + origin)
    return LabelCircle(snap(centre), float(radius.length))
