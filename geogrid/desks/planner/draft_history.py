"""The edits of a draft as the planner reads them: who did what to which grids, when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geogrid.accounts.models import User
from geogrid.desks.planner.edit_words import Touched, words
from geogrid.territory.models import BoundaryEdit, GridChange, Plan

__all__ = ["history_of"]

AT_ONCE = 200
COLUMNS = (
    "pk", "revision", "verb", "arguments", "undoes", "reason", "by", "by__display_name",
    "by__username", "at",
)  # fmt: skip


def history_of(plan: Plan, user: User, *, before: int | None = None) -> list[dict[str, Any]]:
    """The latest edits first, at most 200 at once; `before` goes on with older ones."""
    rows: Any = BoundaryEdit.objects.filter(plan=plan)
    undone = _undone(rows)
    shown = rows.order_by("-revision")
    if before is not None:
        shown = shown.filter(revision__lt=before)
    edits = list(shown.values(*COLUMNS)[:AT_ONCE])
    taken_back = _taken_back(edits)
    grids = _touched([*(edit["pk"] for edit in edits), *taken_back])
    return [
        {
            "revision": edit["revision"],
            "verb": edit["verb"],
            "words": words(edit, grids, taken_back),
            "reason": edit["reason"],
            "by": edit["by__display_name"] or edit["by__username"] or "",
            "at": edit["at"].isoformat(),
            "undone": edit["pk"] in undone,
            "mine": edit["by"] == user.pk,
            "grids": [
                {"lineage": str(grid.lineage), "code": grid.code, "name": grid.name}
                for grid in grids.get(edit["pk"], [])
            ],
        }
        for edit in edits
    ]


def _undone(rows: Any) -> set[int]:
    """Edits that count no more: taken back by an undo that counts itself."""
    chain = list(rows.order_by("-revision").values_list("pk", "undoes"))
    taker = {undoes: pk for pk, undoes in chain if undoes}
    gone: set[int] = set()
    for pk, _ in chain:  # whoever undoes comes later, so it is decided first
        if pk in taker and taker[pk] not in gone:
            gone.add(pk)
    return gone


def _taken_back(edits: list[dict[str, Any]]) -> Mapping[int, dict[str, Any]]:
    """What the undos among the edits took back, and what those took back in turn."""
    found: dict[int, dict[str, Any]] = {}
    known = {edit["pk"]: edit for edit in edits}
    wanted = {edit["undoes"] for edit in edits if edit["undoes"]}
    while wanted:
        missing = wanted - known.keys()
        if missing:
            rows: Any = BoundaryEdit.objects.filter(pk__in=missing).values(*COLUMNS)
            known |= {edit["pk"]: edit for edit in rows}
        found |= {pk: known[pk] for pk in wanted}
        wanted = {known[pk]["undoes"] for pk in wanted if known[pk]["undoes"]} - found.keys()
    return found


def _touched(edits: list[int]) -> dict[int, list[Touched]]:
    """The grids of each edit, those above first; no shape is read."""
    rows = (
        GridChange.objects.filter(edit__in=edits)
        .order_by()
        .values_list("edit", "lineage", "before", "after")
    )
    found: dict[int, list[Touched]] = {}
    for edit, lineage, before, after in rows:
        found.setdefault(edit, []).append(Touched(lineage, before, after))
    for grids in found.values():
        grids.sort(key=lambda grid: (grid.level, grid.code))
    return found
