"""Which grid a point lies in, and how sure that is.

The rule is the same for residents, cases and the public API: the grid that covers the point, on a
shared border the one with the lowest code. How far a position may be off is an argument, because
only whoever measured it knows.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import Subquery

from geogrid.territory.models import Grid, Level, Plan, Scheme, Term
from layers.datum.metric import metres_per_degree

__all__ = ["Placement", "locate", "near", "place"]

MAX_ACCURACY_M = 5_000.0
# PostGIS decides "inside" in plain floating point: a point within a nanometre of a border can be
# outside of both neighbours. It belongs to the nearer one.
ROUNDING_M = 1e-6


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a point lies in the plan that is in force; `grid` is None outside of its outline.

    `parents` run from the top level down. `on_border_with` are the other grids that cover the
    point, in code order. `possible`, asked for by an accuracy, are all grids closer than that,
    nearest first and each with its `metres`; the containing one is among them with 0.
    """

    plan: Plan | None = None
    since: datetime | None = None
    grid: Grid | None = None
    parents: list[Grid] = field(default_factory=list)
    on_border_with: list[Grid] = field(default_factory=list)
    possible: list[Grid] = field(default_factory=list)


def place(
    *, scheme: Scheme, where: Point, at: datetime, accuracy_m: float | None = None
) -> Placement:
    """Place `where` (EPSG:4326) in the plan of `scheme` that is in force at `at`.

    `accuracy_m` is a radius in metres up to 5,000; anything larger is cut down to that, since no
    answer would help.
    """
    lowest = Level.objects.filter(scheme=scheme).order_by("-depth").values("depth")[:1]
    terms = Term.objects.at(at).filter(scheme=scheme).order_by().annotate(depth=Subquery(lowest))
    term: Any = terms.select_related("plan").defer("plan__outline", "receipt").first()
    if term is None:
        return Placement()
    # The depth as a number, not as a sub-query: this one is asked thousands of times a minute.
    leaves = Grid.objects.filter(plan=term.plan, level=term.depth).select_related("parent")
    # Boundaries stay in the database: nobody here looks at them.
    covering = list(leaves.covering(where).defer("boundary", "parent__boundary"))
    if not covering:
        covering = list(leaves.nearest(where, ROUNDING_M)[:1])
    possible: list[Grid] = []
    if accuracy_m is not None:
        reach = min(accuracy_m, MAX_ACCURACY_M)
        possible = list(leaves.nearest(where, reach).defer("boundary", "parent__boundary"))
    grid = covering[0] if covering else None
    return Placement(
        plan=term.plan,
        since=term.during.lower,
        grid=grid,
        parents=_parents(grid) if grid else [],
        on_border_with=covering[1:],
        possible=possible,
    )


def _parents(grid: Grid) -> list[Grid]:
    chain: list[Grid] = []
    above = grid.parent
    while above is not None:
        chain.insert(0, above)
        above = above.parent
    return chain


MANY = """
    SELECT spot.place, min(leaf.code)
    FROM unnest(%(xs)s::float8[], %(ys)s::float8[]) WITH ORDINALITY AS spot(x, y, place)
    JOIN territory_grid leaf
      ON ST_Covers(leaf.boundary, ST_SetSRID(ST_MakePoint(spot.x, spot.y), 4326))
    WHERE leaf.plan_id = %(plan)s AND leaf.level = (SELECT plan_depth(%(plan)s))
    GROUP BY spot.place
"""


def locate(*, scheme: Scheme, points: list[tuple[float, float]], at: datetime) -> list[str | None]:
    """Return for many points (longitude, latitude) the code of the grid each lies in, or None.

    The same rule as `place`, for whole tables, in one query.
    """
    term: Any = Term.objects.at(at).filter(scheme=scheme).first()
    codes: list[str | None] = [None] * len(points)
    if term is None or not points:
        return codes
    xs, ys = zip(*points, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"plan": term.plan_id, "xs": numbers(xs), "ys": numbers(ys)})
        for number, code in cursor.fetchall():
            codes[number - 1] = code
    return codes


def numbers(values: tuple[float, ...]) -> list[float]:
    """Return plain floats: the driver writes numpy's by their repr, which is no SQL."""
    return [float(value) for value in values]


WITHIN_REACH = """
    SELECT spot.place, leaf.code,
           ST_Distance(leaf.boundary::geography, here.point::geography) AS metres
    FROM unnest(%(xs)s::float8[], %(ys)s::float8[]) WITH ORDINALITY AS spot(x, y, place)
    CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(spot.x, spot.y), 4326) AS point) AS here
    JOIN territory_grid leaf
      ON leaf.boundary && ST_Expand(here.point, %(wide)s, %(high)s)
    WHERE leaf.plan_id = %(plan)s AND leaf.level = (SELECT plan_depth(%(plan)s))
      AND ST_DWithin(leaf.boundary::geography, here.point::geography, %(metres)s)
    ORDER BY spot.place, metres, leaf.code
"""


def near(*, plan: Plan, points: list[tuple[float, float]], metres: float) -> list[list[str]]:
    """Return for each point the codes of the leaves closer than `metres`, nearest first.

    The first one contains the point, unless the point lies outside of the plan.
    """
    codes: list[list[str]] = [[] for _ in points]
    if not points:
        return codes
    xs, ys = zip(*points, strict=True)
    across, along = metres_per_degree(max(abs(y) for y in ys))
    values: dict[str, Any] = {
        "plan": plan.pk,
        "xs": numbers(xs),
        "ys": numbers(ys),
        "metres": metres,
        "wide": metres / across * 1.01,
        "high": metres / along * 1.01,
    }
    with connection.cursor() as cursor:
        cursor.execute(WITHIN_REACH, values)
        for number, code, _ in cursor.fetchall():
            codes[number - 1].append(code)
    return codes
