"""The patrol's phone: who may, what is listed, in which order, and that a visit arrives."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from geogrid.duty.models import Worker
from geogrid.patrols.models import Visit
from geogrid.territory.models import Term
from layers.places.models import HazardClass, HazardPoint
from tests.case_factories import photo_bytes, reported
from tests.factories import SourceFactory, UserFactory, town

pytestmark = pytest.mark.django_db
LON, LAT, CELL = 113.0, 30.0, 0.0002  # see tests/pictures.py


def at(column: float, row: float) -> Point:
    """The middle of a cell of the picture in tests/factories.py, row 0 at the bottom."""
    return Point(LON + (column + 0.5) * CELL, LAT + (row + 0.5) * CELL, srid=4326)


def hazard(where: Point, name: str, worker: Worker | None, days_ago: int = 0) -> HazardPoint:
    """A fire hazard of level 3 (every 30 days), last visited so many days ago."""
    point = HazardPoint.objects.create(
        source=SourceFactory(),
        name=name,
        anchor=where,
        level=3,
        hazard_class=HazardClass.objects.get(code="fire"),
    )
    if worker is not None:
        moment = timezone.now() - timedelta(days=days_ago)
        Visit.objects.create(hazard=point, worker=worker, at=moment, outcome="ok")
    return point


@pytest.fixture
def term() -> Term:
    return town()


@pytest.fixture
def worker(term: Term) -> Worker:
    grid = term.plan.grids.get(label="01", level=2)
    found = Worker.objects.get(posts__lineage=grid.lineage)
    found.user = UserFactory()
    found.save()
    return found


@pytest.fixture
def phone(client: Client, worker: Worker) -> Client:
    client.force_login(worker.user)
    return client


def listed(html: str) -> list[str]:
    return re.findall(r"<strong>([^<]+)</strong>", html)


def nearby(phone: Client, where: Point, **more: str) -> dict:
    data = {"lon": where.x, "lat": where.y, "accuracy": 10, **more}
    response = phone.post(reverse("patrol:nearby"), data, headers={"accept-language": "en"})
    assert response.status_code == 200
    return json.loads(response.content)


class TestWhoMay:
    @pytest.mark.parametrize("name", ["today", "map", "more"])
    def test_a_stranger_signs_in_first(self, client: Client, name: str) -> None:
        assert "login" in client.get(reverse(f"patrol:{name}"))["Location"]

    def test_an_account_without_a_worker_is_told_so(self, client: Client) -> None:
        client.force_login(UserFactory())
        response = client.get(reverse("patrol:today"), headers={"accept-language": "en"})
        assert response.status_code == 403
        assert b"grid workers" in response.content

    def test_a_hazard_point_next_door_does_not_exist(self, phone: Client) -> None:
        point = hazard(at(3, 3), "next door", None)
        for name in ("hazard", "visit"):
            assert phone.get(reverse(f"patrol:{name}", args=[point.pk])).status_code == 404

    def test_nobody_keeps_the_pages(self, phone: Client) -> None:
        assert "no-store" in phone.get(reverse("patrol:today"))["Cache-Control"]


class TestList:
    @pytest.fixture(autouse=True)
    def points(self, worker: Worker) -> None:
        hazard(at(0, 3), "near", worker, 29)
        hazard(at(1, 3), "far", worker, 40)
        hazard(at(1, 2), "not yet", worker, 1)

    def test_most_urgent_first_without_a_position(self, phone: Client) -> None:
        html = phone.get(
            reverse("patrol:today"), headers={"accept-language": "en"}
        ).content.decode()
        assert listed(html) == ["far", "near"]
        assert "10 days overdue" in html
        assert "most urgent first" in html

    def test_nearest_first_with_one(self, phone: Client) -> None:
        answer = nearby(phone, at(-1, 3))
        assert listed(answer["html"]["stops"]) == ["near", "far"]
        assert [stop["name"] for stop in answer["stops"]] == ["near", "far"]
        assert "19 m" in answer["html"]["stops"]
        assert "east" in answer["html"]["stops"]
        assert "Nearest first" in answer["html"]["order"]

    def test_both_orders_hold_the_same(self, phone: Client) -> None:
        plain = phone.get(reverse("patrol:today") + "?due=all").content.decode()
        assert set(listed(plain)) == set(
            listed(nearby(phone, at(0, 0), due="all")["html"]["stops"])
        )

    def test_filters(self, phone: Client) -> None:
        def names(query: str) -> list[str]:
            return listed(phone.get(reverse("patrol:today") + query).content.decode())

        assert names("?due=overdue") == ["far"]
        assert names("?due=all") == ["far", "near", "not yet"]
        assert names("?kind=food")[:1] != ["far"]
        assert names("?kind=nonsense&due=nonsense") == ["far", "near"]

    def test_open_cases_stand_in_the_list(self, phone: Client, term: Term) -> None:
        case = reported(term.scheme.area, grid="01").case
        html = phone.get(reverse("patrol:today") + "?kind=cases").content.decode()
        assert listed(html) == [case.title]
        assert reverse("patrol:case", args=[case.pk]) in html

    @pytest.mark.parametrize("lon", ["", "nan", "999", "abc"])
    def test_a_position_that_is_none_gives_the_other_order(self, phone: Client, lon: str) -> None:
        response = phone.post(reverse("patrol:nearby"), {"lon": lon, "lat": "30"})
        assert json.loads(response.content)["located"] is False

    def test_needs_few_queries(self, phone: Client, django_assert_max_num_queries) -> None:
        with django_assert_max_num_queries(20):
            phone.get(reverse("patrol:today"))


def test_nothing_due_names_the_next(phone: Client, worker: Worker) -> None:
    hazard(at(0, 3), "later", worker, 1)
    html = phone.get(reverse("patrol:today"), headers={"accept-language": "en"}).content.decode()
    assert "All done for today" in html
    assert "Next: later, " in html


def test_chinese_says_it_in_chinese(phone: Client, worker: Worker) -> None:
    hazard(at(0, 3), "南门加油点", worker, 31)
    html = phone.get(reverse("patrol:today"), headers={"accept-language": "zh-CN"}).content.decode()
    assert "已超期 1 天" in html
    assert "消防月查" in html
    assert "开始检查：南门加油点" in html


def test_a_hazard_point_with_both_coordinates(phone: Client, worker: Worker) -> None:
    point = hazard(at(0, 3), "南门加油点", worker, 31)
    html = phone.get(reverse("patrol:hazard", args=[point.pk])).content.decode()
    assert "geo:30.000700,113.000100" in html
    shifted = re.findall(r"geo:([\d.]+),([\d.]+)", html)[1]
    metres_off = abs(float(shifted[1]) - 113.0001) * 96_000
    assert 300 < metres_off < 800  # GCJ-02 moves a place by a few hundred metres


def test_no_shifted_coordinates_outside_of_china(client: Client) -> None:
    term = town("elsewhere", calendar="DE-MV", timezone="Europe/Berlin")
    grid = term.plan.grids.get(label="01", level=2)
    worker = Worker.objects.get(posts__lineage=grid.lineage)
    worker.user = UserFactory()
    worker.save()
    client.force_login(worker.user)
    point = hazard(at(0, 3), "Tankstelle", worker, 31)
    html = client.get(reverse("patrol:hazard", args=[point.pk])).content.decode()
    assert "GCJ-02" not in html


class TestVisit:
    def send(self, phone: Client, point: HazardPoint, **given):
        data = {"client_id": str(uuid.uuid4()), "outcome": "ok", **given}
        return phone.post(
            reverse("patrol:visit", args=[point.pk]), data, headers={"accept-language": "en"}
        )

    @pytest.fixture
    def point(self) -> HazardPoint:
        return hazard(at(0, 3), "南门加油点", None)

    def test_with_a_photo_and_a_position(
        self, phone: Client, worker: Worker, point: HazardPoint
    ) -> None:
        photo = SimpleUploadedFile("IMG_1.jpg", photo_bytes(), content_type="image/jpeg")
        where = at(1, 3)
        sent = self.send(
            phone, point, outcome="problem", note="灭火器过期", photo=photo,
            lon=f"{where.x:.7f}", lat=f"{where.y:.7f}", accuracy="12",
        )  # fmt: skip
        assert sent.status_code == 302
        visit = Visit.objects.get()
        assert (visit.worker, visit.outcome, visit.note) == (worker, "problem", "灭火器过期")
        assert visit.distance_m == pytest.approx(19.3, abs=0.3)
        page = phone.get(sent["Location"]).content.decode()
        picture = reverse("patrol:photo", args=[visit.pk])
        assert picture in page
        assert phone.get(picture)["Content-Type"] == "image/jpeg"

    def test_the_photo_is_private(
        self, phone: Client, client: Client, term: Term, point: HazardPoint
    ) -> None:
        self.send(phone, point, photo=SimpleUploadedFile("a.jpg", photo_bytes()))
        picture = reverse("patrol:photo", args=[Visit.objects.get().pk])
        other = Worker.objects.get(posts__lineage=term.plan.grids.get(label="02", level=2).lineage)
        other.user = UserFactory()
        other.save()
        client.force_login(other.user)
        assert client.get(picture).status_code == 404
        client.logout()
        assert client.get(picture).status_code == 302

    def test_sent_twice(self, phone: Client, point: HazardPoint) -> None:
        number = str(uuid.uuid4())
        for _ in range(2):
            assert self.send(phone, point, client_id=number).status_code == 302
        assert Visit.objects.count() == 1

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"outcome": ""}, "Choose one"),
            ({"outcome": "fine"}, "valid choice"),
            ({"outcome": "problem"}, "Say in a few words"),
            ({"photo": SimpleUploadedFile("a.jpg", b"no picture")}, "not a photo"),
            ({"client_id": "7"}, "UUID"),
        ],
    )
    def test_what_is_missing_is_said(
        self, phone: Client, point: HazardPoint, given: dict, sentence: str
    ) -> None:
        response = self.send(phone, point, **given)
        assert response.status_code == 400
        assert sentence in response.content.decode()
        assert not Visit.objects.exists()
