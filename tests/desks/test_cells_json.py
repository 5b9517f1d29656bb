"""The cells of a grid over JSON: make, move, rename, delete, what is wrong, where an address is."""

from typing import Any

import pytest
from django.test import Client

from geogrid.territory.models import Cell, Plan, PlanEvent, Scheme
from tests.desks.drafting import address, drafted, queries, read, send, signed_in
from tests.domain import homes
from tests.domain.editing import lineage
from tests.factories import town

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme() -> Scheme:
    return town().scheme


@pytest.fixture
def plan(scheme: Scheme) -> Plan:
    """Two houses of two entrances with twelve households each in grid a."""
    homes.house(1)
    homes.house(2)
    return drafted(scheme)


@pytest.fixture
def planner(scheme: Scheme) -> Client:
    return signed_in(scheme)[0]


def told(client: Client, plan: Plan) -> Any:
    return read(client, plan, "cells", f"?grid={lineage(plan, 1)}")


def do(client: Client, plan: Plan, what: str, **more: Any) -> Any:
    body = {"grid": str(lineage(plan, 1)), "do": what} | more
    answer = send(client, plan, "cells", body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_without_cells_it_tells_the_homes(planner: Client, plan: Plan) -> None:
    now = told(planner, plan)
    assert (now["cells"], now["homes"], now["households"], now["limit"]) == ([], 4, 48, 30)
    assert len(now["free"]) == 4
    assert now["findings"] == []


def test_makes_cells_and_moves_an_entrance(planner: Client, plan: Plan) -> None:
    one, two = do(planner, plan, "make", most=24)["cells"]
    assert one["households"] == two["households"] == 24
    home = one["homes"][0]
    moved = do(planner, plan, "move", homes=[{"unit": home["unit"]}], to=two["lineage"])
    assert [cell["households"] for cell in moved["cells"]] == [12, 36]
    assert [found["kind"] for found in moved["findings"]] == ["above_limit", "without_entrances"]
    assert "36" in moved["findings"][0]["message"]
    fresh = do(planner, plan, "move", homes=[{"unit": home["unit"], "floors": [1, 4]}], to=None)
    assert len(fresh["cells"]) == 3
    assert fresh["cells"][2]["homes"][0]["floors"] == [1, 4]


def test_renames_and_deletes(planner: Client, plan: Plan) -> None:
    one, two = do(planner, plan, "make", most=24)["cells"]
    named = do(planner, plan, "rename", cell=one["lineage"], name=" 东门 ")
    assert named["cells"][0]["name"] == "东门"
    left = do(planner, plan, "delete", cells=[two["lineage"]])
    assert len(left["cells"]) == 1
    assert len(left["free"]) == 2
    assert left["findings"][0]["kind"] == "in_no_cell"
    assert do(planner, plan, "delete")["cells"] == []
    assert PlanEvent.objects.filter(plan=plan, kind=PlanEvent.Kind.CELLS).count() == 4


def test_finds_the_cell_of_an_address(planner: Client, plan: Plan) -> None:
    one, _ = do(planner, plan, "make", most=24)["cells"]
    found = read(planner, plan, "cell_at", "?address=春晖小区1栋1单元&floor=3")["cell"]
    assert found["code"] in {cell["code"] for cell in (one, _)}
    assert found["grid"]["lineage"] == str(lineage(plan, 1))
    assert read(planner, plan, "cell_at", "?address=nowhere")["cell"] is None


@pytest.mark.parametrize("floor", ["--5", "-", "5-", "999999", "٣٣٣٣٣٣"])
def test_what_is_no_floor(planner: Client, plan: Plan, floor: str) -> None:
    where = address(plan, "cell_at")
    assert planner.get(where, {"address": "x", "floor": floor}).status_code == 400


def test_cells_that_are_there_are_not_made_again_unless_asked(planner: Client, plan: Plan) -> None:
    do(planner, plan, "make", most=24)
    again = send(planner, plan, "cells", {"grid": str(lineage(plan, 1)), "do": "make"})
    assert (again.status_code, again.json()["code"]) == (409, "territory.cells_there")
    assert len(do(planner, plan, "make", most=12, anew=True)["cells"]) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"do": "paint"}, {"do": "make", "most": 0}, {"do": "move"}, {"do": "move", "homes": [{}]},
        {"do": "move", "homes": [{"unit": 1, "floors": [3, 1]}]}, {"do": "rename", "cell": "x"},
        {"do": "rename", "name": "x" * 200}, {"do": "delete", "cells": []}, {"grid": "x"},
    ],
)  # fmt: skip
def test_nonsense_is_refused(planner: Client, plan: Plan, wrong: Any) -> None:
    body = {"grid": str(lineage(plan, 1))} | wrong
    answer = send(planner, plan, "cells", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "planner.not_asked")
    assert not Cell.objects.exists()


def test_offices_read_and_do_not_write(scheme: Scheme, plan: Plan) -> None:
    office = signed_in(scheme, "dispatcher")[0]
    assert told(office, plan)["cells"] == []
    answer = office.post(address(plan, "cells"), "{}", content_type="application/json")
    assert answer.status_code == 403


def test_asks_the_database_little(planner: Client, plan: Plan) -> None:
    do(planner, plan, "make", most=12)
    assert queries(lambda: told(planner, plan)) < 25
