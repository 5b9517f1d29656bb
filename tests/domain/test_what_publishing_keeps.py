"""Publishing takes nothing back that others did: not in the past, not since, not meanwhile."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from geogrid.accounts.errors import NotAllowed
from geogrid.duty.models import Post
from geogrid.publishing import actions
from geogrid.publishing.errors import ApprovalOutdated, NothingBefore
from geogrid.publishing.jobs import follow_plan
from geogrid.territory import actions as territory
from geogrid.territory.commands import Describe
from geogrid.territory.errors import StartsInThePast
from geogrid.territory.models import Grid, Plan, Term
from tests.domain.redrawing import LATER, draft_of, leaf, merge, settled
from tests.domain.test_authority import over
from tests.factories import FOUNDED, UserFactory, WorkerFactory, authorise, now, post, town

pytestmark = pytest.mark.django_db
SOON = timedelta(days=30)


@pytest.fixture
def first() -> Term:
    return town()


def renamed(first: Term, letter: str, name: str) -> Plan:
    draft = draft_of(first.scheme)
    command = Describe(leaf(draft, letter).lineage, name=name, base_revision=0)
    territory.edit(plan=draft, command=command, by=None, at=LATER)
    draft.refresh_from_db()
    return draft


def merged_ahead(first: Term) -> Post:
    """The post on d, which a scheduled plan merges into c."""
    draft = draft_of(first.scheme)
    merge(draft, leaf(draft, "c"), leaf(draft, "d"))
    actions.schedule(plan=settled(draft), by=None, at=now() + SOON)
    return Post.objects.get(lineage=leaf(first.plan, "d").lineage)


# ------------------------------------------------------------------------------ the past


def test_nothing_comes_into_force_in_the_past(first: Term) -> None:
    plan = settled(draft_of(first.scheme))
    for begin in (actions.put_in_force, actions.schedule):
        with pytest.raises(StartsInThePast):
            begin(plan=plan, by=None, at=FOUNDED + timedelta(days=1))
    actions.put_in_force(plan=plan, by=None, at=LATER, backdated=True)
    with pytest.raises(StartsInThePast):
        actions.roll_back(scheme=first.scheme, by=None, at=LATER + timedelta(days=1))
    actions.roll_back(scheme=first.scheme, by=None, at=now() - timedelta(seconds=30))


def test_only_the_system_loads_a_history(first: Term) -> None:
    plan = settled(draft_of(first.scheme))
    officer = UserFactory()
    authorise(officer, first.scheme, "planner")
    with pytest.raises(NotAllowed):
        actions.put_in_force(plan=plan, by=officer, at=LATER, backdated=True)
    began = actions.put_in_force(plan=plan, by=None, at=LATER, backdated=True)
    assert began.during.lower == LATER


def test_giving_a_plan_its_term_needs_the_right_to_publish(first: Term) -> None:
    plan = settled(draft_of(first.scheme))
    with pytest.raises(NotAllowed):
        territory.enter_force(plan=plan, by=over(leaf(first.plan, "a")), at=now())


# ------------------------------------------------------------------------------ since the approval


def test_a_plan_approved_before_another_began_does_not_set_that_back(first: Term) -> None:
    ours, theirs = renamed(first, "a", "改名"), renamed(first, "d", "南四格")
    settled(theirs)
    actions.put_in_force(plan=settled(ours), by=None, at=now())
    with pytest.raises(ApprovalOutdated) as refusal:
        actions.put_in_force(plan=theirs, by=None, at=now())
    assert refusal.value.data["grids"] == [leaf(first.plan, "a").code]
    kept = Grid.objects.in_force(first.scheme, now()).get(lineage=leaf(ours, "a").lineage)
    assert kept.name == "改名"


def test_an_approval_that_saw_the_running_plan_counts(first: Term) -> None:
    ours, theirs = renamed(first, "a", "改名"), renamed(first, "d", "南四格")
    actions.put_in_force(plan=settled(ours), by=None, at=now())
    territory.propose(plan=theirs, by=None, at=now())
    territory.approve(plan=theirs, by=None, at=now())
    assert theirs.events.get(kind="approved").data["compared_with"] == [ours.number, 1]
    actions.put_in_force(plan=theirs, by=None, at=now())


def test_nothing_is_outdated_where_nothing_would_be_lost(first: Term) -> None:
    """The plan in force is another one than was compared with, and says the same."""
    theirs = settled(renamed(first, "d", "南四格"))
    actions.put_in_force(plan=settled(draft_of(first.scheme)), by=None, at=now())
    actions.put_in_force(plan=theirs, by=None, at=now())


def test_a_roll_back_may_name_the_plan_to_return_to(first: Term) -> None:
    second = settled(draft_of(first.scheme))
    actions.put_in_force(plan=second, by=None, at=now())
    third = territory.start_draft(scheme=first.scheme, by=None, at=now())
    territory.propose(plan=third, by=None, at=now())
    territory.approve(plan=third, by=None, at=now())
    with pytest.raises(NothingBefore):
        actions.roll_back(scheme=first.scheme, by=None, at=now(), to=third)
    actions.put_in_force(plan=third, by=None, at=now())
    back = [
        actions.roll_back(scheme=first.scheme, by=None, at=now(), to=to).plan.number
        for to in (None, None, first.plan)
    ]
    assert back == [2, 3, 1]


# ------------------------------------------------------------------------------ meanwhile


def test_taking_back_leaves_a_post_that_the_office_ended(first: Term) -> None:
    held = merged_ahead(first)
    left = now() + timedelta(days=1)
    Post.objects.filter(pk=held.pk).update(during=DateTimeTZRange(held.during.lower, left))
    taken = actions.unschedule(scheme=first.scheme, by=None, at=now())
    held.refresh_from_db()
    assert held.during.upper == left
    assert [row["post"] for row in taken.receipt["posts_left"]] == [held.pk]


@pytest.mark.parametrize("same", [True, False])
def test_taking_back_leaves_a_post_that_is_given_again_by_then(first: Term, same: bool) -> None:
    held = merged_ahead(first)
    began = held.during.upper
    worker = held.worker if same else WorkerFactory(area=first.scheme.area)
    post(leaf(first.plan, "d"), worker=worker, during=DateTimeTZRange(began, None))
    taken = actions.unschedule(scheme=first.scheme, by=None, at=now())
    held.refresh_from_db()
    assert held.during.upper == began
    assert [row["post"] for row in taken.receipt["posts_left"]] == [held.pk]


def test_a_post_given_meanwhile_ends_when_its_grid_does(first: Term) -> None:
    held = merged_ahead(first)
    given = post(
        leaf(first.plan, "d"), "information_officer",
        worker=WorkerFactory(area=first.scheme.area), during=DateTimeTZRange(now(), None),
    )  # fmt: skip
    term = Term.objects.order_by("during").last()
    follow_plan({})  # too early
    given.refresh_from_db()
    assert given.during.upper is None
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr("geogrid.publishing.jobs.timezone.now", lambda: held.during.upper + SOON)
        follow_plan({})
        follow_plan({})
    given.refresh_from_db()
    term.refresh_from_db()
    assert given.during.upper == held.during.upper
    assert [row["post"] for row in term.receipt["posts_ended"]] == [held.pk, given.pk]
