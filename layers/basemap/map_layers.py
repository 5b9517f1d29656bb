"""The basemap's tiles: land use, water, streets, rails and place names; thinner further out."""

from django.db.models import FloatField, Func, QuerySet

from layers.basemap.models import LandUse, PlaceName, Railway, Street, Waterway
from layers.feeds.registry import TileLayer, TilePart, register

# The least important street class (1 primary ... 6 path) drawn at a zoom.
SMALLEST_STREET = {10: 1, 11: 2, 12: 2, 13: 3, 14: 5}
ALL_STREETS = 6
SMALLEST_AREA_PX = 4
PLACES_FROM = {"city": 0, "town": 8, "village": 11}
QUARTERS_FROM = 12


class SquareDegrees(Func):
    """`ST_Area` of EPSG:4326 as it is: no area on the ground, only a measure of what is larger."""

    function = "ST_Area"
    output_field = FloatField()


def streets(zoom: int) -> QuerySet[Street]:
    """Streets worth drawing, the important ones last, so that they lie on top."""
    smallest = 1 if zoom < 10 else SMALLEST_STREET.get(zoom, ALL_STREETS)
    return Street.objects.filter(rank__lte=smallest).order_by("-rank")


def ground(zoom: int, *, water: bool) -> QuerySet[LandUse]:
    """Land use of at least a few pixels; large areas first, so that small ones lie on top."""
    rows = LandUse.objects.all()
    kinds = {"kind": LandUse.Kind.WATER}
    rows = rows.filter(**kinds) if water else rows.exclude(**kinds)
    rows = rows.annotate(square_degrees=SquareDegrees("shape"))
    if zoom < 15:
        pixel = 360 / 256 / 2**zoom
        rows = rows.filter(square_degrees__gte=SMALLEST_AREA_PX * pixel**2)
    return rows.order_by("-square_degrees")


def waterways(zoom: int) -> QuerySet[Waterway]:
    rows = Waterway.objects.all()
    return rows if zoom >= 14 else rows.filter(kind__in=["river", "canal"])


def railways(zoom: int) -> QuerySet[Railway]:
    return Railway.objects.all()


def place_names(zoom: int) -> QuerySet[PlaceName]:
    shown = [kind for kind, first in PLACES_FROM.items() if zoom >= first]
    rows = PlaceName.objects.all()
    return rows if zoom >= QUARTERS_FROM else rows.filter(kind__in=shown)


def _register() -> None:
    land = TilePart(lambda zoom: ground(zoom, water=False), "shape", {"class": "kind"})
    lakes = TilePart(lambda zoom: ground(zoom, water=True), "shape", {"class": "kind"})
    brooks = TilePart(waterways, "path", {"class": "kind"})
    road = TilePart(streets, "path", {"class": "kind", "name": "name", "rank": "rank"})
    rail = TilePart(railways, "path", {"kind": "kind"})
    name = TilePart(place_names, "point", {"name": "name", "kind": "kind"})
    for key, parts, zoom_from, order in (
        ("landuse", (land,), 8, 1),
        ("water", (lakes, brooks), 6, 2),
        ("streets", (road,), 8, 4),
        ("rails", (rail,), 11, 5),
        ("places", (name,), 0, 6),
    ):
        register(TileLayer("basemap", key, parts, zoom_from=zoom_from, order=order))


_register()
