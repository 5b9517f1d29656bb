"""From draft to force in a browser: accessible pages, the comparison's map, without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from django.utils import timezone
from playwright.sync_api import Page, expect

from geogrid.accounts.models import User
from geogrid.publishing import actions as publishing
from geogrid.territory import actions
from geogrid.territory.commands import Describe, Split
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Grid, Plan, Scheme
from tests.factories import authorise

pytestmark = pytest.mark.browser
LANGUAGES = {"zh-CN": "jinghu", "en-US": "neubrandenburg"}
LONG = "Zum Vorderen Lindenweg mit Gewerbehof und Alter Schäferei im Nordwesten der Vorstadt"
Axe = Callable[[Page], list[str]]


def cut(plan: Plan, grid: Grid) -> None:
    """Split a grid through its middle, along the shorter way."""
    shape = to_shapely(grid.boundary)
    west, south, east, north = shape.bounds
    middle = shape.representative_point()
    upright = east - west > (north - south)
    line = (
        shapely.LineString([(middle.x, south - 0.001), (middle.x, north + 0.001)])
        if upright
        else shapely.LineString([(west - 0.001, middle.y), (east + 0.001, middle.y)])
    )
    plan.refresh_from_db()
    command = Split(lineage=grid.lineage, line=line, base_revision=plan.revision)
    actions.edit(plan=plan, command=command, by=None, at=timezone.now())
    plan.refresh_from_db()


def drawn(area: str, name: str = "") -> Plan:
    """A draft of the plan in force in which two lived-in grids are cut and one has a long name."""
    scheme = Scheme.objects.get(area__slug=area, general=True)
    planner = User.objects.get(username=f"planner.{area}")
    plan = actions.start_draft(scheme=scheme, by=planner, at=timezone.now(), name=name)
    lived_in = plan.grids.leaves().filter(load__dwellings__gt=150).order_by("code")
    done = 0
    for grid in lived_in:
        if done == 2:
            break
        try:
            cut(plan, grid)
        except Exception:  # noqa: S112  (a bent grid the line cuts in three)
            continue
        done += 1
    assert done == 2
    one = plan.grids.leaves().order_by("code").first()
    named = Describe(lineage=one.lineage, name=LONG, base_revision=plan.revision)
    actions.edit(plan=plan, command=named, by=planner, at=timezone.now())
    plan.refresh_from_db()
    return plan


@pytest.fixture
def office(demo_towns: None) -> Callable[[str], str]:
    """`office("jinghu")`: the name of somebody who approves there and does not draw."""

    def hired(area: str) -> str:
        user, made = User.objects.get_or_create(username=f"approver.{area}")
        if made:
            authorise(user, Scheme.objects.get(area__slug=area, general=True), "approver")
        return str(user.username)

    return hired


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phone", [False, True])
def test_every_page_is_accessible_and_fits(
    demo_towns: None, office: Callable[[str], str], visitor: Callable[..., Page],
    sign_in: Callable[[Page, str], Page], axe: Axe, language: str, phone: bool,
) -> None:  # fmt: skip
    area = LANGUAGES[language]
    plan = drawn(area)
    planner = sign_in(visitor(language=language, phone=phone), f"planner.{area}")
    approver = sign_in(visitor(language=language, phone=phone), office(area))

    def look(page: Page, name: str) -> None:
        page.goto(f"/plan/{area}/drafts/{plan.number}/{name}/")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= (390 if phone else 1280), (name, width)
        assert axe(page) == [], name

    look(planner, "check")
    look(planner, "compare")
    look(planner, "propose")
    planner.locator("main form .btn.primary").click()
    look(planner, "check")
    look(approver, "check")
    look(approver, "approve")
    look(approver, "send-back")
    approver.locator("main form .btn.primary").click()
    expect(approver.locator("#error-summary")).to_be_visible()
    assert axe(approver) == []
    actions.approve(plan=plan, by=None, at=timezone.now())
    look(approver, "publish")
    approver.locator("main form .btn.primary").click()
    expect(approver.locator(".refusedlist")).to_be_visible()
    assert axe(approver) == []
    look(approver, "schedule")
    publishing.declare_missing_vacant(plan=plan, reason="x", by=None, at=timezone.now())
    look(approver, "publish")
    approver.locator("main form .btn.primary").click()
    expect(approver.locator(".digest")).to_be_visible()
    assert axe(approver) == []
    look(approver, "check")
    approver.goto(f"/plan/{area}/plans/")
    assert axe(approver) == []


def test_the_line_between_before_and_after_moves_by_keyboard(
    demo_towns: None, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> None:
    plan = drawn("jinghu")
    page = sign_in(visitor(), "planner.jinghu")
    page.goto(f"/plan/jinghu/drafts/{plan.number}/compare/")
    page.wait_for_selector("#compare[data-ready]")
    clip = "document.querySelector('#map .leaflet-map-pane').style.clipPath"
    first = page.evaluate(clip)
    page.locator("#share").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(clip) != first
    page.keyboard.press("End")
    assert page.locator("#share").input_value() == "100"
    page.locator("button.handno").first.click()
    expect(page.locator("tr[data-pair][aria-current=true]")).to_have_count(1)
    numbers = page.locator("#map .leaflet-marker-icon.handno").all_inner_texts()
    assert sorted(numbers) == sorted(page.locator("tr[data-land] button.handno").all_inner_texts())


def test_the_whole_way_without_scripts(
    demo_towns: None, office: Callable[[str], str], visitor: Callable[..., Page],
    sign_in: Callable[[Page, str], Page],
) -> None:  # fmt: skip
    plan = drawn("jinghu")
    options: dict[str, Any] = {"java_script_enabled": False}
    planner = sign_in(visitor(**options), "planner.jinghu")
    approver = sign_in(visitor(**options), office("jinghu"))
    check = f"/plan/jinghu/drafts/{plan.number}/check/"
    planner.goto(check)
    planner.locator("#posts input[name=reason]").fill("正在招录")
    planner.locator("#posts form button").click()
    planner.locator(".nextcard .btn.primary").click()
    planner.locator("main form .btn.primary").click()
    approver.goto(check)
    approver.locator(".nextcard .btn.primary").click()
    approver.locator("main form .btn.primary").click()
    approver.locator(".nextcard .btn.primary").click()
    approver.locator("main form .btn.primary").click()
    expect(approver.locator(".digest")).to_be_visible()
    assert plan.terms.exists()
