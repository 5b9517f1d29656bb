"""The places a map shows one by one, and the buildings under them."""

from django.db.models import Case, CharField, QuerySet, Value, When

from layers.feeds.registry import PointLayer, TileLayer, TilePart, register
from layers.places.models import (
    Building,
    HazardPoint,
    Hospital,
    PublicFacility,
    School,
    Shop,
)

BUILDINGS_FROM_ZOOM = 14


def badge(name: str) -> Value:
    return Value(name, output_field=CharField())


def public_hazards() -> QuerySet[HazardPoint]:
    """Hazard points of the classes that residents may see."""
    return HazardPoint.objects.filter(active=True, hazard_class__public=True)


def buildings(zoom: int) -> QuerySet[Building]:
    """Buildings with a footprint; a compound drawn by hand is no building on a map."""
    return Building.objects.filter(footprint__isnull=False).exclude(kind=Building.COMPOUND)


for key, model in (("shops", Shop), ("schools", School), ("hospitals", Hospital)):
    names = {"shops": "shop", "schools": "school", "hospitals": "health"}
    register(
        PointLayer(
            key,
            model.objects.all,
            {"id": "pk", "kind": "kind", "name": "name", "badge": badge(names[key])},
        )
    )
register(
    PointLayer(
        "facilities",
        PublicFacility.objects.all,
        {
            "id": "pk",
            "kind": "kind",
            "name": "name",
            "badge": Case(
                When(kind__icontains="hydrant", then=badge("hydrant")), default=badge("public")
            ),
        },
    )
)
register(
    PointLayer(
        "hazards",
        public_hazards,
        {"id": "pk", "kind": "hazard_class__code", "name": "name", "badge": badge("hazard")},
    )
)
register(
    TileLayer(
        "basemap",
        "buildings",
        (TilePart(buildings, "footprint", {"kind": "kind"}),),
        zoom_from=BUILDINGS_FROM_ZOOM,
        order=3,
    )
)
