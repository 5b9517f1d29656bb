"""Proposals, balance figures and cells in the editor's panel, by mouse and by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from geogrid.territory.actions import plan_residual
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Cell, Plan, PlanLoad
from tests.browser.drawing import DeskPage, draft_on_screen
from tests.domain import homes
from tests.domain.editing import house, lineage
from tests.factories import UserFactory, authorise, now

pytestmark = pytest.mark.browser
Opens = Callable[..., DeskPage]


@pytest.fixture
def plan(transactional_db: None) -> Plan:
    """The four grids, with small houses in a: 330 homes there, 90 in b."""
    made = draft_on_screen()
    for along, up in ((0.5, 2.5), (1.5, 2.5), (0.5, 3.5), (1.5, 3.5)):
        house(along, up, 30)
    homes.house(1, place=(113.0001, 30.0006), households=12)
    rebuild_loads(plan=made, at=now())
    return made


@pytest.fixture
def desk(plan: Plan, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]) -> Opens:
    authorise(UserFactory(username="planner"), plan.scheme, "planner")

    def go(user: str = "planner", **options: object) -> DeskPage:
        return DeskPage(sign_in(visitor(**options), user), plan).open()

    return go


def asked(at: DeskPage, least: int = 150, most: int = 290) -> None:
    page = at.page
    page.locator("#tab-proposals").click()
    page.locator("#field-where").select_option(label="N社区")
    page.locator("#field-least").fill(str(least))
    page.locator("#field-most").fill(str(most))
    page.locator("[data-action=propose]").press("Enter")
    expect(page.locator(".way").first).to_be_visible()


def dwellings(plan: Plan) -> list[int]:
    rows = PlanLoad.objects.filter(grid__plan=plan).order_by("grid__code")
    return [one.dwellings for one in rows]


def test_proposals_are_looked_at_and_one_step_is_done(
    desk: Opens, plan: Plan, axe: Callable[[Page], list[str]]
) -> None:
    at = desk()
    asked(at)
    page = at.page
    way = page.locator(".way").first
    expect(way).to_contain_text("2 个中有 0 个 → 2 个中有 2 个")
    assert axe(page) == []
    way.locator("[data-action=steps]").press("Enter")
    expect(way.locator("[data-action=steps]")).to_be_focused()
    expect(way.locator(".steps > li").first).to_contain_text("→")
    assert axe(page) == []
    assert at.revision == 0
    way.locator("[data-step]").first.press("Enter")
    at.landed(1)
    assert plan_residual(plan) == 0
    before = dwellings(plan)
    assert before[1] > 90
    at.keys("Control+z")
    at.landed(2)
    assert plan_residual(plan) == 0
    assert dwellings(plan)[1] == 90


def test_all_of_a_way_is_one_command_and_can_be_undone(desk: Opens, plan: Plan) -> None:
    at = desk()
    asked(at)
    at.page.locator(".way [data-action=accept]").last.click()
    at.landed(1)
    assert plan_residual(plan) == 0
    assert all(150 <= one <= 290 for one in dwellings(plan)[:2])
    expect(at.page.locator(".way")).to_have_count(0)
    expect(at.page.locator("[data-action=propose]")).to_be_focused()
    at.keys("Control+z")
    at.landed(2)
    assert dwellings(plan)[1] == 90


def test_a_proposal_made_before_a_change_says_so(desk: Opens, plan: Plan) -> None:
    at = desk()
    asked(at)
    at.page.locator("#tab-grids").click()
    at.page.locator(".gridlink", has_text="N社区第1网格").click()
    at.page.locator("[data-act=describe]").click()
    at.page.locator("#field-name").fill("北苑")
    at.page.keyboard.press("Enter")
    at.landed(1)
    at.page.locator("#tab-proposals").click()
    expect(at.page.locator("[data-action=again]")).to_have_count(0)  # a name moves no border
    at.page.locator(".way [data-action=accept]").first.click()
    at.landed(2)
    at.page.locator("[data-action=propose]").click()


def test_columns_are_chosen_sorted_coloured_and_remembered(
    desk: Opens, axe: Callable[[Page], list[str]]
) -> None:
    at = desk()
    page = at.page
    page.locator(".columnchoice summary").press("Enter")
    page.locator(".columnchoice input[value=delta]").press("Space")
    page.locator(".columnchoice input[value=compactness]").press("Space")
    page.locator(".columnchoice input[value=hazards]").press("Space")  # a fourth is barred
    shown = "[...document.querySelectorAll('.gridtable .sort')].map((one) => one.dataset.column)"
    assert page.evaluate(shown) == ["code", "dwellings", "cases", "compactness"]
    page.locator(".gridtable [data-column=dwellings]").click()
    expect(page.locator(".gridlink").first).to_have_text("S社区第4网格")
    page.locator("#figure").select_option("compactness")
    page.locator("#heat").press("Enter")
    expect(page.locator("#heat-legend .classes li").first).to_be_visible()
    assert axe(page) == []
    wide = page.evaluate(
        "(box => box.scrollWidth - box.clientWidth)(document.querySelector('.gridtable-box'))"
    )
    assert wide <= 0
    page.reload()
    at.ready()
    expect(page.locator(".gridtable [data-column=compactness]")).to_be_visible()


def test_cells_are_made_moved_named_found_and_deleted_by_keyboard(
    desk: Opens, plan: Plan, axe: Callable[[Page], list[str]]
) -> None:
    at = desk()
    page = at.page
    page.locator("#tab-cells").press("Enter")
    page.locator("#panel-cells .select").select_option(str(lineage(plan, 1)))
    expect(page.locator(".cell.free")).to_contain_text("2 个单元门未编入单元格")
    page.locator("#cell-most").fill("12")
    page.keyboard.press("Enter")
    expect(page.locator("[data-cell]")).to_have_count(2)
    page.locator("[data-cell] input").first.press("Space")
    page.locator("#cell-target").select_option(index=1)
    assert axe(page) == []
    page.locator("[data-action=move]").press("Enter")
    expect(page.locator("[data-cell]")).to_have_count(1)
    page.locator("[data-cell] button").first.press("Enter")
    page.locator("#field-cell-name").fill("东门")
    page.keyboard.press("Enter")
    expect(page.locator("[data-cell] h3")).to_contain_text("东门")
    page.locator("#cell-address").fill("春晖小区1栋2单元")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-cells > .errortext")).to_contain_text("东门")
    page.locator("[data-action=delete-all]").press("Enter")
    page.locator("#dialog [data-action=submit]").press("Enter")
    expect(page.locator("[data-cell]")).to_have_count(0)
    assert not Cell.objects.exists()
