"""What the editor loads: the draft itself, what is wrong with it, the ground below."""

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.test import Client

from geogrid.desks.planner import ground
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.models import Plan, PlanLoad, Remark, Scheme
from layers.basemap.models import Street
from layers.places.models import Building
from tests.case_factories import reported
from tests.desks.drafting import address, drafted, queries, read, send, signed_in, split_of, told
from tests.domain import homes
from tests.domain.editing import box, grid, house, line, lineage, spot
from tests.factories import (
    FOUNDED,
    SourceFactory,
    now,
    town,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_blocks_of_another_test() -> None:
    ground._kept.clear()


@pytest.fixture
def scheme() -> Scheme:
    return town().scheme


@pytest.fixture
def plan(scheme: Scheme) -> Plan:
    return drafted(scheme)


@pytest.fixture
def planner(scheme: Scheme) -> Client:
    return signed_in(scheme)[0]


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
        assert queries(lambda: read(planner, plan, "grids")) == before <= 14


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
        for layer in ("streets", "buildings", "blocks"):
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


def test_open_cases_count_where_the_draft_has_them(
    planner: Client, plan: Plan, scheme: Scheme
) -> None:
    for along in (0.5, 1.5, 1.6):
        case = reported(scheme.area, where=Point(*spot(along, 3), srid=4326)).case
    type(case).objects.filter(pk=case.pk).update(state="closed")
    grids = {one["lineage"]: one for one in read(planner, plan, "grids")["grids"]}
    assert grids[str(lineage(plan, 1))]["open_cases"] == 2
    assert grids[str(lineage(plan, 2))]["open_cases"] == 0
    split = send(planner, plan, "commands", split_of(plan)).json()
    counts = [one["open_cases"] for one in split["changed_grids"] if one["level"] == 2]
    assert sorted(counts)[-2:] == [1, 1]


class TestLandOfBuildings:
    def test_says_which_houses_stand_between(self, planner: Client, plan: Plan) -> None:
        def built(west: float, south: float, east: float, north: float, address: str) -> Building:
            made = house((west + east) / 2, (south + north) / 2)
            made.footprint = from_shapely(box(west, south, east, north), multi=True)
            made.address = address
            made.save()
            return made

        between = built(1.3, 2.05, 1.8, 3.95, "镜湖路 3号")
        far = built(0.2, 2.8, 0.5, 3.2, "镜湖路 1号")
        built(0.2, 2.1, 0.5, 2.4, "镜湖路 5号")
        where = f"{address(plan, 'land')}?buildings={far.pk}&to={lineage(plan, 2)}"
        said = planner.get(where).json()
        assert said["also"] == [between.pk]
        assert "镜湖路 3号" in said["message"]
        where = where.replace(f"={far.pk}&", f"={far.pk},{between.pk}&")
        said = planner.get(where).json()
        assert (said["also"], said["message"], said["buildings"]) == ([], "", 2)
