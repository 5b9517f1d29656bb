"""The receipt of a term: what came into force when, on whose word, and what changed hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_safe

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, may
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.views import scheme_asked
from geogrid.territory.actions.lifecycle import proposed_and_approved
from geogrid.territory.models import Term

__all__ = ["receipt"]


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody's step: `who` is empty once the account is gone, or for the system."""

    who: str
    at: datetime | None
    document: str
    dated: date | None


@login_required
@require_safe
def receipt(request: HttpRequest, area: str, term: int) -> HttpResponse:
    scheme = scheme_asked(request, area)
    found = get_object_or_404(
        Term.objects.select_related("plan", "by").defer("plan__outline"), scheme=scheme, pk=term
    )
    told: Mapping[str, Any] = found.receipt
    _, approved = proposed_and_approved(found.plan)
    now = timezone.now()
    began: Any = found.during.lower
    context = {
        "area": scheme.area,
        "scheme": scheme,
        "plan": found.plan,
        "term": found,
        "running": now in found.during,
        "ahead": began > now,
        "receipt": told,
        "impact": told.get("impact") or {},
        "signs": sum((told.get("impact") or {}).get("signs", {}).values()),
        "proposed": _word(told.get("proposed")),
        "approved": _word(told.get("approved")),
        "scan": approved.scan_id if approved else None,
        "rolls_back": _way_back(request, found, now),
        "tab": "plans",
    }
    with timezone.override(ZoneInfo(scheme.area.timezone)):
        return render(request, "planner/workflow/receipt.html", context)


def _way_back(request: HttpRequest, term: Term, now: datetime) -> str:
    """Where the plan before is put back in force, for whoever may do that; else ""."""
    number = term.receipt.get("instead_of")
    publishes = may(user_of(request), Permission.PUBLISH, scheme=term.scheme)
    if number is None or now not in term.during or not publishes:
        return ""
    return reverse("planner:draft_roll_back", args=[term.scheme.area.slug, number])


def _word(step: Mapping[str, Any] | None) -> Word | None:
    if step is None:
        return None
    user = User.objects.filter(pk=step["by"]).first() if step.get("by") else None
    dated = step.get("document_date")
    return Word(
        who=str(user or ""),
        at=parse_datetime(step["at"]) if step.get("at") else None,
        document=step.get("document_number") or "",
        dated=parse_date(dated) if dated else None,
    )
