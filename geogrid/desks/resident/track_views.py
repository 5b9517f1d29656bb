"""Following a report by its number and key, without an account."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geogrid.accounts.errors import CodedError
from geogrid.cases import keys
from geogrid.cases.actions import give_feedback
from geogrid.cases.errors import TooManyTries
from geogrid.cases.events import day_words, resident_line
from geogrid.cases.limits import count_try
from geogrid.cases.models import Case, CasePhoto, Feedback, Reporter
from geogrid.cases.rules import Stage, Step, emergency_numbers, stage_of, steps_from
from geogrid.desks.reporting import client_address
from geogrid.desks.resident.report_forms import FeedbackForm, FindForm
from layers.media.serving import picture_response

# What a reporter sees again: the own photos, and those that show the result.
SHOWN = (CasePhoto.Kind.REPORT, CasePhoto.Kind.AFTER)
SEEN, SEEN_S = "geogrid.report.seen", 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for number and key, and answer with the report itself.

    No redirect: four digits of a phone number must not end up in an address, which browsers
    remember and servers write down.
    """
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _shown(request, form.cleaned_data["number"].strip(), form.cleaned_data["key"])
    return render(request, "resident/report_find.html", {"form": form})


@never_cache
@require_safe
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """The steps and the result, in plain words and without names."""
    return _shown(request, number, request.GET.get("key", ""))


def _shown(request: HttpRequest, number: str, key: str) -> HttpResponse:
    try:
        case = _opened(request, number, key.strip())
    except TooManyTries as problem:
        return _not_opened(request, number, str(problem), status=429)
    if case is None:
        if not key:
            return _not_opened(request, number, "", status=200)
        words = _("Number and key do not belong together. Please check both.")
        return _not_opened(request, number, words, status=404)
    return _page(request, case)


def _not_opened(request: HttpRequest, number: str, words: str, *, status: int) -> HttpResponse:
    form = FindForm(initial={"number": number})
    context = {"form": form, "problem": words}
    return render(request, "resident/report_find.html", context, status=status)


def _page(request: HttpRequest, case: Case, form: FeedbackForm | None = None) -> HttpResponse:
    lines = []
    for event in case.events.told():
        words = resident_line(event)
        if words and (not lines or lines[-1]["words"] != words):
            lines.append({"at": event.at, "words": words})
    lead = _lead(case)
    stage = stage_of(lead.state)
    context: dict[str, Any] = {
        "case": case,
        "area": case.area,
        "zone": case.area.timezone,
        "key": request.GET.get("key") or request.POST.get("key", ""),
        "stage": stage,
        "result": lead.result,
        "may_rate": Step.FEEDBACK in steps_from(case.state),
        "stages": _stages(stage),
        "lines": lines,
        "photos": case.photos.filter(kind__in=SHOWN),
        "token": signing.dumps(case.pk, salt=SEEN),
        "new": request.GET.get("new") == "1",
        "due_day": _day(lead),
        "late": bool(lead.due_at and lead.due_at < timezone.now()),
        "numbers": emergency_numbers(case.area.calendar) if case.emergency else (),
        "feedback": Feedback.objects.filter(case=case).first(),
        "form": form or FeedbackForm(),
        "address_url": request.build_absolute_uri(reverse("resident:follow", args=[case.number])),
    }
    return render(request, "resident/report_follow.html", context)


def _lead(case: Case) -> Case:
    """The case that goes on in place of a merged one; how it stands is all that is told of it."""
    seen = {case.pk}
    while case.merged_into is not None and case.merged_into.pk not in seen:
        case = case.merged_into
        seen.add(case.pk)
    return case


def _day(case: Case) -> str:
    return day_words(case.due_at.astimezone(ZoneInfo(case.area.timezone))) if case.due_at else ""


def _stages(now: Stage) -> list[dict[str, Any]]:
    order = list(Stage)
    reached = order.index(now)
    return [
        {"word": stage.label, "done": place < reached or now == Stage.DONE, "now": stage == now}
        for place, stage in enumerate(order)
    ]


@never_cache
@require_POST
def feedback(request: HttpRequest, number: str) -> HttpResponse:
    try:
        case = _opened(request, number, request.POST.get("key", ""))
    except TooManyTries as problem:
        return _not_opened(request, number, str(problem), status=429)
    if case is None or case.merged_into_id is not None:
        raise Http404
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _page(request, case, form)
    try:
        give_feedback(case=case, at=timezone.now(), **form.cleaned_data)
    except CodedError as problem:
        form.add_error(None, str(problem))
        return _page(request, case, form)
    return _page(request, case)


@require_safe
def photo(request: HttpRequest, number: str, picture: UUID) -> HttpResponse:
    """A photo on the page that was just opened: `?t=` says so, without repeating the key."""
    try:
        case = signing.loads(request.GET.get("t", ""), salt=SEEN, max_age=SEEN_S)
    except signing.BadSignature as error:
        raise Http404 from error
    rows = CasePhoto.objects.filter(case=case, case__number=number, kind__in=SHOWN, picture=picture)
    found = rows.select_related("picture").first()
    if found is None:
        raise Http404
    return picture_response(found.picture)


def _opened(request: HttpRequest, number: str, key: str) -> Case | None:
    """The case that number and key (or four digits) open together; wrong tries are counted.

    Two areas may have given the same number on one day: the key tells them apart.
    """
    if not key or "\0" in number + key:
        return None
    rows = Case.objects.filter(number=number).select_related("area", "category")
    for case in rows:
        if keys.opens(key, case.key_digest):
            return case
    # Four digits can be guessed: both who asks and what is asked for are limited, before looking.
    now = timezone.now()
    count_try("open", client_address(request), at=now)
    count_try("open_case", number, at=now)
    for case in rows:
        phone = Reporter.objects.filter(case=case).values_list("phone", flat=True).first()
        if keys.phone_opens(key, phone or ""):
            return case
    return None
