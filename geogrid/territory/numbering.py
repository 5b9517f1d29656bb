"""The next free code below a parent: one rule for edits, imports, first plans and new land.

After the highest number ever used, so that a code is not taken for that of a grid that ended; only
where the digits do not suffice for that, from the gaps below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from geogrid.territory.errors import CodesExhausted

__all__ = ["code_of", "free_numbers", "label_of"]


def free_numbers(prefix: str, width: int, used: Iterable[str], *, parent: str) -> Iterator[int]:
    """Numbers whose codes below `prefix` are free, without end.

    Parameters
    ----------
    prefix : str
        The parent's code, or that of the area.
    width : int
        Digits that the level adds.
    used : iterable of str
        Codes in use, or used once; also such as do not begin with the prefix.
    parent : str
        What the parent is called, for the refusal.

    Raises
    ------
    CodesExhausted
        When all numbers of that many digits are used.
    """
    tails = (code[len(prefix) :] for code in used if code.startswith(prefix))
    taken = {int(tail) for tail in tails if len(tail) == width and tail.isdecimal()}
    highest, most = max(taken, default=0), 10**width
    yield from range(highest + 1, most)
    yield from (number for number in range(1, highest) if number not in taken)
    raise CodesExhausted(width=width, parent=parent)


def code_of(prefix: str, number: int, width: int) -> str:
    """The code of a number below a parent."""
    return f"{prefix}{number:0{width}d}"


def label_of(number: int) -> str:
    """What maps show: two digits, more only where the number has more."""
    return f"{number:02d}"
