"""What the editor loads: the draft itself, and the ground below it."""

import re
from hashlib import blake2b
from uuid import UUID

from django.contrib.gis.geos import Polygon
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response

from geogrid.desks.api.reading import window
from geogrid.desks.planner.asking import json_of_plan, user_of
from geogrid.desks.planner.draft_grids import grids_json
from geogrid.desks.planner.errors import NotAsked
from geogrid.desks.planner.ground import ground_json
from geogrid.territory.geojson import as_geojson
from geogrid.territory.models import AreaBoundary, Plan
from geogrid.territory.own_land import land_of_buildings

NUMBERS = re.compile(r"[0-9]{1,18}(,[0-9]{1,18}){0,999}", re.ASCII)
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
    """`?buildings=1,2,3&to=<lineage>`: the land that goes along when these are handed over."""
    numbers = request.GET.get("buildings", "")
    if not NUMBERS.fullmatch(numbers):
        raise NotAsked(name="buildings")
    try:
        target = UUID(request.GET["to"]) if request.GET.get("to") else None
    except ValueError:
        raise NotAsked(name="to") from None
    found = land_of_buildings(plan, [int(one) for one in numbers.split(",")], without=target)
    if found is None:
        return JsonResponse({"area": None, "sources": [], "buildings": 0, "dwellings": 0})
    return JsonResponse(
        {
            "area": as_geojson(found.land),
            "sources": [str(one) for one in found.sources],
            "buildings": found.buildings,
            "dwellings": found.dwellings,
        }
    )


def _around(plan: Plan) -> Polygon:
    box = Polygon.from_bbox(AreaBoundary.objects.get(pk=plan.boundary_id).boundary.extent)
    box.srid = 4326
    return box
