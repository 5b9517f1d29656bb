"""Outlines refine the area's boundary, also where units were fixed after they had been refined."""

from datetime import date

import numpy as np
import pytest
import shapely

from geogrid.coverage.nesting import union
from geogrid.territory import actions
from geogrid.territory.commands import InsertVertex
from geogrid.territory.errors import OffOutline
from geogrid.territory.geometry import from_shapely
from geogrid.territory.models import AreaBoundary, Level, Plan
from layers.datum.lattice import from_steps
from tests.domain.redrawing import LATER
from tests.factories import FOUNDED, SchemeFactory
from tests.pictures import ORIGIN

pytestmark = pytest.mark.django_db

Corner = tuple[int, int]


def polygon(*corners: Corner) -> shapely.Polygon:
    return shapely.Polygon(from_steps(np.add(corners, ORIGIN)))


def place(corner: Corner) -> tuple[float, float]:
    x, y = from_steps(np.add(corner, ORIGIN))
    return float(x), float(y)


def refined_draft(*, fixed: bool) -> Plan:
    """A draft whose outline has two more vertices than its base, half a step beside it."""
    scheme = SchemeFactory.create()
    Level.objects.filter(scheme=scheme).update(fixed=fixed)
    shapes = [
        polygon((0, 0), (101, 50), (101, 1500), (0, 1500)),
        polygon((101, 50), (103, 51), (103, 1500), (101, 1500)),
        polygon((103, 51), (1000, 500), (1000, 1500), (103, 1500)),
    ]
    base = polygon((0, 0), (1000, 500), (1000, 1500), (0, 1500))
    boundary = AreaBoundary.objects.create(
        area=scheme.area, valid_from=date(2026, 3, 1), boundary=from_shapely(base, multi=True)
    )
    top = f"{scheme.area.code_prefix}001"
    grids = [actions.NewGrid(1, top, "001", "N")]
    for number, shape in enumerate(shapes, start=1):
        code = f"{top}{number:03d}"
        grids.append(actions.NewGrid(2, code, f"{number:02d}", code, parent=top, shape=shape))
    return actions.start_plan(
        scheme=scheme, boundary=boundary, outline=union(shapes), grids=grids, by=None, at=FOUNDED
    )


@pytest.mark.parametrize("fixed", [True, False])
def test_vertices_are_measured_from_the_boundary_of_the_area(fixed: bool) -> None:
    draft = refined_draft(fixed=fixed)
    assert not actions.plan_defects(draft)
    # On the border between the two new vertices, and 0.9 step below the area's boundary.
    below = InsertVertex(place((101, 50)), place((103, 51)), place((102, 50)), base_revision=0)
    with pytest.raises(OffOutline):
        actions.edit(plan=draft, command=below, by=None, at=LATER)
    beside = InsertVertex(place((103, 51)), place((1000, 500)), place((501, 250)), base_revision=0)
    actions.edit(plan=draft, command=beside, by=None, at=LATER)
    assert not actions.plan_defects(draft)
