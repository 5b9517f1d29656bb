"""Drafts on the planner's desk: the list, starting and discarding, and what the editor loads."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from geogrid.accounts.models import User
from geogrid.desks.planner import ground
from geogrid.territory import actions
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import AreaBoundary, BoundaryEdit, Plan, PlanLoad, Remark, Scheme
from layers.basemap.models import Street
from layers.places.models import Building
from tests.domain import homes
from tests.domain.editing import box, grid, house, line, lineage, spot
from tests.factories import (
    FOUNDED,
    AreaFactory,
    SchemeFactory,
    SourceFactory,
    UserFactory,
    authorise,
    now,
    town,
)

pytestmark = pytest.mark.django_db
JSON_READ = ("grids", "changes", "history", "findings", "ground")
JSON_WRITTEN = ("commands", "undo", "redo")


@pytest.fixture(autouse=True)
def no_blocks_of_another_test() -> None:
    ground._kept.clear()


@pytest.fixture
def scheme() -> Scheme:
    return town().scheme


@pytest.fixture
def plan(scheme: Scheme) -> Plan:
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


@pytest.fixture
def planner(scheme: Scheme) -> Client:
    return signed_in(scheme)[0]


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


class TestGrids:
    def test_holds_every_vertex_of_every_leaf(self, planner: Client, plan: Plan) -> None:
        told = read(planner, plan, "grids")
        leaves = {one["code"]: one for one in told["grids"] if one["boundary"]}
        for row in plan.grids.leaves():
            shape = shapely.geometry.shape(leaves[row.code]["boundary"])
            assert shapely.equals_exact(shape, to_shapely(row.boundary), tolerance=0)
        outline = shapely.geometry.shape(told["outline"])
        assert shapely.equals_exact(outline, to_shapely(plan.outline), tolerance=0)

    def test_says_what_lies_in_each_and_what_lay_there_before(
        self, planner: Client, plan: Plan, scheme: Scheme
    ) -> None:
        old = scheme.terms.get().plan.grids.leaves().get(lineage=lineage(plan, 1))
        PlanLoad.objects.create(grid=old, dwellings=200, as_of=FOUNDED)
        told = read(planner, plan, "grids")
        (one,) = [row for row in told["grids"] if row["lineage"] == str(old.lineage)]
        assert (one["dwellings"], one["dwellings_before"]) == (210, 200)
        assert one["loads"]["buildings"] == 1
        assert one["label_point"] == list(grid(plan, 1).label_point.coords)
        assert one["parent"] == str(grid(plan, 1).parent.lineage)
        above = [row for row in told["grids"] if row["boundary"] is None]
        assert [row["level"] for row in above] == [1, 1]
        assert all(row["loads"] is None for row in above)

    def test_says_what_one_may(self, plan: Plan, scheme: Scheme) -> None:
        told = read(signed_in(scheme)[0], plan, "grids")
        assert told["may"] == {"draw": True, "unlock": False, "approve": False, "publish": True}
        assert told["drawn_by_me"] is None
        told = read(signed_in(scheme, "dispatcher")[0], plan, "grids")
        assert told["may"]["draw"] is False
        assert told["drawn_by_me"] == []
        client, user = signed_in(scheme)
        user.authorities.update(lineage=grid(plan, 1).parent.lineage)
        told = read(client, plan, "grids")
        assert told["may"]["draw"]
        part = plan.grids.filter(code__startswith=grid(plan, 1).parent.code)
        assert set(told["drawn_by_me"]) == {str(one.lineage) for one in part}

    def test_names_levels_in_the_readers_language(self, planner: Client, plan: Plan) -> None:
        level = plan.scheme.levels.get(depth=1)
        english = read(planner, plan, "grids", **{"accept-language": "en"})
        chinese = read(planner, plan, "grids", **{"accept-language": "zh-hans"})
        assert english["levels"][0]["name"] == level.name_en
        assert chinese["levels"][0]["name"] == level.name_zh

    def test_asks_as_often_for_many_grids(self, planner: Client, plan: Plan) -> None:
        before = queries(lambda: read(planner, plan, "grids"))
        send(planner, plan, "commands", split_of(plan))
        assert queries(lambda: read(planner, plan, "grids")) == before <= 12


def queries(act: Callable[[], Any]) -> int:
    """How many statements it takes, the second time: the first fills what is kept in memory."""
    act()
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)


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
        send(one, plan, "commands", split_of(plan))
        answer = send(other, plan, "undo", {"base_revision": 1})
        assert (answer.status_code, answer.json()["code"]) == (409, "territory.nothing_to_undo")
        done = send(one, plan, "undo", {"base_revision": 1}).json()
        assert (done["revision"], len(done["ended"])) == (2, 1)
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


class TestFindings:
    def test_tells_what_stops_and_what_to_know(self, planner: Client, plan: Plan) -> None:
        send(planner, plan, "commands", split_of(plan))
        Remark.objects.create(plan=plan, lineage=lineage(plan, 2), text="Why?", at=now())
        found = read(planner, plan, "findings", **{"accept-language": "en"})
        codes = [one["code"] for one in found]
        assert codes.count("remark") == 1
        assert codes.count("no_post") == 1  # the new grid
        assert codes.count("out_of_range") == 3
        assert [one["stops"] for one in found] == sorted(one["stops"] for one in found)[::-1]
        assert all(one["where"]["type"] == "Polygon" for one in found)
        (remark,) = [one for one in found if one["code"] == "remark"]
        assert (remark["message"], remark["lineage"]) == ("Why?", str(lineage(plan, 2)))

    def test_tells_unassigned_land(self, planner: Client, plan: Plan) -> None:
        kind = told("describe", 0, lineage=str(lineage(plan, 3)), kind="unassigned")
        assert send(planner, plan, "commands", kind).status_code == 200
        found = read(planner, plan, "findings")
        assert [one["code"] for one in found if one["stops"]] == ["unassigned"]

    def test_shows_the_smaller_pieces(self, planner: Client, plan: Plan) -> None:
        """a gives the middle of its land to b: a lies west and east of it."""
        one = str(lineage(plan, 1))
        say = told("describe", 0, lineage=one, pieces_reason="both banks")
        assert send(planner, plan, "commands", say).status_code == 200
        middle = box(1, 2, 1.5, 4).union(box(1, 3, 2, 3.5))
        claim = told("claim", 1, target=str(lineage(plan, 2)), area=middle)
        assert send(planner, plan, "commands", claim).status_code == 200
        forget = told("describe", 2, lineage=one, pieces_reason="")
        assert send(planner, plan, "commands", forget).status_code == 200
        (found,) = [row for row in read(planner, plan, "findings") if row["code"] == "in_pieces"]
        assert (found["lineage"], found["stops"]) == (one, True)
        where = shapely.geometry.shape(found["where"])
        assert where.geom_type == "MultiPolygon"
        assert where.equals(box(1.5, 3.5, 2, 4).union(box(1.5, 2, 2, 3)))

    def test_shows_the_homes_of_torn_cells(self, planner: Client, plan: Plan) -> None:
        (unit, _) = homes.house(1, homes.WEST)
        homes.make(plan)
        assert not [row for row in read(planner, plan, "findings") if row["code"] == "cells_torn"]
        Building.objects.filter(pk=unit.building_id).update(anchor=Point(*homes.EAST, srid=4326))
        (found,) = [row for row in read(planner, plan, "findings") if row["code"] == "cells_torn"]
        assert found["lineage"] == str(lineage(plan, 1))
        assert found["where"]["coordinates"] == [list(homes.EAST)] * 2

    def test_asks_as_often_for_many_grids(self, planner: Client, plan: Plan) -> None:
        before = queries(lambda: read(planner, plan, "findings"))
        send(planner, plan, "commands", split_of(plan))
        assert queries(lambda: read(planner, plan, "findings")) == before <= 14


class TestGround:
    @pytest.fixture
    def streets(self) -> None:
        source = SourceFactory()
        for name, rank, places in (
            ("Ring", 2, ((2, -1), (2, 5))),
            ("Weg", 6, ((-1, 2), (5, 2))),
            ("Weit", 3, ((50, 50), (51, 51))),
        ):
            path = line(*places)
            Street.objects.create(
                source=source, name=name, rank=rank, kind="residential", path=path.wkt
            )

    def test_streets(self, planner: Client, plan: Plan, streets: None) -> None:
        told = read(planner, plan, "ground", "?layer=streets")
        assert [one["properties"]["name"] for one in told["features"]] == ["Ring", "Weg"]
        assert told["truncated"] is False

    def test_buildings(self, planner: Client, plan: Plan) -> None:
        told = read(planner, plan, "ground", "?layer=buildings")
        assert [one["properties"]["dwellings"] for one in told["features"]] == [400, 250, 210, 90]
        assert told["features"][0]["properties"]["anchor"] == list(spot(3.5, 1.5))
        west, south, east, north = box(0, 0, 2, 2).bounds
        told = read(
            planner,
            plan,
            "ground",
            f"?layer=buildings&bbox={west:.7f},{south:.7f},{east:.7f},{north:.7f}",
        )
        assert [one["properties"]["dwellings"] for one in told["features"]] == [250]

    def test_blocks_tile_the_territory(self, planner: Client, plan: Plan, streets: None) -> None:
        found = read(planner, plan, "ground", "?layer=blocks")
        west, east = found["features"]
        assert west["properties"]["dwellings"] == 460
        assert east["properties"]["dwellings"] == 490
        assert west["properties"]["streets"] == ["Ring"]
        shapes = [shapely.geometry.shape(one["geometry"]) for one in found["features"]]
        assert shapely.coverage_union_all(shapes).equals(to_shapely(plan.outline))
        hand_over = {"target": str(lineage(plan, 4)), "sources": [str(lineage(plan, 3))]}
        claim = told("claim", 0, area=east["geometry"], **hand_over)
        assert send(planner, plan, "commands", claim).status_code == 200

    def test_a_large_answer_says_so(
        self, planner: Client, plan: Plan, streets: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("MOST_STREETS", "MOST_BUILDINGS", "MOST_BLOCKS"):
            monkeypatch.setattr(ground, name, 1)
        for layer in ground.LAYERS:
            told = read(planner, plan, "ground", f"?layer={layer}")
            assert (len(told["features"]), told["truncated"]) == (1, True)
        ground._kept.clear()
        monkeypatch.setattr(ground, "MOST_LINES", 0)
        told = read(planner, plan, "ground", "?layer=blocks")
        assert (told["features"], told["truncated"]) == ([], True)

    def test_is_not_sent_again_unchanged(self, planner: Client, plan: Plan) -> None:
        url = address(plan, "ground") + "?layer=buildings"
        first = planner.get(url)
        again = planner.get(url, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "private" in again["Cache-Control"]
        house(2, 3, 7)
        assert planner.get(url, headers={"if-none-match": first["ETag"]}).status_code == 200

    def test_nothing_there(self, planner: Client, plan: Plan) -> None:
        told = read(planner, plan, "ground", "?layer=streets&bbox=0,0,1,1")
        assert told["features"] == []

    @pytest.mark.parametrize("query", ["", "?layer=roads", "?layer=streets&bbox=1,2,3",
                                       "?layer=blocks&bbox=3,0,1,1"])  # fmt: skip
    def test_what_cannot_be_read(self, planner: Client, plan: Plan, query: str) -> None:
        answer = planner.get(address(plan, "ground") + query)
        assert answer.status_code == 400
        assert answer.json()["code"] in {"planner.not_asked", "not_a_box"}


class TestWhoMay:
    @pytest.mark.parametrize("name", JSON_READ + JSON_WRITTEN)
    def test_a_stranger_gets_json(self, client: Client, plan: Plan, name: str) -> None:
        for method in (client.get, client.post):
            answer = method(address(plan, name))
            assert answer.status_code in (401, 405)
            assert answer.json()["code"] in {"planner.signed_out", "planner.wrong_method"}

    @pytest.mark.parametrize("name", JSON_READ)
    def test_without_a_role_or_with_one_elsewhere(self, plan: Plan, name: str) -> None:
        for client, _ in (signed_in(None), signed_in(town("elsewhere").scheme)):
            answer = client.get(address(plan, name))
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
            client.post(address(plan, "commands"), b"{}", content_type="application/json")

    @pytest.mark.parametrize("name", JSON_WRITTEN)
    def test_who_may_only_look_does_not_draw(self, scheme: Scheme, plan: Plan, name: str) -> None:
        send(signed_in(scheme)[0], plan, "commands", split_of(plan))
        client, _ = signed_in(scheme, "dispatcher")
        answer = send(client, plan, name, split_of(plan, base=1))
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")

    def test_no_such_plan(self, planner: Client, plan: Plan) -> None:
        for number in (99, 10**19):
            url = reverse("planner:draft_grids", args=[plan.scheme.area.slug, number])
            assert (planner.get(url).status_code, planner.get(url).json()["code"]) == (
                404, "planner.no_such_plan",
            )  # fmt: skip
            page = reverse("planner:draft", args=[plan.scheme.area.slug, number])
            assert planner.get(page).status_code == 404
        assert planner.get(reverse("planner:draft_grids", args=["nowhere", 1])).status_code == 404

    def test_in_another_way(self, planner: Client, plan: Plan) -> None:
        assert planner.post(address(plan, "grids")).json()["code"] == "planner.wrong_method"
        assert planner.get(address(plan, "undo")).status_code == 405


class TestList:
    def page(self, client: Client, scheme: Scheme, language: str = "en") -> str:
        url = reverse("planner:drafts", args=[scheme.area.slug])
        answer = client.get(url, headers={"accept-language": language})
        assert answer.status_code == 200
        return answer.content.decode()

    def test_without_drafts(self, planner: Client, scheme: Scheme) -> None:
        assert "There is no draft at the moment." in self.page(planner, scheme)
        assert "Plan 1 (in force now)" in self.page(planner, scheme)

    def test_nothing_divided_yet(self) -> None:
        scheme = SchemeFactory()
        assert "Nobody has divided this territory yet." in self.page(signed_in(scheme)[0], scheme)

    def test_tells_figures_and_who(self, scheme: Scheme, plan: Plan) -> None:
        client, user = signed_in(scheme)
        send(client, plan, "commands", split_of(plan))
        page = self.page(client, scheme)
        assert "Herbst" in page
        assert f"last changed by {user.display_name}" in page
        assert "1 redrawn" in page
        assert "1 new" in page
        assert "1 step" in page

    def test_asks_as_often_for_many_plans(self, planner: Client, scheme: Scheme) -> None:
        counts = []
        for _ in range(3):
            actions.start_draft(scheme=scheme, by=None, at=now())
            counts.append(queries(lambda: self.page(planner, scheme)))
        assert counts[0] == counts[1] == counts[2] <= 20

    def test_starts_from_the_plan_in_force(self, planner: Client, scheme: Scheme) -> None:
        url = reverse("planner:drafts", args=[scheme.area.slug])
        answer = planner.post(url, {"from": "1", "name": " Herbst "})
        started = Plan.objects.get(scheme=scheme, number=2)
        assert answer["Location"] == address(started, "page")
        assert (started.name, started.based_on.number) == ("Herbst", 1)
        assert planner.get(answer["Location"]).status_code == 200

    def test_starts_from_nothing(self, scheme: Scheme) -> None:
        planner, _ = signed_in(scheme)
        url = reverse("planner:drafts", args=[scheme.area.slug])
        assert planner.post(url, {"from": "", "name": ""}).status_code == 302
        started = Plan.objects.get(scheme=scheme, number=2)
        assert [one.kind for one in started.grids.leaves()] == ["unassigned"]
        assert PlanLoad.objects.filter(grid__plan=started).count() == 1

    def test_starts_on_a_newer_outline(self, planner: Client, scheme: Scheme) -> None:
        assert "newest_outline" not in self.page(planner, scheme)
        first = scheme.area.boundaries.get()
        wider = to_shapely(first.boundary).union(box(4, 0, 5, 4))
        AreaBoundary.objects.create(
            area=scheme.area, boundary=from_shapely(wider, multi=True), valid_from="2026-06-01"
        )
        assert "newest_outline" in self.page(planner, scheme)
        url = reverse("planner:drafts", args=[scheme.area.slug])
        planner.post(url, {"from": "1", "name": "", "newest_outline": "on"})
        started = Plan.objects.get(scheme=scheme, number=2)
        assert to_shapely(started.outline).equals(wider)
        assert started.grids.leaves().filter(kind="unassigned").exists()

    @pytest.mark.parametrize("body", [{}, {"from": "9"}, {"from": "1", "name": "x" * 121}])
    def test_what_cannot_be_started(
        self, planner: Client, scheme: Scheme, body: dict[str, str]
    ) -> None:
        url = reverse("planner:drafts", args=[scheme.area.slug])
        answer = planner.post(url, body)
        assert answer.status_code == 400
        assert "error-summary" in answer.content.decode()
        assert Plan.objects.filter(scheme=scheme).count() == 1

    def test_only_planners_start(self, scheme: Scheme) -> None:
        client, _ = signed_in(scheme, "dispatcher")
        assert 'id="start"' not in self.page(client, scheme)
        url = reverse("planner:drafts", args=[scheme.area.slug])
        assert client.post(url, {"from": "1"}).status_code == 403

    def test_an_area_without_outline(self) -> None:
        scheme = SchemeFactory(area=AreaFactory(slug="bare"))
        client, _ = signed_in(scheme)
        url = reverse("planner:drafts", args=["bare"])
        assert client.post(url, {"from": ""}).status_code == 409


class TestWithdraw:
    def test_asks_first(self, planner: Client, plan: Plan) -> None:
        page = planner.get(address(plan, "withdraw"))
        assert page.status_code == 200
        plan.refresh_from_db()
        assert plan.state == "draft"
        answer = planner.post(address(plan, "withdraw"), {"note": "no use"})
        assert answer.status_code == 302
        plan.refresh_from_db()
        assert plan.state == "withdrawn"
        assert plan.events.order_by("pk").last().note == "no use"
        assert "planner:drafts"

    def test_a_plan_that_counted_stays(self, planner: Client, scheme: Scheme) -> None:
        running = scheme.terms.get().plan
        answer = planner.post(address(running, "withdraw"))
        assert answer.status_code == 409
        assert "error-summary" in answer.content.decode()

    def test_who_may_only_look(self, scheme: Scheme, plan: Plan) -> None:
        client, _ = signed_in(scheme, "dispatcher")
        assert client.post(address(plan, "withdraw")).status_code == 403


class TestPage:
    def config(self, client: Client, plan: Plan) -> Any:
        page = client.get(address(plan, "page")).content.decode()
        return json.loads(page.split('id="draft-config" type="application/json">')[1].split("<")[0])

    def test_hands_over_addresses(self, planner: Client, plan: Plan) -> None:
        config = self.config(planner, plan)
        assert config["editable"]
        for name in (*JSON_READ, *JSON_WRITTEN):
            assert config["urls"][name] == address(plan, name)
        assert config["csrf"]
        assert len(config["map"]["bounds"]) == 4

    def test_a_plan_that_is_no_draft_is_looked_at(self, planner: Client, scheme: Scheme) -> None:
        running = scheme.terms.get().plan
        assert not self.config(planner, running)["editable"]
        page = planner.get(address(running, "page"), headers={"accept-language": "en"})
        assert "not a draft any more" in page.content.decode()
        assert ">in force</span>" in page.content.decode()
        start = reverse("planner:drafts", args=[scheme.area.slug]) + "?from=1"
        assert f'href="{start}#start"' in page.content.decode()
        assert '<option value="1" selected>' in planner.get(start).content.decode()

    def test_who_may_only_look(self, scheme: Scheme, plan: Plan) -> None:
        client, _ = signed_in(scheme, "dispatcher")
        assert not self.config(client, plan)["editable"]
        page = client.get(address(plan, "page"), headers={"accept-language": "en"})
        assert "drawing is for planners" in page.content.decode()

    def test_reads_as_a_table_without_scripts(self, planner: Client, plan: Plan) -> None:
        page = planner.get(address(plan, "page")).content.decode()
        table = page.split("<noscript>")[1].split("</noscript>")[0]
        assert all(one.code in table for one in plan.grids.leaves())

    def test_asks_as_often_for_many_grids(self, planner: Client, plan: Plan) -> None:
        counts = []
        for base in range(2):
            counts.append(queries(lambda: planner.get(address(plan, "page"))))
            send(planner, plan, "commands", split_of(plan, base=base))
        assert counts[0] == counts[1] <= 25
