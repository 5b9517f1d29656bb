"""Write a draft with its grids; parents are derived from the leaves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.coverage.labels import label_circle
from geogrid.coverage.nesting import union
from geogrid.territory.errors import NotADraft
from geogrid.territory.geometry import from_shapely
from geogrid.territory.models import AreaBoundary, Grid, Plan, Scheme
from geogrid.territory.refusals import guards_told
from layers.datum.shapes import Shape


@dataclass(frozen=True, slots=True)
class NewGrid:
    """A grid to be written into a draft.

    A leaf brings its `shape` (Polygon or MultiPolygon on the lattice, EPSG:4326); a grid above the
    leaves brings none, its shape is the union of its children. `fixed_boundary` is the outline of a
    grid at a fixed level as it was drawn, where a plan before this one already refined it.
    """

    level: int
    code: str
    label: str
    name: str
    parent: str | None = None
    kind: str = Grid.Kind.BASIC
    shape: Shape | None = None
    lineage: UUID = field(default_factory=uuid4)
    pieces_reason: str = ""
    range_reason: str = ""
    locked: bool = False
    lock_reason: str = ""
    fixed_boundary: Shape | None = None


@guards_told()
@transaction.atomic
def start_plan(
    *,
    scheme: Scheme,
    boundary: AreaBoundary,
    outline: Shape,
    grids: Iterable[NewGrid],
    by: User | None,
    at: datetime,
    name: str = "",
) -> Plan:
    """Write a draft with all its grids; parents are derived from the leaves.

    `outline` refines the boundary: its vertices in order, plus the lattice vertices where grid
    borders meet the edge. The draft must already tile it; the database proves it again later.
    """
    require(by, Permission.DRAW, scheme=scheme)
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    last = Plan.objects.filter(scheme=scheme).aggregate(n=Max("number"))["n"] or 0
    plan = Plan.objects.create(
        scheme=scheme,
        number=last + 1,
        name=name,
        boundary=boundary,
        outline=from_shapely(outline, multi=True),
        created_at=at,
        created_by=by,
    )
    add_grids(plan=plan, grids=list(grids))
    return plan


def add_grids(*, plan: Plan, grids: list[NewGrid]) -> dict[str, Grid]:
    """Write `grids` level by level into a draft and return the rows by code.

    At fixed levels a grid's outline is fixed from here on: as `NewGrid` brings it, else as derived.
    """
    if plan.state != Plan.State.DRAFT:
        raise NotADraft(number=plan.number)
    shapes = _with_parents(grids)
    fixed = set(plan.scheme.levels.filter(fixed=True).values_list("depth", flat=True))
    rows: dict[str, Grid] = {}
    for level in sorted({grid.level for grid in grids}):
        batch = [
            _row(plan, g, shapes[g.code], rows, level in fixed) for g in grids if g.level == level
        ]
        rows |= {row.code: row for row in Grid.objects.bulk_create(batch, batch_size=500)}
    return rows


def _with_parents(grids: list[NewGrid]) -> Mapping[str, Shape]:
    shapes = {grid.code: grid.shape for grid in grids if grid.shape is not None}
    for level in sorted({grid.level for grid in grids}, reverse=True):
        children: dict[str, list[Shape]] = {}
        for grid in grids:
            if grid.level == level and grid.parent is not None:
                children.setdefault(grid.parent, []).append(shapes[grid.code])
        shapes |= {parent: union(parts) for parent, parts in children.items()}
    return shapes


def _row(plan: Plan, grid: NewGrid, shape: Shape, rows: Mapping[str, Grid], fixed: bool) -> Grid:
    point, radius = label_circle(shape)
    held = (grid.fixed_boundary or shape) if fixed else None
    return Grid(
        plan=plan,
        parent=rows[grid.parent] if grid.parent else None,
        level=grid.level,
        code=grid.code,
        label=grid.label,
        name=grid.name,
        kind=grid.kind,
        lineage=grid.lineage,
        boundary=from_shapely(shape, multi=True),
        fixed_boundary=None if held is None else from_shapely(held, multi=True),
        pieces_reason=grid.pieces_reason,
        range_reason=grid.range_reason,
        locked=grid.locked,
        lock_reason=grid.lock_reason,
        label_point=from_shapely(point),
        label_radius_m=radius,
    )
