"""Reporting a problem: one form, one look at it, sent. Works without scripts.

Photos are kept when the form is looked at and wait under signed names; what is never sent is
removed after a day.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.gis.geos import Point
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from geogrid.accounts.errors import CodedError
from geogrid.cases.actions import ReporterDetails, report
from geogrid.cases.errors import TooManyTries
from geogrid.cases.limits import count_try
from geogrid.cases.models import Case
from geogrid.cases.placing import choices_at, place_case
from geogrid.cases.rules import Reason, emergency_numbers
from geogrid.desks.map_config import map_config
from geogrid.desks.reporting import (
    MAX_PHOTOS,
    Spot,
    category_choices,
    client_address,
    find_spots,
    keep_photos,
    photo_tokens,
    photos_from,
)
from geogrid.desks.resident.report_forms import ReportForm
from geogrid.territory.models import Area, Grid, Term
from layers.media.models import Attachment

CHOICES_SHOWN = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_form(request: HttpRequest) -> HttpResponse:
    """`action` says what the button meant: find an address, look at the report, change it, send."""
    area, term = _area_of(request)
    if request.method != "POST":
        return _form_page(request, area, term, ReportForm(initial=_asked(request, term)))
    form = ReportForm(request.POST, request.FILES)
    photos = photos_from(request.POST.getlist("kept"))
    action = request.POST.get("action", "look")
    try:
        fresh, refused = _new_photos(request, form, photos)
    except TooManyTries as problem:
        return _form_page(request, area, term, form, photos, problem=problem, status=429)
    photos += fresh
    if action == "find":
        spots = find_spots(area, term, request.POST.get("address", ""))
        return _form_page(
            request, area, term, _unchecked(request), photos, spots=spots, searched=True
        )
    if not form.is_valid() or refused or action == "change":
        if action == "change" and not refused:
            return _form_page(request, area, term, _unchecked(request), photos)
        for sentence in refused:
            form.add_error("photos", sentence)
        return _form_page(request, area, term, form, photos, status=400)
    located = _locate(form, area, term)
    if located.where is None:
        form.add_error("address", located.problem)
        return _form_page(
            request, area, term, form, photos, spots=located.spots, searched=True, status=400
        )
    if action == "send":
        return _send(request, area, term, form, photos, located)
    return _look(request, area, term, form, photos, located)


def _area_of(request: HttpRequest) -> tuple[Area, Term | None]:
    slug = request.POST.get("area") or request.GET.get("area") or ""
    area = Area.objects.filter(slug=slug.replace("\0", "")).first() if slug else None
    area = area or Area.objects.for_language(get_language() or "")
    if area is None:
        raise Http404
    terms = Term.objects.at(timezone.now()).filter(scheme__area=area, scheme__general=True)
    return area, terms.select_related("plan__boundary", "scheme").first()


def _asked(request: HttpRequest, term: Term | None) -> dict[str, Any]:
    """What a link from a grid's card says already: a point or a grid, and the words for it."""
    asked: dict[str, Any] = {"address": request.GET.get("address", "").replace("\0", "")[:200]}
    for name in ("lon", "lat"):
        try:
            asked[name] = round(float(request.GET[name]), 7)
        except (KeyError, ValueError):
            asked.pop("lon", None)
            return asked
    asked["located_by"] = Case.LocatedBy.MAP
    return asked


def _unchecked(request: HttpRequest) -> ReportForm:
    """The form as it was filled in, without telling what is still missing."""
    return ReportForm(initial={name: value for name, value in request.POST.items() if value})


def _new_photos(
    request: HttpRequest, form: ReportForm, kept: list[Attachment]
) -> tuple[list[Attachment], list[str]]:
    uploads = request.FILES.getlist("photos")
    if not uploads:
        return [], []
    now = timezone.now()
    for _upload in uploads:
        count_try("photo", client_address(request), at=now)
    room = max(0, MAX_PHOTOS - len(kept))
    return keep_photos(uploads[:room], at=now)


@dataclass(frozen=True, slots=True)
class _Located:
    where: Point | None
    how: str = ""
    address: str = ""
    spots: tuple[Spot, ...] = ()
    problem: str = ""


def _locate(form: ReportForm, area: Area, term: Term | None) -> _Located:
    """The point of a report: chosen, on the map, from the device, or the one address it can be."""
    words = form.cleaned_data["address"].strip()
    where, how = form.place()
    if where is not None:
        return _Located(where, how, form.spot_label() or words)
    if not words:
        return _Located(None, problem=_("Say where it is: an address, or a point on the map."))
    spots = find_spots(area, term, words)
    sure = [spot for spot in spots if spot.sure]
    if len(sure) == 1:
        return _Located(sure[0].where, Case.LocatedBy.ADDRESS, sure[0].label)
    if spots:
        return _Located(
            None, spots=tuple(spots), problem=_("Which of these is it? Choose one and go on.")
        )
    return _Located(None, problem=_("No such address is known. Try the street, or the map."))


def _look(
    request: HttpRequest, area: Area, term: Term | None, form: ReportForm,
    photos: list[Attachment], located: _Located,
) -> HttpResponse:  # fmt: skip
    """What will be sent and where it goes, with one question when the position is too vague."""
    now, where = timezone.now(), located.where
    accuracy = form.cleaned_data["accuracy"] if located.how == Case.LocatedBy.DEVICE else None
    placed = choices = None
    if term is not None and where is not None:
        placed = place_case(scheme=term.scheme, where=where, at=now)
        choices = choices_at(scheme=term.scheme, where=where, at=now, accuracy_m=accuracy)
    category = form.cleaned_data["category"]
    context = {
        "area": area,
        "form": form,
        "category": category,
        "photos": photos,
        "tokens": photo_tokens(photos),
        "where": where,
        "located_by": located.how,
        "address": located.address,
        "accuracy": accuracy,
        "grid": placed.grid if placed else None,
        "outside": placed is None or placed.reason == Reason.OFFICE,
        "choices": (choices or [])[:CHOICES_SHOWN],
        "numbers": emergency_numbers(area.calendar) if category.emergency else (),
    }
    return render(request, "resident/report_look.html", context)


def _send(
    request: HttpRequest, area: Area, term: Term | None, form: ReportForm,
    photos: list[Attachment], located: _Located,
) -> HttpResponse:  # fmt: skip
    data, now = form.cleaned_data, timezone.now()
    try:
        count_try("report", client_address(request), at=now, phone=area.office_phone)
        done = report(
            area=area, category=data["category"], text=data["text"], where=located.where,
            by=None, at=now, address=located.address, located_by=located.how,
            accuracy_m=data["accuracy"] if located.how == Case.LocatedBy.DEVICE else None,
            reporter=ReporterDetails(data["name"], data["phone"]), photos=photos,
            form_key=data["form_key"], chosen=request.POST.get("chosen") or None,
        )  # fmt: skip
    except CodedError as problem:
        return _form_page(request, area, term, form, photos, problem=problem, status=problem.status)
    page = reverse("resident:follow", args=[done.case.number])
    asked = urlencode({"key": done.key, "area": area.slug, "new": 1})
    return redirect(f"{page}?{asked}")


def _form_page(
    request: HttpRequest, area: Area, term: Term | None, form: ReportForm,
    photos: list[Attachment] | None = None, *, spots: list[Spot] | tuple[Spot, ...] = (),
    searched: bool = False, problem: Exception | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    config = map_config(area, term)
    context = {
        "area": area,
        "form": form,
        "categories": category_choices(),
        "picked": str(form["category"].value() or ""),
        "kept": photos or [],
        "tokens": photo_tokens(photos or []),
        "spots": spots,
        "searched": searched,
        "problem": problem,
        "numbers": emergency_numbers(area.calendar),
        "near": _near(request, term),
        "map_config": {
            **config,
            "where_url": reverse("api:geogrid:where"),
            "label": _("Map: tap where it is"),
        },
    }
    return render(request, "resident/report.html", context, status=status)


def _near(request: HttpRequest, term: Term | None) -> Grid | None:
    """The grid whose card the visitor comes from: the map opens there."""
    code = request.GET.get("grid", "").replace("\0", "")
    if term is None or not code:
        return None
    found: Grid | None = term.plan.grids.filter(code=code).defer("boundary").first()
    return found
