"""A draft on the planner's desk, and how tests ask its addresses."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import shapely
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from geogrid.accounts.models import User
from geogrid.territory import actions
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Plan, Scheme
from tests.domain.editing import house, line, lineage
from tests.factories import UserFactory, authorise, now

JSON_READ = ("grids", "changes", "history", "findings", "ground")
JSON_WRITTEN = ("commands", "undo", "redo")


def drafted(scheme: Scheme) -> Plan:
    """A draft of the four grids in force: a, b in the north, c, d in the south."""
    for along, up, dwellings in ((1, 3, 210), (3, 3, 90), (1, 1, 250), (3.5, 1.5, 400)):
        house(along, up, dwellings)
    started = actions.start_draft(scheme=scheme, by=None, at=now(), name="Herbst")
    rebuild_loads(plan=started, at=now())
    return started


def signed_in(scheme: Scheme | None, role: str = "planner") -> tuple[Client, User]:
    user = UserFactory()
    if scheme is not None:
        authorise(user, scheme, role)
    client = Client()
    client.force_login(user)
    return client, user


def address(plan: Plan, name: str) -> str:
    page = "planner:draft" if name == "page" else f"planner:draft_{name}"
    return reverse(page, args=[plan.scheme.area.slug, plan.number])


def read(client: Client, plan: Plan, name: str, query: str = "", **headers: str) -> Any:
    answer = client.get(address(plan, name) + query, headers=headers)
    assert answer.status_code == 200, answer.content
    assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]
    return answer.json()


def send(client: Client, plan: Plan, name: str, body: Any, **headers: str) -> Any:
    return client.post(
        address(plan, name), json.dumps(body), content_type="application/json", headers=headers
    )


def told(verb: str, base: int, **arguments: Any) -> dict[str, Any]:
    shapes = {
        name: shapely.geometry.mapping(value) if isinstance(value, shapely.Geometry) else value
        for name, value in arguments.items()
    }
    return {
        "verb": verb,
        "arguments": shapes,
        "command_id": str(uuid4()),
        "base_revision": base,
        "unlock": "",
    }


def split_of(plan: Plan, number: int = 1, base: int = 0) -> dict[str, Any]:
    return told("split", base, lineage=str(lineage(plan, number)), line=line((1, 1.5), (1, 4.5)))


def queries(act: Callable[[], Any]) -> int:
    """How many statements it takes, the second time: the first fills what is kept in memory."""
    act()
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)
