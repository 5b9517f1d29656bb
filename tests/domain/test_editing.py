"""Each verb on a draft in the database: what it makes of grids, lineages, codes, parents, loads."""

from dataclasses import replace
from uuid import uuid4

import pytest
import shapely

from geogrid.accounts.errors import NotAllowed
from geogrid.territory.actions import NewGrid, add_grids, edit, make_cells, propose
from geogrid.territory.commands import (
    Claim,
    CutOut,
    DeleteVertex,
    Describe,
    InsertVertex,
    Merge,
    MoveBorder,
    MoveToParent,
    MoveVertex,
    Rebalance,
    Redraw,
    Renumber,
    SnapToStreet,
    Split,
    Straighten,
)
from geogrid.territory.errors import (
    CommandReused,
    CommandUnreadable,
    FixedOutline,
    NoSuchGrid,
    NotADraft,
    NothingChanges,
    WrongParent,
)
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import BoundaryEdit, Grid, GridChange, GridCode, Plan
from layers.basemap.models import Street
from layers.places.models import Unit
from tests.domain.division import plan_of
from tests.domain.editing import box, check, do, draft, grid, house, line, lineage, shape, spot
from tests.factories import FOUNDED, SchemeFactory, SourceFactory, UserFactory, authorise
from tests.pictures import picture, whole

pytestmark = pytest.mark.django_db
SPLIT_A = """
    aebb
    aebb
    ccdd
    cccd
"""


@pytest.fixture
def plan() -> Plan:
    return draft()


def split_a(plan: Plan, **more: object) -> Split:
    return Split(lineage(plan, 1), line((1, 1), (1, 5)), base_revision=plan.revision, **more)


def made(plan: Plan, number: int) -> Grid:
    """The grid that an edit made in the northern community, by its number there."""
    return plan.grids.get(code__endswith=f"001{number:03d}")


def test_split_keeps_the_lineage_of_the_piece_with_most_households() -> None:
    house(1.5, 3.5, dwellings=9)
    house(0.5, 3.5, dwellings=8)
    plan = draft()
    old = grid(plan, 1)
    answer = do(plan, split_a(plan))
    shapes = picture(SPLIT_A)
    assert shape(plan, 1).equals(shapes["e"])
    assert grid(plan, 1).lineage == old.lineage
    new = made(plan, 3)
    assert to_shapely(new.boundary).equals(shapes["a"])
    assert new.lineage not in {old.lineage}
    assert (new.label, new.name, new.parent, new.kind) == (
        "03", "N社区第3网格", old.parent, Grid.Kind.BASIC,
    )  # fmt: skip
    assert answer.revision == plan.revision == 1
    assert answer.balance.dwellings == {old.lineage: 9, new.lineage: 8}


def test_of_equal_pieces_the_one_in_the_west_stays() -> None:
    plan = draft()
    do(plan, split_a(plan))
    assert shape(plan, 1).equals(picture(SPLIT_A)["a"])


def test_a_split_in_several_numbers_from_west_to_east(plan: Plan) -> None:
    cut = shapely.union_all([line((0.5, 1), (0.5, 5)), line((1.5, 1), (1.5, 5))])
    do(plan, Split(lineage(plan, 1), cut, base_revision=0))
    leaves = Grid.objects.filter(plan=plan, parent=grid(plan, 2).parent).order_by("code")
    west = [leaf.boundary.extent[0] for leaf in leaves]
    assert [leaf.code[-3:] for leaf in leaves] == ["001", "002", "003", "004"]
    assert west == [spot(0.5, 0)[0], spot(2, 0)[0], spot(0, 0)[0], spot(1.5, 0)[0]]


def test_an_edit_refines_the_outline_and_the_fixed_community(plan: Plan) -> None:
    """A slanted cut meets the outline between its vertices; both get one, neither moves."""
    before = to_shapely(plan.outline)
    do(plan, Split(lineage(plan, 1), line((0.9, 1), (1.3, 5)), base_revision=0))
    after = to_shapely(plan.outline)
    assert shapely.get_num_coordinates(after) == shapely.get_num_coordinates(before) + 1
    (done,) = plan.edits.all()
    assert len(done.outline_refined) == 1
    assert len(done.outline_refined[0]["inserted"]) == 1
    upper = grid(plan, 1).parent
    assert upper is not None
    assert upper.fixed_boundary != upper.boundary  # refined, and what was fixed is still known


def test_merge_lets_the_target_go_on(plan: Plan) -> None:
    target, other = lineage(plan, 1), grid(plan, 2)
    answer = do(plan, Merge(target, (other.lineage,), base_revision=0))
    assert plan.grids.leaves().filter(lineage=target).get().code.endswith("001001")
    assert not plan.grids.filter(lineage=other.lineage).exists()
    assert [(one.lineage, one.code) for one in answer.ended] == [(other.lineage, other.code)]
    assert [state.lineage for state in answer.changed_grids] == [target]


def test_a_code_that_was_given_is_never_given_again(plan: Plan) -> None:
    do(plan, split_a(plan))
    new = made(plan, 3)
    do(plan, Merge(lineage(plan, 1), (new.lineage,), base_revision=1))
    do(plan, replace(split_a(plan), command_id=uuid4()))
    assert plan.grids.filter(code__endswith="001004").exists()
    assert not plan.grids.filter(code__endswith="001003").exists()


def test_a_code_of_an_earlier_plan_is_not_given_again(plan: Plan) -> None:
    code = grid(plan, 1).code[:-1] + "7"
    GridCode.objects.create(scheme=plan.scheme, code=code, lineage=uuid4())
    do(plan, split_a(plan))
    assert plan.grids.filter(code__endswith="001008").exists()


def test_names_follow_the_neighbours(plan: Plan) -> None:
    for number, name in ((1, "河东03片"), (2, "河东04片")):
        plan.refresh_from_db()
        do(plan, Describe(lineage(plan, number), name=name, base_revision=plan.revision))
    do(plan, split_a(plan))
    assert made(plan, 3).name == "河东03片"


def test_claim_hands_over_what_lies_in_the_area(plan: Plan) -> None:
    house(1.5, 2.5)
    do(plan, Claim(lineage(plan, 2), box(1, 2, 3, 4), base_revision=0))
    shapes = picture(SPLIT_A)
    assert shape(plan, 1).equals(shapes["a"])
    assert grid(plan, 2).load.dwellings == 10


def test_claim_takes_from_the_named_sources_only(plan: Plan) -> None:
    area = box(1, 1, 3, 4)  # also over c and d, which lie in the other community
    do(plan, Claim(lineage(plan, 2), area, (lineage(plan, 1),), base_revision=0))
    assert shape(plan, 1).equals(picture(SPLIT_A)["a"])


def test_cut_out_makes_a_dedicated_grid(plan: Plan) -> None:
    do(plan, CutOut(box(0, 3, 1, 4), "医院", base_revision=0))
    new = plan.grids.get(name="医院")
    assert (new.kind, new.code[-3:], new.parent) == ("dedicated", "003", grid(plan, 1).parent)
    assert to_shapely(new.boundary).equals(box(0, 3, 1, 4))


def test_redraw(plan: Plan) -> None:
    do(plan, Redraw(lineage(plan, 1), box(0, 2, 1, 4), base_revision=0))
    assert shape(plan, 1).equals(box(0, 2, 1, 4))
    assert shape(plan, 2).equals(box(1, 2, 4, 4))


def test_move_border(plan: Plan) -> None:
    command = MoveBorder(lineage(plan, 1), lineage(plan, 2), line((1, 2), (1, 4)), base_revision=0)
    do(plan, command)
    assert shape(plan, 1).equals(box(0, 2, 1, 4))


def test_vertices_and_straighten(plan: Plan) -> None:
    one, other = lineage(plan, 1), lineage(plan, 2)
    do(plan, InsertVertex(spot(2, 3), spot(2, 4), spot(2, 3.5), base_revision=0))
    do(plan, MoveVertex(spot(2, 3.5), spot(2.4, 3.5), base_revision=1))
    assert shape(plan, 1).area > box(0, 2, 2, 4).area
    do(plan, DeleteVertex(spot(2.4, 3.5), base_revision=2))
    assert shape(plan, 1).equals(box(0, 2, 2, 4))
    do(plan, MoveVertex(spot(2, 3), spot(1.6, 3), base_revision=3))
    do(plan, Straighten(one, other, base_revision=4))
    assert shape(plan, 1).equals(box(0, 2, 2, 4))


def test_snap_to_street(plan: Plan) -> None:
    Street.objects.create(
        source=SourceFactory(), kind="residential", rank=4,
        path=from_shapely(line((2.2, 1.5), (2.2, 4.5))),
    )  # fmt: skip
    do(plan, SnapToStreet(lineage(plan, 1), lineage(plan, 2), within_m=15, base_revision=0))
    assert shape(plan, 1).area == pytest.approx(box(0, 2, 2.2, 4).area, rel=1e-3)


def test_rebalance_sets_exactly_these_shapes(plan: Plan) -> None:
    wanted = {lineage(plan, 1): box(0, 2, 1, 4), lineage(plan, 2): box(1, 2, 4, 4)}
    # A corner on the border to the south is a vertex there: c is part of the proposal.
    shapes = {
        one: shapely.segmentize(s, spot(1, 0)[0] - spot(0, 0)[0]) for one, s in wanted.items()
    }
    do(plan, Rebalance(shapes, base_revision=0))
    assert shape(plan, 1).equals(box(0, 2, 1, 4))


def test_describe_changes_what_is_said_and_nothing_else(plan: Plan) -> None:
    before = grid(plan, 2)
    answer = do(plan, Describe(before.lineage, name="东门", kind="dedicated", base_revision=0))
    after = grid(plan, 2)
    assert (after.name, after.kind, after.label, after.code) == (
        "东门", "dedicated", before.label, before.code,
    )  # fmt: skip
    assert after.boundary == before.boundary
    assert [state.name for state in answer.changed_grids] == ["东门"]


def test_a_community_can_be_renamed(plan: Plan) -> None:
    upper = grid(plan, 1).parent
    assert upper is not None
    do(plan, Describe(upper.lineage, name="湖滨社区", base_revision=0))
    upper.refresh_from_db()
    assert upper.name == "湖滨社区"


def test_a_kind_that_does_not_exist(plan: Plan) -> None:
    with pytest.raises(CommandUnreadable):
        do(plan, Describe(lineage(plan, 1), kind="castle", base_revision=0))


def test_saying_the_same_again_is_no_edit(plan: Plan) -> None:
    with pytest.raises(NothingChanges):
        do(plan, Describe(lineage(plan, 1), name=grid(plan, 1).name, base_revision=0))
    assert not BoundaryEdit.objects.exists()


def test_grids_hang_below_another_parent_where_levels_are_free(plan: Plan) -> None:
    plan.scheme.levels.update(fixed=False)
    north, south = grid(plan, 1).parent, grid(plan, 3).parent
    assert north is not None and south is not None
    do(plan, MoveToParent((lineage(plan, 1),), south.lineage, base_revision=0))
    assert grid(plan, 1).parent == south
    assert grid(plan, 1).code.startswith(north.code)  # a code is for good
    assert to_shapely(Grid.objects.get(pk=north.pk).boundary).equals(shape(plan, 2))


def test_a_parent_without_children_ends(plan: Plan) -> None:
    plan.scheme.levels.update(fixed=False)
    north, south = grid(plan, 1).parent, grid(plan, 3).parent
    assert north is not None and south is not None
    command = MoveToParent((lineage(plan, 1), lineage(plan, 2)), south.lineage, base_revision=0)
    answer = do(plan, command)
    assert [one.lineage for one in answer.ended] == [north.lineage]
    assert list(plan.grids.filter(level=1)) == [south]


def test_a_new_parent_for_some_grids(plan: Plan) -> None:
    plan.scheme.levels.update(fixed=False)
    do(plan, MoveToParent((lineage(plan, 1),), name="新社区", base_revision=0))
    new = plan.grids.get(level=1, name="新社区")
    assert new.code.endswith("003")
    assert grid(plan, 1).parent == new
    assert to_shapely(new.boundary).equals(shape(plan, 1))


def test_a_grid_hangs_only_below_the_level_above_it(plan: Plan) -> None:
    with pytest.raises(WrongParent):
        do(plan, MoveToParent((lineage(plan, 1),), lineage(plan, 2), base_revision=0))


def test_renumber_goes_west_to_east_and_names_follow(plan: Plan) -> None:
    do(plan, split_a(plan))  # the new grid lies between 1 and 2 and is 3
    upper = grid(plan, 1).parent
    assert upper is not None
    do(plan, Renumber(upper.lineage, base_revision=1))
    leaves = upper.children.order_by("code")
    west = [leaf.boundary.extent[0] for leaf in leaves]
    assert west == sorted(west)
    assert [leaf.code[-3:] for leaf in leaves] == ["001", "002", "003"]
    assert [leaf.name for leaf in leaves] == [f"N社区第{n}网格" for n in (1, 2, 3)]


def test_renumber_leaves_out_codes_that_belong_to_others(plan: Plan) -> None:
    first = grid(plan, 1)
    GridCode.objects.create(scheme=plan.scheme, code=first.code, lineage=uuid4())
    do(plan, Renumber(base_revision=0))
    assert sorted(plan.grids.leaves().values_list("label", flat=True)) == ["01", "02", "02", "03"]
    assert not plan.grids.filter(code=first.code).exists()


def test_unassigned_land_is_claimed_and_given_up() -> None:
    plan = draft()
    do(plan, Describe(lineage(plan, 2), kind="unassigned", base_revision=0))
    answer = do(plan, Claim(lineage(plan, 1), box(2, 2, 3, 4), base_revision=1))
    assert [finding.kind for finding in answer.findings if finding.lineage == lineage(plan, 2)] == [
        "unassigned"
    ]
    answer = do(plan, Claim(lineage(plan, 2), box(1, 2, 3, 4), base_revision=2))
    assert shape(plan, 2).equals(box(1, 2, 4, 4))


def test_findings_name_grids_out_of_the_range_of_households() -> None:
    house(0.5, 3.5, dwellings=250)
    plan = draft()
    answer = do(plan, split_a(plan))
    (finding,) = answer.findings  # the piece in the west has 250, the new one none
    assert (finding.kind, finding.data["dwellings"]) == ("out_of_range", 0)
    assert "200" in finding.as_dict()["message"]


def test_the_history_holds_both_sides(plan: Plan) -> None:
    old = grid(plan, 1)
    author = UserFactory(username="planner")
    authorise(author, plan.scheme, "planner")
    do(plan, split_a(plan), by=author)
    (done,) = plan.edits.all()
    assert (done.verb, done.revision, done.base_revision, done.by) == ("split", 1, 0, author)
    assert done.arguments["lineage"] == str(old.lineage)
    changed, made = GridChange.objects.filter(edit=done).order_by("before")
    assert changed.before["code"] == changed.after["code"] == old.code
    assert changed.before_boundary == old.boundary
    assert made.before is None and made.before_boundary is None
    assert made.after["parent"] == str(old.parent.lineage)


def test_strangers_and_handed_over_plans(plan: Plan) -> None:
    with pytest.raises(NotAllowed):
        do(plan, split_a(plan), by=UserFactory())
    propose(plan=plan, by=None, at=FOUNDED)
    with pytest.raises(NotADraft):
        edit(plan=plan, command=split_a(plan), by=None, at=FOUNDED)


def test_a_grid_the_draft_never_had(plan: Plan) -> None:
    with pytest.raises(NoSuchGrid):
        do(plan, Merge(lineage(plan, 1), (uuid4(),), base_revision=0))


def test_a_command_number_is_for_one_command(plan: Plan) -> None:
    command = split_a(plan)
    do(plan, command)
    other = Describe(lineage(plan, 1), name="x", command_id=command.command_id, base_revision=1)
    with pytest.raises(CommandReused):
        do(plan, other)


def test_a_re_sent_command_gets_its_first_answer(plan: Plan) -> None:
    command = split_a(plan)
    first = do(plan, command)
    assert do(plan, command) == first
    do(plan, Describe(lineage(plan, 1), name="后来", base_revision=1))
    do(plan, Merge(lineage(plan, 1), (made(plan, 3).lineage,), base_revision=2))
    assert do(plan, command) == first  # also when the plan has moved on
    assert plan.revision == 3


def test_a_revision_from_the_future(plan: Plan) -> None:
    with pytest.raises(CommandUnreadable):
        do(plan, replace(split_a(plan), base_revision=5))


def test_edits_of_one_plan_leave_others_alone(plan: Plan) -> None:
    other = draft(scheme=plan.scheme)
    before = {g.code: g.boundary.wkb for g in other.grids.all()}
    do(plan, split_a(plan))
    assert {g.code: g.boundary.wkb for g in other.grids.all()} == before
    check(other)


def test_rebalance_makes_and_ends_grids(plan: Plan) -> None:
    """Three grids of one proposal in the place of two; the corners on the border stay."""
    pieces = [box(0, 2, 1, 4), box(1, 2, 3, 4), box(3, 2, 4, 4)]
    unit = spot(1, 0)[0] - spot(0, 0)[0]
    west, middle, east = (shapely.segmentize(piece, unit * 1.0001) for piece in pieces)
    kept, gone = lineage(plan, 1), lineage(plan, 2)
    do(plan, Rebalance({kept: west}, new=(middle, east), gone=(gone,), base_revision=0))
    assert shape(plan, 1).equals(pieces[0])
    assert [to_shapely(made(plan, n).boundary).equals(pieces[n - 2]) for n in (3, 4)] == [True] * 2
    assert not plan.grids.filter(lineage=gone).exists()


def test_one_level_is_enough() -> None:
    plan = plan_of(picture("aab\naab").values(), whole("aab\naab"))
    rebuild_loads(plan=plan, at=FOUNDED)
    first, second = plan.grids.order_by("code")
    do(plan, Split(first.lineage, line((1, -1), (1, 3)), base_revision=0))
    new = plan.grids.exclude(pk__in=[first.pk, second.pk]).get()
    assert new.code == f"{plan.scheme.area.code_prefix}001"
    do(plan, Merge(second.lineage, (new.lineage,), base_revision=1))
    do(plan, Merge(second.lineage, (first.lineage,), base_revision=2))
    assert to_shapely(plan.grids.get().boundary).equals(whole("aab\naab"))


def test_where_leaves_are_fixed_they_are_refined_only() -> None:
    scheme = SchemeFactory()
    scheme.levels.update(fixed=True)
    plan = draft(scheme=scheme)
    do(plan, InsertVertex(spot(2, 3), spot(2, 4), spot(2, 3.5), base_revision=0))
    for command in (split_a(plan), MoveVertex(spot(2, 3.5), spot(2.1, 3.5), base_revision=1)):
        with pytest.raises(FixedOutline):
            do(plan, command)
    assert to_shapely(grid(plan, 1).fixed_boundary).equals(shape(plan, 1))
    do(plan, replace(split_a(plan), unlock="区划调整"))
    assert made(plan, 3).fixed_boundary == made(plan, 3).boundary
    assert grid(plan, 1).fixed_boundary == grid(plan, 1).boundary


def test_new_grids_bring_the_outline_that_is_fixed() -> None:
    """A draft that starts from a refined plan measures against what was drawn, not against that."""
    plan = draft()
    drawn = box(0, 2, 4, 4)
    rows = [
        NewGrid(1, "9", "9", "N", fixed_boundary=drawn),
        NewGrid(2, "91", "1", "N 1", parent="9", shape=shape(plan, 1)),
    ]
    other = Plan.objects.create(
        scheme=plan.scheme, number=9, boundary=plan.boundary, outline=plan.outline,
        created_at=FOUNDED,
    )  # fmt: skip
    written = add_grids(plan=other, grids=rows)
    assert to_shapely(written["9"].fixed_boundary).equals(drawn)
    assert written["91"].fixed_boundary is None
    for upper in plan.grids.filter(level=1):
        assert upper.fixed_boundary == upper.boundary


# Cells by address


def test_cells_follow_their_homes_and_torn_ones_are_told() -> None:
    for place in (0.5, 1.5):
        building = house(place, 3.5, dwellings=20)
        Unit.objects.create(building=building, number="1", floors=5, dwellings=10)
        Unit.objects.create(building=building, number="2", floors=5, dwellings=10)
    plan = draft()
    (first, second) = make_cells(
        plan=plan, lineages=[lineage(plan, 1)], most=30, by=None, at=FOUNDED
    )
    answer = do(plan, split_a(plan))
    whole_cells = {cell.grid_id for cell in plan.cells.all()}
    assert None not in whole_cells and len(whole_cells) == 2
    do(plan, Merge(lineage(plan, 1), (made(plan, 3).lineage,), base_revision=1))
    assert {cell.grid_id for cell in plan.cells.all()} == {grid(plan, 1).pk}
    assert {first.lineage, second.lineage} == set(plan.cells.values_list("lineage", flat=True))
    assert not [finding for finding in answer.findings if finding.kind == "cells_torn"]


def test_a_cell_that_is_cut_in_two_is_a_finding() -> None:
    for place in (0.5, 1.5):
        Unit.objects.create(building=house(place, 3.5), number="1", dwellings=10)
    plan = draft()
    make_cells(plan=plan, lineages=[lineage(plan, 1)], most=30, by=None, at=FOUNDED)
    answer = do(plan, split_a(plan))
    assert "cells_torn" in {finding.kind for finding in answer.findings}
