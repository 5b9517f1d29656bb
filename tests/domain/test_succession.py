"""Who follows whom: recorded on proposing, read along the terms."""

from datetime import timedelta
from uuid import uuid4

import pytest
import shapely
from django.db.models import F

from geogrid.territory import actions
from geogrid.territory.actions.outlines import unlock
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan, Succession, Term
from geogrid.territory.succession import compare_plans, holders_of_code, successors
from tests.domain.redrawing import LATER, draft_of, homes, leaf, merge, redraw, settled, split
from tests.factories import FOUNDED, GRIDS, SchemeFactory, approved_plan, plan_in_force
from tests.pictures import picture, square

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def first() -> Term:
    return plan_in_force(SchemeFactory())


def in_force(plan: Plan, days: int) -> Term:
    return actions.enter_force(plan=settled(plan), by=None, at=LATER + days * DAY, backdated=True)


def merged(first: Term) -> Plan:
    """c takes over d."""
    draft = draft_of(first.scheme)
    merge(draft, leaf(draft, "c"), leaf(draft, "d"))
    return draft


def test_a_split_says_how_much_the_new_grid_got(first: Term) -> None:
    homes(square(0, 3), 10)
    homes(square(1, 2), 30)
    draft = draft_of(first.scheme)
    new = split(draft, leaf(draft, "a"), square(0, 3), f"{leaf(draft, 'a').code[:-3]}905")
    actions.propose(plan=draft, by=None, at=LATER)
    row = Succession.objects.get()
    assert (row.plan, row.from_lineage, row.to_lineage) == (draft, leaf(draft, "a").lineage, new)
    assert row.share_of_households == pytest.approx(0.25)
    assert row.share_of_area == pytest.approx(0.25, abs=1e-6)


def test_a_merge_says_who_follows(first: Term) -> None:
    homes(picture(GRIDS)["d"], 5)
    draft = merged(first)
    actions.propose(plan=draft, by=None, at=LATER)
    row = Succession.objects.get()
    assert row.from_lineage == leaf(first.plan, "d").lineage
    assert row.to_lineage == leaf(draft, "c").lineage
    assert (row.share_of_households, row.share_of_area) == (1.0, pytest.approx(1.0))


def test_the_shares_of_a_grid_that_is_divided_up_add_up_to_one(first: Term) -> None:
    shapes = picture(GRIDS)
    homes(square(2, 3), 20)
    homes(square(2, 2), 10)
    homes(square(3, 2), 10)
    draft = draft_of(first.scheme)
    ended = leaf(draft, "b")
    new = split(draft, ended, square(2, 3), f"{ended.code[:-3]}905")
    left, rest = shapely.box(*square(2, 2).bounds), to_shapely(leaf(draft, "b").boundary)
    other = uuid4()
    draft.grids.filter(lineage=ended.lineage).update(lineage=other, code=f"{ended.code[:-3]}906")
    redraw(draft, {other: rest.difference(left),
                   leaf(draft, "a").lineage: shapes["a"].union(left)})  # fmt: skip
    actions.propose(plan=draft, by=None, at=LATER)
    rows = {row.to_lineage: row for row in Succession.objects.filter(from_lineage=ended.lineage)}
    assert {to: row.share_of_households for to, row in rows.items()} == {
        new: 0.5, other: 0.25, leaf(draft, "a").lineage: 0.25,
    }  # fmt: skip
    assert sum(row.share_of_area for row in rows.values()) == pytest.approx(1.0)


def test_where_nobody_lives_the_area_decides(first: Term) -> None:
    draft = merged(first)
    (follow,) = compare_plans(first.plan, draft)
    assert (follow.households, follow.area) == (pytest.approx(1.0), pytest.approx(1.0))


def test_communities_have_successors_too(first: Term) -> None:
    homes(picture(GRIDS)["d"], 8)
    draft = draft_of(first.scheme)
    north, south = draft.grids.filter(level=1).order_by("code")
    draft.grids.filter(parent=south).update(parent=north)
    redraw(draft, {})
    draft.grids.filter(level=1).update(fixed_boundary=F("boundary"))
    unlock(plan=draft, lineages=[north.lineage, south.lineage], reason="merged", by=None, at=LATER)
    actions.propose(plan=draft, by=None, at=LATER)
    row = Succession.objects.get()
    assert (row.from_lineage, row.to_lineage) == (south.lineage, north.lineage)
    assert row.share_of_households == 1.0


def test_a_border_that_moved_between_two_grids_is_no_succession(first: Term) -> None:
    draft = draft_of(first.scheme)
    shapes = picture("aabb\naaab\nccdd\ncccd")
    redraw(draft, {leaf(draft, letter).lineage: shapes[letter] for letter in "ab"})
    actions.propose(plan=draft, by=None, at=LATER)
    assert not Succession.objects.exists()


def test_a_lineage_in_force_follows_itself(first: Term) -> None:
    lineage = leaf(first.plan, "a").lineage
    (one,) = successors(lineage=lineage, scheme=first.scheme, at=LATER)
    assert (one.lineage, one.share_of_households) == (lineage, 1.0)
    assert successors(lineage=lineage, scheme=first.scheme, at=FOUNDED - DAY) == []
    assert successors(lineage=uuid4(), scheme=first.scheme, at=LATER) == []


def test_successors_are_followed_over_several_plans(first: Term) -> None:
    gone, code = leaf(first.plan, "d").lineage, leaf(first.plan, "d").code
    second = in_force(merged(first), 1)
    homes(square(0, 0), 30)
    homes(square(3, 1), 10)
    third = actions.start_draft(scheme=first.scheme, by=None, at=LATER + 2 * DAY)
    new = split(third, leaf(third, "c"), square(0, 0), f"{code[:-3]}905")
    in_force(third, 3)
    assert [one.lineage for one in successors(lineage=gone, scheme=first.scheme, at=LATER)] == [
        gone
    ]
    heir = leaf(second.plan, "c").lineage
    (one,) = successors(lineage=gone, scheme=first.scheme, at=LATER + 5 * DAY)
    assert one.lineage == heir
    grids = holders_of_code(scheme=first.scheme, code=code, at=LATER + 5 * DAY)
    assert [grid.lineage for grid in grids] == [heir]
    assert new not in {grid.lineage for grid in grids}
    assert holders_of_code(scheme=first.scheme, code="000", at=LATER) == []


def test_a_roll_back_brings_lineages_back_and_ends_newer_ones(first: Term) -> None:
    homes(square(0, 3), 10)
    draft = draft_of(first.scheme)
    new = split(draft, leaf(draft, "a"), square(0, 3), f"{leaf(draft, 'a').code[:-3]}905")
    merge(draft, leaf(draft, "c"), leaf(draft, "d"))
    in_force(draft, 1)
    actions.enter_force(plan=first.plan, by=None, at=LATER + 2 * DAY, backdated=True)
    back = LATER + 3 * DAY
    gone, old = leaf(first.plan, "d").lineage, leaf(first.plan, "a").lineage
    assert [s.lineage for s in successors(lineage=gone, scheme=first.scheme, at=back)] == [gone]
    (one,) = successors(lineage=new, scheme=first.scheme, at=back)
    assert (one.lineage, one.share_of_households) == (old, pytest.approx(1.0))


def test_a_plan_that_comes_after_another_than_it_was_drawn_from(first: Term) -> None:
    """Two drafts of one plan: the second to come into force ends what the first began."""
    split_plan, merge_plan = draft_of(first.scheme), merged(first)
    new = split(
        split_plan, leaf(split_plan, "a"), square(0, 3), f"{leaf(split_plan, 'a').code[:-3]}905"
    )
    in_force(split_plan, 1)
    in_force(merge_plan, 2)
    (one,) = successors(lineage=new, scheme=first.scheme, at=LATER + 3 * DAY)
    assert one.lineage == leaf(first.plan, "a").lineage


def test_nothing_in_force_has_no_successors() -> None:
    plan = approved_plan(SchemeFactory())
    assert successors(lineage=leaf(plan, "a").lineage, scheme=plan.scheme, at=LATER) == []
