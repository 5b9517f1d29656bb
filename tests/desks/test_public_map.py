"""The public pages as HTML: whole without scripts, quick, and silent about what was withdrawn."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from geogrid.publishing import actions
from geogrid.territory.models import Grid, Term
from tests.factories import (
    AddressFactory,
    SchoolFactory,
    now,
    post,
    shown_worker,
    town,
)

pytestmark = pytest.mark.django_db
CHINESE, ENGLISH = {"accept-language": "zh-CN"}, {"accept-language": "en"}


@pytest.fixture
def term() -> Term:
    return town()


@pytest.fixture
def leaf(term: Term) -> Grid:
    return term.plan.grids.leaves().select_related("parent").order_by("code").first()


def card(client: Client, leaf: Grid, headers: dict[str, str] = ENGLISH, **asked: str) -> str:
    path = reverse("resident:grid", args=["mirror-lake", leaf.code])
    return client.get(path, asked, headers=headers).content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_front_page_is_the_map_in_the_visitors_language(client: Client) -> None:
    town()
    town(slug="newtown", language="en", name="Newtown")
    assert "Newtown" in client.get("/", headers=ENGLISH).content.decode()
    assert "镜湖街道" in client.get("/", headers=CHINESE).content.decode()


def test_without_any_plan_the_front_page_says_so(client: Client) -> None:
    page = client.get("/", headers=ENGLISH)
    assert page.status_code == 200
    assert "No map yet" in page.content.decode()


def test_the_list_is_the_map(term: Term, client: Client) -> None:
    page = client.get(reverse("resident:map", args=["mirror-lake"])).content.decode()
    for grid in term.plan.grids.leaves():
        link = reverse("resident:grid", args=["mirror-lake", grid.code])
        assert page.count(f'href="{link}"') == 2  # in the list and in the drawn map
    assert "<svg" in page


def test_the_card_says_whom_to_call(term: Term, leaf: Grid, client: Client) -> None:
    told = card(client, leaf)
    holder = term.scheme.posts.get(lineage=leaf.lineage).worker
    assert holder.name in told
    phone = holder.contacts.get().value
    assert f'href="tel:{phone.replace(" ", "")}"' in told
    for part in ("Grid 01", "N社区", "Grid worker", "Grid chief", "走访", "000 0000 0199"):
        assert part in words(told)
    assert "Border unchanged since March 1, 2026" in words(told)


def test_the_card_in_chinese(leaf: Grid, client: Client) -> None:
    told = words(card(client, leaf, CHINESE))
    for part in ("第 1 网格", "N社区", "网格员", "网格长", "监督电话", "边界自 2026年3月1日起未变"):
        assert part in told


def test_what_is_withdrawn_is_gone_from_the_next_answer(
    term: Term, leaf: Grid, client: Client
) -> None:
    holder = term.scheme.posts.get(lineage=leaf.lineage).worker
    phone = holder.contacts.get().value
    assert phone in card(client, leaf)
    actions.withdraw(worker=holder, by=None, at=now())
    for asked in ({}, {"fragment": "1"}):
        told = card(client, leaf, **asked)
        assert holder.name not in told
        assert phone not in told
        assert "Call the office" in told
        assert "000 0000 0190" in told


def test_a_page_that_names_people_is_kept_nowhere(leaf: Grid, client: Client) -> None:
    answer = client.get(reverse("resident:grid", args=["mirror-lake", leaf.code]))
    assert answer["Cache-Control"] == "no-store"


def test_no_page_lists_the_contacts_of_a_town(term: Term, client: Client) -> None:
    page = client.get(reverse("resident:map", args=["mirror-lake"])).content.decode()
    assert "000 0000 01" not in page.replace("000 0000 0190", "").replace("000 0000 0199", "")


def test_a_vacancy_names_who_stands_in(term: Term, leaf: Grid, client: Client) -> None:
    term.scheme.posts.filter(lineage=leaf.lineage).delete()
    post(leaf, vacancy_reason="招聘中")
    acting = shown_worker(term.scheme.area, name="甄安心", phone="000 0000 0107")
    post(leaf, acting=True, worker=acting)
    told = words(card(client, leaf, CHINESE))
    assert "网格员暂缺，由甄安心代管" in told
    assert "拨打 000 0000 0107" in told


def test_near_a_border_both_grids_are_named(leaf: Grid, client: Client) -> None:
    told = card(client, leaf, at="113.00036,30.0006", place="钟楼街12号")
    assert "钟楼街12号 lies right at the border" in words(told)
    assert "N社区第2网格" in told
    assert "border of this grid" not in card(client, leaf, at="113.0001,30.0006")
    assert "Grid 01" in card(client, leaf, at="nan,x")


def test_a_search_leads_to_the_card(term: Term, leaf: Grid, client: Client) -> None:
    AddressFactory(street="钟楼街", house="12")
    SchoolFactory(name="镜湖小学")
    path = reverse("resident:search", args=["mirror-lake"])
    page = client.get(path, {"q": "种楼街十二号"}).content.decode()
    link = re.search(r'href="([^"]+at=[^"]+)"', page)
    assert link is not None
    assert client.get(link[1].replace("&amp;", "&")).status_code == 200
    assert "镜湖小学" in client.get(path, {"q": "镜湖小学"}).content.decode()
    assert leaf.name in client.get(path, {"q": leaf.name}).content.decode()


@pytest.mark.parametrize("question", ["", " ", "\0", "<script>alert(1)</script>", "%", "x" * 5000])
def test_any_question_gets_an_answer(question: str, term: Term, client: Client) -> None:
    answer = client.get(reverse("resident:search", args=["mirror-lake"]), {"q": question})
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_what_is_not_there_is_not_found(term: Term, client: Client) -> None:
    for path in (
        "/map/nowhere/",
        "/map/mirror-lake/grid/999/",
        "/map/mirror-lake/grid/%00/",
        f"/map/mirror-lake/grid/{term.plan.grids.filter(level=1).first().code}/",
    ):
        assert client.get(path).status_code == 404


def test_pages_stay_below_thirty_queries(
    term: Term, leaf: Grid, client: Client, django_assert_max_num_queries: object
) -> None:
    AddressFactory()
    for path in (
        "/",
        reverse("resident:map", args=["mirror-lake"]),
        reverse("resident:grid", args=["mirror-lake", leaf.code]) + "?at=113.0001,30.0006",
        reverse("resident:search", args=["mirror-lake"]) + "?q=钟楼街12号",
    ):
        with django_assert_max_num_queries(30):  # type: ignore[operator]
            assert client.get(path).status_code == 200


def test_large_type_is_remembered_and_leads_back_only_here(term: Term, client: Client) -> None:
    there = reverse("resident:map", args=["mirror-lake"])
    answer = client.post(reverse("resident:type_size"), {"next": there})
    assert answer["Location"] == there
    assert 'class="large"' in client.get(there).content.decode()
    answer = client.post(reverse("resident:type_size"), {"next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert 'class="large"' not in client.get(there).content.decode()
