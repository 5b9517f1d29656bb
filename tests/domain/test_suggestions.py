"""What a box for addresses offers while somebody types."""

import pytest

from layers.geocoding.suggestions import suggest
from layers.places.models import Address, Shop
from tests.factories import AddressFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def town() -> None:
    for house in ("1号", "2号", "11号", "12号"):
        AddressFactory(street="钟楼街", house=house, text=f"钟楼街{house}")
    AddressFactory(street="钟鼓巷", house="3号", text="钟鼓巷3号")
    AddressFactory(street="Erich-Weinert-Straße", house="5", text="Erich-Weinert-Straße 5")
    for unit in ("1单元", "2单元"):
        AddressFactory(street="春晖小区", house="3栋", unit=unit, text=f"春晖小区3栋{unit}")
    ShopFactory(name="钟表店")


def offered(typed: str) -> list[str]:
    found = suggest(typed, Address.objects.all(), [("shop", Shop.objects.all())])
    return [one.text for one in found]


@pytest.mark.parametrize("typed", ["钟楼", "zl", "zlj", "zhonglou", "鐘樓", "钟楼街", "中楼街1"])
def test_a_street_by_letters_pinyin_or_with_a_slip(typed: str) -> None:
    assert offered(typed)[0].startswith("钟楼街")


def test_the_street_with_most_doors_comes_first_and_shops_are_named() -> None:
    assert offered("钟") == ["钟楼街", "钟鼓巷", "钟表店"]


def test_once_a_name_stands_there_its_doors_follow() -> None:
    assert offered("钟楼街") == ["钟楼街1号", "钟楼街2号", "钟楼街11号", "钟楼街12号"]
    assert offered("钟楼街1") == ["钟楼街1号", "钟楼街11号", "钟楼街12号"]
    assert offered("春晖小区3") == ["春晖小区3栋1单元", "春晖小区3栋2单元"]
    assert offered("春晖小区3栋2") == ["春晖小区3栋2单元"]


def test_a_later_word_of_a_name_will_do() -> None:
    assert offered("weinert") == ["Erich-Weinert-Straße"]


def test_a_new_street_is_offered_at_once_whoever_wrote_it() -> None:
    assert offered("新华路") == []
    Address.objects.bulk_create([AddressFactory.build(street="新华路", house="1号",
        text="新华路1号", source=Address.objects.all()[0].source)])  # fmt: skip
    assert offered("新华") == ["新华路"]
    Address.objects.filter(street="新华路").delete()
    assert offered("新华") == []


def test_nothing_comes_of_nothing() -> None:
    for typed in ("", " ", "%", "'; --", "１２"):  # noqa: RUF001
        assert offered(typed) == []


def test_few_queries_whatever_is_typed(django_assert_max_num_queries: object) -> None:
    offered("钟")
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        offered("钟楼街1")
