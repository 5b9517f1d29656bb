"""A roster out of a table: looked at row by row, questions answered, then taken over."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from geogrid.accounts.errors import CodedError
from geogrid.desks.planner.roster.asking import Asked, for_publishers, of_roster
from geogrid.desks.planner.roster.carrying import Carried, pack, told_columns, unpack
from geogrid.desks.planner.roster.forms import ConfirmForm
from geogrid.duty.phones import country_of
from geogrid.duty.roster.accepting import Outcome, accept
from geogrid.duty.roster.errors import PicturesRefused
from geogrid.duty.roster.judging import Report, judge
from geogrid.duty.roster.portraits import MOST_BYTES, forget, match, name_in, pictures_in
from geogrid.duty.roster.rows import read_list
from geogrid.duty.roster.sheets import XLSX, report_sheet, template_sheet
from layers.media.actions import keep_picture
from layers.media.errors import PictureRefused
from layers.media.models import Attachment

__all__ = ["bring", "template"]

MOST_SHOWN = 200  # rows with fields to answer: a form has to stay below 500 fields
PATIENCE = 15  # seconds for drawing pictures anew: some twenty from a phone, or 400 small ones
_LEFT_OUT = gettext_lazy("For the rows that were left out, choose the file again.")
ANSWERS = ("grid_", "twice_", "who_", "skip_")


@require_safe
@of_roster
def template(asked: Asked) -> HttpResponse:
    """A workbook to fill in, with the grids and roles of this area."""
    with timezone.override(asked.zone):
        body = template_sheet(asked.plan, asked.area.office_phone)
    return _workbook(body, f"{asked.area.slug}-roster-template.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@for_publishers
def bring(asked: Asked) -> HttpResponse:
    """Choose a file; look at it; answer; accept. Each step is a form of its own."""
    with timezone.override(asked.zone):
        if asked.request.method != "POST":
            return asked.show("import", form=ConfirmForm())
        act = asked.request.POST.get("act", "")
        steps = {
            "look": _look, "again": _again, "accept": _accept, "report": _report,
            "give_up": _give_up,
        }  # fmt: skip
        if act not in steps:
            raise Http404
        try:
            return steps[act](asked)
        except CodedError as refusal:
            form = ConfirmForm(asked.request.POST)
            form.add_error(None, str(refusal))
            return asked.show("import", status=refusal.status, form=form)


def _look(asked: Asked) -> HttpResponse:
    """Read the file that came along, in memory, and show what would become of it."""
    file = asked.request.FILES.get("table")
    if file is None or not file.name:
        form = ConfirmForm(asked.request.POST)
        form.add_error(None, _("Choose the file with the list first."))
        return asked.show("import", status=400, form=form)
    listed = read_list(file.read(), country=country_of(asked.area.calendar))
    carried = Carried(file.name[-80:], listed.rows, told_columns(listed.columns))
    carried.pictures, carried.passed = _pictures(asked, carried)
    return _preview(asked, carried, {})


def _pictures(asked: Asked, carried: Carried) -> tuple[list[list[str]], int]:
    """Redraw and keep the portraits that bear a name of the list; count the others."""
    archive = asked.request.FILES.get("portraits")
    if archive is None:
        return [], 0
    if (archive.size or 0) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise PicturesRefused(why=_("the zip file is larger than %(most)s MB.") % {"most": most})
    names = {name_in(f"{row.name}.x") for row in carried.rows if row.name}
    told: list[list[str]] = []
    until = monotonic() + PATIENCE
    for name, content in pictures_in(archive.read()):
        if name_in(name) not in names:
            told.append([name, "", ""])
            continue
        if monotonic() > until:
            why = _("not read: too many large pictures at once; bring the rest in another zip file")
            told.append([name, "", why])
            continue
        try:
            told.append([name, str(keep_picture(upload=content, at=asked.at).pk), ""])
        except PictureRefused as refusal:
            told.append([name, "", str(refusal)])
    return told, sum(not key and not why for _name, key, why in told)


def _again(asked: Asked) -> HttpResponse:
    carried = unpack(asked, asked.request.POST.get("list", ""))
    return _preview(asked, carried, _answers(asked))


def _accept(asked: Asked) -> HttpResponse:
    """Judge once more, against the roster as it is now, and write; a second click finds it done."""
    carried = unpack(asked, asked.request.POST.get("list", ""))
    answers = _answers(asked)
    usable = _usable(carried)
    kept = Attachment.objects.in_bulk([UUID(key) for _name, key, _why in usable])
    portraits = [
        (name, kept[UUID(key)]) for name, key, _why in usable if UUID(key) in kept
    ]  # fmt: skip
    form = ConfirmForm(asked.request.POST)
    try:
        outcome = accept(
            rows=carried.rows, area=asked.area, plan=asked.plan, by=asked.user, at=asked.at,
            answers=answers, reach=asked.reach, portraits=portraits, key=carried.key,
        )  # fmt: skip
    except CodedError as refusal:
        form.add_error(None, str(refusal))
        return _preview(asked, carried, answers, form=form, status=refusal.status)
    forget(key for _name, key, _why in usable)
    if outcome.again:
        words = _("This list was taken over before; nothing was done twice.")
        messages.info(asked.request, f"{words} {_LEFT_OUT if outcome.left_out else ''}".strip())
    else:
        messages.success(asked.request, _told(outcome))
    answer = redirect("planner:roster", area=asked.area.slug)
    answer["Location"] += asked.query
    return answer


def _told(outcome: Outcome) -> str:
    words = ngettext("%(count)d row is taken over", "%(count)d rows are taken over", outcome.rows)
    parts = [words % {"count": outcome.rows}]
    for number, text in (
        (outcome.workers_new, _("new workers: %(count)d")),
        (outcome.workers_changed, _("changed: %(count)d")),
        (outcome.posts, _("posts: %(count)d")),
        (outcome.vacancies, _("vacancies: %(count)d")),
        (outcome.portraits, _("portraits: %(count)d")),
        (outcome.left_out, _("rows left out: %(count)d")),
    ):
        if number:
            parts.append(text % {"count": number})
    return " · ".join(parts)


def _report(asked: Asked) -> HttpResponse:
    carried = unpack(asked, asked.request.POST.get("list", ""))
    body = report_sheet(_judge(asked, carried, _answers(asked)))
    return _workbook(body, f"{asked.area.slug}-roster-report.xlsx")


def _give_up(asked: Asked) -> HttpResponse:
    carried = unpack(asked, asked.request.POST.get("list", ""))
    forget(key for _name, key, _why in _usable(carried))
    messages.info(asked.request, _("The list is forgotten; nothing was changed."))
    return redirect("planner:roster_import", area=asked.area.slug)


def _judge(asked: Asked, carried: Carried, answers: Mapping[str, str]) -> Report:
    return judge(
        carried.rows, area=asked.area, plan=asked.plan, at=asked.at, answers=answers,
        reach=asked.reach,
    )  # fmt: skip


def _preview(
    asked: Asked, carried: Carried, answers: Mapping[str, str], *, form: Form | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    report = _judge(asked, carried, answers)
    usable = _usable(carried)
    matching = match([name for name, _key, _why in usable], report.people)
    order = {"stops": 0, "asks": 0, "left": 1}
    troubled = sorted(
        (row for row in report.troubled if not _slight(row)),
        key=lambda row: (order.get(row.state, 2), row.row.number),
    )
    shown = set(map(id, troubled[:MOST_SHOWN]))
    return asked.show(
        "preview",
        status=status,
        form=form or ConfirmForm(),
        file=carried.file,
        token=pack(asked, carried),
        report=report,
        counts=report.counts(),
        columns=[
            {"letter": letter, "header": header, "use": use, "guessed": guessed}
            for letter, header, use, guessed in carried.columns
        ],
        struck=[header for _l, header, use, _g in carried.columns if use in ("id", "private")],
        troubled=troubled[:MOST_SHOWN],
        more=max(len(troubled) - MOST_SHOWN, 0),
        fine=[row for row in report.rows if id(row) not in shown and row not in troubled],
        answers=answers,
        pictures=len(carried.pictures),
        matched=len(matching.found),
        unmatched=_unmatched(carried, matching.unmatched, usable),
        unmentioned=report.unmentioned,
    )


def _slight(row: Any) -> bool:
    """Whether all there is to know of a row is that a cell was merged or a name has no grid."""
    return {problem.code for problem in row.problems} <= {"merged", "grid_missing"}


def _usable(carried: Carried) -> list[list[str]]:
    return [one for one in carried.pictures if one[1]]


def _unmatched(
    carried: Carried, reasons: Mapping[int, str], usable: list[list[str]]
) -> list[dict[str, str]]:
    words = {
        "nobody": _("nobody of that name in the list"),
        "several": _("several people of that name; add the end of the phone number"),
        "second": _("a second picture of the same person"),
    }
    told = [
        {"file": name, "why": why or words["nobody"]}
        for name, key, why in carried.pictures
        if not key
    ]
    return told + [{"file": usable[at][0], "why": words[why]} for at, why in reasons.items()]


def _answers(asked: Asked) -> dict[str, str]:
    return {
        name: str(value)
        for name, value in asked.request.POST.items()
        if name.startswith(ANSWERS) and value
    }


def _workbook(body: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        body,
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
