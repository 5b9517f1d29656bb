"""Does a file of polygons tile a territory exactly? Needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import shapely
from django.core.management.base import BaseCommand

from geogrid.coverage.files import PolygonFile, Unusable, read_polygons
from geogrid.coverage.findings import Finding, inspect
from geogrid.coverage.proof import invalid
from layers.datum.lattice import DECIMALS, snap
from layers.datum.shapes import Shape, listed

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
            parent = read_polygons(
                options["parent"], layer=options["parent_layer"], crs=options["crs"]
            )
            _whole(options["parent"], parent)
        except Unusable as problem:
            self.stderr.write(self.style.ERROR(str(problem)))
            raise SystemExit(UNUSABLE) from None
        allowed = {
            number
            for number, name in enumerate(children.names)
            if name in options["pieces_allowed"]
        }
        findings = inspect(children.shapes, parent.shapes, pieces_allowed=allowed)
        if options["format"] == "json":
            self.stdout.write(json.dumps(_report(children, findings), ensure_ascii=False))
        else:
            self._tell(children, parent, findings)
        raise SystemExit(FINDINGS if findings else EXACT)

    def _tell(self, children: PolygonFile, parent: PolygonFile, findings: list[Finding]) -> None:
        for source in (children, parent):
            if source.projected:
                self.stdout.write(f"Note: {source.projected} was transformed to EPSG:4326.")
            if source.rounded:
                self.stdout.write(
                    f"Note: {source.rounded} polygons have vertices between the points of the"
                    " 1e-7 degree lattice and were read at the nearest point, 8 mm away at most."
                )
        for finding in findings[:SHOWN]:
            self.stdout.write(_line(finding, children.names))
        if len(findings) > SHOWN:
            self.stdout.write(f"... and {len(findings) - SHOWN} more; --format json has them all.")
        if findings:
            self.stdout.write(f"{len(findings)} findings in {len(children.names)} polygons.")
        else:
            self.stdout.write(f"Exact: {len(children.names)} polygons tile the outline.")


def _whole(path: Path, parent: PolygonFile) -> None:
    """Refuse outlines that cannot be a parent: they would answer for defects not their own."""
    outlines = listed([None if s is None else snap(s) for s in parent.shapes])
    broken = invalid(outlines)
    if len(broken):
        name = parent.names[int(broken[0])]
        reason = shapely.is_valid_reason(outlines[broken[0]]) or "it is empty"
        raise Unusable(f"{path}: {name} cannot be the outline: {reason}.")
    if not shapely.coverage_is_valid(outlines):
        raise Unusable(f"{path}: its polygons overlap or do not match; give one outline.")


def _line(finding: Finding, names: list[str]) -> str:
    place = shapely.get_coordinates(shapely.point_on_surface(finding.where))
    where = f" at {place[0][0]:.6f} {place[0][1]:.6f}" if len(place) else ""
    size = f" {finding.area_m2:.3f} m2" if finding.area_m2 else ""
    grids = ", ".join(names[grid] for grid in finding.grids)
    note = f" ({finding.note})" if finding.note else ""
    return f"{finding.kind.value}{size}{where}: {grids or 'no polygon'}{note}"


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
                "geometry": _geojson(finding.where),
            }
            for finding in findings
        ],
    }


def _geojson(where: Shape) -> dict[str, Any] | None:
    """Two decimals finer than the lattice: crossings of borders lie between its points."""
    if where.is_empty:
        return None
    fine = shapely.transform(where, lambda xy: xy.round(DECIMALS + 2))
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(fine))
    return geometry
