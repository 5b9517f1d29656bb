"""The way of a plan from draft to approval, or out of the way.

draft -> in review -> approved, from review back to draft, and withdrawn from any of the three as
long as the plan was never given a term. Each step leaves one `PlanEvent`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.territory.actions.cells import require_partition
from geogrid.territory.actions.outlines import refuse_moved
from geogrid.territory.actions.terms import plan_defects, refuse_defects
from geogrid.territory.errors import (
    CannotWithdraw,
    CodesTaken,
    DocumentIncomplete,
    FourEyes,
    NeedsNeighbour,
    NoSuchGrid,
    NotADraft,
    NotInReview,
)
from geogrid.territory.handovers import altered
from geogrid.territory.models import Grid, Plan, PlanEvent, Remark, Scheme, Succession
from geogrid.territory.refusals import guards_told
from geogrid.territory.scope import require_scope
from geogrid.territory.succession import record
from layers.media.models import Attachment

NAMED_IN_MESSAGE = 5
State, Kind = Plan.State, PlanEvent.Kind


@guards_told()
@transaction.atomic
def propose(*, plan: Plan, by: User | None, at: datetime, note: str = "") -> Plan:
    """Hand a draft over for approval; from here on its grids cannot change.

    Burns its codes and records its successions, both in comparison with the plan it starts from,
    or that is in force. Land may still be unassigned: that keeps it from coming into force only.

    Raises
    ------
    NotADraft, NotExact, PlanDefective, CodesTaken, CellsNotAPartition
        The plan stays a draft.
    FixedOutline
        An administrative outline differs from that of the plan it follows, and no unlock says why.
    NotAllowed, NeedsNeighbour
        `by` may not draw all the grids that differ.
    """
    require(by, Permission.DRAW, scheme=plan.scheme, where=ANYWHERE)
    # First the scheme, then the plan, as everything that takes both does. Two proposals with one
    # new code thereby wait for each other.
    Scheme.objects.select_for_update(no_key=True).get(pk=plan.scheme_id)
    locked = _locked(plan)
    if locked.state != State.DRAFT:
        raise NotADraft(number=plan.number)
    befores = _befores(locked, at)
    if befores and locked.based_on_id is None:
        locked.based_on = befores[0]
        locked.save(update_fields=["based_on"])
    changed = _require_over_changes(locked, Permission.DRAW, by, befores)
    refuse_defects(locked, [one for one in plan_defects(locked) if one.name != "assigned"])
    refuse_moved(locked)
    require_partition(locked)
    _burn_codes(locked)
    followed = record(locked, befores)
    _enter(locked, State.IN_REVIEW)
    compared = [before.number for before in befores]
    _tell(
        locked, Kind.PROPOSED, by, at, note,
        data={"compared_with": compared, "changed": len(changed), "successions": followed},
    )  # fmt: skip
    return _told(plan, locked)


@guards_told()
@transaction.atomic
def approve(
    *,
    plan: Plan,
    by: User | None,
    at: datetime,
    note: str = "",
    document_number: str = "",
    document_date: date | None = None,
    scan: Attachment | None = None,
) -> Plan:
    """Approve a plan in review; `by` answers for an ancestor of everything that changes.

    An approval from outside is recorded with its document's number, date and scan, all three.

    Raises
    ------
    FourEyes
        `by` proposed the plan, and the scheme wants somebody else.
    NotInReview, DocumentIncomplete, NotAllowed, NeedsNeighbour
    """
    locked, befores = _in_review(plan, by, at)
    if locked.scheme.four_eyes and by is not None and _proposer(locked) == by.pk:
        raise FourEyes(number=plan.number)
    given = [bool(document_number.strip()), document_date is not None, scan is not None]
    if any(given) and not all(given):
        raise DocumentIncomplete
    _enter(locked, State.APPROVED)
    _tell(
        locked, Kind.APPROVED, by, at, note,
        document_number=document_number.strip(), document_date=document_date, scan=scan,
        data={"compared_with": [before.number for before in befores]},
    )  # fmt: skip
    return _told(plan, locked)


@guards_told()
@transaction.atomic
def send_back(
    *,
    plan: Plan,
    by: User | None,
    at: datetime,
    note: str = "",
    remarks: Iterable[tuple[UUID | None, str]] = (),
) -> Plan:
    """Return a plan in review to its planners, with remarks on grids (None: on the whole plan).

    It is a draft again: its successions go, and so do codes that only this proposal burnt, since
    nobody outside has seen them.
    """
    locked, _ = _in_review(plan, by, at)
    told = [(lineage, text.strip()) for lineage, text in remarks if text.strip()]
    named = {lineage for lineage, _ in told if lineage is not None}
    if len(_within(locked, named)) < len(named):
        raise NoSuchGrid(number=plan.number)
    _enter(locked, State.DRAFT)
    Succession.objects.filter(plan=locked).delete()
    _free_codes(locked)
    rows = [Remark(plan=locked, lineage=lineage, text=text, by=by, at=at) for lineage, text in told]
    Remark.objects.bulk_create(rows)
    _tell(locked, Kind.SENT_BACK, by, at, note, data={"remarks": len(rows)})
    return _told(plan, locked)


@guards_told()
@transaction.atomic
def settle_remark(*, remark: Remark, by: User | None, at: datetime) -> Remark:
    """Say that a remark was seen to; one that was settled before stays as it is.

    A remark on a grid is for who answers for it, one on the whole plan for who answers for the
    whole scheme or brought the plan in.
    """
    plan = Plan.objects.select_for_update(of=("self",)).defer("outline").get(pk=remark.plan_id)
    named = set() if remark.lineage is None else {remark.lineage}
    # A grid may have ended since it was remarked on: the plan before still knows where it lay.
    seen = next((one for one in (plan, plan.based_on) if one and _within(one, named)), None)
    if seen is None:
        _require_whole(plan, Permission.DRAW, by)
    else:
        require_scope(by, Permission.DRAW, plan=seen, lineages=named)
    row = Remark.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    if row.settled_at is None:
        row.settled_at, row.settled_by = at, by
        row.save(update_fields=["settled_at", "settled_by"])
    return row


@guards_told()
@transaction.atomic
def withdraw(*, plan: Plan, by: User | None, at: datetime, note: str = "") -> Plan:
    """Give a plan up that never counted. Its codes stay burnt if it had been proposed: by then
    they may stand on paper, and so do its successions.

    For whoever may draw all the grids it changes, or approve them.
    """
    locked = _locked(plan)
    if locked.state == State.WITHDRAWN or locked.terms.exists():
        raise CannotWithdraw(number=plan.number)
    befores = _befores(locked, at)
    try:
        _require_over_changes(locked, Permission.DRAW, by, befores)
    except (NotAllowed, NeedsNeighbour):
        _require_over_changes(locked, Permission.APPROVE, by, befores)
    _enter(locked, State.WITHDRAWN)
    _tell(locked, Kind.WITHDRAWN, by, at, note)
    return _told(plan, locked)


def proposed_and_approved(plan: Plan) -> tuple[PlanEvent | None, PlanEvent | None]:
    """The last proposal of a plan and its approval, as far as there are any."""
    events = list(plan.events.filter(kind__in=[Kind.PROPOSED, Kind.APPROVED]).order_by("pk"))
    last = {event.kind: event for event in events}
    return last.get(Kind.PROPOSED), last.get(Kind.APPROVED)


def _locked(plan: Plan) -> Plan:
    return Plan.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=plan.pk)


def _in_review(plan: Plan, by: User | None, at: datetime) -> tuple[Plan, list[Plan]]:
    """The plan, locked and in review, and the plans it was compared with.

    `by` may approve all that it changes.
    """
    require(by, Permission.APPROVE, scheme=plan.scheme, where=ANYWHERE)
    locked = _locked(plan)
    if locked.state != State.IN_REVIEW:
        raise NotInReview(number=plan.number)
    befores = _befores(locked, at)
    _require_over_changes(locked, Permission.APPROVE, by, befores)
    return locked, befores


def _require_over_changes(
    plan: Plan, permission: Permission, by: User | None, befores: list[Plan]
) -> set[UUID]:
    """Require the permission for all that changes, before and after; returns these lineages.

    What changes is seen from the plan it starts from and from the one in force: a draft of an old
    plan would otherwise undo in silence what others did to their parts since. Whoever approves has
    one authority over everything. Where nothing changes, it is about the plan as a whole.
    """
    changed = altered(None, plan) if not befores else set()
    for before in befores:
        changed |= altered(before, plan)
    together = permission == Permission.APPROVE
    if not changed:
        _require_whole(plan, permission, by)
    for seen in (plan, *befores):
        require_scope(by, permission, plan=seen, lineages=_within(seen, changed), together=together)
    return changed


def _require_whole(plan: Plan, permission: Permission, by: User | None) -> None:
    """Require the permission over the whole scheme, or where it is drawn, that it is one's own."""
    own = by is not None and by.pk in (plan.created_by_id, _proposer(plan))
    drawing = permission == Permission.DRAW
    require(by, permission, scheme=plan.scheme, where=ANYWHERE if own and drawing else None)


def _within(plan: Plan, lineages: Iterable[UUID]) -> set[UUID]:
    return set(
        Grid.objects.filter(plan=plan, lineage__in=list(lineages)).values_list("lineage", flat=True)
    )


def _befores(plan: Plan, at: datetime) -> list[Plan]:
    """Plans that say what this one changes: the one in force, and the one it is based on."""
    running = Plan.objects.in_force(at).filter(scheme=plan.scheme_id).exclude(pk=plan.pk)
    found = [*running, *([plan.based_on] if plan.based_on else [])]
    return list({before.pk: before for before in found}.values())


def _proposer(plan: Plan) -> int | None:
    proposal, _ = proposed_and_approved(plan)
    return proposal.by_id if proposal else None


def _enter(plan: Plan, state: Plan.State) -> None:
    plan.state = state
    plan.save(update_fields=["state"])


def _told(plan: Plan, locked: Plan) -> Plan:
    """Let the caller's row know what became of it, too."""
    plan.state = locked.state
    return locked


def _tell(
    plan: Plan, kind: PlanEvent.Kind, by: User | None, at: datetime, note: str, **fields: Any
) -> None:
    PlanEvent.objects.create(plan=plan, kind=kind, by=by, at=at, note=note.strip(), **fields)


BURN = """
    INSERT INTO territory_gridcode (scheme_id, code, lineage)
    SELECT p.scheme_id, g.code, g.lineage
    FROM territory_grid g JOIN territory_plan p ON p.id = g.plan_id WHERE p.id = %s
    ON CONFLICT DO NOTHING
"""
TAKEN = """
    SELECT g.code FROM territory_grid g
    JOIN territory_plan p ON p.id = g.plan_id
    JOIN territory_gridcode c ON c.scheme_id = p.scheme_id AND c.code = g.code
    WHERE p.id = %s AND c.lineage <> g.lineage
    ORDER BY g.code
"""
# What another plan was proposed with stays burnt, even if that was withdrawn afterwards.
FREE = """
    DELETE FROM territory_gridcode c
    USING territory_grid g, territory_plan p
    WHERE p.id = %s AND g.plan_id = p.id AND c.scheme_id = p.scheme_id
      AND (c.code, c.lineage) = (g.code, g.lineage)
      AND NOT EXISTS (
        SELECT FROM territory_grid same JOIN territory_plan other ON other.id = same.plan_id
        WHERE other.scheme_id = p.scheme_id AND other.id <> p.id AND other.state <> 'draft'
          AND (same.code, same.lineage) = (c.code, c.lineage))
"""


def _burn_codes(plan: Plan) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BURN, [plan.pk])
        cursor.execute(TAKEN, [plan.pk])
        taken = [code for (code,) in cursor.fetchall()]
    if taken:
        raise CodesTaken(
            number=plan.number,
            count=len(taken),
            first=", ".join(taken[:NAMED_IN_MESSAGE]),
            codes=taken,
        )


def _free_codes(plan: Plan) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FREE, [plan.pk])
