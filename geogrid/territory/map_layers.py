"""The grids of a plan as a map loads them."""

from collections.abc import Mapping
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.contrib.gis.geos import Polygon
from django.db.models import F, Func, JSONField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

from geogrid.territory.models import Plan, Term
from layers.datum.lattice import DECIMALS
from layers.feeds.geojson import feature_collection
from layers.feeds.versions import current

__all__ = ["LAYER", "grid_features", "grid_version"]

LAYER = "grids"


def grid_features(
    plan: Plan,
    *,
    page_of: tuple[str, str],
    level: int | None = None,
    window: Polygon | None = None,
    since: Term | None = None,
) -> bytes:
    """Return the grids of `plan` at `level` (default: the leaves) as a FeatureCollection.

    `page_of` is what stands before and after the code in the address of a grid's page. Contacts are
    never part of it.
    """
    rows = plan.grids.filter(level=level) if level is not None else plan.grids.leaves()
    if window is not None:
        rows = rows.filter(boundary__bboverlaps=window)
    began = since.during.lower if since is not None else None
    return feature_collection(
        rows.order_by("code"),
        geometry="boundary",
        columns=_columns(page_of),
        identity="code",
        also={
            "plan": {"number": plan.number, "in_force_from": began.isoformat() if began else None}
        },
    )


def grid_version(plan: Plan) -> str:
    """Return the `?v=` of a plan's grids; another plan in force is another version."""
    return f"{plan.pk}-{current(LAYER)}"


class Member(Func):
    """A member of a JSON object."""

    template = "(%(expressions)s)"
    arg_joiner = " -> "
    output_field = JSONField()


def _columns(page_of: tuple[str, str]) -> Mapping[str, str | Combinable]:
    before, after = page_of
    point: Any = AsGeoJSON("label_point", precision=DECIMALS)
    coordinates = Cast(point, JSONField())
    return {
        "code": "code",
        "name": "name",
        "label": "label",
        "level": "level",
        "kind": "kind",
        "parent": "parent__code",
        "parent_name": "parent__name",
        "label_point": Member(coordinates, Value("coordinates")),
        "label_radius": "label_radius_m",
        "url": Concat(Value(before), F("code"), Value(after)),
        "dwellings": "load__dwellings",
    }
