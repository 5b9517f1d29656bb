"""The patrol's phone: what to look at next, a hazard point, a visit.

A position arrives by POST, so that it stands in no address and no log, and is not kept.
"""

from functools import wraps
from typing import Any, Protocol

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geogrid.desks.map_config import map_config
from geogrid.desks.patrol.forms import FilterForm, VisitForm
from geogrid.desks.patrol.shown import ShownStop, coordinates, for_map, shown
from geogrid.duty.models import Worker
from geogrid.patrols.actions import record_visit
from geogrid.patrols.beats import Beat, beat_of
from geogrid.patrols.models import Visit
from geogrid.patrols.rules import Due
from geogrid.patrols.stops import HazardStop, Stop, case_stops, hazard_stop, hazard_stops, in_order
from geogrid.territory.models import Grid
from layers.media.errors import PictureRefused
from layers.media.serving import picture_response
from layers.places.models import HazardClass
from layers.refusals import CodedRefusal

LAST_VISITS = 10


class WorkersView(Protocol):
    def __call__(
        self, request: HttpRequest, worker: Worker, *args: Any, **kwargs: Any
    ) -> HttpResponseBase: ...


def for_workers(view: WorkersView) -> Any:
    """Let in who is signed in and linked to an active worker; pages are never cached."""

    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        worker = Worker.objects.filter(user=request.user.pk, active=True).select_related(
            "area", "user"
        )
        found = worker.first()
        if found is None:
            return render(request, "patrol/not_a_worker.html", frame("today"), status=403)
        return view(request, found, *args, **kwargs)

    return wrapped


@for_workers
@require_safe
def today(request: HttpRequest, worker: Worker) -> HttpResponse:
    """What is due, without a position: the most urgent first."""
    return _stops_page(request, worker, "today")


@for_workers
@require_safe
def on_the_map(request: HttpRequest, worker: Worker) -> HttpResponse:
    """The same stops on a large map, the list below it."""
    return _stops_page(request, worker, "map")


@require_POST
@for_workers
def nearby(request: HttpRequest, worker: Worker) -> HttpResponse:
    """The same list, nearest first: `lon`, `lat`, and the filter; answers with its HTML."""
    form = _filter(request.POST)
    context = _stops(worker, form)
    return JsonResponse(
        {
            "located": context["located"],
            "stops": for_map(context["stops"]),
            "html": {
                name: render_to_string(f"patrol/parts/{name}.html", context, request)
                for name in ("count", "order", "stops", "cta")
            },
        }
    )


@for_workers
@require_safe
def hazard(request: HttpRequest, worker: Worker, number: int) -> HttpResponse:
    """One hazard point: when it is due, how to get there, the visits before."""
    beat, stop = _stop_or_404(worker, number)
    (row,) = shown([stop], beat.today)
    context = frame("today") | {
        "hazard": stop.hazard,
        "stop": row,
        "interval": _interval(stop),
        "grid": Grid.objects.defer("boundary").filter(pk=stop.grid_id).first(),
        "coordinates": coordinates(stop.hazard.anchor, beat.area),
        "visits": Visit.objects.filter(hazard=stop.hazard).newest_first()[:LAST_VISITS],
        "zone": beat.area.timezone,
        "map_config": map_config(beat.area),
        "map_stops": for_map([row]),
    }
    return render(request, "patrol/hazard.html", context)


@for_workers
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, worker: Worker, number: int) -> HttpResponse:
    """The form of a visit; sent twice it is one visit."""
    _beat, stop = _stop_or_404(worker, number)
    form = VisitForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _record(request, worker, stop, form)
        except CodedRefusal as refusal:
            form.add_error("photo" if isinstance(refusal, PictureRefused) else "note", str(refusal))
        else:
            messages.success(request, _("Your visit is saved."))
            return redirect("patrol:hazard", number=number)
    context = frame("today") | {
        "hazard": stop.hazard,
        "form": form,
        "anchor": [f"{value:.7f}" for value in stop.hazard.anchor.coords],
    }
    return render(request, "patrol/visit.html", context, status=400 if form.errors else 200)


@for_workers
@require_safe
def photo(request: HttpRequest, worker: Worker, number: int) -> HttpResponseBase:
    """The photo of a visit to one of the worker's hazard points."""
    row = get_object_or_404(Visit.objects.select_related("photo"), pk=number)
    _stop_or_404(worker, row.hazard_id)
    if row.photo is None:
        raise Http404
    return picture_response(row.photo)


@for_workers
@require_safe
def more(request: HttpRequest, worker: Worker) -> HttpResponse:
    """The worker's grids, last visits, language, sign out."""
    beat = beat_of(worker, timezone.now())
    context = frame("more") | {
        "worker": worker,
        "area": worker.area,
        "grids": beat.grids if beat else (),
        "visits": Visit.objects.made_by(worker).newest_first()[:LAST_VISITS],
        "zone": worker.area.timezone,
    }
    return render(request, "patrol/more.html", context)


def _stops_page(request: HttpRequest, worker: Worker, tab: str) -> HttpResponse:
    form = _filter(request.GET)
    context = _stops(worker, form) | frame(tab) | {"filter_form": form, "area": worker.area}
    context["map_stops"] = for_map(context["stops"])
    context["map_config"] = map_config(worker.area) | {"mine": context["codes"]}
    return render(request, "patrol/today.html", context)


def _stops(worker: Worker, form: FilterForm) -> dict[str, Any]:
    """The list that the page and `nearby` share."""
    kind, urgencies = form.wanted()
    where = form.cleaned_data.get("where") if form.is_valid() else None
    beat = beat_of(worker, timezone.now())
    rows: list[ShownStop] = []
    upcoming = None
    if beat is not None:
        everything: list[Stop] = [*hazard_stops(beat, where), *case_stops(beat, where)]
        wanted = [stop for stop in everything if _matches(stop, kind, urgencies)]
        rows = shown(in_order(wanted, located=where is not None), beat.today)
        later = [stop for stop in everything if stop.due is not None]
        upcoming = shown(in_order(later, located=False)[:1], beat.today) if not rows else None
    return {
        "stops": rows,
        "located": where is not None,
        "filtered": bool(kind) or urgencies == frozenset({Due.OVERDUE}),
        "has_grids": beat is not None and bool(beat.grids),
        "upcoming": upcoming[0] if upcoming else None,
        "codes": [grid.code for grid in beat.grids] if beat else [],
    }


def _matches(stop: Stop, kind: str, urgencies: frozenset[Due]) -> bool:
    if not isinstance(stop, HazardStop):
        # An open case waits for somebody however far its deadline is.
        return kind in ("", FilterForm.CASES) and (
            stop.urgency in urgencies or urgencies != frozenset({Due.OVERDUE})
        )
    return stop.urgency in urgencies and kind in ("", stop.hazard.hazard_class.code)


def _filter(data: Any) -> FilterForm:
    classes = list(HazardClass.objects.all())
    return FilterForm(data, classes=classes, language=get_language() or "")


def _stop_or_404(worker: Worker, number: int) -> tuple[Beat, HazardStop]:
    """A hazard point of somebody else's grid does not exist for this worker."""
    beat = beat_of(worker, timezone.now())
    stop = hazard_stop(beat, number) if beat else None
    if beat is None or stop is None:
        raise Http404
    return beat, stop


def _record(request: HttpRequest, worker: Worker, stop: HazardStop, form: VisitForm) -> Visit:
    entered = form.cleaned_data
    return record_visit(
        hazard=stop.hazard,
        worker=worker,
        outcome=entered["outcome"],
        note=entered["note"],
        photo=entered["photo"],
        client_id=entered["client_id"],
        where=entered["where"],
        accuracy_m=entered["accuracy"],
        by=worker.user,
        at=timezone.now(),
    )


def _interval(stop: HazardStop) -> str:
    if stop.interval is None:
        return ""
    every, unit = stop.interval
    if unit == "working":
        return ngettext("every working day", "every %(days)d working days", every) % {"days": every}
    return ngettext("every day", "every %(days)d days", every) % {"days": every}


def frame(tab: str) -> dict[str, Any]:
    """The tab bar, and the ways to reporting and to the worker's cases."""
    report = reverse("patrol:report")
    words = {
        "today": (reverse("patrol:today"), pgettext("tab", "Today"), "note"),
        "map": (reverse("patrol:map"), pgettext("tab", "Map"), "map"),
        "report": (report, pgettext("tab", "Report"), "camera"),
        "more": (reverse("patrol:more"), pgettext("tab", "Me"), "person"),
    }
    tabs = [
        {"url": url, "word": word, "icon": icon, "current": name == tab}
        for name, (url, word, icon) in words.items()
    ]
    return {"tabs": tabs, "tab": tab, "report_url": report, "cases_url": reverse("patrol:cases")}
