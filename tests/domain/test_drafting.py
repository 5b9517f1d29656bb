"""How drafts begin: from a plan, on a changed territory, from nothing."""

from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from geogrid.accounts.errors import NotAllowed
from geogrid.territory import actions
from geogrid.territory.commands import Split
from geogrid.territory.errors import (
    BoundaryInUse,
    BoundaryUnusable,
    NotExact,
    NothingToStartFrom,
    OtherScheme,
)
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import AreaBoundary, Grid, Plan, PlanEvent, PlanLoad
from layers.datum.lattice import from_steps
from tests.domain.editing import line
from tests.domain.redrawing import LATER, draft_of, homes, leaf, redraw
from tests.factories import (
    FOUNDED,
    GRIDS,
    AreaFactory,
    SchemeFactory,
    UserFactory,
    authorise,
    draft_plan,
    plan_in_force,
)
from tests.pictures import ORIGIN, picture, square, whole

pytestmark = pytest.mark.django_db

COPIED = ("level", "code", "label", "name", "kind", "lineage", "boundary", "pieces_reason")


def rows(plan: Plan) -> list[tuple[object, ...]]:
    return list(plan.grids.order_by("code").values_list("parent__lineage", *COPIED))


def boundary_of(plan: Plan, shape: shapely.Geometry) -> AreaBoundary:
    return actions.set_boundary(
        area=plan.scheme.area, outline=shape, valid_from=date(2026, 4, 1), basis="令", by=None
    )


def test_a_draft_holds_the_same_grids_under_the_same_lineages() -> None:
    term = plan_in_force(SchemeFactory())
    rebuild_loads(plan=term.plan, at=FOUNDED)
    planner = UserFactory()
    authorise(planner, term.scheme, "planner")
    draft = actions.start_draft(scheme=term.scheme, by=planner, at=LATER, name="夏季方案")
    assert rows(draft) == rows(term.plan)
    assert (draft.number, draft.based_on, draft.state) == (2, term.plan, Plan.State.DRAFT)
    assert draft.boundary == term.plan.boundary
    assert actions.plan_residual(draft) == 0
    assert PlanLoad.objects.filter(grid__plan=draft, as_of=FOUNDED).count() == 4
    begun = draft.events.get()
    assert (begun.kind, begun.by, begun.data) == (PlanEvent.Kind.STARTED, planner, {"from_plan": 1})


def test_outlines_at_fixed_levels_are_fixed_from_the_first_copy_on() -> None:
    term = plan_in_force(SchemeFactory())
    first = draft_of(term.scheme)
    for grid in first.grids.filter(level=1):
        assert grid.fixed_boundary.equals_exact(grid.boundary)
    assert not first.grids.filter(level=2, fixed_boundary__isnull=False).exists()
    kept = first.grids.filter(level=1).first()
    Grid.objects.filter(pk=kept.pk).update(fixed_boundary=first.outline)
    again = actions.start_draft(scheme=term.scheme, from_plan=first, by=None, at=LATER)
    assert again.grids.get(lineage=kept.lineage).fixed_boundary.equals_exact(first.outline)


def test_a_draft_starts_from_an_exact_tiling_only() -> None:
    scheme = SchemeFactory()
    with pytest.raises(NothingToStartFrom):
        draft_of(scheme)
    torn = draft_plan(scheme)
    leaf(torn, "d").delete()
    with pytest.raises(NotExact):
        actions.start_draft(scheme=scheme, from_plan=torn, by=None, at=LATER)
    with pytest.raises(OtherScheme):
        actions.start_draft(scheme=SchemeFactory(), from_plan=torn, by=None, at=LATER)
    assert Plan.objects.count() == 1


def test_whoever_draws_somewhere_may_start_a_draft_and_others_may_not() -> None:
    term = plan_in_force(SchemeFactory())
    planner = UserFactory()
    with pytest.raises(NotAllowed):
        actions.start_draft(scheme=term.scheme, by=planner, at=LATER)
    part = authorise(planner, term.scheme, "planner")
    part.lineage = leaf(term.plan, "a").parent.lineage
    part.save()
    assert actions.start_draft(scheme=term.scheme, by=planner, at=LATER).number == 2


def test_a_draft_of_many_grids_takes_as_many_statements_as_one_of_few() -> None:
    few = plan_in_force(SchemeFactory())
    wide = "\n".join("".join(chr(0x4E00 + 30 * y + x) for x in range(30)) for y in range(8))
    many = plan_in_force(
        SchemeFactory(), shapes=picture(wide), communities=dict.fromkeys(picture(wide), "N")
    )
    counts = []
    for term in (few, many):
        with CaptureQueriesContext(connection) as queries:
            draft_of(term.scheme)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ------------------------------------------------------------------------------ a first draft


def test_an_area_that_nobody_divided_starts_as_one_unassigned_grid() -> None:
    scheme = SchemeFactory(area=AreaFactory(code_prefix="42"))
    with pytest.raises(NothingToStartFrom):
        actions.start_first_draft(scheme=scheme, by=None, at=LATER)
    outline = whole(GRIDS)
    AreaBoundary.objects.create(
        area=scheme.area, boundary=from_shapely(outline, multi=True), valid_from=date(2026, 3, 1)
    )
    plan = actions.start_first_draft(scheme=scheme, by=None, at=LATER)
    top, only = plan.grids.order_by("level")
    assert (top.code, only.code, only.parent) == ("42001", "42001001", top)
    assert (only.kind, top.kind) == (Grid.Kind.UNASSIGNED, Grid.Kind.BASIC)
    assert to_shapely(only.boundary).equals(outline)
    assert actions.plan_residual(plan) == 0
    assert plan.events.get().kind == PlanEvent.Kind.STARTED


# ------------------------------------------------------------------------------ another territory


def test_added_land_becomes_unassigned_below_the_parent_beside_it() -> None:
    term = plan_in_force(SchemeFactory())
    rebuild_loads(plan=term.plan, at=FOUNDED)
    added = square(4, 3)  # right of b, in the northern community
    homes(added, 12)
    new = boundary_of(term.plan, whole(GRIDS).union(added))
    draft = actions.start_draft(scheme=term.scheme, boundary=new, by=None, at=LATER)
    assert (draft.boundary, actions.plan_defects(draft)[0].name) == (new, "assigned")
    assert len(actions.plan_defects(draft)) == 1
    ground = draft.grids.get(kind=Grid.Kind.UNASSIGNED)
    assert to_shapely(ground.boundary).equals(added)
    assert ground.parent.lineage == leaf(term.plan, "b").parent.lineage
    assert ground.name == "待划分1"
    assert len(ground.code) == len(leaf(term.plan, "b").code)
    # The administrative outline follows the territory.
    assert ground.parent.fixed_boundary.equals_exact(ground.parent.boundary)
    told = draft.events.get().data
    (gained,) = told["added"]
    assert (gained["code"], gained["households"]) == (ground.code, 12)
    assert gained["area_m2"] == pytest.approx(428, rel=0.01)  # 19.3 m x 22.2 m
    assert told["lost"] == told["ended"] == []
    untouched = {"a", "c", "d"}
    for letter in untouched:
        assert leaf(draft, letter).boundary.equals_exact(leaf(term.plan, letter).boundary)


def test_lost_land_is_clipped_and_a_grid_of_which_nothing_is_left_ends() -> None:
    term = plan_in_force(SchemeFactory())
    shapes = picture(GRIDS)
    homes(shapes["d"], 30)
    left = shapely.union_all([shapes["a"], shapes["b"], shapes["c"]])
    cut = square(0, 0)
    homes(cut, 7)
    new = boundary_of(term.plan, left.difference(cut))
    draft = actions.start_draft(scheme=term.scheme, boundary=new, by=None, at=LATER)
    assert actions.plan_defects(draft) == []
    assert not draft.grids.filter(lineage=leaf(term.plan, "d").lineage).exists()
    assert to_shapely(leaf(draft, "c").boundary).equals(shapes["c"].difference(cut))
    told = draft.events.get().data
    lost = {row["code"][-3:]: row["households"] for row in told["lost"]}
    assert lost == {"003": 7, "004": 30}
    assert told["ended"] == [leaf(term.plan, "d").code]


def test_a_border_that_meets_the_new_outline_between_its_vertices_refines_it() -> None:
    term = plan_in_force(SchemeFactory())
    west, south, east, north = whole(GRIDS).bounds
    slanted = shapely.Polygon(
        [(west, south), (east, south), (east, north - 137e-7), (west, north - 20e-7)]
    )
    outline = shapely.set_precision(slanted, 1e-7)
    draft = actions.start_draft(
        scheme=term.scheme, boundary=boundary_of(term.plan, outline), by=None, at=LATER
    )
    assert actions.plan_defects(draft) == []
    inserted = shapely.get_num_coordinates(to_shapely(draft.outline)) - 5
    assert inserted >= 1


def test_an_outline_elsewhere_is_refused() -> None:
    term = plan_in_force(SchemeFactory())
    with override("en"), pytest.raises(BoundaryUnusable) as refusal:
        actions.start_draft(
            scheme=term.scheme, boundary=boundary_of(term.plan, square(50, 50)), by=None, at=LATER
        )
    with override("en"):
        assert "o grid lies in it" in str(refusal.value)


def test_an_outline_that_nearly_touches_itself_is_refused_with_the_place() -> None:
    """The words are not the kernel's, whatever the language."""
    term = plan_in_force(SchemeFactory())
    corners = [(0, 0), (2001, 0), (2002, 2500), (0, 2500), (0, 1500), (2001, 1000), (0, 500)]
    outline = shapely.Polygon(from_steps(np.add(ORIGIN, corners)))
    with override("zh-hans"), pytest.raises(BoundaryUnusable) as refusal:
        actions.start_draft(
            scheme=term.scheme, boundary=boundary_of(term.plan, outline), by=None, at=LATER
        )
    assert "the outline comes within" not in str(refusal.value)
    assert refusal.value.data["where"]["type"] == "Point"
    x, y = refusal.value.data["where"]["coordinates"]
    assert f"{y:.7f}, {x:.7f}" in str(refusal.value)


@pytest.mark.parametrize("grows", [True, False])
def test_fixed_leaves_follow_a_new_outline_like_the_communities_above_them(grows: bool) -> None:
    scheme = SchemeFactory()
    scheme.levels.update(fixed=True)
    term = plan_in_force(scheme)
    outline = whole(GRIDS).union(square(4, 0)) if grows else whole(GRIDS).difference(square(0, 0))
    draft = actions.start_draft(
        scheme=scheme, boundary=boundary_of(term.plan, outline), by=None, at=LATER
    )
    expected = ["assigned"] if grows else []
    assert [defect.name for defect in actions.plan_defects(draft)] == expected


def test_a_draft_copies_the_plan_as_it_is_and_not_as_it_was_read() -> None:
    source = draft_plan(SchemeFactory())
    source.scheme.levels.update(fixed=False)
    stale = Plan.objects.get(pk=source.pk)
    command = Split(leaf(source, "a").lineage, line((0.7, 1), (1.03, 5)), base_revision=0)
    actions.edit(plan=source, command=command, by=None, at=LATER)
    source.refresh_from_db()
    assert source.outline.num_coords > stale.outline.num_coords
    draft = actions.start_draft(scheme=source.scheme, by=None, at=LATER, from_plan=stale)
    assert actions.plan_residual(draft) == 0
    assert draft.outline.num_coords == source.outline.num_coords


def test_who_starts_from_a_draft_that_is_not_exact_learns_where() -> None:
    source = draft_plan(SchemeFactory())
    gone = leaf(source, "d")
    code = leaf(source, "c").code
    gone.delete()
    with pytest.raises(NotExact) as refusal:
        actions.start_draft(scheme=source.scheme, by=None, at=LATER, from_plan=source)
    assert code in refusal.value.data["grids"] and code in str(refusal.value)
    assert refusal.value.data["where"]["type"] == "LineString"
    with pytest.raises(NotExact) as refusal:
        actions.propose(plan=source, by=None, at=LATER)
    assert refusal.value.data["number"] == source.number


def test_an_outline_of_the_same_day_is_replaced_until_a_plan_uses_it() -> None:
    term = plan_in_force(SchemeFactory())
    first = boundary_of(term.plan, whole(GRIDS))
    assert boundary_of(term.plan, whole(GRIDS)) == first
    second = boundary_of(term.plan, whole(GRIDS).union(square(4, 0)))
    assert not AreaBoundary.objects.filter(pk=first.pk).exists()
    actions.start_draft(scheme=term.scheme, boundary=second, by=None, at=LATER)
    with pytest.raises(BoundaryInUse):
        boundary_of(term.plan, whole(GRIDS))


def test_a_changed_territory_comes_into_force_like_any_plan() -> None:
    term = plan_in_force(SchemeFactory())
    new = boundary_of(term.plan, whole(GRIDS).difference(square(0, 0)))
    draft = actions.start_draft(scheme=term.scheme, boundary=new, by=None, at=LATER)
    redraw(draft, {})
    actions.propose(plan=draft, by=None, at=LATER)
    actions.approve(plan=draft, by=None, at=LATER)
    began = actions.enter_force(plan=draft, by=None, at=LATER + timedelta(days=1), backdated=True)
    assert began.plan == draft
