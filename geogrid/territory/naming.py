"""What grids are called: after their quarter and their number, as the area's language does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["grid_name", "name_like", "quarter_name"]

NUMBERED = re.compile(r"^(?P<before>.*?)(?P<number>\d+)(?P<after>\D*)$")


def quarter_name(place: str, language: str) -> str:
    """Innenstadt; 古城 becomes 古城社区, a village stays 柳岸村."""
    if not language.startswith("zh") or place.endswith(("村", "社区")):
        return place
    return f"{place}社区"


def grid_name(quarter: str, number: int, language: str) -> str:
    """Innenstadt 03; 古城社区第3网格."""
    if language.startswith("zh"):
        return f"{quarter}第{number}网格"
    return f"{quarter} {number:02d}"


def name_like(neighbours: Iterable[str], number: int) -> str | None:
    """A name after the pattern that most of the neighbours' names follow; None without one.

    Innenstadt 03, Innenstadt 04 -> Innenstadt 05; 河东第3网格, 河东第4网格 -> 河东第5网格.
    """
    patterns: Counter[tuple[str, str, int]] = Counter()
    for name in neighbours:
        found = NUMBERED.match(name)
        if found:
            digits = found["number"]
            width = len(digits) if digits.startswith("0") else 0
            patterns[found["before"], found["after"], width] += 1
    if not patterns:
        return None
    merged: Counter[tuple[str, str]] = Counter()
    for (before, after, _), times in patterns.items():
        merged[before, after] += times
    (before, after), times = merged.most_common(1)[0]
    if not before or (times < 2 and sum(merged.values()) > 1):
        return None
    width = max(wide for (b, a, wide) in patterns if (b, a) == (before, after))
    return f"{before}{number:0{width}d}{after}" if width else f"{before}{number}{after}"


def renamed(name: str, old: int, new: int) -> str:
    """The name with its number `old` replaced; unchanged when it was not named after it."""
    found = NUMBERED.match(name)
    if found is None or int(found["number"]) != old:
        return name
    digits = found["number"]
    width = len(digits) if digits.startswith("0") else 0
    return f"{found['before']}{new:0{width}d}{found['after']}"
