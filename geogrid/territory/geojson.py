"""Shapes of the lattice as GeoJSON members, exact: 7 decimals and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import shapely

from layers.datum.lattice import snap
from layers.datum.shapes import Shape

__all__ = ["as_geojson", "from_geojson"]


def as_geojson(shape: Shape) -> dict[str, Any]:
    """A lattice shape (EPSG:4326) as a GeoJSON geometry.

    The shortest text of a lattice number has at most 7 decimals, so reading it back gives the same
    bits.
    """
    member: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return member


def from_geojson(member: Mapping[str, Any]) -> Shape:
    """The shape of a GeoJSON geometry, every vertex moved to its nearest lattice point.

    Raises
    ------
    ValueError, shapely.errors.ShapelyError
        When it is no geometry, has no coordinates, or leaves the world.
    """
    shape: Shape = shapely.force_2d(shapely.from_geojson(json.dumps(member)))
    if shape.is_empty:
        raise ValueError("a geometry without coordinates")
    return snap(shape)
