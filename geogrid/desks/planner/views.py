"""The planner's desk: the plan in force, its proof, its grids, and the plans before it."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from geogrid.accounts.rules import Permission, may
from geogrid.desks.map_config import map_config
from geogrid.desks.planner import export as files
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.tables import Row, Sort, rows_of
from geogrid.publishing.proof import prove
from geogrid.territory.models import Area, Authority, Level, Plan, Scheme, Term

CONTENT_TYPES = {"geojson": "application/geo+json", "gpkg": "application/geopackage+sqlite3"}
COUNTED = ("buildings", "places", "hazards")
WRITERS = {"geojson": files.geojson, "gpkg": files.geopackage}


@login_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Send a planner to the area that their role is about; of several, let them choose."""
    seen = Area.objects.filter(
        schemes__authorities__in=Authority.objects.filter(user=request.user.pk)
    )
    mine = list(seen.distinct().order_by("pk"))
    founds = may(user_of(request), Permission.FOUND, scheme=None)
    if len(mine) > 1:
        context = {"areas": mine, "founds": founds}
        return render(request, "planner/starting/areas.html", context)
    area = mine[0] if mine else Area.objects.order_by("pk").first()
    if area is None and founds:
        return redirect("planner:new_area")
    if area is None:
        raise Http404
    return redirect("planner:plan", area=area.slug)


@login_required
@require_safe
def plan(request: HttpRequest, area: str) -> HttpResponse:
    """The plan in force on the map, with its proof and the table of its grids."""
    scheme = scheme_asked(request, area)
    term = (
        Term.objects.at(timezone.now())
        .filter(scheme=scheme)
        .select_related("plan__boundary")
        .first()
    )
    context: dict[str, Any] = {"area": scheme.area, "scheme": scheme, "term": term, "tab": "grids"}
    if term is None:
        return render(request, "planner/nothing_in_force.html", context)
    sort = Sort.asked(request.GET.get("sort", ""))
    rows = rows_of(files.leaves(term.plan).select_related("load", "parent"), scheme, sort)
    proof = prove(term.plan)
    context |= {
        "plan": term.plan,
        "proof": proof,
        "rows": rows,
        "sort": sort,
        "headings": _headings(request, scheme, sort),
        "within": sum(row.within for row in rows),
        "dwellings": sum(row.dwellings for row in rows),
        "histogram": histogram(rows, scheme),
        "heat": request.GET.get("heat") == "1",
        "heat_link": _link(request, scheme, heat="0" if request.GET.get("heat") == "1" else "1"),
        "totals": {name: sum(getattr(r, name) for r in rows) for name in COUNTED},
        "levels_proved": [
            {"level": level, "unmatched": unmatched}
            for level, unmatched in zip(
                Level.objects.filter(scheme=scheme), proof.unmatched_levels, strict=False
            )
        ],
        "export_name": f"{scheme.area.slug}-{scheme.code}-{term.plan.number}",
        "map_config": map_config(scheme.area, term)
        | {"balance": {row.grid.code: row.balance for row in rows}},
    }
    return render(request, "planner/plan.html", context)


@login_required
@require_safe
def plans(request: HttpRequest, area: str) -> HttpResponse:
    """All plans of the general scheme and the times they were in force."""
    scheme = scheme_asked(request, area)
    rows = (
        Plan.objects.filter(scheme=scheme)
        .defer("outline")
        .select_related("boundary", "based_on", "created_by")
        .defer("outline", "based_on__outline", "boundary__boundary")
        .prefetch_related("terms")
        .order_by("-number")
    )
    now = timezone.now()
    current = Term.objects.at(now).filter(scheme=scheme).values_list("plan", flat=True).first()
    ended = Term.objects.filter(scheme=scheme, during__endswith__lte=now).exclude(plan=current)
    context = {
        "area": scheme.area,
        "scheme": scheme,
        "plans": rows,
        "current": current,
        "now": now,
        "returnable": set(ended.values_list("plan", flat=True)),
        "publishes": may(user_of(request), Permission.PUBLISH, scheme=scheme),
        "tab": "plans",
    }
    return render(request, "planner/plans.html", context)


@login_required
@require_safe
def export(request: HttpRequest, area: str, part: str, file_format: str) -> HttpResponse:
    """The plan in force, or plan `?plan=N`, as a file: `part` is grids or outline."""
    scheme = scheme_asked(request, area)
    if part not in ("grids", "outline") or file_format not in WRITERS:
        raise Http404
    terms = Term.objects.filter(scheme=scheme).select_related("plan__scheme__area")
    number = request.GET.get("plan", "")
    if number.isdecimal():
        wanted = get_object_or_404(scheme.plans.select_related("scheme__area"), number=number)
        term = terms.filter(plan=wanted).order_by("-during").first()
    else:
        term = terms.at(timezone.now()).first()
        if term is None:
            raise Http404
        wanted = term.plan
    body = WRITERS[file_format](wanted, part, term)
    name = f"{scheme.area.slug}-{scheme.code}-{wanted.number}-{part}.{file_format}"
    return HttpResponse(
        body,
        content_type=CONTENT_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def histogram(rows: list[Row], scheme: Scheme) -> list[Mapping[str, Any]]:
    """Counts of grids per step of dwellings, for a drawing 344 units wide and 82 high.

    Twelve steps; the third to the tenth cover the scheme's range, the outer ones also hold what
    lies beyond.
    """
    low, high = scheme.households_min, scheme.households_max
    step = max((high - low) / 8, 1)
    counts = [0] * 12
    for row in rows:
        counts[min(max(int((row.dwellings - low) // step) + 2, 0), 11)] += 1
    top = max([*counts, 1])
    return [
        {
            "x": round(n * 28.6 + 3, 1),
            "y": round(82 - count / top * 70, 1),
            "height": round(count / top * 70, 1),
            "count": count,
            "outside": n < 2 or n > 9,
        }
        for n, count in enumerate(counts)
    ]


def scheme_asked(request: HttpRequest, slug: str) -> Scheme:
    """The area's general scheme, for whoever may see its plans."""
    scheme = get_object_or_404(Scheme.objects.select_related("area"), area__slug=slug, general=True)
    user = request.user
    if not user.is_authenticated or not may(user, Permission.SEE_PLAN, scheme=scheme):
        raise PermissionDenied
    return scheme


def _headings(request: HttpRequest, scheme: Scheme, sort: Sort) -> dict[str, dict[str, str]]:
    """For each column where its heading leads and what `aria-sort` says now."""
    state = {False: "ascending", True: "descending"}[sort.descending]
    return {
        column: {
            "link": _link(request, scheme, sort=sort.link(column)),
            "state": state if column == sort.column else "none",
        }
        for column in ("code", "dwellings", "buildings", "places", "hazards", "area")
    }


def _link(request: HttpRequest, scheme: Scheme, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    path = reverse("planner:plan", args=[scheme.area.slug])
    return f"{path}?{query.urlencode()}"
