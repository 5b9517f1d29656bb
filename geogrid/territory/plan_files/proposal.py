"""A file read, levelled, mended and compared: what an import would write, and what speaks against.

Nothing is written here. A file that already tiles the area exactly is taken as it is; every other
one is repaired by `geogrid.coverage.repair`, whose moves are told grid by grid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from geogrid.coverage.compare import Comparison
from geogrid.coverage.nesting import union
from geogrid.coverage.proof import invalid, residue
from geogrid.coverage.refinement import departures
from geogrid.coverage.repair import Concern, Repair, Rule, repair
from geogrid.coverage.settling import at_rest
from geogrid.territory.actions import NewGrid
from geogrid.territory.actions.outlines import MovedOutlines, Unit, fixed_units, moved_outlines
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import AreaBoundary, Plan, Scheme
from geogrid.territory.plan_files.assembly import (
    disagreements,
    final_leaves,
    new_grids,
    parents_left,
    unassigned_grids,
)
from geogrid.territory.plan_files.changes import compared
from geogrid.territory.plan_files.features import Feature, Ladder, Rung, features_of
from geogrid.territory.plan_files.fields import guess_fields
from geogrid.territory.plan_files.levels import Levelled, Placed, Upper, levelled
from layers.datum.lattice import on_lattice, snap
from layers.datum.shapes import Shape, Shapes, listed
from layers.intake.errors import Unusable
from layers.intake.vector_files import Told, VectorFile, read_vector

__all__ = ["Mending", "Proposal", "propose_import"]

SERIOUS = (Concern.EMPTY, Concern.VANISHED)
SENTENCES = {
    Concern.EMPTY: lazy("%(names)s has no area: no grid can come of it."),
    Concern.VANISHED: lazy(
        "Nothing is left of %(names)s: others claim all of it, or it lies outside."
    ),
    Concern.MENDED: lazy("%(names)s crosses itself (%(note)s) and was taken apart."),
    Concern.UNASSIGNED: lazy(
        "%(area)s m2 beside %(names)s belong to nobody and become unassigned land."
    ),
    Concern.PIECES: lazy(
        "%(names)s lies in several pieces; to come into force it needs a reason, see "
        "--pieces-reason."
    ),
}


@dataclass(frozen=True, slots=True)
class Mending:
    """How a mess is repaired; see `geogrid.coverage.repair.repair`."""

    overlaps: Rule = Rule.SMALLEST
    gaps_up_to_m2: float = 500.0
    gaps_up_to_m: float = 2.0
    slivers_up_to_m2: float = 100.0
    pieces_reason: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an import would write.

    Attributes
    ----------
    scheme : Scheme
    boundary : AreaBoundary or None
        The version of the outline it lies on; None when `base` is a new one.
    base, outline : Polygon or MultiPolygon
        The territory, and its refinement by the grids' borders.
    file : VectorFile
    fields : dict of str to str
        Meaning to column.
    levels : Levelled
        The hierarchy, with notes.
    grids : list of NewGrid
        All levels; the leaves with their final shapes.
    exact : bool
        Whether the file tiled the area as it was.
    repair : Repair or None
    repaired : list of Placed
        The leaves of the file, in the order of the repair's indices.
    doubts : list of str
        What a person has to decide before it is written.
    notes : list of str
    moved : frozenset of lineages
        Grids whose administrative outline moves; `write_draft` asks for a reason. Each is told
        among the doubts, and those `unlocking` too.
    before : Plan or None
        The plan in force it was compared with.
    comparison : Comparison or None
        By lineage.
    """

    scheme: Scheme
    boundary: AreaBoundary | None
    base: Shape
    outline: Shape
    file: VectorFile
    fields: dict[str, str]
    levels: Levelled
    grids: list[NewGrid]
    exact: bool
    repair: Repair | None
    repaired: list[Placed]
    doubts: list[str]
    notes: list[str]
    moved: frozenset[UUID]
    before: Plan | None
    comparison: Comparison[UUID] | None
    names_before: dict[UUID, str] = field(default_factory=dict)
    unlocking: list[str] = field(default_factory=list)

    @property
    def leaves(self) -> list[NewGrid]:
        return [grid for grid in self.grids if grid.shape is not None]


def propose_import(
    path: Path,
    *,
    scheme: Scheme,
    at: datetime,
    told: Told | None = None,
    fields: Mapping[str, str] | None = None,
    upper: Path | None = None,
    base: Shape | None = None,
    mending: Mending | None = None,
    say: Callable[[str], None] = lambda step: None,
) -> Proposal:
    """Read a plan out of a file and prepare it for `write_draft`.

    Parameters
    ----------
    path : Path
    scheme : Scheme
    at : datetime
        Which plan is in force.
    told : Told, optional
        What the giver says about coordinates, encoding and layer.
    fields : mapping of str to str, optional
        Meaning to column, where the guess is wrong.
    upper : Path, optional
        A file with the level above the leaves, where the first one has none.
    base : Polygon or MultiPolygon, optional
        The territory, on the lattice; by default the newest outline of the area.
    mending : Mending, optional
    say : callable
        Is told what happens, for whoever waits.

    Raises
    ------
    Unusable
        A sentence that says what is wrong, where, and what to do.
    """
    mending = mending or Mending()
    boundary = scheme.area.boundaries.order_by("-valid_from").first()
    if base is None and boundary is None:
        raise Unusable(
            _("%(area)s has no outline yet; give one with --parent-boundary FILE.")
            % {"area": scheme.area.name}
        )
    if base is not None:
        boundary = None
    territory: Shape = base if base is not None else to_shapely(boundary.boundary)  # type: ignore[union-attr]
    say(f"Reading {path.name}")
    file = read_vector(path, told, reference=territory)
    chosen = guess_fields(list(file.columns), fields)
    features, problems = features_of(file, chosen)
    ladder = _ladder(scheme)
    if upper is not None:
        features = _with_upper(features, upper, ladder, territory)
    before = Plan.objects.in_force(at).filter(scheme=scheme).first()
    levels = levelled(features, ladder, _uppers(before, ladder))
    drawn = [grid for grid in levels.grids if grid.level == ladder.lowest]
    shapes = listed([grid.shape for grid in drawn])
    say(f"Proving {len(drawn)} grids")
    outline = _exact(shapes, territory)
    mended = None
    if outline is None:
        say("Repairing what does not fit")
        mended = _repair(shapes, territory, mending)
        outline, shapes = mended.outline, mended.shapes
    else:
        shapes = listed([snap(shape) for shape in shapes])
    leaves = final_leaves(drawn, shapes, outline, mending.pieces_reason)
    if mended is not None:
        leaves += unassigned_grids(leaves, mended.unassigned, scheme, ladder)
    units = {} if before is None else fixed_units(before)
    placed = [*parents_left(levels, ladder, leaves), *leaves]
    grids, drawn_anew = new_grids(placed, scheme, before, units, ladder)
    same = before is not None and boundary is not None and before.boundary_id == boundary.pk
    moved = moved_outlines(units, drawn_anew, same_territory=same)
    doubts, notes = _spoken(file, mended, drawn)
    unlocking = _moving(moved, units, grids)
    doubts += unlocking
    notes += problems + levels.notes + disagreements(levels, leaves, ladder)
    comparison: Comparison[UUID] | None = None
    names: dict[UUID, str] = {}
    if before is not None:
        say(f"Comparing with plan {before.number}")
        comparison, names = compared(before, grids, territory)
    return Proposal(
        scheme=scheme, boundary=boundary, base=territory, outline=outline, file=file,
        fields=chosen, levels=levels, grids=grids, exact=mended is None, repair=mended,
        repaired=drawn, doubts=doubts, notes=notes, moved=moved.units, before=before,
        comparison=comparison, names_before=names, unlocking=unlocking,
    )  # fmt: skip


def _ladder(scheme: Scheme) -> Ladder:
    rungs = tuple(
        Rung(level.depth, (level.name_zh, level.name_en), level.code_width)
        for level in scheme.levels.order_by("depth")
    )
    if not rungs:
        raise Unusable(_("The scheme %(scheme)s has no levels yet.") % {"scheme": scheme.code})
    return Ladder(scheme.area.code_prefix, rungs)


def _with_upper(
    features: list[Feature], upper: Path, ladder: Ladder, territory: Shape
) -> list[Feature]:
    """The features of a second file, which lie one level above those of the first."""
    if ladder.lowest < 2:
        raise Unusable(_("--upper: the scheme has only one level."))
    file = read_vector(upper, reference=territory)
    above, _problems = features_of(file, guess_fields(list(file.columns)))
    named = {0: str(ladder.lowest - 1), 1: str(ladder.lowest)}
    return [
        *(replace(feature, level=named[0], parent="") for feature in above),
        *(replace(feature, level=feature.level or named[1]) for feature in features),
    ]


def _uppers(before: Plan | None, ladder: Ladder) -> list[Upper]:
    if before is None:
        return []
    rows = before.grids.filter(level__lt=ladder.lowest).values_list(
        "level", "code", "name", "label", "lineage", "parent__code", "boundary"
    )
    return [
        Upper(level, code, name, label, lineage, parent, to_shapely(boundary))
        for level, code, name, label, lineage, parent, boundary in rows
    ]


def _exact(shapes: Shapes, territory: Shape) -> Shape | None:
    """The territory refined by the shapes, when they tile it as they are and are settled.

    An exact tiling that is not settled is repaired too: else the first edit would move borders that
    nobody touched.
    """
    snapped = listed([snap(shape) for shape in shapes])
    if len(invalid(snapped)):
        return None
    try:
        outline = union(list(snapped))
    except shapely.errors.GEOSException:
        return None
    if len(invalid([outline])) or len(residue(snapped, [outline])):
        return None
    return None if len(departures(territory, outline)) or not at_rest(snapped) else outline


def _repair(shapes: Shapes, territory: Shape, mending: Mending) -> Repair:
    try:
        return repair(
            shapes,
            territory,
            overlaps=mending.overlaps,
            gaps_up_to_m2=mending.gaps_up_to_m2,
            gaps_up_to_m=mending.gaps_up_to_m,
            slivers_up_to_m2=mending.slivers_up_to_m2,
        )
    except ValueError as problem:
        sentence = _("The shapes cannot be repaired: %(problem)s.") % {"problem": problem}
        raise Unusable(sentence) from problem


def _moving(
    moved: MovedOutlines, units: Mapping[UUID, Unit], grids: Sequence[NewGrid]
) -> list[str]:
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
    if told:
        told.append(
            _("Administrative outlines move only for a reason: give it with --unlock, or redraw.")
        )
    return told


def _spoken(
    file: VectorFile, mended: Repair | None, drawn: Sequence[Placed]
) -> tuple[list[str], list[str]]:
    """What has to be decided first, and what is good to know."""
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
    for doubt in mended.doubts if mended is not None else ():
        names = ", ".join(drawn[number].called for number in doubt.shapes[:5])
        sentence = str(SENTENCES[doubt.concern]) % {
            "names": names,
            "note": doubt.note,
            "area": f"{doubt.area_m2:,.0f}",
        }
        (doubts if doubt.concern in SERIOUS else notes).append(sentence)
    return doubts, notes
