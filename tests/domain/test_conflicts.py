"""Two planners: where grids meet, who comes second is refused with both shapes; else both land."""

import pytest
import shapely

from geogrid.accounts.models import User
from geogrid.territory.commands import Claim, Describe, Merge, MoveVertex, Redraw, Split
from geogrid.territory.errors import Conflict
from geogrid.territory.geojson import from_geojson
from geogrid.territory.models import Plan
from tests.domain.editing import box, do, draft, line, lineage, shape, spot
from tests.factories import UserFactory, authorise

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return draft()


@pytest.fixture
def neighbour(plan: Plan) -> User:
    user = UserFactory(username="neighbour")
    authorise(user, plan.scheme, "planner")
    return user


def test_edits_apart_both_land_and_the_answer_holds_both(plan: Plan, neighbour: User) -> None:
    theirs = do(
        plan, Split(lineage(plan, 1), line((1, 1.5), (1, 5)), base_revision=0), by=neighbour
    )
    mine = do(plan, Split(lineage(plan, 4), line((3.5, 0), (3.5, 2)), base_revision=0))
    told = {state.lineage for state in mine.changed_grids}
    assert told > {state.lineage for state in theirs.changed_grids}
    assert lineage(plan, 4) in told
    assert mine.revision == 2


def test_a_conflict_tells_both_shapes_and_who(plan: Plan, neighbour: User) -> None:
    seen = shape(plan, 2)
    do(plan, Claim(lineage(plan, 1), box(2, 2, 3, 4), base_revision=0), by=neighbour)
    with pytest.raises(Conflict) as refusal:
        do(plan, Claim(lineage(plan, 2), box(1, 2, 2, 4), base_revision=0))
    told = {one["lineage"]: one for one in refusal.value.data["grids"]}
    second = told[str(lineage(plan, 2))]
    assert from_geojson(second["seen"]).equals(seen)
    assert from_geojson(second["yours"]).equals(box(1, 2, 4, 4))
    assert from_geojson(second["now"]).equals(box(3, 2, 4, 4))
    assert (second["by"], second["revision"]) == ("Neighbour", 1)
    assert refusal.value.status == 409
    assert "N社区第2网格" in str(refusal.value)
    assert plan.edits.count() == 1


def test_a_grid_that_ended_meanwhile_is_a_conflict(plan: Plan) -> None:
    gone = lineage(plan, 2)
    do(plan, Merge(lineage(plan, 1), (gone,), base_revision=0))
    with pytest.raises(Conflict) as refusal:
        do(plan, Split(gone, line((3, 1), (3, 5)), base_revision=0))
    (told,) = refusal.value.data["grids"]
    assert told["now"] is None
    assert from_geojson(told["seen"]).equals(box(2, 2, 4, 4))
    assert from_geojson(told["yours"]).area == pytest.approx(box(2, 2, 3, 4).area)


def test_a_vertex_moved_from_where_it_was_is_a_conflict(plan: Plan) -> None:
    """The second command names no grid; the vertex it names is not there any more."""
    do(plan, MoveVertex(spot(2, 3), spot(2.3, 3), base_revision=0))
    with pytest.raises(Conflict):
        do(plan, MoveVertex(spot(2, 3), spot(1.7, 3), base_revision=0))


def test_the_patch_counts_not_only_the_grids_that_are_named(plan: Plan) -> None:
    do(plan, Redraw(lineage(plan, 1), box(0, 2, 1, 4), base_revision=0))
    with pytest.raises(Conflict) as refusal:
        do(plan, MoveVertex(spot(2, 2), spot(2, 1.8), base_revision=0, unlock="measured anew"))
    assert {str(lineage(plan, 2))} == {one["lineage"] for one in refusal.value.data["grids"]}


def test_words_about_one_grid_do_not_meet_words_about_another(plan: Plan) -> None:
    do(plan, Describe(lineage(plan, 1), name="一", base_revision=0))
    do(plan, Describe(lineage(plan, 2), name="二", base_revision=0))
    with pytest.raises(Conflict):
        do(plan, Describe(lineage(plan, 2), name="贰", base_revision=1))


def test_what_the_author_has_seen_is_no_conflict(plan: Plan) -> None:
    do(plan, Claim(lineage(plan, 1), box(2, 2, 3, 4), base_revision=0))
    do(plan, Claim(lineage(plan, 2), box(1, 2, 3, 4), base_revision=1))
    assert shapely.area(shape(plan, 1)) == pytest.approx(box(0, 2, 1, 4).area)
