"""`GET /api/suggest`, as a box for addresses asks it."""

from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from geogrid.territory.models import Term
from layers.places import kinds
from layers.places.actions import add_kind, register_place
from tests.case_factories import MORNING
from tests.factories import AddressFactory, AreaFactory, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    running = town()
    inside = Point(113.0001, 30.0006, srid=4326)
    for house in ("1号", "12号"):
        AddressFactory(street="钟楼街", house=house, text=f"钟楼街{house}", anchor=inside)
    AddressFactory(street="钟山路", house="1号", anchor=Point(114, 31, srid=4326))
    return running


def asked(q: str, **more: str) -> Any:
    return Client().get("/api/suggest", {"q": q, **more})


def test_streets_then_their_doors_of_the_area_alone(term: Term) -> None:
    slug = term.scheme.area.slug
    assert asked("zl", area=slug).json() == {
        "suggestions": [{"text": "钟楼街", "kind": "street", "whole": False}]
    }
    texts = [one["text"] for one in asked("钟楼街1", area=slug).json()["suggestions"]]
    assert texts == ["钟楼街1号", "钟楼街12号"]
    assert asked("钟山", area=slug).json() == {"suggestions": []}  # beyond the plan in force


def test_without_an_area_the_one_of_the_language_is_meant(term: Term) -> None:
    assert asked("钟楼").json()["suggestions"]


def test_what_cannot_be_answered_is_said(term: Term) -> None:
    unknown = asked("钟", area="nowhere")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_area")
    empty = AreaFactory(slug="nothing-yet")
    assert asked("钟", area=empty.slug).json() == {"suggestions": []}


def test_a_place_of_an_offices_own_kind_is_suggested_as_soon_as_it_is_written(term: Term) -> None:
    slug = term.scheme.area.slug
    add_kind(code="charging", name_zh="充电桩", name_en="Charging", icon="power", publish=True)
    assert asked("东门", area=slug).json() == {"suggestions": []}
    register_place(
        kind=kinds.find("charging"), anchor=Point(113.0001, 30.0006, srid=4326),
        values={"name": "东门充电站"}, by=None, at=MORNING,
    )  # fmt: skip
    assert [one["text"] for one in asked("东门", area=slug).json()["suggestions"]] == ["东门充电站"]


@pytest.mark.parametrize("typed", ["", "  ", "钟" * 5_000, "\0", "%' OR 1=1 --"])
def test_anything_may_be_typed(term: Term, typed: str) -> None:
    assert asked(typed, area=term.scheme.area.slug).status_code == 200


def test_the_number_of_queries_does_not_grow(
    term: Term, django_assert_max_num_queries: Any
) -> None:
    asked("钟", area=term.scheme.area.slug)
    with django_assert_max_num_queries(6):
        asked("钟楼街1", area=term.scheme.area.slug)
