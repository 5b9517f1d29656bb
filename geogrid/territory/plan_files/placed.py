"""A grid of a file with its place in the hierarchy, and which of them no plan can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from geogrid.territory.plan_files.features import repeated
from layers.datum.shapes import Shape
from layers.intake.errors import Unusable

__all__ = ["LONGEST", "Placed", "refuse_long", "refuse_repeated"]

LONGEST = {"code": 24, "label": 12, "name": 120, "pieces_reason": 200}


@dataclass(frozen=True, slots=True)
class Placed:
    """A grid with its place in the hierarchy.

    `number` is the row of the file, 0 for one that was added; `shape` what the file drew, for upper
    levels only to compare with.
    """

    level: int
    code: str
    label: str
    name: str
    parent: str | None
    kind: str
    lineage: UUID | None
    pieces_reason: str
    number: int
    shape: Shape | None

    @property
    def called(self) -> str:
        return f"{self.code} {self.name}".strip()


def refuse_repeated(grids: Sequence[Placed]) -> None:
    """Raise Unusable when two grids have the same code or lineage."""
    twice = repeated([grid.code for grid in grids])
    if twice:
        code, where = next(iter(twice.items()))
        rows = ", ".join(str(grids[place].number) for place in where)
        raise Unusable(
            _("%(count)s codes stand more than once: %(code)s in rows %(rows)s.")
            % {"count": len(twice), "code": code, "rows": rows},
            _(
                "Give each grid a code of its own, or leave the codes out with --field code= and "
                "get new ones."
            ),
            field="code",
            rows=[grids[place].number for places in twice.values() for place in places],
        )
    twice = repeated([str(grid.lineage or "") for grid in grids])
    if twice:
        lineage, where = next(iter(twice.items()))
        rows = ", ".join(str(grids[place].number) for place in where)
        raise Unusable(
            _("Two grids have the lineage %(lineage)s: rows %(rows)s.")
            % {"lineage": lineage, "rows": rows},
            _("Use --field lineage= to have them found by code instead."),
            field="lineage",
            rows=[grids[place].number for places in twice.values() for place in places],
        )


def refuse_long(grids: Sequence[Placed]) -> None:
    """Raise Unusable for words that no column holds."""
    for grid in grids:
        for name, most in LONGEST.items():
            value = getattr(grid, name)
            if len(value) > most:
                raise Unusable(
                    _("Row %(row)s: %(field)s has %(length)s letters, more than %(most)s: %(text)s")
                    % {
                        "row": grid.number,
                        "field": name,
                        "length": len(value),
                        "most": most,
                        "text": f"{value[:30]}...",
                    },
                    field=name,
                    rows=[grid.number],
                )
