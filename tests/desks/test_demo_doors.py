"""The demo's doors: only in the demo, only demo accounts, each to its prepared task."""

import pytest
from django.test import Client
from django.urls import clear_url_caches, reverse, set_urlconf

from geogrid.accounts.models import User
from geogrid.territory.models import Term
from tests import demo_urls
from tests.factories import UserFactory, authorise, town

# Named by the module, so that the usual addresses are read now, before a test turns the demo on.
pytestmark = [pytest.mark.django_db, pytest.mark.urls(demo_urls.__name__)]
SLUG = "mirror-lake"


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    settings.DEMO = True
    clear_url_caches()
    set_urlconf(None)


@pytest.fixture
def term() -> Term:
    term = town(SLUG)
    for role in ("planner", "office", "patrol"):
        user = UserFactory(username=f"{role}.{SLUG}", is_demo=True)
        if role != "patrol":
            authorise(user, term.scheme, {"planner": "planner", "office": "dispatcher"}[role])
        else:
            worker = term.scheme.area.workers.get(name="worker1")
            worker.user = user
            worker.save()
    return term


def enter(client: Client, role: str, area: str = SLUG):
    return client.post(reverse("demo:enter", args=[area, role]))


@pytest.mark.parametrize(
    ("role", "page"),
    [("planner", "planner:plan"), ("office", "office:cases"), ("patrol", "patrol:today")],
)
def test_a_door_signs_in_and_leads_to_its_task(
    client: Client, term: Term, role: str, page: str
) -> None:
    response = enter(client, role)
    wanted = reverse(page, args=[SLUG] if page != "patrol:today" else [])
    assert response["Location"] == wanted
    assert client.get(wanted).status_code == 200
    assert User.objects.get(pk=client.session["_auth_user_id"]).username == f"{role}.{SLUG}"


def test_the_residents_door_signs_out(client: Client, term: Term) -> None:
    enter(client, "planner")
    assert enter(client, "resident")["Location"] == reverse("resident:map", args=[SLUG])
    assert "_auth_user_id" not in client.session


def test_only_demo_accounts_open(client: Client, term: Term) -> None:
    User.objects.filter(username=f"planner.{SLUG}").update(is_demo=False)
    assert enter(client, "planner").status_code == 404
    User.objects.filter(username=f"office.{SLUG}").update(is_active=False)
    assert enter(client, "office").status_code == 404


def test_only_in_the_demo(client: Client, term: Term, settings) -> None:
    settings.DEMO = False
    assert enter(client, "planner").status_code == 404
    assert client.get(reverse("demo:home")).status_code == 404


def test_only_by_a_button(client: Client, term: Term) -> None:
    assert client.get(reverse("demo:enter", args=[SLUG, "planner"])).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert enter(strict, "planner").status_code == 403


@pytest.mark.parametrize("role", ["admin", "superuser", "..", "planner."])
def test_there_is_no_fifth_door(client: Client, term: Term, role: str) -> None:
    assert client.post(f"/enter/{SLUG}/{role}/").status_code == 404


def test_the_town_follows_the_language(client: Client, term: Term) -> None:
    town("lake-town", language="en", name="Lake Town", fictional=False)
    chinese = client.get("/", headers={"accept-language": "zh-CN,zh;q=0.9"}).content.decode()
    german = client.get("/", headers={"accept-language": "de,en;q=0.5"}).content.decode()
    assert f"/enter/{SLUG}/planner/" in chinese
    assert "每一扇门" in chinese
    assert "/enter/lake-town/planner/" in german
    assert "grids, people and phone numbers are invented" in german


def test_before_the_towns_are_there(client: Client) -> None:
    assert client.get("/").status_code == 503
