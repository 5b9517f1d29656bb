"""The shared map module in a browser: keyboard, list and map in step, the sheet, sharp lines."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from geogrid.territory.models import Term
from tests.factories import town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
MAP = "/map/mirror-lake/"
# How a canvas is shifted: half pixels would blur every line on it.
SHIFTS = """() => [...document.querySelectorAll("canvas.map-layer")].map(canvas => {
    const {m11, m41, m42} = new DOMMatrix(getComputedStyle(canvas).transform);
    return [m11, m41 % 1, m42 % 1];
})"""
# Pixels of the label canvas that carry ink.
INK = """() => {
    const canvas = document.querySelector("canvas.map-labels");
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i]) drawn++;
    return drawn;
}"""


@pytest.fixture
def term(transactional_db: None) -> Term:
    return town()


def opened(page: Page) -> Page:
    page.goto(MAP)
    page.wait_for_selector(".pub.live .leaflet-container")
    page.wait_for_selector("canvas.map-grids")
    return page


def test_the_keyboard_asks_what_lies_under_the_crosshair(page: Page, term: Term) -> None:
    opened(page)
    page.locator("#map").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".crosshair")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[data-card] h1")).to_be_visible()


def test_controls_have_names_and_are_large_enough(page: Page, term: Term) -> None:
    opened(page)
    for name in ("放大", "缩小"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    expect(page.locator(".leaflet-control-attribution")).to_have_count(0)


def test_lines_stay_sharp_and_labels_are_drawn(page: Page, term: Term) -> None:
    opened(page)
    page.get_by_role("button", name="放大").click()
    page.wait_for_timeout(600)
    for scale, across, down in page.evaluate(SHIFTS):
        assert (scale, across, down) == (1, 0, 0)
    assert page.evaluate(INK) > 50


def test_a_row_under_the_keyboard_shows_on_the_map(page: Page, term: Term) -> None:
    opened(page)
    before = page.locator("canvas.map-grids").screenshot()
    page.locator("[data-panel] a[data-grid], [data-panel] [data-grid] a").first.focus()
    page.wait_for_timeout(300)
    assert page.locator("canvas.map-grids").screenshot() != before


def test_the_sheet_has_three_stops_and_its_grip_is_a_button(visitor: Visitor, term: Term) -> None:
    page = opened(visitor(phone=True))
    grip = page.get_by_role("button", name="展开卡片")
    heights = []
    for _ in range(3):
        page.wait_for_timeout(400)
        box = page.locator(".side").bounding_box()
        assert box is not None
        heights.append(round((844 - box["y"]) / 844 * 100))
        page.locator(".grip").click()
    assert heights[0] == 57 and heights[2] == 25
    assert 89 <= heights[1] <= 92  # below the search bar
    expect(grip).to_be_visible()


def test_a_finger_pulls_the_sheet_up(visitor: Visitor, term: Term) -> None:
    page = opened(visitor(phone=True))
    box = page.locator(".grip").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 100, steps=4)
    page.mouse.move(x, y - 260, steps=4)
    page.mouse.up()
    expect(page.locator(".side")).to_have_attribute("data-stop", "92")
