"""Who asks the editor's addresses for what: a plan of an area, JSON in, JSON out.

A program never gets a page: whoever is signed out, has no role or sends nonsense is told so in the
one shape `{code, message, data}`.
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.csrf import csrf_exempt

from geogrid.accounts.errors import CodedError
from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.desks.planner.errors import (
    BodyTooLarge,
    BodyUnreadable,
    NoSuchPlan,
    PageTooOld,
    SignedOut,
    WrongMethod,
)
from geogrid.territory.models import Plan, Scheme
from layers.feeds.caching import NEVER

__all__ = ["body_of", "json_of_plan", "plan_asked", "user_of"]

MOST_BYTES = 4 * 1024 * 1024
View = Callable[..., HttpResponse]
PlanView = Callable[[HttpRequest, Plan], HttpResponse]


class CsrfInJson(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return _refused(PageTooOld())


def json_of_plan(method: str) -> Callable[[PlanView], View]:
    """Make a view of (request, plan) answer JSON only, to whoever may see the plan.

    The check against forged requests is Django's own, moved inside to answer in JSON too.
    """

    def decorate(view: PlanView) -> View:
        @decorator_from_middleware(CsrfInJson)
        @wraps(view)
        def checked(request: HttpRequest, area: str, number: int) -> HttpResponse:
            try:
                if request.method != method and (method, request.method) != ("GET", "HEAD"):
                    raise WrongMethod(methods=method)
                if not request.user.is_authenticated:
                    raise SignedOut
                return view(request, plan_asked(request, area, number))
            except CodedError as refusal:
                return _refused(refusal)

        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, area: str, number: int) -> HttpResponse:
            answer: HttpResponse = checked(request, area, number)  # type: ignore[assignment]
            if not answer.has_header("Cache-Control"):
                answer["Cache-Control"] = NEVER
            return answer

        return wrapped

    return decorate


def plan_asked(request: HttpRequest, area: str, number: int) -> Plan:
    """The plan of the area's general scheme, without its outline.

    Raises NoSuchPlan, NotAllowed. A stranger to the area is not told which numbers exist.
    """
    scheme = Scheme.objects.filter(area__slug=area, general=True).select_related("area").first()
    if scheme is None:
        raise NoSuchPlan
    require(user_of(request), Permission.SEE_PLAN, scheme=scheme)
    plan = Plan.objects.filter(scheme=scheme, number=number).defer("outline").first()
    if plan is None:
        raise NoSuchPlan
    plan.scheme = scheme
    return plan


def user_of(request: HttpRequest) -> User:
    """Whoever is signed in; nobody never counts as the system, which may everything."""
    if not isinstance(request.user, User):
        raise SignedOut
    return request.user


def body_of(request: HttpRequest) -> Mapping[str, Any]:
    """The JSON object that was sent. Raises BodyTooLarge, BodyUnreadable."""
    try:
        raw = request.body
    except RequestDataTooBig:
        raise BodyTooLarge(most=MOST_BYTES // 1024**2) from None
    if len(raw) > MOST_BYTES:
        raise BodyTooLarge(most=MOST_BYTES // 1024**2)
    try:
        read = json.loads(raw, parse_constant=_no_number)
        if b"\\u" in raw:
            _storable(read)
    except (ValueError, RecursionError):
        raise BodyUnreadable from None
    if not isinstance(read, dict):
        raise BodyUnreadable
    return read


def _no_number(name: str) -> None:
    raise ValueError(name)


def _storable(read: Any) -> None:
    """Raise ValueError for characters that no database holds: half of a pair, and number 0."""
    if b"\x00" in json.dumps(read, ensure_ascii=False).replace("\\u0000", "\x00").encode():
        raise ValueError("a character that cannot be kept")


def _refused(refusal: CodedError) -> HttpResponse:
    return JsonResponse(refusal.as_dict(), status=refusal.status)
