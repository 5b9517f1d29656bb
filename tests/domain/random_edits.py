"""Random edits, as planners would send them, for plans that are edited hundreds of times."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from django.contrib.gis.geos import Point

from geogrid.territory.actions import NewGrid, start_plan
from geogrid.territory.commands import (
    Claim,
    CutOut,
    DeleteVertex,
    Describe,
    EditCommand,
    InsertVertex,
    Merge,
    MoveBorder,
    MoveToParent,
    MoveVertex,
    Redraw,
    Renumber,
    ReturnTo,
    Split,
    Straighten,
    Undo,
)
from geogrid.territory.geometry import from_shapely
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import AreaBoundary, Level, Plan, Scheme
from geogrid.territory.states import GridState
from layers.places.models import Building
from tests.factories import FOUNDED, AreaFactory, SourceFactory
from tests.tilings import tiling

PLACES = 400


def town(count: int, *, seed: int) -> Plan:
    """A draft of three levels: 2 x 2 fixed communities of 2 x 2 quarters, leaves, and homes."""
    blocks = tiling(count, seed=seed)
    west, south, east, north = blocks.outline.bounds
    inner = shapely.get_coordinates(shapely.point_on_surface(blocks.faces))
    place = np.floor((inner - (west, south)) / (east - west, north - south) * 4).astype(int)
    area = AreaFactory(code_prefix="1")
    scheme = Scheme.objects.create(area=area, code="general", name="general")
    for depth, fixed in ((1, True), (2, False), (3, False)):
        Level.objects.create(
            scheme=scheme, depth=depth, name_zh="层", name_en=f"level {depth}", fixed=fixed
        )
    grids = {}
    for number, (along, up) in enumerate(place.tolist(), start=1):
        top = f"1{1 + along // 2 + up // 2 * 2:03d}"
        quarter = f"{top}{1 + along % 2 + up % 2 * 2:03d}"
        grids[top] = NewGrid(1, top, top[-2:], f"C{top}")
        grids[quarter] = NewGrid(2, quarter, quarter[-2:], f"Q{quarter}", parent=top)
        code = f"{quarter}{number:03d}"
        shape = blocks.faces[number - 1]
        grids[code] = NewGrid(3, code, "00", f"{quarter} {number:02d}", parent=quarter, shape=shape)
    boundary = AreaBoundary.objects.create(
        area=area, valid_from=FOUNDED.date(), boundary=from_shapely(blocks.outline, multi=True)
    )
    random = np.random.default_rng(seed)
    xy = np.rint(random.uniform((west, south), (east, north), (PLACES, 2)) * 1e7) / 1e7
    spots = [Point(float(x), float(y), srid=4326) for x, y in xy]
    Building.objects.bulk_create(
        Building(source=SourceFactory(), anchor=spot, dwellings=n % 30)
        for n, spot in enumerate(spots)
    )
    plan = start_plan(
        scheme=scheme, boundary=boundary, outline=blocks.outline, grids=grids.values(), by=None,
        at=FOUNDED,
    )  # fmt: skip
    rebuild_loads(plan=plan, at=FOUNDED)
    return plan


@dataclass
class Planner:
    """Draws random commands on the draft as it was last told: a mirror kept from answers alone."""

    grids: dict[UUID, GridState]
    revision: int
    random: np.random.Generator
    depth: int = 3

    @property
    def leaves(self) -> list[GridState]:
        found = [state for state in self.grids.values() if state.level == self.depth]
        return sorted(found, key=lambda state: state.lineage)

    def command(self, *, words: bool = True) -> EditCommand | None:
        """The next command; None where chance found nothing to draw."""
        verbs: list[Callable[[], EditCommand | None]] = [
            self._split, self._split, self._merge, self._merge, self._claim, self._claim,
            self._cut_out, self._redraw, self._move_vertex, self._move_vertex,
            self._insert_vertex, self._delete_vertex, self._move_border, self._straighten,
        ]  # fmt: skip
        if words:
            verbs += [self._describe, self._move_to_parent, self._undo, self._undo]
        if words and self.random.random() < 0.02:
            verbs = [self._renumber, self._return_to]
        return verbs[int(self.random.integers(len(verbs)))]()

    def _any(self) -> GridState:
        leaves = self.leaves
        return leaves[int(self.random.integers(len(leaves)))]

    def _pair(self) -> tuple[GridState, GridState, shapely.Geometry] | None:
        """Two neighbours, mostly below the same quarter, and their common border."""
        one = self._any()
        others = [
            other
            for other in self.leaves
            if other.lineage != one.lineage and shapely.dwithin(one.shape, other.shape, 0)
        ]
        near = [other for other in others if other.parent == one.parent]
        pool = near if near and self.random.random() < 0.8 else others
        for other in self.random.permutation(np.array(pool, dtype=object)):
            border = shapely.line_merge(shapely.intersection(one.shape, other.shape))
            if border.length:
                return one, other, border
        return None

    def _spread(self, shape: shapely.Geometry) -> tuple[float, float]:
        west, south, east, north = shape.bounds
        return float(self.random.uniform(west, east)), float(self.random.uniform(south, north))

    def _split(self) -> EditCommand | None:
        grid = self._any()
        a, b = (np.array(self._spread(grid.shape)) for _ in range(2))
        line = shapely.LineString([a - 3 * (b - a), b + 3 * (b - a)])
        return Split(grid.lineage, line, base_revision=self.revision)

    def _merge(self) -> EditCommand | None:
        pair = self._pair()
        if pair is None or len(self.leaves) < 20:
            return None
        return Merge(pair[0].lineage, (pair[1].lineage,), base_revision=self.revision)

    def _claim(self) -> EditCommand | None:
        pair = self._pair()
        if pair is None:
            return None
        one, other, border = pair
        middle = border.interpolate(float(self.random.random()), normalized=True)
        lasso = middle.buffer(float(self.random.uniform(1e-5, 2e-4)), quad_segs=3)
        return Claim(one.lineage, lasso, (other.lineage,), base_revision=self.revision)

    def _cut_out(self) -> EditCommand | None:
        middle = shapely.Point(self._spread(self._any().shape))
        area = middle.buffer(float(self.random.uniform(2e-5, 1e-4)), quad_segs=2)
        return CutOut(area, base_revision=self.revision)

    def _redraw(self) -> EditCommand | None:
        grid = self._any()
        shape = grid.shape.buffer(float(self.random.uniform(-3e-5, 3e-5)), join_style="mitre")
        if shape.geom_type != "Polygon" or shape.is_empty:
            return None
        return Redraw(grid.lineage, shape, base_revision=self.revision)

    def _vertex(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """A segment of a common border: its ends are vertices."""
        pair = self._pair()
        if pair is None:
            return None
        parts = [part for part in shapely.get_parts(pair[2]) if part.length]
        xy = shapely.get_coordinates(parts[0])
        at = int(self.random.integers(len(xy) - 1))
        (ax, ay), (bx, by) = xy[at].tolist(), xy[at + 1].tolist()
        return (ax, ay), (bx, by)

    def _move_vertex(self) -> EditCommand | None:
        found = self._vertex()
        if found is None:
            return None
        x, y = found[0]
        dx, dy = self.random.uniform(-4e-5, 4e-5, 2)
        to = (round(x + dx, 7), round(y + dy, 7))
        return MoveVertex(found[0], to, base_revision=self.revision)

    def _insert_vertex(self) -> EditCommand | None:
        found = self._vertex()
        if found is None:
            return None
        (ax, ay), (bx, by) = found
        middle = (round((ax + bx) / 2, 7), round((ay + by) / 2, 7))
        return InsertVertex(*found, middle, base_revision=self.revision)

    def _delete_vertex(self) -> EditCommand | None:
        found = self._vertex()
        return None if found is None else DeleteVertex(found[0], base_revision=self.revision)

    def _move_border(self) -> EditCommand | None:
        pair = self._pair()
        if pair is None or pair[2].geom_type != "LineString":
            return None
        one, other, border = pair
        moved = shapely.transform(border, lambda xy: xy + self.random.uniform(-3e-5, 3e-5, 2))
        ends = shapely.get_coordinates(border)[[0, -1]]
        xy = np.vstack([ends[:1], shapely.get_coordinates(moved)[1:-1], ends[1:]])
        line = shapely.LineString(xy)
        return MoveBorder(one.lineage, other.lineage, line, base_revision=self.revision)

    def _straighten(self) -> EditCommand | None:
        pair = self._pair()
        if pair is None:
            return None
        return Straighten(pair[0].lineage, pair[1].lineage, base_revision=self.revision)

    def _describe(self) -> EditCommand | None:
        kinds = ["basic", "dedicated", "unassigned"]
        kind = kinds[int(self.random.integers(3))]
        name = f"grid {int(self.random.integers(1000))}"
        return Describe(self._any().lineage, name=name, kind=kind, base_revision=self.revision)

    def _move_to_parent(self) -> EditCommand | None:
        pair = self._pair()
        if pair is None:
            return None
        parent = pair[1].parent if self.random.random() < 0.7 else None
        return MoveToParent((pair[0].lineage,), parent, base_revision=self.revision)

    def _undo(self) -> EditCommand | None:
        back = int(self.random.integers(1, 6))
        if back > self.revision:
            return None
        return Undo(self.revision + 1 - back, base_revision=self.revision)

    def _renumber(self) -> EditCommand | None:
        return Renumber(base_revision=self.revision)

    def _return_to(self) -> EditCommand | None:
        back = int(self.random.integers(2, 12))
        if back > self.revision:
            return None
        return ReturnTo(self.revision - back, base_revision=self.revision)
