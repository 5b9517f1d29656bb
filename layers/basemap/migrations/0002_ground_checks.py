"""What the database asks of every geometry, whoever writes it.

Functions named in a CHECK carry their own search_path: pg_restore sets an empty one, and without
it not one row could be loaded back. PostGIS may live in any schema, so the path is found, not
written down.
"""

from django.db import migrations

FUNCTIONS = """
-- Replaced after every `migrate` by the installation's GEOGRID_WINDOW: west, south, east, north.
CREATE FUNCTION ground_window() RETURNS double precision[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ARRAY[-180, -85, 180, 85]::double precision[] $$;

CREATE FUNCTION ground_in_window(shape geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_XMin(shape) >= w[1] AND ST_YMin(shape) >= w[2]
       AND ST_XMax(shape) <= w[3] AND ST_YMax(shape) <= w[4]
    FROM (SELECT ground_window() AS w) AS installation
$$;

-- Every coordinate is the double nearest to k / 10^7, k whole. NaN fails abs(), not the equation.
CREATE FUNCTION ground_on_lattice(shape geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(bool_and(
        round(ST_X(d.geom) * 1e7) / 1e7 = ST_X(d.geom) AND abs(ST_X(d.geom)) <= 180
        AND round(ST_Y(d.geom) * 1e7) / 1e7 = ST_Y(d.geom) AND abs(ST_Y(d.geom)) <= 90
    ), true)
    FROM ST_DumpPoints(shape) AS d
$$;

CREATE FUNCTION ground_usable(shape geometry, most_points integer) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_SRID(shape) = 4326 AND ST_Zmflag(shape) = 0
       AND NOT ST_IsEmpty(shape) AND ST_NPoints(shape) <= most_points
$$;

-- Called by migrations: the four checks for one column, each with a name of its own.
CREATE PROCEDURE ground_guard_column(
    guarded regclass, shape name, most_points integer, lattice boolean
) LANGUAGE plpgsql AS $$
DECLARE
    stem text := regexp_replace(guarded::text, '^.*[.]', '') || '_' || shape;
BEGIN
    EXECUTE format(
        'ALTER TABLE %1$s'
        ' ADD CONSTRAINT %3$I CHECK (ground_usable(%2$I, %6$s)),'
        ' ADD CONSTRAINT %4$I CHECK (ground_in_window(%2$I)),'
        ' ADD CONSTRAINT %5$I CHECK (ST_IsValid(%2$I))',
        guarded, shape, stem || '_usable', stem || '_in_window', stem || '_valid', most_points);
    IF lattice THEN
        EXECUTE format('ALTER TABLE %1$s ADD CONSTRAINT %3$I CHECK (ground_on_lattice(%2$I))',
            guarded, shape, stem || '_on_lattice');
    END IF;
END $$;

-- Called by migrations: pins the search_path of functions to where PostGIS and the tables are.
CREATE PROCEDURE ground_pin_search_path(prefixes text[]) LANGUAGE plpgsql AS $$
DECLARE
    routine regprocedure;
    ground name := (
        SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'postgis');
BEGIN
    FOR routine IN
        SELECT p.oid FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind = 'f'
          AND split_part(p.proname, '_', 1) = ANY (prefixes)
          AND NOT EXISTS (
              SELECT FROM pg_depend d
              WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, %I, pg_temp',
            routine, current_schema(), ground);
    END LOOP;
END $$;

CALL ground_pin_search_path(ARRAY['ground']);
"""

# Streets and footprints are drawn, not divided: they need no lattice.
COLUMNS = """
CALL ground_guard_column('basemap_street', 'path', 20000, false);
CALL ground_guard_column('basemap_railway', 'path', 20000, false);
CALL ground_guard_column('basemap_waterway', 'path', 20000, false);
CALL ground_guard_column('basemap_landuse', 'shape', 100000, false);
CALL ground_guard_column('basemap_placename', 'point', 1, false);
"""

UNDO = """
DROP PROCEDURE ground_guard_column(regclass, name, integer, boolean);
DROP PROCEDURE ground_pin_search_path(text[]);
DROP FUNCTION ground_usable(geometry, integer) CASCADE;
DROP FUNCTION ground_on_lattice(geometry) CASCADE;
DROP FUNCTION ground_in_window(geometry) CASCADE;
DROP FUNCTION ground_window();
"""


class Migration(migrations.Migration):
    dependencies = [("basemap", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS, UNDO), migrations.RunSQL(COLUMNS, "")]
