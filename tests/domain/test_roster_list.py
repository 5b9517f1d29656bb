"""A roster as a table: what is read of it, what is wrong row by row, what accepting it does."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from openpyxl import Workbook, load_workbook
from PIL import Image

from geogrid.duty import actions
from geogrid.duty.errors import ChangeAhead
from geogrid.duty.models import Contact, DutyEvent, Post, PostRole, Worker
from geogrid.duty.roster import errors
from geogrid.duty.roster.accepting import Outcome, accept
from geogrid.duty.roster.judging import Report, judge
from geogrid.duty.roster.portraits import match, pictures_in
from geogrid.duty.roster.rows import Row, read_list
from geogrid.duty.roster.sheets import report_sheet, template_sheet
from geogrid.publishing.models import Disclosure
from geogrid.territory.models import Term
from layers.media.actions import keep_picture
from tests.factories import now, town

pytestmark = pytest.mark.django_db
HEADERS = ["姓名", "值守电话", "角色", "网格", "A/B"]
ID_NUMBER = "110101199003070731"


def sheet(*rows: Sequence[Any], headers: Sequence[str] = HEADERS) -> bytes:
    book = Workbook()
    for row in ([*headers], *rows):
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture
def term() -> Term:
    return town()


def judged(term: Term, content: bytes, **answers: str) -> Report:
    listed = read_list(content)
    return judge(listed.rows, area=term.scheme.area, plan=term.plan, at=now(), answers=answers)


def codes(report: Report) -> list[list[str]]:
    return [[problem.code for problem in one.problems] for one in report.rows]


def taken_over(term: Term, content: bytes, at: datetime | None = None, **answers: str) -> Outcome:
    listed = read_list(content)
    return accept(
        rows=listed.rows, area=term.scheme.area, plan=term.plan, by=None, at=at or now(),
        answers=answers,
    )  # fmt: skip


def test_numbers_are_those_of_the_country() -> None:
    content = sheet(
        ["Anna Beispiel", "0395 55501", "", "a", "A"],
        ["Bert Beispiel", "1512345678", "", "b", "A"],
        ["Carla Beispiel", "12", "", "c", "A"],
    )
    anna, bert, carla = read_list(content, country="DE").rows
    assert (anna.phone, bert.phone, anna.problems, bert.problems) == (
        "0395 55501", "1512345678", [], [],
    )  # fmt: skip
    (problem,) = carla.problems
    assert "+" in problem.advice and "11" not in problem.advice and "010" not in problem.advice
    (_anna, chinese, _carla) = read_list(content).rows
    assert "010-" in chinese.problems[0].advice


def test_a_list_makes_workers_with_posts_and_nothing_public(term: Term) -> None:
    outcome = taken_over(
        term,
        sheet(
            ["王芳", "000 0000 0201", "网格员", "N社区第1网格", "A"],
            ["李强", 13800138000, "网格员", "N社区 01", "B"],
            ["赵静", "000-0000-0203", "网格长", "N社区", ""],
        ),
    )
    assert (outcome.workers_new, outcome.posts, outcome.left_out) == (3, 3, 0)
    first = Worker.objects.get(name="王芳")
    running = Post.objects.at(now()).filter(lineage=Post.objects.get(worker=first).lineage)
    assert sorted(post.worker.name for post in running if post.worker) == ["李强", "王芳"]
    assert Contact.objects.get(worker__name="李强").value == "13800138000"
    assert not Disclosure.objects.filter(worker__name__in=["王芳", "李强", "赵静"]).exists()
    assert DutyEvent.objects.get(kind="imported").data["posts"] == 3


def test_the_same_list_again_changes_nothing(term: Term) -> None:
    rows = sheet(
        ["王芳", "000 0000 0201", "网格员", "N社区第1网格", "A"],
        ["暂缺", "", "网格员", "N社区第2网格", "A"],
        ["李强", "000 0000 0202", "网格员", "N社区第2网格", "代管"],
    )
    first = taken_over(term, rows)
    assert (first.posts, first.vacancies) == (2, 1)
    posts = list(Post.objects.order_by("pk").values("pk", "during"))
    again = judged(term, rows)
    assert [one.state for one in again.rows] == ["same", "same", "same"]
    outcome = taken_over(term, rows, now() + timedelta(hours=1))
    assert (outcome.workers_new, outcome.workers_changed, outcome.posts, outcome.vacancies) == (
        0, 0, 0, 0,
    )  # fmt: skip
    assert list(Post.objects.order_by("pk").values("pk", "during")) == posts


def test_a_new_number_and_new_duties_update_the_worker(term: Term) -> None:
    headers = [*HEADERS, "工作职责"]
    taken_over(term, sheet(["王芳", "000 0000 0201", "", "", ""]))
    report = judged(term, sheet(["王芳", "000 0000 0299", "", "", "", "走访"], headers=headers))
    assert codes(report) == [["phone_changes", "grid_missing"]]
    assert "0299" in report.rows[0].problems[0].message
    outcome = taken_over(
        term, sheet(["王芳", "000 0000 0299", "", "", "", "走访"], headers=headers)
    )
    assert (outcome.workers_new, outcome.workers_changed) == (0, 1)
    worker = Worker.objects.get(name="王芳")
    assert (worker.duties, worker.contacts.get().value) == ("走访", "000 0000 0299")
    # An empty cell takes nothing away.
    taken_over(term, sheet(["王芳", "", "", "", ""]))
    assert Worker.objects.get(name="王芳").contacts.exists()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["", "000 0000 0201", "网格员", "N社区第1网格", "A"], "name_missing"),
        (["王芳、李强", "", "网格员", "N社区第1网格", "A"], "several_names"),
        (["王芳", "1380013800", "网格员", "N社区第1网格", "A"], "phone_odd"),
        (["王芳", "1.38E+10", "网格员", "N社区第1网格", "A"], "phone_shortened"),
        (["王芳", "13800138000、13900139000", "网格员", "N社区第1网格", "A"], "phone_several"),
        (["王芳", ID_NUMBER, "网格员", "N社区第1网格", "A"], "id_number"),
        (["王芳", "000 0000 0201", "园丁", "N社区第1网格", "A"], "role_unknown"),
        (["王芳", "000 0000 0201", "网格员", "N社区第1网格", "C"], "tier_unknown"),
        (["王芳", "000 0000 0201", "网格员", "N社区第9网格", "A"], "grid_unknown"),
        (["=A1", "000 0000 0201", "网格员", "N社区第1网格", "A"], "formula"),
        (["王" * 90, "000 0000 0201", "网格员", "N社区第1网格", "A"], "too_long"),
    ],
)
def test_a_row_that_cannot_be_is_left_out_and_says_why(
    term: Term, row: list[str], code: str
) -> None:
    report = judged(term, sheet(row, ["陈晨", "000 0000 0205", "网格员", "N社区第2网格", "A"]))
    assert code in codes(report)[0]
    assert not report.rows[0].taken and report.rows[1].taken
    assert all(problem.message and problem.advice for problem in report.rows[0].problems)
    outcome = taken_over(term, sheet(row, ["陈晨", "000 0000 0205", "网格员", "N社区第2网格", "A"]))
    assert (outcome.rows, outcome.left_out) == (1, 1)


def test_an_unknown_grid_offers_the_nearest_and_takes_an_answer(term: Term) -> None:
    rows = sheet(["王芳", "000 0000 0201", "网格员", "N社区第一一网格", "A"])
    problem = judged(term, rows).rows[0].problems[0]
    assert problem.code == "grid_unknown" and problem.answer == "grid_2_0"
    offered = dict(problem.choices)
    wanted = term.plan.grids.get(name="N社区第1网格")
    assert str(wanted.lineage) in offered
    taken_over(term, rows, grid_2_0=str(wanted.lineage))
    assert Post.objects.at(now()).get(worker__name="王芳").lineage == wanted.lineage


def test_a_number_alone_is_told_apart_by_the_community(term: Term) -> None:
    for grid in term.plan.grids.leaves():
        assert judged(term, sheet(["王芳", "", "", grid.code, "A"])).rows[0].moves[
            0
        ].grid.lineage == (grid.lineage)
    rows = sheet(["王芳", "", "", "03", "A", "S社区"], headers=[*HEADERS, "所属社区"])
    (move,) = judged(term, rows).rows[0].moves
    assert move.grid.name == "S社区第3网格"


def test_one_row_names_several_grids(term: Term) -> None:
    taken_over(term, sheet(["王芳", "", "", "N社区第1网格、N社区第2网格；S社区第三网格", "A"]))
    assert Post.objects.at(now()).filter(worker__name="王芳").count() == 3


def test_two_holders_of_one_post_are_both_left_out(term: Term) -> None:
    report = judged(
        term,
        sheet(["王芳", "", "", "N社区第1网格", "A"], ["李强", "", "", "N社区第1网格", "A"],
              ["陈晨", "", "", "N社区第2网格", "A"], ["陈晨", "", "", "N社区第2网格", "B"],
              ["周舟", "", "", "S社区第3网格", "A"], ["周舟", "", "", "S社区第3网格", "A"]),
    )  # fmt: skip
    told = codes(report)
    assert "two_first" in told[0] and "two_first" in told[1]
    assert "2, 3" in next(p.message for p in report.rows[0].problems if p.code == "two_first")
    assert "both_tiers" in told[2] and "both_tiers" in told[3]
    assert "twice" in told[5] and report.rows[5].taken


def test_a_name_with_two_numbers_is_asked_about(term: Term) -> None:
    rows = sheet(
        ["王芳", "000 0000 0201", "", "N社区第1网格", "A"],
        ["王 芳", "000 0000 0202", "", "N社区第2网格", "A"],
    )
    report = judged(term, rows)
    assert [one.state for one in report.rows] == ["asks", "asks"]
    assert report.rows[0].problems[0].answer == "twice_2" and not report.rows[1].problems[0].answer
    taken_over(term, rows, twice_2="two")
    assert Worker.objects.filter(name="王芳").count() == 2
    assert [one.state for one in judged(term, rows, twice_2="two").rows] == ["same", "same"]
    # Without a number nobody knows which of the two is meant.
    asked = judged(term, sheet(["王芳", "", "", "N社区第3网格", "A"]))
    assert "which_worker" in codes(asked)[0]


def test_one_person_with_two_numbers_keeps_the_first(term: Term) -> None:
    rows = sheet(
        ["王芳", "000 0000 0201", "", "N社区第1网格", "A"],
        ["王芳", "000 0000 0202", "", "N社区第2网格", "A"],
    )
    taken_over(term, rows, twice_2="one")
    worker = Worker.objects.get(name="王芳")
    assert worker.contacts.get().value == "000 0000 0201" and worker.posts.count() == 2


def test_columns_of_id_numbers_are_struck_out_and_stored_nowhere(term: Term) -> None:
    content = sheet(
        ["王芳", ID_NUMBER, "000 0000 0201", "群众", "N社区第1网格", ID_NUMBER, "7"],
        headers=["姓名", "身份证号", "联系电话", "政治面貌", "所属网格", "编码", "工号"],
    )
    listed = read_list(content)
    assert [column.header for column in listed.columns.ids] == ["身份证号", "编码"]
    assert [column.header for column in listed.columns.private] == ["政治面貌"]
    assert [column.header for column in listed.columns.passed] == ["工号"]
    assert ID_NUMBER not in str([row.packed() for row in listed.rows])
    report = judge(listed.rows, area=term.scheme.area, plan=term.plan, at=now())
    assert report.rows[0].taken and ID_NUMBER not in str(report)
    # Whatever a person says: they stay struck out.
    assert "身份证号" not in [
        c.header for c in read_list(content, {1: "note"}).columns.read.values()
    ]


def test_merged_cells_count_for_each_row_and_titles_above_are_passed_over(term: Term) -> None:
    book = Workbook()
    page = book.active
    page.append(["镜湖街道网格员花名册"])
    page.merge_cells("A1:E1")
    page.append(HEADERS)
    page.append(["王芳", "000 0000 0201", "网格员", "N社区第1网格", "A"])
    page.append(["李强", "000 0000 0202", "网格员", None, "B"])
    page.merge_cells("D3:D4")
    target = io.BytesIO()
    book.save(target)
    report = judged(term, target.getvalue())
    assert "merged" in codes(report)[1] and report.rows[1].taken
    assert report.rows[1].row.number == 4
    assert report.rows[1].moves[0].grid.name == "N社区第1网格"


def test_a_header_that_is_only_alike_is_guessed_and_can_be_corrected() -> None:
    content = sheet(["王芳", "000 0000 0201", "x"], headers=["姓 名", "联络电话号", "网格长职责"])
    columns = read_list(content).columns
    assert columns.read["phone"].guessed and columns.read["phone"].letter == "B"
    corrected = read_list(content, {1: "", 2: "grid"}).columns
    assert "phone" not in corrected.read and corrected.read["grid"].at == 2


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", errors.EmptyTable),
        (b"\xd0\xcf\x11\xe0 old", errors.OldExcel),
        (b"PK\x03\x04 broken", errors.NotATable),
        (b"\x00\x01", errors.NotATable),
        ("花名册\n王芳,000".encode(), errors.NoHeader),
        (b"x" * (2 * 1024 * 1024 + 1), errors.TableTooLarge),
        ("姓名,电话\n".encode() + "王芳,\n".encode() * 3002, errors.TooManyRows),
    ],
)
def test_what_is_no_roster_is_refused(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as told:
        read_list(content)
    assert str(told.value)


def test_a_table_of_text_in_gb18030(term: Term) -> None:
    text = "姓名;值守电话;角色;网格;AB角\n王芳;000 0000 0201;网格员;N社区第1网格;A角\n"
    assert judged(term, text.encode("gb18030")).rows[0].state == "new"


def test_dates_begin_later_or_now_and_a_waiting_change_is_told(term: Term) -> None:
    headers = [*HEADERS, "起始日期"]
    rows = [
        ["王芳", "", "", "N社区第1网格", "A", "2999年1月2日"],
        ["李强", "", "", "N社区第2网格", "A", "2020-01-01"],
        ["陈晨", "", "", "S社区第3网格", "A", "31.2.2999"],
    ]
    report = judged(term, sheet(*rows, headers=headers))
    assert "date_past" in codes(report)[1] and codes(report)[2][0] == "date_odd"
    taken_over(term, sheet(*rows, headers=headers))
    start = Post.objects.get(worker__name="王芳").during.lower
    assert start.isoformat().startswith("2999-01-01T16:00")  # midnight in Shanghai
    later = judged(term, sheet(["周舟", "", "", "N社区第1网格", "A"]))
    assert "ahead" in codes(later)[0] and not later.rows[0].taken


def test_a_grid_of_another_plan_and_one_of_somebody_elses_part(term: Term) -> None:
    listed = read_list(sheet(["王芳", "", "", "N社区第1网格", "A"]))
    report = judge(listed.rows, area=term.scheme.area, plan=term.plan, at=now(), reach=frozenset())
    assert codes(report)[0][0] == "grid_not_mine"


def test_rows_travel_packed_and_come_back_the_same() -> None:
    listed = read_list(sheet(["王芳", "12", "网格员", "a、b", "B"], ["暂缺", "", "", "c", ""]))
    again = [Row.unpacked(row.packed()) for row in listed.rows]
    assert again == listed.rows


def photo(colour: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(target, "JPEG")
    return target.getvalue()


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_portraits_find_their_workers_by_name_and_number(
    term: Term, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    rows = sheet(
        ["王芳", "000 0000 0201", "", "N社区第1网格", "A"],
        ["王芳", "000 0000 0202", "", "N社区第2网格", "A"],
        ["李强", "000 0000 0203", "", "S社区第3网格", "A"],
    )
    report = judged(term, rows, twice_2="two")
    files = ["王芳0202.jpg", "王芳_1.png", "照片/李强.jpg", "李强2.jpg", "王芳.jpg", "谁.jpg"]
    matching = match([file.rsplit("/", 1)[-1] for file in files], report.people)
    assert {report.people[p].phone[-4:]: files[at] for p, at in matching.found.items()} == {
        "0202": "王芳0202.jpg", "0201": "王芳_1.png", "0203": "照片/李强.jpg",
    }  # fmt: skip
    assert matching.unmatched == {3: "second", 4: "several", 5: "nobody"}
    content = zipped(**{"照片/李强.jpg": photo("navy"), "说明.txt": b"x", "__MACOSX/._x.jpg": b"x"})
    ((name, picture),) = list(pictures_in(content))
    assert name == "李强.jpg"
    kept = keep_picture(upload=picture, at=now())
    for _again in range(2):
        accept(rows=read_list(rows).rows, area=term.scheme.area, plan=term.plan, by=None, at=now(),
               answers={"twice_2": "two"}, portraits=[(name, kept)])  # fmt: skip
        assert Worker.objects.get(name="李强").portrait == kept


@pytest.mark.parametrize("content", [b"Rar!xx", b"nothing", zipped(**{"../a.jpg": b"x"})])
def test_archives_that_do_harm_are_refused(content: bytes) -> None:
    with pytest.raises(errors.PicturesRefused) as told:
        list(pictures_in(content))
    assert "/tmp" not in str(told.value)


def test_a_refusal_in_the_middle_leaves_nothing(
    term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = sheet(["王芳", "", "", "N社区第1网格", "A"], ["李强", "", "", "N社区第2网格", "A"])
    given = actions.give

    def give(**place: Any) -> DutyEvent:
        if place["worker"].name == "李强":
            raise ChangeAhead(since="", event=0)
        return given(**place)

    monkeypatch.setattr("geogrid.duty.roster.accepting.give", give)
    with pytest.raises(ChangeAhead):
        taken_over(term, rows)
    assert not Worker.objects.filter(name="王芳").exists()


def test_what_changed_since_the_look_is_judged_anew(term: Term) -> None:
    rows = sheet(["王芳", "", "", "N社区第1网格", "A"], ["李强", "", "", "N社区第2网格", "A"])
    grid = judged(term, rows).rows[1].moves[0].grid
    actions.give(
        plan=term.plan, lineage=grid.lineage, role=PostRole.objects.get(code="worker"),
        worker=Worker.objects.filter(area=term.scheme.area).latest("pk"), by=None, at=now(),
        since=now() + timedelta(days=1),
    )  # fmt: skip
    outcome = taken_over(term, rows)
    assert (outcome.rows, outcome.left_out) == (1, 1)
    assert not Worker.objects.filter(name="李强").exists()


def test_two_rows_for_one_later_day_are_not_lost(term: Term) -> None:
    headers = [*HEADERS, "起始日期"]
    first = sheet(["王芳", "", "", "N社区第1网格", "A", "2999-01-02"], headers=headers)
    taken_over(term, first)
    assert [one.state for one in judged(term, first).rows] == ["same"]
    second = judged(
        term, sheet(["李强", "", "", "N社区第1网格", "A", "2999-01-02"], headers=headers)
    )
    assert "ahead" in codes(second)[0]
    assert not second.rows[0].taken


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_can_be_read_back_and_the_example_is_passed_over(
    term: Term, language: str
) -> None:
    from django.utils import translation

    with translation.override(language):
        content = template_sheet(term.plan, "000 0000 0100")
    listed = read_list(content)
    assert listed.rows == []
    kinds = {"name", "phone", "role", "community", "grid", "tier", "duties", "hours", "since"}
    assert kinds <= set(listed.columns.read) and not listed.columns.passed
    codes_listed = [row[0].value for row in load_workbook(io.BytesIO(content)).worksheets[1]]
    assert term.plan.grids.leaves()[0].code in codes_listed


def test_the_report_holds_no_phone_number(term: Term) -> None:
    rows = sheet(
        ["王芳", "000 0000 0201", "", "N社区第1网格", "A"], ["李强", "12", "", "谁知道", "A"]
    )
    book = load_workbook(io.BytesIO(report_sheet(judged(term, rows))))
    texts = [str(cell.value) for row in book.active for cell in row]
    assert "王芳" in texts and not any("0201" in text for text in texts)


def test_the_command_looks_first_and_writes_with_commit(
    term: Term, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(sheet(["王芳", "000 0000 0201", "", "N社区第1网格", "A"]))
    slug = term.scheme.area.slug
    call_command("import_roster", str(path), area=slug)
    assert not Worker.objects.filter(name="王芳").exists()
    call_command("import_roster", str(path), area=slug, commit=True)
    assert Worker.objects.filter(name="王芳").exists()
    assert "0201" not in capsys.readouterr().out
    odd = tmp_path / "odd.csv"
    odd.write_text("姓名,片区,电话\n李强,N社区第2网格,000 0000 0202\n")
    call_command("import_roster", str(odd), area=slug, column=["B=grid"], commit=True)
    assert Worker.objects.get(name="李强").posts.exists()
    with pytest.raises(SystemExit) as ended:
        call_command("import_roster", str(path), area="nowhere")
    assert ended.value.code == 2
