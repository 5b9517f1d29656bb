"""Commit an extract: the rows of one source, replaced in one transaction.

Streets, land use, buildings, addresses and most places are replaced import by import. Hazard points
are kept by their number in the source, because rounds and findings refer to them; those that have
vanished from the source are switched off, never deleted.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import shapely
from django.contrib.gis.geos import Point
from django.db import models, transaction

from layers.basemap.models import LandUse, PlaceName, Railway, Source, Street, Waterway
from layers.datum.metric import distance_m, metres_per_degree
from layers.feeds import versions
from layers.geocoding.normalise import search_key
from layers.intake import kinds
from layers.intake.bulk import copy_rows
from layers.intake.doors import Door, NearestDoor, doors_of
from layers.intake.errors import WrongCoordinates
from layers.intake.households import Estimate, estimate_dwellings
from layers.intake.osm import Extract, Record
from layers.intake.report import QualityReport, repeated_doors, repeated_shapes
from layers.places.models import (
    Address,
    Building,
    HazardClass,
    HazardPoint,
    Hospital,
    PublicFacility,
    School,
    Shop,
    Unit,
)

# What maps show of these rows; `versions` makes browsers fetch it anew.
MAP_LAYERS = ("basemap", "shops", "schools", "hospitals", "facilities", "hazards")
MARGIN_M = 500
SAME_PLACE_M = 150
PLACE_FIELDS = ("source_id", "ref", "name", "address", "kind", "anchor", "accuracy")
PLACES: tuple[tuple[type[models.Model], str, Callable[[kinds.Tags], str]], ...] = (
    (Shop, "shops", kinds.shop_kind),
    (School, "schools", kinds.school_kind),
    (Hospital, "hospitals and clinics", kinds.hospital_kind),
    (PublicFacility, "public facilities", kinds.facility_kind),
)


@dataclass(frozen=True, slots=True)
class SourceNote:
    """Where a file came from and how old it is; `code` tells imports of the same town apart."""

    code: str
    name: str
    attribution: str
    licence: str
    as_of: date | None = None


@transaction.atomic
def commit(
    extract: Extract, *, outline: shapely.MultiPolygon, note: SourceNote, at: datetime
) -> tuple[Source, QualityReport]:
    """Replace the rows of `note.code` by what the extract holds inside `outline`.

    Places are kept by their anchor; streets, railways, waters and land use reach `MARGIN_M` metres
    further, so that a map does not end at the border. Raises WrongCoordinates when nothing of the
    extract lies inside.
    """
    started = time.monotonic()
    report = QualityReport(note.name, read=dict(extract.read))
    town = _clip(extract, outline, report)
    source, _ = Source.objects.update_or_create(
        code=note.code,
        defaults={
            "name": note.name,
            "attribution": note.attribution,
            "licence": note.licence,
            "as_of": note.as_of,
            "imported_at": at,
        },
    )
    doors, streetless = doors_of(town.addresses)
    _write_basemap(source, town, report)
    _write_buildings(source, town, doors, report)
    _write_addresses(source, doors, report)
    nearest = NearestDoor(doors, town.streets)
    _write_places(source, town.points, nearest, report)
    _write_hazards(source, town.points, nearest, report)
    _remark(extract, town, doors, streetless, report)
    report.seconds = round(time.monotonic() - started, 1)
    source.report = report.as_dict()
    source.save(update_fields=["report"])
    versions.bump(*MAP_LAYERS)
    return source, report


def _clip(extract: Extract, outline: shapely.MultiPolygon, report: QualityReport) -> Extract:
    shapely.prepare(outline)
    wide = _grown(outline, MARGIN_M)
    shapely.prepare(wide)
    town = Extract(unbuildable=extract.unbuildable)
    for layer, records in extract.layers():
        if layer == "boundaries":
            continue
        if layer in ("streets", "railways", "waters", "land_use"):
            kept = shapely.intersects(wide, [record.geometry for record in records])
        else:
            kept = shapely.covers(outline, [record.anchor for record in records])
        getattr(town, layer).extend(r for r, keep in zip(records, kept, strict=True) if keep)
        report.outside += int((~np.asarray(kept, bool)).sum())
    if not town.buildings and not town.streets:
        west, south, east, north = outline.bounds
        raise WrongCoordinates(
            "Nothing in the file lies inside the outline, which reaches from longitude"
            f" {west:.4f} to {east:.4f} and latitude {south:.4f} to {north:.4f}. Perhaps longitude"
            " and latitude are swapped, or it belongs to another town.",
        )
    return town


def _grown(outline: shapely.MultiPolygon, metres: float) -> shapely.Geometry:
    scale = np.array(metres_per_degree(outline.centroid.y))
    flat = shapely.transform(outline, lambda xy: xy * scale)
    return shapely.transform(flat.buffer(metres, quad_segs=4), lambda xy: xy / scale)


def _replace(
    source: Source, model: type[models.Model], fields: Sequence[str], rows: list[tuple]
) -> int:
    model._default_manager.filter(source=source).delete()
    return copy_rows(model, fields, rows)


def _write_basemap(source: Source, town: Extract, report: QualityReport) -> None:
    streets = [(kinds.street_rank(record.tags), record) for record in town.streets]
    report.kept["streets"] = _replace(
        source,
        Street,
        ("source_id", "ref", "name", "kind", "rank", "path"),
        [
            (source.pk, r.source_id, r.name[:200], r.tags["highway"], rank, r.geometry)
            for rank, r in streets
            if rank is not None
        ],
    )
    unranked = Counter(r.tags["highway"] for rank, r in streets if rank is None)
    report.remark(
        "street_kind_unknown",
        sum(unranked.values()),
        "ways that are no street yet or any more",
        [f"{kind} ({count})" for kind, count in unranked.most_common()],
    )
    lines = ("source_id", "ref", "name", "kind", "path")
    report.kept["railways"] = _replace(
        source, Railway, lines, [_line(source, r, "railway") for r in town.railways]
    )
    rivers = [r for r in town.waters if r.geometry.geom_type == "LineString"]
    report.kept["waterways"] = _replace(
        source, Waterway, lines, [_line(source, r, "waterway") for r in rivers]
    )
    water = [(r, "water") for r in town.waters if r.geometry.geom_type != "LineString"]
    ground = [(r, kinds.land_use_kind(r.tags)) for r in town.land_use]
    report.kept["land use and water"] = _replace(
        source,
        LandUse,
        ("source_id", "ref", "name", "kind", "shape"),
        [
            (source.pk, r.source_id, r.name[:200], kind, _multi(r.geometry))
            for r, kind in ground + water
            if kind != "other"
        ],
    )
    report.kept["place names"] = _replace(
        source,
        PlaceName,
        ("source_id", "ref", "name", "kind", "point"),
        [
            (source.pk, r.source_id, r.name[:200], r.tags["place"][:20], r.anchor)
            for r in town.place_names
        ],
    )


def _line(source: Source, record: Record, key: str) -> tuple:
    return source.pk, record.source_id, record.name[:200], record.tags[key], record.geometry


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(list(shapely.get_parts(shape)))


def _write_buildings(
    source: Source, town: Extract, doors: list[Door], report: QualityReport
) -> None:
    estimates = estimate_dwellings(town.buildings, town.addresses, town.points, town.land_use)
    inside = _doors_inside(town.buildings, doors)
    rows = [
        _building_row(source, record, estimate, inside.get(n, []))
        for n, (record, estimate) in enumerate(zip(town.buildings, estimates, strict=True))
    ]
    fields = (
        *PLACE_FIELDS, "footprint", "levels", "dwellings", "dwellings_origin"
    )  # fmt: skip
    report.kept["buildings"] = _replace(source, Building, fields, rows)
    report.dwellings = sum(estimate.dwellings for estimate in estimates)
    report.homes = sum(estimate.dwellings > 0 for estimate in estimates)
    report.kept["entrances"] = _write_units(source, town.buildings, estimates, inside)


def _building_row(
    source: Source, record: Record, estimate: Estimate, doors: list[Door]
) -> tuple[object, ...]:
    # The address of a house is its first door without the entrance.
    address = Door("", doors[0].street, doors[0].house, "", record.anchor).text if doors else ""
    return (
        source.pk,
        record.source_id,
        record.name[:200],
        address[:200],
        record.tags["building"][:60],
        record.anchor,
        Building.Accuracy.B.value,
        _multi(record.geometry),
        estimate.levels if "building:levels" in record.tags else None,
        estimate.dwellings,
        Building.Origin.ESTIMATED.value,
    )


def _doors_inside(buildings: list[Record], doors: list[Door]) -> dict[int, list[Door]]:
    inside: dict[int, list[Door]] = {}
    if buildings and doors:
        tree = shapely.STRtree([record.geometry for record in buildings])
        anchors = np.array([door.anchor for door in doors])
        for door, building in zip(*tree.query(anchors, predicate="intersects"), strict=True):
            inside.setdefault(int(building), []).append(doors[door])
    return inside


def _write_units(
    source: Source,
    buildings: list[Record],
    estimates: list[Estimate],
    inside: dict[int, list[Door]],
) -> int:
    ids = dict(Building.objects.filter(source=source).values_list("ref", "pk"))
    rows = []
    for n, doors in inside.items():
        units = sorted({door.unit for door in doors if door.unit})
        for position, unit in enumerate(units):
            each, rest = divmod(estimates[n].dwellings, len(units))
            levels = estimates[n].levels
            floors = round(levels) if levels else None
            share = each + (position < rest)
            rows.append((ids[buildings[n].source_id], unit[:20], floors, share))
    return copy_rows(Unit, ("building_id", "number", "floors", "dwellings"), rows)


def _write_addresses(source: Source, doors: list[Door], report: QualityReport) -> None:
    report.kept["addresses"] = _replace(
        source,
        Address,
        ("source_id", "text", "street", "house", "unit", "search", "anchor"),
        [
            (
                source.pk,
                door.text[:200],
                door.street[:120],
                door.house[:40],
                door.unit[:40],
                search_key(door.street, door.house, door.unit)[:240],
                door.anchor,
            )
            for door in doors
        ],
    )


def _write_places(
    source: Source, points: list[Record], nearest: NearestDoor, report: QualityReport
) -> None:
    for model, title, kind_of in PLACES:
        found = [(record, kind_of(record.tags)) for record in points if kind_of(record.tags)]
        kept = _without_twins(found)
        texts = nearest.of([r.anchor for r, _ in kept], [r.tags for r, _ in kept])
        rows = [
            (source.pk, r.source_id, r.name[:200], text[:200], kind[:60], r.anchor, "B")
            for (r, kind), text in zip(kept, texts, strict=True)
        ]
        report.kept[title] = _replace(source, model, PLACE_FIELDS, rows)
        report.remark(
            "place_twice",
            len(found) - len(kept),
            f"{title} mapped twice (same kind and name, close together), kept once",
            [],
        )


def _without_twins(found: list[tuple[Record, str]]) -> list[tuple[Record, str]]:
    seen: dict[tuple[str, str], list[shapely.Point]] = {}
    kept = []
    for record, kind in found:
        others = seen.setdefault((kind, record.name), [])
        here = (record.anchor.x, record.anchor.y)
        twin = record.name and any(
            distance_m([here], [(other.x, other.y)])[0] < SAME_PLACE_M for other in others
        )
        if not twin:
            others.append(record.anchor)
            kept.append((record, kind))
    return kept


def _write_hazards(
    source: Source, points: list[Record], nearest: NearestDoor, report: QualityReport
) -> None:
    classes = {row.code: row for row in HazardClass.objects.all()}
    judged = [(record, kinds.hazard_kind(record.tags)) for record in points]
    hazards = {record.source_id: hazard for record, hazard in judged if hazard is not None}
    found = [(r, hazards[r.source_id].kind) for r in points if r.source_id in hazards]
    kept = _without_twins(found)
    texts = nearest.of([r.anchor for r, _ in kept], [r.tags for r, _ in kept])
    known = {point.ref: point for point in HazardPoint.objects.filter(source=source)}
    for (record, kind), text in zip(kept, texts, strict=True):
        hazard = hazards[record.source_id]
        point = known.pop(record.source_id, None) or HazardPoint(
            source=source, ref=record.source_id
        )
        point.name, point.address, point.kind = record.name[:200], text[:200], kind
        point.anchor = Point(record.anchor.x, record.anchor.y, srid=4326)
        point.hazard_class, point.level = classes[hazard.hazard_class], hazard.level
        point.active = True
        point.save()
    HazardPoint.objects.filter(pk__in=[point.pk for point in known.values()]).update(active=False)
    report.kept["hazard points"] = len(kept)
    report.hazards_by_class = dict(
        Counter(hazards[record.source_id].hazard_class for record, _ in kept).most_common()
    )


def _remark(
    extract: Extract,
    town: Extract,
    doors: list[Door],
    streetless: list[Record],
    report: QualityReport,
) -> None:
    for layer, count in sorted(extract.unbuildable.items()):
        report.remark("unbuildable", count, f"{layer} whose geometry cannot be built", [])
    report.remark(
        "boundary_open",
        len(extract.broken_boundaries),
        "boundaries that do not close, because ways are missing",
        sorted(extract.broken_boundaries),
    )
    report.remark(
        "address_without_street",
        len(streetless),
        "addresses without a street, left out",
        [f"{r.tags['addr:housenumber']} ({r.source_id})" for r in streetless],
    )
    repeated, ambiguous = repeated_doors(doors)
    report.remark("address_repeated", len(repeated), "addresses that occur repeatedly", repeated)
    report.remark(
        "address_ambiguous", len(ambiguous), "of them over 100 m apart: ambiguous", ambiguous
    )
    names = {street.name for street in town.streets}
    strange = sorted({door.street for door in doors} - names)
    report.remark(
        "street_unknown", len(strange), "street names of addresses that no street carries", strange
    )
    report.remark(
        "footprint_repeated",
        repeated_shapes([record.geometry for record in town.buildings]),
        "buildings with the footprint of another one",
        [],
    )
    homeless = sum(1 for record in town.buildings if record.tags.get("building") == "yes")
    report.remark(
        "building_kind_unknown", homeless, "buildings of no stated kind: use is a guess", []
    )
