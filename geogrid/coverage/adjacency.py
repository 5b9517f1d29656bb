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
    shared = shared_segments(faces)
    pairs, index = shared.pairs()
    metres = np.bincount(index, weights=shared.metres(), minlength=len(pairs)).astype(np.float64)
    return Adjacency(first=pairs[:, 0], second=pairs[:, 1], metres=metres)


@dataclass(frozen=True, slots=True)
class SharedSegments:
    """The segments that two faces share, each once.

    Attributes
    ----------
    first, second : ndarray of int64, shape (n,)
        The faces on both sides, `first < second`.
    ends : ndarray of float, shape (n, 2 ends, 2 coordinates)
        EPSG:4326.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    ends: NDArray[np.float64]

    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The different pairs of faces, sorted, shape (m, 2), and the pair of each segment."""
        most = int(self.second.max(initial=0)) + 1  # one number per pair sorts faster than two
        key, index = np.unique(self.first * most + self.second, return_inverse=True)
        return np.stack([key // most, key % most], axis=1), index

    def metres(self) -> NDArray[np.float64]:
        """Length of each segment."""
        return distance_m(self.ends[:, 0], self.ends[:, 1])


def shared_segments(faces: ShapesLike) -> SharedSegments:
    """Where two faces of a tiling meet, segment by segment; see `adjacency`."""
    segments = directed_segments(listed(faces))
    order, _ = segments.grouped()
    sorted_segments = segments.take(order)
    pair = np.flatnonzero(
        (sorted_segments.low[1:] == sorted_segments.low[:-1])
        & (sorted_segments.high[1:] == sorted_segments.high[:-1])
    )
    one, other = sorted_segments.owner[pair], sorted_segments.owner[pair + 1]
    return SharedSegments(
        first=np.minimum(one, other),
        second=np.maximum(one, other),
        ends=from_steps(sorted_segments.take(pair).ends()),
    )
