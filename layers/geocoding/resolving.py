"""From a typed address to candidates with a confidence that means something. Pure.

The confidence of a candidate is the probability that it is what was meant: of its street against
all other streets and against one that is not registered (`street_names`), times that of the house
on it (`matching`). A house that is registered on one of two like-named streets speaks for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from layers.geocoding.matching import Door, Match, Place, Why, match_doors
from layers.geocoding.parsing import Question, parse
from layers.geocoding.street_names import StreetNames

__all__ = ["Meaning", "resolve"]

DoorsOf = Callable[[Sequence[str]], Mapping[str, Sequence[Door]]]
HOUSE_UNKNOWN = 0.1  # how often people ask for houses that are not registered
STREET_IS_KNOWN = 0.01  # a name typed as it is known is hardly ever an unknown one
REGISTERED = 0.85  # from this share on, the house speaks for its street
UNLIKELY = 0.03
SAME_DOOR_M = 100.0  # two rows of one door lie closer; farther apart the person has to choose
NEIGHBOURS = 3
METRES_PER_DEGREE = 111_320.0
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One possible meaning. `confidence` 0 to 1, `place` (longitude, latitude) in EPSG:4326."""

    text: str
    street: str
    place: Place
    confidence: float
    why: Why


def resolve(text: str, names: StreetNames, doors_of: DoorsOf, *, limit: int = 10) -> list[Meaning]:
    """What `text` may mean, likeliest first; houses a few numbers on only where nothing is nearer.

    `doors_of` returns the registered doors of some streets, by street.
    """
    question = parse(text)
    if len(question.street.replace(" ", "")) < 2:
        return []
    likely = names.like(question.street)
    if not likely:
        return []
    doors = doors_of([one.name for one in likely])
    matches = {one.name: match_doors(question, doors.get(one.name, ())) for one in likely}
    weights = {
        one.name: one.weight * (1.0 if _registered(question, matches[one.name]) else HOUSE_UNKNOWN)
        for one in likely
        if matches[one.name]
    }
    unknown = names.unknown_weight(question.street)
    if likely[0].cost == 0:
        unknown *= STREET_IS_KNOWN
    total = sum(weights.values()) + unknown * (HOUSE_UNKNOWN if question.house else 1.0)
    typed = {one.name: one.cost == 0 for one in likely}
    found = [
        _meaning(match, name, weights[name] / total, exact=typed[name])
        for name in weights
        for match in _worth_telling(matches[name])
    ]
    found = _once_each(found)
    found.sort(key=lambda one: (-one.confidence, _natural(one.text)))
    return [one for one in found if one.confidence >= UNLIKELY][:limit]


def _registered(question: Question, matches: Sequence[Match]) -> bool:
    return bool(matches) and (not question.house or matches[0].share >= REGISTERED)


def _worth_telling(matches: Sequence[Match]) -> Sequence[Match]:
    """All that fit, or the nearest few that do not."""
    if matches and matches[0].why in (Why.BETWEEN_HOUSES, Why.NEAR_HOUSE):
        return matches[: NEIGHBOURS + 1]
    return matches


def _meaning(match: Match, street: str, sure: float, *, exact: bool) -> Meaning:
    why = Why.SPELLING if match.why == Why.EXACT and not exact else match.why
    return Meaning(match.text, street, match.place, round(sure * match.share, 3), why)


def _once_each(found: Sequence[Meaning]) -> list[Meaning]:
    """Rows of one door once; where they lie far apart the confidence is shared out."""
    groups: dict[str, list[Meaning]] = {}
    for one in found:
        same = groups.setdefault(one.text, [])
        if all(_metres(one.place, other.place) > SAME_DOOR_M for other in same):
            same.append(one)
    return [
        Meaning(one.text, one.street, one.place, round(one.confidence / len(same), 3), one.why)
        for same in groups.values()
        for one in same
    ]


def _metres(a: Place, b: Place) -> float:
    east = (a[0] - b[0]) * math.cos(math.radians(a[1])) * METRES_PER_DEGREE
    return math.hypot(east, (a[1] - b[1]) * METRES_PER_DEGREE)


def _natural(text: str) -> list[tuple[int, str]]:
    """Sort "Turmstraße 9" before "Turmstraße 12"."""
    return [(int(number), text) for number in DIGITS.findall(text)] or [(0, text)]
