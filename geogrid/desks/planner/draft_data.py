"""What the editor loads: the draft itself, and the ground below it."""

import re
from collections.abc import Sequence
from hashlib import blake2b
from uuid import UUID

from django.contrib.gis.geos import Polygon
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext, ngettext

from geogrid.desks.api.reading import window
from geogrid.desks.planner.asking import json_of_plan, user_of
from geogrid.desks.planner.draft_grids import grids_json
from geogrid.desks.planner.errors import NotAsked
from geogrid.desks.planner.ground import ground_json
from geogrid.territory.geojson import as_geojson
from geogrid.territory.models import AreaBoundary, Plan
from geogrid.territory.own_land import LandOfBuildings, land_of_buildings
from layers.places.models import Building

NUMBERS = re.compile(r"[0-9]{1,18}(,[0-9]{1,18}){0,999}", re.ASCII)
NAMED = 3  # buildings in a sentence
ASK_EACH_TIME = "private, no-cache"  # the ground changes seldom, and is large
JSON, GEOJSON = "application/json", "application/geo+json"


@json_of_plan("GET")
def grids(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The whole plan in its present revision."""
    return HttpResponse(grids_json(plan, user_of(request)), content_type=JSON)


@json_of_plan("GET")
def ground(request: HttpRequest, plan: Plan) -> HttpResponse:
    """`?layer=streets|buildings|blocks|addresses|neighbours`, `&bbox=` (default: the territory)."""
    asked = request.GET.get("bbox", "")
    box = window(asked) if asked else _around(plan)
    body = ground_json(plan, request.GET.get("layer", ""), box)
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(body, content_type=GEOJSON, headers={"ETag": etag})
    answer["Cache-Control"] = ASK_EACH_TIME
    return answer


@json_of_plan("GET")
def land(request: HttpRequest, plan: Plan) -> HttpResponse:
    """`?buildings=1,2,3&to=<lineage>`: the land that goes along when these are handed over.

    `also` are buildings that have to go along for it to be one piece; `message` says why.
    """
    numbers = request.GET.get("buildings", "")
    if not NUMBERS.fullmatch(numbers):
        raise NotAsked(name="buildings")
    try:
        target = UUID(request.GET["to"]) if request.GET.get("to") else None
    except ValueError:
        raise NotAsked(name="to") from None
    found = land_of_buildings(plan, [int(one) for one in numbers.split(",")], without=target)
    if found is None:
        nothing: dict[str, object] = {
            "area": None,
            "sources": [],
            "buildings": 0,
            "dwellings": 0,
            "also": [],
        }
        return JsonResponse({**nothing, "message": ""})
    return JsonResponse(
        {
            "area": as_geojson(found.land),
            "sources": [str(one) for one in found.sources],
            "buildings": found.buildings,
            "dwellings": found.dwellings,
            "also": [*found.between, *found.cut_off],
            "message": _in_the_way(found),
        }
    )


def _in_the_way(found: LandOfBuildings) -> str:
    """Why the land cannot change hands as it is, naming buildings; "" when it can."""
    said = []
    if found.between:
        words = ngettext(
            "Between these buildings and the grid stands %(names)s.",
            "Between these buildings and the grid stand %(names)s.",
            len(found.between),
        )
        said.append(words % {"names": _called(found.between)})
    if found.cut_off:
        words = ngettext(
            "This would cut %(names)s off from its grid.",
            "This would cut %(names)s off from their grid.",
            len(found.cut_off),
        )
        said.append(words % {"names": _called(found.cut_off)})
    return " ".join(said)


def _called(numbers: Sequence[int]) -> str:
    rows = Building.objects.filter(pk__in=numbers).order_by("address", "name", "pk")
    called = [
        name or address or gettext("a building without a name")
        for name, address in rows.values_list("name", "address")
    ]
    names = gettext(", ").join(called[:NAMED])
    if len(called) <= NAMED:
        return names
    more = ngettext(
        "%(names)s and %(count)s more", "%(names)s and %(count)s more", len(called) - NAMED
    )
    return more % {"names": names, "count": len(called) - NAMED}


def _around(plan: Plan) -> Polygon:
    box = Polygon.from_bbox(AreaBoundary.objects.get(pk=plan.boundary_id).boundary.extent)
    box.srid = 4326
    return box
