"""Undo is a new edit: it restores lineages, never somebody else's change, and can be undone."""

from uuid import UUID, uuid4

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from geogrid.accounts.models import User
from geogrid.territory.actions import redo_latest, undo_latest, undoing
from geogrid.territory.commands import (
    Claim,
    Describe,
    Merge,
    MoveToParent,
    Renumber,
    ReturnTo,
    Split,
    Undo,
)
from geogrid.territory.errors import (
    CannotUndo,
    CodesExhausted,
    Conflict,
    NeedsNeighbour,
    NothingChanges,
    NothingToUndo,
)
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Authority, Plan
from tests.domain.editing import box, check, do, draft, grid, house, line, lineage, spot
from tests.factories import FOUNDED, UserFactory, authorise
from tests.pictures import picture

pytestmark = pytest.mark.django_db
State = dict[UUID, tuple]


@pytest.fixture
def plan() -> Plan:
    house(1.5, 3.5)
    house(2.5, 3.5)
    return draft()


@pytest.fixture
def author(plan: Plan) -> User:
    user = UserFactory(username="author")
    authorise(user, plan.scheme, "planner")
    return user


@pytest.fixture
def neighbour(plan: Plan) -> User:
    user = UserFactory(username="neighbour")
    authorise(user, plan.scheme, "planner")
    return user


def everything(plan: Plan) -> State:
    """All that an undo has to bring back, by lineage."""
    plan.refresh_from_db()
    grids = {
        g.lineage: (
            g.code, g.label, g.name, g.kind, g.pieces_reason, g.parent and g.parent.lineage,
            rings(g.boundary), rings(g.fixed_boundary),
            getattr(getattr(g, "load", None), "dwellings", None),
        )
        for g in plan.grids.select_related("parent")
    }  # fmt: skip
    return grids | {UUID(int=0): (rings(plan.outline),)}


def rings(shape: GEOSGeometry | None) -> str | None:
    """Every vertex of a shape, wherever its rings begin."""
    return None if shape is None else shapely.normalize(to_shapely(shape)).wkt


def slanted(plan: Plan) -> Split:
    """A split that puts a vertex into the outline and into the fixed community."""
    return Split(lineage(plan, 1), line((0.9, 1), (1.3, 5)), base_revision=plan.revision)


def west(plan: Plan) -> Claim:
    return Claim(lineage(plan, 1), box(2, 2, 3, 4), base_revision=plan.revision)


def undo(plan: Plan, revision: int) -> None:
    plan.refresh_from_db()
    do(plan, Undo(revision, base_revision=plan.revision))


def merge(plan: Plan) -> Merge:
    return Merge(lineage(plan, 1), (lineage(plan, 2),), base_revision=plan.revision)


def rename(plan: Plan) -> Describe:
    return Describe(lineage(plan, 1), name="x", base_revision=plan.revision)


@pytest.mark.parametrize("command", [slanted, west, merge, rename])
def test_an_undo_restores_everything_and_a_redo_does_it_again(plan: Plan, command: object) -> None:
    before = everything(plan)
    do(plan, command(plan))  # type: ignore[operator]
    after = everything(plan)
    assert before != after
    undo(plan, 1)
    assert everything(plan) == before
    undo(plan, 2)
    assert everything(plan) == after
    assert [edit.verb for edit in plan.edits.all()][1:] == ["undo", "undo"]


def test_an_ended_parent_comes_back(plan: Plan) -> None:
    plan.scheme.levels.update(fixed=False)
    south = grid(plan, 3).parent
    assert south is not None
    before = everything(plan)
    moved = (lineage(plan, 1), lineage(plan, 2))
    do(plan, MoveToParent(moved, south.lineage, base_revision=0))
    undo(plan, 1)
    assert everything(plan) == before


def test_a_made_parent_goes(plan: Plan) -> None:
    plan.scheme.levels.update(fixed=False)
    before = everything(plan)
    do(plan, MoveToParent((lineage(plan, 1),), name="新社区", base_revision=0))
    undo(plan, 1)
    assert everything(plan) == before


def test_nothing_hangs_below_a_parent_that_ended_since(plan: Plan) -> None:
    plan.scheme.levels.update(fixed=False)
    south = grid(plan, 3).parent
    north = grid(plan, 1).parent
    assert south is not None and north is not None
    for number in (1, 2):
        moved = (lineage(plan, number),)
        do(plan, MoveToParent(moved, south.lineage, base_revision=plan.revision))
    before = everything(plan)
    with pytest.raises(CannotUndo) as refusal:
        undo(plan, 1)
    assert refusal.value.data["grids"][0]["lineage"] == str(north.lineage)
    assert everything(plan) == before
    undo(plan, 2)
    undo(plan, 1)


def test_what_somebody_changed_again_stays(plan: Plan, author: User, neighbour: User) -> None:
    do(plan, west(plan), by=author)
    do(plan, slanted(plan), by=neighbour)
    before = everything(plan)
    with pytest.raises(CannotUndo) as refusal:
        undo(plan, 1)
    assert refusal.value.data["who"] == "Neighbour"
    assert [told["revision"] for told in refusal.value.data["grids"]] == [2]
    assert everything(plan) == before
    undo(plan, 2)
    undo(plan, 1)


def test_control_z_walks_ones_own_edits(plan: Plan, author: User, neighbour: User) -> None:
    states = [everything(plan)]
    do(plan, west(plan), by=author)
    states.append(everything(plan))
    do(plan, slanted(plan), by=author)
    do(plan, Describe(lineage(plan, 3), name="南", base_revision=0), by=neighbour)
    answers = [undo_latest(plan=plan, by=author, at=FOUNDED) for _ in range(2)]
    check(plan)
    assert [answer.revision for answer in answers] == [4, 5]
    now = everything(plan)
    theirs = lineage(plan, 3)
    assert now[theirs][2] == "南"
    assert {one: now[one] for one in now if one != theirs} == {
        one: states[0][one] for one in states[0] if one != theirs
    }
    with pytest.raises(NothingToUndo):
        undo_latest(plan=plan, by=author, at=FOUNDED)


def test_control_y_walks_back_until_something_new_is_drawn(plan: Plan, author: User) -> None:
    do(plan, west(plan), by=author)
    first = everything(plan)
    do(plan, slanted(plan), by=author)
    second = everything(plan)
    for _ in range(2):
        undo_latest(plan=plan, by=author, at=FOUNDED)
    redo_latest(plan=plan, by=author, at=FOUNDED)
    assert everything(plan) == first
    redo_latest(plan=plan, by=author, at=FOUNDED)
    assert everything(plan) == second
    with pytest.raises(NothingToUndo):
        redo_latest(plan=plan, by=author, at=FOUNDED)
    undo_latest(plan=plan, by=author, at=FOUNDED)
    assert everything(plan) == first
    do(plan, rename(plan), by=author)
    with pytest.raises(NothingToUndo):
        redo_latest(plan=plan, by=author, at=FOUNDED)


def test_a_re_sent_control_z_undoes_once(plan: Plan, author: User, neighbour: User) -> None:
    do(plan, west(plan), by=author)
    do(plan, rename(plan), by=author)
    do(plan, Describe(lineage(plan, 3), name="南", base_revision=0), by=neighbour)
    number = uuid4()
    first, again = (
        undo_latest(plan=plan, by=author, at=FOUNDED, base_revision=2, command_id=number)
        for _ in range(2)
    )
    assert first == again
    assert lineage(plan, 3) in {state.lineage for state in first.changed_grids}
    assert plan.edits.filter(verb="undo").count() == 1


def test_an_edit_is_undone_once(plan: Plan) -> None:
    do(plan, west(plan))
    undo(plan, 1)
    with pytest.raises(NothingToUndo):
        undo(plan, 1)
    with pytest.raises(NothingToUndo):
        undo(plan, 99)


def test_return_to_a_moment_is_one_edit(plan: Plan) -> None:
    states = [everything(plan)]
    for command in (west, slanted, rename, merge):
        if command is merge:  # 1 and the new grid beside it: 2 is no neighbour any more
            new = plan.grids.get(code__endswith="001003").lineage
            do(plan, Merge(lineage(plan, 1), (new,), base_revision=plan.revision))
        else:
            do(plan, command(plan))
        states.append(everything(plan))
    for moment in (2, 0, 4, 1):
        plan.refresh_from_db()
        do(plan, ReturnTo(moment, base_revision=plan.revision))
        assert everything(plan) == states[moment]
    plan.refresh_from_db()
    undo(plan, plan.revision)
    assert everything(plan) == states[4]
    with pytest.raises(NothingChanges):
        do(plan, ReturnTo(plan.revision, base_revision=plan.revision))


def test_a_return_takes_nothing_back_its_author_did_not_see(plan: Plan) -> None:
    do(plan, west(plan))
    do(plan, rename(plan))
    with pytest.raises(Conflict):
        do(plan, ReturnTo(0, base_revision=1))


def test_a_vertex_two_edits_need_stays_with_the_second(plan: Plan) -> None:
    """Both cuts end in the same vertex of the outline; only the later one is taken back."""
    do(plan, slanted(plan))
    one = everything(plan)
    west = plan.grids.covering(Point(*spot(0.5, 3.5), srid=4326)).get(level=2)
    do(plan, Split(west.lineage, line((1.2, 4), (-1, 2.2)), base_revision=1))
    assert not plan.edits.get(revision=2).outline_refined[1:]  # the other end only
    undo(plan, 2)
    assert everything(plan) == one
    undo(plan, 1)


def test_a_grid_that_comes_back_finds_its_code_kept(plan: Plan) -> None:
    """Renumbering passes over codes of grids that this draft ended: they may come back."""
    plan.scheme.levels.update(fixed=False)
    north = grid(plan, 1).parent
    assert north is not None
    do(plan, MoveToParent((lineage(plan, 3),), north.lineage, base_revision=0))
    ended, code = lineage(plan, 2), grid(plan, 2).code
    do(plan, Merge(lineage(plan, 1), (ended,), base_revision=1))
    do(plan, Renumber(base_revision=2))
    assert not plan.grids.filter(code=code).exists()
    undo(plan, 2)
    assert plan.grids.get(lineage=ended).code == code


def test_a_grid_that_comes_back_to_a_taken_code_gets_the_next_one(plan: Plan) -> None:
    """As in drafts that were renumbered before ended grids kept their codes."""
    ended, code = lineage(plan, 2), grid(plan, 2).code
    do(plan, Merge(lineage(plan, 1), (ended,), base_revision=0))
    other = plan.grids.leaves().order_by("code").last()
    assert other is not None
    plan.grids.filter(pk=other.pk).update(code=code)
    undo(plan, 1)
    back = plan.grids.get(lineage=ended)
    assert (back.code, back.label, back.name) == (code[:-3] + "003", "03", "N社区第3网格")
    undo(plan, 2)
    assert not plan.grids.filter(lineage=ended).exists()


def test_renumbering_below_one_grid_leaves_codes_of_others_alone(plan: Plan) -> None:
    plan.scheme.levels.update(fixed=False)
    north, south = grid(plan, 1).parent, grid(plan, 3).parent
    assert north is not None and south is not None
    moved, code = lineage(plan, 1), grid(plan, 1).code
    do(plan, MoveToParent((moved,), south.lineage, base_revision=0))
    with pytest.raises(NothingChanges):  # 001 is with the south, 002 stays
        do(plan, Renumber(north.lineage, base_revision=1))
    assert plan.grids.get(lineage=moved).code == code
    do(plan, Renumber(base_revision=1))  # all of them: 001 is free again
    assert plan.grids.filter(code=code).exists()


def test_renumbering_ends_where_the_digits_end() -> None:
    row = picture("abcdefghij\nabcdefghij")
    plan = draft(shapes=row, communities=dict.fromkeys(row, "N"))
    plan.scheme.levels.filter(depth=2).update(code_width=1)
    with pytest.raises(CodesExhausted) as refusal:
        do(plan, Renumber(base_revision=0))
    assert refusal.value.data == {"width": 1, "parent": "N社区"}


def test_what_comes_back_below_somebody_elses_parent_is_for_them_too(plan: Plan) -> None:
    plan.scheme.levels.update(fixed=False)
    north, south = grid(plan, 1).parent, grid(plan, 3).parent
    assert north is not None and south is not None
    planner = UserFactory()
    Authority.objects.create(
        user=planner, scheme=plan.scheme, role="planner", lineage=north.lineage
    )
    do(plan, Merge(lineage(plan, 1), (lineage(plan, 3),), base_revision=0))
    with pytest.raises(NeedsNeighbour) as refusal:
        do(plan, Undo(1, base_revision=1), by=planner)
    assert refusal.value.data["lineages"] == [str(south.lineage)]
    cut = Split(lineage(plan, 2), line((3, 1), (3, 5)), base_revision=1)
    do(plan, cut, by=planner)  # a new grid below one's own parent
    do(plan, Undo(2, base_revision=2), by=planner)


def test_control_z_reads_no_more_of_a_long_history(plan: Plan, author: User) -> None:
    for number in range(3):
        do(plan, Describe(lineage(plan, 1), name=f"n{number}", base_revision=number), by=author)
    do(plan, Describe(lineage(plan, 3), name="南", base_revision=3))
    with CaptureQueriesContext(connection) as asked:
        assert undoing.latest_to_undo(plan, author) == 3
    (page,) = asked.captured_queries
    assert "LIMIT" in page["sql"]


def test_control_z_finds_its_way_over_pages(
    plan: Plan, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "PAGE", 2)
    for number in range(5):
        do(plan, Describe(lineage(plan, 1), name=f"n{number}", base_revision=number), by=author)
    for left in (5, 4, 3, 2, 1):
        assert undoing.latest_to_undo(plan, author) == left
        undo_latest(plan=plan, by=author, at=FOUNDED)
    with pytest.raises(NothingToUndo):
        undoing.latest_to_undo(plan, author)
    redo_latest(plan=plan, by=author, at=FOUNDED)
    assert undoing.latest_to_undo(plan, author) == 11


def test_what_the_system_changed_again_is_said_so(plan: Plan, author: User) -> None:
    do(plan, west(plan), by=author)
    do(plan, rename(plan))
    with pytest.raises(CannotUndo) as refusal, translation.override("en"):
        undo(plan, 1)
    assert refusal.value.data["who"] == "the system"
