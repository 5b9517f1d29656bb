"""What an import found, kept and could not use: printed at its end and kept with the source."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import combinations

import shapely

from layers.datum.metric import distance_m
from layers.intake.doors import Door

EXAMPLES = 3
AMBIGUOUS_M = 100


@dataclass(frozen=True, slots=True)
class Remark:
    """One kind of defect: stable `code`, how often, a sentence, and a few examples."""

    code: str
    count: int
    sentence: str
    examples: tuple[str, ...] = ()


@dataclass(slots=True)
class QualityReport:
    """`kept` counts rows by table, `remarks` what deserves a look; JSON by `as_dict`."""

    file: str
    kept: dict[str, int] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    outside: int = 0
    dwellings: int = 0
    homes: int = 0
    hazards_by_class: dict[str, int] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    seconds: float = 0.0

    def remark(self, code: str, count: int, sentence: str, examples: list[str]) -> None:
        """Add a remark unless there is nothing to say."""
        if count:
            self.remarks.append(Remark(code, count, sentence, tuple(examples[:EXAMPLES])))

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def lines(self) -> list[str]:
        """The report as text, widest numbers aligned."""
        elements = ", ".join(f"{count:,} {name}" for name, count in self.read.items())
        lines = [f"Quality report of {self.file} ({elements})", ""]
        lines += [f"  {count:>8,}  {name}" for name, count in self.kept.items()]
        lines += [
            "",
            f"  {self.dwellings:>8,}  estimated dwellings in {self.homes:,} homes"
            " (a model of footprints and storeys, not a count)",
            f"  {self.outside:>8,}  things outside the area, left out",
        ]
        if self.hazards_by_class:
            classes = ", ".join(f"{n} {name}" for name, n in self.hazards_by_class.items())
            lines.append(f"            hazard points by class: {classes}")
        lines += ["", "Remarks" if self.remarks else "No remarks"]
        for remark in self.remarks:
            lines.append(f"  {remark.count:>8,}  {remark.sentence}  [{remark.code}]")
            if remark.examples:
                lines.append(f"            for example {'; '.join(remark.examples)}")
        lines += ["", f"Done in {self.seconds:.1f} s"]
        return lines


def repeated_doors(doors: list[Door]) -> tuple[list[str], list[str]]:
    """Address texts that occur more than once, and those of them over 100 m apart."""
    where: dict[str, list[Door]] = {}
    for door in doors:
        where.setdefault(door.text, []).append(door)
    repeated = {text: group for text, group in where.items() if len(group) > 1}
    return sorted(repeated), sorted(
        text for text, group in repeated.items() if _spread(group) > AMBIGUOUS_M
    )


def _spread(group: list[Door]) -> float:
    pairs = list(combinations([(door.anchor.x, door.anchor.y) for door in group], 2))
    starts, ends = zip(*pairs, strict=True)
    return float(distance_m(starts, ends).max())


def repeated_shapes(shapes: list[shapely.Geometry]) -> int:
    """How many footprints lie exactly on another one."""
    counts = Counter(shapely.to_wkb(shapely.normalize(shape)) for shape in shapes)
    return sum(count - 1 for count in counts.values())
