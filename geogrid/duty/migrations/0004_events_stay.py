"""What was done to the roster can be added to, not rewritten, whoever writes to the database.

Only the link to an account or a worker that is deleted may become empty.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION duty_events_stay() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.by_id IS NOT DISTINCT FROM COALESCE(NEW.by_id, OLD.by_id)
        AND OLD.worker_id IS NOT DISTINCT FROM COALESCE(NEW.worker_id, OLD.worker_id)
        AND (to_jsonb(OLD) - 'by_id' - 'worker_id') = (to_jsonb(NEW) - 'by_id' - 'worker_id')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events of the roster are never changed'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER duty_events_stay BEFORE UPDATE OR DELETE ON duty_dutyevent
    FOR EACH ROW EXECUTE FUNCTION duty_events_stay();
"""
BACKWARD = """
DROP TRIGGER duty_events_stay ON duty_dutyevent;
DROP FUNCTION duty_events_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("duty", "0003_portraits_and_events")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
