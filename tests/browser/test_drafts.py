"""Drafts in a browser: the list, starting one, discarding it; also by phone and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
LANGUAGES = {"zh-CN": "jinghu", "en-US": "neubrandenburg"}


@pytest.fixture
def at_list(
    demo_towns: None, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> Callable[..., Page]:
    def go(language: str, **options: object) -> Page:
        page = sign_in(visitor(language=language, **options), f"planner.{LANGUAGES[language]}")
        page.goto(f"/plan/{LANGUAGES[language]}/drafts/")
        return page

    return go


@pytest.mark.parametrize(("language", "phone"), [("zh-CN", True), ("en-US", False)])
def test_a_draft_begins_and_is_discarded(
    at_list: Callable[..., Page], axe: Callable[[Page], list[str]], language: str, phone: bool
) -> None:
    page = at_list(language, phone=phone)
    wide = 390 if phone else 1280
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    page.locator("#id_name").fill("Hafen")
    page.locator("#start button").click()
    expect(page.locator(".drafttitle h1")).to_have_text("Hafen")
    page.goto(f"/plan/{LANGUAGES[language]}/drafts/")
    card = page.locator(".draftcard").first
    expect(card.locator("h2")).to_have_text("Hafen")
    expect(card.locator(".chip.draft")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    card.locator("a[href$='/withdraw/']").click()
    assert axe(page) == []
    page.locator("button.danger").click()
    expect(page.locator(".messages")).to_be_visible()
    expect(page.locator(".draftcard")).to_have_count(1)


def test_without_scripts_a_draft_can_be_started_and_read(at_list: Callable[..., Page]) -> None:
    page = at_list("en-US", java_script_enabled=False)
    page.locator("#start button").click()
    expect(page.locator("noscript table tbody tr, main table tbody tr").first).to_be_visible()
