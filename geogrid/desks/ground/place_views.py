"""One place: what is known of it, where it lies, what was done to it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.gis.geos import Point
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geogrid.desks.ground.asking import Asked, asked, kind_asked
from geogrid.desks.ground.forms import PhotoForm, PlaceForm
from geogrid.desks.map_config import map_config
from geogrid.territory.recounting import recount_at
from layers.media.serving import picture_response
from layers.places import actions
from layers.places.kinds import Kind
from layers.places.models import PlaceChange, PlacePhoto
from layers.refusals import CodedRefusal

MOST_CHANGES = 50
STEPS = {
    "confirm": actions.confirm_place,
    "retire": actions.retire_place,
    "restore": actions.restore_place,
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_place(request: HttpRequest, area: str, kind: str) -> HttpResponse:
    """Register a place; the pin on the map and the two numbers say the same."""
    who, one = asked(request, area), kind_asked(kind)
    if not one.active:
        raise Http404
    form = PlaceForm(request.POST if request.method == "POST" else None, kind=one)
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            who.require_spot(form.spot())
            with transaction.atomic():
                place = actions.register_place(
                    kind=one, anchor=form.spot(), values=form.values(),
                    accuracy=form.cleaned_data["accuracy"], by=who.user, at=timezone.now(),
                )  # fmt: skip
                recount_at(area=who.area, spots=[place.anchor], at=timezone.now())
        except CodedRefusal as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("%(name)s is registered.") % {"name": place})
            return redirect("ground:place", area=area, kind=kind, number=place.pk)
    return _page(request, who, one, form, status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_page(request: HttpRequest, area: str, kind: str, number: int) -> HttpResponse:
    """A place with its map, history and photos; the form changes and moves it."""
    who, one = asked(request, area), kind_asked(kind)
    place = _place(who, one, number)
    form = PlaceForm(request.POST if request.method == "POST" else None, kind=one, place=place)
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            _change(who, one, place, form)
        except CodedRefusal as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("Kept."))
            return redirect("ground:place", area=area, kind=kind, number=number)
    return _page(request, who, one, form, status, place)


@login_required
@require_POST
def step(request: HttpRequest, area: str, kind: str, number: int) -> HttpResponse:
    """Confirm, retire, take into use again, or add a photo."""
    who, one = asked(request, area), kind_asked(kind)
    place = _place(who, one, number)
    name = request.POST.get("step", "")
    try:
        who.require_spot(place.anchor)
        if name == "photo":
            form = PhotoForm(request.POST, request.FILES)
            if form.is_valid():
                upload = form.cleaned_data["photo"]
                actions.add_photo(
                    kind=one, pk=number, upload=upload, by=who.user, at=timezone.now()
                )
            else:
                messages.error(request, _("Choose a picture first."))
        elif name in STEPS:
            with transaction.atomic():
                STEPS[name](kind=one, pk=number, by=who.user, at=timezone.now())
                if name != "confirm":
                    recount_at(area=who.area, spots=[place.anchor], at=timezone.now())
    except CodedRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("ground:place", area=area, kind=kind, number=number)


@login_required
@require_safe
def photo(request: HttpRequest, area: str, kind: str, number: int, picture: UUID) -> HttpResponse:
    """A photo of a place, for whoever registers places here."""
    who, one = asked(request, area), kind_asked(kind)
    _place(who, one, number)
    rows = PlacePhoto.objects.filter(kind=one.key, place=number).select_related("picture")
    return picture_response(get_object_or_404(rows, picture=picture).picture)


def _change(who: Asked, kind: Kind, place: Any, form: PlaceForm) -> None:
    now, spot = timezone.now(), form.spot()
    old: Point = place.anchor
    who.require_spot(old)
    moved = (spot.x, spot.y) != (round(old.x, 7), round(old.y, 7))
    if moved:
        who.require_spot(spot)
    with transaction.atomic():
        actions.change_place(kind=kind, pk=place.pk, values=form.values(), by=who.user, at=now)
        if moved:
            actions.move_place(
                kind=kind, pk=place.pk, anchor=spot, accuracy=form.cleaned_data["accuracy"],
                by=who.user, at=now,
            )  # fmt: skip
        recount_at(area=who.area, spots=[old, spot], at=now)


def _place(who: Asked, kind: Kind, number: int) -> Any:
    rows = who.inside(kind.everything()).select_related("source", "confirmed_by", "part_of")
    return get_object_or_404(rows, pk=number)


def _page(
    request: HttpRequest, who: Asked, kind: Kind, form: PlaceForm, status: int, place: Any = None
) -> HttpResponse:
    config = map_config(who.area) | {"label": _("Map with the spot of the place")}
    context: dict[str, Any] = {
        "area": who.area, "kind": kind, "form": form, "place": place, "map_config": config,
        "tab": "ground",
    }  # fmt: skip
    if place is not None:
        changes = PlaceChange.objects.filter(kind=kind.key, place=place.pk).select_related("by")
        context |= {
            "changes": changes[:MOST_CHANGES],
            "photos": PlacePhoto.objects.filter(kind=kind.key, place=place.pk),
            "photo_form": PhotoForm(),
            "leaf": who.leaf(place.anchor),
        }
    return render(request, "ground/place.html", context, status=status)
