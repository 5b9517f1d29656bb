"""The roster's pages: who may, what they say, and that hiding works everywhere at once."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from geogrid.duty import actions
from geogrid.duty.models import Contact, DutyEvent, Post, PostRole, Worker
from geogrid.publishing.models import Disclosure
from geogrid.territory.models import Authority, Grid, Term
from layers.media.models import Attachment
from tests.desks.drafting import signed_in
from tests.domain.test_roster_list import HEADERS, ID_NUMBER, photo, sheet, zipped
from tests.factories import UserFactory, WorkerFactory, authorise, now, town

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


class Desk:
    """A signed-in account at the roster of one area."""

    def __init__(self, term: Term, client: Client) -> None:
        self.term, self.client = term, client
        self.area = term.scheme.area
        self.grid: Grid = term.plan.grids.leaves().order_by("code")[0]

    def url(self, page: str = "", *values: Any) -> str:
        full = f"planner:roster_{page}" if page else "planner:roster"
        return reverse(full, args=[self.area.slug, *values])

    def read(self, page: str = "", *values: Any, query: str = "", status: int = 200) -> str:
        answer = self.client.get(self.url(page, *values) + query, headers=EN)
        assert answer.status_code == status, answer.content.decode()[:500]
        assert status != 200 or "no-store" in answer["Cache-Control"]
        return answer.content.decode()

    def post(self, page: str, *values: Any, status: int = 302, query: str = "", **data: Any) -> Any:
        answer = self.client.post(self.url(page, *values) + query, data, headers=EN)
        assert answer.status_code == status, answer.content.decode()[:3000]
        return answer

    def card(self) -> str:
        where = reverse("resident:grid", args=[self.area.slug, self.grid.code])
        return Client().get(where + "?fragment=1", headers=EN).content.decode()

    @property
    def holder(self) -> Worker:
        worker = Post.objects.at(now()).get(lineage=self.grid.lineage, tier="A").worker
        assert worker is not None
        return worker


@pytest.fixture
def desk() -> Desk:
    term = town()
    client, _user = signed_in(term.scheme)
    return Desk(term, client)


def test_the_list_names_grids_people_and_gaps(desk: Desk) -> None:
    Post.objects.filter(lineage=desk.grid.lineage).delete()
    page = desk.read()
    assert desk.grid.name in page and "worker2" in page
    only = desk.read(query="?show=nobody")
    assert desk.grid.name in only and "worker2" not in only
    assert "worker2" in desk.read(query="?q=worker2")
    assert "No grid is like that" in desk.read(query="?q=nobody+at+all")
    community = desk.term.plan.grids.filter(level=1).order_by("-code")[0]
    assert desk.grid.name not in desk.read(query=f"?community={community.code}")


def test_by_worker_shows_posts_and_what_is_public(desk: Desk) -> None:
    WorkerFactory(area=desk.area, name="闲着的人")
    assert "闲着的人" in desk.read(query="?by=worker&show=free")
    assert "worker2" not in desk.read(query="?by=worker&show=free")
    assert "闲着的人" in desk.read(query="?by=worker&show=hidden")
    assert "000 0000" not in desk.read(query="?by=worker")


@pytest.mark.parametrize("query", ["", "?by=worker", "?show=alone"])
def test_the_lists_take_few_queries(desk: Desk, query: str) -> None:
    desk.read(query=query)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        desk.read(query=query)
    assert len(seen) < 25


def test_numbers_are_for_those_who_need_them(desk: Desk) -> None:
    phone = desk.holder.contacts.get().value
    assert phone in desk.read("worker", desk.holder.pk)
    other, _user = signed_in(desk.term.scheme, "supervisor")
    seen = Desk(desk.term, other).read("worker", desk.holder.pk)
    assert phone not in seen.split('class="card wide preview"')[0]
    assert "Hide at once" not in seen


def test_a_worker_is_replaced_at_once_and_later(desk: Desk) -> None:
    new = WorkerFactory(area=desk.area, name="新人")
    old = desk.holder
    day = timezone.localdate() + timedelta(days=3)
    desk.post("grid", desk.grid.lineage, act="give", **{
        "give-worker": new.pk, "give-role": "worker", "give-tier": "A", "give-since": str(day),
    })  # fmt: skip
    assert desk.holder == old
    page = desk.read("grid", desk.grid.lineage)
    assert "Take it back" in page
    event = DutyEvent.objects.ahead(now()).get()
    desk.post("take_back", event.pk)
    assert not DutyEvent.objects.ahead(now()).exists()
    desk.post("grid", desk.grid.lineage, act="give", **{
        "give-worker": new.pk, "give-role": "worker", "give-tier": "A",
    })  # fmt: skip
    assert desk.holder == new
    again = desk.post("grid", desk.grid.lineage, status=409, act="give", **{
        "give-worker": new.pk, "give-role": "worker", "give-tier": "A",
    })  # fmt: skip
    assert "has this post already" in again.content.decode()


def test_a_day_that_has_passed_is_refused(desk: Desk) -> None:
    answer = desk.post("grid", desk.grid.lineage, status=400, act="give", **{
        "give-worker": desk.holder.pk, "give-role": "worker", "give-tier": "B",
        "give-since": "2020-01-01",
    })  # fmt: skip
    assert "That day has passed" in answer.content.decode()


def test_a_vacancy_with_somebody_acting_reaches_the_card(desk: Desk) -> None:
    chief = Worker.objects.get(name="chief0")
    desk.post("grid", desk.grid.lineage, status=400, act="vacate", **{"vacate-role": "worker"})
    desk.post("grid", desk.grid.lineage, act="vacate", **{
        "vacate-role": "worker", "vacate-reason": "正在招录", "vacate-acting": chief.pk,
    })  # fmt: skip
    card = desk.card()
    assert "正在招录" in card and "chief0 stands in" in card


def test_subjects_order_and_end(desk: Desk) -> None:
    new = WorkerFactory(area=desk.area, name="新人")
    desk.post("grid", desk.grid.lineage, act="give", **{
        "give-worker": new.pk, "give-role": "worker", "give-tier": "B",
    })  # fmt: skip
    desk.post("grid", desk.grid.lineage, act="order", role="worker")
    assert desk.holder == new
    post = Post.objects.at(now()).get(worker=new)
    desk.post("grid", desk.grid.lineage, act="subjects", post=post.pk, **{
        f"post{post.pk}-subjects": ["lighting"],
    }) if "lighting" in desk.read("grid", desk.grid.lineage) else None  # fmt: skip
    post = Post.objects.at(now()).get(worker=new)
    desk.post("grid", desk.grid.lineage, act="end", post=post.pk)
    assert not Post.objects.at(now()).filter(worker=new).exists()


def test_who_answered_on_a_day(desk: Desk) -> None:
    old = desk.holder
    new = WorkerFactory(area=desk.area, name="新人")
    actions.give(
        plan=desk.term.plan, lineage=desk.grid.lineage, role=PostRole.objects.get(code="worker"),
        worker=new, by=None, at=now(),
    )  # fmt: skip
    day = desk.read("grid", desk.grid.lineage, query="?on=2026-05-03").split('id="day"')[1]
    assert old.name in day.split("</section>")[0] and "新人" not in day.split("</section>")[0]
    before = desk.read("grid", desk.grid.lineage, query="?on=2020-05-03")
    assert "Nobody, as far as it was recorded" in before


def test_several_grids_are_covered_at_once(desk: Desk) -> None:
    new = WorkerFactory(area=desk.area, name="新人")
    leaves = list(desk.term.plan.grids.leaves()[:3])
    form = {"role": "worker", "tier": "B"}
    desk.post("cover", new.pk, status=400, **form)
    desk.post("cover", new.pk, grid=[str(grid.lineage) for grid in leaves], **form)
    assert Post.objects.at(now()).filter(worker=new, tier="B").count() == 3


def test_a_whole_community_is_one_choice(desk: Desk) -> None:
    new = WorkerFactory(area=desk.area, name="新人")
    south = desk.term.plan.grids.filter(level=1).order_by("-code")[0]
    desk.post("cover", new.pk, below=str(south.lineage), role="worker", tier="B")
    held = Post.objects.at(now()).filter(worker=new).values_list("lineage", flat=True)
    assert set(held) == set(Grid.objects.filter(parent=south).values_list("lineage", flat=True))
    assert f"All grids of {south.name}" in desk.read("cover", new.pk)


def test_a_worker_is_added_from_a_grid_and_chosen_there(desk: Desk) -> None:
    answer = desk.post(
        "add", query=f"?grid={desk.grid.lineage}", name="新人", duty_phone="000 0000 0555"
    )
    worker = Worker.objects.get(name="新人")
    assert f"worker={worker.pk}" in answer["Location"]
    assert f'value="{worker.pk}" selected' in desk.client.get(answer["Location"]).content.decode()
    key = desk.read("add").split('name="key" value="')[1].split('"')[0]
    for _again in range(2):
        desk.post("add", name="重名", key=key)
    assert Worker.objects.filter(name="重名").count() == 1
    desk.post("add", name="重名", key="\0")
    assert Worker.objects.filter(name="重名").count() == 2
    wrong = desk.post("add", status=400, name="乙", duty_phone="电话")
    assert "does not look like a telephone number" in wrong.content.decode()


def test_a_fact_is_shown_with_a_basis_and_hidden_at_once(desk: Desk) -> None:
    worker = desk.holder
    phone = worker.contacts.get().value
    assert phone in desk.card()
    desk.post("worker", worker.pk, act="hide", fact="duty_phone")
    assert phone not in desk.card()
    page = desk.read("worker", worker.pk)
    assert phone not in page.split('class="card wide preview"')[1]
    desk.post("worker", worker.pk, status=400, act="show", fact="duty_phone", basis=" ")
    desk.post("worker", worker.pk, act="show", fact="duty_phone", basis="2026 年公示规定")
    assert phone in desk.card()
    desk.post("worker", worker.pk, act="hide", fact="all")
    card = desk.card()
    assert worker.name not in card and phone not in card
    for query in ("where?lon=113.0001&lat=30.0007", "grids"):
        assert phone not in Client().get(f"/api/{query}").content.decode()


def test_a_fact_of_all_is_shown_and_hidden_at_once(desk: Desk) -> None:
    Disclosure.objects.filter(field="duty_phone").delete()
    wrong = desk.post("publication", status=400, field="duty_phone", act="show")
    assert "On what basis" in wrong.content.decode()
    desk.post("publication", field="duty_phone", basis="公示规定", act="show")
    shown = Disclosure.objects.filter(field="duty_phone", withdrawn_at=None)
    assert shown.count() == Contact.objects.count()
    assert "公示规定" in desk.read("publication")
    desk.post("publication", field="duty_phone", act="hide")
    assert not shown.exists()


def test_whoever_begins_elsewhere_later_stops_nobody_from_publishing(desk: Desk) -> None:
    Disclosure.objects.filter(field="duty_phone").delete()
    user = UserFactory()
    south, north = desk.term.plan.grids.filter(level=1).order_by("-code")
    Authority.objects.create(
        user=user, scheme=desk.term.scheme, role="planner", lineage=south.lineage
    )
    mine = list(Grid.objects.filter(parent=south))
    moving = Post.objects.at(now()).get(lineage=mine[0].lineage, tier="A").worker
    assert moving is not None
    actions.give(
        plan=desk.term.plan, lineage=Grid.objects.filter(parent=north)[0].lineage, by=None,
        role=PostRole.objects.get(code="worker"), worker=moving, tier="B", at=now(),
        since=now() + timedelta(days=30),
    )  # fmt: skip
    client = Client()
    client.force_login(user)
    Desk(desk.term, client).post("publication", field="duty_phone", basis="公示规定", act="show")
    shown = set(Disclosure.objects.filter(field="duty_phone").values_list("worker", flat=True))
    assert shown and moving.pk not in shown


def test_a_portrait_is_kept_and_removed(desk: Desk, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    worker = desk.holder
    desk.read("portrait", worker.pk, status=404)
    bad = SimpleUploadedFile("x.jpg", b"no picture", "image/jpeg")
    refused = desk.post("worker", worker.pk, status=400, act="portrait", portrait=bad)
    assert "not a photo we can read" in refused.content.decode()
    good = SimpleUploadedFile("x.jpg", photo("navy"), "image/jpeg")
    desk.post("worker", worker.pk, act="portrait", portrait=good)
    worker.refresh_from_db()
    shown = reverse("resident:portrait", args=[worker.portrait_id])
    assert desk.client.get(desk.url("portrait", worker.pk)).status_code == 200
    assert shown in desk.card() and Client().get(shown).status_code == 200  # its basis holds
    desk.post("worker", worker.pk, act="hide", fact="portrait")
    assert shown not in desk.card() and Client().get(shown).status_code == 404
    desk.post("worker", worker.pk, act="no_portrait")
    assert not Attachment.objects.exists()


def test_who_left_is_erased(desk: Desk) -> None:
    worker = desk.holder
    name, phone = worker.name, worker.contacts.get().value
    assert "These posts end now" in desk.read("erase", worker.pk)
    desk.post("erase", worker.pk)
    assert name not in desk.card() and phone not in desk.card()
    assert "everything personal was erased" in desk.read("worker", worker.pk)
    desk.post("worker", worker.pk, status=409, act="change", name="回来")


def test_somebody_elses_part_can_be_seen_not_changed(desk: Desk) -> None:
    user = UserFactory()
    south, north = desk.term.plan.grids.filter(level=1).order_by("-code")
    Authority.objects.create(
        user=user, scheme=desk.term.scheme, role="planner", lineage=south.lineage
    )
    client = Client()
    client.force_login(user)
    part = Desk(desk.term, client)
    theirs = Grid.objects.filter(parent=north)[0]
    assert "outside of your part" in part.read("grid", theirs.lineage)
    part.post("grid", theirs.lineage, status=403, act="end")
    holder = Post.objects.get(lineage=theirs.lineage).worker
    assert holder is not None
    part.post("worker", holder.pk, status=403, act="hide", fact="all")
    part.post("erase", holder.pk, status=403)
    mine = Grid.objects.filter(parent=south)[0]
    assert "Give the post" in part.read("grid", mine.lineage)


# ---- bringing a list


def look(desk: Desk, content: bytes, status: int = 200, **more: Any) -> str:
    table = SimpleUploadedFile("花名册.xlsx", content)
    answer = desk.post("import", status=status, act="look", table=table, **more)
    return str(answer.content.decode())


def token(page: str) -> str:
    return page.split('name="list" value="')[1].split('"')[0]


def test_a_list_is_looked_at_answered_and_taken_over(desk: Desk) -> None:
    content = sheet(
        ["王芳", "000 0000 0201", "网格员", "N社区第一一网格", "A"],
        ["李强", "12", "网格员", "N社区第2网格", "A"],
        ["陈晨", "000 0000 0203", "网格员", "S社区第3网格", "B"],
    )
    page = look(desk, content)
    assert not Worker.objects.filter(name="陈晨").exists()
    assert "There is no grid" in page and "does not look right" in page
    assert "Take 1 row over" in page
    wanted = desk.term.plan.grids.get(name="N社区第1网格")
    answers = {"grid_2_0": str(wanted.lineage), "list": token(page)}
    again = desk.post("import", status=200, act="again", **answers).content.decode()
    assert "Take 2 rows over" in again and f'value="{wanted.lineage}" selected' in again
    report = desk.post("import", status=200, act="report", **answers)
    cells = [c.value for row in load_workbook(io.BytesIO(report.content)).active for c in row]
    assert "李强" in cells and "000 0000 0201" not in cells
    desk.post("import", act="accept", **answers)
    assert Post.objects.at(now()).get(worker__name="王芳").lineage == wanted.lineage
    assert not Worker.objects.filter(name="李强").exists()
    assert "2 rows are taken over" in desk.read()


def test_a_list_accepted_twice_does_nothing_twice(
    desk: Desk, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    rows = sheet(["王芳", "000 0000 0201", "", "N社区第1网格", "A"], ["李强", "12", "", "", ""])
    pictures = SimpleUploadedFile("照片.zip", zipped(**{"王芳.jpg": photo("navy")}))
    carried = token(look(desk, rows, portraits=pictures))
    with django_capture_on_commit_callbacks(execute=True):
        for _again in range(2):
            desk.post("import", act="accept", list=carried)
    worker = Worker.objects.get(name="王芳")
    assert worker.portrait is not None
    assert worker.portrait.file.storage.exists(worker.portrait.file.name)
    assert DutyEvent.objects.filter(kind="imported").count() == 1
    page = desk.read()
    assert "nothing was done twice" in page and "choose the file again" in page


def test_id_numbers_reach_neither_page_nor_database(desk: Desk, caplog: Any) -> None:
    rows = [["王芳", "000 0000 0201", "网格员", "N社区第1网格", "A", ID_NUMBER]]
    page = look(desk, sheet(*rows, headers=[*HEADERS, "身份证号"]))
    assert "<s>身份证号</s>" in page and ID_NUMBER not in page
    desk.post("import", act="accept", list=token(page))
    assert ID_NUMBER not in caplog.text and "000 0000 0201" not in caplog.text
    tables = (Worker, Contact, DutyEvent)
    assert ID_NUMBER not in str([list(model.objects.values()) for model in tables])


def test_a_list_is_nobody_elses_and_not_for_long(desk: Desk, monkeypatch: Any) -> None:
    page = look(desk, sheet(["王芳", "000 0000 0201", "", "N社区第1网格", "A"]))
    other, _user = signed_in(desk.term.scheme)
    theirs = Desk(desk.term, other)
    for carried in (token(page), token(page)[:-2] + "xx", ""):
        answer = theirs.post("import", status=409, act="accept", list=carried)
        assert "older than an hour" in answer.content.decode()
    monkeypatch.setattr("geogrid.desks.planner.roster.carrying.GOOD_FOR", -1)
    desk.post("import", status=409, act="accept", list=token(page))
    assert not Worker.objects.filter(name="王芳").exists()


def test_portraits_come_along_and_strangers_are_not_kept(
    desk: Desk, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any,
    monkeypatch: Any,
) -> None:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    rows = sheet(["王芳", "000 0000 0201", "", "N社区第1网格", "A"], ["李强", "", "", "", ""])

    def pictures(**files: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile("照片.zip", zipped(**files))

    files = {"王芳.jpg": photo("navy"), "某人.jpg": photo("red"), "李强.jpg": b"no picture"}
    page = look(desk, rows, portraits=pictures(**files))
    assert "1 of 3 pictures found their worker" in page
    assert "某人.jpg" in page and "not a photo" in page
    assert Attachment.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        desk.post("import", act="give_up", list=token(page))
    assert not Attachment.objects.exists() and not any(p.is_file() for p in tmp_path.rglob("*"))
    page = look(desk, rows, portraits=pictures(**files))
    desk.post("import", act="accept", list=token(page))
    assert Worker.objects.get(name="王芳").portrait is not None
    assert Worker.objects.get(name="李强").portrait is None
    monkeypatch.setattr("geogrid.desks.planner.roster.bringing.PATIENCE", -1)
    assert "too many large pictures" in look(desk, rows, portraits=pictures(**files))
    refused = look(desk, rows, status=400, portraits=pictures(**{"../王芳.jpg": b"x"}))
    assert "would leave its folder" in refused


def test_what_is_no_list_is_said_in_a_sentence(desk: Desk) -> None:
    assert "Choose the file" in desk.post("import", status=400, act="look").content.decode()
    assert "old Excel file" in look(desk, b"\xd0\xcf\x11\xe0", status=400)
    assert "No row names its columns" in look(desk, sheet(headers=["a", "b"]), status=400)


def test_somebody_changed_the_grid_meanwhile(desk: Desk) -> None:
    page = look(desk, sheet(["王芳", "", "", "N社区第1网格", "A"]))
    actions.give(
        plan=desk.term.plan, lineage=desk.grid.lineage, role=PostRole.objects.get(code="worker"),
        worker=WorkerFactory(area=desk.area), by=None, at=now(), since=now() + timedelta(days=1),
    )  # fmt: skip
    answer = desk.post("import", status=400, act="accept", list=token(page))
    assert "a later change is waiting" in answer.content.decode()
    assert not Worker.objects.filter(name="王芳").exists()


def test_the_template_names_the_grids(desk: Desk) -> None:
    answer = desk.client.get(desk.url("template"), headers=EN)
    lists = load_workbook(io.BytesIO(answer.content)).worksheets[1]
    assert desk.grid.code in [row[0].value for row in lists]


def test_the_roster_of_a_plan_that_does_not_count_yet(desk: Desk) -> None:
    from geogrid.territory.actions import start_draft

    plan = start_draft(scheme=desk.term.scheme, by=None, at=now())
    assert f"plan {plan.number}" in desk.read(query=f"?plan={plan.number}")
    desk.read(query="?plan=99", status=404)
    authorise(UserFactory(), desk.term.scheme, "planner")
