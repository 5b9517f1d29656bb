"""Workbooks that go out: the template with the grids and roles of the area, and a report."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from geogrid.coverage.files.worksheets import finish
from geogrid.duty.models import PostRole
from geogrid.duty.roster.grids import GridBook
from geogrid.duty.roster.judging import Judged, Report, role_name
from geogrid.territory.models import Plan

__all__ = ["XLSX", "report_rows", "report_sheet", "template_sheet"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NARROWEST = 10
ROWS_TO_FILL = 500


def template_sheet(plan: Plan | None, example_phone: str = "") -> bytes:
    """A workbook to fill in: columns and an example, and a sheet of what may stand in them."""
    from openpyxl.worksheet.datavalidation import DataValidation

    book = GridBook(plan)
    roles = [role_name(role) for role in PostRole.objects.all()]
    headers = [
        pgettext("column of a roster", "Name"), pgettext("column of a roster", "Duty phone"),
        pgettext("column of a roster", "Role"), pgettext("column of a roster", "Community"),
        pgettext("column of a roster", "Grid"), pgettext("column of a roster", "A/B"),
        pgettext("column of a roster", "Duties"), pgettext("column of a roster", "Duty hours"),
        pgettext("column of a roster", "From"), pgettext("column of a roster", "Notes"),
    ]  # fmt: skip
    leaf = next((grid for grid in book.grids if grid.level == book.lowest), None)
    example = [
        _("(example) Jane Doe"), example_phone, roles[1] if len(roles) > 1 else "",
        leaf.parent or "" if leaf else "", leaf.code if leaf else "", "A",
        _("Visits, fire safety, hygiene"), "8:00–18:00", "",
        _("This row is passed over; delete it or leave it."),
    ]  # fmt: skip
    made = _book(_("Roster"), headers, [example])
    sheet = made.active
    lists = made.create_sheet(_("Grids and roles")[:31])
    lists.append([_("Code"), _("Grid"), _("Community"), "", _("Roles"), "", "A/B"])
    tiers = ["A", "B", pgettext("tier of a post", "acting")]
    for at in range(max(len(book.grids), len(roles), len(tiers))):
        grid = book.grids[at] if at < len(book.grids) else None
        lists.append([
            *((grid.code, grid.name, grid.parent or "") if grid else ("", "", "")), "",
            roles[at] if at < len(roles) else "", "", tiers[at] if at < len(tiers) else "",
        ])  # fmt: skip
    finish(lists, narrowest=NARROWEST)
    for column in ("B", "E"):
        for row in range(2, ROWS_TO_FILL):
            sheet[f"{column}{row}"].number_format = "@"  # text: Excel shortens no number
    for column, choices in (("C", roles), ("F", tiers)):
        rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        rule.add(f"{column}2:{column}{ROWS_TO_FILL}")
        sheet.add_data_validation(rule)
    return _bytes(made)


def report_sheet(report: Report) -> bytes:
    """What becomes of each row and what is wrong with it; without telephone numbers."""
    headers = [_("Row"), _("Name"), _("Grid"), _("Role"), "A/B", _("What happens"),
               _("What to know"), _("What to do")]  # fmt: skip
    return _bytes(_book(_("Report"), headers, report_rows(report)))


def report_rows(report: Report) -> Iterable[list[Any]]:
    for judged in report.rows:
        grids = "、".join(move.grid.path for move in judged.moves) or "、".join(judged.row.grids)
        role = role_name(judged.moves[0].role) if judged.moves else judged.row.role
        told = [
            judged.row.number, judged.row.name or (_("vacant") if judged.row.vacant else ""),
            grids, role, judged.row.tier, state_words(judged),
        ]  # fmt: skip
        if not judged.problems:
            yield [*told, "", ""]
        for problem in judged.problems:
            yield [*told, problem.message, problem.advice]


def state_words(judged: Judged) -> str:
    return {
        "new": _("new worker"),
        "changed": _("changes"),
        "same": _("is so already"),
        "asks": _("waits for an answer"),
        "stops": _("left out"),
        "left": _("left out"),
    }[judged.state]


def _book(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Any:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    sheet.append(list(headers))
    for row in rows:
        sheet.append(list(row))
    finish(sheet, narrowest=NARROWEST)
    return book


def _bytes(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
