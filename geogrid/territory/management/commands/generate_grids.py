"""`generate_grids --area SLUG`: a first plan drawn from streets, railways, rivers and homes."""

import time
from argparse import ArgumentParser
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geogrid.accounts.errors import CodedError
from geogrid.territory.actions import plan_residual
from geogrid.territory.division import Division
from geogrid.territory.founding import draw_first_plan
from geogrid.territory.models import Area, Plan


class Command(BaseCommand):
    help = (
        "Draw the first plan of an area: streets, railways and rivers cut blocks, quarters grow "
        "around named places, blocks join into grids of the wanted number of estimated dwellings. "
        "The plan is a draft; put_in_force makes it count."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", required=True, metavar="SLUG")
        parser.add_argument("--min", type=int, default=200, help="dwellings from (200)")
        parser.add_argument("--max", type=int, default=300, help="dwellings to (300)")
        parser.add_argument("--name", default="", help="name of the plan")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        least, most = options["min"], options["max"]
        if not 0 < least <= most:
            raise CommandError("--min has to be at least 1 and not above --max.")
        area = Area.objects.filter(slug=options["area"]).first()
        if area is None:
            known = ", ".join(Area.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no area {options['area']!r}. Areas: {known}.")
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
        for line in report(plan, division, least, most):
            self.stdout.write(line)
        self.stdout.write(f"Done in {time.monotonic() - started:.1f} s")


def report(plan: Plan, division: Division, least: int, most: int) -> list[str]:
    """What was drawn, and how well it fits the wanted range."""
    homes = division.dwellings[division.dwellings > 0]
    fitting = int(((homes >= least) & (homes <= most)).sum())
    residual = plan_residual(plan)
    return [
        f"Plan {plan.number} of {plan.scheme.area.name}: {len(division.shapes)} grids in"
        f" {len(np.unique(division.quarter))} quarters",
        f"  {division.blocks:,} blocks from streets, railways, rivers and the outline;"
        f" {division.atoms:,} after cutting those with many homes",
        f"  {fitting} of {len(homes)} grids with homes have {least} to {most} estimated dwellings"
        f" ({fitting / max(1, len(homes)):.0%}); median {np.median(homes):.0f},"
        f" least {homes.min()}, most {homes.max()}",
        f"  proof: {residual} border segments do not match"
        + (" (the grids tile the outline exactly)" if residual == 0 else ""),
    ]
