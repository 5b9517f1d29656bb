"""Arrays of shapes: what kernels take and give. shapely's own stubs leave them open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["Shape", "Shapes", "ShapesLike", "listed"]

Shape: TypeAlias = BaseGeometry
Shapes: TypeAlias = NDArray[np.object_]
ShapesLike: TypeAlias = Shapes | Iterable[Shape | None] | Shape


def listed(shapes: ShapesLike) -> Shapes:
    """One-dimensional array of shapes: of an array, of any iterable, or of a single shape."""
    if isinstance(shapes, np.ndarray):
        flat: Shapes = shapes.astype(object, copy=False).reshape(-1)
        return flat
    members = [shapes] if isinstance(shapes, BaseGeometry) else list(shapes)
    result = np.empty(len(members), dtype=object)
    result[:] = members
    return result
