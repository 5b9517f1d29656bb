"""Twenty ways to break a tiling, and four that look broken and are not.

`coverage_is_valid` catches eleven of them, with the union compared to the parent eighteen.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geogrid.coverage.findings import Kind
from layers.datum.lattice import STEP, snap

METRE = 9e-6  # degrees, roughly


class Defects:
    """Plants each defect into one exact tiling of a single polygon."""

    def __init__(self, faces: np.ndarray, outline: Polygon) -> None:
        self.faces, self.outline = faces, outline

    @cached_property
    def inner(self) -> int:
        """A block in the middle."""
        away = shapely.distance(shapely.centroid(self.faces), shapely.centroid(self.outline))
        return int(np.argmin(away))

    @cached_property
    def far(self) -> int:
        away = shapely.distance(shapely.centroid(self.faces), shapely.centroid(self.outline))
        return int(np.argmax(away))

    @cached_property
    def rim(self) -> int:
        """The block with the longest share of the outline."""
        shared = shapely.length(shapely.intersection(self.faces, self.outline.exterior))
        return int(np.argmax(shared))

    @cached_property
    def edge(self) -> shapely.LineString:
        """The longest border between the inner block and a neighbour."""
        shared = shapely.intersection(self.faces[self.inner], self.faces)
        shared[self.inner] = shapely.Point()
        return shapely.line_merge(shared[int(np.argmax(shapely.length(shared)))])

    def put(self, index: int, shape: shapely.Geometry, *more: shapely.Geometry) -> np.ndarray:
        """The tiling with one block replaced by its largest part, and others added."""
        result = np.empty(len(self.faces) + len(more), dtype=object)
        result[: len(self.faces)] = self.faces
        result[index] = snap(max(shapely.get_parts(shape), key=shapely.area))
        result[len(self.faces) :] = [snap(shape) for shape in more]
        return result

    def ring(self, index: int) -> np.ndarray:
        return shapely.get_coordinates(self.faces[index])

    def bite(self, index: int, metres: float) -> shapely.Polygon:
        """A disc on the middle of the outer or inner border of a block."""
        line = (
            self.edge
            if index == self.inner
            else shapely.line_merge(shapely.intersection(self.faces[index], self.outline.exterior))
        )
        return (
            max(shapely.get_parts(line), key=shapely.length)
            .interpolate(0.5, normalized=True)
            .buffer(metres * METRE)
        )

    def strip(self) -> shapely.Polygon:
        """Two steps of land on either side of the inner border."""
        return self.edge.buffer(2 * STEP, cap_style="flat")

    def clean(self) -> tuple[np.ndarray, Polygon]:
        return self.faces, self.outline

    def turned(self) -> tuple[np.ndarray, Polygon]:
        return self.put(self.inner, self.faces[self.inner].reverse()), self.outline

    def repeated(self) -> tuple[np.ndarray, Polygon]:
        """A vertex twice in a row."""
        xy = self.ring(self.inner)
        return self.put(self.inner, Polygon(np.r_[xy[:3], xy[2:]])), self.outline

    def begun_elsewhere(self) -> tuple[np.ndarray, Polygon]:
        xy = self.ring(self.inner)[:-1]
        return self.put(self.inner, Polygon(np.roll(xy, 3, axis=0))), self.outline

    def missing(self) -> tuple[np.ndarray, Polygon]:
        return np.delete(self.faces, self.inner), self.outline

    def bite_at_the_rim(self) -> tuple[np.ndarray, Polygon]:
        return self.put(self.rim, self.faces[self.rim] - self.bite(self.rim, 5)), self.outline

    def bite_inside(self) -> tuple[np.ndarray, Polygon]:
        return self.put(self.inner, self.faces[self.inner] - self.bite(self.inner, 5)), self.outline

    def sliver_gap(self) -> tuple[np.ndarray, Polygon]:
        return self.put(self.inner, self.faces[self.inner] - self.strip()), self.outline

    def sliver_overlap(self) -> tuple[np.ndarray, Polygon]:
        return self.put(self.inner, self.faces[self.inner] | self.strip()), self.outline

    def disc_overlap(self) -> tuple[np.ndarray, Polygon]:
        return self.put(self.inner, self.faces[self.inner] | self.bite(self.inner, 5)), self.outline

    def extra_vertex(self) -> tuple[np.ndarray, Polygon]:
        xy = self.ring(self.inner)
        added = np.r_[xy[:1], [(xy[0] + xy[1]) / 2], xy[1:]]
        return self.put(self.inner, Polygon(added)), self.outline

    def lost_vertex(self) -> tuple[np.ndarray, Polygon]:
        xy = self.ring(self.inner)
        return self.put(self.inner, Polygon(np.r_[xy[:1], xy[2:]])), self.outline

    def collinear_vertex(self) -> tuple[np.ndarray, Polygon]:
        """Both blocks get an edge of even length, one of them its exact middle as well."""
        xy, other = self.ring(self.inner), None
        for index, face in enumerate(self.faces):
            ring = shapely.get_coordinates(face)
            if (
                index != self.inner
                and (ring == xy[0]).all(1).any()
                and (ring == xy[1]).all(1).any()
            ):
                other = index
        steps = np.rint(xy[:2] * 1e7)
        moved = (steps[1] + (steps[1] - steps[0]) % 2) / 1e7
        everywhere = shapely.transform(
            self.faces, lambda c: np.where((c == xy[1]).all(1)[:, None], moved, c)
        )
        ring = shapely.get_coordinates(everywhere[self.inner])
        middle = (steps[0] + np.rint(moved * 1e7)) / 2 / 1e7
        assert other is not None
        everywhere[self.inner] = Polygon(np.r_[ring[:1], [middle], ring[1:]])
        return everywhere, self.outline

    def outside(self) -> tuple[np.ndarray, Polygon]:
        return self.put(self.rim, self.faces[self.rim] | self.bite(self.rim, 5)), self.outline

    def hole(self) -> tuple[np.ndarray, Polygon]:
        disc = shapely.point_on_surface(self.faces[self.inner]).buffer(5 * METRE)
        return self.put(self.inner, self.faces[self.inner] - disc), self.outline

    def twice(self) -> tuple[np.ndarray, Polygon]:
        return self.put(self.inner, self.faces[self.inner], self.faces[self.inner]), self.outline

    def nested(self) -> tuple[np.ndarray, Polygon]:
        disc = shapely.point_on_surface(self.faces[self.inner]).buffer(5 * METRE)
        return self.put(self.inner, self.faces[self.inner], disc), self.outline

    def crossing(self) -> tuple[np.ndarray, Polygon]:
        xy = self.ring(self.inner).copy()
        xy[[3, 5]] = xy[[5, 3]]
        result = self.faces.copy()
        result[self.inner] = Polygon(xy)
        return result, self.outline

    def spike(self) -> tuple[np.ndarray, Polygon]:
        xy = self.ring(self.inner)
        tip = snap(shapely.Point(xy[1] + np.array([7, 9]) * METRE)).coords[0]
        result = self.faces.copy()
        result[self.inner] = Polygon(np.r_[xy[:2], [tip], [xy[1]], xy[2:]])
        return result, self.outline

    def two_pieces(self) -> tuple[np.ndarray, Polygon]:
        both = MultiPolygon([self.faces[self.inner], self.faces[self.far]])
        result = self.faces.copy()
        result[self.inner] = both
        return np.delete(result, self.far), self.outline

    def noise(self) -> tuple[np.ndarray, Polygon]:
        xy = self.ring(self.inner).copy()
        xy[:-1] += np.random.default_rng(0).integers(-1, 2, xy[:-1].shape) * 1.0 * STEP
        xy[-1] = xy[0]
        return self.put(self.inner, Polygon(xy)), self.outline

    def jitter(self) -> tuple[np.ndarray, Polygon]:
        xy = self.ring(self.inner).copy()
        xy[:-1] += np.random.default_rng(0).normal(0, 3 * STEP, xy[:-1].shape)
        xy[-1] = xy[0]
        return self.put(self.inner, Polygon(xy)), self.outline

    def simpler_parent(self) -> tuple[np.ndarray, Polygon]:
        ring = np.delete(shapely.get_coordinates(self.outline.exterior), 3, axis=0)
        return self.faces, Polygon(ring)

    def shifted(self) -> tuple[np.ndarray, Polygon]:
        return snap(shapely.transform(self.faces, lambda xy: xy + STEP)), self.outline


EVERY_AREA = (Kind.GAP, Kind.OVERLAP, Kind.OUTSIDE)
DEFECTS: dict[Callable[[Defects], tuple[np.ndarray, Polygon]], tuple[Kind, ...]] = {
    Defects.missing: (Kind.GAP,),
    Defects.bite_at_the_rim: (Kind.GAP,),
    Defects.bite_inside: (Kind.GAP,),
    Defects.sliver_gap: (Kind.GAP,),
    Defects.sliver_overlap: (Kind.OVERLAP,),
    Defects.disc_overlap: (Kind.OVERLAP,),
    Defects.extra_vertex: (Kind.UNMATCHED, *EVERY_AREA),
    Defects.lost_vertex: EVERY_AREA,
    Defects.collinear_vertex: (Kind.UNMATCHED,),
    Defects.outside: (Kind.OUTSIDE,),
    Defects.hole: (Kind.GAP,),
    Defects.twice: (Kind.OVERLAP,),
    Defects.nested: (Kind.OVERLAP,),
    Defects.crossing: (Kind.INVALID,),
    Defects.spike: (Kind.INVALID,),
    Defects.two_pieces: (Kind.PIECES,),
    Defects.noise: EVERY_AREA,
    Defects.jitter: EVERY_AREA,
    Defects.simpler_parent: (*EVERY_AREA, Kind.UNMATCHED),
    Defects.shifted: EVERY_AREA,
}
SOUND = (Defects.clean, Defects.turned, Defects.repeated, Defects.begun_elsewhere)
