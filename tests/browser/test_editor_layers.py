"""The layers menu: what lies below the grids, remembered by the browser, up to zoom 22."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from geogrid.territory.models import Plan
from tests.browser.drawing import DeskPage, draft_on_screen
from tests.factories import UserFactory, authorise

pytestmark = pytest.mark.browser
Opens = Callable[..., DeskPage]


@pytest.fixture
def plan(transactional_db: None) -> Plan:
    return draft_on_screen()


@pytest.fixture
def desk(plan: Plan, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]) -> Opens:
    authorise(UserFactory(username="planner"), plan.scheme, "planner")

    def go(**options: object) -> DeskPage:
        return DeskPage(sign_in(visitor(**options), "planner"), plan).open()

    return go


def test_layers_are_switched_and_remembered(desk: Opens, axe: Callable[[Page], list[str]]) -> None:
    at = desk()
    at.page.locator("#layers-open").focus()
    at.page.keyboard.press("Enter")
    menu = at.page.locator("#layers-menu")
    expect(menu).to_be_visible()
    for name in ("buildings", "blocks", "addresses", "schools", "neighbours"):
        menu.locator(f"[data-layer={name}]").check()
    menu.locator("[data-layer=basemap]").uncheck()
    expect(menu.locator("[data-note=buildings]")).to_contain_text("4")
    assert axe(at.page) == []
    assert at.mesh("desk.map.getPane('tilePane').style.display") == "none"
    at.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(at.page.locator("#layers-open")).to_be_focused()
    at.page.reload()
    at.ready()
    at.page.locator("#layers-open").click()
    expect(menu.locator("[data-layer=buildings]")).to_be_checked()
    expect(menu.locator("[data-layer=basemap]")).not_to_be_checked()


def test_another_section_is_added_by_who_has_more(desk: Opens) -> None:
    at = desk()
    at.mesh(
        """void (() => {
            const section = desk.layersMenu.addSection({ name: "more", title: "More" });
            desk.layersMenu.addToggle(section, {
                name: "aerial", word: "Aerial", run: (on) => { window.aerial = on; },
            });
        })()"""
    )
    at.page.locator("#layers-open").click()
    at.page.locator("[data-layer=aerial]").check()
    assert at.page.evaluate("window.aerial") is True


def test_the_map_comes_as_near_as_a_wall(desk: Opens) -> None:
    at = desk()
    at.mesh("void desk.map.setView(desk.map.getCenter(), 22, {animate: false})")
    assert at.mesh("desk.map.getZoom()") == 22
    at.page.wait_for_timeout(500)
    assert at.mesh("document.querySelectorAll('.leaflet-tile-pane canvas').length") > 0
