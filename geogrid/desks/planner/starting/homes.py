"""Compounds and their households drawn by hand, for ground without registered buildings."""

from __future__ import annotations

from typing import Any

import shapely
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from geogrid.accounts.errors import CodedError
from geogrid.accounts.rules import Permission, may
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.starting.homes_forms import HomeForm, TableForm
from geogrid.desks.planner.starting.maps import drawn, map_anywhere
from geogrid.desks.planner.views import scheme_asked
from geogrid.territory.geometry import to_shapely
from geogrid.territory.homes import (
    Drawn,
    change_homes,
    draw_homes,
    homes_of,
    remove_homes,
)
from geogrid.territory.homes_errors import HomesRegistered, NoSuchHomes
from geogrid.territory.models import Area, Scheme
from layers.datum.shapes import Shape
from layers.places.models import Building


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def homes(request: HttpRequest, area: str) -> HttpResponse:
    """Map and table of drawn compounds; a posted form adds one, a pasted table many."""
    scheme = _scheme(request, area)
    posted = request.POST if request.method == "POST" else None
    table = TableForm(
        posted if posted and "rows" in posted else None, prefix=None, auto_id="table_%s",
        initial=_first(),
    )  # fmt: skip
    form = HomeForm(posted if posted and "rows" not in posted else None, initial=_first())
    status, doubled = 200, False
    if posted is not None:
        asked = table if "rows" in posted else form
        status = 400
        if asked.is_valid():
            try:
                notes = table.notes() if asked is table else [form.note()]
                count = len(
                    draw_homes(
                        area=scheme.area,
                        notes=notes,
                        by=user_of(request),
                        at=timezone.now(),
                        as_total=bool(form.is_bound and form.cleaned_data.get("as_total")),
                    )
                )
            except CodedError as refusal:
                asked.add_error(None, str(refusal))
                status, doubled = refusal.status, isinstance(refusal, HomesRegistered)
            else:
                words = ngettext(
                    "%(count)s compound is drawn.", "%(count)s compounds are drawn.", count
                )
                messages.success(request, words % {"count": count})
                return redirect("planner:homes", area=area)
    context = _context(scheme.area, form) | {"table": table, "doubled": doubled}
    return render(request, "planner/starting/homes.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest, area: str, key: str) -> HttpResponse:
    """One compound: changed in the same form, or taken away after asking."""
    scheme = _scheme(request, area)
    one = _one(scheme.area, key)
    posted = request.POST if request.method == "POST" else None
    form = HomeForm(
        posted,
        initial={
            "name": one.name,
            "households": one.households,
            "points": text_of(one.shape),
            "basis": one.basis,
            "as_of": one.as_of,
            "as_total": one.total,
        },
    )
    status, doubled = 200, one.total
    if posted is not None:
        status = 400
        if form.is_valid():
            try:
                change_homes(
                    area=scheme.area,
                    key=key,
                    note=form.note(),
                    by=user_of(request),
                    at=timezone.now(),
                    as_total=form.cleaned_data["as_total"],
                )
            except CodedError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
                doubled = doubled or isinstance(refusal, HomesRegistered)
            else:
                messages.success(request, _("%(name)s is changed.") % {"name": one.name})
                return redirect("planner:homes", area=area)
    context = _context(scheme.area, form, without=key) | {"one": one, "doubled": doubled}
    return render(request, "planner/starting/homes.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def home_delete(request: HttpRequest, area: str, key: str) -> HttpResponse:
    """Ask whether a compound is to go, and take it away."""
    scheme = _scheme(request, area)
    one = _one(scheme.area, key)
    if request.method == "POST":
        try:
            remove_homes(area=scheme.area, key=key, by=user_of(request), at=timezone.now())
        except NoSuchHomes:
            raise Http404 from None
        messages.success(request, _("%(name)s is taken away.") % {"name": one.name})
        return redirect("planner:homes", area=area)
    context = {"area": scheme.area, "one": one, "tab": "drafts"}
    return render(request, "planner/starting/home_delete.html", context)


def _context(area: Area, form: HomeForm, *, without: str = "") -> dict[str, Any]:
    newest = area.boundaries.order_by("-valid_from").first()
    outline = to_shapely(newest.boundary) if newest else None
    rows = homes_of(area)
    registered = (
        Building.objects.within(newest.boundary)
        .exclude(kind=Building.COMPOUND)
        .filter(dwellings__gt=0)
        if newest
        else Building.objects.none()
    )
    config = map_anywhere(at=outline, without=area) | {
        "area": drawn(outline) if outline is not None else None,
        "homes": [
            {"key": one.key, "name": one.name, "households": one.households, "total": one.total,
             "shape": drawn(one.shape)}
            for one in rows if one.key != without
        ],
    }  # fmt: skip
    return {
        "area": area,
        "rows": rows,
        "form": form,
        "households": sum(one.households for one in rows),
        "registered": registered.count(),
        "registered_dwellings": registered.aggregate(n=Sum("dwellings"))["n"] or 0,
        "map_config": config,
        "tab": "drafts",
    }


def _first() -> dict[str, Any]:
    return {"as_of": timezone.now().date()}


def _one(area: Area, key: str) -> Drawn:
    one = next((row for row in homes_of(area) if row.key == key), None)
    if one is None:
        raise Http404
    return one


def text_of(shape: Shape) -> str:
    """The points of a shape as they are typed; GeoJSON where it has holes."""
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    if any(len(polygon.interiors) for polygon in polygons):
        return str(shapely.to_geojson(shape))
    rings = [polygon.exterior.coords[:-1] for polygon in polygons] or [shape.coords[:]]
    return "\n\n".join("\n".join(f"{x:.7f}, {y:.7f}" for x, y in ring) for ring in rings)


def _scheme(request: HttpRequest, area: str) -> Scheme:
    scheme = scheme_asked(request, area)
    if not may(user_of(request), Permission.DRAW, scheme=scheme):
        raise PermissionDenied
    return scheme
