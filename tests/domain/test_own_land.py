"""The land of buildings: nobody else's house loses its ground, and what is handed over is exact."""

import random

import pytest
import shapely

from geogrid.territory.commands import Claim, CutOut
from geogrid.territory.errors import EditRefused, InPieces, TooManyBuildings
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Plan
from geogrid.territory.own_land import land_of_buildings
from layers.places.models import Building
from tests.domain.editing import box, do, draft, grid, house, lineage, shape
from tests.factories import FOUNDED

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return draft()


def built(west: float, south: float, east: float, north: float, dwellings: int = 10) -> Building:
    made = house((west + east) / 2, (south + north) / 2, dwellings)
    made.footprint = from_shapely(box(west, south, east, north), multi=True)
    made.save()
    return made


def test_the_border_runs_half_way_between_the_houses(plan: Plan) -> None:
    near, far = built(1.5, 2.8, 1.8, 3.2), built(0.2, 2.8, 0.5, 3.2)
    rebuild_loads(plan=plan, at=FOUNDED)
    found = land_of_buildings(plan, [near.pk], without=lineage(plan, 2))
    assert found is not None
    assert found.sources == (lineage(plan, 1),)
    assert (found.buildings, found.dwellings) == (1, 10)
    do(
        plan,
        Claim(lineage(plan, 2), found.land, found.sources, base_revision=plan.revision),
    )
    a, b = shape(plan, 1), shape(plan, 2)
    assert b.covers(to_shapely(near.footprint))
    assert a.covers(to_shapely(far.footprint))
    wide = grid(plan, 1).boundary.extent
    assert wide[2] == pytest.approx(box(0.5, 2, 1.5, 3).centroid.x, abs=3e-6)


def test_houses_of_two_grids_go_together_and_become_a_grid_of_their_own(plan: Plan) -> None:
    one, other = built(1.5, 2.8, 1.9, 3.2), built(2.1, 2.8, 2.5, 3.2)
    built(0.2, 2.8, 0.5, 3.2), built(3.4, 2.8, 3.8, 3.2)
    rebuild_loads(plan=plan, at=FOUNDED)
    found = land_of_buildings(plan, [one.pk, other.pk])
    assert found is not None
    assert set(found.sources) == {lineage(plan, 1), lineage(plan, 2)}
    do(plan, CutOut(found.land, name="医院", base_revision=plan.revision))
    made = plan.grids.get(name="医院")
    assert to_shapely(made.boundary).covers(to_shapely(one.footprint))
    assert to_shapely(made.boundary).covers(to_shapely(other.footprint))


def test_the_house_that_stands_between_is_told_and_taken_along(plan: Plan) -> None:
    between = built(1.3, 2.05, 1.8, 3.95)
    far = built(0.2, 2.8, 0.5, 3.2)
    built(0.2, 2.1, 0.5, 2.4)
    target = lineage(plan, 2)
    found = land_of_buildings(plan, [far.pk], without=target)
    assert found is not None
    assert found.between == (between.pk,)
    with pytest.raises(InPieces):
        do(plan, Claim(target, found.land, found.sources, base_revision=plan.revision))
    found = land_of_buildings(plan, [far.pk, *found.between], without=target)
    assert found is not None
    assert not found.between
    assert not found.cut_off
    do(plan, Claim(target, found.land, found.sources, base_revision=plan.revision))
    assert shape(plan, 2).covers(to_shapely(far.footprint))


def test_a_way_is_taken_where_one_fits_between_the_houses(plan: Plan) -> None:
    back = built(1.2, 2.8, 1.3, 3.2)
    built(1.7, 2.05, 1.8, 2.6), built(1.7, 3.4, 1.8, 3.95)
    built(0.2, 2.8, 0.5, 3.2), built(0.8, 3.8, 1.0, 3.95)
    target = lineage(plan, 2)
    found = land_of_buildings(plan, [back.pk], without=target)
    assert found is not None
    assert (found.between, found.cut_off) == ((), ())
    do(plan, Claim(target, found.land, found.sources, base_revision=plan.revision))
    assert shape(plan, 2).covers(to_shapely(back.footprint))


def test_houses_that_would_be_cut_off_are_told_and_bare_land_goes_along(plan: Plan) -> None:
    middle = built(0.9, 2.05, 1.1, 3.95)
    west = built(0.2, 2.8, 0.5, 3.2)
    target = lineage(plan, 2)
    bare = land_of_buildings(plan, [middle.pk], without=target)
    assert bare is not None  # nobody lives east of it
    assert not bare.cut_off
    assert bare.land.covers(box(1.9, 2.1, 1.99, 3.9))
    east, other = built(1.5, 2.8, 1.8, 3.2), built(0.2, 2.1, 0.5, 2.4)
    found = land_of_buildings(plan, [middle.pk], without=lineage(plan, 3))
    assert found is not None
    assert found.cut_off == (east.pk,)
    assert found.between == ()
    with pytest.raises(EditRefused):
        do(
            plan,
            Claim(lineage(plan, 3), found.land, found.sources, base_revision=plan.revision),
        )
    assert {west.pk, other.pk}.isdisjoint(found.cut_off)


def test_a_house_registered_twice_is_one_house(plan: Plan) -> None:
    one, twin = built(1.5, 2.8, 1.8, 3.2), built(1.5, 2.8, 1.8, 3.2)
    other = built(0.2, 2.8, 0.5, 3.2)
    found = land_of_buildings(plan, [one.pk], without=lineage(plan, 2))
    assert found is not None
    assert found.land.covers(to_shapely(twin.anchor))
    assert not found.land.intersects(to_shapely(other.footprint))


def test_nothing_asked_nothing_given(plan: Plan) -> None:
    inside = built(2.5, 2.8, 2.8, 3.2)
    assert land_of_buildings(plan, [inside.pk], without=lineage(plan, 2)) is None
    assert land_of_buildings(plan, [999_999]) is None
    with pytest.raises(TooManyBuildings):
        land_of_buildings(plan, list(range(1000)))


@pytest.mark.parametrize("seed", range(6))
def test_any_houses_stay_exact(plan: Plan, seed: int) -> None:
    """Rows of houses, some only a door: whatever is chosen, the plan stays a tiling or says why."""
    dice = random.Random(seed)
    homes = []
    for column in range(8):
        for row in range(8):
            x, y = column / 2 + dice.uniform(0.05, 0.2), row / 2 + dice.uniform(0.05, 0.2)
            if dice.random() < 0.2:
                homes.append(house(x, y, dice.randrange(1, 30)))
            else:
                east, north = x + dice.uniform(0.1, 0.24), y + dice.uniform(0.1, 0.24)
                homes.append(built(x, y, east, north, dice.randrange(1, 30)))
    rebuild_loads(plan=plan, at=FOUNDED)
    landed = 0
    for _ in range(12):
        target = lineage(plan, dice.randrange(1, 5))
        heart = dice.choice(homes).anchor
        around = sorted(homes, key=lambda one: one.anchor.distance(heart))[: dice.randrange(1, 6)]
        found = land_of_buildings(plan, [one.pk for one in around], without=target)
        if found is None:
            continue
        assert shapely.is_valid(found.land)
        try:
            do(plan, Claim(target, found.land, found.sources, base_revision=plan.revision))
        except EditRefused as refusal:
            assert refusal.code in (
                "territory.in_pieces",
                "territory.vanishes",
                "territory.fixed_outline",
                "territory.too_close",
            )
            continue
        landed += 1
        new = to_shapely(plan.grids.get(lineage=target).boundary)
        assert all(new.covers(to_shapely(one.anchor)) for one in around)
    assert landed
