"""Grids drawn by the computer: what is wished, what came of it, and a draft of it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import shapely
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from geogrid.accounts.errors import CodedError
from geogrid.accounts.rules import Permission, may
from geogrid.coverage.balance import Reason
from geogrid.desks.map_config import map_config, wider
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.draft_list import desk_of
from geogrid.desks.planner.starting.generate_forms import GenerateForm
from geogrid.desks.planner.views import scheme_asked
from geogrid.territory.generated import Generated
from geogrid.territory.generated_proposals import PURPOSE, ask, proposal_of, rows_of
from geogrid.territory.generating import write_generated
from geogrid.territory.geometry import to_shapely
from geogrid.territory.ground import homes_in, quarter_names
from geogrid.territory.models import Grid, Plan, Scheme
from geogrid.territory.out_of_range import WHY
from layers.datum.metric import area_m2
from layers.datum.shapes import Shapes, listed
from layers.intake.models import Upload
from layers.intake.staging import discard, used_up

QUARTERS, WHOLE = "quarters", "whole"  # from nothing: around named places, or all as one
SHOWN_ROWS = 400
PLAIN_DEGREES = 0.00002  # about two metres: the preview is for the eye
LEAVES_OFFERED = 400


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def generate(request: HttpRequest, area: str) -> HttpResponse:
    """What grids are to be drawn from; a posted wish leads to the proposal."""
    scheme = _scheme(request, area)
    newest = scheme.area.boundaries.order_by("-valid_from").first()
    plans = desk_of(scheme, timezone.now()).startable
    named = quarter_names(newest.boundary) if newest else []
    wanted = request.POST.get("base") or request.GET.get("base", "")
    begin = _begin(wanted, plans, bool(named))
    base = next((one for one in plans if str(one.number) == begin), None)
    leaves = list(base.grids.leaves().order_by("code")[:LEAVES_OFFERED]) if base else []
    parents = {leaf.parent_id for leaf in leaves if leaf.parent_id is not None}
    form = GenerateForm(
        request.POST if request.method == "POST" else None,
        base=base.number if base else 0,
        quarters=begin == QUARTERS,
        uppers=list(Grid.objects.filter(pk__in=parents).order_by("code")),
        leaves=leaves,
        initial={"least": scheme.households_min, "most": scheme.households_max},
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                upload = ask(
                    scheme=scheme, wish=form.wish(), by=user_of(request), at=timezone.now()
                )
            except CodedError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                return redirect("planner:generated", area=area, upload=upload.pk)
    context = {
        "area": scheme.area,
        "scheme": scheme,
        "form": form,
        "begin": begin,
        "base": base,
        "plans": plans,
        "named": len(named),
        "homes": homes_in(newest.boundary) if newest else 0,
        "tab": "drafts",
    }
    return render(request, "planner/starting/generate.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def generated(request: HttpRequest, area: str, upload: UUID) -> HttpResponse:
    """The proposal as map, figures and list; accepted it becomes a draft."""
    scheme = _scheme(request, area)
    row = _upload(request, scheme, upload)
    state = row.report.get("state")
    error, status = "", 200
    if request.method == "POST":
        if "discard" in request.POST:
            discard(upload=row)
            return redirect("planner:generate", area=area)
        if state == "done":
            try:
                with used_up(row) as mine:
                    plan = write_generated(
                        scheme=scheme,
                        generated=proposal_of(mine),
                        by=user_of(request),
                        at=timezone.now(),
                        name=request.POST.get("name", "").strip()[:120],
                    )
            except Upload.DoesNotExist:  # accepted or discarded in another window meanwhile
                return redirect("planner:drafts", area=area)
            except CodedError as refusal:
                error, status = str(refusal), refusal.status
            else:
                messages.success(
                    request, _("Plan %(number)s is a draft now.") % {"number": plan.number}
                )
                return redirect("planner:draft", area=area, number=plan.number)
    report = row.report
    if state == "done":
        found = proposal_of(row)
        try:
            rows = rows_of(scheme, found)
        except CodedError as refusal:  # its plan was edited since: only discarding is left
            state, report = "refused", refusal.as_dict()
            status = refusal.status if request.method == "POST" else 200
    context: dict[str, Any] = {
        "area": scheme.area,
        "scheme": scheme,
        "upload": row,
        "report": report,
        "state": state,
        "error": error,
        "tab": "drafts",
    }
    if state == "done":
        for one in rows:
            one["why"] = WHY[Reason(one["reason"])] if one["reason"] else ""
        context |= {
            "wish": found.wish,
            "rows": rows[:SHOWN_ROWS],
            "more": max(len(rows) - SHOWN_ROWS, 0),
            "outside": [one for one in rows if one["why"]],
            "map_config": _map(scheme, found, row, rows),
        }
    return render(request, "planner/starting/generated.html", context, status=status)


@login_required
@require_safe
def generated_map(request: HttpRequest, area: str, upload: UUID) -> HttpResponse:
    """Both divisions for the eye: simplified, so that a city of 2,000 grids is no burden."""
    scheme = _scheme(request, area)
    row = _upload(request, scheme, upload)
    if row.report.get("state") != "done":
        return JsonResponse({"state": row.report.get("state")})
    found = proposal_of(row)
    try:
        rows = rows_of(scheme, found)
    except CodedError as refusal:
        return JsonResponse({"state": "refused", **refusal.as_dict()}, status=refusal.status)
    shapes = _plain(listed([one["shape"] for one in rows]))
    inner = shapely.get_coordinates(shapely.point_on_surface(shapes)).round(6).tolist()
    features = [
        {
            "type": "Feature",
            "id": one["code"],
            "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {
                "code": one["code"], "name": one["name"], "label": one["label"],
                "parent": one["code"][: -len(one["label"])], "parent_name": one["parent"],
                "dwellings": one["dwellings"],
                "label_point": point,
                "label_radius": round(area_m2(shape) ** 0.5 / 4),
            },
        }
        for one, shape, point in zip(rows, shapes, inner, strict=True)
    ]  # fmt: skip
    base = Plan.objects.filter(scheme=scheme, number=found.wish.base).first()
    before: list[Any] = []
    if base is not None and found.wish.base:
        old = base.grids.leaves().values_list("boundary", flat=True)
        before = [
            json.loads(shapely.to_geojson(shape))
            for shape in _plain(listed([to_shapely(one) for one in old]))
        ]
    return JsonResponse(
        {
            "state": "done",
            "grids": {"type": "FeatureCollection", "features": features},
            "before": before,
        }
    )


def _begin(wanted: str, plans: list[Plan], named: bool) -> str:
    known = [str(one.number) for one in plans]
    offered = [*known, *([QUARTERS] if named else []), WHOLE]
    return wanted if wanted in offered else offered[0]


def _scheme(request: HttpRequest, area: str) -> Scheme:
    scheme = scheme_asked(request, area)
    if not may(user_of(request), Permission.DRAW, scheme=scheme):
        raise PermissionDenied
    return scheme


def _upload(request: HttpRequest, scheme: Scheme, upload: UUID) -> Upload:
    mine = Upload.objects.of(request.user, purpose=PURPOSE, place=scheme.area.slug)
    row: Upload | None = mine.filter(pk=upload).first()
    if row is None:
        raise Http404
    return row


def _plain(shapes: Shapes) -> Shapes:
    """Simplified together, so that neighbours still touch."""
    try:
        plain: Shapes = shapely.coverage_simplify(shapes, PLAIN_DEGREES)
    except shapely.errors.GEOSException:
        return shapes
    return shapely.transform(plain, lambda xy: xy.round(6))


def _map(
    scheme: Scheme, found: Generated, row: Upload, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    least, most = found.wish.least, found.wish.most
    return map_config(scheme.area) | {
        "bounds": list(found.outline.bounds),
        "max_bounds": wider(found.outline.bounds),
        "proposal_url": reverse("planner:generated_map", args=[scheme.area.slug, row.pk]),
        "balance": {
            one["code"]: -1 if one["dwellings"] < least else int(one["dwellings"] > most)
            for one in rows
        },
    }
