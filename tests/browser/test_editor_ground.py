"""The tools that need the ground, and those for what is fixed: by mouse, by keyboard, by form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.models import Plan, PlanEvent
from layers.basemap.models import Street
from layers.places.models import Building
from tests.browser.drawing import DeskPage, draft_on_screen
from tests.domain.editing import box, house, line, shape, spot
from tests.factories import SourceFactory, UserFactory, authorise

pytestmark = pytest.mark.browser
Opens = Callable[..., DeskPage]


def built(west: float, south: float, east: float, north: float, dwellings: int = 12) -> Building:
    made = house((west + east) / 2, (south + north) / 2, dwellings)
    made.footprint = from_shapely(box(west, south, east, north), multi=True)
    made.save()
    return made


@pytest.fixture
def plan(transactional_db: None) -> Plan:
    """Two streets that make blocks, one beside the border of a and b, and houses in a."""
    source = SourceFactory()
    for name, places in (
        ("中街", ((1, -1), (1, 5))), ("横街", ((-1, 3), (5, 3))), ("边街", ((2.2, -1), (2.2, 5))),
    ):  # fmt: skip
        Street.objects.create(
            source=source, name=name, rank=3, kind="residential", path=line(*places).wkt
        )
    built(1.5, 3.4, 1.8, 3.7)
    built(1.5, 2.3, 1.8, 2.6)
    built(0.3, 3.4, 0.6, 3.7)
    return draft_on_screen()


@pytest.fixture
def desk(plan: Plan, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]) -> Opens:
    authorise(UserFactory(username="planner"), plan.scheme, "planner")
    both = UserFactory(username="both")
    for role in ("planner", "approver"):
        authorise(both, plan.scheme, role)

    def go(user: str = "planner", **options: object) -> DeskPage:
        return DeskPage(sign_in(visitor(**options), user), plan).open()

    return go


def loaded(at: DeskPage, picker: str) -> None:
    at.page.wait_for_function(
        "(name) => {"
        " const tool = document.getElementById('desk').desk.tool;"
        " const picker = tool.pickers?.[name] ?? tool[name];"
        " return picker.features.length > 0; }",
        arg=picker,
    )


def cursor(at: DeskPage, along: float, up: float) -> None:
    """Where the arrow keys would have led the drawing cursor."""
    x, y = at.at(along, up)
    frame = at.page.locator("#map").bounding_box()
    assert frame is not None
    at.mesh("void (desk.cursor = {shown: true, at: argument})", [x - frame["x"], y - frame["y"]])


def test_split_along_a_street_by_mouse_and_by_keyboard(desk: Opens, plan: Plan) -> None:
    at = desk()
    at.click(0.5, 3.5)
    at.use("split")
    at.mode("street")
    loaded(at, "streets")
    at.click(1, 3.5)
    at.act("finish")
    at.landed(1)
    assert plan.grids.leaves().count() == 5
    wide = shape(plan, 1).bounds
    assert spot(1, 0)[0] in (pytest.approx(wide[0], abs=2e-7), pytest.approx(wide[2], abs=2e-7))
    at.page.locator(".gridlink", has_text="S社区第3网格").press("Enter")
    at.near()
    loaded(at, "streets")
    cursor(at, 1, 1.5)
    at.keys(" ", "Enter")
    at.landed(2)
    assert plan.grids.leaves().count() == 6


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_buildings_go_with_their_own_land(desk: Opens, plan: Plan, how: str) -> None:
    at = desk()
    at.page.locator(".gridlink", has_text="N社区第2网格").press("Enter")
    at.near()
    at.use("hand")
    if how == "mouse":
        at.mode("buildings")
        loaded(at, "buildings")
        at.click(1.65, 3.55)
    else:
        at.page.locator("#strip [data-mode=buildings]").press("Enter")
        loaded(at, "buildings")
        cursor(at, 1.65, 3.55)
        at.keys(" ")
    expect(at.page.locator("#strip [data-action=finish]")).not_to_have_attribute(
        "aria-disabled", "true"
    )
    if how == "mouse":
        at.act("finish")
    else:
        at.keys("Enter")
    at.landed(1)
    b = shape(plan, 2)
    inside = [
        one
        for one in Building.objects.exclude(footprint=None)
        if b.covers(to_shapely(one.footprint))
    ]
    assert len(inside) == 1


def test_buildings_of_another_community_are_refused_before_they_are_sent(desk: Opens) -> None:
    at = desk()
    at.click(1, 1)
    at.use("hand")
    at.mode("buildings")
    loaded(at, "buildings")
    at.click(1.65, 2.45)
    hand = at.page.locator("#strip [data-action=finish]")
    expect(at.page.locator("#strip p")).to_contain_text("N社区")
    expect(at.page.locator("#strip p")).to_contain_text("S社区")
    expect(hand).to_have_attribute("aria-disabled", "true")
    hand.click(force=True)  # it says why
    at.keys("Enter")
    assert at.mesh("desk.draft.outbox.waiting.length") == 0
    expect(at.page.locator("#said")).to_contain_text("S社区")
    at.page.route("**/land.json*", lambda route: route.fulfill(status=502, body="<html>"))
    at.click(1.65, 3.55)
    expect(at.page.locator("#strip p")).not_to_contain_text("S社区")
    expect(at.page.locator("#strip p")).not_to_contain_text("<")


def test_neighbours_of_another_community_cannot_be_joined(desk: Opens) -> None:
    at = desk()
    at.click(1, 3)
    at.use("merge")
    join = at.page.locator("#strip select").nth(1)
    assert join.locator("> option").all_inner_texts()[1:] == ["N 02"]
    expect(join.locator("optgroup")).to_have_js_property("disabled", True)
    at.click(1, 1)
    expect(at.page.locator("#said")).to_contain_text("S社区")
    assert at.mesh("desk.tool.others.size") == 0


def test_blocks_by_mouse_and_from_the_table(desk: Opens, plan: Plan) -> None:
    at = desk()
    at.click(3, 3.5)
    at.use("hand")
    at.mode("blocks")
    loaded(at, "blocks")
    at.click(1.5, 3.5)
    at.act("finish")
    at.landed(1)
    row = at.page.locator(".gridtable tbody tr", has_text="N社区第1网格")
    row.locator("[data-more]").click()
    at.page.locator("[data-action=hand]").click()
    block = at.page.locator("#field-block")
    expect(block.locator("option")).not_to_have_count(1)
    block.select_option(index=1)
    at.page.locator("#field-target").select_option(label="N 02")
    at.page.locator("[data-action=submit]").click()
    expect(at.page.locator("#revision, #refusal:visible").first).to_be_visible()
    at.page.wait_for_function(
        "() => !document.getElementById('desk').desk.draft.outbox.waiting.length"
    )
    at.settled()


def test_a_border_is_laid_on_the_street_beside_it(desk: Opens, plan: Plan) -> None:
    at = desk()
    at.use("snap")
    at.click(2, 3.5)
    at.landed(1)
    assert shape(plan, 2).bounds[0] == pytest.approx(spot(2.2, 0)[0], abs=2e-7)
    at.keys("Control+z")
    at.landed(2)
    at.page.locator(".gridlink", has_text="N社区第1网格").press("Enter")
    at.near()
    at.use("snap")
    at.keys("n")
    for _ in range(4):
        at.keys("n")
        pair = at.mesh("[desk.tool.border.one, desk.tool.border.other].map(desk.short)")
        if set(pair) == {"N 01", "N 02"}:
            break
    at.keys("Enter")
    at.landed(3)


def test_a_fixed_outline_is_unlocked_once_with_a_reason(desk: Opens, plan: Plan) -> None:
    at = desk("both")
    at.click(1, 3)
    at.use("vertex")
    at.mode("insert")
    at.click(1.5, 2)
    at.landed(1)
    at.mode("move")
    at.drag((1.5, 2), (1.5, 2.2), (1.5, 2.3))
    at.refused("fixed_outline")
    at.page.locator("#refusal .btn").first.click()
    at.page.locator("#field-reason").fill("区划调整 2026-7")
    at.page.keyboard.press("Enter")
    at.landed(2)
    assert PlanEvent.objects.get(plan=plan, kind="unlocked").note == "区划调整 2026-7"


def test_another_parent_and_new_numbers_by_form(desk: Opens, plan: Plan) -> None:
    at = desk("both")
    more(at, "N社区第1网格", "parent")
    at.page.locator("#field-parent").select_option(label="S社区")
    at.page.locator("[data-action=submit]").click()
    at.refused("fixed_outline")
    at.page.locator("#refusal .btn").first.click()
    at.page.locator("#field-reason").fill("划归S社区")
    at.page.keyboard.press("Enter")
    at.landed(1)
    assert plan.grids.get(name="N社区第1网格").parent.name == "S社区"
    before = set(plan.grids.leaves().values_list("code", flat=True))
    more(at, "N社区第1网格", "renumber")
    at.page.locator("[data-action=submit]").click()
    at.landed(2)
    assert set(plan.grids.leaves().values_list("code", flat=True)) != before


def more(at: DeskPage, name: str, what: str) -> None:
    at.page.locator(".gridtable tbody tr", has_text=name).locator("[data-more]").click()
    at.page.locator(f"#dialog [data-action={what}]").click()


def test_what_was_put_aside_is_drawn_again_upon_theirs(desk: Opens, plan: Plan) -> None:
    one, two = desk(), desk("both")
    for at in (one, two):
        at.click(1, 3)
    two.mesh("void (desk.draft.refresh = desk.draft.outbox.refresh = () => {})")
    one.drag((2, 3), (2.3, 3.1))
    one.landed(1)
    two.use("split")
    two.click(0.5, 2)
    two.click(0.6, 4)
    two.act("finish")
    two.refused("conflict")
    two.page.keyboard.press("Escape")
    two.page.locator("#parked").click()
    two.refused("conflict")
    assert two.mesh("desk.ghosts.length") == 1
    two.page.locator("#refusal .btn").first.click()
    two.landed(2)
    assert two.mesh("desk.ghosts.length") == 0
    assert plan.grids.leaves().count() == 5


def test_moments_are_named_and_come_back(
    desk: Opens, plan: Plan, axe: Callable[[Page], list[str]]
) -> None:
    at = desk()
    at.click(1, 3)
    at.drag((2, 3), (2.3, 3.1))
    at.landed(1)
    at.page.locator("#tab-history").click()
    at.page.locator("[data-action=name-now]").click()
    at.page.locator("#field-moment").fill("居委会看过")
    at.page.keyboard.press("Enter")
    expect(at.page.locator(".momentlist li")).to_have_count(1)
    expect(at.page.locator(".historylist .chip")).to_have_text("居委会看过")
    at.near()
    at.drag((2.3, 3.1), (1.8, 3))
    at.landed(2)
    assert axe(at.page) == []
    at.page.locator(".momentlist [data-action=return]").click()
    at.page.locator("[data-action=submit]").click()
    at.landed(3)
    assert spot(2.3, 0)[0] == pytest.approx(shape(plan, 1).bounds[2], abs=1e-6)
    at.page.locator(".momentlist [data-action=name-moment]").click()
    at.page.locator("#field-moment").fill("")
    at.page.keyboard.press("Enter")
    expect(at.page.locator(".momentlist")).to_have_count(0)
