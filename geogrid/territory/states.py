"""What a grid is at one moment of a draft, apart from what follows from other grids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from django.contrib.gis.geos import GEOSGeometry

from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Grid, GridChange
from layers.datum.shapes import Shape

__all__ = ["GridState", "as_multi", "same_shape"]


@dataclass(frozen=True, slots=True, eq=False)
class GridState:
    """A grid as an edit finds or leaves it.

    `shape` is what is authoritative: a leaf's boundary; of a grid above the leaves the fixed
    outline, None where its level is not fixed (its boundary follows from its children).
    """

    lineage: UUID
    level: int
    parent: UUID | None
    code: str
    label: str
    name: str
    kind: str = Grid.Kind.BASIC
    pieces_reason: str = ""
    range_reason: str = ""
    locked: bool = False
    lock_reason: str = ""
    shape: Shape | None = None

    def as_json(self) -> dict[str, Any]:
        """Everything but the shape, as `GridChange` keeps it."""
        return {
            "level": self.level,
            "parent": str(self.parent) if self.parent else None,
            "code": self.code,
            "label": self.label,
            "name": self.name,
            "kind": self.kind,
            "pieces_reason": self.pieces_reason,
            "range_reason": self.range_reason,
            "locked": self.locked,
            "lock_reason": self.lock_reason,
        }

    @classmethod
    def before(cls, change: GridChange) -> GridState | None:
        """What the grid was before a change; None when the change made it."""
        return cls._kept(change.lineage, change.before, change.before_boundary)

    @classmethod
    def after(cls, change: GridChange) -> GridState | None:
        """What the grid was after a change; None when the change ended it."""
        return cls._kept(change.lineage, change.after, change.after_boundary)

    @classmethod
    def _kept(
        cls, lineage: UUID, known: Mapping[str, Any] | None, boundary: GEOSGeometry | None
    ) -> GridState | None:
        if known is None:
            return None
        parent = UUID(known["parent"]) if known["parent"] else None
        return cls(
            lineage=lineage,
            level=known["level"],
            parent=parent,
            code=known["code"],
            label=known["label"],
            name=known["name"],
            kind=known["kind"],
            pieces_reason=known["pieces_reason"],
            # Edits written before these columns say nothing about them.
            range_reason=known.get("range_reason", ""),
            locked=known.get("locked", False),
            lock_reason=known.get("lock_reason", ""),
            shape=None if boundary is None else to_shapely(boundary),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GridState):
            return NotImplemented
        mine, theirs = (self.lineage, self.as_json()), (other.lineage, other.as_json())
        return mine == theirs and same_shape(self.shape, other.shape)


def as_multi(shape: Shape) -> Shape:
    """The form shapes are stored in, so that the same shape has the same bytes."""
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape


def same_shape(one: Shape | None, other: Shape | None) -> bool:
    """Whether two stored shapes have the same vertices in the same order."""
    if one is None or other is None:
        return one is other
    return bool(shapely.equals_exact(as_multi(one), as_multi(other), tolerance=0))
