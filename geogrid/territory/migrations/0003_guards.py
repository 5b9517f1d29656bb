"""Who may write what, whoever writes: triggers on plans, grids, boundaries, levels and terms.

Each refusal carries a constraint name; `geogrid.territory.refusals` turns it into a coded error.
A trigger that only *read* the plan's state would race with a session that is changing it, so the
plan's row is locked: FOR SHARE by whoever writes grids, and the change of state waits for them.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION territory_refuse(rule text, sentence text, guarded text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = rule, TABLE = guarded,
        MESSAGE = sentence;
END $$;

CREATE FUNCTION territory_never_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM territory_refuse('territory_never_truncated',
        format('%s holds plans people relied on and is never truncated', TG_TABLE_NAME),
        TG_TABLE_NAME);
    RETURN NULL;
END $$;
"""

GRIDS = """
CREATE FUNCTION territory_grid_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan record;
BEGIN
    -- The row lock is the point: see the module's first lines. In id order, against deadlocks.
    FOR plan IN SELECT id, state FROM territory_plan
        WHERE id IN (OLD.plan_id, NEW.plan_id) ORDER BY id FOR SHARE
    LOOP
        IF plan.state <> 'draft' THEN
            PERFORM territory_refuse('grid_plan_is_draft',
                format('plan %s is %s: its grids cannot change', plan.id, plan.state), TG_TABLE_NAME);
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER territory_grid_guard BEFORE INSERT OR UPDATE OR DELETE ON territory_grid
    FOR EACH ROW EXECUTE FUNCTION territory_grid_guard();
"""

PLANS = """
CREATE FUNCTION territory_plan_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            PERFORM territory_refuse('plan_only_drafts_deleted',
                format('plan %s is %s and cannot be deleted', OLD.id, OLD.state), TG_TABLE_NAME);
        END IF;
        RETURN OLD;
    END IF;
    IF NOT EXISTS (
        SELECT FROM territory_scheme s JOIN territory_areaboundary b ON b.area_id = s.area_id
        WHERE s.id = NEW.scheme_id AND b.id = NEW.boundary_id) THEN
        PERFORM territory_refuse('plan_boundary_of_its_area',
            'the boundary belongs to another area than the scheme', TG_TABLE_NAME);
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            PERFORM territory_refuse('plan_transition', 'a plan begins as a draft', TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'in_review'), ('draft', 'withdrawn'),
        ('in_review', 'draft'), ('in_review', 'approved'), ('in_review', 'withdrawn'),
        ('approved', 'withdrawn')) THEN
        PERFORM territory_refuse('plan_transition',
            format('plan %s cannot go from %s to %s', OLD.id, OLD.state, NEW.state), TG_TABLE_NAME);
    END IF;
    IF NEW.state = 'withdrawn'
        AND EXISTS (SELECT FROM territory_term t WHERE t.plan_id = OLD.id) THEN
        PERFORM territory_refuse('plan_transition',
            format('plan %s was put in force and cannot be withdrawn', OLD.id), TG_TABLE_NAME);
    END IF;
    IF OLD.state <> 'draft' AND (
        (OLD.id, OLD.scheme_id, OLD.number, OLD.boundary_id, OLD.revision, OLD.outline::bytea)
        IS DISTINCT FROM
        (NEW.id, NEW.scheme_id, NEW.number, NEW.boundary_id, NEW.revision, NEW.outline::bytea)) THEN
        PERFORM territory_refuse('plan_is_draft',
            format('plan %s is %s: only its name can change', OLD.id, OLD.state), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER territory_plan_guard BEFORE INSERT OR UPDATE OR DELETE ON territory_plan
    FOR EACH ROW EXECUTE FUNCTION territory_plan_guard();
"""

GROUND = """
CREATE FUNCTION territory_areaboundary_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM territory_refuse('area_boundary_never_changed',
        'a boundary is never changed: the next version follows it', TG_TABLE_NAME);
    RETURN NULL;
END $$;

CREATE TRIGGER territory_areaboundary_guard BEFORE UPDATE ON territory_areaboundary
    FOR EACH ROW EXECUTE FUNCTION territory_areaboundary_guard();

CREATE FUNCTION territory_scheme_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.area_id <> NEW.area_id THEN
        PERFORM territory_refuse('scheme_stays_in_its_area',
            'a scheme divides one area: make another one for another area', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER territory_scheme_guard BEFORE UPDATE OF area_id ON territory_scheme
    FOR EACH ROW EXECUTE FUNCTION territory_scheme_guard();

-- The deepest level says which grids are leaves, also of plans that were in force years ago.
CREATE FUNCTION territory_level_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- New plans wait for the scheme's row, states of plans that exist for the plans' rows.
    PERFORM FROM territory_scheme s
        WHERE s.id IN (OLD.scheme_id, NEW.scheme_id) ORDER BY s.id FOR UPDATE;
    PERFORM FROM territory_plan p
        WHERE p.scheme_id IN (OLD.scheme_id, NEW.scheme_id) ORDER BY p.id FOR SHARE;
    IF EXISTS (SELECT FROM territory_plan p
        WHERE p.scheme_id IN (OLD.scheme_id, NEW.scheme_id) AND p.state <> 'draft') THEN
        PERFORM territory_refuse('level_scheme_has_only_drafts',
            'the scheme has plans beyond draft: its levels stay', TG_TABLE_NAME);
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER territory_level_guard
    BEFORE INSERT OR DELETE OR UPDATE OF scheme_id, depth ON territory_level
    FOR EACH ROW EXECUTE FUNCTION territory_level_guard();
"""

TERMS = """
CREATE FUNCTION territory_term_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan record;
    found record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM territory_refuse('term_never_deleted',
            'which plan counted when is never forgotten', TG_TABLE_NAME);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.id, OLD.plan_id, OLD.scheme_id, lower(OLD.during))
            IS DISTINCT FROM (NEW.id, NEW.plan_id, NEW.scheme_id, lower(NEW.during))
            OR NOT NEW.during <@ OLD.during THEN
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

CREATE TRIGGER territory_term_guard BEFORE INSERT OR UPDATE OR DELETE ON territory_term
    FOR EACH ROW EXECUTE FUNCTION territory_term_guard();

ALTER TABLE territory_term ADD CONSTRAINT territory_term_during_has_a_start CHECK (
    NOT isempty(during) AND NOT lower_inf(during) AND lower_inc(during) AND NOT upper_inc(during));
"""

TRUNCATE = "".join(
    f"""
CREATE TRIGGER {table}_never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION territory_never_truncated();
"""
    for table in (
        "territory_area",
        "territory_areaboundary",
        "territory_scheme",
        "territory_level",
        "territory_plan",
        "territory_grid",
        "territory_term",
    )
)

PIN = "CALL ground_pin_search_path(ARRAY['territory']);"

UNDO = """
ALTER TABLE territory_term DROP CONSTRAINT territory_term_during_has_a_start;
DROP FUNCTION territory_term_guard() CASCADE;
DROP FUNCTION territory_level_guard() CASCADE;
DROP FUNCTION territory_scheme_guard() CASCADE;
DROP FUNCTION territory_areaboundary_guard() CASCADE;
DROP FUNCTION territory_plan_guard() CASCADE;
DROP FUNCTION territory_grid_guard() CASCADE;
DROP FUNCTION territory_never_truncated() CASCADE;
DROP FUNCTION territory_refuse(text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("territory", "0002_proof")]

    operations = [
        migrations.RunSQL(REFUSE + GRIDS + PLANS + GROUND + TERMS + TRUNCATE + PIN, UNDO),
    ]
