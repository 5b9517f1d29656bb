"""A map of an area, also where no plan is in force yet."""

from typing import Any

from geogrid.desks.map_config import map_config, wider
from geogrid.territory.models import Area

__all__ = ["CLOSEST", "area_map"]

CLOSEST = 22


def area_map(area: Area) -> dict[str, Any]:
    """`map_config` with bounds in any case, down to zoom 22."""
    config = map_config(area) | {"closest": CLOSEST, "locate": False}
    if "bounds" not in config:
        newest = area.boundaries.order_by("-valid_from").first()
        box = newest.boundary.extent if newest else (-180.0, -80.0, 180.0, 80.0)
        config |= {"bounds": list(box), "max_bounds": wider(box) if newest else list(box)}
    return config
