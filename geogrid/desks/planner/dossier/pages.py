"""The dossier of a plan: what is in it, have it made, take it along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from geogrid.desks.planner.asking import json_of_plan, user_of
from geogrid.desks.planner.drafts import of_plan
from geogrid.desks.planner.standing import Standing, standing_of
from geogrid.publishing.dossier.alternatives import MOST
from geogrid.publishing.dossier.making import ask_for_dossier
from geogrid.publishing.dossier.paper import state_word
from geogrid.publishing.models import Dossier
from geogrid.territory.models import Plan

__all__ = ["DossierForm", "dossier", "dossier_file", "state"]

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SLOW = timedelta(seconds=90)
"""Waiting longer than that means that no worker runs, and the page says so."""
OFFERED = 12


class DossierForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    beside = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Put beside it"), coerce=int, required=False
    )

    def __init__(self, data: Any, plans: list[Plan]) -> None:
        super().__init__(data, initial={"language": get_language()})
        self.plans = plans
        choices = [(plan.number, titled(plan)) for plan in plans]
        self.fields["beside"].choices = choices  # type: ignore[attr-defined]

    def clean_beside(self) -> list[int]:
        chosen: list[int] = self.cleaned_data["beside"]
        if len(chosen) > MOST - 1:
            raise forms.ValidationError(_("Choose at most two others."))
        return chosen


@dataclass(frozen=True, slots=True)
class Made:
    """One dossier in the list; `kilobytes` of the PDF, `slow` when nobody seems to make it."""

    row: Dossier
    stage: str
    language: str
    current: bool
    slow: bool
    kilobytes: int | None


@require_http_methods(["GET", "HEAD", "POST"])
@of_plan
def dossier(request: HttpRequest, plan: Plan) -> HttpResponse:
    now = timezone.now()
    posted = request.POST if request.method == "POST" else None
    form = DossierForm(posted, _others(plan))
    if posted is not None and form.is_valid():
        beside = form.cleaned_data["beside"]
        ask_for_dossier(
            plan=plan,
            language=form.cleaned_data["language"],
            by=user_of(request),
            at=now,
            alternatives=[plan.number, *beside] if beside else [],
        )
        return redirect("planner:draft_dossier", area=plan.scheme.area.slug, number=plan.number)
    standing = standing_of(plan, now)
    made = _made(plan, standing)
    context = {
        "area": plan.scheme.area,
        "scheme": plan.scheme,
        "plan": plan,
        "standing": standing,
        "form": form,
        "made": made,
        "waiting": any(one.row.state == Dossier.State.WAITING for one in made),
        "tab": "drafts",
    }
    with timezone.override(ZoneInfo(plan.scheme.area.timezone)):
        status = 400 if posted is not None else 200
        return render(request, "planner/dossier/dossier.html", context, status=status)


@json_of_plan("GET")
def state(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Which dossiers are being made, for a page that waits."""
    rows = plan.dossiers.values_list("pk", "state")
    return JsonResponse({"dossiers": {str(pk): word for pk, word in rows}})


@require_safe
@of_plan
def dossier_file(request: HttpRequest, plan: Plan, dossier: int, file_format: str) -> FileResponse:
    """A finished file, for whoever may see the plan."""
    row = get_object_or_404(Dossier, plan=plan, pk=dossier)
    kept = {"pdf": row.pdf, "xlsx": row.xlsx}.get(file_format)
    if not kept:
        raise Http404
    try:
        content = kept.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    name = (
        f"{plan.scheme.area.slug}-{plan.scheme.code}-{plan.number}-r{row.revision}"
        f"-{row.language}.{file_format}"
    )
    answer = FileResponse(content, content_type=TYPES[file_format])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def titled(plan: Plan) -> str:
    title = _("Plan %(number)s") % {"number": plan.number}
    return f"{title} · {plan.name}" if plan.name else title


def _others(plan: Plan) -> list[Plan]:
    rows = plan.scheme.plans.exclude(pk=plan.pk).exclude(state=Plan.State.WITHDRAWN)
    return list(rows.defer("outline").order_by("-number")[:OFFERED])


def _made(plan: Plan, standing: Standing) -> list[Made]:
    languages = dict(settings.LANGUAGES)
    return [
        Made(
            row=row,
            stage=state_word(row.stage),
            language=str(languages.get(row.language, row.language)),
            current=row.revision == plan.revision and row.stage == standing.stage,
            slow=timezone.now() - row.at > SLOW,
            kilobytes=_kilobytes(row),
        )
        for row in plan.dossiers.select_related("by")
    ]


def _kilobytes(row: Dossier) -> int | None:
    try:
        return round(row.pdf.size / 1024) if row.pdf else None
    except OSError:  # the file is gone, say after a restore without media
        return None
