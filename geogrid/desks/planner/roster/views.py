"""The roster: who answers for which grid, and where nobody does."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from geogrid.desks.planner.roster.asking import Asked, of_roster
from geogrid.desks.planner.roster.listing import (
    Gap,
    grids_named,
    roles,
    roster_of,
    worker_rows,
    workers_of,
)
from geogrid.desks.planner.roster.words import lines_of
from geogrid.duty.models import DutyEvent, Worker

GRIDS_A_PAGE, WORKERS_A_PAGE = 60, 50
LATEST = 8
LONGEST_SEARCH = 80


@require_safe
@of_roster
def roster(asked: Asked) -> HttpResponse:
    """A row per grid, or with `?by=worker` one per worker; filtered by what the query says."""
    query = asked.request.GET
    search, show = query.get("q", "").strip()[:LONGEST_SEARCH], query.get("show", "")
    if query.get("by") == "worker":
        return _by_worker(asked, search, show)
    if asked.plan is None:
        return asked.show("list", rows=None, by="grid")
    found = roster_of(
        asked.plan, asked.at, community=query.get("community", ""), show=show, search=search
    )
    page = Paginator(found.rows, GRIDS_A_PAGE).get_page(query.get("page"))
    return asked.show(
        "list",
        by="grid",
        rows=page.object_list,
        page=page,
        found=found,
        search=search,
        gap=show if show in Gap.ALL else "",
        community=query.get("community", ""),
        lines=latest(asked),
    )


def _by_worker(asked: Asked, search: str, show: str) -> HttpResponse:
    workers = workers_of(asked.area, asked.at, show=show, search=search)
    page = Paginator(workers, WORKERS_A_PAGE).get_page(asked.request.GET.get("page"))
    everybody = workers_of(asked.area, asked.at)
    return asked.show(
        "workers",
        by="worker",
        rows=worker_rows(page.object_list, asked.scheme, asked.plan, asked.at),
        page=page,
        search=search,
        gap=show,
        counts={
            "all": everybody.count(),
            "free": workers_of(asked.area, asked.at, show="free").count(),
            "hidden": workers_of(asked.area, asked.at, show="hidden").count(),
            "former": Worker.objects.filter(area=asked.area).count() - everybody.count(),
        },
    )


def latest(asked: Asked) -> list:
    """What was done to the roster last; the beginnings that came with a history are no news."""
    events = list(DutyEvent.objects.filter(area=asked.area).told()[:LATEST])
    lineages = [event.lineage for event in events if event.lineage]
    return lines_of(
        events, grids_named(asked.plan, lineages), {role.code: role for role in roles()}
    )
