"""Moments and the land of buildings as the editor asks for them."""

import pytest

from geogrid.territory.geometry import from_shapely
from geogrid.territory.models import Plan
from layers.places.models import Building
from tests.desks.drafting import address, drafted, read, send, signed_in, split_of
from tests.domain.editing import box, lineage
from tests.factories import town

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return drafted(town().scheme)


def test_moments_are_named_told_and_forgotten(plan: Plan) -> None:
    client, _ = signed_in(plan.scheme)
    assert send(client, plan, "commands", split_of(plan)).status_code == 200
    assert read(client, plan, "moments") == []
    named = send(client, plan, "moment", {"revision": 1, "name": "书记看过"})
    assert [(one["revision"], one["name"]) for one in named.json()] == [(1, "书记看过")]
    assert read(client, plan, "moments") == named.json()
    assert send(client, plan, "moment", {"revision": 1, "name": ""}).json() == []
    assert send(client, plan, "moment", {"revision": 1, "name": ""}).status_code == 404
    for nonsense in (
        {"revision": "1", "name": "x"},
        {"revision": -1, "name": "x"},
        {"revision": 1},
    ):
        assert send(client, plan, "moment", nonsense).status_code == 400


def test_the_land_of_buildings_is_told_with_whom_it_is_taken_from(plan: Plan) -> None:
    client, _ = signed_in(plan.scheme)
    house = Building.objects.order_by("pk")[0]
    house.footprint = from_shapely(box(0.8, 2.8, 1.2, 3.2), multi=True)
    house.save()
    told = read(client, plan, "land", f"?buildings={house.pk}&to={lineage(plan, 2)}")
    assert told["sources"] == [str(lineage(plan, 1))]
    assert (told["buildings"], told["dwellings"]) == (1, 210)
    assert told["area"]["type"] in ("Polygon", "MultiPolygon")
    nothing = read(client, plan, "land", f"?buildings={house.pk}&to={lineage(plan, 1)}")
    assert nothing["area"] is None
    for query in ("", "?buildings=", "?buildings=a", "?buildings=1&to=x"):
        assert client.get(address(plan, "land") + query).status_code == 400


def test_doors_and_neighbours_are_ground_too(plan: Plan) -> None:
    client, _ = signed_in(plan.scheme)
    for layer in ("addresses", "neighbours"):
        told = read(client, plan, "ground", f"?layer={layer}")
        assert told["features"] == []
        assert told["truncated"] is False
