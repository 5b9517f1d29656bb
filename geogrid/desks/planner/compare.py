"""Two plans side by side: the page, its map, and the list as a file."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geogrid.coverage.files.tables import write_table
from geogrid.desks.map_config import map_config
from geogrid.desks.planner.compare_data import compare, headers, map_json, table_rows
from geogrid.desks.planner.drafts import of_plan
from geogrid.desks.planner.standing import Standing
from geogrid.desks.planner.workflow import Page
from geogrid.territory.models import Plan, Term
from layers.feeds.caching import NEVER

__all__ = ["compare_file", "compare_map", "compare_page"]

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Choice:
    number: int
    word: str
    chosen: bool


@require_safe
@of_plan
def compare_page(request: HttpRequest, plan: Plan) -> HttpResponse:
    """What changes hands against the plan in force, or `?with=N`."""
    page = Page.of(request, plan)
    before = _before(request, plan, page.standing)
    told: dict[str, Any] = {"choices": _choices(plan, before, page.standing), "before": before}
    if before is None:
        return page.show("nothing_to_compare", **told)
    query = f"?with={before.number}"
    where = [plan.scheme.area.slug, plan.number]
    config = map_config(plan.scheme.area) | {
        "compare_url": reverse("planner:draft_compare_map", args=where) + query
    }
    return page.show(
        "compare",
        comparison=compare(plan, before, at=timezone.now()),
        before_term=page.standing.running is not None and before.pk == page.standing.running.pk,
        map_config=config,
        query=query,
        **told,
    )


@require_safe
@of_plan
def compare_map(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Both plans' grids and the land between them, as JSON."""
    before = _before(request, plan, Page.of(request, plan).standing)
    if before is None:
        raise Http404
    answer = HttpResponse(map_json(plan, before), content_type="application/json")
    answer["Cache-Control"] = NEVER
    return answer


@require_safe
@of_plan
def compare_file(request: HttpRequest, plan: Plan, file_format: str) -> HttpResponse:
    """The hand-overs as a table; without anybody's name."""
    before = _before(request, plan, Page.of(request, plan).standing)
    if before is None or file_format not in TYPES:
        raise Http404
    rows = table_rows(compare(plan, before, at=timezone.now()))
    title = _("Plan %(before)s to %(after)s") % {"before": before.number, "after": plan.number}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"hand-overs.{file_format}"
        write_table(path, headers(), rows, title=title)
        body = path.read_bytes()
    name = f"{plan.scheme.area.slug}-{before.number}-{plan.number}-hand-overs.{file_format}"
    return HttpResponse(
        body,
        content_type=TYPES[file_format],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": NEVER,
        },
    )


def _before(request: HttpRequest, plan: Plan, standing: Standing) -> Plan | None:
    """The plan asked for; else the one in force, else the one this began with or followed."""
    asked = request.GET.get("with", "")
    plans = plan.scheme.plans.defer("outline").exclude(pk=plan.pk)
    if asked:
        found = plans.filter(number=asked).first() if asked.isdecimal() else None
        if found is None:
            raise Http404
        return _known(found, plan)
    if standing.running is not None and standing.running.pk != plan.pk:
        return _known(standing.running, plan)
    if standing.term is not None:
        earlier = Term.objects.filter(
            scheme=plan.scheme_id, during__fully_lt=standing.term.during
        ).exclude(plan=plan.pk)
        last = earlier.order_by("-during").first()
        if last is not None:
            return _known(plans.get(pk=last.plan_id), plan)
    based = plan.based_on
    return _known(based, plan) if based else None


def _known(found: Plan, plan: Plan) -> Plan:
    found.scheme = plan.scheme
    return found


def _choices(plan: Plan, before: Plan | None, standing: Standing) -> list[Choice]:
    plans = plan.scheme.plans.defer("outline").exclude(pk=plan.pk).order_by("-number")
    running = standing.running.pk if standing.running else None
    told = []
    for one in plans:
        word = _("Plan %(number)s") % {"number": one.number}
        if one.name:
            word = f"{word} · {one.name}"
        state = _("in force now") if one.pk == running else str(one.get_state_display())
        chosen = before is not None and one.pk == before.pk
        told.append(Choice(one.number, f"{word} ({state})", chosen))
    return told
