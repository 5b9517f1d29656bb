"""What an edit did, as a sentence: "Handed 22 households from Northgate 08 to Northgate 07"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from geogrid.territory.models import BoundaryEdit, Grid

__all__ = ["Touched", "words"]

Verb = BoundaryEdit.Verb
NAMED = 3


@dataclass(frozen=True, slots=True)
class Touched:
    """A grid before and after an edit, as `GridChange` keeps it."""

    lineage: UUID
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def state(self) -> Mapping[str, Any]:
        return self.after or self.before or {}

    @property
    def name(self) -> str:
        return str(self.state["name"])

    @property
    def code(self) -> str:
        return str(self.state["code"])

    @property
    def level(self) -> int:
        return int(self.state["level"])


def words(
    edit: Mapping[str, Any],
    grids_of: Mapping[int, list[Touched]],
    taken_back: Mapping[int, Mapping[str, Any]],
) -> str:
    """One sentence without a full stop; `taken_back` are the edits that undos name, by key.

    An undo of an undo is a redo, and so on.
    """
    first, times = edit, 0
    while first["undoes"]:
        first, times = taken_back[first["undoes"]], times + 1
    what = _TOLD[first["verb"]](first["arguments"], grids_of.get(first["pk"], []))
    if not times:
        return what
    return (_("Took back: %(what)s") if times % 2 else _("Did again: %(what)s")) % {"what": what}


def _listed(grids: Iterable[Touched]) -> str:
    names = [grid.name for grid in grids]
    told = pgettext("between names", ", ").join(names[:NAMED])
    if len(names) <= NAMED:
        return told
    more = {"names": told, "count": len(names) - NAMED}
    return _("%(names)s and %(count)s more") % more


def _split(arguments: Mapping[str, Any], grids: list[Touched]) -> str:
    made = [grid for grid in grids if grid.before is None]
    old = [grid for grid in grids if str(grid.lineage) == arguments.get("lineage")]
    return _("Split %(name)s; new: %(made)s") % {"name": _listed(old), "made": _listed(made)}


def _merge(arguments: Mapping[str, Any], grids: list[Touched]) -> str:
    target = [grid for grid in grids if str(grid.lineage) == arguments.get("target")]
    gone = [grid for grid in grids if grid.after is None]
    return _("Joined %(gone)s to %(name)s") % {"gone": _listed(gone), "name": _listed(target)}


def _claim(arguments: Mapping[str, Any], grids: list[Touched]) -> str:
    target = [grid for grid in grids if str(grid.lineage) == arguments.get("target")]
    givers = [grid for grid in grids if grid not in target]
    said = {"givers": _listed(givers), "name": _listed(target)}
    return _("Handed land from %(givers)s to %(name)s") % said


def _cut_out(arguments: Mapping[str, Any], grids: list[Touched]) -> str:
    made = [grid for grid in grids if grid.before is None]
    others = [grid for grid in grids if grid.before is not None]
    return _("Cut %(made)s out of %(names)s") % {"made": _listed(made), "names": _listed(others)}


def _renamed(arguments: Mapping[str, Any], grids: list[Touched]) -> str:
    for grid in grids:
        old, new = grid.before or {}, grid.after or {}
        if old.get("name") != new.get("name"):
            return _("Renamed %(old)s to %(new)s") % {"old": old["name"], "new": new["name"]}
        if old.get("kind") != new.get("kind"):
            kind = dict(Grid.Kind.choices)[new["kind"]]
            return _("%(name)s is now: %(kind)s") % {"name": new["name"], "kind": kind}
        if old.get("label") != new.get("label"):
            said = {"name": new["name"], "label": new["label"]}
            return _("%(name)s is number %(label)s on maps") % said
        if old.get("locked", False) != new.get("locked", False):
            return _locked(new)
        if old.get("range_reason", "") != new.get("range_reason", ""):
            return _out_of_range(new)
        if new.get("pieces_reason"):
            said = {"name": new["name"], "reason": new["pieces_reason"]}
            return _("%(name)s may lie in pieces: %(reason)s") % said
    return _("Described %(names)s") % {"names": _listed(grids)}


def _locked(grid: Mapping[str, Any]) -> str:
    said = {"name": grid["name"], "reason": grid.get("lock_reason", "")}
    if not grid.get("locked"):
        return _("Unlocked %(name)s") % said
    return (_("Locked %(name)s: %(reason)s") if said["reason"] else _("Locked %(name)s")) % said


def _out_of_range(grid: Mapping[str, Any]) -> str:
    said = {"name": grid["name"], "reason": grid.get("range_reason", "")}
    if not said["reason"]:
        return _("%(name)s needs no reason for its size any more") % said
    return _("%(name)s may be out of range: %(reason)s") % said


def _hung(arguments: Mapping[str, Any], grids: list[Touched]) -> str:
    made = [grid for grid in grids if grid.before is None]
    moved = [grid for grid in grids if grid.before is not None]
    if made:
        said = {"names": _listed(moved), "parent": _listed(made)}
        return _("Moved %(names)s below the new %(parent)s") % said
    return _("Moved %(names)s below another grid") % {"names": _listed(moved)}


def _balanced(arguments: Mapping[str, Any], grids: list[Touched]) -> str:
    count = len(grids)
    return ngettext("Balanced %(count)s grid", "Balanced %(count)s grids", count) % {"count": count}


def _renumbered(arguments: Mapping[str, Any], grids: list[Touched]) -> str:
    count = len(grids)
    told = ngettext("Renumbered %(count)s grid", "Renumbered %(count)s grids", count)
    return told % {"count": count}


def _named(sentence: Callable[[], str]) -> Callable[[Mapping[str, Any], list[Touched]], str]:
    def told(arguments: Mapping[str, Any], grids: list[Touched]) -> str:
        return sentence() % {"names": _listed(grids)}

    return told


def _returned(arguments: Mapping[str, Any], grids: list[Touched]) -> str:
    return _("Went back to revision %(number)s") % {"number": arguments.get("revision", 0)}


_TOLD: Mapping[str, Callable[[Mapping[str, Any], list[Touched]], str]] = {
    Verb.SPLIT: _split,
    Verb.MERGE: _merge,
    Verb.CLAIM: _claim,
    Verb.CUT_OUT: _cut_out,
    Verb.REDRAW: _named(lambda: _("Redrew %(names)s")),
    Verb.MOVE_BORDER: _named(lambda: _("Moved the border of %(names)s")),
    Verb.MOVE_VERTEX: _named(lambda: _("Moved a corner of %(names)s")),
    Verb.INSERT_VERTEX: _named(lambda: _("Added a corner to %(names)s")),
    Verb.DELETE_VERTEX: _named(lambda: _("Removed a corner of %(names)s")),
    Verb.STRAIGHTEN: _named(lambda: _("Straightened the border of %(names)s")),
    Verb.SNAP_TO_STREET: _named(lambda: _("Laid the border of %(names)s on the street")),
    Verb.REBALANCE: _balanced,
    Verb.MOVE_TO_PARENT: _hung,
    Verb.DESCRIBE: _renamed,
    Verb.RENUMBER: _renumbered,
    Verb.RETURN_TO: _returned,
}
