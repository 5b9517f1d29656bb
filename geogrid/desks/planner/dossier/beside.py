"""Two or three plans side by side: maps that move together, and one table of figures."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geogrid.desks.map_config import lived_in, map_config
from geogrid.desks.planner.dossier.pages import titled
from geogrid.desks.planner.views import scheme_asked
from geogrid.publishing.dossier.alternatives import side_by_side
from geogrid.territory.models import Plan, Scheme

__all__ = ["alternatives"]

ASKED = ("a", "b", "c")


@login_required
@require_safe
def alternatives(request: HttpRequest, area: str) -> HttpResponse:
    """`?a=3&b=5&c=7`; without numbers the newest two plans."""
    scheme = scheme_asked(request, area)
    offered = list(
        scheme.plans.exclude(state=Plan.State.WITHDRAWN).defer("outline").order_by("-number")
    )
    running = Plan.objects.in_force(timezone.now()).filter(scheme=scheme).first()
    plans, problem = _chosen(request, scheme, offered)
    sides = side_by_side(plans, at=timezone.now()) if len(plans) > 1 else None
    context = {
        "area": scheme.area,
        "scheme": scheme,
        "sides": sides,
        "problem": problem,
        "fields": [_field(request, name, offered, plans) for name in ASKED],
        "running": running,
        "map_config": map_config(scheme.area)
        | {
            "plans": [
                {
                    "number": one.plan.number,
                    "title": one.title,
                    "url": reverse("planner:meeting_map", args=[area, one.plan.number])
                    + "?alone=1",
                }
                for one in (sides.plans if sides else [])
            ],
            **({"bounds": lived_in(plans[0])} if plans else {}),
        },
        "tab": "drafts",
    }
    status = 404 if problem and request.GET else 200
    return render(request, "planner/dossier/alternatives.html", context, status=status)


def _chosen(request: HttpRequest, scheme: Scheme, offered: list[Plan]) -> tuple[list[Plan], str]:
    asked = [request.GET[name] for name in ASKED if request.GET.get(name)]
    known = {str(plan.number): plan for plan in offered}
    for plan in offered:
        plan.scheme = scheme
    if not asked and not request.GET:
        if len(offered) < 2:
            return [], _("There is only one plan here. Start another draft to compare it with.")
        return [offered[1], offered[0]], ""
    numbers = list(dict.fromkeys(asked))
    missing = [number for number in numbers if number not in known]
    if missing:
        return [], _("There is no plan %(number)s here.") % {"number": missing[0][:12]}
    if len(numbers) < 2:
        return [], _("Choose two different plans.")
    return [known[number] for number in numbers], ""


def _field(
    request: HttpRequest, name: str, offered: list[Plan], plans: list[Plan]
) -> dict[str, object]:
    place = ASKED.index(name)
    labels = (_("First plan"), _("Second plan"), _("Third plan (not needed)"))
    chosen = str(plans[place].number) if place < len(plans) else request.GET.get(name, "")
    return {
        "name": name,
        "label": labels[place],
        "optional": place == 2,
        "choices": [
            (str(plan.number), titled(plan), str(plan.number) == chosen) for plan in offered
        ],
    }
