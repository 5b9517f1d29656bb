"""Take an address apart: street or compound, house number, entrance, room.

What stands before a street (省市区, 街道, 社区; a town after a postcode) is left in `street`: only
who knows the streets can tell 镇海路 in 镇海 from a road of that name, see `street_names`.
"""

import re
from dataclasses import dataclass

from layers.geocoding.normalise import (
    HAN,
    NAME_WORDS,
    NUMBER_WORDS,
    arabic,
    normalise,
    number_key,
    simplified,
)

__all__ = ["Question", "parse"]

# "17033 Neubrandenburg" and what follows it says nothing that the street does not.
POST_TOWN = re.compile(r"\b\d{5,6}\b\s*\D*$")
POST_CODE_BEFORE = re.compile(r"^\s*\d{5,6}(?=\D)")
# 钟楼街 12, turmstr 12a, grosse wollweberstr 12/2, 春晖小区 3-2
HOUSE = r"\d{1,4}[a-z]?(?:[-/]\d{1,4}[a-z]?){0,2}"
STREET_FIRST = re.compile(rf"^(?P<street>.*?[^\W\d].*?)\s+(?P<house>{HOUSE})(?P<rest>(?:\s+\S+)*)$")
NUMBER_FIRST = re.compile(rf"^(?P<house>{HOUSE})\s+(?P<street>[^\W\d].*)$")
COMPOUND = re.compile(r"(?:小区|花园|家园|新村|公寓|苑|园|院|里|城|庭|府|湾)(?: \d+ 期)?$")
# A number that says what it numbers, wherever it stands: 3栋, 2单元, 501室; or the lone number that
# ends a name: 春晖小区3-2-501.
MARKED = re.compile(rf"(?P<number>\d+[a-z]?(?:[-/]\d+[a-z]?)?)\s*(?P<word>{NUMBER_WORDS})")
HOUSES = ("号", "号院", "号楼", "栋", "幢", "座", "楼")
STREET_NUMBERS = ("号", "号院")
ENTRANCES = ("单元",)
ROOMS = ("室", "层")
HAN_LETTER = re.compile(f"[{HAN}]")
LONGEST_ENTRANCE = 2  # digits
TOO_LONG = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for, folded; parts are empty when not said.

    `building` is a building of a house that has several: 人民路12号3栋 is house 12, building 3.
    """

    text: str
    street: str
    house: str = ""
    unit: str = ""
    building: str = ""
    room: str = ""


def parse(text: str) -> Question:
    """Take a typed address apart; a name of a shop or a place ends up in `street`.

    Text beyond 200 characters is cut off: no address is that long, and matching it costs time.
    """
    text = text[:TOO_LONG]
    folded = normalise(text)
    folded = POST_TOWN.sub("", folded).strip() or folded
    if HAN_LETTER.search(folded):
        marked = _by_words(text, folded)
        if marked is not None:
            return marked
    found = STREET_FIRST.match(folded)
    if found is None:
        turned = NUMBER_FIRST.match(folded)
        if turned is not None and not _is_name_with_number(folded):
            return Question(folded, turned["street"], turned["house"])
        return Question(folded, folded)
    street, house, rest = found["street"], found["house"], found["rest"].split()
    if house.isdigit() and _goes_on(rest):  # 中山北路 2 段 27 巷 4
        street, house, rest = _longer_name(street, house, rest)
    numbers = [word for word in rest if word[:1].isdigit()]
    unit, room = (*numbers, "", "")[:2]
    if "-" in house and COMPOUND.search(street):
        # In a compound 3-2 is building 3, entrance 2; on a street 12-14 is one long house.
        house, unit, room = (*re.split("[-/]", house), *numbers, "", "")[:3]
    return Question(folded, street, house, unit, room=room)


def _by_words(text: str, folded: str) -> Question | None:
    """Chinese: each number with its word, in whatever order they were written."""
    plain = POST_CODE_BEFORE.sub("", arabic(simplified(text)))
    houses: list[tuple[str, str]] = []
    unit = room = ""

    def take(found: re.Match[str]) -> str:
        nonlocal unit, room
        number, word = found["number"].replace("/", "-"), found["word"]
        if word in ENTRANCES:
            unit = unit or number
        elif word in ROOMS:
            room = room or number
        else:
            houses.append((number, word))
        return " "

    name = MARKED.sub(take, plain)
    if not houses and not unit:
        return None
    house, building, leading = _house_and_building(houses)
    street = normalise(name)
    lone = STREET_FIRST.match(street)
    if lone is not None and not _goes_on(lone["rest"].split()):  # 2单元501, 3-2单元
        number = lone["house"]
        if not house:
            street, house = lone["street"], number
        elif lone["rest"] == "":
            street = lone["street"]
            if unit or len(number) > LONGEST_ENTRANCE:  # 3栋501, but 3栋2
                room = room or number
            else:
                unit = number
    if "-" in house and not leading and not unit and COMPOUND.search(street):
        house, _, unit = house.partition("-")
    return Question(folded, street, house, unit, building, room) if street else None


def _house_and_building(houses: list[tuple[str, str]]) -> tuple[str, str, bool]:
    """The number on the street, and the building behind it; whether there is a street number."""
    streets = [number for number, word in houses if word in STREET_NUMBERS]
    others = [number for number, word in houses if word not in STREET_NUMBERS]
    if streets:
        return number_key(streets[0]), number_key(next(iter(others), "")), True
    return number_key(next(iter(others), "")), "", False


def _goes_on(rest: list[str]) -> bool:
    """Whether a number belongs to the name: a word for parts of a name follows it."""
    return bool(rest) and rest[0][:1] in NAME_WORDS.split("|")


def _longer_name(street: str, house: str, rest: list[str]) -> tuple[str, str, list[str]]:
    while house and _goes_on(rest):
        street = f"{street} {house} {rest.pop(0)}"
        house = rest.pop(0) if rest and rest[0][:1].isdigit() else ""
    return street, house, rest


def _is_name_with_number(folded: str) -> bool:
    """Tell "1 ringstr" (a name, written 1. Ringstraße) from "12 turmstr" (a number first)."""
    number, _, name = folded.partition(" ")
    return name.startswith("ringstr") and number.isdigit()
