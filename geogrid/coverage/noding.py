"""What a repair knows before anybody gets anything: the settled ground between all borders.

It is most of the work, and the same for every answer to every question about the same shapes:
whoever asks again and again keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock

import numpy as np
import shapely

from geogrid.coverage.claims import Ground, Limits
from geogrid.coverage.rim import settle_within
from geogrid.coverage.settling import edges_of
from layers.datum.shapes import Shape, Shapes

__all__ = ["KeptGround", "Noded", "noded"]


@dataclass(frozen=True, slots=True)
class Noded:
    """The ground, and the outline with the vertices that borders need on it.

    `at_rest` says that no border had to move.
    """

    ground: Ground
    outline: Shape
    at_rest: bool


def noded(claims: Shapes, outline: Shape, limits: Limits) -> Noded:
    """Settle the borders of valid shapes (or None) inside an outline; long gaps are cut.

    Raises ValueError where dense borders cannot settle.
    """
    drawn = edges_of(claims[claims.astype(bool)])
    edges, refined = settle_within(drawn, outline)
    at_rest = np.array_equal(edges, drawn)
    ground = Ground.between(edges, refined, claims)
    cuts = ground.cuts(limits)
    if len(cuts):
        edges, refined = settle_within(edges, outline, changed=cuts)
        ground = Ground.between(edges, refined, claims)
    return Noded(ground, refined, at_rest)


@dataclass(slots=True)
class KeptGround:
    """The ground of the shapes that were asked for last; who asks for others gets it anew."""

    _key: bytes = b""
    _last: Noded | None = None
    _lock: Lock = field(default_factory=Lock)

    def noded(self, claims: Shapes, outline: Shape, limits: Limits) -> Noded:
        """As `noded`. Two who ask at once for the same wait for one computation."""
        key = _digest(claims, outline, limits)
        with self._lock:
            if self._last is None or key != self._key:
                self._last = noded(claims, outline, limits)
                self._key = key
            return self._last


def _digest(claims: Shapes, outline: Shape, limits: Limits) -> bytes:
    seen = blake2b(repr(limits).encode(), digest_size=20)
    for one in (outline, *claims):
        raw = b"" if one is None else shapely.to_wkb(one)
        seen.update(b"%d:" % len(raw) + raw)
    return seen.digest()
