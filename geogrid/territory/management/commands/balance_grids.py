"""`balance_grids BLOCKS --weight FIELD --min 200 --max 300 -o OUT`: balanced grids. No database."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.core.management.base import BaseCommand
from numpy.typing import NDArray

from geogrid.coverage.arrange import dissolve
from geogrid.coverage.balance import Balance, balance
from geogrid.coverage.barriers import Borders, borders
from geogrid.coverage.files import write_polygons
from geogrid.coverage.measure import Measure, measure
from geogrid.coverage.proof import invalid
from geogrid.territory.division import BETWEEN_HOUSES
from geogrid.territory.out_of_range import WHY
from geogrid.territory.street_files import read_streets
from layers.datum.shapes import Shapes
from layers.intake.errors import IntakeError, Unusable
from layers.intake.features import POLYGONS, Features, read_features

FINE, FINDINGS, UNUSABLE = 0, 1, 2
SHOWN = 20
KEEP = 2.0


class Command(BaseCommand):
    help = (
        "Join the polygons of BLOCKS into contiguous, compact grids whose --weight lies between "
        "--min and --max (leave out --max for 'so many or more'). --group keeps grids inside "
        "quarters, --keep begins with existing grids and changes few of them, --streets makes "
        "borders prefer large streets. Grids out of range are listed with the reason. "
        "Exit status: 0 all in range, 1 some are not, 2 unusable input."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("blocks", type=Path, metavar="BLOCKS", help="polygons that tile")
        parser.add_argument("--weight", required=True, metavar="FIELD", help="households, a number")
        parser.add_argument("--min", type=float, required=True, dest="at_least", metavar="N")
        parser.add_argument("--max", type=float, dest="at_most", metavar="N")
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
        parser.add_argument("--group", metavar="FIELD", help="quarter that no grid crosses")
        parser.add_argument("--keep", metavar="FIELD", help="existing grid of each block")
        parser.add_argument(
            "--keep-weight",
            type=float,
            default=KEEP,
            metavar="X",
            help=f"how much keeping is worth: 0 nothing, 10 nearly everything ({KEEP:g})",
        )
        lines: dict[str, Any] = {"type": Path, "nargs": "+", "default": [], "metavar": "FILE"}
        parser.add_argument("--streets", **lines, help="lines that borders prefer, see make_blocks")
        parser.add_argument("--barriers", **lines, help="railways, waters: the best borders")
        parser.add_argument("--blocks-output", type=Path, metavar="FILE", help="blocks, with grid")
        parser.add_argument("--seed", type=int, default=1, help="another one, another division (1)")
        parser.add_argument("--crs", help="of files that do not say theirs, such as EPSG:4490")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outside = self._run(options)
        except (IntakeError, ValueError) as problem:
            self.stderr.write(self.style.ERROR(str(problem)))
            raise SystemExit(UNUSABLE) from None
        raise SystemExit(FINDINGS if outside else FINE)

    def _run(self, options: dict[str, Any]) -> int:
        started = time.monotonic()
        blocks = read_features(options["blocks"], POLYGONS, crs=options["crs"])
        _must_tile(blocks)
        start, names = _numbered(blocks, options["keep"])
        groups, quarters = _numbered(blocks, options["group"])
        if options["group"] and (groups < 0).any():
            raise Unusable(f"{blocks.path}: some blocks have no {options['group']}.")
        result = balance(
            blocks.shapes,
            blocks.numbers(options["weight"]),
            at_least=options["at_least"],
            at_most=options["at_most"],
            start=start if options["keep"] else None,
            keep=options["keep_weight"],
            groups=groups if options["group"] else None,
            borders=_borders(blocks.shapes, options),
            seed=options["seed"],
            progress=self._progress(len(blocks.shapes)),
        )
        shapes = dissolve(blocks.shapes, result.grid)[1]
        measures = measure(shapes)
        group = [quarters[number] for number in groups[_first(result.grid)]] if quarters else []
        rows = _rows(result, measures, names, group, options["weight"])
        write_polygons(options["output"], shapes, rows)
        if options["blocks_output"]:
            codes = [rows["code"][grid] for grid in result.grid]
            write_polygons(
                options["blocks_output"], blocks.shapes, {**blocks.columns, "grid": codes}
            )
        seconds = time.monotonic() - started
        if options["format"] == "json":
            report = _report(result, measures, rows, shapes, seconds)
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._tell(result, measures, rows, shapes, seconds, options)
        return len(result.reasons)

    def _progress(self, count: int) -> Any:
        """Say on stderr how far it is, at most every two seconds."""
        last = time.monotonic()

        def told(done: int, of: int) -> None:
            nonlocal last
            if time.monotonic() - last > 2 or (done == of and count > 2_000):
                last = time.monotonic()
                self.stderr.write(f"{done:,} of {of:,} blocks")

        return told

    def _tell(
        self,
        result: Balance,
        measures: list[Measure],
        rows: dict[str, list[Any]],
        shapes: Shapes,
        seconds: float,
        options: dict[str, Any],
    ) -> None:
        count, outside = len(result.load), len(result.reasons)
        most = "or more" if options["at_most"] is None else f"to {options['at_most']:g}"
        self.stdout.write(
            f"{count:,} grids, {count - outside:,} of them with {options['at_least']:g} {most}"
            f" ({(count - outside) / count:.1%}); mean compactness"
            f" {np.mean([one.compactness for one in measures]):.2f}. Written to"
            f" {options['output']} in {seconds:.1f} s."
        )
        for grid in list(result.reasons)[:SHOWN]:
            x, y = _place(shapes[grid])
            self.stdout.write(
                f"Out of range: grid {rows['code'][grid]} with {result.load[grid]:g} at {x:.6f}"
                f" {y:.6f}: {WHY[result.reasons[grid]]}."
            )
        if outside > SHOWN:
            self.stdout.write(f"... and {outside - SHOWN} more; --format json has them all.")


def _must_tile(blocks: Features) -> None:
    broken = invalid(blocks.shapes)
    if len(broken):
        raise Unusable(
            f"{blocks.path}: feature {int(broken[0]) + 1} is no valid polygon:"
            f" {shapely.is_valid_reason(blocks.shapes[broken[0]])}."
        )
    if not shapely.coverage_is_valid(blocks.shapes):
        raise Unusable(
            f"{blocks.path}: the blocks overlap or their borders do not match; see check_tiling,"
            " mend them with repair_tiling."
        )


def _numbered(blocks: Features, name: str | None) -> tuple[NDArray[np.int64], list[str]]:
    """A field as numbers 0, 1, 2 ... and what they stand for; -1 for no value."""
    if name is None:
        return np.full(len(blocks.shapes), -1, dtype=np.int64), []
    if name not in blocks.columns:
        raise Unusable(
            f"{blocks.path} has no field {name}; fields: {', '.join(blocks.columns) or 'none'}."
        )
    texts = ["" if value is None else str(value) for value in blocks.columns[name]]
    known = sorted(set(texts) - {""})
    place = {text: number for number, text in enumerate(known)} | {"": -1}
    return np.array([place[text] for text in texts], dtype=np.int64), known


def _borders(shapes: Shapes, options: dict[str, Any]) -> Borders | None:
    if not options["streets"] and not options["barriers"]:
        return None
    streets = read_streets(options["streets"], barriers=options["barriers"], crs=options["crs"])
    return borders(shapes, *streets.all_prices(), elsewhere=BETWEEN_HOUSES)


def _first(grid: NDArray[np.int64]) -> NDArray[np.intp]:
    """A block of each grid."""
    return np.unique(grid, return_index=True)[1]


def _rows(
    result: Balance,
    measures: list[Measure],
    names: Sequence[str],
    group: list[str],
    weight: str,
) -> dict[str, list[Any]]:
    """Fields of the grids; a kept grid keeps its name as code, new ones are numbered past it."""
    taken, number, codes = {names[n] for n in result.origin.tolist() if n >= 0}, 0, []
    for origin in result.origin.tolist():
        if origin >= 0:
            codes.append(names[origin])
            continue
        number += 1
        while f"{number:03d}" in taken:
            number += 1
        codes.append(f"{number:03d}")
    rows: dict[str, list[Any]] = {"code": codes}
    if group:
        rows["group"] = group
    rows[weight] = result.load.tolist()
    rows["blocks"] = np.bincount(result.grid).tolist()
    rows["compact"] = [round(one.compactness, 3) for one in measures]
    rows["area_m2"] = [round(one.area_m2, 1) for one in measures]
    rows["in_range"] = [grid not in result.reasons for grid in range(len(codes))]
    rows["reason"] = [
        result.reasons[grid].value if grid in result.reasons else "" for grid in range(len(codes))
    ]
    return rows


def _report(
    result: Balance,
    measures: list[Measure],
    rows: dict[str, list[Any]],
    shapes: Shapes,
    seconds: float,
) -> dict[str, Any]:
    return {
        "grids": len(result.load),
        "in_range": len(result.load) - len(result.reasons),
        "compactness": round(float(np.mean([one.compactness for one in measures])), 3),
        "seconds": round(seconds, 2),
        "out_of_range": [
            {
                "code": rows["code"][grid],
                "load": float(result.load[grid]),
                "reason": reason.value,
                "why": str(WHY[reason]),
                "at": _place(shapes[grid]),
            }
            for grid, reason in result.reasons.items()
        ],
    }


def _place(shape: shapely.Geometry) -> list[float]:
    x, y = shapely.get_coordinates(shapely.point_on_surface(shape))[0].tolist()
    return [x, y]
