"""From a list to a draft: bring it, look at what it means on the ground, correct it, accept."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geogrid.accounts.errors import CodedError
from geogrid.accounts.rules import Permission, may
from geogrid.desks.map_config import map_config
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.from_list.forms import AcceptForm, BringForm
from geogrid.desks.planner.from_list.shown import shown
from geogrid.desks.planner.from_list.steps import NoStep, step_of
from geogrid.desks.planner.from_list.work import PASTED, PURPOSE, Work
from geogrid.desks.planner.views import scheme_asked
from geogrid.territory.listing import UnreadableTable
from geogrid.territory.models import Scheme
from layers.feeds.caching import NEVER
from layers.intake import staging
from layers.intake.errors import IntakeError
from layers.intake.models import Upload

View = Callable[[HttpRequest, Work], HttpResponse]


def of_list(view: View) -> Callable[..., HttpResponse]:
    """Hand a planner's own list to a page; anybody else's does not exist."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, area: str, upload: UUID) -> HttpResponse:
        scheme = _scheme(request, area)
        mine = Upload.objects.of(user_of(request), purpose=PURPOSE, place=area)
        row = mine.filter(pk=upload).first()
        if row is None:
            raise Http404
        try:
            return view(request, Work(row, scheme, timezone.now()))
        except Upload.DoesNotExist:  # accepted or discarded in another window meanwhile
            messages.info(request, _("The list was accepted or discarded already."))
            return redirect("planner:drafts", area=area)

    return wrapped


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, area: str) -> HttpResponse:
    """Paste or upload a list; those one has not finished are below."""
    scheme = _scheme(request, area)
    user = user_of(request)
    posted = request.method == "POST"
    form = BringForm(request.POST, request.FILES) if posted else BringForm()
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        row = staging.stage(
            content=file.read() if file else form.cleaned_data["text"].encode(),
            name=file.name if file else PASTED,
            purpose=PURPOSE,
            place=area,
            by=user,
            at=timezone.now(),
        )
        return redirect("planner:from_list_review", area=area, upload=row.pk)
    waiting = Upload.objects.of(user, purpose=PURPOSE, place=area).order_by("-touched_at")
    context = {
        "area": scheme.area,
        "scheme": scheme,
        "form": form,
        "waiting": [_waiting(row) for row in waiting.defer("report")[:20]],
        "kept_days": staging.KEPT.days,
        "tab": "drafts",
    }
    return render(request, "planner/from_list/bring.html", context, status=400 if posted else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@of_list
def review(request: HttpRequest, work: Work) -> HttpResponse:
    """What the list means on the ground; a posted form corrects it."""
    if request.method != "POST":
        return _page(request, work)
    sent = request.POST
    try:
        if sent.get("kind") == "undo":
            count = sent.get("count", "")
            work = work.undo(int(count) if count.isdecimal() and len(count) < 9 else -1)
        else:
            work = work.take(step_of(sent))
    except NoStep as refusal:
        return _page(request, work, problem=str(refusal), status=400)
    back = reverse("planner:from_list_review", args=[work.scheme.area.slug, work.upload.pk])
    query = f"?grid={sent['open']}" if sent.get("open", "").isdecimal() else ""
    return redirect(f"{back}{query}#state")


@require_safe
@of_list
def map_json(request: HttpRequest, work: Work) -> HttpResponse:
    """The drawn grids, and every door with the grid that lists it."""
    if work.readable:
        raise Http404
    body = json.dumps(work.report()["map"], separators=(",", ":"))
    answer = HttpResponse(body, content_type="application/json")
    answer["Cache-Control"] = NEVER
    return answer


@require_POST
@of_list
def accept(request: HttpRequest, work: Work) -> HttpResponse:
    """Write the draft and open it."""
    form = AcceptForm(request.POST)
    if work.readable or not form.is_valid():
        return _page(request, work, form=form, status=400)
    try:
        plan = work.accept(by=user_of(request), name=form.cleaned_data["name"].strip())
    except CodedError as refusal:
        return _page(request, work, problem=str(refusal), status=refusal.status)
    messages.success(request, _("The list is a draft now. Move the borders no address decides."))
    return redirect("planner:draft", area=work.scheme.area.slug, number=plan.number)


@require_POST
@of_list
def discard(request: HttpRequest, work: Work) -> HttpResponse:
    """Remove the list and every answer about it."""
    staging.discard(upload=work.upload)
    messages.success(request, _("The list is discarded."))
    return redirect("planner:from_list", area=work.scheme.area.slug)


def _scheme(request: HttpRequest, area: str) -> Scheme:
    """The area's scheme, to whoever may write a whole draft in it."""
    scheme = scheme_asked(request, area)
    if not may(user_of(request), Permission.DRAW, scheme=scheme):
        raise PermissionDenied
    return scheme


def _waiting(row: Upload) -> dict[str, Any]:
    steps = row.answers.get("steps", [])
    return {"row": row, "pasted": row.name == PASTED, "corrections": len(steps)}


def _page(
    request: HttpRequest,
    work: Work,
    *,
    problem: str = "",
    form: AcceptForm | None = None,
    status: int = 200,
) -> HttpResponse:
    area = work.scheme.area
    context: dict[str, Any] = {
        "area": area,
        "scheme": work.scheme,
        "work": work,
        "form": form or AcceptForm(),
        "problem": problem,
        "unreadable": work.readable,
        "tab": "drafts",
    }
    try:
        context |= shown(work, request.GET)
    except (UnreadableTable, IntakeError) as refusal:
        context["unreadable"] = str(refusal)
    where = [area.slug, work.upload.pk]
    context["map_config"] = map_config(area) | {
        "list_url": reverse("planner:from_list_map", args=where),
    }
    answer = render(request, "planner/from_list/review.html", context, status=status)
    answer["Cache-Control"] = NEVER
    return answer
