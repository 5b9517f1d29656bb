"""Put a division in force with all that follows from it.

Facts about workers are shown and hidden in `geogrid.publishing.disclosing`.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.cases.actions import re_place
from geogrid.duty.actions import declare_all_vacant
from geogrid.duty.models import PostRole
from geogrid.publishing.disclosing import disclose as disclose
from geogrid.publishing.disclosing import withdraw as withdraw
from geogrid.publishing.errors import (
    AlreadyInForce,
    AnotherScheduled,
    ApprovalOutdated,
    NothingBefore,
    NotReady,
    RemarksOpen,
)
from geogrid.publishing.impact import Impact, impact
from geogrid.publishing.posting import end_posts, put_back, return_posts
from geogrid.publishing.readiness import Readiness, readiness
from geogrid.territory.actions import enter_force, take_back
from geogrid.territory.actions.approvals import undone_unseen
from geogrid.territory.actions.lifecycle import proposed_and_approved
from geogrid.territory.errors import StartsInThePast
from geogrid.territory.map_layers import LAYER
from geogrid.territory.models import Plan, PlanEvent, Scheme, Term
from layers.feeds import versions

NAMED_IN_MESSAGE = 5
# Between a click and its transaction; more than that would tell the past differently.
TOLERANCE = timedelta(minutes=1)


@transaction.atomic
def declare_missing_vacant(*, plan: Plan, reason: str, by: User | None, at: datetime) -> int:
    """Say of every leaf that nobody answers for why that is so; returns how many there were."""
    role = PostRole.objects.get(code="worker")
    nobody = plan.grids.filter(code__in=readiness(plan, at=at).nobody)
    lineages = list(nobody.values_list("lineage", flat=True))
    declare_all_vacant(
        scheme=plan.scheme, lineages=lineages, role=role, reason=reason, by=by, at=at
    )
    return len(lineages)


@transaction.atomic
def put_in_force(*, plan: Plan, by: User | None, at: datetime, backdated: bool = False) -> Term:
    """Make `plan` the one that counts from `at` on, and return its term with a receipt.

    Open cases move to the grids that now contain them; posts on grids that end, end. `backdated`
    is for the system alone, to load a history that exists elsewhere.

    Raises
    ------
    NotReady, RemarksOpen
        A leaf has nobody, or a reviewer's remark is not settled.
    ApprovalOutdated
        Another plan came into force since the approval, and this one would set it back.
    NotApproved, LandUnassigned, NotExact, PlanDefective, StartsInThePast
        See `territory.actions.enter_force`.
    AlreadyInForce, AnotherScheduled
    """
    return _begin(
        plan=plan, by=by, at=at, verb="put_in_force", replace_cases=True, backdated=backdated
    )


@transaction.atomic
def schedule(*, plan: Plan, by: User | None, at: datetime) -> Term:
    """Let `plan` come into force at a later instant; nothing has to run at that moment.

    Posts end at that instant. Once the term has begun, the periodic jobs `cases.follow_plan` and
    `publishing.follow_plan` place open cases anew and end posts that were given meanwhile.
    `unschedule` takes it back until then.
    """
    return _begin(plan=plan, by=by, at=at, verb="schedule", replace_cases=False)


@transaction.atomic
def unschedule(*, scheme: Scheme, by: User | None, at: datetime) -> Term:
    """Take back the scheduled term, with what it did to posts; returns it, without a row.

    Posts that somebody changed meanwhile stay as they are; `receipt["posts_left"]` names them.
    """
    require(by, Permission.PUBLISH, scheme=scheme)
    _alone(scheme)
    taken = take_back(scheme=scheme, by=by, at=at)
    taken.receipt = {**taken.receipt, "posts_left": put_back(taken)}
    versions.bump(LAYER)
    return taken


@transaction.atomic
def roll_back(*, scheme: Scheme, by: User | None, at: datetime, to: Plan | None = None) -> Term:
    """Give an earlier plan a new term from `at` on: `to`, or the one before the present one.

    Lineages that had ended return, and so do their posts, unless somebody has them by now. Without
    `to`, a second roll-back returns to the plan the first one left: a way back, not farther back.
    """
    require(by, Permission.PUBLISH, scheme=scheme)
    running = Term.objects.select_for_update().filter(scheme=scheme).at(at).first()
    earlier = (
        Term.objects.filter(scheme=scheme, during__fully_lt=running.during).exclude(
            plan=running.plan_id
        )
        if running
        else Term.objects.none()
    )
    last = (earlier.filter(plan=to) if to else earlier).order_by("-during").first()
    if last is None:
        raise NothingBefore
    return _begin(plan=last.plan, by=by, at=at, verb="roll_back", replace_cases=True)


def _begin(
    *,
    plan: Plan,
    by: User | None,
    at: datetime,
    verb: str,
    replace_cases: bool,
    backdated: bool = False,
) -> Term:
    require(by, Permission.PUBLISH, scheme=plan.scheme)
    if at < timezone.now() - TOLERANCE and not backdated:
        raise StartsInThePast
    _alone(plan.scheme)
    running = Term.objects.at(at).filter(scheme=plan.scheme).select_related("plan").first()
    before = running.plan if running else None
    if before is not None and before.pk == plan.pk:
        raise AlreadyInForce(number=plan.number)
    _refuse_before_scheduled(plan, at)
    returned = return_posts(plan, at=at) if verb == "roll_back" else []
    checked = readiness(plan, at=at)
    _refuse_unready(plan, checked)
    approved = plan.state == Plan.State.APPROVED  # else `enter_force` says what is missing
    if before is not None and approved and verb != "roll_back":
        _refuse_outdated(plan, before)
    changes = impact(plan, at=at, before=before)
    term = enter_force(plan=plan, by=by, at=at, backdated=backdated)
    ended = end_posts(before=before, after=plan, at=at)
    moved = re_place(scheme=plan.scheme, by=by, at=at) if replace_cases else 0
    term.receipt = {
        **_receipt(verb, plan, changes, checked),
        "cases_placed_anew": moved,
        "posts_ended": ended,
        "posts_returned": returned,
    }
    term.save(update_fields=["receipt"])
    versions.bump(LAYER)
    return term


def _refuse_outdated(plan: Plan, running: Plan) -> None:
    grids = undone_unseen(plan, running)
    if grids:
        raise ApprovalOutdated(
            number=plan.number,
            running=running.number,
            count=len(grids),
            first=", ".join(grids[:NAMED_IN_MESSAGE]),
            grids=grids,
        )


def _alone(scheme: Scheme) -> None:
    """Whatever changes what counts in a scheme happens one after the other."""
    Scheme.objects.select_for_update(no_key=True).get(pk=scheme.pk)


def _refuse_before_scheduled(plan: Plan, at: datetime) -> None:
    # Only what truly lies ahead can be taken back; see the guard of terms.
    ahead = Term.objects.filter(scheme=plan.scheme).ahead(max(at, timezone.now())).first()
    if ahead is not None:
        since: datetime = ahead.during.lower  # type: ignore[assignment]  # a term begins somewhere
        raise AnotherScheduled(
            number=ahead.plan.number, since=since.isoformat(sep=" ", timespec="minutes")
        )


def _refuse_unready(plan: Plan, checked: Readiness) -> None:
    if checked.nobody:
        raise NotReady(
            number=plan.number,
            count=len(checked.nobody),
            first=", ".join(checked.nobody[:NAMED_IN_MESSAGE]),
            grids=checked.nobody,
        )
    if checked.remarks:
        raise RemarksOpen(
            number=plan.number, count=len(checked.remarks), first=checked.remarks[0][:80]
        )


def _receipt(verb: str, plan: Plan, changes: Impact, checked: Readiness) -> dict[str, Any]:
    proposed, approved = proposed_and_approved(plan)
    return {
        "verb": verb,
        "plan": plan.number,
        "instead_of": changes.instead_of,
        "grids": plan.grids.leaves().count(),
        "edits": plan.edits.count(),
        "posts": {"held": checked.held, "acting": checked.acting, "vacant": checked.vacant},
        "impact": changes.summary(),
        "proposed": _step(proposed),
        "approved": _step(approved),
        "sha256": _digest(plan),
    }


def _step(event: PlanEvent | None) -> dict[str, Any] | None:
    """Who and when, by number: names are looked up, so that erasing an account erases them."""
    if event is None:
        return None
    dated = event.document_date.isoformat() if event.document_date else None
    return {
        "by": event.by_id,
        "at": event.at.isoformat(),
        "document_number": event.document_number,
        "document_date": dated,
    }


def _digest(plan: Plan) -> str:
    """Digest of codes and exact boundaries: says later whether the plan is still the same."""
    digest = sha256()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, ST_AsBinary(boundary) FROM territory_grid WHERE plan_id = %s "
            'ORDER BY level, code COLLATE "C"',
            [plan.pk],
        )
        for code, shape in cursor:
            digest.update(code.encode() + b"\0" + bytes(shape))
    return digest.hexdigest()
