"""What of a worker is shown, and when a plan may count."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from geogrid.accounts.errors import NotAllowed
from geogrid.publishing import actions
from geogrid.publishing.errors import AlreadyInForce, BasisMissing, NothingBefore, NotReady
from geogrid.publishing.models import Disclosure
from geogrid.publishing.readiness import readiness
from geogrid.publishing.showing import People, people_of
from geogrid.territory.models import Grid, Term
from layers.feeds.versions import current
from tests.factories import (
    FOUNDED,
    SchemeFactory,
    UserFactory,
    WorkerFactory,
    approved_plan,
    authorise,
    now,
    post,
    shown_worker,
    town,
)

pytestmark = pytest.mark.django_db
LATER = FOUNDED + timedelta(days=30)


def shown(term: Term, grid: Grid) -> People:
    return people_of(scheme=term.scheme, grid=grid, parents=[grid.parent], at=now())


def first_leaf(term: Term) -> Grid:
    return term.plan.grids.leaves().select_related("parent").order_by("code").first()


# ------------------------------------------------------------------------------ what is shown


def test_nothing_is_shown_until_somebody_recorded_a_basis() -> None:
    scheme = SchemeFactory()
    plan = approved_plan(scheme)
    grid = first_leaf(type("T", (), {"plan": plan}))
    post(grid, worker=WorkerFactory(area=scheme.area))
    first = people_of(scheme=scheme, grid=grid, parents=[grid.parent], at=now()).first
    assert first is not None
    assert (first.name, first.portrait, first.phone) == ("", None, "")
    assert (first.duties, first.hours) == ("", "")
    assert first.role.code == "worker"


def test_a_withdrawn_fact_is_gone_at_once_and_the_others_stay() -> None:
    term = town()
    grid = first_leaf(term)
    worker = grid.plan.scheme.posts.get(lineage=grid.lineage).worker
    assert shown(term, grid).first.phone
    actions.withdraw(worker=worker, field="duty_phone", by=None, at=now())
    first = shown(term, grid).first
    assert first.phone == ""
    assert first.name == worker.name
    assert actions.withdraw(worker=worker, by=None, at=now()) == 3
    assert shown(term, grid).first.name == ""


def test_a_basis_is_needed_and_the_database_demands_it_too() -> None:
    worker = SchemeFactory().area.workers.create(name="郝帮忙")
    with pytest.raises(BasisMissing):
        actions.disclose(worker=worker, field="name", basis=" ", by=None, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(worker=worker, field="name", basis="", recorded_at=now())


def test_showing_twice_is_showing_once() -> None:
    worker = SchemeFactory().area.workers.create(name="郝帮忙")
    first = actions.disclose(worker=worker, field="name", basis="岗位", by=None, at=now())
    again = actions.disclose(worker=worker, field="name", basis="岗位", by=None, at=now())
    assert again.pk == first.pk


def test_only_publishers_show_but_workers_may_withdraw_their_own() -> None:
    scheme = SchemeFactory()
    worker, user = shown_worker(scheme.area), UserFactory()
    with pytest.raises(NotAllowed):
        actions.disclose(worker=worker, field="name", basis="岗位", by=user, at=now())
    with pytest.raises(NotAllowed):
        actions.withdraw(worker=worker, by=user, at=now())
    worker.user = user
    worker.save()
    assert actions.withdraw(worker=worker, by=user, at=now()) == 4
    authorise(user, scheme, "planner")
    assert actions.disclose(worker=worker, field="name", basis="岗位", by=user, at=now())


# ------------------------------------------------------------------------------ whom to call


def test_the_grids_own_worker_comes_before_the_stand_in_and_the_chief() -> None:
    term = town()
    grid = first_leaf(term)
    post(
        grid, tier="B", worker=shown_worker(term.scheme.area, name="常在线", phone="000 0000 0104")
    )
    people = shown(term, grid)
    assert people.first.role.code == "worker"
    assert people.vacant is None
    assert (people.others[0].name, people.others[0].tier) == ("常在线", "B")
    assert people.others[-1].role.code == "chief"


def test_a_vacancy_names_the_one_who_acts() -> None:
    term = town()
    grid = first_leaf(term)
    held = term.scheme.posts.get(lineage=grid.lineage)
    held.during = DateTimeTZRange(FOUNDED, LATER)
    held.save()
    post(grid, vacancy_reason="招聘中")
    people = shown(term, grid)
    assert people.vacant is not None
    assert people.vacant.vacancy == "招聘中"
    assert people.first.role.code == "chief"
    acting = shown_worker(term.scheme.area, name="甄安心", phone="000 0000 0105")
    post(grid, acting=True, worker=acting)
    people = shown(term, grid)
    assert (people.first.name, people.first.acting) == ("甄安心", True)
    assert people.vacant is not None


# ------------------------------------------------------------------------------ in force


def test_a_plan_with_a_grid_that_nobody_answers_for_is_not_ready() -> None:
    scheme = SchemeFactory()
    plan = approved_plan(scheme)
    leaves = list(plan.grids.leaves().order_by("code"))
    post(leaves[0], worker=shown_worker(scheme.area))
    post(leaves[1], vacancy_reason="招聘中")
    post(leaves[2], acting=True, worker=shown_worker(scheme.area))
    checked = readiness(plan, at=now())
    assert (checked.held, checked.acting, checked.vacant) == (1, 1, 1)
    assert checked.nobody == [leaves[3].code]
    with pytest.raises(NotReady) as refused:
        actions.put_in_force(plan=plan, by=None, at=now())
    assert refused.value.data["grids"] == [leaves[3].code]
    post(leaves[3], vacancy_reason="招聘中")
    before = current("grids")
    term = actions.put_in_force(plan=plan, by=None, at=now())
    assert term.receipt["grids"] == 4
    assert len(term.receipt["sha256"]) == 64
    assert current("grids") != before


def test_a_roll_back_gives_the_earlier_plan_a_new_term() -> None:
    first = town()
    with pytest.raises(NothingBefore):
        actions.roll_back(scheme=first.scheme, by=None, at=now())
    second = approved_plan(first.scheme)
    for grid in second.grids.leaves():
        post(grid, vacancy_reason="招聘中")
    actions.put_in_force(plan=second, by=None, at=LATER, backdated=True)
    with pytest.raises(AlreadyInForce):
        actions.put_in_force(plan=second, by=None, at=now())
    back = actions.roll_back(scheme=first.scheme, by=None, at=now())
    assert back.plan == first.plan
    assert back.receipt["verb"] == "roll_back"
    assert [term.plan.number for term in Term.objects.order_by("during")] == [1, 2, 1]


def test_a_scheduled_plan_counts_from_its_hour_on() -> None:
    term = town()
    plan = approved_plan(term.scheme)
    for grid in plan.grids.leaves():
        post(grid, vacancy_reason="招聘中")
    then = now() + timedelta(days=3)
    actions.schedule(plan=plan, by=None, at=then)
    assert Term.objects.at(now()).get().plan == term.plan
    assert Term.objects.at(then).get().plan == plan


def test_publishing_needs_the_right() -> None:
    term = town()
    with pytest.raises(NotAllowed):
        actions.roll_back(scheme=term.scheme, by=UserFactory(), at=now())
