"""What the editor loads: the draft itself, and the ground below it."""

from hashlib import blake2b

from django.contrib.gis.geos import Polygon
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from geogrid.desks.api.reading import window
from geogrid.desks.planner.asking import json_of_plan, user_of
from geogrid.desks.planner.draft_grids import grids_json
from geogrid.desks.planner.ground import ground_json
from geogrid.territory.models import AreaBoundary, Plan

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


def _around(plan: Plan) -> Polygon:
    box = Polygon.from_bbox(AreaBoundary.objects.get(pk=plan.boundary_id).boundary.extent)
    box.srid = 4326
    return box
