"""Generated leaves as grids with codes, numbers and names, below the grids above them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

import numpy as np

from geogrid.coverage.refinement import departures
from geogrid.territory.actions import NewGrid
from geogrid.territory.division import reading_order
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Grid, GridCode, Plan, Scheme
from geogrid.territory.naming import grid_name, name_like, quarter_name
from geogrid.territory.numbering import code_of, free_numbers, label_of
from layers.datum.shapes import Shape, listed

__all__ = ["first_grids", "later_grids"]


def first_grids(scheme: Scheme, quarters: Sequence[str], shapes: Sequence[Shape]) -> list[NewGrid]:
    """Codes, labels and names in the order given, which is west to east, then north to south.

    `quarters` names the quarter of each leaf. Levels above the quarters are one grid each, called
    like the area; a scheme of one level has no quarters.
    """
    area, burnt = scheme.area, _burnt(scheme)
    widths = list(scheme.levels.order_by("depth").values_list("code_width", flat=True))
    stem, grids, parent = area.code_prefix, list[NewGrid](), None
    for depth, width in enumerate(widths[:-2], start=1):
        number = next(free_numbers(stem, width, burnt, parent=area.name))
        stem = code_of(stem, number, width)
        grids.append(NewGrid(depth, stem, label_of(number), area.name, parent=parent))
        parent = stem
    depth = len(widths)
    if depth == 1:
        below = free_numbers(stem, widths[0], burnt, parent=area.name)
        for shape in shapes:
            number = next(below)
            name = grid_name(area.name, number, area.language)
            code = code_of(stem, number, widths[0])
            grids.append(NewGrid(1, code, label_of(number), name, shape=shape))
        return grids
    above = free_numbers(stem, widths[-2], burnt, parent=area.name)
    for quarter in dict.fromkeys(quarters):
        number = next(above)
        code = code_of(stem, number, widths[-2])
        whole = quarter == area.name  # nothing is named: no quarter, and no 社区 behind its name
        name = quarter if whole else quarter_name(quarter, area.language)
        grids.append(NewGrid(depth - 1, code, label_of(number), name, parent=parent))
        below = free_numbers(code, widths[-1], burnt, parent=name)
        for shape, home in zip(shapes, quarters, strict=True):
            if home == quarter:
                leaf = next(below)
                grids.append(
                    NewGrid(
                        level=depth,
                        code=code_of(code, leaf, widths[-1]),
                        label=label_of(leaf),
                        name=grid_name(name, leaf, area.language),
                        parent=code,
                        shape=shape,
                    )
                )
    return grids


def later_grids(
    scheme: Scheme, base: Plan, rows: Sequence[tuple[Shape, UUID | None, UUID | None]]
) -> list[NewGrid]:
    """Grids of a plan that follows `base`; leaves in the order given.

    `rows` are shape, lineage of the grid above, lineage of the grid that goes on (None: a new one).
    What goes on keeps code, number and name; unassigned land that was divided does not go on.
    """
    language = scheme.area.language
    before = {
        grid.lineage: grid for grid in base.grids.select_related("parent").order_by("level", "code")
    }
    depth = max(scheme.levels.values_list("depth", flat=True))
    width = scheme.levels.get(depth=depth).code_width
    used = _burnt(scheme) | {grid.code for grid in before.values()}
    grids = [_above(grid) for grid in before.values() if grid.level < depth]
    names: dict[UUID | None, list[str]] = {}
    for grid in before.values():
        if grid.level == depth and grid.kind != Grid.Kind.UNASSIGNED:
            names.setdefault(grid.parent.lineage if grid.parent else None, []).append(grid.name)
    numbers: dict[UUID | None, Iterator[int]] = {}
    leaves: list[NewGrid | None] = [None] * len(rows)
    for at in _read(rows):
        shape, above, origin = rows[at]
        parent = before[above] if above else None
        if origin is not None:
            old = before[origin]
            # A neighbour's new border may end on it: that adds a vertex and takes no land.
            same = not len(departures(to_shapely(old.boundary), shape))
            # As in every draft: locks are about the drawing at hand, not about what is in force.
            locked = same and old.locked and base.state == Plan.State.DRAFT
            leaves[at] = NewGrid(
                level=depth, code=old.code, label=old.label, name=old.name,
                parent=parent.code if parent else None, kind=old.kind, shape=shape,
                lineage=old.lineage, pieces_reason=old.pieces_reason,
                range_reason=old.range_reason if same else "",
                locked=locked, lock_reason=old.lock_reason if locked else "",
                fixed_boundary=to_shapely(old.fixed_boundary) if old.fixed_boundary else None,
            )  # fmt: skip
            continue
        stem = parent.code if parent else scheme.area.code_prefix
        called = parent.name if parent else scheme.area.name
        if above not in numbers:
            numbers[above] = free_numbers(stem, width, used, parent=called)
        number = next(numbers[above])
        name = name_like(names.get(above, ()), number) or grid_name(called, number, language)
        code = code_of(stem, number, width)
        leaves[at] = NewGrid(
            depth, code, label_of(number), name, parent=parent.code if parent else None,
            shape=shape,
        )  # fmt: skip
    return [*grids, *(leaf for leaf in leaves if leaf is not None)]


def _above(grid: Grid) -> NewGrid:
    return NewGrid(
        level=grid.level,
        code=grid.code,
        label=grid.label,
        name=grid.name,
        parent=grid.parent.code if grid.parent else None,
        kind=grid.kind,
        lineage=grid.lineage,
        pieces_reason=grid.pieces_reason,
        fixed_boundary=to_shapely(grid.fixed_boundary) if grid.fixed_boundary else None,
    )


def _read(rows: Sequence[tuple[Shape, UUID | None, UUID | None]]) -> list[int]:
    """Positions in reading order, so that new numbers run from west to east."""
    known = {lineage: number for number, lineage in enumerate(dict.fromkeys(r[1] for r in rows))}
    groups = np.array([known[row[1]] for row in rows], dtype=np.int64)
    order: list[int] = reading_order(listed([row[0] for row in rows]), groups).tolist()
    return order


def _burnt(scheme: Scheme) -> set[str]:
    return set(GridCode.objects.filter(scheme=scheme).values_list("code", flat=True))
