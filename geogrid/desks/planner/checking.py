"""Everything the page "Is it ready?" says about a plan, in the order a person goes through it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from geogrid.desks.planner.draft_findings import findings_of
from geogrid.desks.planner.refusals_told import NamedGrid, grids_named
from geogrid.desks.planner.standing import Standing
from geogrid.publishing.proof import PlanProof, prove
from geogrid.publishing.readiness import Readiness, inspect
from geogrid.territory.models import Grid, Plan, Remark

__all__ = ["Checked", "Group", "Line", "RemarkRow", "check_of"]

SHOWN = 40
# Told in sections of their own.
ELSEWHERE = {"remark", "no_post"}
# What a proposal may still have; it only keeps a plan out of force.
PROPOSABLE = {"unassigned", *ELSEWHERE}
TITLES = {
    "unassigned": gettext_lazy("Unassigned land"),
    "in_pieces": gettext_lazy("Grids in several pieces"),
    "cells_torn": gettext_lazy("Cells torn apart"),
    "out_of_range": gettext_lazy("Outside the range of dwellings"),
}
OTHER = gettext_lazy("The tiling itself")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that has to hold: "ok", "stops", "later" (its turn will come) or "know"."""

    tone: str
    sentence: str
    anchor: str = ""


@dataclass(slots=True)
class Group:
    title: str
    stops: bool
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shown(self) -> list[dict[str, Any]]:
        return self.rows[:SHOWN]

    @property
    def more(self) -> int:
        return max(len(self.rows) - SHOWN, 0)


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """A remark with the grid it is about, if that is still there."""

    remark: Remark
    grid: NamedGrid | None


@dataclass(frozen=True, slots=True)
class Checked:
    proof: PlanProof
    readiness: Readiness
    groups: list[Group]
    nobody: list[NamedGrid]
    remarks_open: list[RemarkRow]
    remarks_settled: list[RemarkRow]
    leaves: int
    drawable: bool

    def lines(self, plan: Plan, standing: Standing) -> list[Line]:
        return [
            _proof(self.proof),
            *_land(self.groups),
            _posts(self.nobody),
            _remarks(self.remarks_open),
            _approval(plan, standing),
            *_range(plan, self.readiness, self.leaves),
        ]


def check_of(plan: Plan, *, at: datetime) -> Checked:
    found = findings_of(plan, at=at)
    readiness = inspect(plan, at=at)
    leaves = plan.grids.leaves()
    without_land = set(leaves.filter(kind=Grid.Kind.UNASSIGNED).values_list("code", flat=True))
    rows = list(plan.remarks.select_related("by", "settled_by").order_by("pk"))
    told = _with_grids(plan, rows)
    return Checked(
        proof=prove(plan),
        readiness=readiness,
        groups=_grouped(found),
        nobody=grids_named(plan, [code for code in readiness.nobody if code not in without_land]),
        remarks_open=[row for row in told if row.remark.settled_at is None],
        remarks_settled=[row for row in told if row.remark.settled_at is not None],
        leaves=leaves.count(),
        drawable=not any(one["stops"] and one["code"] not in PROPOSABLE for one in found),
    )


def _grouped(found: Iterable[dict[str, Any]]) -> list[Group]:
    groups: dict[str, Group] = {}
    for one in found:
        if one["code"] in ELSEWHERE:
            continue
        title = str(TITLES.get(one["code"], OTHER))
        groups.setdefault(title, Group(title, one["stops"])).rows.append(one)
    return list(groups.values())


def _with_grids(plan: Plan, remarks: list[Remark]) -> list[RemarkRow]:
    named = {remark.lineage for remark in remarks if remark.lineage is not None}
    rows = plan.grids.filter(lineage__in=named).values_list("lineage", "code", "name")
    known = {lineage: NamedGrid(code, name, str(lineage)) for lineage, code, name in rows}
    gone = NamedGrid("", _("a grid that has ended since"), "")
    return [
        RemarkRow(remark, known.get(remark.lineage, gone) if remark.lineage else None)
        for remark in remarks
    ]


def _proof(proof: PlanProof) -> Line:
    if proof.exact:
        words = ngettext(
            "%(count)d grid tiles the territory exactly: no gap, no overlap.",
            "%(count)d grids tile the territory exactly: no gap, no overlap.",
            proof.grids,
        )
        return Line("ok", words % {"count": proof.grids}, "#proof")
    return Line("stops", _("The grids leave a gap or overlap each other."), "#proof")


def _land(groups: Iterable[Group]) -> list[Line]:
    stopping = [group for group in groups if group.stops]
    if not stopping:
        return [
            Line("ok", _("No land is left unassigned, and no outline that is fixed has moved."))
        ]
    return [
        Line(
            "stops",
            _("%(what)s: %(count)s") % {"what": group.title, "count": len(group.rows)},
            "#findings",
        )
        for group in stopping
    ]


def _posts(nobody: list[NamedGrid]) -> Line:
    if not nobody:
        return Line("ok", _("Every grid has somebody, or a vacancy with a reason."), "#posts")
    words = ngettext(
        "%(count)d grid has nobody who answers for it.",
        "%(count)d grids have nobody who answers for them.",
        len(nobody),
    )
    return Line("stops", words % {"count": len(nobody)}, "#posts")


def _remarks(remarks: list[RemarkRow]) -> Line:
    if not remarks:
        return Line("ok", _("No remark is open."))
    words = ngettext("%(count)d remark is open.", "%(count)d remarks are open.", len(remarks))
    return Line("stops", words % {"count": len(remarks)}, "#remarks")


def _approval(plan: Plan, standing: Standing) -> Line:
    event = standing.approved
    if plan.state == Plan.State.APPROVED and event is not None:
        day = date_format(localtime(event.at), "DATE_FORMAT")
        who = str(event.by or "")
        if not who:
            return Line("ok", _("Approved on %(day)s.") % {"day": day}, "#history")
        return Line(
            "ok", _("Approved by %(who)s on %(day)s.") % {"who": who, "day": day}, "#history"
        )
    if plan.state == Plan.State.IN_REVIEW:
        return Line("later", _("It is not approved yet: it is in review."))
    return Line("later", _("It is not approved yet: it has not been proposed."))


def _range(plan: Plan, readiness: Readiness, leaves: int) -> list[Line]:
    number = len(readiness.outside_range)
    said = {
        "count": number,
        "total": leaves,
        "least": plan.scheme.households_min,
        "most": plan.scheme.households_max,
    }
    if not number:
        return [Line("ok", _("Every grid has %(least)s to %(most)s dwellings.") % said)]
    words = _("%(count)s of %(total)s grids do not have %(least)s to %(most)s dwellings.")
    return [Line("know", words % said, "#findings")]
