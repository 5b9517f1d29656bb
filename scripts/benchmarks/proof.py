"""The proof in numpy and in SQL, against what the field's tools take for less.

Each is run on the same random tilings in the same minute; read the ratios. GEOS'
coverage_is_valid sees neither gaps nor the parent; with the union compared to the parent it sees
all but pieces. The overlay in PostGIS and in geopandas is what one writes by hand: invalid
shapes, pairs that share area, and the union against the parent, with an index and statistics.
The SQL proof is asked of a plan with two levels in PostgreSQL.
"""

import time
from collections.abc import Callable

import geopandas
import numpy as np
import shapely
from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from benchmarks._peers import peer
from geogrid.coverage.arrange import dissolve
from geogrid.coverage.findings import inspect
from geogrid.coverage.proof import invalid, residue, tiles
from geogrid.territory.geometry import from_shapely
from geogrid.territory.models import Area, AreaBoundary, Grid, Level, Plan, Scheme
from layers.datum.lattice import from_steps, to_steps
from layers.datum.shapes import Shapes, listed
from tests.tilings import PITCH, Tiling, tiling

SIZES = (1_000, 10_000)
COPIES = 10  # of the largest town, side by side: proved by ours alone
ROUNDS = 3
HERE = Point(113.0, 30.0, srid=4326)


TABLES = (
    """
    CREATE TEMP TABLE overlay_grid ON COMMIT DROP AS
    SELECT id, ST_GeometryN(boundary, 1) AS shape
    FROM territory_grid WHERE plan_id = %s AND level = 2
    """,
    "CREATE INDEX ON overlay_grid USING gist (shape)",
    "ANALYZE overlay_grid",
)
OVERLAY = """
    WITH whole AS MATERIALIZED (
        SELECT outline, (SELECT ST_Union(shape) FROM overlay_grid) AS united
        FROM territory_plan WHERE id = %s
    )
    SELECT
        (SELECT count(*) FROM overlay_grid WHERE NOT ST_IsValid(shape)),
        (SELECT count(*) FROM overlay_grid a JOIN overlay_grid b
            ON a.id < b.id AND a.shape && b.shape AND ST_Relate(a.shape, b.shape, '2********')),
        ST_Area(ST_Difference(outline, united)),
        ST_Area(ST_Difference(united, outline))
    FROM whole
"""


def main() -> None:
    for size in SIZES:
        town = tiling(size)
        _compare(town)
    _alone(town)


def _alone(town: Tiling) -> None:
    """Copies of a town a degree apart: their outlines are the parents."""
    copies = [_moved(town.faces, number) for number in range(COPIES)]
    outlines = _moved(np.repeat(listed(town.outline), COPIES), np.arange(COPIES))
    faces = np.concatenate(copies)
    print(f"{len(faces):,} polygons, {shapely.get_num_coordinates(faces).sum():,} vertices")
    seconds = _timed(lambda: len(invalid(faces)) or len(residue(faces, outlines)))
    _line("numpy proof", seconds, seconds)


def _moved(shapes: Shapes, degrees: object) -> Shapes:
    east = np.repeat(np.broadcast_to(degrees, len(shapes)), shapely.get_num_coordinates(shapes))
    xy = from_steps(to_steps(shapely.get_coordinates(shapes) + np.c_[east, np.zeros(len(east))]))
    return shapely.set_coordinates(shapes.copy(), xy)


def _compare(town: Tiling) -> None:
    vertices = int(shapely.get_num_coordinates(town.faces).sum())
    print(f"{len(town.faces):,} polygons, {vertices:,} vertices")
    proof = _timed(lambda: tiles(town.faces, town.outline))
    _line("numpy proof", proof, proof)
    _line("coverage_is_valid (no gaps)", _timed(lambda: _covers(town)), proof)
    _line("... and union == parent", _timed(lambda: _covers(town) and _unites(town)), proof)
    frame = geopandas.GeoDataFrame(geometry=town.faces, crs="EPSG:4326")
    whole = geopandas.GeoDataFrame(geometry=[town.outline], crs="EPSG:4326")
    _line("geopandas overlay", _timed(lambda: _overlaid(frame, whole), rounds=1), proof)
    maup = peer("maup")
    if maup:
        plane = [one.to_crs(one.estimate_utm_crs()) for one in (frame, whole)]
        _line("maup.doctor", _timed(lambda: maup.doctor(*plane, silent=True), rounds=1), proof)
    shifted = _shifted(town)
    _line("findings: shifted one step", _timed(lambda: inspect(shifted, [town.outline])), proof)
    with transaction.atomic():
        plan = _plan(town)
        _tables(plan)
        _line("PostGIS overlay SQL", _timed(lambda: _overlaid_in_sql(plan), rounds=1), proof)
        _line("SQL proof, two levels", _timed(lambda: _asked("plan_residual", plan)), proof)
        _line("SQL: everything a term asks", _timed(lambda: _asked("plan_defects", plan)), proof)
        transaction.set_rollback(True)


def _timed(work: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """The best of a few rounds: the machine is shared."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def _line(what: str, seconds: float, yardstick: float) -> None:
    print(f"  {what:<30} {seconds:8.3f} s  {seconds / yardstick:6.2f} x")


def _covers(town: Tiling) -> bool:
    return bool(shapely.is_valid(town.faces).all() and shapely.coverage_is_valid(town.faces))


def _unites(town: Tiling) -> bool:
    return shapely.coverage_union_all(town.faces).equals(town.outline)


def _overlaid(frame: geopandas.GeoDataFrame, whole: geopandas.GeoDataFrame) -> float:
    """How many pairs overlap and how many pieces are missing or too much."""
    pairs = frame.sindex.query(frame.geometry, predicate="overlaps")
    left = geopandas.overlay(whole, frame, how="symmetric_difference", keep_geom_type=True)
    return len(pairs[0]) + len(left)


def _tables(plan: Plan) -> None:
    with connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement, [plan.pk] if "%s" in statement else None)


def _overlaid_in_sql(plan: Plan) -> object:
    with connection.cursor() as cursor:
        cursor.execute(OVERLAY, [plan.pk])
        return cursor.fetchone()


def _shifted(town: Tiling) -> Shapes:
    moved: Shapes = shapely.transform(town.faces, lambda xy: xy + 1e-7)
    return moved


def _plan(town: Tiling) -> Plan:
    now = timezone.now()
    area = Area.objects.create(
        slug="bench", name="bench", code_prefix="1", language="en", timezone="UTC", calendar=""
    )
    scheme = Scheme.objects.create(area=area, code="general", name="general")
    Level.objects.bulk_create(
        Level(scheme=scheme, depth=depth, name_zh="", name_en="") for depth in (1, 2)
    )
    outline = from_shapely(town.outline, multi=True)
    boundary = AreaBoundary.objects.create(area=area, boundary=outline, valid_from=now.date())
    plan = Plan.objects.create(
        scheme=scheme, number=1, boundary=boundary, outline=outline, created_at=now
    )
    quarter = _quarters(town)
    tops = _rows(plan, 1, dissolve(town.faces, quarter)[1], [None] * (quarter.max() + 1))
    _rows(plan, 2, town.faces, [tops[number] for number in quarter])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE territory_grid")
    return plan


def _quarters(town: Tiling) -> NDArray[np.int64]:
    """Squares of about seven blocks by seven, numbered from 0."""
    centres = shapely.get_coordinates(shapely.centroid(town.faces)) - town.outline.bounds[:2]
    rows = (centres // (7 * PITCH)).astype(np.int64)
    return np.unique(rows, axis=0, return_inverse=True)[1].ravel()


def _rows(plan: Plan, level: int, shapes: Shapes, parents: list[Grid | None]) -> list[Grid]:
    return Grid.objects.bulk_create(
        [
            Grid(
                plan=plan,
                parent=parent,
                level=level,
                code=f"{level}{number:06}",
                label="",
                name="",
                boundary=from_shapely(shape, multi=True),
                label_point=HERE,
                label_radius_m=1,
            )
            for number, (shape, parent) in enumerate(zip(shapes, parents, strict=True))
        ],
        batch_size=500,
    )


def _asked(function: str, plan: Plan) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}(%s)", [plan.pk])
        return cursor.fetchall()
