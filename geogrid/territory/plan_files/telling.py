"""What an import has to say in sentences: what must be decided first, and what is good to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geogrid.coverage.repair import Concern, Repair
from geogrid.territory.actions import NewGrid
from geogrid.territory.actions.outlines import MovedOutlines, Unit
from geogrid.territory.plan_files.placed import Placed
from layers.datum.lattice import on_lattice
from layers.intake.vector_files import VectorFile

__all__ = ["NEEDS_REASON", "moving", "spoken"]

NEEDS_REASON = gettext_lazy(
    "Administrative outlines move only for a reason: give it with --unlock, or redraw."
)
SERIOUS = (Concern.EMPTY, Concern.VANISHED)
SENTENCES = {
    Concern.EMPTY: gettext_lazy("%(names)s has no area: no grid can come of it."),
    Concern.VANISHED: gettext_lazy(
        "Nothing is left of %(names)s: others claim all of it, or it lies outside."
    ),
    Concern.MENDED: gettext_lazy("%(names)s crosses itself (%(note)s) and was taken apart."),
    Concern.UNASSIGNED: gettext_lazy(
        "%(area)s m2 beside %(names)s belong to nobody and become unassigned land."
    ),
    Concern.PIECES: gettext_lazy(
        "%(names)s lies in several pieces; to come into force it needs a reason, see "
        "--pieces-reason."
    ),
}


def moving(moved: MovedOutlines, units: Mapping[UUID, Unit], grids: Sequence[NewGrid]) -> list[str]:
    """Which administrative outlines move, between whom and by how much."""
    called = {grid.lineage: f"{grid.code} {grid.name}" for grid in grids}
    called |= {lineage: unit.called for lineage, unit in units.items()}
    told = [
        _("The administrative border between %(source)s and %(target)s moves: %(area)s m2 pass on.")
        % {"source": called[source], "target": called[target], "area": f"{area:,.0f}"}
        for source, target, area in sorted(moved.passed, key=lambda one: -one[2])
    ]
    named = {lineage for source, target, _area in moved.passed for lineage in (source, target)}
    told += [
        _("The administrative outline of %(name)s moves.") % {"name": called[lineage]}
        for lineage in sorted(moved.units - named, key=lambda one: called[one])
    ]
    return told


def spoken(
    file: VectorFile, mended: Repair | None, drawn: Sequence[Placed]
) -> tuple[list[str], list[str], list[str]]:
    """What has to be decided first; what is good to know of the file, and of its repair."""
    doubts = [str(suspicion) for suspicion in file.suspicions]
    notes = list(file.notes)
    if file.encoding is not None and file.encoding.doubt:
        doubts.append(
            _("Encoding: %(doubt)s See --encoding.") % {"doubt": str(file.encoding.doubt)}
        )
    rounded = int((~on_lattice(file.shapes)).sum())
    if rounded:
        notes.append(
            _(
                "%(count)s shapes have vertices between the points of the 1e-7 degree lattice; "
                "they were moved to the nearest, 8 mm at most."
            )
            % {"count": rounded}
        )
    mended_notes: list[str] = []
    for doubt in mended.doubts if mended is not None else ():
        names = ", ".join(drawn[number].called for number in doubt.shapes[:5])
        sentence = str(SENTENCES[doubt.concern]) % {
            "names": names,
            "note": doubt.note,
            "area": f"{doubt.area_m2:,.0f}",
        }
        (doubts if doubt.concern in SERIOUS else mended_notes).append(sentence)
    return doubts, notes, mended_notes
