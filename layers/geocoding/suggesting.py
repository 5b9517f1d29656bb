"""What somebody may be about to type: names that begin so, sound so, or are one slip away. Pure.

Streets, compounds and places stand in one index. Chinese names are also found by pinyin, whole
(zhonglou) or by initials (zlj), because that is how they are typed. Once a name stands there,
the numbers of its doors follow.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from layers.geocoding.normalise import HAN, normalise, number_key
from layers.geocoding.parsing import parse
from layers.geocoding.street_names import StreetNames

__all__ = ["Name", "Names", "Suggestion", "complete"]

HAN_LETTER = re.compile(f"[{HAN}]")
MISTYPED_AT_MOST = 1.2  # letters; more than that is no suggestion but a guess
SHORTEST_MISTYPED = 3
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Name:
    """A name that can be suggested; `kind` groups it (street, school ...), `weight` orders it."""

    text: str
    kind: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` is what stands in the box once chosen; `whole` says that nothing needs to follow."""

    text: str
    kind: str
    whole: bool = False


class Names:
    """All names of a territory, sorted under everything they can begin with.

    500,000 addresses have some thousand streets: the index holds names, never doors.
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self.names = list(dict.fromkeys(names))
        keys: list[tuple[str, int]] = []
        for at, name in enumerate(self.names):
            keys += [(key, at) for key in _begins(name.text)]
        keys.sort()
        self._keys = [key for key, _ in keys]
        self._at = [at for _, at in keys]
        by_text: dict[str, list[int]] = {}
        for at, name in enumerate(self.names):
            by_text.setdefault(name.text, []).append(at)
        self._by_text = by_text
        self._alike = StreetNames(by_text)

    def like(self, typed: str, *, limit: int = 8) -> list[Name]:
        """Names that begin with `typed`, in letters or pinyin; then those one slip away."""
        folded = normalise(typed).replace(" ", "")
        if not folded:
            return []
        found: dict[int, tuple[int, float, int, str]] = {}
        at = bisect.bisect_left(self._keys, folded)
        while at < len(self._keys) and self._keys[at].startswith(folded) and len(found) < 400:
            number = self._at[at]
            name = self.names[number]
            rank = (int(self._keys[at] != folded), -name.weight, len(name.text), name.text)
            found[number] = min(rank, found.get(number, rank))
            at += 1
        if len(found) < limit and len(folded) >= SHORTEST_MISTYPED:
            for one in self._alike.like(normalise(typed), limit=limit):
                if one.cost <= MISTYPED_AT_MOST:
                    for number in self._by_text[one.name]:
                        name = self.names[number]
                        found.setdefault(number, (2, one.cost, len(name.text), name.text))
        order = sorted(found, key=lambda number: found[number])
        return [self.names[number] for number in order[:limit]]


def complete(typed: str, doors: Mapping[str, Sequence[str]], *, limit: int = 8) -> list[str]:
    """Doors of the named streets that go on as `typed` does: 12 gives 12, 12a, 120, 121 ...

    `doors` are the texts of the doors of each street that is meant, by house and entrance.
    """
    question = parse(typed)
    wanted = "-".join(part for part in (question.house, question.unit) if part)
    rows: list[tuple[bool, tuple[int, ...], str]] = []
    for street, texts in doors.items():
        for text in texts:
            key = number_key(text[len(street) :])
            if key.startswith(wanted):
                numbers = tuple(int(number) for number in DIGITS.findall(key))
                rows.append((key != wanted, numbers, text))
    return [text for _, _, text in sorted(rows)[:limit]]


@lru_cache(50_000)
def _begins(text: str) -> tuple[str, ...]:
    """Everything a name can begin with when it is typed: itself, its later words, its pinyin."""
    folded = normalise(text)
    words = folded.split()
    begins = {"".join(words[at:]) for at in range(len(words))} if words else set()
    if HAN_LETTER.search(folded):
        # Imported here: its dictionary of phrases is 56 MB, for processes that suggest Chinese.
        from pypinyin import Style, lazy_pinyin

        begins.add("".join(lazy_pinyin(folded)).replace(" ", ""))
        begins.add("".join(lazy_pinyin(folded, style=Style.FIRST_LETTER)).replace(" ", ""))
    return tuple(begin for begin in begins if begin)
