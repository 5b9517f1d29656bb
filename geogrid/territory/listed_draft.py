"""A drawn list written as a draft: codes, lineages and communities, all of it or nothing.

In its community, a listed grid goes on from the grid of the base plan that has its code, else its
name, else its number; everything else is new. A code of the list that is another grid's is not used
again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.territory.actions import copy_cells, start_plan
from geogrid.territory.actions.boundaries import closest, unassigned_name
from geogrid.territory.actions.outlines import fixed_units, refuse_moved
from geogrid.territory.actions.terms import refuse_inexact
from geogrid.territory.listed_errors import NothingListed
from geogrid.territory.listed_plan import ListedPlan
from geogrid.territory.listing import GridRow
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import AreaBoundary, Grid, GridCode, Plan, PlanEvent, Scheme
from geogrid.territory.naming import grid_name
from geogrid.territory.numbering import code_of, free_numbers, label_of
from geogrid.territory.plan_files.assembly import new_grids
from geogrid.territory.plan_files.features import Ladder, Rung
from geogrid.territory.plan_files.levels import Placed
from geogrid.territory.refusals import guards_told
from layers.datum.shapes import listed
from layers.geocoding.normalise import normalise

__all__ = ["Goes", "ListSource", "goes_on", "write_listed"]

NUMBER = re.compile(r"(?:第)?\s*0*(\d{1,4})\s*(?:号)?\s*(?:网格|格)?$")
MOST_LETTERS, MOST_DIGITS = 120, 24


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where a draft's borders came from, for its history."""

    name: str
    sha256: str
    corrections: int = 0


@dataclass(frozen=True, slots=True)
class Goes:
    """A grid of the base plan that a listed one may go on from."""

    code: str
    name: str
    label: str
    kind: str
    lineage: UUID
    parent: str


@dataclass(slots=True)
class _Codes:
    """Gives codes below a parent: the wished number where it is free, else the next one."""

    ladder: Ladder
    taken: set[str]
    free: dict[str, Iterator[int]] = field(default_factory=dict)

    def below(self, above: str, depth: int, wish: int | None) -> tuple[str, int]:
        parent = above or self.ladder.prefix
        width = next(rung.width for rung in self.ladder.rungs if rung.depth == depth)
        if wish is not None and 0 < wish < 10**width:
            code = code_of(parent, wish, width)
            if code not in self.taken:
                self.taken.add(code)
                return code, wish
        if parent not in self.free:
            self.free[parent] = free_numbers(parent, width, set(self.taken), parent=parent)
        number = next(n for n in self.free[parent] if code_of(parent, n, width) not in self.taken)
        code = code_of(parent, number, width)
        self.taken.add(code)
        return code, number


@guards_told()
@transaction.atomic
def write_listed(
    *,
    scheme: Scheme,
    boundary: AreaBoundary,
    drawn: ListedPlan,
    base: Plan | None,
    pieces: Mapping[int, str],
    source: ListSource,
    by: User | None,
    at: datetime,
    name: str = "",
) -> Plan:
    """Write what a list draws as a draft, with its loads and the cells that still fit.

    `base` is the plan whose communities were kept, `pieces` grid of the list -> why it lies in
    several pieces.

    Raises
    ------
    NothingListed
        No grid of the list has any ground.
    FixedOutline
        An administrative outline would move; it never does as long as `base` was drawn on.
    NotExact, NotAllowed
    """
    require(by, Permission.DRAW, scheme=scheme)
    if not (drawn.drawn.grid >= 0).any():
        raise NothingListed
    rungs = [
        Rung(level.depth, (level.name_zh, level.name_en), level.code_width)
        for level in scheme.levels.order_by("depth")
    ]
    ladder = Ladder(scheme.area.code_prefix, tuple(rungs))
    placed = _placed(drawn, scheme, base, ladder, pieces)
    units = {} if base is None else fixed_units(base)
    grids, _ = new_grids(placed, scheme, base, units, ladder)
    plan = start_plan(
        scheme=scheme, boundary=boundary, outline=drawn.drawn.outline, grids=grids, by=by, at=at,
        name=name,
    )  # fmt: skip
    refuse_inexact(plan)
    rebuild_loads(plan=plan, at=at)
    if base is not None:
        plan.based_on = base
        plan.save(update_fields=["based_on"])
        refuse_moved(plan)
        copy_cells(base, plan)
    PlanEvent.objects.create(
        plan=plan,
        kind=PlanEvent.Kind.IMPORTED,
        by=by,
        at=at,
        data={
            "file": source.name,
            "format": "list",
            "sha256": source.sha256,
            "grids": int((drawn.drawn.grid >= 0).sum()),
            "entries": drawn.items,
            "entries_in_grid": drawn.items_in_grid,
            "corrections": source.corrections,
            "from_plan": base.number if base else None,
        },
    )
    return plan


def goes_on(
    rows: Sequence[GridRow], parents: Sequence[str], before: Sequence[Goes]
) -> dict[int, Goes]:
    """Which listed grid goes on from which grid of the base plan.

    Parameters
    ----------
    rows : sequence of GridRow
    parents : sequence of str, one per row
        Code of the community each lies in.
    before : sequence of Goes
        The leaves of the base plan.
    """
    found: dict[int, Goes] = {}
    left = {one.code: one for one in before}
    ways: tuple[Callable[[GridRow, str, Goes], bool], ...] = (_coded, _named, _numbered)
    for way in ways:
        for at, row in enumerate(rows):
            if at in found:
                continue
            fitting = [one for one in left.values() if way(row, parents[at], one)]
            if len(fitting) == 1:
                found[at] = left.pop(fitting[0].code)
    return found


def _coded(row: GridRow, parent: str, one: Goes) -> bool:
    return row.code == one.code and (parent == one.parent or _alike(row, one))


def _named(row: GridRow, parent: str, one: Goes) -> bool:
    return parent == one.parent and _alike(row, one)


def _numbered(row: GridRow, parent: str, one: Goes) -> bool:
    """第7网格 is the community's grid with number 07, unless the list tells another code."""
    number = _number(row)
    if number is None or row.code or parent != one.parent:
        return False
    return one.label.isdigit() and int(one.label) == number


def _alike(row: GridRow, one: Goes) -> bool:
    return bool(row.name) and normalise(row.name) == normalise(one.name)


def _number(row: GridRow) -> int | None:
    found = NUMBER.search(row.name or row.code)
    return int(found[1]) if found else None


def _placed(
    drawn: ListedPlan,
    scheme: Scheme,
    base: Plan | None,
    ladder: Ladder,
    pieces: Mapping[int, str],
) -> list[Placed]:
    grids, shapes = drawn.drawn.grid.tolist(), drawn.drawn.shapes
    lowest = ladder.lowest
    taken = set(GridCode.objects.filter(scheme=scheme).values_list("code", flat=True))
    if base is not None:
        taken |= set(base.grids.values_list("code", flat=True))
    codes = _Codes(ladder, taken)
    above, parents = (
        _known_above(drawn, base, lowest)
        if base and lowest > 1
        else _made_above(drawn, scheme, codes)
    )
    listed_at = [(at, grid) for at, grid in enumerate(grids) if grid >= 0]
    rows = [drawn.grids[grid] for _, grid in listed_at]
    on = goes_on(rows, [parents[at] for at, _ in listed_at], _leaves(base))
    uppers = {grid.code for grid in above}
    used = {one.code for one in on.values()}
    leaves = []
    for number, ((at, grid), row) in enumerate(zip(listed_at, rows, strict=True)):
        known = on.get(number)
        code = row.code if 0 < len(row.code) <= MOST_DIGITS else ""
        if code in uppers or code in used or code in taken:
            code = ""  # another grid's, or one's own
        if base is not None and not code.startswith(parents[at]):
            code = ""  # counted below another community
        if not code and known is not None:
            code = known.code
        wish = _number(row)
        if not code:
            code, wish = codes.below(parents[at], lowest, wish)
        used.add(code)
        taken.add(code)
        label = known.label if known and known.code == code else _label(code, wish)
        leaves.append(
            Placed(
                level=lowest, code=code, label=label, name=_name(row, parents[at], above, scheme),
                parent=parents[at] or None, kind=known.kind if known else Grid.Kind.BASIC,
                lineage=known.lineage if known else None, pieces_reason=pieces.get(grid, ""),
                number=row.line, shape=shapes[at],
            )
        )  # fmt: skip
    free = [at for at, grid in enumerate(grids) if grid < 0]
    for number, at in enumerate(free, start=1):
        code, serial = codes.below(parents[at], lowest, None)
        leaves.append(
            Placed(
                level=lowest, code=code, label=label_of(serial),
                name=unassigned_name(number, scheme.area.language), parent=parents[at] or None,
                kind=Grid.Kind.UNASSIGNED, lineage=None, pieces_reason="", number=0,
                shape=shapes[at],
            )
        )  # fmt: skip
    return [*above, *leaves]


def _leaves(base: Plan | None) -> list[Goes]:
    if base is None:
        return []
    rows = base.grids.leaves().exclude(kind=Grid.Kind.UNASSIGNED).order_by("code")
    return [
        Goes(code, name, label, kind, lineage, parent or "")
        for code, name, label, kind, lineage, parent in rows.values_list(
            "code", "name", "label", "kind", "lineage", "parent__code"
        )
    ]


def _known_above(drawn: ListedPlan, base: Plan, lowest: int) -> tuple[list[Placed], list[str]]:
    """The grids above the leaves of the base plan, and the parent of each drawn shape."""
    rows = list(
        base.grids.filter(level__lt=lowest)
        .order_by("level", "code")
        .values_list("level", "code", "label", "name", "kind", "lineage", "parent__code")
    )
    above = [
        Placed(
            level=level, code=code, label=label, name=name, parent=parent, kind=kind,
            lineage=lineage, pieces_reason="", number=0, shape=None,
        )
        for level, code, label, name, kind, lineage, parent in rows
    ]  # fmt: skip
    order = [grid.code for grid in above if grid.level == lowest - 1]
    ward = drawn.drawn.community.tolist()
    shapes = drawn.drawn.shapes
    inside = [at for at, number in enumerate(ward) if number >= 0]
    outside = [at for at, number in enumerate(ward) if number < 0]
    if outside and inside:
        near = closest(listed(shapes[inside]), listed(shapes[outside]))
        for at, other in zip(outside, near, strict=True):
            ward[at] = ward[inside[other]]
    return above, [order[number] for number in ward]


def _made_above(drawn: ListedPlan, scheme: Scheme, codes: _Codes) -> tuple[list[Placed], list[str]]:
    """Grids above the leaves after the communities the list names; one where it names none."""
    ladder, area = codes.ladder, scheme.area
    grids = drawn.drawn.grid.tolist()
    if ladder.lowest == 1:
        return [], [""] * len(grids)
    made: list[Placed] = []
    stem, parent = ladder.prefix, None
    for rung in ladder.rungs[:-2]:
        code, number = codes.below(stem, rung.depth, 1)
        made.append(_upper(rung.depth, code, number, area.name, parent))
        stem, parent = code, code
    names = [(drawn.grids[grid].community or area.name) if grid >= 0 else None for grid in grids]
    by_name: dict[str, str] = {}
    depth = ladder.lowest - 1
    for at, name in enumerate(names):
        if name is None or name in by_name:
            continue
        told = ladder.above(drawn.grids[grids[at]].code, ladder.lowest)
        if told and told not in codes.taken:
            codes.taken.add(told)
            width = ladder.rungs[-2].width
            by_name[name] = told
            made.append(_upper(depth, told, int(told[-width:]), name, parent))
            continue
        code, number = codes.below(stem, depth, None)
        by_name[name] = code
        made.append(_upper(depth, code, number, name, parent))
    shapes = drawn.drawn.shapes
    inside = [at for at, name in enumerate(names) if name is not None]
    outside = [at for at, name in enumerate(names) if name is None]
    if outside:
        near = closest(listed(shapes[inside]), listed(shapes[outside]))
        for at, other in zip(outside, near, strict=True):
            names[at] = names[inside[other]]
    return made, [by_name[name or ""] for name in names]


def _upper(depth: int, code: str, number: int, name: str, parent: str | None) -> Placed:
    return Placed(
        level=depth, code=code, label=label_of(number), name=name[:MOST_LETTERS], parent=parent,
        kind=Grid.Kind.BASIC, lineage=None, pieces_reason="", number=0, shape=None,
    )  # fmt: skip


def _label(code: str, number: int | None) -> str:
    if number is not None and code.endswith(str(number)):
        return label_of(number)
    return code[-2:] if code[-2:].isdigit() else code[-12:]


def _name(row: GridRow, parent: str, above: Sequence[Placed], scheme: Scheme) -> str:
    """As the list says; a mere number becomes a name after its community."""
    title = row.name.strip() or row.code
    if not title.isdigit():
        return title[:MOST_LETTERS]
    quarter = next((grid.name for grid in above if grid.code == parent), scheme.area.name)
    number = int(title) if len(title) <= 4 else int(title[-3:])
    return grid_name(quarter, number, scheme.area.language)[:MOST_LETTERS]
