"""Steps that the office takes with a case."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from geogrid.accounts.errors import CodedError
from geogrid.cases import actions
from geogrid.cases.errors import NoSuchCase, WorkerMissing
from geogrid.cases.models import Case
from geogrid.desks.office.desk import Asked
from geogrid.desks.office.detail import case_of
from geogrid.desks.office.forms import StepForm
from geogrid.desks.office.views import for_office, list_page
from geogrid.territory.models import Scheme


@require_POST
@for_office
def step(request: HttpRequest, scheme: Scheme, number: int) -> HttpResponse:
    """Take the step that the pressed button named, and come back to the case."""
    row = case_of(scheme.area, number)
    if row is None:
        raise Http404
    form = StepForm(request.POST)
    if not form.is_valid():
        return list_page(request, scheme, row, form, status=400)
    data = form.cleaned_data
    try:
        said = _TAKE[data["action"]](row, data, request.user, timezone.now())
    except CodedError as problem:
        form.add_error(None, str(problem))
        return list_page(request, scheme, case_of(scheme.area, number), form, problem.status)
    messages.success(request, said)
    return redirect(_back(request, scheme, row))


def _back(request: HttpRequest, scheme: Scheme, row: Case) -> str:
    asked = Asked.of(request.GET)
    return reverse("office:cases", args=[scheme.area.slug]) + asked.query(case=row.pk)


def _reassign(row: Case, data: dict[str, Any], by: Any, at: datetime) -> str:
    if data["worker"] is None:
        raise WorkerMissing
    actions.reassign(case=row, worker=data["worker"], why=data["note"], by=by, at=at)
    return _("%(number)s is with %(name)s now.") % {
        "number": row.number,
        "name": data["worker"].name,
    }


def _merge(row: Case, data: dict[str, Any], by: Any, at: datetime) -> str:
    other = Case.objects.of(row.area).filter(number=data["into"].strip()).first()
    if other is None:
        raise NoSuchCase(number=data["into"])
    actions.merge(case=row, into=other, by=by, at=at)
    return _("%(number)s goes on as %(other)s.") % {"number": row.number, "other": other.number}


def _with_words(act: Callable[..., Any], name: str, said: Callable[[], str]) -> Callable[..., str]:
    """A step that takes the typed words under the argument `name`."""

    def take(row: Case, data: dict[str, Any], by: Any, at: datetime) -> str:
        act(case=row, by=by, at=at, **{name: data["note"]})
        return said()

    return take


def _resume(row: Case, data: dict[str, Any], by: Any, at: datetime) -> str:
    actions.resume(case=row, note=data["note"], by=by, at=at)
    return _("The clock runs again.")


_TAKE: dict[str, Callable[..., str]] = {
    "reassign": _reassign,
    "merge": _merge,
    "resume": _resume,
    "urge": _with_words(actions.urge, "note", lambda: _("Urged.")),
    "send_up": _with_words(actions.send_up, "why", lambda: _("Sent up.")),
    "close": _with_words(actions.close, "result", lambda: _("Closed. The reporter can read it.")),
    "verify": _with_words(actions.verify, "note", lambda: _("You are verifying this case.")),
    "send_back": _with_words(actions.send_back, "why", lambda: _("Sent back to the worker.")),
    "pause": _with_words(actions.pause, "why", lambda: _("The clock is stopped.")),
    "reject": _with_words(actions.reject, "why", lambda: _("Not taken on.")),
}


@require_POST
@for_office
def reporter(request: HttpRequest, scheme: Scheme, number: int) -> HttpResponse:
    """Show once how the reporter can be reached; that somebody looked is written down."""
    row = case_of(scheme.area, number)
    if row is None:
        raise Http404
    try:
        found = actions.reveal_reporter(case=row, by=request.user, at=timezone.now())
    except CodedError as problem:
        messages.error(request, str(problem))
    else:
        told = f"{found.name} {found.phone}".strip() if found else ""
        messages.info(request, told or _("The reporter left no contact."))
    return redirect(_back(request, scheme, row))
