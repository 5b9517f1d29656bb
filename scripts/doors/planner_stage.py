"""What the planner's desk of the demo shows on pictures: three drafts and an old map.

    drafts = stage(page, area)      page: signed in as that area's planner
    drafts["draw"], ["review"], ["approved"]: numbers of plans

Made when missing, through the pages and the editor, as a planner would; found again by name.
"""

import io
import json
from typing import Any

import shapely
import shapely.ops
from PIL import Image, ImageDraw
from playwright.sync_api import Page

DESK = "document.getElementById('desk').desk"
NAMES = {
    "jinghu": {
        "draw": "荷塘片区划小", "review": "学校周边调整", "approved": "年底前微调",
        "underlay": "2019年网格图（局部）", "new": "荷塘网格", "reason": "正在招录",
        "locked": "已与居委会商定", "moment": "居委会看过",
    },
    "neubrandenburg": {
        "draw": "Smaller grids, autumn", "review": "Around the schools",
        "approved": "Before winter", "underlay": "Grid map of 2019, sheet 3", "new": "Lime court",
        "reason": "being recruited", "locked": "agreed with the residents' council",
        "moment": "shown to the council",
    },
}  # fmt: skip
PICTURE_PX = 2400
_known: dict[str, dict[str, int]] = {}


def stage(page: Page, area: str) -> dict[str, int]:
    """The numbers of the plans that pictures show; made the first time."""
    if area not in _known:
        _known[area] = {part: _draft(page, area, part) for part in ("draw", "review", "approved")}
        _underlay(page, area, _known[area]["draw"])
    return _known[area]


def enter(page: Page, area: str, role: str) -> None:
    page.goto("/")
    page.locator(f'form[action$="/enter/{area}/{role}/"] button').click()
    page.wait_for_load_state()


def open_draft(page: Page, area: str, number: int) -> None:
    page.goto(f"/plan/{area}/drafts/{number}/")
    page.wait_for_selector("#desk[data-ready]")


def grids_of(page: Page, area: str, number: int) -> list[dict[str, Any]]:
    """The leaves of a plan as the editor gets them, `shape` in degrees, most homes first."""
    told = page.request.get(f"/plan/{area}/drafts/{number}/grids.json").json()
    leaves = [one for one in told["grids"] if one.get("boundary")]
    for one in leaves:
        one["shape"] = shapely.geometry.shape(one["boundary"])
    return sorted(leaves, key=lambda one: (-(one["dwellings"] or 0), one["code"]))


def _draft(page: Page, area: str, part: str) -> int:
    name = NAMES[area][part]
    page.goto(f"/plan/{area}/drafts/")
    link = page.locator(".draftcard h2 a").get_by_text(name, exact=True)
    if link.count():
        return int((link.first.get_attribute("href") or "").rstrip("/").rpartition("/")[2])
    page.locator("#id_name").fill(name)
    page.locator("#from-plan button").click()
    page.wait_for_selector("#desk[data-ready]")
    number = int(page.url.split("?")[0].rstrip("/").rpartition("/")[2])
    _cut(page, area, number, {"draw": 0, "review": 1, "approved": 2}[part])
    if part == "draw":
        _decorate(page, area, number)
    if part != "draw":
        _follow(page, area, number)
    if part == "approved":
        page.locator("#posts input[name=reason]").fill(NAMES[area]["reason"])
        page.locator("#posts form button").click()
        page.wait_for_load_state()
        enter(page, area, "office")
        _follow(page, area, number)
        enter(page, area, "planner")
    return number


def _follow(page: Page, area: str, number: int) -> None:
    """Do the next step of a plan."""
    page.goto(f"/plan/{area}/drafts/{number}/check/")
    page.locator(".nextcard .btn.primary").click()
    page.locator("main form .btn.primary").click()
    page.wait_for_load_state()


def carry_out(page: Page, verb: str, **arguments: Any) -> None:
    page.evaluate(
        f"([verb, told]) => void {DESK}.carryOut({{ verb, arguments: told }})", [verb, arguments]
    )
    page.wait_for_function(f"() => {DESK}.draft.outbox.waiting.length === 0")
    page.wait_for_selector("#saved[data-state=saved]")


def _cut(page: Page, area: str, number: int, which: int) -> None:
    """Cut one of the grids with most homes in two alike."""
    for one in grids_of(page, area, number):
        west, south, east, north = one["shape"].bounds
        x = (west + east) / 2
        upright = shapely.LineString([(x, south - 0.001), (x, north + 0.001)])
        areas = sorted(half.area for half in shapely.ops.split(one["shape"], upright).geoms)
        if len(areas) == 2 and areas[0] > 0.7 * areas[1]:
            if which == 0:
                spots = [[round(at, 7) for at in point] for point in upright.coords]
                line = {"type": "LineString", "coordinates": spots}
                carry_out(page, "split", lineage=one["lineage"], line=line)
                return
            which -= 1
    raise RuntimeError(f"no grid of {area} can be cut")


def _decorate(page: Page, area: str, number: int) -> None:
    """Name the new grid, lock another one, name the moment."""
    words = NAMES[area]
    before = {one["lineage"] for one in grids_of(page, area, 1)}
    leaves = grids_of(page, area, number)
    new = next(one for one in leaves if one["lineage"] not in before)
    carry_out(page, "describe", lineage=new["lineage"], name=words["new"])
    quiet = [one for one in leaves if not shapely.intersects(one["shape"], new["shape"])]
    lock = min(quiet, key=lambda one: shapely.distance(one["shape"], new["shape"]))
    carry_out(page, "describe", lineage=lock["lineage"], locked=True, lock_reason=words["locked"])
    page.locator("#tab-history").click()
    page.locator("[data-action=name-now]").click()
    page.locator("#field-moment").fill(words["moment"])
    page.keyboard.press("Enter")
    page.wait_for_selector(".momentlist li")


def _underlay(page: Page, area: str, number: int) -> None:
    """Bring an old grid map, drawn here from the plan in force, and place it by three points."""
    name = NAMES[area]["underlay"]
    page.goto(f"/plan/{area}/backgrounds/")
    if page.locator("main", has_text=name).count():
        return
    leaves = grids_of(page, area, number)
    new = next(one for one in leaves if one["name"] == NAMES[area]["new"])
    near = [one["shape"] for one in leaves if shapely.dwithin(one["shape"], new["shape"], 0.001)]
    content, points = _old_map(near)
    page.goto(f"/plan/{area}/underlays/add/")
    page.locator("input[type=file]").set_input_files(
        {"name": "old.png", "mimeType": "image/png", "buffer": content}
    )
    page.locator("#id_name").fill(name)
    page.locator("main form .btn.primary").click()
    page.wait_for_selector("#main[data-ready]")
    for number_, told in enumerate(points):
        row = page.locator("#points tbody tr").nth(number_)
        for field, value in zip(("x", "y", "lon", "lat"), told, strict=True):
            row.locator(f"[name={field}]").fill(f"{value:.7f}".rstrip("0").rstrip("."))
        row.locator("[name=lat]").press("Tab")
    page.locator("#save").click()
    page.wait_for_load_state()


def _old_map(shapes: list[shapely.Geometry]) -> tuple[bytes, list[tuple[float, ...]]]:
    """A scan of a paper map, a little turned, and three of its points on the ground."""
    west, south, east, north = shapely.total_bounds(shapes)
    wide, high = east - west, north - south
    flat = 0.6  # a degree of longitude against one of latitude hereabouts
    scale = PICTURE_PX * 0.8 / max(wide * flat, high)

    def place(lon: float, lat: float) -> tuple[float, float]:
        across, up = (lon - west) * flat * scale, (lat - south) * scale
        return 160 + across + 0.05 * up, PICTURE_PX - 240 - up + 0.05 * across

    picture = Image.new("RGB", (PICTURE_PX, PICTURE_PX), "#efe6cf")
    pen = ImageDraw.Draw(picture)
    for shape in shapes:
        for part in shapely.get_parts(shapely.simplify(shape, 0.0002)):
            spots = [place(*at) for at in part.exterior.coords]
            pen.line(spots, fill="#8a2f2a", width=6, joint="curve")
    pen.rectangle([30, 30, PICTURE_PX - 30, PICTURE_PX - 30], outline="#5d4a35", width=4)
    target = io.BytesIO()
    picture.save(target, "PNG")
    ends = [(west, south), (east, south + 0.3 * high), (west + 0.4 * wide, north)]
    return target.getvalue(), [(*map(round, place(*end)), *end) for end in ends]


def mess_of(page: Page, area: str) -> bytes:
    """The plan in force as a file from elsewhere: overlaps, gaps and a hole."""
    leaves = sorted(grids_of(page, area, 1), key=lambda one: one["code"])
    shapes = [one["shape"] for one in leaves]
    for number, degrees in ((3, 0.0002), (9, 0.0001), (14, -0.0001)):
        shapes[number] = shapely.buffer(shapes[number], degrees, join_style="mitre")
    hole = shapely.buffer(shapes[20].representative_point(), 0.0004)
    shapes[20] = shapely.difference(shapes[20], hole)
    features = [
        {"type": "Feature", "geometry": shapely.geometry.mapping(shape),
         "properties": {"code": one["code"], "name": one["name"]}}
        for one, shape in zip(leaves, shapes, strict=True)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()
