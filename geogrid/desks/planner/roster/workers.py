"""One worker: data, portrait, posts, and what of it residents see on what basis."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from geogrid.accounts.errors import CodedError
from geogrid.cases.models import Case
from geogrid.desks.planner.roster.asking import (
    Asked,
    attempt,
    for_publishers,
    of_roster,
    worker_asked,
)
from geogrid.desks.planner.roster.forms import (
    ConfirmForm,
    PortraitForm,
    WorkerForm,
)
from geogrid.desks.planner.roster.listing import grids_named, roles
from geogrid.desks.planner.roster.words import lines_of
from geogrid.duty import actions
from geogrid.duty.models import Contact, DutyEvent, Post, Worker
from geogrid.duty.reach import require_over_worker
from geogrid.publishing import disclosing
from geogrid.publishing.models import Disclosure
from geogrid.publishing.showing import shown_of
from layers.media.actions import keep_picture
from layers.media.errors import PictureRefused
from layers.media.serving import picture_response

EVENTS = 30
BASES = 8
Fact = Disclosure.Fact


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact that could be shown; `value` what residents would read, "" when there is none."""

    fact: str
    word: str
    there: bool
    disclosure: Disclosure | None


@require_http_methods(["GET", "HEAD", "POST"])
@of_roster
def worker_page(asked: Asked, worker: int) -> HttpResponse:
    row = worker_asked(asked, worker)
    with timezone.override(asked.zone):
        if asked.request.method == "POST":
            return _changed(asked, row)
        return _page(asked, row)


def _changed(asked: Asked, row: Worker) -> HttpResponse:
    if not _may_change(asked, row):
        raise PermissionDenied
    act = asked.request.POST.get("act", "")
    verbs = {
        "change": _change, "portrait": _portrait, "no_portrait": _no_portrait, "show": _show,
        "hide": _hide,
    }  # fmt: skip
    if act not in verbs:
        raise Http404
    form, status, said = verbs[act](asked, row)
    if status == 200:
        messages.success(asked.request, said)
        answer = redirect("planner:roster_worker", area=asked.area.slug, worker=row.pk)
        answer["Location"] += "#shown" if act in ("show", "hide") else ""
        return answer
    return _page(asked, row, act=act, refused=form, status=status)


def _change(asked: Asked, row: Worker) -> tuple[Form, int, str]:
    form = WorkerForm(asked.request.POST)
    if not form.is_valid():
        return form, 400, ""
    status = attempt(
        form,
        lambda: actions.change(worker=row, by=asked.user, at=asked.at, **form.cleaned_data),
    )
    return form, status, _("Saved.")


def _portrait(asked: Asked, row: Worker) -> tuple[Form, int, str]:
    form = PortraitForm(asked.request.POST, asked.request.FILES)
    if not form.is_valid():
        return form, 400, ""
    try:
        require_over_worker(asked.user, row, asked.at)
        picture = keep_picture(upload=form.cleaned_data["portrait"], at=asked.at)
        actions.set_portrait(worker=row, picture=picture, by=asked.user, at=asked.at)
    except PictureRefused as refusal:
        form.add_error("portrait", str(refusal))
        return form, 400, ""
    except CodedError as refusal:
        form.add_error(None, str(refusal))
        return form, refusal.status, ""
    return form, 200, _("The portrait is kept. Residents see it once you show it.")


def _no_portrait(asked: Asked, row: Worker) -> tuple[Form, int, str]:
    form = ConfirmForm(asked.request.POST)
    status = attempt(form, lambda: actions.remove_portrait(worker=row, by=asked.user, at=asked.at))
    return form, status, _("The portrait is removed.")


def _show(asked: Asked, row: Worker) -> tuple[Form, int, str]:
    form = ConfirmForm(asked.request.POST)
    fact, basis = asked.request.POST.get("fact", ""), asked.request.POST.get("basis", "")[:200]
    if fact not in Fact.values:
        raise Http404
    status = attempt(
        form,
        lambda: disclosing.disclose(
            worker=row, field=fact, basis=basis, by=asked.user, at=asked.at
        ),
    )
    return form, status, _("Residents see it from now on.")


def _hide(asked: Asked, row: Worker) -> tuple[Form, int, str]:
    form = ConfirmForm(asked.request.POST)
    fact = asked.request.POST.get("fact", "")
    if fact not in (*Fact.values, "all"):
        raise Http404
    status = attempt(
        form,
        lambda: disclosing.withdraw(
            worker=row, by=asked.user, at=asked.at, field=None if fact == "all" else fact
        ),
    )
    return form, status, _("Residents do not see it any more.")


def _may_change(asked: Asked, row: Worker) -> bool:
    if not asked.publishes:
        return False
    try:
        require_over_worker(asked.user, row, asked.at)
    except CodedError:
        return False
    return True


def _page(
    asked: Asked, row: Worker, *, act: str = "", refused: Form | None = None, status: int = 200
) -> HttpResponse:
    kind = Contact.Kind.DUTY_PHONE
    phone = row.contacts.filter(kind=kind).values_list("value", flat=True).first() or ""
    rows = Post.objects.filter(worker=row, scheme=asked.scheme).select_related("role", "worker")
    posts = list(rows.order_by("-during"))
    now = [post for post in posts if _ends_after(post, asked)]
    names = grids_named(asked.plan, [post.lineage for post in posts])
    known = {role.code: role for role in roles()}
    events = list(DutyEvent.objects.filter(worker=row).told()[:EVENTS])
    ahead = list(
        DutyEvent.objects.ahead(asked.at).filter(worker=row).select_related("worker", "by")
    )
    change = row.erased_at is None and _may_change(asked, row)
    first = {"name": row.name, "duty_phone": phone, "duties": row.duties, "hours": row.hours}
    return asked.show(
        "worker",
        status=status,
        worker=row,
        phone=phone,
        change=change,
        edit=refused if act == "change" else WorkerForm(None, initial=first),
        picture_form=refused if act == "portrait" else PortraitForm(),
        form=refused,
        act=act,
        posts=[(post, names.get(post.lineage, "")) for post in now],
        past=[(post, names.get(post.lineage, "")) for post in posts if post not in now],
        ahead=lines_of(ahead, names, known),
        lines=lines_of(events, names, known),
        facts=_facts(row, phone, asked),
        bases=_bases(asked),
        seen=shown_of(row, posts=[p for p in now if _began(p, asked)], names=names, at=asked.at),
    )


def _facts(row: Worker, phone: str, asked: Asked) -> list[FactLine]:
    running = {
        one.field: one
        for one in Disclosure.objects.at(asked.at).filter(worker=row).select_related("recorded_by")
    }
    there = {
        Fact.NAME: True,
        Fact.PORTRAIT: row.portrait_id is not None,
        Fact.DUTY_PHONE: bool(phone),
        Fact.DUTIES: bool(row.duties or row.hours),
    }
    return [
        FactLine(fact.value, str(fact.label), there[fact], running.get(fact.value)) for fact in Fact
    ]


def _bases(asked: Asked) -> list[str]:
    """What was given as a basis here before, the most frequent first."""
    rows = Disclosure.objects.filter(worker__area=asked.area).order_by("-pk")
    recent = list(rows.values_list("basis", flat=True)[:200])
    return sorted(dict.fromkeys(recent), key=recent.count, reverse=True)[:BASES]


def _ends_after(post: Post, asked: Asked) -> bool:
    return post.during.upper is None or post.during.upper > asked.at


def _began(post: Post, asked: Asked) -> bool:
    return post.during.lower is None or post.during.lower <= asked.at


@require_http_methods(["GET", "HEAD", "POST"])
@for_publishers
def erase_worker(asked: Asked, worker: int) -> HttpResponse:
    """Ask whether everything personal is to be forgotten, and do so."""
    row = worker_asked(asked, worker)
    form = ConfirmForm(asked.request.POST if asked.request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = attempt(form, lambda: disclosing.erase(worker=row, by=asked.user, at=asked.at))
        if status == 200:
            messages.success(asked.request, _("Everything personal is erased."))
            answer = redirect("planner:roster", area=asked.area.slug)
            answer["Location"] += "?by=worker"
            return answer
    running = Post.objects.filter(worker=row).not_over(asked.at)
    return asked.show(
        "erase",
        status=status,
        worker=row,
        form=form,
        posts=grids_named(asked.plan, running.values_list("lineage", flat=True)).values(),
        cases=Case.objects.open().filter(worker=row).count(),
    )


@require_safe
@of_roster
def portrait(asked: Asked, worker: int) -> FileResponse:
    """The picture on file, for whoever runs the roster, shown to residents or not."""
    row = worker_asked(asked, worker)
    if row.portrait is None or not asked.publishes:
        raise Http404
    answer = picture_response(row.portrait)
    answer["Cache-Control"] = "private, no-store"
    return answer
