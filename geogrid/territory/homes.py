"""Homes that the office draws by hand: compounds as outlines or points with their households.

For ground without registered buildings. A drawn home is a `Building` of kind "compound" whose
dwellings are counted; who counted them and when is its source. Where an outline holds registered
buildings with dwellings its figure becomes their total instead, so that nobody counts twice; what
they had before is kept, and comes back when the total is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.models import Count, Q, Sum

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.territory.geojson import as_geojson, from_geojson
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.homes_errors import HomeOutside, HomesInTotal, HomesRegistered, NoSuchHomes
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Area, Plan, Scheme
from layers.basemap.models import Source
from layers.datum.lattice import snap
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape
from layers.feeds import versions
from layers.places.models import Building

__all__ = [
    "Drawn",
    "HomeNote",
    "change_homes",
    "draw_homes",
    "homes_of",
    "remove_homes",
]

MOST_HOUSEHOLDS = 1_000_000
OVER_M2 = 5.0  # an outline drawn along the border lies a little beyond it


@dataclass(frozen=True, slots=True)
class HomeNote:
    """What is said of a compound: `shape` is its outline (Polygon) or a point, EPSG:4326."""

    name: str
    households: int
    shape: Shape
    basis: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Drawn:
    """A compound as it is kept; `key` is "b12" for drawn homes, "t5" for a total.

    `now` is what the registered buildings of a total add up to today: an import that came after
    it has its own figures.
    """

    key: str
    name: str
    households: int
    shape: Shape
    basis: str
    as_of: date | None
    total: bool = False
    now: int = 0


@transaction.atomic
def draw_homes(
    *,
    area: Area,
    notes: Iterable[HomeNote],
    by: User | None,
    at: datetime,
    as_total: bool = False,
) -> list[str]:
    """Write compounds and count the open plans anew; returns their keys.

    Raises
    ------
    HomeOutside
        A compound lies outside of the area.
    HomesRegistered
        An outline holds registered buildings with dwellings, and `as_total` was not said.
    HomesInTotal
        An outline holds buildings of which another total speaks already.
    """
    _require(area, by)
    keys = _draw(area, notes, at, as_total)
    _count_anew(area, at)
    return keys


@transaction.atomic
def change_homes(
    *, area: Area, key: str, note: HomeNote, by: User | None, at: datetime, as_total: bool = False
) -> str:
    """Draw a compound again in the place of the one of this key. Raises as `draw_homes`."""
    _require(area, by)
    _remove(area, key)
    (found,) = _draw(area, [note], at, as_total)
    _count_anew(area, at)
    return found


@transaction.atomic
def remove_homes(*, area: Area, key: str, by: User | None, at: datetime) -> None:
    """Take a compound away; the buildings of a total get back what they had."""
    _require(area, by)
    _remove(area, key)
    _count_anew(area, at)


def homes_of(area: Area) -> list[Drawn]:
    """What was drawn by hand in an area, by name."""
    drawn = Building.objects.filter(source__code__startswith=_stem(area, "homes"))
    found = [
        Drawn(
            key=f"b{row.pk}",
            name=row.name,
            households=row.dwellings,
            shape=_single(row.footprint) if row.footprint else to_shapely(row.anchor),
            basis=row.source.name,
            as_of=row.source.as_of,
        )
        for row in drawn.select_related("source")
    ]
    for source in Source.objects.filter(code__startswith=_stem(area, "total")):
        shape = from_geojson(source.report["outline"])
        now = _registered(shape).aggregate(n=Sum("dwellings"))["n"] or 0
        found.append(
            Drawn(
                f"t{source.pk}", source.name, source.report["total"], shape, source.attribution,
                source.as_of, total=True, now=now,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.name, one.key))


def _draw(area: Area, notes: Iterable[HomeNote], at: datetime, as_total: bool) -> list[str]:
    newest = area.boundaries.order_by("-valid_from").first()
    ground = to_shapely(newest.boundary) if newest else shapely.MultiPolygon()
    shapely.prepare(ground)
    sources: dict[tuple[str, date], Source] = {}
    rows: list[Building] = []
    keys: list[str | Building] = []
    for note in notes:
        shape = snap(note.shape)
        polygon = shape.geom_type in ("Polygon", "MultiPolygon")
        _refuse_outside(area, note, ground, shape)
        if polygon:
            found = _registered(shapely.intersection(shape, ground))
            inside = found.aggregate(buildings=Count("pk"), dwellings=Sum("dwellings"))
            if inside["dwellings"]:
                if not as_total:
                    raise HomesRegistered(
                        name=note.name, count=inside["buildings"], dwellings=inside["dwellings"]
                    )
                keys.append(_set_total(area, note, shape, found, at))
                continue
        counted = (note.basis, note.as_of)
        if counted not in sources:
            sources[counted] = _source(area, note, at)
        anchor: Any = from_shapely(snap(shapely.point_on_surface(shape)) if polygon else shape)
        row = Building(
            source=sources[counted],
            name=note.name[:200],
            kind=Building.COMPOUND,
            anchor=anchor,
            accuracy=Building.Accuracy.C,
            footprint=from_shapely(shape, multi=True) if polygon else None,
            dwellings=note.households,
            dwellings_origin=Building.Origin.COUNTED,
        )
        rows.append(row)
        keys.append(row)
    Building.objects.bulk_create(rows, 500)
    return [key if isinstance(key, str) else f"b{key.pk}" for key in keys]


def _refuse_outside(area: Area, note: HomeNote, ground: Shape, shape: Shape) -> None:
    """Ground and buildings over the border are the neighbour's: they are not drawn from here."""
    if ground.covers(shape):
        return
    over = shapely.difference(shape, ground)
    if shape.geom_type == "Point" or area_m2(over) > OVER_M2:
        raise HomeOutside(name=note.name, area=area.name)


def _set_total(area: Area, note: HomeNote, shape: Shape, found: Any, at: datetime) -> str:
    """Share the total out over the registered buildings as their present figures are."""
    rows = list(found.filter(dwellings__gt=0).order_by("pk").select_for_update())
    _refuse_in_total(note, {row.pk for row in rows})
    before = [[row.pk, row.dwellings, row.dwellings_origin] for row in rows]
    whole = sum(row.dwellings for row in rows)
    exact = [row.dwellings * note.households / whole for row in rows]
    shares = [int(one) for one in exact]
    short = note.households - sum(shares)
    for at_row in sorted(range(len(rows)), key=lambda n: shares[n] - exact[n])[:short]:
        shares[at_row] += 1
    for row, share in zip(rows, shares, strict=True):
        row.dwellings, row.dwellings_origin = share, Building.Origin.COUNTED
    Building.objects.bulk_update(rows, ["dwellings", "dwellings_origin"], 500)
    source = Source.objects.create(
        code=_next_code(_stem(area, "total")),
        name=note.name[:200],
        attribution=note.basis[:200],
        licence="own",
        as_of=note.as_of,
        imported_at=at,
        report={
            "total": note.households, "outline": as_geojson(shape), "before": before,
            "shares": shares,
        },
    )  # fmt: skip
    return f"t{source.pk}"


def _refuse_in_total(note: HomeNote, buildings: set[int]) -> None:
    """A building in two totals could not get back what it had."""
    for other in Source.objects.filter(code__startswith="total-"):
        if buildings & {pk for pk, _, _ in other.report.get("before", ())}:
            raise HomesInTotal(name=note.name, other=other.name)


def _remove(area: Area, key: str) -> None:
    number = int(key[1:]) if key[1:].isdecimal() else 0
    if key.startswith("t"):
        total = Source.objects.filter(pk=number, code__startswith=_stem(area, "total")).first()
        if total is None:
            raise NoSuchHomes
        shares = total.report.get("shares")
        for place, (pk, dwellings, origin) in enumerate(total.report["before"]):
            rows = Building.objects.filter(pk=pk)
            if shares is not None:  # an import that came after it has figures of its own
                rows = rows.filter(dwellings=shares[place], dwellings_origin="counted")
            rows.update(dwellings=dwellings, dwellings_origin=origin)
        total.delete()
        return
    row = Building.objects.filter(
        pk=number, source__code__startswith=_stem(area, "homes")
    ).select_related("source").first()  # fmt: skip
    if row is None:
        raise NoSuchHomes
    source = row.source
    row.delete()
    if not Building.objects.filter(source=source).exists():
        source.delete()


def _source(area: Area, note: HomeNote, at: datetime) -> Source:
    """One source for everything that was counted by the same people on the same day."""
    stem = _stem(area, "homes")
    known = Source.objects.filter(
        code__startswith=stem, name=note.basis[:200], as_of=note.as_of
    ).first()
    return known or Source.objects.create(
        code=_next_code(stem),
        name=note.basis[:200],
        attribution=area.name,
        licence="own",
        as_of=note.as_of,
        imported_at=at,
    )


def _next_code(stem: str) -> str:
    known = Source.objects.filter(code__startswith=stem).values_list("code", flat=True)
    taken = [int(code[len(stem) :]) for code in known if code[len(stem) :].isdecimal()]
    return f"{stem}{max(taken, default=0) + 1}"


def _stem(area: Area, what: str) -> str:
    return f"{what}-{area.pk}-"


def _registered(shape: Shape) -> Any:
    """Buildings inside an outline that no office drew."""
    return Building.objects.within(from_shapely(shape)).exclude(kind=Building.COMPOUND)


def _single(footprint: GEOSGeometry) -> Shape:
    shape = to_shapely(footprint)
    parts = shapely.get_parts(shape)
    only: Shape = parts[0] if len(parts) == 1 else shape
    return only


def _count_anew(area: Area, at: datetime) -> None:
    """What is worked on, approved or in force; a plan that was retired keeps its figures."""
    versions.bump("basemap", "buildings")
    plans = Plan.objects.filter(scheme__area=area)
    working = Q(state__in=(Plan.State.DRAFT, Plan.State.IN_REVIEW))
    ahead = Q(state=Plan.State.APPROVED) & (
        Q(terms__isnull=True) | Q(terms__during__endswith__gt=at)
        | Q(terms__during__upper_inf=True)
    )  # fmt: skip
    for plan in plans.filter(working | ahead).distinct():
        rebuild_loads(plan=plan, at=at)


def _require(area: Area, by: User | None) -> None:
    require(by, Permission.DRAW, scheme=Scheme.objects.get(area=area, general=True))
