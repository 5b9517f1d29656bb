"""A map drawn by the server: what is seen before, or instead of, the one that moves.

Shapes are simplified as a coverage, so shared borders stay shared; nothing is measured here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon
from django.core.cache import cache
from django.db.models import QuerySet

from geogrid.territory.geometry import to_shapely
from geogrid.territory.map_layers import grid_version
from geogrid.territory.models import Grid, Plan
from layers.basemap.models import LandUse, Street
from layers.datum.metric import metres_per_degree

__all__ = ["Drawing", "DrawnGrid", "draw"]

WIDTH, HEIGHT = 872, 800
MARGIN = 24
CRUMB_PX = 0.8
ROOMY_PX = 11
MAIN_STREET = 2
ANY_STREET = 3
CLOSE_UP_M = 2_500  # a grid and its neighbours; then smaller streets are drawn too
DAY = 24 * 3600
GREEN = (LandUse.Kind.FOREST, LandUse.Kind.GRASS)


@dataclass(frozen=True, slots=True)
class DrawnGrid:
    code: str
    label: str
    name: str
    path: str
    x: float
    y: float
    roomy: bool
    """Whether the number fits inside."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths in a box of `width` x `height` pixels, y down."""

    width: int
    height: int
    grids: list[DrawnGrid]
    communities: str
    water: str
    green: str
    streets: str


def draw(plan: Plan, *, around: Grid | None = None) -> Drawing:
    """Draw a plan's leaves, all of them or the surroundings of one grid."""
    key = f"drawing-{grid_version(plan)}-{around.code if around else ''}"
    known: Drawing | None = cache.get(key)
    if known is None:
        known = _draw(plan, around)
        cache.set(key, known, DAY)
    return known


class _Frame:
    """Degrees to pixels of the box."""

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        across, along = metres_per_degree((south + north) / 2)
        metres_wide, metres_high = (east - west) * across, (north - south) * along
        self.metres_per_px = max(
            metres_wide / (WIDTH - 2 * MARGIN), metres_high / (HEIGHT - 2 * MARGIN), 0.01
        )
        self.scale = np.array([across, -along]) / self.metres_per_px
        self.centre = np.array([(west + east) / 2, (south + north) / 2])
        self.middle = np.array([WIDTH / 2, HEIGHT / 2])

    def pixels(self, degrees: np.ndarray) -> np.ndarray:
        return (degrees - self.centre) * self.scale + self.middle

    def window(self) -> Polygon:
        """Everything that lies in the box, in EPSG:4326."""
        half = self.middle / np.abs(self.scale)
        (west, south), (east, north) = self.centre - half, self.centre + half
        window = Polygon.from_bbox((west, south, east, north))
        window.srid = 4326
        return window


def _draw(plan: Plan, around: Grid | None) -> Drawing:
    if around is None:
        frame = _Frame(plan.boundary.boundary.extent)
    else:
        frame = _Frame(_with_neighbours(to_shapely(around.boundary)))
    window = frame.window()
    leaves = list(plan.grids.leaves().filter(boundary__bboverlaps=window).order_by("code"))
    shapes = np.array([to_shapely(leaf.boundary) for leaf in leaves], dtype=object)
    flat = shapely.coverage_simplify(shapely.transform(shapes, frame.pixels), CRUMB_PX * 2)
    smallest = ANY_STREET if frame.metres_per_px * WIDTH < CLOSE_UP_M * 2 else MAIN_STREET
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        grids=[_grid(leaf, shape, frame) for leaf, shape in zip(leaves, flat, strict=True)],
        communities=_communities(leaves, flat),
        water=_drawn(LandUse.objects.filter(kind=LandUse.Kind.WATER), "shape", frame, window),
        green=_drawn(LandUse.objects.filter(kind__in=GREEN), "shape", frame, window),
        streets=_drawn(Street.objects.filter(rank__lte=smallest), "path", frame, window),
    )


def _grid(leaf: Grid, shape: shapely.Geometry, frame: _Frame) -> DrawnGrid:
    x, y = frame.pixels(np.array([leaf.label_point.x, leaf.label_point.y]))
    return DrawnGrid(
        code=leaf.code,
        label=leaf.label,
        name=leaf.name,
        path=_path(shape),
        x=round(x, 1),
        y=round(y, 1),
        roomy=leaf.label_radius_m / frame.metres_per_px > ROOMY_PX,
    )


def _communities(leaves: list[Grid], flat: np.ndarray) -> str:
    """Return the outlines of the grids above the leaves, as far as their leaves are here."""
    parents = np.array([leaf.parent_id or 0 for leaf in leaves])
    outlines = (shapely.coverage_union_all(flat[parents == one]) for one in np.unique(parents))
    return "".join(_path(shapely.boundary(outline)) for outline in outlines)


def _with_neighbours(shape: shapely.Geometry) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.bounds(shape)
    wide, high = (east - west) * 0.6, (north - south) * 0.6
    return west - wide, south - high, east + wide, north + high


def _drawn(rows: QuerySet[Any], field: str, frame: _Frame, window: Polygon) -> str:
    found = rows.filter(**{f"{field}__bboverlaps": window})
    shapes = [to_shapely(shape) for shape in found.values_list(field, flat=True)]
    if not shapes:
        return ""
    box = shapely.box(-8, -8, WIDTH + 8, HEIGHT + 8)
    pixels = shapely.transform(np.array(shapes, dtype=object), frame.pixels)
    flat = shapely.simplify(pixels, CRUMB_PX)
    kept = flat[~shapely.is_empty(flat)]
    if shapely.get_dimensions(kept[0]) == 2:
        kept = kept[shapely.area(kept) > 16]
    return "".join(_path(piece) for piece in kept if piece.intersects(box))


def _path(shape: shapely.Geometry) -> str:
    """Return SVG path data with whole pixels and relative steps, which is half as long."""
    parts = []
    for piece in shapely.get_parts(shape):
        lines = shapely.get_rings(piece) if piece.geom_type == "Polygon" else [piece]
        for line in lines:
            points = np.rint(shapely.get_coordinates(line)).astype(int)
            steps = np.diff(points, axis=0)
            moves = " ".join(f"{x} {y}" for x, y in steps[(steps != 0).any(axis=1)])
            if moves:
                end = "z" if piece.geom_type == "Polygon" else ""
                parts.append(f"M{points[0][0]} {points[0][1]}l{moves}{end}")
    return "".join(parts)
