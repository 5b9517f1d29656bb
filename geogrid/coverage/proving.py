"""The proof of an edit: what it did to the outline, to fixed units, to each grid, to the lattice.

Only segments that changed are looked at, so the proof of an edit costs what its patch costs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.change import Change, Code, Key, Refined, Refused, Rights
from geogrid.coverage.closeness import beside, too_close
from geogrid.coverage.proof import invalid
from geogrid.coverage.refinement import REACH, Detour, away, detours, divided
from geogrid.coverage.segments import Segments, directed_segments, pack, unpack
from geogrid.coverage.tiling import Ground
from layers.datum.lattice import from_steps, to_steps
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["Outcome", "Outline", "Strayed", "conclude", "outline_of", "proved"]

AIMABLE = 3.0  # steps: a vertex farther from the base was meant to be elsewhere
SEARCHED = np.arange(-8, 9)  # steps around a vertex in which a better place is looked for


@dataclass(frozen=True, slots=True)
class Outcome:
    """A patch before and after.

    Attributes
    ----------
    before, after : mapping of Key to shape
    keys : ndarray of int64
        All keys of both, ascending.
    walked : Segments
        All borders: owners >= 0 (indices into `keys`) are walked now, owner -1 - index was walked
        before.
    changed : Segments
        Those of them that differ, grid by grid.
    parts_of : mapping of Key to Key
    gone : frozenset of Key
        Grids that are meant to end.
    """

    before: Mapping[Key, Shape]
    after: Mapping[Key, Shape]
    keys: NDArray[np.int64]
    walked: Segments
    changed: Segments
    parts_of: Mapping[Key, Key]
    gone: frozenset[Key] = frozenset()

    @classmethod
    def of(
        cls,
        before: Mapping[Key, Shape],
        after: Mapping[Key, Shape],
        parts_of: Mapping[Key, Key],
        gone: frozenset[Key] = frozenset(),
    ) -> Outcome:
        keys = np.array(sorted(before.keys() | after.keys()), dtype=np.int64)
        both = _owned(after, keys).minus(_owned(before, keys))
        changed = both.unbalanced(_index(both))
        return cls(before, after, keys, both, changed, parts_of, gone)

    def changed_keys(self) -> list[Key]:
        """Grids whose border changed and that are still there."""
        touched = self.keys[np.unique(_index(self.changed))].tolist()
        return [key for key in touched if key in self.after]

    def loose(self, rows: NDArray[np.bool_] | None = None) -> Segments:
        """How the outline of some grids together (chosen by segment) differs; by default of all.

        Each side is added up for itself first. A segment is walked once on each side at most;
        where land is counted twice, all copies are there.
        """
        walked = self.walked if rows is None else self.walked.take(rows)
        return walked.unbalanced((walked.owner < 0).astype(np.int64)).unbalanced()


@dataclass(frozen=True, slots=True)
class Strayed:
    """A vertex in a border that may only be refined, too far from the base segment.

    Attributes
    ----------
    code : Code
        off_outline or fixed_outline.
    vertex : ndarray of int64, shape (2,)
    target : ndarray of int64, shape (2,)
        The nearest lattice point beside the base segment.
    border : ndarray of int64, shape (2, 2)
        Both ends of the piece of border that the vertex was put into.
    """

    code: Code
    vertex: NDArray[np.int64]
    target: NDArray[np.int64]
    border: NDArray[np.int64]


@dataclass(slots=True)
class Outline:
    """What an edit does to the borders that may only be refined.

    Attributes
    ----------
    neighbours : mapping of Key to shape
        Grids outside the patch whose border was divided; when there are some, nothing else
        is known yet.
    refined : list of Refined
        Of the territory's outline.
    strayed : list of Strayed
        Vertices that would be welcome a step further.
    moved : list of (Code, LineString)
        Pieces of border that come or go.
    """

    neighbours: Mapping[Key, Shape] = field(default_factory=dict)
    refined: list[Refined] = field(default_factory=list)
    strayed: list[Strayed] = field(default_factory=list)
    moved: list[tuple[Code, Shape]] = field(default_factory=list)

    def judge(self, code: Code, found: Sequence[Detour], bases: Shapes, others: Shapes) -> None:
        """Tell refining from moving.

        Parameters
        ----------
        code : Code
            off_outline or fixed_outline.
        found : sequence of Detour
        bases : ndarray of LineString
            What these borders refine.
        others : ndarray of LineString
            What they refine as well, as borders of the other kind: a vertex that has to move a
            step goes to where it refines both.
        """
        corners = set(pack(to_steps(shapely.get_coordinates(bases))).tolist())
        for detour in found:
            base = divided(np.concatenate([detour.before, detour.after[[0, -1]]]), bases)
            if corners.intersection(pack(detour.before[1:-1]).tolist()):
                base = None  # in the tip of a spike a corner lies that near to its other side
            inner = detour.after[1:-1]
            off = np.inf if base is None else away(inner, base[0], base[1]).max(initial=0)
            if base is not None and off <= REACH:
                if code is Code.OFF_OUTLINE:
                    self.refined.append(_refined(detour))
            elif base is not None and off <= AIMABLE and len(detour.before) == 2:
                other = divided(detour.before, others)
                self.strayed.extend(
                    Strayed(code, vertex, _beside(vertex, base, other), detour.before)
                    for vertex in inner[away(inner, base[0], base[1]) > REACH]
                )
            else:
                self.moved.append((code, shapely.LineString(from_steps(detour.before))))


def proved(ground: Ground, outcome: Outcome, rights: Rights) -> Change:
    """Prove an edit whose patch is complete.

    Raises
    ------
    Refused
        off_outline also where a border outside the patch would have to change.
    """
    return conclude(ground, outcome, outline_of(ground, outcome, rights), rights)


def outline_of(ground: Ground, outcome: Outcome, rights: Rights) -> Outline:
    """What an edit does to the patch's outline and to the borders of fixed units."""
    loose = outcome.loose()
    neighbours = _neighbours(ground, outcome, loose)
    if neighbours:
        return Outline(neighbours)
    found = [(Code.OFF_OUTLINE, *detours(loose))]
    units = _units(ground, outcome, rights)
    home = units[_index(outcome.walked)]
    touched = units[_index(outcome.changed)]
    for unit in np.unique(touched[touched >= 0]):
        found.append((Code.FIXED_OUTLINE, *detours(outcome.loose(home == unit))))
    outline = Outline()
    bases = {}
    for code, near in (
        (Code.OFF_OUTLINE, ground.base_near),
        (Code.FIXED_OUTLINE, ground.fixed_near),
    ):
        lines = [detour.line() for each, ways, _ in found if each is code for detour in ways]
        bases[code] = near(shapely.union_all(lines)) if lines else listed([])
    for code, ways, rest in found:
        (others,) = (lines for each, lines in bases.items() if each is not code)
        outline.judge(code, ways, bases[code], others)
        outline.moved.extend((code, _line(ends)) for ends in rest)
    return outline


def conclude(ground: Ground, outcome: Outcome, outline: Outline, rights: Rights) -> Change:
    """The proved and settled change, or the refusal that names what is wrong first."""
    before, after = outcome.before, outcome.after
    lost = sorted(before.keys() - after.keys() - outcome.gone)
    if lost:
        raise Refused(Code.VANISHES, shapely.union_all([before[key] for key in lost]), tuple(lost))
    touched = outcome.changed_keys()
    if not touched and not outcome.gone:
        raise Refused(Code.NO_CUT, shapely.union_all(list(before.values())), tuple(before))
    folded = [touched[row] for row in invalid([after[key] for key in touched])]
    if folded:
        drawn = shapely.GeometryCollection([after[key] for key in folded])
        raise Refused(Code.FOLDS, drawn, tuple(folded))
    if outline.neighbours:  # the patch is as given, and a grid outside it would have to change
        left_out = tuple(outline.neighbours)
        loose = outcome.loose().line()
        raise Refused(Code.OFF_OUTLINE, loose, (*touched, *left_out), left_out)
    _keep_outlines(outcome, outline)
    _keep_balance(outcome, outline)
    _keep_whole(outcome, touched, rights)
    _settle(ground, outcome)
    return Change(
        shapes={key: after[key] for key in touched},
        gone=outcome.gone,
        patch=frozenset(before),
        parts_of=dict(outcome.parts_of),
        refined=tuple(outline.refined),
    )


def _index(segments: Segments) -> NDArray[np.int64]:
    """For each segment the index of its grid."""
    return np.where(segments.owner < 0, -1 - segments.owner, segments.owner)


def _owned(shapes: Mapping[Key, Shape], keys: NDArray[np.int64]) -> Segments:
    """Segments whose owner is the index of their grid in `keys`."""
    segments = directed_segments(shapes.values())
    rows = np.searchsorted(keys, np.fromiter(shapes, np.int64, len(shapes)))
    return replace(segments, owner=rows[segments.owner])


def _neighbours(ground: Ground, outcome: Outcome, loose: Segments) -> dict[Key, Shape]:
    """Grids outside the patch that hold a segment which the patch lost, or took from them."""
    if not len(loose):
        return {}
    near = ground.near(loose.line())
    strangers = {key: shape for key, shape in near.items() if key not in outcome.before}
    wanted = set(zip(loose.low.tolist(), loose.high.tolist(), strict=True))
    return {key: shape for key, shape in strangers.items() if wanted & _ends(shape)}


def _ends(shape: Shape) -> set[tuple[int, int]]:
    segments = directed_segments(shape)
    return set(zip(segments.low.tolist(), segments.high.tolist(), strict=True))


def _units(ground: Ground, outcome: Outcome, rights: Rights) -> NDArray[np.int64]:
    """For each of the outcome's keys a number of its fixed unit; -1 where nothing is fixed."""
    if rights.unlocked:
        return np.full(len(outcome.keys), -1, dtype=np.int64)
    units = [ground.group(outcome.parts_of.get(key, key)) for key in outcome.keys.tolist()]
    number = {unit: n for n, unit in enumerate(dict.fromkeys(units))} | {None: -1}
    return np.array([number[unit] for unit in units], dtype=np.int64)


def _refined(detour: Detour) -> Refined:
    before, after = (
        [(float(x), float(y)) for x, y in from_steps(way)] for way in (detour.before, detour.after)
    )
    return Refined(after[0], after[-1], tuple(after[1:-1]), tuple(before[1:-1]))


def _beside(
    vertex: NDArray[np.int64], base: NDArray[np.int64], other: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """The lattice point where a vertex refines its base segment, and the other one if it can.

    That is the nearest one to where the vertex meets the base at a right angle, or the nearest
    to the vertex within `REACH` of both.
    """
    along = (base[1] - base[0]).astype(np.float64)
    share = np.clip(((vertex - base[0]) @ along) / (along @ along), 0, 1)
    foot: NDArray[np.int64] = base[0] + np.rint(share * along).astype(np.int64)
    if other is None:
        return foot
    around = np.stack(np.meshgrid(SEARCHED, SEARCHED), axis=-1).reshape(-1, 2) + vertex
    fitting = np.maximum(away(around, *base), away(around, *other)) <= REACH
    near = around[fitting]
    if not len(near):
        return foot
    nearest: NDArray[np.int64] = near[np.argmin(np.hypot(*(near - vertex).T))]
    return nearest


def _line(ends: tuple[int, int]) -> Shape:
    return shapely.LineString(from_steps(unpack(np.array(ends, dtype=np.uint64))))


def _keep_outlines(outcome: Outcome, outline: Outline) -> None:
    wrong = outline.moved + [
        (each.code, shapely.LineString(from_steps(each.border))) for each in outline.strayed
    ]
    for code in (Code.OFF_OUTLINE, Code.FIXED_OUTLINE):
        lines = [line for each, line in wrong if each is code]
        if lines:
            where = shapely.union_all(lines)
            keys = [
                key for key in outcome.changed_keys() if outcome.after[key].distance(where) == 0
            ]
            raise Refused(code, where, tuple(keys or outcome.changed_keys()))


def _keep_balance(outcome: Outcome, outline: Outline) -> None:
    """What changed is what is told of the outline, nothing less and nothing twice."""
    told: Counter[tuple[int, int]] = Counter()
    for each in outline.refined:
        for way, sign in ((each.inserted, 1), (each.removed, -1)):
            vertices = pack(to_steps([each.start, *way, each.finish])).tolist()
            for one, other in pairwise(vertices):
                told[min(one, other), max(one, other)] += sign if one < other else -sign
    loose = outcome.loose()
    for one, other, sign in zip(
        loose.low.tolist(), loose.high.tolist(), loose.sign.tolist(), strict=True
    ):
        told[one, other] -= sign
    wrong = [_line(ends) for ends, count in told.items() if count]
    if wrong:
        raise Refused(Code.OFF_OUTLINE, shapely.union_all(wrong), tuple(outcome.changed_keys()))


def _keep_whole(outcome: Outcome, touched: Sequence[Key], rights: Rights) -> None:
    """Each grid one piece, or one in each of the pieces it lay in before."""
    for key in touched:
        pieces = shapely.get_parts(outcome.after[key])
        if len(pieces) == 1 or key in rights.pieces_allowed:
            continue
        home = outcome.before.get(outcome.parts_of.get(key, key))
        homes = shapely.get_parts(listed([] if home is None else [home]))
        shared = shapely.relate_pattern(pieces[:, None], homes[None, :], "2********")
        if not shared.any(axis=1).all() or (shared.sum(axis=0) > 1).any():
            small = np.argsort(shapely.area(pieces))[:-1]
            raise Refused(Code.IN_PIECES, shapely.union_all(pieces[small]), (key,))


def _settle(ground: Ground, outcome: Outcome) -> None:
    made = outcome.changed.take(outcome.changed.owner >= 0)
    if not len(made):
        return
    neighbours = ground.near(made.line(), 1)
    outside = [
        shape
        for key, shape in neighbours.items()
        if key not in outcome.before and key not in outcome.gone
    ]
    around = beside(made, directed_segments([*outcome.after.values(), *outside]))
    everyone = {**neighbours, **outcome.after}
    for code, places in (
        (Code.TOO_CLOSE, too_close(made, around)),
        (Code.FOLDS, _crossings(made, around)),
    ):
        if places:
            where = shapely.GeometryCollection(places)
            keys = [key for key, shape in everyone.items() if shape.distance(where) == 0]
            raise Refused(code, where, tuple(keys))


def _crossings(made: Segments, around: Segments) -> list[Shape]:
    """Where new borders cross others between vertices: far from any, so not too close to one."""
    lines, others = made.lines(), around.lines()
    one, other = shapely.STRtree(others).query(lines)  # boxes that meet
    new, old = made.ends()[one], around.ends()[other]
    apart = _sides(new, old) * _sides(old, new)  # whole steps: exact
    return [
        shapely.MultiLineString([lines[one[row]], others[other[row]]])
        for row in np.flatnonzero(apart > 0)
    ]


def _sides(line: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """1 where the ends of `other` lie on different sides of `line`, else 0; shapes (n, 2, 2)."""
    along = line[:, 1] - line[:, 0]
    turn = []
    for end in (0, 1):
        to = other[:, end] - line[:, 0]
        turn.append(np.sign(along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0]))
    different: NDArray[np.int64] = (turn[0] * turn[1] < 0).astype(np.int64)
    return different
