"""What the editor does to a draft, and what it asks about it: JSON in, JSON out.

A command may be sent twice (the line broke, the tab was closed): the second time it gets the first
answer.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.desks.planner.asking import body_of, json_of_plan, user_of
from geogrid.desks.planner.draft_findings import findings_of
from geogrid.desks.planner.draft_grids import figures
from geogrid.desks.planner.draft_history import history_of
from geogrid.desks.planner.errors import NotAsked
from geogrid.territory.actions import edit, redo_latest, undo_latest, undoable
from geogrid.territory.answers import EditAnswer, since
from geogrid.territory.commands import parse
from geogrid.territory.errors import CommandUnreadable
from geogrid.territory.models import Plan

MOST_REVISION = 2**63 - 1
REVISION = re.compile(r"[0-9]{1,18}", re.ASCII)
LONGEST_REASON = 200


@json_of_plan("POST")
def commands(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Carry out one command."""
    sent = _sent(request, plan)
    arguments, unlock = sent.get("arguments", {}), sent.get("unlock") or ""
    if not isinstance(arguments, dict):
        raise CommandUnreadable(part="arguments", value="")
    if not isinstance(unlock, str) or len(unlock) > LONGEST_REASON:
        raise CommandUnreadable(part="unlock", value=str(unlock)[:40])
    command = parse(
        str(sent.get("verb", "")),
        arguments,
        command_id=_command_id(sent.get("command_id")),
        base_revision=_revision(sent.get("base_revision")),
        unlock=unlock.strip(),
    )
    done = edit(plan=plan, command=command, by=user_of(request), at=timezone.now())
    return JsonResponse(answered(plan, done, user_of(request)))


@json_of_plan("POST")
def undo(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Take back one's own latest edit that still counts."""
    return _back(undo_latest, request, plan)


@json_of_plan("POST")
def redo(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Take back one's own latest undo."""
    return _back(redo_latest, request, plan)


def _back(step: Callable[..., EditAnswer], request: HttpRequest, plan: Plan) -> HttpResponse:
    sent = _sent(request, plan)
    number = sent.get("command_id")
    done = step(
        plan=plan,
        by=user_of(request),
        at=timezone.now(),
        base_revision=_revision(sent.get("base_revision")),
        command_id=None if number is None else _command_id(number),
    )
    return JsonResponse(answered(plan, done, user_of(request)))


def _sent(request: HttpRequest, plan: Plan) -> Mapping[str, Any]:
    """What was sent, read for planners only; the action asks again for every grid it meets."""
    require(user_of(request), Permission.DRAW, scheme=plan.scheme, where=ANYWHERE)
    return body_of(request)


@json_of_plan("GET")
def changes(request: HttpRequest, plan: Plan) -> HttpResponse:
    """`?since=R`: what anybody changed after revision R, with the plan's state as it is now."""
    revision = _number(request, "since")
    if revision is None or revision > plan.revision:
        raise NotAsked(name="since")
    return JsonResponse(answered(plan, since(plan, revision), user_of(request)))


@json_of_plan("GET")
def history(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The edits in words, the latest first; `?before=R` for older ones."""
    told = history_of(plan, user_of(request), before=_number(request, "before"))
    return JsonResponse(told, safe=False)


@json_of_plan("GET")
def findings(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Everything about the whole plan that a planner should see to or know."""
    return JsonResponse(findings_of(plan, at=timezone.now()), safe=False)


def answered(plan: Plan, done: EditAnswer, user: User) -> dict[str, Any]:
    """The answer, each changed grid with what lies in it and room for its label, as of now;
    and whether the user has something to take back or to do again.
    """
    told = done.as_dict()
    known = figures(plan, [state.lineage for state in done.changed_grids])
    nothing = {"loads": None, "label_point": None, "label_radius_m": None, "open_cases": 0}
    for grid in told["changed_grids"]:
        grid |= known.get(UUID(grid["lineage"]), nothing)
    return told | {"state": plan.state, "undoable": undoable(plan, user)}


def _number(request: HttpRequest, name: str) -> int | None:
    """A revision in the address; None where it is not given."""
    asked = request.GET.get(name)
    if asked is None:
        return None
    if not REVISION.fullmatch(asked):
        raise NotAsked(name=name)
    return int(asked)


def _command_id(value: Any) -> UUID:
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError):
        raise CommandUnreadable(part="command_id", value=str(value)[:40]) from None


def _revision(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_REVISION:
        raise CommandUnreadable(part="base_revision", value=str(value)[:40])
    return value
