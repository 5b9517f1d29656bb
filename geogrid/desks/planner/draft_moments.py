"""Named moments of a draft: told, named, renamed, forgotten."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.desks.planner.asking import body_of, json_of_plan, user_of
from geogrid.desks.planner.errors import NotAsked
from geogrid.territory.actions import forget_moment, name_moment
from geogrid.territory.models import Moment, Plan

MOST_REVISION = 2**63 - 1


@json_of_plan("GET")
def moments(request: HttpRequest, plan: Plan) -> HttpResponse:
    """All of them, the latest first."""
    return JsonResponse(moments_of(plan), safe=False)


@json_of_plan("POST")
def moment(request: HttpRequest, plan: Plan) -> HttpResponse:
    """`{revision, name}`: name or rename; an empty name forgets it. Answers all that are left."""
    user = user_of(request)
    require(user, Permission.DRAW, scheme=plan.scheme, where=ANYWHERE)
    sent = body_of(request)
    revision, name = sent.get("revision"), sent.get("name")
    if type(revision) is not int or not 0 <= revision <= MOST_REVISION:
        raise NotAsked(name="revision")
    if not isinstance(name, str) or "\0" in name:
        raise NotAsked(name="name")
    if name.strip():
        name_moment(plan=plan, revision=revision, name=name, by=user, at=timezone.now())
    else:
        forget_moment(plan=plan, revision=revision, by=user)
    return JsonResponse(moments_of(plan), safe=False)


def moments_of(plan: Plan) -> list[dict[str, Any]]:
    rows = Moment.objects.filter(plan=plan).order_by("-revision").select_related("by")
    return [
        {
            "revision": one.revision,
            "name": one.name,
            "by": str(one.by or ""),
            "at": one.at.isoformat(),
        }
        for one in rows
    ]
