"""Proposals over JSON: nothing is written, what is accepted lands exactly and can be taken back."""

from typing import Any

import pytest
from django.test import Client

from geogrid.territory import actions
from geogrid.territory.models import BoundaryEdit, Grid, Plan, PlanLoad, Scheme
from tests.desks.drafting import address, drafted, queries, read, send, signed_in, told
from tests.domain.editing import grid, house, lineage
from tests.factories import town

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme() -> Scheme:
    return town().scheme


@pytest.fixture
def plan(scheme: Scheme) -> Plan:
    """Grid a has 330 homes in six houses, b 90 in one."""
    for along, up in ((0.5, 2.5), (1.5, 2.5), (0.5, 3.5), (1.5, 3.5)):
        house(along, up, 30)
    return drafted(scheme)


@pytest.fixture
def planner(scheme: Scheme) -> Client:
    return signed_in(scheme)[0]


def ask(client: Client, plan: Plan, **body: Any) -> Any:
    unit = read(client, plan, "proposals")["units"][0]["lineage"]
    return send(client, plan, "proposals", {"unit": unit, "least": 150, "most": 270} | body)


class TestAsking:
    def test_tells_where_proposals_can_be_asked_for(self, planner: Client, plan: Plan) -> None:
        told = read(planner, plan, "proposals")
        assert [one["grids"] for one in told["units"]] == [2, 2]
        assert told["range"] == {"least": 200, "most": 300}

    def test_proposes_ways_with_figures_and_steps_and_writes_nothing(
        self, planner: Client, plan: Plan
    ) -> None:
        answer = ask(planner, plan)
        assert answer.status_code == 200, answer.content
        made = answer.json()
        assert made["now"]["within"] == 0
        best = made["alternatives"][0]
        assert best["then"]["within"] == best["then"]["grids"]
        assert best["homes"] >= 60
        (step, *_) = best["steps"]
        assert step["verb"] == "claim"
        assert sum(step["loads"].values()) == 420
        assert step["homes"] > 0
        assert {one["lineage"] for one in best["grids"] if one["shape"]} >= set(step["loads"])
        assert BoundaryEdit.objects.count() == 0
        assert plan.grids.count() == 6

    def test_a_locked_grid_is_left_alone(self, planner: Client, plan: Plan) -> None:
        other = str(lineage(plan, 2))
        answer = ask(planner, plan, locked=[other])
        assert answer.status_code == 200, answer.content
        for way in answer.json()["alternatives"]:
            assert all(other not in step["loads"] for step in way["steps"])

    def test_nothing_to_balance_is_said(self, planner: Client, plan: Plan) -> None:
        Grid.objects.filter(pk=grid(plan, 1).pk).update(kind=Grid.Kind.DEDICATED)
        answer = ask(planner, plan)
        assert (answer.status_code, answer.json()["code"]) == (409, "territory.nothing_to_balance")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"least": 0}, {"most": 100}, {"keep": 11}, {"keep": "much"}, {"seed": 1.5},
            {"unit": "nowhere"}, {"locked": "all"}, {"locked": ["x"]},
        ],
    )  # fmt: skip
    def test_nonsense_is_refused(self, planner: Client, plan: Plan, wrong: Any) -> None:
        answer = ask(planner, plan, **wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "planner.not_asked")

    def test_only_planners_ask(self, scheme: Scheme, plan: Plan) -> None:
        office = signed_in(scheme, "dispatcher")[0]
        answer = office.post(address(plan, "proposals"), "{}", content_type="application/json")
        assert answer.status_code == 403

    def test_asks_the_database_little(self, planner: Client, plan: Plan) -> None:
        assert queries(lambda: ask(planner, plan)) < 35


class TestAccepting:
    def test_all_steps_are_one_command_that_lands_as_told(
        self, planner: Client, plan: Plan
    ) -> None:
        way = ask(planner, plan).json()["alternatives"][0]
        answer = send(planner, plan, "proposals_composed", {"steps": way["steps"]})
        assert answer.status_code == 200, answer.content
        whole = answer.json()
        done = send(planner, plan, "commands", told(whole["verb"], 0, **whole["arguments"]))
        assert done.status_code == 200, done.content
        assert actions.plan_residual(plan) == 0
        loads = dict(
            PlanLoad.objects.filter(grid__plan=plan).values_list("grid__lineage", "dwellings")
        )
        for one in way["grids"]:
            assert str(loads[next(k for k in loads if str(k) == one["lineage"])]) == str(
                one["then"]
            )
        back = send(planner, plan, "undo", {"base_revision": 1})
        assert back.status_code == 200
        assert BoundaryEdit.objects.count() == 2

    def test_steps_can_be_carried_out_one_by_one_in_their_order(
        self, planner: Client, plan: Plan
    ) -> None:
        way = ask(planner, plan).json()["alternatives"][-1]
        for number, step in enumerate(way["steps"]):
            done = send(planner, plan, "commands", told(step["verb"], number, **step["arguments"]))
            assert done.status_code == 200, done.content
            now = {one["lineage"]: one["dwellings"] for one in done.json()["changed_grids"]}
            for one, load in step["loads"].items():
                assert now.get(one, load) == load
        assert actions.plan_residual(plan) == 0

    def test_a_draft_that_moved_on_is_noticed(self, planner: Client, plan: Plan) -> None:
        way = ask(planner, plan).json()["alternatives"][0]
        first = way["steps"][0]
        merged = told("merge", 0, target=first["target"], others=first["sources"])
        assert send(planner, plan, "commands", merged).status_code == 200
        answer = send(planner, plan, "proposals_composed", {"steps": way["steps"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "territory.proposal_outdated")

    @pytest.mark.parametrize(
        "steps", [None, [], [1], [{"verb": "claim"}], [{"verb": "renumber", "arguments": {}}]]
    )
    def test_nonsense_is_refused(self, planner: Client, plan: Plan, steps: Any) -> None:
        answer = send(planner, plan, "proposals_composed", {"steps": steps})
        assert answer.status_code in (400, 409)
        assert BoundaryEdit.objects.count() == 0
