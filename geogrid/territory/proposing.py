"""Proposals for a draft: how its grids could be balanced, in up to three ways. Nothing is written.

A proposal is made for one unit at a time: a community, or whatever outline is fixed, is never
crossed, so units do not depend on each other and a large town is asked unit by unit. Grids that are
dedicated, unassigned, in several pieces, locked or somebody else's part stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from geogrid.accounts.errors import CodedError
from geogrid.coverage import edits
from geogrid.coverage.adjacency import Adjacency
from geogrid.coverage.aim import Aim
from geogrid.coverage.balance import balance
from geogrid.coverage.change import Refused
from geogrid.coverage.measure import measure
from geogrid.territory.commands import Claim, CutOut, EditCommand, Merge, Rebalance
from geogrid.territory.geometry import single
from geogrid.territory.models import Grid, Level, Plan
from geogrid.territory.proposing_atoms import Atoms, atoms_of
from geogrid.territory.proposing_steps import NEW, Step, Walk, started
from geogrid.territory.sketching import FIRST_NEW, Sketch
from layers.datum.shapes import Shape

__all__ = [
    "Alternative",
    "Figures",
    "GridThen",
    "NothingToBalance",
    "Outdated",
    "Proposal",
    "TooManyGrids",
    "Unit",
    "compose",
    "propose_balance",
    "units_of",
]

FEW, FREE = 10.0, 0.0  # see `balance`: hardly a block except to come into the range; begin there
ROUNDER = 0.002  # mean compactness that can be seen
MOST_GRIDS = 250  # of one unit: a few seconds


class NothingToBalance(CodedError):
    code = "territory.nothing_to_balance"
    message = _(
        "There is nothing to balance here: a proposal needs two grids side by side, or one with "
        "more homes than the range, that are neither locked nor dedicated."
    )
    status = 409


class TooManyGrids(CodedError):
    code = "territory.too_many_grids"
    message = _(
        "%(name)s has %(count)s grids; a proposal is made for at most %(most)s at a time. Choose "
        "some of them."
    )
    status = 413


class Outdated(CodedError):
    """A step does not fit any more; `step` counts from 1."""

    code = "territory.proposal_outdated"
    message = _(
        "Step %(step)s of the proposal does not fit the draft any more. Ask for proposals again."
    )
    status = 409


@dataclass(frozen=True, slots=True)
class Unit:
    """Grids that are balanced among each other: below a fixed outline, or below one parent."""

    lineage: UUID | None
    name: str
    code: str
    leaves: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Grids, how many of them are in range, the largest distance from it, mean compactness."""

    grids: int
    within: int
    deviation: int
    compactness: float


@dataclass(frozen=True, slots=True)
class GridThen:
    """A grid before and after; `lineage` None: to be made, `then` None: ends."""

    lineage: UUID | None
    before: int | None
    then: int | None
    compactness_before: float | None
    compactness_then: float | None
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to do it; `homes` change hands, `touched` grids get another border."""

    name: str
    steps: list[Step]
    grids: list[GridThen]
    then: Figures
    homes: int
    touched: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """`kept` are grids of the unit that were left as they are."""

    unit: Unit
    revision: int
    now: Figures
    alternatives: list[Alternative]
    kept: tuple[UUID, ...]


def units_of(plan: Plan) -> list[Unit]:
    """The units of a draft, by code."""
    levels = {one.depth: one for one in Level.objects.filter(scheme=plan.scheme_id)}
    depth = max(levels)
    fixed = max((one for one, level in levels.items() if level.fixed and one < depth), default=0)
    at = fixed or depth - 1
    rows = list(
        plan.grids.order_by("level", "code").values_list(
            "pk", "parent", "level", "lineage", "name", "code"
        )
    )
    parent = {pk: above for pk, above, *_ in rows}
    level = {pk: one for pk, _, one, *_ in rows}
    below: dict[int | None, list[UUID]] = {}
    for pk, _above, one, lineage, *_names in rows:
        if one < depth:
            continue
        top: int | None = pk
        while top is not None and level[top] > at:
            top = parent[top]
        below.setdefault(top, []).append(lineage)
    if at == 0:
        return [Unit(None, plan.name, "", tuple(below.get(None, [])))]
    return [
        Unit(lineage, name, code, tuple(below.get(pk, ())))
        for pk, _above, one, lineage, name, code in rows
        if one == at
    ]


def propose_balance(
    plan: Plan,
    unit: Unit,
    *,
    at_least: int,
    at_most: int,
    keep: float = 1.0,
    only: Collection[UUID] | None = None,
    locked: Collection[UUID] = (),
    seed: int = 1,
) -> Proposal:
    """Balance the grids of a unit in up to three ways: few changes, balanced, compact.

    `only` names the grids that may change (default: all of the unit), `locked` those that may not.
    `keep`: see `geogrid.coverage.balance`. Raises NothingToBalance, TooManyGrids.
    """
    sketch = Sketch(plan)
    every = sketch.read_below(unit.lineage)
    movable = [
        key for key in every
        if _may_change(sketch, key, locked) and (only is None or sketch.states[key].lineage in only)
    ]  # fmt: skip
    if not movable:
        raise NothingToBalance
    if len(movable) > MOST_GRIDS:
        raise TooManyGrids(name=unit.name, count=len(movable), most=MOST_GRIDS)
    shapes = [single(sketch.shape(key)) for key in movable]
    atoms = atoms_of(shapes, most=at_most)
    now = started(atoms.grid, movable)
    homes = np.bincount(atoms.grid, weights=atoms.weight, minlength=len(movable))
    before = dict(zip(movable, map(round, homes.tolist()), strict=True))
    if len(movable) < 2 and before[movable[0]] <= at_most:
        raise NothingToBalance
    roundness = dict(zip(movable, [one.compactness for one in measure(shapes)], strict=True))
    asked = _Asked(atoms, movable, at_least, at_most, seed)
    lineages = {key: sketch.states[key].lineage for key in movable}
    figures = _figures(list(before.values()), list(roundness.values()), (at_least, at_most))
    known: list[tuple[int, ...]] = [tuple(now)]
    found = []
    for name, kept in (("few", max(FEW, keep)), ("balanced", keep), ("compact", FREE)):
        wanted = asked.wanted(kept, rounder=name == "compact", again=name == "balanced")
        if tuple(wanted) in known:
            continue
        known.append(tuple(wanted))
        trial = sketch.twin()
        walk = Walk(trial, atoms, list(now), wanted, asked.aim, atoms.near())
        steps = walk.go()
        if not steps:
            continue
        one = _alternative(name, trial, walk, before, roundness, (at_least, at_most), now, lineages)
        if _better(one.then, figures):
            found.append(one)
    return Proposal(
        unit=unit,
        revision=plan.revision,
        now=figures,
        alternatives=found,
        kept=tuple(sketch.states[key].lineage for key in every if key not in before),
    )


def _may_change(sketch: Sketch, key: int, locked: Collection[UUID]) -> bool:
    state = sketch.states[key]
    return (
        state.kind == Grid.Kind.BASIC
        and not getattr(state, "locked", False)
        and state.lineage not in locked
        and shapely.get_num_geometries(sketch.shape(key)) == 1
    )


@dataclass(slots=True)
class _Asked:
    atoms: Atoms
    keys: list[int]
    at_least: int
    at_most: int
    seed: int

    @property
    def aim(self) -> Aim:
        return Aim.over(float(self.atoms.weight.sum()), self.at_least, self.at_most)

    def wanted(self, keep: float, *, rounder: bool, again: bool) -> list[int]:
        """The grid each block should lie in, by window key; new ones get -1, -2 ...

        `rounder`: a metre of border costs the same everywhere, so that shapes decide. `again`: try
        once more where a grid stays out of range.
        """
        priced = self.atoms.borders
        made = balance(
            self.atoms.faces,
            self.atoms.weight,
            at_least=self.at_least,
            at_most=self.at_most,
            start=self.atoms.grid,
            keep=keep,
            borders=Adjacency(priced.first, priced.second, priced.metres) if rounder else priced,
            seed=self.seed,
            attempts=int(again),
        )
        new = iter(range(NEW, NEW - len(made.origin) - 1, -1))
        key_of = [
            self.keys[origin] if origin >= 0 else next(new) for origin in made.origin.tolist()
        ]
        return [key_of[grid] for grid in made.grid.tolist()]


def _alternative(
    name: str,
    sketch: Sketch,
    walk: Walk,
    before: Mapping[int, int],
    roundness: Mapping[int, float],
    wanted: tuple[int, int],
    now: Sequence[int],
    lineages: Mapping[int, UUID],
) -> Alternative:
    atoms = walk.atoms
    there = sorted({*walk.now})
    loads: NDArray[np.float64] = np.array(
        [atoms.weight[np.array(walk.now) == key].sum() for key in there]
    )
    measured = measure(sketch.shape(key) for key in there)
    rows = [
        GridThen(
            lineage=None if key >= FIRST_NEW else sketch.states[key].lineage,
            before=before.get(key),
            then=round(load),
            compactness_before=roundness.get(key),
            compactness_then=one.compactness,
            shape=sketch.shape(key) if key in sketch.changed else None,
        )
        for key, load, one in zip(there, loads.tolist(), measured, strict=True)
    ]
    ended = [
        GridThen(lineage, before[key], None, roundness[key], None, None)
        for key, lineage in lineages.items()
        if key not in there
    ]
    moved = np.array(walk.now) != np.array(now)
    return Alternative(
        name=name,
        steps=walk.steps,
        grids=[*rows, *ended],
        then=_figures(
            [row.then or 0 for row in rows], [one.compactness for one in measured], wanted
        ),
        homes=round(float(atoms.weight[moved].sum())),
        touched=len({key for step in walk.steps for key in step.loads}),
    )


def _better(then: Figures, now: Figures) -> bool:
    """Whether anything that is shown gets better: nobody needs another way to be as good."""
    return (
        then.grids - then.within < now.grids - now.within
        or then.deviation < now.deviation
        or then.compactness > now.compactness + ROUNDER
    )


def _figures(loads: Sequence[int], roundness: Sequence[float], wanted: tuple[int, int]) -> Figures:
    least, most = wanted
    away = [max(least - load, load - most, 0) for load in loads]
    return Figures(
        grids=len(loads),
        within=away.count(0),
        deviation=max(away, default=0),
        compactness=round(float(np.mean(roundness)), 3) if roundness else 0.0,
    )


def compose(plan: Plan, commands: Sequence[EditCommand], *, base_revision: int) -> Rebalance:
    """All these steps as one command on the draft as it is now.

    Raises Outdated when one of them does not fit any more.
    """
    sketch = Sketch(plan)
    for number, command in enumerate(commands, start=1):
        sketch.read(command.lineages())
        try:
            sketch.apply(_tried(sketch, command))
        except (Refused, KeyError):
            raise Outdated(step=number) from None
    return Rebalance(
        shapes=sketch.shapes(),  # type: ignore[arg-type]  # leaves are polygons
        new=tuple(sketch.made()),  # type: ignore[arg-type]
        gone=tuple(sorted(sketch.gone)),
        base_revision=base_revision,
    )


def _tried(sketch: Sketch, command: EditCommand) -> Any:
    keys = sketch.keys
    allowed = sketch.pieces_allowed()
    if isinstance(command, Claim):
        sources = None if command.sources is None else {keys[one] for one in command.sources}
        return edits.claim(
            sketch, keys[command.target], command.area, sources=sources, pieces_allowed=allowed
        )
    if isinstance(command, CutOut):
        return edits.claim(sketch, NEW, command.area, pieces_allowed=allowed)
    if isinstance(command, Merge):
        others = [keys[one] for one in command.others]
        return edits.merge(sketch, keys[command.target], others, pieces_allowed=allowed)
    if isinstance(command, Rebalance):
        shapes = {keys[one]: shape for one, shape in command.shapes.items()}
        return edits.replace(sketch, shapes, pieces_allowed=allowed)
    raise KeyError(command.verb)
