"""`plan_from_list LIST`: draw the grids that a table describes. Needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import shapely
from django.core.management.base import BaseCommand

from geogrid.coverage.files import write_polygons
from geogrid.territory.listed_plan import ListedPlan, ListFinding, Town, draw_listing
from geogrid.territory.listing import Listing, UnreadableTable, read_listing
from geogrid.territory.listing_file import read_rows
from geogrid.territory.town_files import (
    TownFiles,
    read_communities,
    read_outline,
    town_from_extract,
    town_from_files,
)
from layers.intake.errors import IntakeError
from layers.intake.osm import read_extract

DRAWN, FINDINGS, UNUSABLE = 0, 1, 2
SHOWN = 20
LIST_FIELDS = ("code", "grid", "community", "items", "place", "numbers", "side")
GROUND_FIELDS = ("street", "compound", "number", "unit")


class Command(BaseCommand):
    help = (
        "Draw the grids that LIST describes: a .csv or .xlsx table of grids and the compounds, "
        "buildings, streets and villages that belong to each, in Chinese or English. The result "
        "tiles the outline exactly; what the list gets wrong is reported. The ground is an "
        "OpenStreetMap extract, or files of streets, buildings and addresses. "
        "Exit status: 0 drawn, 1 drawn with findings, 2 unusable input."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("list", type=Path, metavar="LIST", help="the table: .csv or .xlsx")
        parser.add_argument("--outline", type=Path, required=True, help="the territory to fill")
        parser.add_argument(
            "-o",
            "--output",
            type=Path,
            required=True,
            metavar="OUT",
            help="the grids: .geojson, .gpkg, .shp, .zip or .kml",
        )
        parser.add_argument(
            "--outline-output",
            type=Path,
            metavar="FILE",
            help="the outline with the vertices that the grids add to it",
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="all findings as JSON")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        ground = parser.add_argument_group("the ground")
        ground.add_argument(
            "--extract",
            type=Path,
            metavar="FILE",
            help="an OpenStreetMap extract (.osm.pbf) with all of the following",
        )
        ground.add_argument(
            "--streets",
            type=Path,
            nargs="+",
            default=[],
            metavar="FILE",
            help="streets, railways, rivers: lines that part blocks",
        )
        ground.add_argument(
            "--paths",
            type=Path,
            metavar="FILE",
            help="service roads and paths: they part only shared blocks",
        )
        ground.add_argument("--barriers", type=Path, metavar="FILE", help="walls and fences")
        ground.add_argument("--buildings", type=Path, metavar="FILE", help="footprints")
        ground.add_argument("--addresses", type=Path, metavar="FILE", help="doors, as points")
        ground.add_argument(
            "--places",
            type=Path,
            metavar="FILE",
            help="named points and outlines: villages, compounds, schools",
        )
        ground.add_argument(
            "--communities", type=Path, metavar="FILE", help="outlines (社区) that no grid crosses"
        )
        ground.add_argument("--crs", help="of files that do not say theirs, such as EPSG:4490")
        names = parser.add_argument_group("fields, where they have unusual names")
        for name in LIST_FIELDS:
            names.add_argument(
                f"--list-{name}",
                nargs="+",
                default=[],
                metavar="HEADER",
                help=f"columns of LIST that hold the {name}",
            )
        for name in GROUND_FIELDS:
            names.add_argument(
                f"--{name}-field",
                default="",
                metavar="FIELD",
                help=f"of buildings and addresses: the {name}",
            )
        names.add_argument(
            "--name-field",
            default="",
            metavar="FIELD",
            help="of places, buildings and communities: the name",
        )
        names.add_argument("--sheet", default="", help="of a workbook; by default the first")
        parser.add_argument(
            "--pieces-allowed",
            nargs="*",
            default=[],
            metavar="GRID",
            help="codes or names of grids that may lie in several pieces",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            findings = self._run(options)
        except (IntakeError, UnreadableTable, ValueError) as problem:
            self.stderr.write(str(problem))
            raise SystemExit(UNUSABLE) from problem
        raise SystemExit(FINDINGS if findings else DRAWN)

    def _run(self, options: dict[str, Any]) -> int:
        rows = read_rows(options["list"], sheet=options["sheet"])
        fields = {name: options[f"list_{name}"] for name in LIST_FIELDS}
        listing = read_listing(rows, fields={k: v for k, v in fields.items() if v})
        self._progress(options, f"{len(listing.grids)} grids in {options['list']}.")
        town = _town(options)
        self._progress(options, f"{len(town.doors)} doors on the ground. Drawing ...")
        plan = draw_listing(listing, town, pieces_allowed=_allowed(listing, options))
        _write(plan, options)
        report = _report(plan, listing)
        if options["report"]:
            options["report"].write_text(
                json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._tell(plan, listing, options["output"])
        return len(plan.findings)

    def _progress(self, options: dict[str, Any], sentence: str) -> None:
        if options["verbosity"]:
            self.stderr.write(sentence)

    def _tell(self, plan: ListedPlan, listing: Listing, output: Path) -> None:
        for kind, headers in listing.columns.items():
            self.stdout.write(f"Read as {kind}: {', '.join(headers)}")
        for finding in plan.findings[:SHOWN]:
            self.stdout.write(_line(finding, plan))
        if len(plan.findings) > SHOWN:
            more = len(plan.findings) - SHOWN
            self.stdout.write(f"... and {more} more; --report FILE has them all.")
        self.stdout.write(
            f"{len(plan.drawn.shapes)} grids tile the outline exactly: {output}\n"
            f"{plan.items_in_grid} of {plan.items} listed items ({plan.share_of_items:.1%}) lie in"
            f" the grid they are listed for; of the places they name {plan.share_of_places:.1%}."
        )


def _town(options: dict[str, Any]) -> Town:
    crs = options["crs"]
    outline = read_outline(options["outline"], crs=crs)
    communities = (
        read_communities(options["communities"], name_field=options["name_field"], crs=crs)
        if options["communities"]
        else []
    )
    if options["extract"]:
        return town_from_extract(read_extract(options["extract"]), outline, communities)
    if not (options["streets"] or options["buildings"]):
        raise ValueError(
            "Without --extract, --streets or --buildings there is no ground to draw on."
        )
    names = {name: options[f"{name}_field"] for name in (*GROUND_FIELDS, "name")}
    files = TownFiles(
        streets=options["streets"],
        paths=options["paths"],
        barriers=options["barriers"],
        buildings=options["buildings"],
        addresses=options["addresses"],
        places=options["places"],
        fields={name: value for name, value in names.items() if value},
        crs=crs,
    )
    return town_from_files(files, outline, communities)


def _allowed(listing: Listing, options: dict[str, Any]) -> list[int]:
    known = {word: at for at, grid in enumerate(listing.grids) for word in (grid.code, grid.name)}
    missing = [word for word in options["pieces_allowed"] if word not in known]
    if missing:
        raise ValueError(f"--pieces-allowed: the list has no grid {', '.join(missing)}.")
    return [known[word] for word in options["pieces_allowed"]]


def _write(plan: ListedPlan, options: dict[str, Any]) -> None:
    grids = [plan.grids[at] if at >= 0 else None for at in plan.drawn.grid.tolist()]
    properties: dict[str, list[Any]] = {
        "code": [grid.code if grid else "" for grid in grids],
        "name": [grid.title if grid else "" for grid in grids],
        "parent_name": [
            community or (grid.community if grid else "")
            for grid, community in zip(grids, plan.communities, strict=True)
        ],
        "kind": ["basic" if grid else "unassigned" for grid in grids],
        "grown": [round(float(share), 3) for share in plan.drawn.grown],
    }
    write_polygons(options["output"], plan.drawn.shapes, properties)
    if options["outline_output"]:
        write_polygons(options["outline_output"], [plan.drawn.outline])


def _line(finding: ListFinding, plan: ListedPlan) -> str:
    grids = ", ".join(plan.grids[at].title for at in finding.grids)
    words = ", ".join(finding.items)
    where = ""
    if not finding.where.is_empty:
        place = shapely.get_coordinates(shapely.point_on_surface(finding.where))[0]
        where = f" at {place[0]:.6f} {place[1]:.6f}"
    size = f" {finding.area_m2:.0f} m2" if finding.area_m2 else ""
    note = f" ({finding.note})" if finding.note else ""
    return f"{finding.kind.value}{size}{where}: {': '.join(w for w in (grids, words) if w)}{note}"


def _report(plan: ListedPlan, listing: Listing) -> dict[str, Any]:
    drawn = plan.drawn
    return {
        "grids": int((drawn.grid >= 0).sum()),
        "listed_grids": len(plan.grids),
        "columns": {kind: list(headers) for kind, headers in listing.columns.items()},
        "items": plan.items,
        "items_in_grid": plan.items_in_grid,
        "share_of_items": round(plan.share_of_items, 4),
        "places": plan.places,
        "places_in_grid": plan.places_in_grid,
        "share_of_places": round(plan.share_of_places, 4),
        "grown": {
            plan.grids[at].title: round(float(share), 3)
            for at, share in zip(drawn.grid.tolist(), drawn.grown, strict=True)
            if at >= 0
        },
        "findings": [
            {
                "kind": finding.kind.value,
                "grids": [plan.grids[at].title for at in finding.grids],
                "lines": [plan.grids[at].line for at in finding.grids],
                "items": list(finding.items),
                "note": str(finding.note),
                "area_m2": round(finding.area_m2, 2),
                "geometry": None
                if finding.where.is_empty
                else json.loads(shapely.to_geojson(finding.where)),
            }
            for finding in plan.findings
        ],
    }
