"""A file read, levelled, mended and compared: what an import would write, and what speaks against.

Nothing is written here. A file that already tiles the area exactly is taken as it is; every other
one is repaired by `geogrid.coverage.repair`, whose moves are told grid by grid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from uuid import UUID

import shapely
from django.utils.translation import gettext as _

from geogrid.coverage.compare import Comparison
from geogrid.coverage.nesting import union
from geogrid.coverage.noding import KeptGround
from geogrid.coverage.proof import invalid, residue
from geogrid.coverage.refinement import departures
from geogrid.coverage.repair import Repair, Rule, repair
from geogrid.coverage.settling import at_rest
from geogrid.territory.actions import NewGrid
from geogrid.territory.actions.outlines import fixed_units, moved_outlines
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import AreaBoundary, Plan, Scheme
from geogrid.territory.plan_files.assembly import (
    disagreements,
    final_leaves,
    new_grids,
    parents_left,
    unassigned_grids,
)
from geogrid.territory.plan_files.beside_streets import judged_by_streets
from geogrid.territory.plan_files.changes import compared
from geogrid.territory.plan_files.features import Feature, Ladder, Rung, features_of
from geogrid.territory.plan_files.fields import guess_fields
from geogrid.territory.plan_files.findings import (
    FileFinding,
    Owners,
    choices_of,
    findings_of,
)
from geogrid.territory.plan_files.levels import Levelled, Placed, Upper, levelled
from geogrid.territory.plan_files.telling import NEEDS_REASON, moving, spoken
from layers.datum.lattice import snap
from layers.datum.shapes import Shape, Shapes, listed
from layers.intake.errors import Unusable
from layers.intake.vector_files import Told, VectorFile, read_vector

__all__ = ["Mending", "Proposal", "propose_import"]


@dataclass(frozen=True, slots=True)
class Mending:
    """How a mess is repaired; see `geogrid.coverage.repair.repair`."""

    overlaps: Rule = Rule.SMALLEST
    gaps_up_to_m2: float = 500.0
    gaps_up_to_m: float = 2.0
    slivers_up_to_m2: float = 100.0
    pieces_reason: str = ""


@dataclass(frozen=True)
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
        Grids whose administrative outline moves; `write_draft` asks for a reason.
    unlocking : list of str
        What moves between them; among the doubts too.
    file_notes : list of str
        The notes without those about the repair, which `findings` tell place by place.
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
    file_notes: list[str] = field(default_factory=list)

    @property
    def leaves(self) -> list[NewGrid]:
        return [grid for grid in self.grids if grid.shape is not None]

    @cached_property
    def findings(self) -> list[FileFinding]:
        """Where the file does not fit, and who gets the land."""
        return findings_of(self.repair, self.repaired)


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
    owners: Owners | None = None,
    file: VectorFile | None = None,
    kept: KeptGround | None = None,
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
    owners : mapping of str to str or None, optional
        Who gets disputed land, by the key of a finding; see `Proposal.findings`.
    file : VectorFile, optional
        What is in the file, where somebody has read it already.
    kept : KeptGround, optional
        Of an earlier proposal with the same file: other owners are quick then.
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
            _("%(area)s has no outline yet.") % {"area": scheme.area.name},
            _("Give one with --parent-boundary FILE."),
        )
    if base is not None:
        boundary = None
    territory: Shape = base if base is not None else to_shapely(boundary.boundary)  # type: ignore[union-attr]
    if file is None:
        say(f"Reading {path.name}")
        file = judged_by_streets(read_vector(path, told, reference=territory), territory)
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
        mended = _repair(shapes, territory, mending, choices_of(owners or {}, drawn), kept)
        outline, shapes = mended.outline, mended.shapes
    else:
        shapes = listed([snap(shape) for shape in shapes])
    leaves = final_leaves(drawn, shapes, outline, mending.pieces_reason)
    if not leaves:
        raise Unusable(
            _("Nothing of the file lies in %(area)s.") % {"area": scheme.area.name},
            " ".join(str(suspicion) for suspicion in file.suspicions),
        )
    if mended is not None:
        leaves += unassigned_grids(leaves, mended.unassigned, scheme, ladder)
    units = {} if before is None else fixed_units(before)
    placed = [*parents_left(levels, ladder, leaves), *leaves]
    grids, drawn_anew = new_grids(placed, scheme, before, units, ladder)
    same = before is not None and boundary is not None and before.boundary_id == boundary.pk
    moved = moved_outlines(units, drawn_anew, same_territory=same)
    doubts, notes, mended_notes = spoken(file, mended, drawn)
    unlocking = moving(moved, units, grids)
    if unlocking:
        doubts += [*unlocking, str(NEEDS_REASON)]
    more = problems + levels.notes + disagreements(levels, leaves, ladder)
    comparison: Comparison[UUID] | None = None
    names: dict[UUID, str] = {}
    if before is not None:
        say(f"Comparing with plan {before.number}")
        comparison, names = compared(before, grids, territory)
    return Proposal(
        scheme=scheme, boundary=boundary, base=territory, outline=outline, file=file,
        fields=chosen, levels=levels, grids=grids, exact=mended is None, repair=mended,
        repaired=drawn, doubts=doubts, notes=notes + mended_notes + more, moved=moved.units,
        before=before, comparison=comparison, names_before=names, unlocking=unlocking,
        file_notes=notes + more,
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


def _repair(
    shapes: Shapes,
    territory: Shape,
    mending: Mending,
    choices: Mapping[str, int],
    kept: KeptGround | None,
) -> Repair:
    try:
        return repair(
            shapes,
            territory,
            overlaps=mending.overlaps,
            gaps_up_to_m2=mending.gaps_up_to_m2,
            gaps_up_to_m=mending.gaps_up_to_m,
            slivers_up_to_m2=mending.slivers_up_to_m2,
            choices=choices,
            kept=kept,
        )
    except ValueError as problem:
        sentence = _("The shapes cannot be repaired: %(problem)s.") % {"problem": problem}
        raise Unusable(sentence) from problem
