"""Start a draft: from a plan that tiles exactly, on a changed territory, or from nothing."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.territory.actions.boundaries import fit_to_boundary, unassigned_name
from geogrid.territory.actions.cells import copy_cells
from geogrid.territory.actions.terms import refuse_inexact
from geogrid.territory.actions.writing import NewGrid, start_plan
from geogrid.territory.errors import NothingToStartFrom, OtherScheme
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import AreaBoundary, Grid, Plan, PlanEvent, PlanLoad, Scheme
from geogrid.territory.refusals import guards_told

__all__ = ["start_draft", "start_first_draft"]


@guards_told()
@transaction.atomic
def start_draft(
    *,
    scheme: Scheme,
    by: User | None,
    at: datetime,
    from_plan: Plan | None = None,
    boundary: AreaBoundary | None = None,
    name: str = "",
) -> Plan:
    """Start a draft with the grids, loads and cells of `from_plan`, by default the plan in force.

    Lineages and codes stay. Outlines at fixed levels are fixed from here on as they are. A newer
    `boundary` of the area fits the grids to it: added land becomes unassigned grids, lost land is
    clipped off, and the draft's first event tells both (see `fit_to_boundary`).

    Raises
    ------
    NothingToStartFrom, OtherScheme, NotExact
        Drafts start from an exact tiling only; of an imported mess a repaired one.
    BoundaryUnusable
        The grids cannot be fitted to `boundary`.

    The source is read anew and held: whoever edits it waits until everything is copied, and the
    copy is proved before it stays.
    """
    require(by, Permission.DRAW, scheme=scheme, where=ANYWHERE)
    Scheme.objects.select_for_update(no_key=True).get(pk=scheme.pk)
    wanted = from_plan or Plan.objects.in_force(at).filter(scheme=scheme).first()
    if wanted is None:
        raise NothingToStartFrom(scheme=scheme.name)
    source = Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=wanted.pk)
    if source.scheme_id != scheme.pk or (boundary and boundary.area_id != scheme.area_id):
        raise OtherScheme(number=source.number)
    last = Plan.objects.filter(scheme=scheme).aggregate(n=Max("number"))["n"] or 0
    plan = Plan.objects.create(
        scheme=scheme,
        number=last + 1,
        name=name,
        boundary=source.boundary,
        based_on=source,
        outline=source.outline,
        created_at=at,
        created_by=by,
    )
    _copy_grids(source, plan)
    refuse_inexact(plan, number=source.number)
    _copy_loads(source, plan)
    told: dict[str, object] = {"from_plan": source.number}
    if boundary is not None and boundary.pk != source.boundary_id:
        told |= fit_to_boundary(plan=plan, boundary=boundary, at=at).as_dict()
        refuse_inexact(plan)
    copy_cells(source, plan)
    PlanEvent.objects.create(plan=plan, kind=PlanEvent.Kind.STARTED, by=by, at=at, data=told)
    return plan


@guards_told()
@transaction.atomic
def start_first_draft(*, scheme: Scheme, by: User | None, at: datetime, name: str = "") -> Plan:
    """Start a draft of one unassigned grid that is the whole territory, below a chain of parents.

    For an area that nobody has divided yet; split it, or import grids instead.
    """
    boundary = scheme.area.boundaries.order_by("-valid_from").first()
    if boundary is None:
        raise NothingToStartFrom(scheme=scheme.name)
    levels = list(scheme.levels.order_by("depth"))
    grids: list[NewGrid] = []
    code = scheme.area.code_prefix
    for level in levels:
        parent, code = code, f"{code}{1:0{level.code_width}d}"
        leaf = level is levels[-1]
        grids.append(
            NewGrid(
                level=level.depth,
                code=code,
                label="01",
                name=unassigned_name(1, scheme.area.language) if leaf else scheme.area.name,
                parent=parent if grids else None,
                kind=Grid.Kind.UNASSIGNED if leaf else Grid.Kind.BASIC,
                shape=to_shapely(boundary.boundary) if leaf else None,
            )
        )
    plan = start_plan(
        scheme=scheme, boundary=boundary, outline=to_shapely(boundary.boundary), grids=grids,
        by=by, at=at, name=name,
    )  # fmt: skip
    PlanEvent.objects.create(
        plan=plan, kind=PlanEvent.Kind.STARTED, by=by, at=at, data={"from_plan": None}
    )
    return plan


def _columns(model: type[Grid] | type[PlanLoad], *without: str) -> list[str]:
    names = [str(field.column) for field in model._meta.concrete_fields]
    return [name for name in names if name not in ("id", *without)]


def _copy_grids(source: Plan, plan: Plan) -> None:
    """Copy grid by grid in the database, level by level: a child needs its parent's new row.

    Locks are for whoever draws: an alternative to a draft keeps them, a draft of what is in force
    begins without.
    """
    unlocked = source.state != Plan.State.DRAFT
    without = ("locked", "lock_reason")
    columns = _columns(Grid, "plan_id", "parent_id", "fixed_boundary", *without)
    locks = "false, ''" if unlocked else "g.locked, g.lock_reason"
    with connection.cursor() as cursor:
        for depth, fixed in plan.scheme.levels.order_by("depth").values_list("depth", "fixed"):
            outline = "coalesce(g.fixed_boundary, g.boundary)" if fixed else "NULL"
            cursor.execute(
                f"""
                INSERT INTO territory_grid
                    (plan_id, parent_id, fixed_boundary, {", ".join([*without, *columns])})
                SELECT %(new)s, above.id, {outline}, {locks},
                    {", ".join(f"g.{c}" for c in columns)}
                FROM territory_grid g
                LEFT JOIN territory_grid up ON up.id = g.parent_id
                LEFT JOIN territory_grid above
                    ON above.plan_id = %(new)s AND above.lineage = up.lineage
                WHERE g.plan_id = %(old)s AND g.level = %(level)s
                """,  # noqa: S608  (our own columns only)
                {"new": plan.pk, "old": source.pk, "level": depth},
            )


def _copy_loads(source: Plan, plan: Plan) -> None:
    columns = _columns(PlanLoad, "grid_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO territory_planload (grid_id, {", ".join(columns)})
            SELECT copy.id, {", ".join(f"l.{c}" for c in columns)}
            FROM territory_planload l
            JOIN territory_grid g ON g.id = l.grid_id AND g.plan_id = %s
            JOIN territory_grid copy ON copy.plan_id = %s AND copy.lineage = g.lineage
            """,  # noqa: S608  (our own columns only)
            [source.pk, plan.pk],
        )
