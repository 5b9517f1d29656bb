"""A draft from a file at the desk: brought, looked at, decided finding by finding, accepted."""

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from geogrid.desks.planner.from_file import reading, views
from geogrid.territory.actions import plan_residual, set_boundary
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan, PlanEvent, Scheme
from layers.intake.models import Upload
from tests.desks.drafting import queries, signed_in
from tests.factories import FOUNDED, SchemeFactory, town
from tests.pictures import picture
from tests.tilings import tiling

pytestmark = pytest.mark.django_db
CODES = {"a": "001001", "b": "001002", "c": "002003", "d": "002004"}
SOUND = "aabb\naabb\nccdd\ncccd"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def scheme() -> Scheme:
    return town().scheme


@pytest.fixture
def planner(scheme: Scheme) -> Client:
    client = signed_in(scheme)[0]
    client.cookies["geogrid_language"] = "en"
    return client


def file_of(scheme: Scheme, shapes: dict[str, shapely.Geometry], **columns: Any) -> bytes:
    prefix = scheme.area.code_prefix
    frame = geopandas.GeoDataFrame(
        {"code": [prefix + CODES[one[0]] for one in shapes], **columns},
        geometry=list(shapes.values()), crs=4326,
    )  # fmt: skip
    return frame.to_json().encode()


def mess() -> dict[str, shapely.Geometry]:
    """a and b claim a cell both, c leaves one to nobody."""
    return picture(SOUND) | {
        "a": picture("aaa.\naa..\n....\n....")["a"],
        "c": picture("....\n....\ncc..\ncc..")["c"],
    }


def address(scheme: Scheme, name: str = "", upload: Upload | None = None) -> str:
    args: list[Any] = [scheme.area.slug]
    if upload is not None:
        args.append(upload.pk)
    return reverse(f"planner:from_file{'_' if name else ''}{name}", args=args)


def bring(client: Client, scheme: Scheme, content: bytes, name: str = "网格.geojson") -> Upload:
    answer = client.post(address(scheme), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    upload = Upload.objects.latest("created_at")
    assert answer["Location"] == address(scheme, "review", upload)
    return upload


def look(client: Client, scheme: Scheme, upload: Upload) -> tuple[str, dict[str, Any]]:
    answer = client.get(address(scheme, "review", upload))
    assert answer.status_code == 200
    return answer.content.decode(), findings(answer)


def findings(answer: HttpResponse) -> dict[str, Any]:
    data = answer.content.decode().split('<script id="findings-data" type="application/json">')[1]
    told: dict[str, Any] = json.loads(data.split("</script>")[0])
    return told


def choose(client: Client, scheme: Scheme, upload: Upload, **fields: str) -> HttpResponse:
    answer: HttpResponse = client.post(address(scheme, "choose", upload), fields)  # type: ignore[assignment]
    return answer


def accept(client: Client, scheme: Scheme, upload: Upload, **fields: str) -> Any:
    return client.post(address(scheme, "accept", upload), fields)


def test_an_exact_file_becomes_a_draft(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, picture(SOUND)))
    page, told = look(planner, scheme, upload)
    assert "Nothing: the grids tile the territory exactly" in page
    assert told["findings"] == []
    assert len(told["shapes"]) == 4
    answer = accept(planner, scheme, upload, name="Aus der Datei")
    plan = Plan.objects.latest("pk")
    assert answer["Location"] == reverse("planner:draft", args=[scheme.area.slug, plan.number])
    assert (plan.name, plan.state, plan_residual(plan)) == ("Aus der Datei", "draft", 0)
    assert PlanEvent.objects.get(plan=plan, kind="imported").data["file"] == "网格.geojson"
    assert not Upload.objects.exists()


def test_findings_are_decided_one_by_one(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, mess()))
    page, told = look(planner, scheme, upload)
    assert "Several grids claim this land" in page
    by_sort = {one["sort"]: one for one in told["findings"]}
    overlap, gap = by_sort["overlap"], by_sort["gap"]
    prefix = scheme.area.code_prefix
    answer = choose(
        planner, scheme, upload, key=overlap["key"], owner=prefix + CODES["a"], part="1"
    )
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert {one["key"]: one["decided"] for one in findings(answer)["findings"]} == {
        overlap["key"]: True, gap["key"]: False,
    }  # fmt: skip
    choose(planner, scheme, upload, key=gap["key"], owner="")
    upload.refresh_from_db()
    assert upload.answers["owners"] == {overlap["key"]: prefix + CODES["a"], gap["key"]: None}
    assert "stays unassigned" in look(planner, scheme, upload)[0]
    choose(planner, scheme, upload, key=gap["key"], owner=prefix + CODES["c"])
    assert accept(planner, scheme, upload).status_code == 302
    plan = Plan.objects.latest("pk")
    assert plan_residual(plan) == 0
    area = {grid.code[-6:]: to_shapely(grid.boundary).area for grid in plan.grids.leaves()}
    assert area["001001"] == pytest.approx(5 * area["001002"] / 3, rel=1e-3)


def test_two_clicks_that_cross_are_both_kept(
    planner: Client, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = bring(planner, scheme, file_of(scheme, mess()))
    first, second = (one["key"] for one in look(planner, scheme, upload)[1]["findings"])
    several = views._several
    crossed = []

    def slowly(*args: Any) -> Any:
        """Another click is answered while the file of this one is still read."""
        if not crossed:
            crossed.append(choose(planner, scheme, upload, key=first, owner=""))
        return several(*args)

    monkeypatch.setattr(views, "_several", slowly)
    choose(planner, scheme, upload, **{f"owner-{second}": ""})
    upload.refresh_from_db()
    assert upload.answers["owners"] == {first: None, second: None}


def test_looking_changes_no_answer(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, mess()))
    key = look(planner, scheme, upload)[1]["findings"][0]["key"]
    choose(planner, scheme, upload, key=key, owner="")
    with CaptureQueriesContext(connection) as asked:
        look(planner, scheme, upload)
    assert not [one for one in asked.captured_queries if one["sql"].startswith("UPDATE")]


def test_what_no_text_of_the_database_holds_is_left_out(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, mess()))
    answer = choose(planner, scheme, upload, key="a\0b" + "k" * 500, owner="x\0" + "y" * 500)
    assert answer.status_code == 302
    upload.refresh_from_db()
    assert all(
        len(text) <= 200 and "\0" not in text
        for pair in upload.answers["owners"].items()
        for text in pair
    )
    for sent in ({"reading": "EPSG\0"}, {"one_layer": "a\0"}, {"shift": "\0"}):
        assert planner.post(address(scheme, "review", upload), sent).status_code == 302
        assert planner.get(address(scheme, "review", upload)).status_code == 200


def test_accepted_in_another_window_meanwhile(
    planner: Client, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = bring(planner, scheme, file_of(scheme, picture(SOUND)))
    made = views.accept_form

    def later(*args: Any, **more: Any) -> Any:
        monkeypatch.setattr(views, "accept_form", made)
        assert accept(planner, scheme, upload).status_code == 302
        return made(*args, **more)

    monkeypatch.setattr(views, "accept_form", later)
    answer = accept(planner, scheme, upload)
    assert answer["Location"] == reverse("planner:drafts", args=[scheme.area.slug])
    assert Plan.objects.filter(scheme=scheme).count() == 2


def test_what_is_discarded_is_in_no_memory(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, mess()))
    look(planner, scheme, upload)
    held = [reading._files, reading._readings]
    assert all(any(key[0] == str(upload.pk) for key in one.kept) for one in held)
    planner.post(address(scheme, "discard", upload))
    assert not any(key[0] == str(upload.pk) for one in held for key in one.kept)


def test_a_disk_that_was_away_comes_back(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, mess()))
    path = Path(upload.file.path)
    away = path.rename(path.with_suffix(".away"))
    assert "no longer there" in planner.get(address(scheme, "review", upload)).content.decode()
    away.rename(path)
    assert look(planner, scheme, upload)[1]["findings"]


def test_a_name_of_many_letters(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, picture(SOUND)), "网" * 180 + ".geojson")
    page, _ = look(planner, scheme, upload)
    assert "Nothing: the grids tile the territory exactly" in page


def test_all_proposals_at_once_and_back(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, mess()))
    answer = choose(planner, scheme, upload, all="proposals", part="1")
    assert all(one["decided"] for one in findings(answer)["findings"])
    assert "All are decided" in answer.content.decode()
    answer = choose(planner, scheme, upload, all="none", part="1")
    assert not any(one["decided"] for one in findings(answer)["findings"])


def test_without_a_script_one_form_decides_what_differs(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, mess()))
    _, told = look(planner, scheme, upload)
    sent = {f"owner-{one['key']}": "" for one in told["findings"]}
    answer = choose(planner, scheme, upload, **sent)
    assert answer["Location"] == address(scheme, "review", upload) + "#findings"
    upload.refresh_from_db()
    assert set(upload.answers["owners"].values()) == {None}


def test_what_cannot_be_read_says_so_and_what_to_do(planner: Client, scheme: Scheme) -> None:
    def said(content: bytes, name: str = "a.geojson") -> str:
        page, _ = look(planner, scheme, bring(planner, scheme, content, name))
        assert "/tmp/" not in page
        return page

    assert "damaged zip" in said(b"PK\x03\x04nonsense", "a.zip")
    assert "a.geojson is empty" in said(b"")
    points = geopandas.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Point(113, 30)], crs=4326)
    page = said(points.to_json().encode())
    assert "is a Point, not a polygon" in page
    assert "Grids are areas" in page
    empty = b'{"type": "FeatureCollection", "features": []}'
    assert "holds no features" in said(empty)
    assert "DWG" in said(b"AC1027 whatever", "plan.dwg")


def test_two_codes_alike_are_shown_on_the_map_and_can_be_left_out(
    planner: Client, scheme: Scheme
) -> None:
    code = scheme.area.code_prefix + "001001"
    frame = geopandas.GeoDataFrame(
        {"code": [code] * 4}, geometry=list(picture(SOUND).values()), crs=4326
    )
    upload = bring(planner, scheme, frame.to_json().encode())
    page, told = look(planner, scheme, upload)
    assert "1 codes stand more than once" in page
    assert told["bad"] == [0, 1, 2, 3]
    answer = planner.post(address(scheme, "review", upload), {"without_codes": "code"})
    assert answer.status_code == 302
    assert "Nothing: the grids tile" in look(planner, scheme, upload)[0]


def test_a_projected_file_without_a_system_is_read_by_one_click(
    planner: Client, scheme: Scheme, tmp_path: Path
) -> None:
    frame = geopandas.read_file(io.BytesIO(file_of(scheme, picture(SOUND)))).to_crs(4547)
    frame.set_crs(None, allow_override=True).to_file(tmp_path / "plan.shp")
    parts = [
        SimpleUploadedFile(path.name, path.read_bytes())
        for path in sorted(tmp_path.glob("plan.*"))
        if path.suffix != ".prj"
    ]
    answer = planner.post(address(scheme), {"file": parts})
    upload = Upload.objects.get()
    assert (answer.status_code, upload.name) == (302, "plan.zip")
    page, _ = look(planner, scheme, upload)
    assert "does not say its coordinate system" in page
    reading = next(
        part.split('"')[0] for part in page.split('name="reading" value="')[1:] if "4547" in part
    )
    planner.post(address(scheme, "review", upload), {"reading": reading})
    page, told = look(planner, scheme, upload)
    assert "EPSG:4547" not in page or "CGCS2000" in page
    assert len(told["shapes"]) == 4
    assert accept(planner, scheme, upload).status_code == 302
    assert plan_residual(Plan.objects.latest("pk")) == 0


def test_several_layers_are_chosen_from(planner: Client, scheme: Scheme, tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in ("old", "new", "idea"):
            archive.writestr(f"{name}.geojson", file_of(scheme, picture(SOUND)))
    upload = bring(planner, scheme, whole.getvalue(), "三份.zip")
    page, _ = look(planner, scheme, upload)
    assert "Which layer holds the grids?" in page
    planner.post(address(scheme, "review", upload), {"one_layer": "new"})
    page, _ = look(planner, scheme, upload)
    assert "layer new" in page
    assert '<option value="idea">' in page


def test_columns_are_said_anew_and_choices_stay(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, mess(), stadt=list("wxyz")))
    _, told = look(planner, scheme, upload)
    choose(planner, scheme, upload, all="proposals")
    answer = planner.post(
        address(scheme, "review", upload),
        {"field_code": "code", "field_name": "stadt", "overlaps": "first", "gaps_m2": "10"},
    )
    assert answer.status_code == 302
    page, again = look(planner, scheme, upload)
    assert "<td>w</td>" in page
    assert {one["key"] for one in told["findings"]} == {one["key"] for one in again["findings"]}
    bad = planner.post(address(scheme, "review", upload), {"crs": "Beijing"})
    assert bad.status_code == 400
    assert "is no known coordinate system" in bad.content.decode()


def test_a_file_of_another_town_is_told_and_not_a_draft(planner: Client, scheme: Scheme) -> None:
    shapes = {
        name: shapely.affinity.translate(shape, 1, 1) for name, shape in picture(SOUND).items()
    }
    upload = bring(planner, scheme, file_of(scheme, shapes))
    page, _ = look(planner, scheme, upload)
    assert "km from the area" in page
    assert "Nothing of the file lies in" in page
    assert accept(planner, scheme, upload).status_code == 400
    assert Plan.objects.count() == 1


def test_what_stands_first_has_to_be_looked_at(planner: Client, scheme: Scheme) -> None:
    shapes = picture(SOUND) | {"d": picture("....\n....\n..c.\n....")["c"]}
    shapes["c"] = shapely.union(shapes["c"], picture(SOUND)["d"])
    shapes["d"] = shapely.affinity.translate(shapes["d"], 1, 1)
    upload = bring(planner, scheme, file_of(scheme, shapes))
    page, _ = look(planner, scheme, upload)
    assert "Nothing is left of" in page
    answer = accept(planner, scheme, upload)
    assert (answer.status_code, Plan.objects.count()) == (400, 1)
    assert accept(planner, scheme, upload, looked="on").status_code == 302


def test_files_of_others_are_not_there(planner: Client, scheme: Scheme, client: Client) -> None:
    upload = bring(planner, scheme, file_of(scheme, picture(SOUND)))
    other, _ = signed_in(scheme)
    for name in ("review", "choose", "accept", "discard"):
        method = other.get if name == "review" else other.post
        assert method(address(scheme, name, upload)).status_code == 404
    approver, _ = signed_in(scheme, "approver")
    assert approver.get(address(scheme)).status_code == 403
    assert client.get(address(scheme)).status_code == 302


def test_it_waits_and_can_be_discarded(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, picture(SOUND)), "2027年调整.geojson")
    assert "2027年调整.geojson" in planner.get(address(scheme)).content.decode()
    planner.post(address(scheme, "discard", upload))
    assert not Upload.objects.exists()
    assert planner.get(address(scheme, "review", upload)).status_code == 404


def test_nothing_chosen_and_no_plan_in_force(planner: Client, scheme: Scheme) -> None:
    answer = planner.post(address(scheme), {})
    assert answer.status_code == 400
    assert "Choose a file first" in answer.content.decode()


def test_few_statements(planner: Client, scheme: Scheme) -> None:
    upload = bring(planner, scheme, file_of(scheme, mess()))
    assert queries(lambda: planner.get(address(scheme, "review", upload))) < 30
    choose(planner, scheme, upload, all="proposals")
    with translation.override("en"):
        assert queries(lambda: choose(planner, scheme, upload, all="none", part="1")) < 30


def test_a_city_of_2000_grids_is_reviewed_within_seconds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = tiling(2000, corner=(114.0, 30.0))
    scheme = SchemeFactory()
    set_boundary(
        area=scheme.area, outline=city.outline, valid_from=FOUNDED.date(), basis="survey", by=None
    )
    faces = city.faces.copy()
    for number in range(0, len(faces), 40):
        faces[number] = shapely.buffer(faces[number], 5e-5, join_style="mitre")
    codes = [
        f"{scheme.area.code_prefix}{n // 500 + 1:03d}{n % 500 + 1:03d}" for n in range(len(faces))
    ]
    geopandas.GeoDataFrame({"code": codes}, geometry=list(faces), crs=4326).to_file(
        tmp_path / "city.gpkg"
    )
    client = signed_in(scheme)[0]
    client.cookies["geogrid_language"] = "en"
    upload = bring(client, scheme, (tmp_path / "city.gpkg").read_bytes(), "city.gpkg")
    began = time.monotonic()
    page, told = look(client, scheme, upload)
    first = time.monotonic() - began
    began = time.monotonic()
    one = next(one for one in told["findings"] if one["grids"])
    choose(client, scheme, upload, key=one["key"], owner="", part="1")
    again = time.monotonic() - began
    sizes = len(json.dumps(told)), len(page)
    with capsys.disabled():
        print(f"\n2,000 grids: {first:.1f} s, a choice {again:.1f} s, {sizes} bytes")  # noqa: T201
    assert len(told["shapes"]) == len(faces) > 2000
    assert sizes[0] < 800_000
    assert len(page) < 1_000_000
    assert first < 30  # 2 s on a machine that does nothing else


def test_a_file_that_is_no_plan_is_not_asked_how_it_is_meant(
    planner: Client, scheme: Scheme
) -> None:
    upload = bring(planner, scheme, b"dear colleagues,\n" * 9, "notes.txt")
    page = planner.get(address(scheme, "review", upload)).content.decode()
    assert 'name="crs"' not in page
    assert f'class="btn primary" href="{address(scheme)}"' in page
    broken = bring(planner, scheme, file_of(scheme, mess()))
    assert 'name="crs"' in planner.get(address(scheme, "review", broken)).content.decode()
