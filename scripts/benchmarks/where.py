"""Which grid is a point in: GeoGrid's ways against geopandas and against the plain ORM.

The same random points in the same random town; every way must give the same answers. One at a time
is what a visitor asks, many at once what an import or a re-placing asks.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import geopandas
import numpy as np
import psycopg2
import shapely
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client

from doors.cluster import OWNER
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Grid, Term
from geogrid.territory.placement import locate, place
from tests.factories import AreaFactory, SchemeFactory, plan_in_force
from tests.tilings import tiling

GRIDS = 1_000
MANY = 20_000
SINGLE = 300
SEED = 7
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ONE_STATEMENT = """
    SELECT code FROM territory_grid
    WHERE plan_id = %s AND level = 2
      AND ST_Covers(boundary, ST_SetSRID(ST_MakePoint(%s, %s), 4326))
    ORDER BY code LIMIT 1
"""


def main() -> None:
    term = _town()
    _analyse()
    _many(term)
    _single(term)


def _analyse() -> None:
    """Let the planner know the table, as it does in every installation older than a minute."""
    here = connection.settings_dict
    with psycopg2.connect(dbname=here["NAME"], user=OWNER, host=here["HOST"]) as owner:
        owner.cursor().execute("ANALYZE territory_grid")


def _town() -> Term:
    faces = tiling(GRIDS).faces
    shapes = {f"{number:05d}": face for number, face in enumerate(faces)}
    communities = dict.fromkeys(shapes, "N")
    scheme = SchemeFactory(area=AreaFactory(code_prefix="1"))
    return plan_in_force(scheme, shapes=shapes, communities=communities)


def _points(term: Term, count: int) -> list[tuple[float, float]]:
    west, south, east, north = term.plan.outline.extent
    drawn = np.random.default_rng(SEED)
    xs = drawn.uniform(west, east, count)
    ys = drawn.uniform(south, north, count)
    return [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]


def _many(term: Term) -> None:
    points = _points(term, MANY)
    leaves = list(term.plan.grids.leaves().order_by("code"))
    frame = geopandas.GeoDataFrame(
        {"code": [leaf.code for leaf in leaves]},
        geometry=[to_shapely(leaf.boundary) for leaf in leaves],
        crs="EPSG:4326",
    )
    spots = geopandas.GeoDataFrame(geometry=shapely.points(points), crs="EPSG:4326")

    def joined() -> list[str | None]:
        pairs = geopandas.sjoin(spots, frame, how="left", predicate="covered_by")
        codes = pairs.groupby(level=0)["code"].min()
        return [code if isinstance(code, str) else None for code in codes]

    yardstick, expected = _timed(joined)
    ours, found = _timed(lambda: locate(scheme=term.scheme, points=points, at=NOW))
    print(f"{len(leaves):,} grids, {MANY:,} points at once, all answers equal: {found == expected}")
    _line("geopandas.sjoin, shapes in memory", MANY / yardstick, yardstick, yardstick)
    _line("locate(), one query", MANY / ours, ours, yardstick)


def _single(term: Term) -> None:
    points = _points(term, SINGLE)
    client = Client()

    def raw() -> list[str]:
        with connection.cursor() as cursor:
            found = []
            for x, y in points:
                cursor.execute(ONE_STATEMENT, [term.plan_id, x, y])
                found.append(cursor.fetchone()[0])
        return found

    def plain() -> list[str]:
        return [
            Grid.objects.filter(plan=term.plan_id, level=2)
            .covering(Point(x, y, srid=4326))
            .values_list("code", flat=True)[0]
            for x, y in points
        ]

    def placed() -> list[str]:
        spots = [Point(x, y, srid=4326) for x, y in points]
        placements = [place(scheme=term.scheme, where=spot, at=NOW) for spot in spots]
        return [placement.grid.code for placement in placements if placement.grid]

    def asked() -> list[str]:
        answers = [client.get("/api/where", {"lon": x, "lat": y}).json() for x, y in points]
        return [answer["grid"]["code"] for answer in answers]

    yardstick, expected = _timed(raw)
    print(f"{SINGLE} points one at a time")
    _line("SQL, the grid alone", SINGLE / yardstick, yardstick, yardstick)
    for words, way in (
        ("ORM, the grid alone", plain),
        ("place(): plan, grid, parents, border", placed),
        ("GET /api/where, whole request", asked),
    ):
        seconds, found = _timed(way)
        told = words if found == expected else f"{words} DIFFERS"
        _line(told, SINGLE / seconds, seconds, yardstick)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """The better of two rounds: the machine is shared."""
    best, result = float("inf"), None
    for _ in range(2):
        started = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - started)
    return best, result


def _line(words: str, rate: float, seconds: float, yardstick: float) -> None:
    print(f"  {words:<44} {rate:>10,.0f} points/s {yardstick / seconds:>7.2f} x the first")
