"""The proof of a plan, told: once by the database, once by the kernel, and as areas.

Two programs that share no code say the same thing about the same rows. The areas prove nothing
(a gap and an overlap of equal size would cancel) and are what a reader can check with a calculator.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from geogrid.coverage.nesting import levels_tile
from geogrid.coverage.proof import invalid, residue
from geogrid.territory.actions import plan_residual
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan
from layers.datum.metric import area_m2
from layers.datum.shapes import Shapes

__all__ = ["PlanProof", "prove"]


@dataclass(frozen=True, slots=True)
class PlanProof:
    """What was counted.

    `unmatched_database` and `unmatched_kernel` are border segments that do not cancel between the
    leaves and the outline; `unmatched_levels` the same between each level and the one above it,
    top first; `invalid` counts shapes that cross themselves. Areas in square metres.
    """

    grids: int
    vertices: int
    outline_vertices: int
    unmatched_database: int
    unmatched_kernel: int
    unmatched_levels: tuple[int, ...]
    invalid: int
    area_of_grids: float
    area_of_outline: float

    @property
    def exact(self) -> bool:
        return not (
            self.unmatched_database
            or self.unmatched_kernel
            or self.invalid
            or any(self.unmatched_levels)
        )


def prove(plan: Plan) -> PlanProof:
    """Prove a plan; a plan that is not a draft never changes, so its numbers are kept."""
    if plan.state == Plan.State.DRAFT:
        return _proved(plan.pk)
    # A number may name another plan after a backup was restored; a lineage is a name in the world.
    lineage = plan.grids.order_by("pk").values_list("lineage", flat=True).first()
    return _kept(plan.pk, plan.revision, plan.state, lineage)


@lru_cache(maxsize=32)
def _kept(plan: int, revision: int, state: str, lineage: UUID | None) -> PlanProof:
    return _proved(plan)


def _proved(number: int) -> PlanProof:
    plan = Plan.objects.get(pk=number)
    outline = to_shapely(plan.outline)
    levels: list[tuple[Any, Any]] = []  # shapes and, for each, its place in the level above
    index: dict[int | None, int] = {}
    rows = plan.grids.order_by("level", "code").only("level", "parent_id", "boundary")
    for grid in rows:
        while len(levels) < grid.level:
            levels.append(([], []))
        shapes, parents = levels[grid.level - 1]
        index[grid.pk] = len(shapes)
        shapes.append(to_shapely(grid.boundary))
        parents.append(index.get(grid.parent_id, 0))
    leaves: Shapes = np.array(levels[-1][0] if levels else [], dtype=object)
    return PlanProof(
        grids=len(leaves),
        vertices=len(np.unique(shapely.get_coordinates(leaves), axis=0)),
        outline_vertices=len(np.unique(shapely.get_coordinates(outline), axis=0)),
        unmatched_database=plan_residual(plan),
        unmatched_kernel=len(residue(leaves, [outline])),
        unmatched_levels=tuple(levels_tile(outline, levels)),
        invalid=len(invalid(leaves)),
        area_of_grids=float(sum(area_m2(shape) for shape in leaves)),
        area_of_outline=area_m2(outline),
    )
