"""A plan's way from draft into force."""

from datetime import timedelta

import pytest
import shapely
from django.contrib.gis.geos import Point

from geogrid.accounts.errors import NotAllowed
from geogrid.territory import actions
from geogrid.territory.errors import (
    LandUnassigned,
    NotADraft,
    NotApproved,
    NotExact,
    StartsInThePast,
)
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Area, Grid, Plan, Term
from tests.factories import (
    FOUNDED,
    AreaFactory,
    SchemeFactory,
    UserFactory,
    approved_plan,
    authorise,
    draft_plan,
    plan_in_force,
)
from tests.pictures import picture

pytestmark = pytest.mark.django_db

LATER = FOUNDED + timedelta(days=30)


def test_parents_are_the_union_of_their_children() -> None:
    plan = draft_plan(SchemeFactory())
    for parent in plan.grids.filter(level=1):
        children = [to_shapely(child.boundary) for child in parent.children.all()]
        assert to_shapely(parent.boundary).equals(shapely.union_all(children))


def test_the_database_finds_a_good_plan_exact() -> None:
    assert actions.plan_residual(draft_plan(SchemeFactory())) == 0


def test_numbers_count_up_within_a_scheme() -> None:
    scheme = SchemeFactory()
    assert [draft_plan(scheme).number for _ in range(2)] == [1, 2]


def test_a_stranger_may_not_draw() -> None:
    scheme = SchemeFactory()
    plan = draft_plan(scheme)
    with pytest.raises(NotAllowed):
        actions.propose(plan=plan, by=UserFactory(), at=LATER)


def test_a_planner_submits_but_does_not_approve() -> None:
    scheme = SchemeFactory()
    plan = draft_plan(scheme)
    planner = UserFactory()
    authorise(planner, scheme, "planner")
    actions.propose(plan=plan, by=planner, at=LATER)
    with pytest.raises(NotAllowed):
        actions.approve(plan=plan, by=planner, at=LATER)


def test_a_role_in_one_scheme_counts_only_there() -> None:
    mine, other = SchemeFactory(), SchemeFactory()
    planner = UserFactory()
    authorise(planner, mine, "planner")
    with pytest.raises(NotAllowed):
        actions.propose(plan=draft_plan(other), by=planner, at=LATER)


def test_a_draft_cannot_come_into_force() -> None:
    with pytest.raises(NotApproved):
        actions.enter_force(plan=draft_plan(SchemeFactory()), by=None, at=LATER)


def test_what_is_handed_over_stays_as_it_is() -> None:
    plan = approved_plan(SchemeFactory())
    with pytest.raises(NotADraft):
        actions.add_grids(plan=plan, grids=[])
    with pytest.raises(NotADraft):
        actions.propose(plan=plan, by=None, at=LATER)


def test_a_gap_keeps_a_plan_out_of_review_and_out_of_force() -> None:
    scheme = SchemeFactory()
    plan = draft_plan(scheme)
    plan.grids.leaves().order_by("code").last().delete()
    with pytest.raises(NotExact) as refusal:
        actions.propose(plan=plan, by=None, at=LATER)
    assert refusal.value.data["residual"] > 0
    # Past the actions: the one that counts looks again.
    for state in ("in_review", "approved"):
        Plan.objects.filter(pk=plan.pk).update(state=state)
    with pytest.raises(NotExact):
        actions.enter_force(plan=plan, by=None, at=LATER, backdated=True)
    assert not Term.objects.exists()


def test_unassigned_land_keeps_a_plan_out_of_force() -> None:
    plan = approved_plan(SchemeFactory(), kind=Grid.Kind.UNASSIGNED)
    with pytest.raises(LandUnassigned) as refusal:
        actions.enter_force(plan=plan, by=None, at=LATER, backdated=True)
    assert refusal.value.data["count"] == 4


def test_the_next_plan_ends_the_one_before_at_one_instant() -> None:
    scheme = SchemeFactory()
    first = plan_in_force(scheme).plan
    second = plan_in_force(scheme, at=LATER).plan
    moments = {
        FOUNDED - timedelta(seconds=1): [],
        FOUNDED: [first],
        LATER - timedelta(seconds=1): [first],
        LATER: [second],
    }
    for moment, plans in moments.items():
        assert list(Plan.objects.in_force(moment)) == plans


def test_nothing_comes_into_force_before_the_running_plan() -> None:
    scheme = SchemeFactory()
    plan_in_force(scheme, at=LATER)
    with pytest.raises(StartsInThePast):
        actions.enter_force(plan=approved_plan(scheme), by=None, at=FOUNDED, backdated=True)


def test_a_point_on_a_border_belongs_to_the_lowest_code() -> None:
    scheme = SchemeFactory()
    plan_in_force(scheme, shapes=picture("ab\nab"), communities={"a": "N", "b": "N"})
    corner = Point(113.0002, 30.0002, srid=4326)
    found = Grid.objects.in_force(scheme, LATER).leaves().covering(corner)
    assert [grid.label for grid in found] == ["01", "02"]


def test_nearest_measures_metres_on_the_ground() -> None:
    scheme = SchemeFactory()
    plan_in_force(scheme)
    outside = Point(112.9999, 30.0001, srid=4326)
    leaves = Grid.objects.in_force(scheme, LATER).leaves()
    nearest = leaves.nearest(outside, metres=15).first()
    # 1e-4 degrees of longitude at 30 N: 111.32 km x cos(30) x 1e-4
    assert nearest is not None
    assert nearest.metres == pytest.approx(9.65, abs=0.02)
    assert not leaves.nearest(outside, metres=9).exists()


def test_a_visitor_sees_the_area_of_their_language_first() -> None:
    german = AreaFactory(language="en")
    chinese = AreaFactory(language="zh-hans")
    assert Area.objects.for_language("zh-hans") == chinese
    assert Area.objects.for_language("en") == german
    assert Area.objects.for_language("fr") == german
