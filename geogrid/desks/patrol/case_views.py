"""A worker's cases on the phone: take on, write a step, give back, finish."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from geogrid.accounts.errors import CodedError
from geogrid.cases import actions
from geogrid.cases.events import due_words, event_line, why_this_grid
from geogrid.cases.models import Case
from geogrid.cases.placing import calendar_of
from geogrid.cases.rules import Step, steps_from
from geogrid.desks.map_config import map_config
from geogrid.desks.patrol.case_forms import StepForm
from geogrid.desks.patrol.shown import coordinates
from geogrid.desks.patrol.views import for_workers, frame
from geogrid.desks.reporting import keep_photos
from geogrid.duty.models import Worker
from geogrid.patrols.beats import beat_of
from layers.media.serving import picture_response

RECENT = 10


@for_workers
@require_safe
def cases(request: HttpRequest, worker: Worker) -> HttpResponse:
    """The worker's own cases, most urgent first, and those handed in lately."""
    now = timezone.now()
    rows = Case.objects.select_related("category", "grid", "area").defer("grid__boundary")
    open_rows = rows.with_worker(worker).most_urgent_first(now)
    handed_in = rows.filter(worker=worker).exclude(pk__in=open_rows.values("pk"))
    context = frame("today") | {
        "cases": [_told(case, now) for case in open_rows],
        "handed_in": handed_in.order_by("-changed_at")[:RECENT],
        "zone": worker.area.timezone,
    }
    return render(request, "patrol/cases.html", context)


def _told(case: Case, now: datetime) -> dict[str, Any]:
    zone = ZoneInfo(case.area.timezone)
    return {
        "case": case,
        "due": due_words(case, now=now, zone=zone, calendar=calendar_of(case.area)),
    }


@for_workers
@require_safe
def case(request: HttpRequest, worker: Worker, number: int) -> HttpResponse:
    return _page(request, worker, _seen(worker, number))


@require_POST
@for_workers
def step(request: HttpRequest, worker: Worker, number: int) -> HttpResponse:
    """Take the step that the pressed button named, and come back to the case."""
    row = _seen(worker, number)
    form = StepForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, worker, row, form, status=400)
    now = timezone.now()
    photos, refused = keep_photos(form.cleaned_data["photos"], at=now)
    if refused:
        form.add_error("photos", refused[0])
        return _page(request, worker, row, form, status=400)
    try:
        said = _TAKE[form.cleaned_data["action"]](
            row, form.cleaned_data["note"], photos, request.user, now
        )
    except CodedError as problem:
        form.add_error(None, str(problem))
        return _page(request, worker, row, form, status=problem.status)
    messages.success(request, said)
    return redirect("patrol:case", number=row.pk)


def _accept(row: Case, note: str, photos: list[Any], by: Any, at: datetime) -> str:
    actions.accept(case=row, by=by, at=at)
    if note or photos:
        actions.add_step(case=row, note=note, photos=photos, by=by, at=at)
    return _("You have taken the case on.")


def _note(row: Case, note: str, photos: list[Any], by: Any, at: datetime) -> str:
    actions.add_step(case=row, note=note, photos=photos, by=by, at=at)
    return _("Written down.")


def _finish(row: Case, note: str, photos: list[Any], by: Any, at: datetime) -> str:
    actions.finish(case=row, note=note or _("done"), photos=photos, by=by, at=at)
    return _("Handed in. The office checks it.")


def _return(row: Case, note: str, photos: list[Any], by: Any, at: datetime) -> str:
    actions.return_to_office(case=row, why=note, by=by, at=at)
    return _("Returned to the office.")


def _send_up(row: Case, note: str, photos: list[Any], by: Any, at: datetime) -> str:
    actions.send_up(case=row, why=note, by=by, at=at)
    return _("Sent up.")


_TAKE: dict[str, Callable[..., str]] = {
    "accept": _accept,
    "note": _note,
    "finish": _finish,
    "return": _return,
    "send_up": _send_up,
}


@for_workers
@require_safe
def photo(request: HttpRequest, worker: Worker, number: int, picture: UUID) -> HttpResponse:
    found = _seen(worker, number).photos.filter(picture=picture).select_related("picture").first()
    if found is None:
        raise Http404
    return picture_response(found.picture)


def _seen(worker: Worker, number: int) -> Case:
    """A case that is or was with the worker, or lies in one of the worker's grids; else 404."""
    beat = beat_of(worker, timezone.now())
    mine = Q(assignments__worker=worker) | Q(worker=worker)
    if beat is not None:
        mine |= Q(grid__lineage__in=beat.lineages)
    related = ("area", "category", "grid", "runner_up", "worker", "plan")
    rows = Case.objects.filter(mine, pk=number).select_related(*related)
    found = rows.defer("grid__boundary", "runner_up__boundary", "plan__outline").first()
    if found is None:
        raise Http404
    case_row: Case = found
    return case_row


def _page(
    request: HttpRequest, worker: Worker, row: Case, form: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    now, zone = timezone.now(), ZoneInfo(row.area.timezone)
    mine = row.worker_id == worker.pk
    possible = steps_from(row.state) if mine else frozenset()
    context = frame("today") | {
        "case": row,
        "due": due_words(row, now=now, zone=zone, calendar=calendar_of(row.area)),
        "why": why_this_grid(row, zone=zone, since=None),
        "mine": mine,
        "can": {
            "accept": Step.ACCEPT in possible,
            "finish": Step.FINISH in possible and Step.ACCEPT not in possible,
            "note": Step.NOTE in possible and Step.ACCEPT not in possible,
            "give_back": Step.RETURN in possible,
            "send_up": Step.ESCALATE in possible,
        },
        "steps": [{"event": event, "line": event_line(event)} for event in row.events.told()],
        "photos": row.photos.all(),
        "form": form or StepForm(),
        "zone": row.area.timezone,
        "coordinates": coordinates(row.where, row.area),
        "map_config": map_config(row.area),
        "point": [row.where.y, row.where.x],
    }
    return render(request, "patrol/case.html", context, status=status)
