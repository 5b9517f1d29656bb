"""`/api/where` and the placement under it: which grid, exactly."""

import random
from datetime import timedelta

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import Point
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Term
from geogrid.territory.placement import locate, near, place
from tests.factories import FOUNDED, AreaFactory, SchemeFactory, now, plan_in_force, town
from tests.pictures import CELL, ORIGIN, picture

pytestmark = pytest.mark.django_db
HOW_MANY = 10_000
ON_VERTICES = 200


def at(along: float, up: float) -> Point:
    """A point of the picture in cells from its lower left corner."""
    x, y = (ORIGIN[0] + along * CELL) / 1e7, (ORIGIN[1] + up * CELL) / 1e7
    return Point(x, y, srid=4326)


@pytest.fixture
def term() -> Term:
    return town()


def leaves_of(term: Term) -> tuple[list[str], np.ndarray]:
    rows = list(term.plan.grids.leaves().order_by("code"))
    return [row.code for row in rows], np.array([to_shapely(row.boundary) for row in rows])


def random_points(shapes: np.ndarray) -> list[tuple[float, float]]:
    """First those exactly on vertices (2 %), then inside and around."""
    drawn = random.Random(20261123)
    west, south, east, north = shapely.total_bounds(shapes)
    wide, high = east - west, north - south
    vertices = shapely.get_coordinates(shapes).tolist()
    points = [tuple(drawn.choice(vertices)) for _ in range(ON_VERTICES)]
    points += [
        (drawn.uniform(west - wide / 20, east + wide / 20),
         drawn.uniform(south - high / 20, north + high / 20))
        for _ in range(HOW_MANY - ON_VERTICES)
    ]  # fmt: skip
    return points


def expected(codes: list[str], shapes: np.ndarray, points: list[tuple[float, float]]) -> list:
    """The same rule without a database: lowest code of all grids that cover the point."""
    spots = shapely.points(np.array(points))
    answers: list[str | None] = [None] * len(points)
    for code, shape in sorted(zip(codes, shapes, strict=True), reverse=True):
        shapely.prepare(shape)
        for index in np.flatnonzero(shapely.covers(shape, spots)):
            answers[index] = code
    return answers


@pytest.fixture
def asked(term: Term) -> list[tuple[tuple[float, float], str | None]]:
    """10,000 points with the right answers, those on vertices first."""
    codes, shapes = leaves_of(term)
    points = random_points(shapes)
    right = expected(codes, shapes, points)
    assert None in right
    assert set(codes) <= set(right)
    return list(zip(points, right, strict=True))


def wrong_answers(client: Client, asked: list[tuple[tuple[float, float], str | None]]) -> list:
    def answered(x: float, y: float) -> str | None:
        answer = client.get("/api/where", {"lon": f"{x:.17f}", "lat": f"{y:.17f}"}).json()
        return answer["grid"]["code"] if answer["grid"] else None

    return [point for point, code in asked if answered(*point) != code]


def test_ten_thousand_points_equal_an_independent_computation(
    term: Term, asked: list[tuple[tuple[float, float], str | None]]
) -> None:
    points, right = map(list, zip(*asked, strict=True))
    assert locate(scheme=term.scheme, points=points, at=now()) == right


def test_the_interface_equals_the_same_computation(
    client: Client, asked: list[tuple[tuple[float, float], str | None]]
) -> None:
    """Every point on a vertex and 600 others; all 10,000 with --long."""
    assert wrong_answers(client, asked[: ON_VERTICES + 600]) == []


@pytest.mark.long
def test_the_interface_equals_it_on_all_ten_thousand(
    client: Client, asked: list[tuple[tuple[float, float], str | None]]
) -> None:
    assert wrong_answers(client, asked) == []


def test_a_border_belongs_to_the_lowest_code_and_names_the_others(term: Term) -> None:
    middle = place(scheme=term.scheme, where=at(2, 2), at=now())
    assert middle.grid is not None
    assert [middle.grid.label, *[grid.label for grid in middle.on_border_with]] == [
        "01", "02", "03", "04"
    ]  # fmt: skip


def test_possible_are_all_grids_that_the_circle_meets(term: Term) -> None:
    inside = at(1, 3)  # 20 m from the borders of a
    assert place(scheme=term.scheme, where=inside, at=now()).possible == []
    narrow = place(scheme=term.scheme, where=inside, at=now(), accuracy_m=10)
    assert [grid.label for grid in narrow.possible] == ["01"]
    assert narrow.possible[0].metres == 0
    wide = place(scheme=term.scheme, where=inside, at=now(), accuracy_m=25)
    assert [grid.label for grid in wide.possible] == ["01", "02", "03"]


def test_near_answers_many_points_at_once(term: Term) -> None:
    points = [(at(1, 3).x, at(1, 3).y), (at(1.9, 3).x, at(1.9, 3).y), (1.0, 1.0)]
    close = near(plan=term.plan, points=points, metres=5)
    assert [[code[-3:] for code in codes] for codes in close] == [["001"], ["001", "002"], []]


def test_the_answer_is_that_of_the_plan_in_force_then(term: Term, client: Client) -> None:
    later = FOUNDED + timedelta(days=60)
    second = plan_in_force(term.scheme, at=later)
    spot = {"lon": at(1, 3).x, "lat": at(1, 3).y}
    assert client.get("/api/where", spot).json()["plan"]["number"] == second.plan.number
    march = client.get("/api/where", {**spot, "at": "2026-03-15"}).json()
    assert march["plan"] == {"number": 1, "in_force_from": "2026-03-01T00:00:00Z"}
    before = client.get("/api/where", {**spot, "at": "2025-01-01T00:00:00+08:00"}).json()
    assert before["grid"] is None
    assert before["plan"] is None


def test_the_answer_has_the_promised_shape(term: Term, client: Client) -> None:
    spot = {"lon": at(1, 3).x, "lat": at(1, 3).y, "accuracy": "25"}
    answer = client.get("/api/where", spot).json()
    assert set(answer) == {"grid", "parents", "on_border_with", "possible", "plan"}
    assert answer["grid"] == {
        "code": "110101001001001",
        "name": "N社区第1网格",
        "level": 2,
        "url": "http://testserver/map/mirror-lake/grid/110101001001001/",
    }
    assert [parent["level"] for parent in answer["parents"]] == [1]
    assert answer["possible"][0]["metres"] == 0


BAD = [
    ({}, "missing"),
    ({"lon": "113.0001"}, "missing"),
    ({"lon": "113.0001", "lat": ""}, "missing"),
    ({"lon": "NaN", "lat": "30"}, "not_a_number"),
    ({"lon": "inf", "lat": "30"}, "not_a_number"),
    ({"lon": "113.0001", "lat": "３０"}, "not_a_number"),  # noqa: RUF001
    ({"lon": "113,0001", "lat": "30"}, "not_a_number"),
    ({"lon": "1e2", "lat": "30"}, "not_a_number"),
    ({"lon": "113.0001\0", "lat": "30"}, "not_a_number"),
    ({"lon": "181", "lat": "30"}, "out_of_range"),
    ({"lon": "113", "lat": "91"}, "out_of_range"),
    ({"lon": "30.0001", "lat": "113.0001"}, "swapped"),
    ({"lon": "113.0001", "lat": "30", "at": "yesterday"}, "not_a_moment"),
    ({"lon": "113.0001", "lat": "30", "at": "2026-13-01"}, "not_a_moment"),
    ({"lon": "113.0001", "lat": "30", "accuracy": "-1"}, "out_of_range"),
    ({"lon": "113.0001", "lat": "30", "area": "a\0b"}, "unreadable"),
]


@pytest.mark.parametrize(("asked", "code"), BAD)
def test_a_wrong_value_is_refused_with_a_sentence(
    asked: dict[str, str], code: str, term: Term, client: Client
) -> None:
    answer = client.get("/api/where", asked, headers={"accept-language": "en"})
    assert answer.status_code == 400
    told = answer.json()
    assert told["code"] == code
    assert told["message"].endswith(".")
    assert set(told) == {"code", "message", "data"}


def test_swapped_numbers_of_a_town_near_the_diagonal_are_noticed(client: Client) -> None:
    """13 E 53 N is a place on Earth both ways round; only one of them is in the town."""
    shapes = picture("ab\ncd", origin=(132_000_000, 535_000_000))
    plan_in_force(SchemeFactory(area=AreaFactory(language="en")), shapes=shapes)
    fine = client.get("/api/where", {"lon": "13.2001", "lat": "53.5001"})
    assert fine.json()["grid"] is not None
    turned = client.get("/api/where", {"lon": "53.5001", "lat": "13.2001"})
    assert turned.json()["code"] == "swapped"


def test_unknown_names_are_not_found(term: Term, client: Client) -> None:
    spot = {"lon": at(1, 3).x, "lat": at(1, 3).y}
    assert client.get("/api/where", {**spot, "area": "nowhere"}).status_code == 404
    assert client.get("/api/where", {**spot, "area": "mirror-lake"}).status_code == 200
    answer = client.get("/api/where", {**spot, "area": "mirror-lake", "scheme": "fire"})
    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown_scheme"


def test_outside_is_an_answer_not_an_error(term: Term, client: Client) -> None:
    answer = client.get("/api/where", {"lon": "1", "lat": "1"}).json()
    assert answer["grid"] is None
    assert answer["plan"]["number"] == 1


def test_without_any_area_the_answer_is_empty(client: Client) -> None:
    answer = client.get("/api/where", {"lon": "1", "lat": "1"})
    assert answer.status_code == 200
    assert answer.json()["plan"] is None


ANYTHING = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)


ONE_TOWN = [HealthCheck.function_scoped_fixture]  # nothing here writes: one serves all examples


@settings(max_examples=25, deadline=None, suppress_health_check=ONE_TOWN)
@given(lon=ANYTHING, lat=ANYTHING, at=ANYTHING, accuracy=ANYTHING, area=ANYTHING)
def test_nonsense_is_refused_never_a_failure(
    term: Term, client: Client, lon: str, lat: str, at: str, accuracy: str, area: str
) -> None:
    good = {"lon": "113.0001", "lat": "30.0001"}
    assert client.get("/api/where", {"lon": lon, "lat": lat}).status_code in (200, 400)
    for more in ({"at": at}, {"accuracy": accuracy}, {"area": area}, {"scheme": area}):
        assert client.get("/api/where", {**good, **more}).status_code in (200, 400, 404)


def test_the_interface_describes_itself(client: Client) -> None:
    described = client.get("/api/openapi.json").json()
    assert {"/api/where", "/feed/grids.geojson"} <= set(described["paths"])
    page = client.get("/api/docs").content.decode()
    assert "//" not in page.replace("http://testserver", "").replace("<!--", "").split("<body")[0]
