"""Take an address apart: street or compound, house number, entrance."""

import re
from dataclasses import dataclass

from layers.geocoding.normalise import normalise

__all__ = ["Question", "parse"]

# "17033 Neubrandenburg" and what follows it says nothing that the street does not.
POST_TOWN = re.compile(r"\b\d{5,6}\b\s*\D*$")
# 春晖小区 3 2, 钟楼街 12, turmstr 12a, grosse wollweberstr 12/2, 春晖小区 3-2
HOUSE = r"\d{1,4}[a-z]?(?:[-/]\d{1,4}[a-z]?)?"
STREET_FIRST = re.compile(rf"^(?P<street>.*?[^\W\d].*?)\s+(?P<house>{HOUSE})(?P<rest>(?:\s+\S+)*)$")
NUMBER_FIRST = re.compile(rf"^(?P<house>{HOUSE})\s+(?P<street>[^\W\d].*)$")
COMPOUND = re.compile(r"(?:小区|花园|家园|新村|公寓|苑|园|院|里)$")
TOO_LONG = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for, folded; `house` and `unit` are empty when not said."""

    text: str
    street: str
    house: str = ""
    unit: str = ""


def parse(text: str) -> Question:
    """Take a typed address apart; a name of a shop or a place ends up in `street`.

    Text beyond 200 characters is cut off: no address is that long, and matching it costs time.
    """
    folded = normalise(text[:TOO_LONG])
    folded = POST_TOWN.sub("", folded).strip() or folded
    found = STREET_FIRST.match(folded)
    if found is None:
        turned = NUMBER_FIRST.match(folded)
        if turned is not None and not _is_name_with_number(folded):
            return Question(folded, turned["street"], turned["house"])
        return Question(folded, folded)
    street, house, rest = found["street"], found["house"], found["rest"].split()
    unit = next((word for word in rest if word[:1].isdigit()), "")
    if "-" in house and COMPOUND.search(street):
        # In a compound 3-2 is building 3, entrance 2; on a street 12-14 is one long house.
        house, _, unit = house.partition("-")
    return Question(folded, street, house, unit)


def _is_name_with_number(folded: str) -> bool:
    """Tell "1 ringstr" (a name, written 1. Ringstraße) from "12 turmstr" (a number first)."""
    number, _, name = folded.partition(" ")
    return name.startswith("ringstr") and number.isdigit()
