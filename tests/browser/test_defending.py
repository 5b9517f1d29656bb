"""Defending a plan in a browser: have its dossier made, compare alternatives, step through it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from geogrid.outbox.working import run_one
from geogrid.territory import actions
from geogrid.territory.commands import Split
from geogrid.territory.models import Plan, Scheme
from tests.browser.drawing import draft_on_screen
from tests.domain.editing import line, lineage
from tests.factories import UserFactory, authorise, now

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]


@pytest.fixture
def plan(transactional_db: None) -> Plan:
    """A draft of a small town whose first grid is cut in two."""
    started = draft_on_screen()
    cut = Split(lineage=lineage(started, 1), line=line((0.7, 1.5), (0.7, 4.5)), base_revision=0)
    actions.edit(plan=started, command=cut, by=None, at=now())
    started.refresh_from_db()
    return started


@pytest.fixture
def planner(
    plan: Plan, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> Callable[..., Page]:
    user = UserFactory(username="planner.here")
    authorise(user, Scheme.objects.get(pk=plan.scheme_id), "planner")
    return lambda **options: sign_in(visitor(**options), user.username)


def fits(page: Page) -> bool:
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide <= 0


def at(plan: Plan, name: str) -> str:
    return f"/plan/{plan.scheme.area.slug}/drafts/{plan.number}/{name}/"


def test_a_dossier_is_made_waited_for_and_downloaded(
    plan: Plan, planner: Callable[..., Page], axe: Axe
) -> None:
    page = planner(language="en-US")
    page.goto(at(plan, "dossier"))
    assert axe(page) == []
    page.locator("main form .btn.primary").click()
    expect(page.locator("[data-state=waiting]")).to_be_visible()
    assert axe(page) == []
    while run_one():
        pass
    expect(page.locator("[data-state=done]")).to_be_visible()
    assert axe(page) == []
    with page.expect_download() as coming:
        page.get_by_role("link", name="PDF").click()
    assert coming.value.suggested_filename.endswith("-en.pdf")
    phone = planner(phone=True, java_script_enabled=False)
    phone.goto(at(plan, "dossier"))
    expect(phone.locator("[data-state=done]")).to_be_visible()


def test_alternatives_move_together(plan: Plan, planner: Callable[..., Page], axe: Axe) -> None:
    page = planner()
    page.goto(f"/plan/{plan.scheme.area.slug}/alternatives/?a={plan.number}&b=1")
    expect(page.locator("#beside[data-ready]")).to_be_attached()
    assert axe(page) == []
    assert fits(page)
    maps = page.locator(".besidemap .leaflet-container")
    expect(maps).to_have_count(2)
    maps.first.focus()
    first = maps.first.get_attribute("data-at") or ""
    maps.first.press("-")
    expect(maps.nth(1)).not_to_have_attribute("data-at", first)
    places = [maps.nth(number).get_attribute("data-at") for number in (0, 1)]
    assert places[0] == places[1]
    phone = planner(phone=True)
    phone.goto(f"/plan/{plan.scheme.area.slug}/alternatives/?a={plan.number}&b=1")
    assert fits(phone)


def test_the_meeting_goes_by_keyboard(plan: Plan, planner: Callable[..., Page], axe: Axe) -> None:
    page = planner(viewport={"width": 1280, "height": 720})
    page.goto(at(plan, "meeting"))
    expect(page.locator("#mapbox[data-ready]")).to_be_attached()
    expect(page.locator(".stop:visible")).to_have_count(1)
    expect(page.locator("#place")).to_have_text("1 / 3")
    assert axe(page) == []
    page.keyboard.press("ArrowRight")
    expect(page.locator("#place")).to_have_text("2 / 3")
    expect(page.locator("#stop-1")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("#next")).to_be_disabled()
    page.keyboard.press("b")
    expect(page.locator("#show-before")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("PageUp")
    expect(page.locator("#place")).to_have_text("2 / 3")
    page.locator("#heat").click()
    expect(page.locator("#heat")).to_have_attribute("aria-pressed", "true")
    assert fits(page)
    assert axe(page) == []
    phone = planner(language="en-US", phone=True)
    phone.goto(at(plan, "meeting"))
    expect(phone.locator("#mapbox[data-ready]")).to_be_attached()
    phone.locator("#next").click()
    expect(phone.locator("#place")).to_have_text("2 / 3")
    assert fits(phone)
    assert axe(phone) == []
