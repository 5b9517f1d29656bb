"""The office's desk: the live list of cases, and one case beside it."""

import hashlib
import re
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geogrid.accounts.rules import Permission, may
from geogrid.cases.map_layers import case_features
from geogrid.cases.models import Case, CasePhoto
from geogrid.desks.map_config import map_config
from geogrid.desks.office import desk
from geogrid.desks.office.detail import case_of, detail
from geogrid.desks.office.forms import StepForm
from geogrid.territory.models import Area, Authority, Scheme
from layers.media.serving import picture_response

POLL_S = 4


def for_office(view: Any) -> Any:
    """Let in who may see the cases of the area; others learn nothing about it."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, area: str, *args: Any, **kwargs: Any) -> HttpResponse:
        schemes = Scheme.objects.select_related("area")
        scheme = get_object_or_404(schemes, area__slug=area, general=True)
        if not may(request.user, Permission.SEE_CASES, scheme=scheme):
            raise PermissionDenied
        response: HttpResponse = view(request, scheme, *args, **kwargs)
        response.setdefault("Cache-Control", "private, no-cache")
        return response

    return wrapped


@login_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Send somebody from the office to the area their role is about."""
    roles = Authority.objects.filter(user=request.user)
    area = Area.objects.filter(schemes__authorities__in=roles).order_by("pk").first()
    area = area or Area.objects.for_language(get_language() or "")
    if area is None:
        raise Http404
    return redirect("office:cases", area=area.slug)


@for_office
@require_safe
def cases(request: HttpRequest, scheme: Scheme) -> HttpResponse:
    """The list, and with `?case=` one case beside it."""
    number = request.GET.get("case", "")
    shown = None
    if number.isascii() and number.isdecimal() and len(number) < 12:
        shown = case_of(scheme.area, int(number))
    return list_page(request, scheme, shown)


def list_page(
    request: HttpRequest, scheme: Scheme, shown: Case | None, form: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = _list(request, scheme) | frame(scheme, "cases")
    config = map_config(scheme.area)
    context |= {
        "communities": desk.communities(scheme, timezone.now()),
        "categories": desk.categories(),
        "chosen": shown.pk if shown else None,
        "form": form or StepForm(),
        "map_config": config | {"label": _("Map of the cases in the list")},
        "live_config": {
            "list": reverse("office:live", args=[scheme.area.slug]),
            "features": reverse("office:features", args=[scheme.area.slug]),
            "case": reverse("office:case", args=[scheme.area.slug, 0]),
            "every": POLL_S,
        },
    }
    if shown is not None:
        context |= detail(shown, user=request.user, now=timezone.now())
    return render(request, "office/cases.html", context, status=status)


def frame(scheme: Scheme, tab: str) -> dict[str, Any]:
    """What the bar on top needs."""
    return {"area": scheme.area, "scheme": scheme, "zone": scheme.area.timezone, "tab": tab}


def _list(request: HttpRequest, scheme: Scheme) -> dict[str, Any]:
    now, asked = timezone.now(), desk.Asked.of(request.GET)
    rows, page = desk.rows(scheme.area, asked, now)
    chosen = request.GET.get("case", "")
    return {
        "asked": asked,
        "counts": desk.counts(scheme.area, asked, now),
        "rows": rows,
        "page": page,
        "area": scheme.area,
        "chosen": int(chosen) if re.fullmatch(r"[0-9]{1,12}", chosen, re.ASCII) else None,
        "filtered": bool(asked.words or asked.community or asked.category),
        "reset_query": desk.Asked(show=asked.show, view=asked.view).query(),
        "base_query": asked.query(),
    }


@for_office
@require_safe
def live(request: HttpRequest, scheme: Scheme) -> HttpResponse:
    """Counts and rows as they are now; 304 while nothing on the screen would change."""
    tag = _tag(request, scheme.area)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    context = _list(request, scheme)
    parts = {
        name: render_to_string(f"office/parts/{name}.html", context, request)
        for name in ("counts", "rows")
    }
    shown = Case.objects.of(scheme.area).filter(pk=context["chosen"])
    changed = shown.values_list("changed_at", flat=True).first()
    parts["case"] = changed.isoformat() if changed else ""
    new = next(count["count"] for count in context["counts"] if count["name"] == "new")
    parts["words"] = ngettext("%(count)d new case", "%(count)d new cases", new) % {"count": new}
    return JsonResponse({**parts, "new": new}, headers={"ETag": tag})


def _tag(request: HttpRequest, area: Area) -> str:
    """What the list depends on, without making it: the last step, the minute, who asks for what."""
    last = Case.objects.of(area).aggregate(step=Max("changed_at"), count=Count("pk"))
    minute = timezone.now().replace(second=0, microsecond=0)
    asked = [last["step"], last["count"], minute, get_language(), request.GET.urlencode()]
    return f'"{hashlib.sha256(repr(asked).encode()).hexdigest()[:24]}"'


@for_office
@require_safe
def features(request: HttpRequest, scheme: Scheme) -> HttpResponse:
    """The same cases for the map."""
    asked = desk.Asked.of(request.GET)
    found = desk.selection(scheme.area, asked, timezone.now())
    return HttpResponse(case_features(found), content_type="application/geo+json")


@for_office
@require_safe
def case(request: HttpRequest, scheme: Scheme, number: int) -> HttpResponse:
    """One case: `?fragment=1` is the panel alone."""
    shown = case_of(scheme.area, number)
    if shown is None:
        raise Http404
    if not request.GET.get("fragment"):
        return list_page(request, scheme, shown)
    context = frame(scheme, "cases") | detail(shown, user=request.user, now=timezone.now())
    context |= {
        "form": StepForm(),
        "base_query": desk.Asked.of(request.GET).query(),
    }
    return render(request, "office/parts/case.html", context)


@for_office
@require_safe
def photo(request: HttpRequest, scheme: Scheme, picture: UUID) -> HttpResponse:
    rows = CasePhoto.objects.filter(case__area=scheme.area, picture=picture)
    found = rows.select_related("picture").first()
    if found is None:
        raise Http404
    return picture_response(found.picture)
