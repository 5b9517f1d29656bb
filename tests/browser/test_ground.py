"""The ground desk in a browser: a kind is added, a place is pinned, every page is accessible."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geogrid.territory.models import Term
from layers.places.models import OtherPlace
from tests.factories import ShopFactory, UserFactory, authorise, town

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]


@pytest.fixture
def term(transactional_db: None, settings: Any, tmp_path: Path) -> Term:
    settings.MEDIA_ROOT = tmp_path / "media"
    term = town("jinghu")
    authorise(UserFactory(username="planner"), term.scheme, "planner")
    spot = term.plan.grids.leaves().order_by("code").first().label_point
    ShopFactory(anchor=spot, name="便民超市" * 8, pk=77)
    return term


def fits(page: Page) -> bool:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return bool(wide <= page.viewport_size["width"])  # type: ignore[index]


def test_a_kind_and_its_first_place(
    term: Term, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> None:
    page = sign_in(visitor(language="en-US"), "planner")
    page.goto("/ground/jinghu/kinds/add/")
    page.get_by_label("Name in Chinese").fill("充电桩")
    page.get_by_label("Name in English").fill("Charging stations")
    page.get_by_label("Short name").fill("charging")
    page.get_by_label("Fact 1 in English").fill("Slots")
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("link", name="Register a place").click()
    page.get_by_label("Name", exact=False).first.fill("North")
    page.locator("#map").click()
    expect(page.get_by_label("Longitude")).to_have_value(re.compile(r"^\d+\.\d{7}$"))
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("North")
    place = OtherPlace.objects.get()
    assert page.get_by_label("Longitude").input_value() == f"{place.anchor.x:.7f}"


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
@pytest.mark.parametrize("phone", [False, True])
def test_each_page_is_accessible_and_fits(
    term: Term,
    visitor: Callable[..., Page],
    sign_in: Callable[[Page, str], Page],
    axe: Axe,
    language: str,
    phone: bool,
) -> None:
    page = sign_in(visitor(language=language, phone=phone), "planner")
    for path in ("", "places/shops/", "places/shops/77/", "places/hazards/add/", "kinds/add/"):
        page.goto(f"/ground/jinghu/{path}")
        assert axe(page) == [], path
        assert fits(page), path
