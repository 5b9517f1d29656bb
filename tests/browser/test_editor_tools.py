"""The boundary editor's other tools, by mouse and by keyboard; forms, together, without network."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from geogrid.accounts.models import User
from geogrid.territory.models import Plan
from tests.browser.drawing import DeskPage, draft_on_screen
from tests.factories import UserFactory, authorise

pytestmark = pytest.mark.browser
Opens = Callable[..., DeskPage]


@pytest.fixture
def plan(transactional_db: None) -> Plan:
    return draft_on_screen()


@pytest.fixture
def planner(plan: Plan) -> User:
    user = UserFactory(username="planner")
    authorise(user, plan.scheme, "planner")
    return user


@pytest.fixture
def desk(
    plan: Plan, planner: User, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> Opens:
    def go(user: str = "planner", **options: object) -> DeskPage:
        return DeskPage(sign_in(visitor(**options), user), plan).open()

    return go


def test_split_hand_over_merge_and_cut_out_by_mouse(desk: Opens) -> None:
    at = desk()
    at.use("split")
    at.click(0, 3)
    at.click(1, 2.9)
    at.click(2, 3)
    at.act("finish")
    at.landed(1)
    assert at.plan.grids.leaves().count() == 5
    at.click(1, 3.5)
    at.use("select")
    at.click(3, 3)
    at.use("hand")
    at.drag((1.5, 2.2), (2.2, 2.2), (2.2, 2.7), (1.5, 2.7), (1.5, 2.3))
    at.act("finish")
    at.landed(2)
    at.use("select")
    at.click(1, 3.5)
    at.use("merge")
    at.click(0.5, 2.5)
    at.act("finish")
    at.landed(3)
    assert at.plan.grids.leaves().count() == 4
    at.use("cut_out")
    at.drag((0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5), (0.5, 0.7))
    at.act("finish")
    at.page.locator("#field-name").fill("医院")
    at.page.locator("[data-action=submit]").click()
    at.landed(4)
    assert "医院" in at.names()


def test_borders_are_moved_and_straightened(desk: Opens) -> None:
    at = desk()
    at.use("border")
    at.drag((2, 3.5), (2.2, 3.5), (2.5, 3.5))
    at.landed(1)
    at.use("straighten")
    at.click(2, 1.5)  # between c and d
    at.landed(2)
    at.use("snap")
    at.click(2.5, 3.5)
    at.refused("nothing_there")


def test_split_and_borders_by_keyboard(desk: Opens) -> None:
    at = desk()
    at.page.locator(".gridlink", has_text="N社区第1网格").press("Enter")
    at.near()
    at.page.locator("[data-tool=select]").focus()
    for _ in range(5):
        at.page.keyboard.press("ArrowDown")
    at.page.keyboard.press("Enter")
    expect(at.page.locator("[data-tool=split]")).to_have_attribute("aria-pressed", "true")
    at.mesh("void (desk.tool._vertex = desk.mesh.vertexAt(...argument))", at.point(0, 3))
    at.keys("n", "p", " ")
    at.mesh("void (desk.tool._vertex = desk.mesh.vertexAt(...argument))", at.point(2, 3))
    at.keys("n", "p", " ", "Enter")
    at.landed(1)
    assert at.plan.grids.leaves().count() == 5


def test_forms_do_the_same_without_the_map(desk: Opens, axe: Callable[[Page], list[str]]) -> None:
    at = desk()
    row = at.page.locator(".gridtable tbody tr", has_text="N社区第1网格")
    row.locator("[data-more]").click()
    at.page.locator("[data-action=describe]").click()
    assert axe(at.page) == []
    at.page.locator("#field-name").fill("北苑")
    at.page.keyboard.press("Enter")
    at.landed(1)
    assert "北苑" in at.names()
    at.page.locator(".gridlink", has_text="北苑").click()
    at.page.locator("#chosen [data-act=merge]").click()
    at.page.locator("#field-other").select_option(label="N 02")
    at.page.locator("[data-action=submit]").click()
    at.landed(2)
    assert at.plan.grids.leaves().count() == 3
    at.page.locator("#tab-history").click()
    at.page.locator("[data-action=return]").first.click()
    at.page.locator("[data-action=submit]").click()
    at.landed(3)
    assert at.plan.grids.leaves().count() == 4


def test_nothing_is_lost_without_network_or_over_a_reload(desk: Opens) -> None:
    at = desk()
    at.click(1, 3)
    at.page.context.set_offline(True)
    at.drag((2, 3), (2.3, 3.1))
    expect(at.page.locator("#saved")).to_have_attribute("data-state", "offline")
    at.drag((2.3, 3.1), (2.5, 3.2))
    assert at.revision == 0
    at.page.context.set_offline(False)
    at.page.reload()
    at.ready()
    at.landed(2)


def test_a_split_without_network_stays_on_the_map_until_it_is_sent(desk: Opens) -> None:
    at = desk()
    at.click(1, 3)
    at.page.context.set_offline(True)
    at.use("split")
    at.click(0, 3)
    at.click(2, 3)
    at.act("finish")
    at.page.wait_for_function(
        "() => document.getElementById('desk').desk.ghosts.some(({ waits }) => waits)"
    )
    at.page.context.set_offline(False)
    at.landed(1)
    assert at.mesh("desk.ghosts.length") == 0


def test_two_planners_lose_nothing(desk: Opens, plan: Plan) -> None:
    authorise(UserFactory(username="second"), plan.scheme, "planner")
    one, two = desk(), desk("second")
    one.click(1, 3)
    two.click(1, 3)
    two.mesh("void (desk.draft.refresh = desk.draft.outbox.refresh = () => {})")
    one.drag((2, 3), (2.3, 3.1))
    one.landed(1)
    two.drag((2, 3), (1.6, 3.1))
    two.refused("conflict")
    assert two.mesh("desk.ghosts.length") == 1
    two.page.locator("#refusal .btn", has_text="放弃我的").click()
    expect(two.page.locator("#revision")).to_have_text("1")
    two.settled()
