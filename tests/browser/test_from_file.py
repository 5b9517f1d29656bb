"""A file dropped on the map: findings resolved by mouse and keyboard, accepted, exact."""

import base64
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely
from django.utils import timezone
from playwright.sync_api import Page, expect

from geogrid.accounts.models import User
from geogrid.territory.actions import plan_residual
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan, Scheme
from layers.intake.models import Upload
from tests.factories import authorise

pytestmark = pytest.mark.browser
AREA = "jinghu"
START = f"/plan/{AREA}/drafts/from-file/"
Axe = Callable[[Page], list[str]]
SignIn = Callable[[Page, str], Page]
DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  const map = document.getElementById("map");
  for (const type of ["dragenter", "dragover", "drop"]) {
    const told = {dataTransfer: carried, bubbles: true, cancelable: true};
    map.dispatchEvent(new DragEvent(type, told));
  }
}"""


def grids() -> geopandas.GeoDataFrame:
    """The plan in force of the demo town."""
    scheme = Scheme.objects.get(area__slug=AREA, general=True)
    plan = Plan.objects.in_force(timezone.now()).get(scheme=scheme)
    rows = plan.grids.leaves().order_by("code").values_list("code", "name", "boundary")
    return geopandas.GeoDataFrame(
        {"网格编码": [code for code, _, _ in rows], "网格名称": [name for _, name, _ in rows]},
        geometry=[to_shapely(shape) for _, _, shape in rows], crs=4326,
    )  # fmt: skip


def mess() -> geopandas.GeoDataFrame:
    """Two grids drawn too large, one too small, one with a bite of its middle for nobody."""
    frame = grids()
    shapes = list(frame.geometry)
    for number, degrees in ((3, 0.0002), (9, 0.0001), (14, -0.0001)):
        shapes[number] = shapely.buffer(shapes[number], degrees, join_style="mitre")
    hole = shapely.buffer(shapes[20].representative_point(), 0.0004)
    shapes[20] = shapely.difference(shapes[20], hole)
    return frame.set_geometry(shapes, crs=4326)


def dropped(page: Page, name: str, content: bytes) -> None:
    page.goto(START)
    expect(page.locator("#dropbox[data-ready]")).to_be_attached()
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])
    page.wait_for_url("**/drafts/from-file/*-*/")
    expect(page.locator("#map[data-ready]")).to_be_attached()


@pytest.fixture
def planner(demo_towns: None, visitor: Callable[..., Page], sign_in: SignIn) -> Page:
    scheme = Scheme.objects.get(area__slug=AREA, general=True)
    authorise(User.objects.get(username=f"planner.{AREA}"), scheme, "approver")
    return sign_in(visitor(), f"planner.{AREA}")


def test_a_dropped_file_is_decided_by_mouse_and_keyboard(planner: Page, axe: Axe) -> None:
    page = planner
    dropped(page, "网格.geojson", mess().to_json().encode())
    rows = page.locator(".findingrows > li:has(input)")
    count = rows.count()
    assert count >= 4
    assert axe(page) == []
    # by mouse: the first finding goes to somebody else than proposed
    first = rows.nth(0)
    key = first.get_attribute("data-key")
    other = first.locator("input:not(:checked)").first
    owner = other.get_attribute("value")
    with page.expect_response("**/choose/"):
        first.locator(".owner", has=page.locator("input:not(:checked)")).first.click()
    expect(page.locator(f"#f-{key}[data-decided]")).to_be_attached()
    expect(page.locator("[data-open]")).to_have_attribute("data-open", str(count - 1))
    # by keyboard: a number, then on to the next by Enter, which takes what is chosen there
    page.locator(f"#f-{key} input:checked").focus()
    page.keyboard.press("Enter")
    second = page.evaluate("document.activeElement.closest('li').dataset.key")
    assert second != key
    with page.expect_response("**/choose/"):
        page.keyboard.press("0")
    expect(page.locator(f"#o-{second}-0")).to_be_checked()
    expect(page.locator("[data-open]")).to_have_attribute("data-open", str(count - 2))
    assert page.evaluate("document.activeElement.id") == f"o-{second}-0"
    with page.expect_response("**/choose/"):
        page.keyboard.press("ArrowUp")
    chosen = page.locator(f"#f-{second} input:checked").get_attribute("value")
    assert chosen
    # everything else as proposed, and accepted
    with page.expect_response("**/choose/"):
        page.locator("#accept-all").click()
    expect(page.locator("[data-open]")).to_have_attribute("data-open", "0")
    upload = Upload.objects.get()
    assert upload.answers["owners"][key] == (owner or None)
    assert upload.answers["owners"][second] == chosen
    page.reload()
    expect(page.locator(f"#f-{second} input:checked")).to_have_attribute("value", chosen)
    page.locator("#id_name").fill("从文件来")
    for field in ("#id_unlocked", "#id_pieces_reason"):
        if page.locator(field).count():
            page.locator(field).fill("测绘更新")
    page.locator("#accept-form .btn.primary").click()
    expect(page.locator("#desk[data-ready]")).to_be_attached()
    plan = Plan.objects.latest("pk")
    assert (plan.name, plan_residual(plan)) == ("从文件来", 0)
    assert not Upload.objects.exists()


def test_a_choice_that_did_not_arrive_is_taken_back_and_sent_again(planner: Page) -> None:
    page = planner
    dropped(page, "网格.geojson", mess().to_json().encode())
    row = page.locator(".findingrows > li:has(input)").first
    key = row.get_attribute("data-key")
    page.route("**/choose/", lambda route: route.abort())
    row.locator(".owner", has=page.locator("input:not(:checked)")).first.click()
    note = page.locator(f"#f-{key} [role=alert]")
    expect(note).to_be_visible()
    expect(page.locator(f"#f-{key}[data-decided]")).to_have_count(0)
    page.unroute("**/choose/")
    with page.expect_response("**/choose/"):
        note.locator("button").click()
    expect(page.locator(f"#f-{key}[data-decided]")).to_be_attached()


def test_a_finding_is_shown_from_the_list_and_chosen_on_the_map(planner: Page) -> None:
    page = planner
    dropped(page, "a.geojson", mess().to_json().encode())
    row = page.locator(".findingrows > li:has(input)").nth(1)
    row.locator("[data-zoom]").click()
    expect(row).to_have_attribute("aria-current", "true")
    expect(page.locator(".ownername").first).to_be_visible()
    page.locator(".leaflet-marker-pane .finding", has_text="2").first.click(force=True)
    assert page.evaluate("document.activeElement.type") == "radio"
    page.locator("[data-sight=findings]").uncheck()
    expect(page.locator(".leaflet-marker-pane .finding")).to_have_count(0)


def test_what_is_no_plan_is_said_and_answered(planner: Page, axe: Axe, tmp_path: Path) -> None:
    page = planner
    dropped(page, "plan.zip", b"PK\x03\x04 broken")
    expect(page.locator("#problem")).to_contain_text("plan.zip")
    assert axe(page) == []
    frame = grids().to_crs(4544).set_crs(None, allow_override=True)
    frame.to_file(tmp_path / "plan.gpkg")
    dropped(page, "plan.gpkg", (tmp_path / "plan.gpkg").read_bytes())
    expect(page.locator("#problem")).to_be_visible()
    page.locator("#problem .ways button").first.click()
    expect(page.locator("#problem")).to_have_count(0)
    expect(page.locator("#results")).to_be_visible()
    page.goto(START)
    expect(page.locator(".rows li")).to_have_count(2)
    page.locator(".rows .rowlink").first.click()
    expect(page.locator("#results")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_it_fits_a_phone_and_works_without_a_script(
    demo_towns: None, visitor: Callable[..., Page], sign_in: SignIn, axe: Axe, language: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    path = tmp_path / "2027年网格划分调整方案（第三次征求意见稿）最终版.geojson"
    path.write_text(mess().to_json())
    page = sign_in(
        visitor(language=language, viewport={"width": 360, "height": 740}, has_touch=True),
        f"planner.{AREA}",
    )
    page.goto(START)
    assert axe(page) == []
    page.locator("#file").set_input_files(path)
    page.wait_for_url("**/drafts/from-file/*-*/")
    expect(page.locator("#map[data-ready]")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe(page) == []
    plain = sign_in(visitor(language=language, java_script_enabled=False), f"planner.{AREA}")
    plain.goto(page.url.replace(page.url.split("/plan/")[0], ""))
    plain.locator(".owner input:not(:checked)").first.check()
    plain.locator(".noscript-only button").click()
    expect(plain.locator("li[data-decided]")).to_have_count(1)
