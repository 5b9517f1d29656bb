"""Candidates for a typed address, best first, out of the registered addresses and places."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Max, Q, QuerySet

from layers.geocoding.matching import Why, name_likeness, score
from layers.geocoding.normalise import normalise, number_key
from layers.geocoding.parsing import Question, parse
from layers.places.models import Address, Place

__all__ = ["Candidate", "find_addresses", "find_places"]

STREETS_COMPARED = 6
STREETS_FROM_INDEX = 40
LIKE_ENOUGH = 0.86  # below, the trigram index may have missed the name: compare all of them
UNLIKELY = 0.3  # below, an answer is not worth a line on the screen
UNLIKE = 0.5  # names
NAME_ALIKE = 0.4  # shared trigrams of a place's name; one wrong letter in a short name costs half
PLACES_COMPARED = 50
MUCH_WORSE = 0.75  # an answer that far behind the best one only distracts
NEIGHBOURS_OFFERED = 3
SAME_DOOR_DEGREES = 3  # decimals: two rows of one door lie closer than about 100 m
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible meaning of what was typed. `confidence` is 0 to 1, `anchor` in EPSG:4326."""

    label: str
    kind: str
    anchor: Point
    confidence: float
    why: Why


def find_addresses(text: str, among: QuerySet[Address], *, limit: int = 10) -> list[Candidate]:
    """Return the addresses of `among` that `text` may mean, most likely first.

    Without a house number each street answers once, at its middle house; neighbours of a house only
    where the house itself is not registered. Doors registered twice
    are shown once, unless they lie far apart: then the person has to choose.
    """
    question = parse(text)
    if len(question.street) < 2:
        return []
    names = _streets_like(question.street, among)
    if not names:
        return []
    begins = Q()
    for name in names:
        begins |= Q(search__startswith=normalise(name))
    rows = [row for row in among.filter(begins) if row.street in names]
    found = _doors(question, rows) if question.house else _middles(question, rows)
    best = max((candidate.confidence for candidate in found), default=0)
    neighbours = 0 if best == 1 else NEIGHBOURS_OFFERED
    near = [candidate for candidate in found if candidate.why == Why.NEAR_HOUSE][neighbours:]
    found = [candidate for candidate in found if candidate not in near]
    bar = max(UNLIKELY, best * MUCH_WORSE)
    return _once_each(c for c in found if c.confidence >= bar)[:limit]


def find_places(
    text: str, among: Iterable[tuple[str, QuerySet[Place]]], *, limit: int = 5
) -> list[Candidate]:
    """Return named places (`kind`, rows) whose name is like `text`."""
    wanted = normalise(text)
    if len(wanted) < 2:
        return []
    found = []
    for kind, rows in among:
        likely = rows.annotate(alike=TrigramWordSimilarity(text, "name")).filter(
            Q(name__icontains=text.strip()) | Q(alike__gte=NAME_ALIKE)
        )
        for place in likely.order_by("-alike")[:PLACES_COMPARED]:
            likeness = round(name_likeness(wanted, normalise(place.name)), 3)
            if likeness >= UNLIKE + 0.15:
                why = Why.EXACT if likeness == 1 else Why.SPELLING
                found.append(Candidate(place.name, kind, place.anchor, likeness, why))
    found.sort(key=lambda candidate: (-candidate.confidence, candidate.label))
    return _once_each(found)[:limit]


def _streets_like(wanted: str, among: QuerySet[Address]) -> set[str]:
    indexed = (
        among.filter(search__trigram_word_similar=wanted)
        .annotate(likeness=TrigramWordSimilarity(wanted, "search"))
        .values("street")
        .annotate(best=Max("likeness"))
        .order_by("-best")
        .values_list("street", flat=True)[:STREETS_FROM_INDEX]
    )
    ranked = _rank(wanted, indexed)
    if not ranked or ranked[0][0] < LIKE_ENOUGH:
        everything = among.order_by().values_list("street", flat=True).distinct()
        ranked = _rank(wanted, everything)
    if ranked and ranked[0][0] == 1:
        ranked = [pair for pair in ranked if pair[0] == 1]
    return {name for _, name in ranked[:STREETS_COMPARED]}


def _rank(wanted: str, names: Iterable[str]) -> list[tuple[float, str]]:
    likeness = ((name_likeness(wanted, normalise(name)), name) for name in names)
    return sorted(
        (pair for pair in likeness if pair[0] >= UNLIKE), key=lambda pair: (-pair[0], pair[1])
    )


def _doors(question: Question, rows: Iterable[Address]) -> list[Candidate]:
    found = []
    for row in rows:
        match = score(question, normalise(row.street), number_key(row.house), number_key(row.unit))
        found.append(Candidate(row.text, "address", row.anchor, match.confidence, match.why))
    return sorted(found, key=lambda door: (-door.confidence, _natural(door.label)))


def _middles(question: Question, rows: Iterable[Address]) -> list[Candidate]:
    streets: dict[str, list[Address]] = {}
    for row in rows:
        streets.setdefault(row.street, []).append(row)
    found = []
    for street, doors in streets.items():
        x = sum(door.anchor.x for door in doors) / len(doors)
        y = sum(door.anchor.y for door in doors) / len(doors)
        middle = min(doors, key=lambda door: (door.anchor.x - x) ** 2 + (door.anchor.y - y) ** 2)
        likeness = round(score(question, normalise(street), "", "").confidence, 3)
        found.append(Candidate(street, "street", middle.anchor, likeness, Why.STREET))
    return sorted(found, key=lambda candidate: (-candidate.confidence, candidate.label))


def _once_each(candidates: Iterable[Candidate]) -> list[Candidate]:
    kept: dict[tuple[str, float, float], Candidate] = {}
    for candidate in candidates:
        place = (
            candidate.label,
            round(candidate.anchor.x, SAME_DOOR_DEGREES),
            round(candidate.anchor.y, SAME_DOOR_DEGREES),
        )
        kept.setdefault(place, candidate)
    return list(kept.values())


def _natural(label: str) -> list[tuple[int, str]]:
    """Sort "Turmstraße 9" before "Turmstraße 12"."""
    numbers = [int(found) for found in DIGITS.findall(label)]
    return [(number, label) for number in numbers] or [(0, label)]
