"""The demo's front page: a town and four doors that open without a password.

The doors exist only where `settings.DEMO` is set, and open only accounts marked `is_demo`; the
server refuses to be reachable from other machines while such accounts exist.
"""

from django.conf import settings
from django.contrib.auth import get_user_model, login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geogrid.desks.demo.tasks import prepared
from geogrid.desks.map_config import map_config
from geogrid.territory.models import Area

# Where each door leads; the resident's has no account behind it.
DOORS = {"resident": None, "planner": "planner", "patrol": "patrol", "office": "office"}


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A map of the town whose names are in the reader's language, and the four doors."""
    _only_in_the_demo()
    area = Area.objects.for_language(get_language() or "")
    if area is None:
        return render(request, "demo/no_town.html", status=503)
    others = Area.objects.exclude(pk=area.pk).order_by("pk")
    tasks = prepared(area, timezone.now())
    config = map_config(area) | {
        "selected": tasks.selected,
        "label": _("Map of %(area)s with its grids") % {"area": area.name},
    }
    return render(
        request,
        "demo/home.html",
        {"area": area, "others": others, "tasks": tasks, "map_config": config},
    )


@require_POST
def enter(request: HttpRequest, area: str, role: str) -> HttpResponse:
    """Sign in as the demo's account for this role, or out for the resident, and go to its task."""
    _only_in_the_demo()
    if role not in DOORS:
        raise Http404
    town = get_object_or_404(Area, slug=area)
    if DOORS[role] is None:
        logout(request)
        return redirect(_resident_start(town))
    user = get_object_or_404(
        get_user_model(), username=f"{role}.{town.slug}", is_demo=True, is_active=True
    )
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(_desk(role, town))


def _desk(role: str, area: Area) -> str:
    if role == "patrol":
        return reverse("patrol:today")
    return reverse(f"{role}:" + {"planner": "plan", "office": "cases"}[role], args=[area.slug])


def _resident_start(area: Area) -> str:
    return reverse("resident:map", args=[area.slug])


def _only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404
