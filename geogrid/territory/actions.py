"""Writes to the territory: founding a draft, walking it to approval, putting it in force.

Desks and commands call `geogrid.publishing.actions` to put a plan in force; what stands here is the
part that concerns geometry and time only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.coverage.labels import label_circle
from geogrid.coverage.nesting import union
from geogrid.territory.errors import (
    LandUnassigned,
    NotADraft,
    NotApproved,
    NotExact,
    StartsInThePast,
)
from geogrid.territory.geometry import from_shapely
from geogrid.territory.models import AreaBoundary, Grid, Plan, Scheme, Term
from geogrid.territory.refusals import guards_told
from layers.datum.shapes import Shape


@dataclass(frozen=True, slots=True)
class NewGrid:
    """A grid to be written into a draft.

    A leaf brings its `shape` (Polygon or MultiPolygon on the lattice, EPSG:4326); a grid above the
    leaves brings none, its shape is the union of its children.
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
    """Write `grids` level by level into a draft and return the rows by code."""
    if plan.state != Plan.State.DRAFT:
        raise NotADraft(number=plan.number)
    shapes = _with_parents(grids)
    rows: dict[str, Grid] = {}
    for level in sorted({grid.level for grid in grids}):
        batch = [_row(plan, g, shapes[g.code], rows) for g in grids if g.level == level]
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


def _row(plan: Plan, grid: NewGrid, shape: Shape, rows: Mapping[str, Grid]) -> Grid:
    point, radius = label_circle(shape)
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
        pieces_reason=grid.pieces_reason,
        label_point=from_shapely(point),
        label_radius_m=radius,
    )


@guards_told()
@transaction.atomic
def submit(*, plan: Plan, by: User | None, at: datetime) -> Plan:
    """Hand a draft over for approval; from here on its grids cannot change."""
    require(by, Permission.DRAW, scheme=plan.scheme)
    return _move(plan, Plan.State.DRAFT, Plan.State.IN_REVIEW)


@guards_told()
@transaction.atomic
def approve(*, plan: Plan, by: User | None, at: datetime) -> Plan:
    require(by, Permission.APPROVE, scheme=plan.scheme)
    return _move(plan, Plan.State.IN_REVIEW, Plan.State.APPROVED)


def _move(plan: Plan, old: Plan.State, new: Plan.State) -> Plan:
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    if locked.state != old:
        raise NotADraft(number=plan.number)
    locked.state = new
    locked.save(update_fields=["state"])
    plan.state = new
    return locked


@guards_told()
@transaction.atomic
def enter_force(*, plan: Plan, by: User | None, at: datetime) -> Term:
    """Give an approved plan its term from `at` on and end the running one at that instant.

    The proof runs here for a sentence a person understands, and once more in the database, which
    believes nobody.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != Plan.State.APPROVED:
        raise NotApproved(number=plan.number)
    unassigned = plan.grids.filter(kind=Grid.Kind.UNASSIGNED).count()
    if unassigned:
        raise LandUnassigned(number=plan.number, count=unassigned)
    residual = plan_residual(plan)
    if residual:
        raise NotExact(number=plan.number, residual=residual)
    terms = Term.objects.select_for_update().filter(scheme=plan.scheme)
    if terms.filter(during__startswith__gte=at).exists():
        raise StartsInThePast()
    for running in terms.at(at):
        running.during = DateTimeTZRange(running.during.lower, at)
        running.save(update_fields=["during"])
    return Term.objects.create(
        plan=plan, scheme=plan.scheme, during=DateTimeTZRange(at, None), by=by
    )


def plan_residual(plan: Plan) -> int:
    """Return how many border segments of `plan` do not cancel; 0 means an exact tiling."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT plan_residual(%s)", [plan.pk])
        row = cursor.fetchone()
    return int(row[0])
