"""Whoever writes addresses, in whatever way, gives their layer a new version.

The index of street names is kept in each web process until the version changes; a writer that
forgot to say so would leave new streets unfindable.
"""

from django.db import migrations, models

RAISE = """
    CREATE FUNCTION places_addresses_changed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO feeds_layerversion AS v (layer, number)
        VALUES ('addresses', (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
        ON CONFLICT (layer) DO UPDATE SET number = greatest(v.number + 1, excluded.number);
        RETURN NULL;
    END $$;
    CREATE TRIGGER addresses_changed
        AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON places_address
        FOR EACH STATEMENT EXECUTE FUNCTION places_addresses_changed();
"""
UNDO = "DROP FUNCTION places_addresses_changed CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("places", "0003_ground_checks"), ("feeds", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="address",
            index=models.Index(fields=["street"], name="address_by_street"),
        ),
        migrations.RunSQL(RAISE, UNDO),
    ]
