"""The feeds in the words of OpenAPI: they write bytes themselves, so nobody can derive this."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

__all__ = ["DescribedAPI"]

ERROR = {
    "description": "What was wrong, with a code.",
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}},
    },
}
VERSION = "From the page's configuration; the answer is then kept for good. Without: by ETag."


def _query(name: str, words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": words, "schema": {"type": "string"}}


def _path(name: str, kind: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}}


def _answer(words: str, content_type: str) -> dict[str, Any]:
    good = {"description": words, "content": {content_type: {}}}
    return {"200": good, "304": {"description": "Unchanged."}, "400": ERROR, "404": ERROR}


AREA = _query("area", "Short name; default: the area shown at / in this language.")
BBOX = _query("bbox", "west,south,east,north in degrees.")
LEVEL = _query("level", "1 is the highest; default: the grids that are drawn.")
TILE = [_path("z", "integer"), _path("x", "integer"), _path("y", "integer")]
FEEDS = {
    "/feed/grids.geojson": {
        "summary": "The grids in force, with 7 decimals",
        "parameters": [AREA, LEVEL, BBOX, _query("v", VERSION)],
        "responses": _answer("A FeatureCollection with `plan`.", "application/geo+json"),
    },
    "/feed/{layer}.geojson": {
        "summary": "Places: schools, hospitals, shops, facilities, hazards",
        "parameters": [_path("layer", "string"), AREA, BBOX, _query("v", VERSION)],
        "responses": _answer("A FeatureCollection of points.", "application/geo+json"),
    },
    "/feed/basemap/{z}/{x}/{y}.mvt": {
        "summary": "The basemap as a vector tile",
        "parameters": [*TILE, _query("v", VERSION)],
        "responses": _answer(
            "Layers landuse, water, buildings, streets, rails, places.",
            "application/vnd.mapbox-vector-tile",
        ),
    },
}


class DescribedAPI(NinjaAPI):
    """`NinjaAPI` whose description also lists the feeds."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**given)
        for path, words in FEEDS.items():
            schema["paths"][path] = {"get": {"tags": ["feed"], **words}}
        return schema
