"""The tiling certificate: what was proved about a plan, when, and how anybody proves it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from geogrid.publishing.proof import PlanProof, prove
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan
from geogrid.territory.plan_files.digest import Digested, digest_of, plan_digest
from layers.datum.shapes import Shape

__all__ = ["Certificate", "certify", "outline_digest"]

NO_LINEAGE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Certificate:
    """`digest` covers codes, parents, names, lineages and borders of all levels; `outline_digest`
    the outline alone. Both are SHA-256, both count whole lattice steps, so no file format matters.
    """

    proof: PlanProof
    digest: str
    outline_digest: str
    at: datetime
    software: str

    @property
    def exact(self) -> bool:
        return self.proof.exact


def certify(plan: Plan, *, at: datetime) -> Certificate:
    return Certificate(
        proof=prove(plan),
        digest=digest_of(plan),
        outline_digest=outline_digest(to_shapely(plan.outline)),
        at=at,
        software=f"GeoGrid {version()}".strip(),
    )


def outline_digest(outline: Shape) -> str:
    """The digest of a plan that has the outline as its only grid, called "outline"."""
    return plan_digest([Digested("outline", "", "", NO_LINEAGE, outline)])


@cache
def version() -> str:
    """The newest heading of CHANGELOG.md that is a version, with "+" while more is under way.

    "" before the first one: an official paper does not make one up.
    """
    path = Path(settings.BASE_DIR) / "CHANGELOG.md"
    text = path.read_text() if path.exists() else ""
    found = re.search(r"^## v?(\d[\w.]*)", text, re.MULTILINE)
    coming = "Unreleased" in text
    return f"{found[1]}{'+' if coming else ''}" if found else ""
