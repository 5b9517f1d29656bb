"""How well the registered doors of a street answer a house number. Pure.

A house that is registered is right if the street is. One that is not registered is never taken for
another one: it gets a place between its neighbours, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from layers.geocoding.normalise import number_key
from layers.geocoding.parsing import Question

__all__ = ["Door", "Match", "Why", "between", "match_doors", "name_likeness"]

Place = tuple[float, float]
LEADING_NUMBER = re.compile(r"\d+")
# How often a person means just this place, given that the street is right.
EXACT = 1.0
OTHER_LETTER = 0.85  # 12a where 12 is registered, or 12 inside 10-14
ENTRANCE_UNKNOWN = 0.9
ENTRANCE_NOT_SAID = 0.95
INTERPOLATED = 0.75  # the house is not registered; its place between known ones is
NEAR = 0.6  # a house a few numbers on; the street is right, the place roughly
FAR = 0.4
GAP = 12  # numbers on one side of a street between which a place is made up


class Why(StrEnum):
    EXACT = "exact"
    SPELLING = "spelling"
    BETWEEN_HOUSES = "between_houses"
    NEAR_HOUSE = "near_house"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class Door:
    """A registered address: parts as registered, (longitude, latitude)."""

    text: str
    street: str
    house: str
    unit: str
    place: Place


@dataclass(frozen=True, slots=True)
class Match:
    """A place on a street that may be meant; `share` 0 to 1, given that the street is right."""

    text: str
    place: Place
    share: float
    why: Why


def match_doors(question: Question, doors: Sequence[Door]) -> list[Match]:
    """What of the doors of one street or compound the question's house may mean, best first.

    Without a house the street answers once, at its middle door.
    """
    if not doors:
        return []
    if not question.house:
        return [_middle(doors)]
    wanted = {question.house, f"{question.house}-{question.building}"} - {f"{question.house}-"}
    exact = [door for door in doors if number_key(door.house) in wanted]
    if exact:
        return _entrances(question, exact)
    close = [door for door in doors if _covers(question.house, number_key(door.house))]
    if close:
        return [Match(door.text, door.place, OTHER_LETTER, Why.SPELLING) for door in close]
    return _neighbours(question, doors)


def between(number: int, doors: Iterable[Door]) -> Place | None:
    """A place for a missing house between the nearest known ones on its side of the street.

    None where it lies beyond the known ones, or they are more than 12 numbers apart.
    """
    side = sorted(
        (known[0], door.place)
        for door in doors
        if (known := _numbers(number_key(door.house))) and (known[0] - number) % 2 == 0
    )
    below = [one for one in side if one[0] < number]
    above = [one for one in side if one[0] > number]
    if not below or not above or above[0][0] - below[-1][0] > GAP:
        return None
    (first, (west, south)), (last, (east, north)) = below[-1], above[0]
    share = (number - first) / (last - first)
    return west + (east - west) * share, south + (north - south) * share


def name_likeness(asked: str, known: str) -> float:
    """Likeness of two folded names, 0 to 1: transposed letters and missing words are forgiven."""
    if asked == known:
        return 1.0
    if not asked or not known:
        return 0.0
    letters = DamerauLevenshtein.normalized_similarity(asked, known)
    words = fuzz.token_set_ratio(asked, known) / 100 * 0.9
    part = fuzz.partial_ratio(asked, known) / 100 * 0.8 if len(asked) >= 2 else 0.0
    return min(max(letters, words, part), 0.99)


def _entrances(question: Question, doors: Sequence[Door]) -> list[Match]:
    """The entrance that was asked for; without one all of them, each as the house it belongs to."""
    if question.unit:
        said = [door for door in doors if number_key(door.unit) == question.unit]
        if said:
            return [Match(door.text, door.place, EXACT, Why.EXACT) for door in said]
        return [Match(door.text, door.place, ENTRANCE_UNKNOWN, Why.SPELLING) for door in doors]
    whole = [door for door in doors if not door.unit]
    if whole or len(doors) == 1:
        return [Match(door.text, door.place, EXACT, Why.EXACT) for door in whole or doors]
    return [Match(door.text, door.place, ENTRANCE_NOT_SAID, Why.EXACT) for door in doors]


def _neighbours(question: Question, doors: Sequence[Door]) -> list[Match]:
    leading = LEADING_NUMBER.match(question.house)
    if leading is None:
        return [Match(door.text, door.place, FAR, Why.NEAR_HOUSE) for door in doors]
    number = int(leading[0])
    found = []
    place = between(number, doors)
    if place is not None:
        street = doors[0].street
        gap = "" if not street.isascii() and not street[-1].isascii() else " "
        text = f"{street}{gap}{question.house}"
        found.append(Match(text, place, INTERPOLATED, Why.BETWEEN_HOUSES))
    for door in doors:
        share = _nearness(number, number_key(door.house))
        found.append(Match(door.text, door.place, share, Why.NEAR_HOUSE))
    return sorted(found, key=lambda match: -match.share)


def _nearness(number: int, house: str) -> float:
    known = _numbers(house)
    if not known:
        return FAR
    away = min(abs(number - known[0]), abs(number - known[-1]))
    # The other side of the street is less likely to be the same block.
    side = 0 if (number - known[0]) % 2 == 0 else 2
    return round(max(NEAR - 0.01 * (away + side), FAR), 3)


def _covers(asked: str, known: str) -> bool:
    """12a and 12 are beside each other; 12 lies in 10-14."""
    wanted, have = LEADING_NUMBER.match(asked), _numbers(known)
    return bool(wanted and have and have[0] <= int(wanted[0]) <= have[-1])


def _middle(doors: Sequence[Door]) -> Match:
    x = sum(door.place[0] for door in doors) / len(doors)
    y = sum(door.place[1] for door in doors) / len(doors)
    middle = min(doors, key=lambda one: (one.place[0] - x) ** 2 + (one.place[1] - y) ** 2)
    return Match(middle.street, middle.place, 1.0, Why.STREET)


def _numbers(house: str) -> list[int]:
    """The numbers a house stands for: 12a is [12], 12-16 is [12, 16], 12/2 is [12]."""
    found = [int(number) for number in LEADING_NUMBER.findall(house.partition("/")[0])[:2]]
    return sorted(found) if "-" in house else found[:1]
