"""The office's desk over HTTP."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from geogrid.accounts.models import User
from geogrid.cases import actions
from geogrid.cases.models import Case
from geogrid.territory.models import Area
from tests.case_factories import category, holder, leaf, log_in_of, picture, reported
from tests.factories import AddressFactory, UserFactory, authorise, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def area() -> Area:
    return town().scheme.area


@pytest.fixture
def user(area: Area) -> User:
    user: User = UserFactory(username="office")
    authorise(user, area.schemes.get(), "dispatcher")
    return user


@pytest.fixture
def desk(user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def now_reported(area: Area, **fields: object) -> Case:
    return reported(area, at=timezone.now(), **fields).case


def test_only_the_office_gets_in(area: Area, client: Client) -> None:
    page = reverse("office:cases", args=[area.slug])
    assert client.get(page).status_code == 302
    client.force_login(UserFactory())
    for name in ("cases", "live", "features", "phone", "places"):
        assert client.get(reverse(f"office:{name}", args=[area.slug])).status_code == 403
    other = town("elsewhere").scheme.area
    client.force_login(UserFactory(username="theirs"))
    authorise(User.objects.get(username="theirs"), other.schemes.get(), "dispatcher")
    case = now_reported(area)
    assert client.get(reverse("office:case", args=[area.slug, case.pk])).status_code == 403
    assert client.get(reverse("office:case", args=[other.slug, case.pk])).status_code == 404


def test_list_filters_and_detail(area: Area, desk: Client) -> None:
    one = now_reported(area)
    two = now_reported(area, grid="03", category=category("noise"), text="夜间施工太吵")
    page = reverse("office:cases", args=[area.slug])
    html = desk.get(page).content.decode()
    assert one.title in html and two.title in html and holder(leaf(area)).name in html
    html = desk.get(page, {"category": "noise"}).content.decode()
    assert one.title not in html and two.title in html
    html = desk.get(page, {"q": one.number}).content.decode()
    assert one.title in html and two.title not in html
    parent = leaf(area, "03").parent
    html = desk.get(page, {"community": parent.code, "show": "new"}).content.decode()
    assert one.title not in html and two.title in html
    assert "No case matches" in desk.get(page, {"q": "zzz"}).content.decode()
    html = desk.get(page, {"case": one.pk}).content.decode()
    assert f"Why it belongs to {leaf(area).name}" in html and "The nearest other grid is" in html
    for nonsense in ("abc", "99999999", "²", "\0"):
        asked = {"case": nonsense, "show": nonsense, "page": nonsense, "q": nonsense}
        assert desk.get(page, asked).status_code == 200


def test_live_says_304_until_something_changes(area: Area, desk: Client) -> None:
    case = now_reported(area)
    live = reverse("office:live", args=[area.slug])
    first = desk.get(live, {"case": case.pk})
    assert case.title in first.json()["rows"]
    again = desk.get(live, {"case": case.pk}, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    now_reported(area, text="井盖松动")
    third = desk.get(live, {"case": case.pk}, headers={"If-None-Match": first["ETag"]})
    assert third.status_code == 200 and third.json()["new"] == 2
    found = json.loads(desk.get(reverse("office:features", args=[area.slug])).content)
    assert len(found["features"]) == 2
    assert set(found["features"][0]["properties"]) == {
        "id", "name", "number", "state", "kind", "badge",
    }  # fmt: skip


def step(desk: Client, case: Case, action: str, **data: object):
    page = reverse("office:step", args=[case.area.slug, case.pk])
    return desk.post(page, {"action": action, **data}, follow=True)


def test_reassign_urge_return_and_close(area: Area, desk: Client) -> None:
    case = now_reported(area)
    other = holder(leaf(area, "03"))
    refused = step(desk, case, "reassign", worker=other.pk, note=" ")
    assert refused.status_code == 400 and "Please say why" in refused.content.decode()
    assert "with" in step(desk, case, "reassign", worker=other.pk, note="他更近").content.decode()
    case.refresh_from_db()
    assert case.worker == other
    step(desk, case, "urge", note="今天到场")
    actions.finish(case=case, note="好了", by=None, at=timezone.now())
    step(desk, case, "send_back", note="还差一盏")
    actions.finish(case=case, note="好了", by=None, at=timezone.now())
    closed = step(desk, case, "close", note="路灯修好了")
    assert "The reporter can read it" in closed.content.decode()
    case.refresh_from_db()
    assert (case.state, case.result) == ("closed", "路灯修好了")
    late = step(desk, case, "urge", note="?")
    assert late.status_code == 409 and "not possible any more" in late.content.decode()
    assert step(desk, case, "merge", into="nothing").status_code in (404, 409)


def test_supervisors_see_and_do_nothing(area: Area) -> None:
    user = UserFactory(username="supervisor")
    authorise(user, area.schemes.get(), "supervisor")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    case = now_reported(area, reporter=actions.ReporterDetails(phone="000 0000 4321"))
    html = client.get(reverse("office:cases", args=[area.slug]), {"case": case.pk}).content.decode()
    assert case.title in html and "Close case" not in html
    assert step(client, case, "close", note="x").status_code == 403
    assert client.get(reverse("office:phone", args=[area.slug])).status_code == 403
    page = reverse("office:reporter", args=[area.slug, case.pk])
    assert "4321" not in client.post(page, follow=True).content.decode()


def test_the_reporter_is_shown_on_demand_only(area: Area, desk: Client) -> None:
    case = now_reported(area, reporter=actions.ReporterDetails("王先生", "000 0000 4321"))
    page = reverse("office:cases", args=[area.slug])
    assert "4321" not in desk.get(page, {"case": case.pk}).content.decode()
    shown = desk.post(reverse("office:reporter", args=[area.slug, case.pk]), follow=True)
    assert "000 0000 4321" in shown.content.decode()
    assert case.events.filter(step="reveal").count() == 1


def test_photos_are_private(area: Area, desk: Client, client: Client) -> None:
    case = now_reported(area, photos=[picture(timezone.now())])
    photo = reverse("office:photo", args=[area.slug, case.photos.get().picture_id])
    assert client.get(photo).status_code == 302
    served = desk.get(photo)
    assert served["Content-Type"] == "image/jpeg" and served["X-Content-Type-Options"] == "nosniff"
    assert "private" in served["Cache-Control"]
    elsewhere = town("elsewhere").scheme.area
    authorise(User.objects.get(username="office"), elsewhere.schemes.get(), "dispatcher")
    other = reverse("office:photo", args=[elsewhere.slug, case.photos.get().picture_id])
    assert desk.get(other).status_code == 404
    worker = log_in_of(case.worker)
    client.force_login(worker)
    assert client.get(photo).status_code == 403


def test_taken_by_phone_with_the_grid_shown_first(area: Area, desk: Client) -> None:
    grid = leaf(area, "02")
    AddressFactory(anchor=grid.label_point)
    page = reverse("office:phone", args=[area.slug])
    asked = {
        "text": "路灯坏了", "category": category().pk, "address": "钟楼街 12 号",
        "form_key": str(uuid4()),
    }  # fmt: skip
    found = desk.post(page, {**asked, "action": "find"}).content.decode()
    assert grid.name in found and holder(grid).name in found and "路灯坏了" in found
    assert (
        grid.name
        in desk.get(reverse("office:places", args=[area.slug]), {"q": "钟楼街12"}).content.decode()
    )
    unsure = desk.post(page, asked)
    assert unsure.status_code == 400 and not Case.objects.exists()
    spot = f"{grid.label_point.x:.7f},{grid.label_point.y:.7f},钟楼街12号"
    saved = desk.post(page, {**asked, "spot": spot, "phone": "000 0000 1234"}, follow=True)
    case = Case.objects.get()
    assert (case.channel, case.grid, case.address) == ("phone", grid, "钟楼街12号")
    assert f"number {case.number}, key" in saved.content.decode()
    assert case.reporter.phone == "000 0000 1234"


def test_overdue_is_counted_and_marked(area: Area, desk: Client) -> None:
    case = now_reported(area)
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(hours=27))
    html = desk.get(reverse("office:cases", args=[area.slug]), {"show": "overdue"}).content.decode()
    assert "1 day 3 hours overdue" in html or "1 day 2 hours overdue" in html
