"""Backgrounds of an area: the list, adding a file or a service, changing, switching, deleting."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.backgrounds.asked import (
    background_asked,
    configures,
    draws,
    scheme_configured,
)
from geogrid.desks.planner.backgrounds.forms import ChangeFileForm, FileForm, ServiceForm
from geogrid.desks.planner.backgrounds.tiles import layer_of
from geogrid.desks.planner.backgrounds.whereabouts import area_map
from geogrid.desks.planner.views import scheme_asked
from layers.backgrounds.actions import (
    add_file,
    add_service,
    change_background,
    remove_background,
    switch_background,
)
from layers.backgrounds.addresses import allowed_hosts, host_of
from layers.backgrounds.asked_outside import forget_silent
from layers.backgrounds.errors import BackgroundRefused
from layers.backgrounds.models import Background, Underlay

ON_PAGE = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def backgrounds(request: HttpRequest, area: str) -> HttpResponse:
    """What can be drawn against in this area, and where it comes from."""
    scheme = scheme_asked(request, area)
    rows = list(Background.objects.of(area).select_related("by"))
    context = {
        "area": scheme.area,
        "scheme": scheme,
        "backgrounds": [(row, host_of(row.address) if row.outside else "") for row in rows],
        "underlays": Underlay.objects.of(area).select_related("by"),
        "configures": configures(request, scheme),
        "draws": draws(request, scheme),
        "hosts": allowed_hosts(),
        "tab": "backgrounds",
    }
    return render(request, "planner/backgrounds/list.html", context)


@login_required
@require_http_methods(ON_PAGE)
def add_a_file(request: HttpRequest, area: str) -> HttpResponse:
    """Bring an MBTiles or GeoTIFF file."""
    scheme = scheme_configured(request, area)
    posted = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if posted else FileForm()
    if posted and form.is_valid():
        try:
            row = add_file(place=area, by=user_of(request), at=timezone.now(), **form.cleaned_data)
        except BackgroundRefused as refusal:
            form.add_error("source", str(refusal))
        else:
            messages.success(request, _("The file is there. Look at it, then switch it on."))
            return redirect("planner:background", area=area, background=row.pk)
    context = {"area": scheme.area, "form": form, "what": "file", "tab": "backgrounds"}
    return render(request, "planner/backgrounds/add.html", context, status=400 if posted else 200)


@login_required
@require_http_methods(ON_PAGE)
def add_a_service(request: HttpRequest, area: str) -> HttpResponse:
    """Note a map service that the operator allows to ask."""
    scheme = scheme_configured(request, area)
    posted = request.method == "POST"
    form = ServiceForm(request.POST if posted else None)
    if posted and form.is_valid():
        try:
            row = add_service(
                place=area, by=user_of(request), at=timezone.now(), **form.cleaned_data
            )
        except BackgroundRefused as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("The service is noted. Look at it, then switch it on."))
            return redirect("planner:background", area=area, background=row.pk)
    context = {
        "area": scheme.area, "form": form, "what": "service", "hosts": allowed_hosts(),
        "tab": "backgrounds",
    }  # fmt: skip
    return render(request, "planner/backgrounds/add.html", context, status=400 if posted else 200)


@login_required
@require_http_methods(ON_PAGE)
def background_page(request: HttpRequest, area: str, background: int) -> HttpResponse:
    """One background on a map, to be tried and changed."""
    scheme = scheme_configured(request, area)
    row = background_asked(scheme, background)
    form_class = ServiceForm if row.outside else ChangeFileForm
    told = {name: getattr(row, name) for name in form_class.base_fields}
    posted = request.method == "POST"
    form = form_class(request.POST) if posted else form_class(initial=told)
    if posted and form.is_valid():
        try:
            change_background(
                background=row, by=user_of(request), at=timezone.now(), **form.cleaned_data
            )
        except BackgroundRefused as refusal:
            _tell(form, refusal)
        else:
            forget_silent()
            messages.success(request, _("Saved."))
            return redirect("planner:background", area=area, background=row.pk)
    context = {
        "area": scheme.area,
        "background": row,
        "form": form,
        "preview": {"map": area_map(scheme.area), "layer": layer_of(scheme, row)},
        "tab": "backgrounds",
    }
    status = 400 if posted else 200
    return render(request, "planner/backgrounds/background.html", context, status=status)


@login_required
@require_POST
def switch(request: HttpRequest, area: str, background: int) -> HttpResponse:
    """Offer a background to planners, or not any more."""
    scheme = scheme_configured(request, area)
    row = background_asked(scheme, background)
    on = request.POST.get("on") == "1"
    try:
        row = switch_background(
            background=row, enabled=on, by=user_of(request), at=timezone.now()
        )  # fmt: skip
    except BackgroundRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("“%(name)s” is in the editor's layers now.") if on else _("“%(name)s” is off.")
        messages.success(request, words % {"name": row.name})
    back = request.POST.get("back")
    if back == "background":
        return redirect("planner:background", area=area, background=row.pk)
    return redirect("planner:backgrounds", area=area)


@login_required
@require_http_methods(ON_PAGE)
def delete(request: HttpRequest, area: str, background: int) -> HttpResponse:
    """Ask whether a background is to go, and remove it."""
    scheme = scheme_configured(request, area)
    row = background_asked(scheme, background)
    if request.method == "POST":
        name = row.name
        remove_background(background=row)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
        return redirect("planner:backgrounds", area=area)
    context: dict[str, Any] = {
        "area": scheme.area,
        "name": row.name,
        "stays": bool(row.path),
        "back": reverse("planner:background", args=[area, row.pk]),
        "tab": "backgrounds",
    }
    return render(request, "planner/backgrounds/delete.html", context)


def _tell(form: Form, refusal: BackgroundRefused) -> None:
    form.add_error("layer" if refusal.code.endswith("layer_missing") else "address", str(refusal))
