"""A picture is placed by mouse and by keyboard, tiles are shown, and nobody else is asked."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from geogrid.accounts.models import User
from geogrid.territory.models import Plan
from layers.backgrounds import mercator
from layers.backgrounds.actions import (
    add_file,
    keep_underlay,
    place_underlay,
    switch_background,
)
from layers.backgrounds.models import Background, Underlay
from tests.browser.drawing import DeskPage, draft_on_screen
from tests.domain import background_files as files
from tests.factories import UserFactory, authorise, now
from tests.pictures import CELL, ORIGIN

pytestmark = pytest.mark.browser
PLACING = "document.getElementById('main').placing"
SIDE = 800  # px of the picture, over four cells of the town


@pytest.fixture
def plan(transactional_db: None) -> Plan:
    return draft_on_screen()


@pytest.fixture
def planner(plan: Plan) -> User:
    user = UserFactory(username="planner")
    authorise(user, plan.scheme, "planner")
    return user


@pytest.fixture
def underlay(plan: Plan) -> Underlay:
    picture = Image.new("RGB", (SIDE, SIDE), "#f6ecd0")
    pen = ImageDraw.Draw(picture)
    for n in range(0, SIDE, 200):
        pen.line([(n, 0), (n, SIDE)], fill="#7a2a2a", width=6)
        pen.line([(0, n), (SIDE, n)], fill="#7a2a2a", width=6)
    content = io.BytesIO()
    picture.save(content, "PNG")
    content.seek(0)
    return keep_underlay(
        place=plan.scheme.area.slug, name="2019年网格图", upload=content, by=None, at=now()
    )


@pytest.fixture
def placing(
    plan: Plan, planner: User, underlay: Underlay, visitor: Callable[..., Page],
    sign_in: Callable[[Page, str], Page],
) -> Callable[..., Page]:  # fmt: skip
    def go(**options: object) -> Page:
        page = sign_in(visitor(**options), "planner")
        page.goto(f"/plan/{plan.scheme.area.slug}/underlays/{underlay.pk}/")
        expect(page.locator("#main[data-ready]")).to_be_attached()
        return page

    return go


def place_of(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a pixel of the picture, as it should lie."""
    west, south = ORIGIN
    return (west + x / 200 * CELL) / 1e7, (south + (SIDE - y) / 200 * CELL) / 1e7


def on_picture(page: Page, x: float, y: float) -> None:
    at = page.evaluate(
        f"""([x, y]) => {{
            const {{ picture }} = {PLACING};
            const frame = picture.getContainer().getBoundingClientRect();
            const at = picture.latLngToContainerPoint(picture.latlngOf([x, y]));
            return [at.x + frame.left, at.y + frame.top];
        }}""",
        [x, y],
    )
    page.mouse.click(*at)


def on_map(page: Page, x: float, y: float) -> None:
    """Click where a pixel of the picture belongs on the map."""
    lon, lat = place_of(x, y)
    at = page.evaluate(
        f"""([lon, lat]) => {{
            const {{ map }} = {PLACING};
            const frame = map.getContainer().getBoundingClientRect();
            const at = map.latLngToContainerPoint([lat, lon]);
            return [at.x + frame.left, at.y + frame.top];
        }}""",
        [lon, lat],
    )
    page.mouse.click(*at)


def center(page: Page, view: str, x: float, y: float) -> None:
    lon, lat = place_of(x, y)
    where = "picture.latlngOf([x, y])" if view == "picture" else "[lat, lon]"
    page.evaluate(
        f"""([x, y, lon, lat]) => {{
            const {{ map, picture }} = {PLACING};
            {view}.setView({where}, {view}.getZoom(), {{ animate: false }});
        }}""",
        [x, y, lon, lat],
    )


def near(page: Page) -> None:
    west, south = ORIGIN
    page.evaluate(
        f"""([w, s, e, n]) => {PLACING}.map.fitBounds(
            [[s, w], [n, e]], {{ animate: false, maxZoom: 22 }})""",
        [west / 1e7, south / 1e7, (west + 4 * CELL) / 1e7, (south + 4 * CELL) / 1e7],
    )


def test_a_picture_is_placed_by_mouse(placing: Callable[..., Page], underlay: Underlay) -> None:
    page = placing()
    near(page)
    corners = ((100, 100), (700, 120), (680, 700))
    for number, (x, y) in enumerate(corners, 1):
        on_picture(page, x, y)
        expect(page.locator("#points tbody tr")).to_have_count(number + 1)
        on_map(page, x, y)
    expect(page.locator("#map img.underlay")).to_be_visible()
    expect(page.locator("#points [data-off]").first).to_have_text("")
    # A fourth point, set the other way round, six metres off.
    on_map(page, 120, 680)
    on_picture(page, 180, 680)  # 60 px are 6 m
    expect(page.locator("#points [data-off]").nth(3)).to_have_text(re.compile(r"^[12]\.\d\d$"))
    page.locator("[data-remove]").nth(3).click()
    expect(page.locator("#points tbody tr")).to_have_count(4)
    page.locator("#undo").click()
    expect(page.locator("#points tbody tr")).to_have_count(5)
    page.locator("#redo").click()
    page.locator("#opacity").fill("30")
    assert page.locator("#map img.underlay").evaluate("one => one.style.opacity") == "0.3"
    page.locator("#save").click()
    expect(page.locator(".messages")).to_be_visible()
    underlay.refresh_from_db()
    assert underlay.residual_m is not None and len(underlay.points) == 3
    # The middle of the picture lies in the middle of the town, to the click's pixel.
    shown = page.evaluate(
        f"""() => {{
            const {{ matrix }} = {PLACING}.fit();
            return matrix.slice(0, 2).map(([a, b, c]) => 400 * a + 400 * b + c);
        }}"""
    )
    [wanted] = mercator.to_metres([place_of(400, 400)])
    assert abs(shown[0] - wanted[0]) < 1.5 and abs(shown[1] - wanted[1]) < 1.5


def test_points_that_are_not_saved_outlive_a_reload(placing: Callable[..., Page]) -> None:
    page = placing()
    near(page)
    for x, y in ((100, 100), (700, 120)):
        on_picture(page, x, y)
        on_map(page, x, y)
    expect(page.locator("#points tbody tr")).to_have_count(3)
    page.reload()
    expect(page.locator("#main[data-ready]")).to_be_attached()
    expect(page.locator("#points tbody tr")).to_have_count(3)
    expect(page.locator("#said")).not_to_be_empty()


def test_a_picture_is_placed_by_keyboard_and_by_numbers(
    placing: Callable[..., Page], underlay: Underlay, axe: Callable[[Page], list[str]]
) -> None:
    page = placing()
    near(page)
    for x, y in ((100, 100), (700, 120)):
        center(page, "picture", x, y)
        page.locator("#picture").focus()
        page.keyboard.press("Enter")
        center(page, "map", x, y)
        page.locator("#map").focus()
        page.keyboard.press("Enter")
    page.locator("#picture").focus()
    before = page.evaluate(f"{PLACING}.picture.getCenter()")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(lng) => {PLACING}.picture.getCenter().lng > lng", arg=before["lng"])
    lon, lat = place_of(680, 700)
    row = page.locator("#points tbody tr").nth(2)
    for name, value in (("x", 680), ("y", 700), ("lon", lon), ("lat", lat)):
        row.locator(f"[name={name}]").fill(f"{value:.7f}".rstrip("0").rstrip("."))
    row.locator("[name=lat]").press("Tab")
    expect(page.locator("#map img.underlay")).to_be_visible()
    assert axe(page) == []
    page.locator("#save").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_be_visible()
    underlay.refresh_from_db()
    assert underlay.matrix is not None


def test_the_editor_shows_pictures_and_tiles_below_its_grids(
    plan: Plan, planner: User, underlay: Underlay, tmp_path: Path, visitor: Callable[..., Page],
    sign_in: Callable[[Page, str], Page], axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    points = [(x, y, *place_of(x, y)) for x, y in ((100, 100), (700, 120), (680, 700), (90, 700))]
    place_underlay(underlay=underlay, points=points, fit="affine", by=None, at=now())
    _, x, y = files.tile_at(ORIGIN[0] / 1e7, ORIGIN[1] / 1e7, 18)
    tiles = {(18, x + i, y + j): files.picture() for i in range(-3, 4) for j in range(-3, 4)}
    for datum in Background.Datum.values:
        path = files.mbtiles(tmp_path / f"{datum}.mbtiles", tiles)
        row = add_file(
            place=plan.scheme.area.slug, name_zh=datum, source=path, datum=datum, by=None, at=now()
        )
        switch_background(background=row, enabled=True, by=None, at=now())
    desk = DeskPage(sign_in(visitor(), "planner"), plan).open()
    page = desk.page
    page.locator("#layers-open").click()
    picture = page.locator(f"[data-layer=underlay-{underlay.pk}]")
    expect(picture).to_be_attached()
    picture.check()
    shown = page.locator(".geogrid-underlays img.underlay")
    expect(shown).to_be_visible()
    box = shown.bounding_box()
    west, north = desk.at(0, 4)
    assert box is not None
    assert abs(box["x"] - west) < 2 and abs(box["y"] - north) < 2, "it lies where its points say"
    strength = page.locator(".layer-opacity:not([hidden]) input").first
    strength.fill("40")
    assert shown.evaluate("one => one.style.opacity") == "0.4"
    mbtiles = page.locator("[data-layer^=background-]")
    mbtiles.first.check()
    expect(page.locator(".geogrid-backgrounds img.leaflet-tile-loaded").first).to_be_attached()
    mbtiles.first.uncheck()
    mbtiles.nth(1).check()
    expect(page.locator(".geogrid-backgrounds canvas.leaflet-tile-loaded").first).to_be_attached()
    assert axe(page) == []
    desk.mesh("desk.map.setZoom(22, {animate: false})")
    assert desk.mesh("desk.map.getZoom()") == 22
    page.reload()
    desk.ready()
    expect(shown).to_be_attached()
    assert shown.evaluate("one => one.style.opacity") == "0.4", "remembered"


def test_lists_and_forms_have_no_barriers(
    plan: Plan, planner: User, underlay: Underlay, tmp_path: Path, visitor: Callable[..., Page],
    sign_in: Callable[[Page, str], Page], axe: Callable[[Page], list[str]], settings: object,
) -> None:  # fmt: skip
    settings.GEOGRID_TILE_HOSTS = ["gis.intra"]  # type: ignore[attr-defined]
    slug = plan.scheme.area.slug
    number = files.tile_at(ORIGIN[0] / 1e7, ORIGIN[1] / 1e7, 14)
    path = files.mbtiles(tmp_path / "old.mbtiles", {number: files.picture()})
    row = add_file(place=slug, name_zh="老图", source=path, by=None, at=now())
    page = sign_in(visitor(language="en", viewport={"width": 360, "height": 740}), "planner")
    for address in (
        "backgrounds/", "backgrounds/file/", "backgrounds/service/", "underlays/add/",
        f"underlays/{underlay.pk}/", f"underlays/{underlay.pk}/delete/",
    ):  # fmt: skip
        page.goto(f"/plan/{slug}/{address}")
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    page.goto(f"/plan/{slug}/backgrounds/{row.pk}/")
    expect(page.locator("#said")).to_have_text("It answers.")
    expect(page.locator("img.background-tiles, .background-tiles img").first).to_be_attached()
    assert axe(page) == []
