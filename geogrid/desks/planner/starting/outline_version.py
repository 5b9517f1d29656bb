"""A territory that changes: the next version of an area's outline, dated, drawn or from a file."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from geogrid.accounts.errors import CodedError
from geogrid.accounts.rules import Permission, may
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.starting.homes import text_of
from geogrid.desks.planner.starting.maps import drawn, map_anywhere
from geogrid.desks.planner.starting.new_area import told_of
from geogrid.desks.planner.starting.outline_file import read_outline_upload
from geogrid.desks.planner.views import scheme_asked
from geogrid.territory.actions import set_boundary
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Scheme
from geogrid.territory.typed_outlines import outline_of
from layers.datum.shapes import Shape
from layers.intake.errors import IntakeError
from layers.intake.models import Upload
from layers.intake.staging import answer, discard, stage

PURPOSE = "outline-version"


class VersionForm(forms.Form):
    valid_from = forms.DateField(
        label=lazy("Since when is it so?"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    basis = forms.CharField(
        label=lazy("On what basis?"),
        help_text=lazy("For example: number of the decision on the merger."),
        max_length=200,
    )
    outline = forms.CharField(
        label=lazy("Points of the outline"),
        help_text=lazy(
            "One a line, longitude first; an empty line begins another piece. Or GeoJSON."
        ),
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(label=lazy("File with the outline"), required=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def outline_version(request: HttpRequest, area: str) -> HttpResponse:
    """The present outline to be changed by hand, or a file instead of it."""
    scheme = _scheme(request, area)
    newest = scheme.area.boundaries.order_by("-valid_from").first()
    if newest is None:
        raise Http404
    shape = to_shapely(newest.boundary)
    form = VersionForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        initial={"valid_from": timezone.now().date(), "outline": text_of(shape)},
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            told = form.cleaned_data
            try:
                if told["file"] is not None:
                    upload = stage(
                        content=told["file"].read(), name=told["file"].name, purpose=PURPOSE,
                        place=area, by=request.user, at=timezone.now(),
                    )  # fmt: skip
                    kept = {"valid_from": told["valid_from"].isoformat(), "basis": told["basis"]}
                    answer(upload=upload, at=timezone.now(), answers=kept)
                    return redirect("planner:outline_from_file", area=area, upload=upload.pk)
                new = outline_of(told["outline"])
                return _written(request, scheme, new, told["valid_from"], told["basis"])
            except CodedError as refusal:
                form.add_error("outline", str(refusal))
                status = refusal.status
            except IntakeError as problem:
                form.add_error("file", problem.message)
    context = {
        "area": scheme.area,
        "form": form,
        "newest": newest,
        "map_config": map_anywhere(at=shape, without=scheme.area) | {"area": drawn(shape)},
        "tab": "drafts",
    }
    return render(request, "planner/starting/outline_version.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def outline_from_file(request: HttpRequest, area: str, upload: UUID) -> HttpResponse:
    """What the file holds, and what has to be chosen, before it counts."""
    scheme = _scheme(request, area)
    mine = Upload.objects.of(request.user, purpose=PURPOSE, place=area)
    row: Upload | None = mine.filter(pk=upload).first()
    if row is None:
        raise Http404
    answers: dict[str, Any] = dict(row.answers)
    if request.method == "POST":
        if "discard" in request.POST:
            discard(upload=row)
            return redirect("planner:outline_version", area=area)
        answers["told"] = told_of(request.POST)
        answer(upload=row, at=timezone.now(), answers=answers)
    reading = read_outline_upload(row, answers.get("told", {}))
    error, status = "", 200
    if request.method == "POST" and "found" in request.POST and reading.outline is not None:
        since = date.fromisoformat(answers["valid_from"])
        try:
            written = _written(request, scheme, reading.outline, since, answers["basis"])
        except CodedError as refusal:
            error, status = str(refusal), refusal.status
        else:
            discard(upload=row)
            return written
    config = None
    if reading.outline is not None:
        config = map_anywhere(at=reading.outline) | {"outline": drawn(reading.outline)}
    context = {
        "area": scheme.area,
        "upload": row,
        "reading": reading,
        "told": answers.get("told", {}),
        "error": error,
        "map_config": config,
        "tab": "drafts",
    }
    return render(request, "planner/starting/outline_from_file.html", context, status=status)


def _written(
    request: HttpRequest, scheme: Scheme, shape: Shape, since: date, basis: str
) -> HttpResponse:
    set_boundary(
        area=scheme.area, outline=shape, valid_from=since, basis=basis, by=user_of(request)
    )
    day = {"day": formats.date_format(since, "DATE_FORMAT")}
    messages.success(
        request,
        _("The outline of %(day)s is kept. Start a draft and let its grids be fitted to it.") % day,
    )
    return redirect("planner:drafts", area=scheme.area.slug)


def _scheme(request: HttpRequest, area: str) -> Scheme:
    scheme = scheme_asked(request, area)
    if not may(user_of(request), Permission.DRAW, scheme=scheme):
        raise PermissionDenied
    return scheme
