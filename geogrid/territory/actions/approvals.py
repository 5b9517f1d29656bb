"""What an approval was about: the plans it was compared with, and what came into force since."""

from uuid import UUID

from geogrid.territory.actions.lifecycle import proposed_and_approved
from geogrid.territory.handovers import altered
from geogrid.territory.models import Grid, Plan

__all__ = ["undone_unseen"]


def undone_unseen(plan: Plan, running: Plan) -> list[str]:
    """Codes of grids that `plan` would set back although no approver has seen `running`.

    Empty when the approval compared the plan with the one that is running, or when nothing that
    changed since would be lost.
    """
    proposed, approved = proposed_and_approved(plan)
    told = approved.data if approved else {}
    numbers = told.get("compared_with", proposed.data.get("compared_with", []) if proposed else [])
    if running.number in numbers:
        return []
    lost = altered(running, plan)
    for seen in Plan.objects.filter(scheme=plan.scheme_id, number__in=numbers):
        lost &= altered(seen, running)
    return _codes(running, plan, lost)


def _codes(running: Plan, plan: Plan, lineages: set[UUID]) -> list[str]:
    rows = Grid.objects.filter(plan__in=[running, plan], lineage__in=lineages)
    codes: dict[UUID, str] = {}
    for lineage, code, owner in rows.values_list("lineage", "code", "plan"):
        if lineage not in codes or owner == running.pk:
            codes[lineage] = code
    return sorted(codes.values())
