"""The places a map shows one by one, and the buildings under them."""

from django.db.models import QuerySet

from layers.feeds.registry import TileLayer, TilePart, register, register_finder
from layers.places import kinds
from layers.places.models import Building

BUILDINGS_FROM_ZOOM = 14


def buildings(zoom: int) -> QuerySet[Building]:
    """Buildings with a footprint; a compound drawn by hand is no building on a map."""
    rows = Building.objects.filter(footprint__isnull=False, active=True)
    return rows.exclude(kind=Building.COMPOUND)


for kind in kinds.BUILT_IN:
    if kind.publish:
        register(kind.point_layer())
register_finder(kinds.point_layer)
register(
    TileLayer(
        "basemap",
        "buildings",
        (TilePart(buildings, "footprint", {"kind": "kind"}),),
        zoom_from=BUILDINGS_FROM_ZOOM,
        order=3,
    )
)
