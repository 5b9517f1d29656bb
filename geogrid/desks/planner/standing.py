"""Where a plan stands on its way into force, what may be done next, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, may, roles_with
from geogrid.publishing.readiness import Readiness
from geogrid.territory.actions.lifecycle import proposed_and_approved
from geogrid.territory.models import Authority, Plan, PlanEvent, Term

__all__ = ["STAGES", "Next", "Rights", "Standing", "Step", "next_for", "rights_of", "standing_of"]

STAGES = ("draft", "in_review", "approved", "in_force")
NAMED = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """`stage` is the plan's state, or scheduled, in_force, retired once it has a term.

    `term` is the one that says so, `running` the plan in force, `ahead` the term of another plan
    that waits to begin.
    """

    stage: str
    term: Term | None
    running: Plan | None
    ahead: Term | None
    proposed: PlanEvent | None
    approved: PlanEvent | None

    @property
    def ever_counted(self) -> bool:
        return self.stage in {"in_force", "retired"}


@dataclass(frozen=True, slots=True)
class Rights:
    """What the table gives a reader here; the actions ask again, grid by grid."""

    draws: bool
    approves: bool
    publishes: bool
    own_proposal: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A way on: a link with a word, to another page or to a part of this one."""

    url: str
    word: str
    icon: str
    primary: bool = False
    danger: bool = False


@dataclass(slots=True)
class Next:
    """One sentence about where the plan stands, and the ways on from there, the first one first."""

    sentence: str
    steps: list[Step] = field(default_factory=list)
    others: str = ""

    @property
    def primary(self) -> Step | None:
        return next((step for step in self.steps if step.primary), None)


def standing_of(plan: Plan, at: datetime) -> Standing:
    terms = list(
        Term.objects.filter(scheme=plan.scheme_id)
        .select_related("plan", "by")
        .defer("plan__outline")
        .order_by("during")
    )
    own = [term for term in terms if term.plan_id == plan.pk]
    running = next((term for term in terms if at in term.during), None)
    ahead = next((term for term in terms if term.during.lower and term.during.lower > at), None)
    stage, term = str(plan.state), None
    if running in own:
        stage, term = "in_force", running
    elif ahead in own:
        stage, term = "scheduled", ahead
    elif own:
        stage, term = "retired", own[-1]
    proposed, approved = proposed_and_approved(plan)
    return Standing(
        stage=stage,
        term=term,
        running=running.plan if running else None,
        ahead=ahead if ahead and ahead.plan_id != plan.pk else None,
        proposed=proposed,
        approved=approved,
    )


def rights_of(user: User, plan: Plan, standing: Standing) -> Rights:
    scheme = plan.scheme
    return Rights(
        draws=may(user, Permission.DRAW, scheme=scheme, where=ANYWHERE),
        approves=may(user, Permission.APPROVE, scheme=scheme, where=ANYWHERE),
        publishes=may(user, Permission.PUBLISH, scheme=scheme),
        own_proposal=bool(
            scheme.four_eyes and standing.proposed and standing.proposed.by_id == user.pk
        ),
    )


def next_for(
    plan: Plan, standing: Standing, rights: Rights, checked: Readiness, *, drawable: bool
) -> Next:
    """What comes next for this reader; `drawable`: nothing keeps it from being proposed."""
    told = _SENTENCES[standing.stage](plan, standing, rights, checked, drawable)
    told.steps.extend(_also(plan, standing, rights))
    return told


def _draft(
    plan: Plan, standing: Standing, rights: Rights, checked: Readiness, drawable: bool
) -> Next:
    if not rights.draws:
        return Next(
            _("It is being drawn. Planners propose it when it is done."),
            others=_who(plan, Permission.DRAW),
        )
    if not drawable:
        return Next(
            _("Something on the map has to be put right before it can be proposed."),
            [_step(plan, "", _("Go on drawing"), "edit", primary=True)],
        )
    draw = _step(plan, "", _("Go on drawing"), "edit")
    if checked.remarks:
        return Next(
            _("The reviewer's remarks come first: draw what they ask for, then settle them."),
            [
                Step("#remarks", _("See to the remarks"), "note", primary=True),
                draw,
                _step(plan, "propose", _("Propose it again"), "send"),
            ],
        )
    return Next(
        _("Whoever approves plans sees it next. Until then nobody else is affected."),
        [_step(plan, "propose", _("Propose it"), "send", primary=True), draw],
    )


def _in_review(
    plan: Plan, standing: Standing, rights: Rights, checked: Readiness, drawable: bool
) -> Next:
    if not rights.approves:
        return Next(
            _("It waits for somebody who approves plans. Its grids do not change meanwhile."),
            others=_who(plan, Permission.APPROVE, but=standing.proposed),
        )
    back = _step(plan, "send_back", _("Send it back"), "undo")
    if rights.own_proposal:
        return Next(
            _("You proposed it, so somebody else approves it."),
            [back],
            others=_who(plan, Permission.APPROVE, but=standing.proposed),
        )
    return Next(
        _("It is your turn: approve it, or send it back with remarks."),
        [_step(plan, "approve", _("Approve it"), "shield", primary=True), back],
    )


def _approved(
    plan: Plan, standing: Standing, rights: Rights, checked: Readiness, drawable: bool
) -> Next:
    if not rights.publishes:
        return Next(
            _("It is approved and waits to be put in force."),
            others=_who(plan, Permission.PUBLISH, whole=True),
        )
    if standing.ahead:
        return Next(
            _("It is approved, but plan %(number)s is scheduled. Take that back first.")
            % {"number": standing.ahead.plan.number},
            [_of(standing.ahead.plan, "check", _("Look at that plan"), "eye", primary=True)],
        )
    if checked.nobody:
        return Next(
            _("It is approved. Before it can come into force, every grid needs somebody."),
            [Step("#posts", _("See to the posts"), "people", primary=True)],
        )
    if checked.remarks:
        return Next(
            _("It is approved, but remarks are open; they have to be settled first."),
            [Step("#remarks", _("See to the remarks"), "note", primary=True)],
            others="" if rights.draws else _who(plan, Permission.DRAW),
        )
    return Next(
        _("It is approved and ready. It can come into force now or at a set time."),
        [
            _step(plan, "publish", _("Put it in force now"), "check", primary=True),
            _step(plan, "schedule", _("Schedule it"), "calendar"),
        ],
    )


def _scheduled(
    plan: Plan, standing: Standing, rights: Rights, checked: Readiness, drawable: bool
) -> Next:
    steps = [_receipt(plan, standing, primary=not rights.publishes)]
    if rights.publishes:
        steps = [*steps, _step(plan, "unschedule", _("Take it back"), "undo", danger=True)]
    return Next(_("It comes into force by itself. Nobody has to be there."), steps)


def _in_force(
    plan: Plan, standing: Standing, rights: Rights, checked: Readiness, drawable: bool
) -> Next:
    return Next(
        _("It is in force: residents and staff see these grids now."),
        [_receipt(plan, standing, primary=True)],
    )


def _retired(
    plan: Plan, standing: Standing, rights: Rights, checked: Readiness, drawable: bool
) -> Next:
    steps = [_receipt(plan, standing)]
    if rights.publishes and not standing.ahead:
        steps.append(_step(plan, "roll_back", _("Put it back in force"), "history"))
    return Next(_("It was in force before. It can come back as it was, in one step."), steps)


def _withdrawn(
    plan: Plan, standing: Standing, rights: Rights, checked: Readiness, drawable: bool
) -> Next:
    drafts = reverse("planner:drafts", args=[plan.scheme.area.slug])
    start = Step(f"{drafts}#start", _("Start a draft from it"), "plus", primary=True)
    return Next(
        _("It was discarded. It stays here to be looked at."), [start] if rights.draws else []
    )


_SENTENCES = {
    "draft": _draft,
    "in_review": _in_review,
    "approved": _approved,
    "scheduled": _scheduled,
    "in_force": _in_force,
    "retired": _retired,
    "withdrawn": _withdrawn,
}


def _also(plan: Plan, standing: Standing, rights: Rights) -> Iterator[Step]:
    open_yet = standing.stage in {"draft", "in_review", "approved"}
    if open_yet and (rights.draws or rights.approves):
        yield _step(plan, "withdraw", _("Discard it"), "trash", danger=True)


def _receipt(plan: Plan, standing: Standing, *, primary: bool = False) -> Step:
    term = standing.term.pk if standing.term else 0
    url = reverse("planner:receipt", args=[plan.scheme.area.slug, term])
    return Step(url, _("Receipt"), "note", primary=primary)


def _step(
    plan: Plan, name: str, word: str, icon: str, *, primary: bool = False, danger: bool = False
) -> Step:
    return _of(plan, name, word, icon, primary=primary, danger=danger)


def _of(
    plan: Plan, name: str, word: str, icon: str, *, primary: bool = False, danger: bool = False
) -> Step:
    page = f"planner:draft_{name}" if name else "planner:draft"
    url = reverse(page, args=[plan.scheme.area.slug, plan.number])
    return Step(url, word, icon, primary, danger)


def _who(
    plan: Plan, permission: Permission, *, but: PlanEvent | None = None, whole: bool = False
) -> str:
    """Names of some people who may; empty when nobody is known."""
    rows = Authority.objects.over(plan.scheme, *roles_with(permission)).select_related("user")
    if whole:
        rows = rows.filter(lineage=None)
    if but is not None and but.by_id:
        rows = rows.exclude(user=but.by_id)
    names = list(dict.fromkeys(str(row.user) for row in rows.order_by("pk") if row.user.is_active))
    if not names:
        return _("Nobody has that right here yet; the administrator gives it.")
    more = len(names) > NAMED
    listed = pgettext("between names", ", ").join(names[:NAMED])
    return (
        _("%(names)s and others can do that.") % {"names": listed}
        if more
        else (_("%(names)s can do that.") % {"names": listed})
    )
