"""The patrol's phone in a browser: with a position, without one, without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import Page, expect

from geogrid.duty.models import Worker
from geogrid.patrols.beats import Beat, beat_of
from geogrid.patrols.models import Visit
from geogrid.patrols.stops import hazard_stops, in_order

pytestmark = pytest.mark.browser
LANGUAGES = {"zh-CN": "jinghu", "en-US": "neubrandenburg"}


def beat(area: str) -> Beat:
    worker = Worker.objects.get(user__username=f"patrol.{area}")
    found = beat_of(worker, timezone.now())
    assert found is not None
    return found


def somewhere(area: str) -> Point:
    return beat(area).boundary.point_on_surface


def names(page: Page) -> list[str]:
    return page.locator("#stops strong").all_inner_texts()


@pytest.fixture
def at_work(
    demo_towns: None, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> Callable[..., Page]:
    def go(language: str, **options: Any) -> Page:
        page = visitor(
            language=language, phone=True, viewport={"width": 360, "height": 780}, **options
        )
        sign_in(page, f"patrol.{LANGUAGES[language]}").goto("/patrol/")
        return page

    return go


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_a_position_nearest_first(
    at_work: Callable[..., Page], axe: Callable[[Page], list[str]], language: str
) -> None:
    where = somewhere(LANGUAGES[language])
    position = {"longitude": where.x, "latitude": where.y, "accuracy": 20}
    page = at_work(language, geolocation=position, permissions=["geolocation"])
    expect(page.locator("#stops .way").first).to_be_visible()
    expect(page.locator(".map-badge").first).to_be_visible()
    listed = names(page)
    expected = in_order(hazard_stops(beat(LANGUAGES[language]), where), located=True)
    nearest = [str(stop.hazard) for stop in expected if str(stop.hazard) in listed]
    assert [name for name in listed if name in set(nearest)] == nearest
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe(page) == []


def test_refused_the_same_stops_by_due_date(
    at_work: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = at_work("zh-CN", permissions=[])
    page.wait_for_selector("#locate:not([hidden])")
    before = names(page)
    assert before
    page.locator("#locate").click()
    expect(page.locator("#position-state")).to_contain_text("按到期先后排列")
    assert names(page) == before
    expect(page.locator("#round-order")).to_contain_text("未定位")
    assert axe(page) == []


def test_without_scripts_the_list_and_the_form_work(at_work: Callable[..., Page]) -> None:
    page = at_work("zh-CN", java_script_enabled=False)
    first = page.locator("#stops a[data-stop^=hazard]").first
    name = first.locator("strong").inner_text()
    first.click()
    page.locator(".cta a").click()
    page.locator("input[value=ok]").check()
    page.locator("#visit button.primary").click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator(".messages")).to_contain_text("走访已保存")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visit_from_the_list_to_the_list(
    at_work: Callable[..., Page], axe: Callable[[Page], list[str]], language: str
) -> None:
    where = somewhere(LANGUAGES[language])
    position = {"longitude": where.x, "latitude": where.y, "accuracy": 20}
    page = at_work(language, geolocation=position, permissions=["geolocation"])
    expect(page.locator("#stops .way").first).to_be_visible()
    row = page.locator("#stops a[data-stop^=hazard]").first
    key = row.get_attribute("data-stop")
    count = page.locator("#stops li").count()
    row.click()
    assert axe(page) == []
    page.locator(".cta a").click()
    expect(page.locator("#id_lon")).not_to_have_value("")
    page.locator("#visit button.primary").click()
    expect(page.locator("#error-summary")).to_be_visible()
    assert axe(page) == []
    page.locator("input[value=problem]").check()
    page.locator("#id_note").fill("灭火器过期")
    page.locator("#visit button.primary").click()
    expect(page.locator(".messages")).to_be_visible()
    visit = Visit.objects.latest("pk")
    assert visit.outcome == "problem"
    assert visit.distance_m is not None
    page.goto("/patrol/")
    expect(page.locator("#stops .way").first).to_be_visible()
    assert page.locator("#stops li").count() == count - 1
    assert page.locator(f'[data-stop="{key}"]').count() == 0
    page.goto("/patrol/me/")
    assert axe(page) == []


def test_map_and_list_are_the_same_stops(at_work: Callable[..., Page]) -> None:
    page = at_work("zh-CN")
    page.goto("/patrol/map/")
    page.wait_for_selector(".map-badge")
    on_map = {badge.get_attribute("aria-label") for badge in page.locator(".map-badge").all()}
    assert on_map <= set(names(page))
    page.locator(".round-filter summary").click()
    page.locator("#id_due").select_option("overdue")
    page.locator("#filter button").click()
    expect(page.locator("#stops .late").first).to_be_visible()
    assert page.locator("#stops li").count() == page.locator("#stops .late").count()
