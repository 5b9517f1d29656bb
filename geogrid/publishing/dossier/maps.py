"""The maps of a dossier: one of everything, one per community. Shapes in, SVG paths out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.publishing.dossier.gathering import Community, GridTold, Told
from geogrid.publishing.dossier.map_frame import Frame, fitting, path
from geogrid.publishing.dossier.map_ground import Ground, Layer
from geogrid.publishing.dossier.map_names import Names, Text, width_of
from geogrid.publishing.dossier.map_parts import COLOURS, Map, Piece, Street
from layers.datum.shapes import Shape, Shapes

__all__ = ["LANDSCAPE_MM", "PORTRAIT_MM", "community_map", "overview_map"]

LANDSCAPE_MM = (263.0, 153.0)
PORTRAIT_MM = (176.0, 230.0)
SIMPLER = 8  # units: 0.2 mm
MOST_BUILDINGS = 30_000  # scale: above it houses are crumbs
FINE_STREETS, ALL_STREETS = 20_000, 8_000
NUMBER, SMALLEST_NUMBER = 130, 62  # letters of grid numbers in units: 9 and 4.4 pt
STREET, COMMUNITY, NEIGHBOUR = 84, 150, 110
NEAR = 400  # units around a community in which small streets have names: 1 cm
MAIN = 3


def overview_map(told: Told, ground: Ground) -> Map:
    """All communities, each in a tint that no neighbour has, with their names."""
    outline = shapely.union_all([one.shape for one in told.communities])
    frame, landscape = _frame(outline)
    drawing = _Drawing(frame, ground)
    shapes = frame.drawn(np.array([one.shape for one in told.communities], dtype=object))
    flat = _simpler(shapes)
    names = _names(frame)
    big = [
        names.inside(one.name, shape, size)
        for one, shape in zip(told.communities, flat, strict=True)
        for size in [_fitting_size(one.name, shape)]
    ]
    grids = told.grids
    numbers = _numbers(grids, frame, names, smallest=SMALLEST_NUMBER)
    tints = _tints(flat)
    edge = shapely.boundary(shapely.union_all(flat))
    return drawing.map(
        landscape,
        pieces=[Piece(tint, path(shape)) for tint, shape in zip(tints, flat, strict=True)],
        borders=path(_borders(_simpler(frame.drawn(_shapes(grids))))),
        communities=path(shapely.difference(_borders(flat), edge)),
        edge=path(edge),
        outside=_outside(frame, shapely.union_all(flat)),
        numbers=numbers,
        neighbours=[text for text in big if text is not None],
        names=names.along(drawing.named(2), STREET),
    )


def community_map(told: Told, one: Community, ground: Ground) -> Map:
    """One community: its grids with numbers, streets with names, and who lies beside it."""
    frame, landscape = _frame(one.shape)
    drawing = _Drawing(frame, ground)
    window = shapely.box(*frame.window)
    near = [
        grid
        for grid in told.grids
        if grid.parent != one.pk and shapely.intersects(grid.shape, window)
    ]
    # Together, so that borders between both stay the same lines.
    every = _simpler(frame.drawn(_shapes([*one.grids, *near])))
    own, others = every[: len(one.grids)], every[len(one.grids) :]
    land = shapely.union_all(own)
    edge = shapely.boundary(shapely.union_all(every))
    around = shapely.buffer(land, NEAR)
    names = _names(frame)
    numbers = _numbers(one.grids, frame, names, smallest=SMALLEST_NUMBER)
    return drawing.map(
        landscape,
        pieces=[],
        borders=path(_borders(own)),
        communities=path(shapely.difference(shapely.boundary(land), edge)),
        edge=path(edge),
        outside=_outside(frame, land),
        numbers=numbers,
        neighbours=_beside(told, one, frame, names, land),
        names=names.along(drawing.named(6, near=around), STREET),
        other_borders=path(_borders(others)) if len(others) else "",
        houses_in=around,
    )


def _beside(told: Told, one: Community, frame: Frame, names: Names, land: Shape) -> list[Text]:
    """The names of the communities next to this one, as far as they are in the frame."""
    window, box = shapely.box(*frame.window), shapely.box(0, 0, frame.wide, frame.high)
    around = shapely.buffer(land, 30)
    written = []
    for other in told.communities:
        if other.pk == one.pk or not shapely.intersects(other.shape, window):
            continue
        (shape,) = frame.drawn(other.shape)
        seen = shapely.difference(shapely.intersection(_valid(shape), box), around)
        written.append(names.inside(other.name, seen, NEIGHBOUR))
    return [text for text in written if text is not None]


def _names(frame: Frame) -> Names:
    """Nothing is written over the arrow and the scale."""
    names = Names(frame.wide, frame.high)
    names.keep_clear(frame.wide - 160, 260, 260, 460)
    names.keep_clear(frame.bar.units / 2 + 110, frame.high - 150, frame.bar.units + 200, 300)
    return names


@dataclass(slots=True)
class _Drawing:
    """The ground in one frame."""

    frame: Frame
    ground: Ground

    def map(
        self,
        landscape: bool,
        *,
        pieces: list[Piece],
        borders: str,
        communities: str,
        edge: str,
        outside: str,
        numbers: list[Text],
        neighbours: list[Text],
        names: list[Text],
        other_borders: str = "",
        houses_in: Shape | None = None,
    ) -> Map:
        ground = self.ground
        return Map(
            frame=self.frame,
            landscape=landscape,
            pieces=pieces,
            water=path(self._areas(ground.water)),
            waterways=path(self._lines(ground.waterways)),
            green=path(self._areas(ground.green)),
            buildings=path(self._houses(houses_in)),
            streets=self._streets(),
            railways=path(self._lines(ground.railways)),
            outside=outside,
            borders=borders,
            other_borders=other_borders,
            communities=communities,
            edge=edge,
            numbers=numbers,
            neighbours=neighbours,
            names=names,
        )

    def named(self, most_rank: int, *, near: Shape | None = None) -> list[tuple[str, int, Shape]]:
        """Streets and waters with a name, in units; small ones only where they are near."""
        found: list[tuple[str, int, Shape]] = []
        streets = self.ground.streets
        for place in streets.within(self.frame.window):
            if streets.names[place] and streets.ranks[place] <= most_rank:
                (line,) = self.frame.drawn(streets.shapes[place])
                if near is not None and streets.ranks[place] > MAIN:
                    line = shapely.intersection(line, near)
                if not shapely.is_empty(line):
                    found.append((streets.names[place], streets.ranks[place], line))
        waters = self.ground.waterways
        for place in waters.within(self.frame.window):
            if waters.names[place]:
                (line,) = self.frame.drawn(waters.shapes[place])
                found.append((waters.names[place], 3, line))
        return found

    def _houses(self, near: Shape | None) -> Shapes:
        """Footprints, those of one's own community only: a page has no use for the others."""
        if self.frame.scale > MOST_BUILDINGS:
            return np.array([], dtype=object)
        found = self._areas_of(self._shapes(self.ground.buildings), 40)
        if near is None or not len(found):
            return found
        shapely.prepare(near)
        kept: Shapes = found[shapely.intersects(near, found)]
        return kept

    def _streets(self) -> list[Street]:
        layer, scale = self.ground.streets, self.frame.scale
        most = 6 if scale <= ALL_STREETS else 5 if scale <= FINE_STREETS else 3
        widths = {1: 44, 2: 38, 3: 32, 4: 26, 5: 18, 6: 9}
        smaller = 1.0 if scale <= ALL_STREETS else 0.75 if scale <= FINE_STREETS else 0.5
        found = layer.within(self.frame.window)
        told = []
        for rank in range(most, 0, -1):
            lines = self._clipped([layer.shapes[n] for n in found if layer.ranks[n] == rank])
            if len(lines):
                told.append(Street(round(widths[rank] * smaller), path(lines)))
        return told

    def _shapes(self, layer: Layer) -> list[Shape]:
        return [layer.shapes[place] for place in layer.within(self.frame.window)]

    def _areas(self, layer: Layer) -> Shapes:
        return self._areas_of(self._shapes(layer), 900)

    def _areas_of(self, shapes: Sequence[Shape], least: float) -> Shapes:
        clipped = self._clipped(shapes)
        kept: Shapes = clipped[shapely.area(clipped) > least] if len(clipped) else clipped
        return kept

    def _lines(self, layer: Layer) -> Shapes:
        return self._clipped(self._shapes(layer))

    def _clipped(self, shapes: Sequence[Shape]) -> Shapes:
        if not len(shapes):
            return np.array([], dtype=object)
        drawn = shapely.simplify(self.frame.drawn(np.array(shapes, dtype=object)), SIMPLER)
        drawn = shapely.clip_by_rect(drawn, -40, -40, self.frame.wide + 40, self.frame.high + 40)
        kept: Shapes = drawn[~shapely.is_empty(drawn)]
        return kept


def _frame(shape: Shape) -> tuple[Frame, bool]:
    """The page the shape fills better, lying or standing."""
    bounds = tuple(shapely.bounds(shape).tolist())
    lying, standing = fitting(bounds, *LANDSCAPE_MM), fitting(bounds, *PORTRAIT_MM)
    landscape = lying.scale <= standing.scale
    return (lying, True) if landscape else (standing, False)


def _shapes(grids: Sequence[GridTold]) -> Shapes:
    return np.array([grid.shape for grid in grids], dtype=object)


def _simpler(drawn: Shapes) -> Shapes:
    """Fewer vertices, with shared borders still shared."""
    if not len(drawn):
        return drawn
    flat: Shapes = shapely.coverage_simplify(drawn, SIMPLER * 2)
    return flat


def _borders(drawn: Shapes) -> Shape:
    """Each border once, although two grids have it."""
    lines: Shape = shapely.line_merge(shapely.union_all(shapely.boundary(drawn)))
    return lines


def _valid(shape: Shape) -> Shape:
    sound: Shape = shape if shapely.is_valid(shape) else shapely.make_valid(shape)
    return sound


def _outside(frame: Frame, land: Shape) -> str:
    box = shapely.box(-60, -60, frame.wide + 60, frame.high + 60)
    return path(shapely.difference(box, _valid(land)))


def _numbers(grids: Sequence[GridTold], frame: Frame, names: Names, *, smallest: int) -> list[Text]:
    """The numbers of grids, each as large as its grid allows; those too small have none."""
    told = []
    for grid in sorted(grids, key=lambda grid: -grid.label_radius_m):
        radius = grid.label_radius_m / frame.metres_per_unit
        wide = width_of(grid.label, 100) / 100
        size = min(NUMBER, round(radius * 2 / max(wide, 1.0) * 0.85))
        x, y = frame.units(np.array(grid.label_at))
        if size >= smallest:
            text = names.at(grid.label, x, y, size)
            if text is not None:
                told.append(text)
    return told


def _fitting_size(words: str, shape: Shape) -> int:
    west, _north, east, _south = shapely.bounds(shape)
    most = (east - west) / max(width_of(words, 100) / 100, 1) * 0.7
    return int(max(90, min(COMMUNITY, most)))


def _tints(shapes: Shapes) -> list[int]:
    """A number of a colour for each shape, different from those of its neighbours if it can be."""
    tree = shapely.STRtree(shapes)
    tints = [-1] * len(shapes)
    for place in range(len(shapes)):
        near = tree.query(shapes[place], predicate="intersects")
        used = {tints[other] for other in near.tolist() if other != place}
        free = [tint for tint in range(len(COLOURS)) if tint not in used]
        tints[place] = min(free or range(len(COLOURS)), key=lambda tint: (tints.count(tint), tint))
    return tints
