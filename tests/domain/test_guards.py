"""What PostgreSQL refuses, whoever writes: raw SQL, no Django in between."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import shapely
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from geogrid.coverage.nesting import union
from geogrid.territory.geometry import from_shapely
from geogrid.territory.models import Grid, Plan, Term
from geogrid.territory.refusals import RULES, Refused, guards_told
from layers.datum.lattice import snap
from tests.domain.division import grid_row, plan_of, scheme_of
from tests.factories import FOUNDED, SchemeFactory, approved_plan, draft_plan, plan_in_force
from tests.pictures import picture, square, whole

pytestmark = pytest.mark.django_db
TOWN = """
    aab
    acb
    """
SHIFT = (
    "UPDATE territory_grid SET boundary = ST_Multi(ST_GeomFromText("
    "ST_AsText(ST_Translate(boundary, 1e-7, 0), 7), 4326)) WHERE plan_id = %s"
)
ADD = (
    "INSERT INTO territory_grid (plan_id, level, code, label, name, kind, lineage, boundary,"
    " pieces_reason, label_point, label_radius_m)"
    " SELECT plan_id, level, code || 'x', label, name, kind, gen_random_uuid(), boundary,"
    " '', label_point, label_radius_m FROM territory_grid WHERE plan_id = %s AND level = 1"
)
DELETE = "DELETE FROM territory_grid WHERE plan_id = %s"
RENAME = "UPDATE territory_grid SET name = 'other' WHERE plan_id = %s"


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """The block breaks the rule of this name, and nothing of it stays."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
    assert refusal.value.__cause__.diag.constraint_name == rule  # type: ignore[union-attr]


def move(plan: Plan, *states: str) -> Plan:
    for state in states:
        run("UPDATE territory_plan SET state = %s WHERE id = %s", state, plan.pk)
    plan.refresh_from_db()
    return plan


def put_in_force(plan: Plan, since: str | None = None) -> None:
    since = since or timezone.now().isoformat()
    run(
        "INSERT INTO territory_term (plan_id, scheme_id, during, receipt)"
        " VALUES (%s, %s, tstzrange(%s, NULL), '{}')",
        plan.pk, plan.scheme_id, since,
    )  # fmt: skip


@pytest.fixture
def draft() -> Plan:
    return plan_of(picture(TOWN).values(), whole(TOWN))


@pytest.mark.parametrize("statement", [SHIFT, ADD, DELETE, RENAME])
def test_grids_of_a_draft_can_change(draft: Plan, statement: str) -> None:
    run(statement, draft.pk)


@pytest.mark.parametrize("states", [("in_review",), ("in_review", "approved"), ("withdrawn",)])
@pytest.mark.parametrize("statement", [SHIFT, ADD, DELETE, RENAME])
def test_grids_of_a_plan_that_is_no_draft_cannot(
    draft: Plan, statement: str, states: tuple[str, ...]
) -> None:
    move(draft, *states)
    with refused("grid_plan_is_draft"):
        run(statement, draft.pk)


def test_a_grid_cannot_be_moved_into_a_plan_in_force() -> None:
    scheme = SchemeFactory()
    running, draft = plan_in_force(scheme).plan, draft_plan(scheme)
    with refused("grid_plan_is_draft"):
        run("UPDATE territory_grid SET plan_id = %s WHERE plan_id = %s", running.pk, draft.pk)
    with refused("grid_plan_is_draft"):
        run("UPDATE territory_grid SET plan_id = %s WHERE plan_id = %s", draft.pk, running.pk)


def test_a_plan_sent_back_can_be_drawn_again(draft: Plan) -> None:
    move(draft, "in_review", "draft")
    run(RENAME, draft.pk)


@pytest.mark.parametrize(
    "path",
    [
        ("approved",),
        ("in_review", "approved", "draft"),
        ("in_review", "approved", "in_review"),
        ("withdrawn", "draft"),
    ],
)
def test_states_move_only_along_their_paths(draft: Plan, path: tuple[str, ...]) -> None:
    move(draft, *path[:-1])
    with refused("plan_transition"):
        move(draft, path[-1])


def test_a_plan_begins_as_a_draft(draft: Plan) -> None:
    with refused("plan_transition"):
        run(
            "INSERT INTO territory_plan (scheme_id, number, name, boundary_id, outline, state,"
            " revision, created_at) SELECT scheme_id, 2, '', boundary_id, outline, 'approved', 0,"
            " created_at FROM territory_plan WHERE id = %s",
            draft.pk,
        )


@pytest.mark.parametrize(
    "change",
    [
        "outline = ST_Multi(ST_Reverse(outline))",
        "number = number + 1",
        "revision = revision + 1",
    ],
)
def test_outline_and_revision_rest_once_a_plan_is_no_draft(draft: Plan, change: str) -> None:
    run(f"UPDATE territory_plan SET {change} WHERE id = %s", draft.pk)
    move(draft, "in_review")
    with refused("plan_is_draft"):
        run(f"UPDATE territory_plan SET {change} WHERE id = %s", draft.pk)
    run("UPDATE territory_plan SET name = 'summer' WHERE id = %s", draft.pk)


def test_only_drafts_are_deleted(draft: Plan) -> None:
    other = plan_of([], whole(TOWN), scheme=draft.scheme, number=2)
    run("DELETE FROM territory_plan WHERE id = %s", other.pk)
    move(draft, "withdrawn")
    with refused("plan_only_drafts_deleted"):
        run("DELETE FROM territory_plan WHERE id = %s", draft.pk)


def test_a_boundary_is_never_changed(draft: Plan) -> None:
    with refused("area_boundary_never_changed"):
        run("UPDATE territory_areaboundary SET basis = 'other'")


def test_a_boundary_of_another_area_is_refused(draft: Plan) -> None:
    other = plan_of([], whole(TOWN))
    with refused("plan_boundary_of_its_area"):
        run("UPDATE territory_plan SET boundary_id = %s WHERE id = %s", other.boundary_id, draft.pk)


def test_a_scheme_stays_in_its_area(draft: Plan) -> None:
    other = plan_of([], whole(TOWN)).scheme
    with refused("scheme_stays_in_its_area"):
        run(
            "UPDATE territory_scheme SET area_id = %s WHERE id = %s", other.area_id, draft.scheme_id
        )


def test_levels_rest_once_a_plan_is_no_draft(draft: Plan) -> None:
    run("UPDATE territory_level SET depth = 2")
    run("UPDATE territory_level SET depth = 1")
    move(draft, "in_review")
    run("UPDATE territory_level SET name_zh = '片区'")
    with refused("level_scheme_has_only_drafts"):
        run("UPDATE territory_level SET depth = 2")
    with refused("level_scheme_has_only_drafts"):
        run("DELETE FROM territory_level")


def test_an_exact_approved_plan_comes_into_force(draft: Plan) -> None:
    put_in_force(move(draft, "in_review", "approved"))
    assert Term.objects.count() == 1


@pytest.mark.parametrize("states", [(), ("in_review",), ("withdrawn",)])
def test_a_plan_that_is_not_approved_does_not(draft: Plan, states: tuple[str, ...]) -> None:
    with refused("term_plan_approved"):
        put_in_force(move(draft, *states))


def _gap(grids: dict[str, shapely.Geometry]) -> list[shapely.Geometry]:
    return [grids["a"], grids["b"]]


def _overlap(grids: dict[str, shapely.Geometry]) -> list[shapely.Geometry]:
    return [*grids.values(), grids["c"]]


def _outside(grids: dict[str, shapely.Geometry]) -> list[shapely.Geometry]:
    return [*grids.values(), square(9, 9)]


@pytest.mark.parametrize("spoil", [_gap, _overlap, _outside])
def test_an_inexact_plan_does_not(
    spoil: Callable[[dict[str, shapely.Geometry]], list[shapely.Geometry]],
) -> None:
    plan = move(plan_of(spoil(picture(TOWN)), whole(TOWN)), "in_review", "approved")
    with refused("term_plan_exact"):
        put_in_force(plan)


def test_unassigned_land_does_not(draft: Plan) -> None:
    run("UPDATE territory_grid SET kind = 'unassigned' WHERE code = '00001'")
    with refused("term_plan_assigned"):
        put_in_force(move(draft, "in_review", "approved"))


def test_a_leaf_in_pieces_needs_a_reason() -> None:
    scattered, reasoned = plan_of(picture("aba").values(), whole("aba")), None
    with refused("term_plan_pieces"):
        put_in_force(move(scattered, "in_review", "approved"))
    reasoned = plan_of(picture("aba").values(), whole("aba"))
    run("UPDATE territory_grid SET pieces_reason = '飞地' WHERE plan_id = %s", reasoned.pk)
    put_in_force(move(reasoned, "in_review", "approved"))


def test_a_leaf_may_have_one_piece_on_each_island() -> None:
    islands = "aab.a"
    plan = plan_of(picture(islands).values(), whole(islands))
    put_in_force(move(plan, "in_review", "approved"))


def test_an_outline_that_left_its_base_does_not() -> None:
    plan = plan_of(picture(TOWN).values(), whole(TOWN), base=whole("aab"))
    with refused("term_plan_outline"):
        put_in_force(move(plan, "in_review", "approved"))


def test_a_parent_that_is_not_the_union_of_its_children_does_not() -> None:
    grids = picture(TOWN)
    plan = plan_of([], whole(TOWN), scheme=scheme_of(2))
    top = [grid_row(plan, 0, union([grids["a"], grids["c"]])), grid_row(plan, 1, grids["b"])]
    Grid.objects.bulk_create(top)
    for number, (letter, parent) in enumerate([("a", 0), ("b", 1), ("c", 1)], start=2):
        grid_row(plan, number, grids[letter], level=2, parent=top[parent]).save()
    with refused("term_plan_exact"), transaction.atomic():
        put_in_force(move(plan, "in_review", "approved"))
    Grid.objects.filter(code="00004").update(parent=top[0])
    put_in_force(move(plan, "in_review", "approved"))


def test_a_parent_without_children_does_not() -> None:
    grids = picture(TOWN)
    plan = plan_of(grids.values(), whole(TOWN), scheme=scheme_of(2))
    with refused("term_plan_exact"):
        put_in_force(move(plan, "in_review", "approved"))


def test_a_parent_in_another_plan_does_not(draft: Plan) -> None:
    run("UPDATE territory_grid SET level = 3, parent_id = (SELECT min(id) FROM territory_grid)")
    with refused("term_plan_levels"):
        put_in_force(move(draft, "in_review", "approved"))


def test_of_a_term_only_the_end_changes_and_only_to_earlier() -> None:
    term = plan_in_force(SchemeFactory())
    shorten = "UPDATE territory_term SET during = tstzrange(lower(during), %s)"
    now = timezone.now()
    run(shorten, (now + timedelta(days=2)).isoformat())
    run(shorten, now.isoformat())
    with refused("term_only_ended_earlier"):
        run(shorten, (now + timedelta(days=1)).isoformat())
    with refused("term_only_ended_earlier"):
        run("UPDATE territory_term SET during = tstzrange('2026-04-01', upper(during))")
    with refused("term_only_ended_earlier"):
        run("UPDATE territory_term SET plan_id = %s", draft_plan(term.scheme).pk)
    with refused("term_never_deleted"):
        run("DELETE FROM territory_term")


def test_a_term_begins_somewhere() -> None:
    plan = approved_plan(SchemeFactory())
    with refused("territory_term_during_has_a_start"):
        run(
            "INSERT INTO territory_term (plan_id, scheme_id, during, receipt)"
            " VALUES (%s, %s, tstzrange(NULL, NULL), '{}')",
            plan.pk, plan.scheme_id,
        )  # fmt: skip


def test_a_term_belongs_to_the_scheme_of_its_plan() -> None:
    plan = approved_plan(SchemeFactory())
    plan.scheme_id = SchemeFactory().pk
    with refused("term_plan_of_its_scheme"):
        put_in_force(plan)


def test_a_plan_that_counted_once_is_not_withdrawn() -> None:
    plan = plan_in_force(SchemeFactory()).plan
    with refused("plan_transition"):
        move(plan, "withdrawn")


@pytest.mark.parametrize(
    ("shape", "rule"),
    [
        ("MULTIPOLYGON(((0 0, 1e-4 1e-4, 1e-4 0, 0 1e-4, 0 0)))", "boundary_valid"),
        ("MULTIPOLYGON(((0 0, 1e-4 0, 1e-4 0.00001234567, 0 0)))", "boundary_on_lattice"),
        ("MULTIPOLYGON(((0 85, 1 85, 1 86, 0 85)))", "boundary_in_window"),
        ("MULTIPOLYGON EMPTY", "boundary_usable"),
    ],
)
def test_geometries_that_cannot_be_used(draft: Plan, shape: str, rule: str) -> None:
    with refused(f"territory_grid_{rule}"):
        run(f"UPDATE territory_grid SET boundary = ST_GeomFromText('{shape}', 4326)")


def test_a_shape_of_too_many_points_is_refused(draft: Plan) -> None:
    star = snap(shapely.segmentize(shapely.box(113, 30, 114, 31), 3.9e-5))
    with refused("territory_grid_boundary_usable"):
        run(
            "UPDATE territory_grid SET boundary = ST_GeomFromWKB(%s, 4326)",
            bytes(from_shapely(star, multi=True).wkb),
        )


def test_founding_day_of_the_factories_is_in_force() -> None:
    """The guards let the ordinary way through."""
    assert plan_in_force(SchemeFactory()).during.lower == FOUNDED


def test_a_refusal_has_a_code_and_a_sentence() -> None:
    plan = draft_plan(SchemeFactory())
    run("DELETE FROM territory_grid WHERE plan_id = %s AND level = 2", plan.pk)
    move(plan, "in_review", "approved")
    with pytest.raises(Refused) as refusal, guards_told(), transaction.atomic():
        put_in_force(plan)
    assert refusal.value.as_dict()["code"] == "territory.refused"
    assert refusal.value.data == {"rule": "term_plan_exact"}
    assert str(refusal.value)


def test_every_rule_of_the_database_has_a_sentence() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(prosrc, '') FROM pg_proc WHERE proname LIKE 'territory%'")
        sources = cursor.fetchone()[0]
        cursor.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE conrelid::regclass::text LIKE 'territory%%' AND conname LIKE 'territory%%'"
            " AND contype = 'c' AND conname !~ '(level|number|depth|width|min|max|revision|"
            "dwellings|buildings|shops|schools|hospitals|facilities|hazards)_check$'"
        )
        named = {name for (name,) in cursor.fetchall()}
    named |= set(re.findall(r"territory_refuse\('(\w+[a-z])'", sources))
    assert len(named) > 15
    assert named <= set(RULES)


def test_a_term_that_lies_ahead_can_be_taken_back() -> None:
    """And only that: the running plan then goes on as if nothing had been planned."""
    scheme = SchemeFactory()
    running, next_plan = plan_in_force(scheme), approved_plan(scheme)
    run("UPDATE territory_term SET during = tstzrange(lower(during), now() + '1 day')")
    put_in_force(next_plan, (timezone.now() + timedelta(days=1)).isoformat())
    run("DELETE FROM territory_term WHERE plan_id = %s", next_plan.pk)
    run("UPDATE territory_term SET during = tstzrange(lower(during), NULL)")
    assert list(Term.objects.all()) == [running]
    with refused("term_never_deleted"):
        run("DELETE FROM territory_term")


def test_a_fixed_outline_may_be_refined_but_not_moved() -> None:
    plan = approved_plan(SchemeFactory())
    move_nothing = "UPDATE territory_grid SET fixed_boundary = {} WHERE plan_id = %s AND level = 1"
    draft = draft_plan(SchemeFactory())
    run(move_nothing.format("ST_Multi(ST_SimplifyPreserveTopology(boundary, 0))"), draft.pk)
    put_in_force(move(draft, "in_review", "approved"))
    moved = draft_plan(plan.scheme)
    run(move_nothing.format("(SELECT outline FROM territory_plan WHERE id = plan_id)"), moved.pk)
    with refused("term_plan_fixed"):
        put_in_force(move(moved, "in_review", "approved"))
