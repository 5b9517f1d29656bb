"""Which grid of a plan a text in a roster means: a code, a name, a number, with its community."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz, process

from geogrid.duty.roster.problems import Problem
from geogrid.territory.models import Grid, GridCode, Plan, Succession

__all__ = ["GridBook", "Known", "fold"]

OFFERED = 5
LIKENESS = 45  # of 100
DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {
    "\u3007": 0,
    "两": 2,
}
CHINESE = re.compile(
    r"[一二三四五六七八九十〇零两]+(?=号?网格|$)|(?<=第)[一二三四五六七八九十〇零两]+"
)
WORDS = re.compile(r"综合网格|基础网格|专属网格|网格|grids?|nr\.?|no\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """A grid of the plan; `path` is its name below its community's, where that is not in it."""

    lineage: UUID
    code: str
    name: str
    label: str
    level: int
    parent: str

    @property
    def path(self) -> str:
        if not self.parent or self.name.startswith(self.parent):
            return self.name
        return f"{self.parent} {self.name}"


class GridBook:
    """All grids of a plan that somebody can answer for, found as people write them."""

    def __init__(self, plan: Plan | None) -> None:
        self.plan = plan
        rows = (
            Grid.objects.filter(plan=plan).exclude(kind=Grid.Kind.UNASSIGNED).order_by("code")
            if plan
            else Grid.objects.none()
        )
        self.grids = [
            Known(*row)
            for row in rows.values_list("lineage", "code", "name", "label", "level", "parent__name")
        ]
        self.lowest = max((grid.level for grid in self.grids), default=0)
        self.by_lineage = {grid.lineage: grid for grid in self.grids}
        self._by_key: dict[str, list[Known]] = {}
        for grid in self.grids:
            for key in _keys(grid):
                self._by_key.setdefault(key, []).append(grid)

    def find(self, text: str, community: str = "") -> tuple[Known | None, Problem | None]:
        """The grid that is meant, or what is wrong with the text and what it may be."""
        plain = unicodedata.normalize("NFKC", text).strip()
        for key in _asked(plain, community):
            found = self._by_key.get(key, [])
            if len(found) > 1 and community:
                wanted = fold(community)
                found = [grid for grid in found if fold(grid.parent) == wanted] or found
            if len(found) > 1:
                leaves = [grid for grid in found if grid.level == self.lowest]
                found = leaves if len(leaves) == 1 else found
            if len(found) == 1:
                return found[0], None
            if found:
                return None, Problem("grid_several", {"text": text[:60]}, choices=_named(found))
        return None, self._unknown(text, plain, community)

    def _unknown(self, text: str, plain: str, community: str) -> Problem:
        followers = self._followers(plain)
        number = self.plan.number if self.plan else "–"
        if followers is not None:
            near = followers or self._near(plain, community)
            data = {"text": text[:60], "number": number}
            return Problem("grid_not_in_force", data, choices=_named(near))
        near = self._near(plain, community)
        return Problem("grid_unknown", {"text": text[:60]}, choices=_named(near))

    def _near(self, plain: str, community: str) -> list[Known]:
        asked = fold(f"{community} {plain}" if community not in plain else plain)
        names = [fold(grid.path) for grid in self.grids]
        hits = process.extract(asked, names, scorer=fuzz.WRatio, limit=OFFERED)
        return [self.grids[at] for _, score, at in hits if score >= LIKENESS]

    def _followers(self, plain: str) -> list[Known] | None:
        """Grids that follow one of another plan with that code or name; None: there was none."""
        if self.plan is None:
            return None
        scheme = self.plan.scheme_id
        lineages = set(
            GridCode.objects.filter(scheme=scheme, code=plain).values_list("lineage", flat=True)
        ) | set(
            Grid.objects.filter(plan__scheme=scheme, name=plain).values_list("lineage", flat=True)
        )
        if not lineages:
            return None
        seen: set[UUID] = set()
        while lineages - seen:
            seen |= lineages
            after = Succession.objects.filter(plan__scheme=scheme, from_lineage__in=lineages)
            lineages = lineages | set(after.values_list("to_lineage", flat=True))
        return [self.by_lineage[one] for one in lineages if one in self.by_lineage][:OFFERED]


def fold(text: str) -> str:
    """镜湖社区第三网格, 镜湖社区 03号网格 and 镜湖社区3 are one; so are Grid 03 and 3."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = CHINESE.sub(lambda found: str(_number(found[0])), folded)
    folded = WORDS.sub("", folded)
    folded = re.sub(r"第(?=\d)|(?<=\d)号", "", folded)
    folded = re.sub(r"(?<!\d)0+(?=\d)", "", folded)
    return re.sub(r"[\W_]", "", folded)


def _keys(grid: Known) -> Iterable[str]:
    """Code, name, number, and number or name below the community's name."""
    own = {fold(grid.name), fold(grid.label)}
    below = {fold(f"{grid.parent} {grid.name}"), fold(f"{grid.parent} {grid.label}")}
    return {f"={grid.code}", *own, *(below if grid.parent else set())} - {""}


def _asked(plain: str, community: str) -> list[str]:
    keys = [f"={plain}"]
    if community and community not in plain:
        keys.append(fold(f"{community} {plain}"))
    keys.append(fold(plain))
    return [key for key in keys if key]


def _named(grids: Iterable[Known]) -> tuple[tuple[str, str], ...]:
    rows = list(grids)[:OFFERED]
    return tuple((str(grid.lineage), f"{grid.path} ({grid.code})") for grid in rows)


def _number(digits: str) -> int:
    """三, 十二, 二十, 二十三; what is none of them reads digit by digit."""
    tens, _, ones = digits.partition("十")
    if "十" in digits:
        return (DIGITS.get(tens, 1) if tens else 1) * 10 + (DIGITS.get(ones, 0) if ones else 0)
    return int("".join(str(DIGITS[digit]) for digit in digits))
