"""The life of a plan in order: its steps, its edits counted, and the times it was in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geogrid.territory.models import Plan, PlanEvent, Term

__all__ = ["Moment", "life_of"]


@dataclass(frozen=True, slots=True)
class Moment:
    """`tone` is "", "now" or "ahead"."""

    at: datetime
    title: str
    by: str = ""
    lines: list[str] = field(default_factory=list)
    event: PlanEvent | None = None
    term: Term | None = None
    tone: str = ""


def life_of(plan: Plan, at: datetime) -> list[Moment]:
    """The oldest first; what lies ahead last."""
    events = list(plan.events.select_related("by", "scan").order_by("pk"))
    told = [_event(event) for event in events]
    if not any(event.kind in _BEGINS for event in events):
        told.append(Moment(plan.created_at, _("started"), str(plan.created_by or "")))
    edits = plan.edits.select_related("by").order_by("revision")
    last = edits.last()
    if last is not None:
        number = edits.count()
        words = ngettext("%(count)d step drawn", "%(count)d steps drawn", number)
        told.append(Moment(last.at, words % {"count": number}, str(last.by or "")))
    terms: list[Term] = list(plan.terms.select_related("by").order_by("during"))
    for term in terms:
        told += _term(term, at)
    return sorted(told, key=lambda moment: moment.at)


_BEGINS = {PlanEvent.Kind.STARTED, PlanEvent.Kind.IMPORTED}


def _event(event: PlanEvent) -> Moment:
    lines = [event.note] if event.note else []
    if event.document_number:
        lines.append(_("Document %(number)s") % {"number": event.document_number})
    remarks = event.data.get("remarks")
    if remarks:
        words = ngettext("%(count)d remark", "%(count)d remarks", remarks)
        lines.append(words % {"count": remarks})
    return Moment(event.at, str(event.get_kind_display()), str(event.by or ""), lines, event)


def _term(term: Term, at: datetime) -> list[Moment]:
    began: Any = term.during.lower
    ended = term.during.upper
    who = str(term.by or "")
    if began > at:
        return [Moment(began, _("comes into force"), who, term=term, tone="ahead")]
    back = term.receipt.get("verb") == "roll_back"
    title = _("back in force") if back else _("came into force")
    now = "now" if ended is None or ended > at else ""
    told = [Moment(began, title, who, term=term, tone=now)]
    if ended is not None:
        past = ended <= at
        word = _("no longer in force") if past else _("the next plan follows")
        told.append(Moment(ended, word, tone="" if past else "ahead"))
    return told
