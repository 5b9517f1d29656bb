"""Administrative outlines that move: found by comparing plans, allowed by an unlock on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.coverage.compare import compare
from geogrid.coverage.refinement import departures
from geogrid.territory.errors import FixedOutline
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan, PlanEvent
from layers.datum.shapes import Shape

__all__ = ["MovedOutlines", "Unit", "fixed_units", "moved_outlines", "refuse_moved", "unlock"]

State = Plan.State
LEAST_M2 = 0.01  # less is what rounding moves along a refined border


@dataclass(frozen=True, slots=True)
class Unit:
    """A grid at a fixed level: its boundary, which refines the outline as it was fixed."""

    level: int
    code: str
    name: str
    boundary: Shape
    fixed: Shape

    @property
    def called(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(frozen=True, slots=True)
class MovedOutlines:
    """Units whose outline moves, and what passes between two of a level: from, to, square metres.

    The receiver may be a new unit, which is not among the `units`.
    """

    units: frozenset[UUID]
    passed: tuple[tuple[UUID, UUID, float], ...]


def fixed_units(plan: Plan) -> dict[UUID, Unit]:
    """The grids of a plan at levels with fixed outlines, by lineage."""
    depths = plan.scheme.levels.filter(fixed=True).values_list("depth", flat=True)
    rows = plan.grids.filter(level__in=list(depths)).values_list(
        "lineage", "level", "code", "name", "boundary", "fixed_boundary"
    )
    units = {}
    for lineage, level, code, name, boundary, fixed in rows:
        shape = to_shapely(boundary)
        drawn = shape if fixed is None else to_shapely(fixed)
        units[lineage] = Unit(level, code, name, shape, drawn)
    return units


def moved_outlines(
    before: Mapping[UUID, Unit],
    after: Mapping[UUID, tuple[int, Shape]],
    *,
    same_territory: bool,
) -> MovedOutlines:
    """Which outlines move from one plan to another.

    Parameters
    ----------
    before : mapping of lineage to Unit
    after : mapping of lineage to (level, boundary)
        The same levels of the other plan.
    same_territory : bool
        Whether both lie on one version of the area's outline. Where that changed, units follow it
        as they must: then only land that passes between units counts.
    """
    moved = {
        lineage
        for lineage in before.keys() & after.keys()
        if len(departures(before[lineage].fixed, after[lineage][1]))
    }
    passed: list[tuple[UUID, UUID, float]] = []
    for level in sorted({before[lineage].level for lineage in moved}):
        compared = compare(
            {key: unit.boundary for key, unit in before.items() if unit.level == level},
            {key: shape for key, (depth, shape) in after.items() if depth == level},
        )
        passed += [
            (one.source, one.target, one.area_m2)
            for one in compared.hand_overs
            if one.source is not None and one.target is not None and one.area_m2 > LEAST_M2
            if moved & {one.source, one.target}
        ]
    if not same_territory:
        moved &= {lineage for source, target, _ in passed for lineage in (source, target)}
    return MovedOutlines(frozenset(moved), tuple(passed))


def unlock(
    *, plan: Plan, lineages: Iterable[UUID], reason: str, by: User | None, at: datetime
) -> None:
    """Put on record that outlines of a draft moved, and why; for whoever approves in the scheme.

    Raises FixedOutline without a reason, NotAllowed.
    """
    moved = sorted(lineages, key=str)
    if not reason.strip():
        raise _fixed(plan, moved)
    require(by, Permission.APPROVE, scheme=plan.scheme)
    PlanEvent.objects.create(
        plan=plan,
        kind=PlanEvent.Kind.UNLOCKED,
        by=by,
        at=at,
        note=reason.strip(),
        data={"revision": plan.revision, "grids": [str(one) for one in moved]},
    )


def refuse_moved(plan: Plan) -> None:
    """Raise FixedOutline when an outline differs from the plan this one follows, unrecorded.

    Followed is the nearest plan it goes back to that was approved; what drafts in between unlocked
    is on record with them.
    """
    followed, recorded = plan.based_on, _unlocked(plan)
    while followed is not None and followed.state in (
        State.DRAFT,
        State.IN_REVIEW,
        State.WITHDRAWN,
    ):
        recorded |= _unlocked(followed)
        followed = followed.based_on
    if followed is None:
        return
    after = {lineage: (unit.level, unit.boundary) for lineage, unit in fixed_units(plan).items()}
    moved = moved_outlines(
        fixed_units(followed), after, same_territory=plan.boundary_id == followed.boundary_id
    )
    if moved.units - recorded:
        raise _fixed(plan, moved.units - recorded)


def _unlocked(plan: Plan) -> set[UUID]:
    events = plan.events.filter(kind=PlanEvent.Kind.UNLOCKED).values_list("data", flat=True)
    return {UUID(lineage) for data in events for lineage in data.get("grids", ())}


def _fixed(plan: Plan, lineages: Iterable[UUID]) -> FixedOutline:
    rows = plan.grids.filter(lineage__in=list(lineages)).order_by("code")
    grids = list(rows.values("lineage", "code", "name"))
    return FixedOutline(
        names=", ".join(grid["name"] for grid in grids),
        grids=[grid | {"lineage": str(grid["lineage"])} for grid in grids],
        where=None,
    )
