"""A plan from its first line to residents' screens and back, as a planner and an approver do it.

Through the pages and the editor's JSON only: what a person reads decides what is done next.
"""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
import shapely
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from geogrid.territory.models import Plan, Scheme, Term
from tests.domain.editing import grid, house, line
from tests.factories import UserFactory, authorise, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme() -> Scheme:
    scheme = town().scheme
    for along, up, dwellings in ((0.5, 3, 120), (1.5, 3, 90), (3, 3, 210), (1, 1, 250)):
        house(along, up, dwellings)
    return scheme


def signed_in(scheme: Scheme, role: str) -> Client:
    user = UserFactory()
    authorise(user, scheme, role)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def press(client: Client, page: str, word: str, **data: str) -> str:
    """Follow the way on that the page offers, send its form, and read the page it leads to."""
    found = re.search(rf'<a class="btn[^"]*" href="([^"]+)"[^>]*>(?:(?!</a>).)*{word}', page)
    assert found, f"{word!r} is not offered"
    shown = read(client, found[1])
    assert "<form" in shown
    answer = client.post(found[1], data, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_from_the_first_line_to_the_residents_and_back(scheme: Scheme) -> None:
    planner, approver = signed_in(scheme, "planner"), signed_in(scheme, "approver")
    slug = scheme.area.slug
    first = scheme.terms.get().plan

    started = planner.post(
        reverse("planner:drafts", args=[slug]), {"from": first.number, "name": "Autumn"}
    )
    plan = Plan.objects.get(scheme=scheme, name="Autumn")
    assert started["Location"] == reverse("planner:draft", args=[slug, plan.number])
    new = split(planner, plan, slug)

    def at(name: str) -> str:
        return reverse(f"planner:draft_{name}", args=[slug, plan.number])

    # The new grid has nobody yet; that is said, and declared.
    page = read(planner, at("check"))
    assert "1 grid has nobody who answers for it." in page
    assert new["name"] in page
    answer = planner.post(
        at("vacant"), {"grid": new["code"], "reason": "being recruited"}, follow=True
    )
    page = answer.content.decode()
    assert "1 vacancy is declared." in page
    page = press(planner, page, "Propose it", note="One worker for each half.")
    assert "It waits for somebody who approves plans." in page

    # The approver wants something changed, and says where.
    page = press(
        approver, read(approver, at("check")), "Send it back",
        rows="2", grid_1=new["lineage"], text_1="Please name it.",
    )  # fmt: skip
    page = read(planner, at("check"))
    assert "Please name it." in page
    assert "See to the remarks" in page
    send(
        planner, plan, slug, "describe",
        lineage=new["lineage"], name="Lakeside <&> 2",
    )  # fmt: skip
    settled = planner.post(at("settle"), {"remark": plan.remarks.get().pk}, follow=True)
    page = press(planner, settled.content.decode(), "Propose it")

    # This time it is approved, compared and put in force.
    page = press(approver, read(approver, at("check")), "Approve it", note="Agreed.")
    assert "It is approved and ready." in page
    compared = read(approver, at("compare"))
    assert "Lakeside &lt;&amp;&gt; 2" in compared
    receipt = press(approver, page, "Put it in force now")
    assert "On whose word" in receipt

    card = reverse("resident:grid", args=[slug, new["code"]])
    assert "Lakeside &lt;&amp;&gt; 2" in read(Client(headers={"accept-language": "en"}), card)
    assert running(scheme) == plan

    # And back, in one step.
    plans = read(approver, reverse("planner:plans", args=[slug]))
    receipt = press(approver, plans, "Put it back in force")
    assert "back in force from" in receipt
    assert running(scheme) == first
    gone = Client(headers={"accept-language": "en"}).get(card)
    assert grid(first, 1).name in gone.content.decode() or gone.status_code in (302, 404, 410)


def split(client: Client, plan: Plan, slug: str) -> dict[str, Any]:
    """Cut the first grid; returns the new one as the editor gets it."""
    cut = shapely.geometry.mapping(line((1, 1.5), (1, 4.5)))
    told = send(client, plan, slug, "split", lineage=str(grid(plan, 1).lineage), line=cut)
    known = {str(one) for one in plan.based_on.grids.values_list("lineage", flat=True)}
    (new,) = [one for one in told["changed_grids"] if one["lineage"] not in known]
    return new


def send(client: Client, plan: Plan, slug: str, verb: str, **arguments: Any) -> Any:
    plan.refresh_from_db()
    body = {
        "verb": verb, "arguments": arguments, "command_id": str(uuid4()),
        "base_revision": plan.revision, "unlock": "",
    }  # fmt: skip
    answer = client.post(
        reverse("planner:draft_commands", args=[slug, plan.number]),
        json.dumps(body),
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    return answer.json()


def running(scheme: Scheme) -> Plan:
    return Term.objects.at(timezone.now()).get(scheme=scheme).plan
