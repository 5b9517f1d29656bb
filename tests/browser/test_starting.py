"""Starting from nothing in a browser: found an area, draw its homes, let grids be drawn."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from geogrid.accounts.models import User
from geogrid.territory.actions import plan_residual
from geogrid.territory.founding import AreaNote, LevelNote, SchemeNote, establish_area
from geogrid.territory.models import Area, Plan
from geogrid.territory.typed_outlines import outline_of
from tests.factories import FOUNDED, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
POINTS = "113.25, 30.55\n113.27, 30.55\n113.27, 30.57\n113.25, 30.57"
LEVELS = (LevelNote("社区", "Community", 3, fixed=True), LevelNote("网格", "Grid"))


@pytest.fixture
def founder(
    visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> Callable[..., Page]:
    def open_as(**options: object) -> Page:
        if not User.objects.filter(username="founder").exists():
            UserFactory(username="founder", is_superuser=True)
        return sign_in(visitor(**options), "founder")

    return open_as


def looked_at(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for it, to be looked at."""
    if folder := os.environ.get("GEOGRID_LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def wide_enough(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en-US", 360)])
def test_the_page_fits_and_is_accessible(
    founder: Callable[..., Page], axe: Callable[[Page], list[str]], language: str, width: int
) -> None:
    page = founder(language=language, viewport={"width": width, "height": 800})
    page.goto("/plan/new-area/")
    expect(page.locator("#sketch-said")).not_to_be_empty()
    looked_at(page, f"new-area-{width}")
    wide_enough(page, width)
    assert axe(page) == []
    page.locator("button.primary").click()
    expect(page.locator("#error-summary")).to_be_visible()
    looked_at(page, f"new-area-errors-{width}")
    assert axe(page) == []


def test_an_area_drawn_by_clicks_is_one_unassigned_grid(founder: Callable[..., Page]) -> None:
    page = founder()
    page.goto("/plan/new-area/")
    page.locator("#id_name").fill("柳溪街道")
    page.locator("#id_outline").fill(POINTS)
    page.locator("[data-act=fit]").click()
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.locator("#id_outline").fill("")
    corners = [(0.3, 0.3), (0.6, 0.3), (0.6, 0.7), (0.45, 0.5), (0.3, 0.7)]
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map").bounding_box()
    assert box is not None
    for across, down in corners:
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
    expect(page.locator("#sketch-said")).to_contain_text("5")
    # drag the fourth out, put one in, take the last one away
    points = page.locator(".sketchpoint:not(.between)")
    expect(points).to_have_count(5)
    before = page.locator("#id_outline").input_value().splitlines()
    points.nth(3).drag_to(
        page.locator("#map"), target_position={"x": box["width"] * 0.45, "y": box["height"] * 0.8}
    )
    expect(page.locator("#id_outline")).not_to_have_value("\n".join(before))
    page.locator(".sketchpoint.between").first.click()
    expect(points).to_have_count(6)
    points.nth(5).focus()
    page.keyboard.press("Delete")
    expect(points).to_have_count(5)
    page.locator("[data-act=undo]").click()
    expect(points).to_have_count(6)
    looked_at(page, "new-area-drawn")
    page.locator("button.primary").click()
    page.wait_for_url("**/drafts/1/")
    expect(page.locator("#desk[data-ready]")).to_be_attached()
    looked_at(page, "new-area-editor")
    plan = Plan.objects.get()
    assert plan.scheme.area.name == "柳溪街道" and plan_residual(plan) == 0
    assert list(plan.grids.leaves().values_list("kind", flat=True)) == ["unassigned"]


def test_an_outline_by_keyboard_alone(founder: Callable[..., Page]) -> None:
    page = founder(language="en-US")
    page.goto("/plan/new-area/")
    page.locator("#map").focus()
    for key in ("Enter", "ArrowRight", "Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(350)
    points = page.locator(".sketchpoint:not(.between)")
    expect(points).to_have_count(3)
    points.nth(1).focus()
    before = page.locator("#id_outline").input_value()
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator("#id_outline")).not_to_have_value(before)
    expect(points.nth(1)).to_be_focused()


def test_a_crossing_is_said_on_the_map_and_by_the_server(founder: Callable[..., Page]) -> None:
    page = founder(language="en-US")
    page.goto("/plan/new-area/")
    page.locator("#id_name").fill("Crossville")
    page.locator("#id_outline").fill("13.25, 53.55\n13.27, 53.57\n13.27, 53.55\n13.25, 53.57")
    expect(page.locator("#sketch-said")).to_contain_text("53.560000, 13.260000")
    page.locator("button.primary").click()
    expect(page.locator("#error-summary")).to_contain_text("53.560000, 13.260000")
    assert not Area.objects.exists()


def test_an_area_from_a_file_that_does_not_say_its_system(
    founder: Callable[..., Page], axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    file = tmp_path / "outline.geojson"
    metres = [[[x * 1000 + 524_000, y * 1000 + 3_381_000] for x, y in
              ((0, 0), (2, 0), (2, 2), (0, 2), (0, 0))]]  # fmt: skip
    file.write_text(json.dumps({"type": "Polygon", "coordinates": metres}))
    page = founder()
    page.goto("/plan/new-area/")
    page.locator("#id_name").fill("Willow Brook")
    page.locator("#id_file").set_input_files(file)
    page.locator("button.primary").click()
    page.wait_for_url("**/new-area/*-*/")
    looked_at(page, "new-area-file-asked")
    assert axe(page) == []
    page.locator("#crs").select_option("EPSG:4546")
    page.locator("button.primary").click()
    expect(page.locator("#map")).to_be_visible()
    looked_at(page, "new-area-file-shown")
    assert axe(page) == []
    page.locator("button[name=found]").click()
    page.wait_for_url("**/drafts/1/")
    area = Area.objects.get(slug="willow-brook")
    west, south, _east, _north = area.boundaries.get().boundary.extent
    assert abs(west - 111.25) < 0.02 and abs(south - 30.55) < 0.02


@pytest.fixture
def founded(live_server: object) -> Area:
    plan = establish_area(
        note=AreaNote(slug="willow", name="柳溪街道", code_prefix="99", language="zh-hans"),
        scheme=SchemeNote("综合网格", LEVELS, households=(300, 500)),
        outline=outline_of(POINTS),
        basis="drawn",
        by=None,
        at=FOUNDED,
    )
    return plan.scheme.area


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en-US", 360)])
def test_compounds_are_drawn_and_become_grids_without_a_street(
    founder: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    founded: Area,
    language: str,
    width: int,
) -> None:
    page = founder(language=language, viewport={"width": width, "height": 800})
    page.goto("/plan/willow/ground/homes/")
    page.locator("#id_name").fill("<i id=strange>南苑小区</i>")
    page.locator("#id_households").fill("400")
    page.locator("#map").focus()
    for key in ("+", "+", "Enter", "ArrowRight", "Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    expect(page.locator(".sketchpoint:not(.between)")).to_have_count(3)
    page.locator("#id_basis").fill("物业名单")
    page.locator("#draw button.primary").click()
    expect(page.locator("[data-home]")).to_have_count(1)
    expect(page.locator(".homelabel")).to_contain_text("<i id=strange>")  # a name, never HTML
    expect(page.locator("#strange")).to_have_count(0)
    rows = [
        f"小区{n}\t{113.2525 + n % 4 * 0.005}\t{30.5525 + n // 4 * 0.005}\t100" for n in range(16)
    ]
    page.locator("details.card summary").click()
    page.locator("#table_rows").fill("\n".join(rows))
    page.locator("#table_basis").fill("物业名单")
    page.locator("details.card button").click()
    expect(page.locator("[data-home]")).to_have_count(17)
    looked_at(page, f"homes-{width}")
    wide_enough(page, width)
    assert axe(page) == []
    page.goto("/plan/willow/drafts/generate/?base=whole")
    looked_at(page, f"generate-{width}")
    wide_enough(page, width)
    assert axe(page) == []
    page.locator("form[method=post] button.primary").click()
    expect(page.locator("#map[data-ready]")).to_be_attached()
    looked_at(page, f"generated-{width}")
    wide_enough(page, width)
    assert axe(page) == []
    page.locator("#proposed .gridlink").first.click()
    expect(page.locator("#proposed tr[aria-current=true]")).to_have_count(1)
    page.locator("form button.primary").click()
    page.wait_for_url("**/drafts/2/")
    plan = Plan.objects.get(number=2)
    assert plan_residual(plan) == 0
    loads = plan.grids.leaves().values_list("load__dwellings", flat=True)
    assert sum(loads) == 2000 and all(300 <= load <= 500 for load in loads)
    page.goto("/plan/willow/drafts/")
    looked_at(page, f"drafts-{width}")
    wide_enough(page, width)
    assert axe(page) == []
    page.goto("/plan/willow/outline/")
    expect(page.locator("#sketch-said")).to_contain_text("4")
    looked_at(page, f"outline-{width}")
    wide_enough(page, width)
    assert axe(page) == []
