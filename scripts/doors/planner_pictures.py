"""What is done on the planner's desk before each of its pictures; for picture_taker.py."""

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
from openpyxl import Workbook
from playwright.sync_api import Page

from doors.planner_stage import (
    DESK,
    NAMES,
    carry_out,
    enter,
    grids_of,
    mess_of,
    open_draft,
    stage,
)

Steps = Callable[[Page, str], bytes | None]
CHECKOUT = Path(__file__).resolve().parents[2]
FIXTURES = CHECKOUT / "fixtures"
LONG_MS = 60_000
OUTLINE = {
    "jinghu": "104.33, 38.53\n104.345, 38.527\n104.352, 38.536\n104.344, 38.545\n104.331, 38.541",
    "neubrandenburg": "13.24, 53.55\n13.262, 53.546\n13.27, 53.555\n13.259, 53.563\n13.243, 53.56",
}
GERMAN_LIST = """\
Grid 1: Stargarder Straße 1-21 odd; Treptower Straße; Pfaffenstraße
Grid 2: Friedländer Straße; Turmstraße; Darrenstraße
Grid 3: Große Wollweberstraße; Behmenstrase; Neutorstraße 2-40 even
"""
HEADERS = {
    "jinghu": ["姓名", "值守电话", "角色", "网格", "A/B"],
    "neubrandenburg": ["Name", "Duty phone", "Role", "Grid", "A/B"],
}


def drafts(page: Page, area: str) -> None:
    stage(page, area)
    page.goto(f"/plan/{area}/drafts/")


def starting(page: Page, area: str) -> None:
    page.goto(f"/plan/{area}/drafts/#start")
    page.locator("#start").scroll_into_view_if_needed()


def new_area(page: Page, area: str) -> None:
    page.goto("/plan/new-area/")
    page.locator("#id_name").fill({"jinghu": "柳溪街道"}.get(area, "Willow Brook"))
    page.locator("#id_outline").fill(OUTLINE[area])
    page.locator("[data-act=fit]").click()
    page.locator("#map").scroll_into_view_if_needed()


def from_file(page: Page, area: str) -> None:
    stage(page, area)
    page.goto(f"/plan/{area}/drafts/from-file/")
    waiting = page.locator("ul.rows a.rowlink")
    if waiting.count():
        waiting.first.click()
    else:
        content = mess_of(page, area)
        page.locator("#file").set_input_files(
            {"name": "grids.geojson", "mimeType": "application/json", "buffer": content}
        )
        if page.locator("#send").is_visible():
            page.locator("#send").click()
    page.wait_for_selector("#map[data-ready]", timeout=LONG_MS)
    page.wait_for_timeout(1500)
    page.locator("[data-zoom]").first.click()


def from_list(page: Page, area: str) -> None:
    page.goto(f"/plan/{area}/drafts/from-list/")
    waiting = page.locator("a.rowlink")
    if waiting.count():
        waiting.first.click()
    else:
        page.locator("textarea").fill(list_of(area))
        page.locator("form button.primary").click()
    page.wait_for_selector("#review[data-drawn='1']", timeout=LONG_MS)


def list_of(area: str) -> str:
    if area != "jinghu":
        return GERMAN_LIST
    text = (FIXTURES / "jinghu/grids_list.csv").read_text("utf-8-sig")
    return text.replace("锦绣家园", "锦锈家园", 1).replace("春晖小区、", "春晖小区、荷风苑、", 1)


def generated(page: Page, area: str) -> None:
    page.goto(f"/plan/{area}/drafts/generate/")
    for field, homes_ in (("least", "150"), ("most", "240")):
        page.locator(f"#id_{field}").fill(homes_)
    page.locator("main form[method=post] .btn.primary").click()
    page.wait_for_selector("#map.leaflet-container", timeout=3 * LONG_MS)


def homes(page: Page, area: str) -> None:
    page.goto(f"/plan/{area}/ground/homes/")
    page.locator("#id_name").fill({"jinghu": "荷风苑"}.get(area, "Lime court"))
    page.locator("#id_households").fill("216")


def near_new(page: Page, area: str) -> dict:
    """Open the draft on its new grid."""
    number = stage(page, area)["draw"]
    before = {one["lineage"] for one in grids_of(page, area, 1)}
    leaves = grids_of(page, area, number)
    new = next(one for one in leaves if one["lineage"] not in before)
    open_draft(page, area, number)
    west, south, east, north = new["shape"].bounds
    box = [round(at * 1e7) for at in (west, south, east, north)]
    page.evaluate(f"(box) => {DESK}.fitSteps(box, {{ maxZoom: 17, animate: false }})", box)
    page.evaluate(f"(lineage) => {DESK}.select(lineage)", new["lineage"])
    page.evaluate("window.scrollTo(0, 0)")
    return new


def editor(page: Page, area: str) -> None:
    near_new(page, area)
    page.locator("#heat").click()
    page.wait_for_timeout(500)
    page.locator("#panel-grids .gridtable tr[aria-selected=true], #heat").first.hover()
    page.evaluate("window.scrollTo(0, 0)")


def hand_over(page: Page, area: str) -> None:
    new = near_new(page, area)
    page.locator("[data-tool=hand]").click()
    page.locator("#strip [data-mode=blocks]").click()
    page.wait_for_function(f"() => {DESK}.tool.picker?.features.length > 0")
    middle = new["shape"].centroid
    west, _, east, _ = new["shape"].bounds
    click_at(page, middle.x + 0.8 * (east - west), middle.y)


def click_at(page: Page, lon: float, lat: float) -> None:
    x, y = page.evaluate(
        f"""(point) => {{
            const frame = {DESK}.map.getContainer().getBoundingClientRect();
            const at = {DESK}.projection.screen(point);
            return [at.x + frame.left, at.y + frame.top];
        }}""",
        [round(lon * 1e7), round(lat * 1e7)],
    )
    page.mouse.click(x, y)


def locked(page: Page, area: str) -> None:
    number = stage(page, area)["draw"]
    held = next(one for one in grids_of(page, area, number) if one["locked"])
    open_draft(page, area, number)
    box = [round(at * 1e7) for at in held["shape"].bounds]
    page.evaluate(f"(box) => {DESK}.fitSteps(box, {{ maxZoom: 17, animate: false }})", box)
    page.evaluate(f"(lineage) => {DESK}.select(lineage)", held["lineage"])
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(800)
    carry_out_refused(page, held)


def carry_out_refused(page: Page, held: dict) -> None:
    """Try to cut the locked grid: the desk says why it does not."""
    west, south, east, north = held["shape"].bounds
    x = (west + east) / 2
    line = {"type": "LineString", "coordinates": [[x, south - 0.001], [x, north + 0.001]]}
    told = ["split", {"lineage": held["lineage"], "line": line}]
    page.evaluate(f"([verb, told]) => void {DESK}.carryOut({{ verb, arguments: told }})", told)
    page.wait_for_selector("#refusal:visible")


def conflict(page: Page, area: str) -> None:
    """Somebody else splits the grid that is being renamed and cut here."""
    number = stage(page, area)["draw"]
    new = near_new(page, area)
    page.evaluate(f"void ({DESK}.draft.refresh = {DESK}.draft.outbox.refresh = () => {{}})")
    other = page.context.new_page()
    open_draft(other, area, number)
    west, _, east, _ = new["shape"].bounds
    cut = split_of(new, west + 0.35 * (east - west))
    carry_out(other, "split", **cut)
    mine = split_of(new, west + 0.65 * (east - west))
    page.evaluate(f"([told]) => void {DESK}.carryOut({{ verb: 'split', arguments: told }})", [mine])
    page.wait_for_selector("#refusal:visible")
    other.locator("#map").focus()
    page.wait_for_timeout(800)
    other.keyboard.press("Control+z")
    other.wait_for_timeout(1500)
    other.close()


def split_of(grid: dict, x: float) -> dict:
    _, south, _, north = grid["shape"].bounds
    spots = [[round(x, 7), south - 0.001], [round(x, 7), north + 0.001]]
    return {"lineage": grid["lineage"], "line": {"type": "LineString", "coordinates": spots}}


def proposals(page: Page, area: str) -> None:
    near_new(page, area)
    page.locator("#tab-proposals").click()
    page.locator("[data-action=propose]").click()
    page.wait_for_selector(".way", timeout=LONG_MS)
    page.locator(".way").first.scroll_into_view_if_needed()


def cells(page: Page, area: str) -> None:
    near_new(page, area)
    page.locator("#tab-cells").click()
    page.locator("#panel-cells :is(.cell, p):visible").first.wait_for()
    page.locator("#panel-cells").scroll_into_view_if_needed()


def layers(page: Page, area: str) -> None:
    near_new(page, area)
    page.locator("#layers-open").click()
    page.wait_for_selector("[data-layer^=underlay-]")
    for name in ("buildings", "neighbours"):
        page.locator(f"[data-layer={name}]").check()
    page.locator("[data-layer^=underlay-]").first.check()
    page.locator("[data-layer^=underlay-]").first.scroll_into_view_if_needed()


def history(page: Page, area: str) -> None:
    near_new(page, area)
    page.locator("#tab-history").click()
    page.wait_for_selector(".momentlist li")
    page.locator("#panel-history").scroll_into_view_if_needed()


def of_draft(name: str, part: str = "draw") -> Steps:
    def steps(page: Page, area: str) -> None:
        page.goto(f"/plan/{area}/drafts/{stage(page, area)[part]}/{name}/")

    return steps


def approve(page: Page, area: str) -> None:
    number = stage(page, area)["review"]
    enter(page, area, "office")
    page.goto(f"/plan/{area}/drafts/{number}/approve/")


def dossier(page: Page, area: str) -> None:
    """The dossier of the draft, in the language of the page."""
    page.goto(f"/plan/{area}/drafts/{stage(page, area)['draw']}/dossier/")
    language = "中文" if area == "jinghu" else "English"
    done = page.locator("[data-state=done]", has_text=language)
    if not done.count():
        page.locator("main form .btn.primary").click()
    done.first.wait_for(timeout=LONG_MS)


def dossier_page(sign: str) -> Steps:
    """The fullest page of the PDF that holds this sign, drawn as it prints."""

    def steps(page: Page, area: str) -> bytes:
        dossier(page, area)
        address = page.locator("[data-state=done] a[href$='.pdf']").first.get_attribute("href")
        document = pypdfium2.PdfDocument(page.request.get(address or "").body())
        texts = [sheet.get_textpage().get_text_bounded() for sheet in document]
        number = max(range(len(texts)), key=lambda one: (sign in texts[one], len(texts[one])))
        target = io.BytesIO()
        document[number].render(scale=1.4).to_pil().save(target, "PNG")
        return target.getvalue()

    return steps


def alternatives(page: Page, area: str) -> None:
    numbers = stage(page, area)
    page.goto(f"/plan/{area}/alternatives/?a={numbers['draw']}&b={numbers['review']}")
    page.wait_for_selector("#beside[data-ready]")


def meeting(page: Page, area: str) -> None:
    page.goto(f"/plan/{area}/drafts/{stage(page, area)['draw']}/meeting/")
    page.wait_for_selector("#mapbox[data-ready]")
    changed = page.locator(".stop:visible", has_text=NAMES[area]["new"])
    while not changed.count() and page.locator("#next").is_enabled():
        page.locator("#next").click()


def worker(page: Page, area: str) -> None:
    page.goto(f"/plan/{area}/roster/?by=worker")
    page.locator("main a[href*='/roster/workers/']:not([href$='/add/'])").first.click()
    page.wait_for_load_state()


def roster_import(page: Page, area: str) -> None:
    """A list with two slips in it, looked at and not taken over."""
    page.goto(f"/plan/{area}/roster/import/")
    grids = sorted(grids_of(page, area, 1), key=lambda one: one["code"])
    with (FIXTURES / area / "people.csv").open(encoding="utf-8") as people:
        names = [row["name"] for row in csv.DictReader(people) if row["role"] == "worker"][-4:]
    book = Workbook()
    book.active.append(HEADERS[area])
    role = "网格员" if area == "jinghu" else "worker"
    for number, name in enumerate(names):
        called = grids[number]["name"] + ("号" if number == 2 else "")
        phone = "12" if number == 1 else f"000 0000 02{number:02d}"
        book.active.append([name, phone, role, called, "AB"[number % 2]])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        book.save(path)
        page.locator("input[name=table]").set_input_files(path)
        page.locator("button[value=look]").click()
        page.wait_for_load_state()


def placing(page: Page, area: str) -> None:
    stage(page, area)
    page.goto(f"/plan/{area}/backgrounds/")
    page.locator("main a", has_text=NAMES[area]["underlay"]).first.click()
    page.wait_for_selector("#main[data-ready]")


PICTURES: dict[str, tuple[str, Steps | None]] = {
    "planner-drafts": ("", drafts),
    "planner-starting": ("", starting),
    "planner-new-area": ("", new_area),
    "planner-file": ("", from_file),
    "planner-list": ("", from_list),
    "planner-generated": ("", generated),
    "planner-homes": ("", homes),
    "planner-editor": ("", editor),
    "planner-hand-over": ("", hand_over),
    "planner-locked": ("", locked),
    "planner-history": ("", history),
    "planner-conflict": ("", conflict),
    "planner-layers": ("", layers),
    "planner-proposals": ("", proposals),
    "planner-cells": ("", cells),
    "planner-compare": ("", of_draft("compare")),
    "planner-dossier": ("", dossier),
    "planner-dossier-map": ("", dossier_page("A4")),
    "planner-dossier-proof": ("", dossier_page("SHA-256")),
    "planner-alternatives": ("", alternatives),
    "planner-meeting": ("", meeting),
    "planner-check": ("", of_draft("check")),
    "planner-approve": ("", approve),
    "planner-publish": ("", of_draft("publish", "approved")),
    "planner-roster": ("/plan/{area}/roster/", None),
    "planner-roster-import": ("", roster_import),
    "planner-worker": ("", worker),
    "planner-backgrounds": ("/plan/{area}/backgrounds/", None),
    "planner-placing": ("", placing),
}
