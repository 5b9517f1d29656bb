"""Who lies below whom: by the parent's code or name, by the digits of codes, or by containment.

All leaves sit at the scheme's lowest level and every parent has a child; what a file does not say
about the levels above is made up from the plan in force or from the names it gives, and told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np
import shapely
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geogrid.territory.numbering import code_of, free_numbers
from geogrid.territory.plan_files.features import Feature, Ladder
from geogrid.territory.plan_files.placed import LONGEST, Placed, refuse_long, refuse_repeated
from layers.datum.shapes import Shape
from layers.intake.errors import Unusable

__all__ = ["Levelled", "Placed", "Upper", "levelled"]

NAMED = 5  # grids named in a sentence


@dataclass(frozen=True, slots=True)
class Upper:
    """A grid above the leaves that is known already, from the plan in force."""

    level: int
    code: str
    name: str
    label: str
    lineage: UUID
    parent: str | None
    shape: Shape


@dataclass(slots=True)
class Levelled:
    """Grids from the top down, by level then in the order of the file, and what was decided."""

    grids: list[Placed]
    how: str
    notes: list[str] = field(default_factory=list)


def levelled(features: Sequence[Feature], ladder: Ladder, known: Iterable[Upper] = ()) -> Levelled:
    """Give each feature its level, its code and its parent.

    Parameters
    ----------
    features : sequence of Feature
    ladder : Ladder
    known : iterable of Upper
        Grids above the leaves in the plan in force.

    Raises
    ------
    Unusable
        When levels or parents cannot be told, or codes stand twice or are too long.
    """
    depths, how = _depths(features, ladder)
    result = Levelled([], how)
    uppers = {upper.code: upper for upper in known}
    taken = {feature.code for feature in features}
    for depth in range(1, ladder.lowest + 1):
        mine = [f for f, d in zip(features, depths, strict=True) if d == depth]
        above = [grid for grid in result.grids if grid.level == depth - 1]
        placed = _with_parents(mine, depth, above, ladder, uppers, result)
        result.grids += _with_codes(placed, ladder, taken)
    result.grids = [_labelled(grid) for grid in result.grids]
    _without_childless(result, ladder)
    if not any(grid.level == ladder.lowest for grid in result.grids):
        raise Unusable(
            _("The file holds no grid of the lowest level."),
            _("See --field level=..."),
            field="level",
        )
    refuse_repeated(result.grids)
    refuse_long(result.grids)
    return result


def _depths(features: Sequence[Feature], ladder: Ladder) -> tuple[list[int], str]:
    """The level of each feature, and how it was told."""
    if any(feature.level for feature in features):
        depths = []
        for feature in features:
            depth = ladder.by_name(feature.level)
            if depth is None:
                levels = ", ".join(f"{r.depth} ({'/'.join(r.names)})" for r in ladder.rungs)
                raise Unusable(
                    _("%(name)s (row %(row)s) has the level %(level)s; known are %(known)s.")
                    % {
                        "name": feature.called,
                        "row": feature.number,
                        "level": feature.level or "-",
                        "known": levels,
                    },
                    field="level",
                    rows=[feature.number],
                )
            depths.append(depth)
        return depths, _("by the file's levels")
    referred = {feature.parent for feature in features if feature.parent}
    codes = {feature.code: feature for feature in features if feature.code}
    if referred & codes.keys():
        return [_chain(feature, referred, ladder) for feature in features], _("by their parents")
    told = [ladder.by_code(feature.code) for feature in features]
    if len(set(told)) > 1 and None not in told:
        return [depth for depth in told if depth is not None], _("by the length of codes")
    return [ladder.lowest] * len(features), _("all of the lowest level")


def _chain(feature: Feature, referred: set[str], ladder: Ladder) -> int:
    """A grid that others name as their parent lies above the leaves."""
    if feature.code not in referred:
        return ladder.lowest
    return ladder.by_code(feature.code) or ladder.lowest - 1


def _with_parents(
    features: Sequence[Feature],
    depth: int,
    above: list[Placed],
    ladder: Ladder,
    known: dict[str, Upper],
    result: Levelled,
) -> list[Placed]:
    """Features of one level below those of the level above, which grows where one is missing."""
    if depth == 1:
        return [_placed(feature, 1, None) for feature in features]
    finder = _Parents(above, depth - 1, ladder, known)
    parents = [finder.of(feature) for feature in features]
    lost = [f.called for f, parent in zip(features, parents, strict=True) if parent is None]
    if lost:
        names = ladder.rungs[depth - 2].names
        raise Unusable(
            _("It cannot be told which %(level)s %(count)s grids belong to (%(first)s).")
            % {
                "level": names[0 if (get_language() or "").startswith("zh") else -1],
                "count": len(lost),
                "first": ", ".join(lost[:NAMED]),
            },
            _(
                "Name the field that says it with --field parent=..., or give the file that holds "
                "the level above with --upper."
            ),
            field="parent",
            rows=[f.number for f, parent in zip(features, parents, strict=True) if parent is None],
        )
    for upper in finder.added:
        result.grids.append(upper)
    result.notes += finder.notes()
    return [_placed(f, depth, parent) for f, parent in zip(features, parents, strict=True)]


class _Parents:
    """Finds the parent of a feature among the grids of the level above."""

    def __init__(
        self, above: list[Placed], depth: int, ladder: Ladder, known: dict[str, Upper]
    ) -> None:
        self.ladder, self.depth = ladder, depth
        self.here = {grid.code: grid for grid in above if grid.code}
        self.named = {grid.name: grid for grid in above if grid.name}
        self.known = {upper.code: upper for upper in known.values() if upper.level == depth}
        self.known_names = {upper.name: upper for upper in self.known.values()}
        self.added: list[Placed] = []
        self.ways: dict[str, int] = {}
        drawn = [(grid.code, grid.shape) for grid in above if grid.shape is not None]
        self.drawn = drawn or [(upper.code, upper.shape) for upper in self.known.values()]
        self.tree = shapely.STRtree([shape for _, shape in self.drawn]) if self.drawn else None

    def of(self, feature: Feature) -> str | None:
        for way, found in (
            (_("by the parent's code or name"), self._told(feature)),
            (_("by the digits of their codes"), self._coded(feature)),
            (_("by lying inside them"), self._around(feature)),
        ):
            if found is not None:
                self.ways[way] = self.ways.get(way, 0) + 1
                return found
        return None

    def notes(self) -> list[str]:
        told = [
            _("%(count)s grids found their parents %(way)s.") % {"count": count, "way": way}
            for way, count in self.ways.items()
        ]
        made = [grid.called for grid in self.added if grid.lineage is None]
        if made:
            told.append(
                _("%(count)s grids of the level above were made up: %(first)s.")
                % {"count": len(made), "first": ", ".join(made[:NAMED])}
            )
        return told

    def _told(self, feature: Feature) -> str | None:
        value = feature.parent
        if not value:
            return None
        if value in self.here:
            return value
        if value in self.named:
            return self.named[value].code
        if value in self.known:
            return self._take(self.known[value])
        if value in self.known_names:
            return self._take(self.known_names[value])
        coded = self.ladder.by_code(value) == self.depth
        return self._make(code=value if coded else "", name=value)

    def _coded(self, feature: Feature) -> str | None:
        code = self.ladder.above(feature.code, self.depth + 1)
        if code is None or code in self.here:
            return code
        if code in self.known:
            return self._take(self.known[code])
        return None if self.drawn else self._make(code=code, name=code)

    def _around(self, feature: Feature) -> str | None:
        """The parent that holds most of it; its border may be drawn a little differently."""
        if self.tree is None or feature.shape is None:
            return None
        shape = feature.shape if feature.shape.is_valid else shapely.make_valid(feature.shape)
        near = self.tree.query(shape, predicate="intersects")
        if not len(near):
            return None
        shared = [shapely.area(shapely.intersection(shape, self.drawn[n][1])) for n in near]
        code = self.drawn[int(near[int(np.argmax(shared))])][0]
        return code if code in self.here or not self.known else self._take(self.known[code])

    def _take(self, upper: Upper) -> str:
        """A grid of the plan in force goes on, with its lineage."""
        if upper.code not in self.here:
            grid = Placed(
                level=upper.level, code=upper.code, label=upper.label, name=upper.name,
                parent=upper.parent, kind="basic", lineage=upper.lineage, pieces_reason="",
                number=0, shape=None,
            )  # fmt: skip
            self._add(grid)
        return upper.code

    def _make(self, *, code: str, name: str) -> str:
        if not code or code in self.here:
            stem, width = self.ladder.prefix, self.ladder.rungs[self.depth - 1].width
            number = next(free_numbers(stem, width, self.here, parent=stem))
            code = code_of(stem, number, width)
        if self.depth > 1:
            raise Unusable(
                _("%(name)s is not in the file, and nothing says what it belongs to.")
                % {"name": name},
                _("Give the file that holds the levels above with --upper."),
                field="parent",
            )
        grid = Placed(
            level=self.depth, code=code, label="", name=name, parent=None, kind="basic",
            lineage=None, pieces_reason="", number=0, shape=None,
        )  # fmt: skip
        self._add(grid)
        return code

    def _add(self, grid: Placed) -> None:
        self.here[grid.code] = grid
        self.named[grid.name] = grid
        self.added.append(grid)


def _placed(feature: Feature, depth: int, parent: str | None) -> Placed:
    return Placed(
        level=depth, code=feature.code, label=feature.label, name=feature.name, parent=parent,
        kind=feature.kind, lineage=feature.lineage, pieces_reason=feature.pieces_reason,
        number=feature.number, shape=feature.shape,
    )  # fmt: skip


def _with_codes(grids: list[Placed], ladder: Ladder, taken: set[str]) -> list[Placed]:
    """Grids without a code get the next one of their parent, from west to east."""
    fresh: dict[int, str] = {}
    numbers: dict[tuple[str, int], Iterator[int]] = {}
    without = [grid for grid in grids if not grid.code]
    for grid in sorted(without, key=_west_first):
        width = ladder.rungs[grid.level - 1].width
        stem = grid.parent or ladder.prefix
        if (stem, width) not in numbers:
            numbers[stem, width] = free_numbers(stem, width, taken, parent=stem)
        fresh[id(grid)] = code_of(stem, next(numbers[stem, width]), width)
    taken.update(fresh.values())
    return [replace(grid, code=fresh.get(id(grid), grid.code)) for grid in grids]


def _labelled(grid: Placed) -> Placed:
    return replace(grid, label=grid.label or _label(grid.code), name=grid.name or grid.code)


def _west_first(grid: Placed) -> tuple[float, float]:
    if grid.shape is None:
        return (0.0, 0.0)
    west, _, _, north = grid.shape.bounds
    return west, -north


def _label(code: str) -> str:
    """The last two digits, as maps show them."""
    return code[-2:] if code[-2:].isdigit() else code[-LONGEST["label"] :]


def _without_childless(result: Levelled, ladder: Ladder) -> None:
    """A parent without children is no part of a plan."""
    for depth in range(ladder.lowest - 1, 0, -1):
        parents = {grid.parent for grid in result.grids if grid.level == depth + 1}
        empty = [g for g in result.grids if g.level == depth and g.code not in parents]
        if empty:
            names = ", ".join(grid.called for grid in empty[:NAMED])
            result.notes.append(
                _("%(count)s grids have no grid below them: %(first)s; left out.")
                % {"count": len(empty), "first": names}
            )
            gone = {id(grid) for grid in empty}
            result.grids = [grid for grid in result.grids if id(grid) not in gone]
