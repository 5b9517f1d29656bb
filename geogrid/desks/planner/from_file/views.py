"""A draft from a file: brought, looked at on the map, put right, accepted or discarded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from geogrid.accounts.errors import CodedError
from geogrid.accounts.rules import Permission, may
from geogrid.desks.map_config import map_config
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.from_file.answers import LONGEST, Answers
from geogrid.desks.planner.from_file.bringing import PURPOSE, TYPES, bring, brought
from geogrid.desks.planner.from_file.forms import ReadingForm
from geogrid.desks.planner.from_file.page import accept_form, context_of
from geogrid.desks.planner.from_file.reading import forget, read_again, reading_of
from geogrid.desks.planner.views import scheme_asked
from geogrid.territory.models import Scheme
from geogrid.territory.plan_files.drafts import write_draft
from geogrid.territory.plan_files.fields import HEADERS
from layers.feeds.caching import NEVER
from layers.intake import staging
from layers.intake.errors import IntakeError
from layers.intake.models import Upload

__all__ = ["accept", "choose", "discard", "review", "start"]

UploadPage = Callable[..., HttpResponse]


def _scheme(request: HttpRequest, area: str) -> Scheme:
    """The area's general scheme, for whoever may draw all of it: a file is a whole plan."""
    scheme = scheme_asked(request, area)
    if not may(user_of(request), Permission.DRAW, scheme=scheme):
        raise PermissionDenied
    return scheme


def of_upload(view: UploadPage) -> UploadPage:
    """Hand the asked file to a page; files of others are not there."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, area: str, upload: UUID, **more: Any) -> HttpResponse:
        scheme = _scheme(request, area)
        mine = Upload.objects.of(user_of(request), purpose=PURPOSE, place=scheme.area.slug)
        found = mine.filter(pk=upload).first()
        if found is None:
            raise Http404
        try:
            answer = view(request, scheme, found, **more)
        except Upload.DoesNotExist:  # accepted or discarded in another window meanwhile
            messages.info(request, _("The file was accepted or discarded already."))
            return redirect("planner:drafts", area=area)
        answer["Cache-Control"] = NEVER
        return answer

    return wrapped


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, area: str) -> HttpResponse:
    """Where a file is dropped or chosen, and the files nobody has decided about yet."""
    scheme, user, now = _scheme(request, area), user_of(request), timezone.now()
    problem, status = "", 200
    if request.method == "POST":
        try:
            upload = bring(files=request.FILES.getlist("file"), scheme=scheme, by=user, at=now)
        except IntakeError as refusal:
            problem, status = refusal.message, 400
        else:
            return redirect("planner:from_file_review", area=area, upload=upload.pk)
    context = {
        "area": scheme.area,
        "scheme": scheme,
        "uploads": brought(scheme, user),
        "kept_days": staging.KEPT.days,
        "types": TYPES,
        "problem": problem,
        "map_config": map_config(scheme.area),
        "now": now,
        "tab": "drafts",
    }
    return render(request, "planner/from_file/start.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@of_upload
def review(request: HttpRequest, scheme: Scheme, upload: Upload) -> HttpResponse:
    """The file over the current plan, what is wrong with it, and what can be done about that."""
    now = timezone.now()
    reading = reading_of(upload, scheme, now)
    form, status = None, 200
    if request.method == "POST":
        quick = _quick(request)
        form = ReadingForm(request.POST, reading=reading)
        if quick is not None or form.is_valid():
            layers = reading.answers.layers  # known only where they have to be chosen from
            said = quick or form.answered
            _answered(upload, now, lambda answers: said(replace(answers, layers=layers)))
            return redirect("planner:from_file_review", area=scheme.area.slug, upload=upload.pk)
        status = 400
    context = context_of(reading, scheme, by=user_of(request), reading_form=form)
    return render(request, "planner/from_file/review.html", context, status=status)


@require_POST
@of_upload
def choose(request: HttpRequest, scheme: Scheme, upload: Upload) -> HttpResponse:
    """Say who gets the land of findings: one (`key`, `owner`), several at once, or all proposals.

    A script asks for the `part` of the page that answers; everybody else is led back to it.
    """
    now = timezone.now()
    if request.POST.get("all") == "proposals":
        upload = _answered(upload, now, lambda answers: replace(answers, settled=True))
    elif request.POST.get("all") == "none":
        upload = _answered(upload, now, lambda answers: replace(answers, settled=False, owners={}))
    else:
        owners = (
            {request.POST["key"]: request.POST.get("owner") or None}
            if "key" in request.POST
            else _several(request, scheme, upload)
        )
        upload = _answered(upload, now, lambda answers: answers.all_chosen(owners))
    if request.POST.get("part"):
        context = context_of(reading_of(upload, scheme, now), scheme, by=user_of(request))
        return render(request, "planner/from_file/results.html", context)
    where = redirect("planner:from_file_review", area=scheme.area.slug, upload=upload.pk)
    where["Location"] += "#findings"
    return where


@require_POST
@of_upload
def accept(request: HttpRequest, scheme: Scheme, upload: Upload) -> HttpResponse:
    """Write the draft and open it."""
    now, user = timezone.now(), user_of(request)
    reading = reading_of(upload, scheme, now)
    form = accept_form(reading, request.POST)
    status = 400
    if reading.proposal is not None and form.is_valid():
        data = form.cleaned_data
        try:
            with staging.used_up(upload) as row:
                pieces_reason = data.get("pieces_reason", "")
                reading = read_again(row, scheme, now, pieces_reason=pieces_reason)
                if reading.proposal is None:
                    raise reading.problem or Http404
                plan = write_draft(
                    proposal=reading.proposal,
                    by=user,
                    at=now,
                    name=data["name"].strip(),
                    unlocked=data.get("unlocked", "").strip(),
                )
        except CodedError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        except IntakeError as refusal:
            form.add_error(None, refusal.about(upload.name))
        else:
            forget(upload.pk)
            said = _("Draft %(number)s was made from %(file)s.")
            messages.success(request, said % {"number": plan.number, "file": upload.name})
            return redirect("planner:draft", area=scheme.area.slug, number=plan.number)
    context = context_of(reading, scheme, by=user, accepting=form)
    return render(request, "planner/from_file/review.html", context, status=status)


@require_POST
@of_upload
def discard(request: HttpRequest, scheme: Scheme, upload: Upload) -> HttpResponse:
    """Forget the file."""
    key = upload.pk
    staging.discard(upload=upload)
    forget(key)
    messages.success(request, _("%(file)s is discarded.") % {"file": upload.name})
    return redirect("planner:from_file", area=scheme.area.slug)


def _answered(upload: Upload, at: datetime, change: Callable[[Answers], Answers]) -> Upload:
    """Change what was answered so far, in whichever window; returns the upload anew."""
    return staging.change_answers(
        upload=upload, at=at, change=lambda kept: change(Answers.read(kept)).kept()
    )


def _quick(request: HttpRequest) -> Callable[[Answers], Answers] | None:
    """A button that answers one question: another reading, a shift undone, a layer."""
    sent = request.POST
    if "reading" in sent:
        crs, swap, scale = (*sent["reading"].split("|"), "", "", "")[:3]
        factor = 0.3048 if scale == "0.3048" else 1.0
        return lambda answers: replace(
            answers, crs=crs[:120], swap=swap == "1", scale=factor, unshift=""
        )
    if "shift" in sent:
        return lambda answers: replace(answers, unshift=sent["shift"][:LONGEST])
    if "one_layer" in sent:
        layer = sent["one_layer"][:LONGEST]
        return lambda answers: replace(answers, layer=layer, owners={}, fields={})
    if sent.get("without_codes") in HEADERS:
        return lambda answers: replace(
            answers, fields={**answers.fields, sent["without_codes"]: ""}
        )
    return None


def _several(request: HttpRequest, scheme: Scheme, upload: Upload) -> dict[str, str | None]:
    """Findings answered in one form, without a script: what differs from what is counts as said."""
    proposal = reading_of(upload, scheme, timezone.now()).proposal
    found: dict[str, str | None] = {}
    for one in proposal.findings if proposal is not None else ():
        sent = request.POST.get(f"owner-{one.key}")
        if sent is not None and one.options and (sent or None) != one.owner:
            found[one.key] = sent or None
    return found
