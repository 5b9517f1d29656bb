"""Publication of many: one fact of all workers on one basis, or hidden again at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from geogrid.desks.planner.roster.asking import Asked, attempt, for_publishers
from geogrid.desks.planner.roster.forms import PublicationForm
from geogrid.duty.models import Contact, Post, Worker
from geogrid.publishing import disclosing
from geogrid.publishing.models import Disclosure

__all__ = ["publication"]

Fact = Disclosure.Fact


@dataclass(frozen=True, slots=True)
class Figures:
    """Of how many workers there is something to show, it is shown, and it could be."""

    fact: str
    word: str
    there: int
    shown: int

    @property
    def hidden(self) -> int:
        return self.there - self.shown


@require_http_methods(["GET", "HEAD", "POST"])
@for_publishers
def publication(asked: Asked) -> HttpResponse:
    """What of the workers is public, per fact; a posted form shows or hides it of all of them."""
    having = _having(asked)
    posted = asked.request.POST if asked.request.method == "POST" else None
    form = PublicationForm(posted)
    status = 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            status = _do(asked, form, having)
        if status == 200:
            return redirect("planner:roster_publication", area=asked.area.slug)
    shown = Disclosure.objects.facts({pk for of in having.values() for pk in of}, asked.at)
    figures = [
        Figures(
            fact.value, str(fact.label), len(having[fact.value]),
            sum(fact.value in shown[pk] for pk in having[fact.value]),
        )
        for fact in Fact
    ]  # fmt: skip
    bases = Disclosure.objects.filter(worker__area=asked.area).order_by("basis")
    return asked.show(
        "publication",
        status=status,
        form=form,
        figures=figures,
        workers=len(having["name"]),
        bases=list(bases.values_list("basis", flat=True).distinct()[:12]),
    )


def _do(asked: Asked, form: PublicationForm, having: dict[str, dict[int, Worker]]) -> int:
    said = form.cleaned_data
    hides = asked.request.POST.get("act") == "hide"
    workers = list(having[said["field"]].values())
    if not hides and not said["basis"].strip():
        form.add_error("basis", _("Say on what basis this may be shown."))
        return 400
    done = 0

    def act() -> None:
        nonlocal done
        if hides:
            done = disclosing.withdraw_of_all(
                workers=workers, field=said["field"], by=asked.user, at=asked.at
            )
        else:
            done = disclosing.disclose_of_all(
                workers=workers, field=said["field"], basis=said["basis"], by=asked.user,
                at=asked.at,
            )  # fmt: skip

    status = attempt(form, act)
    if status == 200:
        shown = ngettext(
            "Shown of %(count)d worker from now on.",
            "Shown of %(count)d workers from now on.",
            done,
        )
        hidden = ngettext(
            "No longer shown of %(count)d worker.", "No longer shown of %(count)d workers.", done
        )
        messages.success(asked.request, (hidden if hides else shown) % {"count": done})
    return status


def _having(asked: Asked) -> dict[str, dict[int, Worker]]:
    """Per fact the workers who have it and whom this account may decide about."""
    rows = Worker.objects.working(asked.area)
    if asked.reach is not None:
        # Whoever begins elsewhere later is somebody else's to decide about, too.
        theirs = Post.objects.not_over(asked.at).filter(scheme=asked.scheme)
        outside = theirs.exclude(lineage__in=asked.reach).values("worker")
        rows = rows.filter(pk__in=theirs.filter(lineage__in=asked.reach).values("worker"))
        rows = rows.exclude(pk__in=outside.filter(worker__isnull=False))
    workers = {worker.pk: worker for worker in rows}
    kind = Contact.Kind.DUTY_PHONE
    phones = set(
        Contact.objects.filter(kind=kind, worker__in=workers).values_list("worker", flat=True)
    )
    return {
        Fact.NAME.value: workers,
        Fact.PORTRAIT.value: {pk: one for pk, one in workers.items() if one.portrait_id},
        Fact.DUTY_PHONE.value: {pk: one for pk, one in workers.items() if pk in phones},
        Fact.DUTIES.value: {pk: one for pk, one in workers.items() if one.duties or one.hours},
    }
