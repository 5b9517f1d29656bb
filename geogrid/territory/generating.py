"""Grids drawn by the computer from the ground: as a proposal to look at, or as a draft at once.

A first plan begins with named places and streets; a later one with a plan that exists, whose
communities stay. Both work without streets: then the ground is cut half-way between homes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db import transaction

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.territory.actions import NewGrid, copy_cells, start_plan
from geogrid.territory.actions.terms import refuse_inexact
from geogrid.territory.division import Division, divide
from geogrid.territory.errors import GroundMissing, NoQuarters
from geogrid.territory.founding import general_scheme
from geogrid.territory.geometry import single, to_shapely
from geogrid.territory.ground import ground_of
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Area, AreaBoundary, Grid, Plan, PlanEvent, Scheme
from geogrid.territory.redivision import Before, redivide
from geogrid.territory.refusals import guards_told
from geogrid.territory.starting_errors import NoHomes, NothingToDivide, RangeUnusable
from geogrid.territory.written_grids import first_grids, later_grids
from layers.datum.shapes import Shape, listed

__all__ = [
    "KEEPING",
    "Generated",
    "Piece",
    "Wish",
    "draw_first_plan",
    "generate",
    "write_generated",
]

# What "as they are", "rounder" and "from nothing" are to the balance, see `coverage.balance`.
KEEPING: Mapping[str, float | None] = {"near": 10.0, "rounder": 1.0, "anew": None}
BARRIERS: Mapping[str, float] = {"strong": 1.6, "usual": 1.0, "none": 0.0}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a division.

    Attributes
    ----------
    least, most : int
        Dwellings of a grid.
    base : int
        Number of the plan whose communities stay; 0: from nothing.
    quarters : bool
        From nothing: quarters around named places; else the whole is one.
    keep : str
        A key of `KEEPING`: what the present grids are worth.
    inside : tuple of str
        Lineages of the grids above the leaves in which to divide anew; empty: in all.
    untouched : tuple of str
        Lineages of leaves that stay as they are.
    dedicated : bool
        Whether dedicated grids stay as they are.
    barriers : str
        strong, usual or none: how much borders prefer streets, railways and waters.
    """

    least: int
    most: int
    base: int = 0
    quarters: bool = True
    keep: str = "near"
    inside: tuple[str, ...] = ()
    untouched: tuple[str, ...] = ()
    dedicated: bool = True
    barriers: str = "usual"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Wish:
        lists = {name: tuple(kept.get(name, ())) for name in ("inside", "untouched")}
        return cls(**{**kept, **lists})


@dataclass(frozen=True, slots=True)
class Piece:
    """A leaf of a proposal: below which grid of the base, or in which named quarter; after whom.

    `kept` says that it is the very land it was; `reason` why it is out of range, else "".
    """

    shape: Shape
    parent: UUID | None
    quarter: str
    origin: UUID | None
    dwellings: int
    reason: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Generated:
    """A proposal: leaves in reading order that tile `outline` exactly."""

    wish: Wish
    boundary: int
    outline: Shape
    pieces: list[Piece]
    moved: int = 0
    blocks: int = 0
    atoms: int = 0
    seconds: float = 0.0
    names: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """JSON; shapes as WKB, so that every coordinate stays bit for bit."""
        kept = {name: getattr(self, name) for name in ("boundary", "moved", "blocks", "atoms",
                                                       "seconds", "names")}  # fmt: skip
        return kept | {
            "wish": self.wish.as_dict(),
            "outline": shapely.to_wkb(self.outline, hex=True),
            "pieces": [
                [
                    shapely.to_wkb(one.shape, hex=True), one.parent and str(one.parent),
                    one.quarter, one.origin and str(one.origin), one.dwellings, one.reason,
                    one.kept,
                ]
                for one in self.pieces
            ],
        }  # fmt: skip

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Generated:
        pieces = [
            Piece(
                shapely.from_wkb(shape), UUID(parent) if parent else None, quarter,
                UUID(origin) if origin else None, dwellings, reason, kept,
            )
            for shape, parent, quarter, origin, dwellings, reason, kept in told["pieces"]
        ]  # fmt: skip
        own = {"wish": Wish.of(told["wish"]), "outline": shapely.from_wkb(told["outline"])}
        return cls(**{**told, **own, "pieces": pieces})


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
    """The grids a proposal would write, all levels; leaves in the order of its pieces."""
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
        base.grids.leaves().order_by("code").values_list("lineage", "parent", "kind", "boundary")
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
            or (wish.dedicated and kind == Grid.Kind.DEDICATED)
            or (bool(inside) and lineages[parents[parent]] not in inside)
            for lineage, parent, kind, _ in leaves
        ]
    )
    if kept.all():
        raise NothingToDivide
    before = Before(
        leaves=listed([single(to_shapely(shape)) for _, _, _, shape in leaves]),
        parent=np.array([parents[parent] for _, parent, _, _ in leaves], dtype=np.int64),
        kept=kept,
        unassigned=np.array([kind == Grid.Kind.UNASSIGNED for _, _, kind, _ in leaves]),
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
        moved=drawn.moved, blocks=drawn.blocks, atoms=drawn.atoms,
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
