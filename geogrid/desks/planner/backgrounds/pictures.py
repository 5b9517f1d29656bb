"""Pictures to draw over: bringing one, looking at it, deleting it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.backgrounds.asked import scheme_drawn, underlay_asked
from geogrid.desks.planner.backgrounds.forms import PictureForm
from geogrid.desks.planner.views import scheme_asked
from layers.backgrounds.actions import keep_underlay, remove_underlay
from layers.backgrounds.errors import BackgroundRefused, NoSuchPage
from layers.media.serving import jpeg_response

ON_PAGE = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(ON_PAGE)
def add(request: HttpRequest, area: str) -> HttpResponse:
    """Bring a picture or a page of a PDF; next it is placed."""
    scheme = scheme_drawn(request, area)
    posted = request.method == "POST"
    form = PictureForm(request.POST, request.FILES) if posted else PictureForm()
    if posted and form.is_valid():
        told = form.cleaned_data
        try:
            row = keep_underlay(
                place=area, name=told["name"], upload=told["picture"], page=told["page"] or 1,
                by=user_of(request), at=timezone.now(),
            )  # fmt: skip
        except BackgroundRefused as refusal:
            form.add_error("page" if isinstance(refusal, NoSuchPage) else "picture", str(refusal))
        else:
            return redirect("planner:underlay", area=area, underlay=row.pk)
    context = {"area": scheme.area, "form": form, "what": "picture", "tab": "backgrounds"}
    return render(request, "planner/backgrounds/add.html", context, status=400 if posted else 200)


@login_required
@require_safe
def picture(request: HttpRequest, area: str, underlay: int) -> HttpResponseBase:
    """The picture itself, for whoever may see the area's plans."""
    row = underlay_asked(scheme_asked(request, area), underlay)
    answer = jpeg_response(row.picture, name="picture.jpg")
    # The pixels of a row never change.
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@login_required
@require_http_methods(ON_PAGE)
def delete(request: HttpRequest, area: str, underlay: int) -> HttpResponse:
    """Ask whether a picture is to go, and remove it."""
    scheme = scheme_drawn(request, area)
    row = underlay_asked(scheme, underlay)
    if request.method == "POST":
        name = row.name
        remove_underlay(underlay=row)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
        return redirect("planner:backgrounds", area=area)
    context = {
        "area": scheme.area,
        "name": row.name,
        "back": reverse("planner:underlay", args=[area, row.pk]),
        "tab": "backgrounds",
    }
    return render(request, "planner/backgrounds/delete.html", context)
