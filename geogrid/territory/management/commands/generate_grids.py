"""`generate_grids --area SLUG`: a first plan drawn from streets, railways, rivers and homes."""

import json
import time
from argparse import ArgumentParser
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geogrid.accounts.errors import CodedError
from geogrid.territory.actions import plan_residual
from geogrid.territory.division import Division
from geogrid.territory.generating import draw_first_plan
from geogrid.territory.models import Area, Plan
from geogrid.territory.out_of_range import WHY


class Command(BaseCommand):
    help = (
        "Draw the first plan of an area: streets, railways and rivers cut blocks, quarters grow "
        "around named places, heavy blocks are cut by paths and between buildings, blocks are "
        "balanced into grids of the wanted number of estimated dwellings. Grids out of range are "
        "listed with the reason. The plan is a draft; put_in_force makes it count. "
        "Exit status: 0 drawn, 1 refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", required=True, metavar="SLUG")
        parser.add_argument("--min", type=int, default=200, help="dwellings from (200)")
        parser.add_argument("--max", type=int, default=300, help="dwellings to (300)")
        parser.add_argument("--name", default="", help="name of the plan")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        least, most = options["min"], options["max"]
        if not 0 < least <= most:
            raise CommandError("--min has to be at least 1 and not above --max.")
        area = Area.objects.filter(slug=options["area"]).first()
        if area is None:
            known = ", ".join(Area.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no area {options['area']!r}. Areas: {known}.")
        if options["format"] == "text":
            self.stderr.write(f"Drawing grids for {area.name} ...")
        try:
            plan, division = draw_first_plan(
                area=area,
                by=None,
                at=timezone.now(),
                households=(least, most),
                name=options["name"],
            )
        except CodedError as error:
            raise CommandError(str(error)) from error
        report = figures(plan, division, least, most)
        report["seconds"] = round(time.monotonic() - started, 1)
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            for line in sentences(report):
                self.stdout.write(line)


def figures(plan: Plan, division: Division, least: int, most: int) -> dict[str, Any]:
    """What was drawn, and how well it fits the wanted range."""
    names = plan.grids.leaves().order_by("code").values_list("code", "name")
    grids = list(zip(names, division.dwellings.tolist(), strict=True))
    return {
        "plan": plan.number,
        "area": plan.scheme.area.name,
        "range": [least, most],
        "grids": len(division.shapes),
        "quarters": len(np.unique(division.quarter)),
        "blocks": division.blocks,
        "parts": division.atoms,
        "in_range": len(grids) - len(division.reasons),
        "median": float(np.median(division.dwellings)),
        "out_of_range": [
            {
                "code": grids[number][0][0],
                "name": grids[number][0][1],
                "dwellings": grids[number][1],
                "reason": reason.value,
                "why": str(WHY[reason]),
            }
            for number, reason in sorted(division.reasons.items())
        ],
        "residual": plan_residual(plan),
    }


def sentences(report: dict[str, Any]) -> list[str]:
    """The figures for people."""
    least, most = report["range"]
    exact = " (the grids tile the outline exactly)" if report["residual"] == 0 else ""
    return [
        f"Plan {report['plan']} of {report['area']}: {report['grids']} grids in"
        f" {report['quarters']} quarters",
        f"  {report['blocks']:,} blocks from streets, railways, rivers and the outline;"
        f" {report['parts']:,} after cutting those with many homes",
        f"  {report['in_range']} of {report['grids']} grids have {least} to {most} estimated"
        f" dwellings ({report['in_range'] / report['grids']:.0%}); median {report['median']:.0f}",
        *(
            f"  out of range: {row['name']} ({row['code']}) with {row['dwellings']}: {row['why']}"
            for row in report["out_of_range"]
        ),
        f"  proof: {report['residual']} border segments do not match{exact}",
        f"Done in {report['seconds']} s",
    ]
