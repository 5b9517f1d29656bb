"""A file read, levelled, mended and compared: what an import would write, and what speaks against.

Nothing is written here. A file that already tiles the area exactly is taken as it is; every other
one is repaired by `geogrid.coverage.repair`, whose moves are told grid by grid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import shapely

from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.compare import Comparison
from geogrid.coverage.nesting import union
from geogrid.coverage.proof import crowded, invalid, residue
from geogrid.coverage.refinement import departures
from geogrid.coverage.repair import Concern, Repair, Rule, repair
from geogrid.territory.actions import NewGrid
from geogrid.territory.actions.boundaries import unassigned_name
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import AreaBoundary, Grid, GridCode, Plan, Scheme
from geogrid.territory.plan_files.changes import compared
from geogrid.territory.plan_files.features import Feature, Ladder, Rung, features_of
from geogrid.territory.plan_files.fields import guess_fields
from geogrid.territory.plan_files.levels import Levelled, Placed, Upper, levelled
from layers.datum.lattice import on_lattice, snap
from layers.datum.metric import area_m2
from layers.datum.shapes import Shape, Shapes, listed
from layers.intake.errors import Unusable
from layers.intake.vector_files import Told, VectorFile, read_vector

__all__ = ["Mending", "Proposal", "propose_import"]

SERIOUS = (Concern.EMPTY, Concern.VANISHED)
DIFFERS_M2 = 1.0  # a parent drawn otherwise than the union of its children


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
    before: Plan | None
    comparison: Comparison[UUID] | None
    names_before: dict[UUID, str] = field(default_factory=dict)

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
    say: Callable[[str], None] = lambda _: None,
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
            f"{scheme.area.name} has no outline yet; give one with --parent-boundary FILE."
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
    leaves = _leaves(drawn, shapes, outline, mending)
    if mended is not None:
        leaves += _unassigned(leaves, mended.unassigned, scheme, ladder)
    grids = _grids([*_parents(levels, ladder, leaves), *leaves], scheme, before, ladder)
    doubts, notes = _spoken(file, mended, drawn)
    notes += problems + levels.notes + _disagreements(levels, leaves, ladder)
    comparison: Comparison[UUID] | None = None
    names: dict[UUID, str] = {}
    if before is not None:
        say(f"Comparing with plan {before.number}")
        comparison, names = compared(before, grids, territory)
    return Proposal(
        scheme=scheme, boundary=boundary, base=territory, outline=outline, file=file,
        fields=chosen, levels=levels, grids=grids, exact=mended is None, repair=mended,
        repaired=drawn, doubts=doubts, notes=notes, before=before, comparison=comparison,
        names_before=names,
    )  # fmt: skip


def _ladder(scheme: Scheme) -> Ladder:
    rungs = tuple(
        Rung(level.depth, (level.name_zh, level.name_en), level.code_width)
        for level in scheme.levels.order_by("depth")
    )
    if not rungs:
        raise Unusable(f"The scheme {scheme.code} has no levels yet.")
    return Ladder(scheme.area.code_prefix, rungs)


def _with_upper(
    features: list[Feature], upper: Path, ladder: Ladder, territory: Shape
) -> list[Feature]:
    """The features of a second file, which lie one level above those of the first."""
    if ladder.lowest < 2:
        raise Unusable("--upper: the scheme has only one level.")
    file = read_vector(upper, reference=territory)
    above, _ = features_of(file, guess_fields(list(file.columns)))
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
    """The territory refined by the shapes, when they tile it as they are; else None."""
    snapped = listed([snap(shape) for shape in shapes])
    if len(invalid(snapped)):
        return None
    try:
        outline = union(list(snapped))
    except shapely.errors.GEOSException:
        return None
    if len(invalid([outline])) or len(residue(snapped, [outline])):
        return None
    return None if len(departures(territory, outline)) else outline


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
        raise Unusable(f"The shapes cannot be repaired: {problem}.") from problem


def _leaves(
    drawn: Sequence[Placed], shapes: Shapes, outline: Shape, mending: Mending
) -> list[Placed]:
    """The leaves with their final shapes, without those of which nothing is left."""
    left = [
        replace(grid, shape=shape)
        for grid, shape in zip(drawn, shapes, strict=True)
        if shape is not None
    ]
    if mending.pieces_reason:
        several = set(crowded(listed([grid.shape for grid in left]), outline).tolist())
        left = [
            replace(grid, pieces_reason=grid.pieces_reason or mending.pieces_reason)
            if number in several
            else grid
            for number, grid in enumerate(left)
        ]
    return left


def _unassigned(
    leaves: Sequence[Placed], pieces: Shapes, scheme: Scheme, ladder: Ladder
) -> list[Placed]:
    """A grid for each piece of land nobody claims, below its closest neighbour's parent."""
    if not len(pieces):
        return []
    shapes = listed([grid.shape for grid in leaves])
    graph = adjacency(listed([*shapes, *pieces])).neighbours(len(shapes) + len(pieces))
    tree = shapely.STRtree(shapes)
    taken = {grid.code for grid in leaves}
    taken |= set(GridCode.objects.filter(scheme=scheme).values_list("code", flat=True))
    width = ladder.rungs[-1].width
    added = []
    for number, piece in enumerate(pieces, start=1):
        around = graph[len(shapes) + number - 1]
        beside = {one: metres for one, metres in around.items() if one < len(shapes)}
        nearest = max(beside, key=lambda one: beside[one]) if beside else int(tree.nearest(piece))
        parent = leaves[nearest].parent
        stem = parent or ladder.prefix
        serial = 1
        while (code := f"{stem}{serial:0{width}d}") in taken:
            serial += 1
        taken.add(code)
        name = unassigned_name(number, scheme.area.language)
        added.append(
            Placed(
                level=ladder.lowest, code=code, label=code[-2:], name=name, parent=parent,
                kind=Grid.Kind.UNASSIGNED, lineage=None, pieces_reason="", number=0, shape=piece,
            )
        )  # fmt: skip
    return added


def _parents(levels: Levelled, ladder: Ladder, leaves: Sequence[Placed]) -> list[Placed]:
    """The grids above the leaves that still have a child, from the top down."""
    kept: list[Placed] = []
    below: Sequence[Placed] = leaves
    for depth in range(ladder.lowest - 1, 0, -1):
        wanted = {grid.parent for grid in below}
        below = [g for g in levels.grids if g.level == depth and g.code in wanted]
        kept = [*below, *kept]
    return kept


def _grids(
    placed: Sequence[Placed], scheme: Scheme, before: Plan | None, ladder: Ladder
) -> list[NewGrid]:
    """Grids to be written; lineages of the file, else by code, else new ones."""
    known = dict(GridCode.objects.filter(scheme=scheme).values_list("code", "lineage"))
    fixed: dict[UUID, Shape] = {}
    if before is not None:
        known |= dict(before.grids.values_list("code", "lineage"))
        rows = before.grids.exclude(fixed_boundary=None).values_list("lineage", "fixed_boundary")
        fixed = {lineage: to_shapely(drawn) for lineage, drawn in rows if drawn is not None}
    taken = {grid.lineage for grid in placed if grid.lineage is not None}
    shapes = _unions(placed, ladder)
    grids = []
    for grid in placed:
        lineage = grid.lineage
        if lineage is None and known.get(grid.code) not in taken:
            lineage = known.get(grid.code)
        lineage = lineage or uuid4()
        taken.add(lineage)
        drawn = fixed.get(lineage)
        if drawn is not None and len(departures(drawn, shapes[grid.code])):
            drawn = None  # moved, not refined: fixed as it is from now on
        grids.append(
            NewGrid(
                level=grid.level, code=grid.code, label=grid.label, name=grid.name,
                parent=grid.parent, kind=grid.kind, lineage=lineage,
                shape=grid.shape if grid.level == ladder.lowest else None,
                pieces_reason=grid.pieces_reason, fixed_boundary=drawn,
            )
        )  # fmt: skip
    return grids


def _unions(placed: Sequence[Placed], ladder: Ladder) -> dict[str, Shape]:
    """Final shapes by code, levels above the leaves derived."""
    shapes = {g.code: g.shape for g in placed if g.level == ladder.lowest and g.shape is not None}
    for depth in range(ladder.lowest, 1, -1):
        children: dict[str, list[Shape]] = {}
        for grid in placed:
            if grid.level == depth and grid.parent is not None:
                children.setdefault(grid.parent, []).append(shapes[grid.code])
        shapes |= {parent: union(parts) for parent, parts in children.items()}
    return shapes


def _spoken(
    file: VectorFile, mended: Repair | None, drawn: Sequence[Placed]
) -> tuple[list[str], list[str]]:
    """What has to be decided first, and what is good to know."""
    doubts = [str(suspicion) for suspicion in file.suspicions]
    notes = list(file.notes)
    if file.encoding is not None and file.encoding.doubt:
        doubts.append(f"Encoding: {file.encoding.doubt} See --encoding.")
    rounded = int((~on_lattice(file.shapes)).sum())
    if rounded:
        notes.append(
            f"{rounded} shapes have vertices between the points of the 1e-7 degree lattice; they"
            " were moved to the nearest, 8 mm at most."
        )
    for doubt in mended.doubts if mended is not None else ():
        names = ", ".join(drawn[number].called for number in doubt.shapes[:5])
        sentence = {
            Concern.EMPTY: f"{names} has no area: no grid can come of it.",
            Concern.VANISHED: f"Nothing is left of {names}: others claim all of it, or it lies"
            " outside.",
            Concern.MENDED: f"{names} crosses itself ({doubt.note}) and was taken apart.",
            Concern.UNASSIGNED: f"{doubt.area_m2:,.0f} m2 beside {names} belong to nobody and"
            " become unassigned land.",
            Concern.PIECES: f"{names} lies in several pieces; to come into force it needs a"
            " reason, see --pieces-reason.",
        }[doubt.concern]
        (doubts if doubt.concern in SERIOUS else notes).append(sentence)
    return doubts, notes


def _disagreements(levels: Levelled, leaves: Sequence[Placed], ladder: Ladder) -> list[str]:
    """Upper levels that the file draws otherwise than their grids do."""
    told = []
    shapes = _unions([*(g for g in levels.grids if g.level < ladder.lowest), *leaves], ladder)
    for grid in levels.grids:
        shape = shapes.get(grid.code)
        if grid.level == ladder.lowest or grid.shape is None or shape is None:
            continue
        if shapely.equals_exact(shapely.normalize(snap(grid.shape)), shapely.normalize(shape)):
            continue
        drawn = grid.shape if grid.shape.is_valid else shapely.make_valid(grid.shape)
        differing = area_m2(shapely.symmetric_difference(drawn, shape, grid_size=1e-7))
        if differing > DIFFERS_M2:
            told.append(
                f"{grid.called} is drawn {differing:,.0f} m2 otherwise than its grids together;"
                " the grids count."
            )
    return told
