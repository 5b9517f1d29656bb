"""What the editor draws below its grids: the list of it, and one tile at a time."""

from hashlib import blake2b
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from geogrid.desks.planner.backgrounds.asked import background_asked, configures, draws
from geogrid.desks.planner.views import scheme_asked
from geogrid.territory.models import Scheme
from layers.backgrounds.errors import BackgroundRefused
from layers.backgrounds.models import Background, Underlay
from layers.backgrounds.tile import Tile
from layers.backgrounds.tiles import tile_of
from layers.feeds.caching import NEVER

__all__ = ["layer_of", "offered", "tile", "underlay_layer"]

A_DAY = "private, max-age=86400"
# One pixel of nothing: a tile that is not there is no error in a browser's eyes.
EMPTY = Tile(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
        "0000000d4944415478da63606060600000000500017aa857500000000049454e44ae426082"
    ),
    "image/png",
)


@login_required
@require_safe
def offered(request: HttpRequest, area: str) -> HttpResponse:
    """Backgrounds that are switched on and pictures that are placed, as the editor draws them."""
    scheme = scheme_asked(request, area)
    backgrounds = Background.objects.shown(area)
    underlays = Underlay.objects.placed(area)
    open_to_them = draws(request, scheme) or configures(request, scheme)
    body = {
        "backgrounds": [layer_of(scheme, one) for one in backgrounds],
        "underlays": [underlay_layer(scheme, one) for one in underlays],
        "manage": reverse("planner:backgrounds", args=[area]) if open_to_them else None,
    }
    return JsonResponse(body, headers={"Cache-Control": NEVER})


def layer_of(scheme: Scheme, background: Background) -> dict[str, Any]:
    """What a browser needs to draw a background."""
    first = reverse("planner:background_tile", args=[scheme.area.slug, background.pk, 0, 0, 0])
    return {
        "id": background.pk,
        "name": background.name,
        "tiles": f"{first.removesuffix('0/0/0')}{{z}}/{{x}}/{{y}}?v={background.version}",
        "datum": background.datum,
        "min_zoom": background.min_zoom,
        "max_zoom": background.max_zoom,
        "bounds": background.bounds,
        "attribution": background.attribution,
    }


def underlay_layer(scheme: Scheme, underlay: Underlay) -> dict[str, Any]:
    """What a browser needs to draw a picture; `matrix` is None until it is placed."""
    return {
        "id": underlay.pk,
        "name": underlay.name,
        "picture": reverse("planner:underlay_picture", args=[scheme.area.slug, underlay.pk]),
        "width": underlay.width,
        "height": underlay.height,
        "matrix": underlay.matrix,
        "residual_m": underlay.residual_m,
        "version": underlay.version,
    }


@login_required
@require_safe
def tile(request: HttpRequest, area: str, background: int, z: int, x: int, y: int) -> HttpResponse:
    """One tile; nothing where there is none; a refusal is a sentence with its status."""
    scheme = scheme_asked(request, area)
    row = background_asked(scheme, background)
    try:
        if not row.enabled and not configures(request, scheme):
            found = None
        else:
            found = tile_of(row, z, x, y)
    except BackgroundRefused as refusal:
        return HttpResponse(
            str(refusal),
            status=refusal.status,
            content_type="text/plain; charset=utf-8",
            headers={"Cache-Control": NEVER},
        )
    # A hole may be filled, and a layer switched on, in the next minute.
    return _answered(request, found, A_DAY) if found else _answered(request, EMPTY, NEVER)


def _answered(request: HttpRequest, found: Tile, kept: str) -> HttpResponse:
    etag = f'"{blake2b(found.content, digest_size=12).hexdigest()}"'
    answer = get_conditional_response(request, etag=etag) or HttpResponse(
        found.content, content_type=found.content_type
    )
    answer["ETag"] = etag
    answer["Cache-Control"] = kept
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if isinstance(answer, HttpResponseNotModified):
        del answer["Content-Type"]
    return answer
