"""`make_cells --area SLUG`: share out the homes of a draft's grids by entrance and floor."""

import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from geogrid.accounts.errors import CodedError
from geogrid.territory.actions.cells import make_cells
from geogrid.territory.actions.drafting import start_draft
from geogrid.territory.cells import (
    CellFinding,
    CellFindingKind,
    CellSize,
    cell_findings,
    cell_sizes,
)
from geogrid.territory.models import Area, Grid, Plan, Scheme

FINE, FINDINGS, UNUSABLE = 0, 1, 2
SHOWN = 20
SENTENCES = {
    CellFindingKind.IN_NO_CELL: "in no cell",
    CellFindingKind.TORN: "in a cell of another grid",
    CellFindingKind.WITHOUT_LEAF: "a cell whose grid is gone",
    CellFindingKind.LOST: "not on the ground any more",
    CellFindingKind.ABOVE_LIMIT: "more households than a cell should have",
    CellFindingKind.WITHOUT_ENTRANCES: "no entrances registered, so it is in no cell",
}


class Unusable(Exception):
    """What was asked for cannot be found; the sentence says what there is."""


class Command(BaseCommand):
    help = (
        "Share out the homes of a draft's lowest grids into cells (单元格, 微网格) by building, "
        "entrance and floor: as few cells of at most --most households as the homes allow. Grids "
        "that have cells already are left alone unless --anew. With --check nothing is made, and "
        "the plan may be in any state. Exit status: 0 every home in exactly one cell, none too "
        "large; 1 refused, or findings; 2 no such area, plan or grid. Buildings without registered "
        "entrances are told but no reason for 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", required=True, metavar="SLUG")
        parser.add_argument("--scheme", metavar="CODE", help="default: the area's general scheme")
        parser.add_argument("--plan", type=int, metavar="NUMBER", help="default: the latest draft")
        parser.add_argument(
            "--grid",
            nargs="+",
            metavar="CODE",
            help="codes of lowest grids; default: all that have entrances and no cells yet",
        )
        parser.add_argument(
            "--most", type=int, metavar="N", help="households of a cell; default: the scheme's (30)"
        )
        parser.add_argument("--anew", action="store_true", help="replace cells that are there")
        parser.add_argument(
            "--new-draft",
            action="store_true",
            help="first start a draft from the plan in force, with its grids and cells",
        )
        parser.add_argument("--check", action="store_true", help="make nothing, only look")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():  # no new draft is left behind by a refusal
                plan, made = _made(options)
        except Unusable as problem:
            self.stderr.write(self.style.ERROR(str(problem)))
            raise SystemExit(UNUSABLE) from None
        except CodedError as refusal:
            self.stderr.write(self.style.ERROR(str(refusal)))
            raise SystemExit(FINDINGS) from None
        sizes = cell_sizes(plan)
        findings = cell_findings(plan, most=options["most"])
        if options["format"] == "json":
            report = _report(plan, made, sizes, findings)
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            for line in _lines(plan, made, sizes, findings):
                self.stdout.write(line)
        told = {found.kind for found in findings} - {CellFindingKind.WITHOUT_ENTRANCES}
        raise SystemExit(FINDINGS if told else FINE)


def _made(options: dict[str, Any]) -> tuple[Plan, int]:
    """The plan that was asked for, and how many cells were made in it."""
    if options["most"] is not None and options["most"] < 1:
        raise Unusable("--most has to be at least 1.")
    if options["new_draft"] and (options["check"] or options["plan"] is not None):
        raise Unusable("--new-draft goes with neither --check nor --plan.")
    plan = _new_draft(options) if options["new_draft"] else _plan(options)
    leaves = _leaves(plan, options["grid"])
    if options["check"]:
        return plan, 0
    cells = make_cells(
        plan=plan,
        lineages=[leaf.lineage for leaf in leaves] if leaves else None,
        most=options["most"],
        anew=options["anew"],
        by=None,
        at=timezone.now(),
    )
    return plan, len(cells)


def _scheme(options: dict[str, Any]) -> Scheme:
    area = Area.objects.filter(slug=options["area"]).first()
    if area is None:
        known = ", ".join(Area.objects.values_list("slug", flat=True)) or "none yet"
        raise Unusable(f"There is no area {options['area']!r}. Areas: {known}.")
    schemes = Scheme.objects.filter(area=area)
    wanted = options["scheme"]
    scheme = (schemes.filter(code=wanted) if wanted else schemes.filter(general=True)).first()
    if scheme is None:
        known = ", ".join(schemes.values_list("code", flat=True)) or "none yet"
        raise Unusable(f"{area.name} has no such scheme. Schemes: {known}.")
    return scheme


def _new_draft(options: dict[str, Any]) -> Plan:
    try:
        return start_draft(scheme=_scheme(options), by=None, at=timezone.now())
    except CodedError as refusal:
        raise Unusable(str(refusal)) from refusal


def _plan(options: dict[str, Any]) -> Plan:
    scheme = _scheme(options)
    name = scheme.area.name
    plans = Plan.objects.filter(scheme=scheme).select_related("scheme").order_by("-number")
    if options["plan"] is not None:
        plan = plans.filter(number=options["plan"]).first()
        if plan is None:
            raise Unusable(f"{name} has no plan {options['plan']}.")
        return plan
    plan = plans.filter(state=Plan.State.DRAFT).first() or (
        plans.first() if options["check"] else None
    )
    if plan is None:
        raise Unusable(
            f"{name} has no draft. Cells belong to a plan like its grids: start a draft first, "
            "or let --new-draft do it."
        )
    return plan


def _leaves(plan: Plan, codes: list[str] | None) -> list[Grid]:
    if not codes:
        return []
    leaves = list(plan.grids.leaves().filter(code__in=codes).defer("boundary"))
    missing = sorted(set(codes) - {leaf.code for leaf in leaves})
    if missing:
        raise Unusable(f"Plan {plan.number} has no lowest grid {', '.join(missing)}.")
    return leaves


def _lines(plan: Plan, made: int, sizes: list[CellSize], findings: list[CellFinding]) -> list[str]:
    grids = len({size.cell.grid_id for size in sizes})
    households = [size.households for size in sizes]
    lines = [
        f"Plan {plan.number} of {plan.scheme.area.name}: {len(sizes)} cells in {grids} grids"
        + (f", {made} of them new" if made else "")
    ]
    if households:
        lines.append(
            f"  {sum(households)} estimated households, {min(households)} to {max(households)}"
            " in a cell"
        )
    for kind, count in Counter(found.kind for found in findings).items():
        lines.append(f"  {count} x {SENTENCES[kind]}:")
        alike = [found for found in findings if found.kind == kind]
        lines += [f"    {_line(found)}" for found in alike[:SHOWN]]
        if count > SHOWN:
            lines.append(f"    ... and {count - SHOWN} more; --format json has them all")
    return lines


def _line(found: CellFinding) -> str:
    floors = ", ".join(
        f"floors {'' if low is None else low}-{'' if high is None else high - 1}"
        for low, high in found.floors
        if (low, high) != (None, None)
    )
    place = f"{found.address} {found.entrance}".strip()
    return ", ".join(part for part in (place, floors, f"{found.households} households") if part)


def _report(
    plan: Plan, made: int, sizes: list[CellSize], findings: list[CellFinding]
) -> dict[str, Any]:
    return {
        "plan": plan.number,
        "made": made,
        "cells": [
            {
                "code": size.cell.code,
                "name": size.cell.name,
                "lineage": str(size.cell.lineage),
                "homes": size.homes,
                "households": size.households,
                "lost": size.lost,
            }
            for size in sizes
        ],
        "findings": [
            {
                "kind": found.kind.value,
                "grid": str(found.leaf) if found.leaf else None,
                "cell": str(found.cell) if found.cell else None,
                "address": found.address,
                "entrance": found.entrance,
                "floors": [list(floors) for floors in found.floors],
                "households": found.households,
            }
            for found in findings
        ],
    }
