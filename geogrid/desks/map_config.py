"""What every map page hands to its script, as `{{ map_config|json_script:"map-config" }}`."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from geogrid.territory.map_layers import grid_version
from geogrid.territory.models import Area, Term
from layers.feeds import registry, versions

__all__ = ["map_config"]

LAYERS = ("schools", "hospitals", "shops", "facilities", "hazards")
SHOWN_AT_FIRST = ("schools", "hospitals")
BASEMAP = "basemap"


def map_config(area: Area, term: Term | None = None) -> dict[str, Any]:
    """Return bounds, addresses of tiles, grids and places (with their versions), and attribution.

    `term` saves a query where the caller has the running one at hand.
    """
    running = term or (
        Term.objects.at(timezone.now())
        .filter(scheme__area=area, scheme__general=True)
        .select_related("plan__boundary")
        .first()
    )
    tile = reverse("api:basemap", args=[1, 2, 3]).replace("1/2/3", "{z}/{x}/{y}")
    numbers = versions.all_current()
    config: dict[str, Any] = {
        "area": area.slug,
        "language": get_language(),
        "attribution": area.attribution,
        "tiles_url": f"{tile}?v={numbers.get(BASEMAP, '0')}",
        "layers": [
            {
                "key": key,
                "url": f"{reverse('api:places', args=[key])}"
                f"?area={area.slug}&v={numbers.get(key, '0')}",
                "shown": key in SHOWN_AT_FIRST,
            }
            for key in LAYERS
            if registry.point_layer(key) is not None
        ],
    }
    if running is not None:
        west, south, east, north = running.plan.boundary.boundary.extent
        config["bounds"] = [[south, west], [north, east]]
        config["grids_url"] = (
            f"{reverse('api:grids')}?area={area.slug}&v={grid_version(running.plan)}"
        )
    return config
