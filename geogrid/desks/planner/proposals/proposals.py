"""Proposals as JSON: where to ask for them, up to three ways for a community, steps as one command.

Nothing is written here; what is accepted goes the way of every command.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse

from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.desks.planner.asking import body_of, json_of_plan, user_of
from geogrid.desks.planner.draft_grids import drawn_by
from geogrid.desks.planner.errors import NotAsked
from geogrid.territory.commands import parse
from geogrid.territory.errors import CommandUnreadable, NotADraft
from geogrid.territory.geojson import as_geojson
from geogrid.territory.models import Plan
from geogrid.territory.proposing import (
    Alternative,
    Figures,
    Proposal,
    Unit,
    compose,
    propose_balance,
    units_of,
)
from geogrid.territory.proposing_steps import Step

__all__ = ["MOST_STEPS", "composed", "proposals"]

MOST_STEPS = 400  # put together in one command: a second or two
MOST_HOUSEHOLDS = 100_000
LONGEST_KEEP = 10.0


def proposals(request: HttpRequest, area: str, number: int) -> HttpResponse:
    """GET where proposals can be asked for; POST the alternatives for one of these units."""
    view = _asked if request.method == "POST" else _units
    return view(request, area=area, number=number)


@json_of_plan("GET")
def _units(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The communities, with the number of their grids, and the scheme's range."""
    units = [
        {
            "lineage": _text(one.lineage),
            "name": one.name,
            "code": one.code,
            "grids": len(one.leaves),
        }
        for one in units_of(plan)
    ]
    least, most = plan.scheme.households_min, plan.scheme.households_max
    return JsonResponse({"units": units, "range": {"least": least, "most": most}})


@json_of_plan("POST")
def _asked(request: HttpRequest, plan: Plan) -> HttpResponse:
    """`unit` or `grids` (lineages of one unit), `least`, `most`, `keep` 0-10, `locked`, `seed`.

    What lies outside of the asker's own part counts as locked.
    """
    sent = _sent(request, plan)
    only = _lineages(sent, "grids")
    unit = _unit(units_of(plan), sent, only)
    least, most = _whole(sent, "least", 1), _whole(sent, "most", 1)
    if least > most:
        raise NotAsked(name="most")
    own = drawn_by(user_of(request), plan)
    locked = set(_lineages(sent, "locked") or ())
    if own is not None:
        locked |= {one for one in unit.leaves if str(one) not in own}
    made = propose_balance(
        plan,
        unit,
        at_least=least,
        at_most=most,
        keep=_keep(sent),
        only=only,
        locked=locked,
        seed=_whole(sent, "seed", 0, default=1),
    )
    return JsonResponse(_told(made))


@json_of_plan("POST")
def composed(request: HttpRequest, plan: Plan) -> HttpResponse:
    """`steps`: [{verb, arguments} ...] as proposed -> the one command that does them all."""
    sent = _sent(request, plan)
    steps = sent.get("steps")
    if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS:
        raise NotAsked(name="steps")
    commands = []
    for step in steps:
        if not isinstance(step, dict) or not isinstance(step.get("arguments"), dict):
            raise CommandUnreadable(part="steps", value="")
        commands.append(
            parse(
                str(step.get("verb", "")),
                step["arguments"],
                command_id=uuid4(),
                base_revision=plan.revision,
            )
        )
    whole = compose(plan, commands, base_revision=plan.revision)
    return JsonResponse(
        {"verb": str(whole.verb), "arguments": whole.arguments(), "revision": plan.revision}
    )


def _sent(request: HttpRequest, plan: Plan) -> Mapping[str, Any]:
    require(user_of(request), Permission.DRAW, scheme=plan.scheme, where=ANYWHERE)
    if plan.state != Plan.State.DRAFT:
        raise NotADraft(number=plan.number)
    return body_of(request)


def _unit(units: list[Unit], sent: Mapping[str, Any], only: list[UUID] | None) -> Unit:
    """The unit that is named, or that the first named grid lies in."""
    named = sent.get("unit")
    for unit in units:
        if only and not named:
            if only[0] in unit.leaves:
                return unit
        elif str(named or "") == str(unit.lineage or ""):
            return unit
    raise NotAsked(name="unit")


def _lineages(sent: Mapping[str, Any], name: str) -> list[UUID] | None:
    told = sent.get(name)
    if told is None:
        return None
    try:
        if not isinstance(told, list):
            raise ValueError(told)
        return [UUID(one) for one in told]
    except (ValueError, AttributeError, TypeError):
        raise NotAsked(name=name) from None


def _whole(sent: Mapping[str, Any], name: str, least: int, default: int | None = None) -> int:
    told = sent.get(name, default)
    if type(told) is not int or not least <= told <= MOST_HOUSEHOLDS:
        raise NotAsked(name=name)
    return told


def _keep(sent: Mapping[str, Any]) -> float:
    told = sent.get("keep", 1)
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= LONGEST_KEEP:
        raise NotAsked(name="keep")
    return float(told)


def _told(made: Proposal) -> dict[str, Any]:
    return {
        "unit": {
            "lineage": _text(made.unit.lineage),
            "name": made.unit.name,
            "code": made.unit.code,
        },
        "revision": made.revision,
        "now": _figures(made.now),
        "kept": [str(one) for one in made.kept],
        "alternatives": [_alternative(one) for one in made.alternatives],
    }


def _figures(one: Figures) -> dict[str, Any]:
    return {
        "grids": one.grids,
        "within": one.within,
        "deviation": one.deviation,
        "compactness": one.compactness,
    }


def _alternative(one: Alternative) -> dict[str, Any]:
    return {
        "name": one.name,
        "then": _figures(one.then),
        "homes": one.homes,
        "touched": one.touched,
        "steps": [_step(step) for step in one.steps],
        "grids": [
            {
                "lineage": _text(grid.lineage),
                "before": grid.before,
                "then": grid.then,
                "compactness_before": _rounded(grid.compactness_before),
                "compactness_then": _rounded(grid.compactness_then),
                "shape": None if grid.shape is None else as_geojson(grid.shape),
            }
            for grid in one.grids
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "verb": step.verb,
        "arguments": step.arguments,
        # A claim has its area among its arguments already.
        "area": None if "area" in step.arguments else as_geojson(step.area),
        "sources": [str(one) for one in step.sources],
        "target": _text(step.target),
        "blocks": step.blocks,
        "homes": step.homes,
        "buildings": step.buildings,
        "loads": {str(lineage): load for lineage, load in step.loads.items()},
        "made": step.made,
        "streets": step.streets,
        "addresses": step.addresses,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _text(lineage: UUID | None) -> str | None:
    return None if lineage is None else str(lineage)
