"""What lies ahead can still change: a scheduled term may be taken back before it begins.

Until now a term was never deleted and never lengthened, so a plan scheduled by mistake could not be
stopped. What has been in force up to this moment stays as it was, for everybody. Besides: a plan
whose fixed outlines have moved cannot come into force, and codes of plans that were proposed before
codes were burnt are burnt.
"""

import django.db.models.deletion
from django.db import migrations, models

TERMS = """
CREATE OR REPLACE FUNCTION territory_term_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan record;
    found record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF lower(OLD.during) <= clock_timestamp() THEN
            PERFORM territory_refuse('term_never_deleted',
                'which plan counted when is never forgotten', TG_TABLE_NAME);
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.id, OLD.plan_id, OLD.scheme_id, lower(OLD.during))
            IS DISTINCT FROM (NEW.id, NEW.plan_id, NEW.scheme_id, lower(NEW.during))
            -- An end that lies ahead may move away again: the next term was taken back.
            OR NOT (NEW.during <@ OLD.during OR upper(OLD.during) > clock_timestamp()) THEN
            PERFORM territory_refuse('term_only_ended_earlier',
                'of a term only the end can change, to an earlier moment', TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    -- A snapshot taken before another session's grids were committed would not see them.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM territory_refuse('term_read_committed',
            'a plan is put in force at isolation level read committed', TG_TABLE_NAME);
    END IF;
    SELECT p.* INTO plan FROM territory_plan p WHERE p.id = NEW.plan_id FOR NO KEY UPDATE;
    IF plan.scheme_id IS DISTINCT FROM NEW.scheme_id THEN
        PERFORM territory_refuse('term_plan_of_its_scheme',
            'the plan belongs to another scheme', TG_TABLE_NAME);
    END IF;
    IF plan.state <> 'approved' THEN
        PERFORM territory_refuse('term_plan_approved',
            format('plan %s is %s, not approved', plan.id, plan.state), TG_TABLE_NAME);
    END IF;
    FOR found IN SELECT * FROM plan_defects(NEW.plan_id) LIMIT 1 LOOP
        PERFORM territory_refuse('term_plan_' || found.defect,
            format('plan %s cannot be put in force: %s (%s)', plan.id, found.defect, found.amount),
            TG_TABLE_NAME);
    END LOOP;
    RETURN NEW;
END $$;
CALL ground_pin_search_path(ARRAY['territory']);
"""

DEFECTS = """
-- As in 0002_proof, and `fixed`: an administrative outline is refined, never moved.
CREATE OR REPLACE FUNCTION plan_defects(wanted bigint)
RETURNS TABLE (defect text, amount bigint, grids bigint[])
LANGUAGE sql STABLE AS $$
    WITH g AS (SELECT * FROM territory_grid WHERE plan_id = wanted),
    deepest AS MATERIALIZED (SELECT plan_depth(wanted) AS depth)
    SELECT 'levels', count(*), array_agg(g.id ORDER BY g.id)
    FROM g LEFT JOIN territory_grid above ON above.id = g.parent_id, deepest
    WHERE deepest.depth IS NULL OR g.level > deepest.depth
       OR (g.level > 1 AND (above.plan_id, above.level) IS DISTINCT FROM (g.plan_id, g.level - 1))
       OR (g.level = 1 AND g.parent_id IS NOT NULL) OR g.level < 1
    HAVING count(*) > 0
    UNION ALL
    SELECT 'assigned', count(*), array_agg(g.id ORDER BY g.id)
    FROM g, deepest WHERE g.kind = 'unassigned' HAVING count(*) > 0
    UNION ALL
    -- A leaf may have one piece in every piece of the territory, more only for a stated reason.
    SELECT 'pieces', count(DISTINCT crowded.id), array_agg(DISTINCT crowded.id ORDER BY crowded.id)
    FROM (
        SELECT g.id
        FROM g JOIN deepest ON g.level = deepest.depth,
             LATERAL ST_Dump(g.boundary) AS piece,
             LATERAL ST_Dump((SELECT p.outline FROM territory_plan p WHERE p.id = wanted)) AS land
        WHERE ST_NumGeometries(g.boundary) > 1 AND g.pieces_reason = ''
          AND ST_Within(ST_PointOnSurface(piece.geom), land.geom)
        GROUP BY g.id, land.path HAVING count(*) > 1
    ) AS crowded HAVING count(*) > 0
    UNION ALL
    SELECT 'outline', departures, NULL
    FROM (
        SELECT plan_outline_departures(a.boundary, p.outline) AS departures
        FROM territory_plan p JOIN territory_areaboundary a ON a.id = p.boundary_id
        WHERE p.id = wanted
    ) AS refined WHERE departures > 0
    UNION ALL
    SELECT 'fixed', count(*), array_agg(moved.id ORDER BY moved.id)
    FROM (
        SELECT g.id
        FROM g JOIN territory_plan p ON p.id = g.plan_id
        JOIN territory_level l ON l.scheme_id = p.scheme_id AND l.depth = g.level AND l.fixed
        WHERE CASE WHEN g.fixed_boundary::bytea = g.boundary::bytea THEN false
                   ELSE plan_outline_departures(g.fixed_boundary, g.boundary) > 0 END
    ) AS moved HAVING count(*) > 0
    UNION ALL
    SELECT 'exact', count(*), array_agg(DISTINCT residue.parent) FILTER (WHERE residue.parent > 0)
    FROM plan_residue(wanted) AS residue HAVING count(*) > 0
$$;
CALL ground_pin_search_path(ARRAY['plan']);
ALTER FUNCTION plan_residue(bigint) SET work_mem = '128MB' SET jit = off;
ALTER FUNCTION plan_outline_departures(geometry, geometry) SET jit = off;
ALTER FUNCTION plan_defects(bigint) SET jit = off;
"""

# A code that two grids had belongs to the earlier one; the later plan stays as it is.
CODES = """
INSERT INTO territory_gridcode (scheme_id, code, lineage)
SELECT DISTINCT ON (p.scheme_id, g.code) p.scheme_id, g.code, g.lineage
FROM territory_grid g JOIN territory_plan p ON p.id = g.plan_id
WHERE p.state <> 'draft'
ORDER BY p.scheme_id, g.code, p.number
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0001_initial"),
        ("territory", "0005_history_guards"),
    ]

    operations = [
        # Named, because pictures that nothing visible refers to are removed after a day.
        migrations.AlterField(
            model_name="planevent",
            name="scan",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plan_events",
                to="media.attachment",
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
                ],
                max_length=12,
                verbose_name="what",
            ),
        ),
        migrations.RunSQL(DEFECTS, migrations.RunSQL.noop),
        migrations.RunSQL(TERMS, migrations.RunSQL.noop),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
    ]
