"""Grids to be written, out of what a file placed and a repair left: parents, lineages, new land."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import shapely
from django.utils.translation import gettext as _

from geogrid.coverage.nesting import union
from geogrid.coverage.proof import crowded
from geogrid.coverage.refinement import departures
from geogrid.territory.actions import NewGrid
from geogrid.territory.actions.boundaries import closest, unassigned_name
from geogrid.territory.actions.outlines import Unit
from geogrid.territory.models import Grid, GridCode, Plan, Scheme
from geogrid.territory.numbering import code_of, free_numbers, label_of
from geogrid.territory.plan_files.features import Ladder
from geogrid.territory.plan_files.levels import Levelled, Placed
from layers.datum.lattice import snap
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["disagreements", "final_leaves", "new_grids", "parents_left", "unassigned_grids"]

DIFFERS_M2 = 1.0  # a parent drawn otherwise than the union of its children


def final_leaves(
    drawn: Sequence[Placed], shapes: Shapes, outline: Shape, pieces_reason: str
) -> list[Placed]:
    """The leaves with their final shapes, without those of which nothing is left."""
    left = [
        replace(grid, shape=shape)
        for grid, shape in zip(drawn, shapes, strict=True)
        if shape is not None
    ]
    if pieces_reason:
        several = set(crowded(listed([grid.shape for grid in left]), outline).tolist())
        left = [
            replace(grid, pieces_reason=grid.pieces_reason or pieces_reason)
            if number in several
            else grid
            for number, grid in enumerate(left)
        ]
    return left


def unassigned_grids(
    leaves: Sequence[Placed], pieces: Shapes, scheme: Scheme, ladder: Ladder
) -> list[Placed]:
    """A grid for each piece of land nobody claims, below its closest neighbour's parent."""
    if not len(pieces):
        return []
    shapes = listed([grid.shape for grid in leaves])
    beside = closest(shapes, pieces)
    taken = {grid.code for grid in leaves}
    taken |= set(GridCode.objects.filter(scheme=scheme).values_list("code", flat=True))
    width = ladder.rungs[-1].width
    numbers: dict[str, Iterator[int]] = {}
    added = []
    for number, piece in enumerate(pieces, start=1):
        parent = leaves[beside[number - 1]].parent
        stem = parent or ladder.prefix
        if stem not in numbers:
            numbers[stem] = free_numbers(stem, width, taken, parent=stem)
        serial = next(numbers[stem])
        code = code_of(stem, serial, width)
        name = unassigned_name(number, scheme.area.language)
        added.append(
            Placed(
                level=ladder.lowest, code=code, label=label_of(serial), name=name, parent=parent,
                kind=Grid.Kind.UNASSIGNED, lineage=None, pieces_reason="", number=0, shape=piece,
            )
        )  # fmt: skip
    return added


def parents_left(levels: Levelled, ladder: Ladder, leaves: Sequence[Placed]) -> list[Placed]:
    """The grids above the leaves that still have a child, from the top down."""
    kept: list[Placed] = []
    below: Sequence[Placed] = leaves
    for depth in range(ladder.lowest - 1, 0, -1):
        wanted = {grid.parent for grid in below}
        below = [g for g in levels.grids if g.level == depth and g.code in wanted]
        kept = [*below, *kept]
    return kept


def new_grids(
    placed: Sequence[Placed],
    scheme: Scheme,
    before: Plan | None,
    units: Mapping[UUID, Unit],
    ladder: Ladder,
) -> tuple[list[NewGrid], dict[UUID, tuple[int, Shape]]]:
    """Grids to be written, with level and final shape by lineage.

    Lineages are those of the file, else found by code, else new. `units` are the grids of the plan
    before whose outlines are fixed.
    """
    known = dict(GridCode.objects.filter(scheme=scheme).values_list("code", "lineage"))
    if before is not None:
        known |= dict(before.grids.values_list("code", "lineage"))
    taken = {grid.lineage for grid in placed if grid.lineage is not None}
    shapes = _unions(placed, ladder)
    reasons = _reasons(before)
    grids = []
    drawn_anew: dict[UUID, tuple[int, Shape]] = {}
    for grid in placed:
        lineage = grid.lineage
        if lineage is None and known.get(grid.code) not in taken:
            lineage = known.get(grid.code)
        lineage = lineage or uuid4()
        taken.add(lineage)
        drawn_anew[lineage] = (grid.level, shapes[grid.code])
        drawn = units[lineage].fixed if lineage in units else None
        if drawn is not None and len(departures(drawn, shapes[grid.code])):
            drawn = None  # moved, not refined: fixed as it is from now on
        grids.append(
            NewGrid(
                level=grid.level, code=grid.code, label=grid.label, name=grid.name,
                parent=grid.parent, kind=grid.kind, lineage=lineage,
                shape=grid.shape if grid.level == ladder.lowest else None,
                pieces_reason=grid.pieces_reason, range_reason=reasons.get(lineage, ""),
                fixed_boundary=drawn,
            )
        )  # fmt: skip
    return grids, drawn_anew


def _reasons(before: Plan | None) -> dict[UUID, str]:
    """Why grids of the plan before are out of range: it goes along with a grid that goes on."""
    if before is None:
        return {}
    rows = before.grids.leaves().exclude(range_reason="")
    return dict(rows.values_list("lineage", "range_reason"))


def _unions(placed: Sequence[Placed], ladder: Ladder) -> dict[str, Shape]:
    """Final shapes by code, levels above the leaves derived."""
    shapes = {g.code: g.shape for g in placed if g.level == ladder.lowest and g.shape is not None}
    for depth in range(ladder.lowest, 1, -1):
        children: dict[str, list[Shape]] = {}
        for grid in placed:
            if grid.level == depth and grid.parent is not None:
                children.setdefault(grid.parent, []).append(shapes[grid.code])
        shapes |= {parent: union(parts) for parent, parts in children.items()}
    return shapes


def disagreements(levels: Levelled, leaves: Sequence[Placed], ladder: Ladder) -> list[str]:
    """Upper levels that the file draws otherwise than their grids do."""
    told = []
    shapes = _unions([*(g for g in levels.grids if g.level < ladder.lowest), *leaves], ladder)
    for grid in levels.grids:
        shape = shapes.get(grid.code)
        if grid.level == ladder.lowest or grid.shape is None or shape is None:
            continue
        if shapely.equals_exact(shapely.normalize(snap(grid.shape)), shapely.normalize(shape)):
            continue
        drawn = grid.shape if grid.shape.is_valid else shapely.make_valid(grid.shape)
        differing = area_m2(shapely.symmetric_difference(drawn, shape, grid_size=1e-7))
        if differing > DIFFERS_M2:
            told.append(
                _(
                    "%(name)s is drawn %(area)s m2 otherwise than its grids together; the grids "
                    "count."
                )
                % {"name": grid.called, "area": f"{differing:,.0f}"}
            )
    return told
