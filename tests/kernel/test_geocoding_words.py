"""Spellings of one address are one text; likeness decides as a person would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.geocoding.matching import Door, Why, between
from layers.geocoding.normalise import normalise, number_key, search_key
from layers.geocoding.parsing import Question, parse
from layers.geocoding.resolving import Meaning, resolve
from layers.geocoding.street_names import StreetNames

WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in "TURMSTRASSE") + " 12a"
SAME = [
    ("turmstr 12a", ["Turmstraße 12 A", "turmstr. 12a", WIDE, "Turmstrasse 12a"]),
    ("muhlenstr 3", ["Mühlenstr.3", "Muehlenstraße 3", "MÜHLENSTRASSE 3", "Mu\u0308hlenstraße 3"]),
    ("钟楼街 12", ["鐘樓街12號", "钟楼街12号", "钟楼街１２号", "钟楼街十二号", " 钟楼街 12 号 "]),
    ("春晖小区 3 2", ["春晖小区3栋2单元", "春晖小区三幢二单元", "春晖小区3号楼2单元"]),
    ("friedrich engels ring 12-14", ["Friedrich-Engels-Ring 12-14", "friedrich engels ring 12-14"]),
    ("", ["", " ", "···", "\u200b"]),
]


@pytest.mark.parametrize(("folded", "spellings"), SAME)
def test_spellings_of_one_address_are_one_text(folded: str, spellings: list[str]) -> None:
    assert {normalise(spelling) for spelling in spellings} == {folded}


def test_a_number_in_a_name_stays_a_name() -> None:
    assert normalise("一百货街") == "一百货街"
    assert normalise("二环巷8号") == "二环巷 8"
    assert parse("1. Ringstraße") == Question("1 ringstr", "1 ringstr")
    assert parse("1. Ringstraße 5").house == "5"


TAKEN_APART = [
    ("Turmstr 12", ("turmstr", "12", "")),
    ("Turmstraße 12a, 17033 Neubrandenburg", ("turmstr", "12a", "")),
    ("12 Turmstraße", ("turmstr", "12", "")),
    ("Große Wollweberstraße 12/2", ("grosse wollweberstr", "12/2", "")),
    ("钟楼街12号", ("钟楼街", "12", "")),
    ("春晖小区3栋2单元", ("春晖小区", "3", "2")),
    ("春晖小区3-2", ("春晖小区", "3", "2")),
    ("2单元3栋春晖小区", ("春晖小区", "3", "2")),
    ("春晖小区三幢2单元501室", ("春晖小区", "3", "2")),
    ("中山北路二段27巷4號", ("中山北路 2 段 27 巷", "4", "")),
    ("人民路12弄5号", ("人民路 12 弄", "5", "")),
    ("１２号钟楼街", ("钟楼街", "12", "")),
    ("便民超市", ("便民超市", "", "")),
    ("", ("", "", "")),
]


@pytest.mark.parametrize(("typed", "parts"), TAKEN_APART)
def test_an_address_is_taken_apart(typed: str, parts: tuple[str, str, str]) -> None:
    found = parse(typed)
    assert (found.street, found.house, found.unit) == parts


def test_the_search_key_is_the_folded_address() -> None:
    assert search_key("春晖小区", "3栋", "2单元") == normalise("春晖小区3栋2单元")
    assert search_key("Turmstraße", "12 A") == normalise("turmstr. 12a")
    assert number_key("１２ａ号") == "12a"


def asked(typed: str, *known: tuple[str, str]) -> list[Meaning]:
    """What `typed` means in a town that has these (street, house) and nothing else."""
    doors: dict[str, list[Door]] = {}
    for street, house in known:
        number = int("".join(filter(str.isdecimal, house.split("-")[0])) or 0)
        place = (13.0 + number / 10_000, 53.5)
        doors.setdefault(street, []).append(Door(f"{street} {house}", street, house, "", place))
    return resolve(typed, StreetNames(doors), lambda names: {n: doors[n] for n in names})


def likeness(typed: str, street: str, house: str = "") -> float:
    return max((one.confidence for one in asked(typed, (street, house))), default=0.0)


def test_nothing_guessed_is_certain() -> None:
    (found,) = asked("钟楼街12号", ("钟楼街", "12"))
    assert (found.confidence, found.why) == (1.0, Why.EXACT)


def test_the_right_street_beats_the_right_number() -> None:
    assert likeness("Trumstr 12", "Turmstraße", "11") > likeness("Trumstr 12", "Straußstraße", "12")


def test_the_same_house_beats_its_neighbour_and_the_own_side_the_other() -> None:
    order = ["12", "12a", "14", "13", "40"]
    scores = [likeness("Turmstraße 12", "Turmstraße", house) for house in order]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_a_house_inside_a_range_is_that_house() -> None:
    assert likeness("Ringweg 13", "Ringweg", "12-16") > 0.8


def test_a_house_that_is_not_registered_gets_a_place_between_its_neighbours() -> None:
    found = asked("Turmstraße 6", ("Turmstraße", "2"), ("Turmstraße", "10"), ("Turmstraße", "5"))
    assert (found[0].why, found[0].text) == (Why.BETWEEN_HOUSES, "Turmstraße 6")
    assert found[0].place == pytest.approx((13.0006, 53.5))
    assert found[0].confidence < 0.8
    assert {one.why for one in found[1:]} == {Why.NEAR_HOUSE}


def test_a_place_is_made_up_on_one_side_of_the_street_and_never_beyond_its_end() -> None:
    doors = [Door("", "Weg", house, "", (13.0 + int(house), 53.0)) for house in ("3", "7", "30")]
    assert between(5, doors) == (18.0, 53.0)
    assert between(9, doors) is None and between(4, doors) is None


def test_two_streets_one_letter_apart_share_the_confidence() -> None:
    found = asked("Oalstraße 7", ("Opalstraße", "7"), ("Aalstraße", "7"))
    assert len(found) == 2 and all(0.3 < one.confidence < 0.6 for one in found)


def test_the_street_that_has_the_house_is_the_one_meant() -> None:
    found = asked("Oalstraße 7", ("Opalstraße", "7"), ("Aalstraße", "1"))
    assert found[0].text == "Opalstraße 7" and found[0].confidence > 0.7


def test_a_section_of_a_road_is_another_road() -> None:
    found = asked("中山北路一段9号", ("中山北路一段", "9"), ("中山北路二段", "9"))
    assert found[0].street == "中山北路一段" and found[0].confidence > 0.95


def test_a_region_before_a_name_is_no_part_of_it() -> None:
    for typed in ("镇海市城关街道春风社区镇海路8号", "镇海路8号"):
        found = asked(typed, ("镇海路", "8"), ("海门路", "8"))
        assert found[0].street == "镇海路" and found[0].confidence > 0.9


@pytest.mark.parametrize(
    "typed",
    ["Weinert-Straße 3", "E.-Weinert-Str. 3", "Erich Weinert 3", "erich-weinertstr 3",
     "Erich-Weinert-Staße 3", "3 Erich-Weinert-Straße", "Erich-Weinert-Str. 3, 17033 Town"],
)  # fmt: skip
def test_short_and_turned_western_addresses(typed: str) -> None:
    found = asked(typed, ("Erich-Weinert-Straße", "3"), ("Weinbergstraße", "3"))
    assert found[0].text == "Erich-Weinert-Straße 3" and found[0].confidence > 0.6


@given(st.text(max_size=80))
def test_any_text_is_folded_once_and_for_all(text: str) -> None:
    folded = normalise(text)
    assert normalise(folded) == folded
    parse(text)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=8))
def test_confidence_is_a_share(typed: str, street: str, house: str) -> None:
    assert 0 <= likeness(typed, street, house) <= 1
