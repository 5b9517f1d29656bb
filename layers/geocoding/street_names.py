"""Which of the known streets and compounds a typed name means. Pure.

What was typed is compared with every known name that shares letters with it; each gets a cost in
mistyped letters. Costs become probabilities against each other and against "a street that is not
known here", so an answer is sure when nothing else comes near, and not because it looks alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from layers.geocoding.normalise import HAN, normalise

__all__ = ["SURPRISE", "Likely", "StreetNames"]

# One mistyped letter makes a name e^SURPRISE times less likely to be meant.
SURPRISE = 3.0
# A name typed with more mistakes than this share of its letters is likelier to be an unknown one.
# A Chinese character carries more than a letter, yet names are short: 人民路, 人和路 are two roads.
UNKNOWN_FROM, UNKNOWN_FROM_HAN = 0.30, 0.45
UNKNOWN_AT_MOST = 3.5
COMPARED = 48
SUFFIX_LEFT_OUT = 0.7  # "Turm 12" for Turmstraße
WORD_LEFT_OUT = 0.6  # "Weinert-Straße" for Erich-Weinert-Straße
INITIAL = 0.2  # "E.-Weinert-Straße"
WORD_TOO_MANY = 0.8  # "beim Turm Turmstraße"
REGION_TOO_MANY = 0.1  # 镜湖街道, Neubrandenburg: where the street is
HAN_TOO_MANY = 0.35  # a character nobody knows what it is for
OTHER_NUMBER = 2.0  # 中山北路一段 is not 二段, though one letter tells them apart
STREET = "strasse"
LATIN_SUFFIXES = ("str", "weg", "platz", "allee", "ring", "gasse", "damm", "road", "street", "st")
HAN_SUFFIXES = ("小区", "花园", "路", "街", "巷", "大道", "村")
REGION = re.compile(
    rf"^(?:[{HAN}]{{2,8}}?(?:省|自治区|特别行政区))?(?:[{HAN}]{{2,7}}?[市州盟])?"
    rf"(?:[{HAN}]{{1,7}}?[区县市旗])?(?:[{HAN}]{{1,7}}?(?:街道|镇|乡))?"
    rf"(?:[{HAN}]{{1,8}}?(?:社区|居委会|村委会|村))?"
)
DIGITS = re.compile(r"\d+")
HAN_LETTER = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Likely:
    """A known name and how far the typed one is from it.

    Attributes
    ----------
    name : str
        As it is known.
    cost : float
        Mistyped letters, left-out words and the like; 0 says exactly this.
    """

    name: str
    cost: float

    @property
    def weight(self) -> float:
        """How likely this typing is, were this the name meant."""
        return math.exp(-SURPRISE * self.cost)


class StreetNames:
    """The names of streets and compounds of a territory, to be asked for typed ones.

    Parameters
    ----------
    names : iterable of str
        As they are shown.
    aliases : mapping of str to str
        Other spoken or former names -> the name it is known by now.
    regions : iterable of str
        What the places around are called: such words before or after a name say nothing.
    """

    def __init__(
        self,
        names: Iterable[str],
        *,
        aliases: Mapping[str, str] | None = None,
        regions: Iterable[str] = (),
    ) -> None:
        self.names = sorted(set(names))
        self._regions = {word for name in regions for word in normalise(name).split()}
        variants: dict[tuple[str, int], float] = {}
        place = {name: at for at, name in enumerate(self.names)}
        spoken = [(name, at) for at, name in enumerate(self.names)]
        spoken += [(old, place[now]) for old, now in (aliases or {}).items() if now in place]
        for name, at in spoken:
            for variant, cost in _variants(normalise(name)):
                key = (variant, at)
                variants[key] = min(cost, variants.get(key, cost))
        self._variants = [variant for variant, _ in variants]
        self._of = np.array([at for _, at in variants], dtype=np.int64)
        self._extra = list(variants.values())
        self._length = np.array([max(len(_grams(one)), 1) for one in self._variants], dtype=float)
        self._exact: dict[str, list[int]] = {}
        for number, variant in enumerate(self._variants):
            self._exact.setdefault(variant, []).append(number)
        postings: dict[str, list[int]] = {}
        for number, variant in enumerate(self._variants):
            for gram in set(_grams(variant)):
                postings.setdefault(gram, []).append(number)
        self._postings = {gram: np.array(rows, dtype=np.int64) for gram, rows in postings.items()}

    def __len__(self) -> int:
        return len(self.names)

    def like(self, typed: str, *, limit: int = 8) -> list[Likely]:
        """Known names that `typed` (folded, see `parsing`) may mean, likeliest first."""
        windows = list(self._windows(typed))
        if not windows:
            return []
        best: dict[int, float] = {}
        for number in self._near(typed):
            variant, at = self._variants[number], int(self._of[number])
            known = best.get(at, math.inf)
            cost = self._extra[number] + self._cost(windows, variant, known - self._extra[number])
            if cost < known:
                best[at] = cost
        order = sorted(best.items(), key=lambda one: (one[1], self.names[one[0]]))
        return [Likely(self.names[at], round(cost, 2)) for at, cost in order[:limit]]

    def unknown_weight(self, typed: str) -> float:
        """How likely it is that a street is meant that nobody has registered."""
        windows = list(self._windows(typed))
        longest = max((window for window, _ in windows), key=len, default="")
        share = UNKNOWN_FROM_HAN if HAN_LETTER.search(longest) else UNKNOWN_FROM
        return math.exp(-SURPRISE * min(share * len(longest), UNKNOWN_AT_MOST))

    def _near(self, typed: str) -> Sequence[int]:
        """Variants that share most pairs of letters with what was typed."""
        grams = [self._postings[one] for one in set(_grams(typed.replace(" ", "")))
                 if one in self._postings]  # fmt: skip
        if not grams:
            return []
        shared = np.bincount(np.concatenate(grams), minlength=len(self._variants))
        rank: NDArray[np.float64] = shared - 0.35 * (self._length - shared)
        rank[shared == 0] = -np.inf
        count = min(COMPARED, int((shared > 0).sum()))
        chosen = np.argpartition(-rank, count - 1)[:count]
        return [int(one) for one in chosen]

    def _windows(self, typed: str) -> Iterator[tuple[str, float]]:
        """Parts of what was typed that can be the name, and what leaving the rest away costs."""
        words = typed.split()
        if HAN_LETTER.search(typed):
            yield from self._han_windows("".join(words))
            return
        for first in range(len(words)):
            for last in range(len(words), first, -1):
                left = [*words[:first], *words[last:]]
                cost = sum(
                    REGION_TOO_MANY if word in self._regions else WORD_TOO_MANY for word in left
                )
                if cost <= 3 * WORD_TOO_MANY:
                    yield "".join(words[first:last]), cost
                    mended = _with_ending(words[first:last])
                    if mended:
                        yield mended, cost + 1.0

    def _han_windows(self, text: str) -> Iterator[tuple[str, float]]:
        yield text, 0.0
        region = REGION.match(text)
        stops = {len(region[0])} if region and region[0] else set()
        stops |= {found.end() for found in re.finditer("[省市区县镇乡道村]|社区", text)}
        for start in range(1, len(text) - 1):
            known = start in stops or text[:start] in self._regions
            cost = REGION_TOO_MANY if known else HAN_TOO_MANY * min(start, 6)
            yield text[start:], cost

    @staticmethod
    def _cost(windows: Sequence[tuple[str, float]], variant: str, below: float) -> float:
        """The cheapest way to read `variant` out of the windows; inf from `below` on."""
        best = below
        numbers = DIGITS.findall(variant)
        for window, dropped in windows:
            if dropped >= best or abs(len(window) - len(variant)) + dropped >= best:
                continue
            if window == variant:
                best = dropped
                continue
            distance = OSA.distance(window, variant, score_cutoff=4)
            if distance > 4:
                continue
            other = 0.0 if DIGITS.findall(window) == numbers else OTHER_NUMBER
            best = min(best, dropped + distance + other)
        return best if best < below else math.inf


def _with_ending(words: Sequence[str]) -> str:
    """With a mistyped "strasse" at the end as `str`, which is how it is compared; else ""."""
    whole = "".join(words)
    for length in (7, 6, 8):
        tail = whole[-length:]
        if len(whole) > length and OSA.distance(tail, STREET, score_cutoff=1) == 1:
            return whole[:-length] + "str"
    return ""


def _grams(text: str) -> list[str]:
    """Pairs of letters; of Chinese also the single characters."""
    pairs = [text[at : at + 2] for at in range(len(text) - 1)]
    return [*pairs, *(letter for letter in text if "\u3400" <= letter <= "\u9fff")] or [text]


def _variants(folded: str) -> Iterator[tuple[str, float]]:
    """Ways a name is written: whole, without its ending, without first words, with initials."""
    words = folded.split()
    whole = "".join(words)
    if not whole:
        return
    yield whole, 0.0
    for suffix in (*LATIN_SUFFIXES, *HAN_SUFFIXES):
        bare = whole.removesuffix(suffix)
        if bare != whole and len(bare) >= (2 if HAN_LETTER.search(bare) else 4):
            yield bare, SUFFIX_LEFT_OUT
            break
    if len(words) >= 3 and not HAN_LETTER.search(folded):
        for first in range(1, len(words) - 1):
            yield "".join(words[first:]), WORD_LEFT_OUT * first
        yield "".join([words[0][0], *words[1:]]), INITIAL
        yield "".join([*(word[0] for word in words[:-2]), *words[-2:]]), INITIAL
