"""Repair: from an imported mess to an exact tiling of a given outline. Proposals, never silent.

All borders and the outline are drawn together on the lattice and settled; each face between
them is given to one shape: to its only claimant, by a rule among several, to the neighbour with
the longest common border when nobody claims it. Whatever thereby changes hands is listed with its
area, and what a person has to decide (large gaps, large islands, shapes that vanished) stays
visible as a finding. The result is proved before it is returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.arrange import dissolve
from geogrid.coverage.choosing import Choices, Question, decided
from geogrid.coverage.claims import Ground, Limits
from geogrid.coverage.noding import KeptGround, noded
from geogrid.coverage.ownership import Rule
from geogrid.coverage.proof import crowded, invalid, residue, tiles
from layers.datum.lattice import on_lattice
from layers.datum.metric import area_m2, areas_m2
from layers.datum.shapes import Shape, Shapes, ShapesLike, listed

__all__ = ["Concern", "Doubt", "Move", "Reason", "Repair", "Rule", "repair"]

OUTSIDE, LEFT = -1, -2


class Reason(StrEnum):
    """Why land was proposed to change hands."""

    OVERLAP = "overlap"
    """Several shapes claimed it; the rule chose."""
    GAP = "gap"
    """Nobody claimed it; it was small or thin enough to be filled."""
    OUTSIDE = "outside"
    """It lies beyond the outline and was cut off."""
    DETACHED = "detached"
    """A piece cut off from its grid; a neighbour got it."""
    LEFT = "left"
    """Claimed, but left unassigned because a person said so."""


class Concern(StrEnum):
    """What a person has to look at."""

    EMPTY = "empty"
    """A feature without area: no grid can come of it."""
    MENDED = "mended"
    """A shape that crossed itself and was taken apart by the rules of GEOS' make_valid."""
    VANISHED = "vanished"
    """A shape of which nothing is left: others claimed all of it, or it lies outside."""
    UNASSIGNED = "unassigned"
    """Land nobody claims, too large to be given away unasked."""
    PIECES = "pieces"
    """A shape in several large pieces where the territory is not cut."""


@dataclass(frozen=True, slots=True)
class Move:
    """Land that changes hands.

    Attributes
    ----------
    reason : Reason
    shape : Polygon
        EPSG:4326, on the lattice; one piece.
    area_m2 : float
        Geodesic.
    losers : tuple of int
        Shapes that claimed the land and do not get it; () for a gap.
    winner : int or None
        The shape that gets it or keeps it; None for nobody.
    """

    reason: Reason
    shape: Shape
    area_m2: float
    losers: tuple[int, ...]
    winner: int | None

    @property
    def gain(self) -> bool:
        """Whether the winner did not claim the land itself."""
        return self.reason in (Reason.GAP, Reason.DETACHED)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A finding of the repair: something it could not or should not decide.

    Attributes
    ----------
    concern : Concern
    where : shapely geometry
        EPSG:4326: the land, or the shape as it was given.
    area_m2 : float
    shapes : tuple of int
        Indices of the input shapes concerned; for unassigned land, those around it.
    note : str
        What GEOS says about an invalid shape.
    """

    concern: Concern
    where: Shape
    area_m2: float
    shapes: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """A proposal: shapes and unassigned land together tile `outline` exactly.

    Attributes
    ----------
    shapes : ndarray of Polygon, MultiPolygon or None, shape (n,)
        One per input, in order; None when nothing is left of it.
    unassigned : ndarray of Polygon, shape (m,)
        Land nobody claims that was not given away.
    outline : Polygon or MultiPolygon
        The given outline with the vertices borders need on it.
    moves : tuple of Move
        Everything that changes hands, the largest first.
    doubts : tuple of Doubt
        By concern, then the largest first.
    gained_m2, lost_m2 : ndarray of float, shape (n,)
        Sums of `moves` per input shape.
    questions : tuple of Question
        What a person can decide, the largest first; the answers go into `choices`.
    """

    shapes: Shapes
    unassigned: Shapes
    outline: Shape
    moves: tuple[Move, ...]
    doubts: tuple[Doubt, ...]
    gained_m2: NDArray[np.float64]
    lost_m2: NDArray[np.float64]
    questions: tuple[Question, ...] = ()

    @property
    def tiling(self) -> Shapes:
        """Everything that tiles the outline: the shapes that are left, then unassigned land."""
        return listed([*(one for one in self.shapes if one is not None), *self.unassigned])


def repair(
    shapes: ShapesLike,
    outline: Shape,
    *,
    overlaps: Rule | str = Rule.SMALLEST,
    gaps_up_to_m2: float = 500.0,
    gaps_up_to_m: float = 2.0,
    slivers_up_to_m2: float = 100.0,
    choices: Choices | None = None,
    kept: KeptGround | None = None,
) -> Repair:
    """Propose an exact tiling of the outline that is as close to the shapes as can be.

    Parameters
    ----------
    shapes : Polygon or MultiPolygon (or None), n of them
        EPSG:4326, any mess: off the lattice, overlapping, with gaps, crossing themselves.
    outline : Polygon or MultiPolygon
        EPSG:4326, valid, on the lattice.
    overlaps : Rule
        Who gets land that several shapes claim.
    gaps_up_to_m2 : float
        Gaps of at most this area are filled, each to the neighbour with the longest border.
    gaps_up_to_m : float
        Gaps of at most this mean width are filled whatever their area; long ones are cut where
        their neighbours change.
    slivers_up_to_m2 : float
        Detached pieces of at most this area go to the neighbour; larger ones stay islands.
    choices : mapping of str to int, optional
        By the key of a question which shape gets the land, or `choosing.NOBODY`. They count more
        than all rules; keys of questions that are not asked (any more) are passed over.
    kept : KeptGround, optional
        Where the same shapes are repaired again with other choices: most of the work is kept there.

    Returns
    -------
    Repair
        Settled, and proved: `residue(result.tiling, [result.outline])` is empty. A tiling that
        is exact and settled comes back as it is, without moves.

    Raises
    ------
    ValueError
        When the outline is not a valid polygon on the lattice or nearly touches itself, or a
        coordinate is not finite or outside the world.

    Known Issues
    ------------
    Borders closer to the outline than two steps may be pulled onto it: two centimetres.
    Land of less than a step's width is told as moved to the precision of the lattice.
    """
    if len(invalid([outline])) or not on_lattice([outline]).all():
        raise ValueError("the outline is not a valid polygon on the lattice")
    given = listed(shapes)
    claims, doubts = _mended(given)
    limits = Limits(gaps_up_to_m2, gaps_up_to_m, slivers_up_to_m2)
    made = (noded if kept is None else kept.noded)(claims, outline, limits)
    if made.at_rest and _exact(given, outline):
        nothing = np.zeros(len(given))
        return Repair(given, listed([]), outline, (), (), nothing, nothing)
    ground, refined = made.ground, made.outline
    owner, questions = decided(ground, Rule(overlaps), limits, choices or {})
    result, unassigned = _dissolved(ground, owner, given)
    moves = sorted(_moves(ground, owner), key=lambda move: -move.area_m2)
    doubts += _unassigned(unassigned, ground, owner)
    doubts += _lost_or_scattered(given, claims, result, refined)
    order = list(Concern)
    answer = Repair(
        shapes=result,
        unassigned=unassigned,
        outline=refined,
        moves=tuple(moves),
        doubts=tuple(
            sorted(doubts, key=lambda one: (order.index(one.concern), -one.area_m2, one.shapes))
        ),
        gained_m2=_summed(((move.winner, move.area_m2) for move in moves if move.gain), len(given)),
        lost_m2=_summed(
            ((loser, move.area_m2) for move in moves for loser in move.losers), len(given)
        ),
        questions=tuple(questions),
    )
    if len(invalid(answer.tiling)) or len(residue(answer.tiling, [refined])):
        raise ArithmeticError("the repair does not tile the outline")
    return answer


def _exact(given: Shapes, outline: Shape) -> bool:
    sound = on_lattice(given).all() and not shapely.has_z(given).any()
    return bool(sound) and tiles(given, outline)


def _mended(given: Shapes) -> tuple[Shapes, list[Doubt]]:
    """What each shape claims: valid polygons, or None."""
    claims = np.full(len(given), None, dtype=object)
    doubts = []
    for index, shape in enumerate(given):
        flat = None if shape is None else shapely.force_2d(shape)
        sound = flat
        if flat is not None and not flat.is_valid:
            sound = shapely.make_valid(flat, method="structure", keep_collapsed=False)
            reason = shapely.is_valid_reason(flat).split("[")[0]
            doubts.append(Doubt(Concern.MENDED, flat, area_m2(sound), (index,), reason))
        if sound is None or not sound.area:
            doubts = [one for one in doubts if one.shapes != (index,)]
            doubts.append(Doubt(Concern.EMPTY, flat or shapely.Point(), 0.0, (index,)))
        else:
            claims[index] = sound
    return claims, doubts


def _dissolved(ground: Ground, owner: NDArray[np.int64], given: Shapes) -> tuple[Shapes, Shapes]:
    """The shapes of the owners, the very shape that was given where nothing changed."""
    owners, united = dissolve(ground.inside, owner)
    result = np.full(len(given), None, dtype=object)
    named = owners < len(given)
    result[owners[named]] = united[named]
    same = shapely.equals_exact(shapely.normalize(result), shapely.normalize(given))
    same &= on_lattice(given) & ~shapely.has_z(given)
    result[same] = given[same]
    return result, united[~named]


def _moves(ground: Ground, owner: NDArray[np.int64]) -> Iterator[Move]:
    """Connected land with the same claimants and the same winner."""
    alike: dict[tuple[Reason, tuple[int, ...], int], list[int]] = {}
    holders = np.full(len(ground.faces), OUTSIDE)
    holders[: ground.count] = owner
    for face, (them, holder) in enumerate(zip(ground.claims, holders.tolist(), strict=True)):
        if holder >= ground.shapes:
            if not them:
                continue
            holder = LEFT
        if them != (holder,):
            losers = tuple(one for one in them if one != holder)
            alike.setdefault((_reason(them, holder), losers, holder), []).append(face)
    found: list[tuple[Reason, Shape, tuple[int, ...], int | None]] = []
    for (reason, losers, holder), members in alike.items():
        winner = None if holder < 0 else holder
        for shape in shapely.get_parts(shapely.coverage_union_all(ground.faces[members])):
            found.append((reason, shape, losers, winner))
    areas = areas_m2(listed([shape for _, shape, _, _ in found])).tolist()
    for (reason, shape, losers, winner), metric in zip(found, areas, strict=True):
        yield Move(reason, shape, metric, losers, winner)


def _reason(claimants: tuple[int, ...], holder: int) -> Reason:
    if holder < 0:
        return Reason.OUTSIDE if holder == OUTSIDE else Reason.LEFT
    if not claimants:
        return Reason.GAP
    return Reason.OVERLAP if holder in claimants else Reason.DETACHED


def _summed(amounts: Iterable[tuple[int | None, float]], count: int) -> NDArray[np.float64]:
    total = np.zeros(count)
    for index, amount in amounts:
        if index is not None:
            total[index] += amount
    return total


def _unassigned(unassigned: Shapes, ground: Ground, owner: NDArray[np.int64]) -> list[Doubt]:
    """One finding for each piece of land nobody has, with the shapes around it."""
    around: dict[int, set[int]] = {}
    for one, other in zip(owner[ground.graph.first], owner[ground.graph.second], strict=True):
        if one >= ground.shapes > other:
            around.setdefault(int(one), set()).add(int(other))
        elif other >= ground.shapes > one:
            around.setdefault(int(other), set()).add(int(one))
    return [
        Doubt(Concern.UNASSIGNED, land, area_m2(land), tuple(sorted(around.get(number, ()))))
        for number, land in enumerate(unassigned, start=ground.shapes)
    ]


def _lost_or_scattered(
    given: Shapes, claims: Shapes, result: Shapes, outline: Shape
) -> Iterator[Doubt]:
    for index in np.flatnonzero(claims.astype(bool) & ~result.astype(bool)).tolist():
        yield Doubt(Concern.VANISHED, given[index], area_m2(claims[index]), (index,))
    left = np.flatnonzero(result.astype(bool))
    for index in left[crowded(result[left], outline)].tolist():
        yield Doubt(Concern.PIECES, result[index], area_m2(result[index]), (index,))
