"""What maps load: grids, places and the basemap. Nothing here says who works where."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from geogrid.accounts.errors import CodedError
from geogrid.desks.api import reading
from geogrid.desks.api.errors import NoSuchTile, NothingInForce, UnknownArea, UnknownLayer
from geogrid.territory.map_layers import grid_features, grid_version
from geogrid.territory.models import Area, Term
from layers.feeds import caching, geojson, registry, tiles, versions

MOST_FEATURES = 5_000  # a phone draws no more, and they stay below 1 MB
GEOJSON = "application/geo+json"
VECTOR_TILE = "application/vnd.mapbox-vector-tile"
BASEMAP = "basemap"

View = Callable[..., HttpResponse]


def coded(view: View) -> View:
    """Turn a refusal into `{code, message, data}`."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except CodedError as refusal:
            return JsonResponse(refusal.as_dict(), status=refusal.status)

    return wrapped


def asked_area(request: HttpRequest) -> Area:
    """Return the area named in the address, else the one that `/` shows for this language."""
    slug = reading.text(request.GET.get("area"), name="area")
    if slug is None:
        area = Area.objects.for_language(get_language() or "")
        if area is None:
            raise NothingInForce
        return area
    found = Area.objects.filter(slug=slug).first()
    if found is None:
        raise UnknownArea(area=slug)
    return found


def by_language(request: HttpRequest) -> bool:
    """Whether the reader's language chose the area, because the address names none."""
    return not request.GET.get("area")


@require_safe
@coded
def grids(request: HttpRequest) -> HttpResponse:
    """The grids in force; `?area=` `?level=` `?bbox=`."""
    area = asked_area(request)
    box = reading.text(request.GET.get("bbox"), name="bbox")
    level = reading.text(request.GET.get("level"), name="level")
    depth = reading.whole(level, name="level", least=1, most=4) if level else None
    now = timezone.now()
    terms = Term.objects.at(now).filter(scheme__area=area, scheme__general=True)
    term = terms.select_related("plan__scheme").first()
    if term is None:
        raise NothingInForce
    before, after = reverse("resident:grid", args=[area.slug, "CODE"]).split("CODE")

    def write() -> bytes:
        window = reading.window(box) if box else None
        return grid_features(
            term.plan, page_of=(before, after), level=depth, window=window, since=term
        )

    version = grid_version(term.plan)
    return caching.answer(request, write, GEOJSON, version=version, varies=by_language(request))


@require_safe
@coded
def places(request: HttpRequest, layer: str) -> HttpResponse:
    """Places of one layer; `?area=` `?bbox=`; without both, those of the area shown at `/`."""
    known = registry.point_layer(layer)
    if known is None:
        raise UnknownLayer(layer=layer)
    box = reading.text(request.GET.get("bbox"), name="bbox")
    rows = known.rows()
    if box:
        rows = rows.filter(**{f"{known.geometry}__bboverlaps": reading.window(box)})
    if request.GET.get("area") or not box:
        newest = asked_area(request).boundaries.order_by("-valid_from").first()
        if newest is not None:
            rows = rows.filter(**{f"{known.geometry}__coveredby": newest.boundary})

    def write() -> bytes:
        listed = rows.order_by("pk")
        return geojson.feature_collection(
            listed[:MOST_FEATURES],
            geometry=known.geometry,
            columns=known.columns,
            also={"truncated": listed[MOST_FEATURES:].exists()},
        )

    version = versions.current(layer)
    varies = not box and by_language(request)
    return caching.answer(request, write, GEOJSON, version=version, varies=varies)


@require_safe
@coded
def basemap(request: HttpRequest, zoom: int, column: int, row: int) -> HttpResponse:
    """One vector tile of the basemap."""

    def write() -> bytes:
        try:
            return tiles.tile(registry.tileset(BASEMAP), zoom, column, row)
        except ValueError:
            raise NoSuchTile(tile=f"{zoom}/{column}/{row}") from None

    return caching.answer(request, write, VECTOR_TILE, version=versions.current(BASEMAP))
