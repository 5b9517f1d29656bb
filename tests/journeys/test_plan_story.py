"""A plan's life on the screens of three people: from the office's list to residents, and back.

A planner pastes the list, corrects it, draws on, balances, defends; somebody else approves and
publishes; a resident looks up an address before, after and once the plan is rolled back. After
every step in the editor the server's plan is exact and equals the browser's mesh
(`DeskPage.landed`).
With GEOGRID_SHOTS=FOLDER each stage leaves a screenshot there.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
import shapely
import shapely.ops
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from geogrid.outbox.working import run_one
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Grid, Plan, Term
from geogrid.territory.own_land import land_of_buildings
from layers.datum.lattice import to_steps
from layers.places.models import Address, Building
from tests.browser.drawing import DeskPage

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
SHOTS = os.environ.get("GEOGRID_SHOTS", "")
LIST = (Path(__file__).parents[2] / "fixtures/jinghu/grids_list.csv").read_text("utf-8-sig")
NEW = "荷塘网格"


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A whole town on a busy machine: each expectation may take longer than usual."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


class TownDesk(DeskPage):
    """The editor of a draft of the demo town: places are longitude and latitude."""

    def open(self) -> "TownDesk":
        self.ready()
        return self

    @staticmethod
    def point(along: float, up: float) -> list[int]:
        x, y = to_steps([along, up])
        return [int(x), int(y)]

    def look(self, *shapes: shapely.Geometry) -> None:
        """Show these as large as they can be."""
        west, south, east, north = shapely.total_bounds(list(shapes))
        box = [*self.point(west, south), *self.point(east, north)]
        self.mesh("desk.fitSteps(argument, {maxZoom: 20, animate: false})", box)

    def choose(self, grid: Grid) -> None:
        self.page.locator("#tab-grids").click()
        self.page.locator(".gridlink", has_text=grid.name).click()


def seen(page: Page, axe: Axe, name: str) -> None:
    """A page of the story: without barriers, and on a picture for whoever asked."""
    assert axe(page) == [], name
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def shape(grid: Grid) -> shapely.Geometry:
    return to_shapely(grid.boundary)


@pytest.mark.usefixtures("demo_towns")
def test_from_the_list_to_the_residents_and_back(
    visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page], axe: Axe
) -> None:
    first = Term.objects.at(timezone.now()).get(scheme__area__slug="jinghu", scheme__general=True)
    planner = sign_in(visitor(), "planner.jinghu")
    planner.set_default_timeout(40_000)
    plan = started_from_the_list(planner, axe)
    desk = TownDesk(planner, plan).open()
    seen(planner, axe, "draft")

    new = split(desk)
    hand_over(desk, new)
    balance(desk, new, axe)
    new.refresh_from_db()
    address = door(new)
    before = Grid.objects.get(
        plan=first.plan, children__isnull=True, boundary__contains=address.anchor
    )

    resident = visitor(phone=True)
    looks_up(resident, axe, address, before)
    defended(planner, axe, plan, new)
    declared_and_proposed(planner, axe, plan, new)
    approver = sign_in(visitor(), "office.jinghu")
    approved_and_published(approver, axe, plan)
    looks_up(resident, axe, address, new)
    expect(resident.locator("[data-card]")).to_contain_text(NEW)
    seen(resident, axe, "resident")

    rolled_back(approver, axe, first.plan)
    looks_up(resident, axe, address, before)
    resident.goto(f"/map/jinghu/grid/{new.code}/")
    expect(resident.locator("main")).not_to_contain_text("正在招录")


def started_from_the_list(page: Page, axe: Axe) -> Plan:
    """Paste the list with a slip in it, choose the compound that was meant, accept."""
    page.goto("/plan/jinghu/drafts/from-list/")
    page.locator("textarea").fill(LIST.replace("锦绣家园", "锦锈家园", 1))
    page.locator("form button.primary").click()
    review = page.locator("#review")
    expect(review).to_have_attribute("data-drawn", "1", timeout=30_000)
    slip = page.locator("#todo ~ ol > li").filter(has=page.locator("h3", has_text="锦锈家园"))
    seen(page, axe, "list")
    slip.get_by_role("button", name="锦绣家园").click()
    expect(review).to_have_attribute("data-drawn", "2", timeout=30_000)
    expect(slip).to_have_count(0)
    page.locator("#id_name").fill("秋季调整")
    page.locator("#accept form button").click()
    page.wait_for_url(re.compile(r"/drafts/\d+/$"))
    return Plan.objects.get(name="秋季调整")


def split(desk: TownDesk) -> Grid:
    """Cut the grid with most homes across its middle, and name the new one."""
    known = {grid.lineage for grid in desk.plan.grids.leaves()}
    grid, cut = the_cut(desk.plan)
    desk.look(shape(grid))
    desk.choose(grid)
    desk.use("split")
    for at in cut.coords:
        desk.click(*at)
    desk.act("finish")
    desk.landed(1)
    [new] = [one for one in desk.plan.grids.leaves() if one.lineage not in known]
    desk.choose(new)
    desk.page.locator("#chosen [data-act=describe]").click()
    desk.page.locator("#field-name").fill(NEW)
    desk.page.keyboard.press("Enter")
    desk.landed(2)
    new.refresh_from_db()
    assert new.name == NEW
    return new


def the_cut(plan: Plan) -> tuple[Grid, shapely.LineString]:
    """A grid that a line from north to south through its middle parts in two alike."""
    for grid in plan.grids.leaves().order_by("-load__dwellings", "code"):
        west, south, east, north = shape(grid).bounds
        x = (west + east) / 2
        upright = shapely.LineString([(x, south - 1), (x, north + 1)])
        halves = shapely.ops.split(shape(grid), upright).geoms
        areas = sorted(half.area for half in halves)
        if len(halves) == 2 and areas[0] > 0.7 * areas[1]:
            return grid, shapely.intersection(shape(grid), upright)
    raise AssertionError("every grid of the town is bent")


def hand_over(desk: TownDesk, new: Grid) -> None:
    """A building of the other half goes to the new grid, with its own land."""
    source, building = the_neighbour(desk.plan, new)
    desk.choose(new)
    desk.look(shape(new), shape(source))
    desk.use("hand")
    desk.mode("buildings")
    desk.page.wait_for_function(
        "() => document.getElementById('desk').desk.tool.picker?.features.length > 0"
    )
    middle = to_shapely(building.footprint).representative_point()
    desk.click(middle.x, middle.y)
    expect(desk.page.locator("#strip [data-action=finish]")).not_to_have_attribute(
        "aria-disabled", "true"
    )
    desk.act("finish")
    desk.landed(3)
    new.refresh_from_db()
    assert shape(new).covers(to_shapely(building.footprint))


def the_neighbour(plan: Plan, new: Grid) -> tuple[Grid, Building]:
    """The nearest building of the community that leaves its own grid in one piece."""
    near = [
        (float(shapely.distance(shape(new), to_shapely(one.footprint))), one.pk, grid, one)
        for grid in plan.grids.leaves().filter(parent=new.parent).exclude(pk=new.pk)
        for one in Building.objects.filter(footprint__within=grid.boundary)
    ]
    for _, _, grid, building in sorted(near):
        found = land_of_buildings(plan, [building.pk], without=new.lineage)
        if found is None:
            continue
        left = shapely.difference(shape(grid), found.land)
        made = shapely.union(shape(new), found.land)
        if left.geom_type == made.geom_type == "Polygon":
            return grid, building
    raise AssertionError("no building can be handed over alone")


def balance(desk: TownDesk, new: Grid, axe: Axe) -> None:
    """Ask for proposals where grids are most unequal, and do the first step of the first."""
    page = desk.page
    desk.use("select")
    page.locator("#tab-proposals").click()
    page.locator("#field-where").select_option(label=the_unequal(desk.plan, new).name)
    page.locator("[data-action=propose]").click()
    way = page.locator(".way").first
    expect(way).to_be_visible(timeout=30_000)
    way.locator("[data-action=steps]").click()
    seen(page, axe, "proposals")
    way.locator("[data-step]").first.click()
    desk.landed(4)


def the_unequal(plan: Plan, new: Grid) -> Grid:
    """The other community whose largest grid is farthest above the smallest."""

    def spread(community: Grid) -> int:
        homes = community.children.values_list("load__dwellings", flat=True)
        return max(homes) - min(homes)

    return max(plan.grids.filter(level=1).exclude(pk=new.parent_id), key=spread)


def door(grid: Grid) -> Address:
    """An address of the new grid that names no other place."""
    for one in Address.objects.within(grid.boundary).exclude(house="").order_by("pk"):
        if Address.objects.filter(text=one.text).count() == 1:
            return one
    raise AssertionError("nobody lives in the new grid")


def looks_up(page: Page, axe: Axe, address: Address, grid: Grid) -> None:
    """A resident types the address and gets the card of the grid that answers for it now."""
    page.goto("/map/jinghu/")
    page.wait_for_selector(".pub.live .leaflet-container")
    page.locator("input[name=q]").fill(address.text)
    page.keyboard.press("Enter")
    card = page.locator("[data-card]")
    expect(card.or_(page.locator(".answers a").first).first).to_be_visible()
    if not card.count():
        page.locator(".answers a").first.click()
    expect(card).to_have_attribute("data-card", grid.code)
    assert axe(page) == []


def defended(page: Page, axe: Axe, plan: Plan, new: Grid) -> None:
    """Compare with what is in force, have the dossier made, read it."""
    at = f"/plan/jinghu/drafts/{plan.number}/"
    page.goto(f"{at}compare/")
    page.wait_for_selector("#compare[data-ready]")
    expect(page.locator("main")).to_contain_text(NEW)
    seen(page, axe, "compare")
    page.goto(f"{at}dossier/")
    page.locator("main form .btn.primary").click()
    expect(page.locator("[data-state=waiting]")).to_be_visible()
    while run_one():
        pass
    expect(page.locator("[data-state=done]")).to_be_visible()
    seen(page, axe, "dossier")
    with page.expect_download() as coming:
        page.get_by_role("link", name="PDF").click()
    document = pypdfium2.PdfDocument(Path(coming.value.path()).read_bytes())
    text = "".join(sheet.get_textpage().get_text_bounded() for sheet in document)
    assert NEW in text
    assert new.code in text


def declared_and_proposed(page: Page, axe: Axe, plan: Plan, new: Grid) -> None:
    """Nobody answers for the new grid yet: that is said with a reason; then it is proposed."""
    page.goto(f"/plan/jinghu/drafts/{plan.number}/check/")
    expect(page.locator("#posts")).to_contain_text(NEW)
    seen(page, axe, "check")
    page.locator("#posts input[name=reason]").fill("正在招录")
    page.locator("#posts form button").click()
    expect(page.locator("#posts form")).to_have_count(0)
    follow(page, axe)
    plan.refresh_from_db()
    assert plan.state == Plan.State.IN_REVIEW


def follow(page: Page, axe: Axe) -> Locator:
    """Do what the page names as the next step, and confirm it."""
    page.locator(".nextcard .btn.primary").click()
    button = page.locator("main form .btn.primary")
    expect(button).to_be_visible()
    assert axe(page) == []
    button.click()
    return page.locator("main")


def approved_and_published(page: Page, axe: Axe, plan: Plan) -> None:
    page.goto(f"/plan/jinghu/drafts/{plan.number}/check/")
    assert axe(page) == []
    follow(page, axe)
    plan.refresh_from_db()
    assert plan.state == Plan.State.APPROVED
    expect(follow(page, axe).locator(".digest")).to_be_visible()
    seen(page, axe, "receipt")
    assert Term.objects.at(timezone.now()).get(scheme=plan.scheme).plan == plan


def rolled_back(page: Page, axe: Axe, plan: Plan) -> None:
    page.goto("/plan/jinghu/plans/")
    assert axe(page) == []
    page.locator(f"a[href$='/drafts/{plan.number}/roll-back/']").click()
    seen(page, axe, "roll-back")
    page.locator("main form .btn.primary").click()
    expect(page.locator(".digest")).to_be_visible()
    assert Term.objects.at(timezone.now()).get(scheme=plan.scheme).plan == plan
