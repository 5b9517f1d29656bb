"""Founding an area at the desk: who may, what is asked, what a file needs."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission as Granted
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from geogrid.accounts.models import User
from geogrid.territory.models import Area, Scheme
from layers.intake.models import Upload
from tests.factories import UserFactory, authorise, town

pytestmark = pytest.mark.django_db
POINTS = "113.25, 30.55\n113.27, 30.55\n113.27, 30.57"
RING = [[113.35, 30.55], [113.37, 30.55], [113.37, 30.57], [113.35, 30.55]]
ISLAND = [[113.45, 30.55], [113.47, 30.55], [113.47, 30.57], [113.45, 30.55]]


@pytest.fixture
def founder() -> User:
    user: User = UserFactory()
    user.user_permissions.add(Granted.objects.get(codename="add_area"))
    return user


@pytest.fixture
def desk(founder: User) -> Client:
    client = Client()
    client.force_login(founder)
    return client


def told(**changes: Any) -> dict[str, Any]:
    rows = [("社区", "Community", True), ("网格", "Grid", False), ("", "", False), ("", "", False)]
    form: dict[str, Any] = {
        "name": "柳溪街道", "kind": "street", "slug": "", "language": "zh-hans",
        "timezone": "Asia/Shanghai", "code_prefix": "990102", "households_min": "200",
        "households_max": "300", "outline": POINTS,
        "level-TOTAL_FORMS": "4", "level-INITIAL_FORMS": "4",
    }  # fmt: skip
    for number, (zh, en, fixed) in enumerate(rows):
        form[f"level-{number}-name_zh"] = zh
        form[f"level-{number}-name_en"] = en
        form[f"level-{number}-code_width"] = "3"
        if fixed:
            form[f"level-{number}-fixed"] = "on"
    return form | changes


def collection(*rings: list[list[float]]) -> SimpleUploadedFile:
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"part {number}"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for number, ring in enumerate(rings, start=1)
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features})
    return SimpleUploadedFile("outline.geojson", body.encode())


def test_nobody_without_the_permission_comes_in(client: Client) -> None:
    user = UserFactory()
    authorise(user, town().scheme, "planner")
    client.force_login(user)
    assert client.get(reverse("planner:new_area")).status_code == 403
    assert client.post(reverse("planner:new_area"), told()).status_code == 403
    assert Area.objects.count() == 1


def test_a_drawn_outline_leads_to_the_editor(desk: Client) -> None:
    answer = desk.post(reverse("planner:new_area"), told())
    area = Area.objects.get()
    assert answer["Location"] == reverse("planner:draft", args=[area.slug, 1])
    assert (area.name, area.code_prefix, area.calendar) == ("柳溪街道", "990102", "CN")
    levels = Scheme.objects.get().levels.values_list("name_zh", "name_en", "fixed")
    assert list(levels) == [("社区", "Community", True), ("网格", "Grid", False)]
    assert desk.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_english_area_in_both_languages(desk: Client, language: str) -> None:
    with translation.override(language):
        page = desk.get(reverse("planner:new_area"), headers={"Accept-Language": language})
        assert page.status_code == 200
    desk.post(reverse("planner:new_area"), told(name="Willow Brook", language="en"))
    area = Area.objects.get()
    assert (area.slug, area.language) == ("willow-brook", "en")
    assert area.schemes.get().plans.get().grids.leaves().get().name == "Unassigned 1"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outline": ""}, "outline"),
        ({"outline": "113.25, 30.55"}, "outline"),
        ({"households_min": "400"}, "households_max"),
        ({"timezone": "Asia/Nowhere"}, "timezone"),
        ({"slug": "new-area"}, "slug"),
        ({"code_prefix": "99-01"}, "code_prefix"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    desk: Client, changes: dict[str, str], field: str
) -> None:
    answer = desk.post(reverse("planner:new_area"), told(**changes))
    assert answer.status_code >= 400
    assert field in answer.context["form"].errors
    assert not Area.objects.exists()


def test_levels_without_names_are_refused(desk: Client) -> None:
    empty = {f"level-{n}-name_{lang}": "" for n in range(4) for lang in ("zh", "en")}
    answer = desk.post(reverse("planner:new_area"), told(**empty))
    assert answer.status_code == 400 and answer.context["form"].non_field_errors()


def test_a_file_is_shown_before_it_counts(desk: Client) -> None:
    answer = desk.post(reverse("planner:new_area"), told(outline="", file=collection(RING, ISLAND)))
    upload = Upload.objects.get()
    assert answer["Location"] == reverse("planner:new_area_file", args=[upload.pk])
    page = desk.get(answer["Location"])
    reading = page.context["reading"]
    assert [one.name for one in reading.features] == ["part 1", "part 2"]
    assert len(reading.outline.geoms) == 2 and not Area.objects.exists()
    founded = desk.post(answer["Location"], {"feature": ["1"], "found": "1"})
    area = Area.objects.get()
    assert founded["Location"] == reverse("planner:draft", args=[area.slug, 1])
    assert area.boundaries.get().boundary.num_geom == 1
    assert area.boundaries.get().basis == "outline.geojson"
    assert not Upload.objects.exists()


def test_metres_without_a_system_are_asked_for_it(desk: Client) -> None:
    metres = [[524_000.0, 3_381_000.0], [526_000, 3_381_000], [526_000, 3_383_000]]
    answer = desk.post(
        reverse("planner:new_area"), told(outline="", file=collection([*metres, metres[0]]))
    )
    page = desk.get(answer["Location"])
    reading = page.context["reading"]
    assert reading.outline is None and "EPSG:4546" in dict(reading.systems)
    assert desk.post(answer["Location"], {"found": "1"}).status_code == 400
    shown = desk.post(answer["Location"], {"crs": "EPSG:4546"})
    assert shown.status_code == 200 and not Area.objects.exists()
    west, south, _east, _north = shown.context["reading"].outline.bounds
    assert (round(west, 1), round(south, 1)) == (111.3, 30.5)


def test_a_file_that_is_none_is_said(desk: Client) -> None:
    file = SimpleUploadedFile("outline.geojson", b"nothing of the kind")
    answer = desk.post(reverse("planner:new_area"), told(outline="", file=file))
    page = desk.get(answer["Location"])
    assert page.status_code == 200 and page.context["reading"].refusal
    assert desk.post(answer["Location"], {"discard": "1"})["Location"].endswith("/new-area/")
    assert not Upload.objects.exists()


def test_an_upload_is_its_bringers_alone(desk: Client, client: Client) -> None:
    answer = desk.post(reverse("planner:new_area"), told(outline="", file=collection(RING)))
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(answer["Location"]).status_code == 404


def test_of_several_areas_one_chooses(desk: Client) -> None:
    desk.post(reverse("planner:new_area"), told())
    assert desk.get(reverse("planner:choose")).status_code == 302
    desk.post(reverse("planner:new_area"), told(name="Willow Brook"))
    page = desk.get(reverse("planner:choose"))
    assert [area.name for area in page.context["areas"]] == ["柳溪街道", "Willow Brook"]


def test_without_any_area_choosing_leads_to_founding(desk: Client) -> None:
    assert desk.get(reverse("planner:choose"))["Location"] == reverse("planner:new_area")
