"""What is sent with a command: what no column or kernel can take is named before it lands."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import shapely
from django.db import connection
from django.utils import translation

from geogrid.accounts.errors import CodedError
from geogrid.accounts.models import User
from geogrid.coverage import edits
from geogrid.territory.commands import (
    Claim,
    CutOut,
    Describe,
    EditCommand,
    MoveToParent,
    MoveVertex,
    Rebalance,
    SnapToStreet,
    Split,
    parse,
)
from geogrid.territory.errors import (
    CommandReused,
    CommandUnreadable,
    Conflict,
    EditRefused,
    OnlyLeaves,
    TextMissing,
    TextTooLong,
)
from geogrid.territory.models import Plan
from tests.domain.editing import box, do, draft, grid, line, lineage
from tests.factories import UserFactory, authorise

pytestmark = pytest.mark.django_db
A, B = UUID(int=1), UUID(int=2)
LAND = shapely.box(113, 30, 113.0001, 30.0001)
LAND_JSON = {"type": "Polygon", "coordinates": [[[113, 30], [113.1, 30], [113, 30.1], [113, 30]]]}


@pytest.fixture
def plan() -> Plan:
    return draft()


Made = Callable[[], EditCommand]


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (lambda: CutOut(LAND, name="x" * 500, base_revision=0), TextTooLong),
        (lambda: MoveToParent((A,), name="x" * 500, base_revision=0), TextTooLong),
        (lambda: Describe(A, label="x" * 500, base_revision=0), TextTooLong),
        (lambda: Describe(A, pieces_reason="x" * 500, base_revision=0), TextTooLong),
        (lambda: Describe(A, kind="x" * 500, base_revision=0), TextTooLong),
        (lambda: CutOut(LAND, base_revision=0, unlock="x" * 201), TextTooLong),
        (lambda: CutOut(LAND, name="a\0b", base_revision=0), CommandUnreadable),
        (lambda: CutOut(LAND, base_revision=0, unlock="a\0b"), CommandUnreadable),
        (lambda: Describe(A, name=" ", base_revision=0), TextMissing),
        (lambda: Describe(A, label="", base_revision=0), TextMissing),
        (lambda: SnapToStreet(A, B, math.nan, base_revision=0), CommandUnreadable),
        (lambda: SnapToStreet(A, B, math.inf, base_revision=0), CommandUnreadable),
        (lambda: SnapToStreet(A, B, -3, base_revision=0), CommandUnreadable),
        (lambda: MoveVertex((math.nan, 30), (113, 30), base_revision=0), CommandUnreadable),
        (lambda: Rebalance({}, new=(LAND,), base_revision=0), CommandUnreadable),
    ],
)
def test_what_no_column_or_kernel_takes_is_no_command(made: Made, kind: type[CodedError]) -> None:
    with pytest.raises(kind) as refusal:
        made()
    assert type(refusal.value) is kind
    with translation.override("en"):
        assert "%(" not in str(refusal.value)


@pytest.mark.parametrize(
    ("verb", "arguments", "kind"),
    [
        ("cut_out", {"area": LAND_JSON, "name": "x" * 500}, "territory.text_too_long"),
        ("cut_out", {"area": LAND_JSON, "name": "a\0b"}, "territory.command_unreadable"),
        ("snap_to_street", {"one": str(A), "other": str(B), "within_m": "nan"},
         "territory.command_unreadable"),
        ("move_vertex", {"vertex": [math.nan, 30], "to": [113, 30]},
         "territory.command_unreadable"),
        ("undo", {"revision": 2**70}, "territory.command_unreadable"),
        ("undo", {"revision": 1.5}, "territory.command_unreadable"),
        ("rebalance", {"shapes": {}, "new": [LAND_JSON]}, "territory.command_unreadable"),
    ],
)  # fmt: skip
def test_the_same_as_json(verb: str, arguments: Mapping[str, Any], kind: str) -> None:
    with pytest.raises(CodedError) as refusal:
        parse(verb, arguments, command_id=uuid4(), base_revision=0)
    assert refusal.value.code == kind


@pytest.mark.parametrize("seen", ["x", None, -1, 2**70])
def test_a_revision_that_says_nothing(seen: Any) -> None:
    with pytest.raises(CommandUnreadable) as refusal:
        parse("renumber", {}, command_id=uuid4(), base_revision=seen)
    assert refusal.value.data["part"] == "base_revision"


def test_what_only_the_lowest_grids_have_is_said_so(plan: Plan) -> None:
    upper = grid(plan, 1).parent
    assert upper is not None
    for said in ({"kind": "dedicated"}, {"pieces_reason": "飞地"}):
        with pytest.raises(OnlyLeaves) as refusal:
            do(plan, Describe(upper.lineage, base_revision=0, **said))
        with translation.override("en"):
            assert f"{upper.name} consists of other grids" in str(refusal.value)


def test_a_drawing_that_geos_gives_up_on_is_refused(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(*_: object, **__: object) -> None:
        raise shapely.errors.GEOSException("TopologyException: side location conflict")

    monkeypatch.setattr(edits, "split", give_up)
    cut = Split(lineage(plan, 1), line((1, 1), (1, 5)), base_revision=0)
    with pytest.raises(EditRefused):
        do(plan, cut)
    assert not plan.edits.exists()


def test_a_conflict_is_told_although_what_was_meant_cannot_be_drawn(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(plan, Describe(lineage(plan, 1), name="x", base_revision=0))

    def give_up(*_: object, **__: object) -> None:
        raise shapely.errors.GEOSException("TopologyException: side location conflict")

    monkeypatch.setattr(edits, "split", give_up)
    with translation.override("en"), pytest.raises(Conflict) as refusal:
        do(plan, Split(lineage(plan, 1), line((1, 1), (1, 5)), base_revision=0))
    with translation.override("en"):
        assert "changed by the system" in str(refusal.value)


# Why an outline is unlocked


@pytest.fixture
def approver(plan: Plan) -> User:
    user = UserFactory()
    for role in ("planner", "approver"):
        authorise(user, plan.scheme, role)
    return user


def moved_community(plan: Plan, unlock: str) -> Claim:
    return Claim(lineage(plan, 1), box(0, 1, 1, 2), base_revision=plan.revision, unlock=unlock)


def test_blanks_are_no_reason(plan: Plan, approver: User) -> None:
    with pytest.raises(EditRefused) as refusal:
        do(plan, moved_community(plan, "   "), by=approver)
    assert refusal.value.code == "territory.fixed_outline"
    do(plan, moved_community(plan, "  区划调整 "), by=approver)
    assert plan.edits.get().reason == "区划调整"


@pytest.mark.parametrize("first", ["区划调整", ""])
def test_another_reason_is_another_command(plan: Plan, approver: User, first: str) -> None:
    command = moved_community(plan, first) if first else replace(
        moved_community(plan, ""), area=box(2, 2, 3, 4)
    )  # fmt: skip
    answer = do(plan, command, by=approver)
    assert do(plan, command, by=approver) == answer
    with pytest.raises(CommandReused):
        do(plan, replace(command, unlock="something else"), by=approver)


# Unassigned land


def unassigned(plan: Plan, number: int) -> UUID:
    one = lineage(plan, number)
    do(plan, Describe(one, kind="unassigned", base_revision=plan.revision))
    return one


def test_a_claim_that_takes_all_unassigned_land_ends_it(plan: Plan) -> None:
    gone = unassigned(plan, 2)
    answer = do(plan, Claim(lineage(plan, 1), box(2, 2, 4, 4), base_revision=1))
    assert [one.lineage for one in answer.ended] == [gone]
    assert shape_of(plan, 1).equals(box(0, 2, 4, 4))
    with pytest.raises(CodedError) as refusal:  # a grid with people is merged, not claimed away
        do(plan, Claim(lineage(plan, 3), box(2, 0, 4, 2), base_revision=2))
    assert refusal.value.code == "territory.vanishes"


def test_a_claim_takes_unassigned_land_and_some_of_a_neighbour(plan: Plan) -> None:
    plan.scheme.levels.update(fixed=False)
    gone = unassigned(plan, 2)
    answer = do(plan, Claim(lineage(plan, 1), box(1.9, 1.5, 4.5, 4.5), base_revision=1))
    assert [one.lineage for one in answer.ended] == [gone]
    assert shape_of(plan, 1).covers(box(2, 1.6, 3.9, 4))
    assert {c.lineage for c in answer.changed_grids} >= {lineage(plan, 1), lineage(plan, 4)}


def test_unassigned_land_becomes_a_grid_of_its_own(plan: Plan) -> None:
    gone = unassigned(plan, 2)
    answer = do(plan, CutOut(box(2, 2, 4, 4), name="医院", base_revision=1))
    assert [one.lineage for one in answer.ended] == [gone]
    (new,) = [state for state in answer.changed_grids if state.level == 2]
    assert (new.name, new.kind, new.parent) == ("医院", "dedicated", grid(plan, 1).parent.lineage)


def shape_of(plan: Plan, number: int) -> shapely.Geometry:
    return shapely.from_wkb(bytes(grid(plan, number).boundary.wkb))


# The history of a draft grows; an edit asks for no more


def test_used_codes_are_found_by_their_first_characters() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT FROM territory_gridchange c WHERE c.before ->> 'code' ~>=~ '11'"
            " AND c.before ->> 'code' ~<~ '12'"
        )
        assert "change_code_before" in str(cursor.fetchall())
