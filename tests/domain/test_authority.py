"""Roles over a part: what they reach, also after grids were split, merged or moved."""

import pytest
from django.db.models import F

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, may
from geogrid.territory import actions
from geogrid.territory.errors import NeedsNeighbour
from geogrid.territory.models import Authority, Grid, Plan, Term
from geogrid.territory.scope import Part, covered, require_scope
from tests.domain.redrawing import LATER, draft_of, leaf, merge, redraw, settled, split
from tests.factories import SchemeFactory, UserFactory, draft_plan, plan_in_force
from tests.pictures import picture, square

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return plan_in_force(SchemeFactory())


def over(grid: Grid, role: str = "planner", user: User | None = None) -> User:
    """Somebody with a role over this grid and what lies below."""
    user = user or UserFactory()
    Authority.objects.create(user=user, scheme=grid.plan.scheme, role=role, lineage=grid.lineage)
    return user


def letters(plan: Plan, lineages: set[object]) -> str:
    return "".join(x for x in "abcd" if plan.grids.filter(lineage__in=lineages).filter(
        label=f"{'abcd'.index(x) + 1:02d}", level=2).exists())  # fmt: skip


def test_a_role_over_a_community_reaches_its_grids_and_no_others(term: Term) -> None:
    planner = over(leaf(term.plan, "a").parent)
    reach = covered(term.plan, Authority.objects.reaching(term.scheme, planner, Permission.DRAW))
    assert letters(term.plan, reach) == "ab"
    assert leaf(term.plan, "a").parent.lineage in reach
    require_scope(
        planner, Permission.DRAW, plan=term.plan,
        lineages=[leaf(term.plan, letter).lineage for letter in "ab"],
    )  # fmt: skip
    with pytest.raises(NeedsNeighbour) as refusal:
        require_scope(
            planner, Permission.DRAW, plan=term.plan,
            lineages=[leaf(term.plan, letter).lineage for letter in "bcd"],
        )  # fmt: skip
    assert refusal.value.data["grids"] == [leaf(term.plan, letter).code for letter in "cd"]
    assert refusal.value.status == 403


def test_without_any_role_there_is_no_neighbour_to_ask(term: Term) -> None:
    dispatcher = over(leaf(term.plan, "a"), "dispatcher")
    with pytest.raises(NotAllowed):
        require_scope(dispatcher, Permission.DRAW, plan=term.plan,
                      lineages=[leaf(term.plan, "a").lineage])  # fmt: skip


def test_several_parts_add_up_for_drawing_but_not_for_approving(term: Term) -> None:
    north, south = term.plan.grids.filter(level=1).order_by("code")
    lineages = [leaf(term.plan, letter).lineage for letter in "ac"]
    planner = over(south, user=over(north))
    require_scope(planner, Permission.DRAW, plan=term.plan, lineages=lineages)
    approver = over(south, "approver", over(north, "approver"))
    with pytest.raises(NeedsNeighbour):
        require_scope(
            approver, Permission.APPROVE, plan=term.plan, lineages=lineages, together=True
        )


def test_a_part_opens_the_whole_plan_for_looking_and_nothing_else(term: Term) -> None:
    planner = over(leaf(term.plan, "a"))
    assert may(planner, Permission.SEE_PLAN, scheme=term.scheme)
    assert may(planner, Permission.DRAW, scheme=term.scheme, where=ANYWHERE)
    assert not may(planner, Permission.DRAW, scheme=term.scheme)
    assert not may(planner, Permission.PUBLISH, scheme=term.scheme)
    other = SchemeFactory()
    assert not may(planner, Permission.SEE_PLAN, scheme=other)
    elsewhere = Part(draft_plan(other), frozenset())
    assert not may(planner, Permission.DRAW, scheme=term.scheme, where=elsewhere)
    dispatcher = over(leaf(term.plan, "a"), "dispatcher")
    assert not may(dispatcher, Permission.SEE_CASES, scheme=term.scheme)


def test_a_role_over_a_grid_reaches_what_was_split_off_it(term: Term) -> None:
    draft = draft_of(term.scheme)
    planner = over(leaf(draft, "a"))
    held = [leaf(draft, "a").lineage]
    new = split(draft, leaf(draft, "a"), square(0, 3), f"{leaf(draft, 'a').code[:-3]}905")
    assert covered(draft, held) == {*held, new}
    require_scope(planner, Permission.DRAW, plan=draft, lineages=[new])
    actions.propose(plan=draft, by=planner, at=LATER)
    assert covered(draft, held) == {*held, new}
    # In the plan it came from, and in plans that do not descend from it, nothing has changed.
    assert covered(term.plan, held) == set(held)
    actions.approve(plan=draft, by=None, at=LATER)
    child = actions.start_draft(scheme=term.scheme, from_plan=draft, by=None, at=LATER)
    assert covered(child, held) == {*held, new}
    assert covered(draft_of(term.scheme), held) == set(held)


def test_a_role_over_a_grid_that_ended_reaches_the_one_that_took_it_over(term: Term) -> None:
    draft = draft_of(term.scheme)
    held, heir = [leaf(draft, "d").lineage], leaf(draft, "c").lineage
    merge(draft, leaf(draft, "c"), leaf(draft, "d"))
    assert covered(draft, held) == {heir}
    settled(draft)
    assert covered(draft, held) == {heir}


def test_the_chain_of_the_plan_acted_on_decides(term: Term) -> None:
    """A grid that moves to another community goes out of reach in the draft, not before."""
    north, south = term.plan.grids.filter(level=1).order_by("code")
    draft = draft_of(term.scheme)
    moved = leaf(draft, "b")
    draft.grids.filter(pk=moved.pk).update(parent=draft.grids.get(lineage=south.lineage))
    assert moved.lineage in covered(term.plan, [north.lineage])
    assert moved.lineage not in covered(draft, [north.lineage])
    assert moved.lineage in covered(draft, [south.lineage])


def test_proposing_needs_every_grid_that_differs(term: Term) -> None:
    planner = over(leaf(term.plan, "a").parent)
    draft = actions.start_draft(scheme=term.scheme, by=planner, at=LATER)
    draft.grids.filter(lineage=leaf(draft, "c").lineage).update(name="改名")
    with pytest.raises(NeedsNeighbour) as refusal:
        actions.propose(plan=draft, by=planner, at=LATER)
    assert refusal.value.data["grids"] == [leaf(draft, "c").code]
    draft.grids.filter(lineage=leaf(draft, "c").lineage).update(name=leaf(term.plan, "c").name)
    shapes = picture("aabb\naaab\nccdd\ncccd")
    redraw(draft, {leaf(draft, letter).lineage: shapes[letter] for letter in "ab"})
    actions.propose(plan=draft, by=planner, at=LATER)


def test_the_approver_answers_for_an_ancestor_of_everything_that_changes(term: Term) -> None:
    north, south = term.plan.grids.filter(level=1).order_by("code")
    draft = draft_of(term.scheme)
    shapes = picture("aabb\naaab\nccdd\ncccd")
    redraw(draft, {leaf(draft, letter).lineage: shapes[letter] for letter in "ab"})
    actions.propose(plan=draft, by=None, at=LATER)
    for grid in (south, leaf(term.plan, "a")):
        with pytest.raises(NeedsNeighbour):
            actions.approve(plan=draft, by=over(grid, "approver"), at=LATER)
    actions.approve(plan=draft, by=over(north, "approver"), at=LATER)


def test_who_loses_a_grid_has_a_say_too(term: Term) -> None:
    """Moving b from north to south needs somebody over both, not the one who gains."""
    north, south = term.plan.grids.filter(level=1).order_by("code")
    draft = draft_of(term.scheme)
    draft.grids.filter(lineage=leaf(draft, "b").lineage).update(
        parent=draft.grids.get(lineage=south.lineage)
    )
    redraw(draft, {})
    draft.grids.filter(level=1).update(fixed_boundary=F("boundary"))  # as if unlocked
    actions.propose(plan=draft, by=None, at=LATER)
    for grid in (north, south):
        with pytest.raises(NeedsNeighbour):
            actions.approve(plan=draft, by=over(grid, "approver"), at=LATER)
    whole = UserFactory()
    Authority.objects.create(user=whole, scheme=term.scheme, role="approver", lineage=None)
    actions.approve(plan=draft, by=whole, at=LATER)


def test_a_draft_of_an_old_plan_cannot_undo_what_others_did_since(term: Term) -> None:
    """In force, north's older draft would bring back the borders south had before its plan."""
    north = term.plan.grids.filter(level=1).order_by("code")[0]
    old = draft_of(term.scheme)
    redraw_north = picture("aabb\naaab\nccdd\ncccd")
    redraw(old, {leaf(old, letter).lineage: redraw_north[letter] for letter in "ab"})
    newer = draft_of(term.scheme)
    redraw_south = picture("aabb\naabb\nccdd\nccdd")
    redraw(newer, {leaf(newer, letter).lineage: redraw_south[letter] for letter in "cd"})
    actions.enter_force(plan=settled(newer), by=None, at=LATER, backdated=True)
    planner = over(north)
    with pytest.raises(NeedsNeighbour) as refusal:
        actions.propose(plan=old, by=planner, at=LATER)
    assert refusal.value.data["grids"] == [leaf(old, letter).code for letter in "cd"]
    actions.propose(plan=old, by=None, at=LATER)
    with pytest.raises(NeedsNeighbour):
        actions.approve(plan=old, by=over(north, "approver"), at=LATER)
