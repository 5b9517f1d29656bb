"""Everything a dossier says about a plan, read once: no query per grid, and nothing about paper.

Workers are not named. What is public about them is read live and can be withdrawn; a file that was
printed cannot. A dossier says which posts are held, and why the others are vacant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from geogrid.coverage.measure import measure
from geogrid.duty.models import Post, PostRole
from geogrid.publishing.dossier.certificate import Certificate, certify
from geogrid.publishing.dossier.changes import Changes, changes_of, plan_before
from geogrid.publishing.dossier.figures import Figures, figures_of
from geogrid.publishing.dossier.steps import Steps, steps_of
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Grid, Level, Plan
from geogrid.territory.plan_files.four_limits import limits_in_words
from layers.datum.shapes import Shape

__all__ = ["Community", "GridTold", "PostTold", "Told", "gather", "grids_told"]

LOADS = ("dwellings", "buildings", "shops", "schools", "hospitals", "facilities", "hazards")
NOWHERE = ("", "", "", "")


@dataclass(frozen=True, slots=True)
class PostTold:
    """A post without its holder: `vacancy` is the reason why there is none."""

    role: PostRole
    held: bool
    acting: bool
    vacancy: str


@dataclass(frozen=True, slots=True)
class GridTold:
    """A leaf grid. `limits` are north, east, south, west; `reason` says why it is out of range."""

    pk: int
    lineage: UUID
    parent: int | None
    code: str
    label: str
    name: str
    kind: str
    shape: Shape
    label_at: tuple[float, float]
    label_radius_m: float
    loads: dict[str, int]
    area_m2: float
    compactness: float
    range: tuple[int, int]
    reason: str
    pieces: int
    pieces_reason: str
    limits: tuple[str, str, str, str]
    posts: list[PostTold]

    @property
    def dwellings(self) -> int:
        return self.loads["dwellings"]

    @property
    def posts_counted(self) -> list[tuple[PostTold, int]]:
        """Posts that stand alike once, with how many there are."""
        return list(Counter(self.posts).items())

    @property
    def kind_word(self) -> str:
        return str(Grid.Kind(self.kind).label)

    @property
    def other_places(self) -> int:
        return sum(self.loads[name] for name in ("schools", "hospitals", "facilities"))

    @property
    def missing(self) -> int:
        """Dwellings up to the range; nothing above it."""
        return max(self.range[0] - self.dwellings, 0)

    @property
    def beyond(self) -> int:
        return max(self.dwellings - self.range[1], 0)

    @property
    def in_range(self) -> bool:
        return not (self.missing or self.beyond)

    @property
    def exceptional(self) -> bool:
        """Whether something about it has to be explained."""
        return not self.in_range or self.kind == Grid.Kind.UNASSIGNED or self.pieces > 1


@dataclass(frozen=True, slots=True)
class Community:
    """The grids below one grid of the level above the leaves; without such a level, all of them."""

    pk: int
    code: str
    label: str
    name: str
    above: str
    shape: Shape
    grids: list[GridTold]
    figures: Figures
    posts: list[PostTold] = field(default_factory=list)

    @property
    def posts_counted(self) -> list[tuple[PostTold, int]]:
        return list(Counter(self.posts).items())

    @property
    def exceptions(self) -> list[GridTold]:
        return [grid for grid in self.grids if grid.exceptional]


@dataclass(frozen=True, slots=True)
class Told:
    """A plan as its dossier tells it. `before` is what it is compared with, if anything."""

    plan: Plan
    levels: list[Level]
    communities: list[Community]
    figures: Figures
    certificate: Certificate
    steps: Steps
    before: Plan | None
    changes: Changes | None
    as_of: datetime | None
    at: datetime

    @property
    def grids(self) -> list[GridTold]:
        return [grid for one in self.communities for grid in one.grids]

    @property
    def exceptions(self) -> int:
        return sum(len(one.exceptions) for one in self.communities)


def gather(plan: Plan, *, at: datetime) -> Told:
    """Read a plan, with `plan.scheme.area` at hand, in the language that is active."""
    rows, as_of = _rows(plan)
    levels = list(plan.scheme.levels.order_by("depth"))
    depth = levels[-1].depth if levels else 1
    above = {row["id"]: row for row in rows if row["level"] < depth}
    leaves = [row for row in rows if row["level"] == depth]
    posts = _posts(plan, [row["lineage"] for row in rows if row["level"] >= depth - 1], at)
    grids = _leaves(plan, leaves, posts, limits=True)
    before = plan_before(plan, at)
    low, high = plan.scheme.households_min, plan.scheme.households_max
    return Told(
        plan=plan,
        levels=levels,
        communities=_communities(plan, above, grids, posts),
        figures=figures_of(grids, low, high),
        certificate=certify(plan, at=at),
        steps=steps_of(plan, at),
        before=before,
        changes=changes_of(plan, before, at=at) if before else None,
        as_of=as_of,
        at=at,
    )


def grids_told(plan: Plan) -> list[GridTold]:
    """Only the leaves with their loads and measures, for figures: no posts and no limits."""
    rows, _as_of = _rows(plan)
    depth = max((row["level"] for row in rows), default=1)
    return _leaves(plan, [row for row in rows if row["level"] == depth], {}, limits=False)


def _rows(plan: Plan) -> tuple[list[dict[str, Any]], datetime | None]:
    """All grids of all levels as values, top down, and how old the loads are."""
    named = ("id", "lineage", "parent_id", "level", "code", "label", "name", "kind")
    drawn = ("boundary", "label_point", "label_radius_m", "pieces_reason", "range_reason")
    loads = {f"load_{name}": F(f"load__{name}") for name in (*LOADS, "area_m2", "as_of")}
    query = plan.grids.order_by("level", "code")
    rows = list(query.values(*named, *drawn, **loads))
    ages = [row["load_as_of"] for row in rows if row["load_as_of"]]
    return rows, min(ages, default=None)


def _leaves(
    plan: Plan,
    rows: Sequence[dict[str, Any]],
    posts: dict[UUID, list[PostTold]],
    *,
    limits: bool,
) -> list[GridTold]:
    shapes = [to_shapely(row["boundary"]) for row in rows]
    sides = {}
    if limits:
        drawn = {row["code"]: shape for row, shape in zip(rows, shapes, strict=True)}
        sides = limits_in_words(plan, drawn, {row["code"]: row["name"] for row in rows})
    low, high = plan.scheme.households_min, plan.scheme.households_max
    return [
        GridTold(
            pk=row["id"],
            lineage=row["lineage"],
            parent=row["parent_id"],
            code=row["code"],
            label=row["label"],
            name=row["name"],
            kind=row["kind"],
            shape=shape,
            label_at=(row["label_point"].x, row["label_point"].y),
            label_radius_m=row["label_radius_m"],
            loads={name: row[f"load_{name}"] or 0 for name in LOADS},
            area_m2=measured.area_m2,
            compactness=measured.compactness,
            range=(low, high),
            reason=row["range_reason"],
            pieces=measured.pieces,
            pieces_reason=row["pieces_reason"],
            limits=sides.get(row["code"], NOWHERE),
            posts=posts.get(row["lineage"], []),
        )
        for row, shape, measured in zip(rows, shapes, measure(shapes), strict=True)
    ]


def _communities(
    plan: Plan,
    above: dict[int, dict[str, Any]],
    grids: list[GridTold],
    posts: dict[UUID, list[PostTold]],
) -> list[Community]:
    low, high = plan.scheme.households_min, plan.scheme.households_max
    below: dict[int | None, list[GridTold]] = defaultdict(list)
    for grid in grids:
        below[grid.parent].append(grid)
    told = []
    for pk, own in sorted(below.items(), key=lambda item: item[1][0].code):
        row = above.get(pk or 0)
        if row is None:  # a scheme of one level: the whole territory
            area = plan.scheme.area
            row = {
                "id": 0, "code": area.code_prefix, "label": "", "name": area.name,
                "parent_id": None, "boundary": plan.outline, "lineage": None,
            }  # fmt: skip
        upper = above.get(row["parent_id"] or 0)
        told.append(
            Community(
                pk=row["id"],
                code=row["code"],
                label=row["label"],
                name=row["name"],
                above=upper["name"] if upper else "",
                shape=to_shapely(row["boundary"]),
                grids=own,
                figures=figures_of(own, low, high),
                posts=posts.get(row["lineage"], []),
            )
        )
    return told


def _posts(plan: Plan, lineages: Sequence[UUID], at: datetime) -> dict[UUID, list[PostTold]]:
    found: dict[UUID, list[PostTold]] = defaultdict(list)
    for post in Post.objects.at(at).over(plan.scheme, lineages):
        held = post.worker is not None and post.worker.active
        vacancy = "" if held else post.vacancy_reason or _("whoever held it has left")
        found[post.lineage].append(PostTold(post.role, held, post.acting, vacancy))
    return dict(found)
