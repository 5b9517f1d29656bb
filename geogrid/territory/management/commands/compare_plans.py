"""What changes hands between two files of grids? Needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from geogrid.coverage.compare import Comparison, HandOver, compare
from geogrid.coverage.files import PolygonFile, Unusable, read_polygons, write_polygons
from geogrid.coverage.proof import invalid
from geogrid.territory.tiling_files import geojson, notes, place, read_weights
from layers.datum.lattice import snap
from layers.datum.shapes import Shape, listed

SAME, DIFFERENT, UNUSABLE = 0, 1, 2
SHOWN = 20


class Command(BaseCommand):
    help = (
        "Compare the grids of two files: which land changes hands between A (before) and B "
        "(after), how much of each grid that changes goes where, and what is added or removed. "
        "Grids are known by a field that both files have. With --points, homes or whatever the "
        "points stand for are counted too. "
        "Exit status: 0 nothing changes hands, 1 something does, 2 unusable input."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("before", type=Path, metavar="A")
        parser.add_argument("after", type=Path, metavar="B")
        parser.add_argument("--by", help="field that says which grid is which (code, name or id)")
        parser.add_argument(
            "-o", "--output", type=Path, metavar="OUT",
            help="the land that changes hands, as polygons: .gpkg, .geojson, .shp, .zip or .kml",
        )  # fmt: skip
        parser.add_argument(
            "--points", type=Path, metavar="FILE",
            help="what is to be counted: points, or buildings (a point inside each)",
        )  # fmt: skip
        parser.add_argument("--weight", metavar="FIELD", help="of the points, such as households")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--layer", help="layer of A and B, when they have several")
        parser.add_argument("--crs", help="for files that do not say theirs, such as EPSG:4490")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            before, after = (
                read_polygons(
                    options[side], layer=options["layer"], naming=options["by"], crs=options["crs"]
                )
                for side in ("before", "after")
            )
            points, weights = listed([]), None
            if options["points"]:
                points, weights = read_weights(
                    options["points"], options["weight"], crs=options["crs"]
                )
            found = compare(
                _grids(options["before"], before),
                _grids(options["after"], after),
                points=points,
                weights=weights,
            )
            if options["output"]:
                _write(options["output"], found)
        except Unusable as problem:
            self.stderr.write(self.style.ERROR(str(problem)))
            raise SystemExit(UNUSABLE) from None
        counted = options["points"] is not None
        if options["format"] == "json":
            self.stdout.write(json.dumps(_report(found), ensure_ascii=False))
        else:
            self.stdout.write("\n".join([*notes(before, after), *_lines(found, counted)]))
        changed = found.hand_overs or found.added or found.removed
        raise SystemExit(DIFFERENT if changed else SAME)


def _grids(path: Path, file: PolygonFile) -> dict[str, Shape]:
    """Shapes by name, in the order of names: on borders the lowest one counts."""
    shapes = listed([None if shape is None else snap(shape) for shape in file.shapes])
    broken = invalid(shapes)
    if len(broken):
        raise Unusable(
            f"{path}: {file.names[int(broken[0])]} is not a valid polygon; repair_tiling mends it."
        )
    if len(set(file.names)) < len(file.names):
        twice = sorted(name for name in set(file.names) if file.names.count(name) > 1)
        raise Unusable(f"{path}: {twice[0]} is there more than once; choose a field with --by.")
    return dict(sorted(zip(file.names, shapes, strict=True), key=lambda pair: pair[0]))


def _write(path: Path, found: Comparison[str]) -> None:
    moved = found.hand_overs
    columns: dict[str, list[Any]] = {
        "from": [one.source for one in moved],
        "to": [one.target for one in moved],
        "area_m2": [round(one.area_m2, 2) for one in moved],
        "weight": [one.weight for one in moved],
    }
    write_polygons(path, [one.shape for one in moved], columns, layer="handovers")


def _lines(found: Comparison[str], counted: bool) -> list[str]:
    lines = [_line(one, counted) for one in found.hand_overs[:SHOWN]]
    if len(found.hand_overs) > SHOWN:
        lines.append(f"... and {len(found.hand_overs) - SHOWN} more; --format json has them all.")
    for what, names in (("added", found.added), ("removed", found.removed)):
        if names:
            lines.append(f"{what}: {', '.join(names)}")
    weight = f" with a weight of {found.weight:g}" if counted else ""
    lines.append(
        f"{len(found.unchanged)} grids unchanged; {found.area_m2:.1f} m2{weight} change hands in"
        f" {len(found.hand_overs)} hand-overs."
    )
    return lines


def _line(one: HandOver[str], counted: bool) -> str:
    weight = f", {one.weight:g}" if counted else ""
    way = f"{one.source or 'nobody'} -> {one.target or 'nobody'}"
    return f"{way}: {one.area_m2:.1f} m2{weight}{place(one.shape)}"


def _report(found: Comparison[str]) -> dict[str, Any]:
    return {
        "unchanged": list(found.unchanged),
        "added": list(found.added),
        "removed": list(found.removed),
        "area_m2": round(found.area_m2, 2),
        "weight": found.weight,
        "hand_overs": [
            {
                "from": one.source,
                "to": one.target,
                "area_m2": round(one.area_m2, 2),
                "weight": one.weight,
                "geometry": geojson(one.shape),
            }
            for one in found.hand_overs
        ],
        "shares": [
            {
                "from": share.source,
                "to": share.target,
                "of_area": round(share.of_area, 6),
                "of_weight": round(share.of_weight, 6),
            }
            for share in found.shares
        ],
    }
