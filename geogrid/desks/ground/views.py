"""The ground's pages: every kind with its number of places, and the table of one kind."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from geogrid.desks.ground.asking import Asked, asked, kind_asked
from geogrid.territory.models import Grid
from layers.places import kinds

PER_PAGE = 50
LONGEST = 100
SORTS = ("name", "address", "kind", "as_of", "confirmed_at")


@login_required
@require_safe
def overview(request: HttpRequest, area: str) -> HttpResponse:
    """All kinds, also those out of use, with how many places each has here."""
    who = asked(request, area)
    every = kinds.every(retired=True)
    rows = [(kind, who.inside(kind.rows()).count()) for kind in every]
    context = {"area": who.area, "rows": rows, "keeps_kinds": who.keeps_kinds, "tab": "ground"}
    return render(request, "ground/overview.html", context)


@login_required
@require_safe
def places(request: HttpRequest, area: str, kind: str) -> HttpResponse:
    """The table of one kind: searched, filtered by community or grid, sorted, page by page."""
    who, one = asked(request, area), kind_asked(kind)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    state = request.GET.get("state", "")
    rows = who.inside(one.everything() if state == "all" else one.rows())
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(address__icontains=words) | Q(kind__icontains=words)
        )
    if state == "open":
        rows = rows.filter(confirmed_at__isnull=True)
    rows = _in_grid(who, rows, request.GET.get("grid", ""))
    sort = request.GET.get("sort", "name")
    column = sort.removeprefix("-")
    if column not in SORTS:
        sort = column = "name"
    page = Paginator(_with_grid(who, rows).order_by(sort, "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "area": who.area,
        "kind": one,
        "page": page,
        "words": words,
        "state": state,
        "grid": request.GET.get("grid", ""),
        "communities": _communities(who),
        "headings": {
            name: {
                "link": f"-{name}" if sort == name else name,
                "state": {name: "ascending", f"-{name}": "descending"}.get(sort, ""),
            }
            for name in SORTS
        },
        "tab": "ground",
    }
    return render(request, "ground/places.html", context)


def _with_grid(who: Asked, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Each with the name of the lowest grid in force that it lies in, by the rule of borders."""
    if who.plan is None:
        return rows
    leaves = who.plan.grids.leaves().filter(boundary__covers=OuterRef("anchor")).order_by("code")
    return rows.annotate(grid=Subquery(leaves.values("name")[:1], output_field=CharField()))


def _in_grid(who: Asked, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    if not code or who.plan is None:
        return rows
    found = who.plan.grids.filter(code=code[:40].replace("\x00", "")).first()
    return rows.filter(anchor__coveredby=found.boundary) if found else rows


def _communities(who: Asked) -> list[tuple[Grid, list[Grid]]]:
    """Communities with their grids, for the choice of a filter."""
    if who.plan is None:
        return []
    leaves = who.plan.grids.leaves().select_related("parent").order_by("code")
    groups: dict[int | None, tuple[Any, list[Grid]]] = {}
    for leaf in leaves.defer("boundary", "parent__boundary"):
        groups.setdefault(leaf.parent_id, (leaf.parent, []))[1].append(leaf)
    return list(groups.values())
