"""`plan list|check|publish|rollback|unschedule`, as an operator calls it."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from geogrid.territory.actions import enter_force, propose, set_boundary
from geogrid.territory.models import Plan, Term
from tests.domain.redrawing import LATER, draft_of, leaf, merge, settled
from tests.factories import GRIDS, SchemeFactory, draft_plan, town
from tests.pictures import square, whole

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def run(*words: str, area: str = "mirror-lake") -> tuple[int, str]:
    """Exit code, and what was said on both streams."""
    out = StringIO()
    code = 0
    try:
        call_command("plan", words[0], "--area", area, *words[1:], stdout=out, stderr=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, out.getvalue()


def as_json(*words: str) -> tuple[int, dict[str, Any]]:
    code, said = run(*words, "--format", "json")
    return code, json.loads(said)


def merged(first: Term) -> Plan:
    draft = draft_of(first.scheme, name="夏季方案")
    merge(draft, leaf(draft, "c"), leaf(draft, "d"))
    return draft


def test_list_says_what_counts_and_what_came_from_where() -> None:
    draft = merged(town())
    code, said = run("list")
    assert code == 0
    assert "1  in force" in said
    assert "2  draft" in said and "夏季方案" in said and "(from 1)" in said
    code, told = as_json("list")
    assert [(one["plan"], one["when"]) for one in told["plans"]] == [(1, "in force"), (2, "")]
    assert told["plans"][1]["based_on"] == draft.based_on.number


def test_check_names_what_stops_a_plan_and_what_it_changes() -> None:
    plan = merged(town())
    code, said = run("check")
    assert code == 0 and "Ready." in said and "1 posts end" in said
    plan.grids.leaves().first().delete()
    code, told = as_json("check", "--plan", "2")
    assert code == 1
    assert told["defects"][0]["name"] == "exact"
    assert told["impact"]["instead_of"] == 1


def test_check_warns_of_a_draft_that_would_undo_a_newer_plan() -> None:
    first = town()
    old = draft_of(first.scheme)
    enter_force(plan=settled(merged(first)), by=None, at=LATER, backdated=True)
    code, said = run("check", "--plan", str(old.number))
    assert "started from plan 1, while plan 3 is in force" in said
    assert code == 0


def test_publish_takes_approved_plans_only_unless_told_to_approve() -> None:
    first = town()
    plan = merged(first)
    code, said = run("publish")
    assert (code, plan.terms.count()) == (2, 0) and "plan list" in said
    code, told = as_json("publish", "--plan", "2")
    assert (code, told["code"]) == (1, "territory.not_approved")
    propose(plan=plan, by=None, at=LATER)
    code, said = run("publish", "--approve")
    assert code == 0 and "Plan 2 of" in said
    code, told = as_json("rollback")
    assert (code, told["plan"], told["receipt"]["verb"]) == (0, 1, "roll_back")
    assert Term.objects.count() == 3


def test_a_later_time_schedules_and_unschedule_takes_it_back() -> None:
    settled(merged(town()))
    then = (timezone.now() + timedelta(days=2)).isoformat()
    code, told = as_json("publish", "--at", then)
    assert (code, told["receipt"]["verb"]) == (0, "schedule")
    assert as_json("list")[1]["plans"][1]["when"] == "scheduled"
    code, said = run("unschedule")
    assert code == 0 and "will not" in said
    code, told = as_json("unschedule")
    assert (code, told["code"]) == (1, "territory.nothing_scheduled")


def test_vacancies_are_declared_with_the_reason_given() -> None:
    scheme = SchemeFactory()
    draft_plan(scheme)
    slug = scheme.area.slug
    assert run("publish", "--approve", area=slug)[0] == 1
    code, _ = run("publish", "--approve", "--vacant", "招聘中", area=slug)
    assert code == 0
    assert scheme.posts.filter(vacancy_reason="招聘中").count() == 4


def test_start_begins_a_draft_and_tells_what_a_new_outline_does() -> None:
    first = town()
    code, said = run("start", "--name", "夏季方案")
    assert code == 0 and "Plan 2: a draft of 4 grids." in said
    set_boundary(
        area=first.scheme.area, outline=whole(GRIDS).difference(square(0, 0)), basis="令",
        valid_from=date(2026, 10, 1), by=None,
    )  # fmt: skip
    code, told = as_json("start", "--plan", "1", "--newest-outline")
    assert (code, told["plan"], told["from_plan"]) == (0, 3, 1)
    assert [one["code"] for one in told["lost"]] == [leaf(first.plan, "c").code]
    assert Plan.objects.get(number=2).name == "夏季方案"


def test_start_in_an_area_without_plans_draws_one_unassigned_grid() -> None:
    scheme = SchemeFactory()
    assert run("start", area=scheme.area.slug)[0] == 1
    set_boundary(
        area=scheme.area, outline=whole(GRIDS), basis="令", valid_from=date(2026, 3, 1), by=None
    )
    code, said = run("start", area=scheme.area.slug)
    assert code == 0 and "a draft of 1 grids" in said


@pytest.mark.parametrize(
    ("words", "area"),
    [
        (("list",), "nowhere"),
        (("list", "--scheme", "safety"), "mirror-lake"),
        (("check", "--plan", "9"), "mirror-lake"),
        (("publish", "--at", "tomorrow"), "mirror-lake"),
        (("publish", "--at", "2026-12-01T08:00"), "mirror-lake"),
        (("publish", "--at", "2026-13-01T08:00Z"), "mirror-lake"),
    ],
)
def test_what_cannot_be_read_is_told_with_code_2(words: tuple[str, ...], area: str) -> None:
    town()
    code, said = run(*words, area=area)
    assert code == 2 and said.strip()
