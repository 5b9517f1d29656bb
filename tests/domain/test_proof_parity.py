"""The proof in numpy and the proof in SQL are one proof."""

import numpy as np
import pytest
import shapely
from django.db import IntegrityError, connection, transaction

from geogrid.coverage.proof import crowded, invalid, residue
from geogrid.coverage.refinement import departures
from geogrid.territory.geometry import from_shapely
from layers.datum.lattice import from_steps
from tests.defects import DEFECTS, SOUND, Defects
from tests.domain.division import plan_of
from tests.tilings import tiling

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def defects() -> Defects:
    town = tiling(36)
    return Defects(town.faces, town.outline)


def asked(statement: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("plant", [*SOUND, *DEFECTS], ids=lambda plant: plant.__name__)
def test_both_leave_the_same_segments(plant, defects: Defects) -> None:  # type: ignore[no-untyped-def]
    children, parent = plant(defects)
    if len(invalid(children)):
        with pytest.raises(IntegrityError, match="boundary_valid"), transaction.atomic():
            plan_of(children, parent)
        return
    plan = plan_of(children, parent)
    left = residue(children, [parent])
    assert asked("SELECT plan_residual(%s)", plan.pk) == len(left.grouped()[1])
    pieces = asked("SELECT count(*) FROM plan_defects(%s) WHERE defect = 'pieces'", plan.pk)
    assert pieces == bool(len(crowded(children, parent)))
    told = asked("SELECT count(*) FROM plan_defects(%s)", plan.pk)
    assert bool(told) == (plant in DEFECTS)


@pytest.mark.parametrize("corner", [(113.0, 30.0), (-70.0, -33.0), (-0.002, -0.002)])
def test_both_find_them_in_the_same_place(corner: tuple[float, float]) -> None:
    """In all hemispheres: the SQL packs longitude and latitude into one number."""
    town = tiling(16, corner=corner)
    children, parent = Defects(town.faces, town.outline).missing()
    plan = plan_of(children, parent)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(start), ST_Y(start), ST_X(finish), ST_Y(finish) FROM plan_residue(%s)",
            [plan.pk],
        )
        there = {frozenset([row[:2], row[2:]]) for row in cursor.fetchall()}
    left = residue(children, [parent])
    ends = from_steps(left.ends()).tolist()
    assert there == {frozenset(map(tuple, pair)) for pair in ends}


@pytest.mark.parametrize("seed", range(12))
def test_both_measure_refinement_alike(seed: int) -> None:
    """Vertices inserted into random edges, some close enough, some not."""
    random = np.random.default_rng(seed)
    base = tiling(9, seed=seed).outline
    steps = np.rint(shapely.get_coordinates(base)[:-1] * 1e7).astype(np.int64)
    rows = np.sort(random.choice(len(steps), 6, replace=False))
    ends = steps[(rows + 1) % len(steps)]
    share = random.integers(0, 3, (6, 2)) - 1
    added = (steps[rows] + ends) // 2 + share
    ring = np.insert(steps, rows + 1, added, axis=0) / 1e7
    outline = shapely.Polygon(np.roll(ring, int(random.integers(len(ring))), axis=0))
    if seed % 3 == 0:
        outline = outline.reverse()
    count = asked(
        "SELECT plan_outline_departures(ST_GeomFromWKB(%s, 4326), ST_GeomFromWKB(%s, 4326))",
        bytes(from_shapely(base).wkb),
        bytes(from_shapely(outline).wkb),
    )
    assert count == len(departures(base, outline))
