"""What differs between two plans: who goes from whom to whom, which grids are new or end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from geogrid.duty.models import Post
from geogrid.publishing.impact import HandOver, Impact, impact
from geogrid.territory.handovers import altered
from geogrid.territory.map_layers import grid_features
from geogrid.territory.models import Plan
from geogrid.territory.succession import Follow, compare_plans
from layers.datum.lattice import DECIMALS

__all__ = ["Change", "Comparison", "Row", "compare", "headers", "map_json", "table_rows"]

COLUMNS = (
    "area_m2", "households", "addresses", "buildings", "shops", "schools", "hospitals",
    "facilities", "hazards", "cases",
)  # fmt: skip
# As in territory.handovers.areas, with the land itself.
HANDED = f"""
WITH differing AS MATERIALIZED (
    SELECT x.plan_id, x.lineage, x.boundary FROM territory_grid x
    WHERE x.plan_id = ANY(%(plans)s) AND x.level = %(depth)s AND NOT coalesce((
        SELECT y.level = x.level AND y.boundary::bytea = x.boundary::bytea FROM territory_grid y
        WHERE y.plan_id = %(before)s + %(after)s - x.plan_id AND y.lineage = x.lineage), false)
)
SELECT coalesce(json_agg(json_build_object(
    'type', 'Feature', 'id', was.lineage || ' ' || becomes.lineage,
    'geometry', ST_AsGeoJSON(land.shape, {DECIMALS})::json,
    'properties', json_build_object(
        'label_point', json_build_array(ST_X(land.middle), ST_Y(land.middle))))), '[]')::text
FROM differing was
JOIN differing becomes ON becomes.plan_id = %(after)s AND becomes.lineage <> was.lineage
    AND becomes.boundary && was.boundary
CROSS JOIN LATERAL (
    SELECT ST_CollectionExtract(ST_Intersection(was.boundary, becomes.boundary), 3) AS shape
) AS cut
CROSS JOIN LATERAL (
    SELECT cut.shape, (ST_MaximumInscribedCircle(cut.shape)).center AS middle
    WHERE NOT ST_IsEmpty(cut.shape) AND ST_Area(cut.shape::geography) > 1
) AS land
WHERE was.plan_id = %(before)s
"""  # noqa: S608  (constants of this file)


@dataclass(frozen=True, slots=True)
class Row:
    """A hand-over with its number on the map, and who answers on both sides today."""

    number: int
    one: HandOver
    from_who: str
    to_who: str

    @property
    def pair(self) -> str:
        return f"{self.one.from_lineage} {self.one.to_lineage}"

    @property
    def places(self) -> int:
        return sum(
            self.one.counts.get(name, 0) for name in ("shops", "schools", "hospitals", "facilities")
        )

    def __getattr__(self, name: str) -> int:
        """Counts by name: `row.households`, 0 where there are none."""
        if name in COLUMNS:
            return self.one.counts.get(name, 0)
        raise AttributeError(name)


@dataclass(frozen=True, slots=True)
class Change:
    """A grid that ends or begins, and the grids its households go to or come from."""

    code: str
    name: str
    level: int
    others: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Comparison:
    before: Plan
    impact: Impact
    rows: list[Row]
    ended: list[Change]
    begun: list[Change]
    touched: int
    untouched: int
    only_words: int
    """Grids whose land stays and whose number, name or kind is another one."""

    @property
    def signs(self) -> int:
        return sum(self.impact.signs.values())

    @property
    def same(self) -> bool:
        return not (self.rows or self.ended or self.begun or self.only_words)


def compare(plan: Plan, before: Plan, *, at: datetime) -> Comparison:
    told = impact(plan, at=at, before=before)
    lineages = {
        lineage
        for one in told.hand_overs
        for lineage in (one.from_lineage, one.to_lineage)
        if lineage is not None
    }
    who = _holders(plan, lineages, at)
    rows = [
        Row(number, one, who.get(one.from_lineage, ""), who.get(one.to_lineage, ""))
        for number, one in enumerate(told.hand_overs, start=1)
    ]
    follows = compare_plans(before, plan)
    leaves = set(plan.grids.leaves().values_list("lineage", flat=True))
    others = altered(before, plan) & leaves - lineages
    known = set(before.grids.values_list("lineage", flat=True))
    return Comparison(
        before=before,
        impact=told,
        rows=rows,
        ended=_changes(before, plan, follows, ended=True),
        begun=_changes(before, plan, follows, ended=False),
        touched=len(lineages),
        untouched=len(leaves - lineages - others),
        only_words=len(others & known),
    )


def map_json(plan: Plan, before: Plan) -> bytes:
    """Both plans and the land that changes hands, for the map."""
    depth = max(plan.scheme.levels.values_list("depth", flat=True), default=0)
    values: dict[str, Any] = {
        "plans": [before.pk, plan.pk], "before": before.pk, "after": plan.pk, "depth": depth,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(HANDED, values)
        handed = cursor.fetchone()[0]
    old, new = (grid_features(one, page_of=("", "")) for one in (before, plan))
    land = b'{"type": "FeatureCollection", "features": ' + handed.encode() + b"}"
    return b'{"before": ' + old + b', "after": ' + new + b', "handed": ' + land + b"}"


def headers() -> list[str]:
    return [
        _("No."), _("From code"), _("From grid"), _("To code"), _("To grid"), _("Area, m²"),
        _("Dwellings"), _("Addresses"), _("Buildings"), _("Shops"), _("Schools"),
        _("Hospitals and clinics"), _("Public facilities"), _("Hazard points"), _("Open cases"),
    ]  # fmt: skip


def table_rows(comparison: Comparison) -> list[list[str | int | float]]:
    told: list[list[str | int | float]] = []
    for row in comparison.rows:
        one = row.one
        sides = [one.from_code, one.from_name, one.to_code, one.to_name]
        figures = [one.counts.get(name, 0) for name in COLUMNS[1:]]
        told.append([row.number, *sides, one.area_m2, *figures])
    return told


def _holders(plan: Plan, lineages: Iterable[UUID], at: datetime) -> dict[UUID | None, str]:
    """Who answers first for a grid today; "" where nobody does."""
    found: dict[UUID | None, str] = {}
    for post in Post.objects.at(at).over(plan.scheme, lineages).held():
        found.setdefault(post.lineage, str(post.worker))
    return found


def _changes(before: Plan, plan: Plan, follows: list[Follow], *, ended: bool) -> list[Change]:
    here, there = (before, plan) if ended else (plan, before)
    mine = {grid.lineage: grid for grid in here.grids.defer("boundary", "fixed_boundary")}
    theirs = {grid.lineage: grid for grid in there.grids.defer("boundary", "fixed_boundary")}
    partners: dict[UUID, list[tuple[float, str, str]]] = defaultdict(list)
    for follow in follows:
        own, other = (follow.of, follow.to) if ended else (follow.to, follow.of)
        if own in mine and own not in theirs and other in theirs:
            grid = theirs[other]
            partners[own].append((follow.households, grid.code, grid.name))
    return [
        Change(
            code=grid.code,
            name=grid.name,
            level=grid.level,
            others=[
                (code, name, f"{share * 100:.0f}%")
                for share, code, name in sorted(partners[lineage], reverse=True)
            ],
        )
        for lineage, grid in sorted(mine.items(), key=lambda item: (item[1].level, item[1].code))
        if lineage not in theirs
    ]
