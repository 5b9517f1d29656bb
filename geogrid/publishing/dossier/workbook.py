"""The dossier as a workbook: the same figures as on paper, to go on reckoning with.

Numbers are numbers. Texts that begin like a formula are texts: a name typed by a stranger must not
run on the machine of whoever opens the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from geogrid.coverage.files.worksheets import finish, sheet_title
from geogrid.publishing.dossier.alternatives import SideBySide
from geogrid.publishing.dossier.gathering import Community, GridTold, PostTold, Told
from geogrid.publishing.dossier.paper import state_word, title_of, upper_level
from geogrid.territory.models import Level

__all__ = ["workbook_of"]

WIDEST, NARROWEST = 46, 7
Cells = Sequence[Any]


def workbook_of(told: Told, *, maker: str = "", alternatives: SideBySide | None = None) -> bytes:
    """XLSX in the language that is active: summary, grids, hand-overs, certificate."""
    from openpyxl import Workbook  # only who writes one loads it

    book = Workbook()
    book.remove(book.active)
    _sheet(book, pgettext("chapter", "Summary"), _summary(told, maker), heads=(8,))
    _sheet(book, _("Grids"), _grids(told), heads=(1,), frozen="C2")
    _sheet(book, _("Hand-overs"), _hand_overs(told), heads=(1,), frozen="A2")
    _sheet(book, _("Tiling certificate"), _certificate(told))
    if alternatives is not None:
        _sheet(book, _("Alternatives"), _alternatives(alternatives), heads=(1,), frozen="B2")
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _summary(told: Told, maker: str) -> Iterable[Cells]:
    plan, area = told.plan, told.plan.scheme.area
    at = told.at.astimezone(ZoneInfo(area.timezone))
    yield [_("Territory"), area.name]
    yield [_("Plan"), title_of(plan.number, plan.name)]
    yield [pgettext("of a plan", "State"), state_word(told.steps.stage)]
    yield [_("Dwellings from, to"), plan.scheme.households_min, plan.scheme.households_max]
    yield [pgettext("when", "Printed"), at.replace(tzinfo=None)]
    yield [_("By whom"), maker]
    yield []
    yield [
        upper_level(told), _("Code"), _("Grids"), _("Dwellings"), _("least"), _("middle"),
        _("most"), pgettext("grids", "in range"), _("Exceptions"), _("Area, m²"),
    ]  # fmt: skip
    for one in told.communities:
        yield [one.name, one.code, *_figures(one.figures, len(one.exceptions))]
    yield [_("Together"), "", *_figures(told.figures, told.exceptions)]


def _figures(figures: Any, exceptions: int) -> list[Any]:
    return [
        figures.grids, figures.dwellings, figures.least, figures.middle, figures.most,
        figures.in_range, exceptions, round(figures.area_m2),
    ]  # fmt: skip


def _grids(told: Told) -> Iterable[Cells]:
    yield [
        _("Code"), _("Grid"), _("Number on maps"), upper_level(told), _("Kind"),
        pgettext("limit", "North"), pgettext("limit", "East"), pgettext("limit", "South"),
        pgettext("limit", "West"), _("Dwellings"), _("Buildings"), _("Shops"), _("Schools"),
        _("Hospitals and clinics"), _("Public facilities"), _("Hazard points"), _("Area, m²"),
        _("Compactness"), pgettext("grids", "in range"), _("Why out of range"),
        _("Why in several pieces"), _("Posts"),
    ]  # fmt: skip
    for one in told.communities:
        for grid in one.grids:
            yield _grid(one, grid)


def _grid(one: Community, grid: GridTold) -> list[Any]:
    loads = grid.loads
    return [
        grid.code, grid.name, grid.label, one.name, grid.kind_word, *grid.limits,
        loads["dwellings"], loads["buildings"], loads["shops"], loads["schools"],
        loads["hospitals"], loads["facilities"], loads["hazards"], round(grid.area_m2, 1),
        round(grid.compactness, 3), _("yes") if grid.in_range else _("no"), grid.reason,
        grid.pieces_reason, "; ".join(_post(post, count) for post, count in grid.posts_counted),
    ]  # fmt: skip


def _post(post: PostTold, count: int) -> str:
    chinese = (translation.get_language() or "zh").startswith("zh")
    role = post.role.name_zh if chinese else post.role.name_en
    if not post.held:
        how = _("vacant (%(reason)s)") % {"reason": post.vacancy}
    elif post.acting:
        how = _("somebody acting")
    else:
        how = pgettext("post", "held")
    times = f" ×{count}" if count > 1 else ""
    return f"{role}{pgettext('before an explanation', ': ')}{how}{times}"


def _hand_overs(told: Told) -> Iterable[Cells]:
    yield [
        _("From code"), _("From grid"), _("To code"), _("To grid"), _("Dwellings"),
        _("Addresses"), _("Buildings"), _("Shops"), _("Schools"), _("Hospitals and clinics"),
        _("Public facilities"), _("Hazard points"), _("Open cases"), _("Area, m²"),
    ]  # fmt: skip
    counted = (
        "households", "addresses", "buildings", "shops", "schools", "hospitals", "facilities",
        "hazards", "cases",
    )  # fmt: skip
    for one in told.changes.hand_overs if told.changes else []:
        counts = [one.counts.get(name, 0) for name in counted]
        sides = [one.from_code, one.from_name, one.to_code, one.to_name]
        yield [*sides, *counts, round(one.area_m2, 1)]


def _certificate(told: Told) -> Iterable[Cells]:
    told_of, proof = told.certificate, told.certificate.proof
    at = told_of.at.astimezone(ZoneInfo(told.plan.scheme.area.timezone))
    yield [_("The grids tile the territory exactly"), _("yes") if told_of.exact else _("no")]
    yield [_("Grids"), proof.grids]
    yield [_("Unmatched, counted by the database"), proof.unmatched_database]
    yield [_("Unmatched, counted by the geometry kernel"), proof.unmatched_kernel]
    for level, number in zip(told.levels, proof.unmatched_levels, strict=False):
        words = _("Unmatched, level %(level)s against the one above") % {"level": _named(level)}
        yield [words, number]
    yield [_("Shapes that cross themselves"), proof.invalid]
    yield [_("Vertices of grids"), proof.vertices]
    yield [_("Vertices of the outline"), proof.outline_vertices]
    yield [_("Area of all grids added up, m²"), round(proof.area_of_grids, 1)]
    yield [_("Area of the outline, m²"), round(proof.area_of_outline, 1)]
    yield [_("Digest of the plan"), told_of.digest]
    yield [_("Digest of the outline"), told_of.outline_digest]
    yield [pgettext("when", "Counted"), at.replace(tzinfo=None)]
    yield [pgettext("software", "By"), told_of.software]
    yield [_("Plan, revision"), told.plan.number, told.plan.revision]


def _named(level: Level) -> str:
    chinese = (translation.get_language() or "zh").startswith("zh")
    return level.name_zh if chinese else level.name_en


def _alternatives(sides: SideBySide) -> Iterable[Cells]:
    yield [pgettext("of a plan", "Figure"), *(one.title for one in sides.plans)]
    for row in sides.rows:
        yield [row.word, *(cell.value for cell in row.cells)]


def _sheet(
    book: Any, title: str, rows: Iterable[Cells], *, heads: tuple[int, ...] = (), frozen: str = ""
) -> None:
    sheet = book.create_sheet(sheet_title(title))
    for row in rows:
        sheet.append([_legible(value) for value in row])
    finish(sheet, heads=heads, frozen=frozen, narrowest=NARROWEST, widest=WIDEST)


def _legible(value: Any) -> Any:
    """Control characters that a workbook may not hold are left out."""
    if not isinstance(value, str):
        return value
    return "".join(letter for letter in value if letter >= " " or letter in "\t\n\r")
