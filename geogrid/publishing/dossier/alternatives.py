"""Two or three plans side by side: the same figures of each, and which is better where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from geogrid.publishing.dossier.figures import Figures, figures_of
from geogrid.publishing.dossier.gathering import grids_told
from geogrid.publishing.impact import impact
from geogrid.territory.models import Plan

__all__ = ["MOST", "Alternative", "Cell", "Row", "SideBySide", "side_by_side"]

MOST = 3


@dataclass(frozen=True, slots=True)
class Alternative:
    """`handed` is how many dwellings change hands if this plan follows the one in force."""

    plan: Plan
    title: str
    figures: Figures
    exceptions: int
    handed: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    words: str
    value: float | None
    best: bool


@dataclass(frozen=True, slots=True)
class Row:
    word: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class SideBySide:
    plans: list[Alternative]
    rows: list[Row]


def side_by_side(plans: Sequence[Plan], *, at: datetime) -> SideBySide:
    """Figures of two or three plans of one scheme, in the language that is active."""
    told = [_alternative(plan, at) for plan in plans[:MOST]]
    return SideBySide(plans=told, rows=[_row(told, *line) for line in _lines()])


def _alternative(plan: Plan, at: datetime) -> Alternative:
    scheme = plan.scheme
    grids = grids_told(plan)
    running = Plan.objects.in_force(at).filter(scheme=scheme).first()
    handed: int | None = None
    if running is not None and running.pk != plan.pk:
        running.scheme = scheme
        handed = impact(plan, at=at, before=running).totals["households"]
    elif running is not None:
        handed = 0
    title = _("Plan %(number)s") % {"number": plan.number}
    return Alternative(
        plan=plan,
        title=f"{title} · {plan.name}" if plan.name else title,
        figures=figures_of(grids, scheme.households_min, scheme.households_max),
        exceptions=sum(grid.exceptional for grid in grids),
        handed=handed,
    )


Read = Callable[[Alternative], float | None]


def _lines() -> list[tuple[str, Read, int, int]]:
    """Word, value, digits, and which way is better: 1 more, -1 less, 0 neither."""
    return [
        (_("Grids"), lambda one: one.figures.grids, 0, 0),
        (_("Grids in range"), lambda one: one.figures.in_range, 0, 1),
        (_("Share in range, %"), lambda one: one.figures.share_in_range * 100, 1, 1),
        (_("Fewest dwellings in a grid"), lambda one: one.figures.least, 0, 0),
        (_("Dwellings in the middle (median)"), lambda one: one.figures.middle, 1, 0),
        (_("Most dwellings in a grid"), lambda one: one.figures.most, 0, 0),
        (_("Largest distance from the range, dwellings"), lambda one: one.figures.deviation, 0, -1),
        (_("Dwellings that change hands"), lambda one: one.handed, 0, -1),
        (_("Exceptions"), lambda one: one.exceptions, 0, -1),
        (_("Exceptions without a reason"), lambda one: one.figures.unexplained, 0, -1),
        (_("Compactness (1 is a circle)"), lambda one: one.figures.compactness, 3, 1),
    ]


def _row(told: Sequence[Alternative], word: str, read: Read, digits: int, better: int) -> Row:
    values = [read(one) for one in told]
    known = [round(value, digits) for value in values if value is not None]
    best: float | None = None
    if better and len(known) > 1 and len(set(known)) > 1:
        best = max(known) if better > 0 else min(known)
    return Row(
        word,
        [
            Cell(
                words=_number(value, digits),
                value=value,
                best=best is not None and value is not None and round(value, digits) == best,
            )
            for value in values
        ],
    )


def _number(value: float | None, digits: int) -> str:
    if value is None:
        return "–"
    return formats.number_format(round(value, digits), digits, force_grouping=True)
