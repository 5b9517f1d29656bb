"""Addresses out of the database, through the trigram index."""

import pytest
from django.contrib.gis.geos import Point

from layers.geocoding.matching import Why
from layers.geocoding.search import find_addresses, find_places
from layers.places.models import Address, Shop
from tests.factories import AddressFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def doors() -> None:
    for number in range(1, 20, 2):
        point = Point(113 + number / 1000, 30, srid=4326)
        AddressFactory(street="钟楼街", house=str(number), anchor=point)
        text = f"Turmstraße {number}"
        AddressFactory(street="Turmstraße", house=str(number), text=text, anchor=point)
    AddressFactory(street="钟鼓巷", house="3")
    AddressFactory(street="Straußstraße", house="12", text="Straußstraße 12")
    for unit in ("1单元", "2单元"):
        AddressFactory(street="春晖小区", house="3栋", unit=unit, text=f"春晖小区3栋{unit}")


def found(text: str) -> list[str]:
    return [candidate.label for candidate in find_addresses(text, Address.objects.all())]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("钟楼街11号", "钟楼街11号"),
        ("钟楼街十一号", "钟楼街11号"),
        ("种楼街11号", "钟楼街11号"),
        ("钟楼街１１", "钟楼街11号"),
        ("Turmstr 11", "Turmstraße 11"),
        ("Trumstrasse 11", "Turmstraße 11"),
        ("turm straße 11", "Turmstraße 11"),
        ("春晖小区3栋2单元", "春晖小区3栋2单元"),
        ("春辉小区3-2", "春晖小区3栋2单元"),
        ("钟楼街", "钟楼街"),
    ],
)
def test_typos_and_other_spellings_still_find_the_door(typed: str, first: str) -> None:
    assert found(typed)[0] == first


def test_a_missing_house_offers_its_neighbours() -> None:
    candidates = find_addresses("钟楼街12号", Address.objects.all())
    assert {candidates[0].label, candidates[1].label} <= {"钟楼街11号", "钟楼街13号", "钟楼街9号"}
    assert candidates[0].why == Why.NEAR_HOUSE
    assert candidates[0].confidence < 0.9


def test_a_street_answers_once_at_its_middle_house() -> None:
    candidates = find_addresses("Turmstraße", Address.objects.all())
    assert [candidate.label for candidate in candidates] == ["Turmstraße"]
    assert 113.007 < candidates[0].anchor.x < 113.013


def test_nonsense_finds_nothing() -> None:
    for typed in ("", " ", "q", "xyzzy 99", "１２", "%%%", "' OR 1=1 --"):  # noqa: RUF001
        assert found(typed) == []


def test_a_door_registered_twice_is_shown_once_unless_far_apart() -> None:
    AddressFactory(street="钟楼街", house="1", anchor=Point(113.0011, 30, srid=4326))
    assert found("钟楼街1号").count("钟楼街1号") == 1
    AddressFactory(street="钟楼街", house="1", anchor=Point(113.2, 30, srid=4326))
    assert found("钟楼街1号").count("钟楼街1号") == 2


def test_named_places_are_found_with_typos() -> None:
    ShopFactory(name="便民超市")
    ShopFactory(name="Kaufland")
    shops = [("shop", Shop.objects.all())]
    assert [place.label for place in find_places("便民超市", shops)] == ["便民超市"]
    assert [place.label for place in find_places("Kaufand", shops)] == ["Kaufland"]
    assert find_places("zzz", shops) == []
