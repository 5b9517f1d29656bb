"""What a repair found, in the words of the file: who may get which land, and who does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geogrid.coverage.choosing import NOBODY, Question, Subject
from geogrid.coverage.repair import Concern, Doubt, Move, Reason, Repair
from geogrid.territory.plan_files.placed import Placed
from layers.datum.shapes import Shape

__all__ = ["FileFinding", "Owners", "Sort", "choices_of", "findings_of"]

Owners = Mapping[str, str | None]
"""By the key of a finding the code of the grid that gets the land; None leaves it unassigned."""

PLACE = re.compile(r"\[(\S+) (\S+)\]")


class Sort(StrEnum):
    """What a finding is about; the last four leave nothing to choose."""

    OVERLAP = "overlap"
    GAP = "gap"
    MISSING = "missing"
    SLIVER = "sliver"
    ISLAND = "island"
    OUTSIDE = "outside"
    CROSSING = "crossing"
    EMPTY = "empty"
    VANISHED = "vanished"


SENTENCES = {
    Sort.OVERLAP: gettext_lazy("Several grids claim this land: %(names)s."),
    Sort.GAP: gettext_lazy("A small or narrow gap: no grid covers it."),
    Sort.MISSING: gettext_lazy(
        "No grid covers this land. Until somebody gets it, it is unassigned."
    ),
    Sort.SLIVER: gettext_lazy("A small piece of %(names)s, cut off from the rest of it."),
    Sort.ISLAND: gettext_lazy(
        "A piece of %(names)s that does not hang together with the rest of it."
    ),
    Sort.OUTSIDE: gettext_lazy(
        "%(names)s reaches beyond the territory; what lies outside is cut off."
    ),
    Sort.CROSSING: gettext_lazy("%(names)s crosses itself here and was taken apart."),
    Sort.EMPTY: gettext_lazy("%(names)s has no area: no grid can come of it."),
    Sort.VANISHED: gettext_lazy(
        "Nothing is left of %(names)s: others claim all of it, or it lies outside."
    ),
}
CONCERNS = {
    Concern.MENDED: Sort.CROSSING,
    Concern.EMPTY: Sort.EMPTY,
    Concern.VANISHED: Sort.VANISHED,
}
NAMED = 4  # grids named in a sentence


@dataclass(frozen=True, slots=True)
class FileFinding:
    """One place where a file does not fit, and what becomes of it.

    Attributes
    ----------
    key : str
        Stays the same however other findings are answered; see `geogrid.coverage.choosing`.
    sort : Sort
    where : shapely geometry
        EPSG:4326.
    area_m2 : float
    sentence : str
    options : tuple of str
        Codes of the grids that may sensibly get the land; () where nothing can be chosen.
    proposed, owner : str or None
        What the rules say, and who gets it now; None is nobody.
    chosen : bool
        Whether a person said so.
    """

    key: str
    sort: Sort
    where: Shape
    area_m2: float
    sentence: str
    options: tuple[str, ...] = ()
    proposed: str | None = None
    owner: str | None = None
    chosen: bool = False

    @property
    def open(self) -> bool:
        """Whether somebody can choose, and nobody has."""
        return bool(self.options) and not self.chosen


def choices_of(owners: Owners, drawn: Sequence[Placed]) -> dict[str, int]:
    """The same answers by the place of each grid in the file; codes that are none are left out."""
    places = {grid.code: number for number, grid in enumerate(drawn)}
    return {
        key: NOBODY if code is None else places[code]
        for key, code in owners.items()
        if code is None or code in places
    }


def findings_of(mended: Repair | None, drawn: Sequence[Placed]) -> list[FileFinding]:
    """Everything the repair of the grids `drawn` has to say; what can be chosen comes first."""
    if mended is None:
        return []
    found = [_asked(question, drawn) for question in mended.questions]
    cut = (move for move in mended.moves if move.reason is Reason.OUTSIDE)
    found += [_cut_off(move, drawn) for move in cut]
    found += [_said(doubt, drawn) for doubt in mended.doubts if doubt.concern in CONCERNS]
    return found


def _asked(question: Question, drawn: Sequence[Placed]) -> FileFinding:
    sort = {
        Subject.OVERLAP: Sort.OVERLAP,
        Subject.GAP: Sort.GAP,
        Subject.MISSING: Sort.MISSING,
        Subject.SLIVER: Sort.SLIVER,
        Subject.ISLAND: Sort.ISLAND,
    }[question.subject]

    def code(shape: int) -> str | None:
        return None if shape == NOBODY else drawn[shape].code

    return FileFinding(
        key=question.key,
        sort=sort,
        where=question.shape,
        area_m2=question.area_m2,
        sentence=_sentence(sort, question.claimants, drawn),
        options=tuple(
            drawn[shape].code
            for shape in (question.claimants if sort is Sort.OVERLAP else question.options)
        ),
        proposed=code(question.proposed),
        owner=code(question.owner),
        chosen=question.chosen,
    )


def _cut_off(move: Move, drawn: Sequence[Placed]) -> FileFinding:
    return FileFinding(
        key=_key(Sort.OUTSIDE, move.shape, move.losers),
        sort=Sort.OUTSIDE,
        where=move.shape,
        area_m2=move.area_m2,
        sentence=_sentence(Sort.OUTSIDE, move.losers, drawn),
    )


def _said(doubt: Doubt, drawn: Sequence[Placed]) -> FileFinding:
    sort, where = CONCERNS[doubt.concern], doubt.where
    if sort is Sort.CROSSING:
        place = PLACE.search(shapely.is_valid_reason(where))
        if place is not None:
            where = shapely.Point(*map(float, place.groups()))
    return FileFinding(
        key=_key(sort, doubt.where, doubt.shapes),
        sort=sort,
        where=where,
        area_m2=doubt.area_m2,
        sentence=_sentence(sort, doubt.shapes, drawn),
    )


def _sentence(sort: Sort, shapes: Iterable[int], drawn: Sequence[Placed]) -> str:
    names = [drawn[shape].called for shape in shapes]
    rest = len(names) - NAMED
    told = _(", ").join(names[:NAMED]) + (f" (+{rest})" if rest > 0 else "")
    return str(SENTENCES[sort]) % {"names": told}


def _key(sort: Sort, where: Shape, shapes: tuple[int, ...]) -> str:
    return sha256(f"{sort} {shapes}".encode() + shapely.to_wkb(where)).hexdigest()[:16]
