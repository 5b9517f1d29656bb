"""May this plan be shown to people: does every grid have somebody, or a reason why not?"""

from dataclasses import dataclass
from datetime import datetime

from geogrid.duty.models import Post
from geogrid.territory.models import Plan

__all__ = ["Readiness", "readiness"]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Counts over the leaves of a plan; `nobody` are the codes that stop it."""

    held: int
    acting: int
    vacant: int
    nobody: list[str]

    @property
    def ready(self) -> bool:
        return not self.nobody


def readiness(plan: Plan, *, at: datetime) -> Readiness:
    """Look at the posts of every leaf of `plan` as they will be at `at`."""
    leaves = dict(plan.grids.leaves().order_by("code").values_list("code", "lineage"))
    kinds: dict[object, set[str]] = {}
    posts = Post.objects.at(at).over(plan.scheme, leaves.values())
    for post in posts:
        kinds.setdefault(post.lineage, set()).add(_kind(post))
    told = {code: kinds.get(lineage, set()) for code, lineage in leaves.items()}
    return Readiness(
        held=sum("held" in kind for kind in told.values()),
        acting=sum("acting" in kind and "held" not in kind for kind in told.values()),
        vacant=sum("vacant" in kind and "held" not in kind for kind in told.values()),
        nobody=[code for code, kind in told.items() if not kind],
    )


def _kind(post: Post) -> str:
    if post.worker_id is None:
        return "vacant"
    return "acting" if post.acting else "held"
