"""Fold the spellings of one address into one text.

"Turmstraße 12 A", "turmstr. 12a" and the same in full-width letters become `turmstr 12a`;
"钟楼街12号", "钟楼街 十二 号" and "鐘樓街12號" become `钟楼街 12`. Made for comparing, not for
showing.
"""

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

__all__ = [
    "HAN",
    "NAME_WORDS",
    "NUMBER_WORDS",
    "arabic",
    "normalise",
    "number_key",
    "search_key",
    "simplified",
]

HAN = "\u3400-\u9fff"
DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
TENS = {"十": 10, "百": 100}
# What follows a number and only says what kind of number it is.
NUMBER_WORDS = "号楼|号院|号|栋|幢|座|单元|室|楼|层"
# What follows a number inside a name: 中山北路二段 is 中山北路2段, and another road than 一段.
NAME_WORDS = "段|巷|弄|期|组|队"
CHINESE_NUMBER = re.compile(
    rf"([〇零一二两三四五六七八九十百]+)(?=\s*(?:{NUMBER_WORDS}|{NAME_WORDS}))"
)
MARKED_NUMBER = re.compile(rf"(\d+[a-z]?)\s*(?:{NUMBER_WORDS})")
STREET_ENDING = re.compile(r"(?:strasse|strase|str\.|str)(?![a-z])")
LETTER_AFTER_NUMBER = re.compile(r"(?<=\d)\s+([a-z])(?![a-z])")
# After these folds "Müller", "Mueller" and "Muller" are one name.
UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
TWO_LETTER_UMLAUT = re.compile(r"ae|oe|ue")
SPACED_RANGE = re.compile(r"(\d[a-z]?)\s*([/-])\s*(?=\d)")
BETWEEN_NUMBERS = re.compile(r"(?<=[0-9a-z]) (?=\d)")
REMEMBERED = 100_000  # names and numbers come again and again

_to_simplified = OpenCC("t2s")


def simplified(text: str) -> str:
    """Compatibility forms, case and traditional characters folded; nothing else."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded if folded.isascii() else _to_simplified.convert(folded)


def arabic(text: str) -> str:
    """Chinese numerals that stand before a word for houses, entrances ... as digits."""
    return CHINESE_NUMBER.sub(lambda found: str(_chinese_number(found[1])), text)


@lru_cache(REMEMBERED)
def normalise(text: str) -> str:
    """Return the folded spelling of an address, or of the part of one; "" for nothing usable."""
    folded = simplified(text).translate(UMLAUTS).replace("ß", "ss")
    folded = TWO_LETTER_UMLAUT.sub(lambda pair: pair[0][0], folded)
    folded = SPACED_RANGE.sub(r"\1\2", folded)
    folded = MARKED_NUMBER.sub(r"\1 ", arabic(folded))
    folded = STREET_ENDING.sub("str ", folded)
    folded = re.sub(rf"(?<=[{HAN}])(?=\d)|(?<=\d)(?=[{HAN}])", " ", folded)
    folded = re.sub(r"[^\w/-]|_", " ", folded)
    folded = re.sub(r"(?<!\d)[/-]|[/-](?!\d)", " ", folded)
    folded = LETTER_AFTER_NUMBER.sub(r"\1", folded)
    folded = re.sub(rf"(?<=[{HAN}])\s+(?=[{HAN}])", "", folded)
    return " ".join(folded.split())


@lru_cache(REMEMBERED)
def number_key(text: str) -> str:
    """Return a house or entrance number as it is compared: "12 A" and "１２ａ号" are `12a`.

    Several numbers stay several: 12栋5 is `12-5`, never 125.
    """
    return BETWEEN_NUMBERS.sub("-", normalise(text)).replace(" ", "")


def search_key(street: str, house: str = "", unit: str = "") -> str:
    """Return what `Address.search` holds: street or compound, house and entrance, folded."""
    return " ".join(
        part for part in (normalise(street), number_key(house), number_key(unit)) if part
    )


def _chinese_number(digits: str) -> int:
    """Read 十二, 二十, 一百零三 and digit by digit 三〇二."""
    if not any(digit in TENS for digit in digits):
        return int("".join(str(DIGITS[digit]) for digit in digits))
    total, pending = 0, 0
    for digit in digits:
        if digit in TENS:
            total += max(pending, 1) * TENS[digit]
            pending = 0
        else:
            pending = DIGITS[digit]
    return total + pending
