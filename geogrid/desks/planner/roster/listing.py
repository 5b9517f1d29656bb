"""The roster as a list: a row per grid with who answers for it, or a row per worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from geogrid.duty.models import Contact, DutyEvent, Post, PostRole, Worker
from geogrid.publishing.models import Disclosure
from geogrid.territory.models import Area, Grid, Plan, Scheme

__all__ = ["Gap", "GridRow", "RosterList", "WorkerRow", "grids_named", "roster_of", "workers_of"]


class Gap:
    NOBODY, VACANT, ALONE, WAITING = "nobody", "vacant", "alone", "waiting"
    ALL = (NOBODY, VACANT, ALONE, WAITING)


@dataclass(slots=True)
class GridRow:
    """A grid with its running posts, first to call first; `waiting` changes lie ahead."""

    grid: Grid
    community: str
    leaf: bool
    posts: list[Post] = field(default_factory=list)
    waiting: int = 0

    @property
    def holders(self) -> list[Post]:
        return [p for p in self.posts if p.worker_id and p.tier == Post.Tier.A and not p.acting]

    @property
    def acting(self) -> list[Post]:
        return [post for post in self.posts if post.worker_id and post.acting]

    @property
    def stand_ins(self) -> list[Post]:
        return [p for p in self.posts if p.worker_id and p.tier == Post.Tier.B and not p.acting]

    @property
    def vacancies(self) -> list[Post]:
        return [post for post in self.posts if post.worker_id is None]

    @property
    def gaps(self) -> set[str]:
        found = set()
        if self.leaf and not self.posts:
            found.add(Gap.NOBODY)
        if self.vacancies and not self.holders:
            found.add(Gap.VACANT)
        if self.leaf and self.holders and not self.stand_ins:
            found.add(Gap.ALONE)
        if self.waiting:
            found.add(Gap.WAITING)
        return found

    def says(self, asked: str) -> bool:
        names = (post.worker.name for post in self.posts if post.worker)
        texts = (self.grid.name, self.grid.code, self.community, *names)
        return any(asked in text.casefold() for text in texts)


@dataclass(slots=True)
class RosterList:
    """`rows` are what was asked for, `counts` per gap over all, `grids` how many lowest ones."""

    rows: list[GridRow]
    counts: dict[str, int]
    grids: int
    communities: list[Grid]


def roster_of(
    plan: Plan, at: datetime, *, community: str = "", show: str = "", search: str = ""
) -> RosterList:
    """The grids of a plan by code, communities before their grids."""
    rows = _rows(plan, at)
    counts = {gap: sum(gap in row.gaps for row in rows) for gap in Gap.ALL}
    tops = [row.grid for row in rows if not row.leaf]
    wanted = rows
    if community:
        wanted = [row for row in wanted if community in (row.grid.code, _parent_code(row))]
    if show in Gap.ALL:
        wanted = [row for row in wanted if show in row.gaps]
    if search:
        wanted = [row for row in wanted if row.says(search.casefold())]
    return RosterList(wanted, counts, sum(row.leaf for row in rows), tops)


def _rows(plan: Plan, at: datetime) -> list[GridRow]:
    grids = list(
        Grid.objects.filter(plan=plan)
        .exclude(kind=Grid.Kind.UNASSIGNED)
        .only("plan", "code", "label", "name", "level", "lineage", "parent__name", "parent__code")
        .select_related("parent")
        .order_by("code")
    )
    lowest = max((grid.level for grid in grids), default=0)
    rows = {
        grid.lineage: GridRow(grid, grid.parent.name if grid.parent else "", grid.level == lowest)
        for grid in grids
    }
    for post in Post.objects.at(at).over(plan.scheme, rows):
        rows[post.lineage].posts.append(post)
    ahead = DutyEvent.objects.ahead(at).filter(scheme=plan.scheme, lineage__in=list(rows))
    for lineage in ahead.values_list("lineage", flat=True):
        rows[lineage].waiting += 1  # type: ignore[index]  # only events of grids were asked for
    return list(rows.values())


def _parent_code(row: GridRow) -> str:
    return row.grid.parent.code if row.grid.parent else ""


@dataclass(slots=True)
class WorkerRow:
    worker: Worker
    posts: list[Post]
    grids: Mapping[UUID, str]
    has_phone: bool
    shown: set[str]

    @property
    def named(self) -> list[tuple[Post, str]]:
        """Posts with the names of their grids; those of grids of another plan are without one."""
        return [(post, self.grids.get(post.lineage, "")) for post in self.posts]


def workers_of(area: Area, at: datetime, *, show: str = "", search: str = "") -> QuerySet[Worker]:
    """Workers by name: `show` is "free" (without a post), "hidden" (nothing shown) or "former"."""
    rows = Worker.objects.filter(area=area).select_related("portrait").order_by("name", "pk")
    if show == "former":
        return rows.exclude(pk__in=Worker.objects.working(area))
    rows = rows.filter(active=True, erased_at=None)
    if search:
        rows = rows.filter(name__icontains=search)
    if show == "free":
        rows = rows.exclude(pk__in=Post.objects.at(at).filter(worker__area=area).values("worker"))
    if show == "hidden":
        shown = Disclosure.objects.at(at).filter(worker__area=area)
        rows = rows.exclude(pk__in=shown.values("worker"))
    return rows


def worker_rows(
    workers: Iterable[Worker], scheme: Scheme, plan: Plan | None, at: datetime
) -> list[WorkerRow]:
    workers = list(workers)
    keys = [worker.pk for worker in workers]
    posts: dict[int, list[Post]] = {}
    running = Post.objects.at(at).filter(scheme=scheme, worker__in=keys).select_related("role")
    for post in running.order_by("role__rank", "tier", "pk"):
        posts.setdefault(post.worker_id or 0, []).append(post)
    names = grids_named(plan, [post.lineage for of in posts.values() for post in of])
    phones = set(
        Contact.objects.filter(worker__in=keys, kind=Contact.Kind.DUTY_PHONE).values_list(
            "worker", flat=True
        )
    )
    shown = Disclosure.objects.facts(keys, at)
    return [
        WorkerRow(one, posts.get(one.pk, []), names, one.pk in phones, shown[one.pk])
        for one in workers
    ]


def grids_named(plan: Plan | None, lineages: Iterable[UUID]) -> dict[UUID, str]:
    """Names of grids, below their communities' where those are not in them."""
    if plan is None:
        return {}
    rows = Grid.objects.filter(plan=plan, lineage__in=set(lineages))
    told = {}
    for lineage, name, parent in rows.values_list("lineage", "name", "parent__name"):
        told[lineage] = name if not parent or name.startswith(parent) else f"{parent} {name}"
    return told


def roles() -> list[PostRole]:
    return list(PostRole.objects.all())
