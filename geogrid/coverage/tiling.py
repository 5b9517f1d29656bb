"""What an edit may see of a tiling, and the tiling that is kept in memory."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.change import Change, Key, Refined
from geogrid.coverage.refinement import divided
from geogrid.coverage.rings import replaced
from geogrid.coverage.segments import directed_segments
from layers.datum.lattice import STEP, to_steps
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Ground", "Tiling"]

FRESH = 256  # changed grids kept beside the index before it is built anew


class Ground(Protocol):
    """An exact tiling, seen through a window: edits ask for what lies near, never for all.

    Shapes are Polygon or MultiPolygon in EPSG:4326, on the lattice, and tile the territory.
    """

    def near(self, where: Shape, steps: float = 0) -> Mapping[Key, Shape]:
        """The grids within so many lattice steps of a place; with 0, those that touch it."""
        ...

    def shape(self, key: Key) -> Shape:
        """One grid.

        Raises
        ------
        KeyError
            When there is none.
        """
        ...

    def base_near(self, where: Shape) -> Shapes:
        """The outline's base within two steps of a place: LineStrings of two points.

        The territory's outline as it was drawn, before edits inserted vertices.
        """
        ...

    def fixed_near(self, where: Shape) -> Shapes:
        """The same of fixed units: their whole outlines as they were drawn.

        Apart from the territory's base: where a unit was fixed after its outline had been
        refined, it holds vertices that the territory's base has not, and measured from those
        the outline would drift.
        """
        ...

    def group(self, key: Key) -> Hashable | None:
        """The unit with a fixed outline that a grid belongs to; None when nothing is fixed."""
        ...


class Tiling:
    """A tiling in memory.

    Parameters
    ----------
    shapes : mapping of Key to shape, or n shapes
        An exact tiling; shapes without keys get 0, 1, 2 ...
    outline : Polygon or MultiPolygon, optional
        The territory; by default the union of the shapes.
    base : Polygon or MultiPolygon, optional
        What `outline` refines; by default the outline itself.
    groups : mapping of Key to hashable, optional
        The fixed unit of each grid. The units' borders are fixed as they are now; once moved
        by an unlocked edit, as they were after it.

    Known Issues
    ------------
    Nothing is proved here: prove first (`coverage.proof.tiles`).
    """

    def __init__(
        self,
        shapes: Mapping[Key, Shape] | ShapesLike,
        outline: Shape | None = None,
        base: Shape | None = None,
        groups: Mapping[Key, Hashable] | None = None,
    ) -> None:
        if isinstance(shapes, Mapping):
            self.shapes: dict[Key, Shape] = dict(shapes)
        else:
            self.shapes = dict(enumerate(listed(shapes)))
        self.groups: dict[Key, Hashable] = dict(groups or {})
        self._outline = (
            shapely.coverage_union_all(listed(self.shapes.values())) if outline is None else outline
        )
        self._refined: list[Refined] = []
        border = shapely.boundary(self._outline if base is None else base)
        self._base = Base(two_point_lines(border))
        self._fixed = Base(self._group_borders(self.shapes))
        self._next = max(self.shapes, default=-1) + 1
        self._index()

    @property
    def outline(self) -> Shape:
        """The territory's outline with every vertex that edits inserted."""
        for each in self._refined:
            self._outline = replaced(
                self._outline,
                to_steps([each.start, *each.removed, each.finish]),
                to_steps([each.start, *each.inserted, each.finish]),
            )
        self._refined = []
        return self._outline

    def shape(self, key: Key) -> Shape:
        return self.shapes[key]

    def group(self, key: Key) -> Hashable | None:
        return self.groups.get(key)

    def near(self, where: Shape, steps: float = 0) -> Mapping[Key, Shape]:
        reach = steps * STEP
        found = self._keys[self._tree.query(where, predicate="dwithin", distance=reach)]
        keys = [key for key in found.tolist() if key not in self._fresh]
        keys.extend(self._fresh_near(where, reach))
        return {key: self.shapes[key] for key in sorted(keys)}

    def base_near(self, where: Shape) -> Shapes:
        return self._base.near(where)

    def fixed_near(self, where: Shape) -> Shapes:
        return listed([*self._fixed.near(where), *self._base.near(where)])

    def apply(self, change: Change) -> dict[Key, Key]:
        """Carry out a change; returns the key that each new grid got."""
        made = {}
        for key in sorted((key for key in change.shapes if key not in self.shapes), reverse=True):
            made[key] = self._next if key < 0 else key
            self._next = max(self._next, made[key]) + 1
        if self.groups:
            self._regroup(change, made)
        for key in change.gone:
            del self.shapes[key]
            self.groups.pop(key, None)
        for key, shape in change.shapes.items():
            self.shapes[made.get(key, key)] = shape
        self._refined.extend(change.refined)
        self._fresh |= change.gone | {made.get(key, key) for key in change.shapes}
        if len(self._fresh) > FRESH:
            self._index()
        return made

    def _index(self) -> None:
        self._keys: NDArray[np.int64] = np.fromiter(self.shapes, np.int64, len(self.shapes))
        self._tree = shapely.STRtree(listed(self.shapes.values()))
        self._fresh: set[Key] = set()

    def _fresh_near(self, where: Shape, reach: float) -> list[Key]:
        keys = [key for key in self._fresh if key in self.shapes]
        shapes = listed(self.shapes[key] for key in keys)
        bounds = shapely.bounds(shapes).reshape(-1, 4)
        west, south, east, north = where.bounds
        rows = np.flatnonzero(
            (bounds[:, 0] <= east + reach)
            & (bounds[:, 2] >= west - reach)
            & (bounds[:, 1] <= north + reach)
            & (bounds[:, 3] >= south - reach)
        )
        return [keys[row] for row in rows[shapely.dwithin(shapes[rows], where, reach)]]

    def _group_borders(self, shapes: Mapping[Key, Shape]) -> list[Shape]:
        """The borders between fixed units; not the outline, which has a base of its own."""
        if not self.groups:
            return []
        segments = directed_segments(shapes.values())
        number = {unit: n for n, unit in enumerate(dict.fromkeys(self.groups.values()), start=1)}
        unit_of = np.array([number.get(self.groups.get(key), 0) for key in shapes])
        loose = segments.unbalanced(unit_of[segments.owner])
        order, starts = loose.grouped()
        twice = order[starts[np.diff(np.append(starts, len(order))) == 2]]
        return list(loose.take(twice).lines())

    def _regroup(self, change: Change, made: Mapping[Key, Key]) -> None:
        """Borders that an unlocked edit moved are fixed where they are now."""
        for key, origin in change.parts_of.items():
            self.groups[made[key]] = self.groups.get(origin)
        now = {made.get(key, key): shape for key, shape in change.shapes.items()}
        strangers = [
            line
            for line in self._group_borders(now)
            if divided(to_steps(shapely.get_coordinates(line)), self.fixed_near(line)) is None
        ]
        if strangers:
            self._fixed = Base([*self._fixed.segments, *strangers])


class Base:
    """Segments that may be refined, by place."""

    def __init__(self, segments: ShapesLike) -> None:
        self.segments = listed(segments)
        self._tree = shapely.STRtree(self.segments)

    def near(self, where: Shape) -> Shapes:
        """Those within two steps."""
        return self.segments[self._tree.query(where, predicate="dwithin", distance=2 * STEP)]


def two_point_lines(border: Shape) -> Shapes:
    """The segments of lines or rings, each a LineString of two points."""
    xy, line = shapely.get_coordinates(shapely.get_parts(border), return_index=True)
    rows = np.flatnonzero(line[1:] == line[:-1])
    return listed(shapely.linestrings(np.stack([xy[rows], xy[rows + 1]], axis=1)))
