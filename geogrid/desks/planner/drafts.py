"""Drafts: the list of plans one works on, starting one, discarding one, and the editor's page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from geogrid.accounts.errors import CodedError, NotAllowed
from geogrid.accounts.rules import ANYWHERE, Permission, may
from geogrid.desks.map_config import lived_in, map_config
from geogrid.desks.planner.asking import plan_asked, user_of
from geogrid.desks.planner.draft_forms import StartForm, WithdrawForm
from geogrid.desks.planner.draft_grids import may_do
from geogrid.desks.planner.draft_list import desk_of
from geogrid.desks.planner.errors import NoSuchPlan
from geogrid.desks.planner.views import scheme_asked
from geogrid.territory.actions import start_draft, start_first_draft, withdraw
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Grid, Plan, Scheme

TABLE_WITHOUT_SCRIPT = 300
ADDRESSES = (
    "grids", "commands", "undo", "redo", "changes", "history", "findings", "ground",
    "land", "moments", "moment",
    "proposals", "proposals_composed", "cells", "cell_at",
)  # fmt: skip

PlanPage = Callable[..., HttpResponseBase]


def of_plan(view: PlanPage) -> PlanPage:
    """Hand the asked plan to a page; a stranger is sent to sign in, others get 403 or 404."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, area: str, number: int, **more: Any) -> HttpResponseBase:
        try:
            plan = plan_asked(request, area, number)
        except NoSuchPlan:
            raise Http404 from None
        except NotAllowed:
            raise PermissionDenied from None
        return view(request, plan, **more)

    return wrapped


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: HttpRequest, area: str) -> HttpResponse:
    """The plans one works on; a posted form starts a draft and opens it."""
    scheme = scheme_asked(request, area)
    user = user_of(request)
    draws = may(user, Permission.DRAW, scheme=scheme, where=ANYWHERE)
    now = timezone.now()
    desk = desk_of(scheme, now)
    running = desk.running.plan if desk.running else None
    posted = request.POST if request.method == "POST" else None
    newest = scheme.area.boundaries.defer("boundary").order_by("-valid_from").first()
    form = StartForm(
        posted,
        plans=desk.startable,
        running=running,
        newest=newest,
        first=request.GET.get("from", ""),
    )
    status = 200
    if posted is not None:
        if not draws:
            raise PermissionDenied
        status = 400
        if form.is_valid():
            try:
                plan = _start(request, scheme, form)
            except CodedError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                return redirect("planner:draft", area=area, number=plan.number)
    context = {
        "area": scheme.area,
        "scheme": scheme,
        "desk": desk,
        "form": form,
        "draws": draws,
        "founds": may(user, Permission.FOUND, scheme=None),
        "now": now,
        "tab": "drafts",
    }
    return render(request, "planner/drafts.html", context, status=status)


@transaction.atomic
def _start(request: HttpRequest, scheme: Scheme, form: StartForm) -> Plan:
    by, at, name = user_of(request), timezone.now(), form.cleaned_data["name"].strip()
    if form.plan is not None:
        return start_draft(
            scheme=scheme, by=by, at=at, from_plan=form.plan, boundary=form.boundary, name=name
        )
    plan = start_first_draft(scheme=scheme, by=by, at=at, name=name)
    rebuild_loads(plan=plan, at=at)
    return plan


@require_http_methods(["GET", "HEAD", "POST"])
@of_plan
def withdraw_draft(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Ask whether a plan is to be given up for good, and do so."""
    whoever = (Permission.DRAW, Permission.APPROVE)
    user = user_of(request)
    if not any(may(user, one, scheme=plan.scheme, where=ANYWHERE) for one in whoever):
        raise PermissionDenied
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            withdraw(plan=plan, by=user, at=timezone.now(), note=form.cleaned_data["note"])
        except CodedError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("Plan %(number)s is discarded.") % {"number": plan.number})
            return redirect("planner:drafts", area=plan.scheme.area.slug)
    context = {"area": plan.scheme.area, "plan": plan, "form": form, "tab": "drafts"}
    return render(request, "planner/withdraw.html", context, status=status)


@require_safe
@of_plan
def draft(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The editor; where nothing can be drawn (any more) the same page to look at."""
    scheme = plan.scheme
    leaves = plan.grids.leaves().only("plan", "code", "name", "kind", "parent").order_by("code")
    can = may_do(user_of(request), scheme, plan.state)
    context = {
        "area": scheme.area,
        "scheme": scheme,
        "plan": plan,
        "can": can,
        "draws": may(user_of(request), Permission.DRAW, scheme=scheme, where=ANYWHERE),
        "in_force": Plan.objects.in_force(timezone.now()).filter(pk=plan.pk).exists(),
        "grids": leaves.prefetch_related(Prefetch("parent", Grid.objects.only("name")), "load")[
            :TABLE_WITHOUT_SCRIPT
        ],
        "draft_config": draft_config(request, plan, can),
        "tab": "drafts",
    }
    return render(request, "planner/draft.html", context)


def draft_config(request: HttpRequest, plan: Plan, can: dict[str, bool]) -> dict[str, Any]:
    """What the editor's script is told: addresses, the form's key, and how to open the map."""
    slug = plan.scheme.area.slug
    where = [slug, plan.number]
    return {
        "area": slug,
        "number": plan.number,
        "revision": plan.revision,
        "state": plan.state,
        "editable": can["draw"],
        "may": can,
        "range": {"least": plan.scheme.households_min, "most": plan.scheme.households_max},
        "urls": {name: reverse(f"planner:draft_{name}", args=where) for name in ADDRESSES}
        | {
            "drafts": reverse("planner:drafts", args=[slug]),
            "backgrounds": reverse("planner:backgrounds_offered", args=[slug]),
        },
        "csrf": get_token(request),
        "user": str(request.user),
        "timezone": plan.scheme.area.timezone,
        "map": map_config(plan.scheme.area) | {"bounds": lived_in(plan)},
    }
