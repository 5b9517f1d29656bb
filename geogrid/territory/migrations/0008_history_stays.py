"""What counted when is not told differently afterwards, not even by accident.

A term could begin months ago and shorten the one before it retroactively: whom a resident called in
May, and under which plan a case was handled, changed in silence. From here on terms begin and end
now or later. Whoever loads an existing history, as the demo does, says so in its transaction
(`geogrid.backdated`, see `geogrid.territory.actions.terms`).

Besides: a grid at a fixed level without its fixed outline is a defect, where it used to pass for
unmoved; which levels are fixed stays once people rely on a plan; and what edits changed, who
followed whom and which codes were used stays as long as its plan.
"""

from django.db import migrations

TERMS = """
CREATE OR REPLACE FUNCTION territory_term_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan record;
    found record;
    -- Minutes, because what is decided now is written when the proof is through.
    past timestamptz := clock_timestamp() - interval '10 minutes';
    backdated boolean := coalesce(current_setting('geogrid.backdated', true), '') = 'on';
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
        IF upper(NEW.during) IS DISTINCT FROM upper(OLD.during)
            AND upper(NEW.during) < past AND NOT backdated THEN
            PERFORM territory_refuse('term_not_in_the_past',
                format('a term ends now or later, not at %s', upper(NEW.during)), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    -- A snapshot taken before another session's grids were committed would not see them.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM territory_refuse('term_read_committed',
            'a plan is put in force at isolation level read committed', TG_TABLE_NAME);
    END IF;
    IF lower(NEW.during) < past AND NOT backdated THEN
        PERFORM territory_refuse('term_not_in_the_past',
            format('a term begins now or later, not at %s', lower(NEW.during)), TG_TABLE_NAME);
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
"""

LEVELS = """
DROP TRIGGER territory_level_guard ON territory_level;
CREATE TRIGGER territory_level_guard
    BEFORE INSERT OR DELETE OR UPDATE OF scheme_id, depth, fixed ON territory_level
    FOR EACH ROW EXECUTE FUNCTION territory_level_guard();
"""

KEPT = """
CREATE FUNCTION territory_change_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM territory_boundaryedit e JOIN territory_plan p ON p.id = e.plan_id
        WHERE e.id = OLD.edit_id AND p.state <> 'draft') THEN
        PERFORM territory_refuse('territory_history_never_deleted',
            format('rows of %s are kept with their plan', TG_TABLE_NAME), TG_TABLE_NAME);
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION territory_code_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM territory_plan p JOIN territory_grid g ON g.plan_id = p.id
        WHERE p.scheme_id = OLD.scheme_id AND p.state <> 'draft'
          AND (g.code, g.lineage) = (OLD.code, OLD.lineage)) THEN
        PERFORM territory_refuse('territory_history_never_deleted',
            format('code %s stands in a plan beyond draft', OLD.code), TG_TABLE_NAME);
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER territory_gridchange_never_deleted BEFORE DELETE ON territory_gridchange
    FOR EACH ROW EXECUTE FUNCTION territory_change_kept();
CREATE TRIGGER territory_succession_never_deleted BEFORE DELETE ON territory_succession
    FOR EACH ROW EXECUTE FUNCTION territory_history_kept();
CREATE TRIGGER territory_gridcode_never_deleted BEFORE DELETE ON territory_gridcode
    FOR EACH ROW EXECUTE FUNCTION territory_code_kept();
CREATE TRIGGER territory_succession_never_changed BEFORE UPDATE ON territory_succession
    FOR EACH ROW EXECUTE FUNCTION territory_history_guard();
""" + "".join(
    f"""
CREATE TRIGGER {table}_never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION territory_never_truncated();
"""
    for table in (
        "territory_boundaryedit",
        "territory_gridchange",
        "territory_gridcode",
        "territory_planevent",
        "territory_succession",
    )
)

# Plans from before the column existed have none: what they had then is what was fixed about them.
# Nothing else of these grids changes, so the guard of plans people rely on looks away for once.
FILL = """
ALTER TABLE territory_grid DISABLE TRIGGER territory_grid_guard;
UPDATE territory_grid g SET fixed_boundary = g.boundary
FROM territory_plan p JOIN territory_level l ON l.scheme_id = p.scheme_id
WHERE p.id = g.plan_id AND l.depth = g.level AND l.fixed AND g.fixed_boundary IS NULL;
ALTER TABLE territory_grid ENABLE TRIGGER territory_grid_guard;
"""

DEFECTS = """
-- As in 0006_terms_ahead, and `fixed` holds only where a fixed outline is there to be measured.
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
        WHERE CASE WHEN g.fixed_boundary IS NULL THEN true
                   WHEN g.fixed_boundary::bytea = g.boundary::bytea THEN false
                   ELSE plan_outline_departures(g.fixed_boundary, g.boundary) > 0 END
    ) AS moved HAVING count(*) > 0
    UNION ALL
    SELECT 'exact', count(*), array_agg(DISTINCT residue.parent) FILTER (WHERE residue.parent > 0)
    FROM plan_residue(wanted) AS residue HAVING count(*) > 0
$$;
CALL ground_pin_search_path(ARRAY['plan', 'territory']);
ALTER FUNCTION plan_residue(bigint) SET work_mem = '128MB' SET jit = off;
ALTER FUNCTION plan_outline_departures(geometry, geometry) SET jit = off;
ALTER FUNCTION plan_defects(bigint) SET jit = off;
"""


class Migration(migrations.Migration):
    dependencies = [("territory", "0007_cells")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(TERMS + LEVELS + KEPT + DEFECTS, migrations.RunSQL.noop),
    ]
