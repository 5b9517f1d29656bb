"""Several grids at once for one worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from geogrid.desks.planner.roster.asking import Asked, attempt, for_publishers, worker_asked
from geogrid.desks.planner.roster.forms import ACTING, CoverForm
from geogrid.desks.planner.roster.listing import GridRow, roles, roster_of
from geogrid.duty import actions
from geogrid.duty.models import DutyEvent, PostRole, Worker

__all__ = ["cover"]


@require_http_methods(["GET", "HEAD", "POST"])
@for_publishers
def cover(asked: Asked, worker: int) -> HttpResponse:
    """Several grids at once for one worker."""
    row = worker_asked(asked, worker)
    if asked.plan is None or row.erased_at is not None:
        raise Http404
    with timezone.override(asked.zone):
        found = roster_of(asked.plan, asked.at)
        rows = [one for one in found.rows if asked.reaches(one.grid.lineage)]
        posted = asked.request.POST if asked.request.method == "POST" else None
        first = {"tier": "A", "role": "worker"}
        form = CoverForm(posted, roles=roles(), initial=first)
        status = 200
        if form.is_bound:
            status = 400
            wanted = _wanted(rows, form)
            if form.is_valid() and not wanted:
                form.add_error(None, _("Choose at least one grid."))
            elif form.is_valid():
                status, told = _cover(asked, row, form, wanted)
                if status == 200:
                    words = ngettext("%(count)d post is given.", "%(count)d posts are given.", told)
                    messages.success(asked.request, words % {"count": told})
                    return redirect("planner:roster_worker", area=asked.area.slug, worker=row.pk)
        return asked.show("cover", status=status, worker=row, form=form, rows=rows)


def _cover(asked: Asked, row: Worker, form: CoverForm, wanted: list[UUID]) -> tuple[int, int]:
    said: dict[str, Any] = form.cleaned_data
    told: list[DutyEvent] = []

    def give() -> None:
        told.extend(
            actions.give_all(
                plan=asked.plan, lineages=wanted, role=PostRole.objects.get(code=said["role"]),
                worker=row, by=asked.user, at=asked.at, since=said["since"],
                tier="B" if said["tier"] == "B" else "A", acting=said["tier"] == ACTING,
            )  # type: ignore[arg-type]  # without a plan there is no page
        )  # fmt: skip

    return attempt(form, give), len(told)


def _wanted(rows: Sequence[GridRow], form: CoverForm) -> list[UUID]:
    """The grids that were ticked, and all below a community that was: a form has 500 fields."""
    below = {row.grid.pk for row in rows if str(row.grid.lineage) in form.below}
    return [
        row.grid.lineage for row in rows
        if str(row.grid.lineage) in form.asked or row.grid.parent_id in below
    ]  # fmt: skip
