"""Drafts on the planner's desk: who may, the list, starting, discarding, the editor's page."""

import json
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client
from django.urls import reverse

from geogrid.desks.planner.draft_list import desk_of
from geogrid.territory import actions
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.models import AreaBoundary, Plan, PlanLoad, Scheme
from layers.datum.lattice import from_steps
from tests.desks.drafting import (
    JSON_READ,
    JSON_WRITTEN,
    address,
    drafted,
    queries,
    send,
    signed_in,
    split_of,
    told,
)
from tests.domain.editing import box, line, lineage
from tests.factories import (
    AreaFactory,
    SchemeFactory,
    now,
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

    def test_a_neighbour_that_only_gained_a_vertex_is_not_redrawn(
        self, planner: Client, scheme: Scheme, plan: Plan
    ) -> None:
        before = dict(plan.grids.leaves().values_list("lineage", "boundary"))
        where = line((1.3, 1.5), (1.3, 4.5))
        cut = told("split", 0, lineage=str(lineage(plan, 1)), line=where)
        assert send(planner, plan, "commands", cut).status_code == 200
        after = dict(plan.grids.leaves().values_list("lineage", "boundary"))
        differ = [key for key, shape in before.items() if after[key].wkb != shape.wkb]
        assert len(differ) > 1  # the cut ends on borders of neighbours
        assert self.figures(scheme, plan) == (1, 1, 0)

    def test_a_vertex_beside_a_slanted_border_is_not_land(self, scheme: Scheme, plan: Plan) -> None:
        one, other = plan.grids.leaves().order_by("code")[:2]
        for grid, steps, counts in ((one, 1, 0), (one, 10, 1), (other, 500, 2)):
            ring = [tuple(round(value * 1e7) for value in spot) for spot in grid.boundary[0][0]]
            (x, y), (east, north) = ring[0], ring[1]
            across, along = (steps, 0) if x == east else (0, steps)
            bent = ((x + east) // 2 + across, (y + north) // 2 + along)
            drawn = [tuple(spot) for spot in from_steps([ring[0], bent, *ring[1:]])]
            moved = MultiPolygon(Polygon(drawn), srid=4326)
            plan.grids.filter(pk=grid.pk).update(boundary=moved)
            assert self.figures(scheme, plan) == (0, counts, 0)

    def figures(self, scheme: Scheme, plan: Plan) -> tuple[int | None, ...]:
        listed = next(one for one in desk_of(scheme, now()).opened if one.plan.pk == plan.pk)
        assert listed.figures is not None
        return listed.figures.made, listed.figures.redrawn, listed.figures.ended

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
