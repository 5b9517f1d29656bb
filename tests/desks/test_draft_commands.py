"""What the editor does to a draft over JSON: commands, undo, what others did, the history."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from geogrid.territory import actions
from geogrid.territory.models import BoundaryEdit, Plan, Scheme
from tests.desks.drafting import (
    JSON_WRITTEN,
    address,
    drafted,
    queries,
    read,
    send,
    signed_in,
    split_of,
    told,
)
from tests.domain.editing import grid, line, lineage
from tests.factories import (
    town,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme() -> Scheme:
    return town().scheme


@pytest.fixture
def plan(scheme: Scheme) -> Plan:
    return drafted(scheme)


@pytest.fixture
def planner(scheme: Scheme) -> Client:
    return signed_in(scheme)[0]


class TestCommands:
    def test_splits_and_answers_with_loads(self, planner: Client, plan: Plan) -> None:
        answer = send(planner, plan, "commands", split_of(plan))
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert (told["revision"], told["base_revision"], told["state"]) == (1, 0, "draft")
        halves = [one for one in told["changed_grids"] if one["loads"]]
        assert sum(one["dwellings"] for one in halves if one["level"] == 2) >= 210
        assert all(len(one["label_point"]) == 2 for one in halves)
        assert all(one["label_radius_m"] > 0 for one in halves)
        assert actions.plan_residual(plan) == 0

    def test_a_command_sent_twice_is_carried_out_once(self, planner: Client, plan: Plan) -> None:
        body = split_of(plan)
        first = send(planner, plan, "commands", body).json()
        assert send(planner, plan, "commands", body).json() == first
        assert BoundaryEdit.objects.filter(plan=plan).count() == 1
        other = body | {"arguments": body["arguments"] | {"lineage": str(lineage(plan, 2))}}
        answer = send(planner, plan, "commands", other)
        assert (answer.status_code, answer.json()["code"]) == (409, "territory.command_reused")

    def test_a_conflict_shows_both_shapes(self, scheme: Scheme, plan: Plan) -> None:
        (one, _), (other, _) = signed_in(scheme), signed_in(scheme)
        assert send(one, plan, "commands", split_of(plan)).status_code == 200
        answer = send(other, plan, "commands", split_of(plan))
        assert answer.status_code == 409
        refusal = answer.json()
        assert refusal["code"] == "territory.conflict"
        (grid_, *_) = refusal["data"]["grids"]
        assert grid_["seen"]["type"] == grid_["now"]["type"] == "MultiPolygon"
        assert grid_["yours"] and grid_["by"]

    def test_a_refusal_is_a_sentence_with_its_place(self, planner: Client, plan: Plan) -> None:
        body = told("split", 0, lineage=str(lineage(plan, 1)), line=line((1, 3), (1, 3.5)))
        answer = send(planner, plan, "commands", body, **{"accept-language": "en"})
        assert (answer.status_code, answer.json()["code"]) == (422, "territory.no_cut")
        assert "border to border" in answer.json()["message"]
        assert answer.json()["data"]["where"]

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"verb": "explode"}, "territory.command_unreadable"),
            ({"verb": None}, "territory.command_unreadable"),
            ({"arguments": []}, "territory.command_unreadable"),
            ({"arguments": {"lineage": 7}}, "territory.command_unreadable"),
            ({"arguments": {"line": {"type": "Point"}}}, "territory.command_unreadable"),
            ({"command_id": "7"}, "territory.command_unreadable"),
            ({"command_id": None}, "territory.command_unreadable"),
            ({"base_revision": -1}, "territory.command_unreadable"),
            ({"base_revision": 1e9}, "territory.command_unreadable"),
            ({"base_revision": "0"}, "territory.command_unreadable"),
            ({"base_revision": True}, "territory.command_unreadable"),
            ({"base_revision": 99}, "territory.command_unreadable"),
            ({"unlock": 5}, "territory.command_unreadable"),
            ({"unlock": "x" * 201}, "territory.command_unreadable"),
        ],
    )
    def test_what_cannot_be_read(
        self, planner: Client, plan: Plan, change: dict[str, Any], code: str
    ) -> None:
        answer = send(planner, plan, "commands", split_of(plan) | change)
        assert (answer.status_code, answer.json()["code"]) == (400, code)

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b"7", b"\xff\xfe", b'{"verb": NaN}', b"[" * 200_000,
         b'{"verb": "describe", "unlock": "\\u0000"}', b'{"verb": "\\ud800"}'],
    )  # fmt: skip
    def test_what_is_no_json_object(self, planner: Client, plan: Plan, body: bytes) -> None:
        for name in JSON_WRITTEN:
            answer = planner.post(address(plan, name), body, content_type="application/json")
            assert (answer.status_code, answer.json()["code"]) == (400, "planner.body_unreadable")

    @pytest.mark.parametrize("spot", ["[1e400, 30]", "[1e300, 30]", "[200, 30]", "[null, 30]"])
    def test_a_place_that_is_none(self, planner: Client, plan: Plan, spot: str) -> None:
        body = json.dumps(told("move_vertex", 0, vertex="HERE", to=[113, 30]))
        sent = body.replace('"HERE"', spot).encode()
        answer = planner.post(address(plan, "commands"), sent, content_type="application/json")
        assert answer.status_code in (400, 422), answer.content
        assert answer.json()["message"]

    def test_what_is_too_large(self, planner: Client, plan: Plan) -> None:
        answer = send(planner, plan, "commands", {"verb": "x" * (5 * 1024 * 1024)})
        assert (answer.status_code, answer.json()["code"]) == (413, "planner.body_too_large")

    @pytest.mark.parametrize("name", ["commands", "undo"])
    def test_a_plan_in_review_is_not_drawn(self, planner: Client, plan: Plan, name: str) -> None:
        send(planner, plan, "commands", split_of(plan))
        number = plan.pk
        Plan.objects.filter(pk=number).update(state="in_review")
        answer = send(planner, plan, name, split_of(plan, base=1))
        assert (answer.status_code, answer.json()["code"]) == (409, "territory.not_a_draft")

    def test_without_the_forms_key_nothing_happens(self, scheme: Scheme, plan: Plan) -> None:
        _, user = signed_in(scheme)
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        answer = send(client, plan, "commands", split_of(plan))
        assert (answer.status_code, answer.json()["code"]) == (403, "planner.page_too_old")
        page = client.get(address(plan, "page")).content.decode()
        key = json.loads(page.split('id="draft-config" type="application/json">')[1].split("<")[0])
        answer = send(client, plan, "commands", split_of(plan), **{"x-csrftoken": key["csrf"]})
        assert answer.status_code == 200

    def test_a_refusal_in_ones_language(self, scheme: Scheme, plan: Plan) -> None:
        client, _ = signed_in(scheme, "dispatcher")
        said = {
            language: send(
                client, plan, "commands", split_of(plan), **{"accept-language": language}
            ).json()["message"]
            for language in ("en", "zh-hans")
        }
        assert said["en"] == "Your account may not do this here."
        assert said["zh-hans"] != said["en"]

    def test_somebody_elses_part(self, scheme: Scheme, plan: Plan) -> None:
        client, user = signed_in(scheme)
        user.authorities.update(lineage=grid(plan, 4).parent.lineage)
        answer = send(client, plan, "commands", split_of(plan))
        assert (answer.status_code, answer.json()["code"]) == (403, "territory.needs_neighbour")


class TestBack:
    def test_undo_and_redo_walk_ones_own_edits(self, scheme: Scheme, plan: Plan) -> None:
        (one, _), (other, _) = signed_in(scheme), signed_in(scheme)
        assert read(one, plan, "grids")["undoable"] == {"undo": False, "redo": False}
        drawn = send(one, plan, "commands", split_of(plan)).json()
        assert drawn["undoable"] == {"undo": True, "redo": False}
        assert read(other, plan, "grids")["undoable"] == {"undo": False, "redo": False}
        answer = send(other, plan, "undo", {"base_revision": 1})
        assert (answer.status_code, answer.json()["code"]) == (409, "territory.nothing_to_undo")
        done = send(one, plan, "undo", {"base_revision": 1}).json()
        assert (done["revision"], len(done["ended"])) == (2, 1)
        assert done["undoable"] == {"undo": False, "redo": True}
        assert read(one, plan, "grids")["undoable"] == done["undoable"]  # after a reload, too
        done = send(one, plan, "redo", {"base_revision": 2}).json()
        assert (done["revision"], len(done["ended"])) == (3, 0)
        assert send(one, plan, "redo", {"base_revision": 3}).status_code == 409

    def test_an_undo_sent_twice_takes_back_once(self, planner: Client, plan: Plan) -> None:
        send(planner, plan, "commands", split_of(plan, 1))
        send(planner, plan, "commands", split_of(plan, 1, base=1))
        body = {"base_revision": 1, "command_id": str(uuid4())}
        first = send(planner, plan, "undo", body).json()
        assert send(planner, plan, "undo", body).json() == first


class TestChanges:
    def test_holds_what_others_did_since(self, scheme: Scheme, plan: Plan) -> None:
        (one, _), (other, _) = signed_in(scheme), signed_in(scheme)
        assert read(other, plan, "changes", "?since=0")["changed_grids"] == []
        first = send(one, plan, "commands", split_of(plan)).json()
        seen = read(other, plan, "changes", "?since=0")
        mine = seen.pop("undoable")  # what another planner drew is not mine to undo
        assert (mine["undo"], first.pop("undoable")["undo"]) == (False, True)
        assert seen == first
        send(one, plan, "undo", {"base_revision": 1})
        seen = read(other, plan, "changes", "?since=1")
        assert (seen["revision"], seen["base_revision"]) == (2, 1)
        assert len(seen["ended"]) == 1
        assert read(other, plan, "changes", "?since=2")["changed_grids"] == []

    @pytest.mark.parametrize("query", ["", "?since=", "?since=-1", "?since=x", "?since=7",
                                       "?since=²", "?since=" + "9" * 5000])  # fmt: skip
    def test_what_cannot_be_read(self, planner: Client, plan: Plan, query: str) -> None:
        answer = planner.get(address(plan, "changes") + query)
        assert (answer.status_code, answer.json()["code"]) == (400, "planner.not_asked")


class TestHistory:
    def test_tells_edits_in_words(self, scheme: Scheme, plan: Plan) -> None:
        (one, _), (other, user) = signed_in(scheme), signed_in(scheme)
        send(one, plan, "commands", split_of(plan))
        send(one, plan, "undo", {"base_revision": 1})
        send(one, plan, "redo", {"base_revision": 2})
        new = told("describe", 3, lineage=str(lineage(plan, 2)), name="Hafen")
        send(other, plan, "commands", new)
        told_ = read(other, plan, "history", **{"accept-language": "en"})
        assert [row["verb"] for row in told_] == ["describe", "undo", "undo", "split"]
        assert [row["undone"] for row in told_] == [False, False, True, False]
        assert [row["mine"] for row in told_] == [True, False, False, False]
        assert told_[0]["words"] == "Renamed N社区第2网格 to Hafen"
        assert told_[0]["by"] == user.display_name
        assert told_[1]["words"].startswith("Did again: Split N社区第1网格; new: ")
        assert told_[2]["words"].startswith("Took back: Split")
        assert len(told_[3]["grids"]) == 2
        older = read(other, plan, "history", "?before=2")
        assert [row["revision"] for row in older] == [1]

    def test_leads_back_to_any_moment(self, planner: Client, plan: Plan) -> None:
        send(planner, plan, "commands", split_of(plan))
        answer = send(planner, plan, "commands", told("return_to", 1, revision=0))
        assert answer.json()["ended"]
        (latest, _) = read(planner, plan, "history", **{"accept-language": "en"})
        assert latest["words"] == "Went back to revision 0"

    def test_asks_as_often_for_many_edits(self, planner: Client, plan: Plan) -> None:
        send(planner, plan, "commands", split_of(plan))
        before = queries(lambda: read(planner, plan, "history"))
        for base in range(1, 4):
            new = told("describe", base, lineage=str(lineage(plan, 2)), name=f"Hafen {base}")
            assert send(planner, plan, "commands", new).status_code == 200
        assert queries(lambda: read(planner, plan, "history")) == before
