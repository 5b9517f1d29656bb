"""Taking a report by phone: the address is looked up and its grid shown before it is saved."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from geogrid.accounts.errors import CodedError
from geogrid.accounts.rules import Permission, may
from geogrid.cases.actions import ReporterDetails, report
from geogrid.cases.models import Case, Category
from geogrid.cases.placing import Handler, Placed, handler_at, place_case
from geogrid.cases.rules import emergency_numbers
from geogrid.desks.map_config import map_config
from geogrid.desks.office.forms import PhoneForm
from geogrid.desks.office.views import for_office, frame
from geogrid.desks.reporting import Spot, category_choices, find_spots
from geogrid.territory.models import Scheme, Term

NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Meant:
    """An address the caller may mean, the grid it lies in, and who would get the case."""

    spot: Spot
    placed: Placed
    handler: Handler


@for_office
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, scheme: Scheme) -> HttpResponse:
    _require_dispatch(request, scheme)
    if request.method != "POST":
        return _page(request, scheme, PhoneForm())
    words, about = request.POST.get("address", ""), request.POST.get("category", "")
    if request.POST.get("action") == "find":
        unchecked = PhoneForm(initial={k: v for k, v in request.POST.items() if v})
        return _page(request, scheme, unchecked, _meant(scheme, words, about), searched=True)
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _page(request, scheme, form, _meant(scheme, words, about), status=400)
    where, how = form.place()
    if where is None:
        meant = _meant(scheme, words, about)
        form.add_error("address", _("Find the address and choose the place first."))
        return _page(request, scheme, form, meant, searched=True, status=400)
    data = form.cleaned_data
    try:
        done = report(
            area=scheme.area, category=data["category"], text=data["text"], where=where,
            by=request.user, at=timezone.now(), address=form.spot_label() or data["address"],
            located_by=how, channel=Case.Channel.PHONE, form_key=data["form_key"],
            reporter=ReporterDetails(data["name"], data["phone"]),
        )  # fmt: skip
    except CodedError as problem:
        form.add_error(None, str(problem))
        return _page(request, scheme, form, status=problem.status)
    messages.success(
        request,
        _("Saved. Tell the caller: number %(number)s, key %(key)s")
        % {"number": done.case.number, "key": done.key},
    )
    return redirect(f"{reverse('office:cases', args=[scheme.area.slug])}?case={done.case.pk}")


@for_office
@require_safe
def places(request: HttpRequest, scheme: Scheme) -> HttpResponse:
    """The part of the page with the addresses like `?q=`."""
    _require_dispatch(request, scheme)
    meant = _meant(scheme, request.GET.get("q", ""), request.GET.get("category", ""))
    return render(request, "office/parts/spots.html", {"meant": meant, "searched": True})


def _require_dispatch(request: HttpRequest, scheme: Scheme) -> None:
    if not may(request.user, Permission.DISPATCH, scheme=scheme):
        raise PermissionDenied


def _meant(scheme: Scheme, words: str, category: str = "") -> list[Meant]:
    now = timezone.now()
    terms = Term.objects.at(now).filter(scheme=scheme).select_related("plan__boundary")
    chosen = Category.objects.filter(
        pk=int(category) if NUMBER.fullmatch(category) else None
    ).first()
    kind = chosen or Category.objects.filter(active=True).first()
    if kind is None:
        return []
    found = []
    for spot in find_spots(scheme.area, terms.first(), words.replace("\0", "")[:200]):
        placed = place_case(scheme=scheme, where=spot.where, at=now)
        handler = handler_at(scheme=scheme, grid=placed.grid, category=kind, rung=0, at=now)
        found.append(Meant(spot, placed, handler))
    return found


def _page(
    request: HttpRequest, scheme: Scheme, form: PhoneForm, meant: list[Meant] | None = None, *,
    searched: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = frame(scheme, "phone") | {
        "form": form,
        "categories": category_choices(),
        "picked": str(form["category"].value() or ""),
        "chosen_spot": form["spot"].value() or "",
        "meant": meant or [],
        "searched": searched,
        "numbers": emergency_numbers(scheme.area.calendar),
        "map_config": map_config(scheme.area),
    }
    return render(request, "office/phone.html", context, status=status)
