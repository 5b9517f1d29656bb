"""The pages a plan is defended with: its dossier, alternatives side by side, the meeting."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from geogrid.outbox.models import Job
from geogrid.publishing.dossier.making import ask_for_dossier, make
from geogrid.publishing.models import Dossier
from geogrid.territory.models import Plan
from tests.desks.drafting import drafted, queries, send, signed_in, split_of
from tests.factories import now, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """A draft whose first grid is cut in two."""
    started = drafted(town().scheme)
    client, _user = signed_in(started.scheme)
    assert send(client, started, "commands", split_of(started)).status_code == 200
    started.refresh_from_db()
    return started


@pytest.fixture
def client(plan: Plan) -> Client:
    return signed_in(plan.scheme)[0]


def address(plan: Plan, name: str = "draft_dossier", *more: Any) -> str:
    return reverse(f"planner:{name}", args=[plan.scheme.area.slug, plan.number, *more])


def page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url, headers={"accept-language": "en"})
    assert answer.status_code == status
    return answer.content.decode()


def beside(plan: Plan, query: str = "") -> str:
    return reverse("planner:alternatives", args=[plan.scheme.area.slug]) + query


def test_a_dossier_is_asked_for_made_and_taken_along(client: Client, plan: Plan) -> None:
    assert "No dossier has been made yet." in page(client, address(plan))
    answer = client.post(address(plan), {"language": "en", "beside": ["1"]})
    assert (answer.status_code, answer["Location"]) == (302, address(plan))
    row = Dossier.objects.get()
    assert row.alternatives == [plan.number, 1]
    waiting = page(client, address(plan))
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "data-state" in waiting
    said = client.get(address(plan, "draft_dossier_state")).json()
    assert said == {"dossiers": {str(row.pk): "waiting"}}
    make(dossier=row.pk, at=now())
    ready = page(client, address(plan))
    assert "as the plan is now" in ready
    assert "refresh" not in ready
    for ending, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        file = client.get(address(plan, "draft_dossier_file", row.pk, ending))
        assert b"".join(file.streaming_content).startswith(start)
        assert "attachment" in file["Content-Disposition"]
        assert "no-store" in file["Cache-Control"]
    assert client.get(address(plan, "draft_dossier_file", row.pk, "doc")).status_code == 404
    assert client.get(address(plan, "draft_dossier_file", row.pk + 1, "pdf")).status_code == 404


def test_once_the_draft_goes_on_the_dossier_says_so(client: Client, plan: Plan) -> None:
    row = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    make(dossier=row.pk, at=now())
    Plan.objects.filter(pk=plan.pk).update(revision=plan.revision + 1)
    told = page(client, address(plan))
    assert "the plan has changed since" in told
    assert "as the plan is now" not in told


def test_nonsense_is_refused_with_a_sentence(client: Client, plan: Plan) -> None:
    answer = client.post(address(plan), {"language": "xx"})
    assert answer.status_code == 400
    answer = client.post(address(plan), {"language": "en", "beside": ["999"]})
    assert answer.status_code == 400
    assert not Job.objects.filter(kind="publishing.make_dossier").exists()


def test_who_may_not_see_the_plan_gets_no_file(plan: Plan) -> None:
    row = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    make(dossier=row.pk, at=now())
    stranger, _user = signed_in(None)
    assert stranger.get(address(plan, "draft_dossier_file", row.pk, "pdf")).status_code == 403
    assert Client().get(address(plan, "draft_dossier_file", row.pk, "pdf")).status_code == 302
    assert stranger.get(beside(plan)).status_code == 403
    assert stranger.get(address(plan, "meeting")).status_code == 403


def test_every_page_of_a_plan_leads_to_its_dossier(client: Client, plan: Plan) -> None:
    for name in ("draft_check", "draft_compare"):
        assert f'href="{address(plan)}"' in page(client, address(plan, name))


def test_alternatives_are_one_table(client: Client, plan: Plan) -> None:
    told = page(client, beside(plan, f"?a={plan.number}&b=1"))
    assert told.count('class="best"') >= 1
    assert '<span class="vh">best:' in told
    assert "Dwellings that change hands" in told
    assert page(client, beside(plan))  # the newest two
    assert "Choose two different plans." in page(client, beside(plan, "?a=1&b=1"), 404)
    assert "There is no plan 99" in page(client, beside(plan, "?a=1&b=99"), 404)


def test_the_meeting_tells_each_community_and_names_nobody(client: Client, plan: Plan) -> None:
    told = page(client, address(plan, "meeting"))
    for one in plan.grids.filter(level=1):
        assert one.name in told
    assert told.count('class="stop"') == 3
    assert "New:" in told
    for worker in plan.scheme.area.workers.all():
        assert worker.name not in told
    shapes = json.loads(client.get(address(plan, "meeting_map")).content)
    assert len(shapes["after"]["features"]) == 5
    assert len(shapes["before"]["features"]) == 4
    alone = json.loads(client.get(address(plan, "meeting_map") + "?alone=1").content)
    assert alone["before"] is None


def test_a_first_plan_has_nothing_before_it(client: Client, plan: Plan) -> None:
    first = plan.scheme.plans.get(number=1)
    first.scheme = plan.scheme
    assert "nothing changes hands" in page(client, address(first, "meeting"))


def test_no_page_takes_a_query_per_grid(client: Client, plan: Plan) -> None:
    assert queries(lambda: client.get(address(plan))) <= 30
    assert queries(lambda: client.get(address(plan, "meeting"))) <= 50
    assert queries(lambda: client.get(beside(plan, f"?a={plan.number}&b=1"))) <= 60
