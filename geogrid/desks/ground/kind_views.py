"""Kinds of places that the office adds itself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geogrid.desks.ground.asking import Asked, asked
from geogrid.desks.ground.forms import KindForm
from layers.places import actions
from layers.places.errors import PlaceRefused
from layers.places.kinds import own
from layers.places.models import PlaceKind

MAIN = ("name_zh", "name_en", "icon", "publish")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_kind_page(request: HttpRequest, area: str) -> HttpResponse:
    """Add a kind: its names, icon, whether residents see it, what is asked of its places."""
    who = _keeper(request, area)
    form = KindForm(request.POST if request.method == "POST" else None)
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        told = {name: form.cleaned_data[name] for name in MAIN}
        try:
            row = actions.add_kind(
                code=form.cleaned_data["code"], fields=form.told_fields(), **told
            )
        except PlaceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The kind is added. Register its first place."))
            return redirect("ground:places", area=area, kind=row.code)
    context = {"area": who.area, "form": form, "tab": "ground"}
    return render(request, "ground/kind.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def kind_page(request: HttpRequest, area: str, kind: str) -> HttpResponse:
    """Change a kind, take it out of use, or remove one that has no places."""
    who = _keeper(request, area)
    row = get_object_or_404(PlaceKind, code=kind)
    step = request.POST.get("step", "")
    form = KindForm(request.POST if request.method == "POST" and not step else None, row=row)
    status = 400 if form.is_bound else 200
    try:
        if step == "remove":
            actions.remove_kind(row=row)
            messages.success(request, _("The kind is removed."))
            return redirect("ground:overview", area=area)
        if step in ("retire", "restore"):
            actions.change_kind(row=row, active=step == "restore")
            return redirect("ground:kind", area=area, kind=kind)
        if form.is_bound and form.is_valid():
            told = {name: form.cleaned_data[name] for name in MAIN}
            actions.change_kind(row=row, fields=form.told_fields(), **told)
            messages.success(request, _("The kind is changed."))
            return redirect("ground:places", area=area, kind=kind)
    except PlaceRefused as refusal:
        status = refusal.status
        if form.is_bound:
            form.add_error(None, str(refusal))
        else:
            messages.error(request, str(refusal))
    context = {
        "area": who.area, "form": form, "row": row, "kind": own(row),
        "used": row.places.count(), "tab": "ground",
    }  # fmt: skip
    return render(request, "ground/kind.html", context, status=status)


def _keeper(request: HttpRequest, area: str) -> Asked:
    who = asked(request, area)
    if not who.keeps_kinds:
        raise PermissionDenied
    return who
