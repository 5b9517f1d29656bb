"""A proposal written as a draft: all of it, or nothing."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.territory.actions import (
    copy_cells,
    set_boundary,
    start_plan,
)
from geogrid.territory.actions.outlines import unlock
from geogrid.territory.actions.terms import refuse_inexact
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Plan, PlanEvent
from geogrid.territory.plan_files.proposal import Proposal
from geogrid.territory.refusals import guards_told

__all__ = ["write_draft"]


@guards_told()
@transaction.atomic
def write_draft(
    *, proposal: Proposal, by: User | None, at: datetime, name: str = "", unlocked: str = ""
) -> Plan:
    """Write what a file proposes as a draft, with its loads and the cells that still fit.

    `unlocked` is the reason why administrative outlines move, where the file moves any; for those
    who approve. It is put on record.

    Raises
    ------
    NotExact
        The database's own proof failed; nothing is written.
    NotAllowed
        `by` may not draw in this scheme, or not approve where an outline moves.
    FixedOutline
        An administrative outline moves, and no reason is given.
    BoundaryInUse
        The file's new outline cannot begin today.
    """
    scheme, path = proposal.scheme, proposal.file.path
    boundary = proposal.boundary or set_boundary(
        area=scheme.area, outline=proposal.base, valid_from=at.date(), basis=path.name, by=by
    )
    plan = start_plan(
        scheme=scheme,
        boundary=boundary,
        outline=proposal.outline,
        grids=proposal.grids,
        by=by,
        at=at,
        name=name,
    )
    refuse_inexact(plan)
    if proposal.moved:
        unlock(plan=plan, lineages=proposal.moved, reason=unlocked, by=by, at=at)
    rebuild_loads(plan=plan, at=at)
    if proposal.before is not None:
        copy_cells(proposal.before, plan)
    PlanEvent.objects.create(
        plan=plan, kind=PlanEvent.Kind.IMPORTED, by=by, at=at, data=_data(proposal)
    )
    return plan


def _data(proposal: Proposal) -> dict[str, object]:
    """What the history keeps of an import: enough to say later where a border came from."""
    file = proposal.file
    data: dict[str, object] = {
        "file": file.path.name,
        "format": file.kind,
        "layer": file.layer,
        "coordinates": file.coordinates,
        "fields": proposal.fields,
        "grids": len(proposal.leaves),
        "exact": proposal.exact,
    }
    if file.path.is_file():
        data["sha256"] = sha256(file.path.read_bytes()).hexdigest()
    if proposal.repair is not None:
        data["moved_m2"] = round(sum(move.area_m2 for move in proposal.repair.moves), 2)
        data["unassigned"] = len(proposal.repair.unassigned)
    return data
