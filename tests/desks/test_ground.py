"""The ground desk: places and kinds, by hand and without JavaScript."""

import io

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.urls import reverse
from PIL import Image

from geogrid.accounts.models import User
from geogrid.territory.models import PlanLoad, Term
from layers.places import kinds
from layers.places.models import PlaceChange, PlaceKind, PlacePhoto
from tests.case_factories import leaf
from tests.factories import ShopFactory, UserFactory, authorise, town

pytestmark = pytest.mark.django_db
KIND = {"name_zh": "充电桩", "name_en": "Charging stations", "code": "charging", "icon": "power",
        "publish": "on", "zh_1": "车位", "en_1": "Slots", "type_1": "number"}  # fmt: skip


@pytest.fixture
def term() -> Term:
    return town()


@pytest.fixture
def planner(term: Term) -> User:
    user = UserFactory()
    authorise(user, term.scheme, "planner")
    return user


@pytest.fixture
def desk(client: Client, planner: User) -> Client:
    client.force_login(planner)
    client.cookies["geogrid_language"] = "en"
    return client


def page(name: str, *more: object) -> str:
    return reverse(f"ground:{name}", args=["mirror-lake", *more])


def spot(term: Term) -> Point:
    return term.plan.grids.leaves().order_by("code").first().label_point


def posted(where: Point, **more: object) -> dict[str, object]:
    return {
        "name": "North",
        "lon": f"{where.x:.7f}",
        "lat": f"{where.y:.7f}",
        "accuracy": "B",
    } | more


def test_a_kind_appears_everywhere_without_code(desk: Client, term: Term) -> None:
    assert desk.post(page("add_kind"), KIND).status_code == 302
    answer = desk.post(page("add_place", "charging"), posted(spot(term), own_fact1="8"))
    assert answer.status_code == 302, answer.content.decode()
    place = kinds.find("charging").rows().get()
    assert place.attributes == {"fact1": 8}
    assert b"North" in desk.get(page("places", "charging")).content
    assert b"Charging stations" in desk.get(page("overview")).content
    feed = desk.get("/feed/charging.geojson?area=mirror-lake").json()
    assert feed["features"][0]["properties"]["badge"] == "power"
    public = desk.get(reverse("resident:map", args=["mirror-lake"])).content
    assert b'value="charging"' in public
    found = desk.get("/api/suggest?q=North&area=mirror-lake").json()["suggestions"]
    assert [one["kind"] for one in found] == ["power"]


def test_the_facts_of_a_kind_keep_their_values_when_one_between_them_goes(
    desk: Client, term: Term
) -> None:
    three = KIND | {"zh_2": "电压", "zh_3": "运营方", "type_2": "number", "type_3": "text"}
    desk.post(page("add_kind"), three)
    desk.post(page("add_place", "charging"),
              posted(spot(term), own_fact1="8", own_fact2="380", own_fact3="City"))  # fmt: skip

    def sent() -> dict[str, object]:
        """What a browser sends back of the page as it stands."""
        form = desk.get(page("kind", "charging")).context["form"]
        return {one.html_name: one.value() or "" for one in form if one.value() != []}

    for changes in ({"zh_2": "", "en_2": ""}, {"zh_3": "开放时间"}):
        assert desk.post(page("kind", "charging"), sent() | changes).status_code == 302
    kept = PlaceKind.objects.get().fields
    assert [(one["key"], one["name_zh"]) for one in kept] == [
        ("fact1", "车位"), ("fact3", "运营方"), ("fact4", "开放时间"),
    ]  # fmt: skip
    # The page of a place shows each value under its own name, and nobody's under the new one.
    place = kinds.find("charging").rows().get()
    initial = desk.get(page("place", "charging", place.pk)).context["form"].initial
    assert (initial["own_fact3"], initial["own_fact4"]) == ("City", None)
    # What no longer is asked for leaves its key behind: a new fact never takes its values.
    assert desk.post(page("kind", "charging"), sent() | {"zh_2": "", "en_2": ""}).status_code == 302
    assert desk.post(page("kind", "charging"), sent() | {"zh_3": "楼层"}).status_code == 302
    assert [one["key"] for one in PlaceKind.objects.get().fields] == ["fact1", "fact4", "fact5"]


def test_a_kind_that_is_not_published_stays_inside(desk: Client, term: Term) -> None:
    desk.post(page("add_kind"), {k: v for k, v in KIND.items() if k != "publish"})
    assert desk.get("/feed/charging.geojson").status_code == 404
    assert (
        b'value="charging"' not in desk.get(reverse("resident:map", args=["mirror-lake"])).content
    )


def test_a_taken_code_is_said_at_the_form(desk: Client) -> None:
    answer = desk.post(page("add_kind"), KIND | {"code": "shops"})
    assert answer.status_code == 400 and b"Choose another one" in answer.content
    assert not PlaceKind.objects.exists()


def test_a_used_kind_is_taken_out_of_use_not_removed(desk: Client, term: Term) -> None:
    desk.post(page("add_kind"), KIND)
    desk.post(page("add_place", "charging"), posted(spot(term)))
    desk.post(page("kind", "charging"), {"step": "remove"})
    desk.post(page("kind", "charging"), {"step": "retire"})
    assert not PlaceKind.objects.get().active
    assert desk.get(page("places", "charging")).status_code == 200
    assert desk.get(page("add_place", "charging")).status_code == 404


def test_a_place_is_changed_moved_confirmed_and_retired(desk: Client, term: Term) -> None:
    first, second = [g.label_point for g in term.plan.grids.leaves().order_by("code")[:2]]
    shop = ShopFactory(anchor=first)
    address = page("place", "shops", shop.pk)
    assert desk.post(address, posted(second, name="South")).status_code == 302
    shop.refresh_from_db()
    assert (shop.name, shop.anchor.coords) == ("South", second.coords)
    counts = PlanLoad.objects.filter(grid__plan=term.plan).order_by("grid__code")
    assert [load.shops for load in counts if load.shops] == [1]
    desk.post(page("step", "shops", shop.pk), {"step": "confirm"})
    told = desk.get(address).content.decode()
    assert "South" in told and "confirmed by" in told
    desk.post(page("step", "shops", shop.pk), {"step": "retire"})
    assert desk.get(page("places", "shops")).context["page"].paginator.count == 0
    assert desk.get(page("places", "shops") + "?state=all").context["page"].paginator.count == 1
    assert not PlanLoad.objects.filter(shops__gt=0).exists()
    assert PlaceChange.objects.count() == 4


def test_a_spot_outside_is_refused(desk: Client) -> None:
    answer = desk.post(page("add_place", "shops"), posted(Point(10, 10)))
    assert answer.status_code == 400 and b"outside" in answer.content


def test_only_in_ones_own_part(client: Client, term: Term) -> None:
    mine, other = term.plan.grids.leaves().order_by("code")[:2]
    user = UserFactory()
    given = authorise(user, term.scheme, "planner")
    given.lineage = mine.lineage
    given.save()
    client.force_login(user)
    assert client.post(page("add_place", "shops"), posted(mine.label_point)).status_code == 302
    assert client.post(page("add_place", "shops"), posted(other.label_point)).status_code != 302
    assert client.get(page("add_kind")).status_code == 403


def test_the_table_is_searched_filtered_and_asks_little(
    desk: Client, term: Term, django_assert_max_num_queries
) -> None:
    for number in range(60):
        ShopFactory(anchor=spot(term), name=f"Shop {number:02}")
    with django_assert_max_num_queries(20):
        first = desk.get(page("places", "shops"))
    assert len(first.context["page"]) == 50
    assert first.context["page"][0].grid == leaf(term.scheme.area).name
    code = leaf(term.scheme.area).code
    for query, count in (("q=Shop 07", 1), ("q=nothing", 0), ("page=2", 60), ("sort=-name", 60),
                         ("sort=password", 60), (f"grid={code}", 60)):  # fmt: skip
        found = desk.get(f"{page('places', 'shops')}?{query}")
        assert found.context["page"].paginator.count == count, query


def test_hazards_and_buildings_have_fields_of_their_own(desk: Client, term: Term) -> None:
    from layers.places.models import Building, HazardClass, HazardPoint

    fire = HazardClass.objects.order_by("pk").first()
    more = {"own_hazard_class": fire.pk, "own_level": "2"}
    assert desk.post(page("add_place", "hazards"), posted(spot(term), **more)).status_code == 302
    assert HazardPoint.objects.get().level == 2
    more = {"own_levels": "6", "own_dwellings": "24", "own_dwellings_origin": "counted"}
    assert desk.post(page("add_place", "buildings"), posted(spot(term), **more)).status_code == 302
    assert Building.objects.get().dwellings == 24
    assert PlanLoad.objects.filter(dwellings=24).count() == 1


def test_photos_are_for_the_desk(desk: Client, term: Term, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    shop = ShopFactory(anchor=spot(term))
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    picture.seek(0)
    picture.name = "a.png"
    desk.post(page("step", "shops", shop.pk), {"step": "photo", "photo": picture})
    kept = PlacePhoto.objects.get()
    assert desk.get(page("photo", "shops", shop.pk, kept.picture_id)).status_code == 200
    desk.logout()
    assert desk.get(page("photo", "shops", shop.pk, kept.picture_id)).status_code == 302
