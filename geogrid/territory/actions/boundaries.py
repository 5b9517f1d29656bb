"""A territory that changes: the next version of its outline, and a draft fitted to it.

Land that is added becomes unassigned grids, one for each connected piece, under the parent it has
the longest border with; land that is lost is clipped off, and a grid of which nothing is left ends.
Outlines at fixed levels follow, those of the leaves as well. Everything is told in square metres
and households.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.labels import label_circle
from geogrid.coverage.nesting import union
from geogrid.coverage.proof import invalid
from geogrid.coverage.refinement import departures
from geogrid.coverage.repair import Concern, Repair, repair
from geogrid.coverage.rim import Pinched
from geogrid.territory.errors import BoundaryInUse, BoundaryUnusable
from geogrid.territory.geojson import as_geojson
from geogrid.territory.geometry import from_shapely, single, to_shapely
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Area, AreaBoundary, Grid, GridCode, Plan, PlanLoad, Scheme
from geogrid.territory.numbering import code_of, free_numbers, label_of
from geogrid.territory.refusals import guards_told
from layers.datum.lattice import on_lattice
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape, Shapes, listed
from layers.places.models import Building

__all__ = ["Changed", "Fitted", "closest", "fit_to_boundary", "set_boundary", "unassigned_name"]

# Land added or lost is never given away unasked; these only close what rounding opens.
CLOSED_M2 = 1.0
CLOSED_M = 0.05
DRAWN = ("boundary", "fixed_boundary", "label_point", "label_radius_m")
NO_POLYGON = _("it is no valid polygon on the lattice.")
PINCHED = _("it comes within a centimetre of itself at %(place)s.")
RESTLESS = _("their borders do not come to rest beside it.")
ELSEWHERE = _("no grid lies in it.")


@dataclass(frozen=True, slots=True)
class Changed:
    """A grid that gained or lost land; `households` as far as buildings stand there."""

    lineage: str
    code: str
    area_m2: float
    households: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the new outline did: added land as unassigned grids, land lost by each grid.

    `ended` are codes of grids of which nothing is left, `in_pieces` of those now in several pieces
    where the territory is not: to be redrawn, or given a reason, before the draft is proposed.
    """

    added: list[Changed]
    lost: list[Changed]
    ended: list[str]
    in_pieces: list[str]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@guards_told()
@transaction.atomic
def set_boundary(
    *, area: Area, outline: Shape, valid_from: date, basis: str, by: User | None
) -> AreaBoundary:
    """Write the next version of an area's outline (EPSG:4326, on the lattice).

    Plans stay on the version they were drawn on; `start_draft` with this one fits a draft to it.
    Raises BoundaryInUse when a plan uses a different version of the same day.
    """
    require(by, Permission.DRAW, scheme=Scheme.objects.get(area=area, general=True))
    Area.objects.select_for_update().get(pk=area.pk)
    shape = from_shapely(outline, multi=True)
    same_day = AreaBoundary.objects.filter(area=area, valid_from=valid_from).first()
    if same_day is not None:
        if same_day.boundary.equals_exact(shape):
            return same_day
        if same_day.plans.exists():
            raise BoundaryInUse(area=area.name)
        same_day.delete()
    return AreaBoundary.objects.create(
        area=area, boundary=shape, valid_from=valid_from, basis=basis
    )


def fit_to_boundary(*, plan: Plan, boundary: AreaBoundary, at: datetime) -> Fitted:
    """Fit a draft that tiles exactly to another outline, in the caller's transaction.

    Raises BoundaryUnusable when no grid lies in the outline or the outline touches itself.
    """
    leaves = list(plan.grids.leaves().order_by("code"))
    fixed = plan.scheme.levels.order_by("-depth").values_list("fixed", flat=True)[0]
    before = [single(to_shapely(leaf.boundary)) for leaf in leaves]
    fitted = _fit(before, to_shapely(boundary.boundary))
    plan.boundary, plan.outline = boundary, from_shapely(fitted.outline, multi=True)
    plan.save(update_fields=["boundary", "outline"])

    kept: dict[int, Shape] = {}
    redrawn: list[Grid] = []
    for leaf, old, new in zip(leaves, before, fitted.shapes, strict=True):
        if new is not None:
            kept[leaf.pk] = new
            if new is not old:
                redrawn.append(_drawn(leaf, new))
                if fixed:
                    _follow(leaf, new)
    lost = _lost(leaves, fitted)
    ended = [leaf for leaf in leaves if leaf.pk not in kept]
    Grid.objects.filter(pk__in=[leaf.pk for leaf in ended]).delete()
    Grid.objects.bulk_update(redrawn, DRAWN, 200)
    added = _add_unassigned(plan, leaves, kept, fitted.unassigned, fixed)
    ended += _derive_parents(plan)
    rebuild_loads(plan=plan, at=at)
    homes = dict(
        PlanLoad.objects.filter(grid__in=[grid.pk for grid in added]).values_list(
            "grid", "dwellings"
        )
    )
    return Fitted(
        added=[
            Changed(str(grid.lineage), grid.code, round(area_m2(land), 2), homes[grid.pk])
            for grid, land in zip(added, fitted.unassigned, strict=True)
        ],
        lost=lost,
        ended=sorted(grid.code for grid in ended),
        in_pieces=[
            leaves[doubt.shapes[0]].code
            for doubt in fitted.doubts
            if doubt.concern == Concern.PIECES and not leaves[doubt.shapes[0]].pieces_reason
        ],
    )


def unassigned_name(number: int, language: str) -> str:
    """待划分1; Unassigned 1."""
    return f"待划分{number}" if language.startswith("zh") else f"Unassigned {number}"


def _fit(shapes: Sequence[Shape], outline: Shape) -> Repair:
    if len(invalid([outline])) or not on_lattice([outline]).all():
        raise BoundaryUnusable(reason=str(NO_POLYGON), where=None)
    try:
        fitted = repair(
            shapes,
            outline,
            gaps_up_to_m2=CLOSED_M2,
            gaps_up_to_m=CLOSED_M,
            slivers_up_to_m2=CLOSED_M2,
        )
    except Pinched as problem:
        x, y = problem.place
        reason = str(PINCHED) % {"place": f"{y:.7f}, {x:.7f}"}
        where = as_geojson(shapely.Point(x, y))
        raise BoundaryUnusable(reason=reason, where=where) from problem
    except ValueError as problem:
        raise BoundaryUnusable(reason=str(RESTLESS), where=None) from problem
    if not any(shape is not None for shape in fitted.shapes):
        raise BoundaryUnusable(reason=str(ELSEWHERE), where=as_geojson(outline))
    return fitted


def _lost(leaves: Sequence[Grid], fitted: Repair) -> list[Changed]:
    """Land cut off, by the grid that had it, and who lived there."""
    cut: dict[int, list[Shape]] = {}
    for move in fitted.moves:
        if move.winner is None and move.area_m2 > CLOSED_M2:
            for loser in move.losers:
                cut.setdefault(loser, []).append(move.shape)
    return [
        Changed(
            lineage=str(leaves[index].lineage),
            code=leaves[index].code,
            area_m2=round(sum(area_m2(piece) for piece in pieces), 2),
            households=_households(pieces),
        )
        for index, pieces in sorted(cut.items())
    ]


def _households(pieces: Sequence[Shape]) -> int:
    rows = Building.objects.within(from_shapely(shapely.union_all(pieces), multi=True))
    return sum(rows.values_list("dwellings", flat=True))


def _drawn(grid: Grid, shape: Shape) -> Grid:
    point, radius = label_circle(shape)
    grid.boundary = from_shapely(shape, multi=True)
    grid.label_point, grid.label_radius_m = from_shapely(point), radius
    return grid


def _add_unassigned(
    plan: Plan, leaves: Sequence[Grid], kept: Mapping[int, Shape], pieces: Shapes, fixed: bool
) -> list[Grid]:
    """Write a grid for each piece of added land; below the parent of its closest neighbour."""
    if not len(pieces):
        return []
    there = [leaf for leaf in leaves if leaf.pk in kept]
    shapes = listed([kept[leaf.pk] for leaf in there])
    beside = closest(shapes, pieces)
    width = plan.scheme.levels.order_by("-depth").values_list("code_width", flat=True)[0]
    grids: list[Grid] = []
    numbers: dict[str, Iterator[int]] = {}
    for number, (piece, neighbour) in enumerate(zip(pieces, beside, strict=True), start=1):
        parent = there[neighbour].parent
        prefix = parent.code if parent else plan.scheme.area.code_prefix
        if prefix not in numbers:
            above = parent.name if parent else plan.scheme.area.name
            numbers[prefix] = free_numbers(prefix, width, _used(plan, prefix), parent=above)
        serial = next(numbers[prefix])
        grid = Grid(
            plan=plan,
            parent=parent,
            level=there[neighbour].level,
            code=code_of(prefix, serial, width),
            label=label_of(serial),
            name=unassigned_name(number, plan.scheme.area.language),
            kind=Grid.Kind.UNASSIGNED,
        )
        grids.append(_drawn(grid, piece))
        if fixed:
            grid.fixed_boundary = grid.boundary
    return Grid.objects.bulk_create(grids)


def closest(shapes: Shapes, pieces: Shapes) -> list[int]:
    """For each piece the shape with the longest common border, else the nearest one."""
    graph = adjacency(np.concatenate([shapes, pieces])).neighbours(len(shapes) + len(pieces))
    tree = shapely.STRtree(shapes)
    found = []
    for number, piece in enumerate(pieces, start=len(shapes)):
        borders = {one: metres for one, metres in graph[number].items() if one < len(shapes)}
        found.append(
            max(borders, key=lambda one: (borders[one], -one))
            if borders
            else int(tree.nearest(piece))
        )
    return found


def _used(plan: Plan, prefix: str) -> set[str]:
    """The codes below a parent that any grid of the scheme ever had, drafts included."""
    rows = Grid.objects.filter(plan__scheme=plan.scheme_id, code__startswith=prefix)
    burnt = GridCode.objects.filter(scheme=plan.scheme_id, code__startswith=prefix)
    return {*rows.values_list("code", flat=True), *burnt.values_list("code", flat=True)}


def _derive_parents(plan: Plan) -> list[Grid]:
    """Derive the levels above the leaves anew and return the grids that ended for lack of any."""
    ended: list[Grid] = []
    depths = list(plan.scheme.levels.order_by("-depth").values_list("depth", "fixed"))
    for depth, fixed in depths[1:]:
        children: dict[int | None, list[Shape]] = {}
        below = Grid.objects.filter(plan=plan, level=depth + 1)
        for parent, boundary in below.values_list("parent", "boundary"):
            children.setdefault(parent, []).append(to_shapely(boundary))
        redrawn = []
        for grid in Grid.objects.filter(plan=plan, level=depth):
            if grid.pk not in children:
                ended.append(grid)
                continue
            shape = union(children[grid.pk])
            if not shapely.equals_exact(
                shapely.normalize(shape), shapely.normalize(to_shapely(grid.boundary))
            ):
                redrawn.append(_drawn(grid, shape))
                if fixed:
                    _follow(grid, shape)
        Grid.objects.bulk_update(redrawn, DRAWN, 200)
        Grid.objects.filter(pk__in=[grid.pk for grid in ended if grid.level == depth]).delete()
    return ended


def _follow(grid: Grid, shape: Shape) -> None:
    """Let a fixed outline follow the territory; one that is only refined stays as it was drawn."""
    drawn = grid.fixed_boundary
    if drawn is None or len(departures(to_shapely(drawn), shape)):
        grid.fixed_boundary = from_shapely(shape, multi=True)
