"""Drives chromium through the demo and saves what it shows; started by scripts/pictures."""

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from doors import planner_pictures

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"wide": (1280, 800, 1), "phone": (360, 780, 2)}
LANGUAGES = {"zh": ("zh-CN", "jinghu"), "en": ("en-US", "neubrandenburg")}
SETTLED_MS = 1500
COLOURS = 250
ON_PAPER = ("planner-dossier-map", "planner-dossier-proof")  # the same on every screen
# What is done on a page before its picture; answers one where the picture is not of the page.
Steps = Callable[[Page, str], bytes | None]


@dataclass(frozen=True)
class Picture:
    """A page: where it is, whose door leads there, what to do before the picture."""

    path: str
    role: str = ""
    steps: Steps | None = None
    position: bool = False
    sizes: tuple[str, ...] = tuple(SIZES)


def selected_grid(page: Page, area: str) -> None:
    """Open the card of the grid that the demo's front page shows selected."""
    page.goto("/")
    code = json.loads(page.locator("#map-config").text_content() or "{}")["selected"]
    page.goto(f"/map/{area}/grid/{code}/")


def search(page: Page, area: str) -> None:
    words = {"jinghu": "学宫街", "neubrandenburg": "Stargarder"}[area]
    page.goto(f"/map/{area}/search?q={words}")


def first_hazard(page: Page, area: str) -> None:
    page.locator("#stops a[data-stop^=hazard]").first.click()


def first_visit(page: Page, area: str) -> None:
    first_hazard(page, area)
    page.locator(".cta a").click()
    page.wait_for_selector("#visit")


def first_case(page: Page, area: str) -> None:
    page.locator("#stops a[data-stop^=case]").first.click()


def office_case(page: Page, area: str) -> None:
    page.locator("[id^=row-]").first.click()
    page.wait_for_selector("#case-title")


def heat(page: Page, area: str) -> None:
    page.locator("#heat").click()


def proof(page: Page, area: str) -> None:
    page.locator(".proofchip").click()


PICTURES = {
    "demo": Picture("/"),
    "sign-in": Picture("/accounts/login/"),
    "resident-map": Picture("/map/{area}/"),
    "resident-card": Picture("", steps=selected_grid),
    "resident-search": Picture("", steps=search),
    "resident-report": Picture("/report/?area={area}"),
    "resident-follow": Picture("/report/find/"),
    "patrol-today": Picture("/patrol/", "patrol", position=True),
    "patrol-map": Picture("/patrol/map/", "patrol", position=True),
    "patrol-hazard": Picture("/patrol/", "patrol", first_hazard),
    "patrol-visit": Picture("/patrol/", "patrol", first_visit, position=True),
    "patrol-report": Picture("/patrol/report/", "patrol"),
    "patrol-case": Picture("/patrol/", "patrol", first_case),
    "patrol-cases": Picture("/patrol/cases/", "patrol"),
    "patrol-me": Picture("/patrol/me/", "patrol"),
    "office-cases": Picture("/office/{area}/", "office"),
    "office-case": Picture("/office/{area}/", "office", office_case),
    "office-phone": Picture("/office/{area}/phone/", "office"),
    "planner-plan": Picture("/plan/{area}/", "planner"),
    "planner-balance": Picture("/plan/{area}/", "planner", heat),
    "planner-proof": Picture("/plan/{area}/", "planner", proof),
    "planner-plans": Picture("/plan/{area}/plans/", "planner"),
    **{
        name: Picture(path, "planner", steps, sizes=("wide",) if name in ON_PAPER else tuple(SIZES))
        for name, (path, steps) in planner_pictures.PICTURES.items()
    },
    "api": Picture("/api/docs"),
}


@contextmanager
def opened(browser: Browser, address: str, size: str, language: str) -> Iterator[BrowserContext]:
    width, height, scale = SIZES[size]
    context = browser.new_context(
        base_url=address,
        locale=LANGUAGES[language][0],
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        has_touch=size == "phone",
    )
    context.set_default_timeout(20_000)
    yield context
    context.close()


def take(context: BrowserContext, picture: Picture, area: str) -> bytes:
    page = context.new_page()
    refused: list[str] = []
    page.on("response", lambda answer: note_refusal(answer, refused))
    if picture.role:
        page.goto("/")
        page.locator(f'form[action$="/enter/{area}/{picture.role}/"] button').click()
    if picture.position:
        stand_beside_a_stop(page)
    if picture.path:
        page.goto(picture.path.format(area=area))
    if picture.position:
        page.wait_for_selector("#stops .way")
    drawn = picture.steps(page, area) if picture.steps else None
    if drawn:
        page.close()
        return drawn
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLED_MS)
    shot = page.screenshot()
    page.close()
    if refused:
        raise RuntimeError(refused[0])
    return shot


def note_refusal(answer: Response, refused: list[str]) -> None:
    """A picture of an error page is no picture of the page."""
    if answer.request.is_navigation_request() and answer.status >= 400:
        refused.append(f"{answer.status} at {answer.url}")


def stand_beside_a_stop(page: Page) -> None:
    """Put the phone some sixty metres south of a hazard point."""
    page.goto("/patrol/")
    stops = json.loads(page.locator("#patrol-stops").text_content() or "[]")
    stop = next(row for row in stops if row["key"].startswith("hazard"))
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(
        {"longitude": stop["lon"] + 0.0003, "latitude": stop["lat"] - 0.0005, "accuracy": 20}
    )


def small(shot: bytes) -> bytes:
    """The same picture with a palette: a third of the bytes, and the eye does not see it."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    target = io.BytesIO()
    # Rare hues (a heat colour, a badge) are kept; then the palette moves to where the pixels are.
    reduced = picture.quantize(
        COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
    )
    reduced.save(target, "PNG", optimize=True)
    return target.getvalue()


def main(address: str, folder: Path, names: list[str]) -> int:
    if "--list" in names:
        print("\n".join(PICTURES))
        return 0
    unknown = sorted(set(names) - set(PICTURES))
    if unknown:
        print(f"no page {', '.join(unknown)}; there are: {', '.join(PICTURES)}", file=sys.stderr)
        return 1
    program = shutil.which("chromium")
    if program is None:
        print("chromium is missing; scripts/test installs it", file=sys.stderr)
        return 3
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for name in names or PICTURES:
            for size in PICTURES[name].sizes:
                for language in LANGUAGES:
                    failed += not save(browser, address, folder, name, size, language)
        browser.close()
    return min(failed, 1)


def save(browser: Browser, address: str, folder: Path, name: str, size: str, language: str) -> bool:
    path = folder / f"{name}-{size}-{language}.png"
    with opened(browser, address, size, language) as context:
        try:
            shot = take(context, PICTURES[name], LANGUAGES[language][1])
        except Exception as problem:
            print(f"{path.name}: {str(problem).splitlines()[0]}", file=sys.stderr)
            return False
    path.write_bytes(small(shot))
    print(f"{path.name} {path.stat().st_size // 1000} kB", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
