"""What the review page and its map need of a drawn list, as JSON without a word of any language."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import shapely

from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.labels import label_circle
from geogrid.territory.listed_claims import Position
from geogrid.territory.listed_corrections import Corrected, Entry
from geogrid.territory.listed_findings import ListFinding, ListFindingKind
from geogrid.territory.listed_ground import Exactness
from geogrid.territory.listed_plan import ItemResult, ListedPlan
from geogrid.territory.listed_words import Remark
from geogrid.territory.models import Grid, Plan
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape, listed
from layers.intake.doors import Door

__all__ = ["COLOURS", "report_of"]

COLOURS = 6  # the map's; neighbours have different ones as far as they go
SHOWN = 8  # doors of an entry, and places to choose from
TOLD = (
    ListFindingKind.TWO_PARTS, ListFindingKind.ONE_BUILDING, ListFindingKind.OTHER_COMMUNITY,
    ListFindingKind.OUTSIDE, ListFindingKind.NO_GROUND, ListFindingKind.UNASSIGNED,
)  # fmt: skip


def report_of(done: Corrected, drawn: ListedPlan, base: Plan | None) -> dict[str, Any]:
    """Everything that is shown of a list; see the templates for the shape."""
    results = {result.position: result for result in drawn.results}
    contested = _contested(drawn)
    grids: list[dict[str, Any]] = []
    doors = Counter(drawn.doors.values())
    shape_of = {grid: at for at, grid in enumerate(drawn.drawn.grid.tolist()) if grid >= 0}
    colour = _colours(drawn)
    for grid, row in enumerate(drawn.grids):
        entries = [
            _entry(entry, results, contested, drawn, row.community)
            for entry in done.entries
            if entry.grid == grid
        ]
        at = shape_of.get(grid)
        grids.append(
            {
                "key": done.keys[grid],
                "code": row.code,
                "name": row.title,
                "community": row.community,
                "line": row.line,
                "entries": entries,
                "doors": doors[grid],
                "open": sum(1 for entry in entries if entry["state"] in ("lost", "several")),
                "drawn": at is not None,
                "area_m2": round(area_m2(drawn.drawn.shapes[at])) if at is not None else 0,
                "grown": round(float(drawn.drawn.grown[at]), 3) if at is not None else 0,
                "colour": colour[at] if at is not None else None,
                "pieces": done.pieces.get(grid, ""),
            }
        )
    states = Counter(entry["state"] for grid in grids for entry in grid["entries"])
    conflicts = _conflicts(done, drawn)
    unlisted = _unlisted(drawn)
    return {
        "grids": grids,
        "conflicts": conflicts,
        "decided": [_pair(done, one, other) for one, other in drawn.settled],
        "unlisted": unlisted,
        "rests": [
            {"street": street, "count": count, "grid": done.decisions.rests.get(street, -1)}
            for street, count in drawn.rests.items()
        ],
        "troubles": [_trouble(finding) for finding in drawn.findings if finding.kind in TOLD],
        "spread": done.decisions.spread,
        "base": base.number if base else 0,
        "summary": {
            "grids": len(grids),
            "drawn": len(shape_of),
            "entries": sum(states.values()) - states["ignored"],
            "good": states["good"],
            "part": states["part"],
            "lost": states["lost"],
            "several": states["several"],
            "ignored": states["ignored"],
            "conflicts": len(conflicts),
            "doors": len(drawn.ground.doors),
            "doors_listed": len(drawn.doors),
            "doors_unlisted": sum(one["count"] for one in unlisted),
            "unassigned_m2": round(
                sum(
                    area_m2(shape)
                    for shape, grid in zip(drawn.drawn.shapes, drawn.drawn.grid, strict=True)
                    if grid < 0
                )
            ),
            "open": states["lost"] + states["several"] + len(conflicts),
        },
        "map": _map(drawn, colour),
    }


def _entry(
    entry: Entry,
    results: dict[Position, ItemResult],
    contested: set[Position],
    drawn: ListedPlan,
    community: str,
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "key": entry.key,
        "text": entry.item.text,
        "written": entry.written,
        "touched": entry.touched,
        "added": entry.added,
        "state": "ignored",
        "count": 0,
        "there": 0,
    }
    if entry.at is None:
        return told
    result = results[entry.grid, entry.at]
    found, ground = result.found, drawn.ground
    told |= {
        "count": result.count,
        "there": result.there,
        "how": _how(result),
        "conflict": result.position in contested,
        "note": _remark(found.note),
    }
    if not found and not found.doubtful:
        told["state"] = "several" if found.note.code.startswith("several") else "lost"
    elif found.doubtful:
        told["state"] = "several"
    else:
        told["state"] = "good" if result.complete else "part"
    if told["state"] in ("lost", "several"):
        told["candidates"] = ground.candidates(entry.item, community)
    if found.doubtful:
        told["doubles"] = [_door(ground.doors[at]) for at in found.doubtful[:SHOWN]]
    elif found.note.code == "several_places":
        points = ground.places_named(entry.item, community)[:SHOWN]
        told["spots"] = [_at(shapely.point_on_surface(point)) for point in points]
    places: list[Shape] = [ground.doors[at].anchor for at in found.doors]
    places += [ground.places[at].shape for at in found.places]
    places += [shapely.point_on_surface(ground.areas[at].shape) for at in found.areas]
    places += list(found.spots)
    if places:
        told["where"] = _box(places)
    told["sample"] = [ground.doors[at].text for at in list(found.doors)[:SHOWN]]
    return told


def _how(result: ItemResult) -> str:
    """How exactly an entry names what it matched: the least exact of its doors."""
    found = result.found
    if found.spots:
        return "spot"
    if found.doors:
        return Exactness(min(found.doors.values())).name.lower()
    return "place" if found.places else "outline" if found.areas else ""


def _contested(drawn: ListedPlan) -> set[Position]:
    twice = (one for one in drawn.findings if one.kind is ListFindingKind.LISTED_TWICE)
    return {position for finding in twice for position in finding.entries}


def _conflicts(done: Corrected, drawn: ListedPlan) -> list[dict[str, Any]]:
    found = []
    for finding in drawn.findings:
        if finding.kind is ListFindingKind.LISTED_TWICE:
            pair = _pair(done, *finding.entries)
            found.append(pair | {"count": finding.count, "where": _box([finding.where])})
    return found


def _pair(done: Corrected, one: Position, other: Position) -> dict[str, Any]:
    at = {(entry.grid, entry.at): entry for entry in done.entries if entry.at is not None}
    return {
        "entries": [at[one].key, at[other].key],
        "texts": [at[one].item.text, at[other].item.text],
        "grids": [one[0], other[0]],
    }


def _unlisted(drawn: ListedPlan) -> list[dict[str, Any]]:
    """Streets and compounds with doors nobody lists, most doors first; `grids` now have them."""
    streets: dict[str, list[ListFinding]] = defaultdict(list)
    for finding in drawn.findings:
        if finding.kind is ListFindingKind.UNLISTED:
            streets[finding.street].append(finding)
    told = [
        {
            "street": street,
            "count": sum(finding.count for finding in findings),
            "grids": [finding.grids[0] if finding.grids else -1 for finding in findings],
            "texts": [text for finding in findings for text in finding.items][:SHOWN],
            "where": _box([finding.where for finding in findings]),
        }
        for street, findings in streets.items()
    ]
    return sorted(told, key=lambda one: (-one["count"], one["street"]))


def _trouble(finding: ListFinding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "grids": list(finding.grids),
        "items": list(finding.items),
        "note": _remark(finding.note),
        "area_m2": round(finding.area_m2),
        "where": None if finding.where.is_empty else _box([finding.where]),
    }


def _colours(drawn: ListedPlan) -> list[int]:
    """A colour for each shape, another one than its neighbours' where there are enough."""
    shapes = drawn.drawn.shapes
    chosen: list[int] = []
    for at, around in enumerate(adjacency(shapes).neighbours(len(shapes))):
        taken = {chosen[other] for other in around if other < at}
        free = [one for one in range(COLOURS) if one not in taken]
        used = Counter(chosen)
        chosen.append(min(free or range(COLOURS), key=lambda one: (used[one], one)))
    return chosen


def _map(drawn: ListedPlan, colour: list[int]) -> dict[str, Any]:
    features = []
    for at, (shape, grid) in enumerate(
        zip(drawn.drawn.shapes, drawn.drawn.grid.tolist(), strict=True)
    ):
        point, radius = label_circle(shape)
        row = drawn.grids[grid] if grid >= 0 else None
        name = row.title if row else ""
        features.append(
            {
                "type": "Feature",
                "id": str(at),
                "geometry": shapely.geometry.mapping(shape),
                "properties": {
                    "code": str(at),
                    "grid": grid,
                    "name": name,
                    "label": _short(name) if row else "",
                    "level": 1,
                    "kind": Grid.Kind.BASIC if row else Grid.Kind.UNASSIGNED,
                    "parent": drawn.communities[at] or None,
                    "parent_name": drawn.communities[at],
                    "label_point": list(point.coords[0]),
                    "label_radius": round(radius, 1),
                    "colour": colour[at] if row else None,
                },
            }
        )
    ground = drawn.ground
    return {
        "grids": {"type": "FeatureCollection", "features": features},
        "doors": [
            [*_at(door.anchor), drawn.doors.get(at, -1)] for at, door in enumerate(ground.doors)
        ],
    }


def _short(name: str) -> str:
    """What a map has room for: the number in a name, else its first letters."""
    digits = "".join(one if one.isdigit() else " " for one in name).split()
    return digits[-1][-4:] if digits else name[:4]


def _remark(remark: Remark) -> dict[str, Any] | None:
    return {"code": remark.code, "data": dict(remark.data)} if remark else None


def _door(door: Door) -> list[Any]:
    return [*_at(door.anchor), door.text]


def _at(point: Any) -> list[float]:
    return [round(point.x, 7), round(point.y, 7)]


def _box(shapes: list[Shape]) -> list[float]:
    return [round(float(value), 6) for value in shapely.total_bounds(listed(shapes))]
