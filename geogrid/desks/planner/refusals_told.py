"""What a refusal lists besides its sentence: grids with their names, and where to look at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geogrid.accounts.errors import CodedError
from geogrid.territory.models import Plan

__all__ = ["NamedGrid", "grids_named", "grids_of"]

LISTED = 60


@dataclass(frozen=True, slots=True)
class NamedGrid:
    """`lineage` is empty for a grid that the plan does not have."""

    code: str
    name: str
    lineage: str


def grids_of(plan: Plan, refusal: CodedError) -> list[NamedGrid]:
    """The grids a refusal is about, at most some sixty of them."""
    told = refusal.data.get("grids") or refusal.data.get("codes") or []
    codes = [one.get("code", "") if isinstance(one, dict) else str(one) for one in told]
    return grids_named(plan, codes[:LISTED])


def grids_named(plan: Plan, codes: Iterable[str]) -> list[NamedGrid]:
    codes = list(codes)
    rows = plan.grids.filter(code__in=codes).values_list("code", "name", "lineage")
    known = {code: NamedGrid(code, name, str(lineage)) for code, name, lineage in rows}
    return [known.get(code, NamedGrid(code, code, "")) for code in codes]
