"""Long thin gaps, cut where their neighbours change, so that each neighbour gets its own part.

A strip between the outermost grids and a more detailed outline can surround a whole town: given
to one grid it would become a tentacle. Cut at each place where one neighbour ends and the next
begins, straight across to the other side, it becomes what people mean: every grid reaches on.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.segments import pack
from geogrid.coverage.settling import Edges, distinct
from layers.datum.lattice import to_steps
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["cuts_across", "width_m"]

ELONGATED = 40.0  # perimeter squared by area: a strip of 1 by 8 and anything longer
MOSTLY = 0.45  # of the border with grids: whoever has more gets the gap uncut
LONGEST = 4.0  # mean widths: a cut that is longer runs along the strip, not across it


def width_m(area_m2: float, perimeter_m: float) -> float:
    """Mean width of a strip in metres: twice its area by its perimeter."""
    return 2 * area_m2 / perimeter_m if perimeter_m else 0.0


def cuts_across(gaps: Shapes, neighbour_of: dict[tuple[int, int], int]) -> Edges:
    """Edges across long thin gaps at every change of neighbour.

    Parameters
    ----------
    gaps : Polygon, n of them
        EPSG:4326, on the lattice.
    neighbour_of : dict of (int, int) to int
        For each edge of the gaps (packed ends, low first) the grid on its other side, or a
        negative number where there is none.

    Returns
    -------
    Edges
        To be settled with the drawing the gaps are faces of.
    """
    found = [cut for gap in gaps for cut in _cuts(gap, neighbour_of)]
    return distinct(np.array(found, dtype=np.uint64).reshape(-1, 2))


def _cuts(gap: shapely.Polygon, neighbour_of: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
    scale = np.array(metres_per_degree(gap.bounds[1]))
    flat = shapely.transform(gap, lambda xy: xy * scale)
    if flat.length**2 < ELONGATED * flat.area:
        return []
    width = width_m(flat.area, flat.length)
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(flat)]
    labels = [_labels(ring / scale, neighbour_of) for ring in rings]
    sides = np.concatenate(labels)
    edges = np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])
    border = np.hypot(*(edges[:, 1] - edges[:, 0]).T)
    held = np.bincount(sides[sides >= 0], weights=border[sides >= 0])
    if not held.size or held.max() > MOSTLY * held.sum():
        return []
    lines = listed(shapely.linestrings(edges))
    found = []
    for ring, label in zip(rings, labels, strict=True):
        before = np.roll(label, 1)
        for corner in np.flatnonzero((label != before) & (label >= 0) & (before >= 0)):
            across = ~np.isin(sides, (label[corner], before[corner]))
            cut = _straight(ring[corner], lines[across], flat, LONGEST * width)
            if cut is not None:
                ends = pack(to_steps(np.stack([ring[corner], cut]) / scale)).tolist()
                found.append((ends[0], ends[1]))
    return found


def _labels(
    ring: NDArray[np.float64], neighbour_of: dict[tuple[int, int], int]
) -> NDArray[np.int64]:
    points = pack(to_steps(ring)).tolist()
    found = [neighbour_of[min(edge), max(edge)] for edge in pairwise(points)]
    return np.array(found, dtype=np.int64)


def _straight(
    corner: NDArray[np.float64], sides: Shapes, gap: Shape, longest: float
) -> NDArray[np.float64] | None:
    """The nearest point of the other sides, when the way there leads through the gap."""
    if not len(sides):
        return None
    here = shapely.Point(corner)
    nearest = shapely.shortest_line(here, sides[int(np.argmin(shapely.distance(sides, here)))])
    if not 0 < nearest.length <= longest:
        return None
    if not gap.contains(nearest.interpolate(0.5, normalized=True)):
        return None
    end: NDArray[np.float64] = shapely.get_coordinates(nearest)[1]
    return end
