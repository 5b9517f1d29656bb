"""Random tilings that look like towns: wiggly streets between jittered blocks, on the lattice."""

from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.coverage.arrange import arrange
from layers.datum.lattice import snap

PITCH = 0.001  # degrees between block centres: about 100 m


@dataclass(frozen=True, slots=True)
class Tiling:
    """Blocks that tile the outline exactly."""

    faces: np.ndarray
    outline: shapely.Geometry


def tiling(count: int, *, seed: int = 1, corner: tuple[float, float] = (113.0, 30.0)) -> Tiling:
    """About `count` blocks with 30 to 60 vertices each; the same for the same seed."""
    random = np.random.default_rng(seed)
    side = max(2, round(count**0.5))
    along, up = np.meshgrid(np.arange(side), np.arange(side))
    centres = np.c_[along.ravel(), up.ravel()] + 0.5
    centres += random.uniform(-0.38, 0.38, centres.shape)
    territory = shapely.segmentize(shapely.box(0, 0, side, side), 0.1)
    cells = shapely.voronoi_polygons(
        shapely.multipoints(centres), extend_to=territory, only_edges=True
    )
    streets = [
        _wiggled(shapely.get_coordinates(edge), random)
        for edge in shapely.get_parts(shapely.intersection(cells, territory))
        if edge.geom_type == "LineString"
    ]
    lines = shapely.transform([*streets, territory.exterior], lambda xy: xy * PITCH + corner)
    faces = arrange(lines)
    return Tiling(faces, shapely.coverage_union_all(faces))


def _wiggled(edge: np.ndarray, random: np.random.Generator) -> shapely.LineString:
    """A street: a straight edge bent by a random wave that vanishes at its ends."""
    start, end = edge[0], edge[-1]
    length = float(np.hypot(*(end - start)))
    share = np.linspace(0, 1, int(random.integers(8, 15)) + 1 if length > 0.1 else 2)[:, None]
    across = np.array([-(end - start)[1], (end - start)[0]])
    wave = np.sin(np.pi * share) * np.sin(np.pi * share * random.integers(1, 4))
    return shapely.LineString(
        start + share * (end - start) + random.uniform(-0.05, 0.05) * wave * across
    )


def on_steps(xy: np.ndarray) -> shapely.Polygon:
    """A polygon of vertices moved to the lattice."""
    return snap(shapely.Polygon(xy))
