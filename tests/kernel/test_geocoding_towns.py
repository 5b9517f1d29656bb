"""Every registered address of a town, mistyped, shortened and turned round: is it found again?"""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures import jinghu
from layers.geocoding.matching import Door
from layers.geocoding.normalise import number_key
from layers.geocoding.resolving import resolve
from layers.geocoding.street_names import StreetNames
from layers.intake import doors
from layers.intake.osm import read_extract

FIXTURES = Path(jinghu.__path__[0]).parent
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SURE = 0.9


@dataclass(frozen=True, slots=True)
class Town:
    names: StreetNames
    by_street: Mapping[str, Sequence[Door]]

    @classmethod
    def read(cls, path: Path) -> "Town":
        found, _ = doors.doors_of(read_extract(path).addresses)
        by_street: dict[str, list[Door]] = defaultdict(list)
        for one in found:
            place = (one.anchor.x, one.anchor.y)
            by_street[one.street].append(Door(one.text, one.street, one.house, one.unit, place))
        return cls(StreetNames(by_street), by_street)

    def all(self) -> list[Door]:
        return [door for row in self.by_street.values() for door in row]

    def rate(self, spelled: Callable[[Door], str], *, each: int = 1) -> tuple[float, float]:
        """Shares of every `each`th address whose house is found first; that are wrong above 0.9."""
        right = sure_and_wrong = 0
        every = self.all()[::each]
        for door in every:
            found = resolve(spelled(door), self.names, lambda names: self.by_street)
            same = bool(found) and found[0].street == door.street and self._is(door, found[0].text)
            right += same
            sure_and_wrong += bool(found) and not same and found[0].confidence > SURE
        return right / len(every), sure_and_wrong / len(every)

    def _is(self, door: Door, text: str) -> bool:
        return any(
            one.text == text and number_key(one.house) == number_key(door.house)
            for one in self.by_street[door.street]
        )


@pytest.fixture(scope="module")
def german() -> Town:
    return Town.read(FIXTURES / "neubrandenburg" / "extract.osm.pbf")


@pytest.fixture(scope="module")
def chinese() -> Town:
    return Town.read(FIXTURES / "jinghu" / "town.osm.pbf")


def mistyped(name: str, rng: random.Random) -> str:
    """One letter left out, put in, changed, or swapped with its neighbour."""
    at = rng.choice([place for place, letter in enumerate(name) if letter.isalpha()])
    match rng.choice("lics"):
        case "l":
            return name[:at] + name[at + 1 :]
        case "i":
            return name[:at] + rng.choice(LETTERS) + name[at:]
        case "c":
            return name[:at] + rng.choice(LETTERS.replace(name[at].lower(), "")) + name[at + 1 :]
    first = min(at, len(name) - 2)
    return name[:first] + name[first + 1] + name[first] + name[first + 2 :]


def test_a_whole_town_with_one_slip_in_every_address(german: Town) -> None:
    rng = random.Random(20261123)
    assert len(german.all()) > 7_000
    right, wrong = german.rate(lambda door: f"{mistyped(door.street, rng)} {door.house}")
    assert right >= 0.97 and wrong < 0.005


def wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def in_numerals(house: str) -> str:
    digits = "零一二三四五六七八九"
    number = "".join(filter(str.isdecimal, house))
    if not number or int(number) > 19:
        return house
    tens, ones = divmod(int(number), 10)
    return house.replace(number, ("十" if tens else "") + (digits[ones] if ones else ""))


SPELLINGS: dict[str, Callable[[Door], str]] = {
    "as it is": lambda door: door.text,
    "full width": lambda door: wide(door.text),
    "with all that is around it": lambda door: f"湖东省镜湖市镜湖街道春晖社区{door.text}",
    "postcode first": lambda door: f"430000 镜湖市镜湖街道 {door.text}",
    "number first": lambda door: f"{door.house}{door.unit} {door.street}",
    "entrance, house, name": lambda door: f"{door.unit}{door.house}{door.street}",
    "blanks": lambda door: f" {door.street} {door.house} {door.unit} ",
    "Chinese numerals": lambda door: f"{door.street}{in_numerals(door.house)}{door.unit}",
    "another word for building": lambda door: door.text.replace("栋", "幢"),
    "with a room": lambda door: f"{door.text}{'501室' if door.unit else ''}",
    "without the word for a compound": lambda door: door.text.replace("小区", ""),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_chinese_addresses_whatever_is_missing_or_turned_round(
    chinese: Town, spelling: str
) -> None:
    right, wrong = chinese.rate(SPELLINGS[spelling], each=4)
    assert right >= 0.95 and wrong < 0.005
