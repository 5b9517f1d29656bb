"""Who asks for the roster of which area, over which plan, and what they may change there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from geogrid.accounts.errors import CodedError
from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, may
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.views import scheme_asked
from geogrid.duty.models import Worker
from geogrid.duty.reach import drawn_reach, plan_looked_at
from geogrid.territory.models import Area, Plan, Scheme

__all__ = ["Asked", "attempt", "for_publishers", "of_roster", "worker_asked"]

View = Callable[..., HttpResponse]


@dataclass(slots=True)
class Asked:
    """`plan` is the one in force unless another is asked for; `reach` None: all of its grids."""

    request: HttpRequest
    user: User
    scheme: Scheme
    plan: Plan | None
    at: datetime
    publishes: bool
    reach: set[UUID] | None
    query: str = ""

    @property
    def area(self) -> Area:
        area: Area = self.scheme.area
        return area

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.area.timezone)

    @property
    def sees_phones(self) -> bool:
        """Whoever runs the roster or sends people out; others see that there is a number."""
        return self.publishes or may(self.user, Permission.DISPATCH, scheme=self.scheme)

    def reaches(self, lineage: UUID) -> bool:
        return self.publishes and (self.reach is None or lineage in self.reach)

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        told = {
            "area": self.area, "scheme": self.scheme, "plan": self.plan, "asked": self,
            "publishes": self.publishes, "now": self.at, "tab": "roster", "plan_query": self.query,
            **context,
        }  # fmt: skip
        with timezone.override(self.zone):
            return render(self.request, f"planner/roster/{template}.html", told, status=status)


def of_roster(view: View) -> View:
    """Hand a page of the roster what is asked; names and numbers on it are kept by no cache."""

    @login_required
    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, area: str, **more: Any) -> HttpResponse:
        return view(_asked(request, area), **more)

    return wrapped


def for_publishers(view: View) -> View:
    """As `of_roster`, for those who may change posts somewhere in the area."""

    @wraps(view)
    def checked(asked: Asked, **more: Any) -> HttpResponse:
        if not asked.publishes:
            raise PermissionDenied
        return view(asked, **more)

    return of_roster(checked)


def _asked(request: HttpRequest, slug: str) -> Asked:
    scheme = scheme_asked(request, slug)
    user, now = user_of(request), timezone.now()
    plan, query = plan_looked_at(scheme, now), ""
    number = request.GET.get("plan", "")
    if number.isdecimal() and (plan is None or int(number) != plan.number):
        rows = Plan.objects.filter(scheme=scheme).defer("outline")
        plan = get_object_or_404(rows.exclude(state=Plan.State.WITHDRAWN), number=number)
        query = f"?plan={plan.number}"
    if plan is not None:
        plan.scheme = scheme
    publishes = may(user, Permission.PUBLISH, scheme=scheme, where=ANYWHERE)
    reach = drawn_reach(user, plan) if publishes and plan else None
    return Asked(request, user, scheme, plan, now, publishes, reach, query)


def worker_asked(asked: Asked, number: int) -> Worker:
    rows = Worker.objects.select_related("portrait", "user")
    worker = rows.filter(area=asked.area, pk=number).first()
    if worker is None:
        raise Http404
    worker.area = asked.area
    return worker


def attempt(form: Form, act: Callable[[], object]) -> int:
    """Run an action; a refusal becomes the form's error. Returns a status, 200: it is done."""
    try:
        act()
    except CodedError as refusal:
        form.add_error(None, str(refusal))
        return refusal.status
    return 200
