from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import Swagger
from ninja.errors import HttpError, ValidationError

from geogrid.accounts.errors import CodedError
from geogrid.desks.api import feeds, suggest, where
from geogrid.desks.api.described import DescribedAPI
from geogrid.desks.api.errors import NotFound, Unreadable

app_name = "api"
api = DescribedAPI(
    title="GeoGrid",
    version="1",
    description="Which grid a place lies in, and the grids themselves. All coordinates are WGS 84.",
    docs=Swagger(),
    urls_namespace="api:geogrid",
)
api.add_router("", where.router)
api.add_router("", suggest.router)


@api.exception_handler(CodedError)
def refused(request: HttpRequest, refusal: CodedError) -> HttpResponse:
    return api.create_response(request, refusal.as_dict(), status=refusal.status)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    names = ", ".join(str(error["loc"][-1]) for error in problem.errors if error.get("loc"))
    return refused(request, Unreadable(name=names or "query"))


@api.exception_handler(HttpError)
def not_found(request: HttpRequest, problem: HttpError) -> HttpResponse:
    return refused(request, NotFound())


urlpatterns = [
    path("api/", api.urls),
    path("feed/grids.geojson", feeds.grids, name="grids"),
    path("feed/<slug:layer>.geojson", feeds.places, name="places"),
    path("feed/basemap/<int:zoom>/<int:column>/<int:row>.mvt", feeds.basemap, name="basemap"),
]
