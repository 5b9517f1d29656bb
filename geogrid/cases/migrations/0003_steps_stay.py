"""What was done with a case can be added to, not rewritten, whoever writes to the database.

Only the link to an account or a worker that is deleted may become empty.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION case_steps_stay() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.by_id IS NOT DISTINCT FROM COALESCE(NEW.by_id, OLD.by_id)
        AND OLD.worker_id IS NOT DISTINCT FROM COALESCE(NEW.worker_id, OLD.worker_id)
        AND (to_jsonb(OLD) - 'by_id' - 'worker_id') = (to_jsonb(NEW) - 'by_id' - 'worker_id')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'steps of a case are never changed' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER case_steps_stay BEFORE UPDATE OR DELETE ON cases_caseevent
    FOR EACH ROW EXECUTE FUNCTION case_steps_stay();
"""
BACKWARD = """
DROP TRIGGER case_steps_stay ON cases_caseevent;
DROP FUNCTION case_steps_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_categories_and_deadlines")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
