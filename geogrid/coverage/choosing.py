"""What a person can decide about a repair: who gets land that is claimed by several or by nobody.

The faces between all borders do not depend on who gets them, so neither do the questions: a
question is found again under the same key however the others were answered. Only pieces that an
answer cuts off from their grid are questions of their own, and come and go with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.claims import Ground, Limits
from geogrid.coverage.ownership import FREE, Rule, Whole, claimed, components, detached, spread
from layers.datum.lattice import to_steps
from layers.datum.metric import areas_m2
from layers.datum.shapes import Shape, listed

__all__ = ["NOBODY", "Choices", "Question", "Subject", "decided"]

NOBODY = -1
KEY = 16  # hexadecimal digits: two of a million differ but once in 40 million

Choices = Mapping[str, int]
"""By a question's key the shape that gets the land, or NOBODY: it stays unassigned."""


class Subject(StrEnum):
    """What a question is about."""

    OVERLAP = "overlap"
    """Several shapes claim it."""
    GAP = "gap"
    """Nobody claims it, and it is small or thin enough to be filled."""
    MISSING = "missing"
    """Nobody claims it, and it is too large to be given away unasked."""
    SLIVER = "sliver"
    """A small piece cut off from its grid."""
    ISLAND = "island"
    """A large piece cut off from its grid, where the territory is not cut."""


@dataclass(frozen=True, slots=True)
class Question:
    """Land of which a person can say who gets it.

    Attributes
    ----------
    key : str
        Stable: the same land with the same claims has the same key in every repair of the same
        shapes with the same limits.
    subject : Subject
    shape : Polygon or MultiPolygon
        EPSG:4326, on the lattice.
    area_m2 : float
        Geodesic.
    claimants : tuple of int
        Shapes that claim it, ascending.
    options : tuple of int
        Whoever may sensibly get it: the claimants, then the neighbours by common border.
    proposed : int
        What the rules say; NOBODY: it stays unassigned.
    owner : int
        Who gets it now.
    chosen : bool
        Whether a person said so.
    """

    key: str
    subject: Subject
    shape: Shape
    area_m2: float
    claimants: tuple[int, ...]
    options: tuple[int, ...]
    proposed: int
    owner: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    subject: Subject
    faces: NDArray[np.int64]
    proposed: int


def decided(
    ground: Ground, rule: Rule, limits: Limits, choices: Choices
) -> tuple[Whole, list[Question]]:
    """The owner of each face inside, and everything a person can say about it.

    Choices of other shapes than there are count as not made, as do keys that nobody asks for.

    Returns
    -------
    owner : ndarray of int64
        A shape, or n, n + 1 ... for pieces of land that stay unassigned.
    questions : list of Question
        The largest first.
    """
    claims = ground.claims[: ground.count]
    small, gap = ground.gaps(limits)
    owner = claimed(claims, rule, ground.sizes, ground.graph)
    spread(owner, np.arange(ground.count), small, ground.graph)
    asked = _disputed(ground, owner, small, gap)
    made = {key: chosen for key, chosen in choices.items() if NOBODY <= chosen < ground.shapes}
    chosen = np.zeros(ground.count, dtype=bool)
    for key, piece in asked.items():
        if key in made:
            owner[piece.faces] = made[key]
            chosen[piece.faces] = True
    if chosen.any():
        _supported(owner, chosen, asked, made, ground)
    areas = shapely.area(ground.inside) * ground.scale().prod()
    node, loose = detached(owner, areas, ground.graph, limits.sliver_m2)
    loose &= ~chosen
    pieces = _cut_off(ground, owner, node, loose, chosen)
    kept = np.zeros(ground.count, dtype=bool)
    for key, piece in pieces.items():
        if key in made:
            owner[piece.faces] = made[key]
            kept[piece.faces] = True
    before = owner.copy()
    spread(owner, node, loose & ~kept, ground.graph)
    pieces = {
        key: _Piece(piece.subject, piece.faces, _usual(piece, owner, before, made, key))
        for key, piece in pieces.items()
    }
    told = _questions(ground, owner, asked | pieces, made)
    alone = owner == FREE
    both = alone[ground.graph.first] & alone[ground.graph.second]
    land = components(ground.count, ground.graph.first[both], ground.graph.second[both])
    owner[alone] = ground.shapes + np.unique(land[alone], return_inverse=True)[1]
    return owner, told


def _disputed(
    ground: Ground, owner: Whole, small: NDArray[np.bool_], gap: Whole
) -> dict[str, _Piece]:
    """Connected land with the same claims, other than one, and the same proposed owner."""
    claims = ground.claims[: ground.count]
    number = {them: n for n, them in enumerate(dict.fromkeys(claims))}
    which = np.array([number[them] for them in claims], dtype=np.int64)
    open_ = np.array([len(them) != 1 for them in claims], dtype=bool)
    one, other = ground.graph.first, ground.graph.second
    alike = open_[one] & open_[other] & (which[one] == which[other]) & (owner[one] == owner[other])
    piece = components(ground.count, one[alike], other[alike])
    found = {}
    for faces in _grouped(piece, open_):
        first = int(faces[0])
        if claims[first]:
            subject = Subject.OVERLAP
        else:
            subject = Subject.GAP if small[first] and owner[first] != FREE else Subject.MISSING
        found[_key("ground", ground, faces)] = _Piece(subject, faces, int(owner[first]))
    return found


def _supported(
    owner: Whole,
    chosen: NDArray[np.bool_],
    asked: Mapping[str, _Piece],
    made: Choices,
    ground: Ground,
) -> None:
    """Give filled gaps anew that no longer touch the grid they were proposed for."""
    graph = ground.graph
    one = np.concatenate([graph.first, graph.second])
    other = np.concatenate([graph.second, graph.first])
    near = np.zeros(ground.count, dtype=bool)
    near[one[chosen[other]]] = True
    node = np.arange(ground.count)
    waiting = np.zeros(ground.count, dtype=bool)
    for key, piece in asked.items():
        if piece.subject is not Subject.GAP or key in made or not near[piece.faces].any():
            continue
        inside = np.zeros(ground.count, dtype=bool)
        inside[piece.faces] = True
        beside = other[inside[one] & ~inside[other]]
        if not (owner[beside] == piece.proposed).any():
            node[piece.faces] = piece.faces[0]
            waiting[piece.faces] = True
    spread(owner, node, waiting, graph)


def _cut_off(
    ground: Ground,
    owner: Whole,
    node: Whole,
    loose: NDArray[np.bool_],
    chosen: NDArray[np.bool_],
) -> dict[str, _Piece]:
    """Pieces that do not hang together with the rest of their grid; the proposal comes later."""
    whole = components(ground.count, ground.graph.first, ground.graph.second)
    sizes = np.bincount(node, weights=shapely.area(ground.inside), minlength=ground.count)
    largest: dict[tuple[int, int], int] = {}
    heads = np.unique(node)
    heads = heads[owner[heads] >= 0]
    for head in heads[np.lexsort((heads, -sizes[heads]))].tolist():
        largest.setdefault((int(owner[head]), int(whole[head])), head)
    main = set(largest.values())
    apart = ~np.isin(node, list(main)) & (owner >= 0)
    found = {}
    for faces in _grouped(node, apart | loose):
        if chosen[faces].all():
            continue
        subject = Subject.SLIVER if loose[faces[0]] else Subject.ISLAND
        found[_key("piece", ground, faces)] = _Piece(subject, faces, int(owner[faces[0]]))
    return found


def _usual(piece: _Piece, owner: Whole, before: Whole, made: Choices, key: str) -> int:
    """What happens to a piece unasked: slivers go to a neighbour, islands stay."""
    if key in made:
        return piece.proposed
    face = int(piece.faces[0])
    return int(owner[face] if piece.subject is Subject.SLIVER else before[face])


def _grouped(label: Whole, wanted: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """The wanted faces, those with the same label together."""
    faces = np.flatnonzero(wanted)
    faces = faces[np.argsort(label[faces], kind="stable")]
    cuts = np.flatnonzero(np.diff(label[faces])) + 1
    return [group for group in np.split(faces, cuts) if len(group)]


def _questions(
    ground: Ground, owner: Whole, pieces: Mapping[str, _Piece], made: Choices
) -> list[Question]:
    beside = ground.graph.neighbours(ground.count)
    shapes = listed([_land(ground, piece.faces) for piece in pieces.values()])
    areas = areas_m2(shapes).tolist()
    face_areas = shapely.area(ground.inside)
    told = []
    for (key, piece), shape, metric in zip(pieces.items(), shapes, areas, strict=True):
        faces = piece.faces.tolist()
        claimants = tuple(sorted({one for face in faces for one in ground.claims[face]}))
        metres: dict[int, float] = {}
        mine = set(faces)
        for face in faces:
            for other, length in beside[face].items():
                holder = int(owner[other])
                if other not in mine and holder >= 0:
                    metres[holder] = metres.get(holder, 0.0) + length
        near = sorted(metres, key=lambda one: (-metres[one], one))
        options = [*claimants, *(one for one in near if one not in claimants)]
        holder = _most(owner[piece.faces], face_areas[piece.faces])
        for one in (piece.proposed, holder):
            if one != NOBODY and one not in options:
                options.append(one)
        told.append(
            Question(
                key, piece.subject, shape, metric, claimants, tuple(options),
                piece.proposed, holder, key in made,
            )
        )  # fmt: skip
    return sorted(told, key=lambda one: (-one.area_m2, one.key))


def _most(owners: Whole, areas: NDArray[np.float64]) -> int:
    """Who has most of some faces."""
    if len(owners) == 1:
        return int(owners[0])
    them, index = np.unique(owners, return_inverse=True)
    return int(them[int(np.argmax(np.bincount(index, weights=areas)))])


def _land(ground: Ground, faces: NDArray[np.int64]) -> Shape:
    if len(faces) == 1:
        return ground.faces[int(faces[0])]
    return shapely.coverage_union_all(ground.faces[faces])


def _key(prefix: str, ground: Ground, faces: NDArray[np.int64]) -> str:
    """Of the land itself, wherever its rings begin and however many faces it has."""
    normal = shapely.normalize(_land(ground, faces))
    digest = sha256(prefix.encode())
    digest.update(to_steps(shapely.get_coordinates(normal)).astype(">i8").tobytes())
    return digest.hexdigest()[:KEY]
