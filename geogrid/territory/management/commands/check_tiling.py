"""Does a file of polygons tile a territory exactly? Needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import shapely
from django.core.management.base import BaseCommand

from geogrid.coverage.files import PolygonFile, Unusable, read_polygons
from geogrid.coverage.findings import Finding, inspect, refined_by
from geogrid.coverage.nesting import union
from geogrid.territory.tiling_files import geojson, notes, place, read_territory
from layers.datum.shapes import Shape

EXACT, FINDINGS, UNUSABLE = 0, 1, 2
SHOWN = 20


class Command(BaseCommand):
    help = (
        "Check that the polygons of CHILDREN tile the outline in PARENT: no gap, no overlap, "
        "nothing outside, every shared border matched. GeoJSON, GeoPackage or Shapefile. "
        "Exit status: 0 exact, 1 findings, 2 unusable input."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("children", type=Path, metavar="CHILDREN")
        parser.add_argument("--parent", type=Path, required=True, help="the outline to be tiled")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--layer", help="layer of CHILDREN, when it has several")
        parser.add_argument("--parent-layer", help="layer of PARENT, when it has several")
        parser.add_argument("--naming", help="field that names the polygons (code, name or id)")
        parser.add_argument("--crs", help="for files that do not say theirs, such as EPSG:4490")
        parser.add_argument(
            "--pieces-allowed",
            nargs="*",
            default=[],
            metavar="NAME",
            help="polygons that may lie in several pieces",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            children = read_polygons(
                options["children"],
                layer=options["layer"],
                naming=options["naming"],
                crs=options["crs"],
            )
            parent, outlines = read_territory(
                options["parent"], layer=options["parent_layer"], crs=options["crs"]
            )
        except Unusable as problem:
            self.stderr.write(self.style.ERROR(str(problem)))
            raise SystemExit(UNUSABLE) from None
        allowed = {
            number
            for number, name in enumerate(children.names)
            if name in options["pieces_allowed"]
        }
        findings, added = inspect(children.shapes, outlines, pieces_allowed=allowed), 0
        refined = refined_by(children.shapes, outlines) if findings else None
        if refined is not None:
            findings = inspect(children.shapes, [refined], pieces_allowed=allowed)
            added = _vertices(refined) - _vertices(union(list(outlines)))
        if options["format"] == "json":
            told = _report(children, findings) | {"vertices_added_to_the_outline": added}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for note in notes(children, parent):
                self.stdout.write(note)
            self._tell(children, findings, added)
        raise SystemExit(FINDINGS if findings else EXACT)

    def _tell(self, children: PolygonFile, findings: list[Finding], added: int) -> None:
        if added:
            self.stdout.write(
                f"Note: the polygons add {added} vertices to the outline, where their borders"
                " meet it, a centimetre beside its line at most."
            )
        for finding in findings[:SHOWN]:
            self.stdout.write(_line(finding, children.names))
        if len(findings) > SHOWN:
            self.stdout.write(f"... and {len(findings) - SHOWN} more; --format json has them all.")
        if findings:
            self.stdout.write(f"{len(findings)} findings in {len(children.names)} polygons.")
        else:
            self.stdout.write(f"Exact: {len(children.names)} polygons tile the outline.")


def _vertices(shape: Shape) -> int:
    return int(shapely.get_num_coordinates(shape))


def _line(finding: Finding, names: list[str]) -> str:
    size = f" {finding.area_m2:.3f} m2" if finding.area_m2 else ""
    grids = ", ".join(names[grid] for grid in finding.grids)
    note = f" ({finding.note})" if finding.note else ""
    return f"{finding.kind.value}{size}{place(finding.where)}: {grids or 'no polygon'}{note}"


def _report(children: PolygonFile, findings: list[Finding]) -> dict[str, Any]:
    return {
        "exact": not findings,
        "polygons": len(children.names),
        "rounded": children.rounded,
        "findings": [
            {
                "kind": finding.kind.value,
                "area_m2": round(finding.area_m2, 4),
                "grids": [children.names[grid] for grid in finding.grids],
                "note": finding.note,
                "geometry": geojson(finding.where),
            }
            for finding in findings
        ],
    }
