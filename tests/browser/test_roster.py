"""The roster in a browser: a list with problems, fixed and accepted; posts; what is public."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from geogrid.duty.models import Post, Worker
from geogrid.territory.models import Term
from tests.domain.test_roster_list import HEADERS, ID_NUMBER, photo, sheet, zipped
from tests.factories import UserFactory, authorise, town

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]


@pytest.fixture
def term(transactional_db: None, settings: Any, tmp_path: Path) -> Term:
    settings.MEDIA_ROOT = tmp_path / "media"
    term = town("jinghu")
    authorise(UserFactory(username="planner"), term.scheme, "planner")
    return term


@pytest.fixture
def open_page(
    term: Term, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> Callable[..., Page]:
    """`open_page("workers/add/", phone=True)`: a page of the roster."""

    def opened(path: str = "", **options: Any) -> Page:
        page = sign_in(visitor(**options), "planner")
        page.goto(f"/plan/jinghu/roster/{path}")
        return page

    return opened


def fits(page: Page) -> bool:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return bool(wide <= page.viewport_size["width"])  # type: ignore[index]


def test_a_list_with_problems_is_fixed_and_taken_over(
    open_page: Callable[..., Page], axe: Axe, tmp_path: Path
) -> None:
    rows = sheet(
        ["王芳", "000 0000 0201", "网格员", "N社区第一一网格", "A", ID_NUMBER],
        ["李强", "000 0000 0202", "网格员", "N社区第2网格", "B", ""],
        ["李强", "000 0000 0203", "网格员", "S社区第3网格", "B", ""],
        ["陈晨", "12", "网格员", "S社区第4网格", "A", ""],
        headers=[*HEADERS, "身份证号"],
    )
    page = open_page("import/", language="en-US")
    assert axe(page) == []
    page.locator("input[name=table]").set_input_files(
        {"name": "花名册.xlsx", "mimeType": "application/octet-stream", "buffer": rows}
    )
    expect(page.locator("[data-named]").first).to_have_text("花名册.xlsx")
    pictures = zipped(**{"王芳.jpg": photo("navy"), "谁.jpg": photo("red")})
    page.locator("input[name=portraits]").set_input_files(
        {"name": "照片.zip", "mimeType": "application/zip", "buffer": pictures}
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("s", has_text="身份证号").first).to_be_visible()
    assert ID_NUMBER not in page.content()
    assert axe(page) == [] and fits(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert fits(page)
    page.locator("#grid_2_0").select_option(index=1)
    page.locator("#twice_3").select_option("two")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("button", name="Take 3 rows over")).to_be_visible()
    with page.expect_download() as loading:
        page.get_by_role("button", name="Report").click()
    assert loading.value.suggested_filename == "jinghu-roster-report.xlsx"
    page.get_by_role("button", name="Take 3 rows over").click()
    expect(page.locator(".messages")).to_contain_text("3 rows are taken over")
    assert Worker.objects.filter(name="李强").count() == 2
    assert Worker.objects.get(name="王芳").portrait is not None
    assert not Worker.objects.filter(name="陈晨").exists()


def test_posts_change_from_a_date_and_a_vacancy_has_somebody_acting(
    open_page: Callable[..., Page], term: Term, axe: Axe
) -> None:
    grid = term.plan.grids.leaves().order_by("code")[0]
    page = open_page(language="en-US")
    page.get_by_role("link", name=grid.name).click()
    assert axe(page) == [] and fits(page)
    page.get_by_role("link", name="Not on the roster yet? Add a worker").click()
    page.locator("#id_name").fill("新来的人")
    page.get_by_role("button", name="Add the worker").click()
    page.locator("#id_give-since").fill(f"{timezone.localdate().year + 1}-03-01")
    page.get_by_role("button", name="Give the post").click()
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Waiting")).to_have_count(0)
    page.locator("#id_give-worker").select_option(label="新来的人")
    page.get_by_role("button", name="Give the post").click()
    expect(page.locator(".posts > li")).to_have_count(1)
    expect(page.locator(".posts")).to_contain_text("新来的人")
    page.get_by_role("button", name="Declare vacant").click()
    expect(page.locator("#error-summary")).to_be_visible()
    assert axe(page) == []
    page.locator("#id_vacate-reason").fill("正在招录")
    page.locator("#id_vacate-acting").select_option(index=1)
    page.get_by_role("button", name="Declare vacant").click()
    expect(page.locator(".posts")).to_contain_text("acting")
    page.goto("/plan/jinghu/roster/?show=vacant")
    expect(page.locator(".roster tbody tr")).to_have_count(1)


def test_a_fact_is_published_and_withdrawn_before_the_residents_eyes(
    open_page: Callable[..., Page], term: Term, axe: Axe, visitor: Callable[..., Page]
) -> None:
    grid = term.plan.grids.leaves().order_by("code")[0]
    post = Post.objects.select_related("worker").get(lineage=grid.lineage)
    assert post.worker is not None
    number = post.worker.contacts.get().value
    resident = visitor(language="en-US")
    card = f"/map/jinghu/grid/{grid.code}/"
    page = open_page(f"workers/{post.worker.pk}/", language="en-US")
    assert axe(page) == [] and fits(page)
    expect(page.locator(".preview")).to_contain_text(number)
    page.get_by_role("button", name=re.compile("Hide at once.*duty phone")).click()
    expect(page.locator(".preview")).not_to_contain_text(number)
    resident.goto(card)
    expect(resident.locator(".gridcard")).not_to_contain_text(number)
    page.get_by_label("On what basis? (duty phone)").fill("2026 rule 7")
    page.get_by_role("button", name=re.compile("Show.*duty phone")).click()
    expect(page.locator(".preview")).to_contain_text(number)
    resident.goto(card)
    expect(resident.locator(".gridcard")).to_contain_text(number)
    assert axe(page) == []


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_every_page_is_accessible_and_fits_a_phone(
    open_page: Callable[..., Page], term: Term, axe: Axe, language: str
) -> None:
    worker = Worker.objects.get(name="worker1")
    Worker.objects.filter(pk=worker.pk).update(name="Anna-Magdalena von Hohenstein-Rückersdorf")
    lineage = term.plan.grids.leaves().order_by("code")[0].lineage
    Post.objects.filter(lineage=term.plan.grids.leaves().order_by("code")[1].lineage).delete()
    size = {"width": 360, "height": 740}
    page = open_page(language=language, viewport=size)
    for path in (
        "", "?by=worker", "?q=xyz", "import/", "publication/", "workers/add/",
        f"grids/{lineage}/?on=2026-05-03", f"workers/{worker.pk}/", f"workers/{worker.pk}/cover/",
        f"workers/{worker.pk}/erase/",
    ):  # fmt: skip
        page.goto(f"/plan/jinghu/roster/{path}")
        assert axe(page) == [], path
        assert fits(page), path


def test_it_all_works_without_scripts(open_page: Callable[..., Page]) -> None:
    page = open_page("import/", language="en-US", java_script_enabled=False)
    rows = sheet(["王芳", "000 0000 0201", "网格员", "N社区第1网格", "A"])
    page.locator("input[name=table]").set_input_files(
        {"name": "a.xlsx", "mimeType": "application/octet-stream", "buffer": rows}
    )
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Take 1 row over").click()
    expect(page.locator(".messages")).to_contain_text("1 row is taken over")
