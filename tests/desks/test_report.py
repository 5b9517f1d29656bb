"""Reporting and following over HTTP, the way a browser without scripts does it."""

import html
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from geogrid.cases import actions
from geogrid.cases.limits import LIMITS
from geogrid.cases.models import Case, Feedback
from geogrid.territory.models import Area, Grid
from layers.media.models import Attachment
from tests.case_factories import category, holder, inside, leaf, log_in_of, photo_bytes, reported
from tests.factories import AddressFactory, town

pytestmark = pytest.mark.django_db
PAGE = "/report/"


@pytest.fixture
def area() -> Area:
    return town().scheme.area


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"Accept-Language": "en"})


def asked(area: Area, grid: Grid | None = None, **more: object) -> dict[str, object]:
    point = inside(grid or leaf(area))
    return {
        "area": area.slug, "form_key": str(uuid4()), "category": category().pk,
        "text": "台阶旁那盏灯坏了三天", "lon": point.x, "lat": point.y, "located_by": "map", **more,
    }  # fmt: skip


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden fields of the form on a page, as a browser would send them again."""
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', page):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and name[1] != "csrfmiddlewaretoken":
            fields.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    return fields


def upload(name: str = "a.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or photo_bytes(), "image/jpeg")


def test_look_send_follow(area: Area, visitor: Client) -> None:
    form = visitor.get(PAGE, {"area": area.slug})
    assert form.status_code == 200 and "119" in form.content.decode()
    look = visitor.post(PAGE, {**asked(area), "action": "look", "photos": [upload(), upload()],
                               "phone": "000 0000 4321"}).content.decode()  # fmt: skip
    assert leaf(area).name in look and not Case.objects.exists()
    sent = visitor.post(PAGE, {**hidden(look), "action": "send"})
    case = Case.objects.get()
    assert sent.status_code == 302 and f"/report/{case.number}/?key=" in sent.url
    assert case.photos.count() == 2 and case.worker == holder(leaf(area))
    page = visitor.get(sent.url).content.decode()
    assert "Your report has arrived" in page and case.number in page
    assert case.worker.name not in page and "4321" not in page, "no names, no phone"
    photo = html.unescape(re.search(r'src="(/report/[^"]*\.jpg\?t=[^"]*)"', page)[1])
    assert visitor.get(photo)["Content-Type"] == "image/jpeg"
    assert visitor.get(photo.split("?")[0]).status_code == 404


def test_sent_twice_is_one_report(area: Area, visitor: Client) -> None:
    data = {**asked(area), "action": "send"}
    first, second = visitor.post(PAGE, data), visitor.post(PAGE, data)
    assert first.url == second.url and Case.objects.count() == 1


def test_an_address_is_found_and_chosen(area: Area, visitor: Client) -> None:
    grid = leaf(area, "02")
    AddressFactory(anchor=grid.label_point)
    AddressFactory(anchor=leaf(area, "03").label_point, house="14")
    data = {k: v for k, v in asked(area).items() if k not in ("lon", "lat", "located_by")}
    nowhere = visitor.post(PAGE, {**data, "action": "look"})
    assert nowhere.status_code == 400 and "Say where it is" in nowhere.content.decode()
    unknown = visitor.post(PAGE, {**data, "action": "look", "address": "不存在路 1 号"})
    assert "No such address" in unknown.content.decode()
    answer = visitor.post(PAGE, {**data, "action": "find", "address": "钟楼街 12 号"})
    found = answer.content.decode()
    spot = html.unescape(re.search(r'name="spot" value="([^"]*)"', found)[1])
    assert "台阶旁那盏灯坏了三天" in found, "what was written stays"
    look = visitor.post(PAGE, {**data, "action": "look", "spot": spot}).content.decode()
    assert grid.name in look
    visitor.post(PAGE, {**hidden(look), "action": "send"})
    case = Case.objects.get()
    assert (case.grid, case.address, case.located_by) == (grid, "钟楼街12号", "address")


def test_a_vague_position_asks_one_plain_question(area: Area, visitor: Client) -> None:
    one, two = leaf(area, "01"), leaf(area, "02")
    reach = two.boundary.distance(inside(one)) * 111_000 * 1.3
    data = asked(area, one, located_by="device", accuracy=reach)
    look = visitor.post(PAGE, {**data, "action": "look"}).content.decode()
    assert "Which side is it on?" in look and two.name in look
    visitor.post(PAGE, {**hidden(look), "action": "send", "chosen": two.code})
    case = Case.objects.get()
    assert (case.grid, case.placement) == (two, "chosen")
    exact = asked(area, one, located_by="device", accuracy=2)
    sure = visitor.post(PAGE, {**exact, "action": "look"})
    assert "Which side" not in sure.content.decode()


def test_emergencies_say_whom_to_call_first(area: Area, visitor: Client) -> None:
    data = asked(area, category=category("danger").pk)
    look = visitor.post(PAGE, {**data, "action": "look"}).content.decode()
    assert "Call first" in look and 'href="tel:119"' in look


def test_what_is_missing_is_told_and_what_was_typed_stays(area: Area, visitor: Client) -> None:
    back = visitor.post(PAGE, {**asked(area, text="", category=""), "action": "look"})
    page = back.content.decode()
    assert back.status_code == 400
    assert "Choose what it is about" in page and "Describe in a few words" in page
    changed = visitor.post(PAGE, {**asked(area, text="只有这个"), "action": "change"})
    assert changed.status_code == 200 and "只有这个" in changed.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.jpg", b"<script>alert(1)</script>", "not a photo we can read"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a photo we can read"),
        ("a.jpg", photo_bytes((600, 400))[:800], "damaged"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(
    area: Area, visitor: Client, name: str, content: bytes, sentence: str
) -> None:
    back = visitor.post(PAGE, {**asked(area), "action": "look", "photos": [upload(name, content)]})
    assert back.status_code == 400 and sentence in back.content.decode()
    assert not Attachment.objects.exists()


def test_photos_survive_another_round_and_forged_names_do_not(area: Area, visitor: Client) -> None:
    page = visitor.post(PAGE, {**asked(area, text=""), "action": "look", "photos": [upload()]})
    kept = hidden(page.content.decode())["kept"]
    assert len(kept) == 1 and "1 photo is kept" in page.content.decode()
    visitor.post(PAGE, {**asked(area), "action": "send", "kept": [*kept, "forged", str(uuid4())]})
    assert Case.objects.get().photos.count() == 1
    visitor.post(PAGE, {**asked(area), "action": "send", "kept": kept})
    assert Case.objects.first().photos.count() == 0, "a photo belongs to one report"


def test_programs_that_fill_in_everything_get_nowhere(area: Area, visitor: Client) -> None:
    back = visitor.post(PAGE, {**asked(area), "action": "send", "website": "http://x"})
    assert back.status_code == 400 and not Case.objects.exists()


def test_thirty_an_hour_from_one_address(area: Area, visitor: Client) -> None:
    codes = [
        visitor.post(PAGE, {**asked(area), "action": "send"}).status_code
        for _ in range(LIMITS["report"] + 2)
    ]
    assert codes.count(302) == LIMITS["report"] == Case.objects.count() and codes[-1] == 429


@pytest.mark.parametrize(
    "nonsense",
    [{"lon": "nan", "lat": "nan"}, {"lon": "1e999", "lat": "1"}, {"lon": "300", "lat": "0"},
     {"text": "\0"}, {"address": "\0", "lon": "", "lat": ""}, {"category": "999999"},
     {"form_key": "x"}, {"accuracy": "-1"}, {"spot": "a,b,c"}, {"area": "nowhere"},
     {"chosen": "\0"}, {"kept": "x" * 5000}],
    ids=lambda given: next(iter(given)),
)  # fmt: skip
def test_nonsense_is_no_server_error(area: Area, visitor: Client, nonsense: dict[str, str]) -> None:
    for action in ("look", "send", "find", "change"):
        assert visitor.post(PAGE, {**asked(area), **nonsense, "action": action}).status_code < 500
    assert visitor.get(PAGE, nonsense).status_code < 500


# ---------------------------------------------------------------- following


def follow(visitor: Client, number: str, key: str):
    return visitor.get(reverse("resident:follow", args=[number]), {"key": key})


def test_key_or_four_digits_open(area: Area, visitor: Client) -> None:
    made = reported(area, reporter=actions.ReporterDetails(phone="000 0000 4321"))
    number = made.case.number
    assert follow(visitor, number, made.key).status_code == 200
    assert follow(visitor, number, "4321").status_code == 200
    assert follow(visitor, number, "1234").status_code == 404
    assert follow(visitor, number, "").status_code == 200, "asks for the key"
    assert follow(visitor, "2026-0101-001", made.key).status_code == 404
    assert made.case.title not in follow(visitor, number, "1234").content.decode()
    found = visitor.post("/report/find/", {"number": number, "key": "4321"})
    assert made.case.title in found.content.decode(), "answered at once: no digits in an address"


def test_four_digits_cannot_be_tried_out(area: Area, visitor: Client) -> None:
    made = reported(area, reporter=actions.ReporterDetails(phone="000 0000 0011"))
    codes = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").get(
            reverse("resident:follow", args=[made.case.number]), {"key": f"{n:04d}"}
        ).status_code
        for n in range(14)
    ]  # fmt: skip
    assert codes[:10] == [404] * 10 and set(codes[10:]) == {429}
    assert follow(visitor, made.case.number, made.key).status_code == 200, "the key still opens"


def test_two_areas_with_the_same_number(area: Area, visitor: Client) -> None:
    one, two = reported(area), reported(town("elsewhere").scheme.area, text="另一条街的事")
    assert one.case.number == two.case.number
    assert two.case.title in follow(visitor, two.case.number, two.key).content.decode()
    assert one.case.title in follow(visitor, one.case.number, one.key).content.decode()


def test_plain_steps_result_and_feedback(area: Area, visitor: Client) -> None:
    made = reported(area, at=timezone.now())
    case, worker = made.case, log_in_of(made.case.worker)
    now = timezone.now()
    actions.accept(case=case, by=worker, at=now)
    actions.add_step(case=case, note="住户张三不在家", by=worker, at=now)
    actions.finish(case=case, note="换好了", by=worker, at=now)
    page = follow(visitor, case.number, made.key).content.decode()
    assert "Being handled" in page and "is being checked" in page
    assert "张三" not in page and case.worker.name not in page, "what the office writes stays there"
    actions.close(case=case, result="路灯已修好", by=None, at=now)
    page = follow(visitor, case.number, made.key).content.decode()
    assert "路灯已修好" in page and "Are you satisfied" in page
    form = reverse("resident:feedback", args=[case.number])
    assert visitor.post(form, {"key": "wrong", "satisfied": "yes"}).status_code == 404
    done = visitor.post(form, {"key": made.key, "satisfied": "yes", "text": "很快"}, follow=True)
    assert "Thank you for your feedback" in done.content.decode()
    assert Feedback.objects.get().satisfied


# ---------------------------------------------------------------- the worker's phone


def test_worker_reports_in_three_taps_and_on_the_spot(area: Area) -> None:
    worker = log_in_of(holder(leaf(area)))
    phone = Client(headers={"Accept-Language": "en"})
    phone.force_login(worker)
    page = reverse("patrol:report")
    data = {k: v for k, v in asked(area).items() if k not in ("area", "text")}
    data |= {"located_by": "device", "accuracy": 6}
    made = phone.post(page, {**data, "photos": [upload()]}, follow=True)
    case = Case.objects.get()
    assert (case.channel, case.title, case.accuracy_m) == ("worker", "Street lighting", 6)
    assert "is on its way" in made.content.decode()
    behalf = {**data, "form_key": str(uuid4()), "how": "on_behalf", "phone": "000 0000 4321"}
    assert "Key for the resident" in phone.post(page, behalf, follow=True).content.decode()
    spot = {**data, "form_key": str(uuid4()), "how": "on_the_spot", "text": "杂物清走了"}
    short = phone.post(page, {**spot, "photos": [upload()]})
    assert short.status_code == 400 and "before and one taken after" in short.content.decode()
    phone.post(page, {**spot, "photos": [upload()], "after": [upload()]})
    assert Case.objects.filter(channel="on_the_spot", state="closed").count() == 1


def test_workers_cases(area: Area) -> None:
    case = reported(area, at=timezone.now()).case
    phone = Client(headers={"Accept-Language": "en"})
    assert phone.get(reverse("patrol:cases")).status_code == 302
    phone.force_login(log_in_of(case.worker))
    assert case.title in phone.get(reverse("patrol:cases")).content.decode()
    step = reverse("patrol:case_step", args=[case.pk])
    assert phone.get(reverse("patrol:case", args=[case.pk])).status_code == 200
    phone.post(step, {"action": "accept"})
    phone.post(step, {"action": "note", "note": "约了电工"})
    assert phone.post(step, {"action": "return", "note": ""}).status_code == 400
    phone.post(step, {"action": "finish", "note": "换好了", "photos": [upload()]})
    case.refresh_from_db()
    assert case.state == "handled" and case.photos.get().kind == "after"
    stranger = Client()
    stranger.force_login(log_in_of(holder(leaf(area, "04")), "stranger"))
    assert stranger.get(reverse("patrol:case", args=[case.pk])).status_code == 404
    picture = reverse("patrol:case_photo", args=[case.pk, case.photos.get().picture_id])
    assert stranger.get(picture).status_code == 404
    assert phone.get(picture)["Content-Type"] == "image/jpeg"
