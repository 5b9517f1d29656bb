"""Reporting from the phone: kind, photo, send. The device says where it is."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.gis.geos import Point
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geogrid.accounts.errors import CodedError
from geogrid.cases.actions import Reported, ReporterDetails, handle_on_the_spot, report
from geogrid.cases.models import Case
from geogrid.cases.rules import emergency_numbers
from geogrid.desks.map_config import suggest_url
from geogrid.desks.patrol.case_forms import WorkerReportForm
from geogrid.desks.patrol.views import for_workers, frame
from geogrid.desks.reporting import Spot, category_choices, find_spots, keep_photos, local_name
from geogrid.duty.models import Worker
from geogrid.territory.models import Term


@for_workers
@require_http_methods(["GET", "HEAD", "POST"])
def report_case(request: HttpRequest, worker: Worker) -> HttpResponse:
    if request.method != "POST":
        return _page(request, worker, WorkerReportForm())
    form = WorkerReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, worker, form, status=400)
    where, how, spots = _locate(form, worker)
    if where is None:
        form.add_error(
            "address",
            _("Which of these is it?") if spots else _("Say where it is: position or address."),
        )
        return _page(request, worker, form, spots=spots, status=400)
    try:
        done = _send(request, form, worker, where, how, timezone.now())
    except CodedError as problem:
        form.add_error(None, str(problem))
        return _page(request, worker, form, status=problem.status)
    if done is None:
        return _page(request, worker, form, status=400)
    messages.success(request, _sentence(done))
    return redirect("patrol:case", number=done.case.pk)


def _locate(form: WorkerReportForm, worker: Worker) -> tuple[Point | None, str, list[Spot]]:
    where, how = form.place()
    if where is not None:
        return where, how, []
    term = (
        Term.objects.at(timezone.now())
        .filter(scheme__area=worker.area, scheme__general=True)
        .select_related("plan__boundary").first()
    )  # fmt: skip
    spots = find_spots(worker.area, term, form.cleaned_data["address"])
    sure = [spot for spot in spots if spot.sure]
    if len(sure) == 1:
        return sure[0].where, Case.LocatedBy.ADDRESS, []
    return None, "", spots


def _send(
    request: HttpRequest, form: WorkerReportForm, worker: Worker, where: Point, how: str,
    now: datetime,
) -> Reported | None:  # fmt: skip
    """Report it, or record that it is put right already; None when a photo was refused."""
    data = form.cleaned_data
    before, refused = keep_photos(data["photos"], at=now)
    after, refused_after = keep_photos(data["after"], at=now)
    for name, sentences in (("photos", refused), ("after", refused_after)):
        for sentence in sentences:
            form.add_error(name, sentence)
    if refused or refused_after:
        return None
    shared: dict[str, Any] = {
        "area": worker.area,
        "category": data["category"],
        # Three taps need no words: the kind of thing is a title.
        "text": data["text"],
        "title": "" if data["text"].strip() else local_name(data["category"]),
        "where": where,
        "by": request.user,
        "at": now,
        "address": form.spot_label() or data["address"],
        "accuracy_m": data["accuracy"] if how == Case.LocatedBy.DEVICE else None,
        "form_key": data["form_key"],
    }
    if data["how"] == form.ON_THE_SPOT:
        return handle_on_the_spot(**shared, before=before, after=after, result=data["text"])
    on_behalf = data["how"] == form.ON_BEHALF
    return report(
        **shared,
        photos=before,
        located_by=how,
        channel=Case.Channel.ON_BEHALF if on_behalf else Case.Channel.WORKER,
        reporter=ReporterDetails(phone=data["phone"]) if on_behalf else None,
    )


def _sentence(done: Reported) -> str:
    if done.case.channel == Case.Channel.ON_BEHALF:
        return _("Report %(number)s is on its way. Key for the resident: %(key)s") % {
            "number": done.case.number,
            "key": done.key,
        }
    if done.case.closed_at is not None:
        return _("Recorded as put right: %(number)s") % {"number": done.case.number}
    return _("Report %(number)s is on its way.") % {"number": done.case.number}


def _page(
    request: HttpRequest, worker: Worker, form: WorkerReportForm, *,
    spots: list[Spot] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = frame("report") | {
        "form": form,
        "categories": category_choices(),
        "picked": str(form["category"].value() or ""),
        "spots": spots or [],
        "numbers": emergency_numbers(worker.area.calendar),
        "area": worker.area,
        "suggest_url": suggest_url(worker.area),
    }
    return render(request, "patrol/report.html", context, status=status)
