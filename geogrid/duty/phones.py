"""Telephone numbers as offices write them. Pure."""

import re
import unicodedata

__all__ = ["CHINA", "as_written", "country_of", "digits_of", "id_number", "plausible"]

CHINA = "CN"

ALLOWED = re.compile(r"^\+?[\d\s\-–()./#*转x]+$", re.IGNORECASE)
EXTENSION = re.compile(r"(?:转|x|#).*$", re.IGNORECASE)
FEWEST, MOST = 5, 17  # digits; an extension counts
SHORTEST_ANYWHERE = 3  # an office line of few digits, as 115 in Germany
ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def as_written(text: str) -> str:
    """In plain letters with single spaces, otherwise as it was typed."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("–", "-").split())


def digits_of(phone: str) -> str:
    """What is dialled; two spellings of a number have the same."""
    plain = re.sub(r"\D", "", as_written(phone))
    return plain.removeprefix("0086").removeprefix("86") if len(plain) > 11 else plain


def country_of(calendar: str) -> str:
    """The country whose holidays an area keeps, "DE" for "de-MV": its telephones are there too."""
    return calendar.split("-")[0].strip().upper()


def plausible(phone: str, country: str = CHINA) -> bool:
    """Whether it can be dialled; an ID number and a shortened Chinese mobile number cannot.

    Outside of `CHINA` whatever has as many digits as numbers have somewhere: lengths differ from
    country to country, and in Germany from street to street.
    """
    written = as_written(phone)
    chinese = country == CHINA
    if not ALLOWED.match(written) or id_number(written, sure=not chinese):
        return False
    if not chinese:
        return SHORTEST_ANYWHERE <= len(digits_of(written)) <= MOST
    main = digits_of(EXTENSION.sub("", written))
    if len(main) in (10, 12) and re.match(r"1[3-9]", main) and not written.startswith("+"):
        return False  # a mobile number with a digit too few or too many
    return FEWEST <= len(digits_of(written)) <= MOST


def id_number(text: str, *, sure: bool = False) -> bool:
    """Whether a text holds a resident ID number: 18 places, or 15 as until 1999.

    A mistyped one is one, too; unless `sure` is asked for, where other long codes are to be
    expected: then birthday and check digit both have to be right.
    """
    return any(_an_id(found[0], sure) for found in ID_NUMBER.finditer(as_written(text)))


def _an_id(digits: str, sure: bool) -> bool:
    if len(digits) == 15:
        return not sure and _date(f"19{digits[6:12]}")
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], WEIGHTS, strict=True))
    checked, born = CHECKS[total % 11] == digits[17].upper(), _date(digits[6:14])
    return (checked and born) if sure else (checked or born)


def _date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    return 1900 <= year <= 2030 and 1 <= month <= 12 and 1 <= day <= 31
