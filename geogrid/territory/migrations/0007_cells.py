"""Cells outlive the rows of the ground, and belong to their plan as its grids do.

A home keeps its building and entrance in words; the link to the ground's row may be emptied and
found again whatever became of the plan. Everything else of a cell changes in drafts only.
"""

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION territory_cell_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan record;
BEGIN
    IF TG_TABLE_NAME = 'territory_cellunit' AND TG_OP = 'UPDATE'
        AND to_jsonb(OLD) - 'unit_id' = to_jsonb(NEW) - 'unit_id' THEN
        RETURN NEW;
    END IF;
    -- Locked for the reason given in 0003: what is only read races with a change of state.
    FOR plan IN SELECT id, state FROM territory_plan
        WHERE id IN (OLD.plan_id, NEW.plan_id) ORDER BY id FOR SHARE
    LOOP
        IF plan.state <> 'draft' THEN
            PERFORM territory_refuse('cell_plan_is_draft',
                format('plan %s is %s: its cells cannot change', plan.id, plan.state), TG_TABLE_NAME);
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION territory_cell_belongs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.grid_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM territory_grid g WHERE g.id = NEW.grid_id AND g.plan_id = NEW.plan_id
            AND g.level = plan_depth(NEW.plan_id)) THEN
        PERFORM territory_refuse('cell_in_a_leaf_of_its_plan',
            'a cell belongs to a lowest grid of its own plan', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION territory_cell_unit_belongs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM territory_cell c WHERE c.id = NEW.cell_id AND c.plan_id = NEW.plan_id) THEN
        PERFORM territory_refuse('cell_unit_of_its_plan',
            'a home belongs to a cell of its own plan', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION territory_plan_cells_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM territory_cell c WHERE c.plan_id = NEW.id AND c.grid_id IS NULL) THEN
        PERFORM territory_refuse('cell_has_a_leaf',
            format('plan %s has a cell whose grid is gone', NEW.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER territory_cell_guard BEFORE INSERT OR UPDATE OR DELETE ON territory_cell
    FOR EACH ROW EXECUTE FUNCTION territory_cell_guard();
CREATE TRIGGER territory_cell_guard BEFORE INSERT OR UPDATE OR DELETE ON territory_cellunit
    FOR EACH ROW EXECUTE FUNCTION territory_cell_guard();
CREATE TRIGGER territory_cell_belongs BEFORE INSERT OR UPDATE OF plan_id, grid_id ON territory_cell
    FOR EACH ROW EXECUTE FUNCTION territory_cell_belongs();
CREATE TRIGGER territory_cell_unit_belongs
    BEFORE INSERT OR UPDATE OF plan_id, cell_id ON territory_cellunit
    FOR EACH ROW EXECUTE FUNCTION territory_cell_unit_belongs();
CREATE TRIGGER territory_plan_cells_guard BEFORE UPDATE OF state ON territory_plan
    FOR EACH ROW WHEN (OLD.state = 'draft' AND NEW.state = 'in_review')
    EXECUTE FUNCTION territory_plan_cells_guard();
CREATE TRIGGER territory_cell_never_truncated BEFORE TRUNCATE ON territory_cell
    FOR EACH STATEMENT EXECUTE FUNCTION territory_never_truncated();
CREATE TRIGGER territory_cellunit_never_truncated BEFORE TRUNCATE ON territory_cellunit
    FOR EACH STATEMENT EXECUTE FUNCTION territory_never_truncated();

CALL ground_pin_search_path(ARRAY['territory']);
"""

UNDO = """
DROP TRIGGER territory_cell_never_truncated ON territory_cell;
DROP TRIGGER territory_cellunit_never_truncated ON territory_cellunit;
DROP FUNCTION territory_plan_cells_guard() CASCADE;
DROP FUNCTION territory_cell_unit_belongs() CASCADE;
DROP FUNCTION territory_cell_belongs() CASCADE;
DROP FUNCTION territory_cell_guard() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0003_ground_checks"),
        ("territory", "0006_terms_ahead"),
    ]

    operations = [
        migrations.AddField(
            model_name="cellunit",
            name="building",
            field=models.CharField(
                default="", max_length=200, verbose_name="number of the building"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="cellunit",
            name="address",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="address of the building"
            ),
        ),
        migrations.AddField(
            model_name="cellunit",
            name="entrance",
            field=models.CharField(default="", max_length=20, verbose_name="entrance"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="cellunit",
            name="search",
            field=models.CharField(default="", editable=False, max_length=240),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="cellunit",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="places.unit",
            ),
        ),
        migrations.AlterField(
            model_name="cell",
            name="grid",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="cells",
                to="territory.grid",
            ),
        ),
        migrations.AddField(
            model_name="scheme",
            name="cell_households_max",
            field=models.PositiveIntegerField(
                default=30,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="households of a cell up to",
            ),
        ),
        migrations.AlterField(
            model_name="planevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("started", "started"),
                    ("imported", "imported"),
                    ("proposed", "proposed"),
                    ("sent_back", "sent back"),
                    ("approved", "approved"),
                    ("withdrawn", "withdrawn"),
                    ("unlocked", "fixed outline unlocked"),
                    ("unscheduled", "taken back before it began"),
                    ("cells", "homes shared out"),
                ],
                max_length=12,
                verbose_name="what",
            ),
        ),
        migrations.AddIndex(
            model_name="cellunit",
            index=models.Index(fields=["plan", "search"], name="cell_unit_by_address"),
        ),
        migrations.AddIndex(
            model_name="cellunit",
            index=models.Index(fields=["building", "entrance"], name="cell_unit_by_door"),
        ),
        migrations.AddConstraint(
            model_name="cellunit",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("plan", "="),
                    ("building", "="),
                    ("entrance", "="),
                    ("floors", "&&"),
                ],
                name="cell_home_once_per_plan",
            ),
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
