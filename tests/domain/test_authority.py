"""Roles over a part: what they reach, also after grids were split, merged or moved."""

import pytest
from django.db.models import F

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, may
from geogrid.territory import actions
from geogrid.territory.actions.outlines import unlock
from geogrid.territory.commands import Claim, Merge, MoveToParent, Split
from geogrid.territory.errors import NeedsNeighbour
from geogrid.territory.models import Authority, Grid, Plan, Term
from geogrid.territory.scope import Part, covered, require_scope
from tests.domain.editing import box, line, spot
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
    draft.grids.filter(level=1).update(fixed_boundary=F("boundary"))
    unlock(plan=draft, lineages=[north.lineage, south.lineage], reason="merged", by=None, at=LATER)
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


# ------------------------------------------------------------------------------ escalation


def without_fixed_levels() -> Term:
    scheme = SchemeFactory()
    scheme.levels.update(fixed=False)
    return plan_in_force(scheme)


def test_moving_grids_to_another_parent_is_for_both_parents() -> None:
    term = without_fixed_levels()
    draft = draft_of(term.scheme)
    north, south = draft.grids.filter(level=1).order_by("code")
    moved = tuple(leaf(draft, letter).lineage for letter in "ab")
    command = MoveToParent(moved, south.lineage, base_revision=0)
    planner = over(north)
    with pytest.raises(NeedsNeighbour) as refusal:
        actions.edit(plan=draft, command=command, by=planner, at=LATER)
    assert refusal.value.data["grids"] == [south.code]
    with pytest.raises(NeedsNeighbour):  # whoever answers for the grids alone takes nobody's part
        leaves = over(leaf(draft, "b"), user=over(leaf(draft, "a"), user=over(south)))
        actions.edit(plan=draft, command=command, by=leaves, at=LATER)
    actions.edit(plan=draft, command=command, by=over(south, user=planner), at=LATER)


def test_a_community_whose_grids_all_moved_hands_on_its_grids_only() -> None:
    """Else who gave their grids away would draw all over the community they went to."""
    term = without_fixed_levels()
    draft = draft_of(term.scheme)
    north, south = draft.grids.filter(level=1).order_by("code")
    moved = {leaf(draft, letter).lineage for letter in "ab"}
    command = MoveToParent(tuple(moved), south.lineage, base_revision=0)
    actions.edit(plan=draft, command=command, by=None, at=LATER)
    draft.refresh_from_db()
    assert not draft.grids.filter(lineage=north.lineage).exists()
    assert covered(draft, [north.lineage]) == moved
    settled(draft)
    assert covered(draft, [north.lineage]) == moved


def test_a_community_that_was_made_anew_stays_with_who_had_its_grids() -> None:
    term = without_fixed_levels()
    draft = draft_of(term.scheme)
    north = leaf(draft, "a").parent
    moved = {leaf(draft, letter).lineage for letter in "ab"}
    actions.edit(
        plan=draft, by=over(north), at=LATER,
        command=MoveToParent(tuple(moved), None, "新社区", base_revision=0),
    )  # fmt: skip
    new = leaf(draft, "a").parent.lineage
    assert covered(draft, [north.lineage]) == {*moved, new}
    settled(Plan.objects.get(pk=draft.pk))
    assert covered(draft, [north.lineage]) == {*moved, new}


def test_the_last_grid_of_a_community_does_not_go_without_who_answers_for_it() -> None:
    term = without_fixed_levels()
    draft = draft_of(term.scheme)
    north, south = draft.grids.filter(level=1).order_by("code")
    others = tuple(leaf(draft, letter).lineage for letter in "bcd")
    planner = UserFactory()
    for letter in "abcd":
        over(leaf(draft, letter), user=planner)
    command = Merge(leaf(draft, "c").lineage, (leaf(draft, "a").lineage, leaf(draft, "b").lineage),
                    base_revision=0)  # fmt: skip
    with pytest.raises(NeedsNeighbour) as refusal:
        actions.edit(plan=draft, command=command, by=planner, at=LATER)
    assert refusal.value.data["grids"] == [north.code]
    actions.edit(plan=draft, command=command, by=over(north, user=planner), at=LATER)
    assert south.lineage not in covered(draft, [north.lineage])
    assert draft.grids.filter(lineage__in=others).count() == 2


def sliver_for(draft: Plan, taker: Grid, west: int = 3) -> None:
    """Along its upper border d gives a tenth of a cell away."""
    command = Claim(
        taker.lineage, box(west, 1.9, west + 1, 2.05), (leaf(draft, "d").lineage,),
        base_revision=draft.revision,
    )  # fmt: skip
    actions.edit(plan=draft, command=command, by=None, at=LATER)
    draft.refresh_from_db()


def test_a_sliver_gives_nobody_the_neighbour() -> None:
    term = without_fixed_levels()
    draft = draft_of(term.scheme)
    sliver_for(draft, leaf(draft, "b"))
    ended = leaf(draft, "d").lineage
    command = Merge(leaf(draft, "c").lineage, (ended,), base_revision=draft.revision)
    actions.edit(plan=draft, command=command, by=None, at=LATER)
    assert covered(draft, [ended]) == {leaf(draft, "c").lineage}
    settled(Plan.objects.get(pk=draft.pk))
    assert draft.successions.filter(from_lineage=ended).count() == 2
    assert covered(draft, [ended]) == {leaf(draft, "c").lineage}


def test_a_new_grid_belongs_to_who_gave_most_of_it() -> None:
    term = without_fixed_levels()
    draft = draft_of(term.scheme)
    cut = Split(leaf(draft, "b").lineage, line((3, 1.5), (3, 4.5)), base_revision=0)
    actions.edit(plan=draft, command=cut, by=None, at=LATER)
    draft.refresh_from_db()
    before = {grid.lineage for grid in term.plan.grids.all()}
    (new,) = draft.grids.exclude(lineage__in=before)
    sliver_for(draft, new, west=2 if new.label_point.x < spot(3, 0)[0] else 3)
    settled(draft)
    assert draft.successions.filter(to_lineage=new.lineage).count() == 2
    assert covered(draft, [leaf(draft, "d").lineage]) == {leaf(draft, "d").lineage}
    assert new.lineage in covered(draft, [leaf(term.plan, "b").lineage])
