"""What listed words mean on the ground: doors by number and side, names by nearly the same word."""

import pytest
import shapely

from geogrid.territory.listed_ground import Exactness, Found, ListedGround, NamedShape
from geogrid.territory.listing import items_of
from layers.intake.doors import Door


def door(street: str, house: str, unit: str = "", east: float = 0.0) -> Door:
    return Door("n1", street, house, unit, shapely.Point(104.35 + east, 38.55))


DOORS = [
    *(door("人民路", f"{number}号") for number in (1, 2, 3, 4, 5, 12)),  # 0-5
    door("人民路", "3-1号"),  # 6
    door("人民路", "12-13号"),  # 7
    *(door("镜湖花园", f"{number}栋") for number in (1, 2, 3)),  # 8-10
    door("镜湖花园", "3栋", "1单元"),  # 11
    door("镜湖花园", "3栋", "2单元"),  # 12
    door("春晖小区", "1栋"),  # 13
    door("Turmstraße", "12a"),  # 14
    door("远路", "7号"),  # 15
    door("远路", "7号", east=0.01),  # 16
]
GROUND = ListedGround(
    DOORS,
    places=[NamedShape("西岭村", shapely.Point(104.3, 38.5))],
    areas=[NamedShape("汇景苑", shapely.box(104.3, 38.5, 104.31, 38.51))],
)


def find(text: str, community: str = "") -> Found:
    (item,) = items_of(text)
    return GROUND.find(item, community)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("人民路", {0, 1, 2, 3, 4, 5, 6, 7}),
        ("人民路单号", {0, 2, 4, 6}),
        ("人民路2-5号双号", {1, 3}),
        ("人民路2-5号", {1, 2, 3, 4, 6}),
        ("人民路4号以上", {3, 4, 5, 7}),
        ("人民路3号", {2, 6}),
        ("人民路3-1号", {6}),
        ("人民路3号附1", {6}),
        ("人民路12-13号", {7}),  # there is a plate 12-13, and no 13
        ("镜湖花园", {8, 9, 10, 11, 12}),
        ("镜湖花园1-2号楼", {8, 9}),
        ("镜湖花园三栋", {10, 11, 12}),
        ("镜湖花园3栋2单元", {12}),
        ("turmstr. 12a", {14}),
    ],
)
def test_doors(text: str, wanted: set[int]) -> None:
    assert set(find(text).doors) == wanted


def test_exactness_rises_from_street_to_plate() -> None:
    assert find("人民路").doors[6] is Exactness.WHOLE
    assert find("人民路1-5号").doors[6] is Exactness.RANGE
    assert find("人民路3号").doors[6] is Exactness.NUMBER
    assert find("人民路3号附1").doors[6] is Exactness.PLATE


def test_places_and_outlines() -> None:
    assert find("西岭村").places == (0,)
    assert find("汇景苑").areas == (0,)


@pytest.mark.parametrize("text", ["镜湖花园小区", "春晖", "南苑社区镜湖花园", "南苑春晖小区"])
def test_nearly_the_same_word_is_found(text: str) -> None:
    assert find(text, community="南苑社区")


def test_a_name_that_is_not_there_is_told_the_nearest_one() -> None:
    found = find("镜胡花园1-3号楼")
    assert not found
    assert not found.known
    assert "镜湖花园" in str(found.note)


def test_a_number_that_is_not_there() -> None:
    found = find("人民路88号")
    assert not found
    assert found.known
    assert str(found.note) == "人民路 is there, but not this number"


def test_an_address_that_exists_twice_far_apart_is_not_chosen() -> None:
    found = find("远路7号")
    assert not found
    assert set(found.doubtful) == {15, 16}


def test_a_name_between_two_is_not_chosen() -> None:
    ground = ListedGround([door("春晖小区", "1栋"), door("春晖社区", "1栋")])
    (item,) = items_of("春晖")
    found = ground.find(item)
    assert not found
    assert str(found.note).startswith("it could be")


def test_two_places_of_one_name_are_not_chosen_between() -> None:
    apart = [NamedShape("西岭村", shapely.Point(104.3 + east, 38.5)) for east in (0, 0.1)]
    (item,) = items_of("西岭村")
    found = ListedGround([], apart).find(item)
    assert not found
    assert str(found.note) == "it could be any of 2 places of this name"
