"""How well a registered address answers what somebody typed."""

import re
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from layers.geocoding.parsing import Question

__all__ = ["Match", "Why", "score"]

LEADING_NUMBER = re.compile(r"\d+")
SAME_NUMBER_OTHER_LETTER = 0.85
NEAR_NUMBER = 0.75  # a house a few numbers on; the street is right, the place roughly
FAR_NUMBER = 0.4
ENTRANCE_UNKNOWN = 0.9
NOT_SAID = 0.95  # the question named no house: any house of the street answers in part


class Why(StrEnum):
    EXACT = "exact"
    SPELLING = "spelling"
    NEAR_HOUSE = "near_house"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class Match:
    """`confidence` 0 to 1; 1 means that nothing had to be guessed."""

    confidence: float
    why: Why


def score(question: Question, street: str, house: str, unit: str) -> Match:
    """Compare a question with an address whose parts are folded (`normalise`, `number_key`)."""
    names = name_likeness(question.street, street)
    numbers = _number_likeness(question.house, house) if question.house else NOT_SAID
    if question.unit and numbers >= SAME_NUMBER_OTHER_LETTER:
        numbers *= 1.0 if question.unit == unit else ENTRANCE_UNKNOWN
    # Squared: a wrong street with the right number must not beat the right street without it.
    confidence = round(names**2 * numbers, 3)
    if not question.house:
        why = Why.STREET
    elif numbers <= NEAR_NUMBER:
        why = Why.NEAR_HOUSE
    else:
        why = Why.EXACT if confidence == 1 else Why.SPELLING
    return Match(confidence, why)


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


def _number_likeness(asked: str, known: str) -> float:
    if asked == known:
        return 1.0
    wanted, have = LEADING_NUMBER.match(asked), _numbers(known)
    if wanted is None or not have:
        return FAR_NUMBER
    number = int(wanted[0])
    if have[0] <= number <= have[-1]:
        return SAME_NUMBER_OTHER_LETTER
    away = min(abs(number - have[0]), abs(number - have[-1]))
    # The other side of the street is less likely to be the same block.
    side = 0 if (number - have[0]) % 2 == 0 else 2
    return max(NEAR_NUMBER - 0.02 * (away + side), FAR_NUMBER)


def _numbers(house: str) -> list[int]:
    """The numbers a house stands for: 12a is [12], 12-16 is [12, 16], 12/2 is [12]."""
    found = [int(number) for number in LEADING_NUMBER.findall(house.partition("/")[0])[:2]]
    return sorted(found) if "-" in house else found[:1]
