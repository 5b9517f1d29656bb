"""History is written once: edits, what they changed, steps of a plan, and codes that were used.

`by` may become empty when an account goes; nothing else of these rows ever changes.
"""

from django.db import migrations

COLUMNS = "CALL ground_guard_column('territory_grid', 'fixed_boundary', 100000, true);"

GUARDS = (
    """
CREATE FUNCTION territory_history_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    older jsonb := to_jsonb(OLD) - 'by_id';
    newer jsonb := to_jsonb(NEW) - 'by_id';
BEGIN
    IF older IS DISTINCT FROM newer THEN
        PERFORM territory_refuse('territory_history_never_changed',
            format('rows of %s are written once', TG_TABLE_NAME), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;

-- What happened to a plan goes only with its draft.
CREATE FUNCTION territory_history_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM territory_plan p WHERE p.id = OLD.plan_id AND p.state <> 'draft') THEN
        PERFORM territory_refuse('territory_history_never_deleted',
            format('rows of %s are kept with their plan', TG_TABLE_NAME), TG_TABLE_NAME);
    END IF;
    RETURN OLD;
END $$;
"""
    + "".join(
        f"""
CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION territory_history_guard();
"""
        for table in (
            "territory_boundaryedit",
            "territory_gridchange",
            "territory_gridcode",
            "territory_planevent",
        )
    )
    + "".join(
        f"""
CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION territory_history_kept();
"""
        for table in ("territory_boundaryedit", "territory_planevent")
    )
)

PIN = "CALL ground_pin_search_path(ARRAY['territory']);"

UNDO = """
DROP FUNCTION territory_history_guard() CASCADE;
DROP FUNCTION territory_history_kept() CASCADE;
ALTER TABLE territory_grid
    DROP CONSTRAINT territory_grid_fixed_boundary_usable,
    DROP CONSTRAINT territory_grid_fixed_boundary_in_window,
    DROP CONSTRAINT territory_grid_fixed_boundary_valid,
    DROP CONSTRAINT territory_grid_fixed_boundary_on_lattice;
"""


class Migration(migrations.Migration):
    dependencies = [("territory", "0004_plans_as_versions")]

    operations = [migrations.RunSQL(COLUMNS + GUARDS + PIN, UNDO)]
