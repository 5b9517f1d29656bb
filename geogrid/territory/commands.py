"""What a planner can tell a draft to become: verbs with arguments that name lineages.

A command is a value: it can be sent again, kept in the history and carried out on another state of
the draft. `command_id` makes a re-sent one recognisable, `base_revision` says what its author saw.
`unlock` is the reason for moving an administrative outline, empty in nearly every command.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeAlias, get_type_hints
from uuid import UUID, uuid4

import shapely

from geogrid.territory.errors import CommandUnreadable, TextMissing, TextTooLong
from geogrid.territory.geojson import as_geojson, from_geojson
from geogrid.territory.models import BoundaryEdit, Grid
from layers.datum.lattice import snap
from layers.datum.shapes import Shape

Verb = BoundaryEdit.Verb
# Everything in EPSG:4326.
Spot: TypeAlias = tuple[float, float]  # longitude, latitude
Line: TypeAlias = shapely.LineString | shapely.MultiLineString
Land: TypeAlias = shapely.Polygon | shapely.MultiPolygon
# What people type, and the column that keeps it; an empty name or label says nothing.
TEXTS: dict[str, Any] = {
    name: Grid._meta.get_field(name)
    for name in ("name", "label", "kind", "pieces_reason", "range_reason", "lock_reason")
}
REASON: Any = BoundaryEdit._meta.get_field("reason")
NEVER_EMPTY = ("name", "label")
MOST_REVISION = 2**63 - 1
FARTHEST_M = 1000.0


@dataclass(frozen=True)
class EditCommand:
    """What every command carries besides its own arguments."""

    verb: ClassVar[BoundaryEdit.Verb]
    command_id: UUID = field(default_factory=uuid4, kw_only=True)
    base_revision: int = field(kw_only=True)
    unlock: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Put what was drawn on the lattice: what is kept is what was carried out.

        Raises CommandUnreadable, TextTooLong, TextMissing for what no column can keep.
        """
        object.__setattr__(self, "unlock", _kept("unlock", self.unlock, REASON.max_length))
        for name, value in self._own().items():
            try:
                kept = _on_lattice(value)
            except ValueError:
                raise CommandUnreadable(part=name, value=str(value)[:40]) from None
            if name in TEXTS and value is not None:
                kept = _kept(name, value, TEXTS[name].max_length)
            object.__setattr__(self, name, kept)

    def _own(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)[len(COMMON) :]}

    def arguments(self) -> dict[str, Any]:
        """Its own arguments as JSON; shapes as GeoJSON with 7 decimals, exact on the lattice."""
        return {name: _as_json(value) for name, value in self._own().items()}

    def sent(self) -> dict[str, Any]:
        """Its arguments, and the reason it came with if any: what a re-sent one is told by."""
        return self.arguments() | ({"unlock": self.unlock} if self.unlock else {})

    def lineages(self) -> set[UUID]:
        """The grids it names."""
        named: set[UUID] = set()
        for value in self._own().values():
            if isinstance(value, UUID):
                named.add(value)
            elif isinstance(value, tuple | Mapping):
                named |= {one for one in value if isinstance(one, UUID)}
        return named


COMMON = fields(EditCommand)


@dataclass(frozen=True)
class Split(EditCommand):
    """Cut a grid along a line; the piece with most households stays the grid it was."""

    verb = Verb.SPLIT
    lineage: UUID
    line: Line


@dataclass(frozen=True)
class Merge(EditCommand):
    """Join `others` to `target`, which goes on."""

    verb = Verb.MERGE
    target: UUID
    others: tuple[UUID, ...]


@dataclass(frozen=True)
class Claim(EditCommand):
    """Give `target` what lies in `area`: of all grids there, or of `sources` alone."""

    verb = Verb.CLAIM
    target: UUID
    area: Land
    sources: tuple[UUID, ...] | None = None


@dataclass(frozen=True)
class CutOut(EditCommand):
    """Make what lies in `area` a grid of its own: a hospital, a market, an estate."""

    verb = Verb.CUT_OUT
    area: Land
    name: str = ""
    kind: str = Grid.Kind.DEDICATED


@dataclass(frozen=True)
class Redraw(EditCommand):
    """Give a grid another outline; neighbours give what it takes and take what it gives."""

    verb = Verb.REDRAW
    lineage: UUID
    shape: Land


@dataclass(frozen=True)
class MoveBorder(EditCommand):
    """Let the border between two grids run along `line`."""

    verb = Verb.MOVE_BORDER
    one: UUID
    other: UUID
    line: Line


@dataclass(frozen=True)
class MoveVertex(EditCommand):
    verb = Verb.MOVE_VERTEX
    vertex: Spot
    to: Spot


@dataclass(frozen=True)
class InsertVertex(EditCommand):
    """Put a vertex into the border segment from `start` to `finish`."""

    verb = Verb.INSERT_VERTEX
    start: Spot
    finish: Spot
    point: Spot


@dataclass(frozen=True)
class DeleteVertex(EditCommand):
    verb = Verb.DELETE_VERTEX
    vertex: Spot


@dataclass(frozen=True)
class Straighten(EditCommand):
    """Let the border between two grids run straight between its ends."""

    verb = Verb.STRAIGHTEN
    one: UUID
    other: UUID


@dataclass(frozen=True)
class SnapToStreet(EditCommand):
    """Lay the border between two grids on the street beside it."""

    verb = Verb.SNAP_TO_STREET
    one: UUID
    other: UUID
    within_m: float = 15.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.within_m <= FARTHEST_M:
            raise CommandUnreadable(part="within_m", value=str(self.within_m))


@dataclass(frozen=True)
class Rebalance(EditCommand):
    """Set exactly these shapes: a balanced proposal, or an answer from outside.

    `new` are grids to be made, `gone` grids that end. Every grid whose border changes is among
    them, if only for a vertex.
    """

    verb = Verb.REBALANCE
    shapes: Mapping[UUID, Land]
    new: tuple[Land, ...] = ()
    gone: tuple[UUID, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.shapes and not self.gone:  # new grids lie where others were
            raise CommandUnreadable(part="shapes", value="")


@dataclass(frozen=True)
class MoveToParent(EditCommand):
    """Hang grids below another grid of the level above, or below a new one called `name`."""

    verb = Verb.MOVE_TO_PARENT
    grids: tuple[UUID, ...]
    parent: UUID | None = None
    name: str = ""


@dataclass(frozen=True)
class Describe(EditCommand):
    """Say what a grid is called, what kind it is, why it may lie in several pieces or be out of
    range, or that its border is locked.
    """

    verb = Verb.DESCRIBE
    lineage: UUID
    name: str | None = None
    label: str | None = None
    kind: str | None = None
    pieces_reason: str | None = None
    range_reason: str | None = None
    locked: bool | None = None
    lock_reason: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in NEVER_EMPTY:
            if getattr(self, name) == "":
                raise TextMissing(part=str(TEXTS[name].verbose_name))


@dataclass(frozen=True)
class Renumber(EditCommand):
    """Number grids by position, west to east, then north to south: all, or those below one."""

    verb = Verb.RENUMBER
    below: UUID | None = None


@dataclass(frozen=True)
class Undo(EditCommand):
    """Take back what the edit of this revision did; taking back an undo is a redo."""

    verb = Verb.UNDO
    revision: int


@dataclass(frozen=True)
class ReturnTo(EditCommand):
    """Bring every grid back to what it was at `revision`."""

    verb = Verb.RETURN_TO
    revision: int


COMMANDS: dict[str, type[EditCommand]] = {
    str(one.verb): one
    for one in (
        Split, Merge, Claim, CutOut, Redraw, MoveBorder, MoveVertex, InsertVertex, DeleteVertex,
        Straighten, SnapToStreet, Rebalance, MoveToParent, Describe, Renumber, Undo, ReturnTo,
    )
}  # fmt: skip


def parse(
    verb: str,
    arguments: Mapping[str, Any],
    *,
    command_id: UUID,
    base_revision: int,
    unlock: str = "",
) -> EditCommand:
    """The command that was sent or kept as JSON.

    Raises CommandUnreadable, naming the argument, for verbs and values that say nothing;
    TextTooLong and TextMissing for words that no grid can have.
    """
    kind = COMMANDS.get(verb)
    if kind is None:
        raise CommandUnreadable(part="verb", value=verb[:40])
    hints = get_type_hints(kind)
    own = {one.name for one in fields(kind)[len(COMMON) :]}
    strange = set(arguments) - own
    if strange:
        raise CommandUnreadable(part=min(strange), value="")
    values = {}
    for name, value in arguments.items():
        try:
            values[name] = READERS[hints[name]](value)
        except (TypeError, ValueError, KeyError, AttributeError, shapely.errors.ShapelyError):
            raise CommandUnreadable(part=name, value=str(value)[:40]) from None
    try:
        seen = _revision(base_revision)
    except (TypeError, ValueError):
        raise CommandUnreadable(part="base_revision", value=str(base_revision)[:40]) from None
    try:
        return kind(**values, command_id=command_id, base_revision=seen, unlock=unlock)
    except TypeError:
        missing = min(own - set(values), default="")
        raise CommandUnreadable(part=missing, value="") from None


def _as_json(value: Any) -> Any:
    if isinstance(value, Shape):
        return as_geojson(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _as_json(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_as_json(one) for one in value]
    return value


def _on_lattice(value: Any) -> Any:
    if isinstance(value, Shape):
        return snap(value)
    if isinstance(value, Mapping):
        return {name: _on_lattice(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_on_lattice, value))
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(value)
    return value


def _kept(part: str, text: str, longest: int) -> str:
    """What a column can keep of a typed text: blanks around it say nothing."""
    if "\0" in text:
        raise CommandUnreadable(part=part, value=text.replace("\0", "?")[:40])
    kept = text.strip()
    if len(kept) > longest:
        raise TextTooLong(text=kept[:40], most=longest)
    return kept


def _spot(value: Any) -> Spot:
    x, y = value
    (spot,) = shapely.get_coordinates(snap(shapely.Point(float(x), float(y))))
    return float(spot[0]), float(spot[1])


def _line(value: Any) -> Line:
    line = from_geojson(value)
    if not isinstance(line, shapely.LineString | shapely.MultiLineString):
        raise TypeError
    return line


def _land(value: Any) -> Land:
    land = from_geojson(value)
    if not isinstance(land, shapely.Polygon | shapely.MultiPolygon):
        raise TypeError
    return land


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value.strip()


def _yes_or_no(value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise TypeError
    return value


def _revision(value: Any) -> int:
    if isinstance(value, bool | float) or not 0 <= int(value) <= MOST_REVISION:
        raise ValueError(value)
    return int(value)


def _lineages(value: Any) -> tuple[UUID, ...]:
    if isinstance(value, str):
        raise TypeError
    return tuple(UUID(one) for one in value)


READERS: dict[Any, Any] = {
    UUID: UUID,
    UUID | None: lambda value: None if value is None else UUID(value),
    tuple[UUID, ...]: _lineages,
    tuple[UUID, ...] | None: lambda value: None if value is None else _lineages(value),
    Line: _line,
    Land: _land,
    Mapping[UUID, Land]: lambda value: {UUID(k): _land(v) for k, v in value.items()},
    tuple[Land, ...]: lambda value: tuple(map(_land, value)),
    Spot: _spot,
    str: _text,
    str | None: lambda value: None if value is None else _text(value),
    int: _revision,
    bool | None: _yes_or_no,
    float: float,
}
