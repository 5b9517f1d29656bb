"""Drafts changed past the editor: what the tests of plans need without its commands."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import shapely

from geogrid.coverage.labels import label_circle
from geogrid.coverage.nesting import union
from geogrid.territory import actions
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.models import Grid, Plan, Scheme
from layers.places.models import Building
from tests.factories import FOUNDED, SourceFactory

LATER = FOUNDED + timedelta(days=30)


def leaf(plan: Plan, letter: str) -> Grid:
    """The leaf that the factories' picture calls a, b, c or d."""
    number = "abcdefgh".index(letter) + 1
    drawn = plan.grids.leaves().exclude(kind=Grid.Kind.UNASSIGNED)
    return drawn.get(label=f"{number:02d}", code__endswith=f"{number:03d}")


def draft_of(scheme: Scheme, name: str = "") -> Plan:
    return actions.start_draft(scheme=scheme, by=None, at=LATER, name=name)


def redraw(plan: Plan, shapes: Mapping[UUID, shapely.Geometry]) -> None:
    """Give leaves of a draft other shapes; parents follow."""
    for lineage, shape in shapes.items():
        plan.grids.filter(lineage=lineage).update(boundary=from_shapely(shape, multi=True))
    for parent in plan.grids.filter(level=1):
        below = [to_shapely(child.boundary) for child in parent.children.all()]
        if below:
            parent.boundary = from_shapely(union(below), multi=True)
            parent.save()
        else:
            parent.delete()


def split(plan: Plan, grid: Grid, part: shapely.Geometry, code: str) -> UUID:
    """Take `part` out of a leaf as a grid of its own and return its lineage."""
    rest = to_shapely(grid.boundary).difference(part)
    lineage = uuid4()
    point, radius = label_circle(part)
    Grid.objects.create(
        plan=plan, parent=grid.parent, level=grid.level, code=code, label=code[-2:], name=code,
        lineage=lineage, boundary=from_shapely(part, multi=True), label_radius_m=radius,
        label_point=from_shapely(point),
    )  # fmt: skip
    redraw(plan, {grid.lineage: rest})
    return lineage


def merge(plan: Plan, target: Grid, other: Grid) -> None:
    """Let `target` take over another leaf of its parent."""
    shape = union([to_shapely(target.boundary), to_shapely(other.boundary)])
    other.delete()
    redraw(plan, {target.lineage: shape})


def homes(where: shapely.Geometry, dwellings: int) -> Building:
    """A building in the middle of a shape."""
    return Building.objects.create(
        source=SourceFactory(),
        anchor=from_shapely(label_circle(where)[0]),
        dwellings=dwellings,
    )


def settled(plan: Plan) -> Plan:
    """The plan proposed and approved by the system."""
    actions.propose(plan=plan, by=None, at=LATER)
    return actions.approve(plan=plan, by=None, at=LATER)
