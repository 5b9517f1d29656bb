"""What an edit refuses, in words a planner can act on: why, where, which grids, what to do next."""

import math

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.utils import translation

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User
from geogrid.territory.commands import (
    Claim,
    CutOut,
    DeleteVertex,
    Describe,
    EditCommand,
    InsertVertex,
    Merge,
    MoveBorder,
    MoveToParent,
    MoveVertex,
    Redraw,
    Split,
    Undo,
)
from geogrid.territory.errors import (
    EditRefused,
    FixedOutline,
    Folds,
    InPieces,
    NeedsNeighbour,
    NoCut,
    NothingThere,
    NotNeighbours,
    OffOutline,
    TooClose,
    Vanishes,
)
from geogrid.territory.geojson import from_geojson
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Authority, Plan, PlanEvent
from tests.domain.editing import box, check, do, draft, grid, line, lineage, shape, spot
from tests.factories import UserFactory, authorise

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return draft()


def refused(plan: Plan, command: EditCommand, kind: type[EditRefused]) -> EditRefused:
    before = {g.lineage: g.boundary.wkb for g in plan.grids.all()}
    with pytest.raises(EditRefused) as refusal:
        do(plan, command)
    assert type(refusal.value) is kind
    assert not plan.edits.exists()
    assert {g.lineage: g.boundary.wkb for g in plan.grids.all()} == before
    return refusal.value


def test_a_grid_that_would_vanish(plan: Plan) -> None:
    told = refused(plan, Claim(lineage(plan, 1), box(2, 2, 4, 4), base_revision=0), Vanishes)
    assert [one["code"] for one in told.data["grids"]] == [grid(plan, 2).code]
    with translation.override("en"):
        assert "N社区第2网格 (110101001001002)" in str(told)
        assert "merge" in str(told)


def test_a_grid_that_would_fall_in_pieces(plan: Plan) -> None:
    told = refused(plan, Claim(lineage(plan, 1), box(2, 2.5, 4, 3.5), base_revision=0), InPieces)
    assert from_geojson(told.data["where"]).area > 0


def test_a_vertex_too_close_to_a_foreign_border(plan: Plan) -> None:
    """The border of a and b leans; the border inside a is drawn to a hair from it."""
    do(plan, MoveVertex(spot(2, 3), spot(2.37, 3), base_revision=0))
    do(plan, Split(lineage(plan, 1), line((-1, 2.2), (2.2, 2.2)), base_revision=1))
    joint = next(xy for xy in corners(plan, 1) if 2 < cells(xy)[0] < 2.3 and cells(xy)[1] < 2.6)
    do(plan, InsertVertex(spot(0, 2.2), joint, spot(1, 2.2), base_revision=2))
    leaning = shapely.LineString([joint, spot(2.37, 3)])
    hair = next(
        xy
        for up in range(4600, 5600)
        if (xy := west_of(leaning, up / 2000)) and 0 < leaning.distance(shapely.Point(xy)) < 0.4e-7
    )
    with pytest.raises(TooClose) as refusal:
        do(plan, MoveVertex(spot(1, 2.2), hair, base_revision=3))
    (both,) = refusal.value.data["where"]["geometries"]
    assert {place["type"] for place in both["geometries"]} == {"Point", "LineString"}
    (point,) = [place for place in both["geometries"] if place["type"] == "Point"]
    x, y = point["coordinates"]
    assert f"{y:.7f}, {x:.7f}" in str(refusal.value)
    assert plan.edits.count() == 3


def corners(plan: Plan, number: int) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(shape(plan, number))]


def cells(xy: tuple[float, float]) -> tuple[float, float]:
    (west, south), (east, north) = spot(0, 0), spot(1, 1)
    return (xy[0] - west) / (east - west), (xy[1] - south) / (north - south)


def west_of(leaning: shapely.LineString, up: float) -> tuple[float, float]:
    """The lattice point on this height next to the line in the west."""
    crossing = leaning.intersection(shapely.LineString([spot(-5, up), spot(9, up)]))
    return spot(math.floor(cells((crossing.x, 0))[0] * 2000) / 2000, up)


def test_a_border_that_would_cross_itself(plan: Plan) -> None:
    bow = shapely.Polygon([spot(0, 2), spot(2, 4), spot(2, 2), spot(0, 4)])
    refused(plan, Redraw(lineage(plan, 1), bow, base_revision=0), Folds)
    refused(plan, MoveVertex(spot(2, 3), spot(-1, 1), base_revision=0), Folds)


def test_an_administrative_outline_stays(plan: Plan) -> None:
    told = refused(plan, Claim(lineage(plan, 1), box(0, 1, 1, 2), base_revision=0), FixedOutline)
    assert {one["code"][-3:] for one in told.data["grids"]} == {"001", "003"}
    refused(plan, Merge(lineage(plan, 1), (lineage(plan, 3),), base_revision=0), FixedOutline)
    south = grid(plan, 3).parent
    assert south is not None
    move = MoveToParent((lineage(plan, 1),), south.lineage, base_revision=0)
    refused(plan, move, FixedOutline)


def test_the_territory_stays(plan: Plan) -> None:
    refused(plan, MoveVertex(spot(0, 4), spot(0.1, 3.9), base_revision=0), OffOutline)


def test_a_line_that_cuts_nothing(plan: Plan) -> None:
    told = refused(plan, Split(lineage(plan, 1), line((0.5, 3), (1, 3)), base_revision=0), NoCut)
    with translation.override("en"):
        assert "border to border" in str(told)
    refused(plan, CutOut(box(10, 10, 11, 11), base_revision=0), NothingThere)
    refused(plan, DeleteVertex(spot(1.5, 3.5), base_revision=0), NothingThere)


def test_grids_that_are_no_neighbours(plan: Plan) -> None:
    apart = MoveBorder(lineage(plan, 1), lineage(plan, 4), line((1, 1), (1, 5)), base_revision=0)
    refused(plan, apart, NotNeighbours)


def test_refusals_speak_the_readers_language_when_they_are_read(plan: Plan) -> None:
    with pytest.raises(NoCut) as refusal:
        do(plan, Split(lineage(plan, 1), line((0.5, 3), (1, 3)), base_revision=0))
    with translation.override("en"):
        assert "does not cut" in refusal.value.as_dict()["message"]


# Who may


def test_a_planner_of_one_community_needs_the_neighbour(plan: Plan) -> None:
    plan.scheme.levels.update(fixed=False)
    north = grid(plan, 1).parent
    assert north is not None
    planner = UserFactory()
    Authority.objects.create(
        user=planner, scheme=plan.scheme, role="planner", lineage=north.lineage
    )
    do(plan, Claim(lineage(plan, 1), box(2, 2, 3, 4), base_revision=0), by=planner)
    with pytest.raises(NeedsNeighbour):
        do(plan, Claim(lineage(plan, 1), box(0, 1, 1, 2), base_revision=1), by=planner)


@pytest.fixture
def approver(plan: Plan) -> User:
    user = UserFactory(username="approver")
    for role in ("planner", "approver"):
        authorise(user, plan.scheme, role)
    return user


def moved_community(plan: Plan) -> Claim:
    return Claim(
        lineage(plan, 1), box(0, 1, 1, 2), base_revision=plan.revision, unlock="区划调整 2026-7"
    )


def test_a_reason_unlocks_an_administrative_outline(plan: Plan, approver: User) -> None:
    do(plan, moved_community(plan), by=approver)
    (done,) = plan.edits.all()
    assert done.reason == "区划调整 2026-7"
    for upper in plan.grids.filter(level=1):
        assert to_shapely(upper.fixed_boundary).equals(to_shapely(upper.boundary))
    event = plan.events.get(kind=PlanEvent.Kind.UNLOCKED)
    assert (event.note, event.by) == ("区划调整 2026-7", approver)
    assert len(event.data["grids"]) == 2


def test_grids_move_between_fixed_communities_only_unlocked(plan: Plan, approver: User) -> None:
    south = grid(plan, 3).parent
    assert south is not None
    moved = (lineage(plan, 1),)
    do(plan, MoveToParent(moved, south.lineage, base_revision=0, unlock="区划调整"), by=approver)
    assert grid(plan, 1).parent == south
    join = Merge(lineage(plan, 2), (lineage(plan, 4),), base_revision=1, unlock="区划调整")
    do(plan, join, by=approver)
    assert plan.events.filter(kind=PlanEvent.Kind.UNLOCKED).count() == 2
    for upper in plan.grids.filter(level=1):
        assert to_shapely(upper.fixed_boundary).equals(to_shapely(upper.boundary))


def test_unlocking_is_for_approvers(plan: Plan) -> None:
    planner = UserFactory()
    authorise(planner, plan.scheme, "planner")
    with pytest.raises(NotAllowed):
        do(plan, moved_community(plan), by=planner)


def test_taking_back_an_unlocked_edit_is_for_approvers_too(plan: Plan, approver: User) -> None:
    fixed = {g.lineage: g.fixed_boundary.wkb for g in plan.grids.filter(level=1)}
    do(plan, moved_community(plan), by=approver)
    planner = UserFactory()
    authorise(planner, plan.scheme, "planner")
    with pytest.raises(NotAllowed):
        do(plan, Undo(1, base_revision=1), by=planner)
    do(plan, Undo(1, base_revision=1), by=approver)
    assert {g.lineage: g.fixed_boundary.wkb for g in plan.grids.filter(level=1)} == fixed


def test_an_unlock_that_was_not_needed_leaves_no_mark(plan: Plan, approver: User) -> None:
    command = Claim(lineage(plan, 1), box(2, 2, 3, 4), base_revision=0, unlock="just in case")
    do(plan, command, by=approver)
    assert plan.edits.get().reason == ""
    assert not plan.events.filter(kind=PlanEvent.Kind.UNLOCKED).exists()


def test_refining_again_and_again_does_not_move_a_fixed_outline(plan: Plan) -> None:
    """Cuts that end on the community border from both sides; its base stays what it was."""
    for at in (6, 5, 4, 3, 2, 1):
        plan.refresh_from_db()
        west = plan.grids.leaves().filter(boundary__covers=Point(*spot(0.02, 3), srid=4326)).get()
        cut = line((0.3 * at + 0.017, 1.9), (0.3 * at - 0.1, 4.1))
        try:
            do(plan, Split(west.lineage, cut, base_revision=plan.revision))
        except EditRefused:
            continue
    assert plan.revision >= 3
    check(plan)  # plan_defects compares each boundary with its fixed one


# Enclaves


def test_a_typed_reason_allows_pieces(plan: Plan) -> None:
    do(plan, Describe(lineage(plan, 2), pieces_reason="飞地：水库", base_revision=0))
    do(plan, Claim(lineage(plan, 1), box(2, 2.5, 4, 3.5), base_revision=1))
    assert shapely.get_num_geometries(shape(plan, 2)) == 2


def test_a_reason_taken_away_becomes_a_finding(plan: Plan) -> None:
    do(plan, Describe(lineage(plan, 2), pieces_reason="飞地：水库", base_revision=0))
    do(plan, Claim(lineage(plan, 1), box(2, 2.5, 4, 3.5), base_revision=1))
    answer = do(plan, Describe(lineage(plan, 2), pieces_reason="", base_revision=2))
    assert "in_pieces" in {finding.kind for finding in answer.findings}
