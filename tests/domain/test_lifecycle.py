"""From draft to approval and back: who may, what is written, what is refused."""

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.utils import timezone
from PIL import Image

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User
from geogrid.territory import actions
from geogrid.territory.errors import (
    CannotWithdraw,
    CodesTaken,
    DocumentIncomplete,
    FourEyes,
    NeedsNeighbour,
    NoSuchGrid,
    NotADraft,
    NotExact,
    NothingScheduled,
    NotInReview,
    PlanDefective,
)
from geogrid.territory.models import GridCode, Plan, PlanEvent, Scheme, Succession, Term
from layers.media.actions import keep_picture
from layers.media.models import Attachment
from tests.domain.redrawing import LATER, draft_of, leaf, merge, redraw, settled, split
from tests.domain.test_authority import over
from tests.factories import (
    SchemeFactory,
    UserFactory,
    approved_plan,
    authorise,
    draft_plan,
    plan_in_force,
)
from tests.pictures import picture, square

pytestmark = pytest.mark.django_db


def somebody(scheme: Scheme, *roles: str) -> User:
    user = UserFactory()
    for role in roles:
        authorise(user, scheme, role)
    return user


def scanned() -> Attachment:
    paper = BytesIO()
    Image.new("RGB", (40, 60), "white").save(paper, "JPEG")
    paper.seek(0)
    return keep_picture(upload=paper, at=LATER)


def test_each_step_leaves_one_event() -> None:
    scheme = SchemeFactory()
    planner, approver = somebody(scheme, "planner"), somebody(scheme, "approver")
    plan = draft_plan(scheme)
    actions.propose(plan=plan, by=planner, at=LATER, note=" 请审 ")
    actions.send_back(plan=plan, by=approver, at=LATER, note="再看")
    actions.propose(plan=plan, by=planner, at=LATER)
    actions.approve(plan=plan, by=approver, at=LATER)
    told = [(event.kind, event.by, event.note) for event in plan.events.order_by("pk")]
    assert told == [
        ("proposed", planner, "请审"), ("sent_back", approver, "再看"),
        ("proposed", planner, ""), ("approved", approver, ""),
    ]  # fmt: skip
    assert plan.state == Plan.State.APPROVED


# ------------------------------------------------------------------------------ proposing


def test_a_fixed_outline_that_moved_is_not_proposed() -> None:
    draft = draft_of(plan_in_force(SchemeFactory()).scheme)
    shapes = picture("aabb\nacbb\nccdd\ncccd")
    redraw(draft, {leaf(draft, letter).lineage: shapes[letter] for letter in "ac"})
    with pytest.raises(PlanDefective) as refusal:
        actions.propose(plan=draft, by=None, at=LATER)
    assert refusal.value.data["defect"] == "fixed"
    assert len(refusal.value.data["grids"]) == 2
    assert Plan.objects.get(pk=draft.pk).state == Plan.State.DRAFT
    assert not draft.events.filter(kind="proposed").exists()


def test_a_code_of_another_grid_is_never_given_again() -> None:
    term = plan_in_force(SchemeFactory())
    draft = draft_of(term.scheme)
    gone, target = leaf(draft, "d"), leaf(draft, "c")
    merge(draft, target, gone)
    settled(draft)
    again = actions.start_draft(scheme=term.scheme, from_plan=draft, by=None, at=LATER)
    split(again, leaf(again, "a"), square(0, 3), gone.code)
    with pytest.raises(CodesTaken) as refusal:
        actions.propose(plan=again, by=None, at=LATER)
    assert refusal.value.data["codes"] == [gone.code]
    again.grids.filter(code=gone.code).update(code=f"{gone.code[:-3]}905")
    actions.propose(plan=again, by=None, at=LATER)


def test_an_imported_draft_is_compared_with_the_plan_in_force() -> None:
    term = plan_in_force(SchemeFactory())
    plan = draft_plan(term.scheme)
    assert plan.based_on is None
    actions.propose(plan=plan, by=None, at=LATER)
    plan.refresh_from_db()
    assert plan.based_on == term.plan
    assert plan.events.get(kind="proposed").data["compared_with"] == [term.plan.number]


# ------------------------------------------------------------------------------ sending back


def test_what_is_sent_back_is_a_draft_with_remarks_and_without_successions() -> None:
    term = plan_in_force(SchemeFactory())
    draft = draft_of(term.scheme)
    new = split(draft, leaf(draft, "a"), square(0, 3), f"{term.scheme.area.code_prefix}001905")
    actions.propose(plan=draft, by=None, at=LATER)
    assert Succession.objects.filter(plan=draft).count() == 1
    actions.send_back(
        plan=draft, by=None, at=LATER, remarks=[(new, "太小"), (None, "名称不一致"), (None, " ")]
    )
    assert draft.state == Plan.State.DRAFT
    assert not Succession.objects.filter(plan=draft).exists()
    assert [(r.lineage, r.text) for r in draft.remarks.all()] == [
        (new, "太小"),
        (None, "名称不一致"),
    ]
    # Only this proposal burnt the new code; the others are the running plan's.
    assert not GridCode.objects.filter(lineage=new).exists()
    assert GridCode.objects.filter(scheme=term.scheme).count() == 6
    draft.grids.filter(lineage=new).update(code=f"{term.scheme.area.code_prefix}001906")
    actions.propose(plan=draft, by=None, at=LATER)


def test_a_remark_is_settled_once_by_whoever_may_draw() -> None:
    scheme = SchemeFactory()
    plan = draft_plan(scheme)
    actions.propose(plan=plan, by=None, at=LATER)
    actions.send_back(plan=plan, by=None, at=LATER, remarks=[(leaf(plan, "a").lineage, "?")])
    remark = plan.remarks.get()
    with pytest.raises(NotAllowed):
        actions.settle_remark(remark=remark, by=somebody(scheme, "dispatcher"), at=LATER)
    first = somebody(scheme, "planner")
    actions.settle_remark(remark=remark, by=first, at=LATER)
    again = actions.settle_remark(remark=remark, by=None, at=LATER + timedelta(days=1))
    assert (again.settled_at, again.settled_by) == (LATER, first)


def test_a_remark_is_about_a_grid_of_the_plan() -> None:
    plan = draft_plan(SchemeFactory())
    actions.propose(plan=plan, by=None, at=LATER)
    with pytest.raises(NoSuchGrid):
        actions.send_back(plan=plan, by=None, at=LATER, remarks=[(uuid4(), "?")])
    assert Plan.objects.get(pk=plan.pk).state == Plan.State.IN_REVIEW


# ------------------------------------------------------------------------------ approving


def test_nobody_approves_their_own_proposal_unless_the_scheme_allows_it() -> None:
    scheme = SchemeFactory()
    both = somebody(scheme, "planner", "approver")
    plan = draft_plan(scheme)
    actions.propose(plan=plan, by=both, at=LATER)
    with pytest.raises(FourEyes):
        actions.approve(plan=plan, by=both, at=LATER)
    with pytest.raises(FourEyes):
        chief = UserFactory(is_superuser=True)
        actions.send_back(plan=plan, by=None, at=LATER)
        actions.propose(plan=plan, by=chief, at=LATER)
        actions.approve(plan=plan, by=chief, at=LATER)
    Scheme.objects.filter(pk=scheme.pk).update(four_eyes=False)
    actions.approve(plan=plan, by=both, at=LATER)
    assert plan.state == Plan.State.APPROVED


def test_an_approval_from_outside_needs_number_date_and_scan() -> None:
    scheme = SchemeFactory()
    plan = draft_plan(scheme)
    actions.propose(plan=plan, by=None, at=LATER)
    paper = {"document_number": "民发2026-7", "document_date": date(2026, 3, 20)}
    with pytest.raises(DocumentIncomplete):
        actions.approve(plan=plan, by=None, at=LATER, **paper)
    scan = scanned()
    actions.approve(plan=plan, by=None, at=LATER, scan=scan, **paper)
    kept = plan.events.get(kind=PlanEvent.Kind.APPROVED)
    assert (kept.document_number, kept.scan) == ("民发2026-7", scan)
    # The picture job must not take the scan away.
    assert scan not in Attachment.objects.unused(before=timezone.now() + timedelta(days=9))


def test_only_a_plan_in_review_is_approved_or_sent_back() -> None:
    plan = draft_plan(SchemeFactory())
    for step in (actions.approve, actions.send_back):
        with pytest.raises(NotInReview):
            step(plan=plan, by=None, at=LATER)
    settled(plan)
    with pytest.raises(NotInReview):
        actions.send_back(plan=plan, by=None, at=LATER)
    with pytest.raises(NotADraft):
        actions.propose(plan=plan, by=None, at=LATER)


# ------------------------------------------------------------------------------ withdrawing


def test_a_plan_that_never_counted_can_be_withdrawn_for_good() -> None:
    scheme = SchemeFactory()
    plan = approved_plan(scheme)
    with pytest.raises(NotAllowed):
        actions.withdraw(plan=plan, by=somebody(scheme, "dispatcher"), at=LATER)
    actions.withdraw(plan=plan, by=somebody(scheme, "approver"), at=LATER)
    assert plan.state == Plan.State.WITHDRAWN
    assert GridCode.objects.filter(scheme=scheme).count() == 6
    with pytest.raises(CannotWithdraw):
        actions.withdraw(plan=plan, by=None, at=LATER)
    running = plan_in_force(SchemeFactory()).plan
    with pytest.raises(CannotWithdraw):
        actions.withdraw(plan=running, by=None, at=LATER)


# ------------------------------------------------------------------------------ taking back a term


def test_a_scheduled_term_is_taken_back_and_the_running_one_goes_on() -> None:
    first = plan_in_force(SchemeFactory())
    draft = draft_of(first.scheme)
    settled(draft)
    now = timezone.now()
    actions.enter_force(plan=draft, by=None, at=now + timedelta(days=3))
    first.refresh_from_db()
    assert first.during.upper == now + timedelta(days=3)
    taken = actions.take_back(scheme=first.scheme, by=None, at=now)
    assert taken.plan == draft
    first.refresh_from_db()
    assert (first.during.upper, Term.objects.count()) == (None, 1)
    assert draft.events.filter(kind=PlanEvent.Kind.UNSCHEDULED).count() == 1
    with pytest.raises(NothingScheduled):
        actions.take_back(scheme=first.scheme, by=None, at=now)
    actions.withdraw(plan=draft, by=None, at=now)


def test_a_plan_without_grids_is_not_proposed() -> None:
    plan = draft_plan(SchemeFactory())
    plan.grids.all().delete()
    with pytest.raises(NotExact):
        actions.propose(plan=plan, by=None, at=LATER)


def test_a_leaf_in_two_pieces_needs_a_reason_before_it_is_proposed() -> None:
    plan = draft_plan(SchemeFactory())
    shapes = picture("abba\nabba\nccdd\ncccd")
    redraw(plan, {leaf(plan, letter).lineage: shapes[letter] for letter in "ab"})
    with pytest.raises(PlanDefective) as refusal:
        actions.propose(plan=plan, by=None, at=LATER)
    assert refusal.value.data["grids"] == [leaf(plan, "a").code]
    plan.grids.filter(pk=leaf(plan, "a").pk).update(pieces_reason="飞地")
    actions.propose(plan=plan, by=None, at=LATER)


# ------------------------------------------------------------------------------ the whole plan


def test_a_draft_nobody_changed_is_given_up_by_its_author_or_over_the_whole() -> None:
    term = plan_in_force(SchemeFactory())
    north = leaf(term.plan, "a").parent
    draft = draft_of(term.scheme)
    with pytest.raises(NotAllowed):
        actions.withdraw(plan=draft, by=over(north), at=LATER)
    with pytest.raises(NotAllowed):
        actions.propose(plan=draft, by=over(north), at=LATER)
    author = over(north)
    own = actions.start_draft(scheme=term.scheme, by=author, at=LATER)
    actions.withdraw(plan=own, by=author, at=LATER)
    whole = UserFactory()
    authorise(whole, term.scheme, "planner")
    actions.withdraw(plan=draft, by=whole, at=LATER)


def test_a_remark_on_the_whole_plan_is_settled_by_its_author_or_over_the_whole() -> None:
    term = plan_in_force(SchemeFactory())
    north, south = term.plan.grids.filter(level=1).order_by("code")
    author = over(north)
    draft = actions.start_draft(scheme=term.scheme, by=author, at=LATER)
    draft.grids.filter(lineage=leaf(draft, "a").lineage).update(name="改名")
    actions.propose(plan=draft, by=author, at=LATER)
    actions.send_back(plan=draft, by=None, at=LATER, remarks=[(None, "再议")])
    remark = draft.remarks.get()
    with pytest.raises(NotAllowed):
        actions.settle_remark(remark=remark, by=over(south), at=LATER)
    assert actions.settle_remark(remark=remark, by=author, at=LATER).settled_by == author


def test_a_remark_on_a_grid_that_ended_since_is_for_who_had_it() -> None:
    term = plan_in_force(SchemeFactory())
    north, south = term.plan.grids.filter(level=1).order_by("code")
    draft = draft_of(term.scheme)
    draft.grids.filter(lineage=leaf(draft, "d").lineage).update(name="改名")
    actions.propose(plan=draft, by=None, at=LATER)
    gone = leaf(draft, "d")
    actions.send_back(plan=draft, by=None, at=LATER, remarks=[(gone.lineage, "太小")])
    merge(draft, leaf(draft, "c"), gone)
    remark = draft.remarks.get()
    with pytest.raises(NeedsNeighbour):
        actions.settle_remark(remark=remark, by=over(north), at=LATER)
    actions.settle_remark(remark=remark, by=over(south), at=LATER)
