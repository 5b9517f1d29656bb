"""What changes hands from plan to plan, and what the receipt keeps of it."""

from datetime import timedelta

import pytest
import shapely
from django.contrib.gis.geos import Point

from geogrid.duty.models import Post
from geogrid.publishing import actions
from geogrid.publishing.errors import AnotherScheduled, NotReady, RemarksOpen
from geogrid.publishing.impact import impact
from geogrid.publishing.readiness import inspect, readiness
from geogrid.territory import actions as territory
from geogrid.territory.geometry import from_shapely
from geogrid.territory.models import Grid, Plan, PlanLoad, Term
from layers.datum.lattice import snap
from layers.places.models import HazardClass, HazardPoint
from tests.case_factories import reported
from tests.domain.redrawing import LATER, draft_of, homes, leaf, merge, redraw, settled, split
from tests.factories import (
    AddressFactory,
    SchemeFactory,
    SchoolFactory,
    ShopFactory,
    SourceFactory,
    UserFactory,
    WorkerFactory,
    authorise,
    now,
    plan_in_force,
    post,
    town,
)
from tests.pictures import picture, square

pytestmark = pytest.mark.django_db

SHARED = square(2, 3)  # what b gives to a


@pytest.fixture
def first() -> Term:
    return town()


def shifted(first: Term) -> Plan:
    """The upper left quarter of b goes to a."""
    draft = draft_of(first.scheme)
    shapes = picture("aaab\naabb\nccdd\ncccd")
    redraw(draft, {leaf(draft, letter).lineage: shapes[letter] for letter in "ab"})
    return draft


def merged(first: Term) -> Plan:
    draft = draft_of(first.scheme)
    merge(draft, leaf(draft, "c"), leaf(draft, "d"))
    return draft


def middle(shape: shapely.Geometry) -> Point:
    return from_shapely(snap(shape.centroid))


def hazard(where: Point, **fields: object) -> HazardPoint:
    return HazardPoint.objects.create(
        source=SourceFactory(), anchor=where, hazard_class=HazardClass.objects.first(), **fields
    )


def test_nothing_changes_hands_without_a_plan_before_or_a_change() -> None:
    term = plan_in_force(SchemeFactory())
    assert impact(term.plan, at=LATER).hand_overs == []
    told = impact(draft_of(term.scheme), at=LATER)
    assert (told.instead_of, told.hand_overs, told.posts) == (1, [], 0)
    assert told.signs == {"new": 0, "gone": 0, "changed": 0}


def test_each_kind_of_place_is_counted_where_it_changes_hands(first: Term) -> None:
    here, elsewhere = middle(SHARED), middle(square(0, 3))
    for where in (here, elsewhere):
        AddressFactory(anchor=where)
        ShopFactory(anchor=where)
        SchoolFactory(anchor=where)
        hazard(where)
    hazard(here, active=False)
    homes(square(2, 3), 24)
    homes(square(3, 3), 99)
    plan = shifted(first)
    told = impact(plan, at=LATER)
    (one,) = told.hand_overs
    assert (one.from_code, one.to_code) == (leaf(plan, "b").code, leaf(plan, "a").code)
    assert one.counts == {
        "addresses": 1, "buildings": 1, "households": 24, "shops": 1, "schools": 1, "hazards": 1,
    }  # fmt: skip
    assert one.area_m2 == pytest.approx(428, rel=0.01)
    assert told.totals["households"] == 24
    assert told.totals["hospitals"] == told.totals["cases"] == 0
    assert told.signs == {"new": 0, "gone": 0, "changed": 2}


def test_open_cases_move_and_closed_ones_do_not_count(first: Term) -> None:
    case = reported(first.scheme.area, where=middle(SHARED)).case
    done = reported(first.scheme.area, where=middle(SHARED)).case
    type(done).objects.filter(pk=done.pk).update(state="archived")
    plan = settled(shifted(first))
    assert impact(plan, at=now()).totals["cases"] == 1
    term = actions.put_in_force(plan=plan, by=None, at=now())
    case.refresh_from_db()
    assert case.grid.lineage == leaf(plan, "a").lineage
    assert (term.receipt["cases_placed_anew"], term.receipt["impact"]["cases"]) == (1, 1)


def test_a_door_on_the_border_belongs_to_the_lowest_code_in_both_plans(first: Term) -> None:
    """It lies on the old border of a and b, where a had it already."""
    west, _, _, north = SHARED.bounds
    on_it = snap(shapely.Point(west, north - 1e-5))
    AddressFactory(anchor=from_shapely(on_it))
    assert impact(shifted(first), at=LATER).totals["addresses"] == 0


def test_a_merge_hands_everything_over_and_ends_the_post(first: Term) -> None:
    homes(square(3, 0), 17)
    told = impact(merged(first), at=LATER)
    (one,) = told.hand_overs
    assert (one.from_code[-3:], one.to_code[-3:]) == ("004", "003")
    assert (told.totals["households"], told.posts) == (17, 1)
    assert told.signs == {"new": 0, "gone": 1, "changed": 1}
    assert told.as_dict()["list"][0]["to_lineage"] == str(one.to_lineage)


# ------------------------------------------------------------------------------ publishing


def test_posts_on_a_grid_that_ends_end_with_it(first: Term) -> None:
    gone = leaf(first.plan, "d").lineage
    began = now()
    term = actions.put_in_force(plan=settled(merged(first)), by=None, at=began)
    ended = Post.objects.get(lineage=gone)
    assert ended.during.upper == began
    assert term.receipt["posts_ended"] == [{"post": ended.pk, "until": None}]
    assert Post.objects.at(began).count() == 5


def test_a_roll_back_returns_lineages_with_their_posts(first: Term) -> None:
    gone = leaf(first.plan, "d").lineage
    holder = Post.objects.get(lineage=gone).worker
    began = now()
    actions.put_in_force(plan=settled(merged(first)), by=None, at=began)
    back = actions.roll_back(scheme=first.scheme, by=None, at=began + timedelta(days=1))
    assert back.plan == first.plan
    again = Post.objects.at(began + timedelta(days=2)).get(lineage=gone)
    assert again.worker == holder
    assert back.receipt["posts_returned"] == [again.pk]
    assert Post.objects.filter(lineage=gone).count() == 2


def test_a_roll_back_needs_somebody_where_a_worker_has_left(first: Term) -> None:
    grid = leaf(first.plan, "d")
    began = now()
    actions.put_in_force(plan=settled(merged(first)), by=None, at=began)
    holder = Post.objects.get(lineage=grid.lineage).worker
    type(holder).objects.filter(pk=holder.pk).update(active=False)
    with pytest.raises(NotReady):
        actions.roll_back(scheme=first.scheme, by=None, at=began + timedelta(days=1))
    assert Post.objects.filter(lineage=grid.lineage).count() == 1
    post(grid, worker=WorkerFactory(area=first.scheme.area), role="information_officer")
    back = actions.roll_back(scheme=first.scheme, by=None, at=began + timedelta(days=1))
    assert back.receipt["posts_returned"] == []


def test_a_scheduled_plan_ends_posts_at_its_hour_and_can_be_taken_back(first: Term) -> None:
    grid = leaf(first.plan, "d")
    then = now() + timedelta(days=3)
    plan = settled(merged(first))
    actions.schedule(plan=plan, by=None, at=then)
    assert Post.objects.get(lineage=grid.lineage).during.upper == then
    with pytest.raises(AnotherScheduled):
        actions.put_in_force(plan=settled(shifted(first)), by=None, at=now())
    taken = actions.unschedule(scheme=first.scheme, by=None, at=now())
    assert taken.plan == plan
    assert Post.objects.get(lineage=grid.lineage).during.upper is None
    assert Term.objects.get().plan == first.plan
    actions.put_in_force(plan=plan, by=None, at=now())


def test_a_remark_that_is_open_keeps_a_plan_back(first: Term) -> None:
    plan = shifted(first)
    territory.propose(plan=plan, by=None, at=LATER)
    territory.send_back(plan=plan, by=None, at=LATER, remarks=[(None, "请核对门牌")])
    settled(plan)
    assert readiness(plan, at=now()).remarks == ["请核对门牌"]
    with pytest.raises(RemarksOpen, match=None) as refusal:
        actions.put_in_force(plan=plan, by=None, at=now())
    assert "请核对门牌" in str(refusal.value)
    territory.settle_remark(remark=plan.remarks.get(), by=None, at=LATER)
    actions.put_in_force(plan=plan, by=None, at=now())


def test_the_receipt_says_what_was_decided_by_whom(first: Term) -> None:
    planner, approver = UserFactory(), UserFactory()
    authorise(planner, first.scheme, "planner")
    authorise(approver, first.scheme, "approver")
    plan = merged(first)
    territory.propose(plan=plan, by=planner, at=LATER)
    territory.approve(plan=plan, by=approver, at=LATER)
    receipt = actions.put_in_force(plan=plan, by=planner, at=now()).receipt
    assert (receipt["proposed"]["by"], receipt["approved"]["by"]) == (planner.pk, approver.pk)
    assert (receipt["instead_of"], receipt["edits"], receipt["grids"]) == (1, 0, 3)
    assert receipt["impact"]["posts"] == len(receipt["posts_ended"]) == 1
    assert len(receipt["sha256"]) == 64


def test_inspecting_a_draft_tells_everything_at_once(first: Term) -> None:
    draft = draft_of(first.scheme)
    new = split(draft, leaf(draft, "a"), square(0, 3), f"{leaf(draft, 'a').code[:-3]}905")
    grid = draft.grids.get(lineage=new)
    Grid.objects.filter(pk=grid.pk).update(kind=Grid.Kind.UNASSIGNED)
    PlanLoad.objects.create(grid=grid, dwellings=7, as_of=LATER)
    told = inspect(draft, at=now())
    assert not told.ready
    assert told.nobody == told.outside_range == [grid.code]
    assert [(one.name, one.grids) for one in told.defects or ()] == [("assigned", (grid.code,))]
    assert told.as_dict()["ready"] is False
