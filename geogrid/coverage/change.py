"""What an edit answers: a proved change, or a refusal with a code and a place."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from layers.datum.shapes import Shape

__all__ = ["ANY_KEY", "Change", "Code", "Key", "Refined", "Refused", "Rights"]

Key: TypeAlias = int
"""Names a grid: 0 and up for grids that exist, -1, -2 ... for those that an edit makes."""

Point: TypeAlias = tuple[float, float]


class Code(StrEnum):
    """Why an edit is refused."""

    VANISHES = "vanishes"
    """A grid would lose all its land; only `merge` may end a grid."""
    IN_PIECES = "in_pieces"
    """A grid would fall in pieces where the territory is not cut."""
    TOO_CLOSE = "too_close"
    """A vertex would lie within half a step of a border that is not its own: the next edit
    could not tell them apart."""
    FOLDS = "folds"
    """A border would cross itself or another one, or a drawn area crosses itself."""
    FIXED_OUTLINE = "fixed_outline"
    """Land would pass between units whose outlines are fixed."""
    OFF_OUTLINE = "off_outline"
    """The outline of the territory would move."""
    NO_CUT = "no_cut"
    """The line does not divide the land, or nothing would change."""
    NOT_NEIGHBOURS = "not_neighbours"
    """The grids share no border."""


SENTENCES = {
    Code.VANISHES: "a grid would lose all its land",
    Code.IN_PIECES: "a grid would fall in pieces",
    Code.TOO_CLOSE: "a vertex would lie closer than half a step to a border it is not part of",
    Code.FOLDS: "a border would cross itself or another one",
    Code.FIXED_OUTLINE: "land would pass between units whose outlines are fixed",
    Code.OFF_OUTLINE: "the outline of the territory would move",
    Code.NO_CUT: "nothing is divided or changed",
    Code.NOT_NEIGHBOURS: "the grids share no border",
}


class Refused(ValueError):
    """An edit that would break a rule; nothing has changed.

    Attributes
    ----------
    code : Code
    where : shapely geometry
        EPSG:4326: the pieces, the border, or (too_close) a collection of vertex and border.
    keys : tuple of Key
        The grids concerned, ascending; may hold negative keys of grids about to be made.
    left_out : tuple of Key
        Of these the grids that the shapes sent to `replace` do not name although their border
        would have to change: neighbours that would lose or gain land, or only a vertex.
    """

    def __init__(
        self,
        code: Code,
        where: Shape,
        keys: tuple[Key, ...] = (),
        left_out: tuple[Key, ...] = (),
    ) -> None:
        super().__init__(f"{code}: {SENTENCES[code]}")
        self.code = code
        self.where = where
        self.keys = tuple(sorted(keys))
        self.left_out = tuple(sorted(left_out))


@dataclass(frozen=True, slots=True)
class Refined:
    """How the territory's outline reads after an edit between two of its vertices.

    Attributes
    ----------
    start, finish : (longitude, latitude)
        Vertices of the outline before and after the edit, in the direction that keeps the
        territory on the left (shells counter-clockwise, holes clockwise).
    inserted : tuple of (longitude, latitude)
        The vertices between them now, in order.
    removed : tuple of (longitude, latitude)
        The vertices between them before, in order: only ones that earlier edits inserted, and
        only when a vertex is moved or taken back.
    """

    start: Point
    finish: Point
    inserted: tuple[Point, ...]
    removed: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A proved change of a tiling: same territory, other borders.

    Attributes
    ----------
    shapes : mapping of Key to Polygon or MultiPolygon
        Every grid whose border changed (if only by a vertex), and every new grid; EPSG:4326,
        on the lattice.
    gone : frozenset of Key
        Grids that ended.
    patch : frozenset of Key
        Every existing grid that the edit met, `shapes` and `gone` included: who must agree, and
        what may not have changed meanwhile.
    parts_of : mapping of Key to Key
        For each new grid the existing one most of its land came from.
    refined : tuple of Refined
        What to change in the territory's outline.
    """

    shapes: Mapping[Key, Shape]
    gone: frozenset[Key]
    patch: frozenset[Key]
    parts_of: Mapping[Key, Key]
    refined: tuple[Refined, ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """What this edit may do beyond the ordinary.

    Attributes
    ----------
    unlocked : bool
        Land may pass between units whose outlines are fixed.
    pieces_allowed : container of Key
        Grids that may lie in several pieces.
    """

    unlocked: bool = False
    pieces_allowed: Container[Key] = ()


class _AnyKey(Container[Key]):
    def __contains__(self, key: object) -> bool:
        return True


ANY_KEY = _AnyKey()
"""For `pieces_allowed`: every grid may lie in pieces, as in a step that is proved with the next."""
