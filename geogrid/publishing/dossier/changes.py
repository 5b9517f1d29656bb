"""What changes against the plan before: who changes hands, which grids are new, which end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geogrid.publishing.impact import HandOver, Impact, impact
from geogrid.territory.models import Plan, Term

__all__ = ["Changes", "Named", "changes_of", "plan_before"]


@dataclass(frozen=True, slots=True)
class Named:
    code: str
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class Changes:
    """`ended` and `begun` are of all levels, by code."""

    impact: Impact
    ended: list[Named]
    begun: list[Named]

    @property
    def hand_overs(self) -> list[HandOver]:
        return self.impact.hand_overs

    @property
    def none(self) -> bool:
        return not (self.hand_overs or self.ended or self.begun or any(self.impact.signs.values()))


def plan_before(plan: Plan, at: datetime) -> Plan | None:
    """The plan in force; for a plan that is or was in force itself, the one it followed."""
    terms = Term.objects.filter(scheme=plan.scheme_id).select_related("plan").order_by("during")
    own = terms.filter(plan=plan).last()
    if own is not None:
        earlier = terms.filter(during__fully_lt=own.during).exclude(plan=plan)
    else:
        earlier = terms.filter(during__contains=at)
    found = earlier.last()
    if found is None:
        return None
    found.plan.scheme = plan.scheme
    return found.plan


def changes_of(plan: Plan, before: Plan, *, at: datetime) -> Changes:
    was, becomes = _named(before), _named(plan)
    return Changes(
        impact=impact(plan, at=at, before=before),
        ended=[one for lineage, one in was.items() if lineage not in becomes],
        begun=[one for lineage, one in becomes.items() if lineage not in was],
    )


def _named(plan: Plan) -> dict[object, Named]:
    rows = plan.grids.order_by("level", "code").values_list("lineage", "code", "name", "level")
    return {lineage: Named(code, name, level) for lineage, code, name, level in rows}
