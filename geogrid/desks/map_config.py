"""What every map page hands to its script, as `{{ map_config|json_script:"map-config" }}`."""

from typing import Any

from django.contrib.gis.db.models import Extent
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from geogrid.territory.map_layers import grid_version
from geogrid.territory.models import Area, Plan, PlanLoad, Term
from layers.feeds import versions
from layers.places import kinds

__all__ = ["map_config", "suggest_url"]

SHOWN_AT_FIRST = ("schools", "hospitals")
BASEMAP = "basemap"


def suggest_url(area: Area) -> str:
    """Where a box for addresses asks what may be meant, see js/address_box.js."""
    return f"{reverse('api:geogrid:suggest')}?area={area.slug}"


def map_config(area: Area, term: Term | None = None) -> dict[str, Any]:
    """Return what js/map.js opens a map with, and addresses of grids and places with versions.

    `bounds` (west, south, east, north) hold the grids in which people live, `max_bounds` is as far
    as the map can be moved.

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
        "suggest_url": suggest_url(area),
        "tiles": f"{tile}?v={numbers.get(BASEMAP, '0')}",
        "layers": [
            {
                "key": kind.key,
                "name": kind.name,
                "badge": kind.icon,
                "own": kind.row is not None,
                "url": f"{reverse('api:places', args=[kind.key])}"
                f"?area={area.slug}&v={numbers.get(kind.key, '0')}",
                "shown": kind.key in SHOWN_AT_FIRST,
            }
            for kind in kinds.published()
        ],
    }
    if running is not None:
        config["bounds"] = lived_in(running.plan)
        config["max_bounds"] = wider(running.plan.boundary.boundary.extent)
        config["grids_url"] = (
            f"{reverse('api:grids')}?area={area.slug}&v={grid_version(running.plan)}"
        )
    return config


def lived_in(plan: Plan) -> list[float]:
    """Return the box of the grids with homes: a town's forest and lake are no place to begin."""
    leaves = plan.grids.leaves().order_by()
    # Looked up one by one: a join needs statistics, which a plan of this minute does not have yet.
    dwellings = PlanLoad.objects.filter(grid=OuterRef("pk")).values("dwellings")
    homes = leaves.annotate(dwellings=Subquery(dwellings)).filter(dwellings__gt=0)
    box = homes.aggregate(box=Extent("label_point"))["box"]
    everything = plan.boundary.boundary.extent
    if box is None or box[0] == box[2] or box[1] == box[3]:
        return list(everything)
    west, south, east, north = wider(box, by=0.08)
    return [
        max(west, everything[0]),
        max(south, everything[1]),
        min(east, everything[2]),
        min(north, everything[3]),
    ]


def wider(box: tuple[float, float, float, float], by: float = 0.3) -> list[float]:
    """Return a box that is larger by a share of its size on each side."""
    west, south, east, north = box
    across, along = (east - west) * by, (north - south) * by
    return [west - across, south - along, east + across, north + along]
