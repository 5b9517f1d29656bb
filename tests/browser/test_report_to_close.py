"""A report with a photo, from the resident's phone to its result, in a real browser.

Every page on the way is checked by axe; the pages themselves fail the test when they break the
content security policy, raise an error, or ask another host for anything.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from geogrid.accounts.models import User
from geogrid.cases.models import Case
from geogrid.territory.models import Area
from tests.case_factories import holder, leaf, log_in_of, photo_bytes
from tests.factories import AddressFactory, authorise, town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {
    "zh-CN": {
        "kind": "路灯照明", "find": "查找", "look": "预览", "send": "提交", "arrived": "已收到",
        "accept": "我来办", "handling": "处置中", "finish": "办完了", "handled": "已处置",
        "done": "已办结",
    },
    "en-GB": {
        "kind": "Street lighting", "find": "Find", "look": "Look it over", "send": "Send report",
        "arrived": "has arrived", "accept": "I take it on", "handling": "Handling",
        "finish": "Finished", "handled": "Handled", "done": "Done",
    },
}  # fmt: skip


@pytest.fixture
def area() -> Area:
    place: Area = town(language="zh-hans").scheme.area
    AddressFactory(anchor=leaf(place, "02").label_point)
    return place


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "lamp.jpg"
    path.write_bytes(photo_bytes((800, 600)))
    return path


def signed_in(open_page: Callable[..., Page], user: User, **options: Any) -> Page:
    """A page of a browser in which `user` has signed in."""
    client = Client()
    client.force_login(user)
    page = open_page(**options)
    page.goto("/healthz")
    session = {"name": "geogrid_session", "value": client.cookies["geogrid_session"].value}
    page.context.add_cookies([{**session, "url": page.url}])
    return page


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_report_to_close(
    language: str, area: Area, photo: Path, visitor: Callable[..., Page],
    axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    words = WORDS[language]
    office_user = User.objects.create(username="office", display_name="office")
    authorise(office_user, area.schemes.get(), "dispatcher")
    worker_user = log_in_of(holder(leaf(area, "02")))

    office = signed_in(visitor, office_user, language=language)
    office.goto(f"/office/{area.slug}/")
    assert axe(office) == []

    resident = visitor(language=language, phone=True)
    resident.goto(f"/report/?area={area.slug}")
    assert axe(resident) == []
    resident.get_by_text(words["kind"], exact=True).click()
    resident.locator("textarea[name=text]").fill("台阶旁那盏灯坏了三天，晚上看不清")
    resident.locator("#id_address").fill("钟楼街 12 号")
    resident.get_by_role("button", name=words["find"]).click()
    expect(resident.locator("input[name=spot]").first).to_be_attached()
    resident.locator("input[name=spot]").first.check()
    expect(resident.locator("#place-state")).to_contain_text(leaf(area, "02").name)
    resident.locator("input[name=photos]").set_input_files(photo)
    resident.get_by_role("button", name=words["look"]).click()
    expect(resident.locator("main")).to_contain_text(leaf(area, "02").name)
    assert axe(resident) == []
    resident.get_by_role("button", name=words["send"]).click()
    expect(resident.locator("main")).to_contain_text(words["arrived"])
    assert axe(resident) == []
    followed = resident.url
    case = Case.objects.get()

    # The office sees it without reloading.
    row = office.locator(f"#row-{case.pk}")
    expect(row).to_be_visible(timeout=12_000)
    row.click()
    expect(office.locator("#case-title")).to_have_text(case.title)
    expect(office.locator("#case-map .leaflet-pane").first).to_be_attached()
    assert axe(office) == []

    worker = signed_in(visitor, worker_user, language=language, phone=True)
    worker.goto("/patrol/cases/")
    assert axe(worker) == []
    worker.get_by_text(case.title).click()
    assert axe(worker) == []
    worker.get_by_role("button", name=words["accept"]).click()
    expect(worker.locator(".chip.brand")).to_have_text(words["handling"])
    worker.locator("textarea[name=note]").fill("灯泡已换")
    worker.locator("#step input[name=photos]").set_input_files(photo)
    worker.get_by_role("button", name=words["finish"]).click()
    expect(worker.locator(".chip.brand")).to_have_text(words["handled"])

    office.goto(f"/office/{area.slug}/?show=to_verify")
    office.locator(f"#row-{case.pk}").click()
    office.locator("details.act.main > summary").click()
    office.locator("#close-note").fill("路灯已修好，当晚复查正常。")
    assert axe(office) == []
    office.locator("details.act.main button[value=close]").click()
    expect(office.locator("#case .note.ok").first).to_be_visible()

    resident.goto(followed.replace("&new=1", ""))
    expect(resident.locator(".stages")).to_contain_text(words["done"])
    expect(resident.locator("main")).to_contain_text("路灯已修好，当晚复查正常。")
    assert resident.locator("img.photo").count() == 2
    assert holder(leaf(area, "02")).name not in resident.content()
    assert axe(resident) == []


def test_position_with_its_accuracy_and_one_question(
    area: Area, visitor: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    one, two = leaf(area, "01"), leaf(area, "02")
    where = one.label_point
    page = visitor(
        phone=True,
        permissions=["geolocation"],
        geolocation={
            "longitude": where.x, "latitude": where.y,
            "accuracy": two.boundary.distance(where) * 111_000 * 1.3,
        },
    )  # fmt: skip
    page.goto(f"/report/?area={area.slug}")
    page.locator("#locate").click()
    expect(page.locator("#place-state")).to_contain_text(one.name)
    page.locator("label.tile").first.click()
    page.locator("textarea[name=text]").fill("路灯坏了")
    page.locator("button[value=look]").click()
    expect(page.locator("fieldset.question")).to_be_visible()
    assert axe(page) == []
    page.locator(f"input[name=chosen][value='{two.code}']").check()
    page.locator("button[value=send]").click()
    expect(page.locator("#number")).to_have_text(re.compile(r"\d{4}-\d{4}-\d{3}"))
    assert Case.objects.get().grid == two


def test_without_scripts(area: Area, visitor: Callable[..., Page]) -> None:
    page = visitor(java_script_enabled=False)
    page.goto(f"/report/?area={area.slug}")
    page.locator("label.tile").first.click()
    page.locator("textarea[name=text]").fill("路灯坏了")
    page.locator("#id_address").fill("钟楼街 12 号")
    page.locator("button[value=look]").click()
    page.locator("button[value=send]").click()
    expect(page.locator("#key")).to_be_visible()
    assert Case.objects.get().grid == leaf(area, "02")
