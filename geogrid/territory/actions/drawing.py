"""Commands that move borders: the kernel draws, its answer becomes grids with codes and names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import singledispatch
from typing import Any
from uuid import UUID, uuid4

import shapely

from geogrid.coverage import edits
from geogrid.coverage.change import ANY_KEY, Change, Code, Refused
from geogrid.coverage.nesting import union
from geogrid.territory.actions.codes import next_codes, west_to_east
from geogrid.territory.actions.outcome import Outcome
from geogrid.territory.commands import (
    Claim,
    CutOut,
    DeleteVertex,
    EditCommand,
    InsertVertex,
    Merge,
    MoveBorder,
    MoveVertex,
    Rebalance,
    Redraw,
    SnapToStreet,
    Split,
    Straighten,
)
from geogrid.territory.errors import (
    CommandUnreadable,
    EditRefused,
    FixedOutline,
    Folds,
    InPieces,
    NoCut,
    NoSuchGrid,
    NothingThere,
    NotNeighbours,
    OffOutline,
    TooClose,
    Vanishes,
)
from geogrid.territory.geojson import as_geojson
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.loads import dwellings_in
from geogrid.territory.models import Grid
from geogrid.territory.states import GridState, as_multi
from geogrid.territory.window import Window
from layers.basemap.models import Street
from layers.datum.metric import area_m2, metres_per_degree
from layers.datum.shapes import Shape, Shapes, listed

__all__ = ["draw", "refusal", "restore"]

NEW = -1
ERRORS: dict[str, type[EditRefused]] = {
    "vanishes": Vanishes,
    "in_pieces": InPieces,
    "too_close": TooClose,
    "folds": Folds,
    "fixed_outline": FixedOutline,
    "off_outline": OffOutline,
    "no_cut": NoCut,
    "not_neighbours": NotNeighbours,
}


def draw(window: Window, command: EditCommand) -> Outcome:
    """What a drawing command makes of the leaves in the window.

    Raises geogrid.coverage.change.Refused, NoSuchGrid and CodesExhausted.
    """
    window.read(command.lineages())
    ask = _Asking(window, command)
    return _as_outcome(window, _drawn(command, ask), command)


def restore(window: Window, outcome: Outcome) -> Outcome:
    """Prove states that come back: the leaves of `outcome` replace what is there now."""
    shapes: dict[int, Shape] = {}
    gone: list[int] = []
    allowed: set[int] = set()
    made = iter(range(NEW, -len(outcome.after) - 1, -1))
    for lineage, new in outcome.after.items():
        old = outcome.before[lineage]
        state = new or old
        if state is None or state.level != window.depth:
            continue
        if new is None:
            gone.append(window.keys[lineage])
            continue
        assert new.shape is not None  # noqa: S101
        if old is not None and old.shape is not None and new.shape == old.shape:
            continue
        key = next(made) if old is None else window.keys[lineage]
        shapes[key] = new.shape
        if new.pieces_reason:
            allowed.add(key)
    if shapes or gone:
        # Fixed outlines come back with the grids above, and are checked there.
        change = edits.replace(window, shapes, gone, unlocked=True, pieces_allowed=allowed)
        outcome.refined = list(change.refined)
    return outcome


def refusal(window: Window, refused: Refused, command: EditCommand) -> EditRefused:
    """The kernel's refusal for people: which grids, and where."""
    states = [window.states[key] for key in refused.keys if key in window.states]
    names = ", ".join(f"{state.name} ({state.code})" for state in states)
    kind = ERRORS[str(refused.code)]
    if kind is NoCut and not isinstance(command, Split | MoveBorder):
        kind = NothingThere
    return kind(
        names=names or "-",
        grids=[
            {"lineage": str(state.lineage), "code": state.code, "name": state.name}
            for state in states
        ],
        where=as_geojson(refused.where),
        place=_place(refused.where),
    )


def _place(where: Shape) -> str:
    """Latitude and longitude of the first vertex of `where`, as maps and phones find them."""
    xy = shapely.get_coordinates(where)
    return f"{xy[0][1]:.7f}, {xy[0][0]:.7f}" if len(xy) else "-"


class _Asking:
    """The kernel's verbs asked for grids by lineage."""

    def __init__(self, window: Window, command: EditCommand) -> None:
        self.window = window
        self.unlocked = bool(command.unlock)

    def key(self, lineage: UUID) -> int:
        if lineage not in self.window.keys:
            raise NoSuchGrid(number=self.window.plan.number, lineage=str(lineage))
        return self.window.keys[lineage]

    def unassigned(self, keys: set[int]) -> bool:
        """Whether these are grids, all of them of unassigned land."""
        kinds = {state.kind for key in keys if (state := self.window.states.get(key))}
        return bool(keys) and kinds == {Grid.Kind.UNASSIGNED} and keys <= self.window.states.keys()

    def __call__(self, verb: Callable[..., Change], *arguments: Any, **options: Any) -> Change:
        return verb(
            self.window,
            *arguments,
            unlocked=self.unlocked,
            pieces_allowed=_InPieces(self.window),
            **options,
        )


class _InPieces(Collection[int]):
    """Keys of grids that may lie in several pieces, also of those read later."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def __contains__(self, key: object) -> bool:
        state = self.window.states.get(key) if isinstance(key, int) else None
        return state is not None and bool(state.pieces_reason)

    def __iter__(self) -> Any:
        return (key for key in self.window.states if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@singledispatch
def _drawn(command: EditCommand, ask: _Asking) -> Change:
    raise CommandUnreadable(part="verb", value=str(command.verb))


@_drawn.register
def _(command: Split, ask: _Asking) -> Change:
    return ask(edits.split, ask.key(command.lineage), command.line, keeper=_most_households)


@_drawn.register
def _(command: Merge, ask: _Asking) -> Change:
    others = [ask.key(one) for one in command.others]
    return ask(edits.merge, ask.key(command.target), others)


@_drawn.register
def _(command: Claim, ask: _Asking) -> Change:
    sources = None if command.sources is None else [ask.key(one) for one in command.sources]
    return _claimed(ask, ask.key(command.target), command.area, sources)


@_drawn.register
def _(command: CutOut, ask: _Asking) -> Change:
    if command.kind not in Grid.Kind.values:
        raise CommandUnreadable(part="kind", value=command.kind)
    return _claimed(ask, NEW, command.area, None)


@_drawn.register
def _(command: Redraw, ask: _Asking) -> Change:
    return ask(edits.redraw, ask.key(command.lineage), command.shape)


@_drawn.register
def _(command: MoveBorder, ask: _Asking) -> Change:
    return ask(edits.move_border, ask.key(command.one), ask.key(command.other), command.line)


@_drawn.register
def _(command: MoveVertex, ask: _Asking) -> Change:
    return ask(edits.move_vertex, shapely.Point(command.vertex), shapely.Point(command.to))


@_drawn.register
def _(command: InsertVertex, ask: _Asking) -> Change:
    return ask(
        edits.insert_vertex,
        shapely.LineString([command.start, command.finish]),
        shapely.Point(command.point),
    )


@_drawn.register
def _(command: DeleteVertex, ask: _Asking) -> Change:
    return ask(edits.delete_vertex, shapely.Point(command.vertex))


@_drawn.register
def _(command: Straighten, ask: _Asking) -> Change:
    return ask(edits.straighten, ask.key(command.one), ask.key(command.other))


@_drawn.register
def _(command: SnapToStreet, ask: _Asking) -> Change:
    one, other = ask.key(command.one), ask.key(command.other)
    streets = _streets_between(ask.window.shape(one), ask.window.shape(other), command.within_m)
    return ask(edits.snap_to_street, one, other, streets, within_m=command.within_m)


@_drawn.register
def _(command: Rebalance, ask: _Asking) -> Change:
    shapes = {ask.key(one): shape for one, shape in command.shapes.items()}
    shapes |= {NEW - n: shape for n, shape in enumerate(command.new)}
    return ask(edits.replace, shapes, [ask.key(one) for one in command.gone])


def _claimed(ask: _Asking, target: int, area: Shape, sources: Collection[int] | None) -> Change:
    """A claim that may take all of an unassigned grid: that ends, nobody has to merge it.

    Any other grid is somebody's, and refuses to vanish.
    """
    whole: set[int] = set()
    while True:
        try:
            if whole:
                return _claimed_whole(ask, target, area, sources, whole)
            return ask(edits.claim, target, area, sources=sources)
        except Refused as refused:
            vanished = set(refused.keys) - whole - {target}
            if refused.code is not Code.VANISHES or not ask.unassigned(vanished):
                raise
            whole |= vanished


def _claimed_whole(
    ask: _Asking, target: int, area: Shape, sources: Collection[int] | None, whole: set[int]
) -> Change:
    """The claim on everybody else, then the land of the grids in `whole` added to the target.

    Proved as one change: in between, the target may lie in pieces.
    """
    near = ask.window.near(area, 1)
    others = {key for key in near if sources is None or key in sources} - whole - {target}
    shapes: dict[int, Shape] = {}
    patch: frozenset[int] = frozenset()
    try:
        part = edits.claim(
            ask.window, target, area, sources=others, unlocked=ask.unlocked,
            pieces_allowed=ANY_KEY,
        )  # fmt: skip
    except Refused as refused:
        if refused.code is not Code.NO_CUT:  # nothing but `whole` is taken
            raise
    else:
        shapes, patch = dict(part.shapes), part.patch
    had = [shapes[target]] if target in shapes else []
    if target >= 0 and not had:
        had = [ask.window.shape(target)]
    taken = [shapes.pop(key, ask.window.shape(key)) for key in sorted(whole)]
    shapes[target] = union([*had, *taken])
    done = ask(edits.replace, shapes, whole)
    return replace(done, patch=done.patch | patch)


def _most_households(pieces: Sequence[Shape]) -> int:
    """The piece with most households; then the largest, then the one farthest west."""
    dwellings = dwellings_in(pieces)
    return max(
        range(len(pieces)),
        key=lambda n: (dwellings[n], area_m2(pieces[n]), -pieces[n].bounds[0]),
    )


def _streets_between(one: Shape, other: Shape, within_m: float) -> Shapes:
    west, south, east, north = (
        shapely.box(*one.bounds).intersection(shapely.box(*other.bounds)).bounds
    )
    across, along = metres_per_degree((south + north) / 2)
    wide, high = within_m / across, within_m / along
    around = shapely.box(west - wide, south - high, east + wide, north + high)
    paths = Street.objects.filter(path__bboverlaps=from_shapely(around)).order_by("pk")
    return listed(to_shapely(path) for path in paths.values_list("path", flat=True))


def _as_outcome(window: Window, change: Change, command: EditCommand) -> Outcome:
    outcome = Outcome(refined=list(change.refined))
    outcome.patch |= window.lineages(change.patch)
    for key in change.gone:
        outcome.put(window.states[key], None)
    for key, shape in change.shapes.items():
        if key >= 0:
            old = window.states[key]
            outcome.put(old, replace(old, shape=as_multi(shape)))
    for state in _made(window, change, command):
        outcome.put(None, state)
    outcome.settle()
    return outcome


def _made(window: Window, change: Change, command: EditCommand) -> Iterable[GridState]:
    """The new grids: below the parent of the grid each came from, numbered from west to east."""
    families: dict[UUID | None, list[int]] = {}
    for key in change.shapes:
        if key < 0:
            origin = window.states[change.parts_of[key]]
            families.setdefault(origin.parent, []).append(key)
    for parent, keys in families.items():
        inner = [shapely.point_on_surface(change.shapes[key]) for key in keys]
        order = west_to_east([(point.x, point.y) for point in inner])
        above = None if parent is None else window.state(parent)
        codes = next_codes(window, above, len(keys), level=window.depth)
        for place, code in zip(order, codes, strict=True):
            key = keys[place]
            origin = window.states[change.parts_of[key]]
            cut_out = isinstance(command, CutOut)
            yield GridState(
                lineage=uuid4(),
                level=window.depth,
                parent=parent,
                code=code.code,
                label=code.label,
                name=(command.name if isinstance(command, CutOut) else "") or code.name,
                kind=command.kind if isinstance(command, CutOut) else origin.kind,
                pieces_reason="" if cut_out else origin.pieces_reason,
                shape=as_multi(change.shapes[key]),
            )
