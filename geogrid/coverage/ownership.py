"""Who gets which face: rules for faces that several shapes claim, or none.

Faces tile the territory; -1 says that a face has no owner yet. Everything works on the graph of
faces that share a border and its metres, so nothing is decided by a tolerance.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geogrid.coverage.adjacency import Adjacency

__all__ = ["Rule", "Whole", "claimed", "components", "detached", "spread"]

Whole = NDArray[np.int64]
FREE = -1


class Rule(StrEnum):
    """Who gets land that several shapes claim."""

    FIRST = "first"
    """The one that comes first in the file."""
    SMALLEST = "smallest"
    """The one with the smallest area: what was drawn on top of a larger one stays."""
    LONGEST = "longest"
    """The one whose undisputed land has the longest border with the disputed land."""


def components(count: int, first: Whole, second: Whole) -> Whole:
    """For each of `count` nodes the lowest node it is connected with by the given links."""
    label = np.arange(count)
    while True:
        lowest = np.minimum(label[first], label[second])
        new = label.copy()
        np.minimum.at(new, first, lowest)
        np.minimum.at(new, second, lowest)
        np.minimum.at(new, label[first], lowest)
        np.minimum.at(new, label[second], lowest)
        new = new[new]
        if (new == label).all():
            return label
        label = new


def claimed(
    claims: Sequence[tuple[int, ...]], rule: Rule, areas: ArrayLike, graph: Adjacency
) -> Whole:
    """The owner of each face by its claims alone.

    Parameters
    ----------
    claims : sequence of tuple of int, length n
        For each face the shapes that cover it, ascending; () for none.
    rule : Rule
    areas : array_like of float, shape (number of shapes,)
        Any unit; equal ones are decided by the order of the shapes.
    graph : Adjacency
        Of the faces.

    Returns
    -------
    ndarray of int64, shape (n,)
        -1 for faces nobody claims.
    """
    size = np.asarray(areas, dtype=np.float64)
    owner = np.array([them[0] if them else FREE for them in claims], dtype=np.int64)
    disputed = [face for face, them in enumerate(claims) if len(them) > 1]
    if rule is Rule.FIRST or not disputed:
        return owner
    for face in disputed:
        owner[face] = min(claims[face], key=lambda shape: (size[shape], shape))
    if rule is Rule.LONGEST:
        _by_border(owner, claims, disputed, graph)
    return owner


def _by_border(
    owner: Whole, claims: Sequence[tuple[int, ...]], disputed: list[int], graph: Adjacency
) -> None:
    """Disputed faces of the same claimants that lie together go to one of them."""
    contested = np.zeros(len(owner), dtype=bool)
    contested[disputed] = True
    one, other = graph.first, graph.second
    rows = np.flatnonzero(contested[one] & contested[other])
    alike = rows[[claims[one[row]] == claims[other[row]] for row in rows]]
    region = components(len(owner), one[alike], other[alike])
    border: dict[int, dict[int, float]] = {}
    for row in np.flatnonzero(contested[one] != contested[other]).tolist():
        inner, outer = int(one[row]), int(other[row])
        if not contested[inner]:
            inner, outer = outer, inner
        if owner[outer] in claims[inner]:
            metres = border.setdefault(int(region[inner]), {})
            metres[int(owner[outer])] = metres.get(int(owner[outer]), 0) + graph.metres[row]
    for face in disputed:
        candidates = border.get(int(region[face]))
        if candidates:
            owner[face] = max(candidates, key=lambda shape: (candidates[shape], -shape))


def spread(owner: Whole, node: Whole, free: NDArray[np.bool_], graph: Adjacency) -> None:
    """Give free land to the neighbour with the longest common border, nearest land first.

    Parameters
    ----------
    owner : ndarray of int64, shape (n,)
        Changed in place. Free land that no owner can be reached from keeps what it had.
    node : ndarray of int64, shape (n,)
        Faces with the same number are given together.
    free : ndarray of bool, shape (n,)
        Which faces are to be given; neighbours with a negative owner get nothing.
    """
    waiting = free.copy()
    one = np.concatenate([graph.first, graph.second])
    other = np.concatenate([graph.second, graph.first])
    metres = np.concatenate([graph.metres, graph.metres])
    most = int(owner.max(initial=0)) + 1
    while waiting.any():
        rows = waiting[one] & ~waiting[other] & (owner[other] >= 0)
        if not rows.any():
            return
        key = node[one[rows]] * most + owner[other[rows]]
        pairs, index = np.unique(key, return_inverse=True)
        border = np.bincount(index, weights=metres[rows])
        nodes, takers = pairs // most, pairs % most
        best = np.lexsort((-takers, border, nodes))
        best = best[np.append(nodes[best][1:] != nodes[best][:-1], True)]
        taker = np.full(len(owner), FREE)
        taker[nodes[best]] = takers[best]
        given = waiting & (taker[node] >= 0)
        owner[given] = taker[node[given]]
        waiting &= ~given


def detached(
    owner: Whole, areas: NDArray[np.float64], graph: Adjacency, up_to_m2: float
) -> tuple[Whole, NDArray[np.bool_]]:
    """Small pieces that do not hang together with the largest piece of their owner.

    Returns
    -------
    piece : ndarray of int64, shape (n,)
        Faces of one piece have one number.
    small : ndarray of bool, shape (n,)
        Faces of pieces of at most `up_to_m2` that are not the largest of their owner.
    """
    same = owner[graph.first] == owner[graph.second]
    piece = components(len(owner), graph.first[same], graph.second[same])
    total = np.bincount(piece, weights=areas, minlength=len(owner))
    heads = np.unique(piece)
    ranked = heads[np.lexsort((heads, -total[heads], owner[heads]))]
    largest = np.append(True, owner[ranked][1:] != owner[ranked][:-1])
    small = np.zeros(len(owner), dtype=bool)
    small[ranked[~largest]] = total[ranked[~largest]] <= up_to_m2
    return piece, small[piece] & (owner >= 0)
