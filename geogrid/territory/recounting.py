"""Count anew where places came, went or moved: only the leaves they lie in."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.gis.geos import Point

from geogrid.territory.geometry import to_shapely
from geogrid.territory.loads import load_grids
from geogrid.territory.map_layers import LAYER
from geogrid.territory.models import Area, Plan
from layers.feeds import versions

__all__ = ["recount_at"]


def recount_at(*, area: Area, spots: Iterable[Point], at: datetime) -> int:
    """Count the leaves that cover `spots` anew, in every plan of `area` that was not withdrawn.

    Returns how many leaves that were. For many places at once `rebuild_loads` is cheaper.
    """
    points, counted = list(spots), 0
    plans = Plan.objects.filter(scheme__area=area).exclude(state=Plan.State.WITHDRAWN)
    for plan in plans.defer("outline").select_related("scheme"):
        leaves = {}
        for spot in points:
            found = plan.grids.leaves().covering(spot).values_list("pk", "boundary")
            leaves |= {pk: to_shapely(boundary) for pk, boundary in found}
        depth = max(plan.scheme.levels.values_list("depth", flat=True))
        counted += len(load_grids(plan, leaves, at=at, depth=depth))
    versions.bump(LAYER)
    return counted
