"""A plan on the wall of a meeting room: one community after the other, before and after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from geogrid.desks.map_config import lived_in, map_config
from geogrid.desks.planner.compare_data import map_json
from geogrid.desks.planner.drafts import of_plan
from geogrid.publishing.dossier.changes import Changes, Named, changes_of, plan_before
from geogrid.publishing.dossier.figures import Figures, figures_of
from geogrid.publishing.dossier.gathering import GridTold, grids_told
from geogrid.publishing.impact import HandOver
from geogrid.territory.map_layers import grid_features
from geogrid.territory.models import Plan
from layers.feeds.caching import NEVER

__all__ = ["meeting", "meeting_map"]

SHOWN = 5


@dataclass(slots=True)
class Stop:
    """What is told at one stop: a community, or with code "" the whole plan. Nobody is named."""

    code: str
    name: str
    grids: list[GridTold]
    figures: Figures
    hand_overs: list[HandOver] = field(default_factory=list)
    begun: list[Named] = field(default_factory=list)
    ended: list[Named] = field(default_factory=list)

    @property
    def shown(self) -> list[HandOver]:
        return self.hand_overs[:SHOWN]

    @property
    def more(self) -> int:
        return max(len(self.hand_overs) - SHOWN, 0)

    @property
    def handed(self) -> int:
        return sum(one.counts.get("households", 0) for one in self.hand_overs)

    @property
    def exceptions(self) -> list[GridTold]:
        return [grid for grid in self.grids if grid.exceptional]


@require_safe
@of_plan
def meeting(request: HttpRequest, plan: Plan) -> HttpResponse:
    now = timezone.now()
    before = plan_before(plan, now)
    changes = changes_of(plan, before, at=now) if before else None
    area = plan.scheme.area
    where = [area.slug, plan.number]
    context = {
        "area": area,
        "scheme": plan.scheme,
        "plan": plan,
        "before": before,
        "stops": _stops(plan, changes),
        "map_config": map_config(area)
        | {
            "bounds": lived_in(plan),
            "meeting_url": reverse("planner:meeting_map", args=where),
            "range": [plan.scheme.households_min, plan.scheme.households_max],
        },
    }
    return render(request, "planner/dossier/meeting.html", context)


@require_safe
@of_plan
def meeting_map(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The grids before and after, and the land between; `?alone=1`: only this plan's."""
    before = None if request.GET.get("alone") else plan_before(plan, timezone.now())
    if before is None:
        after = grid_features(plan, page_of=("", ""))
        body = b'{"before": null, "handed": null, "after": ' + after + b"}"
    else:
        body = map_json(plan, before)
    answer = HttpResponse(body, content_type="application/json")
    answer["Cache-Control"] = NEVER
    return answer


def _stops(plan: Plan, changes: Changes | None) -> list[Stop]:
    grids = grids_told(plan)
    low, high = plan.scheme.households_min, plan.scheme.households_max
    names = dict(plan.grids.values_list("pk", "name"))
    codes = dict(plan.grids.values_list("pk", "code"))
    below: dict[int | None, list[GridTold]] = defaultdict(list)
    for grid in grids:
        below[grid.parent].append(grid)
    every = Stop("", plan.scheme.area.name, grids, figures_of(grids, low, high))
    stops = [every]
    if len(below) > 1:
        stops += [
            Stop(codes.get(pk or 0, ""), names.get(pk or 0, ""), own, figures_of(own, low, high))
            for pk, own in sorted(below.items(), key=lambda item: codes.get(item[0] or 0, ""))
        ]
    if changes is not None:
        _tell(stops, changes)
    return stops


def _tell(stops: list[Stop], changes: Changes) -> None:
    """Put what changes to the communities it happens in; a grid that ended goes by its code."""
    every, communities = stops[0], stops[1:]
    every.hand_overs, every.begun, every.ended = changes.hand_overs, changes.begun, changes.ended
    at: dict[UUID, Stop] = {grid.lineage: stop for stop in communities for grid in stop.grids}
    for one in changes.hand_overs:
        lineages = (one.from_lineage, one.to_lineage)
        touched = [at[lineage] for lineage in lineages if lineage in at]
        for stop in {id(stop): stop for stop in touched}.values():
            stop.hand_overs.append(one)
    for stop in communities:
        stop.begun = [one for one in changes.begun if one.code.startswith(stop.code)]
        stop.ended = [one for one in changes.ended if one.code.startswith(stop.code)]
