"""Borders of a neighbour's grids: refined by others without asking, and never moved bit by bit."""

import numpy as np
import pytest
import shapely

from geogrid.territory import actions
from geogrid.territory.commands import InsertVertex
from geogrid.territory.errors import NeedsNeighbour
from geogrid.territory.models import Level
from layers.datum.lattice import from_steps
from tests.domain.redrawing import LATER, draft_of, leaf
from tests.domain.test_authority import over
from tests.factories import SchemeFactory, plan_in_force
from tests.pictures import ORIGIN

pytestmark = pytest.mark.django_db

Corner = tuple[int, int]


def steps(*corners: Corner) -> np.ndarray:
    return from_steps(np.add(corners, ORIGIN))


def insert(start: Corner, finish: Corner, point: Corner, revision: int) -> InsertVertex:
    one, other, between = (
        (float(x), float(y)) for x, y in (steps(corner)[0] for corner in (start, finish, point))
    )
    return InsertVertex(one, other, between, base_revision=revision)


def test_a_foreign_border_does_not_drift_however_often_it_is_refined() -> None:
    shapes = {
        "a": shapely.Polygon(steps((0, 0), (1000, 400), (1000, 900), (0, 900))),
        "c": shapely.Polygon(steps((0, 0), (0, -500), (1000, -500), (1000, 400))),
    }
    scheme = SchemeFactory.create()
    Level.objects.filter(scheme=scheme).update(fixed=False)
    term = plan_in_force(scheme, shapes=shapes)
    draft = draft_of(term.scheme)
    north = leaf(term.plan, "a").parent
    assert north is not None
    planner = over(north)
    first = insert((0, 0), (1000, 400), (4, 1), 0)
    actions.edit(plan=draft, command=first, by=planner, at=LATER)
    # A third of a step from the border as it is now, three quarters from the one in force.
    drifting = insert((4, 1), (1000, 400), (7, 2), 1)
    with pytest.raises(NeedsNeighbour):
        actions.edit(plan=draft, command=drifting, by=planner, at=LATER)
    beside = insert((4, 1), (1000, 400), (7, 3), 1)
    actions.edit(plan=draft, command=beside, by=planner, at=LATER)
