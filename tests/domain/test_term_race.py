"""Two sessions at once: whoever comes second waits, then learns that the plan moved on.

Without the row locks both succeed, and a plan with unproved grids is in force (measured).
"""

import threading
import time
from collections.abc import Iterator
from importlib import import_module

import psycopg2
import pytest
from psycopg2 import errors
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from geogrid.territory.models import Plan, Term
from tests.conftest import Clone
from tests.domain.division import plan_of, scheme_of
from tests.domain.test_guards import ADD, TOWN, move
from tests.pictures import picture, whole

pytestmark = pytest.mark.django_db(transaction=True)
Session = psycopg2.extensions.connection
TERM = (
    "INSERT INTO territory_term (plan_id, scheme_id, during, receipt)"
    " SELECT id, scheme_id, tstzrange(now(), NULL), '{}' FROM territory_plan WHERE id = %s"
)
STATE = "UPDATE territory_plan SET state = %s WHERE id = %s"


@pytest.fixture
def draft(transactional_db: None) -> Plan:
    return plan_of(picture(TOWN).values(), whole(TOWN))


@pytest.fixture
def drawing(clone: Clone, draft: Plan) -> Iterator[Session]:
    """A planner's session."""
    session = clone.connect("geogrid_app")
    yield session
    session.close()


@pytest.fixture
def deciding(clone: Clone, draft: Plan) -> Iterator[Session]:
    """An approver's session."""
    session = clone.connect("geogrid_app")
    yield session
    session.close()


def tell(session: Session, statement: str, *values: object) -> None:
    with session.cursor() as cursor:
        cursor.execute(statement, values)


def patience(session: Session, milliseconds: int = 200) -> None:
    tell(session, f"SET lock_timeout = '{milliseconds}ms'")
    session.commit()


def rule(refusal: psycopg2.Error) -> str | None:
    return refusal.diag.constraint_name


def test_the_approver_waits_for_grids_being_drawn_and_then_sees_them(
    draft: Plan, drawing: Session, deciding: Session
) -> None:
    tell(drawing, ADD, draft.pk)  # doubles every grid, not committed yet
    patience(deciding)
    with pytest.raises(errors.LockNotAvailable):
        tell(deciding, STATE, "in_review", draft.pk)
    deciding.rollback()
    drawing.commit()
    tell(deciding, STATE, "in_review", draft.pk)
    tell(deciding, STATE, "approved", draft.pk)
    with pytest.raises(errors.CheckViolation) as refusal:
        tell(deciding, TERM, draft.pk)
    assert rule(refusal.value) == "term_plan_exact"


def test_the_planner_waits_for_the_approver_and_is_then_refused(
    draft: Plan, drawing: Session, deciding: Session
) -> None:
    tell(deciding, STATE, "in_review", draft.pk)
    patience(drawing)
    with pytest.raises(errors.LockNotAvailable):
        tell(drawing, ADD, draft.pk)
    drawing.rollback()
    deciding.commit()
    with pytest.raises(errors.CheckViolation) as refusal:
        tell(drawing, ADD, draft.pk)
    assert rule(refusal.value) == "grid_plan_is_draft"


def test_levels_and_states_wait_for_each_other(
    draft: Plan, drawing: Session, deciding: Session
) -> None:
    tell(drawing, "UPDATE territory_level SET depth = 2")  # every grid would stop being a leaf
    patience(deciding)
    with pytest.raises(errors.LockNotAvailable):
        tell(deciding, STATE, "in_review", draft.pk)
    deciding.rollback()
    drawing.rollback()
    tell(deciding, STATE, "in_review", draft.pk)
    deciding.commit()
    with pytest.raises(errors.CheckViolation) as refusal:
        tell(drawing, "UPDATE territory_level SET depth = 2")
    assert rule(refusal.value) == "level_scheme_has_only_drafts"


def test_whole_race_with_both_sessions_running(
    draft: Plan, drawing: Session, deciding: Session
) -> None:
    """The approver's whole walk starts while a grid is uncommitted, and waits in the first step."""
    refusals: list[str | None] = []

    def decide() -> None:
        try:
            tell(deciding, STATE, "in_review", draft.pk)
            tell(deciding, STATE, "approved", draft.pk)
            tell(deciding, TERM, draft.pk)
            deciding.commit()
        except psycopg2.Error as refusal:
            refusals.append(rule(refusal))
            deciding.rollback()

    tell(drawing, ADD, draft.pk)
    walk = threading.Thread(target=decide)
    walk.start()
    time.sleep(0.3)
    assert walk.is_alive()
    drawing.commit()
    walk.join(10)
    assert refusals == ["term_plan_exact"]
    assert not Term.objects.exists()


def test_a_snapshot_from_before_cannot_put_a_plan_in_force(
    draft: Plan, drawing: Session, deciding: Session
) -> None:
    """At repeatable read the approver would never see the grids committed meanwhile."""
    deciding.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ)
    tell(deciding, "SELECT count(*) FROM territory_grid")  # takes the snapshot
    tell(drawing, ADD, draft.pk)
    drawing.commit()
    tell(deciding, STATE, "in_review", draft.pk)
    tell(deciding, STATE, "approved", draft.pk)
    with pytest.raises(errors.CheckViolation) as refusal:
        tell(deciding, TERM, draft.pk)
    assert rule(refusal.value) == "term_read_committed"


def test_of_two_plans_put_in_force_at_once_one_wins(clone: Clone, transactional_db: None) -> None:
    scheme = scheme_of()
    plans = [
        move(plan_of(picture(TOWN).values(), whole(TOWN), scheme=scheme, number=n),
             "in_review", "approved")
        for n in (1, 2)
    ]  # fmt: skip
    sessions = [clone.connect("geogrid_app") for _ in plans]
    refusals: list[str | None] = []

    def enact(session: Session, plan: Plan) -> None:
        try:
            tell(session, TERM, plan.pk)
            session.commit()
        except psycopg2.Error as refusal:
            refusals.append(rule(refusal))
            session.rollback()

    walks = [
        threading.Thread(target=enact, args=pair) for pair in zip(sessions, plans, strict=True)
    ]
    for walk in walks:
        walk.start()
    for walk in walks:
        walk.join(10)
    for session in sessions:
        session.close()
    assert refusals == ["term_one_plan_in_force"]
    assert Term.objects.count() == 1


@pytest.mark.parametrize(
    "table",
    [
        "area",
        "areaboundary",
        "scheme",
        "level",
        "plan",
        "grid",
        "term",
        "gridchange",
        "gridcode",
        "succession",
        "planevent",
    ],
)
def test_nothing_is_truncated_not_even_by_the_owner(as_owner: Session, table: str) -> None:
    with pytest.raises(errors.CheckViolation) as refusal:
        tell(as_owner, f"TRUNCATE territory_{table} CASCADE")
    assert rule(refusal.value) == "territory_never_truncated"
    as_owner.rollback()
    with pytest.raises(errors.CheckViolation):  # nor by way of a table it refers to
        tell(as_owner, "TRUNCATE accounts_user CASCADE")


def test_the_owner_cannot_shift_a_plan_either(as_owner: Session) -> None:
    plan = move(plan_of(picture(TOWN).values(), whole(TOWN)), "in_review")
    with pytest.raises(errors.CheckViolation) as refusal:
        tell(as_owner, "UPDATE territory_grid SET name = '' WHERE plan_id = %s", plan.pk)
    assert rule(refusal.value) == "grid_plan_is_draft"


def test_plans_from_before_fixed_outlines_get_those_they_had(as_owner: Session) -> None:
    """The owner of the tables may migrate them, grids of plans people rely on included."""
    plan = plan_of(picture(TOWN).values(), whole(TOWN))
    plan.scheme.levels.update(fixed=True)
    move(plan, "in_review", "approved")
    with pytest.raises(errors.CheckViolation) as refusal:
        tell(as_owner, TERM, plan.pk)
    assert rule(refusal.value) == "term_plan_fixed"
    as_owner.rollback()
    tell(as_owner, import_module("geogrid.territory.migrations.0008_history_stays").FILL)
    as_owner.commit()
    assert all(grid.fixed_boundary.equals_exact(grid.boundary) for grid in plan.grids.all())
    tell(as_owner, TERM, plan.pk)
    with pytest.raises(errors.CheckViolation) as refusal:
        tell(as_owner, "UPDATE territory_grid SET name = '' WHERE plan_id = %s", plan.pk)
    assert rule(refusal.value) == "grid_plan_is_draft"
