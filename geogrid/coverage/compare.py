"""Compare two divisions of a territory: what changes hands, and who continues whom.

Grids that are the same on both sides are set aside at once; the borders of the others are drawn
together, and each face between them belonged to one grid before and belongs to one after.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.gaps import width_m
from geogrid.coverage.settling import edges_of, faces_between, settle
from layers.datum.metric import area_m2, length_m, metres_per_degree
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Comparison", "HandOver", "Share", "compare", "match"]

K = TypeVar("K", bound=Hashable)
NOWHERE = -1
MOST = 0.5 + 1e-6  # more than half, not by rounding
HAIR_M = 0.011  # a lattice step: borders refined by a vertex lie closer together than this


@dataclass(frozen=True, slots=True)
class HandOver(Generic[K]):
    """Land that belongs to another grid afterwards.

    Attributes
    ----------
    source, target : key or None
        The grid before and after; None where there was or is none.
    shape : Polygon or MultiPolygon
        EPSG:4326.
    area_m2 : float
    weight : float
        Sum of the weights of the points (households by anchor) that change hands with it; the
        number of points when no weights were given.
    """

    source: K | None
    target: K | None
    shape: Shape
    area_m2: float
    weight: float


@dataclass(frozen=True, slots=True)
class Share(Generic[K]):
    """How much of a grid that changed went where: what succession is written from.

    Attributes
    ----------
    source, target : key
        A grid before and a grid after that have land in common, the same key included.
    of_area : float
        Share of the source's area, 0 to 1.
    of_weight : float
        Share of the source's weight; 0.0 when it had none.
    """

    source: K
    target: K
    of_area: float
    of_weight: float


@dataclass(frozen=True, slots=True)
class Comparison(Generic[K]):
    """What distinguishes two divisions.

    Attributes
    ----------
    hand_overs : tuple of HandOver
        The heaviest first, then the largest.
    shares : tuple of Share
        Of every grid before that is not unchanged; for each the largest share first.
    unchanged : tuple of key
        Grids with the same key and the same land.
    added, removed : tuple of key
        Keys only after, only before.
    """

    hand_overs: tuple[HandOver[K], ...]
    shares: tuple[Share[K], ...]
    unchanged: tuple[K, ...]
    added: tuple[K, ...]
    removed: tuple[K, ...]

    @property
    def area_m2(self) -> float:
        """Land that changes hands, all together."""
        return sum(one.area_m2 for one in self.hand_overs)

    @property
    def weight(self) -> float:
        """Weight that changes hands, all together."""
        return sum(one.weight for one in self.hand_overs)


def compare(
    before: Mapping[K, Shape],
    after: Mapping[K, Shape],
    *,
    points: ShapesLike = (),
    weights: ArrayLike | None = None,
) -> Comparison[K]:
    """What changes hands between two divisions.

    Parameters
    ----------
    before, after : mapping of key to Polygon or MultiPolygon
        EPSG:4326, exact tilings on the lattice, of the same territory or of two. Keys are
        codes, lineages, or whatever tells on both sides that a grid is the same. A point on a
        border belongs to the first of its grids in the order of the mapping: sort by code.
    points : Point, n of them
        Anchors of what is counted.
    weights : array_like of float, shape (n,)
        Households, for instance; by default every point counts one.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        When points and weights differ in number.

    Known Issues
    ------------
    Land narrower than a lattice step (a border that only gained a vertex) is not told.
    """
    same = _same(before, after)
    old = {key: shape for key, shape in before.items() if key not in same}
    new = {key: shape for key, shape in after.items() if key not in same}
    places = listed(points)
    load = np.ones(len(places)) if weights is None else np.asarray(weights, dtype=np.float64)
    if len(load) != len(places):
        raise ValueError("one weight per point is needed")
    found: list[HandOver[K]] = []
    shares: list[Share[K]] = []
    if old or new:
        overlay = _Overlay.of(listed(old.values()), listed(new.values()))
        moved = _loads(before, after, same, places, load)
        names_before, names_after = list(old), list(new)
        found = list(_hand_overs(overlay, moved, names_before, names_after))
        shares = list(_shares(overlay, moved, names_before, names_after))
    return Comparison(
        hand_overs=tuple(sorted(found, key=lambda one: (-one.weight, -one.area_m2))),
        shares=tuple(shares),
        unchanged=tuple(key for key in before if key in same),
        added=tuple(key for key in after if key not in before),
        removed=tuple(key for key in before if key not in after),
    )


def match(before: Mapping[K, Shape], after: Mapping[K, Shape]) -> dict[K, K]:
    """Which grid after continues which grid before: each holds most of the other.

    Parameters
    ----------
    before, after : mapping of key to Polygon or MultiPolygon
        EPSG:4326; the keys of the two need not mean the same.

    Returns
    -------
    dict of key after to key before
        Only pairs in which more than half of either is common land; so each key once.
    """
    old, new = listed(before.values()), listed(after.values())
    overlay = _Overlay.of(old, new)
    names_before, names_after = list(before), list(after)
    common = overlay.common()
    had = _totals(common, 0)
    has = _totals(common, 1)
    return {
        names_after[target]: names_before[source]
        for (source, target), area in common.items()
        if source != NOWHERE
        and target != NOWHERE
        and area > MOST * had[source]
        and area > MOST * has[target]
    }


def _same(before: Mapping[K, Shape], after: Mapping[K, Shape]) -> set[K]:
    """Keys whose shapes have the same rings, wherever these start."""
    both = [key for key in before if key in after]
    one = shapely.normalize(listed(before[key] for key in both))
    other = shapely.normalize(listed(after[key] for key in both))
    equal = shapely.equals_exact(one, other)
    return {key for key, alike in zip(both, equal, strict=True) if alike}


@dataclass(frozen=True, slots=True)
class _Overlay:
    """Faces between the borders of two divisions, with their place in either (or NOWHERE)."""

    faces: Shapes
    source: NDArray[np.int64]
    target: NDArray[np.int64]

    @classmethod
    def of(cls, old: Shapes, new: Shapes) -> _Overlay:
        faces = faces_between(settle(edges_of([*old, *new])))
        points = shapely.point_on_surface(faces)
        return cls(faces, _first_covering(old, points), _first_covering(new, points))

    def common(self) -> dict[tuple[int, int], float]:
        """Area by pair of indices, in square metres at the latitude of the first face."""
        if not len(self.faces):
            return {}
        across, along = metres_per_degree(shapely.bounds(self.faces[0])[1])
        areas = shapely.area(self.faces) * across * along
        total: dict[tuple[int, int], float] = {}
        rows = zip(self.source.tolist(), self.target.tolist(), areas.tolist(), strict=True)
        for source, target, area in rows:
            total[source, target] = total.get((source, target), 0.0) + area
        return total


def _first_covering(shapes: Shapes, points: Shapes) -> NDArray[np.int64]:
    """Index of the first shape that covers each point, or NOWHERE."""
    result = np.full(len(points), len(shapes), dtype=np.int64)
    shape, point = shapely.STRtree(points).query(shapes, predicate="covers")
    np.minimum.at(result, point, shape)
    return np.where(result < len(shapes), result, NOWHERE)


def _loads(
    before: Mapping[K, Shape],
    after: Mapping[K, Shape],
    same: set[K],
    points: Shapes,
    weights: NDArray[np.float64],
) -> dict[tuple[int, int], float]:
    """Weight by pair of places among the changed grids."""
    changed = [shape for plan in (before, after) for key, shape in plan.items() if key not in same]
    near = np.unique(shapely.STRtree(points).query(listed(changed), predicate="covers")[1])
    source = _place(before, same, points[near])
    target = _place(after, same, points[near])
    total: dict[tuple[int, int], float] = {}
    rows = zip(source.tolist(), target.tolist(), weights[near].tolist(), strict=True)
    for one, other, weight in rows:
        total[one, other] = total.get((one, other), 0.0) + weight
    return total


def _place(plan: Mapping[K, Shape], same: set[K], points: Shapes) -> NDArray[np.int64]:
    """The changed grid each point belongs to; NOWHERE when it belongs to an unchanged one."""
    changed = np.array([key not in same for key in plan] + [False])
    number = np.where(changed, np.cumsum(changed) - 1, NOWHERE)
    result: NDArray[np.int64] = number[_first_covering(listed(plan.values()), points)]
    return result


def _hand_overs(
    overlay: _Overlay, moved: Mapping[tuple[int, int], float], old: list[K], new: list[K]
) -> Iterable[HandOver[K]]:
    members: dict[tuple[int, int], list[int]] = {}
    pairs = zip(overlay.source.tolist(), overlay.target.tolist(), strict=True)
    for face, (one, other) in enumerate(pairs):
        members.setdefault((one, other), []).append(face)
    for (one, other), faces in members.items():
        source = None if one == NOWHERE else old[one]
        target = None if other == NOWHERE else new[other]
        if source == target:
            continue
        parts = shapely.get_parts(shapely.coverage_union_all(overlay.faces[faces]))
        wide = [part for part in parts if width_m(area_m2(part), length_m(part)) > HAIR_M]
        weight = moved.get((one, other), 0.0)
        if wide or weight:
            shape = shapely.multipolygons(wide or list(parts))
            whole = shape if len(shape.geoms) > 1 else shape.geoms[0]
            yield HandOver(source, target, whole, area_m2(whole), weight)


def _totals(common: Mapping[tuple[int, int], float], side: int) -> dict[int, float]:
    total: dict[int, float] = {}
    for pair, amount in common.items():
        total[pair[side]] = total.get(pair[side], 0.0) + amount
    return total


def _shares(
    overlay: _Overlay, moved: Mapping[tuple[int, int], float], old: list[K], new: list[K]
) -> Iterable[Share[K]]:
    common = overlay.common()
    area, weight = _totals(common, 0), _totals(moved, 0)
    found: dict[int, list[Share[K]]] = {}
    for pair in sorted(common.keys() | moved.keys()):
        one, other = pair
        if NOWHERE in pair:
            continue
        of_area = common.get(pair, 0.0) / area[one] if area.get(one) else 0.0
        of_weight = moved.get(pair, 0.0) / weight[one] if weight.get(one) else 0.0
        if of_area > 1e-6 or of_weight:
            found.setdefault(one, []).append(Share(old[one], new[other], of_area, of_weight))
    for one in sorted(found):
        yield from sorted(found[one], key=lambda share: (-share.of_weight, -share.of_area))
