"""Spellings of one address are one text; likeness decides as a person would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.geocoding.matching import Why, score
from layers.geocoding.normalise import normalise, number_key, search_key
from layers.geocoding.parsing import Question, parse

WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in "TURMSTRASSE") + " 12a"
SAME = [
    ("turmstr 12a", ["Turmstraße 12 A", "turmstr. 12a", WIDE, "Turmstrasse 12a"]),
    ("muhlenstr 3", ["Mühlenstr.3", "Muehlenstraße 3", "MÜHLENSTRASSE 3", "Mu\u0308hlenstraße 3"]),
    ("钟楼街 12", ["钟楼街12号", "钟楼街１２号", "钟楼街十二号", " 钟楼街 12 号 "]),
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


def likeness(typed: str, street: str, house: str = "", unit: str = "") -> float:
    return score(parse(typed), normalise(street), number_key(house), number_key(unit)).confidence


def test_nothing_guessed_is_certain() -> None:
    match = score(parse("钟楼街12号"), "钟楼街", "12", "")
    assert (match.confidence, match.why) == (1.0, Why.EXACT)


def test_the_right_street_beats_the_right_number() -> None:
    assert likeness("Trumstr 12", "Turmstraße", "11") > likeness("Trumstr 12", "Straußstraße", "12")


def test_the_same_house_beats_its_neighbour_and_the_own_side_the_other() -> None:
    asked = "Turmstraße 12"
    order = ["12", "12a", "14", "13", "40"]
    scores = [likeness(asked, "Turmstraße", house) for house in order]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
    assert score(parse(asked), "turmstr", "14", "").why == Why.NEAR_HOUSE


def test_a_house_inside_a_range_is_that_house() -> None:
    assert likeness("Ring 13", "Ring", "12-16") > 0.8


@given(st.text(max_size=80))
def test_any_text_is_folded_once_and_for_all(text: str) -> None:
    folded = normalise(text)
    assert normalise(folded) == folded
    parse(text)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=8), st.text(max_size=8))
def test_confidence_is_a_share(typed: str, street: str, house: str, unit: str) -> None:
    assert 0 <= likeness(typed, street, house, unit) <= 1
