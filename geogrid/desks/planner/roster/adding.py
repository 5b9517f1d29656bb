"""Register somebody who can hold posts."""

from __future__ import annotations

import re
from secrets import token_hex
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geogrid.desks.planner.roster.asking import Asked, attempt, for_publishers
from geogrid.desks.planner.roster.forms import WorkerForm
from geogrid.duty import actions
from geogrid.duty.models import Worker

__all__ = ["add"]

# Of one page that was opened: the button pressed twice registers nobody twice.
KEY = re.compile("[0-9a-f]{16}")


@require_http_methods(["GET", "HEAD", "POST"])
@for_publishers
def add(asked: Asked) -> HttpResponse:
    """Register somebody; from the page of a grid it leads back there with the new one chosen."""
    form = WorkerForm(asked.request.POST if asked.request.method == "POST" else None)
    status, made = 200, []
    sent = asked.request.POST.get("key", "")
    key = sent if KEY.fullmatch(sent) else token_hex(8)
    if form.is_bound:
        status = 400
        if form.is_valid():

            def engage() -> None:
                told = form.cleaned_data
                face = sum(map(ord, told["name"])) % 12
                made.append(
                    actions.engage(
                        area=asked.area, by=asked.user, at=asked.at, face=face, key=key, **told
                    )
                )

            status = attempt(form, engage)
        if status == 200:
            messages.success(
                asked.request, _("%(name)s is on the roster.") % {"name": made[0].name}
            )
            return _after_adding(asked, made[0])
    return asked.show(
        "add", status=status, form=form, key=key, grid=asked.request.GET.get("grid", "")
    )


def _after_adding(asked: Asked, made: Worker) -> HttpResponse:
    try:
        lineage = UUID(asked.request.GET.get("grid", ""))
    except ValueError:
        return redirect("planner:roster_worker", area=asked.area.slug, worker=made.pk)
    answer = redirect("planner:roster_grid", area=asked.area.slug, lineage=lineage)
    answer["Location"] += f"{asked.query or '?'}{'&' if asked.query else ''}worker={made.pk}#give"
    return answer
