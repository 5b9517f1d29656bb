"""The pages of backgrounds: who may, what is refused in which words, what a browser is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from geogrid.territory.models import Authority, Scheme
from layers.backgrounds.actions import add_file, add_service, keep_underlay, switch_background
from layers.backgrounds.models import Background, Underlay
from tests.desks.drafting import queries, signed_in
from tests.domain import background_files as files
from tests.domain.editing import lineage
from tests.factories import SchemeFactory, UserFactory, now, town
from tests.pictures import CELL, ORIGIN

pytestmark = pytest.mark.django_db
NUMBER = files.tile_at(ORIGIN[0] / 1e7, ORIGIN[1] / 1e7, 16)


@pytest.fixture
def scheme() -> Scheme:
    return town().scheme


@pytest.fixture
def client(scheme: Scheme) -> Client:
    return signed_in(scheme)[0]


@pytest.fixture
def background(scheme: Scheme, tmp_path: Path) -> Background:
    path = files.mbtiles(tmp_path / "old.mbtiles", {NUMBER: files.picture()})
    row = add_file(place=scheme.area.slug, name_zh="老图", source=path, by=None, at=now())
    return switch_background(background=row, enabled=True, by=None, at=now())


@pytest.fixture
def underlay(scheme: Scheme) -> Underlay:
    upload = SimpleUploadedFile("a.png", files.picture(size=(400, 300)))
    return keep_underlay(place=scheme.area.slug, name="旧网格图", upload=upload, by=None, at=now())


def page(scheme: Scheme, name: str, *more: Any) -> str:
    return reverse(f"planner:{name}", args=[scheme.area.slug, *more])


def spot(x: float, y: float) -> tuple[str, str]:
    """Degrees of a pixel of a picture of 400 by 300 px over the town, 20 m a hundred px."""
    west, south = ORIGIN
    return f"{(west + x / 100 * CELL) / 1e7:.7f}", f"{(south + (300 - y) / 100 * CELL) / 1e7:.7f}"


def rows(*pixels: tuple[float, float]) -> dict[str, Any]:
    placed = [spot(*pixel) for pixel in pixels]
    return {
        "x": [str(x) for x, _ in pixels] + [""],
        "y": [str(y) for _, y in pixels] + [""],
        "lon": [lon for lon, _ in placed] + [""],
        "lat": [lat for _, lat in placed] + [""],
        "fit": "affine",
    }


CORNERS = ((10, 10), (390, 10), (200, 290), (30, 250))


# ---------------------------------------------------------------- who may


def test_planners_of_a_part_place_pictures_and_configure_nothing(
    scheme: Scheme, background: Background, underlay: Underlay
) -> None:

    user = UserFactory()
    part = lineage(scheme.plans.get(), 1)
    Authority.objects.create(user=user, scheme=scheme, role="planner", lineage=part)
    client = Client()
    client.force_login(user)
    assert client.get(page(scheme, "underlay", underlay.pk)).status_code == 200
    assert client.get(page(scheme, "background_tile", background.pk, *NUMBER)).status_code == 200
    for name, more in (("background_file", ()), ("background", (background.pk,))):
        assert client.get(page(scheme, name, *more)).status_code == 403, name
    answer = client.post(page(scheme, "background_switch", background.pk), {"on": "0"})
    assert answer.status_code == 403
    background.refresh_from_db()
    assert background.enabled


def test_who_only_looks_sees_and_changes_nothing(
    scheme: Scheme, background: Background, underlay: Underlay
) -> None:
    client = signed_in(scheme, "dispatcher")[0]
    listed = client.get(page(scheme, "backgrounds"))
    assert "老图" in listed.content.decode()
    assert page(scheme, "background_file") not in listed.content.decode()
    assert client.get(page(scheme, "underlay_picture", underlay.pk)).status_code == 200
    for name, more in (
        ("underlay_add", ()), ("underlay", (underlay.pk,)), ("underlay_delete", (underlay.pk,)),
        ("background_delete", (background.pk,)),
    ):  # fmt: skip
        assert client.get(page(scheme, name, *more)).status_code == 403, name


def test_another_area_reaches_neither_tiles_nor_pictures(
    scheme: Scheme, background: Background, underlay: Underlay
) -> None:
    elsewhere = town("elsewhere").scheme
    client = signed_in(elsewhere)[0]
    assert client.get(page(scheme, "background_tile", background.pk, *NUMBER)).status_code == 403
    for name, more in (
        ("background_tile", (background.pk, *NUMBER)), ("background", (background.pk,)),
        ("underlay", (underlay.pk,)), ("underlay_picture", (underlay.pk,)),
    ):  # fmt: skip
        assert client.get(page(elsewhere, name, *more)).status_code == 404, name


def test_what_is_off_is_seen_only_by_whoever_may_switch_it_on(
    scheme: Scheme, client: Client, background: Background
) -> None:
    switch_background(background=background, enabled=False, by=None, at=now())
    there = page(scheme, "background_tile", background.pk, *NUMBER)
    assert len(client.get(there).content) > 100
    other = signed_in(scheme, "dispatcher")[0]
    nothing = other.get(there)
    assert files.pixel(nothing.content, 0, 0)[3] == 0, "an empty picture"
    assert "no-store" in nothing["Cache-Control"], "it may be switched on in a minute"
    version = background.version
    again = switch_background(background=background, enabled=True, by=None, at=now())
    assert again.version > version, "what a browser kept of it is not shown"
    switch_background(background=background, enabled=False, by=None, at=now())
    assert other.get(page(scheme, "backgrounds_offered")).json()["backgrounds"] == []


# ---------------------------------------------------------------- tiles


def test_a_tile_is_kept_a_day_by_one_browser_and_can_do_nothing(
    scheme: Scheme, client: Client, background: Background
) -> None:
    there = page(scheme, "background_tile", background.pk, *NUMBER)
    answer = client.get(there)
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "private, max-age=86400"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert files.pixel(answer.content, 9, 9) == (200, 30, 30, 255)
    again = client.get(there, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    zoom, x, y = NUMBER
    hole = client.get(page(scheme, "background_tile", background.pk, zoom, x + 9, y))
    assert files.pixel(hole.content, 0, 0)[3] == 0
    assert "no-store" in hole["Cache-Control"], "a hole may be filled in a minute"
    assert client.get(page(scheme, "background_tile", background.pk, 99, 1, 1)).status_code == 200
    assert queries(lambda: client.get(there)) <= 8


def test_a_file_that_is_gone_is_said_in_a_sentence(
    scheme: Scheme, client: Client, background: Background
) -> None:
    Path(background.path).unlink()
    answer = client.get(page(scheme, "background_tile", background.pk, *NUMBER))
    assert answer.status_code == 404
    assert "old.mbtiles" in answer.content.decode()


def test_the_editor_is_told_addresses_of_this_server_only(
    scheme: Scheme, client: Client, settings: Any
) -> None:
    settings.GEOGRID_TILE_HOSTS = ["tiles.example.org"]
    row = add_service(
        place=scheme.area.slug, name_zh="影像", name_en="Photos", kind="xyz", datum="gcj02",
        address="https://tiles.example.org/{z}/{x}/{y}?key=secret", by=None, at=now(),
    )  # fmt: skip
    switch_background(background=row, enabled=True, by=None, at=now())
    answer = client.get(page(scheme, "backgrounds_offered"))
    [told] = answer.json()["backgrounds"]
    assert told["tiles"].startswith("/plan/") and "{z}/{x}/{y}" in told["tiles"]
    assert told["datum"] == "gcj02"
    assert "secret" not in answer.content.decode()
    assert "example.org" not in answer["Content-Security-Policy"]
    assert "img-src 'self' data: blob:" in answer["Content-Security-Policy"]


# ---------------------------------------------------------------- files and services


def test_a_file_is_added_looked_at_switched_on_and_deleted(
    scheme: Scheme, client: Client, tmp_path: Path
) -> None:
    path = files.mbtiles(tmp_path / "old.mbtiles", {NUMBER: files.picture()})
    upload = SimpleUploadedFile("old.mbtiles", path.read_bytes())
    told = {"source": upload, "name_zh": "老图", "datum": "wgs84"}
    answer = client.post(page(scheme, "background_file"), told)
    row = Background.objects.get()
    assert answer["Location"] == page(scheme, "background", row.pk)
    shown = client.get(answer["Location"]).content.decode()
    assert "preview-config" in shown and not row.enabled
    client.post(page(scheme, "background_switch", row.pk), {"on": "1"})
    row.refresh_from_db()
    assert row.enabled
    changed = {"name_zh": "旧图", "name_en": "Old map", "datum": "gcj02", "attribution": "测绘局"}
    assert client.post(page(scheme, "background", row.pk), changed).status_code == 302
    row.refresh_from_db()
    assert (row.name_zh, row.datum, row.version) == ("旧图", "gcj02", 3)
    assert client.get(page(scheme, "background_delete", row.pk)).status_code == 200
    assert Background.objects.exists(), "asking deletes nothing"
    client.post(page(scheme, "background_delete", row.pk))
    assert not Background.objects.exists()


def test_a_wrong_file_comes_back_with_a_sentence(scheme: Scheme, client: Client) -> None:
    told = {"source": SimpleUploadedFile("a.mbtiles", b"GIF89a"), "name_zh": "x", "datum": "wgs84"}
    answer = client.post(page(scheme, "background_file"), told)
    assert answer.status_code == 400
    assert "errorsummary" in answer.content.decode()
    assert "MBTiles" in answer.content.decode()
    assert not Background.objects.exists()


def test_without_an_allowed_host_there_is_no_service(scheme: Scheme, client: Client) -> None:
    listed = client.get(page(scheme, "backgrounds")).content.decode()
    assert page(scheme, "background_service") not in listed
    assert "GEOGRID_TILE_HOSTS" in listed
    told = {
        "kind": "xyz", "address": "https://tiles.example.org/{z}/{x}/{y}.png", "name_zh": "x",
        "datum": "wgs84", "min_zoom": 1, "max_zoom": 18,
    }  # fmt: skip
    answer = client.post(page(scheme, "background_service"), told)
    assert answer.status_code == 400
    assert "tiles.example.org" in answer.content.decode()
    assert not Background.objects.exists()


def test_a_service_is_noted_when_its_host_is_allowed(
    scheme: Scheme, client: Client, settings: Any
) -> None:
    settings.GEOGRID_TILE_HOSTS = ["gis.intra:8080"]
    told = {
        "kind": "wms", "address": "http://gis.intra:8080/wms", "layer": "", "name_zh": "规划图",
        "datum": "wgs84", "min_zoom": 10, "max_zoom": 20,
    }  # fmt: skip
    answer = client.post(page(scheme, "background_service"), told)
    assert answer.status_code == 400 and not Background.objects.exists(), "the layer is missing"
    client.post(page(scheme, "background_service"), told | {"layer": "plan"})
    row = Background.objects.get()
    assert (row.kind, row.layer, row.enabled) == ("wms", "plan", False)
    zooms = client.post(page(scheme, "background", row.pk), told | {"layer": "p", "min_zoom": 21})
    assert zooms.status_code == 400


# ---------------------------------------------------------------- pictures


def test_a_picture_is_brought_placed_by_numbers_and_deleted(scheme: Scheme, client: Client) -> None:
    upload = SimpleUploadedFile("plan.pdf", files.pdf(2))
    told = {"picture": upload, "name": "校园平面图", "page": "3"}
    answer = client.post(page(scheme, "underlay_add"), told)
    assert answer.status_code == 400 and "2" in answer.content.decode()
    upload.seek(0)
    answer = client.post(page(scheme, "underlay_add"), told | {"page": "2"})
    row = Underlay.objects.get()
    assert answer["Location"] == page(scheme, "underlay", row.pk)
    config = json.loads(
        client.get(answer["Location"]).content.decode()
        .split('id="placing-config" type="application/json">')[1].split("</script>")[0]
    )  # fmt: skip
    assert config["layer"]["width"] == row.width and config["map"]["closest"] == 22
    answer = client.post(page(scheme, "underlay", row.pk), rows(*CORNERS), follow=True)
    row.refresh_from_db()
    assert row.residual_m is not None and row.residual_m < 0.02
    assert "0.0" in answer.content.decode(), "its residual is told"
    [offered] = client.get(page(scheme, "backgrounds_offered")).json()["underlays"]
    assert offered["matrix"] == row.matrix
    client.post(page(scheme, "underlay_delete", row.pk))
    assert not Underlay.objects.exists()


def test_a_large_residual_and_points_in_a_row_are_told(
    scheme: Scheme, client: Client, underlay: Underlay
) -> None:
    told = rows(*CORNERS)
    told["lon"][1] = f"{float(told['lon'][1]) + 0.0005:.7f}"
    answer = client.post(page(scheme, "underlay", underlay.pk), told, follow=True)
    words = [str(message) for message in answer.context["messages"]]
    assert len(words) == 2
    thin = client.post(
        page(scheme, "underlay", underlay.pk), rows((10, 10), (390, 200), (200, 104.5)), follow=True
    )
    assert len(list(thin.context["messages"])) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"x": ["10", "390"], "y": ["10", "10"], "lon": ["1", "2"], "lat": ["1", "2"]},
        {"x": ["10", "390", "20", "12"]},
        {"lon": ["", "1", "2", "3"]},
        {"lat": ["north", "1", "2", "3"]},
        {"y": ["1e400", "1", "2", "3"]},
        {"x": ["9999", "1", "2", "3"]},
        {"fit": "wobbly"},
    ],
)
def test_points_that_place_nothing_come_back_as_they_were(
    scheme: Scheme, client: Client, underlay: Underlay, change: dict[str, Any]
) -> None:
    told = {name: values[:4] for name, values in rows(*CORNERS).items() if name != "fit"}
    answer = client.post(
        page(scheme, "underlay", underlay.pk), {**told, "fit": "affine", **change}
    )  # fmt: skip
    underlay.refresh_from_db()
    if change.get("x") == ["10", "390", "20", "12"]:
        assert answer.status_code == 302, "four points that do not agree are placed all the same"
        return
    assert answer.status_code == 400 and underlay.matrix is None
    assert "errorsummary" in answer.content.decode()


def test_an_area_without_a_plan_in_force_has_a_map_too() -> None:
    scheme = SchemeFactory(general=True)
    upload = SimpleUploadedFile("a.png", files.picture(size=(40, 30)))
    row = keep_underlay(place=scheme.area.slug, name="图", upload=upload, by=None, at=now())
    answer = signed_in(scheme)[0].get(page(scheme, "underlay", row.pk))
    assert '"bounds"' in answer.content.decode()


def test_pages_ask_little(scheme: Scheme, client: Client, background: Background) -> None:
    assert queries(lambda: client.get(page(scheme, "backgrounds"))) <= 12
    assert queries(lambda: client.get(page(scheme, "background", background.pk))) <= 20
    assert queries(lambda: client.get(page(scheme, "backgrounds_offered"))) <= 10
