"""Fold the spellings of one address into one text.

"Turmstraße 12 A", "turmstr. 12a" and the same in full-width letters become `turmstr 12a`;
"钟楼街12号" and "钟楼街 十二 号" become `钟楼街 12`. Made for comparing, not for showing.
"""

import re
import unicodedata

__all__ = ["normalise", "number_key", "search_key"]

HAN = "\u3400-\u9fff"
DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
TENS = {"十": 10, "百": 100}
# What follows a number and only says what kind of number it is.
MARKERS = "号楼|号院|号|栋|幢|座|单元|室|弄|楼|层"
CHINESE_NUMBER = re.compile(rf"([〇零一二两三四五六七八九十百]+)(?=\s*(?:{MARKERS}))")
MARKED_NUMBER = re.compile(rf"(\d+[a-z]?)\s*(?:{MARKERS})")
STREET_ENDING = re.compile(r"(?:strasse|strase|str\.|str)(?![a-z])")
LETTER_AFTER_NUMBER = re.compile(r"(?<=\d)\s+([a-z])(?![a-z])")
# After these folds "Müller", "Mueller" and "Muller" are one name.
UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
TWO_LETTER_UMLAUT = re.compile(r"ae|oe|ue")


def normalise(text: str) -> str:
    """Return the folded spelling of an address, or of the part of one; "" for nothing usable."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = folded.translate(UMLAUTS).replace("ß", "ss")
    folded = TWO_LETTER_UMLAUT.sub(lambda pair: pair[0][0], folded)
    folded = CHINESE_NUMBER.sub(lambda found: str(_chinese_number(found[1])), folded)
    folded = MARKED_NUMBER.sub(r"\1 ", folded)
    folded = STREET_ENDING.sub("str ", folded)
    folded = re.sub(rf"(?<=[{HAN}])(?=\d)|(?<=\d)(?=[{HAN}])", " ", folded)
    folded = re.sub(r"[^\w/-]|_", " ", folded)
    folded = re.sub(r"(?<!\d)[/-]|[/-](?!\d)", " ", folded)
    folded = LETTER_AFTER_NUMBER.sub(r"\1", folded)
    folded = re.sub(rf"(?<=[{HAN}])\s+(?=[{HAN}])", "", folded)
    return " ".join(folded.split())


def number_key(text: str) -> str:
    """Return a house or entrance number as it is compared: "12 A" and "１２ａ号" are `12a`."""
    return normalise(text).replace(" ", "")


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
