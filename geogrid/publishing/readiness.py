"""May this plan be shown to people: is it sound, has every grid somebody, is everything settled?"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from geogrid.duty.models import Post
from geogrid.territory.actions import Defect, plan_defects
from geogrid.territory.models import Plan, PlanLoad

__all__ = ["Readiness", "inspect", "readiness"]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Counts over the leaves of a plan, and what stops it.

    `nobody` are codes of leaves without post, acting post or vacancy with a reason; `remarks` what
    reviewers said that nobody has settled. `defects` is None where they were not looked for. Out of
    the scheme's range of households a grid may be, with `outside_range` said.
    """

    held: int
    acting: int
    vacant: int
    nobody: list[str]
    remarks: list[str] = field(default_factory=list)
    defects: list[Defect] | None = None
    outside_range: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return not (self.nobody or self.remarks or self.defects)

    def as_dict(self) -> dict[str, Any]:
        return {"ready": self.ready, **asdict(self)}


def readiness(plan: Plan, *, at: datetime) -> Readiness:
    """Look at the posts of every leaf of `plan` as they will be at `at`, and at open remarks."""
    leaves = dict(plan.grids.leaves().order_by("code").values_list("code", "lineage"))
    kinds: dict[UUID, set[str]] = {}
    posts = Post.objects.at(at).over(plan.scheme, leaves.values())
    for post in posts:
        kinds.setdefault(post.lineage, set()).add(_kind(post))
    told = {code: kinds.get(lineage, set()) for code, lineage in leaves.items()}
    return Readiness(
        held=sum("held" in kind for kind in told.values()),
        acting=sum("acting" in kind and "held" not in kind for kind in told.values()),
        vacant=sum("vacant" in kind and "held" not in kind for kind in told.values()),
        nobody=[code for code, kind in told.items() if not kind],
        remarks=list(plan.remarks.filter(settled_at=None).values_list("text", flat=True)),
    )


def inspect(plan: Plan, *, at: datetime) -> Readiness:
    """Everything about a plan of any state that a planner wants to know before the others do."""
    posts = readiness(plan, at=at)
    return Readiness(
        held=posts.held,
        acting=posts.acting,
        vacant=posts.vacant,
        nobody=posts.nobody,
        remarks=posts.remarks,
        defects=plan_defects(plan),
        outside_range=_outside_range(plan),
    )


def _outside_range(plan: Plan) -> list[str]:
    low, high = plan.scheme.households_min, plan.scheme.households_max
    rows = PlanLoad.objects.filter(grid__plan=plan).filter(
        Q(dwellings__lt=low) | Q(dwellings__gt=high)
    )
    return list(rows.order_by("grid__code").values_list("grid__code", flat=True))


def _kind(post: Post) -> str:
    if post.worker_id is None:
        return "vacant"
    return "acting" if post.acting else "held"
