"""A plan's way on the planner's desk: is it ready, who changes hands, and every step of the way."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from geogrid.accounts.models import User
from geogrid.duty.models import Post
from geogrid.publishing import actions as publishing
from geogrid.territory import actions
from geogrid.territory.commands import Split
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Plan, Remark, Scheme, Term
from tests.case_factories import photo_bytes
from tests.domain.editing import grid, house, line, lineage
from tests.factories import UserFactory, authorise, draft_plan, now, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme() -> Scheme:
    return town().scheme


@pytest.fixture
def plan(scheme: Scheme) -> Plan:
    """A draft of the four grids in force, the first of them cut in two."""
    for along, up, dwellings in ((0.5, 3, 120), (1.5, 3, 90), (3, 3, 210), (1, 1, 250)):
        house(along, up, dwellings)
    started = actions.start_draft(scheme=scheme, by=None, at=now(), name="Herbst 2026")
    rebuild_loads(plan=started, at=now())
    command = Split(lineage=lineage(started, 1), line=line((1, 1.5), (1, 4.5)), base_revision=0)
    actions.edit(plan=started, command=command, by=None, at=now())
    started.refresh_from_db()
    return started


def signed_in(scheme: Scheme, *roles: str) -> tuple[Client, User]:
    user = UserFactory()
    for role in roles:
        authorise(user, scheme, role)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client, user


@pytest.fixture
def planner(scheme: Scheme) -> Client:
    return signed_in(scheme, "planner")[0]


@pytest.fixture
def approver(scheme: Scheme) -> Client:
    return signed_in(scheme, "approver")[0]


def address(plan: Plan, name: str, *more: Any) -> str:
    return reverse(f"planner:draft_{name}", args=[plan.scheme.area.slug, plan.number, *more])


def page(client: Client, plan: Plan, name: str, query: str = "") -> str:
    answer = client.get(address(plan, name) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def post(client: Client, plan: Plan, name: str, data: dict[str, Any] | None = None) -> Any:
    return client.post(address(plan, name), data or {})


def state(plan: Plan) -> str:
    plan.refresh_from_db()
    return plan.state


def in_review(plan: Plan, by: User | None = None) -> Plan:
    actions.propose(plan=plan, by=by, at=now())
    return plan


def approved(plan: Plan) -> Plan:
    actions.approve(plan=in_review(plan), by=None, at=now())
    publishing.declare_missing_vacant(plan=plan, reason="wird gesucht", by=None, at=now())
    return plan


class TestCheck:
    def test_says_what_stops_it(self, planner: Client, plan: Plan) -> None:
        text = page(planner, plan, "check")
        assert "5 grids tile the territory exactly" in text
        assert "1 grid has nobody who answers for it." in text
        assert "has not been proposed" in text
        assert f'href="{address(plan, "propose")}"' in text
        assert "#grid=" in text

    def test_is_for_whoever_sees_the_plan(self, scheme: Scheme, plan: Plan) -> None:
        text = page(signed_in(scheme, "dispatcher")[0], plan, "check")
        assert 'href="' + address(plan, "propose") not in text
        assert "can do that" in text or "Nobody has that right" in text
        assert Client().get(address(plan, "check")).status_code == 302
        assert signed_in(town("far").scheme, "planner")[0].get(
            address(plan, "check")
        ).status_code in (403, 404)

    def test_one_primary_way_on(
        self, planner: Client, approver: Client, scheme: Scheme, plan: Plan
    ) -> None:
        steps = [
            ("draft", planner, "Propose it"),
            ("in review", approver, "Approve it"),
            ("approved", approver, "Put it in force now"),
        ]
        for number, (_, client, word) in enumerate(steps):
            if number == 1:
                in_review(plan)
            if number == 2:
                actions.approve(plan=plan, by=None, at=now())
                publishing.declare_missing_vacant(plan=plan, reason="x", by=None, at=now())
            text = page(client, plan, "check")
            assert text.count('class="btn primary block"') == 1
            assert word in text

    @pytest.mark.parametrize("role", ["planner", "approver", "dispatcher"])
    def test_in_every_state_for_every_role(self, scheme: Scheme, plan: Plan, role: str) -> None:
        client = signed_in(scheme, role)[0]
        before = scheme.terms.get().plan
        page(client, plan, "check")
        in_review(plan)
        page(client, plan, "check")
        actions.approve(plan=plan, by=None, at=now())
        page(client, plan, "check")
        publishing.declare_missing_vacant(plan=plan, reason="x", by=None, at=now())
        publishing.schedule(plan=plan, by=None, at=now() + timedelta(days=1))
        page(client, plan, "check")
        publishing.unschedule(scheme=scheme, by=None, at=now())
        publishing.put_in_force(plan=plan, by=None, at=now())
        page(client, plan, "check")
        assert "was in force" in page(client, before, "check")

    def test_a_discarded_plan(self, planner: Client, plan: Plan) -> None:
        actions.withdraw(plan=plan, by=None, at=now())
        assert "It was discarded" in page(planner, plan, "check")


class TestVacancies:
    def test_are_declared_for_the_chosen_grids(self, planner: Client, plan: Plan) -> None:
        (code,) = publishing.readiness(plan, at=now()).nobody
        answer = post(planner, plan, "vacant", {"grid": [code], "reason": "new grid"})
        assert answer.status_code == 302
        (row,) = Post.objects.filter(vacancy_reason="new grid")
        assert row.lineage == plan.grids.get(code=code).lineage
        again = post(planner, plan, "vacant", {"grid": [code], "reason": "new grid"})
        assert again.status_code == 400
        assert Post.objects.filter(vacancy_reason="new grid").count() == 1

    def test_want_a_reason(self, planner: Client, plan: Plan) -> None:
        answer = post(planner, plan, "vacant", {"grid": ["x"], "reason": " "})
        assert answer.status_code == 400
        assert "error-summary" in answer.content.decode()

    def test_are_for_publishers(self, scheme: Scheme, plan: Plan) -> None:
        client = signed_in(scheme, "dispatcher")[0]
        assert post(client, plan, "vacant", {"everywhere": "1", "reason": "x"}).status_code == 403
        assert not Post.objects.filter(vacancy_reason="x").exists()


class TestSteps:
    def test_propose_approve_publish(
        self, planner: Client, approver: Client, scheme: Scheme, plan: Plan
    ) -> None:
        assert post(planner, plan, "propose", {"note": "siehe Karte"}).status_code == 302
        assert state(plan) == "in_review"
        assert post(approver, plan, "approve", {"note": "gut"}).status_code == 302
        assert state(plan) == "approved"
        publishing.declare_missing_vacant(plan=plan, reason="x", by=None, at=now())
        text = page(planner, plan, "publish")
        assert "120 dwellings change their grid" in text or "90 dwellings change their grid" in text
        answer = post(planner, plan, "publish")
        assert answer.status_code == 302
        term = Term.objects.at(timezone.now()).get(scheme=scheme)
        assert term.plan == plan
        receipt = planner.get(answer["Location"]).content.decode()
        assert term.receipt["sha256"] in receipt
        assert address(plan.based_on, "roll_back") in receipt
        life = page(planner, plan, "check")
        assert "siehe Karte" in life
        assert "gut" in life

    def test_the_planner_may_not_approve_and_the_approver_not_propose(
        self, planner: Client, approver: Client, plan: Plan
    ) -> None:
        for way in ("get", "post"):
            assert getattr(approver, way)(address(plan, "propose")).status_code == 403
        in_review(plan)
        for name in ("approve", "send_back"):
            for way in ("get", "post"):
                assert getattr(planner, way)(address(plan, name)).status_code == 403
        assert state(plan) == "in_review"

    def test_nobody_approves_their_own_proposal(self, scheme: Scheme, plan: Plan) -> None:
        client, _ = signed_in(scheme, "planner", "approver")
        other = signed_in(scheme, "approver")[1]
        post(client, plan, "propose")
        check = page(client, plan, "check")
        assert "somebody else approves it" in check
        assert str(other) in check
        assert "Somebody else has to approve it" in page(client, plan, "approve")
        answer = post(client, plan, "approve")
        assert answer.status_code == 403
        assert "does not approve it" in answer.content.decode()
        assert state(plan) == "in_review"

    def test_without_posts_it_names_the_grids(self, approver: Client, plan: Plan) -> None:
        actions.approve(plan=in_review(plan), by=None, at=now())
        (code,) = publishing.readiness(plan, at=now()).nobody
        answer = post(approver, plan, "publish")
        assert answer.status_code == 409
        text = answer.content.decode()
        assert "It is about these grids" in text
        assert f"#grid={plan.grids.get(code=code).lineage}" in text

    @pytest.mark.parametrize("name", ["approve", "send_back", "publish", "schedule", "unschedule"])
    def test_a_step_that_is_not_its_turn_leads_to_the_check(
        self, approver: Client, plan: Plan, name: str
    ) -> None:
        answer = approver.get(address(plan, name))
        assert (answer.status_code, answer["Location"]) == (302, address(plan, "check"))
        data = {"at": "2030-01-01T00:00", "note": "nein"}
        assert post(approver, plan, name, data).status_code == 409
        assert state(plan) == "draft"

    def test_a_document_from_outside(
        self, approver: Client, plan: Plan, settings: Any, tmp_path: Any
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        in_review(plan)
        half = post(approver, plan, "approve", {"document_number": "X 1"})
        assert half.status_code == 400
        assert "number, its date and its scan" in half.content.decode()
        wrong = SimpleUploadedFile("scan.jpg", b"no picture", "image/jpeg")
        told = {"document_number": "X 1", "document_date": "2026-11-02"}
        answer = post(approver, plan, "approve", told | {"scan": wrong})
        assert answer.status_code == 400
        assert "not a photo we can read" in answer.content.decode()
        scan = SimpleUploadedFile("scan.jpg", photo_bytes(), "image/jpeg")
        assert post(approver, plan, "approve", told | {"scan": scan}).status_code == 302
        event = plan.events.get(kind="approved")
        assert (event.document_number, str(event.document_date)) == ("X 1", "2026-11-02")
        link = address(plan, "scan", event.scan_id)
        assert link in page(approver, plan, "check")
        picture = approver.get(link)
        assert picture["Content-Type"] == "image/jpeg"
        assert Client().get(link).status_code == 302


class TestRemarks:
    def test_go_back_with_the_plan_and_are_settled(
        self, planner: Client, approver: Client, plan: Plan
    ) -> None:
        in_review(plan)
        one = lineage(plan, 1)
        data = {
            "rows": "2", "grid_1": str(one), "text_1": "zu groß", "grid_2": "", "text_2": "Namen",
            "note": "bitte",
        }  # fmt: skip
        assert post(approver, plan, "send_back", data).status_code == 302
        assert state(plan) == "draft"
        rows = {(row.lineage, row.text) for row in plan.remarks.all()}
        assert rows == {(one, "zu groß"), (None, "Namen")}
        text = page(planner, plan, "check")
        assert "See to the remarks" in text
        assert "2 remarks are open" in text
        for row in Remark.objects.all():
            assert post(planner, plan, "settle", {"remark": row.pk}).status_code == 302
        assert "All remarks are settled" in page(planner, plan, "check")

    def test_another_row_without_a_script(self, approver: Client, plan: Plan) -> None:
        in_review(plan)
        answer = post(
            approver, plan, "send_back", {"rows": "2", "text_1": "erstens", "another": "1"}
        )
        text = answer.content.decode()
        assert 'name="text_3"' in text
        assert "erstens" in text
        assert "error-summary" not in text
        assert state(plan) == "in_review"

    def test_a_plan_does_not_go_back_in_silence(self, approver: Client, plan: Plan) -> None:
        in_review(plan)
        answer = post(approver, plan, "send_back", {"rows": "2"})
        assert answer.status_code == 400
        assert "Say what has to change" in answer.content.decode()
        assert state(plan) == "in_review"

    def test_a_grid_can_come_chosen(self, approver: Client, plan: Plan) -> None:
        in_review(plan)
        one = lineage(plan, 2)
        assert f'value="{one}" selected' in page(approver, plan, "send_back", f"?grid={one}")

    def test_only_planners_settle_and_nonsense_is_told(
        self, planner: Client, approver: Client, plan: Plan
    ) -> None:
        actions.send_back(plan=in_review(plan), by=None, at=now(), remarks=[(None, "x")])
        row = plan.remarks.get()
        assert post(approver, plan, "settle", {"remark": row.pk}).status_code == 403
        for wrong in ("", "x", "999999999", "²", "99999999999999999999"):
            assert post(planner, plan, "settle", {"remark": wrong}).status_code == 302
        row.refresh_from_db()
        assert row.settled_at is None


class TestSchedule:
    def test_in_the_areas_time_zone_and_back(
        self, planner: Client, scheme: Scheme, plan: Plan
    ) -> None:
        approved(plan)
        assert post(planner, plan, "schedule", {"at": "2031-05-01T00:00"}).status_code == 302
        term = plan.terms.get()
        assert term.during.lower.isoformat() == "2031-04-30T16:00:00+00:00"
        text = page(planner, plan, "check")
        assert "May 1, 2031" in text
        assert "00:00" in text
        assert "May 1, 2031" in page(planner, plan, "unschedule")
        assert post(planner, plan, "unschedule").status_code == 302
        assert not plan.terms.exists()
        assert "taken back before it began" in page(planner, plan, "check").lower()

    @pytest.mark.parametrize("at", ["2020-01-01T00:00", "", "morgen", "99999-01-01T00:00"])
    def test_wants_a_moment_to_come(self, planner: Client, plan: Plan, at: str) -> None:
        answer = post(planner, approved(plan), "schedule", {"at": at})
        assert answer.status_code == 400
        assert 'aria-invalid="true"' in answer.content.decode()
        assert not plan.terms.exists()


class TestRollBack:
    def test_shows_what_changes_and_does_it(
        self, planner: Client, scheme: Scheme, plan: Plan
    ) -> None:
        before = scheme.terms.get().plan
        publishing.put_in_force(plan=approved(plan), by=None, at=now())
        plans = planner.get(reverse("planner:plans", args=[scheme.area.slug])).content.decode()
        assert address(before, "roll_back") in plans
        assert "change their grid" in page(planner, before, "roll_back")
        answer = post(planner, before, "roll_back")
        assert answer.status_code == 302
        assert Term.objects.at(timezone.now()).get(scheme=scheme).plan == before
        assert "back in force" in planner.get(answer["Location"]).content.decode()

    def test_not_to_a_plan_that_never_counted(self, planner: Client, plan: Plan) -> None:
        assert post(planner, approved(plan), "roll_back").status_code == 409


class TestCompare:
    def test_lists_who_changes_hands(self, planner: Client, plan: Plan) -> None:
        text = page(planner, plan, "compare")
        assert text.count("data-pair=") == 1
        assert "New grids" in text
        assert "worker" in text

    def test_nothing_differs(self, planner: Client, scheme: Scheme) -> None:
        same = actions.start_draft(scheme=scheme, by=None, at=now())
        assert "Nothing differs" in page(planner, same, "compare")

    def test_against_another_plan(self, planner: Client, scheme: Scheme, plan: Plan) -> None:
        copy = actions.start_draft(scheme=scheme, by=None, at=now(), from_plan=plan)
        assert "Nothing differs" in page(planner, copy, "compare", f"?with={plan.number}")
        assert "data-pair=" in page(planner, copy, "compare")
        for wrong in ("999", "x", str(copy.number), "²"):
            answer = planner.get(address(copy, "compare") + f"?with={wrong}")
            assert answer.status_code == 404

    def test_the_first_plan_of_all(self, scheme: Scheme, planner: Client) -> None:
        from tests.factories import AreaFactory, SchemeFactory

        young = SchemeFactory(area=AreaFactory(slug="young"))
        first = draft_plan(young)
        client = signed_in(young, "planner")[0]
        assert "no other plan to compare with" in page(client, first, "compare")
        assert client.get(address(first, "compare_map")).status_code == 404
        page(client, first, "check")

    def test_the_map_holds_both_plans_and_the_land_between(
        self, planner: Client, plan: Plan
    ) -> None:
        told = planner.get(address(plan, "compare_map")).json()
        assert (len(told["before"]["features"]), len(told["after"]["features"])) == (4, 5)
        (land,) = told["handed"]["features"]
        assert land["id"] in page(planner, plan, "compare")

    def test_files(self, planner: Client, plan: Plan) -> None:
        table = planner.get(address(plan, "compare_file", "xlsx"))
        sheet = load_workbook(io.BytesIO(table.content)).active
        head, row = list(sheet.iter_rows(values_only=True))
        assert len(head) == len(row)
        assert row[1] == grid(plan, 1).code
        assert row[6] in (90, 120)
        text = planner.get(address(plan, "compare_file", "csv")).content.decode("utf-8-sig")
        assert len(text.splitlines()) == 2
        assert "worker" not in text
        assert planner.get(address(plan, "compare_file", "pdf")).status_code == 404


def test_pages_ask_few_questions(
    planner: Client, plan: Plan, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(60):
        page(planner, plan, "check")
    with django_assert_max_num_queries(60):
        page(planner, plan, "compare")
