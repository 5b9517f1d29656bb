"""The roster: who answers from when, what is taken back, and how somebody is forgotten."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from PIL import Image

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User
from geogrid.duty import actions, errors
from geogrid.duty.models import Contact, DutyEvent, Post, PostRole, Worker
from geogrid.publishing import disclosing
from geogrid.publishing.models import Disclosure
from geogrid.territory.errors import NeedsNeighbour
from geogrid.territory.models import Area, Authority, Grid, Term
from layers.media.actions import keep_picture
from tests.factories import UserFactory, WorkerFactory, authorise, now, town

pytestmark = pytest.mark.django_db
TOMORROW = timedelta(days=1)


@pytest.fixture
def term() -> Term:
    return town()


@pytest.fixture
def planner(term: Term) -> User:
    user = UserFactory()
    authorise(user, term.scheme, "planner")
    return user


class Change:
    """A post of one grid, and who changes it."""

    def __init__(self, term: Term, by: User | None, number: int = 0) -> None:
        self.plan, self.by, self.at = term.plan, by, now()
        self.grid: Grid = term.plan.grids.leaves().order_by("code")[number]
        self.role = PostRole.objects.get(code="worker")

    @property
    def place(self) -> dict[str, Any]:
        return {
            "plan": self.plan, "lineage": self.grid.lineage, "role": self.role, "by": self.by,
            "at": self.at,
        }  # fmt: skip

    def holders(self, at: datetime | None = None) -> list[tuple[str, str, bool]]:
        rows = Post.objects.at(at or self.at + timedelta(seconds=1))
        return [
            (post.tier, post.worker.name if post.worker else "", post.acting)
            for post in rows.over(self.plan.scheme, [self.grid.lineage])
        ]

    @property
    def first(self) -> Worker:
        worker = Post.objects.get(lineage=self.grid.lineage, tier="A", worker__isnull=False).worker
        assert worker is not None
        return worker


@pytest.fixture
def change(term: Term, planner: User) -> Change:
    return Change(term, planner)


@pytest.fixture
def new(term: Term) -> Worker:
    return WorkerFactory(area=term.scheme.area, name="新人")


def test_a_worker_is_replaced_from_a_date_and_both_times_are_told(
    change: Change, new: Worker
) -> None:
    old = change.first
    since = change.at + TOMORROW
    event = actions.give(**change.place, worker=new, since=since)
    assert change.holders() == [("A", old.name, False)]
    assert change.holders(since) == [("A", "新人", False)]
    assert Post.objects.get(worker=old).during.upper == since == event.since
    assert event.by == change.by and event.worker == new


def test_what_was_told_in_the_past_stays(change: Change, new: Worker) -> None:
    with pytest.raises(errors.SinceInThePast):
        actions.give(**change.place, worker=new, since=change.at - TOMORROW)


def test_a_change_is_taken_back_before_it_begins(change: Change, new: Worker) -> None:
    old = change.first
    event = actions.give(**change.place, worker=new, since=change.at + TOMORROW)
    with pytest.raises(errors.ChangeAhead) as refusal:
        actions.give(**change.place, worker=WorkerFactory(area=new.area))
    assert refusal.value.data["event"] == event.pk
    assert list(DutyEvent.objects.ahead(change.at)) == [event]
    actions.cancel(event=event, by=change.by, at=change.at)
    assert change.holders(change.at + 2 * TOMORROW) == [("A", old.name, False)]
    assert Post.objects.get(worker=old).during.upper is None
    assert not Post.objects.filter(worker=new).exists()
    assert list(DutyEvent.objects.ahead(change.at)) == []
    with pytest.raises(errors.BegunAlready):
        actions.cancel(event=event, by=change.by, at=change.at)


def test_two_changes_for_one_day_are_one_after_the_other(change: Change, new: Worker) -> None:
    """The second would delete the first, and taken back it would leave nobody."""
    old, other = change.first, WorkerFactory(area=new.area, name="另一")
    since = change.at + TOMORROW
    first = actions.give(**change.place, worker=new, since=since)
    place = change.place | {"since": since}
    for act, more in (
        (actions.give, {"worker": other}),
        (actions.vacate, {"reason": "正在招录"}),
        (actions.swap_order, {}),
    ):
        with pytest.raises(errors.ChangeAhead) as refusal:
            act(**place, **more)
        assert refusal.value.data["event"] == first.pk
    with pytest.raises(errors.ChangeAhead):
        actions.end(post=Post.objects.get(worker=new), plan=change.plan, by=change.by,
                    at=change.at, since=since)  # fmt: skip
    assert change.holders(since) == [("A", "新人", False)]
    actions.cancel(event=first, by=change.by, at=change.at)
    second = actions.give(**place, worker=other)
    actions.cancel(event=second, by=change.by, at=change.at)
    assert change.holders(since) == [("A", old.name, False)]


def test_changes_of_two_days_are_taken_back_the_later_first(change: Change, new: Worker) -> None:
    old, other = change.first, WorkerFactory(area=new.area, name="另一")
    first = actions.give(**change.place, worker=new, since=change.at + TOMORROW)
    second = actions.give(**change.place, worker=other, since=change.at + 2 * TOMORROW)
    with pytest.raises(errors.CannotTakeBack):
        actions.cancel(event=first, by=change.by, at=change.at)
    actions.cancel(event=second, by=change.by, at=change.at)
    actions.cancel(event=first, by=change.by, at=change.at)
    assert change.holders(change.at + 3 * TOMORROW) == [("A", old.name, False)]


def test_nobody_is_missing_when_who_was_to_follow_is_erased(change: Change, new: Worker) -> None:
    old = change.first
    event = actions.give(**change.place, worker=new, since=change.at + TOMORROW)
    actions.erase(worker=new, by=change.by, at=change.at)
    assert change.holders(change.at + 2 * TOMORROW) == [("A", old.name, False)]
    assert Post.objects.get(worker=old).during.upper is None
    assert not DutyEvent.objects.ahead(change.at).exists()
    with pytest.raises(errors.BegunAlready):
        actions.cancel(event=event, by=change.by, at=change.at)


def test_who_is_erased_between_two_leaves_no_hole_and_the_later_can_be_taken_back(
    change: Change, new: Worker
) -> None:
    old, other = change.first, WorkerFactory(area=new.area, name="另一")
    actions.give(**change.place, worker=new, since=change.at + TOMORROW)
    later = actions.give(**change.place, worker=other, since=change.at + 2 * TOMORROW)
    actions.erase(worker=new, by=change.by, at=change.at)
    assert change.holders(change.at + 1.5 * TOMORROW) == [("A", old.name, False)]
    assert change.holders(change.at + 2 * TOMORROW) == [("A", "另一", False)]
    actions.cancel(event=later, by=change.by, at=change.at)
    assert change.holders(change.at + 3 * TOMORROW) == [("A", old.name, False)]


def test_a_vacancy_ahead_goes_on_without_who_was_to_act(change: Change, new: Worker) -> None:
    old = change.first
    since = change.at + TOMORROW
    event = actions.vacate(**change.place, reason="正在招录", acting=new, since=since)
    actions.erase(worker=new, by=change.by, at=change.at)
    assert change.holders(since) == [("A", "", False)]
    actions.cancel(event=event, by=change.by, at=change.at)
    assert change.holders(since) == [("A", old.name, False)]


def test_who_is_erased_as_stand_in_and_next_holder_leaves_no_hole(
    change: Change, new: Worker
) -> None:
    old = change.first
    actions.give(**change.place, worker=new, tier="B", since=change.at + TOMORROW)
    actions.give(**change.place, worker=new, since=change.at + 2 * TOMORROW)
    actions.erase(worker=new, by=change.by, at=change.at)
    assert change.holders(change.at + 3 * TOMORROW) == [("A", old.name, False)]
    assert not Post.objects.filter(worker=new).exists()


def test_a_worker_erased_while_the_page_was_open_gets_no_post(change: Change, new: Worker) -> None:
    actions.erase(worker=Worker.objects.get(pk=new.pk), by=change.by, at=change.at)
    with pytest.raises(errors.NotAWorkerHere):
        actions.give(**change.place, worker=new)  # as it was read before
    with pytest.raises(errors.NotAWorkerHere):
        actions.vacate(**change.place, reason="正在招录", acting=new)


def test_what_has_begun_is_not_taken_back(change: Change, new: Worker) -> None:
    event = actions.give(**change.place, worker=new)
    with pytest.raises(errors.BegunAlready):
        actions.cancel(event=event, by=change.by, at=change.at + TOMORROW)


def test_a_vacancy_has_a_reason_and_somebody_acting(change: Change, new: Worker) -> None:
    with pytest.raises(errors.ReasonMissing):
        actions.vacate(**change.place, reason=" ")
    actions.vacate(**change.place, reason="正在招录", acting=new)
    assert change.holders() == [("A", "", False), ("A", "新人", True)]
    change.at += timedelta(minutes=5)
    actions.give(**change.place, worker=WorkerFactory(area=new.area, name="接任"))
    assert change.holders() == [("A", "接任", False)]


def test_who_acts_takes_nobodys_vacancy_away(change: Change, new: Worker) -> None:
    actions.vacate(**change.place, reason="正在招录")
    change.at += timedelta(minutes=5)
    actions.give(**change.place, worker=new, acting=True)
    assert change.holders() == [("A", "", False), ("A", "新人", True)]


def test_holder_and_stand_in_change_places(change: Change, new: Worker) -> None:
    old = change.first
    with pytest.raises(errors.NobodyThere):
        actions.swap_order(**change.place)
    actions.give(**change.place, worker=new, tier="B")
    change.at += timedelta(minutes=5)
    actions.swap_order(**change.place)
    assert change.holders() == [("A", "新人", False), ("B", old.name, False)]


def test_the_stand_in_who_takes_over_is_not_the_stand_in_any_more(
    change: Change, new: Worker
) -> None:
    actions.give(**change.place, worker=new, tier="B")
    change.at += timedelta(minutes=5)
    actions.give(**change.place, worker=new)
    assert change.holders() == [("A", "新人", False)]
    with pytest.raises(errors.HoldsAlready):
        actions.give(**change.place, worker=new)


def test_two_share_a_post_each_with_own_subjects(change: Change, new: Worker) -> None:
    old = change.first
    actions.give(**change.place, worker=new, beside=True, subjects=["lighting"])
    assert sorted(change.holders()) == sorted([("A", old.name, False), ("A", "新人", False)])
    change.at += timedelta(minutes=5)
    post = Post.objects.at(change.at).get(worker=new)
    event = actions.set_subjects(
        post=post, plan=change.plan, subjects=["noise"], by=change.by, at=change.at
    )
    assert event is not None
    assert Post.objects.at(change.at).get(worker=new).subjects == ["noise"]
    assert Post.objects.get(pk=post.pk).during.upper == change.at


def test_one_worker_covers_several_grids_at_once(term: Term, planner: User, new: Worker) -> None:
    grids = list(term.plan.grids.leaves().order_by("code")[:3])
    one = Change(term, planner)
    actions.give(**one.place, worker=new)
    place = one.place | {"at": one.at + timedelta(minutes=5)}
    del place["lineage"]
    told = actions.give_all(**place, lineages=[grid.lineage for grid in grids], worker=new)
    assert len(told) == 2  # the first was held already
    running = Post.objects.at(place["at"]).filter(worker=new)
    assert set(running.values_list("lineage", flat=True)) == {g.lineage for g in grids}


def test_a_post_ends_and_the_grid_has_nobody(change: Change) -> None:
    post = Post.objects.get(lineage=change.grid.lineage)
    actions.end(post=post, plan=change.plan, by=change.by, at=change.at)
    assert change.holders() == []


def test_nobody_changes_the_roster_of_somebody_elses_part(term: Term, new: Worker) -> None:
    user = UserFactory()
    south, north = term.plan.grids.filter(level=1).order_by("-code")
    Authority.objects.create(user=user, scheme=term.scheme, role="planner", lineage=south.lineage)
    leaves = list(term.plan.grids.leaves().order_by("code"))
    mine = next(n for n, grid in enumerate(leaves) if grid.parent_id == south.pk)
    actions.give(**Change(term, user, mine).place, worker=new)
    theirs = next(n for n, grid in enumerate(leaves) if grid.parent_id == north.pk)
    with pytest.raises(NeedsNeighbour):
        actions.give(**Change(term, user, theirs).place, worker=new)
    with pytest.raises(NotAllowed):
        actions.give(**Change(term, UserFactory(), mine).place, worker=new)
    holder = Change(term, None, theirs).first
    with pytest.raises(NeedsNeighbour):
        actions.change(worker=holder, by=user, at=now(), duties="别的")
    assert actions.change(worker=new, by=user, at=now(), duties="走访") == ["duties"]


def test_unassigned_land_and_strangers_get_no_post(change: Change) -> None:
    stranger = WorkerFactory(area=town("elsewhere").scheme.area)
    with pytest.raises(errors.NotAWorkerHere):
        actions.give(**change.place, worker=stranger)
    elsewhere = Grid.objects.exclude(plan=change.plan).first()
    assert elsewhere is not None
    with pytest.raises(errors.NoSuchGrid):
        actions.give(**change.place | {"lineage": elsewhere.lineage}, worker=change.first)


def test_events_hold_no_contact_and_are_never_rewritten(change: Change, new: Worker) -> None:
    actions.change(worker=new, by=change.by, at=change.at, duty_phone="000 0000 0777", name="改名")
    assert "0777" not in str(list(DutyEvent.objects.values()))
    assert "改名" not in str(list(DutyEvent.objects.values()))
    for statement in ("UPDATE duty_dutyevent SET kind = 'ended'", "DELETE FROM duty_dutyevent"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_area_with_events_is_refused_in_words(new: Worker) -> None:
    empty = Area.objects.create(slug="by-mistake", name="by mistake")
    DutyEvent.objects.create(area=empty, kind=DutyEvent.Kind.IMPORTED, at=now())
    with pytest.raises(ProtectedError):
        empty.delete()


@pytest.mark.parametrize("phone", ["12", "电话", "1380013800", "110101199003070732", "=1+1"])
def test_what_cannot_be_dialled_is_refused(change: Change, new: Worker, phone: str) -> None:
    with pytest.raises(errors.PhoneImplausible):
        actions.change(worker=new, by=change.by, at=change.at, duty_phone=phone)


@pytest.mark.parametrize(
    "phone", ["13800138000", "010-6552 1234", "+86 138 0013 8000", "0395 555-12 转 8", "12345"]
)
def test_what_can_be_dialled_is_kept_as_written(change: Change, new: Worker, phone: str) -> None:
    actions.change(worker=new, by=change.by, at=change.at, duty_phone=phone)
    assert Contact.objects.get(worker=new).value == phone


@pytest.mark.parametrize(
    "phone", ["0395 555 0123", "1512 3456789", "0151 23456789", "+49 (395) 555-0123", "115"]
)
def test_a_town_elsewhere_has_the_numbers_of_its_country(
    change: Change, new: Worker, phone: str
) -> None:
    new.area.calendar = "DE-MV"
    new.area.save()
    actions.change(worker=new, by=change.by, at=change.at, duty_phone=phone)
    assert Contact.objects.get(worker=new).value == phone
    for refused in ("12", "Telefon", "110101199003070731", "1234567890 1234567890"):
        with pytest.raises(errors.PhoneImplausible):
            actions.change(worker=new, by=change.by, at=change.at, duty_phone=refused)


def picture(colour: str = "navy") -> io.BytesIO:
    made = io.BytesIO()
    Image.new("RGB", (40, 50), colour).save(made, "PNG")
    made.seek(0)
    return made


def test_who_left_is_forgotten_and_the_posts_stay_a_former_workers(
    change: Change, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    worker = change.first
    kept = keep_picture(upload=picture(), at=change.at)
    actions.set_portrait(worker=worker, picture=kept, by=change.by, at=change.at)
    with django_capture_on_commit_callbacks(execute=True):
        ended = actions.erase(worker=worker, by=change.by, at=change.at)
    assert ended == 1
    worker.refresh_from_db()
    assert not worker.active and worker.portrait is None and worker.duties == ""
    assert not Contact.objects.filter(worker=worker).exists()
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
    assert Post.objects.get(worker=worker).during.upper == change.at
    with pytest.raises(errors.Erased):
        actions.change(worker=worker, by=change.by, at=change.at, name="回来")


def test_the_same_portrait_given_twice_stays(
    change: Change, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    kept = keep_picture(upload=picture(), at=change.at)
    with django_capture_on_commit_callbacks(execute=True):
        for _again in range(2):
            actions.set_portrait(worker=change.first, picture=kept, by=change.by, at=change.at)
    assert change.first.portrait == kept
    assert any(path.is_file() for path in tmp_path.rglob("*"))
    assert DutyEvent.objects.filter(kind="portrait").count() == 1


def test_a_portrait_is_shown_only_with_a_basis_and_gone_at_once(
    change: Change, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    worker = change.first
    disclosing.withdraw(worker=worker, by=None, at=change.at)
    kept = keep_picture(upload=picture(), at=change.at)
    actions.set_portrait(worker=worker, picture=kept, by=change.by, at=change.at)
    where = reverse("resident:portrait", args=[kept.pk])
    card = reverse("resident:grid", args=[change.grid.plan.scheme.area.slug, change.grid.code])
    assert client.get(where).status_code == 404
    assert where not in client.get(card).content.decode()
    disclosing.disclose(worker=worker, field="portrait", basis="同意书", by=change.by, at=change.at)
    assert where in client.get(card).content.decode()
    answer = client.get(where)
    assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-cache"
    assert client.get(where, headers={"if-none-match": answer["ETag"]}).status_code == 304
    disclosing.withdraw(worker=worker, field="portrait", by=change.by, at=now())
    assert client.get(where, headers={"if-none-match": answer["ETag"]}).status_code == 404
    assert where not in client.get(card).content.decode()


def test_another_basis_is_recorded_anew_and_many_are_shown_at_once(
    change: Change, new: Worker
) -> None:
    area = new.area
    workers = [new, WorkerFactory(area=area), change.first]
    shown = disclosing.disclose_of_all(
        workers=workers, field="duty_phone", basis="岗位公示规定", by=change.by, at=change.at
    )
    assert shown == 2  # one was shown already
    one = disclosing.disclose(
        worker=new, field="duty_phone", basis="新规定", by=change.by, at=now()
    )
    rows = Disclosure.objects.filter(worker=new, field="duty_phone").order_by("pk")
    assert [row.withdrawn_at is None for row in rows] == [False, True]
    assert rows.last() == one


def test_nothing_of_an_erased_worker_is_public(change: Change) -> None:
    worker = change.first
    disclosing.erase(worker=worker, by=change.by, at=change.at)
    assert not Disclosure.objects.filter(worker=worker).exists()
    kinds = set(DutyEvent.objects.filter(worker=worker).values_list("kind", flat=True))
    assert {"withdrawn", "erased"} <= kinds
