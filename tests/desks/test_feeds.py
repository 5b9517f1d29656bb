"""What maps load: exact numbers, no contacts, kept as long as they are right."""

import json

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiPolygon, Polygon
from django.test import Client, RequestFactory

from geogrid.territory.map_layers import grid_version
from geogrid.territory.models import Term
from layers.basemap.models import LandUse, Street
from layers.feeds import caching, versions
from tests.factories import ShopFactory, SourceFactory, town

pytestmark = pytest.mark.django_db
GRIDS = "/feed/grids.geojson"


@pytest.fixture
def term() -> Term:
    return town()


def test_the_numbers_are_those_of_the_database_bit_for_bit(term: Term, client: Client) -> None:
    collection = client.get(GRIDS).json()
    assert len(collection["features"]) == 4
    for feature in collection["features"]:
        grid = term.plan.grids.get(code=feature["id"])
        read = GEOSGeometry(json.dumps(feature["geometry"]), srid=4326)
        assert bytes(read.wkb) == bytes(grid.boundary.wkb)
        assert feature["geometry"]["type"] == "MultiPolygon"


def test_a_grid_has_the_promised_properties(term: Term, client: Client) -> None:
    collection = client.get(GRIDS).json()
    assert collection["plan"] == {"number": 1, "in_force_from": "2026-03-01T00:00:00+00:00"}
    properties = collection["features"][0]["properties"]
    assert set(properties) == {
        "code", "name", "label", "level", "kind", "parent", "parent_name", "label_point",
        "label_radius", "url", "dwellings",
    }  # fmt: skip
    assert properties["url"] == f"/map/mirror-lake/grid/{properties['code']}/"
    assert len(properties["label_point"]) == 2
    tops = client.get(GRIDS, {"level": "1", "area": "mirror-lake"}).json()
    assert [feature["properties"]["level"] for feature in tops["features"]] == [1, 1]


def test_no_feed_says_who_works_where(term: Term, client: Client) -> None:
    for path in (GRIDS, "/feed/shops.geojson", "/feed/hazards.geojson"):
        text = client.get(path).content.decode()
        assert "000 0000" not in text
        assert "worker" not in text


def test_the_default_is_the_area_in_the_visitors_language(client: Client) -> None:
    town()
    town(slug="newtown", language="en", code_prefix="13")
    german = client.get(GRIDS, headers={"accept-language": "en"}).json()
    assert german["features"][0]["id"].startswith("13")
    chinese = client.get(GRIDS, headers={"accept-language": "zh-CN"}).json()
    assert chinese["features"][0]["id"].startswith("110101001")


def test_with_its_version_a_feed_is_kept_for_good_without_by_etag(
    term: Term, client: Client
) -> None:
    plain = client.get(GRIDS)
    assert plain["Cache-Control"] == "public, no-cache"
    again = client.get(GRIDS, headers={"if-none-match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    versions.bump("grids")
    version = f"{term.plan.pk}-{versions.current('grids')}"
    kept = client.get(GRIDS, {"v": version, "area": "mirror-lake"})
    assert kept["Cache-Control"] == "public, max-age=31536000, immutable"
    other = client.get(GRIDS, {"v": "1-older"})
    assert other["Cache-Control"] == "public, no-cache"


def test_a_draft_is_never_kept_whatever_the_version(rf: RequestFactory) -> None:
    request = rf.get("/", {"v": "7"}, headers={"if-none-match": "*"})
    answer = caching.answer(request, lambda: b"{}", "text/plain", version="7", draft=True)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert "ETag" not in answer


def test_versions_only_grow() -> None:
    versions.bump("shops")
    first = versions.current("shops")
    versions.bump("shops", "grids")
    assert int(versions.current("shops"), 36) > int(first, 36)
    assert versions.current("never") == "0"


def test_places_of_a_window(term: Term, client: Client) -> None:
    ShopFactory(name="便民超市")
    collection = client.get("/feed/shops.geojson", {"bbox": "113,30,113.001,30.001"}).json()
    assert [feature["properties"]["name"] for feature in collection["features"]] == ["便民超市"]
    assert set(collection["features"][0]["properties"]) == {"id", "kind", "name", "badge"}
    empty = client.get("/feed/shops.geojson", {"bbox": "1,1,2,2"}).json()
    assert empty["features"] == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/feed/nothing.geojson", 404, "unknown_layer"),
        ("/feed/grids.geojson?area=nowhere", 404, "unknown_area"),
        ("/feed/grids.geojson?area=a%00b", 400, "unreadable"),
        ("/feed/grids.geojson?level=x", 400, "not_a_number"),
        ("/feed/grids.geojson?level=9", 400, "out_of_range"),
        ("/feed/grids.geojson?bbox=1,2,3", 400, "not_a_box"),
        ("/feed/shops.geojson?bbox=nan,0,1,1", 400, "not_a_box"),
        ("/feed/shops.geojson?bbox=2,0,1,1", 400, "not_a_box"),
        ("/feed/basemap/3/9/1.mvt", 404, "no_such_tile"),
        ("/feed/basemap/99/0/0.mvt", 404, "no_such_tile"),
        ("/feed/basemap/5000000000/0/0.mvt", 404, "no_such_tile"),
    ],
)
def test_a_wrong_address_is_refused_with_a_code(
    path: str, status: int, code: str, term: Term, client: Client
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.json()["code"] == code


def test_a_tile_holds_its_layers_and_only_near_ones(client: Client) -> None:
    source = SourceFactory()
    Street.objects.create(
        source=source, kind="residential", rank=3, name="钟楼街",
        path=LineString((113.001, 30.001), (113.002, 30.002), srid=4326),
    )  # fmt: skip
    lake = MultiPolygon(Polygon.from_bbox((113.001, 30.001, 113.003, 30.003)), srid=4326)
    LandUse.objects.create(source=source, kind="water", shape=lake)
    versions.bump("basemap")
    path = "/feed/basemap/15/26669/13519.mvt"
    answer = client.get(path, {"v": versions.current("basemap")})
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert answer["Cache-Control"].endswith("immutable")
    for word in ("streets", "water", "钟楼街"):
        assert word.encode() in answer.content
    far = client.get("/feed/basemap/15/1/1.mvt")
    assert far.status_code == 200
    assert "钟楼街".encode() not in far.content


def test_what_the_language_chose_is_not_kept_for_good(term: Term, client: Client) -> None:
    """The same address shows another town to a reader of another language."""
    versions.bump("shops", "grids")
    for path, version in (("/feed/shops.geojson", versions.current("shops")), (GRIDS, None)):
        answer = client.get(path, {"v": version or grid_version(term.plan)})
        assert "immutable" not in answer["Cache-Control"]
        assert "Accept-Language" in answer["Vary"]
