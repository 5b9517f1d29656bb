"""The planner's desk: who may see it, what the proof says, and that an export is exact."""

import json
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas
import numpy as np
import pytest
import shapely
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from geogrid.coverage.proof import tiles
from geogrid.desks.planner.tables import Balance, Sort, balance
from geogrid.publishing.proof import prove
from geogrid.territory.actions import enter_force
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import PlanLoad, Term
from tests.factories import (
    SchemeFactory,
    UserFactory,
    approved_plan,
    authorise,
    draft_plan,
    town,
)

pytestmark = pytest.mark.django_db
EXPORTS = [("grids", "geojson"), ("grids", "gpkg"), ("outline", "geojson"), ("outline", "gpkg")]


@pytest.fixture
def term() -> Term:
    term = town()
    for number, grid in enumerate(term.plan.grids.leaves().order_by("code")):
        PlanLoad.objects.create(
            grid=grid,
            dwellings=150 + number * 60,
            buildings=10 - number,
            shops=number,
            area_m2=1500,
            as_of=timezone.now(),
        )
    return term


@pytest.fixture
def planner(client: Client, term: Term) -> Client:
    user = UserFactory()
    authorise(user, term.scheme, "planner")
    client.force_login(user)
    return client


def page(client: Client, term: Term, query: str = "", language: str = "en") -> str:
    url = reverse("planner:plan", args=[term.scheme.area.slug])
    response = client.get(url + query, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def download(client: Client, term: Term, part: str, file_format: str, query: str = "") -> bytes:
    url = reverse("planner:export", args=[term.scheme.area.slug, part, file_format])
    response = client.get(url + query)
    assert response.status_code == 200, url
    assert f"{part}.{file_format}" in response["Content-Disposition"]
    return response.content


class TestWhoMay:
    def test_a_stranger_signs_in_first(self, client: Client, term: Term) -> None:
        response = client.get(reverse("planner:plan", args=[term.scheme.area.slug]))
        assert response.status_code == 302
        assert "login" in response["Location"]

    @pytest.mark.parametrize("name", ["plan", "plans"])
    def test_an_account_without_a_role_may_not(self, client: Client, term: Term, name: str) -> None:
        client.force_login(UserFactory())
        response = client.get(reverse(f"planner:{name}", args=[term.scheme.area.slug]))
        assert response.status_code == 403

    @pytest.mark.parametrize(("part", "file_format"), EXPORTS)
    def test_nor_take_files(self, client: Client, term: Term, part: str, file_format: str) -> None:
        client.force_login(UserFactory())
        url = reverse("planner:export", args=[term.scheme.area.slug, part, file_format])
        assert client.get(url).status_code == 403

    def test_a_role_in_another_area_is_none_here(self, client: Client, term: Term) -> None:
        user = UserFactory()
        authorise(user, town("elsewhere").scheme, "planner")
        client.force_login(user)
        url = reverse("planner:plan", args=[term.scheme.area.slug])
        assert client.get(url).status_code == 403
        chosen = client.get(reverse("planner:choose"))
        assert chosen["Location"] == reverse("planner:plan", args=["elsewhere"])


class TestPage:
    def test_says_the_proof(self, planner: Client, term: Term) -> None:
        assert "4 grids tile the outline exactly" in page(planner, term)
        assert "4 个网格" in page(planner, term, language="zh-hans")

    def test_needs_few_queries(
        self, planner: Client, term: Term, django_assert_max_num_queries
    ) -> None:
        with django_assert_max_num_queries(30):
            page(planner, term)

    def test_sorts_by_links(self, planner: Client, term: Term) -> None:
        def order(query: str) -> list[str]:
            rows = planner.get(
                reverse("planner:plan", args=[term.scheme.area.slug]) + query
            ).context["rows"]
            return [row.grid.label for row in rows]

        assert order("") == ["01", "02", "03", "04"]
        assert order("?sort=-dwellings") == ["04", "03", "02", "01"]
        assert order("?sort=buildings") == ["04", "03", "02", "01"]
        assert order("?sort=nonsense'; --") == ["01", "02", "03", "04"]

    def test_heat_is_a_link_too(self, planner: Client, term: Term) -> None:
        assert 'aria-pressed="false"' in page(planner, term)
        assert 'aria-pressed="true"' in page(planner, term, "?heat=1")

    def test_without_a_plan_in_force(self, client: Client) -> None:
        new = SchemeFactory()
        client.force_login(UserFactory(is_superuser=True))
        response = client.get(reverse("planner:plan", args=[new.area.slug]))
        assert response.status_code == 200
        assert "planner/nothing_in_force.html" in [t.name for t in response.templates]

    def test_lists_all_plans(self, planner: Client, term: Term) -> None:
        draft_plan(term.scheme)
        url = reverse("planner:plans", args=[term.scheme.area.slug])
        plans = list(planner.get(url).context["plans"])
        assert [plan.number for plan in plans] == [2, 1]


class TestProof:
    def test_of_an_exact_plan(self, term: Term) -> None:
        proof = prove(term.plan)
        assert proof.exact
        assert (proof.grids, proof.unmatched_levels) == (4, (0, 0))
        assert proof.area_of_grids == pytest.approx(proof.area_of_outline, rel=1e-9)

    def test_of_a_draft_with_a_gap(self, term: Term) -> None:
        draft = draft_plan(term.scheme)
        draft.grids.leaves().order_by("code").first().delete()
        proof = prove(draft)
        assert not proof.exact
        assert proof.unmatched_database > 0
        assert proof.unmatched_kernel > 0


class TestExport:
    def test_geojson_is_exact(self, planner: Client, term: Term) -> None:
        grids = json.loads(download(planner, term, "grids", "geojson"))
        outline = json.loads(download(planner, term, "outline", "geojson"))
        shapes = [shapely.geometry.shape(f["geometry"]) for f in grids["features"]]
        whole = shapely.geometry.shape(outline["features"][0]["geometry"])
        assert tiles(np.array(shapes, dtype=object), whole)
        stored = {g.code: to_shapely(g.boundary) for g in term.plan.grids.leaves()}
        for feature, shape in zip(grids["features"], shapes, strict=True):
            assert shapely.equals_exact(shape, stored[feature["id"]], 0.0)
        first = grids["features"][0]["properties"]
        assert (first["dwellings"], first["parent_name"]) == (150, "N社区")
        assert grids["plan"]["attribution"]

    def test_geopackage_is_exact(self, planner: Client, term: Term, tmp_path: Path) -> None:
        path = tmp_path / "plan.gpkg"
        path.write_bytes(download(planner, term, "grids", "gpkg"))
        grids = geopandas.read_file(path, layer="grids")
        outline = geopandas.read_file(path, layer="outline")
        assert tiles(grids.geometry.to_numpy(), outline.geometry.iloc[0])
        assert len(geopandas.read_file(path, layer="level_1")) == 2
        assert str(grids.crs) == "EPSG:4326"
        with sqlite3.connect(path) as tables:
            attribution = tables.execute("SELECT attribution FROM about").fetchone()
        assert attribution == (term.scheme.area.attribution,)

    @pytest.mark.parametrize("file_format", ["geojson", "gpkg"])
    def test_the_command_agrees(
        self, planner: Client, term: Term, tmp_path: Path, checkout: Path, file_format: str
    ) -> None:
        children, parent = (tmp_path / f"{p}.{file_format}" for p in ("grids", "outline"))
        children.write_bytes(download(planner, term, "grids", file_format))
        parent.write_bytes(download(planner, term, "outline", file_format))
        command = [sys.executable, "manage.py", "check_tiling", children, "--parent", parent]
        if file_format == "gpkg":
            command += ["--layer", "grids", "--parent-layer", "outline"]
        done = subprocess.run(
            [str(word) for word in command],
            cwd=checkout,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_of_an_earlier_plan(self, planner: Client, term: Term) -> None:
        draft_plan(term.scheme)
        grids = json.loads(download(planner, term, "grids", "geojson", "?plan=2"))
        assert grids["plan"]["number"] == 2

    @pytest.mark.parametrize(
        ("part", "file_format", "query"),
        [("grids", "shp", ""), ("people", "geojson", ""), ("grids", "geojson", "?plan=99")],
    )
    def test_of_nothing(
        self, planner: Client, term: Term, part: str, file_format: str, query: str
    ) -> None:
        url = reverse("planner:export", args=[term.scheme.area.slug, part, file_format])
        assert planner.get(url + query).status_code == 404


@pytest.mark.parametrize(
    ("dwellings", "expected"),
    [(179, "low2"), (180, "low1"), (199, "low1"), (200, "in"), (300, "in"), (330, "high1"),
     (331, "high2")],
)  # fmt: skip
def test_balance(dwellings: int, expected: str) -> None:
    assert balance(dwellings, 200, 300) == Balance(expected)


def test_headings_turn_the_order_round() -> None:
    assert Sort().link("dwellings") == "-dwellings"
    assert Sort("dwellings", descending=True).link("dwellings") == "dwellings"
    assert Sort("dwellings").link("dwellings") == "-dwellings"


def test_days_are_those_of_the_area(client: Client) -> None:
    """A plan in force from 00:00 in Beijing begins on that day, not on the day before in UTC."""
    term = town("border-time")
    midnight = datetime(2026, 5, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    approved = approved_plan(term.scheme)
    enter_force(plan=approved, by=None, at=midnight, backdated=True)
    planner = UserFactory(language="en")
    authorise(planner, term.scheme, "planner")
    client.force_login(planner)
    client.cookies["geogrid_language"] = "en"
    page = client.get(reverse("planner:plans", args=["border-time"])).content.decode()
    assert "in force since May 1, 2026" in page
