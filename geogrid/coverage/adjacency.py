"""Which faces of a tiling share a border, and how long it is: read from the segments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geogrid.coverage.segments import directed_segments
from layers.datum.lattice import from_steps
from layers.datum.metric import distance_m
from layers.datum.shapes import ShapesLike, listed

__all__ = ["Adjacency", "adjacency"]


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Pairs of neighbouring faces, each once, `first < second`, sorted.

    Attributes
    ----------
    first, second : ndarray of int64, shape (n,)
        Indices of the two faces.
    metres : ndarray of float, shape (n,)
        Length of their common border.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    metres: NDArray[np.float64]

    def neighbours(self, count: int) -> list[dict[int, float]]:
        """For each of `count` faces: neighbour -> metres of common border."""
        result: list[dict[int, float]] = [{} for _ in range(count)]
        rows = zip(self.first.tolist(), self.second.tolist(), self.metres.tolist(), strict=True)
        for one, other, metres in rows:
            result[one][other] = metres
            result[other][one] = metres
        return result


def adjacency(faces: ShapesLike) -> Adjacency:
    """Neighbours in a tiling: faces that share at least one segment.

    Parameters
    ----------
    faces : Polygon or MultiPolygon, n of them
        An exact tiling (EPSG:4326, on the lattice). Faces that only touch in a point are not
        neighbours.

    Returns
    -------
    Adjacency

    Known Issues
    ------------
    Where the tiling is not exact, unmatched borders are not seen: prove first.
    """
    shapes = listed(faces)
    segments = directed_segments(shapes)
    order, _ = segments.grouped()
    sorted_segments = segments.take(order)
    pair = np.flatnonzero(
        (sorted_segments.low[1:] == sorted_segments.low[:-1])
        & (sorted_segments.high[1:] == sorted_segments.high[:-1])
    )
    one, other = sorted_segments.owner[pair], sorted_segments.owner[pair + 1]
    ends = from_steps(sorted_segments.take(pair).ends())
    key = np.minimum(one, other) * len(shapes) + np.maximum(one, other)
    pairs, index = np.unique(key, return_inverse=True)
    metres = np.zeros(len(pairs))
    np.add.at(metres, index, distance_m(ends[:, 0], ends[:, 1]))
    return Adjacency(first=pairs // len(shapes), second=pairs % len(shapes), metres=metres)
