"""Make an exact tiling of a file of polygons that is none. Needs no database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from geogrid.coverage.files import PolygonFile, Unusable, read_polygons, write_polygons
from geogrid.coverage.nesting import union
from geogrid.coverage.repair import Concern, Doubt, Move, Reason, Repair, Rule, repair
from geogrid.territory.tiling_files import geojson, notes, place, read_territory
from layers.datum.shapes import Shape

REPAIRED, FINDINGS, UNUSABLE = 0, 1, 2
SHOWN = 20
KIND, UNASSIGNED = "kind", "unassigned"
WHY = {
    Reason.OVERLAP: "claimed by several",
    Reason.GAP: "a gap",
    Reason.OUTSIDE: "outside of the outline, cut off",
    Reason.DETACHED: "cut off from its grid",
}
WHAT = {
    Concern.EMPTY: "has no area and was left out",
    Concern.MENDED: "crosses itself and was mended",
    Concern.VANISHED: "has nothing left: others claim all of it, or it lies outside",
    Concern.UNASSIGNED: "land nobody claims, too large to give away: added as unassigned",
    Concern.PIECES: "lies in several large pieces",
}


class Command(BaseCommand):
    help = (
        "Make the polygons of IN tile the outline in PARENT exactly and write them to OUT with all "
        "their properties. Overlaps are decided by a rule, small or thin gaps go to the neighbour "
        "with the longest border, land outside is cut off, cut-off slivers are given away; larger "
        "gaps are added as features with kind = unassigned. Every square metre that changes "
        "hands is reported. The outline gets a vertex wherever a border meets it. "
        "Exit status: 0 repaired, 1 repaired with findings somebody has to look at (OUT is "
        "written and exact), 2 unusable input."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="IN")
        parser.add_argument("--parent", type=Path, required=True, help="the outline to be tiled")
        parser.add_argument(
            "-o", "--output", type=Path, required=True, metavar="OUT",
            help=".geojson, .gpkg, .shp, .zip (a Shapefile in it) or .kml, in EPSG:4326",
        )  # fmt: skip
        parser.add_argument(
            "--outline-output", type=Path, metavar="FILE",
            help="the outline with the vertices that the borders add to it",
        )  # fmt: skip
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="everything that moved, as JSON"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--layer", help="layer of IN, when it has several")
        parser.add_argument("--parent-layer", help="layer of PARENT, when it has several")
        parser.add_argument("--naming", help="field that names the polygons (code, name or id)")
        parser.add_argument("--crs", help="for files that do not say theirs, such as EPSG:4490")
        parser.add_argument("--encoding", help="of a Shapefile's texts: GB18030, UTF-8 ...")
        parser.add_argument(
            "--overlaps", choices=[rule.value for rule in Rule], default=Rule.SMALLEST.value,
            help="who gets land that several claim: the first in the file, the smallest, or the "
            "one with the longest border there (%(default)s)",
        )  # fmt: skip
        parser.add_argument(
            "--gaps-up-to", type=float, default=500.0, metavar="M2",
            help="gaps of at most this area are filled (%(default)s)",
        )  # fmt: skip
        parser.add_argument(
            "--gaps-thinner-than", type=float, default=2.0, metavar="M",
            help="gaps of at most this mean width are filled however long (%(default)s)",
        )  # fmt: skip
        parser.add_argument(
            "--slivers-up-to", type=float, default=100.0, metavar="M2",
            help="pieces cut off from their grid of at most this area are given to a neighbour "
            "(%(default)s)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            file, outline, told = self._read(options)
            if sys.stderr.isatty():
                self.stderr.write(f"Repairing {len(file.shapes)} polygons ...")
            result = _repaired(file, outline, options)
            _write(file, result, options)
        except Unusable as problem:
            self.stderr.write(self.style.ERROR(str(problem)))
            raise SystemExit(UNUSABLE) from None
        report = _report(file, result, told)
        if options["report"]:
            text = json.dumps(report, ensure_ascii=False, indent=1)
            options["report"].write_text(text, encoding="utf-8")
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._tell(file, result, told, options)
        raise SystemExit(FINDINGS if result.doubts else REPAIRED)

    def _read(self, options: dict[str, Any]) -> tuple[PolygonFile, Shape, list[str]]:
        parent, outlines = read_territory(
            options["parent"], layer=options["parent_layer"], crs=options["crs"]
        )
        outline = union(list(outlines))
        file = read_polygons(
            options["file"],
            layer=options["layer"],
            naming=options["naming"],
            crs=options["crs"],
            encoding=options["encoding"],
            reference=outline,
        )
        return file, outline, list(notes(file, parent))

    def _tell(
        self, file: PolygonFile, result: Repair, told: list[str], options: dict[str, Any]
    ) -> None:
        lines = [*told, *(_moved(move, file.names) for move in result.moves[:SHOWN])]
        if len(result.moves) > SHOWN:
            lines.append(f"... and {len(result.moves) - SHOWN} more; --report has them all.")
        lines += [_doubted(doubt, file.names) for doubt in result.doubts]
        moved = sum(move.area_m2 for move in result.moves)
        lines.append(
            f"Exact: {len(result.tiling)} polygons tile the outline; {moved:.1f} m2 changed hands"
            f" in {len(result.moves)} places; {len(result.doubts)} findings."
        )
        lines.append(f"Written to {options['output']}.")
        self.stdout.write("\n".join(lines))


def _repaired(file: PolygonFile, outline: Shape, options: dict[str, Any]) -> Repair:
    try:
        return repair(
            file.shapes,
            outline,
            overlaps=options["overlaps"],
            gaps_up_to_m2=options["gaps_up_to"],
            gaps_up_to_m=options["gaps_thinner_than"],
            slivers_up_to_m2=options["slivers_up_to"],
        )
    except ValueError as problem:
        raise Unusable(f"{options['parent']}: {problem}.") from problem


def _write(file: PolygonFile, result: Repair, options: dict[str, Any]) -> None:
    left = [index for index, shape in enumerate(result.shapes) if shape is not None]
    nobody: list[Any] = [None] * len(result.unassigned)
    columns = {
        name: [values[index] for index in left] + nobody for name, values in file.columns.items()
    }
    if nobody:
        kinds = columns.get(KIND, [None] * len(result.tiling))
        columns[KIND] = kinds[: len(left)] + [UNASSIGNED] * len(nobody)
    write_polygons(options["output"], result.tiling, columns)
    if options["outline_output"]:
        write_polygons(options["outline_output"], [result.outline])


def _moved(move: Move, names: list[str]) -> str:
    losers = ", ".join(names[loser] for loser in move.losers) or "nobody"
    winner = "nobody" if move.winner is None else names[move.winner]
    where = place(move.shape)
    return f"{move.reason.value} {move.area_m2:.2f} m2{where}: {losers} -> {winner}"


def _doubted(doubt: Doubt, names: list[str]) -> str:
    who = ", ".join(names[index] for index in doubt.shapes) or "nobody"
    if doubt.concern is Concern.UNASSIGNED:
        who = f"next to {who}"
    size = f" {doubt.area_m2:.1f} m2" if doubt.area_m2 else ""
    note = f" ({doubt.note})" if doubt.note else ""
    return f"Finding: {who}: {WHAT[doubt.concern]}{size}{place(doubt.where)}{note}"


def _report(file: PolygonFile, result: Repair, told: list[str]) -> dict[str, Any]:
    names = file.names
    return {
        "polygons": len(names),
        "written": len(result.tiling),
        "unassigned": len(result.unassigned),
        "notes": told,
        "moved_m2": round(sum(move.area_m2 for move in result.moves), 4),
        "grids": [
            {"name": name, "gained_m2": round(gained, 4), "lost_m2": round(lost, 4)}
            for name, gained, lost in zip(
                names, result.gained_m2.tolist(), result.lost_m2.tolist(), strict=True
            )
            if gained or lost
        ],
        "moves": [
            {
                "reason": move.reason.value,
                "why": WHY[move.reason],
                "area_m2": round(move.area_m2, 4),
                "from": [names[loser] for loser in move.losers],
                "to": None if move.winner is None else names[move.winner],
                "geometry": geojson(move.shape),
            }
            for move in result.moves
        ],
        "findings": [
            {
                "concern": doubt.concern.value,
                "what": WHAT[doubt.concern],
                "area_m2": round(doubt.area_m2, 4),
                "grids": [names[index] for index in doubt.shapes],
                "note": doubt.note,
                "geometry": geojson(doubt.where),
            }
            for doubt in result.doubts
        ],
    }
