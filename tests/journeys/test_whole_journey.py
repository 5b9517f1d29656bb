"""The whole journey in a demo town, as four people live it: search, card, report with photo, the
worker's phone, the office, the result. In a real browser, both languages.

Each page is checked by axe. A page that asks another host, breaks the content security policy or
raises an error fails the test by itself (tests/browsing.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from geogrid.cases.models import Case, CaseEvent
from geogrid.duty.models import Post, Worker
from geogrid.patrols.beats import Beat, beat_of
from geogrid.territory.models import Grid
from layers.places.models import Address
from tests.case_factories import photo_bytes

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
STEPS = ("receive", "dispatch", "accept", "finish", "close")


@dataclass(frozen=True)
class Words:
    area: str
    kind: str
    done: str
    text: str


LANGUAGES = {
    "zh-CN": Words(
        "jinghu", "路灯照明", "已办结", "门口的路灯三天不亮了",
    ),
    "en-US": Words(
        "neubrandenburg", "Street lighting", "Done", "The lamp has been out for three days",
    ),
}  # fmt: skip


def beat(area: str) -> Beat:
    found = beat_of(Worker.objects.get(user__username=f"patrol.{area}"), timezone.now())
    assert found is not None
    return found


def own_grid(round_: Beat) -> Grid:
    """The grid whose post the worker holds, not one they act or stand in for."""
    posts = Post.objects.at(round_.at).filter(worker=round_.worker, tier=Post.Tier.A, acting=False)
    lineages = set(posts.values_list("lineage", flat=True))
    return next(grid for grid in round_.grids if grid.lineage in lineages)


def door(grid: Grid) -> Address:
    """An address well inside the grid."""
    inside = grid.boundary.buffer(-0.0003)
    return Address.objects.within(inside).exclude(house="").order_by("pk").first()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "lamp.jpg"
    path.write_bytes(photo_bytes((800, 600)))
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_search_to_the_result(
    demo_towns: None,
    visitor: Callable[..., Page],
    sign_in: Callable[[Page, str], Page],
    axe: Axe,
    photo: Path,
    language: str,
) -> None:
    words = LANGUAGES[language]
    round_ = beat(words.area)
    grid = own_grid(round_)
    address = door(grid)
    office = sign_in(visitor(language=language), f"office.{words.area}")
    office.goto(f"/office/{words.area}/")

    resident = visitor(language=language, phone=True)
    find_the_card(resident, axe, words, grid, address)
    case = send_the_report(resident, axe, words, address, photo)
    assert (case.grid, case.worker) == (grid, round_.worker)
    page_of_the_report = resident.url.replace("&new=1", "")

    expect(office.locator(f"#row-{case.pk}")).to_be_visible(timeout=15_000)
    assert axe(office) == []

    position = {"longitude": address.anchor.x, "latitude": address.anchor.y, "accuracy": 15}
    worker = visitor(
        language=language, phone=True, geolocation=position, permissions=["geolocation"]
    )
    settle_the_case(sign_in(worker, f"patrol.{words.area}"), axe, words, case, photo)
    close_the_case(office, axe, words, case)

    resident.goto(page_of_the_report)
    expect(resident.locator(".stages")).to_contain_text(words.done)
    expect(resident.locator("main")).to_contain_text("OK 2026")
    assert resident.locator("img.photo").count() == 2
    assert axe(resident) == []
    steps = list(CaseEvent.objects.filter(case=case).values_list("step", flat=True))
    assert [step for step in STEPS if step in steps] == list(STEPS)


def find_the_card(page: Page, axe: Axe, words: Words, grid: Grid, address: Address) -> None:
    page.goto(f"/map/{words.area}/")
    page.wait_for_selector(".pub.live .leaflet-container")
    assert axe(page) == []
    page.locator("input[name=q]").fill(address.text)
    page.keyboard.press("Enter")
    # One certain answer opens its card by itself; of several the reader chooses.
    page.wait_for_function(
        "() => document.querySelector('[data-card]')"
        " || document.querySelectorAll('.answers [data-grid]').length > 1"
    )
    card = page.locator("[data-card]")
    if not card.count():
        page.locator(".answers a").first.click()
    expect(card).to_have_attribute("data-card", grid.code)
    expect(card.locator("a[href^='tel:']").first).to_be_visible()
    assert axe(page) == []


def send_the_report(page: Page, axe: Axe, words: Words, address: Address, photo: Path) -> Case:
    before = set(Case.objects.values_list("pk", flat=True))
    page.locator("[data-card] a[href*='/report/']").first.click()
    page.wait_for_selector("#report")
    assert axe(page) == []
    page.get_by_text(words.kind, exact=True).click()
    page.locator("textarea[name=text]").fill(words.text)
    page.locator("#id_address").fill(address.text)
    page.locator("button[value=find]").click()
    page.locator("input[name=spot]").first.check()
    page.locator("input[name=photos]").set_input_files(photo)
    page.locator("button[value=look]").click()
    page.wait_for_selector("button[value=send]")
    assert axe(page) == []
    page.locator("button[value=send]").click()
    expect(page.locator("#number")).to_be_visible()
    assert axe(page) == []
    return Case.objects.exclude(pk__in=before).get()


def settle_the_case(page: Page, axe: Axe, words: Words, case: Case, photo: Path) -> None:
    page.goto("/patrol/")
    row = page.locator(f"#stops a[data-stop='case-{case.pk}']")
    expect(row.locator(".way")).to_be_visible()
    assert axe(page) == []
    row.click()
    page.locator("button[value=accept]").click()
    page.locator("textarea[name=note]").fill("OK")
    page.locator("#step input[name=photos]").set_input_files(photo)
    page.locator("button[value=finish]").click()
    expect(page.locator("[role=status].messages")).to_be_visible()
    assert axe(page) == []
    page.goto("/patrol/")
    expect(page.locator("#stops li").first).to_be_visible()
    assert page.locator(f"#stops a[data-stop='case-{case.pk}']").count() == 0


def close_the_case(page: Page, axe: Axe, words: Words, case: Case) -> None:
    page.goto(f"/office/{words.area}/?show=to_verify")
    page.locator(f"#row-{case.pk}").click()
    page.locator("details.act.main > summary").click()
    page.locator("#close-note").fill("OK 2026")
    page.locator("details.act.main button[value=close]").click()
    expect(page.locator("#case .note.ok").first).to_be_visible()
    assert axe(page) == []
