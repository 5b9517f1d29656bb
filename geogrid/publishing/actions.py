"""Put a division in force with all that follows from it; show and hide facts about workers."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.cases.actions import re_place
from geogrid.duty.models import Worker
from geogrid.publishing.errors import AlreadyInForce, BasisMissing, NothingBefore, NotReady
from geogrid.publishing.models import Disclosure
from geogrid.publishing.readiness import Readiness, readiness
from geogrid.territory.actions import enter_force
from geogrid.territory.map_layers import LAYER
from geogrid.territory.models import Plan, Scheme, Term
from layers.feeds import versions

NAMED_IN_MESSAGE = 5


@transaction.atomic
def disclose(
    *, worker: Worker, field: str, basis: str, by: User | None, at: datetime
) -> Disclosure:
    """Let residents see one fact about a worker from `at` on; what is shown already stays so."""
    require(by, Permission.PUBLISH, scheme=_general_scheme(worker))
    if not basis.strip():
        raise BasisMissing
    Worker.objects.select_for_update().get(pk=worker.pk)
    running = Disclosure.objects.filter(worker=worker, field=field, withdrawn_at=None).first()
    return running or Disclosure.objects.create(
        worker=worker, field=field, basis=basis.strip(), recorded_by=by, recorded_at=at
    )


@transaction.atomic
def withdraw(*, worker: Worker, by: User | None, at: datetime, field: str | None = None) -> int:
    """Stop showing one fact, or all of them, and return how many there were.

    The worker may do that without anybody's leave; consent that cannot be taken back is none.
    """
    if by is None or worker.user_id != by.pk:
        require(by, Permission.PUBLISH, scheme=_general_scheme(worker))
    shown = Disclosure.objects.filter(worker=worker, withdrawn_at=None)
    if field is not None:
        shown = shown.filter(field=field)
    return shown.update(withdrawn_at=at)


@transaction.atomic
def put_in_force(*, plan: Plan, by: User | None, at: datetime) -> Term:
    """Make `plan` the one that counts from `at` on, and return its term with a receipt.

    Refused while a leaf has nobody (`NotReady`), the tiling is not exact or nobody approved it
    (see `territory.actions.enter_force`). Open cases move to the grids that now contain them.
    """
    return _begin(plan=plan, by=by, at=at, verb="put_in_force", replace_cases=True)


@transaction.atomic
def schedule(*, plan: Plan, by: User | None, at: datetime) -> Term:
    """Let `plan` come into force at a later instant; nothing has to run at that moment.

    Open cases are placed anew by the periodic job `cases.follow_plan` once the term has begun.
    """
    return _begin(plan=plan, by=by, at=at, verb="schedule", replace_cases=False)


@transaction.atomic
def roll_back(*, scheme: Scheme, by: User | None, at: datetime) -> Term:
    """Give the plan that counted before the present one a new term from `at` on."""
    require(by, Permission.PUBLISH, scheme=scheme)
    running = Term.objects.select_for_update().filter(scheme=scheme).at(at).first()
    earlier = Term.objects.filter(scheme=scheme, during__fully_lt=running.during) if running else (
        Term.objects.none()
    )  # fmt: skip
    last = earlier.exclude(plan=running.plan_id if running else None).order_by("-during").first()
    if last is None:
        raise NothingBefore
    return _begin(plan=last.plan, by=by, at=at, verb="roll_back", replace_cases=True)


def _begin(*, plan: Plan, by: User | None, at: datetime, verb: str, replace_cases: bool) -> Term:
    require(by, Permission.PUBLISH, scheme=plan.scheme)
    running = Term.objects.at(at).filter(scheme=plan.scheme).select_related("plan").first()
    if running is not None and running.plan_id == plan.pk:
        raise AlreadyInForce(number=plan.number)
    checked = readiness(plan, at=at)
    if not checked.ready:
        raise NotReady(
            number=plan.number,
            count=len(checked.nobody),
            first=", ".join(checked.nobody[:NAMED_IN_MESSAGE]),
            grids=checked.nobody,
        )
    term = enter_force(plan=plan, by=by, at=at)
    moved = re_place(scheme=plan.scheme, by=by, at=at) if replace_cases else 0
    term.receipt = _receipt(verb, plan, running, checked, moved)
    term.save(update_fields=["receipt"])
    versions.bump(LAYER)
    return term


def _receipt(
    verb: str, plan: Plan, before: Term | None, checked: Readiness, moved: int
) -> dict[str, Any]:
    return {
        "verb": verb,
        "plan": plan.number,
        "instead_of": before.plan.number if before else None,
        "grids": plan.grids.leaves().count(),
        "posts": {"held": checked.held, "acting": checked.acting, "vacant": checked.vacant},
        "cases_placed_anew": moved,
        "sha256": _digest(plan),
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


def _general_scheme(worker: Worker) -> Scheme:
    return Scheme.objects.get(area=worker.area_id, general=True)
