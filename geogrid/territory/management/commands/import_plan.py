"""`import_plan FILE --area SLUG`: a plan out of a file: looked at first, written with --commit."""

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
from django.core.management.base import BaseCommand
from django.utils import timezone

from geogrid.accounts.errors import CodedError
from geogrid.coverage.files import read_polygons
from geogrid.coverage.proof import invalid
from geogrid.coverage.repair import Rule
from geogrid.territory.management.asked_for import Missing, add_scheme_arguments, area_asked
from geogrid.territory.models import Scheme
from geogrid.territory.plan_files.digest import digest_of
from geogrid.territory.plan_files.drafts import write_draft
from geogrid.territory.plan_files.fields import HEADERS
from geogrid.territory.plan_files.proposal import Mending, Proposal, propose_import
from geogrid.territory.plan_files.report import lines, report
from geogrid.territory.plan_files.telling import NEEDS_REASON
from layers.datum.lattice import STEP, snap
from layers.datum.shapes import Shape, listed
from layers.intake.control_point_files import read_control_points
from layers.intake.coordinates import SHIFTED
from layers.intake.errors import IntakeError, Unusable
from layers.intake.vector_files import Told

FINE, FINDINGS, UNUSABLE = 0, 1, 2


class Command(BaseCommand):
    help = (
        "Read a division of an area out of FILE (GeoJSON, GeoPackage, Shapefile or a zip of one, "
        "KML, File Geodatabase, DXF), and show how it was understood, what looks wrong, what has "
        "to move for the grids to tile the area exactly, and what would change hands compared "
        "with the plan in force. Nothing is written without --commit, which makes a draft. "
        "Exit status: 0 exact and without doubts, or the draft was written; 1 repairs or doubts "
        "to look at, or the draft was refused; 2 the file or an option cannot be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        add_scheme_arguments(parser)
        parser.add_argument("--commit", action="store_true", help="write the draft")
        parser.add_argument("--anyway", action="store_true",
                            help="with --commit: in spite of what to look at first")  # fmt: skip
        parser.add_argument("--unlock", default="", metavar="REASON",
                            help="with --commit: why administrative outlines move; it is put on "
                            "record")  # fmt: skip
        parser.add_argument("--name", default="", help="of the plan")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        place = parser.add_argument_group("where it lies")
        place.add_argument("--crs", help="such as EPSG:4549; GCJ-02 or BD-09 for web maps")
        place.add_argument("--swap-axes", action="store_true", help="x in the file points north")
        place.add_argument("--scale", type=float, default=1.0, metavar="FACTOR",
                           help="numbers are multiplied by it first: 0.3048 for feet")  # fmt: skip
        place.add_argument("--unshift", choices=list(SHIFTED),
                           help="undo the shift of the web map it was traced over")  # fmt: skip
        place.add_argument("--control-points", type=Path, metavar="CSV",
                           help="columns local_x, local_y, lon, lat (or x, y in --crs): places "
                           "local coordinates")  # fmt: skip
        place.add_argument("--control-kind", choices=["similarity", "affine"],
                           default="similarity", help="affine needs three points")  # fmt: skip
        place.add_argument("--parent-boundary", type=Path, metavar="FILE",
                           help="the outline to fill, when it is not the area's newest; with "
                           "--commit it becomes that")  # fmt: skip
        words = parser.add_argument_group("what is written beside the shapes")
        words.add_argument("--layer", help="of several; of a drawing: the drawing's layer")
        words.add_argument("--encoding", help="of a Shapefile or drawing: GB18030, UTF-8 ...")
        words.add_argument("--field", action="append", default=[], metavar="MEANING=COLUMN",
                           help=f"where the guess is wrong; one of {', '.join(HEADERS)}; nothing "
                           "after = when there is none")  # fmt: skip
        words.add_argument("--upper", type=Path, metavar="FILE",
                           help="the level above the grids, such as communities")  # fmt: skip
        mending = parser.add_argument_group("how it is repaired")
        mending.add_argument("--overlaps", choices=[rule.value for rule in Rule],
                             default=Rule.SMALLEST.value,
                             help="who gets land that several claim (%(default)s)")  # fmt: skip
        mending.add_argument("--gaps-up-to", type=float, default=500.0, metavar="M2",
                             help="larger gaps become unassigned land (%(default)s)")  # fmt: skip
        mending.add_argument("--gaps-thinner-than", type=float, default=2.0, metavar="M",
                             help="filled however long they are (%(default)s)")  # fmt: skip
        mending.add_argument("--slivers-up-to", type=float, default=100.0, metavar="M2",
                             help="smaller pieces cut off from their grid go to a neighbour "
                             "(%(default)s)")  # fmt: skip
        mending.add_argument("--owner", action="append", default=[], metavar="KEY=CODE",
                             help="who gets the land of a finding; its key stands in the report "
                             "(--format json); nothing after = leaves it unassigned")  # fmt: skip
        mending.add_argument("--pieces-reason", default="", metavar="TEXT",
                             help="why grids may lie in several pieces (飞地)")  # fmt: skip

    control: dict[str, Any] | None = None  # what the control points say, for --format json

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            proposal = self._propose(options, now)
        except (CodedError, IntakeError, Missing) as problem:
            self.stderr.write(self.style.ERROR(str(problem)))
            raise SystemExit(UNUSABLE) from None
        told = report(proposal) | {"control_points": self.control}
        status = FINE if proposal.exact and not proposal.doubts else FINDINGS
        text = lines(proposal)
        if options["commit"]:
            status, outcome, sentence = self._write(proposal, options, now)
            told["draft"] = outcome
            text += ["", sentence]
        elif options["format"] == "text":
            text += ["", "Nothing was written; --commit writes it as a draft."]
        if options["format"] == "json":
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(text))
        raise SystemExit(status)

    def _propose(self, options: dict[str, Any], now: datetime) -> Proposal:
        scheme = _scheme(options["area"], options["scheme"])
        told = Told(
            layer=options["layer"],
            crs=options["crs"],
            encoding=options["encoding"],
            swap_axes=options["swap_axes"],
            scale=options["scale"],
            unshift=options["unshift"],
            control=self._control(options),
        )
        base = options["parent_boundary"]
        return propose_import(
            options["file"],
            scheme=scheme,
            at=now,
            told=told,
            fields=_fields(options["field"]),
            upper=options["upper"],
            base=None if base is None else _outline(base),
            mending=Mending(
                overlaps=Rule(options["overlaps"]),
                gaps_up_to_m2=options["gaps_up_to"],
                gaps_up_to_m=options["gaps_thinner_than"],
                slivers_up_to_m2=options["slivers_up_to"],
                pieces_reason=options["pieces_reason"],
            ),
            owners=_owners(options["owner"]),
            say=lambda step: self.stderr.write(f"{step} ..."),
        )

    def _control(self, options: dict[str, Any]) -> Any:
        """The fit of the control points, told point by point."""
        path = options["control_points"]
        if path is None:
            return None
        fit, names = read_control_points(path, crs=options["crs"], kind=options["control_kind"])
        self.stderr.write(
            f"Control points ({fit.kind}): 1 local unit is {fit.scale:.6f} m, turned by"
            f" {fit.turned:.4f} degrees, fitted in {fit.crs.name}."
        )
        self.control = {
            "kind": fit.kind,
            "scale": fit.scale,
            "turned_degrees": fit.turned,
            "spare": fit.spare,
            "off_m": {
                name: round(metres, 4)
                for name, metres in zip(names, fit.residuals_m.tolist(), strict=True)
            },
        }
        for name, metres in zip(names, fit.residuals_m.tolist(), strict=True):
            self.stderr.write(f"  {name}: {metres:.3f} m off")
        if fit.spare == 0:
            self.stderr.write("  There is no point to spare, so nothing checks them: add another.")
        if fit.suspect:
            worst = names[fit.worst]
            self.stderr.write(
                self.style.WARNING(f"  {worst} fits least: mistyped, or x and y exchanged?")
            )
        return fit

    def _write(
        self, proposal: Proposal, options: dict[str, Any], now: datetime
    ) -> tuple[int, dict[str, Any], str]:
        reason = options["unlock"].strip()
        answered = [*proposal.unlocking, str(NEEDS_REASON)] if reason else []
        if not (options["anyway"] or set(proposal.doubts) <= set(answered)):
            return (
                FINDINGS,
                {"written": False, "reason": "doubts"},
                "Not written: look at what stands first, or give --anyway.",
            )
        self.stderr.write("Writing the draft ...")
        try:
            plan = write_draft(
                proposal=proposal, by=None, at=now, name=options["name"], unlocked=reason
            )
        except CodedError as refusal:
            return FINDINGS, {"written": False, "reason": refusal.code}, f"Not written: {refusal}"
        count, digest = len(proposal.leaves), digest_of(plan)
        return (
            FINE,
            {"written": True, "plan": plan.number, "grids": count, "digest": digest},
            f"Draft {plan.number} of {proposal.scheme.area.name} was written: {count} grids that"
            f" tile the area exactly, digest {digest[:16]}.",
        )


def _scheme(slug: str, code: str | None) -> Scheme:
    area = area_asked(slug)
    schemes = Scheme.objects.filter(area=area)
    found = schemes.filter(code=code).first() if code else schemes.filter(general=True).first()
    if found is None:
        there = ", ".join(schemes.values_list("code", flat=True)) or "none yet"
        raise Missing(f"{area.name} has no scheme {code or 'that is general'}; it has: {there}.")
    return found


def _fields(pairs: list[str]) -> dict[str, str]:
    fields = {}
    for pair in pairs:
        meaning, sign, column = pair.partition("=")
        if not sign:
            raise Unusable(
                f"--field {pair}: write it as MEANING=COLUMN, such as --field code=编号."
            )
        fields[meaning.strip()] = column.strip()
    return fields


def _owners(pairs: list[str]) -> dict[str, str | None]:
    owners: dict[str, str | None] = {}
    for pair in pairs:
        key, sign, code = pair.partition("=")
        if not sign:
            raise Unusable(f"--owner {pair}: write it as KEY=CODE, or KEY= for nobody.")
        owners[key.strip()] = code.strip() or None
    return owners


def _outline(path: Path) -> Shape:
    """All polygons of a file as one valid outline on the lattice."""
    shapes = listed([snap(shape) for shape in read_polygons(path).shapes if shape is not None])
    whole = shapely.union_all(shapes, grid_size=STEP)
    if len(invalid([whole])):
        raise Unusable(f"{path}: the outline crosses itself: {shapely.is_valid_reason(whole)}.")
    return whole
