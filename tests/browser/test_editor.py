"""The boundary editor: choosing, vertices, refusals, undo.

After every step the server's plan is exact and equals the browser's mesh vertex for vertex.
"""

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


def test_a_grid_is_chosen_on_the_map_and_in_the_table(desk: Opens) -> None:
    at = desk()
    at.click(1, 3)
    expect(at.page.locator("#chosen h2")).to_have_text("N社区第1网格")
    expect(at.page.locator("tr[aria-current=true] .gridlink")).to_have_text("N社区第1网格")
    at.page.locator(".gridlink", has_text="S社区第4网格").click()
    expect(at.page.locator("#chosen h2")).to_have_text("S社区第4网格")
    at.keys("Escape")
    expect(at.page.locator("#chosen")).to_be_hidden()


def test_a_shared_vertex_is_dragged_and_both_neighbours_follow(desk: Opens) -> None:
    at = desk()
    at.click(1, 3)
    at.drag((2, 3), (2.3, 3.1), (2.5, 3.2))
    at.landed(1)
    assert len(at.mesh("desk.mesh.owners(desk.selection.vertex)")) == 2


def test_what_would_fold_turns_red_and_is_never_snapped_back(desk: Opens) -> None:
    at = desk()
    at.click(1, 3)
    at.drag((2, 3), (3, 3.2), (4.5, 3.2), drop=False)
    assert at.mesh("desk.tool.sketch.seen.problems.length") > 0
    at.page.mouse.up()
    expect(at.page.locator("#refusal")).to_be_visible()
    assert at.mesh("desk.refusal.where") is not None
    at.page.locator("#refusal .btn.soft").click()  # as far as it goes
    at.landed(1)


def test_vertices_are_inserted_and_deleted(desk: Opens) -> None:
    at = desk()
    at.use("vertex")
    at.mode("insert")
    at.click(2, 3.5)
    at.landed(1)
    assert at.mesh("desk.mesh.isVertex(desk.selection.vertex)")
    at.mode("delete")
    at.click(2, 3)
    at.landed(2)
    at.click(2, 2)  # where four grids meet
    at.refused("junction")


def test_everything_about_vertices_by_keyboard_and_back(desk: Opens) -> None:
    at = desk()
    at.page.locator(".gridlink", has_text="N社区第1网格").press("Enter")
    at.near()
    for _ in range(12):
        at.keys("n")
        if at.mesh("desk.selection.vertex === desk.mesh.vertexAt(...argument)", at.point(2, 3)):
            break
    at.keys("Shift+ArrowRight", "ArrowRight", "ArrowUp", "Enter")
    at.landed(1)
    at.keys("i")
    at.landed(2)
    at.keys("Delete")
    at.landed(3)
    for revision in (4, 5, 6):
        at.page.keyboard.press("Control+z")
        at.landed(revision)
    assert at.mesh("desk.mesh.vertexAt(...argument) >= 0", at.point(2, 3))
    at.page.keyboard.press("Control+Shift+z")
    at.landed(7)


def test_what_was_undone_can_be_done_again_after_a_reload(desk: Opens) -> None:
    at = desk()
    undo, redo = at.page.locator("#undo"), at.page.locator("#redo")
    expect(undo).to_have_attribute("aria-disabled", "true")
    at.click(1, 3)
    at.drag((2, 3), (2.3, 3.1), (2.5, 3.2))
    at.landed(1)
    undo.click()
    at.landed(2)
    expect(at.page.locator("#said")).to_have_text("已撤销。")
    expect(undo).to_have_attribute("aria-disabled", "true")  # there was but one step
    at.page.reload()
    at.ready()
    expect(undo).to_have_attribute("aria-disabled", "true")
    expect(redo).to_have_attribute("aria-disabled", "false")
    redo.click()
    at.landed(3)
    expect(redo).to_have_attribute("aria-disabled", "true")
    expect(undo).to_have_attribute("aria-disabled", "false")


def test_the_server_s_refusal_is_drawn_where_it_happens(desk: Opens) -> None:
    at = desk()
    at.click(1, 3)
    at.drag((1, 2), (1, 2.5))  # the outline between two communities
    at.refused("fixed_outline")
    at.keys("Escape")
    expect(at.page.locator("#refusal")).to_be_hidden()
    assert at.revision == 0


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_is_accessible(desk: Opens, axe: Callable[[Page], list[str]], language: str) -> None:
    at = desk(language=language)
    assert axe(at.page) == []
    at.click(1, 3)
    at.drag((1, 2), (1, 2.5))
    at.refused("fixed_outline")
    assert axe(at.page) == []


def test_whoever_may_only_look_sees_the_same_page(
    desk: Opens, plan: Plan, axe: Callable[[Page], list[str]]
) -> None:
    authorise(UserFactory(username="chief"), plan.scheme, "supervisor")
    at = desk("chief")
    expect(at.page.locator("#tools")).to_have_count(0)
    at.click(1, 3)
    expect(at.page.locator("#chosen h2")).to_have_text("N社区第1网格")
    at.drag((2, 3), (2.5, 3.2))
    assert at.revision == 0
    assert axe(at.page) == []
