"""The public map in a browser, as residents use it. Foreign requests, policy violations and script
errors fail every test here (tests/browsing.py)."""

from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse
from playwright.sync_api import Page, expect

from geogrid.territory.models import Grid, Term
from tests.factories import AddressFactory, SchoolFactory, town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Axe = Callable[[Page], list[str]]
MAP = "/map/mirror-lake/"


@pytest.fixture
def term(transactional_db: None) -> Term:
    running = town()
    AddressFactory(street="钟楼街", house="12", anchor=Point(113.0001, 30.0006, srid=4326))
    SchoolFactory(anchor=Point(113.0001, 30.0007, srid=4326))
    return running


@pytest.fixture
def leaf(term: Term) -> Grid:
    return term.plan.grids.leaves().order_by("code").first()


def opened(page: Page, path: str = MAP) -> Page:
    page.goto(path)
    page.wait_for_selector(".pub.live .leaflet-container")
    return page


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_pages_are_accessible(
    visitor: Visitor, axe: Axe, leaf: Grid, language: str, phone: bool
) -> None:
    page = opened(visitor(language=language, phone=phone))
    assert axe(page) == []
    opened(page, reverse("resident:grid", args=["mirror-lake", leaf.code]))
    assert axe(page) == []
    opened(page, f"{MAP}search?q=钟楼街")
    assert axe(page) == []


def test_a_click_on_the_map_opens_the_card_and_back_closes_it(page: Page, term: Term) -> None:
    opened(page)
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 - 20, box["y"] + box["height"] / 2 - 20)
    expect(page.locator("[data-card] h1")).to_contain_text("网格")
    expect(page.locator(".btn.primary")).to_contain_text("拨打 000 0000")
    assert "/grid/" in page.url
    page.go_back()
    expect(page.locator(".gridlist").first).to_be_visible()
    assert page.url.endswith(MAP)


def test_a_row_opens_its_card_and_the_heading_has_the_focus(page: Page, leaf: Grid) -> None:
    opened(page)
    page.locator(f'.gridlist [data-grid="{leaf.code}"]').focus()
    page.keyboard.press("Enter")
    heading = page.locator("[data-card] h1")
    expect(heading).to_contain_text("第 1 网格")
    expect(heading).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".gridlist").first).to_be_visible()


def test_a_search_with_a_typo_ends_at_pin_and_card(page: Page, leaf: Grid) -> None:
    opened(page)
    page.locator("input[name=q]").fill("种楼街十二号")
    page.keyboard.press("Enter")
    page.locator(".answers a").first.click()
    expect(page.locator("[data-card]")).to_have_attribute("data-card", leaf.code)
    expect(page.locator(".map-pin")).to_be_visible()
    expect(page.locator("input[name=q]")).to_have_value("钟楼街12号")


def test_an_exact_address_opens_its_card_at_once(page: Page, leaf: Grid) -> None:
    opened(page)
    page.locator("input[name=q]").fill("钟楼街12号")
    page.keyboard.press("Enter")
    expect(page.locator("[data-card]")).to_have_attribute("data-card", leaf.code)


def test_where_am_i_opens_the_grid_around_me(visitor: Visitor, leaf: Grid) -> None:
    here = {"longitude": 113.0002, "latitude": 30.0006, "accuracy": 5}
    page = opened(visitor(geolocation=here, permissions=["geolocation"]))
    page.get_by_role("button", name="我在哪里").click()
    expect(page.locator("[data-card]")).to_have_attribute("data-card", leaf.code)
    expect(page.locator("[data-status]")).to_be_hidden()


def test_a_vague_position_names_every_grid_it_may_be(visitor: Visitor, leaf: Grid) -> None:
    here = {"longitude": 113.00035, "latitude": 30.0006, "accuracy": 40}
    page = opened(visitor(language="en-US", geolocation=here, permissions=["geolocation"]))
    page.get_by_role("button", name="Where am I").click()
    status = page.locator("[data-status]")
    expect(status).to_contain_text("within 40 m")
    expect(status.locator("a")).to_have_count(4)
    status.locator("a").nth(1).click()
    expect(page.locator("[data-card] h1")).to_contain_text("Grid")


def test_a_refused_position_says_why(visitor: Visitor, term: Term) -> None:
    page = opened(visitor(language="en-US"))
    page.get_by_role("button", name="Where am I").click()
    expect(page.get_by_text("may not use your position")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True])
def test_everything_works_without_scripts(visitor: Visitor, leaf: Grid, phone: bool) -> None:
    page = visitor(language="en-US", phone=phone, java_script_enabled=False)
    page.goto(MAP)
    expect(page.locator(".drawnmap")).to_be_visible()
    page.locator(f'.gridlist [data-grid="{leaf.code}"]').click()
    expect(page.locator(".btn.primary")).to_contain_text("Call")
    page.locator("input[name=q]").fill("钟楼街12号")
    page.locator("[data-go]").click()
    page.locator(".answers a").first.click()
    expect(page.locator("[data-card] h1")).to_contain_text("Grid 01")


def test_nothing_sticks_out_at_360_pixels(visitor: Visitor, leaf: Grid) -> None:
    page = visitor(viewport={"width": 360, "height": 740}, has_touch=True)
    for path in (
        MAP,
        f"{MAP}search?q=钟",
        reverse("resident:grid", args=["mirror-lake", leaf.code]),
    ):
        opened(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box = page.locator(".btn.primary").bounding_box()
    assert box["y"] + box["height"] <= 740, "the call button is above the fold"


def test_the_other_language_is_one_press_away_and_remembered(page: Page, leaf: Grid) -> None:
    opened(page)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Find your grid worker")).to_be_visible()
    opened(page, reverse("resident:grid", args=["mirror-lake", leaf.code]))
    expect(page.locator(".btn.primary")).to_contain_text("Call")


def test_places_are_switched_on_and_off(page: Page, term: Term) -> None:
    first = term.plan.grids.leaves().order_by("code").first()
    opened(page, reverse("resident:grid", args=["mirror-lake", first.code]))
    for _ in range(2):  # the drawn town is 80 m wide: room for a badge beside the number
        page.get_by_role("button", name="放大").click()
        page.wait_for_timeout(400)
    expect(page.locator(".map-badge")).to_have_count(1)
    page.locator(".layers summary").click()
    page.locator(".layers input[value=schools]").uncheck()
    expect(page.locator(".map-badge")).to_have_count(0)


def test_the_api_page_is_local_and_works(page: Page, term: Term) -> None:
    page.goto("/api/docs")
    expect(page.get_by_text("/api/where").first).to_be_visible()


def test_suggestions_by_pinyin_and_by_keyboard_lead_to_the_card(
    term: Term, visitor: Visitor, axe: Axe
) -> None:
    page = opened(visitor(language="zh-CN"))
    box = page.locator("input[name=q]")
    box.click()
    box.press_sequentially("zlj")
    option = page.get_by_role("option", name="钟楼街", exact=False)
    expect(option).to_be_visible()
    assert axe(page) == []
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("钟楼街 ")
    page.get_by_role("option", name="钟楼街12号").click()
    expect(page.locator("[data-panel]")).to_contain_text("钟楼街12号")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_escape_closes_suggestions_and_enter_still_searches(term: Term, visitor: Visitor) -> None:
    page = opened(visitor(language="en-US", phone=True))
    box = page.locator("input[name=q]")
    box.press_sequentially("zhong")
    expect(page.get_by_role("option")).to_have_count(1)
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.fill("钟楼街12")
    box.press("Enter")
    expect(page.locator("[data-panel]")).to_contain_text("钟楼街")
