"""The planner's desk in a browser: table and map are one thing; files arrive."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
LANGUAGES = {"zh-CN": "jinghu", "en-US": "neubrandenburg"}


@pytest.fixture
def at_desk(
    demo_towns: None, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> Callable[..., Page]:
    def go(language: str, **options: object) -> Page:
        page = sign_in(visitor(language=language, **options), f"planner.{LANGUAGES[language]}")
        page.goto(f"/plan/{LANGUAGES[language]}/")
        return page

    return go


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phone", [False, True])
def test_says_the_proof_and_is_accessible(
    at_desk: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    language: str,
    phone: bool,
) -> None:
    page = at_desk(language, phone=phone)
    grids = page.locator("table.grids tbody tr").count()
    expect(page.locator(".proofchip")).to_contain_text(str(grids))
    expect(page.locator("#proof td").first).to_have_text("0")
    assert page.evaluate("document.documentElement.scrollWidth") <= (390 if phone else 1280)
    assert axe(page) == []
    page.goto(f"/plan/{LANGUAGES[language]}/plans/")
    assert axe(page) == []


def test_a_row_shows_its_grid_and_heat_its_balance(at_desk: Callable[..., Page]) -> None:
    page = at_desk("zh-CN")
    with page.expect_response(lambda answer: "grids.geojson" in answer.url):
        page.reload()
    row = page.locator("table.grids tbody tr").nth(3)
    row.locator(".gridlink").click()
    expect(row).to_have_attribute("aria-current", "true")
    heat = page.locator("#heat")
    heat.focus()
    page.keyboard.press("Space")
    expect(heat).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#heat-legend")).to_be_visible()
    assert "heat=1" in page.url


def test_without_scripts_headings_sort_and_rows_lead_to_grids(
    at_desk: Callable[..., Page],
) -> None:
    page = at_desk("zh-CN", java_script_enabled=False)
    page.locator("table.grids thead a", has_text="户数").click()
    figures = [
        int(text) for text in page.locator("tbody tr[data-grid] td:nth-child(2)").all_inner_texts()
    ]
    assert figures == sorted(figures, reverse=True)
    page.locator(".gridlink").first.click()
    assert "/grid/" in page.url


def test_the_file_that_is_taken_has_every_grid(at_desk: Callable[..., Page]) -> None:
    page = at_desk("en-US")
    grids = page.locator("table.grids tbody tr").count()
    with page.expect_download() as taken:
        page.locator("#export a", has_text="GeoJSON").first.click()
    file = json.loads(taken.value.path().read_text())
    assert len(file["features"]) == grids
