"""Grids drawn by the computer from the ground: as a proposal to look at, or as a draft at once.

A first plan begins with named places and streets; a later one with a plan that exists, whose
communities stay. Both work without streets: then the ground is cut half-way between homes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.territory.actions import NewGrid, copy_cells, start_plan
from geogrid.territory.actions.terms import refuse_inexact
from geogrid.territory.division import Division, divide
from geogrid.territory.errors import GroundMissing, NoQuarters
from geogrid.territory.founding import general_scheme
from geogrid.territory.generated import BARRIERS, KEEPING, Generated, Piece, Wish
from geogrid.territory.geometry import single, to_shapely
from geogrid.territory.ground import ground_of
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Area, AreaBoundary, Grid, Plan, PlanEvent, Scheme
from geogrid.territory.redivision import Before, redivide
from geogrid.territory.refusals import guards_told
from geogrid.territory.starting_errors import (
    GeneratedOutdated,
    NoHomes,
    NothingToDivide,
    RangeUnusable,
)
from geogrid.territory.written_grids import first_grids, later_grids
from layers.datum.shapes import Shape, listed

__all__ = ["draw_first_plan", "generate", "grids_of", "write_generated"]


def generate(*, scheme: Scheme, wish: Wish) -> Generated:
    """Divide as wished; nothing is written.

    Raises
    ------
    RangeUnusable, NoHomes, NothingToDivide
        When there is nothing to divide, or nothing to divide it by.
    GroundMissing
        The area has no outline yet.
    """
    if not 0 < wish.least <= wish.most:
        raise RangeUnusable
    started = time.monotonic()
    base = Plan.objects.filter(scheme=scheme, number=wish.base).first() if wish.base else None
    drawn = _anew(scheme, wish) if base is None else _again(base, wish)
    told = {name: getattr(drawn, name) for name in Generated.__slots__}
    return Generated(**told | {"seconds": round(time.monotonic() - started, 1)})


@guards_told()
@transaction.atomic
def write_generated(
    *, scheme: Scheme, generated: Generated, by: User | None, at: datetime, name: str = ""
) -> Plan:
    """Write a proposal as a draft, with codes, loads and the cells that still fit.

    Raises
    ------
    NotAllowed, CodesExhausted
    GeneratedOutdated
        The plan it goes out from was edited since.
    NotExact
        The database's own proof failed; nothing is written.
    """
    require(by, Permission.DRAW, scheme=scheme)
    base = (
        Plan.objects.filter(scheme=scheme, number=generated.wish.base).first()
        if generated.wish.base
        else None
    )
    grids = grids_of(scheme, generated, base)
    plan = start_plan(
        scheme=scheme,
        boundary=AreaBoundary.objects.get(pk=generated.boundary, area=scheme.area),
        outline=generated.outline,
        grids=grids,
        by=by,
        at=at,
        name=name,
    )
    if base is not None:
        plan.based_on = base
        plan.save(update_fields=["based_on"])
    refuse_inexact(plan)
    rebuild_loads(plan=plan, at=at)
    if base is not None:
        copy_cells(base, plan)
    data = {"from_plan": generated.wish.base or None, "generated": generated.wish.as_dict()}
    PlanEvent.objects.create(plan=plan, kind=PlanEvent.Kind.STARTED, by=by, at=at, data=data)
    return plan


def grids_of(scheme: Scheme, generated: Generated, base: Plan | None) -> list[NewGrid]:
    """The grids a proposal would write, all levels; leaves in the order of its pieces.

    Raises GeneratedOutdated where the plan it goes out from was edited since, or is gone.
    """
    if generated.wish.base and (base is None or base.revision != generated.revision):
        raise GeneratedOutdated(number=generated.wish.base)
    if base is None:
        quarters = [one.quarter for one in generated.pieces]
        return first_grids(scheme, quarters, [one.shape for one in generated.pieces])
    rows = [(one.shape, one.parent, one.origin) for one in generated.pieces]
    return later_grids(scheme, base, rows)


@transaction.atomic
def draw_first_plan(
    *,
    area: Area,
    by: User | None,
    at: datetime,
    households: tuple[int, int] = (200, 300),
    name: str = "",
) -> tuple[Plan, Division]:
    """Draw a draft from the imported ground: quarters around named places, grids inside them.

    The leaves' codes are in the order of the division's shapes. Codes that an earlier plan of the
    scheme burnt are left out, for these are other grids.

    Raises GroundMissing without streets in the area, NoQuarters without named places.
    """
    boundary = area.boundaries.order_by("-valid_from").first()
    if boundary is None:
        raise GroundMissing(area=area.name)
    names, ground = ground_of(boundary.boundary)
    if not len(ground.limits):
        raise GroundMissing(area=area.name)
    if not names:
        raise NoQuarters(area=area.name)
    least, most = households
    scheme = general_scheme(area, households=households)
    division = divide(ground, at_least=least, at_most=most)
    quarters = [names[number] for number in division.quarter.tolist()]
    plan = start_plan(
        scheme=scheme,
        boundary=boundary,
        outline=division.outline,
        grids=first_grids(scheme, quarters, list(division.shapes)),
        by=by,
        at=at,
        name=name,
    )
    rebuild_loads(plan=plan, at=at)
    return plan, division


def _anew(scheme: Scheme, wish: Wish) -> Generated:
    boundary = scheme.area.boundaries.order_by("-valid_from").first()
    if boundary is None:
        raise GroundMissing(area=scheme.area.name)
    names, ground = ground_of(boundary.boundary, quarters=wish.quarters)
    if not ground.dwellings.sum():
        raise NoHomes(area=scheme.area.name)
    drawn = divide(ground, at_least=wish.least, at_most=wish.most, barriers=BARRIERS[wish.barriers])
    rows = zip(drawn.shapes, drawn.quarter.tolist(), drawn.dwellings.tolist(), strict=True)
    pieces = [
        Piece(
            shape=shape,
            parent=None,
            quarter=names[quarter] if names else scheme.area.name,
            origin=None,
            dwellings=dwellings,
            reason=_word(drawn.reasons, number),
        )
        for number, (shape, quarter, dwellings) in enumerate(rows)
    ]
    return Generated(
        wish=wish, boundary=boundary.pk, outline=drawn.outline, pieces=pieces,
        blocks=drawn.blocks, atoms=drawn.atoms,
    )  # fmt: skip


def _again(base: Plan, wish: Wish) -> Generated:
    leaves = list(
        base.grids.leaves()
        .order_by("code")
        .values_list("lineage", "parent", "kind", "locked", "boundary")
    )
    parents = {pk: number for number, pk in enumerate(dict.fromkeys(row[1] for row in leaves))}
    above = {
        grid.pk: grid
        for grid in Grid.objects.filter(pk__in=[pk for pk in parents if pk is not None])
    }
    lineages = [above[pk].lineage if pk in above else None for pk in parents]
    inside, untouched = {UUID(one) for one in wish.inside}, {UUID(one) for one in wish.untouched}
    kept = np.array(
        [
            lineage in untouched
            or locked
            or (wish.dedicated and kind == Grid.Kind.DEDICATED)
            or (bool(inside) and lineages[parents[parent]] not in inside)
            for lineage, parent, kind, locked, _ in leaves
        ]
    )
    if kept.all():
        raise NothingToDivide
    before = Before(
        leaves=listed([single(to_shapely(shape)) for *_, shape in leaves]),
        parent=np.array([parents[parent] for _, parent, *_ in leaves], dtype=np.int64),
        kept=kept,
        unassigned=np.array([kind == Grid.Kind.UNASSIGNED for _, _, kind, *_ in leaves]),
        fixed=listed(_outlines(base, above, parents)),
        base=to_shapely(base.boundary.boundary),
    )
    _names, ground = ground_of(base.boundary.boundary, quarters=False)
    if not ground.dwellings.sum():
        raise NoHomes(area=base.scheme.area.name)
    try:
        drawn = redivide(
            ground,
            before,
            at_least=wish.least,
            at_most=wish.most,
            keep=KEEPING[wish.keep],
            barriers=BARRIERS[wish.barriers],
        )
    except ValueError as problem:
        raise NothingToDivide from problem
    rows = zip(
        drawn.shapes, drawn.parent.tolist(), drawn.origin.tolist(), drawn.dwellings.tolist(),
        drawn.kept.tolist(), strict=True,
    )  # fmt: skip
    pieces = [
        Piece(
            shape=shape,
            parent=lineages[parent],
            quarter="",
            origin=leaves[origin][0] if origin >= 0 else None,
            dwellings=dwellings,
            reason=_word(drawn.reasons, number),
            kept=same,
        )
        for number, (shape, parent, origin, dwellings, same) in enumerate(rows)
    ]
    return Generated(
        wish=wish, boundary=base.boundary_id, outline=drawn.outline, pieces=pieces,
        moved=drawn.moved, blocks=drawn.blocks, atoms=drawn.atoms, revision=base.revision,
    )  # fmt: skip


def _outlines(
    base: Plan, above: Mapping[int, Grid], parents: Mapping[int | None, int]
) -> Iterator[Shape]:
    """Of each grid above the leaves the outline as it was fixed; of the whole where none is."""
    for pk in parents:
        if pk is None:
            yield to_shapely(base.boundary.boundary)
        else:
            grid = above[pk]
            yield single(to_shapely(grid.fixed_boundary or grid.boundary))


def _word(reasons: Mapping[int, Any], number: int) -> str:
    return str(reasons[number].value) if number in reasons else ""
