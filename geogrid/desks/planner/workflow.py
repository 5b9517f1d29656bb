"""A plan on its way into force: is it ready, and what is done with it. Each step is an action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from geogrid.accounts.errors import CodedError
from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.checking import Checked, check_of
from geogrid.desks.planner.drafts import of_plan
from geogrid.desks.planner.refusals_told import NamedGrid, grids_of
from geogrid.desks.planner.standing import (
    STAGES,
    Next,
    Rights,
    Standing,
    next_for,
    rights_of,
    standing_of,
)
from geogrid.desks.planner.timeline import life_of
from geogrid.desks.planner.workflow_forms import VacancyForm
from geogrid.duty.actions import declare_all_vacant
from geogrid.duty.models import PostRole
from geogrid.publishing.readiness import readiness
from geogrid.territory.actions import settle_remark
from geogrid.territory.models import Plan, PlanEvent
from layers.media.serving import picture_response

__all__ = ["Page", "attempt", "back_to_check", "check", "scan", "settle", "vacant"]

ASKED = ["GET", "HEAD", "POST"]
LISTED = 300


@dataclass(slots=True)
class Page:
    """Who asks about which plan, and where it stands now."""

    request: HttpRequest
    plan: Plan
    user: User
    standing: Standing
    rights: Rights

    @classmethod
    def of(cls, request: HttpRequest, plan: Plan) -> Page:
        user = user_of(request)
        standing = standing_of(plan, timezone.now())
        return cls(request, plan, user, standing, rights_of(user, plan, standing))

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        scheme = self.plan.scheme
        stage = self.standing.stage
        reached = STAGES.index(stage) if stage in STAGES else {"scheduled": 2}.get(stage, -1)
        told = {
            "area": scheme.area,
            "scheme": scheme,
            "plan": self.plan,
            "standing": self.standing,
            "rights": self.rights,
            "reached": reached,
            "now": timezone.now(),
            "tab": "drafts",
            **context,
        }
        with timezone.override(ZoneInfo(scheme.area.timezone)):
            return render(self.request, f"planner/workflow/{template}.html", told, status=status)


def attempt(page: Page, form: Form, act: Callable[[], object]) -> tuple[int, list[NamedGrid]]:
    """Run an action; a refusal becomes the form's error. Returns a status and the grids it names.

    Status 200: it is done.
    """
    try:
        act()
    except CodedError as refusal:
        form.add_error(None, str(refusal))
        return refusal.status, grids_of(page.plan, refusal)
    return 200, []


def back_to_check(plan: Plan, anchor: str = "") -> HttpResponse:
    answer = redirect("planner:draft_check", area=plan.scheme.area.slug, number=plan.number)
    answer["Location"] += anchor
    return answer


@require_safe
@of_plan
def check(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Is it ready, and what comes next."""
    return _check_page(Page.of(request, plan), VacancyForm())


def _check_page(
    page: Page, form: VacancyForm, *, status: int = 200, refused: list[NamedGrid] | None = None
) -> HttpResponse:
    plan, now = page.plan, timezone.now()
    with timezone.override(ZoneInfo(plan.scheme.area.timezone)):
        checked = check_of(plan, at=now)
        lines = checked.lines(plan, page.standing)
    step = _next(page, checked)
    return page.show(
        "check",
        status=status,
        checked=checked,
        lines=[] if page.standing.stage in {"retired", "withdrawn"} else lines,
        next=step,
        life=life_of(plan, now),
        form=form,
        refused=refused,
        chooses=len(checked.nobody) <= LISTED,
        stages=STAGES,
    )


def _next(page: Page, checked: Checked) -> Next:
    return next_for(
        page.plan, page.standing, page.rights, checked.readiness, drawable=checked.drawable
    )


@require_POST
@of_plan
def vacant(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Say of grids that nobody answers for why that is so."""
    page = Page.of(request, plan)
    if not page.rights.publishes:
        raise PermissionDenied
    form = VacancyForm(request.POST)
    status, number = 400, 0
    refused: list[NamedGrid] = []
    if form.is_valid():

        def declare() -> None:
            nonlocal number
            number = _declare(page, form)

        status, refused = attempt(page, form, declare)
        if status == 200 and number:
            words = ngettext(
                "%(count)d vacancy is declared.", "%(count)d vacancies are declared.", number
            )
            messages.success(request, words % {"count": number})
            return back_to_check(plan, "#posts")
        if status == 200:
            status = 400
            form.add_error(None, _("Choose at least one grid that has nobody."))
    return _check_page(page, form, status=status, refused=refused)


@transaction.atomic
def _declare(page: Page, form: VacancyForm) -> int:
    plan, now = page.plan, timezone.now()
    require(page.user, Permission.PUBLISH, scheme=plan.scheme)
    # One after the other: two who press the button at once would declare everything twice.
    Plan.objects.select_for_update(of=("self",)).only("pk").get(pk=plan.pk)
    nobody = set(readiness(plan, at=now).nobody)
    wanted = nobody if form.everywhere else nobody & form.asked
    lineages = plan.grids.filter(code__in=wanted).exclude(kind="unassigned")
    posts = declare_all_vacant(
        scheme=plan.scheme,
        lineages=list(lineages.values_list("lineage", flat=True)),
        role=PostRole.objects.get(code="worker"),
        reason=form.cleaned_data["reason"],
        by=page.user,
        at=now,
    )
    return len(posts)


@require_POST
@of_plan
def settle(request: HttpRequest, plan: Plan) -> HttpResponse:
    """A planner says that a remark was seen to."""
    page = Page.of(request, plan)
    if not page.rights.draws:
        raise PermissionDenied
    asked = request.POST.get("remark", "")
    remark = plan.remarks.filter(pk=asked).first() if asked.isdecimal() else None
    if remark is None:
        messages.error(request, _("That remark is not there any more."))
        return back_to_check(plan, "#remarks")
    try:
        settle_remark(remark=remark, by=page.user, at=timezone.now())
    except CodedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The remark is settled."))
    return back_to_check(plan, "#remarks")


@require_safe
@of_plan
def scan(request: HttpRequest, plan: Plan, picture: UUID) -> FileResponse:
    """The scan of a document that approves this plan, for whoever may see the plan."""
    event = get_object_or_404(PlanEvent.objects.select_related("scan"), plan=plan, scan=picture)
    if event.scan is None:
        raise Http404
    return picture_response(event.scan)
