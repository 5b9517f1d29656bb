"""A new area: what it is called, how it will be divided, and its outline, drawn or from a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geogrid.accounts.errors import CodedError
from geogrid.accounts.rules import Permission, may
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.starting.area_forms import COMMON_ZONES, AreaForm, level_forms
from geogrid.desks.planner.starting.level_presets import PRESETS, preset_for
from geogrid.desks.planner.starting.maps import drawn, map_anywhere
from geogrid.desks.planner.starting.outline_file import Reading, read_outline_upload
from geogrid.territory.founding import LevelNote, establish_area
from geogrid.territory.models import Plan
from geogrid.territory.starting_errors import (
    CodeTooLong,
    LevelsUnusable,
    RangeUnusable,
    SlugTaken,
)
from geogrid.territory.typed_outlines import outline_of
from layers.datum.shapes import Shape
from layers.intake.errors import IntakeError
from layers.intake.models import Upload
from layers.intake.staging import answer, discard, stage

PURPOSE = "new-area"
FIELD_OF: dict[type[CodedError], str] = {
    SlugTaken: "slug",
    CodeTooLong: "code_prefix",
    RangeUnusable: "households_max",
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_area(request: HttpRequest) -> HttpResponse:
    """Everything about a new area on one page; a file leads to a second one that shows it."""
    _require(request)
    posted = request.POST if request.method == "POST" else None
    form = AreaForm(posted, request.FILES or None)
    preset = preset_for(request.GET.get("levels", ""), form.initial["kind"])
    levels = level_forms(posted, preset)
    status = 200
    if posted is not None:
        status = 400
        if form.is_valid() & levels.is_valid():
            file = form.cleaned_data.get("file")
            try:
                if file is not None:
                    upload = stage(
                        content=file.read(),
                        name=file.name,
                        purpose=PURPOSE,
                        place=form.cleaned_data["slug"],
                        by=request.user,
                        at=timezone.now(),
                    )
                    answer(upload=upload, at=timezone.now(), answers={"asked": _kept(posted)})
                    return redirect("planner:new_area_file", upload=upload.pk)
                shape = outline_of(form.cleaned_data["outline"])
                return _founded(request, form, levels, shape, basis=_("drawn on the map"))
            except (CodedError, IntakeError) as refusal:
                status = _tell(form, refusal)
    context = {
        "form": form,
        "levels": levels,
        "presets": PRESETS,
        "preset": preset,
        "preset_rows": {one.key: [_row(level) for level in one.levels] for one in PRESETS},
        "zones": COMMON_ZONES,
        "map_config": map_anywhere(),
    }
    return render(request, "planner/starting/new_area.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_area_file(request: HttpRequest, upload: UUID) -> HttpResponse:
    """What the file holds, on the map; what has to be chosen first; then the area is founded."""
    _require(request)
    row = Upload.objects.filter(pk=upload, by=user_of(request), purpose=PURPOSE).first()
    if row is None:
        raise Http404
    answers = dict(row.answers)
    told: dict[str, Any] = answers.get("told", {})
    if request.method == "POST":
        if "discard" in request.POST:
            discard(upload=row)
            return redirect("planner:new_area")
        told = told_of(request.POST)
        answers["told"] = told
        answer(upload=row, at=timezone.now(), answers=answers)
    reading = read_outline_upload(row, told)
    asked = QueryDict(answers.get("asked", ""), mutable=True)
    form, levels, status = AreaForm(asked), level_forms(asked, PRESETS[0]), 200
    form.later = True
    if request.method == "POST" and "found" in request.POST:
        status = 400
        if form.is_valid() & levels.is_valid() and reading.outline is not None:
            try:
                founded = _founded(request, form, levels, reading.outline, basis=row.name)
            except CodedError as refusal:
                status = _tell(form, refusal)
            else:
                discard(upload=row)
                return founded
    context = {
        "upload": row,
        "reading": reading,
        "told": told,
        "form": form,
        "name": asked.get("name", ""),
        "map_config": _map_of(reading),
    }
    return render(request, "planner/starting/new_area_file.html", context, status=status)


def _require(request: HttpRequest) -> None:
    if not may(user_of(request), Permission.FOUND, scheme=None):
        raise PermissionDenied


def _founded(
    request: HttpRequest, form: AreaForm, levels: Any, shape: Shape, *, basis: str
) -> HttpResponse:
    plan: Plan = establish_area(
        note=form.note(),
        scheme=form.scheme([_level(one) for one in levels if one.used]),
        outline=shape,  # type: ignore[arg-type]  # always several polygons
        basis=basis,
        by=user_of(request),
        at=timezone.now(),
    )
    area = plan.scheme.area
    messages.success(
        request,
        _("%(area)s is founded. Its land is one unassigned grid: divide it.") % {"area": area.name},
    )
    return redirect("planner:draft", area=area.slug, number=plan.number)


def _tell(form: AreaForm, refusal: CodedError | IntakeError) -> int:
    """Say a refusal beside the field it is about; the status to answer with."""
    if isinstance(refusal, IntakeError):
        form.add_error("file", refusal.message)
        return 400
    name = FIELD_OF.get(type(refusal))
    if name is None and not isinstance(refusal, LevelsUnusable):
        name = "outline"
    form.add_error(name, str(refusal))
    return refusal.status


def _kept(posted: QueryDict) -> str:
    """The form as it was sent, without the key against forgery."""
    kept = posted.copy()
    for name in ("csrfmiddlewaretoken", "outline"):
        kept.pop(name, None)
    return kept.urlencode()


def told_of(posted: QueryDict) -> dict[str, Any]:
    crs = posted.get("crs_other", "").strip() or posted.get("crs", "")
    features = [int(one) for one in posted.getlist("feature") if one.isdecimal()]
    return {
        "crs": crs,
        "layer": posted.get("layer", ""),
        "swap": "swap" in posted,
        "features": features,
    }


def _level(form: Any) -> LevelNote:
    told = form.cleaned_data
    return LevelNote(
        name_zh=told["name_zh"],
        name_en=told["name_en"],
        code_width=told["code_width"] or 3,
        fixed=told["fixed"],
    )


def _row(level: LevelNote) -> list[Any]:
    return [level.name_zh, level.name_en, level.code_width, level.fixed]


def _map_of(reading: Reading) -> dict[str, Any] | None:
    if reading.outline is None:
        return None
    shown = drawn(reading.outline)
    return map_anywhere(at=reading.outline) | {"outline": shown}
