"""One grid of the roster: who answers now, who will, who did, and every change of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from geogrid.accounts.errors import CodedError
from geogrid.desks.planner.roster.asking import Asked, attempt, for_publishers, of_roster
from geogrid.desks.planner.roster.forms import (
    ACTING,
    ConfirmForm,
    GiveForm,
    SinceForm,
    SubjectsForm,
    VacateForm,
    worker_choices,
)
from geogrid.desks.planner.roster.listing import grids_named, roles
from geogrid.desks.planner.roster.words import lines_of
from geogrid.duty import actions
from geogrid.duty.models import DutyEvent, Post, PostRole, Worker
from geogrid.territory.models import Grid, Succession

__all__ = ["grid", "take_back", "workers_to_choose"]

EVENTS = 40


@require_http_methods(["GET", "HEAD", "POST"])
@of_roster
def grid(asked: Asked, lineage: UUID) -> HttpResponse:
    """The posts of a grid; a posted form changes them. `?on=2026-05-03`: who answered that day."""
    row = _grid(asked, lineage)
    with timezone.override(asked.zone):
        if asked.request.method == "POST":
            if not asked.reaches(lineage):
                raise PermissionDenied
            return _changed(asked, row)
        return _page(asked, row)


def _grid(asked: Asked, lineage: UUID) -> Grid:
    if asked.plan is None:
        raise Http404
    rows = Grid.objects.defer("boundary", "fixed_boundary").select_related("parent")
    return get_object_or_404(rows.exclude(kind=Grid.Kind.UNASSIGNED), plan=asked.plan,
                             lineage=lineage)  # fmt: skip


def _changed(asked: Asked, row: Grid) -> HttpResponse:
    """Do what a form asks for; one that cannot be done comes back with the reason."""
    act = asked.request.POST.get("act", "")
    verbs: dict[str, Callable[[Asked, Grid], tuple[Form, int, str]]] = {
        "give": _give, "vacate": _vacate, "end": _end, "order": _order, "subjects": _subjects,
    }  # fmt: skip
    if act not in verbs:
        raise Http404
    form, status, said = verbs[act](asked, row)
    if status == 200:
        messages.success(asked.request, said)
        answer = redirect("planner:roster_grid", area=asked.area.slug, lineage=row.lineage)
        answer["Location"] += asked.query
        return answer
    return _page(asked, row, act=act, refused=form, status=status)


def _give(asked: Asked, row: Grid) -> tuple[Form, int, str]:
    form = GiveForm(
        asked.request.POST, workers=workers_to_choose(asked), roles=roles(),
    )  # fmt: skip
    if not form.is_valid():
        return form, 400, ""
    said = form.cleaned_data
    worker = Worker.objects.get(pk=said["worker"])
    status = attempt(
        form,
        lambda: actions.give(
            **_place(asked, row, said["role"], said["since"]), worker=worker,
            tier="B" if said["tier"] == "B" else "A", acting=said["tier"] == ACTING,
            beside=said["beside"],
        ),
    )  # fmt: skip
    words = _("%(name)s answers for %(grid)s.")
    if said["since"]:
        words = _("%(name)s will answer for %(grid)s.")
    return form, status, words % {"name": worker.name, "grid": row.name}


def _vacate(asked: Asked, row: Grid) -> tuple[Form, int, str]:
    form = VacateForm(asked.request.POST, workers=workers_to_choose(asked), roles=roles())
    if not form.is_valid():
        return form, 400, ""
    said = form.cleaned_data
    acting = Worker.objects.get(pk=said["acting"]) if said["acting"] else None
    status = attempt(
        form,
        lambda: actions.vacate(
            **_place(asked, row, said["role"], said["since"]), reason=said["reason"], acting=acting
        ),
    )
    return form, status, _("The vacancy is declared.")


def _end(asked: Asked, row: Grid) -> tuple[Form, int, str]:
    post = _post(asked, row)
    form = SinceForm(asked.request.POST, prefix=f"end{post.pk}")
    if not form.is_valid():
        return form, 400, ""
    since = form.cleaned_data["since"]
    status = attempt(
        form,
        lambda: actions.end(post=post, plan=asked.plan, by=asked.user, at=asked.at, since=since),  # type: ignore[arg-type]  # without a plan there is no page
    )
    return form, status, _("The post ends.")


def _order(asked: Asked, row: Grid) -> tuple[Form, int, str]:
    form = ConfirmForm(asked.request.POST)
    place = _place(asked, row, asked.request.POST.get("role", ""), None)
    return form, attempt(form, lambda: actions.swap_order(**place)), _("A and B changed places.")


def _subjects(asked: Asked, row: Grid) -> tuple[Form, int, str]:
    post = _post(asked, row)
    form = SubjectsForm(asked.request.POST, post=post)
    if not form.is_valid():
        return form, 400, ""
    status = attempt(
        form,
        lambda: actions.set_subjects(
            post=post, plan=asked.plan, subjects=form.cleaned_data["subjects"], by=asked.user,
            at=asked.at,
        ),  # type: ignore[arg-type]  # without a plan there is no page
    )  # fmt: skip
    return form, status, _("The subjects are changed.")


def _place(asked: Asked, row: Grid, role: str, since: datetime | None) -> dict[str, Any]:
    return {
        "plan": asked.plan, "lineage": row.lineage, "role": get_object_or_404(PostRole, code=role),
        "by": asked.user, "at": asked.at, "since": since,
    }  # fmt: skip


def _post(asked: Asked, row: Grid) -> Post:
    number = asked.request.POST.get("post", "")
    rows = Post.objects.select_related("role", "worker")
    return get_object_or_404(
        rows, pk=number if number.isdecimal() else 0, scheme=asked.scheme, lineage=row.lineage
    )


def workers_to_choose(asked: Asked) -> list[tuple[str, str]]:
    workers = list(Worker.objects.working(asked.area))
    running = Post.objects.at(asked.at).filter(scheme=asked.scheme, worker__in=workers)
    first: dict[int, UUID] = {}
    for worker, lineage in running.order_by("pk").values_list("worker", "lineage"):
        first.setdefault(worker, lineage)
    names = grids_named(asked.plan, first.values())
    places = {pk: names[lineage] for pk, lineage in first.items() if lineage in names}
    return worker_choices(workers, places)


def _page(
    asked: Asked, row: Grid, *, act: str = "", refused: Form | None = None, status: int = 200
) -> HttpResponse:
    posts = list(Post.objects.over(asked.scheme, [row.lineage]))
    now = [post for post in posts if _runs(post, asked.at)]
    known = roles()
    events = list(
        DutyEvent.objects.filter(scheme=asked.scheme, lineage=row.lineage).told()[:EVENTS]
    )
    ahead = list(
        DutyEvent.objects.ahead(asked.at)
        .filter(scheme=asked.scheme, lineage=row.lineage)
        .select_related("worker", "by")
    )
    by_code = {role.code: role for role in known}
    change = asked.reaches(row.lineage)
    workers = workers_to_choose(asked) if change else []
    lowest = row.level == max(asked.scheme.levels.values_list("depth", flat=True), default=0)
    first = {"role": "worker" if lowest else "chief"}
    chosen = {"worker": asked.request.GET.get("worker", "")} | first
    day = parse_date(asked.request.GET.get("on", "")) if asked.request.GET.get("on") else None
    return asked.show(
        "grid",
        status=status,
        grid=row,
        change=change,
        places=_places(now, asked) if change else [(post, None, None) for post in now],
        swaps={p.role.code for p in now if p.tier == "B" and p.worker_id and not p.acting},
        ahead=lines_of(ahead, {}, by_code),
        give=refused if act == "give" else GiveForm(None, workers=workers, roles=known,
                                                    initial=chosen),
        vacate=refused if act == "vacate" else VacateForm(None, workers=workers, roles=known,
                                                          initial=first),
        form=refused,
        act=act,
        lines=lines_of(events, {}, by_code),
        past=sorted(posts, key=lambda p: p.during.lower or asked.at, reverse=True),
        day=day,
        on_day=_on(posts, day) if day else [],
        befores=_before(asked, row),
    )  # fmt: skip


def _places(posts: list[Post], asked: Asked) -> list[tuple[Post, SinceForm, SubjectsForm | None]]:
    return [
        (post, SinceForm(prefix=f"end{post.pk}"),
         SubjectsForm(None, post=post) if post.worker_id else None)
        for post in posts
    ]  # fmt: skip


def _on(posts: list[Post], day: Any) -> list[Post]:
    start = timezone.make_aware(datetime.combine(day, time()))
    return [
        post for post in posts
        if (post.during.lower is None or post.during.lower < start + timedelta(days=1))
        and (post.during.upper is None or post.during.upper > start)
    ]  # fmt: skip


def _runs(post: Post, at: datetime) -> bool:
    start, until = post.during.lower, post.during.upper
    return (start is None or start <= at) and (until is None or until > at)


def _before(asked: Asked, row: Grid) -> list[str]:
    """Names of the grids this one took over from, for whoever looks for an earlier answer."""
    lineages = Succession.objects.filter(
        plan__scheme=asked.scheme, to_lineage=row.lineage
    ).values_list("from_lineage", flat=True)
    rows = Grid.objects.filter(plan__scheme=asked.scheme, lineage__in=list(lineages))
    return list(
        rows.order_by("lineage", "-plan").distinct("lineage").values_list("name", flat=True)
    )


@require_POST
@for_publishers
def take_back(asked: Asked, event: int) -> HttpResponse:
    """Cancel a change that has not begun."""
    row = get_object_or_404(
        DutyEvent.objects.select_related("scheme__area", "worker"), pk=event, scheme=asked.scheme
    )
    try:
        actions.cancel(event=row, by=asked.user, at=asked.at)
    except CodedError as refusal:
        messages.error(asked.request, str(refusal))
    else:
        messages.success(asked.request, _("The change is taken back; nothing of it happens."))
    back = asked.request.POST.get("worker", "")
    if back.isdecimal():
        return redirect("planner:roster_worker", area=asked.area.slug, worker=back)
    answer = redirect("planner:roster_grid", area=asked.area.slug, lineage=row.lineage)
    answer["Location"] += asked.query
    return answer
