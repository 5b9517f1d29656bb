"""A locked grid stays, by mouse and by keyboard; so does what lies in somebody else's part."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from geogrid.territory.locks import locked_lineages
from geogrid.territory.models import Authority, Plan
from tests.browser.drawing import DeskPage, draft_on_screen
from tests.domain.editing import lineage
from tests.factories import UserFactory, authorise

pytestmark = pytest.mark.browser
Opens = Callable[..., DeskPage]


@pytest.fixture
def plan(transactional_db: None) -> Plan:
    return draft_on_screen()


@pytest.fixture
def desk(plan: Plan, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]) -> Opens:
    authorise(UserFactory(username="planner"), plan.scheme, "planner")

    def go(user: str = "planner", **options: object) -> DeskPage:
        return DeskPage(sign_in(visitor(**options), user), plan).open()

    return go


def test_lock_by_keyboard_refuse_by_mouse_unlock_and_do_it(
    desk: Opens, plan: Plan, axe: Callable[[Page], list[str]]
) -> None:
    at = desk()
    at.page.locator(".gridlink", has_text="N社区第2网格").press("Enter")
    at.page.locator("[data-act=lock]").press("Enter")
    at.page.locator("#field-lock_reason").fill("与居委会商定")
    at.page.keyboard.press("Enter")
    at.landed(1)
    assert locked_lineages(plan) == {lineage(plan, 2)}
    expect(at.page.locator(".gridtable .locked")).to_have_count(1)
    at.near()
    at.click(1, 3)
    at.drag((2, 3), (2.4, 3.1))
    at.refused("grid_locked")
    assert axe(at.page) == []
    assert at.revision == 1
    at.page.locator("#refusal .btn").first.click()
    at.landed(3)
    assert locked_lineages(plan) == set()
    at.keys("Control+z")
    at.landed(4)
    at.keys("Control+z")
    at.landed(5)
    assert locked_lineages(plan) == {lineage(plan, 2)}


def test_the_server_refuses_where_the_browser_cannot_know(desk: Opens, plan: Plan) -> None:
    at = desk()
    at.page.locator(".gridlink", has_text="N社区第2网格").press("Enter")
    at.page.locator("[data-act=lock]").click()
    at.page.locator("[data-action=submit]").click()
    at.landed(1)
    at.near()
    at.use("select")
    at.click(1, 3)
    at.use("hand")
    at.drag((1.5, 2.2), (2.2, 2.2), (2.2, 2.7), (1.5, 2.7), (1.5, 2.3))
    at.act("finish")
    at.refused("grid_locked")
    at.page.locator("[data-action=give-up]").click()
    at.settled()


def test_somebody_elses_part_is_pale_and_stays(desk: Opens, plan: Plan) -> None:
    south = plan.grids.get(level=1, code__endswith="002").lineage
    person = UserFactory(username="south")
    Authority.objects.create(user=person, role="planner", scheme=plan.scheme, lineage=south)
    at = desk("south")
    assert at.mesh("desk.mesh.foreign.size") == 3
    at.click(1, 3)
    expect(at.page.locator("#chosen .acts")).to_have_count(0)
    at.use("merge")
    at.click(1, 3)
    at.refused("needs_neighbour")
    at.page.keyboard.press("Escape")
    at.use("border")
    at.drag((0.5, 2), (0.5, 2.2), (0.5, 2.3))
    expect(at.page.locator("#refusal")).to_be_visible()
    at.page.keyboard.press("Escape")
    at.use("select")
    at.click(1, 1)
    at.drag((2, 1), (1.6, 1.0))
    at.landed(1)
