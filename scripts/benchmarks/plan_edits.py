"""Edits of a draft with 2,000 grids through the action: parents, loads, history and all.

Random commands as planners send them, each in a transaction of its own; what the kernel refuses is
counted and not timed. The yardsticks are the proof of the whole plan in PostgreSQL, which an edit
does not need, and the same verbs of the kernel alone.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg2
import shapely
from django.contrib.gis.geos import Point
from django.db import connection

from doors.cluster import OWNER
from geogrid.accounts.errors import CodedError
from geogrid.coverage import edits
from geogrid.territory.actions import edit, plan_residual, undo_latest
from geogrid.territory.commands import Claim, EditCommand, Merge, MoveVertex, Split
from geogrid.territory.geometry import to_shapely
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Grid, Plan
from layers.places.models import Building, Shop
from tests.factories import AreaFactory, SchemeFactory, SourceFactory, draft_plan
from tests.tilings import tiling

GRIDS = 2_000
ACROSS = 7  # communities along each side: about 40 grids in each
PLACES = 20_000
ROUNDS = 80
SEED = 11
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def main() -> None:
    plan = _town()
    started = time.perf_counter()
    _exact(plan)
    proof = time.perf_counter() - started
    kernel = _kernel(plan)
    seconds, queries, refused = _edits(plan)
    _exact(plan)
    leaves = plan.grids.leaves().count()
    print(f"{leaves:,} grids, {PLACES:,} places; proof of the whole plan {proof * 1e3:,.0f} ms")
    print(f"  {'verb':<12} {'n':>4} {'median':>9} {'p95':>9} {'queries':>8} {'refused':>8}")
    everything = [one for times in seconds.values() for one in times]
    for verb, times in [*seconds.items(), ("all", everything)]:
        asked = queries[verb] if verb in queries else [q for each in queries.values() for q in each]
        middle, high = np.percentile(times, [50, 95]) * 1e3
        print(
            f"  {verb:<12} {len(times):>4} {middle:>6.1f} ms {high:>6.1f} ms"
            f" {np.mean(asked):>8.1f} {refused.get(verb, sum(refused.values())):>8}"
        )
    print(f"  proof of the whole / edit, medians: {proof / np.median(everything):.1f}")
    print(f"  split through the action / by the kernel: {np.median(seconds['split']) / kernel:.1f}")


def _exact(plan: Plan) -> None:
    if plan_residual(plan):
        raise SystemExit("the plan is not exact")


def _town() -> Plan:
    faces = tiling(GRIDS).faces
    shapes = {f"{number:05d}": face for number, face in enumerate(faces)}
    centres = shapely.get_coordinates(shapely.point_on_surface(faces))
    west, south, east, north = shapely.total_bounds(faces)
    place = (centres - (west, south)) / (east - west, north - south) * ACROSS
    communities = {
        code: f"Q{int(up) * ACROSS + int(along):02d}"
        for code, (along, up) in zip(shapes, place, strict=True)
    }
    scheme = SchemeFactory(area=AreaFactory(code_prefix="1"))
    scheme.levels.filter(depth=2).update(code_width=5)
    plan = draft_plan(scheme, shapes=shapes, communities=communities)
    _places(west, south, east, north)
    rebuild_loads(plan=plan, at=NOW)
    _analyse()
    return plan


def _places(west: float, south: float, east: float, north: float) -> None:
    random = np.random.default_rng(SEED)
    source = SourceFactory()
    xy = np.rint(random.uniform((west, south), (east, north), (PLACES, 2)) * 1e7) / 1e7
    spots = [Point(float(x), float(y), srid=4326) for x, y in xy]
    homes = spots[: PLACES * 9 // 10]
    Building.objects.bulk_create(
        [Building(source=source, anchor=spot, dwellings=12) for spot in homes], batch_size=2000
    )
    Shop.objects.bulk_create([Shop(source=source, anchor=spot) for spot in spots[len(homes) :]])


def _analyse() -> None:
    """Let the planner know the tables, as it does in every installation older than a minute."""
    here = connection.settings_dict
    with psycopg2.connect(dbname=here["NAME"], user=OWNER, host=here["HOST"]) as owner:
        owner.cursor().execute("ANALYZE")


def _kernel(plan: Plan) -> float:
    """The median split of the kernel alone, everything in memory."""
    leaves = list(plan.grids.leaves())
    ground = edits.Tiling({leaf.pk: to_shapely(leaf.boundary) for leaf in leaves})
    times = []
    for leaf in np.random.default_rng(SEED).choice(leaves, 40, replace=False):
        started = time.perf_counter()
        try:
            edits.split(ground, leaf.pk, _across(to_shapely(leaf.boundary)))
        except edits.Refused:
            continue
        times.append(time.perf_counter() - started)
    return float(np.median(times))


def _edits(plan: Plan) -> tuple[dict[str, list[float]], dict[str, list[int]], Counter[str]]:
    random = np.random.default_rng(SEED)
    verbs: dict[str, Callable[[Plan, Any], EditCommand | None]] = {
        "split": _split, "merge": _merge, "claim": _claim, "move_vertex": _move_vertex,
    }  # fmt: skip
    seconds: dict[str, list[float]] = defaultdict(list)
    queries: dict[str, list[int]] = defaultdict(list)
    refused: Counter[str] = Counter()
    for _ in range(ROUNDS):
        for name, make in verbs.items():
            command = make(plan, random)
            if command is not None:
                _timed(
                    name, seconds, queries, refused,
                    lambda: edit(plan=plan, command=command, by=None, at=NOW),
                )  # fmt: skip
        _timed("undo", seconds, queries, refused, lambda: undo_latest(plan=plan, by=None, at=NOW))
        plan.refresh_from_db(fields=["revision"])
    return seconds, queries, refused


def _timed(
    name: str,
    seconds: dict[str, list[float]],
    queries: dict[str, list[int]],
    refused: Counter[str],
    work: Callable[[], Any],
) -> None:
    asked = 0

    def count(execute: Any, *statement: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*statement)

    started = time.perf_counter()
    try:
        with connection.execute_wrapper(count):
            work()
    except CodedError:
        refused[name] += 1
        return
    seconds[name].append(time.perf_counter() - started)
    queries[name].append(asked)


def _leaf(plan: Plan, random: Any) -> Grid:
    leaves = plan.grids.leaves().order_by("code")
    return leaves[int(random.integers(leaves.count()))]


def _neighbour(leaf: Grid, random: Any) -> Grid | None:
    beside = leaf.parent.children.filter(boundary__touches=leaf.boundary).order_by("code")
    found = [one for one in beside if leaf.boundary.intersection(one.boundary).length > 0]
    return found[int(random.integers(len(found)))] if found else None


def _across(shape: shapely.Geometry) -> shapely.LineString:
    west, south, east, north = shape.bounds
    centre = shape.centroid
    return shapely.LineString(
        [(west - 1e-5, centre.y + (north - south) / 9), (east + 1e-5, centre.y)]
    )


def _split(plan: Plan, random: Any) -> EditCommand | None:
    leaf = _leaf(plan, random)
    return Split(leaf.lineage, _across(to_shapely(leaf.boundary)), base_revision=plan.revision)


def _merge(plan: Plan, random: Any) -> EditCommand | None:
    leaf = _leaf(plan, random)
    other = _neighbour(leaf, random)
    if other is None:
        return None
    return Merge(leaf.lineage, (other.lineage,), base_revision=plan.revision)


def _claim(plan: Plan, random: Any) -> EditCommand | None:
    """A lasso around a bit of the common border."""
    leaf = _leaf(plan, random)
    other = _neighbour(leaf, random)
    if other is None:
        return None
    border = to_shapely(leaf.boundary.intersection(other.boundary))
    lasso = border.interpolate(0.5, normalized=True).buffer(2e-4, quad_segs=4)
    command = Claim(leaf.lineage, lasso, (other.lineage,), base_revision=plan.revision)
    return command


def _move_vertex(plan: Plan, random: Any) -> EditCommand | None:
    leaf = _leaf(plan, random)
    other = _neighbour(leaf, random)
    if other is None:
        return None
    shared = shapely.get_coordinates(to_shapely(leaf.boundary.intersection(other.boundary)))
    x, y = shared[len(shared) // 2]
    return MoveVertex((x, y), (x + 1e-5, y + 5e-6), base_revision=plan.revision)
