"""Pages of the public map. Each works as plain HTML; scripts only fetch parts of the same pages."""

from typing import Any

from django.contrib.gis.geos import Point
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from geogrid.accounts.errors import CodedError
from geogrid.desks.api import reading
from geogrid.desks.map_config import map_config
from geogrid.desks.resident.cards import BORDER_M, around_words, card_of
from geogrid.desks.resident.drawing import draw
from geogrid.desks.resident.looking import answers
from geogrid.territory.models import Area, Grid, Term

LONGEST_QUESTION = 200
LARGE = "geogrid_large"
A_YEAR = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The map of the area whose names are in the visitor's language."""
    area = Area.objects.for_language(get_language() or "")
    if area is None:
        return render(request, "resident/empty.html")
    return area_map(request, area.slug)


@require_safe
def area_map(request: HttpRequest, area: str) -> HttpResponse:
    """The map with the list of communities and their grids; `?fragment=1` is the list alone."""
    place, term = _in_force(area)
    context = {"area": place, "communities": _communities(term)}
    if request.GET.get("fragment"):
        return render(request, "resident/grids.html", context)
    context |= {**_frame(request, place, term), "drawing": draw(term.plan)}
    return render(request, "resident/map.html", context)


@require_safe
def grid(request: HttpRequest, area: str, code: str) -> HttpResponse:
    """One grid's card; `?fragment=1`: the card alone, `?at=lon,lat&place=`: what was looked for."""
    place, term = _in_force(area)
    found = get_object_or_404(
        Grid.objects.select_related("parent").leaves(), plan=term.plan_id, code=_plain(code)
    )
    card = card_of(
        area=place,
        term=term,
        grid=found,
        at=timezone.now(),
        where=_where(request),
        place=request.GET.get("place", "")[:LONGEST_QUESTION],
    )
    context = {
        "area": place,
        "card": card,
        "around": around_words(card.around),
        "report_url": reverse("resident:report"),
    }
    if request.GET.get("fragment"):
        response = render(request, "resident/card.html", context)
    else:
        context |= {
            **_frame(request, place, term),
            "drawing": draw(term.plan, around=found),
        }
        response = render(request, "resident/grid.html", context)
    # Withdrawn facts must vanish at once: nobody keeps a page that names people.
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def search(request: HttpRequest, area: str) -> HttpResponse:
    """Addresses, places and grids like `?q=`; `?fragment=1` is the list alone."""
    place, term = _in_force(area)
    question = request.GET.get("q", "").replace("\0", " ")[:LONGEST_QUESTION].strip()
    found = answers(area=place, term=term, question=question) if question else []
    context = {"area": place, "question": question, "answers": found, "border_m": BORDER_M}
    if request.GET.get("fragment"):
        return render(request, "resident/answers.html", context)
    context |= {**_frame(request, place, term), "drawing": draw(term.plan)}
    return render(request, "resident/search.html", context)


@require_POST
def type_size(request: HttpRequest) -> HttpResponse:
    """Turn large type on or off and return to the page."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    if request.COOKIES.get(LARGE):
        response.delete_cookie(LARGE)
    else:
        response.set_cookie(LARGE, "1", max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


def _in_force(slug: str) -> tuple[Area, Term]:
    place = get_object_or_404(Area, slug=slug)
    terms = Term.objects.at(timezone.now()).filter(scheme__area=place, scheme__general=True)
    term = terms.select_related("plan__boundary", "scheme").first()
    if term is None:
        raise Http404
    return place, term


def _frame(request: HttpRequest, area: Area, term: Term) -> dict[str, Any]:
    """What every page around the map needs, and what its script reads as `#map-config`."""
    config = map_config(area, term)
    return {
        "area": area,
        "term": term,
        "question": (request.GET.get("q") or request.GET.get("place", ""))[:LONGEST_QUESTION],
        "layers": [
            {**layer, "name": _layer_name(layer["key"]) or layer["name"]}
            for layer in config["layers"]
        ],
        "map_config": {
            **config,
            "label": _("Map of the grids of %(area)s") % {"area": area.name},
            "grid_url": reverse("resident:grid", args=[area.slug, "CODE"]),
            "map_url": reverse("resident:map", args=[area.slug]),
            "search_url": reverse("resident:search", args=[area.slug]),
            "where_url": reverse("api:geogrid:where"),
        },
    }


def _layer_name(key: str) -> str:
    names = {
        "schools": _("Schools and nurseries"),
        "hospitals": _("Hospitals and clinics"),
        "shops": _("Shops"),
        "facilities": _("Public facilities"),
        "hazards": _("Hazard points"),
    }
    return names.get(key, "")


def _communities(term: Term) -> list[dict[str, Any]]:
    """The parents of the leaves in order, each with its leaves: the list that equals the map."""
    leaves = term.plan.grids.leaves().select_related("parent", "load").order_by("code")
    listed: dict[int | None, dict[str, Any]] = {}
    for leaf in leaves.defer("boundary", "parent__boundary"):
        entry = listed.setdefault(leaf.parent_id, {"community": leaf.parent, "grids": []})
        entry["grids"].append(leaf)
    return list(listed.values())


def _where(request: HttpRequest) -> Point | None:
    """Read `?at=lon,lat`; a wrong one is no reason to withhold the card."""
    parts = request.GET.get("at", "").split(",")
    if len(parts) != 2:
        return None
    try:
        return reading.position(*parts)
    except CodedError:
        return None


def _plain(code: str) -> str:
    if "\0" in code:
        raise Http404
    return code
