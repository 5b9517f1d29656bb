"""What opens a map on which an outline is drawn: also where no area is yet."""

from __future__ import annotations

import json
from typing import Any

import shapely
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from geogrid.desks.map_config import BASEMAP, wider
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Area, AreaBoundary
from layers.basemap.window import window_from
from layers.datum.shapes import Shape
from layers.feeds import versions

__all__ = ["drawn", "map_anywhere"]

PLAIN = 0.0001  # degrees; neighbours are only looked at
FIRST_LOOK = 0.25  # degrees around the middle, where nothing is known yet


def map_anywhere(*, at: Shape | None = None, without: Area | None = None) -> dict[str, Any]:
    """Configuration of a map around `at`, else around the areas there are, with their outlines."""
    tile = reverse("api:basemap", args=[1, 2, 3]).replace("1/2/3", "{z}/{x}/{y}")
    latest = (
        AreaBoundary.objects.exclude(area=without)
        .order_by("area_id", "-valid_from")
        .distinct("area_id")
        .select_related("area")
    )
    language = (get_language() or "").split("-")[0]
    known = sorted(latest, key=lambda row: not row.area.language.startswith(language))
    west, south, east, north = window_from(settings.GEOGRID_WINDOW)
    if at is not None:
        bounds = list(at.bounds)
    elif known:
        bounds = list(known[0].boundary.extent)
    else:
        x, y = ((west + east) / 2, (south + north) / 2)
        if language == "zh" and west < 104 < east and south < 35 < north:
            x, y = 104.0, 35.0
        bounds = [x - FIRST_LOOK, y - FIRST_LOOK, x + FIRST_LOOK, y + FIRST_LOOK]
    return {
        "language": get_language(),
        "attribution": " · ".join(sorted({row.area.attribution for row in known} - {""})),
        "tiles": f"{tile}?v={versions.all_current().get(BASEMAP, '0')}",
        "bounds": wider(tuple(bounds), by=0.1),  # type: ignore[arg-type]
        "max_bounds": [max(west, -179), max(south, -84), min(east, 179), min(north, 84)],
        "others": [
            {"name": row.area.name, "shape": drawn(to_shapely(row.boundary), plain=PLAIN)}
            for row in known
        ],
        "locate": True,
    }


def drawn(shape: Shape, *, plain: float = 0.0) -> dict[str, Any]:
    """GeoJSON of a shape for a map; simplified by `plain` degrees."""
    seen = shapely.simplify(shape, plain) if plain else shape
    told: dict[str, Any] = json.loads(shapely.to_geojson(seen))
    return told
