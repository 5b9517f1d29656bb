"""How far a plan has come and who did which step, for the title page and the signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geogrid.territory.actions.lifecycle import proposed_and_approved
from geogrid.territory.models import Plan, PlanEvent

__all__ = ["Step", "Steps", "stage_of", "steps_of"]


@dataclass(frozen=True, slots=True)
class Step:
    """Who did something when; `who` is "" where the account is gone or it was the system."""

    who: str
    at: datetime
    document: str = ""
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """`stage` is the plan's state, or scheduled, in_force, retired once it has had a term."""

    stage: str
    since: datetime | None
    drawn: Step | None
    proposed: Step | None
    approved: Step | None

    @property
    def final(self) -> bool:
        """Whether it was approved: only then it carries no watermark."""
        return self.stage not in {"draft", "in_review", "withdrawn"}


def stage_of(plan: Plan, at: datetime) -> tuple[str, datetime | None]:
    terms = list(plan.terms.order_by("during"))
    for term in terms:
        if at in term.during:
            return "in_force", term.during.lower
    began: Any = terms[-1].during.lower if terms else None
    if began is not None:
        return ("scheduled" if began > at else "retired"), began
    return str(plan.state), None


def steps_of(plan: Plan, at: datetime) -> Steps:
    stage, since = stage_of(plan, at)
    proposed, approved = proposed_and_approved(plan)
    last = plan.edits.select_related("by").order_by("revision").last()
    drawn = Step(str(last.by or ""), last.at) if last else None
    return Steps(
        stage=stage,
        since=since,
        drawn=drawn or Step(str(plan.created_by or ""), plan.created_at),
        proposed=_step(proposed),
        approved=_step(approved),
    )


def _step(event: PlanEvent | None) -> Step | None:
    if event is None:
        return None
    return Step(str(event.by or ""), event.at, event.document_number, event.document_date)
