"""What happened is not told differently afterwards: terms, successions, codes, fixed outlines."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from geogrid.territory.actions import edit
from geogrid.territory.commands import Merge
from geogrid.territory.models import GridChange, GridCode, Succession, Term
from tests.domain.redrawing import LATER, draft_of, leaf, settled
from tests.domain.test_guards import move, put_in_force, refused, run
from tests.factories import SchemeFactory, approved_plan, draft_plan, plan_in_force

pytestmark = pytest.mark.django_db


def test_a_term_neither_begins_nor_ends_in_the_past() -> None:
    """Which plan counted in May stands in cases and letters; only a history from elsewhere does."""
    scheme = SchemeFactory()
    running, plan = plan_in_force(scheme), approved_plan(scheme)
    shorten = "UPDATE territory_term SET during = tstzrange(lower(during), %s)"
    with refused("term_not_in_the_past"):
        run(shorten, "2026-05-01")
    run(shorten, timezone.now().isoformat())
    with refused("term_not_in_the_past"):
        put_in_force(plan, "2026-05-01")
    run("UPDATE territory_term SET receipt = '{}'")
    with transaction.atomic():
        run("SELECT set_config('geogrid.backdated', 'on', true)")
        run(shorten, "2026-05-01")
        put_in_force(plan, "2026-05-01")
    assert Term.objects.filter(plan=running.plan).get().during.upper < timezone.now()


def test_what_was_done_to_a_plan_beyond_draft_is_not_deleted() -> None:
    term = plan_in_force(SchemeFactory())
    draft = draft_of(term.scheme)
    edit(
        plan=draft, by=None, at=LATER,
        command=Merge(leaf(draft, "c").lineage, (leaf(draft, "d").lineage,), base_revision=0),
    )  # fmt: skip
    GridChange.objects.filter(edit__plan=draft)[:1].get().delete()
    settled(draft)
    kept = [
        GridChange.objects.filter(edit__plan=draft),
        Succession.objects.filter(plan=draft),
        GridCode.objects.filter(scheme=draft.scheme),
    ]
    for rows in kept:
        assert rows.exists()
        with refused("territory_history_never_deleted"):
            rows.delete()
    with refused("territory_history_never_changed"):
        run("UPDATE territory_succession SET share_of_area = 0")


def test_which_levels_are_fixed_stays_once_people_rely_on_a_plan() -> None:
    scheme = SchemeFactory()
    draft_plan(scheme)
    scheme.levels.update(fixed=False)
    scheme.levels.filter(depth=1).update(fixed=True)
    approved_plan(scheme)
    with refused("level_scheme_has_only_drafts"):
        scheme.levels.update(fixed=False)


def test_a_fixed_level_without_fixed_outlines_is_a_defect() -> None:
    plan = draft_plan(SchemeFactory())
    plan.scheme.levels.update(fixed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT defect, amount FROM plan_defects(%s)", [plan.pk])
        assert cursor.fetchall() == [("fixed", 4)]
    with refused("term_plan_fixed"):
        put_in_force(move(plan, "in_review", "approved"))
