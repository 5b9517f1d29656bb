"""The proof inside the database: do the grids of a plan tile its outline, on every level?

The same sum as `geogrid.coverage.proof`, as one GROUP BY over whole lattice steps. The CHECKs below
keep every vertex on the lattice, so a step says exactly where it is.
"""

from django.db import migrations

COLUMNS = """
CALL ground_guard_column('territory_areaboundary', 'boundary', 100000, true);
CALL ground_guard_column('territory_plan', 'outline', 100000, true);
CALL ground_guard_column('territory_grid', 'boundary', 100000, true);
CALL ground_guard_column('territory_grid', 'label_point', 1, true);
"""

RESIDUE = """
CREATE FUNCTION plan_depth(wanted bigint) RETURNS smallint
LANGUAGE sql STABLE AS $$
    SELECT max(l.depth)
    FROM territory_plan p JOIN territory_level l ON l.scheme_id = p.scheme_id
    WHERE p.id = wanted
$$;

-- The point of a packed pair of lattice steps, see plan_residue.
CREATE FUNCTION plan_unpacked(point bigint) RETURNS geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ST_SetSRID(ST_MakePoint(((point - y) >> 32) / 1e7::double precision,
                                   y / 1e7::double precision), 4326)
    FROM (SELECT ((point + 2147483648) & 4294967295) - 2147483648 AS y) AS low
$$;

-- The border segments that do not cancel: children against their parent, level 1 (parent 0)
-- against the outline. `balance` > 0: walked too often from `start` to `finish`.
CREATE FUNCTION plan_residue(wanted bigint)
RETURNS TABLE (parent bigint, start geometry, finish geometry, balance bigint)
LANGUAGE sql STABLE AS $$
    WITH deepest AS MATERIALIZED (SELECT plan_depth(wanted) AS depth),
    ring AS (
        SELECT coalesce(g.parent_id, 0) AS parent, 1 AS side, g.boundary AS shape
        FROM territory_grid g WHERE g.plan_id = wanted
        UNION ALL
        SELECT g.id, -1, g.boundary
        FROM territory_grid g, deepest WHERE g.plan_id = wanted AND g.level < deepest.depth
        UNION ALL
        SELECT 0, -1, p.outline FROM territory_plan p WHERE p.id = wanted
    ), step AS (
        -- A lattice point as one whole number; latitudes need 31 bits, so no two points share one.
        SELECT ring.parent, ring.side,
            (round(ST_X(ST_StartPoint(d.geom)) * 1e7)::bigint << 32)
                + round(ST_Y(ST_StartPoint(d.geom)) * 1e7)::bigint AS a,
            (round(ST_X(ST_EndPoint(d.geom)) * 1e7)::bigint << 32)
                + round(ST_Y(ST_EndPoint(d.geom)) * 1e7)::bigint AS b
        FROM ring, LATERAL ST_DumpSegments(ST_ForcePolygonCCW(ring.shape)) AS d
        OFFSET 0  -- each point is computed once, not once in every clause below
    ), left_over AS (
        SELECT step.parent, least(a, b) AS low, greatest(a, b) AS high,
            sum(CASE WHEN a < b THEN side ELSE -side END) AS balance
        FROM step WHERE a <> b
        GROUP BY step.parent, least(a, b), greatest(a, b)
        HAVING sum(CASE WHEN a < b THEN side ELSE -side END) <> 0
    )
    SELECT left_over.parent, plan_unpacked(low), plan_unpacked(high), left_over.balance
    FROM left_over
$$;

-- 0 when every level tiles the one above it exactly.
CREATE FUNCTION plan_residual(wanted bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT count(*) FROM plan_residue(wanted) $$;
"""

# The rules of `geogrid.coverage.refinement`, set by set. Vertices of one valid ring are distinct,
# so a base ring can only refine into the ring that holds all of its vertices.
REFINEMENT = """
CREATE FUNCTION plan_ring_vertices(shape geometry)
RETURNS TABLE (ring bigint, place bigint, size bigint, x double precision, y double precision)
LANGUAGE sql IMMUTABLE STRICT AS $$
    WITH ring AS (
        SELECT row_number() OVER () AS number, ST_RemoveRepeatedPoints(ST_ExteriorRing(r.geom)) AS line
        FROM ST_Dump(ST_ForcePolygonCCW(shape)) AS part, LATERAL ST_DumpRings(part.geom) AS r
    )
    SELECT number, d.path[1] - 1, ST_NPoints(line) - 1, ST_X(d.geom), ST_Y(d.geom)
    FROM ring, LATERAL ST_DumpPoints(line) AS d
    WHERE d.path[1] < ST_NPoints(line)
$$;

-- How many vertices of `outline` do not refine `base`: 0 when the vertices of every base ring
-- stand in order in one ring of the outline, and each vertex in between lies within 0.71 lattice
-- step of the base segment it divides.
CREATE FUNCTION plan_outline_departures(base geometry, outline geometry) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT AS $$
    WITH b AS MATERIALIZED (SELECT * FROM plan_ring_vertices(base)),
    o AS MATERIALIZED (SELECT * FROM plan_ring_vertices(outline)),
    same AS (
        SELECT b.ring AS base_ring, o.ring AS ring, b.size AS base_size
        FROM b JOIN o USING (x, y)
        GROUP BY b.ring, o.ring, b.size HAVING count(*) = b.size
    ), paired AS (
        SELECT base_ring, ring, base_size FROM same
        WHERE (SELECT count(*) FROM same s WHERE s.ring = same.ring) = 1
    ), vertex AS (
        SELECT o.ring, o.place, o.x, o.y, paired.base_ring, paired.base_size,
               b.place AS base_place
        FROM o JOIN paired USING (ring)
        LEFT JOIN b ON b.ring = paired.base_ring AND b.x = o.x AND b.y = o.y
    ), counted AS (
        SELECT *, count(base_place) OVER (PARTITION BY ring ORDER BY place) AS run,
               count(base_place) OVER (PARTITION BY ring) AS runs
        FROM vertex
    ), running AS (
        -- vertices before the first base vertex belong to the last run: a ring has no beginning
        SELECT *, CASE WHEN run = 0 THEN runs ELSE run END AS stretch FROM counted
    ), stretched AS (
        SELECT *, max(base_place) OVER (PARTITION BY ring, stretch) AS from_place FROM running
    ), next_base AS (
        SELECT ring, stretch, base_place, base_size,
               lead(base_place) OVER (PARTITION BY ring ORDER BY stretch) AS following,
               first_value(base_place) OVER (PARTITION BY ring ORDER BY stretch) AS first_place
        FROM stretched WHERE base_place IS NOT NULL
    ), disordered AS (
        SELECT count(*) AS n FROM next_base
        WHERE coalesce(following, first_place) <> (base_place + 1) % base_size
    ), strayed AS (
        SELECT count(*) AS n
        FROM stretched s
        JOIN b p ON p.ring = s.base_ring AND p.place = s.from_place
        JOIN b q ON q.ring = s.base_ring AND q.place = (s.from_place + 1) % s.base_size
        WHERE s.base_place IS NULL AND ST_Distance(
            ST_MakePoint(round((s.x - p.x) * 1e7), round((s.y - p.y) * 1e7)),
            ST_MakeLine(ST_MakePoint(0, 0),
                ST_MakePoint(round((q.x - p.x) * 1e7), round((q.y - p.y) * 1e7)))) > 0.71
    ), unpaired AS (
        SELECT (SELECT count(*) FROM b WHERE ring NOT IN (SELECT base_ring FROM paired))
             + (SELECT count(*) FROM o WHERE ring NOT IN (SELECT ring FROM paired)) AS n
    )
    SELECT disordered.n + strayed.n + unpaired.n FROM disordered, strayed, unpaired
$$;
"""

DEFECTS = """
-- Why a plan may not be in force; no row when it may. `defect` names the constraint term_plan_*.
CREATE FUNCTION plan_defects(wanted bigint)
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
    SELECT 'exact', count(*), array_agg(DISTINCT residue.parent) FILTER (WHERE residue.parent > 0)
    FROM plan_residue(wanted) AS residue HAVING count(*) > 0
$$;

CALL ground_pin_search_path(ARRAY['plan']);
-- Without the memory the GROUP BY over a large town's borders spills to disk. Compiling takes longer
-- than it saves: every one of these runs once.
ALTER FUNCTION plan_residue(bigint) SET work_mem = '128MB' SET jit = off;
ALTER FUNCTION plan_outline_departures(geometry, geometry) SET jit = off;
ALTER FUNCTION plan_defects(bigint) SET jit = off;
"""

UNDO = """
DROP FUNCTION plan_defects(bigint);
DROP FUNCTION plan_outline_departures(geometry, geometry);
DROP FUNCTION plan_ring_vertices(geometry);
DROP FUNCTION plan_residual(bigint);
DROP FUNCTION plan_residue(bigint);
DROP FUNCTION plan_unpacked(bigint);
DROP FUNCTION plan_depth(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("basemap", "0002_ground_checks"), ("territory", "0001_initial")]

    operations = [
        migrations.RunSQL(COLUMNS, migrations.RunSQL.noop),
        migrations.RunSQL(RESIDUE + REFINEMENT + DEFECTS, UNDO),
    ]
