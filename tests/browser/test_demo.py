"""The demo's front page in a browser: each door opens its task, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.demo_urls")]
DOORS = {
    "resident": "/map/{area}/",
    "planner": "/plan/{area}/",
    "patrol": "/patrol/",
    "office": "/office/{area}/",
}


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_doors(
    demo_towns: None,
    settings: Any,
    visitor: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    language: str,
    phone: bool,
) -> None:
    settings.DEMO = True
    area = {"zh-CN": "jinghu", "en-US": "neubrandenburg"}[language]
    page = visitor(language=language, phone=phone)
    page.goto("/")
    expect(page.locator(".door")).to_have_count(4)
    expect(page.locator("#map canvas").first).to_be_attached()
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    assert axe(page) == []
    for role, path in DOORS.items():
        page.goto("/")
        page.locator(f'form[action$="/{role}/"] .door').click()
        page.wait_for_url(f"**{path.format(area=area)}")
        expect(page.locator("main")).to_be_visible()


def test_the_other_language_opens_the_other_town(
    demo_towns: None, settings: Any, page: Page
) -> None:
    settings.DEMO = True
    page.goto("/")
    expect(page.locator("h1")).to_contain_text("每一扇门")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_contain_text("Every door")
    expect(page.locator('form[action*="/neubrandenburg/"]').first).to_be_visible()
