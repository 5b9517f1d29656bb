"""What changes for people when a plan follows another: who and what goes from grid to grid.

Places are counted by anchor, so a door changes hands exactly when a resident who looks it up is
sent to another grid. Nothing here is written; the receipt of a term keeps the totals.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from geogrid.cases.models import Case
from geogrid.cases.rules import OPEN
from geogrid.duty.models import Post
from geogrid.territory.handovers import BUILDINGS, Counted, altered, areas, around, flows
from geogrid.territory.models import Grid, Plan
from layers.places.models import (
    Address,
    HazardPoint,
    Hospital,
    PublicFacility,
    School,
    Shop,
)

__all__ = ["COUNTS", "HandOver", "Impact", "impact"]

IN_USE = "AND p.active"
COUNTED = {
    "addresses": Counted(Address._meta.db_table),
    "buildings": BUILDINGS,
    "shops": Counted(Shop._meta.db_table, condition=IN_USE),
    "schools": Counted(School._meta.db_table, condition=IN_USE),
    "hospitals": Counted(Hospital._meta.db_table, condition=IN_USE),
    "facilities": Counted(PublicFacility._meta.db_table, condition=IN_USE),
    "hazards": Counted(HazardPoint._meta.db_table, condition=IN_USE),
}
COUNTS = ("households", *COUNTED, "cases")


@dataclass(frozen=True, slots=True)
class HandOver:
    """What goes from one leaf to another. A code is "" where there is no grid on that side."""

    from_lineage: UUID | None
    from_code: str
    from_name: str
    to_lineage: UUID | None
    to_code: str
    to_name: str
    area_m2: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        told = asdict(self)
        return told | {side: str(told[side]) if told[side] else None for side in SIDES}


SIDES = ("from_lineage", "to_lineage")


@dataclass(frozen=True, slots=True)
class Impact:
    """`instead_of` is the number of the plan before; without one nothing changes hands.

    `posts` are the running posts on grids that end: they end with them. `signs` counts the grids
    whose sign is new, goes, or shows another outline, number or name.
    """

    instead_of: int | None
    hand_overs: list[HandOver]
    posts: int
    signs: dict[str, int]

    @property
    def totals(self) -> dict[str, int]:
        return {name: sum(one.counts.get(name, 0) for one in self.hand_overs) for name in COUNTS}

    def summary(self) -> dict[str, Any]:
        """The figures without the list, as a receipt keeps them."""
        return {
            "instead_of": self.instead_of,
            "hand_overs": len(self.hand_overs),
            "area_m2": round(sum(one.area_m2 for one in self.hand_overs)),
            **self.totals,
            "posts": self.posts,
            "signs": self.signs,
        }

    def as_dict(self) -> dict[str, Any]:
        return {**self.summary(), "list": [one.as_dict() for one in self.hand_overs]}


def impact(plan: Plan, *, at: datetime, before: Plan | None = None) -> Impact:
    """What changes hands if `plan` follows `before`, by default the plan in force at `at`.

    The hand-over with most households comes first.
    """
    before = before or Plan.objects.in_force(at).filter(scheme=plan.scheme_id).first()
    if before is None or before.pk == plan.pk:
        return Impact(before.number if before else None, [], 0, {"new": 0, "gone": 0, "changed": 0})
    old, new = _leaves(before), _leaves(plan)
    was = {grid.lineage: grid for grid in old}
    becomes = {grid.lineage: grid for grid in new}
    hand_overs = _hand_overs(plan, before, was, becomes)
    hand_overs.sort(
        key=lambda one: (-one.counts.get("households", 0), -one.area_m2, one.from_code, one.to_code)
    )
    ended = set(before.grids.values_list("lineage", flat=True)) - set(
        plan.grids.values_list("lineage", flat=True)
    )
    differing = altered(before, plan) & (set(was) | set(becomes))
    return Impact(
        instead_of=before.number,
        hand_overs=hand_overs,
        posts=Post.objects.at(at).filter(scheme=plan.scheme, lineage__in=ended).count(),
        signs={
            "new": len(set(becomes) - set(was)),
            "gone": len(set(was) - set(becomes)),
            "changed": len(differing & set(was) & set(becomes)),
        },
    )


Side = UUID | None


def _hand_overs(
    plan: Plan, before: Plan, was: Mapping[UUID, Grid], becomes: Mapping[UUID, Grid]
) -> list[HandOver]:
    leaves = {grid.pk: grid.lineage for grid in [*was.values(), *becomes.values()]}
    counts = _counts(plan, before, leaves)
    land: dict[tuple[Side, Side], float] = dict(areas(before, plan).items())
    return [
        _hand_over(
            was[of] if of else None,
            becomes[to] if to else None,
            land.get((of, to), 0.0),
            counts.get((of, to), {}),
        )
        for of, to in set(counts) | set(land)
    ]


def _counts(
    plan: Plan, before: Plan, lineage: dict[int, UUID]
) -> dict[tuple[Side, Side], dict[str, int]]:
    counts: dict[tuple[Side, Side], dict[str, int]] = defaultdict(dict)
    leaves = around(before, plan)
    for name, counted in {**COUNTED, "cases": _open_cases(plan)}.items():
        for flow in flows(before, plan, counted, leaves=leaves):
            pair = (lineage.get(flow.was or 0), lineage.get(flow.becomes or 0))
            if pair[0] == pair[1]:
                continue
            known = counts[pair]
            known[name] = known.get(name, 0) + flow.number
            if name == "buildings":
                known["households"] = known.get("households", 0) + flow.weight
    return counts


def _open_cases(plan: Plan) -> Counted:
    states = ", ".join(f"'{state}'" for state in sorted(OPEN))
    return Counted(
        Case._meta.db_table,
        column='"where"',
        condition=f"AND p.scheme_id = {int(plan.scheme_id)} AND p.state IN ({states})",
    )


def _leaves(plan: Plan) -> list[Grid]:
    return list(plan.grids.leaves().defer("boundary", "fixed_boundary"))


def _hand_over(
    was: Grid | None, becomes: Grid | None, m2: float, counts: dict[str, int]
) -> HandOver:
    return HandOver(
        from_lineage=was.lineage if was else None,
        from_code=was.code if was else "",
        from_name=was.name if was else "",
        to_lineage=becomes.lineage if becomes else None,
        to_code=becomes.code if becomes else "",
        to_name=becomes.name if becomes else "",
        area_m2=round(m2, 1),
        counts=counts,
    )
