"""Whether two plans are the same: a digest over what makes a plan, whatever carried it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import shapely

from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan
from layers.datum.lattice import to_steps
from layers.datum.shapes import Shape

__all__ = ["Digested", "digest_of", "plan_digest"]


@dataclass(frozen=True, slots=True)
class Digested:
    """What the digest sees of a grid; `parent` is its parent's code, "" at the top."""

    code: str
    parent: str
    name: str
    lineage: UUID
    shape: Shape


def plan_digest(grids: Iterable[Digested]) -> str:
    """SHA-256 over codes, parents, names, lineages and rings, in the order of codes.

    Rings count as whole lattice steps in a normal form: where a ring begins, which way it runs and
    in which order holes and pieces come depends on the file format and says nothing.
    """
    digest = sha256()
    for grid in sorted(grids, key=lambda grid: grid.code):
        words = [grid.code, grid.parent, grid.name, str(grid.lineage)]
        digest.update("\0".join(words).encode() + b"\1")
        digest.update(_rings(grid.shape))
    return digest.hexdigest()


def digest_of(plan: Plan) -> str:
    """The digest of a plan in the database, all levels."""
    rows = plan.grids.values_list("code", "parent__code", "name", "lineage", "boundary")
    return plan_digest(
        Digested(code, parent or "", name, lineage, to_shapely(boundary))
        for code, parent, name, lineage, boundary in rows
    )


def _rings(shape: Shape) -> bytes:
    normal = shapely.normalize(shapely.orient_polygons(shape))
    result = b""
    for part in shapely.get_parts(normal):
        for ring in shapely.get_rings(part):
            steps = to_steps(shapely.get_coordinates(ring))
            result += len(steps).to_bytes(4, "big") + steps.astype(">i8").tobytes()
        result += b"\2"
    return result
