"""How the letters of a file are written: said in the file, else decided on its bytes.

Chinese offices send GB18030 (and its older parts GBK, GB2312) and UTF-8 alike, often without saying
which. Bytes of Chinese text in GB18030 are hardly ever valid UTF-8, so the decision is safe with a
handful of names; it is shown on names all the same, because a person sees at once whether it is
right.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from layers.intake.sentences import gettext as _

__all__ = ["Encoding", "as_text", "decide", "known"]

CANDIDATES = ("utf-8", "gb18030")
SHOWN = 5
BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
LONGEST_LETTER = 4  # bytes: fields of fixed width cut letters in two
CODE_PAGES = {"936": "gb18030", "54936": "gb18030", "65001": "utf-8", "950": "big5hkscs"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a file's texts.

    Attributes
    ----------
    name : str
        For Python: "utf-8", "gb18030" ...
    because : str
        What it was decided on, for the report.
    samples : tuple of str
        Some texts with letters beyond ASCII, read in this encoding.
    doubt : str
        Says what speaks against it; "" when nothing does.
    """

    name: str
    because: str
    samples: tuple[str, ...] = ()
    doubt: str = ""


def known(name: str) -> str | None:
    """Python's name of an encoding as a .cpg file or a person writes it; None when unknown."""
    asked = name.strip().strip("\ufeff").lower().removeprefix("ansi ").removeprefix("cp")
    asked = CODE_PAGES.get(asked, asked)
    if asked in ("gbk", "gb2312", "cp936", "oem 936"):
        asked = "gb18030"  # its superset
    if asked.isdigit():
        asked = {"88591": "latin-1"}.get(asked, f"cp{asked}")
    try:
        return codecs.lookup(asked).name
    except (LookupError, ValueError):
        return None


def as_text(value: bytes, encoding: str) -> str:
    """Decode a value; a letter cut in two at its end is dropped, others become U+FFFD."""
    for cut in range(LONGEST_LETTER):
        try:
            return value[: len(value) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
    return value.decode(encoding, errors="replace")


def decide(
    values: Iterable[bytes], *, declared: str | None = None, declared_in: str = ""
) -> Encoding:
    """Decide on the encoding of texts.

    Parameters
    ----------
    values : iterable of bytes
        The texts as they stand in the file; those in ASCII say nothing.
    declared : str, optional
        What the file or a person says. It counts; bytes that contradict it become a doubt.
    declared_in : str
        Who says so, for the report.
    """
    declared_in = declared_in or _("the file")
    telling = list(dict.fromkeys(value for value in values if not value.isascii()))
    read = {name: sum(_reads(value, name) for value in telling) for name in CANDIDATES}
    best = _best(telling, read)
    if declared:
        name = known(declared)
        if name is None:
            return Encoding(
                best,
                _("its bytes; %(declared_in)s says %(declared)s, which is no known encoding")
                % {"declared_in": declared_in, "declared": declared},
                _samples(telling, best),
            )
        good = sum(_reads(value, name) for value in telling)
        doubt = ""
        if good < len(telling) and read[best] > good:
            doubt = _(
                "%(declared_in)s says %(declared)s, but %(bad)s of %(count)s texts cannot be read "
                "so; %(best)s reads %(good)s."
            ) % {
                "declared_in": declared_in,
                "declared": declared,
                "bad": len(telling) - good,
                "count": len(telling),
                "best": best,
                "good": read[best],
            }
        return Encoding(
            name,
            _("%(declared_in)s says %(declared)s")
            % {"declared_in": declared_in, "declared": declared},
            _samples(telling, name),
            doubt,
        )
    if not telling:
        return Encoding("utf-8", _("all its texts are ASCII"))
    if not read[best] or (best == "gb18030" and _lonely(telling)):
        return Encoding(
            "cp1252",
            _("its bytes: single letters among ASCII, as western languages have"),
            _samples(telling, "cp1252"),
            _("its texts are neither UTF-8 nor Chinese and were read as western (cp1252)."),
        )
    doubt = ""
    if read[best] < len(telling):
        doubt = _("%(bad)s of %(count)s texts cannot be read as %(best)s.") % {
            "bad": len(telling) - read[best],
            "count": len(telling),
            "best": best,
        }
    return Encoding(
        best,
        _("its bytes: %(good)s of %(count)s texts can be read so")
        % {"good": read[best], "count": len(telling)},
        _samples(telling, best),
        doubt,
    )


def _best(telling: Sequence[bytes], read: dict[str, int]) -> str:
    """The encoding that reads most; of two alike, the one that yields more common letters."""
    return max(
        CANDIDATES, key=lambda name: (read[name], _plausible(telling, name), name == "utf-8")
    )


def _lonely(telling: Sequence[bytes]) -> bool:
    """Whether most letters beyond ASCII stand alone: ü in Grün; Chinese ones take two bytes."""
    runs = [len(run) for value in telling for run in BEYOND_ASCII.findall(value)]
    return sum(run == 1 for run in runs) > len(runs) / 2


def _plausible(telling: Sequence[bytes], encoding: str) -> float:
    text = "".join(as_text(value, encoding) for value in telling)
    letters = [letter for letter in text if not letter.isascii()]
    return sum(letter.isalpha() for letter in letters) / len(letters) if letters else 0.0


def _reads(value: bytes, encoding: str) -> bool:
    text = as_text(value, encoding)
    return "\ufffd" not in text and not any(0xE000 <= ord(letter) <= 0xF8FF for letter in text)


def _samples(telling: Sequence[bytes], encoding: str) -> tuple[str, ...]:
    texts = (as_text(value, encoding).strip() for value in telling)
    return tuple(dict.fromkeys(text for text in texts if text))[:SHOWN]
