"""`plan list|start|check|publish|rollback|unschedule --area SLUG`: plans and when they count."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from geogrid.accounts.errors import CodedError
from geogrid.publishing.actions import (
    declare_missing_vacant,
    put_in_force,
    roll_back,
    schedule,
    unschedule,
)
from geogrid.publishing.impact import impact
from geogrid.publishing.readiness import inspect
from geogrid.territory.actions import approve, propose, start_draft, start_first_draft
from geogrid.territory.models import Plan, PlanEvent, Scheme, Term

FINE, REFUSED, UNUSABLE = 0, 1, 2
NAMED = 8


class Unusable(Exception):
    """What was asked for does not exist or cannot be read."""


class Command(BaseCommand):
    help = (
        "List the plans of an area, start a draft, check a plan, publish an approved one, return "
        "to the one before, or take back a scheduled one; in the name of the installation's "
        "operator. "
        "Exit codes: 0 done, 1 refused or not ready, 2 no such area, scheme, plan or time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "do", choices=["list", "start", "check", "publish", "rollback", "unschedule"]
        )
        parser.add_argument("--area", required=True, metavar="SLUG")
        parser.add_argument("--scheme", metavar="CODE", help="default: the general one")
        parser.add_argument(
            "--plan",
            type=int,
            metavar="NUMBER",
            help="start: the plan to start from, default the one in force; check: default the "
            "newest; publish: default the newest that never counted; rollback: the one to return "
            "to, default the one before (so that a second rollback takes the first one back)",
        )
        parser.add_argument("--name", default="", help="start: what the draft is called")
        parser.add_argument(
            "--newest-outline",
            action="store_true",
            help="start: fit the draft to the newest outline of the area",
        )
        parser.add_argument(
            "--at",
            metavar="ISO",
            help="when it counts from, such as 2026-12-01T08:00+08:00; default: now; a later time "
            "schedules it",
        )
        parser.add_argument(
            "--approve",
            action="store_true",
            help="publish: propose and approve a draft first (operators of small offices)",
        )
        parser.add_argument(
            "--vacant",
            metavar="REASON",
            help="publish: declare posts without anybody vacant, for this reason",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scheme = _scheme(options["area"], options["scheme"])
            do = getattr(self, f"_{options['do']}")
            code, told, lines = do(scheme, _moment(options["at"]), options)
        except Unusable as problem:
            code, told, lines = UNUSABLE, {"code": "unusable", "message": str(problem)}, None
        except CodedError as refusal:
            code, told, lines = REFUSED, refusal.as_dict(), None
        if options["format"] == "json":
            self.stdout.write(json.dumps(told, ensure_ascii=False, default=str))
        elif lines is None:
            self.stderr.write(self.style.ERROR(told["message"]))
        else:
            self.stdout.write("\n".join(lines))
        if code != FINE:
            raise SystemExit(code)

    def _list(self, scheme: Scheme, at: datetime, options: dict[str, Any]) -> "Answer":
        plans = list(scheme.plans.defer("outline").prefetch_related("terms").order_by("number"))
        told = [_plan(plan, at) for plan in plans]
        lines = [
            f"{one['plan']:>4}  {one['when'] or one['state']:<12} {one['name'] or '-'}"
            + (f"  (from {one['based_on']})" if one["based_on"] else "")
            for one in told
        ]
        return FINE, {"plans": told}, lines or ["There are no plans yet."]

    def _start(self, scheme: Scheme, at: datetime, options: dict[str, Any]) -> "Answer":
        plan = _started(scheme, at, options)
        data = plan.events.get(kind=PlanEvent.Kind.STARTED).data
        lines = [f"Plan {plan.number}: a draft of {plan.grids.leaves().count()} grids."]
        for word in ("added", "lost"):
            for one in data.get(word, []):
                lines.append(
                    f"  {word} {one['area_m2']:,.0f} m2 with {one['households']:,} households:"
                    f" {one['code']}"
                )
        lines += [f"  ended: {code}" for code in data.get("ended", [])]
        lines += [f"  in several pieces now: {code}" for code in data.get("in_pieces", [])]
        return FINE, {"plan": plan.number, **data}, lines

    def _check(self, scheme: Scheme, at: datetime, options: dict[str, Any]) -> "Answer":
        plan = _wanted(scheme, options["plan"])
        found, changes = inspect(plan, at=at), impact(plan, at=at)
        told = {
            "plan": plan.number,
            "state": plan.state,
            **found.as_dict(),
            "impact": changes.as_dict(),
        }
        lines = [f"Plan {plan.number} ({plan.get_state_display()})"]
        lines += [f"  {one.sentence} {_some(one.grids)}".rstrip() for one in found.defects or ()]
        if found.nobody:
            lines.append(f"  {len(found.nobody)} grids have nobody: {_some(found.nobody)}")
        lines += [f"  not settled: {remark}" for remark in found.remarks]
        if found.outside_range:
            lines.append(
                f"  {len(found.outside_range)} grids lie outside of {scheme.households_min} to"
                f" {scheme.households_max} households: {_some(found.outside_range)}"
            )
        started = plan.based_on.number if plan.based_on else None
        if started is not None and changes.instead_of not in (None, started):
            lines.append(
                f"  started from plan {started}, while plan {changes.instead_of} is in force: what"
                " that one changed would be undone"
            )
        if changes.instead_of is not None:
            sums = ", ".join(f"{count:,} {name}" for name, count in changes.totals.items() if count)
            lines.append(
                f"  instead of plan {changes.instead_of}: {sums or 'nothing'} changes hands,"
                f" {changes.posts} posts end"
            )
        lines.append("Ready." if found.ready else "Not ready.")
        return FINE if found.ready else REFUSED, told, lines

    def _publish(self, scheme: Scheme, at: datetime, options: dict[str, Any]) -> "Answer":
        states = [Plan.State.APPROVED]
        if options["approve"]:
            states = [Plan.State.DRAFT, Plan.State.IN_REVIEW, Plan.State.APPROVED]
        plan = _wanted(scheme, options["plan"], None if options["plan"] else states)
        return _counts(_published(plan, at, options))

    def _rollback(self, scheme: Scheme, at: datetime, options: dict[str, Any]) -> "Answer":
        to = _wanted(scheme, options["plan"]) if options["plan"] else None
        return _counts(roll_back(scheme=scheme, by=None, at=at, to=to))

    def _unschedule(self, scheme: Scheme, at: datetime, options: dict[str, Any]) -> "Answer":
        taken = unschedule(scheme=scheme, by=None, at=at)
        left = len(taken.receipt["posts_left"])
        told = {"plan": taken.plan.number, "since": taken.during.lower, "posts_left": left}
        lines = [f"Plan {taken.plan.number} will not come into force."]
        if left:
            lines.append(f"{left} posts were changed meanwhile and stay as they are.")
        return FINE, told, lines


Answer = tuple[int, dict[str, Any], list[str]]


def _started(scheme: Scheme, at: datetime, options: dict[str, Any]) -> Plan:
    source = _wanted(scheme, options["plan"]) if options["plan"] else None
    if source is None and not scheme.plans.exists():
        return start_first_draft(scheme=scheme, by=None, at=at, name=options["name"])
    newest = scheme.area.boundaries.order_by("-valid_from").first()
    return start_draft(
        scheme=scheme,
        from_plan=source,
        boundary=newest if options["newest_outline"] else None,
        by=None,
        at=at,
        name=options["name"],
    )


@transaction.atomic
def _published(plan: Plan, at: datetime, options: dict[str, Any]) -> Term:
    now = timezone.now()
    if options["approve"] and plan.state == Plan.State.DRAFT:
        propose(plan=plan, by=None, at=now)
    if options["approve"] and plan.state == Plan.State.IN_REVIEW:
        approve(plan=plan, by=None, at=now)
    if options["vacant"]:
        declare_missing_vacant(plan=plan, reason=options["vacant"], by=None, at=at)
    begin = schedule if at > now else put_in_force
    return begin(plan=plan, by=None, at=at)


def _counts(term: Term) -> Answer:
    since = term.during.lower
    assert since is not None  # noqa: S101  (a term begins somewhere)
    told = {"plan": term.plan.number, "since": since.isoformat(), "receipt": term.receipt}
    lines = [
        f"Plan {term.plan.number} of {term.plan.scheme.area.name} counts from"
        f" {since:%Y-%m-%d %H:%M} UTC: {term.receipt['grids']} grids, digest"
        f" {term.receipt['sha256'][:16]}"
    ]
    return FINE, told, lines


def _scheme(area: str, code: str | None) -> Scheme:
    schemes = Scheme.objects.filter(area__slug=area).select_related("area")
    found = (schemes.filter(code=code) if code else schemes.filter(general=True)).first()
    if found is None:
        raise Unusable(f"There is no scheme {code or 'general'!r} in {area!r}.")
    return found


def _wanted(scheme: Scheme, number: int | None, states: list[Plan.State] | None = None) -> Plan:
    plans = scheme.plans.select_related("scheme__area")
    if number is not None:
        plans = plans.filter(number=number)
    else:
        plans = plans.exclude(state=Plan.State.WITHDRAWN)
    if states is not None:
        plans = plans.filter(state__in=states, terms=None)
    found = plans.order_by("-number").first()
    if found is None and states is not None:
        raise Unusable(f"No plan of {scheme.area.slug!r} waits approved; see plan list.")
    if found is None:
        raise Unusable(f"There is no such plan in {scheme.area.slug!r}.")
    return found


def _moment(text: str | None) -> datetime:
    if text is None:
        return timezone.now()
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise Unusable(f"{text!r} is no time with its zone, such as 2026-12-01T08:00+08:00.")
    return moment


def _plan(plan: Plan, at: datetime) -> dict[str, Any]:
    terms = [
        {
            "from": term.during.lower.isoformat() if term.during.lower else None,
            "until": term.during.upper.isoformat() if term.during.upper else None,
        }
        for term in plan.terms.all()
    ]
    when = ""
    if any(at in term.during for term in plan.terms.all()):
        when = "in force"
    elif any(term.during.lower and term.during.lower > at for term in plan.terms.all()):
        when = "scheduled"
    elif terms:
        when = "retired"
    return {
        "plan": plan.number,
        "name": plan.name,
        "state": plan.state,
        "when": when,
        "revision": plan.revision,
        "based_on": plan.based_on.number if plan.based_on else None,
        "terms": terms,
    }


def _some(codes: list[str] | tuple[str, ...]) -> str:
    more = f" and {len(codes) - NAMED} more" if len(codes) > NAMED else ""
    return ", ".join(codes[:NAMED]) + more
