"""`make_blocks --streets F --outline P -o OUT`: cut a territory along streets. No database."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.core.management.base import BaseCommand

from geogrid.coverage.blocks import Blocks, Refined, blocks, refine
from geogrid.coverage.files import write_polygons
from geogrid.coverage.measure import measure
from geogrid.territory.street_files import StreetFiles, read_streets
from geogrid.territory.town_files import read_outline
from layers.intake.errors import IntakeError
from layers.intake.features import POLYGONS, read_features

FINE, FINDINGS, UNUSABLE = 0, 1, 2
SHOWN = 20


class Command(BaseCommand):
    help = (
        "Cut the outline into blocks along streets, railways and waters. With --buildings, blocks "
        "that hold more than --heavier-than of the field --weight are cut further: by paths, then "
        "half-way between buildings and along party walls, never through one. The blocks tile the "
        "outline exactly. A file of streets with a field highway, class or fclass is sorted by it: "
        "service roads and paths cut heavy blocks only. "
        "Exit status: 0 done, 1 done but blocks stayed too heavy, 2 unusable input."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        lines: dict[str, Any] = {"type": Path, "nargs": "+", "default": [], "metavar": "FILE"}
        parser.add_argument("--streets", **lines, required=True, help="lines that cut")
        parser.add_argument("--paths", **lines, help="lines that cut heavy blocks only")
        parser.add_argument("--barriers", **lines, help="railways, rivers, lakes, walls: all cut")
        parser.add_argument("--outline", type=Path, required=True, help="the territory")
        parser.add_argument("--buildings", type=Path, metavar="FILE", help="footprints")
        parser.add_argument("--weight", metavar="FIELD", help="households or the like, a number")
        parser.add_argument(
            "--heavier-than", type=float, metavar="N", help="cut blocks with more weight than this"
        )
        parser.add_argument(
            "--lighter-than",
            type=float,
            default=0,
            metavar="N",
            help="join parts of a cut block again while they are lighter than this (0: keep all)",
        )
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
        parser.add_argument(
            "--outline-output",
            type=Path,
            metavar="FILE",
            help="the outline with the vertices that the blocks add to it, for check_tiling",
        )
        parser.add_argument("--crs", help="of files that do not say theirs, such as EPSG:4490")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            heavy = self._run(options)
        except (IntakeError, ValueError) as problem:
            self.stderr.write(self.style.ERROR(str(problem)))
            raise SystemExit(UNUSABLE) from None
        raise SystemExit(FINDINGS if heavy else FINE)

    def _run(self, options: dict[str, Any]) -> int:
        started = time.monotonic()
        refining = [options["buildings"], options["weight"], options["heavier_than"]]
        if any(value is not None for value in refining) and None in refining:
            raise ValueError("--buildings, --weight and --heavier-than belong together.")
        streets = read_streets(
            options["streets"],
            paths=options["paths"],
            barriers=options["barriers"],
            crs=options["crs"],
        )
        outline = read_outline(options["outline"], crs=options["crs"])
        coarse = blocks(streets.limits, outline)
        made: Blocks | Refined = coarse
        if options["buildings"]:
            self.stderr.write(f"{len(coarse.faces):,} blocks; cutting the heavy ones ...")
            made = _refined(coarse, streets, options)
        _write(made, options)
        report = _report(coarse, made, options["heavier_than"], time.monotonic() - started)
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._tell(report, options["output"])
        return len(report["too_heavy"])

    def _tell(self, report: dict[str, Any], output: Path) -> None:
        cut = ""
        if report["blocks"] != report["before_refining"]:
            cut = f", {report['before_refining']:,} before the heavy ones were cut"
        self.stdout.write(
            f"{report['blocks']:,} blocks tile the outline{cut}. Written to {output} in"
            f" {report['seconds']:.1f} s."
        )
        for row in report["too_heavy"][:SHOWN]:
            self.stdout.write(
                f"Still {row['weight']:g}: block {row['id']} at {row['at'][0]:.6f}"
                f" {row['at'][1]:.6f} (a single building, or several that overlap)."
            )
        if len(report["too_heavy"]) > SHOWN:
            self.stdout.write(f"... and {len(report['too_heavy']) - SHOWN} more.")


def _refined(coarse: Blocks, streets: StreetFiles, options: dict[str, Any]) -> Refined:
    buildings = read_features(options["buildings"], POLYGONS, crs=options["crs"])
    return refine(
        coarse,
        footprints=buildings.shapes,
        weights=buildings.numbers(options["weight"]),
        heavier_than=options["heavier_than"],
        lighter_than=options["lighter_than"],
        paths=streets.paths,
    )


def _write(made: Blocks | Refined, options: dict[str, Any]) -> None:
    properties: dict[str, list[Any]] = {
        "id": list(range(1, len(made.faces) + 1)),
        "area_m2": [round(one.area_m2, 1) for one in measure(made.faces)],
    }
    if isinstance(made, Refined):
        properties["block"] = [int(number) + 1 for number in made.block]
        properties[options["weight"]] = [float(weight) for weight in made.weight]
    write_polygons(options["output"], made.faces, properties)
    if options["outline_output"]:
        write_polygons(options["outline_output"], made.outline)


def _report(
    coarse: Blocks, made: Blocks | Refined, heavier_than: float | None, seconds: float
) -> dict[str, Any]:
    heavy: list[dict[str, Any]] = []
    weight = made.weight if isinstance(made, Refined) and heavier_than is not None else np.zeros(0)
    for row in np.flatnonzero(weight > (heavier_than or 0)).tolist():
        x, y = shapely.get_coordinates(shapely.point_on_surface(made.faces[row]))[0].tolist()
        heavy.append({"id": row + 1, "weight": float(weight[row]), "at": [x, y]})
    return {
        "blocks": len(made.faces),
        "before_refining": len(coarse.faces),
        "too_heavy": sorted(heavy, key=lambda one: -one["weight"]),
        "seconds": round(seconds, 2),
    }
