"""A list becomes a draft on the planner's desk: brought, read, corrected in every way, accepted."""

import io
import json
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from geogrid.accounts.models import User
from geogrid.desks.planner.from_list.work import Work
from geogrid.territory.actions import plan_residual
from geogrid.territory.models import Plan, Scheme
from layers.geocoding.normalise import search_key
from layers.intake.models import Upload
from layers.places.models import Address
from tests.desks.drafting import queries, signed_in
from tests.domain.editing import house, spot
from tests.factories import SourceFactory, town

pytestmark = pytest.mark.django_db
# (street or compound, number, cells from the west, cells from the south); N lies above 2.
DOORS = [
    *[("镜湖花园", f"{n}栋", 0.3 * n, 3.6) for n in (1, 2, 3, 4)],
    *[("镜湖花园二期", f"{n}栋", 2.2 + 0.3 * n, 3.6) for n in (1, 2, 3)],
    *[("人民路", f"{n}", 0.35 * n, 2.4) for n in range(1, 9)],
    *[("和顺路", f"{n}", 0.35 * n, 1.2) for n in range(1, 9)],
    ("远路", "7", 0.4, 0.4),
    ("远路", "7", 3.6, 0.4),
    *[("桂园路", f"{n}", 3 + 0.2 * n, 0.6) for n in (1, 2)],
]
LIST = """南苑社区
第1网格：镜湖花园1-4栋；人民路1-4号；远路7号
第2网格：镜胡花园二期；人民路4-8号；没有这个地方
第3网格：和顺路1-4号
第4网格：和顺路5-8号
"""


@pytest.fixture
def scheme() -> Scheme:
    made = town().scheme
    source = SourceFactory()
    for street, number, along, up in DOORS:
        Address.objects.create(
            source=source,
            text=f"{street}{number}",
            street=street,
            house=number,
            search=search_key(street, number),
            anchor=Point(*spot(along, up), srid=4326),
        )
    house(1, 3)
    return made


@pytest.fixture(autouse=True)
def small_town(monkeypatch: pytest.MonkeyPatch) -> None:
    """The town is eighty metres wide: forty are far there."""
    monkeypatch.setattr("geogrid.territory.listed_ground.APART_M", 40)


@pytest.fixture
def planner(scheme: Scheme) -> Client:
    return signed_in(scheme)[0]


def bring(client: Client, scheme: Scheme, **sent: Any) -> Any:
    return client.post(reverse("planner:from_list", args=[scheme.area.slug]), sent)


def pasted(client: Client, scheme: Scheme, text: str = LIST) -> str:
    answer = bring(client, scheme, text=text)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def shown(client: Client, url: str, language: str = "en") -> Any:
    answer = client.get(url, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.context


def entry(context: Any, text: str) -> dict[str, Any]:
    found = [e for grid in context["grids"] for e in grid["entries"] if e["text"] == text]
    assert len(found) == 1, (text, [e["text"] for g in context["grids"] for e in g["entries"]])
    return dict(found[0])


def correct(client: Client, url: str, **sent: Any) -> Any:
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return shown(client, url)


class TestBringing:
    def test_only_planners(self, scheme: Scheme) -> None:
        client, _ = signed_in(scheme, "dispatcher")
        url = reverse("planner:from_list", args=[scheme.area.slug])
        assert client.get(url).status_code == 403
        assert client.post(url, {"text": LIST}).status_code == 403
        assert not Upload.objects.exists()

    def test_others_lists_do_not_exist(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme)
        other, _ = signed_in(scheme)
        for address in (url, f"{url}map.json"):
            assert other.get(address).status_code == 404
        assert other.post(f"{url}discard/").status_code == 404
        assert other.post(f"{url}accept/").status_code == 404

    def test_nothing_and_no_table(self, scheme: Scheme, planner: Client) -> None:
        picture = SimpleUploadedFile("plan.png", b"png")
        for sent in ({"text": "  "}, {"file": picture}):
            answer = bring(planner, scheme, **sent)
            assert answer.status_code == 400
            assert "error-summary" in answer.content.decode()
        assert not Upload.objects.exists()

    def test_a_workbook(self, scheme: Scheme, planner: Client) -> None:
        book = Workbook()
        for row in (["网格划分表"], ["网格", "小区", "楼栋"], ["第1网格", "镜湖花园", "1-4栋"]):
            book.active.append(row)
        body = io.BytesIO()
        book.save(body)
        file = SimpleUploadedFile("划分表.xlsx", body.getvalue())
        context = shown(planner, bring(planner, scheme, file=file)["Location"])
        assert context["summary"]["good"] == 1
        assert [one["kind"] for one in context["columns"]] == ["grid", "place", "numbers"]

    def test_what_cannot_be_read_shows_its_columns(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme, "甲\t乙\t镜湖花园1-4栋\n")
        context = shown(planner, url)
        assert context["summary"]["entries"]
        told = correct(
            planner, url, kind="columns", header="-1", **{"column-1": "grid", "column-2": "items"}
        )
        assert [grid["name"] for grid in told["grids"]] == ["乙"]
        refused = planner.post(
            url, {"kind": "columns", "header": "-1"}, headers={"accept-language": "en"}
        )
        assert refused.status_code == 400
        assert "Choose a column" in refused.content.decode()
        alone = pasted(planner, scheme, "\t\n甲\t\n")
        assert (
            "cannot be read"
            in planner.get(alone, headers={"accept-language": "en"}).content.decode()
        )

    def test_waits_and_is_discarded(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme)
        page = planner.get(reverse("planner:from_list", args=[scheme.area.slug]))
        assert url in page.content.decode()
        assert planner.post(f"{url}discard/").status_code == 302
        assert not Upload.objects.exists()
        assert planner.get(url).status_code == 404


class TestReview:
    def test_what_each_entry_means(self, scheme: Scheme, planner: Client) -> None:
        context = shown(planner, pasted(planner, scheme))
        states = {
            one["text"]: (one["state"], one["count"])
            for grid in context["grids"]
            for one in grid["entries"]
        }
        assert states["镜湖花园1-4栋"][1] == 4
        assert states["镜胡花园二期"] == ("lost", 0)
        assert states["没有这个地方"] == ("lost", 0)
        assert states["远路7号"][0] == "several"
        assert "镜湖花园二期" in entry(context, "镜胡花园二期")["candidates"]
        assert [pair["texts"] for pair in context["conflicts"]] == [["人民路1-4号", "人民路4-8号"]]
        assert {one["street"] for one in context["unlisted"]} == {"镜湖花园二期", "桂园路"}
        assert context["summary"]["open"] == 4

    def test_asks_as_often_for_long_lists(self, scheme: Scheme, planner: Client) -> None:
        short = pasted(planner, scheme)
        long = pasted(
            planner, scheme, LIST + "\n".join(f"第{n}网格：和顺路{n}号" for n in range(5, 9))
        )
        counts = [queries(lambda url=url: planner.get(url)) for url in (short, long)]
        assert counts[0] == counts[1] <= 30

    def test_is_drawn_once(self, scheme: Scheme, planner: Client, monkeypatch: Any) -> None:
        url = pasted(planner, scheme)
        shown(planner, url)

        def never(*_args: object, **_more: object) -> None:
            raise AssertionError("drawn again")

        monkeypatch.setattr("geogrid.desks.planner.from_list.work.draw_listing", never)
        assert planner.get(url).status_code == 200
        plan = planner.get(f"{url}map.json").json()
        assert len(plan["doors"]) == len(DOORS)
        Address.objects.first().delete()  # type: ignore[union-attr]
        with pytest.raises(AssertionError, match="drawn again"):
            planner.get(url)

    def test_speaks_chinese(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme)
        answer = planner.get(url, headers={"accept-language": "zh-hans"})
        assert answer.status_code == 200


class TestCorrecting:
    def test_every_way_and_back(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme)
        context = shown(planner, url)
        slip, nowhere, far = (
            entry(context, text)["key"] for text in ("镜胡花园二期", "没有这个地方", "远路7号")
        )
        context = correct(planner, url, kind="name", entry=slip, name="镜湖花园二期")
        assert entry(context, "镜湖花园二期")["count"] == 3
        context = correct(planner, url, kind="text", entry=nowhere, text="桂园路1号；桂园路2号")
        assert entry(context, "桂园路1号")["count"] == 1
        assert entry(context, "桂园路2号")["written"] == "没有这个地方"
        context = correct(planner, url, kind="written", entry=entry(context, "桂园路1号")["key"])
        lon, lat = spot(3.5, 3.1)
        context = correct(planner, url, kind="place", entry=nowhere, points=f"{lon}，{lat}")
        assert entry(context, "没有这个地方")["how"] == "spot"
        point = entry(context, "远路7号")["doubles"][0]
        context = correct(
            planner, url, kind="doubles", entry=far, points=f"{point[0]:.7f} {point[1]:.7f}"
        )
        assert entry(context, "远路7号")["count"] == 1
        first, second = context["conflicts"][0]["entries"]
        context = correct(planner, url, kind="winner", entry=second, over=first)
        assert (context["summary"]["open"], len(context["decided"])) == (0, 1)
        assert entry(context, "人民路1-4号")["count"] == 3
        grid = context["grids"][3]
        context = correct(planner, url, kind="rest", street="桂园路", grid=grid["key"])
        assert context["summary"]["doors_unlisted"] == 1  # the other 远路7号
        context = correct(planner, url, kind="add", grid=grid["key"], text="远路")
        assert context["grids"][3]["entries"][-1]["added"]
        context = correct(planner, url, kind="ignore", entry=nowhere)
        assert entry(context, "没有这个地方")["state"] == "ignored"
        steps = len(context["steps"])
        assert correct(planner, url, kind="undo", count=steps - 1)["steps"] == context["steps"]
        context = correct(planner, url, kind="undo", count=steps)
        assert entry(context, "没有这个地方")["state"] == "good"

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"kind": "nothing"},
            {"kind": "text", "entry": "x", "text": " "},
            {"kind": "text", "entry": "x", "text": "，，"},
            {"kind": "place", "entry": "x", "points": "here"},
            {"kind": "place", "entry": "x", "points": "nan, 1"},
            {"kind": "place", "entry": "x", "points": "200, 1"},
            {"kind": "rest", "grid": "x"},
            {"kind": "land", "to": "mars"},
        ],
    )
    def test_what_is_no_correction(
        self, scheme: Scheme, planner: Client, sent: dict[str, str]
    ) -> None:
        url = pasted(planner, scheme)
        answer = planner.post(url, sent)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.content.decode()
        assert Upload.objects.get().answers == {}

    def test_a_step_about_what_is_gone_does_nothing(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme)
        before = shown(planner, url)["summary"]
        correct(planner, url, kind="winner", entry="x", over="y")
        correct(planner, url, kind="community", grid="x", name="")
        assert correct(planner, url, kind="ignore", entry="x")["summary"] == before

    def test_land_nobody_lists_and_no_plan_below(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme)
        assert shown(planner, url)["summary"]["unassigned_m2"] == 0
        context = correct(planner, url, kind="base", plan="0")
        assert context["communities"] == []
        assert correct(planner, url, kind="land", to="unassigned")["spread"] is False


class TestTwoWindows:
    def two(self, scheme: Scheme) -> tuple[Work, Work]:
        row = Upload.objects.get()
        return tuple(  # type: ignore[return-value]
            Work(Upload.objects.get(pk=row.pk), scheme, timezone.now()) for _ in range(2)
        )

    def test_a_page_that_is_still_drawn_takes_no_correction_back(
        self, scheme: Scheme, planner: Client
    ) -> None:
        pasted(planner, scheme)
        reader, writer = self.two(scheme)
        writer.take({"kind": "land", "to": "unassigned"})
        reader.report()
        row = Upload.objects.get()
        assert row.answers == {"steps": [{"kind": "land", "to": "unassigned"}]}
        assert row.report["key"]

    def test_accepted_twice_is_one_draft(self, scheme: Scheme, planner: Client) -> None:
        pasted(planner, scheme)
        one, other = self.two(scheme)
        one.accept(by=User.objects.get(), name="")
        with pytest.raises(Upload.DoesNotExist):
            other.accept(by=User.objects.get(), name="")
        assert Plan.objects.filter(scheme=scheme).count() == 2

    def test_gone_meanwhile_leads_to_the_drafts(
        self, scheme: Scheme, planner: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = pasted(planner, scheme)

        def discarded(work: Work) -> str:
            Upload.objects.all().delete()
            return ""

        monkeypatch.setattr(Work, "readable", property(discarded))
        drafts = reverse("planner:drafts", args=[scheme.area.slug])
        answer = planner.post(f"{url}accept/", {"name": ""})
        assert (answer.status_code, answer["Location"]) == (302, drafts)
        assert Plan.objects.filter(scheme=scheme).count() == 1


class TestAccepting:
    def test_becomes_a_draft_that_tiles(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme)
        answer = planner.post(f"{url}accept/", {"name": " 按清单 "})
        plan = Plan.objects.get(scheme=scheme, number=2)
        assert answer["Location"] == reverse("planner:draft", args=[scheme.area.slug, 2])
        assert (plan.name, plan.based_on.number, plan_residual(plan)) == ("按清单", 1, 0)
        assert not Upload.objects.exists()
        assert planner.get(answer["Location"]).status_code == 200
        assert planner.get(url).status_code == 404

    def test_without_a_plan_below(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme)
        correct(planner, url, kind="base", plan="0")
        planner.post(f"{url}accept/", {"name": ""})
        plan = Plan.objects.get(scheme=scheme, number=2)
        assert plan_residual(plan) == 0
        assert [grid.name for grid in plan.grids.filter(level=1)] == ["南苑社区"]

    def test_of_what_is_not_there(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme, "第1网格：火星路1号")
        answer = planner.post(f"{url}accept/", {"name": ""})
        assert answer.status_code == 409
        assert Plan.objects.filter(scheme=scheme).count() == 1
        assert Upload.objects.exists()
        assert planner.post(f"{url}accept/", {"name": "x" * 121}).status_code == 400

    def test_the_list_is_kept_nowhere_else(self, scheme: Scheme, planner: Client) -> None:
        url = pasted(planner, scheme)
        correct(planner, url, kind="land", to="unassigned")
        planner.post(f"{url}accept/", {"name": ""})
        event = Plan.objects.get(scheme=scheme, number=2).events.get(kind="imported")
        assert event.data["corrections"] == 1
        assert "镜湖花园" not in json.dumps(event.data, ensure_ascii=False)
