"""The steps of a plan as pages: a form, one action, and where it leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geogrid.desks.planner.drafts import of_plan
from geogrid.desks.planner.refusals_told import NamedGrid, grids_named
from geogrid.desks.planner.workflow import ASKED, Page, attempt, back_to_check
from geogrid.desks.planner.workflow_forms import (
    ApproveForm,
    Choices,
    ConfirmForm,
    ProposeForm,
    ScheduleForm,
    SendBackForm,
    next_midnight,
)
from geogrid.publishing import actions as publishing
from geogrid.publishing.impact import impact
from geogrid.territory import actions
from geogrid.territory.actions.approvals import undone_unseen
from geogrid.territory.handovers import altered
from geogrid.territory.models import Plan, Term
from layers.media.actions import keep_picture
from layers.media.errors import PictureRefused

__all__ = [
    "approve_plan", "propose_plan", "publish_plan", "roll_back_to", "schedule_plan",
    "send_back_plan", "unschedule_plan",
]  # fmt: skip

NAMED = 5


@require_http_methods(ASKED)
@of_plan
def propose_plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    page = Page.of(request, plan)
    _allow(page.rights.draws)
    if request.method != "POST":
        gone = _not_here(page, "draft")
        return gone or page.show("propose", form=ProposeForm(), open=_open_remarks(plan))
    form = ProposeForm(request.POST)

    def act() -> None:
        actions.propose(plan=plan, by=page.user, at=timezone.now(), note=form.cleaned_data["note"])

    def done() -> HttpResponse:
        messages.success(request, _("Plan %(number)s is proposed.") % {"number": plan.number})
        return back_to_check(plan)

    return _posted(page, form, act, done, "propose", open=_open_remarks(plan))


@require_http_methods(ASKED)
@of_plan
def send_back_plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    page = Page.of(request, plan)
    _allow(page.rights.approves)
    first = request.GET.get("grid", "")
    posted = request.POST if request.method == "POST" else None
    form = SendBackForm(posted, plan=plan, choices=_grids_to_choose(page), first=first)
    if posted is None:
        return _not_here(page, "in_review") or page.show("send_back", form=form)
    if form.another:
        form.is_valid()
        form.errors.clear()
        return page.show("send_back", form=form, added=form.number)

    def act() -> None:
        actions.send_back(
            plan=plan, by=page.user, at=timezone.now(),
            note=form.cleaned_data["note"], remarks=form.remarks,
        )  # fmt: skip

    def done() -> HttpResponse:
        messages.success(request, _("Plan %(number)s is a draft again.") % {"number": plan.number})
        return back_to_check(plan, "#remarks")

    return _posted(page, form, act, done, "send_back")


@require_http_methods(ASKED)
@of_plan
def approve_plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    page = Page.of(request, plan)
    _allow(page.rights.approves)
    if request.method != "POST":
        told: dict[str, Any] = {"form": ApproveForm(), "impact": impact(plan, at=timezone.now())}
        return _not_here(page, "in_review") or page.show("approve", **told)
    form = ApproveForm(request.POST, request.FILES)

    def act() -> None:
        said, now = form.cleaned_data, timezone.now()
        scan = keep_picture(upload=said["scan"].file, at=now) if said["scan"] else None
        actions.approve(
            plan=plan, by=page.user, at=now, note=said["note"],
            document_number=said["document_number"], document_date=said["document_date"],
            scan=scan,
        )  # fmt: skip

    def done() -> HttpResponse:
        messages.success(request, _("Plan %(number)s is approved.") % {"number": plan.number})
        return back_to_check(plan)

    return _posted(page, form, act, done, "approve", impact=impact(plan, at=timezone.now()))


@require_http_methods(ASKED)
@of_plan
def publish_plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Put an approved plan in force now, after showing what changes hands."""
    page = Page.of(request, plan)
    _allow(page.rights.publishes)
    if request.method != "POST":
        return _not_here(page, "approved") or page.show(
            "publish", form=ConfirmForm(), **_ahead_of(page)
        )
    form = ConfirmForm(request.POST)
    began: list[Term] = []

    def act() -> None:
        began.append(publishing.put_in_force(plan=plan, by=page.user, at=timezone.now()))

    def done() -> HttpResponse:
        messages.success(request, _("Plan %(number)s is in force.") % {"number": plan.number})
        return _receipt_of(began[0])

    return _posted(page, form, act, done, "publish", **_ahead_of(page))


@require_http_methods(ASKED)
@of_plan
def schedule_plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    page = Page.of(request, plan)
    _allow(page.rights.publishes)
    with timezone.override(ZoneInfo(plan.scheme.area.timezone)):
        if request.method != "POST":
            start = {"at": next_midnight(timezone.now())}
            return _not_here(page, "approved") or page.show(
                "schedule", form=ScheduleForm(initial=start), **_ahead_of(page)
            )
        form = ScheduleForm(request.POST)

        def act() -> None:
            publishing.schedule(plan=plan, by=page.user, at=form.cleaned_data["at"])

        def done() -> HttpResponse:
            said = {"number": plan.number, "when": _moment(form.cleaned_data["at"])}
            messages.success(request, _("Plan %(number)s comes into force %(when)s.") % said)
            return back_to_check(plan)

        return _posted(page, form, act, done, "schedule", **_ahead_of(page))


@require_http_methods(ASKED)
@of_plan
def unschedule_plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    page = Page.of(request, plan)
    _allow(page.rights.publishes)
    if request.method != "POST":
        return _not_here(page, "scheduled") or page.show("unschedule", form=ConfirmForm())
    form = ConfirmForm(request.POST)
    left = 0

    def act() -> None:
        nonlocal left
        taken = publishing.unschedule(scheme=plan.scheme, by=page.user, at=timezone.now())
        left = len(taken.receipt.get("posts_left", []))

    def done() -> HttpResponse:
        messages.success(request, _("Plan %(number)s is not scheduled any more.") % {
            "number": plan.number})  # fmt: skip
        if left:
            messages.warning(
                request,
                _("%(count)s posts were changed meanwhile and stay as they are.") % {"count": left},
            )
        return back_to_check(plan)

    return _posted(page, form, act, done, "unschedule")


@require_http_methods(ASKED)
@of_plan
def roll_back_to(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Give a plan that was in force before a new term, from now on."""
    page = Page.of(request, plan)
    _allow(page.rights.publishes)
    if request.method != "POST":
        told = _ahead_of(page)
        return _not_here(page, "retired") or page.show("roll_back", form=ConfirmForm(), **told)
    form = ConfirmForm(request.POST)
    began: list[Term] = []

    def act() -> None:
        began.append(
            publishing.roll_back(scheme=plan.scheme, by=page.user, at=timezone.now(), to=plan)
        )

    def done() -> HttpResponse:
        messages.success(request, _("Plan %(number)s is in force again.") % {"number": plan.number})
        return _receipt_of(began[0])

    return _posted(page, form, act, done, "roll_back", **_ahead_of(page))


def _posted(
    page: Page,
    form: Form,
    act: Callable[[], None],
    done: Callable[[], HttpResponse],
    template: str,
    **context: Any,
) -> HttpResponse:
    status = 400
    refused: list[NamedGrid] = []
    if form.is_valid():
        try:
            status, refused = attempt(page, form, act)
        except PictureRefused as refusal:
            form.add_error("scan", str(refusal))
            status = 400
        if status == 200:
            return done()
    return page.show(template, status=status, form=form, refused=refused, **context)


def _allow(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def _not_here(page: Page, stage: str) -> HttpResponse | None:
    """Away from a step that this plan is not at; the page it leads to says where it stands."""
    if page.standing.stage == stage:
        return None
    messages.info(
        page.request,
        _("Plan %(number)s is not at that step; here is where it stands.")
        % {"number": page.plan.number},
    )
    return back_to_check(page.plan)


def _ahead_of(page: Page) -> dict[str, Any]:
    """What coming into force would change, and what an approval did not see."""
    plan, running = page.plan, page.standing.running
    unseen: list[str] = []
    if running is not None and page.standing.stage == "approved":
        unseen = undone_unseen(plan, running)
    return {
        "impact": impact(plan, at=timezone.now()),
        "unseen": grids_named(plan, unseen[:NAMED]),
        "unseen_count": len(unseen),
    }


def _open_remarks(plan: Plan) -> int:
    return plan.remarks.filter(settled_at=None).count()


def _grids_to_choose(page: Page) -> Choices:
    """The whole plan, then the grids that differ from the plan before, then the others."""
    plan = page.plan
    before = page.standing.running or plan.based_on
    changed = altered(before, plan) if before else set()
    rows = plan.grids.order_by("level", "code").values_list("lineage", "code", "name")
    first: list[tuple[str, str]] = []
    rest: list[tuple[str, str]] = []
    for lineage, code, name in rows:
        (first if lineage in changed else rest).append((str(lineage), f"{name} · {code}"))
    told: Choices = [("", _("the whole plan"))]
    if first:
        told.append((_("Changed in this plan"), first))
    if rest:
        told.append((_("Unchanged") if first else _("Grids"), rest))
    return told


def _receipt_of(term: Term) -> HttpResponse:
    return redirect("planner:receipt", area=term.scheme.area.slug, term=term.pk)


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M}"
