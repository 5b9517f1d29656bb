"""A planner pastes the list, corrects it in every way, by mouse and keys, and accepts it."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from geogrid.territory.actions import plan_residual
from geogrid.territory.models import Plan

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("GEOGRID_SHOTS", "")
TABLE = (Path(__file__).parents[2] / "fixtures/jinghu/grids_list.csv").read_text("utf-8-sig")
# A slip, a name that nobody knows, another one, and a compound that two grids list.
LIST = (
    TABLE.replace("锦绣家园", "锦锈家园", 1)
    .replace("春晖小区、", "春晖小区、没有这个小区、也没有这条路1-9号、", 1)
    .replace("景和新村18号楼", "春晖小区、景和新村18号楼", 1)
)


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def todo(page: Page, text: str) -> Locator:
    return page.locator("#todo ~ ol > li").filter(has=page.locator("h3", has_text=text))


def drawn(page: Page, times: int) -> None:
    expect(page.locator("#review")).to_have_attribute("data-drawn", str(times), timeout=30_000)
    expect(page.locator("body")).not_to_have_attribute("data-busy", "")


@pytest.mark.usefixtures("demo_towns")
def test_from_a_pasted_list_to_a_draft(
    visitor: Callable[..., Page],
    sign_in: Callable[[Page, str], Page],
    axe: Callable[[Page], list[str]],
) -> None:
    page = sign_in(visitor(), "planner.jinghu")
    page.goto("/plan/jinghu/drafts/from-list/")
    assert axe(page) == []
    shot(page, "bring")
    page.locator("textarea").fill(LIST)
    page.locator("form button.primary").click()
    drawn(page, 1)
    assert axe(page) == []
    shot(page, "review")

    # by a name that was offered, with the mouse
    todo(page, "锦锈家园").get_by_role("button", name="锦绣家园").click()
    drawn(page, 2)
    expect(page.locator("#state")).to_be_focused()
    expect(todo(page, "锦锈家园")).to_have_count(0)
    # by other words, with keys
    words = todo(page, "没有这条路").locator("input[name=text]")
    words.focus()
    words.fill("和顺路1-3号")
    page.keyboard.press("Enter")
    drawn(page, 3)
    expect(page.locator("#state [role=status]")).to_contain_text("和顺路1-3号")
    # by a place on the map, with keys; Escape first leads back to the button
    pick = todo(page, "没有这个小区").locator("[data-pick]")
    pick.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pickbar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(pick).to_be_focused()
    page.keyboard.press("Enter")
    shot(page, "picking")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    drawn(page, 4)
    expect(todo(page, "没有这个小区")).to_have_count(0)
    # the same by a click, after taking it back
    page.locator("#undo").click()
    drawn(page, 5)
    todo(page, "没有这个小区").locator("[data-pick]").click()
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    drawn(page, 6)
    # left out instead
    page.locator("#undo").click()
    drawn(page, 7)
    todo(page, "没有这个小区").locator("form:has([value=ignore]) button").click()
    drawn(page, 8)
    # listed twice: decided
    conflict = page.locator("#conflicts ~ ol > li").filter(has_text="春晖小区").first
    conflict.locator("form button").first.click()
    drawn(page, 9)
    # nobody's land, and back to the nearest
    page.locator("button[name=to]").click()
    drawn(page, 10)
    shot(page, "unassigned")
    page.locator("button[name=to]").click()
    drawn(page, 11)
    page.locator("#g-3 summary").click()
    page.locator("#g-3 [data-box]").first.click()
    shot(page, "grid")
    assert axe(page) == []

    page.locator("#id_name").fill("按清单划分")
    page.locator("#accept form button").click()
    page.wait_for_url(re.compile(r"/plan/jinghu/drafts/\d+/$"))
    plan = Plan.objects.get(name="按清单划分")
    assert plan_residual(plan) == 0
    assert plan.grids.leaves().count() == 40


@pytest.mark.usefixtures("demo_towns")
def test_without_scripts_and_on_a_phone(
    visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> None:
    page = sign_in(
        visitor(java_script_enabled=False, viewport={"width": 360, "height": 780}), "planner.jinghu"
    )
    page.goto("/plan/jinghu/drafts/from-list/")
    shot(page, "bring-360")
    page.locator("textarea").fill("第1网格：锦锈家园；没有这个小区\n第2网格：书院路48-107号")
    page.locator("form button.primary").click()
    todo(page, "锦锈家园").get_by_role("button", name="锦绣家园").click()
    expect(page.locator("#state [role=status]")).to_contain_text("锦绣家园")
    place = todo(page, "没有这个小区")
    place.locator("summary").click()
    place.locator("input[name=points]").fill("104.3512, 38.5467")
    place.get_by_role("button", name=re.compile("Put it here|放在这里")).click()
    expect(page.locator("#state [role=status]")).to_contain_text("没有这个小区")
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/review-360.png", full_page=True)
    width = page.evaluate("document.documentElement.scrollWidth") if not SHOTS else 360
    assert width <= 360
