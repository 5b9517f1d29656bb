"""`export_plan --area SLUG -o FILE`: a plan as a file that comes back as the same plan."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from geogrid.coverage.files import ENDINGS
from geogrid.territory.management.asked_for import Missing, add_plan_arguments, plan_asked
from geogrid.territory.plan_files.digest import digest_of
from geogrid.territory.plan_files.export import TABLES, export_plan
from layers.intake.errors import IntakeError

FINE, UNUSABLE = 0, 2


class Command(BaseCommand):
    help = (
        "Write a plan into FILE; its ending chooses the format: .geojson, .gpkg (with the style "
        "QGIS draws it in), .shp or .zip (Shapefile), .kml; or .csv, .xlsx: a table of attributes "
        "with the four limits (四至). import_plan reads the vector formats back as the same plan. "
        "Exit status: 0 written, 2 no such plan, or the file cannot be written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_plan_arguments(parser)
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--crs", default="EPSG:4326", help="such as EPSG:4490 or EPSG:4549 (CGCS2000)"
        )
        parser.add_argument(
            "--level", default="all", metavar="N", help="only one level; default: all"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        path, level = options["output"], options["level"]
        try:
            if path.suffix.lower() not in (*ENDINGS, *TABLES):
                raise Missing(
                    f"{path}: unknown ending; choose one of {', '.join((*ENDINGS, *TABLES))}."
                )
            if level != "all" and not level.isdigit():
                raise Missing(f"--level {level}: give the number of a level, or all.")
            plan = plan_asked(options["area"], options["scheme"], options["plan"])
            self.stderr.write(f"Writing plan {plan.number} of {plan.scheme.area.name} ...")
            with translation.override(plan.scheme.area.language):
                count = export_plan(
                    plan,
                    path,
                    crs=options["crs"],
                    level=None if level == "all" else int(level),
                )
        except (IntakeError, Missing) as problem:
            self.stderr.write(self.style.ERROR(str(problem)))
            raise SystemExit(UNUSABLE) from None
        digest = digest_of(plan)
        told = {
            "plan": plan.number,
            "file": str(path),
            "grids": count,
            "digest": digest,
        }
        if options["format"] == "json":
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(f"{path}: {count} grids of plan {plan.number}, digest {digest[:16]}.")
